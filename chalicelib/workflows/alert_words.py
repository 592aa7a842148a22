"""The messages that open and close exceptions, in one shape for every story (see ``raise_alert.take_alert``)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import stamp
from chalicelib.shipments.leg import Track
from chalicelib.shipments.watch import Concern
from chalicelib.workflows.bookings import LABEL_AWAITED
from chalicelib.workflows.made_papers import LegPapers, MadePaper
from chalicelib.workflows.ports import Booking, Due, Incident, Parked


def opening(case_id: str, kind: str, episode: str, since: datetime, **facts: Any) -> dict[str, Any]:
    """Something about a case that a person must look at; ``facts`` are what else is known of it: leg, reason,
    severity, deadline, money_at_risk, detail."""
    told = {"action": "open", "subject_kind": "case", "subject": case_id, "kind": kind, "episode": episode}
    return told | {"since": stamp(since)} | facts


def alert_of_concern(track: Track, concern: Concern) -> dict[str, Any]:
    """A watch rule that came true on a parcel, or has become graver under the same episode; its severity is the
    rule's. ``deadline`` is when it is critical, or the last day at a counter."""
    words = [f"until {stamp(concern.until)}"] if concern.until is not None else []
    words += [f"assumed {', '.join(concern.assumed)}"] if concern.assumed else []
    told = {
        **_of_track(track),
        "kind": concern.kind,
        "episode": concern.episode,
        "since": stamp(concern.since),
        "severity": concern.severity,
        "deadline": stamp(concern.deadline),
        "country": concern.country,
    }
    told |= {"reason": concern.reason} if concern.reason else {}
    return told | ({"detail": "; ".join(words)} if words else {})


def alert_of_stuck(track: Track, now: datetime) -> dict[str, Any]:
    """Five times the messages about a change could not be sent."""
    return {**_of_track(track), "kind": "effects_stuck", "episode": f"effects-{track.version}", "since": stamp(now)}


def alert_of_booking(booking: Booking, kind: str, now: datetime) -> dict[str, Any]:
    """A booking that a person must look at. One episode per attempt that ended so. The reason is the
    carrier's code alone, which the case log keeps; its words are only for who works on it."""
    reason = booking.problem.partition(": ")[0] if booking.problem else None
    episode = f"{booking.name}-{kind}-{booking.reference}"
    return opening(booking.case_id, kind, episode, now, leg=booking.leg_n, reason=reason, detail=booking.problem)


def alert_of_papers(
    papers: LegPapers, waiting: Sequence[MadePaper], now: datetime, settled: Sequence[str] = ()
) -> dict[str, Any]:
    """Papers that lack something: one episode for each set of what is missing, named by fact and never by value. A set
    that is missing again, of which ``settled`` are the episodes that ended, is a new one."""
    lacking = "; ".join(f"{paper.name}: {', '.join(paper.missing)}" for paper in waiting)
    digest = hashlib.sha256(lacking.encode()).hexdigest()
    episode = f"papers-{papers.leg_n}-{digest[:8]}"
    times = sum(one.partition(".")[0] == episode for one in settled)
    episode = f"{episode}.{times + 1}" if times else episode
    return opening(papers.case_id, "papers_waiting", episode, now, leg=papers.leg_n, detail=lacking)


def alerts_of_another_day(booking: Booking, given: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    """A courier whom the carrier booked for a day that nobody asked for; nothing where it booked the day asked for."""
    if not given.get("asked_for"):
        return []
    words = f"another_day: asked for {given['asked_for']}, booked for {given.get('on')}"
    return [alert_of_booking(replace(booking, problem=words), "pickup_on_another_day", now)]


def stuck_kind(booking: Booking) -> str:
    """What a person is told of a booking that was tried to the last: one to be made, or one to be undone."""
    if booking.status == "done":  # what is still due of a booking that was made
        return "label_lost" if booking.result.get("label") == LABEL_AWAITED else "papers_stuck"
    return "booking_stuck" if booking.kind in ("waybill", "pickup") else "undoing_stuck"


def closing_of(exception: OpenException, detail: str, now: datetime) -> dict[str, Any]:
    """An exception about a case that the facts have settled."""
    return {
        "action": "close",
        "subject_kind": "case",
        "subject": exception.subject,
        "leg": exception.leg_n,
        "kind": exception.kind,
        "episode": exception.episode,
        "since": stamp(now),
        "detail": detail,
    }


def is_of(exception: OpenException, episode: str) -> bool:
    """Whether this is the exception of that name, or a later one of it."""
    return exception.episode == episode or exception.episode.startswith(f"{episode}.")


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


def alert_of_carrier(incident: Incident, action: str, now: datetime) -> dict[str, Any]:
    """A carrier that does not answer, how many parcels wait for it, and that it answers again: one episode."""
    told = {"open": "waiting for it", "update": "waiting for it by now", "close": "had to wait; it answers again"}
    return {
        "action": action,
        "subject_kind": "carrier",
        "subject": incident.carrier,
        "carrier": incident.carrier,
        "kind": "carrier_silent",
        "episode": incident.episode,
        "since": stamp(incident.since),
        "detail": f"{stamp(now)}: {incident.waiting} parcels to be asked about {told[action]}",
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
