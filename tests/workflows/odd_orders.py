"""What is sent home in random cases: from which country, for what, and a second return of the same order beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from chalicelib.merchant import DestinationCheck, Merchant, Recall
from chalicelib.returns.case import Address, Kind, Person, ReasonCode, ReturnRequest
from chalicelib.returns.judge_piece import PieceSeen
from chalicelib.returns.payment import Payment
from tests.faults.stories import CLAIRE, REQUEST
from tests.workflows.dock import weighed
from tests.workflows.odd_house import DEAR_RING, SHOP, STUDS

PLACES = {
    "FR": (None, "75002", "Paris"),
    "KR": (None, "04524", "Seoul"),
    "GB": (None, "W1A 1AA", "London"),
    "CN": ("北京市", "100000", "Beijing"),
    "JP": (None, "100-0001", "Tokyo"),
    "US": ("NY", "10001", "New York"),
}
COUNTRIES = st.sampled_from(("FR", "FR", "FR", *PLACES))
ASKED = st.sampled_from((
    ("refund", "change_of_mind"), ("refund", "change_of_mind"), ("refund", "change_of_mind"), ("refund", "quality"),
    ("exchange", "size"), ("warranty", "quality"), ("recall", "recall"),
))  # fmt: skip
DELIVERED = st.sampled_from((date(2026, 11, 12), date(2026, 11, 20)))
OTHER = "case0002"
# The other return is of the studs alone, as they were sold.
AS_SOLD = PieceSeen(1, 2, weighing=weighed("6.00"), hallmark="750", stones=0, condition="as_sold")


@dataclass(frozen=True)
class Asked:
    """What a customer asks for, from where, of which order."""

    country: str
    kind: Kind
    reason: ReasonCode
    delivered_on: date
    payment: Payment | None

    @property
    def request(self) -> ReturnRequest:
        """The ring and the pair of studs, to our place in the other country."""
        order = replace(REQUEST.order, payment=self.payment, delivered_on=self.delivered_on)
        return replace(
            REQUEST, order=order, items=(DEAR_RING, STUDS), pickup=None, kind=self.kind, reason=self.reason,
            customer_country=self.country, customer_region=PLACES[self.country][0],
            return_to="PAR-1" if self.country == "CN" else "SZX-1",
        )  # fmt: skip

    @property
    def person(self) -> Person:
        region, code, city = PLACES[self.country]
        return replace(CLAIRE, address=Address(("1 rue Exemple",), city, region, code, self.country))

    @property
    def shop(self) -> Merchant:
        """A shop whose carrier takes jewellery everywhere; what it calls back is called back."""
        (fedex,) = (one for one in SHOP.carrier if one.carrier == "fedex")
        asked = tuple(DestinationCheck(one, date(2026, 10, 5), "desk") for one in PLACES)
        insurers = tuple(replace(one, countries=tuple(sorted({*one.countries, *PLACES}))) for one in SHOP.insurer)
        called = (Recall("RC-1", date(2026, 11, 1), "nickel", (DEAR_RING.sku, STUDS.sku)),)
        return replace(
            SHOP, carrier=(replace(fedex, destinations_checked=asked),), insurer=insurers,
            recall=called if self.kind == "recall" else (),
        )  # fmt: skip

    def same_order_again(self) -> ReturnRequest:
        """The same pair of studs under another return, by mistake or worse."""
        return replace(self.request, items=(STUDS,))
