"""What was found when a piece was looked at: weight, stones, marks, fineness, and whether it is the piece that left."""

from __future__ import annotations

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
    """Grams on one scale. ``tolerance_g`` is what the scale may err."""

    gross_g: Decimal
    net_g: Decimal | None
    scale_id: str
    calibrated_on: date
    tolerance_g: Decimal


@dataclass(frozen=True, slots=True)
class FinenessReading:
    """XRF in three places, parts per thousand. Of the surface alone, so it never refuses a piece by itself."""

    readings: tuple[Decimal, ...]
    limit_ppt: Decimal
    second_method: str | None = None


@dataclass(frozen=True, slots=True)
class PieceFound:
    """One line of the request as it was found. ``came`` are the pieces of it that came back, ``accepted`` those for
    which money may be given; ``accepted_net_g`` is the net metal of these, None when nobody could say."""

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


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection. ``held``: nothing may be settled on it until a person has released it (``released_by``)."""

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

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return f"{self.n:04d}"

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due."""
        return None

    @property
    def holds(self) -> bool:
        """Whether nothing may be settled on it as it stands."""
        return self.outcome == "held" and self.released_by is None
