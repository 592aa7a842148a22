"""Bodies of custody: hand-overs, the receipt of a parcel, the inspection of its pieces, a signature and a release."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from chalicelib.api.operation import HOLDER
from chalicelib.api.shapes import Day, Flag, Instant, Reference, Shape, WeightG, Word, code, line
from chalicelib.returns.custody import Contents, CovertMark, Holder, InnerLabel, SealState

if TYPE_CHECKING:
    from chalicelib.returns.inspection import Weighing
    from chalicelib.returns.judge_piece import PieceSeen
    from chalicelib.workflows.hand_over import Touch
    from chalicelib.workflows.inspect_pieces import Inspected
    from chalicelib.workflows.take_in import TakenIn

MOST_PIECES = 50
LegNumber = Annotated[int, Field(strict=True, ge=1, le=99)]
# Boxes of one leg; more are no ordinary return.
ParcelNumber = Annotated[int, Field(strict=True, ge=1, le=9)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]
Count = Annotated[int, Field(strict=True, ge=0, le=999)]
Stones = Annotated[int, Field(strict=True, ge=0, le=99999)]
EvidenceIds = Annotated[tuple[Reference, ...], Field(max_length=30)]
Mark = Annotated[str, line(60)]
# Parts per thousand, as a reading may be: a little above pure where the instrument errs.
Reading = Annotated[WeightG, Field(le=1010)]


class HandOverBody(Shape):
    """One touch: who gave, who took, where (a place's own code), when; grams and seal where somebody looked."""

    given_by: Holder
    taken_by: Holder
    place: Reference
    of: Literal["parcel", "pieces"] = "parcel"
    at: Instant | None = None
    grams: WeightG | None = None
    scale_id: Reference | None = None
    seal: Reference | None = None
    seal_state: SealState = "unknown"
    evidence_ids: EvidenceIds = ()
    leg: LegNumber | None = None
    parcel: ParcelNumber = 1
    note: Word | None = None

    def as_touch(self) -> Touch:
        """The same as the story knows it."""
        from chalicelib.workflows.hand_over import Touch  # the stories of custody: only for these routes

        values = self.model_dump()
        return Touch(leg_n=values.pop("leg"), **values)


class ReceiptBody(Shape):
    """A parcel at our door: weighed and looked at before signing; what was inside once it was opened. ``damage`` are
    codes of what is seen outside; ``packing_g`` is the empty packing; ``opening_video`` is evidence that was uploaded.
    ``parcel`` 2, 3 ... are further boxes of the same leg: under one waybill, or come beside it by another way.
    ``covert_mark`` and ``inner_label`` are our own signs; ``sender_differs``: who sent it is not who bought.
    ``corrects`` with ``why`` puts right what was said before."""

    leg: LegNumber
    parcel: ParcelNumber = 1
    facility: Reference | None = None
    at: Instant | None = None
    weight_g: WeightG | None = None
    scale_id: Reference | None = None
    scale_tolerance_g: WeightG | None = None
    seal: Reference | None = None
    seal_state: SealState = "unknown"
    damage: Annotated[tuple[Word, ...], Field(max_length=10)] = ()
    packing_g: WeightG | None = None
    contents: Contents | None = None
    remarks_on_receipt: Flag | None = None
    opened_by: Annotated[tuple[Annotated[str, code(HOLDER, 64)], ...], Field(max_length=6)] = ()
    opening_video: Reference | None = None
    evidence_ids: EvidenceIds = ()
    covert_mark: CovertMark | None = None
    inner_label: InnerLabel | None = None
    sender_differs: Flag | None = None
    corrects: Flag = False
    why: Word | None = None

    def as_taken_in(self) -> TakenIn:
        """The same as the story knows it."""
        from chalicelib.returns.judge_parcel import ParcelSeen  # the stories of custody: only for these routes
        from chalicelib.workflows.take_in import TakenIn

        values = self.model_dump(exclude={"leg", "parcel", "facility", "at", "corrects", "why"})
        return TakenIn(self.leg, ParcelSeen(**values), self.facility, self.at, self.parcel)


class WeighingBody(Shape):
    """One line on one scale, all of its pieces that came: three readings of a calibrated scale, dry. ``net_g`` only
    where the metal was weighed without its stones."""

    readings_g: Annotated[tuple[WeightG, ...], Field(min_length=1, max_length=5)]
    net_g: WeightG | None = None
    scale_id: Reference
    calibrated_on: Day
    tolerance_g: WeightG

    def as_weighing(self) -> Weighing:
        """The same as the returns room knows it."""
        from chalicelib.returns.expected_weight import mean_of  # the rules of the scale: only for these routes
        from chalicelib.returns.inspection import Weighing

        mean = mean_of(self.readings_g)
        return Weighing(mean, self.net_g, self.scale_id, self.calibrated_on, self.tolerance_g, self.readings_g)


class ChangeBody(Shape):
    """Work that is known to have been done to the piece since it was sold: a code of the house and its facts, such as
    resize with sizes, width_mm and thickness_mm."""

    code: Word
    facts: Annotated[dict[Word, Annotated[str, line(60)]], Field(default_factory=dict, max_length=8)]


class StoneBody(Shape):
    """The main stone as measured; whether its grading report is still active at the laboratory."""

    carat: WeightG | None = None
    mm: WeightG | None = None
    report_active: Flag | None = None


class FinenessBody(Shape):
    """XRF in three places, parts per thousand; another method and whether it agrees with the mark."""

    readings_ppt: Annotated[tuple[Reading, ...], Field(min_length=1, max_length=9)]
    second_method: Literal["touchstone", "density", "ultrasound", "fire_assay"] | None = None
    second_agrees: Flag | None = None
    other_peaks: Flag | None = None


class PieceBody(Shape):
    """One line of the request, counted from 1, as it was seen: 0 for what came of it where nothing did, ``kept`` what
    the customer said they keep. Leave out what nobody looked at. ``stones`` are of all pieces that came; ``hallmark``
    as it is read, or illegible; ``inscription`` as it is read, or none. ``fault_found``: whether it has a fault that
    was there when it was sold; false for none, and for what wear has made."""

    line: LineNumber
    came: Count
    kept: Count = 0
    weighing: WeighingBody | None = None
    changes: Annotated[tuple[ChangeBody, ...], Field(max_length=10)] = ()
    stones: Stones | None = None
    stone: StoneBody | None = None
    serial: Reference | None = None
    inscription: Mark | None = None
    hallmark: Mark | None = None
    fineness: FinenessBody | None = None
    condition: Literal["as_sold", "worn", "damaged", "altered"] | None = None
    grade: Literal["A", "B", "C", "D"] | None = None
    fault_found: Flag | None = None

    def as_seen(self) -> PieceSeen:
        """The same as the returns room knows it."""
        from chalicelib.returns.judge_piece import PieceSeen, StoneSeen  # the rules of the scale: only here
        from chalicelib.returns.repair import Operation

        read: dict[str, Any] = self.fineness.model_dump() if self.fineness else {}
        return PieceSeen(
            **self.model_dump(exclude={"weighing", "changes", "stone", "fineness"}), **read,
            weighing=self.weighing.as_weighing() if self.weighing else None,
            changes=tuple(Operation(one.code, self.line, dict(one.facts)) for one in self.changes),
            stone=StoneSeen(**self.stone.model_dump()) if self.stone else None,
        )  # fmt: skip


class InspectionBody(Shape):
    """What was found: every line of the request, or after a repair those that were worked on. ``corrects`` with ``why``
    replaces an earlier finding, which is kept."""

    leg: LegNumber
    pieces: Annotated[tuple[PieceBody, ...], Field(min_length=1, max_length=MOST_PIECES)]
    after_repair: LegNumber | None = None
    opening_video: Reference | None = None
    evidence_ids: EvidenceIds = ()
    at: Instant | None = None
    corrects: Flag = False
    why: Word | None = None

    def as_inspected(self) -> Inspected:
        """The same as the story knows it."""
        from chalicelib.workflows.inspect_pieces import Inspected  # the stories of custody: only for these routes

        return Inspected(
            self.leg, tuple(one.as_seen() for one in self.pieces), self.after_repair, self.opening_video,
            self.evidence_ids, self.at,
        )  # fmt: skip


class CountersignBody(Shape):
    """The second person's word, by their own token; with the video of the opening where it was lacking."""

    agrees: Flag
    opening_video: Reference | None = None


class ReleasedLineBody(Shape):
    """How many pieces of a line are accepted, with how much net metal in all (left out: nobody can say)."""

    line: LineNumber
    accepted: Count
    net_g: WeightG | None = None


class ReleaseBody(Shape):
    """Why another person releases what is held, and what is accepted of every line that is."""

    why: Word
    lines: Annotated[tuple[ReleasedLineBody, ...], Field(max_length=MOST_PIECES)] = ()

    def accepted(self) -> dict[int, tuple[int, Decimal | None]]:
        """By line."""
        return {one.line: (one.accepted, one.net_g) for one in self.lines}
