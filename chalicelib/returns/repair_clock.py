"""What time makes of a repair: what a person must be told of, when to look again, when silence sends the piece back.

A clock reminds, asks again and gives a piece back as it is. It never begins work, takes money or disposes of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.errors import RuleNotInForce
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.repair_orders import next_unclaimed, unclaimed
from chalicelib.returns.repair_rules import Terms
from chalicelib.workdays import next_working_day

KINDS = frozenset({"quote_unanswered", "quote_to_renew", "repair_late", "repair_weight_doubt", "piece_unclaimed"})
NOT_FETCHED = "not_fetched"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of a repair that a person must look at; the same episode is one exception."""

    kind: str
    episode: str
    since: datetime
    detail: str


def troubles(order: RepairOrder, quotes: Iterable[Quote], terms: Terms, now: datetime) -> tuple[Trouble, ...]:
    """Everything of this repair and its quotes that a person must know of now."""
    return (*_of_order(order, terms, now), *_of_quotes(order, tuple(quotes), terms, now))


def prefix(order: RepairOrder) -> str:
    """How the episodes of a repair begin."""
    return f"repair-{order.n}-"


def brought_up(order: RepairOrder, terms: Terms, now: datetime) -> RepairOrder:
    """The repair as time has it: a piece that a partner has done and nobody fetches is unclaimed; days that have passed
    are counted."""
    waits = order.partner and order.state in ("done", "unrepaired") and order.handed_back_at is None
    since = order.finished_at
    if waits and since is not None and order.take_in and now >= since + timedelta(days=terms.unclaimed_days[0]):
        found = unclaimed(order, NOT_FETCHED, since)
        order = found or order
    if order.unclaimed_since is None:
        return order
    passed = sum(now >= order.unclaimed_since + timedelta(days=days) for days in terms.unclaimed_days)
    return replace(order, told=max(order.told, passed))


def next_look(order: RepairOrder, terms: Terms, now: datetime) -> datetime | None:
    """When time changes something of it next; None: never by itself."""
    at = [next_unclaimed(order, terms)]
    if order.state in ("in_work", "tested") and order.promised_on is not None:
        at.append(end_of(order.promised_on))
    if order.partner and order.is_over and order.finished_at and order.take_in and order.handed_back_at is None:
        at.append(order.finished_at + timedelta(days=terms.unclaimed_days[0]))
    return min((one for one in at if one is not None and one > now), default=None)


def next_look_at_quote(quote: Quote, terms: Terms, now: datetime) -> datetime | None:
    """When an open quote is to be looked at: against the price of the day, at its end, and when silence has lasted."""
    if quote.state != "offered":
        return None
    since = quote.silent_since or quote.offered_at
    at = [quote.valid_until, reminds_at(quote, terms), since + timedelta(days=terms.back_after_days)]
    if quote.metal_price is not None:
        at.append(now + timedelta(days=terms.look_again_days))
    return min((one for one in at if one > now), default=now + timedelta(days=1))


def reminds_at(quote: Quote, terms: Terms) -> datetime:
    """When the customer is reminded of a quote."""
    return (quote.silent_since or quote.offered_at) + timedelta(days=terms.remind_after_days)


def silence_is_over(quote: Quote, terms: Terms, now: datetime) -> bool:
    """Whether nobody has answered for so long that the piece goes back as it is."""
    return now >= (quote.silent_since or quote.offered_at) + timedelta(days=terms.back_after_days)


def ready_by(country: str, begun: date, days: int) -> date | None:
    """The day after so many business days at a bench in this country; None where no calendar says.

    >>> ready_by("FR", date(2026, 12, 23), 3)
    datetime.date(2026, 12, 29)
    """
    day = begun
    try:
        for _ in range(days):
            day = next_working_day(country, day)
    except RuleNotInForce:
        return None
    return day


def end_of(day: date) -> datetime:
    """The first moment after a day, where days end last but for a few islands."""
    return datetime.combine(day + timedelta(days=1), time(12), UTC)


def _of_order(order: RepairOrder, terms: Terms, now: datetime) -> Iterator[Trouble]:
    begin = prefix(order)
    if order.state in ("in_work", "tested") and order.promised_on is not None and now >= end_of(order.promised_on):
        told = f"repair {order.n} was to be done by {order.promised_on} and is {order.state}"
        yield Trouble("repair_late", f"{begin}late", end_of(order.promised_on), told)
    if order.state == "tested" and not order.tested_ok:
        span = f"{order.expected_low_g} to {order.expected_high_g} g" if order.expected_low_g else "nobody can say what"
        told = f"weighs {order.gross_after_g} g after work; expected {span}"
        yield Trouble("repair_weight_doubt", f"{begin}weight-{order.gross_after_g}", now, told)
    if order.state == "unclaimed" and order.unclaimed_since is not None:
        day = terms.unclaimed_days[order.told - 1] if order.told else 0
        at = order.unclaimed_since + timedelta(days=day)
        told = f"unclaimed for {day} days; nothing is disposed of by a clock"
        yield Trouble("piece_unclaimed", f"{begin}unclaimed-{order.unclaimed_since:%Y%m%d}-{day}", at, told)


def _of_quotes(order: RepairOrder, quotes: tuple[Quote, ...], terms: Terms, now: datetime) -> Iterator[Trouble]:
    last = max(quotes, key=lambda one: one.version, default=None)
    if last is None or order.is_over or order.state == "unclaimed":
        return
    begin = prefix(order)
    if last.state == "offered" and now >= reminds_at(last, terms):
        since = last.silent_since or last.offered_at
        told = f"quote {last.part_id} has not been answered since {since:%Y-%m-%d}"
        yield Trouble("quote_unanswered", f"{begin}quote-{since:%Y%m%d}", reminds_at(last, terms), told)
    if last.state == "lapsed":
        told = f"quote {last.part_id} no longer holds ({last.why}) and could not be made anew by itself"
        yield Trouble("quote_to_renew", f"{begin}renew-{last.version}", last.valid_until, told)
