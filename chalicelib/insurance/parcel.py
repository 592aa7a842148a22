"""What is to be covered, and what the carrier itself would insure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chalicelib.insurers import Consignee, Signature
from chalicelib.money import Money


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is to be covered; what is None nobody knows, and it is then a condition to keep rather than one that failed.

    ``address_day_value`` sums the open parcels to the same address that day, this one included.
    ``weekend_in_transit``: under way on a Saturday or Sunday. ``packing`` names what is certain of it. ``scanned_in``:
    the courier makes an acceptance scan; ``drop_point``: left where nobody takes it in person; ``described_outside``:
    label or box tell the contents. ``customs_value`` None: the value itself.
    """

    value: Money
    gross_weight_g: Decimal | None
    goods: frozenset[str]
    home: bool
    weekend_in_transit: bool | None = None
    address_day_value: Money | None = None
    service: str | None = None
    consignee: Consignee | None = None
    packing: frozenset[str] | None = None
    signature: Signature | None = None
    scanned_in: bool | None = None
    drop_point: bool | None = None
    described_outside: bool | None = None
    customs_value: Money | None = None

    @property
    def nothing(self) -> Money:
        """No money, in the parcel's currency."""
        return Money(Decimal(0), self.value.currency)

    @property
    def together(self) -> Money:
        """What is known to go to the address that day: never less than the parcel itself."""
        known = self.address_day_value
        return known if known is not None and self.value < known else self.value

    @property
    def at_customs(self) -> Money:
        """What customs are told it is worth."""
        return self.customs_value or self.value


@dataclass(frozen=True, slots=True)
class CarrierCover:
    """What the carrier itself insures for the declared value: an insured postal service (``built_in``: no policy is
    asked, because the item must be insured by the post), or protection bought where no policy takes the parcel.

    ``up_to`` holds one amount per currency; None: nobody knows the limit, which is a gap.
    """

    carrier: str
    built_in: bool
    up_to: tuple[Money, ...] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that leaves the parcel without full cover: a code, the policy it is about, the limit and the amount
    held against it where it is about money, and what stays uncovered by it.

    >>> Gap("parcel_limit_exceeded", "P", limit=Money(Decimal(50), "EUR"), amount=Money(Decimal(60), "EUR")).code
    'parcel_limit_exceeded'
    """

    code: str
    policy_no: str | None = None
    uncovered: Money | None = None
    limit: Money | None = None
    amount: Money | None = None

    def __str__(self) -> str:
        return f"{self.code} ({self.policy_no})" if self.policy_no else self.code


ConditionState = Literal["met", "to_keep"]


@dataclass(frozen=True, slots=True)
class CoverCondition:
    """Something the cover depends on: met already, or to be kept until the parcel is home."""

    code: str
    state: ConditionState
