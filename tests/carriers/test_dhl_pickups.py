"""DHL's couriers: sent for, moved, called off, and asked when they can come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.carriers.contract import LocalHours, OrderNotAccepted, PickupConfirmation, PickupDay
from chalicelib.carriers.dhl import DHL
from chalicelib.errors import (
    CarrierOutcomeUnknown,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from tests.carriers.dhl_order_pieces import (
    ACCOUNT,
    CUSTOMER,
    DAY,
    FACILITY,
    HOURS,
    NOW,
    NUMBER,
    PICKUP,
    QUESTION,
    refusal,
    said,
    wire,
)

PICKUPS = DHL.pickups
BOOKED = PickupConfirmation("PRG221222000062", None, DAY)


def at(opens: str, closes: str, zone: str = "Europe/Paris", day: date = DAY) -> LocalHours:
    return LocalHours(
        datetime.combine(day, time.fromisoformat(opens)), datetime.combine(day, time.fromisoformat(closes)), zone
    )


def faults(**changes: Any) -> dict[str, str]:
    with pytest.raises(OrderNotAccepted) as refused:
        PICKUPS.request(replace(PICKUP, **changes), ACCOUNT)
    return {fault.field: fault.code for fault in refused.value.faults}


# ---- sent for


def test_a_courier_is_sent_for_by_the_local_clock() -> None:
    request = PICKUPS.request(PICKUP, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("POST", "/pickups", False)
    assert len(request.headers["Message-Reference"]) == 36
    place = {
        "postalAddress": {
            "addressLine1": "8 rue de la Paix", "cityName": "Paris", "postalCode": "75002", "countryCode": "FR",
        },
        "contactInformation": {
            "fullName": "Camille Martin", "companyName": "Camille Martin", "phone": "+33 1 55 55 02 02",
            "email": "camille.martin@example.com",
        },
    }  # fmt: skip
    assert said(request) == {
        "plannedPickupDateAndTime": "2026-11-24T10:00:00 GMT+01:00", "closeTime": "16:30",
        "location": "At the door, from hand to hand", "locationType": "residence",
        "accounts": [{"typeCode": "shipper", "number": ACCOUNT}],
        "customerDetails": {"shipperDetails": place, "pickupDetails": place},
        "shipmentDetails": [{
            "productCode": "P", "isCustomsDeclarable": True, "unitOfMeasurement": "metric",
            "packages": [{"weight": Decimal("0.250")}], "shipmentTrackingNumber": NUMBER,
        }],
        "specialInstructions": [{"value": "ring at the concierge"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "stamp"),
    [
        ("Europe/Paris", date(2026, 7, 24), "2026-07-24T10:00:00 GMT+02:00"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T10:00:00 GMT-05:00"),
        ("Asia/Shanghai", date(2026, 11, 24), "2026-11-24T10:00:00 GMT+08:00"),
        ("Australia/Adelaide", date(2026, 11, 24), "2026-11-24T10:00:00 GMT+10:30"),
    ],
)
def test_the_clock_carries_the_offset_of_its_place_on_that_day(zone, day, stamp) -> None:
    order = replace(PICKUP, hours=at("10:00", "16:00", zone, day))
    found = said(PICKUPS.request(order, ACCOUNT))["plannedPickupDateAndTime"]
    assert found == stamp
    assert len(found) <= 29


def test_a_business_is_no_residence_and_a_lane_inside_the_union_is_not_declared() -> None:
    body = said(PICKUPS.request(replace(PICKUP, place=FACILITY, destination_country="FR"), ACCOUNT))
    assert body["locationType"] == "business"
    inside = said(PICKUPS.request(replace(PICKUP, destination_country="DE"), ACCOUNT))["shipmentDetails"][0]
    assert (inside["productCode"], inside["isCustomsDeclarable"]) == ("U", False)


def test_long_remarks_are_told_in_lines_that_dhl_takes() -> None:
    remarks = "a" * 80 + "b" * 80 + "c" * 80 + "d" * 80
    lines = said(PICKUPS.request(replace(PICKUP, remarks=remarks), ACCOUNT))["specialInstructions"]
    assert [one["value"] for one in lines] == ["a" * 80, "b" * 80, "c" * 80, "d" * 80]
    assert "specialInstructions" not in said(PICKUPS.request(replace(PICKUP, remarks=""), ACCOUNT))


def test_no_line_of_the_remarks_is_told_twice() -> None:
    """DHL wants its instructions to differ (uniqueItems)."""
    lines = said(PICKUPS.request(replace(PICKUP, remarks="x" * 320), ACCOUNT))["specialInstructions"]
    assert lines == [{"value": "x" * 80}]


def test_several_parcels_share_the_weight_and_none_weighs_less_than_its_share() -> None:
    (parcels,) = said(PICKUPS.request(replace(PICKUP, packages=3, weight_g=Decimal(1000)), ACCOUNT))["shipmentDetails"]
    assert parcels["packages"] == [{"weight": Decimal("0.334")}] * 3


def test_a_pickup_before_its_waybill_names_none() -> None:
    assert (
        "shipmentTrackingNumber"
        not in said(PICKUPS.request(replace(PICKUP, waybill=""), ACCOUNT))["shipmentDetails"][0]
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"remarks": "x" * 321}, {"remarks": "too_long"}),
        ({"remarks": "a\nb"}, {"remarks": "too_long"}),
        ({"hours": at("10:00", "11:59")}, {"hours.close_at": "too_short"}),
        ({"hours": at("10:00", "10:00")}, {"hours.close_at": "before_ready"}),
        ({"hours": replace(HOURS, close_at=HOURS.close_at + timedelta(days=1))}, {"hours.close_at": "before_ready"}),
        ({"hours": replace(HOURS, ready_at=HOURS.ready_at.replace(tzinfo=UTC))}, {"hours.ready_at": "zoned"}),
        ({"hours": replace(HOURS, time_zone="Mars/Olympus")}, {"hours.time_zone": "unknown"}),
        ({"weight_g": Decimal(0)}, {"weight_g": "not_positive"}),
        ({"packages": 0}, {"packages": "count"}),
        ({"packages": 1000}, {"packages": "count"}),
        ({"service": "EXPRESS_MOON"}, {"service": "not_offered"}),
        ({"destination_country": "China"}, {"destination_country": "format"}),
        ({"reference": ""}, {"reference": "length"}),
        ({"reference": "é"}, {"reference": "length"}),
        ({"place": replace(CUSTOMER, city="")}, {"place.city": "length"}),
        ({"place": replace(CUSTOMER, postal_code=None)}, {"place.postal_code": "required"}),
        ({"packages": 0, "weight_g": Decimal(0)}, {"packages": "count", "weight_g": "not_positive"}),
    ],
)
def test_a_pickup_that_dhl_would_refuse_is_found_before_it_is_asked(changes, expected) -> None:
    assert faults(**changes) == expected
    with pytest.raises(OrderNotAccepted):
        PICKUPS.check(replace(PICKUP, **changes))


def test_two_hours_are_enough() -> None:
    PICKUPS.check(replace(PICKUP, hours=at("10:00", "12:00")))


# ---- confirmed


def booked(**changes: Any) -> bytes:
    return wire({"dispatchConfirmationNumbers": ["PRG221222000062"], **changes})


def read(body: bytes, status: int = 201) -> PickupConfirmation:
    return PICKUPS.read(status, {}, body, NOW)


def test_a_confirmation_keeps_every_number_the_day_and_the_ready_time() -> None:
    several = ["PRG221222000062", "PRG221222000063", "PRG221222000062", "PRG221222000064"]
    found = read(booked(dispatchConfirmationNumbers=several, readyByTime="12:00", nextPickupDate="2026-11-25"))
    assert (found.code, found.more_codes) == ("PRG221222000062", ("PRG221222000063", "PRG221222000064"))
    assert (found.on, found.ready_by, found.location) == (date(2026, 11, 25), time(12, 0), None)


def test_a_confirmation_may_be_a_number_alone() -> None:
    assert read(booked()) == PickupConfirmation("PRG221222000062", None, None)
    assert read(booked(readyByTime="soon", nextPickupDate="tomorrow")) == PickupConfirmation(
        "PRG221222000062", None, None
    )
    assert read(booked(warnings=["Pickup was created"], readyByTime=7, nextPickupDate=[])).code == "PRG221222000062"


def test_a_change_is_confirmed_by_one_number_on_its_own() -> None:
    found = read(wire({"dispatchConfirmationNumber": "PRG221222000062", "nextPickupDate": "2026-11-26"}), 200)
    assert found == PickupConfirmation("PRG221222000062", None, date(2026, 11, 26))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"{}", booked(dispatchConfirmationNumbers=None), booked(dispatchConfirmationNumbers=[]),
        booked(dispatchConfirmationNumbers=[None, 7, "", "../x", "A" * 41]),
    ],
)  # fmt: skip
def test_success_without_a_confirmation_may_have_booked_and_is_never_repeated(body) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        read(body)


def test_a_refused_pickup_raises_dhls_own_refusal() -> None:
    with pytest.raises(CarrierRefused) as refused:
        read(wire(refusal("8003: Account not allowed for this service. Please contact us.")), 400)
    assert (refused.value.carrier_code, refused.value.text) == (
        "8003",
        "Bad request: Account not allowed for this service",
    )
    with pytest.raises(CarrierUnavailable):
        read(b"", 503)


# ---- moved and called off


def test_a_courier_is_moved_by_number_and_the_account_that_sent_for_him() -> None:
    later = replace(PICKUP, hours=at("13:00", "17:00"))
    request = PICKUPS.change(BOOKED, later, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("PATCH", "/pickups/PRG221222000062", False)
    body = said(request)
    assert body.pop("dispatchConfirmationNumber") == "PRG221222000062"
    assert body.pop("originalShipperAccountNumber") == ACCOUNT
    assert body == said(PICKUPS.request(later, ACCOUNT))
    with pytest.raises(OrderNotAccepted):
        PICKUPS.change(BOOKED, replace(PICKUP, packages=0), ACCOUNT)


def test_a_courier_is_called_off_in_the_name_of_our_desk() -> None:
    request = PICKUPS.cancel(BOOKED, ACCOUNT, "RMA-1001-1P")
    assert (request.method, request.body, request.reads_only) == ("DELETE", b"", False)
    assert urlsplit(request.path).path == "/pickups/PRG221222000062"
    assert parse_qs(urlsplit(request.path).query) == {
        "requestorName": ["Returns desk"], "reason": ["The pickup is not needed any more"],
    }  # fmt: skip
    assert "+" not in request.path, "a space in an address is %20"


@pytest.mark.parametrize("code", ["", "../shipments", "PRG 1", "PRG?x=1", "é", "A" * 41])
def test_what_is_no_number_of_dhls_never_becomes_an_address(code) -> None:
    wrong = replace(BOOKED, code=code)
    with pytest.raises(OrderNotAccepted):
        PICKUPS.cancel(wrong, ACCOUNT, "RMA-1001-1P")
    with pytest.raises(OrderNotAccepted):
        PICKUPS.change(wrong, PICKUP, ACCOUNT)


@pytest.mark.parametrize("body", [b"", b" ", b"{}", b'{"warnings":["w"]}'])
def test_a_cancellation_is_the_status_alone(body) -> None:
    assert PICKUPS.read_cancelled(200, {}, body, NOW) is None


@pytest.mark.parametrize("body", [b"<html>", b"OK", b"[]", b"null", b'{"warnings":'])
def test_a_page_of_something_before_dhl_calls_no_courier_off(body) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        PICKUPS.read_cancelled(200, {}, body, NOW)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, refusal("Cancellation of booking was not successful.", "404", "Pickup not found"), "404"),
        (400, refusal("Missing mandatory parameters: requestorName", "400", "Missing parameters"), "400"),
        (200, refusal("4002: The pickup has been completed.", "400"), "4002"),
    ],
)
def test_a_courier_who_cannot_be_called_off_is_told(status, body, code) -> None:
    with pytest.raises(CarrierRefused) as refused:
        PICKUPS.read_cancelled(status, {}, wire(body), NOW)
    assert refused.value.carrier_code == code


# ---- asked


def test_a_day_is_asked_about_before_it_is_booked() -> None:
    request = PICKUPS.ask(QUESTION, ACCOUNT)
    assert (request.method, request.body, request.reads_only) == ("GET", b"", True)
    assert urlsplit(request.path).path == "/products"
    assert parse_qs(urlsplit(request.path).query) == {
        "accountNumber": [ACCOUNT], "originCountryCode": ["FR"], "originPostalCode": ["75002"],
        "originCityName": ["Paris"], "destinationCountryCode": ["CN"], "destinationCityName": ["Shenzhen"],
        "weight": ["0.251"], "length": ["30"], "width": ["30"], "height": ["10"], "plannedShippingDate": ["2026-11-24"],
        "isCustomsDeclarable": ["true"], "unitOfMeasurement": ["metric"], "nextBusinessDay": ["true"],
    }  # fmt: skip


def test_a_lane_to_a_country_without_a_town_of_ours_is_not_asked_about() -> None:
    with pytest.raises(OrderNotAccepted) as refused:
        PICKUPS.ask(replace(QUESTION, destination_country="ZW"), ACCOUNT)
    assert [fault.field for fault in refused.value.faults] == ["destination_country"]


def product(code: str = "P", **told: Any) -> dict[str, Any]:
    """A product after DHL's schema of GET /products."""
    capabilities = {
        "nextBusinessDay": False, "localCutoffDateAndTime": "2026-11-24T15:00:00", "pickupEarliest": "09:30:00",
        "pickupLatest": "16:00:00", "originServiceAreaCode": "PAR", "pickupDayOfWeek": 2,
    }  # fmt: skip
    return {"productCode": code, "pickupCapabilities": {**capabilities, **told}}


