"""A case in one look, for who has a customer on the telephone: who must act, by when, what is missing, what it costs.

Nothing is worked out here that the case does not say elsewhere at length: the gravest open exception, the facts that
papers and the best relief still lack, with the field that takes each, and the two figures of the estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chalicelib.alerts.exceptions import SEVERITIES, OpenException
from chalicelib.alerts.playbooks import Language
from chalicelib.clock import stamp
from chalicelib.customs.asked_facts import asked
from chalicelib.workflows.playbook_rows import Reading, worded
from chalicelib.workflows.ports import CaseFile

NEVER = datetime.max.replace(tzinfo=UTC)


def in_short(
    file: CaseFile, planned: Mapping[str, Any], papers: Iterable[Mapping[str, Any]], language: Language = "en"
) -> dict[str, Any]:
    """The case in a few figures and words, from its plan as it is told; null where nobody must act, nothing is due, or
    it is not known."""
    estimate = planned["estimate"]
    waiting = [one for one in file.exceptions if one.status != "resolved"]
    first = min(waiting, key=_urgency, default=None)
    relief = _hoped_for(estimate)
    return {
        "who_acts": first.action_by if first else None,
        "act_by": stamp(first.deadline) if first and first.deadline else None,
        "why": worded(first, Reading(language))[0] if first else None,
        "missing": _missing(relief, papers),
        "payable": _money(estimate, "total"),
        "payable_if_proven": _money(estimate, "total_if_proven"),
        "relief": relief["code"] if relief else None,
        "claim_by": relief["claim_by"] if relief else None,
        "freight_paid_by": planned["decision"]["freight_paid_by"],
        "uncovered": planned["cover"]["uncovered"],
    }


def _urgency(exception: OpenException) -> tuple[datetime, int]:
    """What must be done soonest, then what is gravest."""
    return exception.deadline or NEVER, SEVERITIES.index(exception.severity)


def _hoped_for(estimate: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The relief that would leave the least to pay and only lacks proof; of several the one that lacks least."""
    if estimate["total"] is None or estimate["total"] == estimate["total_if_proven"]:
        return None
    rows = [
        row for row in estimate["relief"] if (row["status"], row["due"]) == ("unproven", estimate["total_if_proven"])
    ]
    return min(rows, key=lambda row: len(row["missing"]), default=None)


def _missing(relief: Mapping[str, Any] | None, papers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every fact that is still to be given or shown, once, with all that waits for it."""
    wanted: dict[str, list[str]] = {}
    for waits, facts in [(row["name"], row["missing"]) for row in papers] + [_of(relief)]:
        for fact in facts:
            wanted.setdefault(fact, []).append(waits)
    return [{**asdict(asked(fact)), "waits": waits} for fact, waits in wanted.items()]


def _of(relief: Mapping[str, Any] | None) -> tuple[str, list[str]]:
    return (relief["code"], relief["missing"]) if relief else ("", [])


def _money(estimate: Mapping[str, Any], name: str) -> dict[str, str] | None:
    amount = estimate[name]
    return None if amount is None else {"amount": amount, "currency": estimate["currency"]}
