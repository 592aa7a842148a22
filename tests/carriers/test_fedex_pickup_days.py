"""When a FedEx courier can come: the question by postal code, the days as FedEx tells them, calling him off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.carriers.contract import OrderNotAccepted, PickupDay
from chalicelib.carriers.registry import FEDEX
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnavailable, CarrierUnreadable
from tests.carriers.fedex_pieces import ACCOUNT, HOURS, NOW, QUESTION

PICKUPS = FEDEX.pickups
DAY = date(2026, 11, 23)


def option(**changes: Any) -> dict[str, Any]:
    said = {
        "carrier": "FDXE",
        "available": True,
        "pickupDate": "2026-11-23",
        "cutOffTime": "15:30:00",
        "accessTime": {"hours": 1, "minutes": 30},
        "countryRelationship": "INTERNATIONAL",
        "scheduleDay": "FUTURE_DAY",
        "defaultReadyTime": "09:00:00",
        "readyTimeOptions": ["08:30:00", "09:00:00"],
        "latestTimeOptions": ["16:00:00", "18:00:00"],
    }
    return {**said, **changes}


def days(*options: Any) -> tuple[PickupDay, ...]:
    said = json.dumps({"output": {"requestTimestamp": "2026-11-22T04:19:00", "options": list(options)}}).encode()
    return PICKUPS.read_days(200, {}, said, NOW)


def test_the_question_is_asked_by_postal_code_service_and_local_clock() -> None:
    request = PICKUPS.ask(QUESTION, ACCOUNT)
    assert (request.method, request.path) == ("POST", "/pickup/v1/pickups/availabilities")
    assert request.reads_only
    said = json.loads(request.body)
    assert said["pickupAddress"] == {"postalCode": "75002", "city": "Paris", "countryCode": "FR"}
    assert said["shipmentAttributes"]["serviceType"] == "FEDEX_INTERNATIONAL_PRIORITY"
    assert (said["dispatchDate"], said["packageReadyTime"], said["customerCloseTime"]) == (
        "2026-11-23", "10:00:00", "16:00:00",
    )  # fmt: skip
    assert (said["carriers"], said["countryRelationship"]) == (["FDXE"], "INTERNATIONAL")
    assert said["pickupRequestType"] == ["SAME_DAY", "FUTURE_DAY"]


def test_inside_one_customs_territory_the_question_is_domestic() -> None:
    assert json.loads(PICKUPS.ask(replace(QUESTION, destination_country="DE"), ACCOUNT).body)[
        "countryRelationship"
    ] == ("DOMESTIC")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postal_code": None}, "postal_code"),
        ({"service": "EXPRESS_WORLDWIDE"}, "service"),
        ({"weight_g": Decimal(0)}, "weight_g"),
        ({"hours": replace(HOURS, ready_at=HOURS.ready_at.replace(tzinfo=UTC))}, "hours.ready_at"),
    ],
)
def test_a_question_fedex_cannot_answer_is_not_asked(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderNotAccepted) as refused:
        PICKUPS.ask(replace(QUESTION, **changes), ACCOUNT)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_day_tells_cut_off_access_and_hours_local_to_the_place() -> None:
    assert days(option()) == (
        PickupDay(DAY, True, time(15, 30), timedelta(minutes=90), time(8, 30), time(18, 0)),
    )  # fmt: skip


def test_a_day_on_which_nobody_comes_is_a_day_too() -> None:
    assert days(option(available=False))[0].available is False


def test_several_options_give_each_day_once_earliest_first_and_the_one_that_closes_first() -> None:
    found = days(
        option(pickupDate="2026-11-24"),
        option(cutOffTime="17:00:00"),
        option(cutOffTime="14:00:00"),
        option(available=False, cutOffTime="09:00:00"),
        option(carrier="FDXG", cutOffTime="08:00:00"),
    )
    assert [(day.on, day.cut_off) for day in found] == [(DAY, time(14)), (date(2026, 11, 24), time(15, 30))]


def test_no_options_are_no_days() -> None:
    assert days() == ()


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"cutOffTime": "25:00:00"}, "cut_off"),
        ({"cutOffTime": "15:30:00+01:00"}, "cut_off"),
        ({"cutOffTime": 7}, "cut_off"),
        ({"cutOffTime": None}, "cut_off"),
        ({"accessTime": None}, "access"),
        ({"accessTime": {}}, "access"),
        ({"accessTime": {"hours": "1"}}, "access"),
        ({"accessTime": {"hours": True}}, "access"),
        ({"accessTime": {"hours": -1}}, "access"),
        ({"accessTime": {"hours": 10**30}}, "access"),
        ({"accessTime": {"hours": 0, "minutes": 0}}, "access"),
        ({"latestTimeOptions": "18:00:00"}, "latest"),
        ({"readyTimeOptions": [None, "x"], "defaultReadyTime": None}, "earliest"),
    ],
)
def test_a_time_that_cannot_be_read_is_not_told_and_costs_no_day(changes: dict[str, Any], lost: str) -> None:
    (day,) = days(option(**changes))
    assert getattr(day, lost) is None
    assert (day.on, day.available) == (DAY, True)


def test_access_of_minutes_or_hours_alone_is_read() -> None:
    assert days(option(accessTime={"minutes": 45}))[0].access == timedelta(minutes=45)
    assert days(option(accessTime={"hours": 2}))[0].access == timedelta(hours=2)


def test_the_default_hours_serve_where_no_options_are_listed() -> None:
    (day,) = days(option(readyTimeOptions=[], latestTimeOptions=None, defaultLatestTimeOptions="17:00:00"))
    assert (day.earliest, day.latest) == (time(9), time(17))


@pytest.mark.parametrize(
    "bad", [None, 7, [], {}, option(available="yes"), option(pickupDate="soon"), option(pickupDate=7)]
)
def test_an_option_of_no_shape_costs_no_neighbour_and_alone_is_unreadable(bad: Any) -> None:
    assert [day.on for day in days(bad, option())] == [DAY]
    with pytest.raises(CarrierUnreadable):
        days(bad)


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"{}", b'{"output":{}}', b'{"output":{"options":{}}}', b'{"output":{"a":1}}']
)
def test_an_answer_without_options_is_unreadable(said: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        PICKUPS.read_days(200, {}, said, NOW)


def test_a_refused_question_is_refused_in_fedex_words() -> None:
    said = json.dumps({"errors": [{"code": "PICKUP.POSTALCODE.MISSING", "message": "PostalCode is missing."}]}).encode()
    with pytest.raises(CarrierRefused, match=r"PICKUP\.POSTALCODE\.MISSING"):
        PICKUPS.read_days(400, {}, said, NOW)
    with pytest.raises(CarrierUnavailable):
        PICKUPS.read_days(503, {}, b"", NOW)


def test_a_change_is_a_cancellation_and_a_new_booking() -> None:
    assert PICKUPS.change is None


def test_a_courier_called_off_is_confirmed() -> None:
    said = {"pickupConfirmationCode": "3001", "cancelConfirmationMessage": "Requested pickup has been cancelled."}
    PICKUPS.read_cancelled(200, {}, json.dumps({"output": said}).encode(), NOW)


@pytest.mark.parametrize("said", [b"", b"{}", b'{"output":{}}', b'{"output":{"alerts":[{}]}}'])
def test_a_cancellation_that_confirms_nothing_is_unknown(said: bytes) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        PICKUPS.read_cancelled(200, {}, said, NOW)


def test_a_courier_already_on_his_way_is_not_called_off() -> None:
    said = json.dumps({"errors": [{"code": "PICKUP.NUMBER.EXPIRED", "message": "expired"}]}).encode()
    with pytest.raises(CarrierRefused, match=r"PICKUP\.NUMBER\.EXPIRED"):
        PICKUPS.read_cancelled(400, {}, said, NOW)
