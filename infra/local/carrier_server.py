"""The simulated carriers behind HTTP, on one port: each under its own path, its desk under ``/control/<carrier>/``.

/fedex/...                 FedEx, whose token, tracking, shipping and pickup calls begin here
/mydhlapi/...              MyDHL, the path that DHL's own addresses have
/unified/...               DHL Shipment Tracking - Unified, pull and push
/ems/...                   China Post's open API
/rates/...                 publishers of exchange rates and metal prices (``published_rates``)
/v1/c/...                  customers' pages, as a domain of the merchant's own would have them (``front_door``)
/receivers/<id>, /outbox   where chat posts and webhooks arrive, and the page that shows them and the mails (``outbox``)
/control/<carrier>/...     the desk (``carrier_desk``); ``/control/...`` where one carrier alone is served
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from infra.local.carrier_desk import ControlDesk, Said
from infra.local.carrier_faults import AnswerDropped
from infra.local.carrier_simulator import Answer, CarrierSimulator
from infra.local.front_door import FrontDoor
from infra.local.outbox import Outbox
from infra.local.published_rates import answered

CARRIER_OF_PATH = {"fedex": "fedex", "mydhlapi": "dhl", "unified": "dhl", "ems": "ems"}
CONTROL = "/control/"


class Counter:
    """Which simulator answers a path, and which desk."""

    def __init__(
        self,
        simulators: Sequence[CarrierSimulator],
        webhooks: Mapping[str, str | None],
        outbox: Outbox | None = None,
        front_door: FrontDoor | None = None,
    ) -> None:
        self._outbox, self._front_door = outbox, front_door
        self._simulators = {one.name: one for one in simulators}
        self._desks = {one.name: ControlDesk(one, webhooks.get(one.name)) for one in simulators}
        self._only = simulators[0].name if len(simulators) == 1 else None

    def desk(self, path: str, said: Said) -> tuple[int, Said]:
        """One question to a desk."""
        carrier, _, name = path.removeprefix(CONTROL).rpartition("/")
        desk = self._desks.get(carrier or self._only or "")
        if desk is None:
            return 404, {"error": f"there is no desk {path}; there is {CONTROL}{{{'|'.join(self._desks)}}}/..."}
        return desk.handle(name, said)

    def carrier(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One call to a carrier. Raises ``AnswerDropped`` where it hangs up."""
        entered = self._front_door and self._front_door.handle(method, target, headers, body)
        if entered:
            return entered
        shown = self._outbox and self._outbox.handle(method, urlsplit(target).path, headers, body)
        if shown:
            return shown
        first = urlsplit(target).path.split("/")[1]
        if first == "rates":
            return answered(urlsplit(target).path.removeprefix("/rates"), datetime.now(UTC).date())
        name = self._only or CARRIER_OF_PATH.get(first)
        simulator = self._simulators.get(name or "")
        if simulator is None:
            return 404, {"content-type": "text/plain"}, b"no carrier is served under this path\n"
        path = target.removeprefix(f"/{first}") if CARRIER_OF_PATH.get(first) == name != "dhl" else target
        if simulator.faults.delay_s:
            time.sleep(simulator.faults.delay_s)
        return simulator.handle(method, path, headers, body)


def server_of(
    simulators: CarrierSimulator | Sequence[CarrierSimulator],
    port: int,
    webhook_url: str | Mapping[str, str | None] | None,
    *,
    host: str = "127.0.0.1",
    outbox: Outbox | None = None,
    front_door: FrontDoor | None = None,
) -> ThreadingHTTPServer:
    """The server, bound but not yet serving; port 0 takes a free one.

    ``webhook_url`` is where to push: one address, or one for each carrier.
    """
    served = [simulators] if isinstance(simulators, CarrierSimulator) else list(simulators)
    webhooks = webhook_url if isinstance(webhook_url, Mapping) else {one.name: webhook_url for one in served}
    counter = Counter(served, webhooks, outbox, front_door)

    class Handler(BaseHTTPRequestHandler):
        """One connection: the carriers' paths and the desks'."""

        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet: bodies and addresses do not belong in a log."""

        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if url.path.startswith(CONTROL):
                status, said = counter.desk(url.path, _asked(url.query, body))
                self._answer(status, {"content-type": "application/json"}, json.dumps(said).encode())
                return
            try:
                answer = counter.carrier(self.command, self.path, dict(self.headers.items()), body)
            except AnswerDropped:
                self.close_connection = True
                return
            self._answer(*answer)

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - names that http.server calls

    return ThreadingHTTPServer((host, port), Handler)


def _asked(query: str, body: bytes) -> Said:
    if not body:
        return {name: values[0] for name, values in parse_qs(query).items()}
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
