"""A desk whose parcel goes by the carrier of the test, over that carrier's own simulated wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierOutcomeUnknown
from chalicelib.returns.case import PickupWish
from chalicelib.workflows import change_pickup
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.change_pickup import HoursAsked
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.read_case import read_case
from infra.local.carrier_simulator import CarrierSimulator
from infra.local.dhl_simulator import DhlSimulator
from infra.local.fedex_simulator import FedExSimulator
from tests.fakes.memory_ports import SECRETS
from tests.faults.gate import Fault, Gate
from tests.faults.world import MONDAY, World
from tests.workflows.desk import REQUEST, Desk

SIMULATORS: dict[str, Callable[[], CarrierSimulator]] = {
    "fedex": lambda: FedExSimulator(SECRETS["webhooks"]["fedex"][0]),
    "dhl": lambda: DhlSimulator(SECRETS["webhooks"]["dhl"][0]),
}
HOST = {"fedex": "fedex", "dhl": "mydhl"}
Answerer = Callable[[HttpRequest], HttpResponse | None]


class Interposed:
    """The wire, with somebody who may answer instead of the carrier; None lets the call through."""

    def __init__(self, wire: Any, answers: Answerer) -> None:
        self.wire, self.answers = wire, answers

    def call(self, carrier: str, request: HttpRequest) -> HttpResponse:
        return self.answers(request) or self.wire.call(carrier, request)


class CourierDesk(Desk):
    """A ring in Paris, its waybill and courier not yet asked for."""

    def __init__(self, carrier: str = "fedex", *, fault: Fault | None = None, **changed: Any) -> None:
        self.world = World(Gate(fault), carrier=SIMULATORS[carrier]())  # type: ignore[arg-type]
        self.ports = self.world.ports
        self.request = replace(REQUEST, carrier=carrier, **changed)
        self.paths: list[str] = []

    def opened(self, now: datetime = MONDAY) -> CourierDesk:
        self.open(self.request, now=now)
        return self

    def booked(self) -> CourierDesk:
        """Opened, with the waybill bought and its courier ordered."""
        self.opened()
        self.world.pump()
        return self

    def interpose(self, answers: Answerer) -> None:
        self.world.ports = self.ports = replace(self.ports, link=Interposed(self.ports.link, answers))

    def mute(self, method: str, path: str, *, carries_out: bool = True) -> None:
        """The carrier's answer to this changing call never comes back."""

        def answers(request: HttpRequest) -> HttpResponse | None:
            if (request.method, request.path.partition("?")[0]) != (method, path):
                return None
            if carries_out:
                self.world.wire.call(HOST[self.world.carrier.name], request)
            raise CarrierOutcomeUnknown("no answer")

        self.interpose(answers)

    def ask(self, on: str | None = None, ready_from: str | None = None, until: str | None = None, **named: Any) -> Any:
        said = {"holder": "anna", "idempotency_key": None, "body_digest": "d", "now": self.world.now, **named}
        return change_pickup.book_pickup(
            self.ports, "case0001", hours(on, ready_from, until), said.pop("leg", None), **said
        )

    def change(
        self, on: str | None = None, ready_from: str | None = None, until: str | None = None, **named: Any
    ) -> Any:
        said = {"holder": "anna", "now": self.world.now, **named}
        pickup = said.pop("pickup", "1-1")
        return change_pickup.change_pickup(self.ports, "case0001", pickup, hours(on, ready_from, until), **said)

    def call_off(self, pickup: str = "1-1", **named: Any) -> Any:
        said = {"holder": "anna", "now": self.world.now, **named}
        return change_pickup.cancel_pickup(self.ports, "case0001", pickup, **said)

    def cancel(self) -> Any:
        return cancel_case(self.ports, "case0001", reason="customer_keeps_it", holder="anna", now=self.world.now)

    @property
    def couriers(self) -> tuple[int, int, int]:
        """Couriers sent, changes made, couriers called off, as the carrier counts them."""
        return self.world.carrier.pickups_of(self.file.legs[0].number)

    @property
    def pickup(self) -> dict[str, Any]:
        """The last pickup, as the case shows it."""
        found: dict[str, Any] = read_case(self.ports, "case0001")["legs"][0]["pickups"][-1]
        return found

    @property
    def track(self) -> Any:
        leg = self.file.legs[0]
        return self.ports.tracks.file(leg.carrier, leg.number).tracks[0]

    @property
    def troubles(self) -> list[tuple[str, str | None]]:
        """What stands open before a person, by kind and reason."""
        return [(one.kind, one.reason) for one in self.file.exceptions if one.status != "resolved"]

    def exception(self, kind: str) -> Any:
        return next(one for one in self.file.exceptions if one.kind == kind)

    def all_bookings(self, kind: str) -> list[Any]:
        return sorted((one for one in self.file.bookings if one.kind == kind), key=lambda one: one.n)


def hours(on: str | None, ready_from: str | None, until: str | None) -> HoursAsked:
    from datetime import date

    return HoursAsked(date.fromisoformat(on) if on else None, ready_from, until)


def wish(on: str, ready_from: str = "10:00", until: str = "16:00") -> PickupWish:
    from datetime import date

    return PickupWish(date.fromisoformat(on), ready_from, until)


def json_answer(status: int, said: Any) -> HttpResponse:
    return HttpResponse(status, {"content-type": "application/json"}, json.dumps(said).encode())
