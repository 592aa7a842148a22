"""The ring of each story: who sends it home from where, by which carrier, and the request, dated from today."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.pickups.booking import PickupPlace, first_moment
from chalicelib.workdays import next_working_day
from infra.local.scenarios import Lane, Step, scenario
from infra.local.stops import stop_of

PARIS, CHINA = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Shanghai")
FEDEX_WEIGHTS = (3, 1, 7)
FROM_PARIS = Lane(
    stop_of("PARIS", "FR"), stop_of("ROISSY", "FR"), stop_of("GUANGZHOU", "CN"), stop_of("SHENZHEN", "CN")
)
FROM_SHANGHAI = Lane(
    stop_of("SHANGHAI", "CN"), stop_of("SHANGHAI EXCHANGE", "CN"), stop_of("ROISSY", "FR"), stop_of("PARIS", "FR")
)
TEXTS: Mapping[str, str] = {
    "picked_up": "picked up",
    "departed": "left the country of the customer",
    "landed": "arrived where the merchant is",
    "documents": "held by import customs for papers",
    "released": "released by import customs",
    "on_the_van": "out for delivery",
    "delivered": "delivered",
    "lost": "lost, says the carrier",
}


@dataclass(frozen=True, slots=True)
class Tale:
    """One story: the carrier, the way and its clocks, the customer and where the ring goes."""

    carrier: str
    title: str
    way: str
    lane: Lane
    zone: ZoneInfo
    return_to: str
    customer: Mapping[str, Any]
    charged: Mapping[str, Any]
    """Duty and tax that customs took when the ring was sold to the customer."""

    @property
    def place(self) -> PickupPlace:
        """Where the courier comes."""
        return PickupPlace(self.lane.origin.country, None, self.zone.key)

    @property
    def city(self) -> str:
        """The customer's city, as people write it."""
        name: str = self.customer["address"]["city"]
        return name

    @property
    def dock(self) -> str:
        """The city where the ring is taken in."""
        return self.lane.destination.city.title()

    def steps(self, opened: datetime) -> Mapping[str, Step]:
        """Everything that happens to the ring, by its word. The whole way lies within a day: a scan that is dated
        further ahead of the clock is refused as out of bounds."""
        return {step.word: step for step in scenario("", "documents", opened, self.lane)}

    def pickup_day(self, now: datetime) -> date:
        """The next business day there; today itself before the hour from which the carrier takes that one."""
        today = now.astimezone(self.zone).date()
        following = next_working_day(self.place.country, today)
        return following if first_moment(following, self.place) <= now else today

    def request(self, now: datetime) -> dict[str, Any]:
        """A change of mind ten days after the delivery of a ring; order, serial and waybill are new each time."""
        today = now.astimezone(self.zone).date()
        mark = secrets.token_hex(3).upper()
        return {
            "kind": "refund",
            "reason": "change_of_mind",
            "order": {
                "number": f"SO-{today:%y%m%d}-{mark}",
                "sold_on": str(today - timedelta(days=21)),
                "delivered_on": str(today - timedelta(days=10)),
                "payment": self._payment(today, mark),
            },
            "original_export": {
                "carrier": "fedex",
                "tracking_number": fedex_number(),
                "invoice_number": f"INV-{mark}",
                "exported_on": str(today - timedelta(days=16)),
                **self._declaration(today),
            },
            "customer": dict(self.customer),
            "return_to": self.return_to,
            "items": [ring(mark)],
            # The best way is chosen by itself; the carrier is named so that the story is told with it.
            "carrier": None if self.carrier == "fedex" else self.carrier,
            "pickup": {"on": str(self.pickup_day(now)), "from": "10:00", "until": "16:00"},
        }

    def _payment(self, today: date, mark: str) -> dict[str, Any]:
        """How the order was paid: what a refund goes back to."""
        return {
            "provider": "sandbox", "payment_reference": f"pay_{mark}", "method": "card", "scheme": "visa",
            "paid_on": str(today - timedelta(days=21)), "total": {"amount": "1192.00", "currency": "EUR"},
            "freight": {"amount": "12.00", "currency": "EUR"}, "express_extra": {"amount": "0.00", "currency": "EUR"},
            "tax": {"amount": "0.00", "currency": "EUR"}, "tax_included": True, "pieces": 1, "discounts": [],
            "gifts": [],
        }  # fmt: skip

    def without_proof(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The same request before anybody has looked up what the export was declared as."""
        return {**request, "original_export": {**request["original_export"], "reference": None, "mode": None}}

    def paid(self, today: date) -> dict[str, Any]:
        """The entry on which the customer's customs took duty and tax, as the carrier's invoice tells it."""
        country = self.lane.origin.country
        return {
            "country": country,
            "entry_number": f"{today:%y}{country}{secrets.randbelow(10**9):09}00000",
            "paid_on": str(today - timedelta(days=11)),
            "paid_by": "carrier_account",
            "importer": "customer",
            "declared_by": "carrier",
            "carrier": "fedex",
            "sold_at_a_distance": True,
            "used": False,
            **self.charged,
        }

    def routes_question(self, now: datetime) -> dict[str, Any]:
        """The question which carriers may carry the ring over this way today."""
        lane = {"from": self.lane.origin.country, "to": self.lane.destination.country}
        parcel = {"items": [ring("ASKED")], "gross_weight_g": "380.00"}
        return {"lane": lane, "on": str(now.astimezone(self.zone).date()), "carrier": self.carrier, "parcel": parcel}

    def _declaration(self, today: date) -> dict[str, Any]:
        """What the first export was declared as: mode 9610 from China, a movement reference number from France."""
        serial = secrets.randbelow(10**9)
        if self.lane.destination.country == "CN":
            return {"reference": f"5300{today:%Y}0{serial:09}", "mode": "9610"}
        return {"reference": f"{today:%y}FR{serial:09}00000", "mode": None}


def ring(mark: str) -> dict[str, Any]:
    """One 18K ring."""
    return {
        "sku": "R-18K-01",
        "serial": f"GT750-{mark}",
        "description": "18K yellow gold ring, one 0.05 ct diamond",
        "article": "ring",
        "metal": "gold",
        "fineness": 750,
        "construction": "solid",
        "stones": "diamond",
        "origin": "CN",
        "hs_code": None,
        "quantity": 1,
        "gross_weight_g": "5.30",
        "net_weight_g": "5.20",
        "price": {"amount": "1180.00", "currency": "EUR"},
    }


def fedex_number() -> str:
    """A 12-digit FedEx Express number with its check digit: weights 3, 1, 7, sum modulo 11 modulo 10.

    >>> len(fedex_number())
    12
    """
    body = [secrets.randbelow(10) for _ in range(11)]
    check = sum(digit * FEDEX_WEIGHTS[place % 3] for place, digit in enumerate(body)) % 11 % 10
    return "".join(str(digit) for digit in (*body, check))


_CAMILLE = {
    "name": "Camille Martin",
    "email": "camille.martin@example.com",
    "phone": "+33 1 55 55 02 02",
    "language": "fr",
    "address": {
        "lines": ["8 rue de la Paix"], "city": "Paris", "region": None, "postal_code": "75002", "country": "FR",
    },
}  # fmt: skip
_MEI = {
    "name": "Lin Mei",
    "email": "lin.mei@example.com",
    "phone": "+86 21 5550 0303",
    "language": "zh-Hans",
    "address": {
        "lines": ["88 Century Avenue, Pudong New Area"], "city": "Shanghai", "region": "Shanghai",
        "postal_code": "200120", "country": "CN",
    },
}  # fmt: skip
_TOOK_IN_FRANCE = {
    "duty": {"amount": "29.50", "currency": "EUR"}, "tax": {"amount": "241.90", "currency": "EUR"},
}  # fmt: skip
_TOOK_IN_CHINA = {
    "duty": {"amount": "712.48", "currency": "CNY"}, "tax": {"amount": "1250.41", "currency": "CNY"},
}  # fmt: skip
_HOME = ("Paris to Shenzhen", "Paris → Shenzhen", FROM_PARIS, PARIS, "SZX-1", _CAMILLE, _TOOK_IN_FRANCE)
TALES: Mapping[str, Tale] = {
    "fedex": Tale("fedex", *_HOME),
    "dhl": Tale("dhl", *_HOME),
    "ems": Tale("ems", "Shanghai to Paris", "Shanghai → Paris", FROM_SHANGHAI, CHINA, "PAR-1", _MEI, _TOOK_IN_CHINA),
}
