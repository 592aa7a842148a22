"""What the desk is told beside an exception: its playbook in English or Chinese, which of the papers it wants exist,
and what keeping the parcel costs.

Nothing of this is stored with the exception. The papers are those of its case, where the case is at hand; the storage
is counted to now, or to the moment the exception was resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import Language, NamedPaper, Playbook, playbook_of
from chalicelib.alerts.storage import Storage, storage_of
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.serve_papers import paper_rows

# Made of a claim and not of a leg: found with the claims of the case.
WITH_THE_CLAIM = "with_the_claim"
TO_GET = "to_get"
NOT_MADE = "not_made"
NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True, slots=True)
class Reading:
    """How exceptions are read: in which language, when, with the case they are about where it is at hand, and where its
    parcels lie by leg."""

    language: Language = "en"
    now: datetime | None = None
    file: CaseFile | None = None
    lies_in: Mapping[int, str] = field(default_factory=dict)


PLAIN = Reading()


def playbook_row(exception: OpenException, reading: Reading) -> dict[str, Any] | None:
    """The playbook of an exception; None for one older than the first playbooks."""
    try:
        row = playbook_of(exception)
    except RuleNotInForce:
        return None
    said = row.said(reading.language)
    return {
        "vintage": row.vintage,
        "language": reading.language,
        "title": said.title,
        "steps": [{"whom": step.whom, "name": step.name, "text": step.text} for step in said.steps],
        "papers": [_paper(one, exception, reading) for one in said.papers],
        "customer": said.customer,
        "offer": {"what": said.offer.what, "after_days": said.offer.after_days, "when": said.offer.when},
        "storage": _storage(row, exception, reading),
        "source": row.source,
        "confidence": row.confidence,
    }


def worded(exception: OpenException, reading: Reading) -> tuple[str, list[str]]:
    """What it means and what to do, in the language that was asked for; as it was written, where its words are its
    own."""
    if reading.language == "en":
        return exception.meaning, list(exception.to_do)
    try:
        said = playbook_of(exception).said(reading.language)
    except RuleNotInForce:
        return exception.meaning, list(exception.to_do)
    return said.meaning, [step.text for step in said.steps]


def _paper(wanted: NamedPaper, exception: OpenException, reading: Reading) -> dict[str, Any]:
    """A paper that the playbook wants: whether it is ready (with the path of its link), pending, waiting for a fact, or
    to be got by a person."""
    found = _of_case(wanted, exception, reading.file) if wanted.names and reading.file else None
    return {
        "code": wanted.code,
        "title": wanted.title,
        "made_by": wanted.made_by,
        "status": found["status"] if found else _without(wanted, reading.file),
        "missing": list(found["missing"]) if found else [],
        "href": found["href"] if found else None,
    }


def _of_case(wanted: NamedPaper, exception: OpenException, file: CaseFile) -> dict[str, Any] | None:
    """The paper of this leg, or of the latest leg where the exception names none."""
    rows = [row for row in paper_rows(file) if row["name"] in wanted.names]
    of_leg = [row for row in rows if exception.leg_n in (None, row["leg"])]
    return max(of_leg, key=lambda row: row["leg"], default=None)


def _without(wanted: NamedPaper, file: CaseFile | None) -> str:
    """What is said of a paper that the case does not have."""
    if wanted.made_by == "person":
        return TO_GET
    if wanted.made_by == "claims":
        return WITH_THE_CLAIM
    return NOT_LOOKED_AT if file is None else NOT_MADE


def _storage(row: Playbook, exception: OpenException, reading: Reading) -> dict[str, Any] | None:
    """What keeping it has cost; None where nobody keeps it, or the moment is not known."""
    until = exception.resolved_at or reading.now
    if not row.storage or until is None:
        return None
    began = exception.since or exception.opened_at
    country = reading.lies_in.get(exception.leg_n) if exception.leg_n is not None else None
    try:
        kept = storage_of(exception.carrier, country, began, max(until, began), reading.language)
    except RuleNotInForce:
        return None
    return _storage_row(kept, country)


def _storage_row(kept: Storage, country: str | None) -> dict[str, Any]:
    return {
        "country": country,
        "free_days": kept.free_days,
        "charged_from": kept.charged_from.isoformat() if kept.charged_from else None,
        "per_day": _money(kept.per_day),
        "once": _money(kept.once),
        "so_far": _money(kept.so_far),
        "at_least": kept.at_least,
        "besides": kept.besides,
        "abandoned_on": kept.abandoned_on.isoformat() if kept.abandoned_on else None,
        "then": kept.then,
        "why_not": list(kept.why_not),
        "sources": list(kept.sources),
        "confidence": kept.confidence,
    }


def _money(amount: Money | None) -> dict[str, Any] | None:
    return amount.as_json() if amount else None
