"""The ring of the story: a return request dated from today, and the scans that bring it home."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.pickups.booking import PickupPlace, first_moment
from chalicelib.workdays import next_working_day

PARIS, CHINA = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Shanghai")
IN_PARIS = PickupPlace("FR", None, "Europe/Paris")
FEDEX_WEIGHTS = (3, 1, 7)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of the simulated carrier, so long after the return was opened."""

    code: str
    text: str
    city: str
    country: str
    zone: ZoneInfo
    after: timedelta

    def when(self, opened: datetime) -> datetime:
        """The instant of the scan, to the minute, on the clock of its place."""
        return (opened + self.after).astimezone(self.zone).replace(second=0, microsecond=0)


def _after(hours: int, minutes: int) -> timedelta:
    return timedelta(hours=hours, minutes=minutes)


# The whole way lies within a day: a scan dated further ahead of the clock is refused as out of bounds.
PICKED_UP = Scan("PU", "Picked up", "PARIS", "FR", PARIS, _after(0, 20))
DEPARTED = Scan("DP", "Left FedEx origin facility", "ROISSY", "FR", PARIS, _after(2, 10))
LANDED = Scan("AR", "Arrived at port of entry", "GUANGZHOU", "CN", CHINA, _after(13, 50))
HELD = Scan("CD", "Clearance delay", "GUANGZHOU", "CN", CHINA, _after(14, 20))
RELEASED = Scan("CC", "International shipment release", "GUANGZHOU", "CN", CHINA, _after(21, 40))
ON_THE_VAN = Scan("OD", "On FedEx vehicle for delivery", "SHENZHEN", "CN", CHINA, _after(22, 50))
DELIVERED = Scan("DL", "Delivered", "SHENZHEN", "CN", CHINA, _after(23, 40))


def pickup_day(now: datetime) -> date:
    """The next business day in Paris; today itself before the hour from which the carrier takes that one."""
    today = now.astimezone(PARIS).date()
    following = next_working_day("FR", today)
    return following if first_moment(following, IN_PARIS) <= now else today


def return_request(now: datetime) -> dict[str, Any]:
    """A change of mind ten days after the delivery of a ring; order, serial and waybill are new each time."""
    today = now.astimezone(PARIS).date()
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
            "reference": f"5300{today:%Y}0{secrets.randbelow(10**9):09}",
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
        "pickup": {"on": str(pickup_day(now)), "from": "10:00", "until": "16:00"},
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
