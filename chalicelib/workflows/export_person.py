"""Everything about a person, in one ZIP: what they may ask for and take with them (GDPR art. 15 and 20).

The desk asks with the mail address; what is queued are ids alone, and only the worker that may open personal values
gathers them. What of a case is erased already says so. The export lies in the bucket for a few days, and is read by a
link of five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import stamp
from chalicelib.errors import NotFoundError, PaperPending, UnavailableError
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.pack_claim import zipped
from chalicelib.workflows.ports import CaseFile, Ports

EXPORT_TO_MAKE = "person_export"
LINK_LIVES = timedelta(minutes=5)
MOST_CASES = 400
PARTS: tuple[type[Any], ...] = (
    Withdrawal, Evidence, HandOver, Receipt, Inspection, RepairOrder, Quote, Settlement, Posting, Dispute,
)  # fmt: skip


def ask_export(ports: Ports, email: str, *, now: datetime) -> dict[str, Any]:
    """Have everything gathered about the customer with this mail address. Raises ``NotFoundError`` when nothing is."""
    digest_key = ports.secrets.webhooks().get("customer_digest")
    if not digest_key:
        raise UnavailableError("the secret of the webhooks has no customer_digest yet")
    customer = hmac.new(digest_key.encode(), email.strip().lower().encode(), hashlib.sha256).hexdigest()
    case_ids: list[str] = []
    cursor: str | None = None
    while len(case_ids) < MOST_CASES:
        page = ports.cases.pointed("customer", customer, cursor, 100)
        case_ids += [case.case_id for case in page.cases]
        cursor = page.cursor
        if cursor is None:
            break
    if not case_ids:
        raise NotFoundError("nothing is known of a customer with this mail address")
    export_id = ports.new_id()
    message = {"kind": EXPORT_TO_MAKE, "export_id": export_id, "cases": case_ids, "at": stamp(now)}
    ports.queues.send("papers", [message])
    return {"export_id": export_id, "cases": len(case_ids), "complete": cursor is None, "href": _href(export_id)}


def take_export(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Gather and keep it; a repeat gathers it anew under the same name."""
    files: dict[str, bytes] = {}
    for case_id in message["cases"]:
        file = ports.cases.file(case_id)
        if file is not None:
            files |= _of_case(ports, file)
    told = {"schema": 1, "made_at": stamp(now), "asked_at": message["at"], "cases": list(message["cases"])}
    files["about.json"] = _json(told)
    ports.evidence.keep_export(message["export_id"], zipped(files))
    return {f"{case_id}/-" for case_id in message["cases"]}


def export_link(ports: Ports, export_id: str, now: datetime) -> dict[str, Any]:
    """Where the export can be read for five minutes; raises ``PaperPending`` while it is being gathered."""
    url = ports.evidence.export_link(export_id, int(LINK_LIVES.total_seconds()))
    if url is None:
        raise PaperPending(f"export {export_id}")
    return {"export_id": export_id, "url": url, "expires_at": stamp(now + LINK_LIVES)}


def _of_case(ports: Ports, file: CaseFile) -> dict[str, bytes]:
    case_id = file.case.case_id
    person = ports.cases.person(case_id)
    told: dict[str, Any] = {
        "case": asdict(file.case),
        "person": "erased" if person is None else asdict(person),
        "request": asdict(file.plan.request),
        "decision": file.plan.answer["decision"],
        "legs": [_leg(ports, file, leg) for leg in file.legs],
        "notices": [asdict(entry) for entry in file.notices],
        "log": [{"n": one.n, "at": one.at, "by": one.by, "what": one.what, "facts": one.facts} for one in file.log],
        "parts": {kind.KIND.lower(): [asdict(one) for one in file.parts.of(kind)] for kind in PARTS},
    }
    found = {f"{case_id}/case.json": _json(told)}
    for papers in file.papers:
        for paper in papers.papers:
            if paper.key:
                found |= _kept(ports, f"{case_id}/{papers.leg_n}-{paper.name}.pdf", paper.key)
    return found


def _kept(ports: Ports, name: str, key: str) -> dict[str, bytes]:
    try:
        return {name: ports.evidence.kept(key)}
    except NotFoundError:
        return {}


def _leg(ports: Ports, file: CaseFile, leg: Leg) -> dict[str, Any]:
    tracks = ports.tracks.file(leg.carrier, leg.number).tracks if leg.number else ()
    mine = next((one for one in tracks if (one.case_id, one.leg_n) == (file.case.case_id, leg.n)), None)
    events = [
        {"at": one.at, "code": one.code, "milestone": one.milestone, "text": one.text, "place": str(one.place)}
        for one in (mine.events if mine else ())
    ]
    return asdict(leg) | {"events": events}


def _href(export_id: str) -> str:
    return f"/v1/persons/exports/{export_id}"


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
