"""The state of a leg as a function of the set of its scans: one answer for any order, repetition or batching.

``merge`` grows the set, ``fold`` reads it in the order of the instants (ties by place on the journey, code,
id) and walks the tables of ``transitions``. Nothing here knows what arrived when: a departure that is told
late is read in its place and cannot clear a hold, and a second telling changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from chalicelib.places import territory_of
from chalicelib.shipments.events import AT_REST, Condition, Event, LegFacts, Milestone, Party, Place
from chalicelib.shipments.timeline import Scan, condition_of, directed, is_export, merge, scans
from chalicelib.shipments.transitions import (
    BEFORE_PICKUP,
    CUSTOMS,
    ENDS,
    MOVING,
    OVER,
    SEEN,
    WEIGHT,
    Ground,
    takes_over,
)

__all__ = ["Episode", "Scan", "State", "Stay", "directed", "fold", "fold_merged", "merge", "scans"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One trouble from the scan that opened it to the one that ended it. ``id`` is the opening scan's;
    ``scans`` are all that told of it, so that a telling which arrives late but is dated earlier is known to
    be the same trouble.
    """

    id: str
    condition: Condition
    ground: Ground
    milestone: Milestone | None
    since: datetime
    until: datetime | None
    reason: str | None
    responsible: Party | None
    action_by: Party | None
    country: str | None
    scans: tuple[str, ...]
    acting_since: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of the parcel at a place, from the first scan that saw it there: ``name`` is the country, for a stay at
    one office the country and city. ``visit`` counts the stays at this place, ``scans`` those of this stay: a scan of
    this stay that is told late changes neither its name nor its number.
    """

    name: str
    visit: int
    since: datetime
    scans: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """How far a leg is, whether it is well and why. ``milestone`` is None while nothing at all is known.

    ``since`` is when the present condition began; ``hold_episode`` names the open hold; ``delivered_at`` is
    the first delivery that stands; ``last_event_at`` counts every event, ``last_scan_at`` only those that
    prove the parcel was somewhere. ``goes_back_to`` tells whom a returning parcel goes to: the customer on a
    leg home, else the merchant. ``office`` and ``country`` are where it was last seen, ``attempted`` when its
    delivery was tried.
    """

    milestone: Milestone | None = None
    condition: Condition = "ok"
    reason: str | None = None
    responsible: Party | None = None
    action_by: Party | None = None
    since: datetime | None = None
    last_event_at: datetime | None = None
    last_event_id: str | None = None
    delivered_at: datetime | None = None
    hold_episode: str | None = None
    milestone_id: str | None = None
    milestone_at: datetime | None = None
    moving_since: datetime | None = None
    last_scan_at: datetime | None = None
    last_scan_id: str | None = None
    attempts: int = 0
    goes_back_to: Literal["customer", "merchant"] | None = None
    episodes: tuple[Episode, ...] = ()
    office: Stay | None = None
    country: Stay | None = None
    attempted: tuple[datetime, ...] = ()

    @property
    def at_rest(self) -> bool:
        """Nothing more is expected of the carrier."""
        return self.milestone in AT_REST

    @property
    def trouble(self) -> Episode | None:
        """The open episode, if any; there is never more than one."""
        return self.episodes[-1] if self.episodes and self.episodes[-1].until is None else None


def fold(events: Iterable[Event], leg: LegFacts) -> State:
    """The state that this set of events means on this leg. Pure; duplicates and order do not matter."""
    return fold_merged(merge((), events), leg)


def fold_merged(events: tuple[Event, ...], leg: LegFacts) -> State:
    """``fold`` for events that ``merge`` has already made one set."""
    walk = _Walk(leg)
    for scan in scans(events, leg):
        walk.read(scan)
    return walk.state(events)


@dataclass(slots=True)
class _Walk:
    """What is known after each scan in turn; lives only inside one ``fold``."""

    leg: LegFacts
    milestone: Milestone | None = None
    milestone_id: str | None = None
    milestone_at: datetime | None = None
    before_delivery: Milestone | None = None
    delivered_at: datetime | None = None
    moving_since: datetime | None = None
    last_scan: Event | None = None
    attempts: int = 0
    open: Episode | None = None
    past: tuple[Episode, ...] = ()
    office: Stay | None = None
    country: Stay | None = None
    visits: Counter[str] = field(default_factory=Counter)
    attempted: tuple[datetime, ...] = ()

    def read(self, scan: Scan) -> None:
        scan = self._on_the_way_back(scan)
        event = scan.event
        if event.milestone in MOVING:
            self.moving_since = self.moving_since or event.at
        if event.milestone in SEEN:
            self.last_scan = event
            self._see(event)
        if not self._speaks(event):
            return
        if event.milestone == "delivery_attempted":
            self.attempts += 1
            self.attempted = (*self.attempted, event.at)
        staying = self._stuck_at_customs(event)
        self._judge(scan)
        if event.withdraws_delivery and self.milestone in ("delivered", "partially_delivered"):
            self._withdraw(event)
        elif event.milestone is not None and not staying:
            self._move(event, event.milestone)

    def state(self, events: tuple[Event, ...]) -> State:
        last, seen, now_open = events[-1] if events else None, self.last_scan, self.open
        held = now_open is not None and now_open.condition == "held"
        going_back = self.milestone in ("returning", "returned")
        return State(
            milestone=self.milestone,
            condition=now_open.condition if now_open else "ok",
            reason=now_open.reason if now_open else None,
            responsible=now_open.responsible if now_open else None,
            action_by=now_open.action_by if now_open else None,
            since=now_open.since if now_open else self.past[-1].until if self.past else None,
            last_event_at=last.at if last else None,
            last_event_id=last.id if last else None,
            delivered_at=self.delivered_at,
            hold_episode=now_open.id if now_open and held else None,
            milestone_id=self.milestone_id,
            milestone_at=self.milestone_at,
            moving_since=self.moving_since,
            last_scan_at=seen.at if seen else None,
            last_scan_id=seen.id if seen else None,
            attempts=self.attempts,
            goes_back_to=_sender(self.leg) if going_back else None,
            episodes=(*self.past, now_open) if now_open else self.past,
            office=self.office,
            country=self.country,
            attempted=self.attempted,
        )

    def _see(self, event: Event) -> None:
        """A scan without a country or a city says nothing against the place the parcel was seen at before."""
        city, country = event.place.city, event.place.country
        if country is not None:
            self.country = self._stay(self.country, country, event.at)
        if city is not None:
            self.office = self._stay(self.office, f"{country or ''}/{city.casefold()}", event.at)

    def _stay(self, before: Stay | None, name: str, at: datetime) -> Stay:
        if before is not None and before.name == name:
            return Stay(name, before.visit, before.since, before.scans + 1)
        self.visits[name] += 1
        return Stay(name, self.visits[name], at)

    def _on_the_way_back(self, scan: Scan) -> Scan:
        """Delivered while going back, and not at the destination, is delivered to the sender."""
        event = scan.event
        if self.milestone != "returning" or event.milestone != "delivered" or _at_destination(event.place, self.leg):
            return scan
        why = self.open if self.open is not None and self.open.ground == "over" else None
        returned = event._replace(
            milestone="returned",
            reason=event.reason or (why.reason if why else None),
            responsible=event.responsible or (why.responsible if why else None),
            action_by=event.action_by or (why.action_by if why else None),
        )
        return Scan(returned, scan.twins)

    def _speaks(self, event: Event) -> bool:
        """At rest, only a scan that repeats, reopens or withdraws the rest says anything about the leg; of
        notes without a milestone only those that something is wrong with what was delivered.
        """
        if event.withdraws_delivery:
            return True
        if self.milestone not in AT_REST:  # a label that is cancelled under a moving parcel is not about the parcel
            return event.milestone != "cancelled" or takes_over(self.milestone, "cancelled")
        if event.milestone is None:
            return event.condition in ("action_required", "failed")
        return event.milestone == self.milestone or takes_over(self.milestone, event.milestone)

    def _stuck_at_customs(self, event: Event) -> bool:
        """A parcel that customs hold may be carried about under bond; it is still at customs."""
        hold = self.open
        held = hold is not None and hold.condition == "held" and hold.ground in ("export", "import")
        return held and event.milestone == "in_transit" and not self._ends(event)

    def _judge(self, scan: Scan) -> None:
        event, incoming = scan.event, condition_of(scan.event)
        if incoming is None or incoming == "ok":
            if self._ends(event) or (incoming == "ok" and self._withdraws_delay(event)):
                self._close(event)
            return
        ground = self._ground_of(event)
        if self.open and (self.open.condition, self.open.ground) == (incoming, ground):
            self._continue(scan, speaks=True)
        elif self.open is None or self._ends(event) or self._outweighs(incoming):
            self._close(event)
            self.open = _opened(scan, incoming, ground)
        else:
            self._continue(scan, speaks=self.open.ground == ground)

    def _ends(self, event: Event) -> bool:
        if self.open is None:
            return False
        if self.open.ground in ("export", "import") and event.reason == "customs_released":
            return True
        if event.milestone is None:
            return event.withdraws_delivery and self.open.ground == "delivered"
        if self.open.ground == "over":
            return event.milestone not in OVER and takes_over(self.milestone, event.milestone)
        if self.open.milestone == "partially_delivered" and event.milestone == "delivered":
            return True  # the rest came
        if self.open.reason == "loss_suspected" and self.open.ground != "delivered" and event.milestone in SEEN:
            return True  # it was seen
        if event.milestone in ENDS[self.open.condition, self.open.ground]:
            return True
        return self.open.ground == "export" and event.milestone == "in_transit" and _is_abroad(event.place, self.leg)

    def _withdraws_delay(self, event: Event) -> bool:
        return event.milestone is None and self.open is not None and self.open.condition == "delayed"

    def _outweighs(self, incoming: Condition) -> bool:
        current = WEIGHT[self.open.condition] if self.open else 0
        return WEIGHT[incoming] > current or (WEIGHT[incoming] == current and incoming != "held")

    def _ground_of(self, event: Event) -> Ground:
        where = self.milestone if event.milestone in (None, "unrecognised") else event.milestone
        if event.milestone in OVER:
            return "over"
        if where in ("delivered", "partially_delivered"):
            return "delivered"
        if event.milestone in CUSTOMS or (event.reason or "").startswith("customs_"):
            return _side(event, self.leg)
        return "before_pickup" if where is None or where in BEFORE_PICKUP else "road"

    def _continue(self, scan: Scan, *, speaks: bool) -> None:
        """The trouble goes on; its newest telling on the same ground says why and who must act."""
        if self.open is None:
            return
        told = scan.event
        action_by = (told.action_by if speaks else None) or self.open.action_by
        self.open = replace(
            self.open,
            scans=(*self.open.scans, *scan.ids),
            reason=(told.reason if speaks else None) or self.open.reason,
            responsible=(told.responsible if speaks else None) or self.open.responsible,
            action_by=action_by,
            acting_since=self.open.acting_since if action_by == self.open.action_by else told.at,
        )

    def _close(self, event: Event) -> None:
        if self.open is not None:
            self.past = (*self.past, replace(self.open, until=event.at))
            self.open = None

    def _move(self, event: Event, incoming: Milestone) -> None:
        if not takes_over(self.milestone, incoming):
            return
        if incoming == "delivered":
            self.delivered_at = event.at
        elif incoming not in ("destroyed", "seized", "lost"):
            self.delivered_at = None
        if incoming in ("delivered", "partially_delivered") and self.milestone != "partially_delivered":
            self.before_delivery = self.milestone
        self.milestone, self.milestone_id, self.milestone_at = incoming, event.id, event.at

    def _withdraw(self, event: Event) -> None:
        told = None if event.milestone in ("unrecognised", "delivered", "partially_delivered") else event.milestone
        self.milestone = told or self.before_delivery or "unrecognised"
        self.milestone_id, self.milestone_at, self.delivered_at = event.id, event.at, None


def _opened(scan: Scan, condition: Condition, ground: Ground) -> Episode:
    event = scan.event
    return Episode(
        id=event.id,
        condition=condition,
        ground=ground,
        milestone=event.milestone,
        since=event.at,
        until=None,
        reason=event.reason,
        responsible=event.responsible,
        action_by=event.action_by,
        country=event.place.country,
        scans=scan.ids,
        acting_since=event.at,
    )


def _side(event: Event, leg: LegFacts) -> Ground:
    """Export or import; unknown is import, whose hold is the harder one to end."""
    if event.milestone in CUSTOMS:
        return "export" if event.milestone in ("export_customs", "export_cleared") else "import"
    return "export" if is_export(event.place, leg) else "import"


def _is_abroad(place: Place, leg: LegFacts) -> bool:
    return place.country is not None and territory_of(place.country) != territory_of(leg.origin)


def _at_destination(place: Place, leg: LegFacts) -> bool:
    return place.country == leg.destination != leg.origin


def _sender(leg: LegFacts) -> Literal["customer", "merchant"]:
    return "customer" if leg.direction == "home" else "merchant"
