"""What one of our addresses is sent on one day, all returns together: insurers set a limit to it.

Every leg home counts on the day its courier is wished for, else on the day it was opened, from then until its return is
called off. A return whose pickup is moved later still counts on the day first named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from chalicelib.insurers import InsurerPolicy
from chalicelib.merchant import limit_in
from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest
from chalicelib.workflows.ports import Ports

Rates = Mapping[tuple[str, str], Decimal]


def counted_day(request: ReturnRequest, now: datetime) -> date:
    """The day towards which a return's worth counts."""
    return request.pickup.on if request.pickup else now.date()


def others_arriving(ports: Ports, request: ReturnRequest, currency: str, rates: Rates, now: datetime) -> Money | None:
    """The worth of what else this address is sent on the day of this return. None when nobody can say it in this
    currency, and when no policy asks. No more is read than it takes to be above every limit there is."""
    limit = _highest([one for one in ports.merchant().insurer if one.counts_the_day], currency)
    if limit is None:
        return None
    day, found, cursor = counted_day(request, now), Money(Decimal(0), currency), None
    while True:
        page = ports.cases.arriving(request.return_to, day, cursor)
        for leg in page.legs:
            worth = in_one_currency(leg.customs_value, currency, rates)
            if worth is None:
                return None
            found = found + worth
        cursor = page.cursor
        if cursor is None or found.amount > limit:
            return found


def in_one_currency(worth: Money, currency: str, rates: Rates) -> Money | None:
    """The same worth in another currency at the reference rate; None without one. Limits themselves are never
    converted, but parcels paid in several currencies arrive at one address."""
    if worth.currency == currency:
        return worth
    rate = rates.get((worth.currency, currency))
    return None if rate is None else Money(worth.amount * rate, currency).rounded()


def _highest(policies: list[InsurerPolicy], currency: str) -> Decimal | None:
    """The highest limit on a day's worth in this currency; None where no policy has one."""
    given = [limit_in(limits, currency) for one in policies for limits in (one.per_address_day, one.per_weekend)]
    return max((one for one in given if one is not None), default=None)
