"""The simulated China Post keeps to the open API that the product speaks, and remembers what it really did."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.ems import EMS, orders
from chalicelib.carriers.registry import open_push, read_tracking
from chalicelib.errors import CarrierRefused, SignatureMismatch
from infra.local.ems_simulator import EmsSimulator
from infra.local.ems_wire import enveloped, opened
from tests.carriers.ems_pieces import OTHER_KEY, SIGN_KEY
from tests.carriers.test_ems_orders import ORDER

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
AGO = NOW - timedelta(hours=20)
KEYS = {"sender_no": "1100000000000", "authorization": "token", "sign_key": SIGN_KEY}
(POLLING,) = EMS.polling
WAYBILLS = EMS.waybills


class Caller:
    """The product's side of the wire, without sockets."""

    def __init__(self, simulator: EmsSimulator, **keys: str) -> None:
        self.simulator, self.keys = simulator, {**KEYS, **keys}

    def call(self, request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
        dressed = POLLING.access.dress(request, self.keys, None, NOW)
        return self.simulator.handle(dressed.method, dressed.path or "/", dressed.headers, dressed.body)

    def buy(self, order=ORDER):
        return WAYBILLS.read(*self.call(WAYBILLS.request(order, "")), NOW)

    def track(self, number: str):
        (request,) = POLLING.requests([number])
        return read_tracking("ems", self.call(request)[2], NOW)


@pytest.fixture
def caller() -> Caller:
    return Caller(EmsSimulator(SIGN_KEY, credentials={"1100000000000": "token"}, clock=lambda: NOW))


def test_it_opens_and_closes_the_envelope_that_was_published() -> None:
    published = "|$4|llDVA/UCdBA9Ph6ZKQ7WoAh5w8BaUH5PcX03JwVqF+n++Q9qL82C2jxcJhNmorLUMl1QH9ahSF9rrKTItnvJYA=="
    assert enveloped({"waybillNo": "EA123456784CN"}, SIGN_KEY) == published
    assert opened(published, SIGN_KEY) == {"waybillNo": "EA123456784CN"}


def test_an_order_buys_the_waybill_and_sends_the_courier(caller: Caller) -> None:
    number = caller.buy().number
    assert EMS.judge_number(number) == "valid"
    assert caller.simulator.bookings(ORDER.reference) == (1, 1)
    assert caller.simulator.booked_for(number) == (1, 1)


def test_the_same_order_twice_buys_two_waybills_and_both_are_counted(caller: Caller) -> None:
    first, second = caller.buy(), caller.buy()
    assert first.number != second.number
    assert caller.simulator.bookings(ORDER.reference) == (2, 2)


def test_an_order_is_taken_back_with_its_courier_until_the_first_scan(caller: Caller) -> None:
    number = caller.buy().number
    assert WAYBILLS.read_cancelled(*caller.call(WAYBILLS.cancel(number, "", ORDER.reference)), NOW) is None
    assert caller.simulator.booked_for(number) == (0, 0)
    assert caller.simulator.pickups_of(number) == (1, 0, 1)
    scanned = caller.buy().number
    caller.simulator.scan(scanned, "203", "SHANGHAI", "CN", AGO)
    with pytest.raises(CarrierRefused):
        WAYBILLS.read_cancelled(*caller.call(WAYBILLS.cancel(scanned, "", ORDER.reference)), NOW)


def test_the_range_of_pickup_and_the_label_are_told(caller: Caller) -> None:
    assert WAYBILLS.read_dry_run(*caller.call(WAYBILLS.dry_run(ORDER, "")), NOW) is None
    label = orders.read_label(*caller.call(orders.label_request(caller.buy().number)), NOW)
    assert label.url.startswith("https://")


@pytest.mark.parametrize("wrong", [{"sign_key": OTHER_KEY}, {"authorization": "other"}, {"sender_no": "2200000000000"}])
def test_a_wrong_key_or_contract_is_refused_inside_a_200_and_nothing_is_ordered(caller: Caller, wrong) -> None:
    stranger = Caller(caller.simulator, **wrong)
    status, _, body = stranger.call(WAYBILLS.request(ORDER, ""))
    assert (status, json.loads(body)["success"]) == (200, False)
    with pytest.raises(CarrierRefused):
        stranger.buy()
    assert not caller.simulator.memory.shipments


@pytest.mark.parametrize("field", ["apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface"])
def test_a_form_without_one_of_its_fields_is_refused(caller: Caller, field: str) -> None:
    dressed = POLLING.access.dress(POLLING.requests(["EA123456785CN"])[0], KEYS, None, NOW)
    form = {name: rows[0] for name, rows in parse_qs(dressed.body.decode()).items() if name != field}
    status, _, body = caller.simulator.handle("POST", "/", dressed.headers, urlencode(form).encode())
    assert (status, json.loads(body)["success"]) == (200, False)


@pytest.mark.parametrize("body", [b"", b"{", b"apiCode=040001&logitcsInterface=|$4|AAAA", b"\xff\xfe"])
def test_a_malformed_call_is_answered_in_the_reply_of_the_api(caller: Caller, body: bytes) -> None:
    status, _, answer = caller.simulator.handle("POST", "/", {}, body)
    assert (status, set(json.loads(answer))) == (
        200, {"serialNo", "retCode", "retMsg", "retBody", "retDate", "success"},
    )  # fmt: skip


def test_a_parcel_is_followed_by_asking_and_by_pushes_of_one_scan_each(caller: Caller) -> None:
    number = caller.buy().number
    way = [("203", "SHANGHAI", "CN", 0), ("457", "SHANGHAI", "CN", 3), ("EDB", "ROISSY", "FR", 15)]
    pushed = []
    for code, city, country, hours in way:
        caller.simulator.scan(number, code, city, country, AGO + timedelta(hours=hours))
        body, headers = caller.simulator.push_body(number)
        told = open_push("ems", body, headers, [OTHER_KEY, SIGN_KEY])
        pushed += read_tracking("ems_push", told.body, NOW).trackings[0].events
        assert caller.simulator.taken(200, json.dumps(told.answer).encode()) == ""
    polled = caller.track(number)
    assert polled.problems == ()
    assert [event.code for event in polled.trackings[0].events] == ["203", "457", "EDB"]
    assert [event.id for event in polled.trackings[0].events] == [event.id for event in pushed]
    assert polled.trackings[0].events[-1].at == AGO + timedelta(hours=15)


def test_a_push_that_another_key_closed_does_not_open(caller: Caller) -> None:
    number = caller.buy().number
    body, headers = caller.simulator.forged_body(number, caller.simulator.spoken("delivered", "PARIS", "FR", NOW))
    with pytest.raises(SignatureMismatch):
        open_push("ems", body, headers, [SIGN_KEY])


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"code":"00000"}', b'{"code":"1","serialNo":"A"}', b"ok", b"[]"])
def test_an_acknowledgement_without_its_code_and_serial_number_does_not_content_it(caller: Caller, answer) -> None:
    assert caller.simulator.taken(200, answer)
    assert caller.simulator.taken(202, b'{"code":"00000","serialNo":"A"}')


def test_what_it_never_sold_has_no_scans(caller: Caller) -> None:
    reading = caller.track("EA123456785CN")
    assert reading.trackings == ()
    assert [problem.retryable for problem in reading.problems] == [True]


def test_abroad_it_uses_other_codes_and_no_province(caller: Caller) -> None:
    abroad = caller.simulator.spoken("delivered", "PARIS", "FR", NOW)
    at_home = caller.simulator.spoken("delivered", "SHENZHEN", "CN", NOW)
    assert (abroad.code, at_home.code) == ("463", "704")


def test_its_memory_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "ems.json"
    before = Caller(EmsSimulator(SIGN_KEY, clock=lambda: NOW, file=file))
    number = before.buy().number
    before.simulator.scan(number, "203", "SHANGHAI", "CN", AGO)
    after = EmsSimulator(SIGN_KEY, file=file, clock=lambda: NOW)
    assert after.memory == before.simulator.memory
    assert after.push_body(number)[0] == before.simulator.push_body(number)[0]


def test_a_parcel_that_goes_without_a_courier_has_none_counted(caller: Caller) -> None:
    number = caller.buy(replace(ORDER, pickup_arranged=False, hours=None)).number
    assert caller.simulator.booked_for(number) == (1, 0)
