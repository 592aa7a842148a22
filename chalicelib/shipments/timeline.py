"""One set of events and how it reads: what is the same scan, in which order, what each means on this leg."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.places import territory_of
from chalicelib.shipments.events import Condition, Event, LegFacts, Milestone, Party, Place
from chalicelib.shipments.text import clip
from chalicelib.shipments.transitions import IMPLIED, WEIGHT, place_on_journey

TEXT_LIMIT = 80
TWIN_WINDOW = timedelta(minutes=2)
_SAME_IDENTITY = {
    "fedex_push": "fedex",
    "ems_push": "ems",
}  # poll and push of one carrier that give one scan one id: never twins
_SAME_CODES = frozenset({"dhl_unified", "dhl_push"})
"""Poll and push of one interface, where a push may tell a scan by another clock (in ``Z``) and so under another id:
twins only when the code is the same too. Two movement scans of one minute are two scans."""
_SURENESS = {"assumed": 0, "place": 1, "offset": 2}
_EXPORTED: dict[Milestone, Milestone] = {
    "import_customs": "export_customs",
    "import_cleared": "export_cleared",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One physical scan: the event that speaks for it and its twins, the same scan told by another source."""

    event: Event
    twins: tuple[Event, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every event that tells of this scan."""
        return (self.event.id, *(twin.id for twin in self.twins))


def merge(history: Iterable[Event], new: Iterable[Event]) -> tuple[Event, ...]:
    """The union of both by id, in canonical order. A scan told again with more is enriched, never doubled.

    Each part of an enriched event is the greater of both by a fixed order: it does not matter who came first.
    """
    known: dict[str, Event] = {}
    for event in (*history, *new):
        event = _as_kept(event)
        before = known.get(event.id)
        known[event.id] = event if before is None or before == event else _enriched(before, event)
    return tuple(sorted(known.values(), key=canonical_order))


def canonical_order(event: Event) -> tuple[datetime, int, str, str]:
    """The total order of events; what cancels another scan is read after the scans of the same instant."""
    place = 99 if event.withdraws_delivery or event.voids else place_on_journey(event.milestone)
    return (event.at, place, event.code, event.id)


def directed(event: Event, leg: LegFacts) -> Event:
    """The scan as it reads on this leg: customs of the origin's territory are export, a consignee has a name.

    Carriers have one code for clearance at either end; the European Union is one customs territory.
    """
    milestone = event.milestone
    if milestone is not None and milestone in _EXPORTED and is_export(event.place, leg):
        milestone = _EXPORTED[milestone]
    responsible, action_by = _named(event.responsible, leg), _named(event.action_by, leg)
    if (milestone, responsible, action_by) == (event.milestone, event.responsible, event.action_by):
        return event
    return event._replace(milestone=milestone, responsible=responsible, action_by=action_by)


def scans(events: Iterable[Event], leg: LegFacts) -> tuple[Scan, ...]:
    """The timeline: events directed, in order, with twins joined. Twins come from different sources and agree
    in milestone and country within two minutes; both stay in the history. What a later scan cancelled is not read.
    """
    ordered = standing(sorted((directed(event, leg) for event in events), key=canonical_order))
    groups: list[list[Event]] = []
    near: dict[tuple[Milestone, str | None], list[list[Event]]] = {}
    for event in ordered:
        if event.milestone is None or event.milestone == "unrecognised":
            groups.append([event])
            continue
        alike = near.setdefault((event.milestone, event.place.country), [])
        twins = [told for told in alike if _is_twin(event, told)]
        group = next((told for told in twins if told[0].code == event.code), twins[0] if twins else None)
        if group is None:
            group = []
            alike.append(group)
            groups.append(group)
        group.append(event)
    return tuple(_scan(group) for group in groups)


def standing(ordered: list[Event]) -> list[Event]:
    """Events in canonical order without those that were cancelled: each one that ``voids`` takes away the latest
    before it, of one carrier, with one of these codes, and the same one never twice."""
    if not any(event.voids for event in ordered):
        return ordered
    left: list[Event] = []
    for event in ordered:
        for at in range(len(left) - 1, -1, -1):
            if left[at].code in event.voids and _identity(left[at].source) == _identity(event.source):
                del left[at]
                break
        left.append(event)
    return left


def condition_of(event: Event) -> Condition | None:
    """The scan's condition; some milestones are failures whatever the carrier calls them, and no delivery is
    late.
    """
    if event.milestone in IMPLIED and event.condition in (None, "ok"):
        return IMPLIED[event.milestone]
    if event.condition == "delayed" and event.milestone in ("delivered", "partially_delivered"):
        return "ok"
    return event.condition


def is_export(place: Place, leg: LegFacts) -> bool:
    """Whether customs at this place is the customs that the goods leave by."""
    if place.country is None or territory_of(leg.origin) == territory_of(leg.destination):
        return False
    return territory_of(place.country) == territory_of(leg.origin)


def _scan(group: list[Event]) -> Scan:
    """The twin that tells of the worst condition speaks, of two alike the one that gives a code for its reason; at the
    time of the first and under its id."""
    if len(group) == 1:
        return Scan(group[0])
    worst = max(group, key=lambda event: (WEIGHT[condition_of(event) or "ok"], event.exception_code is not None))
    withdraws = any(event.withdraws_delivery for event in group)
    speaker = worst._replace(id=group[0].id, at=group[0].at, withdraws_delivery=withdraws)
    return Scan(speaker, tuple(group[1:]))


def _is_twin(event: Event, told: list[Event]) -> bool:
    if event.at - told[0].at > TWIN_WINDOW:
        return False
    return all(_may_be_one(event, other) for other in told)


def _may_be_one(one: Event, other: Event) -> bool:
    if _identity(one.source) == _identity(other.source):
        return _told_before_its_reason(one, other)
    return one.code == other.code or not _SAME_CODES.issuperset((one.source, other.source))


def _told_before_its_reason(one: Event, other: Event) -> bool:
    """A carrier may push a scan first and its exception code later: one scan of one moment and place."""
    if (one.code, one.at, one.place) != (other.code, other.at, other.place):
        return False
    return (one.exception_code is None) != (other.exception_code is None)


def _identity(source: str) -> str:
    return _SAME_IDENTITY.get(source, source)


def _named(party: Party | None, leg: LegFacts) -> Party | None:
    if party != "consignee":
        return party
    return "merchant" if leg.direction == "home" else "customer"


def _as_kept(event: Event) -> Event:
    """The event as the history keeps it: with its text clipped, so that a second telling is the same."""
    text = clip(event.text, TEXT_LIMIT)
    return event if text == event.text else event._replace(text=text)


def _enriched(one: Event, other: Event) -> Event:
    timed = max(one, other, key=lambda event: (_SURENESS[event.tz_source], event.at, event.at_local))
    meant = max(one, other, key=_fullness)
    return meant._replace(
        at=timed.at,
        at_local=timed.at_local,
        tz_source=timed.tz_source,
        text=max(one.text, other.text, key=lambda text: (len(text), text)),
        place=Place(_fuller(one.place.city, other.place.city), _fuller(one.place.country, other.place.country)),
        source=max(one.source, other.source, key=lambda source: (source.endswith("_push"), source)),
    )


def _fullness(event: Event) -> tuple[bool, int, tuple[tuple[bool, str], ...]]:
    """How much a telling means: recognised before not, then the fuller, then by its words."""
    parts = (event.milestone, event.condition, event.reason, event.responsible, event.action_by)
    every = (*parts, event.exception_code, event.code, str(event.withdraws_delivery), "+".join(event.voids))
    words = tuple((part is not None, part or "") for part in every)
    return (event.milestone != "unrecognised", sum(part is not None for part in parts), words)


def _fuller(one: str | None, other: str | None) -> str | None:
    return max(one, other, key=lambda word: (word is not None, len(word or ""), word or ""))
