"""From which moments the clocks of a claim run, by what is known of the parcel today.

Nothing here is remembered: when a carrier corrects a scan, the next look counts from the right one. A moment that
nobody knows is taken as the earliest it can have been, and said to be assumed: a claim filed early costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.clock import end_of_day
from chalicelib.insurance.claims_clock import Began, Start
from chalicelib.places import last_zone_of, main_zone_of, sure_zone_of
from chalicelib.shipments.events import Event
from chalicelib.shipments.leg import Leg, Track
from chalicelib.shipments.timeline import scans

NOT_MOVED = frozenset({None, "announced", "pickup_booked", "unrecognised", "cancelled"})
ARRIVED = frozenset({"delivered", "partially_delivered", "returned"})
# Where nothing is known of a country's clocks: its day may end as early as in the one, as late as in the other.
ANYWHERE = ("Etc/GMT-14", "Etc/GMT+12")


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """One leg as its claims see it. ``track`` is what its carrier has said (None: nothing); ``opened_at`` when its case
    was opened; ``discovered_at`` when we learnt that something is wrong, in ``our_zone``; ``regions`` are the regions
    known, by country; ``taken_in``: the parcel is in our hands whatever the carrier says."""

    leg: Leg
    track: Track | None
    opened_at: datetime
    discovered_at: datetime
    our_zone: str
    regions: Mapping[str, str | None] = field(default_factory=dict)
    taken_in: bool = False

    @property
    def has_arrived(self) -> bool:
        """Whether it was delivered, by its carrier's word or by ours."""
        return self.taken_in or any(event.milestone in ARRIVED for event in self.scans)

    @property
    def scans(self) -> tuple[Event, ...]:
        """The scans that stand, oldest first; what came before a delivery was withdrawn is no delivery."""
        if self.track is None:
            return ()
        told = [scan.event for scan in scans(self.track.events, self.track.facts)]
        withdrawn = max((at for at, event in enumerate(told) if event.withdraws_delivery), default=-1)
        return tuple(event for at, event in enumerate(told) if at > withdrawn or event.milestone not in ARRIVED)


def beginnings(facts: ParcelFacts) -> dict[Start, Began]:
    """Every moment that has come; a delivery that has not is not among them."""
    handed_over, arrived = _handed_over(facts), _arrived(facts)
    found: dict[Start, Began] = {
        "accepted": handed_over,
        "tendered": handed_over,
        "posted": handed_over,
        "issued": _issued(facts),
        "expected": _expected(facts, handed_over),
        "discovered": Began(facts.discovered_at, (facts.our_zone,), "when it was known to us"),
    }
    return found | ({"delivered": arrived} if arrived else {})


def zones_of(country: str | None, region: str | None) -> tuple[str, ...]:
    """The zones that a moment in this place may have been in.

    >>> zones_of("FR", None), zones_of("US", "TX"), zones_of("US", None), zones_of(None, None)
    (('Europe/Paris',), ('America/Chicago',), ('America/New_York', 'Pacific/Honolulu'), ('Etc/GMT-14', 'Etc/GMT+12'))
    """
    sure = sure_zone_of(country, region)
    if sure is not None:
        return (sure,)
    main = main_zone_of(country)
    return ANYWHERE if country is None or main is None else (main, last_zone_of(country, region))


def _handed_over(facts: ParcelFacts) -> Began:
    """When the carrier took it: its own scan; else the day of shipping or the first scan that moved it, whichever is
    earlier, for a courier may have taken it without a scan."""
    moved = [event for event in facts.scans if event.milestone not in NOT_MOVED]
    taken = next((event for event in moved if event.milestone == "picked_up"), None)
    if taken is not None and taken is moved[0]:
        return _at(taken, facts, "the carrier's acceptance scan")
    issued = _issued(facts)
    if moved and moved[0].at < issued.at:
        first = _at(moved[0], facts, "the first scan: there is none of its acceptance")
        return Began(first.at, first.zones, first.why, assumed=True)
    return Began(issued.at, issued.zones, f"no acceptance scan: {issued.why}", assumed=True, day=issued.day)


def _issued(facts: ParcelFacts) -> Began:
    leg = facts.leg
    zones = zones_of(leg.lane.origin, facts.regions.get(leg.lane.origin))
    shipped = leg.ship_date or (facts.track.ship_date if facts.track else None)
    if shipped is None:
        return Began(facts.opened_at, zones, "the return was opened", assumed=True)
    return Began(_midnight(shipped, zones), zones, "the day of shipping on the waybill", day=shipped)


def _arrived(facts: ParcelFacts) -> Began | None:
    told = facts.scans
    delivered = next((event for event in told if event.milestone in ARRIVED), None)
    if delivered is not None:
        return _at(delivered, facts, "the carrier's delivery scan")
    if not facts.taken_in:
        return None
    moved = [event for event in told if event.milestone not in NOT_MOVED]
    if moved:
        last = _at(moved[-1], facts, "the last scan: we have it and no delivery was told")
        return Began(last.at, last.zones, last.why, assumed=True)
    issued = _issued(facts)
    return Began(issued.at, issued.zones, f"no delivery was told: {issued.why}", assumed=True, day=issued.day)


def _expected(facts: ParcelFacts, handed_over: Began) -> Began:
    """When it ought to have come: the carrier's promise; else the day it was handed over, the earliest there is."""
    lane, promised = facts.leg.lane, facts.track.eta if facts.track else None
    if promised is None:
        why = f"no promise is known: {handed_over.why}"
        return Began(handed_over.at, handed_over.zones, why, assumed=True, day=handed_over.day)
    return Began(promised, zones_of(lane.destination, facts.regions.get(lane.destination)), "the carrier's promise")


def _at(event: Event, facts: ParcelFacts, why: str) -> Began:
    """A scan in the zone of its place; one whose local time had no zone was put there by assumption."""
    country = event.place.country
    if country is None:
        arrived = event.milestone in ARRIVED
        country = facts.leg.lane.destination if arrived and event.milestone != "returned" else facts.leg.lane.origin
    zones = zones_of(country, facts.regions.get(country))
    return Began(event.at, zones, why, assumed=event.tz_source == "assumed")


def _midnight(day: date, zones: tuple[str, ...]) -> datetime:
    """The first instant of this day in any of these zones."""
    return min(end_of_day(day - timedelta(days=1), name) for name in zones)
