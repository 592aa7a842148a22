"""Couriers over HTTP, with the real stories behind the routes and the carrier's simulated wire behind the worker."""

import json
from dataclasses import replace

import pytest
from chalice.test import Client

from chalicelib.api.desk import Desk, workflows
from tests.api.contract import assert_as_documented
from tests.api.fakes import KnownTokens, World, bearer, posted
from tests.workflows.couriers import CourierDesk

PICKUPS = "/v1/returns/case0001/pickups"
ONE = "/v1/returns/{case_id}/pickups/{pickup_id}"


class Counter:
    """The desk's HTTP side and the worker's, over one memory."""

    def __init__(self, carrier: str = "dhl", *, booked: bool = True, **changed) -> None:
        self.desk = CourierDesk(carrier, **changed).opened()
        if booked:
            self.desk.world.pump()
        ports = replace(self.desk.ports, tokens=KnownTokens(), link=None)  # the public function calls nobody
        self.http = Client(World().app(Desk(lambda: ports, lambda: self.desk.world.now, workflows))).http

    def send(self, method: str, path: str, body=None, **headers: str):
        text = b"" if body is None else json.dumps(body).encode()
        return self.http.request(method, path, headers=posted(**headers), body=text)

    def get(self, path: str):
        return self.http.get(path, headers=bearer())


def test_a_courier_is_shown_moved_and_called_off_as_documented():
    counter = Counter()
    moved = counter.send("PATCH", f"{PICKUPS}/1-1", {"on": "2026-11-25", "from": "09:00"})
    assert moved.status_code == 202
    assert_as_documented("PATCH", ONE, 202, moved.json_body)
    assert moved.json_body["requested"] == {"status": "planned", "on": "2026-11-25", "from": "09:00", "until": "16:00"}
    counter.desk.world.pump()
    read = counter.get("/v1/returns/case0001").json_body
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, read)
    (shown,) = read["legs"][0]["pickups"]
    assert (shown["state"], shown["on"], shown["from"], shown["until"]) == ("booked", "2026-11-25", "09:00", "16:00")
    gone = counter.send("DELETE", f"{PICKUPS}/1-1")
    assert_as_documented("DELETE", ONE, 202, gone.json_body)
    counter.desk.world.pump()
    assert counter.desk.couriers == (1, 1, 1)
    again = counter.send("DELETE", f"{PICKUPS}/1-1")
    assert (again.status_code, again.json_body["code"]) == (409, "pickup_already_cancelled")
    assert_as_documented("DELETE", ONE, 409, again.json_body)


def test_another_courier_is_asked_for_once_under_one_key():
    counter = Counter(pickup=None)
    body = {"leg": 1, "on": "2026-11-25", "from": "10:00", "until": "16:00"}
    first = counter.send("POST", PICKUPS, body, **{"Idempotency-Key": "k-1"})
    assert_as_documented("POST", "/v1/returns/{case_id}/pickups", 202, first.json_body)
    counter.desk.world.pump()
    again = counter.send("POST", PICKUPS, body, **{"Idempotency-Key": "k-1"})
    assert (again.status_code, again.json_body) == (202, first.json_body)
    other = counter.send("POST", PICKUPS, {**body, "until": "17:00"}, **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json_body["code"]) == (409, "idempotency_key_reused")
    assert counter.desk.couriers == (1, 0, 0)
    assert first.json_body["hand_over"][0]["key"] == "pickup.photo_and_weight"


def test_every_fault_of_the_hours_is_named_at_once():
    counter = Counter(pickup=None)
    told = counter.send("POST", PICKUPS, {"on": "2026-11-21", "from": "10:00", "until": "11:00"})
    assert told.status_code == 422
    assert {(one["code"], one["field"]) for one in told.json_body["errors"]} == {
        ("window_is_over", "on"), ("no_pickup_on_rest_day", "on"), ("window_too_short", "until"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "nothing_to_change"),
        ({"on": "25.11.2026"}, "malformed"),
        ({"from": "9:00"}, "malformed"),
        ({"courier": "x"}, "unknown_field"),
    ],
)
def test_a_change_that_says_nothing_or_nonsense_is_refused(body, code):
    told = Counter().send("PATCH", f"{PICKUPS}/1-1", body)
    assert told.status_code == 422
    assert [one["code"] for one in told.json_body["errors"]] == [code]


