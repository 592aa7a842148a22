"""Whole stories told twice at the same moment: whatever the order, the end is that of one telling after the other."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.wiring import build
from chalicelib.api.bodies import OpenReturnBody
from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.fedex import FEDEX
from chalicelib.errors import CarrierUnavailable, StaleVersion
from chalicelib.workflows.carrier_calls import open_line
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.take_tracking import accept_webhook, envelope, take_body
from infra.local.fedex_simulator import FedExSimulator
from tests.flows.house import MONDAY, SIGNING, a_return
from tests.flows.test_numbers import wrapped

TRACK = FEDEX.polling[0].access

pytestmark = pytest.mark.embedded
SCANS = ("PU", "AR", "DP", "IT", "AF", "AR", "DP", "IT", "AR", "OD")


@dataclass
class Wire:
    """The carrier link into the simulator."""

    carrier: FedExSimulator
    calls: list[str] = field(default_factory=list)

    def call(self, _name: str, request: HttpRequest) -> HttpResponse:
        self.calls.append(request.path)
        status, headers, body = self.carrier.handle(request.method, request.path, request.headers, request.body)
        return HttpResponse(status, headers, body)


@dataclass
class Office:
    ports: object
    wire: Wire
    sent: list[tuple[str, dict]]

    def pump(self):
        """Hand on the steps until there are none."""
        while steps := [message for queue, message in self.sent if queue == "steps"]:
            self.sent[:] = [one for one in self.sent if one[0] != "steps"]
            for message in steps:
                take_step(self.ports, message, MONDAY)


class Sent:
    """Queues that remember; what is raced for here is the table."""

    def __init__(self, sent):
        self.sent = sent

    def send(self, queue, messages):
        self.sent += [(queue, json.loads(json.dumps(message))) for message in messages]


@pytest.fixture
def office(embedded_stage) -> Iterator[Office]:
    name = embedded_stage.new_table()
    clients = Clients(embedded_stage.make_client)
    for service in ("dynamodb", "s3", "kms", "secretsmanager"):
        clients.of(service)  # made before the race: boto3 makes clients one at a time
    ports = build(embedded_stage.settings(name), make_client=clients.of)
    wire, sent = Wire(FedExSimulator(SIGNING)), []
    yield Office(replace(ports, link=wire, queues=Sent(sent)), wire, sent)
    embedded_stage.make_client("dynamodb").delete_table(TableName=name)


def at_once(*calls):
    """Run these from the same moment; what each gave, or the error it raised."""
    start = threading.Barrier(len(calls))

    def one(call):
        start.wait(timeout=30)
        try:
            return call()
        except (StaleVersion, CarrierUnavailable) as fault:
            return fault

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def asked(office, key="key-1"):
    said = a_return()
    said["items"][0]["serial"] = f"GT-{key}"
    body = OpenReturnBody.model_validate(said)
    return open_return(
        office.ports, body.as_request(), body.as_person(), holder="desk", idempotency_key=key, body_digest="d",
        dry_run=False, now=MONDAY,
    )  # fmt: skip


def booked(office):
    case_id = asked(office).body["case_id"]
    office.pump()
    file = office.ports.cases.file(case_id)
    assert file.case.stage == "booked"
    return case_id, file.legs[0].number


def pushed(office, number):
    return envelope(office.ports, "fedex_push", office.wire.carrier.push_body(number)[0], "r", MONDAY)


def test_pushes_that_are_taken_in_at_the_same_moment_lose_no_scan(office):
    case_id, number = booked(office)
    messages = []
    for hours, code in enumerate(SCANS):
        office.wire.carrier.scan(number, code, "PARIS", "FR", MONDAY + timedelta(hours=hours))
        messages.append(pushed(office, number))
        office.wire.carrier.memory.shipments[number].scans.pop()  # the next push tells of its own scan alone
    now = MONDAY + timedelta(hours=len(SCANS))
    told = at_once(*[lambda message=message: take_body(office.ports, message, now) for message in messages])
    for message, answer in zip(messages, told, strict=True):
        if isinstance(answer, StaleVersion):  # it lost every race: the queue brings it again
            take_body(office.ports, message, now)
    (track,) = office.ports.tracks.file("fedex", number).tracks
    assert sorted(event.code for event in track.events) == sorted(["OC", *SCANS])
    assert track.version == 1 + len(SCANS)
    assert track.effects == ()
    office.pump()
    assert office.ports.cases.read(case_id).stage == "in_transit"


def test_the_same_push_taken_in_many_times_at_once_is_one(office):
    _, number = booked(office)
    office.wire.carrier.scan(number, "PU", "PARIS", "FR", MONDAY)
    message = pushed(office, number)
    at_once(*[lambda: take_body(office.ports, message, MONDAY)] * 6)
    (track,) = office.ports.tracks.file("fedex", number).tracks
    assert (track.version, len(track.events)) == (2, 2)


def test_openings_under_one_key_at_the_same_moment_are_one_case_and_one_answer(office):
    told = at_once(*[lambda: asked(office)] * 5)
    assert len({answer.body["case_id"] for answer in told}) == 1
    assert {answer.status for answer in told} == {201}
    office.pump()
    assert office.wire.calls.count("/ship/v1/shipments") == 1
    assert len(office.ports.cases.pointed("order", "SO-1001", None, 10).cases) == 1


def test_the_same_step_at_the_same_moment_buys_one_waybill_and_one_pickup(office):
    case_id = asked(office).body["case_id"]
    for kind in ("waybill", "pickup"):
        step = {"kind": kind, "case_id": case_id, "leg": 1}
        at_once(*[lambda step=step: take_step(office.ports, step, MONDAY)] * 5)
    assert office.wire.calls.count("/ship/v1/shipments") == office.wire.calls.count("/pickup/v1/pickups") == 1
    file = office.ports.cases.file(case_id)
    assert [booking.status for booking in file.bookings] == ["done", "done"]
    assert (file.case.stage, file.exceptions) == ("booked", ())
    assert [message for queue, message in office.sent if queue == "alerts"] == []


def test_two_sweeps_at_the_same_moment_queue_each_piece_of_work_once(office):
    numbers = [booked_under(office, n) for n in range(8)]
    office.sent.clear()
    due = MONDAY + timedelta(hours=8)
    first, second = at_once(lambda: sweep(office.ports, due), lambda: sweep(office.ports, due))
    # Each parcel is to be asked about, and its papers, which no worker of this office makes, to be asked for again.
    assert first.claimed + second.claimed == 2 * len(numbers)
    papers = [message["case_id"] for queue, message in office.sent if queue == "steps"]
    assert len(papers) == len(set(papers)) == len(numbers)
    polled = [number for queue, message in office.sent if queue == "polls" for number in message["numbers"]]
    assert sorted(polled) == sorted(numbers)


def booked_under(office, n):
    case_id = asked(office, key=f"key-{n}").body["case_id"]
    office.pump()
    return office.ports.cases.file(case_id).legs[0].number


def test_workers_that_need_a_token_at_the_same_moment_fetch_one(office):
    counted = itertools.count()
    lines = at_once(*[lambda: (next(counted), open_line(office.ports, "fedex", TRACK, MONDAY))] * 6)
    assert office.wire.calls == ["/oauth/token"]
    refused = [answer for answer in lines if isinstance(answer, CarrierUnavailable)]
    assert len(refused) < 6
    assert all(answer.retry_after for answer in refused)
    open_line(office.ports, "fedex", TRACK, MONDAY)
    assert office.wire.calls == ["/oauth/token"]


def test_a_push_and_the_making_of_its_leg_at_the_same_moment_never_miss_each_other(office):
    for n in range(6):
        case_id = asked(office, key=f"key-{n}").body["case_id"]
        office.sent.clear()
        number = office.wire.carrier._next_number()
        shipment = {"kind": "waybill", "case_id": case_id, "leg": 1}
        message = told_early(office, number)
        at_once(
            lambda shipment=shipment: take_step(office.ports, shipment, MONDAY),
            lambda message=message: take_body(office.ports, message, MONDAY),
        )
        file = office.ports.tracks.file("fedex", number)
        assert [len(track.events) for track in file.tracks] == [1]
        assert file.parked == ()


def told_early(office, number):
    body = json.dumps({"output": {"completeTrackResults": [wrapped(number)]}}).encode()
    accept_webhook(office.ports, "fedex", body, office.wire.carrier.signed(body), request_id="r", now=MONDAY)
    _, message = office.sent.pop()
    return message
