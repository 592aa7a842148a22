"""The control desk of a simulated carrier, from which a story or a test moves parcels and makes things go wrong.

    POST scan         {number, code, city, country, at, description?, exception_code?, exception_description?, push?}
                      the parcel is scanned, and told if ``push``
    POST scan         {number, word, city, country, at, push?}   the same in our word; the carrier finds its code
    POST play         {number, until?, scenario?, start?, slow?} the number's scenario happens up to an instant (now)
    POST sell         {reference, from, to, courier}    a person orders a waybill at the counter; {number}
    POST sell-next    {scenario}                        the next waybill sold has a number that stands for it
    GET  scenarios                                      which digits before the check digit stand for what
    POST push         {number}                          the carrier tells where the parcel is
    POST push-again   {}                                the last push once more, byte for byte
    POST push-forged  the fields of a scan              somebody without the secret claims that scan
    POST subscribe    {}                                DHL: ask for pushes, told as the question of the handshake
    GET  subscriptions                                  DHL: what it pushes to, and how far the handshake is
    POST ready        {id}                              DHL: the handshake is answered, pushes begin
    GET  booked?number= or ?reference=                  {waybills, pickups}, cancelled ones not counted
    GET  pickups?number=                                {booked, changed, cancelled}
    GET  shipments                                      every waybill that was bought
    GET|POST faults   {too_many: 3, ...}                what goes wrong from now on (``carrier_faults``)

A push answers ``{"status": n}``: what the webhook said, 0 when nobody answered; ``fault`` says why the carrier is not
content with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from infra.local.carrier_faults import faults_from
from infra.local.carrier_memory import Scan
from infra.local.carrier_simulator import CarrierSimulator, Refusal
from infra.local.dhl_simulator import DhlSimulator
from infra.local.scenarios import BY_DIGITS, MEANINGS, lane_between

PUSH_TIMEOUT_S = 30.0
NOBODY = 0
Said = Mapping[str, Any]


class ControlDesk:
    """What can be asked of a simulated carrier that the carrier would never be asked."""

    def __init__(self, simulator: CarrierSimulator, webhook_url: str | None) -> None:
        self._simulator, self._webhook_url = simulator, webhook_url
        self._desks: Mapping[str, Callable[[Said], Said]] = {
            "scan": self._scan,
            "play": self._play,
            "sell": self._sell,
            "sell-next": self._sell_next,
            "scenarios": self._scenarios,
            "push": self._push_now,
            "push-again": self._push_again,
            "push-forged": self._push_forged,
            "subscribe": self._subscribe,
            "subscriptions": self._subscriptions,
            "ready": self._ready,
            "booked": self._booked,
            "pickups": self._pickups,
            "shipments": self._shipments,
            "faults": self._faults,
        }

    def handle(self, name: str, said: Said) -> tuple[int, Said]:
        """One question to the desk."""
        desk = self._desks.get(name)
        if desk is None:
            return 404, {"error": f"the desk has no {name}; it has {', '.join(self._desks)}"}
        try:
            return 200, desk(said)
        except Refusal as refusal:
            return refusal.status, {"error": f"{refusal.code}: {refusal.message}"}
        except (KeyError, ValueError, TypeError, AttributeError) as wrong:
            return 400, {"error": f"{type(wrong).__name__}: {wrong}"}

    def _scan(self, said: Said) -> Said:
        scan = self._told(said)
        self._simulator.scan(
            said["number"],
            scan.code,
            scan.city,
            scan.country,
            datetime.fromisoformat(scan.date),
            exception_code=scan.exception_code,
            description=scan.description,
            exception_description=scan.exception_description,
        )
        return {"code": scan.code, **(self._push_now(said) if said.get("push") else {})}

    def _told(self, said: Said) -> Scan:
        at = datetime.fromisoformat(said["at"])
        if "word" in said:
            return self._simulator.spoken(said["word"], said["city"], said["country"], at)
        return Scan(
            said["at"],
            said["code"],
            said.get("description") or said["code"],
            said["city"],
            said["country"],
            said.get("exception_code") or "",
            said.get("exception_description") or "",
        )

    def _play(self, said: Said) -> Said:
        shipment = self._simulator.memory.shipments[said["number"]]
        steps = self._simulator.play(
            said["number"],
            datetime.fromisoformat(said["until"]) if "until" in said else datetime.now(UTC),
            name=said.get("scenario"),
            start=datetime.fromisoformat(said["start"]) if "start" in said else None,
            lane=lane_between(*self._simulator.ends(shipment), slow=int(said.get("slow", 1))),
        )
        return {"scans": [{"word": step.word, "city": step.stop.city, "at": step.at.isoformat()} for step in steps]}

    def _sell(self, said: Said) -> Said:
        courier = bool(said.get("courier"))
        return {"number": self._simulator.sell_by_hand(said["reference"], said["from"], said["to"], courier=courier)}

    def _sell_next(self, said: Said) -> Said:
        self._simulator.sell_next(said["scenario"])
        return {}

    def _scenarios(self, _: Said) -> Said:
        return {digits: {"scenario": name, "what": MEANINGS[name]} for digits, name in BY_DIGITS.items()}

    def _push_now(self, said: Said) -> Said:
        return self._push(*self._simulator.push_body(said["number"]))

    def _push_again(self, _: Said) -> Said:
        body = self._simulator.memory.last_push.encode()
        return self._push(body, self._simulator.signed(body))

    def _push_forged(self, said: Said) -> Said:
        return self._push(*self._simulator.forged_body(said["number"], self._told(said)))

    def _subscribe(self, _: Said) -> Said:
        told = self._dhl().subscribe(str(self._webhook_url))
        return {"id": told["id"], **self._push(told["body"], told["headers"])}

    def _dhl(self) -> DhlSimulator:
        if not isinstance(self._simulator, DhlSimulator):
            raise TypeError(f"{self._simulator.name} knows no subscription")
        return self._simulator

    def _subscriptions(self, _: Said) -> Said:
        return {"subscriptions": self._simulator.memory.subscriptions}

    def _ready(self, said: Said) -> Said:
        told = self._dhl().ready(said["id"])
        return {"id": said["id"], **self._push(told["body"], told["headers"])}

    def _booked(self, said: Said) -> Said:
        by_number = "number" in said
        find = self._simulator.booked_for if by_number else self._simulator.bookings
        waybills, pickups = find(said["number"] if by_number else said["reference"])
        return {"waybills": waybills, "pickups": pickups}

    def _pickups(self, said: Said) -> Said:
        return dict(zip(("booked", "changed", "cancelled"), self._simulator.pickups_of(said["number"]), strict=True))

    def _shipments(self, _: Said) -> Said:
        return {"shipments": [asdict(one) for one in self._simulator.memory.shipments.values()]}

    def _faults(self, said: Said) -> Said:
        self._simulator.faults = faults_from(said, self._simulator.faults)
        return self._simulator.faults.as_said()

    def _push(self, body: bytes, headers: Mapping[str, str]) -> Said:
        status, answer = _sent(self._webhook_url, body, headers)
        fault = self._simulator.taken(status, answer) if status != NOBODY else ""
        # A status that refuses says it all; a fault is an answer of success that the carrier does not take for one.
        return {"status": status, **({"fault": fault} if fault and status < 300 else {})}


def _sent(url: str | None, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    if not url:
        return NOBODY, b""
    request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=PUSH_TIMEOUT_S) as answer:  # noqa: S310 - the address it was started with
            return answer.status, answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()
    except (OSError, HTTPException):
        return NOBODY, b""
