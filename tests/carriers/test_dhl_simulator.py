"""The simulated DHL keeps to the wires that the product speaks, and remembers what it really did."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.dhl import DHL
from chalicelib.carriers.dhl.service_areas import area_of
from chalicelib.carriers.numbers import judge_dhl
from chalicelib.carriers.registry import open_push, read_tracking
from chalicelib.errors import CarrierRefused, SignatureMismatch
from infra.local.carrier_simulator import Refusal
from infra.local.dhl_simulator import DhlSimulator
from infra.local.stops import STOPS
from tests.carriers.dhl_order_pieces import ACCOUNT, NOW, ORDER, PICKUP, QUESTION

TOKEN = "a-token-of-ours-for-dhl"
KEYS = {"mydhl": {"user": "apUser", "password": "secret"}, "dhl_unified": {"api_key": "the-key"}}
WAYBILLS, PICKUPS = DHL.waybills, DHL.pickups
MYDHL, UNIFIED = DHL.polling
AGO = NOW - timedelta(hours=20)


class Caller:
    """The product's side of the wire, without sockets."""

    def __init__(self, simulator: DhlSimulator) -> None:
        self.simulator = simulator

    def call(self, access, request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
        dressed = access.dress(request, KEYS[access.host], None, NOW)
        return self.simulator.handle(dressed.method, dressed.path, dressed.headers, dressed.body)

    def buy(self, order=ORDER):
        return WAYBILLS.read(*self.call(WAYBILLS.access, WAYBILLS.request(order, ACCOUNT)), NOW)

    def book(self, order):
        return PICKUPS.read(*self.call(PICKUPS.access, PICKUPS.request(order, ACCOUNT)), NOW)

    def track(self, polling, *numbers: str):
        (request,) = polling.requests(numbers)
        return read_tracking(polling.source, self.call(polling.access, request)[2], NOW)

    def travel(self, number: str) -> None:
        """Through Leipzig, whose clock differs from that of Guangzhou."""
        for code, city, country, hours in (
            ("PU", "PARIS", "FR", 1), ("DF", "LEIPZIG", "DE", 4), ("AF", "GUANGZHOU", "CN", 16),
            ("CD", "GUANGZHOU", "CN", 17),
        ):  # fmt: skip
            self.simulator.scan(number, code, city, country, AGO + timedelta(hours=hours))


@pytest.fixture
def caller() -> Caller:
    credentials = {"apUser": "secret", "unified": "the-key"}
    return Caller(DhlSimulator(TOKEN, credentials=credentials, account=ACCOUNT, clock=lambda: NOW))


def test_a_waybill_is_bought_with_a_number_that_passes_dhls_check_and_a_piece(caller: Caller) -> None:
    bought = caller.buy()
    assert judge_dhl(bought.number) == "valid"
    assert len(bought.number) == 10
    assert bought.label.content.startswith(b"%PDF")
    assert {paper.kind for paper in bought.documents} >= {"label", "waybill", "invoice"}
    (piece,) = bought.pieces
    assert (piece[:2], len(piece)) == ("JD", 20)


def test_the_same_order_twice_buys_two_waybills_and_both_are_counted(caller: Caller) -> None:
    first, second = caller.buy(), caller.buy()
    assert first.number != second.number
    assert caller.simulator.bookings(ORDER.reference) == (2, 0)
    assert caller.simulator.booked_for(first.number) == (2, 0)


def test_a_dry_run_is_judged_and_buys_nothing(caller: Caller) -> None:
    WAYBILLS.read_dry_run(*caller.call(WAYBILLS.access, WAYBILLS.dry_run(ORDER, ACCOUNT)), NOW)
    assert not caller.simulator.memory.shipments
    with pytest.raises(CarrierRefused):
        WAYBILLS.read_dry_run(*caller.call(WAYBILLS.access, WAYBILLS.dry_run(ORDER, "000000000")), NOW)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda said: said.pop("content"), 422),
        (lambda said: said["content"].pop("incoterm"), 422),
        (lambda said: said["content"].update(description=" ring"), 422),
        (lambda said: said["content"].pop("exportDeclaration"), 422),
        (lambda said: said.update(plannedShippingDateAndTime="2026-11-24T10:00:00"), 400),
        (lambda said: said.update(plannedShippingDateAndTime="2026-12-24T10:00:00 GMT+01:00"), 400),
    ],
)
def test_an_order_that_mydhl_would_not_take_is_refused_in_its_envelope(caller: Caller, spoil, status) -> None:
    request = WAYBILLS.request(ORDER, ACCOUNT)
    said = json.loads(request.body)
    spoil(said)
    answer = caller.call(WAYBILLS.access, replace(request, body=json.dumps(said).encode()))
    assert answer[0] == status
    assert json.loads(answer[2])["status"] == str(status)
    with pytest.raises(CarrierRefused):
        WAYBILLS.read(*answer, NOW)
    assert not caller.simulator.memory.shipments


