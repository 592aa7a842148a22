"""The simulated FedEx behind HTTP, with a control desk from which a story or a test moves parcels.

    POST /control/scan         {number, code, city, country, at, description?, exception_code?,
                                exception_description?, push?}      the parcel is scanned, and told if ``push``
    POST /control/push         {number}                             FedEx tells where the parcel is
    POST /control/push-again   {}                                   the last push once more, byte for byte
    POST /control/push-forged  the fields of a scan                 somebody without the key claims that scan
    GET  /control/booked?number= or ?reference=                     {waybills, pickups}, cancelled ones not counted
    GET  /control/shipments                                         every waybill that was bought

A push answers ``{"status": n}``: what the webhook said, 0 when nobody answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from infra.local.fedex_simulator import FedExSimulator
from infra.local.fedex_wire import Refusal, error_body

PUSH_TIMEOUT_S = 30.0
NOBODY = 0
NOT_THE_KEY = "not the key"
Said = Mapping[str, Any]


class ControlDesk:
    """What can be asked of the simulator that FedEx would never be asked."""

    def __init__(self, simulator: FedExSimulator, webhook_url: str | None) -> None:
        self._simulator, self._webhook_url = simulator, webhook_url
        self._desks: Mapping[str, Callable[[Said], Said]] = {
            "scan": self._scan,
            "push": self._push_now,
            "push-again": self._push_again,
            "push-forged": self._push_forged,
            "booked": self._booked,
            "shipments": self._shipments,
        }

    def handle(self, name: str, said: Said) -> tuple[int, Said]:
        """One question to the desk."""
        desk = self._desks.get(name)
        if desk is None:
            return 404, {"error": f"the desk has no {name}"}
        try:
            return 200, desk(said)
        except Refusal as refusal:
            return refusal.status, error_body(refusal)
        except (KeyError, ValueError, TypeError) as wrong:
            return 400, {"error": f"{type(wrong).__name__}: {wrong}"}

    def _scan(self, said: Said) -> Said:
        _make(self._simulator, said)
        return self._push_now(said) if said.get("push") else {}

    def _push_now(self, said: Said) -> Said:
        return {"status": self._push(*self._simulator.push_body(said["number"]))}

    def _push_again(self, _: Said) -> Said:
        body = self._simulator.memory.last_push.encode()
        return {"status": self._push(body, self._simulator.signed(body))}

    def _push_forged(self, said: Said) -> Said:
        told = self._simulator.push_said(said["number"])
        scans = told["output"]["completeTrackResults"][0]["trackResults"][0]["scanEvents"]
        scans.insert(0, {**scans[0], "eventType": said["code"], "date": said["at"]})
        forged = json.dumps(told).encode()
        return {"status": self._push(forged, self._simulator.signed(forged, secret=NOT_THE_KEY))}

    def _booked(self, said: Said) -> Said:
        by_number = "number" in said
        find = self._simulator.booked_for if by_number else self._simulator.bookings
        waybills, pickups = find(said["number"] if by_number else said["reference"])
        return {"waybills": waybills, "pickups": pickups}

    def _shipments(self, _: Said) -> Said:
        return {"shipments": [asdict(one) for one in self._simulator.memory.shipments.values()]}

    def _push(self, body: bytes, headers: Mapping[str, str]) -> int:
        if not self._webhook_url:
            return NOBODY
        request = Request(self._webhook_url, data=body, headers=dict(headers), method="POST")  # noqa: S310
        try:
            with urlopen(request, timeout=PUSH_TIMEOUT_S) as answer:  # noqa: S310 - the address it was started with
                status: int = answer.status
                return status
        except HTTPError as refused:
            return refused.code
        except (OSError, HTTPException):
            return NOBODY


def server_of(
    simulator: FedExSimulator, port: int, webhook_url: str | None, *, host: str = "127.0.0.1"
) -> ThreadingHTTPServer:
    """The server, bound but not yet serving; port 0 takes a free one."""
    desk = ControlDesk(simulator, webhook_url)

    class Handler(BaseHTTPRequestHandler):
        """One connection: FedEx's paths and the desk's."""

        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet: bodies and addresses do not belong in a log."""

        def _serve(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if url.path.startswith("/control/"):
                status, said = desk.handle(url.path.removeprefix("/control/"), _asked(url.query, body))
                self._answer(status, {"content-type": "application/json"}, json.dumps(said).encode())
            else:
                self._answer(*simulator.handle(self.command, url.path, dict(self.headers.items()), body))

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - names that http.server calls

    return ThreadingHTTPServer((host, port), Handler)


def _asked(query: str, body: bytes) -> Said:
    if not body:
        return {name: values[0] for name, values in parse_qs(query).items()}
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _make(simulator: FedExSimulator, said: Said) -> None:
    simulator.scan(
        said["number"],
        said["code"],
        said["city"],
        said["country"],
        datetime.fromisoformat(said["at"]),
        exception_code=said.get("exception_code"),
        description=said.get("description") or "",
        exception_description=said.get("exception_description") or "",
    )
