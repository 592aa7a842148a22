"""The three carriers behind one port: their paths, their desks, and what goes wrong over a real connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.carriers.registry import open_push
from chalicelib.errors import SignatureMismatch
from infra.local.carrier_server import server_of
from infra.local.dhl_simulator import DhlSimulator
from infra.local.ems_simulator import EmsSimulator
from infra.local.fedex_simulator import FedExSimulator

KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SHANGHAI, PARIS = {"city": "SHANGHAI", "country": "CN"}, {"city": "PARIS", "country": "FR"}
AT = "2026-11-22T01:00:00+00:00"
ALL = pytest.mark.parametrize("carrier", ["fedex", "dhl", "ems"])


class Served:
    """A server on a free port, in a thread of its own."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.port: int = server.server_address[1]
        self.thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text
        finally:
            connection.close()

    def desk(self, carrier: str, name: str, **said: Any) -> Any:
        status, told = self.call("POST", f"/control/{carrier}/{name}", said)
        assert status == 200, told
        return told

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Webhook(BaseHTTPRequestHandler):
    """The product's side: takes what proves itself, in each carrier's way."""

    taken: list[tuple[str, bytes]] = []  # noqa: RUF012 - one list for the test that clears it

    def do_POST(self) -> None:
        carrier = self.path.rsplit("/", 1)[1]
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            opened = open_push(carrier, body, dict(self.headers.items()), [KEY])
            self.send_response(200)
            answer = json.dumps(opened.answer or {}).encode()
            self.taken.append((carrier, opened.body))
        except SignatureMismatch:
            self.send_response(401)
            answer = b""
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hook() -> Iterator[Served]:
    Webhook.taken.clear()
    served = Served(ThreadingHTTPServer(("127.0.0.1", 0), Webhook))
    yield served
    served.stop()


@pytest.fixture
def carriers(hook: Served) -> Iterator[Served]:
    made = [kind(KEY, clock=lambda: NOW) for kind in (FedExSimulator, DhlSimulator, EmsSimulator)]
    webhooks = {one.name: f"http://127.0.0.1:{hook.port}/hooks/{one.name}" for one in made}
    served = Served(server_of(made, 0, webhooks))
    yield served
    served.stop()


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/fedex/track/v1/trackingnumbers", "NOT.AUTHORIZED.ERROR"),
        ("GET", "/mydhlapi/tracking?shipmentTrackingNumber=1", "Invalid Credentials"),
        ("GET", "/unified/track/shipments?trackingNumber=1", "Unauthorized for given resource."),
        ("POST", "/ems/", "SIM01"),
    ],
)
def test_each_carrier_answers_under_its_own_path_in_its_own_words(carriers: Served, method, path, said) -> None:
    assert said in json.dumps(carriers.call(method, path, {})[1])


def test_a_path_of_no_carrier_and_a_desk_of_none_are_not_found(carriers: Served) -> None:
    assert carriers.call("GET", "/ups/track")[0] == 404
    assert carriers.call("POST", "/control/ups/scan", {})[0] == 404
    assert carriers.call("POST", "/control/dhl/dance", {})[0] == 404


@ALL
def test_the_desk_sells_plays_pushes_repeats_forges_and_counts(carriers: Served, carrier: str) -> None:
    carriers.desk(carrier, "sell-next", scenario="documents")
    number = carriers.desk(carrier, "sell", reference="R-1", courier=True, **{"from": SHANGHAI, "to": PARIS})["number"]
    digits = "".join(sign for sign in number if sign.isdigit())[-3:-1]
    assert carriers.desk(carrier, "scenarios")[digits]["scenario"] == "documents"
    played = carriers.desk(carrier, "play", number=number, start="2026-11-20T00:00:00+00:00")["scans"]
    assert [scan["word"] for scan in played][-1] == "delivered"
    assert carriers.desk(carrier, "push", number=number) == {"status": 200}
    assert carriers.desk(carrier, "push-again") == {"status": 200}
    claim = {"number": number, "word": "lost", "city": "PARIS", "country": "FR", "at": AT}
    assert carriers.desk(carrier, "push-forged", **claim) == {"status": 401}
    assert carriers.desk(carrier, "booked", number=number) == {"waybills": 1, "pickups": 1}
    assert carriers.desk(carrier, "pickups", number=number) == {"booked": 1, "changed": 0, "cancelled": 0}
    assert len(carriers.desk(carrier, "shipments")["shipments"]) == 1
    assert [who for who, _ in Webhook.taken] == [carrier, carrier]
    assert Webhook.taken[0] == Webhook.taken[1]


@ALL
def test_an_answer_that_is_dropped_closes_the_connection(carriers: Served, carrier: str) -> None:
    path = {"fedex": "/fedex/oauth/token", "dhl": "/mydhlapi/tracking", "ems": "/ems/"}[carrier]
    carriers.desk(carrier, "faults", dropped_before=1)
    with pytest.raises(RemoteDisconnected):
        carriers.call("POST", path, {})
    assert carriers.call("POST", path, {})[0] in (200, 401)


def test_the_faults_of_one_carrier_leave_the_others_alone(carriers: Served) -> None:
    carriers.desk("dhl", "faults", too_many=1, retry_after_s=9)
    assert carriers.call("POST", "/fedex/oauth/token", {})[0] == 401
    assert carriers.call("GET", "/mydhlapi/tracking")[0] == 429
    assert carriers.call("POST", "/control/dhl/faults", {"typo": 1})[0] == 400


def test_a_delay_is_waited(carriers: Served) -> None:
    carriers.desk("ems", "faults", delay_s=0.2)
    begun = time.monotonic()
    carriers.call("POST", "/ems/", {})
    assert time.monotonic() - begun >= 0.2


def test_dhl_begins_to_push_after_its_handshake_and_only_dhl_has_one(carriers: Served) -> None:
    made = carriers.desk("dhl", "subscribe")
    assert made["status"] == 200
    assert carriers.call("POST", "/control/dhl/ready", {"id": made["id"]})[0] == 409
    asked = json.loads(Webhook.taken[-1][1])
    path = f"/unified/tracking/push/v1/subscription/{made['id']}"
    keys = {"DHL-API-Key": "key", "DHL-API-Hook-Secret": asked["secret"]}
    assert carriers.call("POST", path, **keys)[0] == 204
    assert carriers.desk("dhl", "ready", id=made["id"])["status"] == 200
    assert json.loads(Webhook.taken[-1][1])["scope"] == "subscription.ready"
    assert carriers.call("POST", "/control/ems/subscribe", {})[0] == 400


def test_a_webhook_that_acknowledges_in_the_wrong_way_does_not_content_china_post() -> None:
    class Careless(Webhook):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    careless = Served(ThreadingHTTPServer(("127.0.0.1", 0), Careless))
    ems = Served(server_of(EmsSimulator(KEY, clock=lambda: NOW), 0, f"http://127.0.0.1:{careless.port}/"))
    try:
        number = ems.desk("ems", "sell", reference="R", **{"from": SHANGHAI, "to": PARIS})["number"]
        told = ems.desk("ems", "scan", number=number, word="picked_up", at=AT, push=True, **SHANGHAI)
        assert (told["code"], told["status"]) == ("203", 200)
        assert "acknowledgement" in told["fault"]
    finally:
        ems.stop()
        careless.stop()
