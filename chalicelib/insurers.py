"""Transit policies as the merchant has them: who insures what, on which way, packed and handed over how, up to what.

A term that nobody wrote down is None and stays unknown: it is said with the cover and never taken for a good one.
Amounts are given per currency, because a limit is a term of a contract and is not to be converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.money import Money
from chalicelib.strict import Code, Country, Strict, Text

Valuation = Literal["invoice", "replacement", "metal_plus_making"]
Signature = Literal["none", "any", "direct", "adult"]
# From the weakest to the strongest: a policy that asks for one is content with every one after it.
SIGNATURES: tuple[Signature, ...] = ("none", "any", "direct", "adult")
Packing = Literal["DOUBLE_BOX", "PLAIN_PACK", "BOX_NOT_PAK", "REINFORCED_TAPE", "SEAL_NUMBERS", "PHOTOGRAPHS"]
Consignee = Literal["merchant", "consumer"]
Interest = Literal["owner", "bailee_repair", "seller_in_transit"]
Share = Annotated[Decimal, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class InsuredLane(Strict):
    """A pair of countries that a policy covers, in this direction."""

    origin: Country
    destination: Country


@dataclass(frozen=True, slots=True)
class Premium(Strict):
    """What a parcel costs: so much per mille of the sum insured, at least the minimum (one per currency)."""

    per_mille: Annotated[Decimal, Field(ge=0, le=1000)]
    minimum: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class InsurerPolicy(Strict):
    """One transit policy: who insures, for which carriers and countries, up to what, told by when.

    Limits hold one amount per currency; ``per_weekend`` bites when the parcel is under way on a Saturday or Sunday, on
    the parcel or on all to one address that day (``weekend_counts``; not said: the stricter), ``per_address_day`` on
    the sum of open parcels to one address on one day. ``over_limit``: whether what is dearer than a limit is insured up
    to it or not at all; not said: not at all. ``covers_returns`` false or missing means inbound parcels are not
    covered: some policies cover only what the shop itself sends. ``countries`` or ``lanes`` empty: any that is not
    excluded; so are ``services``, ``goods`` and ``consignees``. ``deductible_share`` of the sum insured is borne where
    it is more than ``deductible``. ``void_if_described``: a label or a box that tells the contents voids the cover.
    """

    policy_no: Text
    insurer: Text
    effective: date
    ends: date
    carriers: Annotated[tuple[Code, ...], Field(min_length=1)]
    per_parcel: Annotated[tuple[Money, ...], Field(min_length=1)]
    excluded_goods: tuple[Code, ...]
    notice_days: Annotated[int, Field(ge=1, le=365)]
    covers_returns: bool | None = None
    countries: tuple[Country, ...] = ()
    per_weekend: tuple[Money, ...] = ()
    per_address_day: tuple[Money, ...] = ()
    deductible: tuple[Money, ...] = ()
    holder: Text | None = None
    interest: Interest | None = None
    services: tuple[Code, ...] = ()
    lanes: tuple[InsuredLane, ...] = ()
    excluded_countries: tuple[Country, ...] = ()
    goods: tuple[Code, ...] = ()
    consignees: tuple[Consignee, ...] = ()
    packing: tuple[Packing, ...] | None = None
    signature: Signature | None = None
    acceptance_scan: bool | None = None
    drop_points: bool | None = None
    void_if_described: bool | None = None
    weekend_counts: Literal["parcel", "address_day"] | None = None
    over_limit: Literal["void", "up_to_limit"] | None = None
    deductible_share: Share | None = None
    premium: Premium | None = None
    valuation: Valuation | None = None

    @property
    def counts_the_day(self) -> bool:
        """Whether any limit of it is about all parcels to one address on one day."""
        return bool(self.per_address_day or (self.per_weekend and self.weekend_counts != "parcel"))


def contradictions(policies: tuple[InsurerPolicy, ...]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with these policies, as the entry, a code and a sentence each; every fault at once."""
    for policy in policies:
        for code, wrong, detail in _faults(policy):
            if wrong:
                yield f"insurer.{policy.policy_no}", code, detail


def _faults(policy: InsurerPolicy) -> tuple[tuple[str, bool, str], ...]:
    limits = (policy.per_parcel, policy.per_weekend, policy.per_address_day)
    minima = policy.premium.minimum if policy.premium else ()
    named = {country for lane in policy.lanes for country in (lane.origin, lane.destination)} | set(policy.countries)
    return (
        ("ends_before_start", policy.ends < policy.effective, "ends lies before effective"),
        ("not_positive", any(one.amount <= 0 for amounts in limits for one in amounts), "a limit is above zero"),
        ("negative", any(one.amount < 0 for one in (*policy.deductible, *minima)), "an amount is not below zero"),
        (
            "currency_twice",
            any(_twice(amounts) for amounts in (*limits, policy.deductible, minima)),
            "one amount per currency",
        ),
        (
            "contradicts",
            bool(named & set(policy.excluded_countries)),
            "a country is covered and excluded: leave it out of one list",
        ),
        (
            "contradicts",
            bool(set(policy.goods) & set(policy.excluded_goods)),
            "a kind of goods is covered and excluded: leave it out of one list",
        ),
        (
            "says_nothing",
            policy.weekend_counts is not None and not policy.per_weekend,
            "weekend_counts without per_weekend",
        ),
    )


def _twice(amounts: tuple[Money, ...]) -> bool:
    return len({one.currency for one in amounts}) < len(amounts)
