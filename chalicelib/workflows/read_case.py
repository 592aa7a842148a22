"""What the desk asks: the whole case in one call - where it is, why it is held, who must act, by when, what to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import Language
from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import InvalidRequestError
from chalicelib.returns.case import Case, ReturnRequest
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.case_in_short import in_short
from chalicelib.workflows.courier import pickups_of
from chalicelib.workflows.erase_person import erasure_in_short
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_disputes import disputes_in_short
from chalicelib.workflows.keep_link import link_in_short
from chalicelib.workflows.new_case import leg_row, told
from chalicelib.workflows.open_money import next_of_money
from chalicelib.workflows.pickup_rows import rows_of
from chalicelib.workflows.playbook_rows import PLAIN, Reading, playbook_row, worded
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.read_claims import claims_in_short
from chalicelib.workflows.read_custody import custody_in_short, next_of_custody
from chalicelib.workflows.read_evidence import evidence_in_short
from chalicelib.workflows.read_ledger import duties_in_short
from chalicelib.workflows.read_settlements import settlements_in_short
from chalicelib.workflows.read_shipment import where_it_is
from chalicelib.workflows.read_ways_out import next_of, piece, ways_out_in_short
from chalicelib.workflows.read_withdrawal import withdrawals_in_short
from chalicelib.workflows.recalled_cases import recall_in_short
from chalicelib.workflows.repairs_in_short import repairs_in_short
from chalicelib.workflows.serve_papers import paper_rows
from chalicelib.workflows.verdicts import DECISION_WANTED


def read_case(ports: Ports, case_id: str, *, language: Language = "en", now: datetime | None = None) -> dict[str, Any]:
    """The case as it stands, with its legs, bookings, exceptions and log; what is wrong and what to do in the language
    that was asked for, storage counted to ``now``. Raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    planned, papers = told(file.plan.answer, file.plan.request), paper_rows(file)
    tracks = _tracks(ports, file)
    reading = Reading(language, now, file, _lies_in(tracks))
    return {
        **summary(file.case),
        "in_short": in_short(file, planned, papers, language),
        **_sold(file.plan.request),
        "decision": planned["decision"],
        "estimate": planned["estimate"],
        "route": planned["route"],
        "cover": planned["cover"],
        "pickup": planned["pickup"],
        "hand_over": planned["hand_over"],
        "papers": papers,
        "legs": [_leg(file, leg, tracks[leg.n]) for leg in file.legs],
        "exceptions": [exception_row(exception, reading) for exception in file.exceptions],
        "duties": duties_in_short(file, planned["estimate"]),
        "claims": claims_in_short(file),
        "custody": custody_in_short(file),
        "settlements": settlements_in_short(file),
        "ways_out": ways_out_in_short(file),
        "repairs": repairs_in_short(file),
        "withdrawal": withdrawals_in_short(file),
        "evidence": evidence_in_short(file, ports.merchant(), now or file.log[-1].at),
        "disputes": disputes_in_short(file),
        "recall": recall_in_short(file),
        "erasure": erasure_in_short(file),
        "link": link_in_short(file),
        "next": [*_next(file, planned["next"], reading), *next_of_money(file)],
        "log": [
            {"n": entry.n, "at": stamp(entry.at), "by": entry.by, "what": entry.what, "facts": dict(entry.facts)}
            for entry in file.log
        ],
    }


def _sold(request: ReturnRequest) -> dict[str, Any]:
    """The sale, the pieces and the export they left by: what an agent asks for first."""
    order, export = request.order, request.original_export
    return {
        "order": {
            "number": order.number,
            "sold_on": order.sold_on.isoformat(),
            "delivered_on": order.delivered_on.isoformat() if order.delivered_on else None,
        },
        "original_export": {
            "carrier": export.carrier,
            "tracking_number": export.tracking_number,
            "invoice_number": export.invoice_number,
            "exported_on": export.exported_on.isoformat() if export.exported_on else None,
            "reference": export.reference,
            "mode": export.mode,
            "imported_on": export.imported_on.isoformat() if export.imported_on else None,
            "duty_paid_on_import": export.duty_paid_on_import,
            "drawback_claimed": export.drawback_claimed,
            "export_rebate": export.export_rebate,
            "vat_refunded": export.vat_refunded,
        },
        "items": [piece(item) for item in request.items],
    }


