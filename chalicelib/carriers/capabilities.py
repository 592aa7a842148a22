"""What each carrier offers: its services and lanes, limits of its interfaces, what is left to a person.

What this system can do with a carrier is not data: it is asked of the carrier's own module, so that a service becomes
bookable when its module can order it, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chalicelib.carriers.channels import Carrier
from chalicelib.carriers.registry import CARRIERS
from chalicelib.errors import RuleFileInvalid, RuleNotInForce
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, Vintage, dictionary, in_force

DATASET = "carriers/capabilities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A row with its source."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    carrier: str
    confidence: Confidence
    source: int

    def cited(self, vintage: Vintage) -> dict[str, Any]:
        """Where it comes from and how sure it is, as answers say it."""
        return {"source": vintage.rules["source"][self.source - 1]["title"], "confidence": self.confidence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Sourced):
    """One service: between which countries, and where it can be ordered over the carrier's interface. ``insured``: the
    item itself is insured for its declared value."""

    service: str
    title: str
    scope: Literal["international", "domestic", "any"]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    ordered: Literal["everywhere", "within_country", "by_person"]
    insured: bool

    def why_not(self, lane: Lane) -> str | None:
        """Why it does not run on this lane; None if it does."""
        abroad = lane.origin != lane.destination
        if self.scope != "any" and abroad is (self.scope == "domestic"):
            return f"service_is_{self.scope}"
        if not _names(self.origins, lane.origin):
            return "service_not_from_origin"
        return None if _names(self.destinations, lane.destination) else "service_not_to_destination"

    def serves(self, origin: str | None, destination: str | None) -> bool:
        """Whether it may run between these; None is anywhere."""
        if origin and destination:
            return self.why_not(Lane(origin, destination)) is None
        return (origin is None or _names(self.origins, origin)) and (
            destination is None or _names(self.destinations, destination)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Sourced):
    """Something a carrier offers beside waybills, pickups and tracking, and whether this system uses it."""

    code: str
    state: Literal["by_us", "at_carrier", "none", "unknown"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Sourced):
    """A limit of a carrier's interface: written here, or read from the carrier's own rules (``table``, ``key``)."""

    code: str
    unit: str
    value: str | None = None
    table: str | None = None
    key: str | None = None

    @property
    def told(self) -> str:
        """The limit as text; raises ``RuleFileInvalid`` for one that names nothing."""
        if self.value is not None:
            return self.value
        if self.table is None or self.key is None:
            raise RuleFileInvalid(f"{DATASET}: limit {self.carrier}/{self.code} has neither value nor table and key")
        return str(dictionary("carriers", self.table)["limits"][self.key])


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand(Sourced):
    """What a person must do."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The vintage in force."""

    vintage: Vintage
    services: tuple[Service, ...]
    offers: tuple[Offer, ...]
    limits: tuple[Limit, ...]
    by_hand: tuple[ByHand, ...]


def capabilities_on(on: date) -> Capabilities | None:
    """What is known of that day; None before the first vintage. Raises ``RuleFileInvalid``."""
    try:
        return _read(in_force(DATASET, on).effective)
    except RuleNotInForce:
        return None


def service_of(carrier: str, service: str, on: date) -> Service | None:
    """The service of this name; None when nothing is known of it."""
    known = capabilities_on(on)
    rows = known.services if known else ()
    return next((row for row in rows if (row.carrier, row.service) == (carrier, service)), None)


def is_bookable(row: Service | None, lane: Lane | None, works: Mapping[str, Carrier] = CARRIERS) -> bool:
    """Whether this system can order the waybill itself: the service runs on the lane (None: on some lane), is ordered
    over an interface, and the carrier's module can order."""
    if row is None or row.ordered == "by_person" or (lane is not None and row.why_not(lane) is not None):
        return False
    if row.ordered == "within_country" and lane is not None and lane.origin != lane.destination:
        return False
    return row.carrier in works and works[row.carrier].waybills is not None


@cache
def _read(effective: date) -> Capabilities:
    vintage = in_force(DATASET, effective)
    rules = vintage.rules
    try:
        found = Capabilities(
            vintage=vintage,
            services=TypeAdapter(tuple[Service, ...]).validate_python(rules["service"]),
            offers=TypeAdapter(tuple[Offer, ...]).validate_python(rules["offer"]),
            limits=TypeAdapter(tuple[Limit, ...]).validate_python(rules["limit"]),
            by_hand=TypeAdapter(tuple[ByHand, ...]).validate_python(rules["person"]),
        )
    except (KeyError, ValidationError) as invalid:
        raise RuleFileInvalid(f"{vintage.name}: {invalid}") from invalid
    return found


def _names(countries: tuple[str, ...], country: str) -> bool:
    return "*" in countries or country in countries
