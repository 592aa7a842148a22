"""The merchant's own choices: facilities, return policies, carrier contracts, insurer policies, thresholds.

One TOML file, read at start. Everything wrong with it is reported at once as ``MerchantFileInvalid``; the
process must not start on half a configuration. Amounts are given per currency, because a limit is a term of a
contract and is not to be converted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from chalicelib.clock import zone
from chalicelib.errors import FieldFault, SettingsInvalid
from chalicelib.insurers import InsurerPolicy, contradictions
from chalicelib.money import Money
from chalicelib.receivers import Receiver, receiver_contradictions
from chalicelib.repair_partners import Carriage, Partner, RepairPrice
from chalicelib.shop_policy import FreightZone, PolicyStart, Resize, WarrantyRow
from chalicelib.strict import Code, Country, Strict, Text
from chalicelib.watch_rows import WatchRow
from chalicelib.watch_rows import contradictions as watch_contradictions

Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[int, Field(ge=0, le=1200)]
Payer = Literal["merchant", "customer"]


def _known_zone(name: str) -> str:
    zone(name)
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class MerchantFileInvalid(SettingsInvalid):
    """The merchant file is wrong; ``faults`` lists every entry, by its path in the file."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.detail}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class CustomsRegistration(Strict):
    """A number under which customs or the tax office know a place of ours: EORI, VAT, IOSS, EIN, USCC ..."""

    kind: Literal["EORI", "VAT", "IOSS", "EIN", "USCC", "GST", "ABN", "UID", "PVA"]
    number: Text
    issued_by: Country


