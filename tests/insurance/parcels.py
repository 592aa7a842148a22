"""A ring and a policy to hold against each other; what is given replaces their fields."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chalicelib.insurance.cover import plan
from chalicelib.insurance.parcel import Consignment
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.returns.requests_of import merchant

ON = date(2026, 11, 24)
HOME = Lane("FR", "CN")
POLICY = merchant().insurer[0]


def money(amount, currency="EUR") -> Money:
    return Money(Decimal(amount), currency)


def ring_of(worth="1180", **changes) -> Consignment:
    facts = Consignment(
        money(worth), Decimal(500), frozenset({"STONE_SET_JEWELLERY"}), True, False, money(worth),
        service="INTERNATIONAL_PRIORITY", consignee="merchant",
    )  # fmt: skip
    return replace(facts, **changes)


def covered(consignment, *, carrier="fedex", lane=HOME, policy=POLICY, on=ON, **more):
    policies = (policy,) if not isinstance(policy, tuple) else policy
    return plan(consignment, carrier, lane, policies, on, **more)


def codes(gaps) -> set[str]:
    return {gap.code for gap in gaps}
