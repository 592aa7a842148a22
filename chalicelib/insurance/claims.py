"""How a claim stands: which clocks run against whom, which ends first, what may be asked, and what a person is told.

A pure function of the parcel's facts and the moment, so that a look that is late, twice or out of order tells the same.
The earliest of every clock that applies is the one to work by. A reminder has a name for its claim and its last day:
when a corrected scan moves the day, the old reminder is taken back and the new one is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from chalicelib.clock import end_of_day
from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.claim_starts import ParcelFacts, beginnings
from chalicelib.insurance.claim_states import (
    ENDED,
    UNFILED,
    WITH_THEM,
    WITH_US,
    Claim,
    ClaimKind,
    Deadline,
    Party,
    overpaid,
)
from chalicelib.insurance.claims_clock import (
    Act,
    Began,
    ClaimClock,
    Run,
    Start,
    clocks_for,
    legal_clocks,
    not_begun,
    row_for,
    runs,
)
from chalicelib.insurance.cover import policy_clock
from chalicelib.insurance.weekend import business_days_after
from chalicelib.money import Money
from chalicelib.rulebook import in_force

Severity = Literal["medium", "high", "critical"]
GRADES: tuple[Severity, ...] = ("medium", "high", "critical")
DUE, PROTECTIVE, ANSWER_LATE = "claim_due", "claim_protective", "claim_answer_late"
ACTS: tuple[Act, ...] = get_args(Act)
GRAVEST_FIRST: tuple[ClaimKind, ...] = ("loss", "shortage", "damage", "delay")
KINDS = frozenset({DUE, PROTECTIVE, ANSWER_LATE})
# Why a claim is told of, beside its last day; each has words of its own among the playbooks.
REASONS = ("answer_wanted", "suit", "lapsed", "clock_unknown", "overpaid", "pack_stuck", "stuck")
EVIDENCE = "insurance/claim_evidence"
# A scan that is corrected, or a delivery, is seen within a day: it may bring the last day nearer.
LOOK_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy that covers the parcel and how many days after discovery its insurer wants to hear (None: nobody
    knows)."""

    policy_no: str
    insurer: str
    notice_days: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The clocks of one claim today, the one that ends first before the others. ``rights`` say from when a loss counts
    as one; ``unknown`` names what no clock could be found for."""

    runs: tuple[Run, ...]
    suits: tuple[Run, ...]
    rights: tuple[Run, ...]
    waiting: tuple[ClaimClock, ...]
    unknown: str | None = None

    @property
    def deadline(self) -> Deadline | None:
        """The last day, by the clock that ends first, and the soonest day to file by; None while none has begun."""
        if not self.runs:
            return None
        first = self.runs[0]
        file_by = min(one.file_by for one in self.runs)
        return replace(_deadline(first), file_by=min(file_by, first.last_day))

    @property
    def not_before(self) -> date | None:
        """The first day on which it may be handed in, where a clock has a floor."""
        floors = [one.not_before for one in self.runs if one.clock.earliest_days]
        return max(floors, default=None)

    @property
    def later(self) -> tuple[Run, ...]:
        """The clocks that still run when the first has ended."""
        return self.runs[1:]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to tell once, graver as time goes: ``at`` is since when it is so, ``ends_at`` when it is too late."""

    kind: str
    episode: str
    reason: str | None
    severity: Severity
    at: datetime
    detail: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Point:
    at: datetime
    severity: Severity


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Something that becomes graver with time."""

    kind: str
    episode: str
    reason: str | None
    detail: str
    points: list[_Point]
    ends_at: datetime | None = None

    def told(self, now: datetime) -> Iterator[Reminder]:
        reached = [point for point in self.points if point.at <= now]
        if reached:
            gravest = max(reached, key=lambda point: GRADES.index(point.severity))
            yield Reminder(
                self.kind, self.episode, self.reason, gravest.severity, reached[0].at, self.detail, self.ends_at
            )


def is_theft(troubles: Iterable[str], on: date) -> bool:
    """Whether any of these troubles looks like a theft: then the police is to be told."""
    return bool(set(troubles) & set(_troubles(on)["theft"]))


def kind_of(troubles: Iterable[str], on: date, *, arrived: bool) -> ClaimKind:
    """What is claimed for while nobody has said, by the kinds and reasons of what is wrong: the gravest thing that one
    of them is known to mean; else loss while the parcel is under way, damage once it has come."""
    named: Mapping[str, ClaimKind] = _troubles(on)["claim"]
    found = {named[one] for one in troubles if one in named}
    gravest = next((kind for kind in GRAVEST_FIRST if kind in found), None)
    return gravest or ("damage" if arrived else "loss")


def clocks_against(
    party: Party, facts: ParcelFacts, policy: Policy | None
) -> tuple[tuple[ClaimClock, ...], str | None]:
    """Every clock that binds a claim against this party, and why there is none where nobody knows one."""
    leg = facts.leg
    if party == "insurer":
        if policy is None or policy.notice_days is None:
            return (), "the policy does not say how soon its insurer is to be told"
        return (policy_clock(policy.policy_no, policy.notice_days),), None
    on = leg.ship_date or facts.opened_at.date()
    try:
        return (*clocks_for(leg.carrier, leg.lane, on), *legal_clocks(leg.carrier, leg.lane, on)), None
    except RuleNotInForce:
        return (), f"no claim clocks are held for {on.isoformat()}"


def standing(party: Party, kind: ClaimKind, facts: ParcelFacts, policy: Policy | None) -> Standing:
    """The clocks of a claim of this kind against this party, by what is known of the parcel now."""
    clocks, unknown = clocks_against(party, facts, policy)
    began = beginnings(facts)
    # What has not come may be lost, whatever else is wrong with it: the clocks of a loss run too.
    kinds: tuple[ClaimKind, ...] = (kind,) if facts.has_arrived or kind == "loss" else (kind, "loss")
    if (party, kind) == ("insurer", "delay"):  # no policy pays for time, and where the parcel lies is known
        kinds, unknown = (kind,), None
    waiting = tuple(dict.fromkeys(one for each in kinds for one in not_begun(clocks, each, began)))
    claims, suits, rights = (_together(clocks, kinds, act, began) for act in ACTS)
    if not claims and not waiting and unknown is None and (party, kind) != ("insurer", "delay"):
        unknown = f"no clock is known for a claim for {kind}"
    return Standing(claims, suits, rights, waiting, unknown)


def _together(
    clocks: tuple[ClaimClock, ...], kinds: tuple[ClaimKind, ...], act: Act, began: Mapping[Start, Began]
) -> tuple[Run, ...]:
    found = {one.clock.id: one for each in kinds for one in runs(clocks, each, act, began)}
    return tuple(sorted(found.values(), key=lambda one: (one.ends_at, one.clock.id)))


def told_discovered(facts: ParcelFacts, claim: Claim) -> ParcelFacts:
    """The facts with the day of discovery that a person named for this claim, where that is the earlier."""
    if claim.discovered_on is None:
        return facts
    began = end_of_day(claim.discovered_on - timedelta(days=1), facts.our_zone)
    return replace(facts, discovered_at=min(began, facts.discovered_at))


def lapses(claim: Claim, deadline: Deadline | None, now: datetime) -> bool:
    """Whether it has not been handed in and its last day is over."""
    return claim.state in UNFILED and deadline is not None and deadline.ends_at <= now


def bound_of(worth: Money | None, freight: Money | None) -> tuple[Money | None, tuple[str, ...]]:
    """The most that may be asked: worth and freight together, and what of it is not known.

    >>> from decimal import Decimal
    >>> bound_of(Money(Decimal(1180), "EUR"), None)
    (Money(amount=Decimal('1180'), currency='EUR'), ('freight_unknown',))
    """
    if worth is None:
        return None, ("worth_unknown",)
    if freight is None:
        return worth, ("freight_unknown",)
    if freight.currency != worth.currency:
        return worth, ("freight_in_another_currency",)
    return worth + freight, ()


def to_tell(claim: Claim, now_standing: Standing, facts: ParcelFacts, now: datetime) -> tuple[Reminder, ...]:
    """What a person must know of this claim now, each as grave as it is by now."""
    return tuple(one for one in _all(claim, now_standing, facts, now) if one.at <= now)


def next_after(claim: Claim, now_standing: Standing, facts: ParcelFacts, now: datetime) -> datetime | None:
    """The next moment at which something is to be told, or graver, or over; None when nothing will come."""
    if claim.state in ENDED:
        return None
    points = [point.at for ladder in _ladders(claim, now_standing, facts) for point in ladder.points]
    if claim.state in UNFILED and now_standing.runs:
        points.append(now_standing.runs[0].ends_at)
        points += filter(None, (_protective_at(claim, now_standing, facts),))
    every = LOOK_EVERY if claim.state in UNFILED else 7 * LOOK_EVERY if claim.state == "lapsed" else None
    watched = [now + every] if every else []
    return min([at for at in points if at > now] + watched, default=None)


def overpaid_reminder(claims: tuple[Claim, ...], loss: Money | None) -> Reminder | None:
    """That more came than was lost, or may have: once for a leg."""
    found, paying = overpaid(claims, loss), [one for one in claims if one.payments]
    if found is None:
        return None
    at = max(one.changed_at for one in paying)
    payers = " and ".join(sorted({one.party for one in paying}))
    detail = {"more_than_lost": "together more came than was lost", "not_comparable": "in more than one currency"}
    leg_n = paying[0].leg_n
    return Reminder(DUE, f"claim-{leg_n}-overpaid", "overpaid", "high", at, f"paid by {payers}: {detail[found]}")


def _all(claim: Claim, now_standing: Standing, facts: ParcelFacts, now: datetime) -> Iterator[Reminder]:
    name = f"claim-{claim.claim_id}"
    if claim.state == "lapsed" and claim.deadline is not None:
        yield _lapsed(claim, claim.deadline, now_standing, now)
    if claim.state in UNFILED and now_standing.unknown is not None:
        yield Reminder(DUE, f"{name}-unknown", "clock_unknown", "high", claim.opened_at, now_standing.unknown)
    if claim.state in UNFILED and now_standing.deadline is not None:
        yield from _protective(claim, now_standing, facts)
    for ladder in _ladders(claim, now_standing, facts):
        yield from ladder.told(now)


def _ladders(claim: Claim, now_standing: Standing, facts: ParcelFacts) -> Iterator[_Ladder]:
    """The last day of the claim, of an answer and of a suit, and an answer that is late."""
    name, carrier, deadline = f"claim-{claim.claim_id}", facts.leg.carrier, now_standing.deadline
    if claim.state in UNFILED and deadline is not None:
        points = _steps(now_standing, row_for("ladder", _today(claim), claim.party, carrier))
        episode = f"{name}-{deadline.last_day.isoformat()}"
        yield _Ladder(DUE, episode, None, _detail(claim, deadline), points, deadline.ends_at)
    if claim.state in WITH_US and claim.until is not None:
        until = claim.until.isoformat()
        points = list(_before(claim.until, facts.our_zone, row_for("ladder", _today(claim), "answer", carrier)))
        detail = f"claim {claim.claim_id} is {claim.state}: an answer is wanted by {until}"
        ends = end_of_day(claim.until, facts.our_zone)
        yield _Ladder(DUE, f"{name}-answer-{until}", "answer_wanted", detail, points, ends)
    if claim.state in WITH_THEM:
        late = claim.changed_at + timedelta(days=row_for("answer", _today(claim), claim.party, carrier)["days"])
        since = claim.changed_at.date().isoformat()
        detail = f"claim {claim.claim_id}: {claim.state} since {since}"
        yield _Ladder(ANSWER_LATE, f"{name}-unanswered-{since}", None, detail, [_Point(late, "medium")])
    if now_standing.suits and claim.state not in (*UNFILED, *ENDED, "paid"):
        suit = now_standing.suits[0]
        points = list(_before(suit.last_day, suit.zone_name, row_for("ladder", _today(claim), "suit", carrier)))
        last = suit.last_day.isoformat()
        detail = f"claim {claim.claim_id}: a suit is brought by {last} ({suit.clock.id})"
        yield _Ladder(DUE, f"{name}-suit-{last}", "suit", detail, points, suit.ends_at)


def _steps(now_standing: Standing, row: Mapping[str, Any]) -> list[_Point]:
    """The steps to the last day: by days before it, by days after the start, and by the day to file by."""
    first = now_standing.runs[0]
    found = list(_before(first.last_day, first.zone_name, row))
    for grade, days in zip(GRADES, row.get("after", ()), strict=False):
        found.append(_Point(_begin(first.started_on + timedelta(days=days), first.zone_name), grade))
    filing = min(now_standing.runs, key=lambda one: one.file_by)
    if filing.clock.file_by_day is not None:
        found.append(_Point(_begin(filing.file_by, filing.zone_name), row["file_by"]))
    floor = max(
        (_begin(one.not_before, one.zone_name) for one in now_standing.runs if one.clock.earliest_days), default=None
    )
    found = [point if floor is None or point.at >= floor else replace(point, at=floor) for point in found]
    return sorted(found, key=lambda point: point.at)


def _before(last_day: date, zone_name: str, row: Mapping[str, Any]) -> Iterator[_Point]:
    for grade, days in zip(GRADES, (*row["before"], row["critical_before"]), strict=False):
        yield _Point(_begin(last_day - timedelta(days=days), zone_name), grade)


def _protective(claim: Claim, now_standing: Standing, facts: ParcelFacts) -> Iterator[Reminder]:
    at, deadline = _protective_at(claim, now_standing, facts), now_standing.deadline
    if at is None or deadline is None:
        return
    days = _trace_days(claim, facts)
    detail = f"{_detail(claim, deadline)}; a trace takes up to {days} working days"
    episode = f"claim-{claim.claim_id}-{deadline.last_day.isoformat()}-protective"
    yield Reminder(PROTECTIVE, episode, None, "high", at, detail, deadline.ends_at)


def _protective_at(claim: Claim, now_standing: Standing, facts: ParcelFacts) -> datetime | None:
    """From when a trace opened that day could outlast the clock: then a claim is filed to keep the right, whatever the
    trace may find. Only where nobody knows yet that the parcel is lost."""
    lost = facts.track is not None and facts.track.state.milestone in ("lost", "destroyed")
    if claim.kind != "loss" or lost or not now_standing.runs:
        return None
    deadline = now_standing.runs[0]
    day = business_days_after(deadline.last_day, -_trace_days(claim, facts))
    return max(_begin(day, deadline.zone_name), claim.opened_at)


def _trace_days(claim: Claim, facts: ParcelFacts) -> int:
    days: int = row_for("trace", _today(claim), "carrier", facts.leg.carrier)["working_days"]
    return days


def _lapsed(claim: Claim, deadline: Deadline, now_standing: Standing, now: datetime) -> Reminder:
    running = [one for one in now_standing.runs if one.ends_at > now]
    left = (
        f"; {running[0].clock.id} still runs until {running[0].last_day.isoformat()}: file at once" if running else ""
    )
    episode = f"claim-{claim.claim_id}-{deadline.last_day.isoformat()}-lapsed"
    return Reminder(DUE, episode, "lapsed", "critical", deadline.ends_at, _detail(claim, deadline) + left)


def _detail(claim: Claim, deadline: Deadline) -> str:
    sure = ", its start is assumed" if deadline.assumed else ""
    return (
        f"claim {claim.claim_id} for {claim.kind}: last day {deadline.last_day.isoformat()}, "
        f"file by {deadline.file_by.isoformat()} ({deadline.clock} from {deadline.starts}{sure})"
    )


def _deadline(run: Run) -> Deadline:
    return Deadline(
        run.last_day, run.ends_at, run.file_by, run.clock.id, run.clock.starts, run.began.at, run.assumed, run.zone_name
    )


def _begin(day: date, zone_name: str) -> datetime:
    return end_of_day(day - timedelta(days=1), zone_name)


def _today(claim: Claim) -> date:
    return claim.opened_at.date()


def _troubles(on: date) -> Mapping[str, Any]:
    found: Mapping[str, Any] = in_force(EVIDENCE, on).rules["troubles"]
    return found
