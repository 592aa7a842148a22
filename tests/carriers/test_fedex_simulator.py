"""The simulated FedEx keeps to the wire that the product speaks, and remembers what it really did."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.numbers import judge_fedex
from chalicelib.carriers.registry import FEDEX, open_push, read_tracking
from chalicelib.errors import CarrierRefused, SignatureMismatch
from infra.local.carrier_server import server_of
from infra.local.fedex_simulator import FedExSimulator
from tests.carriers.fedex_pieces import ACCOUNT, NOW, ORDER, PICKUP, QUESTION

SECRET = "webhook-token"
(POLLING,) = FEDEX.polling
TRACK, WAYBILLS, PICKUPS = POLLING.access, FEDEX.waybills, FEDEX.pickups
LOOKUP = WAYBILLS.lookup


def asked_token(secret: str) -> HttpRequest:
    return TRACK.token_request({"client_id": "id", "client_secret": secret})


class Caller:
    """The product's side of the wire, without sockets."""

    def __init__(self, simulator: FedExSimulator) -> None:
        self.simulator = simulator
        self.token = TRACK.read_token(self.send(asked_token("secret"))[2], NOW).value

    def send(self, request: HttpRequest, token: str | None = None) -> tuple[int, dict[str, str], bytes]:
        headers = {**request.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.simulator.handle(request.method, request.path, headers, request.body)

    def call(self, request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
        return self.send(request, self.token)

    def buy(self, order=ORDER):
        return WAYBILLS.read(*self.call(WAYBILLS.request(order, ACCOUNT)), NOW)

    def track(self, *numbers: str):
        (request,) = POLLING.requests(numbers)
        return read_tracking("fedex", self.call(request)[2], NOW)


@pytest.fixture
def caller() -> Caller:
    return Caller(FedExSimulator(SECRET, account=ACCOUNT, clock=lambda: NOW))


def test_a_waybill_is_bought_with_a_number_that_passes_fedex_check(caller: Caller) -> None:
    bought = caller.buy()
    assert judge_fedex(bought.number) == "valid"
    assert len(bought.number) == 12
    assert bought.label.content.startswith(b"%PDF")
    assert bought.ship_date == ORDER.ship_on


def test_the_same_order_twice_buys_two_waybills_and_both_are_counted(caller: Caller) -> None:
    first, second = caller.buy(), caller.buy()
    assert first.number != second.number
    assert caller.simulator.bookings(ORDER.reference) == (2, 0)


def test_a_pickup_is_counted_for_its_waybill(caller: Caller) -> None:
    bought = caller.buy()
    order = replace(PICKUP, waybill=bought.number)
    confirmation = PICKUPS.read(*caller.call(PICKUPS.request(order, ACCOUNT)), NOW)
    assert caller.simulator.booked_for(bought.number) == (1, 1)
    booked = replace(confirmation, on=order.hours.ready_at.date())
    assert caller.call(PICKUPS.cancel(booked, ACCOUNT, "x"))[0] == 200
    assert caller.simulator.booked_for(bought.number) == (1, 0)
    with pytest.raises(CarrierRefused, match=r"PICKUP\.NUMBER\.EXPIRED"):
        PICKUPS.read(*caller.call(PICKUPS.cancel(booked, ACCOUNT, "x")), NOW)


def test_a_parcel_is_followed_by_polling_and_by_push_with_the_same_events(caller: Caller) -> None:
    number = caller.buy().number
    caller.simulator.scan(number, "PU", "PARIS", "FR", NOW - timedelta(hours=2), description="Picked up")
    caller.simulator.scan(number, "CD", "GUANGZHOU", "CN", NOW, description="Clearance delay", exception_code="50")
    polled = caller.track(number)
    body, headers = caller.simulator.push_body(number)
    open_push("fedex", body, headers, ["next", SECRET])
    pushed = read_tracking("fedex_push", body, NOW)
    (tracking,) = polled.trackings
    assert polled.problems == pushed.problems == ()
    assert [(event.code, event.milestone) for event in tracking.events] == [
        ("CD", "import_customs"), ("PU", "picked_up"), ("OC", "announced"),
    ]  # fmt: skip
    assert tracking.events[0].reason == "customs_documents_missing"
    assert [event.id for event in tracking.events] == [event.id for event in pushed.trackings[0].events]
    assert (tracking.origin_country, tracking.destination_country) == ("FR", "CN")
    assert tracking.ship_date == ORDER.ship_on.isoformat()


def test_a_forged_push_does_not_verify(caller: Caller) -> None:
    body, _ = caller.simulator.push_body(caller.buy().number)
    with pytest.raises(SignatureMismatch):
        open_push("fedex", body, caller.simulator.signed(body, secret="not the key"), [SECRET])


def test_a_number_it_never_sold_is_not_found_inside_a_200(caller: Caller) -> None:
    number = caller.buy().number
    reading = caller.track(number, "986578788855")
    assert [tracking.number for tracking in reading.trackings] == [number]
    assert [(problem.number, problem.code) for problem in reading.problems] == [
        ("986578788855", "TRACKING.TRACKINGNUMBER.NOTFOUND")
    ]


def test_thirty_one_numbers_are_refused(caller: Caller) -> None:
    asked = {"trackingInfo": [{"trackingNumberInfo": {"trackingNumber": str(n)}} for n in range(31)]}
    request = HttpRequest("POST", "/track/v1/trackingnumbers", {}, json.dumps(asked).encode(), reads_only=True)
    status, headers, body = caller.call(request)
    assert (status, type(TRACK.read_error(status, headers, body, NOW))) == (400, CarrierRefused)


def test_our_reference_finds_the_waybill_again(caller: Caller) -> None:
    bought = caller.buy()

    class Wire:
        body = caller.call(LOOKUP.request(ORDER.reference, NOW, ACCOUNT))[2]

    found = LOOKUP.read(Wire, NOW)
    assert (found.number, found.ship_date) == (bought.number, ORDER.ship_on)
    Wire.body = caller.call(LOOKUP.request("RMA-9", NOW, ACCOUNT))[2]
    assert LOOKUP.read(Wire, NOW) is None


def test_a_cancelled_waybill_says_so_and_is_not_counted(caller: Caller) -> None:
    number = caller.buy().number
    assert caller.call(WAYBILLS.cancel(number, ACCOUNT, "r"))[0] == 200
    assert caller.simulator.bookings(ORDER.reference) == (0, 0)
    assert caller.track(number).trackings[0].events[0].milestone == "cancelled"
    assert caller.call(WAYBILLS.cancel(number, ACCOUNT, "r"))[0] == 400


def test_without_a_token_it_answers_as_fedex_does(caller: Caller) -> None:
    request = WAYBILLS.request(ORDER, ACCOUNT)
    answer = caller.send(request, "expired")
    assert isinstance(TRACK.read_error(*answer, NOW), TokenRejected)
    assert caller.simulator.bookings(ORDER.reference) == (0, 0)


def test_credentials_and_account_are_checked_where_given() -> None:
    simulator = FedExSimulator(SECRET, credentials={"id": "secret"}, account="1")
    refused = simulator.handle("POST", "/oauth/token", {}, asked_token("wrong").body)
    assert refused[0] == 401
    caller = Caller(simulator)
    with pytest.raises(CarrierRefused, match="ACCOUNTNUMBER"):
        caller.buy()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"accountNumber":{"value":"740561073"}}', b"null"])
@pytest.mark.parametrize("path", ["/ship/v1/shipments", "/pickup/v1/pickups", "/track/v1/trackingnumbers"])
def test_a_malformed_order_is_refused_in_the_envelope(caller: Caller, path: str, body: bytes) -> None:
    status, _, answer = caller.call(HttpRequest("POST", path, {}, body, reads_only=False))
    assert status in (400, 422)
    assert json.loads(answer)["errors"][0]["code"]


def test_the_same_calls_give_the_same_answers() -> None:
    first, second = (Caller(FedExSimulator(SECRET, clock=lambda: NOW)) for _ in range(2))
    assert first.buy() == second.buy()
    assert first.track("794644790131") == second.track("794644790131")


def test_its_memory_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "fedex.json"
    before = Caller(FedExSimulator(SECRET, clock=lambda: NOW, file=file))
    number = before.buy().number
    before.simulator.scan(number, "PU", "PARIS", "FR", NOW)
    after = FedExSimulator(SECRET, file=file)
    assert after.memory == before.simulator.memory
    assert after.push_body(number)[0] == before.simulator.push_body(number)[0]


@contextmanager
def served(handler_or_server: Any) -> Iterator[str]:
    server = handler_or_server
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def post(url: str, said: Any) -> Any:
    request = urllib.request.Request(url, json.dumps(said).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def test_behind_http_the_desk_scans_pushes_repeats_forges_and_counts(caller: Caller) -> None:
    taken: list[tuple[str, bytes]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append((self.headers["fdx-signature"], body))
            try:
                open_push("fedex", body, dict(self.headers.items()), [SECRET])
                self.send_response(202)
            except SignatureMismatch:
                self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    number = caller.buy().number
    at = datetime(2026, 11, 22, 1, tzinfo=UTC).isoformat()
    told = {"number": number, "code": "PU", "city": "PARIS", "country": "FR", "at": at}
    with (
        served(ThreadingHTTPServer(("127.0.0.1", 0), Webhook)) as webhook,
        served(server_of(caller.simulator, 0, f"{webhook}/hook")) as fedex,
    ):
        assert post(f"{fedex}/control/scan", {**told, "push": True}) == {"code": "PU", "status": 202}
        assert post(f"{fedex}/control/push-again", {}) == {"status": 202}
        assert post(f"{fedex}/control/push-forged", {**told, "code": "DL"}) == {"status": 401}
        with urllib.request.urlopen(f"{fedex}/control/booked?number={number}", timeout=10) as answer:
            assert json.loads(answer.read()) == {"waybills": 1, "pickups": 0}
    assert taken[0] == taken[1]
    assert b'"DL"' in taken[2][1]
    assert [event.code for event in caller.track(number).trackings[0].events] == ["PU", "OC"]


def test_a_dry_run_buys_nothing_and_says_what_a_purchase_would_meet(caller: Caller) -> None:
    assert WAYBILLS.read_dry_run(*caller.call(WAYBILLS.dry_run(ORDER, ACCOUNT)), NOW) is None
    assert caller.simulator.bookings(ORDER.reference) == (0, 0)
    with pytest.raises(CarrierRefused, match="ACCOUNTNUMBER"):
        WAYBILLS.read_dry_run(*caller.call(WAYBILLS.dry_run(ORDER, "1")), NOW)


def test_the_days_a_courier_comes_are_asked_and_one_of_them_can_be_booked(caller: Caller) -> None:
    days = PICKUPS.read_days(*caller.call(PICKUPS.ask(QUESTION, ACCOUNT)), NOW)
    assert [day.on for day in days] == sorted({day.on for day in days})
    assert any(day.available and day.cut_off and day.access for day in days)


def test_what_was_bought_and_booked_is_taken_back_with_a_confirmation(caller: Caller) -> None:
    bought = caller.buy()
    order = replace(PICKUP, waybill=bought.number)
    booked = replace(PICKUPS.read(*caller.call(PICKUPS.request(order, ACCOUNT)), NOW), on=order.hours.ready_at.date())
    assert PICKUPS.read_cancelled(*caller.call(PICKUPS.cancel(booked, ACCOUNT, "x")), NOW) is None
    assert WAYBILLS.read_cancelled(*caller.call(WAYBILLS.cancel(bought.number, ACCOUNT, "r")), NOW) is None
    with pytest.raises(CarrierRefused):
        WAYBILLS.read_cancelled(*caller.call(WAYBILLS.cancel(bought.number, ACCOUNT, "r")), NOW)
