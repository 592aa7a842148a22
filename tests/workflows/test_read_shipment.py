"""Finding a shipment by what somebody has in hand: a number, a barcode, a number of another carrier."""

from __future__ import annotations

import pytest

from chalicelib.errors import NotFoundError
from chalicelib.workflows.read_shipment import read_shipment
from tests.fakes.pieces import a_scan, a_track
from tests.workflows.desk import Desk


def booked():
    desk = Desk()
    desk.open()
    desk.world.pump()
    return desk, desk.file.legs[0].number


def test_the_barcode_on_the_label_finds_the_shipment_whose_number_it_holds():
    desk, number = booked()
    scanned = f"1001921334250001000300{number}"
    assert read_shipment(desk.ports, "fedex", scanned, None)["tracking_number"] == number


@pytest.mark.parametrize(
    ("carrier", "number", "told"),
    [
        ("fedex", "794644790998", "check digit does not fit a number of fedex"),
        ("fedex", "3318810025", "it could be of dhl"),
        ("dhl", "EA123456785CN", "it could be of ems"),
    ],
)
def test_a_number_that_is_not_found_says_what_to_look_at(carrier, number, told):
    with pytest.raises(NotFoundError, match=told):
        read_shipment(Desk().ports, carrier, number, None)


def test_the_carrier_that_a_leg_names_is_never_overruled_by_the_form_of_its_number():
    desk, number = booked()
    assert read_shipment(desk.ports, "fedex", number, None)["carrier"] == "fedex"
    with pytest.raises(NotFoundError, match="it could be of fedex"):
        read_shipment(desk.ports, "dhl", number, None)


POLLED = {"code": "PU", "milestone": "picked_up", "source": "mydhl", "at_local": "2026-11-24T10:00:00+01:00"}
PUSHED = {**POLLED, "source": "dhl_push", "tz_source": "place", "at_local": "2026-11-24T10:00:00"}


def told(*events):
    desk, number = Desk(), "5793765515"
    desk.ports.tracks.save(a_track(*events, carrier="dhl", number=number, version=1))
    return read_shipment(desk.ports, "dhl", number, None)["events"]


@pytest.mark.parametrize("first", [PUSHED, POLLED])
def test_a_scan_that_was_pushed_and_polled_is_listed_once_with_both_tellers_and_the_surer_clock(first):
    second = POLLED if first is PUSHED else PUSHED
    (scan,) = told(a_scan(0, id="a" * 16, **first), a_scan(0, id="b" * 16, **second))
    assert scan["told_by"] == ["dhl_push", "mydhl"]
    assert (scan["at_local"], scan["tz_source"]) == ("2026-11-24T10:00:00+01:00", "offset")


def test_two_scans_of_one_source_in_one_minute_are_listed_as_two():
    listed = told(a_scan(0, id="a" * 16, **POLLED), a_scan(0, id="b" * 16, **POLLED))
    assert [scan["told_by"] for scan in listed] == [["mydhl"], ["mydhl"]]


def test_a_scan_that_the_carrier_cancelled_stays_in_the_list_and_says_so():
    gone = a_scan(0, id="a" * 16, code="203", milestone="picked_up", source="ems")
    cancels = a_scan(1, id="b" * 16, code="207", milestone=None, voids=("203",), source="ems")
    assert [(scan["code"], scan["cancelled"]) for scan in told(gone, cancels)] == [("203", True), ("207", False)]
