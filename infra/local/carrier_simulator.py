"""What the simulated carriers have in common: one memory, one way to be called, moved, counted and to go wrong.

``handle`` is deterministic: method, path, headers and body in; status, headers and body out. Like the carriers it is
not idempotent: the same order twice buys two waybills, and it counts them, so that a test can ask how often anything
was really booked. Each carrier adds its own wire (``dhl_simulator``, ``ems_simulator``, ``fedex_simulator``).
"""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from infra.local.carrier_faults import AnswerDropped, Faults
from infra.local.carrier_memory import Memory, Pickup, Scan, Shipment, keep, remembered
from infra.local.scenarios import Lane, Said, Step, ending_for, lane_between, scenario
from infra.local.stops import stop_of

Answer = tuple[int, dict[str, str], bytes]
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything is, for a carrier without a clock."""
FAULT_STATUSES = {"too_many": 429, "unauthorised": 401, "down": 503}


@dataclass
class Refusal(Exception):
    """The carrier says no: a status, the carrier's own code and its words; each carrier wraps them its own way."""

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call over the wire: header names in lower case, the query taken apart."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def asked(self, name: str) -> str:
        """The one value of a query parameter, or empty."""
        return self.query.get(name, [""])[0]


class CarrierSimulator(ABC):
    """One carrier, as far as a return needs it.

    ``secret`` proves what it pushes. ``credentials`` are the names and secrets taken; none given takes any. ``account``
    is the one account served; none given serves any. ``clock`` dates what is ordered, and bounds how far ahead a
    courier may be sent for; without it orders are dated by the midnight of their day. ``file`` keeps the state over a
    restart.
    """

    name: ClassVar[str]
    words: ClassVar[Mapping[str, Said]]
    wrong_secret: ClassVar[str] = "not the key"  # noqa: S105 - nobody's secret
    first_number: ClassVar[int]

    def __init__(
        self,
        secret: str,
        *,
        credentials: Mapping[str, str] | None = None,
        account: str | None = None,
        clock: Callable[[], datetime] | None = None,
        file: Path | None = None,
        first_number: int | None = None,
    ) -> None:
        self._secret, self._credentials, self._account = secret, credentials, account
        self._clock, self._file = clock, file
        self._first = self.first_number if first_number is None else first_number
        self._lock = threading.RLock()
        self.memory: Memory = remembered(file)
        self.faults = Faults()
        self._ending = ""

    # -- what a carrier is

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """One call in the carrier's own wire; a ``Refusal`` is wrapped by ``refused``."""

    @abstractmethod
    def refused(self, refusal: Refusal, call: Call) -> Answer:
        """A refusal in the carrier's own envelope."""

    @abstractmethod
    def number_of(self, serial: int) -> str:
        """The waybill number with this serial, check digit included."""

    @abstractmethod
    def push_said(self, number: str, claimed: Scan | None = None) -> dict[str, Any]:
        """What the carrier would push now about this parcel; ``claimed`` is a scan that only a forger knows of."""

    @abstractmethod
    def sealed(self, said: Mapping[str, Any], secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """A push as bytes, and the headers that prove it; another ``secret`` makes a forgery."""

    @abstractmethod
    def signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        """The headers under which the carrier pushes these bytes."""

    def fault_refusal(self, name: str) -> Refusal:
        """How the carrier says that it is asked too often, does not know who asks, or is down."""
        return Refusal(FAULT_STATUSES[name], name.upper(), f"simulated: {name}")

    def taken(self, status: int, body: bytes) -> str:
        """Why the carrier would push this again; empty when it is content with the answer."""
        del body
        return "" if status in (200, 202) else f"answered with {status}"

    # -- being called

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One call over the wire. Raises ``AnswerDropped`` where a fault says that it hangs up."""
        parts = urlsplit(path)
        known = {name.lower(): value for name, value in headers.items()}
        call = Call(method, parts.path, parse_qs(parts.query, keep_blank_values=True), known, body)
        with self._lock:
            self.memory.calls += 1
            if self.faults.take("dropped_before"):
                raise AnswerDropped(acted=False)
            answer = self._answered(call)
            keep(self.memory, self._file)
            if self.faults.take("dropped_after"):
                raise AnswerDropped(acted=True)
            return answer

    def _answered(self, call: Call) -> Answer:
        for name in FAULT_STATUSES:
            if self.faults.take(name):
                status, headers, body = self.refused(self.fault_refusal(name), call)
                return status, {**headers, **self._wait(status)}, body
        try:
            return self.answer(call)
        except Refusal as refusal:
            return self.refused(refusal, call)

    def _wait(self, status: int) -> dict[str, str]:
        seconds = self.faults.retry_after_s
        return {"retry-after": str(seconds)} if seconds is not None and status in (429, 503) else {}

    # -- being moved

    def scan(
        self,
        number: str,
        code: str,
        city: str,
        country: str,
        at: datetime,
        *,
        exception_code: str | None = None,
        description: str = "",
        exception_description: str = "",
    ) -> None:
        """The parcel is scanned, dated as ``at`` says it. A naive ``at`` is a wall clock without offset."""
        told = Scan(
            at.isoformat(timespec="seconds"),
            code,
            description or code,
            city,
            country,
            exception_code or "",
            exception_description,
        )
        with self._lock:
            self._shipment(number).scans.append(told)
            keep(self.memory, self._file)

    def play(
        self,
        number: str,
        until: datetime,
        *,
        name: str | None = None,
        start: datetime | None = None,
        lane: Lane | None = None,
    ) -> list[Step]:
        """Let the parcel's scenario happen up to an instant; gives the steps that are new.

        ``start`` None begins with the order, ``lane`` None is the way between the addresses of the order. Raises
        ValueError for an unknown scenario or a country that the simulated carriers do not serve.
        """
        with self._lock:
            shipment = self._shipment(number)
            begins = start or datetime.fromisoformat(shipment.ordered_at)
            steps = scenario(number, name, _aware(begins, until), lane or lane_between(*self.ends(shipment)))
            new = [step for step in steps if step.at <= until and self._happens(shipment, step)]
            keep(self.memory, self._file)
            return new

    def spoken(self, word: str, stop_city: str, country: str, at: datetime) -> Scan:
        """A scan in the carrier's own words. Raises ValueError for a word it has none for."""
        if word not in self.words:
            raise ValueError(f"{self.name} has no word for {word}; it has {', '.join(self.words)}")
        said = self.words[word]
        date = at.isoformat(timespec="seconds")
        return Scan(date, said.code, said.text, stop_city, country, said.exception_code, said.exception_text)

    def ends(self, shipment: Shipment) -> tuple[dict[str, str], dict[str, str]]:
        """City and country of both ends of a shipment."""
        return _end(shipment.origin), _end(shipment.destination)

    def _happens(self, shipment: Shipment, step: Step) -> bool:
        scans = shipment.earlier if step.earlier else shipment.scans
        told = self.spoken(step.word, step.stop.city, step.stop.country, step.at)
        if told in scans:
            return False
        scans.append(told)
        if step.earlier and not shipment.earlier_on:
            shipment.earlier_on = step.at.date().isoformat()
        return True

    def sell_next(self, name: str) -> None:
        """Let the next waybill that is sold have a number that stands for this scenario."""
        self._ending = ending_for(name)

    def sell_by_hand(
        self, reference: str, origin: Mapping[str, str], destination: Mapping[str, str], *, courier: bool
    ) -> str:
        """A waybill that a person orders at the carrier's counter or portal, with or without a courier; its number.
        Both ends are given by ``city`` and ``country``."""
        with self._lock:
            leaves, arrives = ({"city": one["city"], "countryCode": one["country"]} for one in (origin, destination))
            number, day = self._next_number(), (self._clock() if self._clock else FIRST_DAY).date().isoformat()
            self._sold(Shipment(number, reference, day, self._dated(day), leaves, arrives, weight_kg=0.5))
            if courier:
                self.memory.pickups.append(Pickup(number, "", reference, number, day))
            keep(self.memory, self._file)
            return number

    # -- pushing

    def push_body(self, number: str) -> tuple[bytes, dict[str, str]]:
        """The bytes that the carrier would push now about this parcel, and the headers that prove them."""
        with self._lock:
            body, headers = self.sealed(self.push_said(number))
            self.memory.last_push = body.decode()
            keep(self.memory, self._file)
            return body, headers

    def forged_body(self, number: str, claimed: Scan) -> tuple[bytes, dict[str, str]]:
        """What somebody without the secret would push to claim this scan."""
        with self._lock:
            return self.sealed(self.push_said(number, claimed), self.wrong_secret)

    # -- counting

    def bookings(self, reference: str) -> tuple[int, int]:
        """How many waybills and how many pickups were booked under this reference and not cancelled."""
        with self._lock:
            waybills = [one for one in self.memory.shipments.values() if one.reference == reference]
            pickups = [one for one in self.memory.pickups if one.reference == reference]
            return sum(not one.cancelled_at for one in waybills), sum(not one.cancelled for one in pickups)

    def booked_for(self, number: str) -> tuple[int, int]:
        """How many waybills share this one's reference, and how many pickups were booked for it."""
        with self._lock:
            reference = self._shipment(number).reference
            booked, _, cancelled = self.pickups_of(number)
            return self.bookings(reference)[0], booked - cancelled

    def pickups_of(self, number: str) -> tuple[int, int, int]:
        """How many pickups were booked for this waybill, how often they were changed, how many were cancelled."""
        with self._lock:
            pickups = [one for one in self.memory.pickups if one.waybill == number]
            return len(pickups), sum(one.changes for one in pickups), sum(one.cancelled for one in pickups)

    # -- what carriers share inside

    def _sold(self, shipment: Shipment) -> Shipment:
        self.memory.shipments[shipment.number] = shipment
        return shipment

    def _next_number(self) -> str:
        serial = self._first + len(self.memory.shipments)
        while not str(serial).endswith(self._ending) or self.number_of(serial) in self.memory.shipments:
            serial += 1
        self._ending = ""
        return self.number_of(serial)

    def _shipment(self, number: str) -> Shipment:
        try:
            return self.memory.shipments[number]
        except KeyError:
            raise self.not_found() from None

    def not_found(self) -> Refusal:
        """How the carrier says that it never sold a number."""
        return Refusal(404, "NOT.FOUND", "no shipment has this number")

    def _pickup_where(self, true: Callable[[Pickup], bool]) -> Pickup | None:
        return next((one for one in self.memory.pickups if not one.cancelled and true(one)), None)

    def _with(self, number: str, claimed: Scan | None) -> Shipment:
        shipment = self._shipment(number)
        return shipment if claimed is None else replace(shipment, scans=[*shipment.scans, claimed])

    def _dated(self, day: str) -> str:
        return self._clock().isoformat(timespec="seconds") if self._clock else f"{day}T00:00:00"

    def _serial_hash(self, *parts: object) -> str:
        return hashlib.sha256(":".join(map(str, (*parts, self.memory.calls))).encode()).hexdigest()


def local(scan: Scan) -> datetime:
    """When a scan was made, on the clock of its place; the offset stays where it is known."""
    return stop_of(scan.city, scan.country).clock(datetime.fromisoformat(scan.date))


def _aware(begins: datetime, until: datetime) -> datetime:
    return begins if begins.tzinfo else begins.replace(tzinfo=until.tzinfo)


def _end(address: Mapping[str, Any]) -> dict[str, str]:
    return {"city": str(address.get("city") or ""), "country": str(address.get("countryCode") or "")}