@dataclass(frozen=True, slots=True)
class Facility(Strict):
    """A place of ours that takes parcels: full postal address, zone, and what it may be used for."""

    id: Code
    company: Text
    contact: Text
    phone: Text
    email: Text
    lines: Annotated[tuple[Text, ...], Field(min_length=1, max_length=3)]
    city: Text
    postal_code: Text
    country: Country
    time_zone: Zone
    roles: Annotated[tuple[Literal["returns", "workshop"], ...], Field(min_length=1)]
    region: Text | None = None
    registrations: tuple[CustomsRegistration, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnPolicy(Strict):
    """What the shop promised orders placed from ``effective`` on, beyond the law.

    ``window_days`` counts from the day after ``start``. Where ``warranty`` has rows, they say by metal and fault
    how long the shop's own warranty is, and ``warranty_months`` holds for what no row names. The ``*_given``,
    ``*_shown``, ``*_told`` and ``*_confirmed`` answers say what the shop told its customers before they bought; leave
    one out where nobody knows, and the code will not deny anything on its strength.
    """

    version: Text
    effective: date
    window_days: Days
    warranty_months: Months
    freight: dict[str, Payer]
    evidence: dict[str, tuple[Code, ...]]
    window_days_by_country: dict[Country, Days] = field(default_factory=dict)
    excluded: tuple[Literal["custom", "pierced_unsealed", "bullion", "resized"], ...] = ()
    paid_repairs: bool = False
    loans: bool = False
    review_above: tuple[Money, ...] = ()
    withdrawal_notice_given: bool | None = None
    freight_notice_given: bool | None = None
    return_clause_shown: bool | None = None
    exclusions_told: bool | None = None
    exclusions_confirmed: bool | None = None
    contract_copy_given: bool | None = None
    seller_address_shown: bool | None = None
    start: PolicyStart = "delivered"
    send_within_days: Days | None = None
    conditions: tuple[Code, ...] = ()
    docs: tuple[Code, ...] = ()
    zone: tuple[FreightZone, ...] = ()
    free_returns_per_year: Annotated[int, Field(ge=0, le=99)] | None = None
    resize: Resize | None = None
    cert_fee: tuple[Money, ...] = ()
    box_fee: tuple[Money, ...] = ()
    engrave_fee: tuple[Money, ...] = ()
    exchange_only_above: tuple[Money, ...] = ()
    rma_valid_days: Days | None = None
    refund_business_days: Days | None = None
    insured_only_with_our_label: bool | None = None
    warranty: tuple[WarrantyRow, ...] = ()

    def freight_from(self, country: str, reason: str) -> Payer | None:
        """Who pays the way home by this policy: by zone, else by reason; None where it says nothing."""
        zoned = next((row.payer for row in self.zone if country in row.countries), None)
        return zoned or self.freight.get(reason)

    def window_for(self, country: str) -> int:
        """Days in which this country's customers may send a piece back for any reason."""
        return self.window_days_by_country.get(country, self.window_days)


@dataclass(frozen=True, slots=True)
class Agreement(Strict):
    """The carrier's written consent to what its terms leave to agreement: ``lifts`` names acceptance rows."""

    agreement_ref: Text
    lifts: Annotated[tuple[Code, ...], Field(min_length=1)]
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class DestinationCheck(Strict):
    """Somebody asked the carrier whether it takes jewellery to this country; holds for a year."""

    country: Country
    checked_on: date
    checked_by: Text


@dataclass(frozen=True, slots=True)
class Proof(Strict):
    """Something an acceptance row asks to be established (``code``), by whom and when; holds for a year.

    ``country`` is the destination it was established for; without one it holds for what does not depend on the
    destination. ``up_to`` is the most that may be sent on its strength, one amount per currency; none: no limit.
    """

    code: Code
    checked_on: date
    checked_by: Text
    country: Country | None = None
    up_to: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreedQuota(Strict):
    """How often the carrier lets this account ask one of its interfaces where parcels are, instead of what it lets
    everybody: requests a day, and requests in any span of ``burst_seconds``."""

    source: Code
    per_day: Annotated[int, Field(ge=1)]
    burst: Annotated[int, Field(ge=1)]
    burst_seconds: Annotated[int, Field(ge=1, le=3600)]
    agreement_ref: Text


@dataclass(frozen=True, slots=True)
class CarrierContract(Strict):
    """One carrier account: the services it buys and what was agreed. The account number is a secret.

    ``value_protection`` is the carrier's own protection, bought where no policy of ours covers a parcel: up to what,
    one amount per currency; empty: it is not bought. ``dry_run``: the carrier is asked whether it would take an order
    before it is placed, where it can be.
    """

    carrier: Code
    services: Annotated[tuple[Code, ...], Field(min_length=1)]
    agreements: tuple[Agreement, ...] = ()
    destinations_checked: tuple[DestinationCheck, ...] = ()
    proofs: tuple[Proof, ...] = ()
    value_protection: tuple[Money, ...] = ()
    dry_run: bool = False
    quota: tuple[AgreedQuota, ...] = ()

    @property
    def all_proofs(self) -> tuple[Proof, ...]:
        """The proofs, with what was asked about destinations among them."""
        asked = (Proof("DEST_RULE_CHECKED", c.checked_on, c.checked_by, c.country) for c in self.destinations_checked)
        return (*self.proofs, *asked)


@dataclass(frozen=True, slots=True)
class Recall(Strict):
    """A safety recall: pieces with these SKUs or serials come home at our cost, whatever the window."""

    id: Code
    announced: date
    hazard: Text
    skus: tuple[Text, ...] = ()
    serials: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleLimit(Strict):
    """Up to what a role may give money away by itself, one amount per currency; a currency left out: nothing.
    ``share_percent``: of what is given freely no more than this share of what was paid for the pieces, even where that
    is less; left out: the amount alone."""

    name: Code
    up_to: Annotated[tuple[Money, ...], Field(min_length=1)]
    share_percent: Annotated[Decimal, Field(gt=0, le=100)] | None = None


@dataclass(frozen=True, slots=True)
class GiftsInARow(Strict):
    """From ``more_than`` gifts to one customer within so many months on, somebody of this role is among who decides."""

    more_than: Annotated[int, Field(ge=0, le=99)]
    months: Annotated[int, Field(ge=1, le=120)]
    role: Code


@dataclass(frozen=True, slots=True)
class Authority(Strict):
    """Who may approve a settlement. Beyond every limit each of the roles in ``above`` approves; above
    ``four_eyes_above`` two people besides the one who proposed it do. ``gifts`` holds what is given freely to one
    customer again and again; left out: nobody counts it."""

    role: tuple[RoleLimit, ...] = ()
    above: Annotated[tuple[Code, ...], Field(min_length=1)] = ("finance", "legal")
    four_eyes_above: tuple[Money, ...] = ()
    gifts: GiftsInARow | None = None


@dataclass(frozen=True, slots=True)
class Thresholds(Strict):
    """From which value people look twice, per currency."""

    two_person_open_above: tuple[Money, ...] = ()
    high_value_above: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Merchant(Strict):
    """The whole file. ``brands`` are words of the house's own names that must not stand outside on a parcel. ``watch``
    are rows that take the place of every row of the house for the parcels they name."""

    schema: Literal[1]
    name: Text
    languages: Annotated[tuple[Text, ...], Field(min_length=1)]
    facility: Annotated[tuple[Facility, ...], Field(min_length=1)]
    policy: Annotated[tuple[ReturnPolicy, ...], Field(min_length=1)]
    carrier: Annotated[tuple[CarrierContract, ...], Field(min_length=1)]
    insurer: tuple[InsurerPolicy, ...] = ()
    receiver: tuple[Receiver, ...] = ()
    recall: tuple[Recall, ...] = ()
    brands: tuple[Text, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    authority: Authority = field(default_factory=Authority)
    watch: tuple[WatchRow, ...] = ()
    partner: tuple[Partner, ...] = ()
    repair_price: tuple[RepairPrice, ...] = ()
    carriage: tuple[Carriage, ...] = ()

    def facility_called(self, facility_id: str) -> Facility | None:
        """Our place of this id; None if there is none."""
        return next((place for place in self.facility if place.id == facility_id), None)

    def policy_on(self, day: date) -> ReturnPolicy | None:
        """The policy that held when an order was placed on this day; None before the first one."""
        begun = [policy for policy in self.policy if policy.effective <= day]
        return max(begun, key=lambda policy: policy.effective, default=None)

    def contract_with(self, carrier: str) -> CarrierContract | None:
        """Our contract with this carrier; None if we have none."""
        return next((contract for contract in self.carrier if contract.carrier == carrier), None)


def limit_in(limits: tuple[Money, ...], currency: str) -> Decimal | None:
    """The limit as written for this currency; None when the contract names none in it.

    >>> limit_in((Money(Decimal(500), "USD"),), "EUR") is None
    True
    """
    return next((limit.amount for limit in limits if limit.currency == currency), None)


@cache
def load_merchant(path: Path) -> Merchant:
    """Read and check the merchant file; raises ``MerchantFileInvalid`` with every fault at once."""
    try:
        return read_merchant(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as unreadable:
        raise MerchantFileInvalid((_fault(path.name, "unreadable", str(unreadable)),)) from unreadable


def read_merchant(text: str) -> Merchant:
    """Check the text of a merchant file; raises ``MerchantFileInvalid`` with every fault at once."""
    try:
        merchant = TypeAdapter(Merchant).validate_python(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as broken:
        raise MerchantFileInvalid((_fault("", "not_toml", str(broken)),)) from broken
    except ValidationError as invalid:
        raise MerchantFileInvalid(_faults_of(invalid)) from invalid
    if faults := (*_repeats(merchant), *_contradictions(merchant)):
        raise MerchantFileInvalid(faults)
    return merchant


def _faults_of(invalid: ValidationError) -> tuple[FieldFault, ...]:
    return tuple(
        _fault(".".join(str(step) for step in fault["loc"]), fault["type"], fault["msg"])
        for fault in invalid.errors(include_url=False, include_input=False)
    )


def _repeats(merchant: Merchant) -> list[FieldFault]:
    named = {
        "facility.id": [place.id for place in merchant.facility],
        "policy.version": [policy.version for policy in merchant.policy],
        "policy.effective": [policy.effective.isoformat() for policy in merchant.policy],
        "carrier.carrier": [contract.carrier for contract in merchant.carrier],
        "insurer.policy_no": [policy.policy_no for policy in merchant.insurer],
        "receiver.id": [receiver.id for receiver in merchant.receiver],
        "partner.code": [partner.code for partner in merchant.partner] + [place.id for place in merchant.facility],
    }
    return [
        _fault(where, "repeated", f"{name} is given {names.count(name)} times")
        for where, names in named.items()
        for name in sorted(set(names))
        if names.count(name) > 1
    ]


def _contradictions(merchant: Merchant) -> list[FieldFault]:
    insurers = [_fault(where, code, detail) for where, code, detail in contradictions(merchant.insurer)]
    watched = [_fault(where, code, detail) for where, code, detail in watch_contradictions(merchant.watch)]
    strangers = [
        _fault(f"watch.{n}.carrier", "no_contract", f"there is no contract with {row.carrier} in this file")
        for n, row in enumerate(merchant.watch)
        if row.carrier is not None and merchant.contract_with(row.carrier) is None
    ]
    receivers = [_fault(where, code, detail) for where, code, detail in receiver_contradictions(merchant.receiver)]
    never_valid = [
        _fault(f"carrier.{contract.carrier}", "ends_before_start", f"{agreed.agreement_ref} ends before it begins")
        for contract in merchant.carrier
        for agreed in contract.agreements
        if agreed.valid_to < agreed.valid_from
    ]
    empty = [
        _fault(f"recall.{recall.id}", "names_nothing", "a recall names SKUs or serials")
        for recall in merchant.recall
        if not recall.skus and not recall.serials
    ]
    return [*insurers, *watched, *strangers, *receivers, *never_valid, *empty, *_nobody_s_role(merchant.authority)]


def _nobody_s_role(authority: Authority) -> list[FieldFault]:
    known = {*(one.name for one in authority.role), *authority.above}
    if authority.gifts is None or authority.gifts.role in known:
        return []
    told = f"no role of this file is called {authority.gifts.role}, so nobody could approve"
    return [_fault("authority.gifts.role", "no_such_role", told)]


def _fault(where: str, code: str, detail: str) -> FieldFault:
    return FieldFault(where, code, detail, source="merchant")
