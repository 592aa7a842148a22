"""What was found when a piece was looked at: weight, stones, marks, fineness, and whether it is the piece that left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

# as_sold: as it was; worn: more than a shop would allow; altered: resized, engraved ...; short: metal or stones are
# missing from it; swapped: another piece; missing: not in the parcel; doubtful: a person or a laboratory must say.
PieceVerdict = Literal["as_sold", "worn", "altered", "damaged", "short", "swapped", "missing", "doubtful"]
InspectionOutcome = Literal["accepted", "partial", "held"]


@dataclass(frozen=True, slots=True)
class Weighing:
    """Grams on one scale. ``tolerance_g`` is what the scale may err; ``gross_g`` the mean of ``readings_g``; ``net_g``
    the metal alone, where it was weighed without its stones."""

    gross_g: Decimal
    net_g: Decimal | None
    scale_id: str
    calibrated_on: date
    tolerance_g: Decimal
    readings_g: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class FinenessReading:
    """XRF in three places, parts per thousand. Of the surface alone, so it never refuses a piece by itself.
    ``limit_ppt`` is what the mean must reach; ``second_agrees`` what another method said of the mark (None: none was
    asked); ``other_peaks``: a metal showed that pure gold does not hold."""

    readings: tuple[Decimal, ...]
    limit_ppt: Decimal
    second_method: str | None = None
    second_agrees: bool | None = None
    other_peaks: bool | None = None


@dataclass(frozen=True, slots=True)
class PieceFound:
    """One line of the request as it was found; ``line`` counts from 1. ``came`` are the pieces of it that came back,
    ``accepted`` those for which money may be given; ``accepted_net_g`` is the net metal of these, None when nobody
    could say. ``fault_found``: whether it has a fault that was there when it was sold, the one claimed or another;
    False for none and for what wear has made, None while nobody has judged it. ``kept`` are pieces that the customer
    said they keep: not sent, so not missing. ``waits``: what of it a second person lifts by signing too; whatever else
    holds it needs a release."""

    line: int
    came: int
    accepted: int
    verdict: PieceVerdict
    weighing: Weighing | None = None
    expected_net_g: Decimal | None = None
    accepted_net_g: Decimal | None = None
    stones: int | None = None
    serial: str | None = None
    hallmark: str | None = None
    fineness: FinenessReading | None = None
    grade: Literal["A", "B", "C", "D"] | None = None
    reasons: tuple[str, ...] = ()
    off_by_g: Decimal | None = None
    expected_gross_g: Decimal | None = None
    inscription: str | None = None
    kept: int = 0
    condition: str | None = None
    holds: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    fault_found: bool | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection. ``held``: nothing may be settled on it until a person has released it (``released_by``).

    ``waits_for`` are the formalities it is held for alone: ``second_person`` (who signs by their own token),
    ``opening_video``. One that was looked at again is ``replaced_by`` a later one and counts no more. ``same_state``
    is what customs ask: whether the pieces are as they left, neither worked on nor altered (None: not known).
    ``looked_at_by`` are those whose finding of other lines it goes on with: what came later lay in another parcel.
    """

    KIND: ClassVar[str] = "INSPECTION"

    case_id: str
    n: int
    leg_n: int
    at: datetime
    by: str
    second: str | None
    outcome: InspectionOutcome
    pieces: tuple[PieceFound, ...]
    reasons: tuple[str, ...] = ()
    released_by: str | None = None
    released_at: datetime | None = None
    after_repair: int | None = None
    waits_for: tuple[str, ...] = ()
    same_state: bool | None = None
    digest: str | None = None
    replaces: int | None = None
    replaced_by: int | None = None
    why: str | None = None
    opening_video: str | None = None
    evidence_ids: tuple[str, ...] = ()
    signed_at: datetime | None = None
    release_why: str | None = None
    due_at: datetime | None = None
    looked_at_by: tuple[str, ...] = ()

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return f"{self.n:04d}"

    @property
    def holds(self) -> bool:
        """Whether nothing may be settled on it as it stands."""
        return self.outcome == "held" and self.released_by is None


def standing(inspections: Iterable[Inspection]) -> tuple[Inspection, ...]:
    """Those that count: of each leg, and of each repair, the one that no later look has replaced."""
    return tuple(one for one in inspections if one.replaced_by is None)


def found_same_state(inspections: Iterable[Inspection]) -> bool | None:
    """Whether what came home is as it left, by all that was looked at on arrival; None while that is not known."""
    said = [one.same_state for one in standing(inspections) if one.after_repair is None]
    if any(one is False for one in said):
        return False
    return True if said and all(said) else None
