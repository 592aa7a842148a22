"""A DHL for the local stack and the tests: MyDHL (orders, couriers, tracking) and Unified (tracking, push).

>>> DhlSimulator("token").handle("GET", "/mydhlapi/tracking", {}, b"")[0]
401
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from chalicelib.carriers.dhl.access import message_reference
from chalicelib.carriers.dhl.verify import HEADER
from infra.local.carrier_memory import Pickup, Scan, Shipment, keep
from infra.local.carrier_simulator import Answer, Call, CarrierSimulator, Refusal
from infra.local.dhl_orders import checked_pickup, checked_shipment, dispatch_number
from infra.local.dhl_unified_wire import TOO_MANY, handshake, problem, pulled, pushed
from infra.local.dhl_wire import WORDS, bought, error_body, products, tracked
from infra.local.scenarios import Said
from infra.local.stops import hub_of

NUMBERS_PER_CALL = 200
JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json"}
MYDHL, UNIFIED, PUSH = "/mydhlapi", "/track/shipments", "/tracking/push/v1"
Route = tuple[str, str, Callable[[Call, "re.Match[str]"], tuple[int, dict[str, Any]]]]


class DhlSimulator(CarrierSimulator):
    """DHL, as far as a return needs it. ``secret`` is the token that we gave with our subscription;
    ``credentials`` are the users and passwords of MyDHL, and under ``unified`` the key of the Unified API."""

    name: ClassVar[str] = "dhl"
    words: ClassVar[Mapping[str, Said]] = WORDS
    first_number: ClassVar[int] = 579376551

    # -- DHL's wire

    def answer(self, call: Call) -> Answer:
        """One call to either interface, with or without the path that the address of DHL has."""
        path = re.sub(r"^(/mydhlapi(/test)?|/unified)(?=/)", "", call.path)
        if path.startswith((UNIFIED, PUSH)):
            return self._unified(call, path)
        self._check_user(call)
        for method, pattern, route in self._routes():
            found = re.fullmatch(pattern, path)
            if found and method == call.method:
                status, said = route(call, found)
                return status, dict(JSON), json.dumps(said).encode()
        raise Refusal(404, "Not found", "The requested resource was not found")

    def refused(self, refusal: Refusal, call: Call) -> Answer:
        """MyDHL's envelope, or problem+json of the Unified API."""
        if "/track/" in call.path or "/tracking/push/" in call.path:
            return refusal.status, dict(PROBLEM), json.dumps(problem(refusal, call.path)).encode()
        return refusal.status, dict(JSON), json.dumps(error_body(refusal, call.path)).encode()

    def fault_refusal(self, name: str) -> Refusal:
        """DHL's words for too many calls, wrong credentials and being down."""
        words = {
            "too_many": (429, "Too Many Requests", TOO_MANY),
            "unauthorised": (401, "Unauthorized", "Invalid Credentials"),
        }
        return Refusal(*words.get(name, (503, "Service Unavailable", "The service is temporarily unavailable")))

    def number_of(self, serial: int) -> str:
        """Ten digits: the first nine modulo seven are the last."""
        return f"{serial:09d}{serial % 7}"

    def not_found(self) -> Refusal:
        """MyDHL's words for a number it does not know."""
        return Refusal(404, "Not data found", "No data found")

    def _routes(self) -> tuple[Route, ...]:
        return (
            ("POST", "/shipments", self._ship),
            ("GET", "/tracking", self._track),
            ("GET", "/shipments/([^/]+)/tracking", self._track_one),
            ("POST", "/pickups", self._pickup),
            ("PATCH", "/pickups/([^/]+)", self._change_pickup),
            ("DELETE", "/pickups/([^/]+)", self._cancel_pickup),
            ("GET", "/products", self._products),
        )

    def _check_user(self, call: Call) -> None:
        given = call.headers.get("authorization", "")
        try:
            user, _, password = b64decode(given.removeprefix("Basic "), validate=True).decode().partition(":")
        except ValueError:
            user, password = "", ""
        known = self._credentials is None or (user in self._credentials and self._credentials[user] == password)
        if not given.startswith("Basic ") or not user or not known:
            raise Refusal(401, "Unauthorized", "Invalid Credentials")

    def _check_account(self, number: str | None) -> None:
        if not number or self._account not in (None, number):
            raise Refusal(400, "Bad request", "Invalid account number")

    # -- waybills

    def _ship(self, call: Call, _: re.Match[str]) -> tuple[int, dict[str, Any]]:
        order = checked_shipment(_object(call.body), self._here)
        self._check_account(order.account)
        base = f"https://{call.headers.get('host', 'express.api.dhl.com')}{MYDHL}"
        if call.asked("validateDataOnly") == "true":
            return 201, {"url": f"{base}/shipments", "warnings": ["Only validation was requested: nothing was created"]}
        number = self._next_number()
        shipment = Shipment(
            number=number,
            reference=order.reference or call.headers.get("message-reference", ""),
            ship_date=order.planned[:10],
            ordered_at=self._dated(order.planned[:10]),
            origin=order.origin,
            destination=order.destination,
            weight_kg=order.weight_kg,
            service=order.product,
            pieces=[f"JD0146{int(number):010d}{count:04d}" for count in range(1, order.packages + 1)],
        )
        self._sold(shipment)
        dispatch = None
        if order.courier:
            dispatch = self._send_courier(shipment.reference, number, order.planned, order.account)
        return 201, bought(shipment, order.images, dispatch, base)

    # -- couriers

    def _send_courier(self, reference: str, waybill: str, planned: str, account: str) -> str:
        code = dispatch_number(self._origin_of(waybill), planned, len(self.memory.pickups) + 1)
        self.memory.pickups.append(Pickup(code, account, reference, waybill, planned))
        return code

    def _origin_of(self, waybill: str) -> str:
        shipment = self.memory.shipments.get(waybill)
        return hub_of(str(shipment.origin["countryCode"])).area if shipment else "DHL"

    def _pickup(self, call: Call, _: re.Match[str]) -> tuple[int, dict[str, Any]]:
        order = checked_pickup(_object(call.body), self._here)
        self._check_account(order.account)
        reference = call.headers.get("message-reference", "")
        codes = [
            self._send_courier(reference, waybill, order.planned, order.account) for waybill in order.waybills or ("",)
        ]
        day = order.planned[:10]
        return 201, {
            "dispatchConfirmationNumbers": codes, "readyByTime": order.planned[11:16], "nextPickupDate": day,
            "warnings": [],
        }  # fmt: skip

    def _change_pickup(self, call: Call, found: re.Match[str]) -> tuple[int, dict[str, Any]]:
        said = _object(call.body)
        order = checked_pickup(said, self._here, also=("dispatchConfirmationNumber", "originalShipperAccountNumber"))
        pickup = self._known_pickup(found[1])
        if said["originalShipperAccountNumber"] != pickup.location:
            raise Refusal(400, "5556", "The account number is not the one that the pickup was requested with")
        pickup.ready_at, pickup.changes = order.planned, pickup.changes + 1
        told = {"dispatchConfirmationNumber": pickup.code, "readyByTime": order.planned[11:16]}
        return 200, {**told, "nextPickupDate": order.planned[:10], "warnings": []}

    def _cancel_pickup(self, call: Call, found: re.Match[str]) -> tuple[int, dict[str, Any]]:
        for name in ("requestorName", "reason"):
            if not call.asked(name):
                raise Refusal(400, "Bad request", f"Missing mandatory parameters: {name}")
        pickup = self._known_pickup(found[1])
        pickup.cancelled = True
        return 200, {"dispatchConfirmationNumber": pickup.code, "status": "cancelled"}

    def _known_pickup(self, code: str) -> Pickup:
        pickup = self._pickup_where(lambda one: one.code == code)
        if pickup is None:
            raise Refusal(404, "Not found", "Requested Pickup was not found")
        return pickup

    def _products(self, call: Call, _: re.Match[str]) -> tuple[int, dict[str, Any]]:
        needed = (
            "accountNumber", "originCountryCode", "originCityName", "destinationCountryCode", "destinationCityName",
            "weight", "length", "width", "height", "plannedShippingDate", "isCustomsDeclarable", "unitOfMeasurement",
        )  # fmt: skip
        missing = [name for name in needed if not call.asked(name)]
        if missing:
            raise Refusal(400, "Bad request", f"Missing mandatory parameters: {', '.join(missing)}")
        self._check_account(call.asked("accountNumber"))
        try:
            planned = datetime.fromisoformat(call.asked("plannedShippingDate"))
            country = call.asked("originCountryCode")
            return 200, products(country, call.asked("destinationCountryCode"), planned, self._here(country))
        except ValueError as wrong:
            raise Refusal(404, "Not found", f"The requested product(s) not available: {wrong}") from None

    def _here(self, country: str) -> datetime | None:
        try:
            return hub_of(country).clock(self._clock()) if self._clock else None
        except ValueError:
            return self._clock() if self._clock else None

    def bookings(self, reference: str) -> tuple[int, int]:
        """As for every carrier; DHL knows our pickups by the message reference of the call that ordered them."""
        waybills, pickups = super().bookings(reference)
        by_message = super().bookings(message_reference(reference))[1]
        return waybills, pickups + by_message

    # -- tracking

    def _track(self, call: Call, _: re.Match[str]) -> tuple[int, dict[str, Any]]:
        numbers = call.query.get("shipmentTrackingNumber", [])
        if len(numbers) > NUMBERS_PER_CALL:
            raise Refusal(400, "Bad request", "The maximum number of shipmentTrackingNumber is 200")
        if not numbers:
            return self._track_reference(call)
        found = [self.memory.shipments[one] for one in dict.fromkeys(numbers) if one in self.memory.shipments]
        if not found:
            raise self.not_found()
        return 200, {"shipments": [entry for one in found for entry in self._tracked(one, call, offsets=False)]}

    def _track_reference(self, call: Call) -> tuple[int, dict[str, Any]]:
        needed = ("shipmentReference", "shipmentReferenceType", "shipperAccountNumber", "dateRangeFrom", "dateRangeTo")
        missing = [name for name in needed if not call.asked(name)]
        if missing:
            raise Refusal(400, "Bad request", f"Missing mandatory parameters: {', '.join(missing)}")
        wanted, begin, end = (call.asked(name) for name in ("shipmentReference", "dateRangeFrom", "dateRangeTo"))
        found = [
            one for one in self.memory.shipments.values()
            if one.reference == wanted and begin[:10] <= one.ordered_at[:10] <= end[:10]
        ]  # fmt: skip
        if not found:
            raise Refusal(404, "Not found", f"No Shipments Found for ReferenceID | {wanted}")
        return 200, {"shipments": [entry for one in found for entry in self._tracked(one, call, offsets=False)]}

    def _track_one(self, call: Call, found: re.Match[str]) -> tuple[int, dict[str, Any]]:
        offsets = call.asked("requestGMTOffsetPerEvent") == "true"
        return 200, {"shipments": self._tracked(self._shipment(found[1]), call, offsets=offsets)}

    def _tracked(self, shipment: Shipment, call: Call, *, offsets: bool) -> list[dict[str, Any]]:
        level, view = call.asked("levelOfDetail") or "shipment", call.asked("trackingView")
        both = [shipment, *_earlier(shipment)]
        return [tracked(one, self.faults.told, offsets=offsets, level=level, view=view) for one in both]

    # -- the Unified API

    def _unified(self, call: Call, path: str) -> Answer:
        key = call.headers.get("dhl-api-key", "")
        if not key or (self._credentials is not None and self._credentials.get("unified", key) != key):
            raise Refusal(401, "Unauthorized", "Unauthorized for given resource.")
        if path.startswith(PUSH):
            return self._subscription(call, path.removeprefix(PUSH))
        number = call.asked("trackingNumber")
        if not number:
            raise Refusal(400, "Invalid input", "Missing required query parameter: trackingNumber")
        shipment = self.memory.shipments.get(number)
        if shipment is None or call.asked("service") not in ("", "express"):
            raise Refusal(404, "No result found", "No shipment with given tracking number found.")
        said = pulled(shipment, self.faults.told, f"/shipments?trackingNumber={number}")
        return 200, dict(JSON), json.dumps(said).encode()

    def _subscription(self, call: Call, path: str) -> Answer:
        if (call.method, path) == ("POST", "/subscription"):
            hook = _object(call.body).get("hook") or {}
            proof = hook.get("authentication") or {}
            made = self._subscribe(str(hook.get("uri")), str(proof.get("header")), str(proof.get("token")))
            return 201, dict(JSON), json.dumps({"id": made}).encode()
        known = self.memory.subscriptions.get(path.removeprefix("/subscription/"))
        if known is None:
            raise Refusal(404, "No result found", "No subscription with the given id found.")
        if call.method == "DELETE":
            known["status"] = "deleted"
            return 204, {}, b""
        if call.headers.get("dhl-api-hook-secret") != known["secret"]:
            raise Refusal(401, "Unauthorized", "The hook secret is not the one that was sent.")
        known["status"] = "confirmed"
        return 204, {}, b""

    def _subscribe(self, url: str, header: str, token: str) -> str:
        made = self._serial_hash("subscription", url)
        secret = self._serial_hash("secret", made)
        self.memory.subscriptions[made[:24]] = {
            "url": url, "header": header, "token": token, "secret": secret, "status": "created",
        }  # fmt: skip
        return made[:24]

    def subscribe(self, url: str) -> dict[str, Any]:
        """Ask for pushes to this address with our token in our header; gives DHL's question whether it is ours."""
        with self._lock:
            self.memory.calls += 1
            made = self._subscribe(url, HEADER, self._secret)
            secret = self.memory.subscriptions[made]["secret"]
            keep(self.memory, self._file)
            body, headers = self.sealed(handshake("subscription.validate", _self(made), secret))
            return {"id": made, "body": body, "headers": headers}

    def ready(self, subscription: str) -> dict[str, Any]:
        """What DHL says once the question was answered. Raises ``Refusal`` before."""
        with self._lock:
            known = self.memory.subscriptions[subscription]
            if known["status"] not in ("confirmed", "ready"):
                raise Refusal(409, "Conflict", f"the subscription is {known['status']}, not confirmed")
            known["status"] = "ready"
            keep(self.memory, self._file)
            body, headers = self.sealed(handshake("subscription.ready", _self(subscription)))
            return {"body": body, "headers": headers}

    def push_said(self, number: str, claimed: Scan | None = None) -> dict[str, Any]:
        """Where the parcel is now: Unified pushes tell no history."""
        with self._lock:
            live = next((one for one, row in self.memory.subscriptions.items() if row["status"] != "deleted"), "0")
            return pushed(self._with(number, claimed), _self(live))

    def sealed(self, said: Mapping[str, Any], secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """JSON, with our own token in our own header: Unified signs nothing."""
        body = json.dumps(said).encode()
        return body, self.signed(body, secret)

    def signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        """The header with the token, whatever the bytes are."""
        del body
        header = next((row["header"] for row in self.memory.subscriptions.values()), HEADER)
        return {"content-type": "application/json", header: secret or self._secret}


def _self(subscription: str) -> str:
    return f"https://api-eu.dhl.com{PUSH}/subscription/{subscription}"


def _earlier(shipment: Shipment) -> list[Shipment]:
    if not shipment.earlier:
        return []
    ordered = f"{shipment.earlier_on}T00:00:00"
    return [
        Shipment(
            shipment.number, f"{shipment.reference}-EARLIER", shipment.earlier_on, ordered, shipment.origin,
            shipment.destination, shipment.weight_kg, scans=shipment.earlier, service=shipment.service,
            pieces=shipment.pieces,
        )
    ]  # fmt: skip


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refusal(400, "Bad request", "Malformed request: the body is no JSON object")
    return said
