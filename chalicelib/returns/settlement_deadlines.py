"""Until when a refund must be made: the law's clock, the shop's own promise and the bank's patience, the earliest
first.

A duty that binds us never rolls over a weekend or a holiday, and is worked to two days before its last. Every clock
says from which event it runs; when that event is corrected, the clock is reckoned anew. A clock whose event has not
come is not there yet. Where a calendar is not known, no holiday is assumed: that ends sooner, never later.

>>> from datetime import UTC
>>> from chalicelib.returns.law import withdrawal_right
>>> from chalicelib.returns.settlement_rules import rules_on
>>> notice = Starts(notice=datetime(2026, 11, 22, 10, tzinfo=UTC))
>>> told = Told("DE", None, withdrawal_right("DE", date(2026, 10, 1)))
>>> clock = clocks(told, notice, rules_on(date(2026, 10, 1)))[0]
>>> clock.last_day, clock.target, clock.may_hold
(datetime.date(2026, 12, 6), datetime.date(2026, 12, 4), True)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.clock import end_of_day, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import ReturnPolicy
from chalicelib.places import last_zone_of
from chalicelib.returns.law import Cited, Collecting, Guarantee, Right
from chalicelib.returns.settlement_rules import SettlementRules
from chalicelib.rulebook import Confidence, weakest
from chalicelib.workdays import ONE_DAY, SATURDAY, SUNDAY, next_working_day

ClockCode = Literal["statute", "guarantee", "policy", "chargeback"]
Event = Literal["notice", "goods_received", "goods_or_proof", "agreed"]
Unit = Literal["calendar", "business"]
Because = Literal["we_collect"]


@dataclass(frozen=True, slots=True)
class Starts:
    """When each event came that a clock may run from; None: it has not, as far as anybody knows. ``proof_of_dispatch``
    is the carrier's first scan of the parcel on its way home, ``agreed`` when a refund was settled with the
    customer."""

    notice: datetime | None = None
    goods_received: datetime | None = None
    proof_of_dispatch: datetime | None = None
    agreed: datetime | None = None

    @property
    def goods_or_proof(self) -> datetime | None:
        """Whichever came first."""
        return min((at for at in (self.goods_received, self.proof_of_dispatch) if at), default=None)


@dataclass(frozen=True, slots=True)
class Told:
    """Where the customer is and what was promised: the right (None where the ground is no withdrawal), the guarantee
    (None where nothing was at fault), the policy of the order, how it was paid; ``collects`` is the row by which a
    courier of ours counts as our offer to collect the goods (None: none was offered)."""

    country: str
    region: str | None
    right: Cited[Right] | None = None
    guarantee: Cited[Guarantee] | None = None
    policy: ReturnPolicy | None = None
    method: str | None = None
    facility_country: str | None = None
    collects: Cited[Collecting] | None = None

    @property
    def zone_name(self) -> str:
        """The zone the customer's day ends in."""
        return last_zone_of(self.country, self.region)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. ``ends_at`` is the first instant after its last day, ``alert_at`` when somebody is told of it.

    ``may_hold``: the law lets us wait for the goods or the proof that they were sent; until then nothing is owed, and
    with them it is owed by the last day or, where that has passed, at once. ``because``: what set it to an earlier day
    than the law's own event would, ``we_collect`` where we offered to. ``assumed``: no calendar was known, or nobody
    has decided what the earlier day rests on."""

    code: ClockCode
    starts: Event
    began_at: datetime
    days: int
    unit: Unit
    last_day: date
    target: date
    ends_at: datetime
    alert_at: datetime
    zone_name: str
    rule: str
    source: str
    confidence: Confidence
    may_hold: bool = False
    assumed: bool = False
    because: Because | None = None

    @property
    def told_as(self) -> str:
        """The rule as people are told it, and what set the day early."""
        return self.rule if self.because is None else f"{self.rule}, {self.because}{' (assumed)' * self.assumed}"


@dataclass(frozen=True, slots=True)
class _Term:
    """So many days from an event, by a rule."""

    code: ClockCode
    starts: Event
    days: int
    unit: Unit
    rule: str
    source: str
    confidence: Confidence
    holidays_of: str
    because: Because | None = None


def clocks(told: Told, starts: Starts, rules: SettlementRules) -> tuple[Clock, ...]:
    """Every clock that runs now, the one that ends first at the head."""
    running = [_running(told, term, starts, rules.lead.days) for term in _terms(told, rules)]
    return tuple(sorted((one for one in running if one), key=lambda one: (one.ends_at, one.code)))


def earliest(running: Iterable[Clock]) -> Clock | None:
    """The clock that counts: the first to end of those under which something is owed now; None where nothing is."""
    return min((one for one in running if not one.may_hold), key=lambda one: one.ends_at, default=None)


def last_day(began: date, days: int, unit: Unit, country: str) -> tuple[date, bool]:
    """The last day of a duty of ours, the first being the one after it began, and whether a calendar was missing.

    >>> last_day(date(2026, 11, 27), 3, "business", "KR")
    (datetime.date(2026, 12, 2), False)
    """
    if unit == "calendar":
        return began + timedelta(days=days), False
    day, assumed = began, False
    for _ in range(days):
        try:
            day = next_working_day(country, day)
        except RuleNotInForce:
            day, assumed = _past_weekend(day + ONE_DAY), True
    return day, assumed


def _terms(told: Told, rules: SettlementRules) -> Iterator[_Term]:
    here, right, held = told.country, told.right, told.guarantee
    if right is not None and right.row.refund_days is not None and right.row.refund_from is not None:
        term = _Term(
            "statute", right.row.refund_from, right.row.refund_days, right.row.refund_unit,
            right.rule, right.source, right.row.confidence, here,
        )  # fmt: skip
        yield _collected(term, right.row, told.collects)
    if held is not None and held.row.refund_days is not None and held.row.refund_from is not None:
        days = held.row.refund_days
        cited = (held.rule, held.source, held.row.confidence)
        yield _Term("guarantee", held.row.refund_from, days, "calendar", *cited, here)
    policy = told.policy
    if policy is not None and policy.refund_business_days is not None:
        rule, ours = f"merchant/policy@{policy.version}", told.facility_country or here
        said = "the merchant's return policy"
        yield _Term("policy", "goods_received", policy.refund_business_days, "business", rule, said, "high", ours)
    for clock in rules.clocks:
        if told.method is None or told.method in clock.methods:
            cited = (rules.cite(clock), rules.source_of(clock), clock.confidence)
            yield _Term("chargeback", clock.after, clock.days, "calendar", *cited, here)


def _collected(term: _Term, row: Right, collects: Cited[Collecting] | None) -> _Term:
    """The same where we offered to collect the goods: the law then lets us wait for nothing."""
    if collects is None or row.when_collected is None:
        return term
    sure = weakest((row.confidence, collects.row.confidence))
    return replace(term, starts=row.when_collected, confidence=sure, because="we_collect")


def _running(told: Told, term: _Term, starts: Starts, lead: int) -> Clock | None:
    """The clock of a term; None while its event has not come."""
    began: datetime | None = getattr(starts, term.starts)
    if began is None:
        return None
    zone_name = told.zone_name
    first = began.astimezone(zone(zone_name)).date()
    last, assumed = last_day(first, term.days, term.unit, term.holidays_of)
    clock = _clock(term, began, last, lead, zone_name, assumed=assumed)
    may_wait = told.right is not None and told.right.row.withhold_until is not None and term.because is None
    waits = may_wait and term.code == "statute"
    return _held(clock, starts, lead) if waits else clock


def _clock(term: _Term, began: datetime, last: date, lead: int, zone_name: str, *, assumed: bool) -> Clock:
    target = last - timedelta(days=lead)
    return Clock(
        code=term.code,
        starts=term.starts,
        began_at=began,
        days=term.days,
        unit=term.unit,
        last_day=last,
        target=target,
        ends_at=end_of_day(last, zone_name),
        alert_at=max(began, end_of_day(target - ONE_DAY, zone_name)),
        zone_name=zone_name,
        rule=term.rule,
        source=term.source,
        confidence=term.confidence,
        assumed=assumed or (term.because is not None and term.confidence == "low"),
        because=term.because,
    )


def _held(clock: Clock, starts: Starts, lead: int) -> Clock:
    """A clock under which we may wait for the goods or the proof that they were sent."""
    came = starts.goods_or_proof
    if came is None:
        return replace(clock, may_hold=True)
    day = came.astimezone(zone(clock.zone_name)).date()
    if day <= clock.last_day:
        return clock
    return replace(
        clock,
        last_day=day,
        target=day - timedelta(days=lead),
        ends_at=end_of_day(day, clock.zone_name),
        alert_at=came,
    )


def _past_weekend(day: date) -> date:
    while day.weekday() in (SATURDAY, SUNDAY):
        day += ONE_DAY
    return day
