"""The simulated carriers as the story sees them: one program to start, and a desk from which parcels are moved."""

from __future__ import annotations

import os
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local.child import LOOPBACK, Child, LocalRunError, port_is_free
from infra.local.door import Answer, Door
from infra.local.scenarios import Step
from infra.local.stack import ROOT
from infra.local.stops import Stop

START_S = 15.0
STOP_S = 5.0
PROGRAM = "infra.local.run_carriers"
TAKEN = (HTTPStatus.OK, HTTPStatus.ACCEPTED)
NAMES = {"fedex": "FedEx", "dhl": "DHL", "ems": "EMS"}


class SimulatedCarriers:
    """FedEx, DHL and China Post on one loopback port; the desk of the one that the story is told with."""

    def __init__(self, port: int, carrier: str, folder: Path, log: Path) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.carrier, self.name = carrier, NAMES[carrier]
        self.log = log
        self._folder, self._port = folder, port
        self._door = Door(port)
        self._child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.alive

    def addresses(self) -> dict[str, str]:
        """Where the product finds each interface, by the name of the template's parameter."""
        paths = {"FedexUrl": "fedex", "MydhlUrl": "mydhlapi", "DhlUnifiedUrl": "unified", "EmsUrl": "ems"}
        paths |= {"EcbUrl": "rates/ecb", "HmrcUrl": "rates/hmrc", "MetalsUrl": "rates/metals"}
        paths |= {"StripeUrl": "stripe"}
        found = {parameter: f"{self.url}/{path}" for parameter, path in paths.items()}
        return found | {"PublicUrl": self.url, "PaymentSandbox": str(self.payments)}

    def start(self, webhooks: str, secrets: Path, mails: str) -> None:
        """Start them: below which address they push, with which secrets, and where the mails that left can be seen.
        Raises LocalRunError when it cannot."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "CARRIERS_PORT": str(self._port),
            "CARRIERS_WEBHOOKS": webhooks,
            "CARRIERS_SECRETS": str(secrets.resolve()),
            "CARRIERS_MAILS": mails,
            "CARRIERS_API": webhooks.removesuffix("/v1/webhooks"),
            "CARRIERS_MEMORY": str(self._folder.resolve()),
        }
        python = ROOT / ".venv" / "bin" / "python"
        self._child = Child("the simulated carriers", python, [PROGRAM], self.log, environment)
        self._child.start()
        self._child.wait_ready(lambda: not port_is_free(self._port), START_S)

    def turn_to(self, carrier: str) -> None:
        """From now on the parcels of this one are moved: another parcel of the same case may go by another carrier."""
        self.carrier, self.name = carrier, NAMES[carrier]

    def stop(self) -> None:
        """Stop them; their parcels stay in their files."""
        if self._child:
            self._child.stop(STOP_S)

    def scan(self, number: str, step: Step, *, push: bool) -> str:
        """Let this happen to the parcel; pushed to the webhook, or only told when the carrier is asked.

        Gives the carrier's code for it. Raises LocalRunError when the webhook does not take the push.
        """
        told = self._desk("scan", {**_told(number, step), "push": push})
        if push and (told["status"] not in TAKEN or "fault" in told):
            raise LocalRunError(f"the webhook with {told['code']} failed: {told.get('fault', told['status'])}")
        code: str = told["code"]
        return code

    def push_forged(self, number: str, step: Step) -> int:
        """Send a webhook that the carrier's secret did not make; the status it is answered with."""
        status: int = self._desk("push-forged", _told(number, step))["status"]
        return status

    def push_again(self) -> int:
        """Send the last webhook again, byte for byte; the status it is answered with."""
        status: int = self._desk("push-again", {})["status"]
        return status

    def subscribe(self) -> str:
        """Ask DHL for pushes; it answers with a question to the webhook. Gives the subscription's id."""
        told = self._desk("subscribe", {})
        if told["status"] not in TAKEN:
            raise LocalRunError(f"the handshake was answered with {told['status']}")
        made: str = told["id"]
        return made

    def subscription(self, made: str) -> str:
        """How far the handshake is: created, confirmed, ready."""
        status: str = self._desk("subscriptions", {})["subscriptions"][made]["status"]
        return status

    def ready(self, made: str) -> int:
        """DHL says that pushes begin; the status it is answered with."""
        status: int = self._desk("ready", {"id": made})["status"]
        return status

    def order_by_hand(self, reference: str, origin: Stop, destination: Stop) -> str:
        """A person orders the waybill and the courier at the carrier's counter; the waybill's number."""
        ends = {"from": {"city": origin.city, "country": origin.country}}
        ends["to"] = {"city": destination.city, "country": destination.country}
        number: str = self._desk("sell", {"reference": reference, **ends, "courier": True})["number"]
        return number

    def booked(self, number: str) -> tuple[int, int]:
        """How many waybills and pickups the carrier has sold for this parcel."""
        sold = self._desk("booked", {"number": number})
        return sold["waybills"], sold["pickups"]

    def outbox(self) -> Mapping[str, Any]:
        """The mails and posts that have left the house."""
        told: Mapping[str, Any] = self._door.call("GET", "/outbox.json").body
        return told

    def visit(self, link: str) -> Answer:
        """A customer's page behind its link, as a browser asks for it."""
        return self._door.follow(link)

    def send_form(self, link: str, form: str) -> Answer:
        """A form of that page, sent as a browser does."""
        path = urlsplit(link).path
        return self._door.call(
            "POST", path, form.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
        )

    @property
    def payments(self) -> Path:
        """Where the payments of this stage are written down."""
        return (self._folder / "payments").resolve()

    def _desk(self, what: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._door.call("POST", f"/control/{self.carrier}/{what}", body)
        if answer.status != HTTPStatus.OK:
            raise LocalRunError(f"the simulated {self.name} refused {what}: {answer.status} {answer.text[:300]}")
        told: Mapping[str, Any] = answer.body
        return told


def _told(number: str, step: Step) -> dict[str, Any]:
    return {
        "number": number,
        "word": step.word,
        "city": step.stop.city,
        "country": step.stop.country,
        "at": step.at.isoformat(),
    }