def test_our_reference_finds_the_waybill_again(caller: Caller) -> None:
    bought, lookup = caller.buy(), WAYBILLS.lookup

    def found(reference: str):
        status, _, body = caller.call(lookup.access, lookup.request(reference, NOW, ACCOUNT))

        class Wire:
            pass

        Wire.body = body
        return status, lookup.read(Wire, NOW)

    status, waybill = found(ORDER.reference)
    assert (status, waybill.number) == (200, bought.number)
    assert found("RMA-9")[0] == 404


def test_a_courier_is_booked_moved_and_called_off_and_each_is_counted(caller: Caller) -> None:
    number = caller.buy().number
    order = replace(PICKUP, waybill=number)
    booked = caller.book(order)
    assert caller.simulator.booked_for(number) == (1, 1)
    assert caller.simulator.bookings(order.reference)[1] == 1
    later = replace(order, hours=replace(order.hours, ready_at=order.hours.ready_at + timedelta(hours=1)))
    moved = PICKUPS.read(*caller.call(PICKUPS.access, PICKUPS.change(booked, later, ACCOUNT)), NOW)
    assert moved.code == booked.code
    assert caller.simulator.pickups_of(number) == (1, 1, 0)
    PICKUPS.read_cancelled(*caller.call(PICKUPS.access, PICKUPS.cancel(booked, ACCOUNT, "r")), NOW)
    assert caller.simulator.pickups_of(number) == (1, 1, 1)
    assert caller.simulator.booked_for(number) == (1, 0)
    with pytest.raises(CarrierRefused):
        PICKUPS.read_cancelled(*caller.call(PICKUPS.access, PICKUPS.cancel(booked, ACCOUNT, "r")), NOW)


def test_another_account_may_not_move_a_courier(caller: Caller) -> None:
    booked = caller.book(PICKUP)
    status, _, body = caller.call(PICKUPS.access, PICKUPS.change(booked, PICKUP, "111111111"))
    assert (status, json.loads(body)["detail"][:5]) == (400, "5556:")


def test_a_courier_more_than_ten_days_ahead_is_refused(caller: Caller) -> None:
    hours = replace(
        PICKUP.hours,
        ready_at=PICKUP.hours.ready_at + timedelta(days=20),
        close_at=PICKUP.hours.close_at + timedelta(days=20),
    )
    with pytest.raises(CarrierRefused):
        caller.book(replace(PICKUP, hours=hours))


def test_it_says_when_a_courier_can_come(caller: Caller) -> None:
    (day,) = PICKUPS.read_days(*caller.call(PICKUPS.access, PICKUPS.ask(QUESTION, ACCOUNT)), NOW)
    assert (day.on, day.available) == (QUESTION.on, True)
    assert None not in (day.cut_off, day.earliest, day.latest)


def test_a_parcel_is_followed_by_both_interfaces_with_the_same_scans(caller: Caller) -> None:
    number = caller.buy().number
    caller.travel(number)
    polled, unified = caller.track(MYDHL, number), caller.track(UNIFIED, number)
    assert polled.problems == unified.problems == ()
    for reading in (polled, unified):
        (tracking,) = reading.trackings
        by_time = sorted(tracking.events, key=lambda event: event.at)
        assert [event.code for event in by_time if event.milestone != "announced"] == ["PU", "DF", "AF", "CD"]
        assert [event.at for event in by_time if event.code == "AF"] == [AGO + timedelta(hours=16)]


def test_mydhl_tells_wall_clocks_in_their_own_order_and_offsets_only_where_asked(caller: Caller) -> None:
    number = caller.buy().number
    caller.simulator.scan(number, "PL", "GUANGZHOU", "CN", AGO)
    caller.simulator.scan(number, "DF", "LEIPZIG", "DE", AGO + timedelta(hours=1))
    basic = MYDHL.access.dress(HttpRequest("GET", "", {}, b"", reads_only=True), KEYS["mydhl"], None, NOW).headers

    def events(path: str):
        return json.loads(caller.simulator.handle("GET", path, basic, b"")[2])["shipments"][0]["events"]

    plain = events(f"/mydhlapi/tracking?shipmentTrackingNumber={number}")
    assert [event["typeCode"] for event in plain] == ["DF", "PL"]  # later in truth, earlier on the wall
    assert not any("GMTOffset" in event for event in plain)
    asked = events(f"/mydhlapi/shipments/{number}/tracking?requestGMTOffsetPerEvent=true")
    assert [event["GMTOffset"] for event in asked] == ["+01:00", "+08:00"]


