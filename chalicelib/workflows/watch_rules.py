"""Once a day: whether a rule that is in use runs out without another to follow it.

A border's tables that the law still needs are looked at by what an estimate of today would read; what holds at every
border and the rules of the other rooms, by dataset. A rule is told once, two weeks before its last day, and stands on
the work list until somebody has written what follows it. What is only to be read again is counted, once a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.alerts.exceptions import public_id
from chalicelib.clock import stamp
from chalicelib.customs.tariff_book import datasets_in_use, datasets_of_every_border, programs_held
from chalicelib.errors import RuleNotInForce
from chalicelib.rule_review import due_since
from chalicelib.rulebook import Vintage, datasets_of, effective_dates, in_force, load
from chalicelib.workflows.ports import Ports

BEFOREHAND = timedelta(days=14)
EXPIRES, TO_READ = "rule_expires", "rules_to_read_again"
# Customs are looked at by what an estimate reads: most of their acts end because the law ended.
OTHER_ROOMS = ("alerts", "carriers", "currencies", "insurance", "pickups", "returns", "shipments")


@dataclass(frozen=True, slots=True)
class Ending:
    """A dataset in use whose last vintage ends: its name and last day."""

    vintage: str
    dataset: str
    ends: date


def watch_rules(ports: Ports, now: datetime) -> tuple[Ending, ...]:
    """Tell of every rule in use that runs out, once; the endings found."""
    today = now.date()
    endings = tuple(endings_at(today))
    messages = [_alert(EXPIRES, one.dataset, one.vintage, f"{one.dataset} ends on {one.ends}", now) for one in endings]
    to_read = sorted(set(_to_read(today)))
    if to_read:
        more = f" and {len(to_read) - 5} more" if len(to_read) > 5 else ""
        detail = f"{len(to_read)} rule files are to be read again: {', '.join(to_read[:5])}{more}"
        messages.append(_alert(TO_READ, "rules", f"{TO_READ}-{today:%Y-%m}", detail, now))
    untold = [one for one in messages if not _is_told(ports, one)]
    if untold:
        ports.queues.send("alerts", untold)
    return endings


def _is_told(ports: Ports, message: dict[str, Any]) -> bool:
    return ports.exceptions.read(public_id("rule", message["subject"], message["episode"])) is not None


def endings_at(today: date) -> Iterator[Ending]:
    """Every dataset in use whose last vintage has ended or ends within two weeks."""
    for dataset in in_use(today):
        last = load(dataset, effective_dates(dataset)[-1])
        if last.ends is not None and last.ends <= today + BEFOREHAND:
            yield Ending(last.name, dataset, last.ends)


def _to_read(today: date) -> Iterator[str]:
    for dataset in in_use(today):
        vintage = _today(dataset, today)
        if vintage is not None and due_since(vintage.rules, today):
            yield dataset


def _today(dataset: str, today: date) -> Vintage | None:
    try:
        return in_force(dataset, today)
    except RuleNotInForce:
        return None


def in_use(today: date) -> tuple[str, ...]:
    """Every dataset that is looked at, once."""
    border = (name for territory in programs_held() for name in datasets_in_use(territory, today))
    others = (name for room in OTHER_ROOMS for name in datasets_of(room))
    return tuple(dict.fromkeys((*border, *datasets_of_every_border(), *others)))


def _alert(kind: str, subject: str, episode: str, detail: str, now: datetime) -> dict[str, Any]:
    return {
        "action": "open",
        "subject_kind": "rule",
        "subject": subject,
        "kind": kind,
        "episode": episode,
        "since": stamp(now),
        "detail": detail,
    }
