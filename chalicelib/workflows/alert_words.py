"""The messages that open and close exceptions, in one shape for every story (see ``raise_alert.take_alert``)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from chalicelib.clock import stamp
from chalicelib.shipments.leg import Track
from chalicelib.shipments.watch import Concern
from chalicelib.workflows.ports import Booking, Due, Parked


def alert_of_concern(track: Track, concern: Concern) -> dict[str, Any]:
    """A watch rule that came true on a parcel; its severity is the rule's."""
    return {
        **_of_track(track),
        "kind": concern.kind,
        "episode": concern.episode,
        "since": stamp(concern.since),
        "severity": concern.severity,
    }


def alert_of_stuck(track: Track, now: datetime) -> dict[str, Any]:
    """Five times the messages about a change could not be sent."""
    return {**_of_track(track), "kind": "effects_stuck", "episode": f"effects-{track.version}", "since": stamp(now)}


def alert_of_booking(booking: Booking, kind: str, now: datetime) -> dict[str, Any]:
    """A waybill or pickup that a person must look at. One episode per attempt that ended so. The reason is the
    carrier's code alone, which the case log keeps; its words are only for who works on it."""
    return {
        "action": "open",
        "subject_kind": "case",
        "subject": booking.case_id,
        "leg": booking.leg_n,
        "kind": kind,
        "episode": f"{booking.kind}-{booking.leg_n}-{kind}-{booking.reference}",
        "since": stamp(now),
        "reason": booking.problem.partition(": ")[0] if booking.problem else None,
        "detail": booking.problem,
    }


def alert_of_number(parked: Parked, now: datetime) -> dict[str, Any]:
    """A carrier reports on a number that no case has."""
    return {
        "action": "open",
        "subject_kind": "number",
        "subject": f"{parked.carrier}/{parked.number}",
        "carrier": parked.carrier,
        "number": parked.number,
        "kind": "unknown_number",
        "episode": f"parked-{parked.digest[:16]}",
        "since": stamp(parked.received_at),
        "detail": f"kept since {stamp(parked.received_at)}, seen again {stamp(now)}",
    }


def alert_of_unreadable(carrier: str, digest: str, now: datetime, detail: str) -> dict[str, Any]:
    """A body, or a part of one, that could not be read; it is kept under its digest."""
    return {
        "action": "open",
        "subject_kind": "carrier",
        "subject": carrier,
        "carrier": carrier,
        "kind": "carrier_unreadable",
        "episode": f"unreadable-{digest[:16]}",
        "since": stamp(now),
        "detail": detail,
    }


def alert_of_record(due: Due, now: datetime) -> dict[str, Any]:
    """Something asked to be looked at and what is stored of it cannot be read. Told once a record, however often it
    is tried."""
    digest = hashlib.sha256(f"{due.pk}|{due.sk}".encode()).hexdigest()
    return {
        "action": "open",
        "subject_kind": "carrier",
        "subject": "unknown",
        "kind": "record_unreadable",
        "episode": f"record-{digest[:16]}",
        "since": stamp(now),
        "detail": f"the {due.kind} under {due.pk} {due.sk}",
    }


def _of_track(track: Track) -> dict[str, Any]:
    return {
        "action": "open",
        "subject_kind": "case",
        "subject": track.case_id,
        "leg": track.leg_n,
        "carrier": track.carrier,
        "number": track.number,
        "money_at_risk": track.value.as_json() if track.value else None,
    }