@pytest.mark.parametrize("pickup", ["9-9", "1-2", "0-1", "1", "1-1-1", "a-b"])
def test_a_pickup_that_is_not_there_is_not_found(pickup):
    assert Counter().send("DELETE", f"{PICKUPS}/{pickup}").status_code == 404


def test_a_return_is_cancelled_with_what_was_bought_for_it():
    counter = Counter("fedex")
    told = counter.send("POST", "/v1/returns/case0001/cancel", {"reason": "customer_keeps_it"})
    assert (told.status_code, told.json_body["stage"]) == (202, "cancelled")
    assert_as_documented("POST", "/v1/returns/{case_id}/cancel", 202, told.json_body)
    counter.desk.world.pump()
    assert counter.desk.world.carrier.booked_for(counter.desk.file.legs[0].number) == (0, 0)


WINDOWS = "/v1/pickup-windows"


def test_windows_are_told_as_documented_without_any_call_and_without_a_secret():
    counter = Counter()
    for query in (
        "?carrier=fedex&country=FR&postal_code=75002",
        "?carrier=dhl&country=CN&days=31",
        "?carrier=ems&country=CN&service=CN_EMS_INSURED",
        "?carrier=fedex&country=US&region=CA&postal_code=90012&from=2026-12-01&days=3",
    ):
        told = counter.get(WINDOWS + query)
        assert told.status_code == 200, told.json_body
        assert_as_documented("GET", WINDOWS, 200, told.json_body)
    assert told.json_body["time_zone"] == "America/Los_Angeles"
    assert [day["on"] for day in told.json_body["days"]] == ["2026-12-01", "2026-12-02", "2026-12-03"]


@pytest.mark.parametrize(
    ("carrier", "booked_by", "change"),
    [("fedex", "call", "cancel_rebook"), ("dhl", "call", "update"), ("ems", "waybill", "by_person")],
)
def test_windows_say_who_orders_the_courier_and_how_he_is_moved(carrier, booked_by, change):
    told = Counter().get(f"{WINDOWS}?carrier={carrier}&country=CN").json_body
    assert (told["booked_by"], told["change"]) == (booked_by, change)


def test_a_courier_who_comes_with_the_order_is_a_persons_where_no_order_can_be_made():
    assert Counter().get(f"{WINDOWS}?carrier=ems&country=FR").json_body["booked_by"] == "person"


def test_a_country_that_cannot_be_read_is_answered_with_one_that_can():
    (fault,) = Counter().get(f"{WINDOWS}?carrier=dhl&country=FRA").json_body["errors"]
    assert fault["detail"].endswith("such as FR")


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("?carrier=pigeon&country=FR", {("carrier_unknown", "carrier")}),
        ("?carrier=fedex&country=XX", {("time_zone_unknown", "country")}),
        ("?carrier=pigeon&country=XX", {("carrier_unknown", "carrier"), ("time_zone_unknown", "country")}),
        ("?carrier=fedex&country=FR&from=2026-11-22", {("in_the_past", "from")}),
        ("?country=FR", {("required", "carrier")}),
        ("?carrier=fedex", {("required", "country")}),
        ("?carrier=fedex&country=FR&days=32", {("invalid_parameter", "days")}),
        ("?carrier=fedex&country=FR&from=2026-02-30", {("invalid_parameter", "from")}),
    ],
)
def test_windows_that_cannot_be_told_say_why_by_parameter(query, faults):
    told = Counter().get(WINDOWS + query)
    assert told.status_code == 422
    assert {(one["code"], one["field"]) for one in told.json_body["errors"]} == faults
