"""The ring of the story: a return request dated from today, and the scans that bring it home."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.workdays import roll

PARIS, CHINA = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Shanghai")
FEDEX_WEIGHTS = (3, 1, 7)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of the simulated carrier; `days` after the pickup, at this local time."""

    code: str
    text: str
    city: str
    country: str
    zone: ZoneInfo
    days: int
    at: time
    exception_code: str | None = None
    exception_text: str | None = None

    def when(self, pickup: date) -> datetime:
        """The instant of the scan, with the offset of its place."""
        return datetime.combine(pickup + timedelta(days=self.days), self.at, self.zone)


PICKED_UP = Scan("PU", "Picked up", "PARIS", "FR", PARIS, 0, time(11, 42))
DEPARTED = Scan("DP", "Left FedEx origin facility", "ROISSY CHARLES DE GAULLE", "FR", PARIS, 0, time(23, 48))
LANDED = Scan("AR", "Arrived at port of entry", "GUANGZHOU", "CN", CHINA, 1, time(21, 30))
HELD = Scan("CD", "Clearance delay", "GUANGZHOU", "CN", CHINA, 1, time(22, 15))
RELEASED = Scan("CC", "International shipment release", "GUANGZHOU", "CN", CHINA, 2, time(16, 40))
ON_THE_VAN = Scan("OD", "On FedEx vehicle for delivery", "SHENZHEN", "CN", CHINA, 3, time(9, 5))
DELIVERED = Scan("DL", "Delivered", "SHENZHEN", "CN", CHINA, 3, time(11, 20))


def pickup_day(today: date) -> date:
    """The next day after today on which Paris works."""
    return roll("FR", today + timedelta(days=1), "sat_sun_hol")


def return_request(today: date) -> dict[str, Any]:
    """A change of mind ten days after the delivery of a ring; order, serial and waybill are new each time."""
    mark = secrets.token_hex(3).upper()
    return {
        "kind": "refund",
        "reason": "change_of_mind",
        "order": {
            "number": f"SO-{today:%y%m%d}-{mark}",
            "sold_on": str(today - timedelta(days=21)),
            "delivered_on": str(today - timedelta(days=10)),
        },
        "original_export": {
            "carrier": "fedex",
            "tracking_number": fedex_number(),
            "invoice_number": f"INV-{mark}",
            "exported_on": str(today - timedelta(days=16)),
            "reference": None,
            "mode": "9610",
        },
        "customer": {
            "name": "Camille Martin",
            "email": "camille.martin@example.com",
            "phone": "+33 1 55 55 02 02",
            "language": "fr",
            "address": {
                "lines": ["8 rue de la Paix"],
                "city": "Paris",
                "region": None,
                "postal_code": "75002",
                "country": "FR",
            },
        },
        "return_to": "SZX-1",
        "items": [_ring(mark)],
        "carrier": None,
        "pickup": {"on": str(pickup_day(today)), "from": "10:00", "until": "16:00"},
    }


def _ring(mark: str) -> dict[str, Any]:
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
