"""A FedEx for the local stack and the tests: it speaks FedEx's documented wire shapes and remembers what it did.

``FedExSimulator.handle`` is pure and deterministic: method, path, headers and body in; status, headers and body out.
Like FedEx it is not idempotent: the same order twice buys two waybills, and it counts them, so that a test can ask
how often anything was really booked. ``serve`` puts it behind HTTP with a control desk under ``/control``.
"""

from __future__ import annotations

import hashlib
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from chalicelib.carriers.fedex.verify import HEADER, sign
from chalicelib.carriers.numbers import express_check_digit
from infra.local.fedex_wire import Refusal, error_body, result_of, wrapped

Answer = tuple[int, dict[str, str], bytes]
NUMBERS_PER_CALL = 30
TOKEN_LIFE_S = 3599
JSON = {"content-type": "application/json;charset=UTF-8"}
LABEL = b"%PDF-1.4\n% simulated label\n%%EOF\n"


@dataclass
class Scan:
    """One scan, in the words of FedEx's ``scanEvents``."""

    date: str
    code: str
    description: str
    city: str
    country: str
    exception_code: str = ""
    exception_description: str = ""


@dataclass
class Shipment:
    """A waybill that was bought, and where the parcel has been."""

    number: str
    reference: str
    ship_date: str
    ordered_at: str
    origin: dict[str, Any]
    destination: dict[str, Any]
    weight_kg: float
    cancelled_at: str = ""
    scans: list[Scan] = field(default_factory=list)


@dataclass
class Pickup:
    """A courier that was sent for."""

    code: str
    location: str
    reference: str
    waybill: str
    ready_at: str
    cancelled: bool = False


@dataclass
class Memory:
    """Everything the simulator knows; what is written to its file."""

    shipments: dict[str, Shipment] = field(default_factory=dict)
    pickups: list[Pickup] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    calls: int = 0
    last_push: str = ""


