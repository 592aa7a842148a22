"""What may be given as evidence: which files, how large, how many, by whom; and the words for why one is not kept.

All of it is data (``rules/evidence``). A kind names families of files (photo, video, paper), a family its media types
and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from chalicelib.errors import RuleFileInvalid
from chalicelib.returns.evidence import EVIDENCE_KINDS, EvidenceKind
from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Confidence, Vintage, in_force

DATASET = "returns/evidence"
FamilyName = Literal["photo", "video", "paper"]
Giver = Literal["customer", "merchant"]
# What a moment is: by when something must be there.
Moment = Literal["decision", "hand_over", "border", "signing", "opening", "inspection", "work", "settlement", "claim"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    confidence: Confidence
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(_Row):
    """Files of one family: their media types, and their sizes in bytes. ``most_pixels`` and ``most_scans`` bound what a
    photo unpacks to."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: FamilyName
    types: tuple[str, ...]
    smallest: int
    largest: int
    most_pixels: int = 0
    most_scans: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow(_Row):
    """Kinds of evidence that are taken alike: in which families, from whom, how many of each in one case."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    codes: tuple[EvidenceKind, ...]
    families: tuple[FamilyName, ...]
    givers: tuple[Giver, ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(_Row):
    """The copy and the thumbnail that are shown instead of a photo: pixels of the longer side, JPEG quality."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    copy_px: int
    copy_quality: int
    thumbnail_px: int
    thumbnail_quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(_Row):
    """How long an upload may begin, how long a link lives (minutes), and how much one case may have; how long an upload
    may still be on its way, when one that was confirmed is looked at again, and how long an offer must yet run to be
    given out again (minutes)."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    put_minutes: int
    form_minutes: int
    link_minutes: int
    open_offers: int
    pieces: int
    grace_minutes: int
    look_again_minutes: int
    shortest_minutes: int

    @property
    def grace(self) -> timedelta:
        """How long an upload that began in time may still be on its way."""
        return timedelta(minutes=self.grace_minutes)

    @property
    def look_again(self) -> timedelta:
        """After how long a confirmed piece is looked at again, if nobody has."""
        return timedelta(minutes=self.look_again_minutes)

    @property
    def shortest(self) -> timedelta:
        """How long an offer must still run to be given out again."""
        return timedelta(minutes=self.shortest_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantRow(_Row):
    """Something that is wanted where everything that narrows it holds; empty narrows nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    kind: EvidenceKind
    count: int
    giver: Giver
    by: Moment
    text: str
    why: str
    cases: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    above: Literal["", "two_person_open_above", "high_value_above"] = ""
    when: Literal["", "export_unproven", "theft"] = ""


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """One vintage, read and checked."""

    vintage: Vintage
    families: tuple[Family, ...]
    kinds: tuple[KindRow, ...]
    shown: Shown
    limits: Limits
    wants: tuple[WantRow, ...]

    def row_of(self, kind: EvidenceKind) -> KindRow:
        """How evidence of this kind is taken."""
        return next(row for row in self.kinds if kind in row.codes)

    def families_of(self, kind: EvidenceKind) -> tuple[Family, ...]:
        """The families in which this kind is taken."""
        names = self.row_of(kind).families
        return tuple(family for family in self.families if family.name in names)

    def types_of(self, kind: EvidenceKind) -> tuple[str, ...]:
        """The media types in which this kind is taken."""
        return tuple(media_type for family in self.families_of(kind) for media_type in family.types)

    def family_for(self, media_type: str) -> Family | None:
        """The family of a media type; None where it is not taken at all."""
        return next((family for family in self.families if media_type in family.types), None)

    def most_pixels_of(self, media_type: str) -> int:
        """The most pixels that a photo of this media type may unpack to."""
        family = self.family_for(media_type)
        return family.most_pixels if family else 0

    def largest_of(self, kind: EvidenceKind) -> int:
        """The most bytes that a file of this kind may have."""
        return max(family.largest for family in self.families_of(kind))

    def smallest_of(self, kind: EvidenceKind) -> int:
        """The fewest bytes that a file of this kind may have."""
        return min(family.smallest for family in self.families_of(kind))

    def source_of(self, row: _Row) -> str:
        """The title of a row's source."""
        return str(self.vintage.rules["source"][row.source - 1]["title"])

    def words_of(self, problem: str) -> str:
        """What a problem means and what to do, in English."""
        return str(self.vintage.rules["problem"][problem])


def evidence_rules(on: date) -> EvidenceRules:
    """The rules of evidence in force on a day; raises ``RuleNotInForce`` before the first vintage.

    >>> evidence_rules(date(2026, 11, 22)).types_of("photo_item")
    ('image/jpeg', 'image/png', 'image/webp')
    """
    return _read(in_force(DATASET, on).effective)


@cache
def _read(effective: date) -> EvidenceRules:
    vintage = in_force(DATASET, effective)
    rules = vintage.rules
    read = EvidenceRules(
        vintage,
        rows_of(vintage, "family", Family),
        rows_of(vintage, "kind", KindRow, [_given(row, "from", "givers") for row in rules["kind"]]),
        rows_of(vintage, "shown", Shown)[0],
        rows_of(vintage, "limits", Limits)[0],
        rows_of(vintage, "want", WantRow, [_given(row, "from", "giver") for row in rules["want"]]),
    )
    _check(read)
    return read


def _given(row: dict[str, Any], said: str, name: str) -> dict[str, Any]:
    """A row whose file uses a word that Python keeps for itself."""
    return {name if key == said else key: value for key, value in row.items()}


def _check(read: EvidenceRules) -> None:
    """Every kind in exactly one row."""
    codes = [code for row in read.kinds for code in row.codes]
    if sorted(codes) != sorted(EVIDENCE_KINDS):
        raise RuleFileInvalid(f"{read.vintage.name}: every kind of evidence wants one row, and only one")
