"""Carriers give numbers again: one answer may hold a stranger's parcel beside ours, in either order."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chalicelib.carriers.registry import read_tracking
from chalicelib.workflows.take_tracking import apply_reading, join
from tests.workflows.desk import MONDAY, Desk


def a_result(number: str, unique_id: str, scans: list[tuple[str, str]]) -> dict:
    return {
        "trackingNumberInfo": {"trackingNumber": number, "trackingNumberUniqueId": unique_id, "carrierCode": "FDXE"},
        "scanEvents": [
            {"date": at, "eventType": code, "eventDescription": code, "scanLocation": {"countryCode": "FR"}}
            for at, code in scans
        ],
    }


OURS = ("12026111~794644790131~FX", [("2026-11-24T12:00:00+01:00", "PU")])
WEDNESDAY = MONDAY.replace(day=25)
THEIRS = ("12026085~794644790131~FX", [("2026-09-20T10:00:00+02:00", "PU"), ("2026-09-22T10:00:00+02:00", "DL")])


def told(desk: Desk, shipments, now: datetime = WEDNESDAY) -> None:
    """One answer with these shipments under our number, kept and applied as a poll does."""
    number = desk.file.legs[0].number
    results = [a_result(number, *one) for one in shipments]
    body = json.dumps({"output": {"completeTrackResults": [{"trackingNumber": number, "trackResults": results}]}})
    digest = desk.ports.evidence.keep_raw(body.encode(), "fedex", MONDAY)
    apply_reading(desk.ports, "fedex", "fedex", read_tracking("fedex", body.encode(), now), digest, now)


def a_booked_desk() -> Desk:
    desk = Desk()
    desk.open()
    desk.world.pump()
    return desk


@pytest.mark.parametrize("order", [(OURS, THEIRS), (THEIRS, OURS)], ids=["ours first", "theirs first"])
def test_our_track_takes_the_shipment_of_our_days_whichever_stands_first(order):
    desk = a_booked_desk()
    told(desk, order)
    (track,) = desk.ports.tracks.file("fedex", desk.file.legs[0].number).tracks
    assert [(event.code, event.at) for event in track.events] == [("PU", datetime(2026, 11, 24, 11, tzinfo=UTC))]
    assert desk.file.case.stage != "arrived"


def test_a_strangers_shipment_told_at_every_poll_is_kept_once():
    desk = a_booked_desk()
    number = desk.file.legs[0].number
    for day in (25, 26, 27):
        told(desk, (THEIRS, OURS), MONDAY.replace(day=day))
        told(desk, (OURS, THEIRS), MONDAY.replace(day=day, hour=12))
    assert len(desk.ports.tracks.file("fedex", number).parked) == 1


def test_a_stranger_alone_under_our_number_never_becomes_our_parcel_and_waits_for_a_person():
    desk = a_booked_desk()
    number = desk.file.legs[0].number
    told(desk, (THEIRS,))
    join(desk.ports, "fedex", number, MONDAY.replace(day=26))
    file = desk.ports.tracks.file("fedex", number)
    assert [track.events for track in file.tracks] == [()]
    assert len(file.parked) == 1
