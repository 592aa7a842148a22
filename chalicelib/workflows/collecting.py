"""Whether we have offered to collect the goods of a return: a courier of ours is to come to the customer's door.

A courier who was called off, or whom the carrier would not send, collects nothing. Of one who is asked for, booked, or
ordered by a person's telephone we say that he is our offer: nobody has decided it, and it sets a day early.
"""

from __future__ import annotations

from chalicelib.errors import RuleNotInForce
from chalicelib.returns.law import Cited, Collecting, collecting_by_courier
from chalicelib.workflows.ports import CaseFile

NOBODY_COMES = frozenset({"cancelled", "refused"})


def collecting_of(file: CaseFile) -> Cited[Collecting] | None:
    """The row by which the couriers of this return count as our offer; None where none comes, or no row says so."""
    home = {leg.n for leg in file.legs if leg.direction == "home"}
    couriers = (one for one in file.bookings if one.kind == "pickup" and one.leg_n in home)
    if all(one.status in NOBODY_COMES for one in couriers):
        return None
    try:
        return collecting_by_courier(file.plan.request.order.sold_on)
    except RuleNotInForce:
        return None
