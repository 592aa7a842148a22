"""A FedEx for the local stack and the tests: it speaks FedEx's documented wire shapes (OAuth, Track, Ship, Pickup).

>>> FedExSimulator("key").handle("POST", "/track/v1/trackingnumbers", {}, b"{}")[0]
401
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from chalicelib.carriers.fedex.verify import HEADER, sign
from chalicelib.carriers.numbers import express_check_digit
from infra.local.carrier_memory import Pickup, Scan, Shipment
from infra.local.carrier_simulator import Answer, Call, CarrierSimulator, Refusal
from infra.local.fedex_wire import CUT_OFF, WORDS, availability, bought, error_body, results_of, wrapped
from infra.local.scenarios import Said
from infra.local.stops import hub_of

NUMBERS_PER_CALL = 30
TOKEN_LIFE_S = 3599
# FedEx Express takes a courier's booking for today and the next business day; a weekend lies between at most.
DAYS_AHEAD = 4
JSON = {"content-type": "application/json;charset=UTF-8"}
QUOTA = "Daily transaction quota exceeded. Retry after 12:00AM GMT"
BURST = "We have received too many requests in a short duration. Please wait a while to try again."


class FedExSimulator(CarrierSimulator):
    """FedEx, as far as a return needs it. ``credentials`` are client ids and their secrets."""

    name: ClassVar[str] = "fedex"
    words: ClassVar[Mapping[str, Said]] = WORDS
    first_number: ClassVar[int] = 79464479013

    def answer(self, call: Call) -> Answer:
        """One call in FedEx's wire."""
        if (call.method, call.path) == ("POST", "/oauth/token"):
            return 200, dict(JSON), json.dumps(self._token(call.body)).encode()
        route = self._routes().get((call.method, call.path))
        if route is None:
            raise Refusal(404, "NOT.FOUND.ERROR", "The resource you requested is no longer available.")
        if call.headers.get("authorization", "").removeprefix("Bearer ") not in self.memory.tokens:
            raise Refusal(
                401, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again."
            )
        output = route(_object(call.body), call.headers.get("x-customer-transaction-id", ""))
        return self._wrapped(200, {"output": output}, call)

    def refused(self, refusal: Refusal, call: Call) -> Answer:
        """FedEx's error envelope."""
        return self._wrapped(refusal.status, error_body(refusal), call)

    def fault_refusal(self, name: str) -> Refusal:
        """Two kinds of 429: the burst of ten seconds and the quota of the day."""
        if name == "too_many":
            return Refusal(429, "TOO.MANY.REQUESTS", QUOTA if self.faults.daily else BURST)
        if name == "unauthorised":
            return Refusal(401, "NOT.AUTHORIZED.ERROR", "Access token expired.")
        return Refusal(503, "SERVICE.UNAVAILABLE.ERROR", "The service is currently unavailable.")

    def number_of(self, serial: int) -> str:
        """Twelve digits, the last a check digit."""
        return f"{serial:011d}" + express_check_digit(f"{serial:011d}")

    def not_found(self) -> Refusal:
        """FedEx's own code."""
        return Refusal(404, "TRACKING.TRACKINGNUMBER.NOTFOUND", "Tracking number cannot be found.")

    def push_said(self, number: str, claimed: Scan | None = None) -> dict[str, Any]:
        """Everything FedEx knows of this parcel: each push tells the whole track again."""
        with self._lock:
            shipment = self._with(number, claimed)
            return {
                "transactionId": f"push-{number}-{len(shipment.scans)}",
                "outputMetaData": [{"attempt": 1}],
                "output": {"completeTrackResults": [self._complete(number, shipment)]},
            }

    def sealed(self, said: Mapping[str, Any], secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """JSON, signed in a header."""
        body = json.dumps(said, separators=(",", ":")).encode()
        return body, self.signed(body, secret)

    def signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        """The headers that carry FedEx's signature of these bytes; another ``secret`` makes a forgery."""
        return {"content-type": "application/json", HEADER: sign(body, secret or self._secret)}

    def _routes(self) -> Mapping[tuple[str, str], Callable[[dict[str, Any], str], dict[str, Any]]]:
        return {
            ("POST", "/ship/v1/shipments"): self._ship,
            ("POST", "/ship/v1/shipments/packages/validate"): self._validate,
            ("PUT", "/ship/v1/shipments/cancel"): self._cancel_shipment,
            ("POST", "/pickup/v1/pickups"): self._pickup,
            ("POST", "/pickup/v1/pickups/availabilities"): self._availability,
            ("PUT", "/pickup/v1/pickups/cancel"): self._cancel_pickup,
            ("POST", "/track/v1/trackingnumbers"): self._track,
            ("POST", "/track/v1/referencenumbers"): self._track_by_reference,
        }

    def _wrapped(self, status: int, said: Mapping[str, Any], call: Call) -> Answer:
        reference = call.headers.get("x-customer-transaction-id")
        head = {"transactionId": f"sim-{self.memory.calls:08d}"}
        echo = {"customerTransactionId": reference} if reference else {}
        plain = {} if call.path == "/oauth/token" else {**head, **echo}
        return status, dict(JSON), json.dumps({**plain, **said}).encode()

    def _token(self, body: bytes) -> dict[str, Any]:
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        known = bool(client) and (self._credentials is None or self._credentials.get(client) == secret)
        if form.get("grant_type") != "client_credentials" or not known:
            raise Refusal(401, "NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")
        token = self._serial_hash(client)
        self.memory.tokens = [*self.memory.tokens[-9:], token]
        return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE_S, "scope": "CXS"}

    # -- waybills

    def _ordered(self, said: dict[str, Any], reference: str) -> Shipment:
        self._check_account(said, "accountNumber")
        wanted = _part(said, "requestedShipment")
        package = _first(wanted, "requestedPackageLineItems")
        ship_date = _day(wanted.get("shipDatestamp"))
        return Shipment(
            number="",
            reference=_own_reference(package) or reference,
            ship_date=ship_date,
            ordered_at=self._dated(ship_date),
            origin=_part(_part(wanted, "shipper"), "address"),
            destination=_part(_first(wanted, "recipients"), "address"),
            weight_kg=float(_part(package, "weight")["value"]),
            service=str(wanted.get("serviceType")),
        )

    def _ship(self, said: dict[str, Any], reference: str) -> dict[str, Any]:
        shipment = self._ordered(said, reference)
        shipment.number = self._next_number()
        return {"transactionShipments": [bought(self._sold(shipment))]}

    def _validate(self, said: dict[str, Any], reference: str) -> dict[str, Any]:
        """The same order, looked at and not carried out."""
        self._ordered(said, reference)
        return {"alerts": []}

    def _cancel_shipment(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self._check_account(said, "accountNumber")
        shipment = self._shipment(str(said.get("trackingNumber")))
        if shipment.cancelled_at or any(scan.code != "OC" for scan in shipment.scans):
            raise Refusal(400, "SHIPMENT.CANCELLATION.FAILED", "Unable to cancel the shipment.")
        shipment.cancelled_at = self._dated(shipment.ship_date)
        return {"cancelledShipment": True, "cancelledHistory": True, "successMessage": "Success"}

    # -- couriers

    def _pickup(self, said: dict[str, Any], reference: str) -> dict[str, Any]:
        self._check_account(said, "associatedAccountNumber")
        detail = _part(said, "originDetail")
        country = str(_part(_part(detail, "pickupLocation"), "address").get("countryCode", "XX"))
        ready = str(detail.get("readyDateTimestamp") or "")
        if not ready or not detail.get("customerCloseTime"):
            raise Refusal(400, "PICKUP.READYTIME.MISSING", "Please provide a valid ready and close time.")
        self._check_ready(ready, country)
        pickup = Pickup(
            code=str(3001 + len(self.memory.pickups)),
            location=f"{country}SA",
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

    def _check_ready(self, ready: str, country: str) -> None:
        """Not yesterday, not too far ahead, and not today after the cut-off: all on the clock of the place."""
        now = self._here(country)
        if now is None:
            return
        try:
            at = datetime.fromisoformat(ready.removesuffix("Z"))
        except ValueError:
            raise Refusal(400, "READY.TIME.INVALID", "Invalid ready time") from None
        ahead = (at.date() - now.date()).days
        if ahead < 0:
            message = "Cannot schedule a pickup requested for a previous day."
            raise Refusal(400, "PICKUP.REQUESTED.PREVIOUS.DAY", message)
        if ahead > DAYS_AHEAD:
            message = "The ship date is invalid. Please select the next available date to ship."
            raise Refusal(400, "SHIPDATE.VALUE.INVALID", message)
        if ahead == 0 and now.time().isoformat() > CUT_OFF:
            raise Refusal(400, "READY.TIME.INVALID", "Invalid ready time")

    def _availability(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        address = _part(said, "pickupAddress")
        kinds, carriers = said.get("pickupRequestType"), said.get("carriers")
        if not isinstance(kinds, list) or not kinds:
            raise Refusal(400, "PICKUPREQUESTTYPE.VALUE.REQUIRED", "PickupRequestType array missing or empty")
        if not isinstance(carriers, list) or not carriers:
            raise Refusal(400, "PICKUP.CARRIERCODE.INVALID", "Pickup CarrierCode is missing or invalid.")
        if not address.get("countryCode"):
            raise Refusal(400, "PICKUP.COUNTRY.CODE.INVALID", "MISSING OR INVALID COUNTRYCODE")
        relation = str(said.get("countryRelationship") or "INTERNATIONAL")
        now = self._here(str(address["countryCode"]))
        today = now.date() if now else date.fromisoformat(_day(said.get("dispatchDate")))
        days = [today] if "SAME_DAY" in kinds else []
        days += [day for day in (today + timedelta(days=n) for n in range(1, DAYS_AHEAD + 1)) if day.weekday() < 5][:1]
        if "FUTURE_DAY" not in kinds:
            days = days[:1]
        options = [availability(str(day), str(one), relation, today=day == today) for day in days for one in carriers]
        if now and now.time().isoformat() > CUT_OFF:
            options = [{**one, "available": one["scheduleDay"] != "SAME_DAY"} for one in options]
        return {"requestTimestamp": now.isoformat() if now else f"{today}T00:00:00", "options": options}

    def _here(self, country: str) -> datetime | None:
        return hub_of(country).clock(self._clock()) if self._clock else None

    def _cancel_pickup(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self._check_account(said, "associatedAccountNumber")
        wanted = (said.get("pickupConfirmationCode"), said.get("location"), said.get("scheduledDate"))
        pickup = self._pickup_where(lambda one: (one.code, one.location, one.ready_at[:10]) == wanted)
        if pickup is None:
            raise Refusal(400, "PICKUP.NUMBER.EXPIRED", "The confirmation number, date or location is not known.")
        pickup.cancelled = True
        message = "Requested pickup has been cancelled Successfully."
        return {"pickupConfirmationCode": pickup.code, "cancelConfirmationMessage": message}

    # -- tracking

    def _track(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        asked = said.get("trackingInfo")
        if not isinstance(asked, list) or not asked:
            raise Refusal(400, "TRACKING.TRACKINGNUMBER.EMPTY", "Please provide tracking number.")
        if len(asked) > NUMBERS_PER_CALL:
            raise Refusal(400, "TRACKING.TRACKINGNUMBER.MAXLIMIT", "Please limit your inquiry to 30 tracking numbers.")
        numbers = [str(_part(one, "trackingNumberInfo").get("trackingNumber") or "") for one in asked]
        return {"completeTrackResults": [self._complete(one, self.memory.shipments.get(one)) for one in numbers]}

    def _track_by_reference(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        wanted = _part(said, "referencesInformation")
        if not wanted.get("accountNumber") and not wanted.get("destinationCountryCode"):
            raise Refusal(400, "TRACKING.REFERENCEVALUE.INVALID", "Please provide account number or destination.")
        found = [one for one in self.memory.shipments.values() if one.reference == wanted.get("value")]
        if not found:
            raise Refusal(404, "TRACKING.REFERENCENUMBER.NOTFOUND", "Reference number cannot be found.")
        return {"completeTrackResults": [self._complete(one.number, one) for one in found]}

    def _complete(self, number: str, shipment: Shipment | None) -> dict[str, Any]:
        return wrapped(number, results_of(shipment, number, self.faults.told))

    def _check_account(self, said: dict[str, Any], name: str) -> None:
        value = _part(said, name).get("value")
        if not value or self._account not in (None, value):
            raise Refusal(400, "ACCOUNTNUMBER.REGISTRATION.REQUIRED", "Please provide a registered account number.")


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
