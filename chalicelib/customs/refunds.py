"""Duty and tax that were paid once and can be asked back because the goods left again: refund, repayment, drawback.

Every instrument of the country where they were paid is judged against the facts like a relief: ``open`` when all its
conditions hold, ``unproven`` when only facts are missing (they are named), ``not_eligible`` when one fails (it is
said). Rows of ``customs/<territory>/refund``; a country without such a table has no known way, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.clock import add_months
from chalicelib.customs.conditions import Finding, judge_all
from chalicelib.customs.program import table
from chalicelib.places import territory_of
from chalicelib.rulebook import Confidence, effective_dates

STATUS = {True: "open", None: "unproven", False: "not_eligible"}


@dataclass(frozen=True, slots=True)
class PaidEntry:
    """What is known of one entry on which duty or tax was paid, and of the goods' way out again. Unknown is None.

    ``paid_on`` is the day of payment (the entry's day where nothing else is known), ``left_on`` the day the goods left
    that country again, ``value`` in that country's currency; ``reason`` is the case's reason.
    """

    country: str
    paid_on: date
    entry_number: str | None = None
    left_on: date | None = None
    export_reference: str | None = None
    reason: str | None = None
    used: bool | None = None
    same_state: bool | None = None
    sold_at_a_distance: bool | None = None
    declared_by: str | None = None
    importer: str | None = None
    value: Decimal | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class RefundWay:
    """One way to the money. ``share`` is the part that comes back (0.99), None where nobody stated it; ``covers`` says
    of what (``duty``, ``tax``, ``fees``). ``claim_by`` is the last day known so far, None when it cannot be told yet.
    """

    code: str
    status: str
    what: str
    claimant: str
    form: str
    evidence: tuple[str, ...]
    covers: tuple[str, ...]
    share: Decimal | None
    missing: tuple[str, ...]
    why: str
    claim_by: date | None
    confidence: Confidence
    source: str


def refund_ways(paid: PaidEntry, on: date) -> tuple[RefundWay, ...]:
    """Every instrument of the country, in the order its table gives them; empty where the house knows none.

    Raises ``RuleNotInForce`` for a day before the table's first vintage.
    """
    dataset = f"customs/{territory_of(paid.country).lower()}/refund"
    if not effective_dates(dataset):
        return ()
    rules = table(dataset, on)
    facts: dict[str, Any] = {f"paid.{field.name}": getattr(paid, field.name) for field in fields(paid)}
    facts["entry_on"] = on
    return tuple(_judged(row, rules.cite(row), facts) for row in rules.rows)


def _judged(row: Mapping[str, Any], source: str, facts: Mapping[str, Any]) -> RefundWay:
    finding = _finding(row, facts)
    days = [finding.deadline, *(_last_day(limit, facts) for limit in row.get("claim_within", ()))]
    claim_by = min((day for day in days if day), default=None)
    late = claim_by is not None and facts["entry_on"] > claim_by
    share = row.get("share")
    return RefundWay(
        row["code"], "not_eligible" if late else STATUS[finding.holds], row["what"], row["claimant"], row["form"],
        tuple(row.get("evidence", ())), tuple(row["covers"]), None if share is None else Decimal(share),
        tuple(name.removeprefix("paid.") for name in finding.missing),
        f"the last day was {claim_by}" if late else finding.why, claim_by, row["confidence"], source,
    )  # fmt: skip


def _finding(row: Mapping[str, Any], facts: Mapping[str, Any]) -> Finding:
    """The conditions, and what no record can tell (``to_confirm``): with that the way stays unproven."""
    finding = judge_all(row["conditions"], facts)
    if finding.holds is not False and "to_confirm" in row:
        return Finding(None, (*finding.missing, *row["to_confirm"]), deadline=finding.deadline)
    return finding


def _last_day(limit: Mapping[str, Any], facts: Mapping[str, Any]) -> date | None:
    """The last day of a limit ``{ from = "paid_on", months = 12 }`` (or ``days``); None while the day it counts from is
    unknown."""
    start = facts.get(f"paid.{limit['from']}")
    if start is None:
        return None
    day: date = start + timedelta(days=limit["days"]) if "days" in limit else add_months(start, limit["months"])
    return day
