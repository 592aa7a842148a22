"""Scans and tracks to test with: hours after a fixed start, ids that are the names given."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.shipments.events import Event, LegFacts, Place, Tracking
from chalicelib.shipments.fold import State
from chalicelib.shipments.leg import Track

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOME = LegFacts("home", "FR", "CN")
OUT = LegFacts("out", "CN", "FR")


def scan(name, hours, milestone, condition=None, reason=None, **more):
    """One scan ``hours`` after the start; ``more`` overrides any field, ``country`` and ``city`` a part."""
    at = START + timedelta(hours=hours)
    place = Place(more.pop("city", None), more.pop("country", None))
    fields = {
        "id": name,
        "at": at,
        "at_local": at.astimezone(timezone(timedelta(hours=1))).isoformat(),
        "tz_source": "offset",
        "code": "XX",
        "exception_code": None,
        "milestone": milestone,
        "condition": condition,
        "reason": reason,
        "text": "Left FedEx origin facility",
        "place": place,
        "source": "fedex",
    }
    return Event(**(fields | more))


def track(**more):
    """A fresh track of a ring on its way from Paris to Shenzhen."""
    fields = {
        "carrier": "fedex",
        "number": "794600000001",
        "ship_date": date(2026, 11, 24),
        "case_id": "c1",
        "leg_n": 1,
        "direction": "home",
        "lane": Lane("FR", "CN"),
        "created_at": START - timedelta(hours=1),
        "state": State(),
        "value": Money(Decimal("1180.00"), "EUR"),
    }
    return Track(**(fields | more))


def told(*events, number="794600000001", **more):
    """One body's word about the shipment."""
    return Tracking(number, more.pop("unique_id", None), tuple(events), **more)


JOURNEY = (
    scan("label", 0, "announced"),
    scan("pickup", 5, "picked_up", city="PARIS", country="FR"),
    scan("leaves", 7, "in_transit", city="PARIS", country="FR"),
    scan("export", 9, "import_cleared", city="ROISSY", country="FR"),
    scan("hub", 20, "in_transit", city="GUANGZHOU", country="CN"),
    scan("held", 22, "import_customs", "held", "customs_documents_missing", city="GUANGZHOU", country="CN"),
    scan("bonded", 23, "in_transit", city="GUANGZHOU", country="CN"),
    scan("released", 40, "import_cleared", "ok", "customs_released", city="GUANGZHOU", country="CN"),
    scan("van", 50, "out_for_delivery", city="SHENZHEN", country="CN"),
    scan("door", 52, "delivered", city="SHENZHEN", country="CN"),
)
