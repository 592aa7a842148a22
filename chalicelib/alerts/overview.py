"""What is open on a day, as one receiver hears of it: counted by severity, with what ends soon spelled out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.alerts.exceptions import SEVERITIES, OpenException
from chalicelib.alerts.routing import routing_rules
from chalicelib.receivers import Receiver, matches


@dataclass(frozen=True, slots=True)
class Overview:
    """``overdue`` are past their deadline, ``ending`` end soon, ``claims`` and ``duties`` wait for somebody to claim.
    ``first`` are those that end soon, the first to end before the others, ``more`` how many more by kind. ``has_more``:
    more are open than were read."""

    open: int
    by_severity: Mapping[str, int]
    overdue: int
    ending: int
    claims: int
    duties: int
    first: tuple[OpenException, ...]
    more: Mapping[str, int]
    has_more: bool


def overview(exceptions: Sequence[OpenException], receiver: Receiver, now: datetime, *, has_more: bool) -> Overview:
    """What this receiver is told of the exceptions that are open: those as grave and of the kinds that it asked for."""
    rules = routing_rules()["digest"]
    heard = [one for one in exceptions if one.status != "resolved" and receiver.hears_of(one.severity, one.kind)]
    soon = now + timedelta(hours=rules["ends_within_hours"])
    dated = [(one.deadline, one) for one in heard if one.deadline is not None]
    ending = sorted(((at, one) for at, one in dated if now < at <= soon), key=lambda pair: (pair[0], pair[1].episode))
    counts = Counter(one.severity for one in heard)
    return Overview(
        open=len(heard),
        by_severity={severity: counts[severity] for severity in SEVERITIES if counts[severity]},
        overdue=sum(at <= now for at, _ in dated),
        ending=len(ending),
        claims=_of_kinds(heard, rules["claim_kinds"]),
        duties=_of_kinds(heard, rules["duty_kinds"]),
        first=tuple(one for _, one in ending[: rules["spelled_out"]]),
        more=dict(Counter(one.kind for _, one in ending[rules["spelled_out"] :]).most_common()),
        has_more=has_more,
    )


def _of_kinds(exceptions: Sequence[OpenException], patterns: Sequence[str]) -> int:
    return sum(matches(one.kind, tuple(patterns)) for one in exceptions)
