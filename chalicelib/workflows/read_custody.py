"""Custody as it is read: every hand-over in the order of time, receipts, inspections, and the case in short.

What a carrier scanned when it took a parcel and when it gave it up are rows of the same list, read from its track.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.inspection import FinenessReading, Inspection, PieceFound, Weighing, found_same_state, standing
from chalicelib.shipments.fold import scans
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.custody_facts import track_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports

_CARRIER_ROWS = {
    "picked_up": ("customer", "carrier"),
    "delivered": ("carrier", "facility"),
    "returned": ("carrier", "facility"),
}


def read_custody(ports: Ports, case_id: str) -> dict[str, Any]:
    """Every touch of what the customer sends and gets, oldest first, and what each parcel weighed on its way."""
    file = file_of(ports, case_id)
    tracks = {leg.n: track_of(ports, leg) for leg in file.legs}
    rows = [hand_over_row(one) for one in file.parts.of(HandOver)]
    rows += [_row_of_receipt(one) for one in file.parts.of(Receipt)]
    rows += [row for leg in file.legs for row in _rows_of_carrier(leg, tracks[leg.n])]
    return {
        "case_id": case_id,
        "items": sorted(rows, key=lambda row: row["at"]),
        "receipts": [receipt_row(one) for one in file.parts.of(Receipt)],
        "carrier_weights": [
            {"leg": n, "carrier": track.carrier, "grams": [str(one) for one in track.weights_g]}
            for n, track in tracks.items()
            if track is not None and track.weights_g
        ],
    }


def read_inspections(ports: Ports, case_id: str) -> dict[str, Any]:
    """Every look at the pieces, also those that a later one has replaced; and what customs may be told of them."""
    found = file_of(ports, case_id).parts.of(Inspection)
    return {
        "case_id": case_id,
        "items": [inspection_row(one) for one in found],
        "same_state": found_same_state(found),
    }


def custody_in_short(file: CaseFile) -> dict[str, Any]:
    """What one case says of where its pieces are and what was found."""
    receipts, inspections = file.parts.of(Receipt), standing(file.parts.of(Inspection))
    return {
        "hand_overs": len(file.parts.of(HandOver)),
        "received": [
            {
                "leg": one.leg_n, "parcel": one.parcel, "at": stamp(one.received_at), "facility": one.facility_id,
                "doubts": list(one.doubts),
            }
            for one in receipts
        ],
        "inspections": [
            {
                "inspection": one.n, "leg": one.leg_n, "outcome": one.outcome, "holds": one.holds,
                "waits_for": list(one.waits_for), "after_repair": one.after_repair,
                "accepted": sum(piece.accepted for piece in one.pieces),
            }
            for one in inspections
        ],
        "same_state": found_same_state(inspections),
    }  # fmt: skip


def next_of_custody(file: CaseFile) -> list[str]:
    """What the pieces wait for, in words; empty where an inspection holds nothing back."""
    held = [one for one in standing(file.parts.of(Inspection)) if one.holds]
    words = []
    for one in held:
        if "second_person" in one.waits_for:
            words.append(f"Have a second person look at the pieces and sign inspection {one.n} by their own token")
        if "opening_video" in one.waits_for:
            words.append(f"Upload the video of the opening and name it when signing inspection {one.n}")
        if any(piece.holds for piece in one.pieces) or not one.waits_for:
            words.append(f"Decide on inspection {one.n}: look again, or have another person release it with a reason")
    return words


def hand_over_row(one: HandOver) -> dict[str, Any]:
    """One touch as it was noted."""
    return {
        "row": one.part_id, "at": stamp(one.at), "given_by": one.given_by, "taken_by": one.taken_by,
        "place": one.place, "noted_by": one.noted_by, "of": one.of, "grams": _text(one.grams),
        "scale_id": one.scale_id, "seal": one.seal, "seal_state": one.seal_state,
        "evidence_ids": list(one.evidence_ids), "leg": one.leg_n, "parcel": one.parcel, "note": one.note,
    }  # fmt: skip


def receipt_row(one: Receipt) -> dict[str, Any]:
    """A parcel as it was taken in, with how it left and what the rules found."""
    return {
        "leg": one.leg_n, "parcel": one.parcel, "facility": one.facility_id, "received_at": stamp(one.received_at),
        "received_by": one.received_by, "weight_g": _text(one.parcel_weight_g), "scale_id": one.scale_id,
        "scale_tolerance_g": _text(one.scale_tolerance_g), "packing_g": _text(one.packing_g),
        "sealed_g": _text(one.sealed_g), "carrier_weights_g": [str(grams) for grams in one.carrier_weights_g],
        "seal": one.seal, "seal_state": one.seal_state, "damage": list(one.damage), "contents": one.contents,
        "remarks_on_receipt": one.remarks_on_receipt, "opened_by": list(one.opened_by),
        "opening_video": one.opening_video, "evidence_ids": list(one.evidence_ids), "doubts": list(one.doubts),
        "corrected": one.corrected, "covert_mark": one.covert_mark, "inner_label": one.inner_label,
        "sender_differs": one.sender_differs,
    }  # fmt: skip


def inspection_row(one: Inspection) -> dict[str, Any]:
    """One look at the pieces, with what holds it and what it still waits for."""
    return {
        "inspection": one.n, "leg": one.leg_n, "at": stamp(one.at), "by": one.by, "second": one.second,
        "signed_at": known_stamp(one.signed_at), "outcome": one.outcome, "holds": one.holds,
        "waits_for": list(one.waits_for), "reasons": list(one.reasons),
        "pieces": [_piece(piece) for piece in one.pieces], "same_state": one.same_state,
        "opening_video": one.opening_video, "evidence_ids": list(one.evidence_ids),
        "released_by": one.released_by, "released_at": known_stamp(one.released_at), "release_why": one.release_why,
        "after_repair": one.after_repair, "replaces": one.replaces, "replaced_by": one.replaced_by, "why": one.why,
    }  # fmt: skip


def _piece(one: PieceFound) -> dict[str, Any]:
    return {
        "line": one.line, "came": one.came, "kept": one.kept, "accepted": one.accepted, "verdict": one.verdict,
        "condition": one.condition, "grade": one.grade, "fault_found": one.fault_found,
        "weighing": _weighing(one.weighing), "expected_gross_g": _text(one.expected_gross_g),
        "expected_net_g": _text(one.expected_net_g), "off_by_g": _text(one.off_by_g),
        "accepted_net_g": _text(one.accepted_net_g), "stones": one.stones, "serial": one.serial,
        "inscription": one.inscription, "hallmark": one.hallmark, "fineness": _fineness(one.fineness),
        "reasons": list(one.reasons), "held_by": list(one.holds),
        "waits": list(one.waits), "rules": list(one.rules),
    }  # fmt: skip


def _weighing(one: Weighing | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "gross_g": str(one.gross_g), "net_g": _text(one.net_g), "readings_g": [str(grams) for grams in one.readings_g],
        "scale_id": one.scale_id, "calibrated_on": one.calibrated_on.isoformat(),
        "tolerance_g": str(one.tolerance_g),
    }  # fmt: skip


def _fineness(one: FinenessReading | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "readings_ppt": [str(reading) for reading in one.readings], "limit_ppt": str(one.limit_ppt),
        "second_method": one.second_method, "second_agrees": one.second_agrees, "other_peaks": one.other_peaks,
    }  # fmt: skip


def _row_of_receipt(one: Receipt) -> dict[str, Any]:
    row = _row(one.received_at, "carrier", "facility", one.facility_id, one.leg_n)
    return row | {
        "row": f"receipt-{one.part_id}", "parcel": one.parcel, "noted_by": one.received_by,
        "grams": _text(one.parcel_weight_g), "scale_id": one.scale_id, "seal": one.seal, "seal_state": one.seal_state,
        "evidence_ids": list(one.evidence_ids),
    }  # fmt: skip


def _rows_of_carrier(leg: Leg, track: Track | None) -> Iterator[dict[str, Any]]:
    """The scan by which a carrier took the parcel, and the one by which it gave it up."""
    told = [scan.event for scan in scans(track.events, track.facts)] if track else []
    for milestone, (giver, taker) in _CARRIER_ROWS.items():
        event = next((one for one in told if one.milestone == milestone), None)
        if event is not None:
            holders = (giver, taker) if leg.direction == "home" else _outward(giver)
            row = _row(event.at, *holders, event.place.country or "unknown", leg.n)
            yield row | {"row": f"scan-{leg.n}-{milestone}", "noted_by": leg.carrier}


def _outward(giver: str) -> tuple[str, str]:
    return ("facility", "carrier") if giver == "customer" else ("carrier", "customer")


def _row(at: datetime, giver: str, taker: str, place: str, leg_n: int) -> dict[str, Any]:
    return {
        "at": stamp(at), "given_by": giver, "taken_by": taker, "place": place, "of": "parcel", "grams": None,
        "scale_id": None, "seal": None, "seal_state": "unknown", "evidence_ids": [], "leg": leg_n, "parcel": 1,
        "note": None,
    }  # fmt: skip


def _text(grams: Decimal | None) -> str | None:
    return None if grams is None else format(grams, "f")