class FedExSimulator:
    """FedEx, as far as a return needs it.

    ``secret`` signs pushes. ``credentials`` are the client ids and secrets taken; none given takes any. ``account`` is
    the one account served; none given serves any. ``clock`` dates orders; without it they are dated by the midnight of
    their ship date. ``file`` keeps the state over a restart.
    """

    def __init__(
        self,
        secret: str,
        *,
        credentials: Mapping[str, str] | None = None,
        account: str | None = None,
        clock: Callable[[], datetime] | None = None,
        file: Path | None = None,
        first_number: int = 79464479013,
    ) -> None:
        self._secret, self._credentials, self._account = secret, credentials, account
        self._clock, self._file, self._first = clock, file, first_number
        self._lock = threading.RLock()
        self.memory = _remembered(file)
        self._routes: Mapping[tuple[str, str], Callable[[dict[str, Any], str], dict[str, Any]]] = {
            ("POST", "/ship/v1/shipments"): self._ship,
            ("PUT", "/ship/v1/shipments/cancel"): self._cancel_shipment,
            ("POST", "/pickup/v1/pickups"): self._pickup,
            ("PUT", "/pickup/v1/pickups/cancel"): self._cancel_pickup,
            ("POST", "/track/v1/trackingnumbers"): self._track,
            ("POST", "/track/v1/referencenumbers"): self._track_by_reference,
        }

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One call over the wire."""
        with self._lock:
            self.memory.calls += 1
            known = {name.lower(): value for name, value in headers.items()}
            transaction = f"sim-{self.memory.calls:08d}"
            try:
                status, said = 200, self._answer(method, path, known, body)
            except Refusal as refusal:
                status, said = refusal.status, error_body(refusal)
            said = {"transactionId": transaction, **_echo(known), **said} if path != "/oauth/token" else said
            self._keep()
            return status, dict(JSON), json.dumps(said).encode()

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
        """The parcel is scanned. A naive ``at`` is sent without an offset, as FedEx sometimes does."""
        with self._lock:
            said = at.isoformat(timespec="seconds")
            told = Scan(said, code, description or code, city, country, exception_code or "", exception_description)
            self._shipment(number).scans.append(told)
            self._keep()

    def push_said(self, number: str) -> dict[str, Any]:
        """What FedEx would push now about this parcel."""
        with self._lock:
            return {
                "transactionId": f"push-{number}-{len(self._shipment(number).scans)}",
                "outputMetaData": [{"attempt": 1}],
                "output": {"completeTrackResults": [self._complete(number)]},
            }

    def push_body(self, number: str) -> tuple[bytes, dict[str, str]]:
        """The bytes of that push, and the headers with its signature."""
        with self._lock:
            body = json.dumps(self.push_said(number), separators=(",", ":")).encode()
            self.memory.last_push = body.decode()
            self._keep()
            return body, self.signed(body)

    def signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        """The headers that carry FedEx's signature of these bytes; another ``secret`` makes a forgery."""
        return {"content-type": "application/json", HEADER: sign(body, secret or self._secret)}

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
            pickups = sum(one.waybill == number and not one.cancelled for one in self.memory.pickups)
            return self.bookings(reference)[0], pickups

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        if (method, path) == ("POST", "/oauth/token"):
            return self._token(body)
        route = self._routes.get((method, path))
        if route is None:
            raise Refusal(404, "NOT.FOUND.ERROR", "The resource you requested is no longer available.")
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.memory.tokens:
            raise Refusal(
                401, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again."
            )
        return {"output": route(_object(body), headers.get("x-customer-transaction-id", ""))}

    def _token(self, body: bytes) -> dict[str, Any]:
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        known = bool(client) and (self._credentials is None or self._credentials.get(client) == secret)
        if form.get("grant_type") != "client_credentials" or not known:
            raise Refusal(401, "NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")
        token = hashlib.sha256(f"{client}:{self.memory.calls}".encode()).hexdigest()
        self.memory.tokens = [*self.memory.tokens[-9:], token]
        return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE_S, "scope": "CXS"}

    def _ship(self, said: dict[str, Any], reference: str) -> dict[str, Any]:
        self._check_account(said, "accountNumber")
        wanted = _part(said, "requestedShipment")
        package = _first(wanted, "requestedPackageLineItems")
        number, ship_date = self._next_number(), _day(wanted.get("shipDatestamp"))
        shipment = Shipment(
            number=number,
            reference=_own_reference(package) or reference,
            ship_date=ship_date,
            ordered_at=self._dated(ship_date),
            origin=_part(_part(wanted, "shipper"), "address"),
            destination=_part(_first(wanted, "recipients"), "address"),
            weight_kg=float(_part(package, "weight")["value"]),
        )
        self.memory.shipments[number] = shipment
        return {"transactionShipments": [_bought(shipment, str(wanted.get("serviceType")))]}

    def _cancel_shipment(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self._check_account(said, "accountNumber")
        shipment = self._shipment(str(said.get("trackingNumber")))
        if shipment.cancelled_at or any(scan.code != "OC" for scan in shipment.scans):
            raise Refusal(400, "SHIPMENT.CANCELLATION.FAILED", "Unable to cancel the shipment.")
        shipment.cancelled_at = self._dated(shipment.ship_date)
        return {"cancelledShipment": True, "cancelledHistory": True, "successMessage": "Success"}

    def _pickup(self, said: dict[str, Any], reference: str) -> dict[str, Any]:
        self._check_account(said, "associatedAccountNumber")
        detail = _part(said, "originDetail")
        _part(_part(detail, "pickupLocation"), "address")
        ready = str(detail.get("readyDateTimestamp") or "")
        if not ready or not detail.get("customerCloseTime"):
            raise Refusal(400, "PICKUP.READYTIME.MISSING", "Please provide a valid ready and close time.")
        pickup = Pickup(
            code=str(3001 + len(self.memory.pickups)),
            location=f"{_part(_part(detail, 'pickupLocation'), 'address').get('countryCode', 'XX')}SA",
            reference=reference,
            waybill=str(said.get("trackingNumber") or ""),
            ready_at=ready,
        )
        self.memory.pickups.append(pickup)
        return {
            "pickupConfirmationCode": pickup.code,
            "message": "Courier on the way",
            "location": pickup.location,
            "alerts": [],
        }

    def _cancel_pickup(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self._check_account(said, "associatedAccountNumber")
        wanted = (said.get("pickupConfirmationCode"), said.get("location"), said.get("scheduledDate"))
        for pickup in self.memory.pickups:
            if (pickup.code, pickup.location, pickup.ready_at[:10]) == wanted and not pickup.cancelled:
                pickup.cancelled = True
                message = "Requested pickup has been cancelled Successfully."
                return {"pickupConfirmationCode": pickup.code, "cancelConfirmationMessage": message}
        raise Refusal(400, "PICKUP.NUMBER.EXPIRED", "The confirmation number, date or location is not known.")

    def _track(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        asked = said.get("trackingInfo")
        if not isinstance(asked, list) or not asked:
            raise Refusal(400, "TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number.")
        if len(asked) > NUMBERS_PER_CALL:
            raise Refusal(400, "TRACKING.TRACKINGNUMBER.MAXLIMIT", "Please limit your inquiry to 30 tracking numbers.")
        numbers = [str(_part(one, "trackingNumberInfo").get("trackingNumber") or "") for one in asked]
        return {"completeTrackResults": [self._complete(number) for number in numbers]}

    def _track_by_reference(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        wanted = _part(said, "referencesInformation")
        if not wanted.get("accountNumber") and not wanted.get("destinationCountryCode"):
            raise Refusal(400, "TRACKING.REFERENCEVALUE.INVALID", "Please provide account number or destination.")
        found = [one for one in self.memory.shipments.values() if one.reference == wanted.get("value")]
        if not found:
            raise Refusal(404, "TRACKING.REFERENCENUMBER.NOTFOUND", "Reference number cannot be found.")
        return {"completeTrackResults": [self._complete(one.number) for one in found]}

    def _complete(self, number: str) -> dict[str, Any]:
        return wrapped(number, result_of(self.memory.shipments.get(number), number))

    def _shipment(self, number: str) -> Shipment:
        try:
            return self.memory.shipments[number]
        except KeyError:
            raise Refusal(404, "TRACKING.TRACKINGNUMBER.NOTFOUND", "Tracking number cannot be found.") from None

    def _check_account(self, said: dict[str, Any], name: str) -> None:
        value = _part(said, name).get("value")
        if not value or self._account not in (None, value):
            raise Refusal(400, "ACCOUNTNUMBER.REGISTRATION.REQUIRED", "Please provide a registered account number.")

    def _next_number(self) -> str:
        eleven = str(self._first + len(self.memory.shipments))
        return eleven + express_check_digit(eleven)

    def _dated(self, ship_date: str) -> str:
        return self._clock().isoformat(timespec="seconds") if self._clock else f"{ship_date}T00:00:00"

    def _keep(self) -> None:
        if self._file is not None:
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps(asdict(self.memory)))
            written.replace(self._file)


def _bought(shipment: Shipment, service: str) -> dict[str, Any]:
    document = {
        "contentType": "LABEL",
        "copiesToPrint": 1,
        "docType": "PDF",
        "encodedLabel": b64encode(LABEL).decode(),
    }
    piece = {
        "masterTrackingNumber": shipment.number,
        "trackingNumber": shipment.number,
        "packageSequenceNumber": 1,
        "packageDocuments": [document],
    }
    return {
        "masterTrackingNumber": shipment.number,
        "serviceType": service,
        "serviceCategory": "EXPRESS",
        "shipDatestamp": shipment.ship_date,
        "pieceResponses": [piece],
        "shipmentDocuments": [],
        "alerts": [],
    }


def _remembered(file: Path | None) -> Memory:
    if file is None or not file.exists():
        return Memory()
    kept = json.loads(file.read_text())
    shipments = {
        number: Shipment(**{**one, "scans": [Scan(**scan) for scan in one["scans"]]})
        for number, one in kept.pop("shipments").items()
    }
    return Memory(shipments=shipments, pickups=[Pickup(**one) for one in kept.pop("pickups")], **kept)


def _day(said: object) -> str:
    try:
        return date.fromisoformat(str(said)).isoformat()
    except ValueError:
        raise Refusal(400, "SHIPDATESTAMP.INVALID", "Please provide a valid ship date.") from None


def _own_reference(package: Mapping[str, Any]) -> str:
    for one in package.get("customerReferences") or []:
        if one.get("customerReferenceType") == "CUSTOMER_REFERENCE":
            return str(one.get("value"))
    return ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refusal(422, "INVALID.INPUT.EXCEPTION", "Invalid field value in the input.")
    return said


def _part(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = said.get(name) if isinstance(said, Mapping) else None
    if not isinstance(part, dict):
        raise Refusal(400, "INVALID.INPUT.EXCEPTION", f"Please provide {name}.")
    return part


def _first(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    parts = said.get(name)
    return _part({name: parts[0] if isinstance(parts, list) and parts else None}, name)


def _echo(headers: Mapping[str, str]) -> dict[str, str]:
    reference = headers.get("x-customer-transaction-id")
    return {"customerTransactionId": reference} if reference else {}


def serve(
    port: int, webhook_url: str | None, secret: str, *, host: str = "127.0.0.1", file: Path | None = None
) -> None:
    """Serve until stopped: FedEx's paths, and the control desk under ``/control`` (see ``fedex_server``)."""
    from infra.local.fedex_server import server_of

    simulator = FedExSimulator(secret, clock=lambda: datetime.now(UTC), file=file)
    server_of(simulator, port, webhook_url, host=host).serve_forever()