def days(*products: Any) -> tuple[PickupDay, ...]:
    return PICKUPS.read_days(200, {}, wire({"products": list(products)}), NOW)


def test_a_day_is_read_with_its_hours_and_cut_off() -> None:
    assert days(product(cutoffTimeOffset="PT2H")) == (
        PickupDay(DAY, True, time(15, 0), timedelta(hours=2), time(9, 30), time(16, 0)),
    )  # fmt: skip


def test_the_earliest_cut_off_of_our_products_counts_and_others_do_not() -> None:
    found = days(
        product("P", localCutoffDateAndTime="2026-11-24T17:00:00"),
        product("U", localCutoffDateAndTime="2026-11-24T14:00:00"),
        product("T", localCutoffDateAndTime="2026-11-24T08:00:00"),
    )
    assert [(one.on, one.cut_off) for one in found] == [(DAY, time(14, 0))]


def test_a_day_without_a_courier_is_answered_with_the_next_one() -> None:
    found = days(product(nextBusinessDay=True, localCutoffDateAndTime="2026-11-26T15:00:00"))
    assert [one.on for one in found] == [date(2026, 11, 26)]
    assert all(one.on != QUESTION.on for one in found)


def test_days_come_in_order() -> None:
    found = days(product("P", localCutoffDateAndTime="2026-11-26T15:00:00"), product("N"))
    assert [one.on for one in found] == [DAY, date(2026, 11, 26)]