def list_cases(
    ports: Ports, *, order: str | None, serial: str | None, stage: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Cases by order number, by serial, or by stage; exactly one of the three is asked for."""
    asked = [(kind, value) for kind, value in (("order", order), ("serial", serial), ("stage", stage)) if value]
    if len(asked) != 1:
        raise InvalidRequestError("ask by exactly one of order, serial, stage")
    kind, value = asked[0]
    if kind == "stage":
        page = ports.cases.listed(value, cursor, limit)
    else:
        page = ports.cases.pointed(kind, value, cursor, limit)
    return {"items": [summary(case) for case in page.cases], "cursor": page.cursor}


def summary(case: Case) -> dict[str, Any]:
    """One line of a case."""
    return {
        "case_id": case.case_id,
        "rma": case.rma,
        "kind": case.kind,
        "reason": case.reason,
        "stage": case.stage,
        "order_number": case.order_number,
        "customer_country": case.customer_country,
        "return_to": case.return_to,
        "money_at_risk": case.money_at_risk.as_json(),
        "created_at": stamp(case.created_at),
        "version": case.version,
    }


def exception_row(exception: OpenException, reading: Reading = PLAIN) -> dict[str, Any]:
    """One exception as the desk sees it, with its playbook in the language that was asked for."""
    meaning, to_do = worded(exception, reading)
    return {
        "exception_id": exception.exception_id,
        "case_id": exception.case_id,
        "leg": exception.leg_n,
        "carrier": exception.carrier,
        "tracking_number": exception.number,
        "kind": exception.kind,
        "severity": exception.severity,
        "status": exception.status,
        "reason": exception.reason,
        "meaning": meaning,
        "to_do": to_do,
        "action_by": exception.action_by,
        "deadline": known_stamp(exception.deadline),
        "opened_at": stamp(exception.opened_at),
        "resolved_at": known_stamp(exception.resolved_at),
        "resolved_by": exception.resolved_by,
        "money_at_risk": exception.money_at_risk.as_json() if exception.money_at_risk else None,
        "history": [
            {
                "at": stamp(note.at),
                "by": note.by,
                "action": note.action,
                "note": note.note,
                "sequence": note.sequence,
            }
            for note in exception.history
        ],
        "subject_kind": exception.subject_kind,
        "subject": exception.subject,
        "country": exception.country,
        "assignee": exception.assignee,
        "until": known_stamp(exception.until),
        "waited_s": exception.waited_s or 0,
        "incident_id": exception.incident_id,
        "members": exception.members,
        "playbook": playbook_row(exception, reading),
    }


def reading_of(ports: Ports, file: CaseFile, language: Language, now: datetime) -> Reading:
    """How an exception of this case is read: with its papers and where its parcels lie."""
    return Reading(language, now, file, _lies_in(_tracks(ports, file)))


def _tracks(ports: Ports, file: CaseFile) -> dict[int, Track | None]:
    return {leg.n: _track(ports, leg) for leg in file.legs}


def _track(ports: Ports, leg: Leg) -> Track | None:
    tracks = ports.tracks.file(leg.carrier, leg.number).tracks if leg.number else ()
    return next((track for track in tracks if (track.case_id, track.leg_n) == (leg.case_id, leg.n)), None)


def _lies_in(tracks: Mapping[int, Track | None]) -> dict[int, str]:
    """The country in which each leg's parcel was last seen."""
    seen = {n: track.state.country for n, track in tracks.items() if track is not None}
    return {n: stay.name for n, stay in seen.items() if stay is not None}


def _leg(file: CaseFile, leg: Leg, track: Track | None) -> dict[str, Any]:
    """A leg with what its carrier last said; a number without a track would be a lie, so it says null."""
    return {
        **leg_row(leg),
        "ship_date": leg.ship_date.isoformat() if leg.ship_date else None,
        "tracking": where_it_is(track) if track else None,
        "bookings": [_booking(booking) for booking in file.bookings if booking.leg_n == leg.n],
        "pickups": rows_of(file, leg),
        "carrier_papers": [
            {
                "name": paper.name,
                "kind": paper.kind,
                "media_type": paper.media_type,
                "status": paper.status,
                "url": paper.url,
            }
            for booking in file.bookings
            if booking.leg_n == leg.n
            for paper in booking.papers
        ],
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "kind": booking.kind,
        "pickup_id": _pickup_id(booking),
        "status": booking.status,
        "reference": booking.reference,
        "not_before": known_stamp(booking.not_before),
        "result": dict(booking.result),
        "problem": booking.problem,
    }


def _pickup_id(booking: Booking) -> str | None:
    """The pickup a booking is, or is about."""
    of = booking.n if booking.kind == "pickup" else booking.of if booking.kind != "waybill_cancel" else None
    return f"{booking.leg_n}-{of}" if of is not None else None


def _next(file: CaseFile, planned: list[str], reading: Reading) -> list[str]:
    """What happens next and who acts: open exceptions first, with the open points of one that wants a decision; else
    what the stage waits for."""
    waiting = [exception for exception in file.exceptions if exception.status != "resolved"]
    if waiting:
        points = planned if any(exception.kind == DECISION_WANTED for exception in waiting) else []
        points = [
            *points,
            *(point for way in file.parts.of(WayOut) if way.state == "wanted" for point in next_of(file, way)),
        ]
        return [*points, *(step for exception in waiting for step in worded(exception, reading)[1])]
    if held := next_of_custody(file):
        return held
    if file.case.stage == "approved":
        return [_before_the_road(file)]
    if file.case.stage == "sending_out":
        return [f"Leg {way.leg_n}: {word}" for way in file.parts.of(WayOut) for word in next_of(file, way)]
    return NEXT_BY_STAGE.get(file.case.stage, planned)


def _before_the_road(file: CaseFile) -> str:
    """What an approved case waits for: its waybill, then the courier, or the customer's own way to a counter."""
    waybill = next((booking for booking in file.bookings if booking.kind == "waybill"), None)
    if waybill is None or waybill.status != "done":
        return "Nothing is asked of anybody: the waybill is being bought"
    pickup = next(
        (one for one in reversed(pickups_of(file.bookings, waybill.leg_n)) if one.status != "cancelled"), None
    )
    if pickup is None:
        return "Give the customer the label and the packing instructions: no courier was asked for, they hand it over"
    if pickup.not_before is not None:
        return f"Nothing is asked of anybody: the courier is booked from {stamp(pickup.not_before)}, not before"
    return "Nothing is asked of anybody: the courier is being booked"


NEXT_BY_STAGE: dict[str, list[str]] = {
    "booked": ["Give the customer the packing instructions and the hour of the courier"],
    "in_transit": ["Nothing is asked of anybody: the parcel is followed"],
    "arrived": ["Weigh and photograph the parcel before signing for what is in it, then take it in"],
    "received": ["Look at the pieces: weigh, count, read and measure them, then POST /v1/returns/{case_id}/inspection"],
    "inspected": [
        "Propose what it ends with (POST /v1/returns/{case_id}/settlement; validate=true shows it), or order a repair"
    ],
    "settling": ["See what the settlement waits for: GET /v1/returns/{case_id}/settlements"],
    "in_repair": ["Take the repair on: quote, the customer's yes, work, test (GET /v1/returns/{case_id}/repair)"],
    "cancelled": [],
    "closed": [],
}
