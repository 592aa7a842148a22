"""Finding a shipment by what somebody has in hand: a number, a barcode, a number of another carrier."""

from __future__ import annotations

import pytest

from chalicelib.errors import NotFoundError
from chalicelib.workflows.read_shipment import read_shipment
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
