"""A parcel whose claims are reckoned: what its carrier said is put in scan by scan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from chalicelib.insurance.claim_starts import ParcelFacts
from chalicelib.insurance.claim_states import Claim
from chalicelib.insurance.claims import Policy
from chalicelib.places import Lane
from chalicelib.shipments.events import Event, Place
from tests.fakes.pieces import a_leg, a_scan, a_track

OPENED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
POLICY = Policy("P-1", "Atlas", 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def scan(milestone: str, when: str, country: str | None = "FR", **more: Any) -> Event:
    moment = at(when)
    said = {"milestone": milestone, "at": moment, "at_local": when, "place": Place("SOMEWHERE", country)}
    return a_scan(int(moment.timestamp()) % 10_000_000, **said | more)


def parcel(
    *scans: Event,
    carrier: str = "dhl",
    lane: tuple[str, str] = ("FR", "CN"),
    ship_date: date | None = None,
    eta: datetime | None = None,
    **more: Any,
) -> ParcelFacts:
    leg = a_leg(carrier=carrier, lane=Lane(*lane), number="1", ship_date=ship_date)
    shipped = {"ship_date": ship_date} if ship_date else {}
    track = a_track(*scans, carrier=carrier, lane=Lane(*lane), eta=eta, **shipped) if scans or eta else None
    said: dict[str, Any] = {
        "leg": leg, "track": track, "opened_at": OPENED, "discovered_at": at("2026-12-01T09:00:00+08:00"),
        "our_zone": "Asia/Shanghai",
    }  # fmt: skip
    return ParcelFacts(**said | more)


def a_claim(party: str = "carrier", kind: str = "loss", **more: Any) -> Claim:
    said: dict[str, Any] = {
        "case_id": "c", "leg_n": 1, "party": party, "kind": kind, "state": "watched",
        "opened_at": OPENED, "changed_at": OPENED,
    }  # fmt: skip
    return Claim(**said | more)