def test_pieces_repeat_the_scans_without_those_of_customs(caller: Caller) -> None:
    number = caller.buy().number
    caller.travel(number)
    basic = MYDHL.access.dress(HttpRequest("GET", "", {}, b"", reads_only=True), KEYS["mydhl"], None, NOW).headers
    path = f"/mydhlapi/tracking?shipmentTrackingNumber={number}&levelOfDetail=all"
    (said,) = json.loads(caller.simulator.handle("GET", path, basic, b"")[2])["shipments"]
    assert [event["typeCode"] for event in said["events"]] == ["PU", "DF", "AF", "CD"]
    assert [event["typeCode"] for event in said["pieces"][0]["events"]] == ["PU", "DF", "AF"]


def test_two_hundred_and_one_numbers_are_refused_and_unknown_ones_left_out(caller: Caller) -> None:
    number = caller.buy().number
    known = caller.track(MYDHL, number, "3318810025")
    assert [tracking.number for tracking in known.trackings] == [number]
    path = "/tracking?" + "&".join(f"shipmentTrackingNumber={n:010d}" for n in range(201))
    assert caller.call(MYDHL.access, HttpRequest("GET", path, {}, b"", reads_only=True))[0] == 400
    path = "/tracking?shipmentTrackingNumber=3318810025"
    assert caller.call(MYDHL.access, HttpRequest("GET", path, {}, b"", reads_only=True))[0] == 404


def test_a_push_tells_only_where_the_parcel_is_and_proves_itself_by_our_token(caller: Caller) -> None:
    number = caller.buy().number
    caller.travel(number)
    body, headers = caller.simulator.push_body(number)
    opened = open_push("dhl", body, headers, ["next", TOKEN])
    (tracking,) = read_tracking("dhl_push", opened.body, NOW).trackings
    assert [(event.code, event.condition) for event in tracking.events] == [("CD", "held")]
    forged, headers = caller.simulator.forged_body(number, caller.simulator.spoken("delivered", "SHENZHEN", "CN", NOW))
    assert b'"OK"' in forged
    with pytest.raises(SignatureMismatch):
        open_push("dhl", forged, headers, [TOKEN])


def test_the_handshake_is_asked_confirmed_and_only_then_ready(caller: Caller) -> None:
    asked = caller.simulator.subscribe("https://example.com/hook")
    (problem,) = read_tracking(
        "dhl_push", open_push("dhl", asked["body"], asked["headers"], [TOKEN]).body, NOW
    ).problems
    handshake = DHL.push.handshake
    assert problem.code == handshake.asked_as
    with pytest.raises(Refusal):
        caller.simulator.ready(asked["id"])
    assert caller.call(handshake.access, handshake.confirm(asked["body"]))[0] == 204
    ready = caller.simulator.ready(asked["id"])
    assert read_tracking("dhl_push", ready["body"], NOW).trackings == ()


def test_a_yes_without_the_secret_of_the_handshake_is_not_taken(caller: Caller) -> None:
    asked = caller.simulator.subscribe("https://example.com/hook")
    said = {**json.loads(asked["body"]), "secret": "guessed"}
    handshake = DHL.push.handshake
    assert caller.call(handshake.access, handshake.confirm(json.dumps(said).encode()))[0] == 401
    assert caller.simulator.memory.subscriptions[asked["id"]]["status"] == "created"


@pytest.mark.parametrize("path", ["/mydhlapi/tracking", "/tracking", "/shipments", "/track/shipments?trackingNumber=1"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic !"}, {"DHL-API-Key": "wrong"}])
def test_without_credentials_it_answers_as_dhl_does(caller: Caller, path: str, headers: dict[str, str]) -> None:
    status, _, body = caller.simulator.handle("GET", path, headers, b"")
    assert (status, str(json.loads(body)["status"])) == (401, "401")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b"null"])
@pytest.mark.parametrize("path", ["/shipments", "/pickups"])
def test_a_malformed_order_is_refused_in_the_envelope(caller: Caller, path: str, body: bytes) -> None:
    status, _, answer = caller.call(MYDHL.access, HttpRequest("POST", path, {}, body, reads_only=False))
    assert status in (400, 422)
    assert set(json.loads(answer)) == {"instance", "detail", "title", "message", "status"}


def test_its_memory_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "dhl.json"
    before = Caller(DhlSimulator(TOKEN, clock=lambda: NOW, file=file))
    number = before.buy().number
    before.travel(number)
    before.simulator.subscribe("https://example.com/hook")
    after = DhlSimulator(TOKEN, file=file)
    assert after.memory == before.simulator.memory
    assert after.push_body(number)[0] == before.simulator.push_body(number)[0]


def test_every_place_has_the_clock_that_the_product_reads_for_its_service_area() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=NOW.tzinfo)
    for stop in STOPS:
        known = area_of(stop.area, f"{stop.city.title()}-{stop.country}")
        assert stop.clock(noon).utcoffset() == replace(stop, zone=known.zone).clock(noon).utcoffset(), stop
