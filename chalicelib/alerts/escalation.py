"""When an exception grows graver: by money at risk as it opens, by time past its deadline, as dated data.

>>> from decimal import Decimal
>>> rules(date(2026, 11, 22)).by_worth("medium", Money(Decimal(12000), "EUR"))
'high'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from chalicelib.alerts import incidents
from chalicelib.alerts.exceptions import OpenException, Severity, is_graver
from chalicelib.money import Money
from chalicelib.rulebook import in_force, load

DATASET = "alerts/escalation"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Worth:
    """From what worth on, by currency, an exception of the one severity gets the other."""

    lower: Severity
    higher: Severity
    amounts: dict[str, Decimal]

    def times_dear(self, worth: Money | None) -> Decimal | None:
        """How many times what counts as dear in its currency; None when that cannot be said."""
        least = self.amounts.get(worth.currency) if worth else None
        return None if worth is None or least is None else worth.amount / least


@dataclass(frozen=True, slots=True)
class Step:
    """At least so grave, so long after the deadline."""

    after: timedelta
    severity: Severity


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """Troubles that may end in a claim: of these kinds and reasons (None: any), as grave as this at least."""

    kinds: frozenset[str]
    reasons: frozenset[str] | None
    least: Severity

    def covers(self, kind: str, reason: str | None, severity: Severity) -> bool:
        """Whether this trouble is one of them."""
        return (
            kind in self.kinds
            and (self.reasons is None or reason in self.reasons)
            and not is_graver(self.least, severity)
        )


@dataclass(frozen=True, slots=True)
class Escalation:
    """One vintage of the rules."""

    worths: tuple[Worth, ...]
    steps: dict[str, tuple[Step, ...]]
    wait_at_most: timedelta
    rest_at_most_hours: int
    claims: tuple[ClaimRow, ...]
    noticed: frozenset[str]

    def by_worth(self, severity: Severity, worth: Money | None) -> Severity:
        """The severity of an exception about a parcel of this worth: one step graver where it is dear. A worth that
        is unknown, or in a currency without an amount, counts as dear."""
        for row in self.worths:
            times = row.times_dear(worth)
            if row.lower == severity and (times is None or times >= 1):
                return row.higher
        return severity

    def times_dear(self, worth: Money | None) -> Decimal | None:
        """A measure of worths that compares currencies without a rate; None when it cannot be said."""
        return self.worths[0].times_dear(worth)

    def steps_of(self, exception: OpenException) -> Iterator[tuple[datetime, Severity]]:
        """When time will make it graver than it is, soonest first."""
        if exception.deadline is None:
            return
        for step in self.steps.get(exception.kind, self.steps[ANY]):
            if is_graver(step.severity, exception.severity):
                yield exception.deadline + step.after, step.severity

    def may_end_in_a_claim(self, kind: str, reason: str | None, severity: Severity) -> bool:
        """Whether somebody may have to answer for the parcel with money."""
        return any(row.covers(kind, reason, severity) for row in self.claims)


def rules(on: date) -> Escalation:
    """The rules of this day; raises ``RuleNotInForce`` before the first vintage."""
    return _read(in_force(DATASET, on).effective)


def risen(exception: OpenException, now: datetime) -> Severity:
    """How grave it is by now, one step at a time: who looks late finds what who looked each hour had found. While the
    customer is waited for, its hours do not count."""
    if exception.status in ("waiting", "resolved"):
        return exception.severity
    reached = (severity for at, severity in rules(now.date()).steps_of(exception) if at <= now)
    return next(reached, exception.severity)


def timed(exception: OpenException, now: datetime) -> OpenException:
    """The exception with the time at which something will change by itself: a sleep or a wait ends, its severity
    rises, an incident is looked at. None when nothing will, and that costs no place in the index."""
    if exception.status == "resolved":
        return replace(exception, due_at=None)
    times = [exception.until] if exception.until else []
    if exception.status != "waiting":
        times += [at for at, _ in rules(now.date()).steps_of(exception)]
    if exception.members is not None:
        times.append(now + incidents.rules(now.date()).look_after)
    return replace(exception, due_at=min(times, default=None))


def waited(exception: OpenException) -> timedelta:
    """By how much its deadline was moved on while the customer was waited for."""
    return timedelta(seconds=exception.waited_s or 0)


@cache
def _read(effective: date) -> Escalation:
    said = load(DATASET, effective).rules
    steps: dict[str, tuple[Step, ...]] = {kind: () for row in said["steady"] for kind in row["kinds"]}
    for row in sorted(said["overdue"], key=lambda row: row["after_hours"]):
        step = Step(timedelta(hours=row["after_hours"]), row["severity"])
        steps[row["kind"]] = (*steps.get(row["kind"], ()), step)
    return Escalation(
        worths=tuple(map(_worth, said["worth"])),
        steps=steps,
        wait_at_most=timedelta(hours=said["waiting"]["at_most_hours"]),
        rest_at_most_hours=said["rest"]["at_most_hours"],
        claims=tuple(
            ClaimRow(frozenset(row["kinds"]), _reasons(row), row.get("least", "low")) for row in said["claim"]
        ),
        noticed=frozenset(kind for row in said["notice"] for kind in row["kinds"]),
    )


def _reasons(row: dict[str, Any]) -> frozenset[str] | None:
    return frozenset(row["reasons"]) if "reasons" in row else None


def _worth(row: dict[str, Any]) -> Worth:
    return Worth(row["from"], row["to"], {name: Decimal(amount) for name, amount in row["amounts"].items()})