def test_what_is_not_told_is_none_and_no_guess() -> None:
    told = product(pickupEarliest=None, pickupLatest="late", cutoffTimeOffset="two hours")
    assert days(told) == (PickupDay(DAY, True, time(15, 0)),)


@pytest.mark.parametrize(
    "one",
    [
        None, 7, {}, {"productCode": "P"}, {"productCode": "P", "pickupCapabilities": None}, product("T"),
        product(localCutoffDateAndTime=None), product(localCutoffDateAndTime="24:00"),
        product(localCutoffDateAndTime=7),
    ],
)  # fmt: skip
def test_a_product_that_tells_no_day_costs_its_neighbour_nothing(one) -> None:
    assert days(one) == ()
    assert len(days(one, product())) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"products":{}}'])
def test_a_body_without_products_is_unreadable(body) -> None:
    with pytest.raises(CarrierUnreadable):
        PICKUPS.read_days(200, {}, body, NOW)


def test_a_lane_dhl_does_not_serve_is_a_refusal() -> None:
    with pytest.raises(CarrierRefused) as refused:
        PICKUPS.read_days(404, {}, wire(refusal("996: The requested product(s) not available.", "404")), NOW)
    assert refused.value.carrier_code == "996"


def test_as_many_parcels_and_words_as_dhl_takes_are_taken() -> None:
    PICKUPS.check(replace(PICKUP, packages=999, remarks="x" * 320, reference="r" * 35))


@pytest.mark.parametrize("status", [199, 300])
def test_neither_more_nor_less_than_success_is_success(status) -> None:
    for read_answer in (PICKUPS.read, PICKUPS.read_cancelled, PICKUPS.read_days):
        with pytest.raises(CarrierUnreadable):
            read_answer(status, {}, booked(products=[]), NOW)


def test_of_two_products_of_one_day_the_earlier_cut_off_stands() -> None:
    """In whichever order they come."""
    early, late = product("P", localCutoffDateAndTime="2026-11-24T13:00:00"), product("U")
    assert days(early, late) == days(late, early)
    assert days(early, late)[0].cut_off == time(13, 0)
