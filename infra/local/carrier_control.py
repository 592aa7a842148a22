"""The simulated FedEx as the story sees it: a program to start, and a desk from which parcels are moved."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from infra.local.child import LOOPBACK, Child, LocalRunError, port_is_free
from infra.local.door import Door
from infra.local.local_secrets import webhook_key
from infra.local.ring import Scan
from infra.local.stack import ROOT

START_S = 15.0
STOP_S = 5.0
PROGRAM = "infra.local.run_fedex"
TAKEN = (HTTPStatus.OK, HTTPStatus.ACCEPTED)


class SimulatedCarrier:
    """FedEx on loopback."""

    def __init__(self, port: int, log: Path, memory: Path) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = log
        self._memory = memory
        self._port = port
        self._door = Door(port)
        self._child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.alive

    def start(self, webhook_url: str, values: Mapping[str, Any]) -> None:
        """Start it: where it pushes, signed with which key. Raises LocalRunError when it cannot."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "FEDEX_PORT": str(self._port),
            "FEDEX_WEBHOOK_URL": webhook_url,
            "FEDEX_WEBHOOK_KEY": webhook_key(values),
            "FEDEX_MEMORY": str(self._memory),
        }
        python = ROOT / ".venv" / "bin" / "python"
        self._child = Child("the simulated FedEx", python, [PROGRAM], self.log, environment)
        self._child.start()
        self._child.wait_ready(lambda: not port_is_free(self._port), START_S)

    def stop(self) -> None:
        """Stop it; its parcels stay in its file."""
        if self._child:
            self._child.stop(STOP_S)

    def scan(self, number: str, scan: Scan, opened: datetime, *, push: bool) -> None:
        """Let this happen to the parcel; pushed as a signed webhook, or only told when FedEx is asked."""
        told = self._desk("scan", {**_told(number, scan, opened), "push": push})
        if push and (status := told["status"]) not in TAKEN:
            raise LocalRunError(f"the webhook with {scan.code} was answered with {status}")

    def push_forged(self, number: str, scan: Scan, opened: datetime) -> int:
        """Send a webhook signed with a key that is not the carrier's; the status it is answered with."""
        status: int = self._desk("push-forged", _told(number, scan, opened))["status"]
        return status

    def push_again(self) -> int:
        """Send the last webhook again, byte for byte; the status it is answered with."""
        status: int = self._desk("push-again", {})["status"]
        return status

    def booked(self, number: str) -> tuple[int, int]:
        """How many waybills and pickups the carrier has sold for this parcel."""
        sold = self._desk("booked", {"number": number})
        return sold["waybills"], sold["pickups"]

    def _desk(self, what: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._door.call("POST", f"/control/{what}", body)
        if answer.status != HTTPStatus.OK:
            raise LocalRunError(f"the simulated FedEx refused {what}: {answer.status} {answer.text[:300]}")
        told: Mapping[str, Any] = answer.body
        return told


def _told(number: str, scan: Scan, opened: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "code": scan.code,
        "description": scan.text,
        "city": scan.city,
        "country": scan.country,
        "at": scan.when(opened).isoformat(),
    }
