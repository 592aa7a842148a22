"""What custody may say: hand-overs, receipts, inspections, and a case's custody in short."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Decimals, Stamp, Told
from chalicelib.returns.custody import Contents, CovertMark, Holder, InnerLabel, SealState
from chalicelib.returns.inspection import InspectionOutcome, PieceVerdict
from chalicelib.returns.stages import Stage


class HandOverAnswer(Told):
    """One touch; ``grams`` null where nobody weighed."""

    row: str
    at: Stamp
    given_by: Holder
    taken_by: Holder
    place: str
    noted_by: str
    of: Literal["parcel", "pieces"]
    grams: Decimals | None
    scale_id: str | None
    seal: str | None
    seal_state: SealState
    evidence_ids: list[str]
    leg: int | None
    parcel: int
    note: str | None


class ReceiptTold(Told):
    """A parcel as it was taken in; ``sealed_g`` and ``carrier_weights_g`` are what was known of it before, ``doubts``
    what the rules found."""

    leg: int
    parcel: int
    facility: str
    received_at: Stamp
    received_by: str
    weight_g: Decimals | None
    scale_id: str | None
    scale_tolerance_g: Decimals | None
    packing_g: Decimals | None
    sealed_g: Decimals | None
    carrier_weights_g: list[Decimals]
    seal: str | None
    seal_state: SealState
    damage: list[str]
    contents: Contents | None
    remarks_on_receipt: bool | None
    opened_by: list[str]
    opening_video: str | None
    evidence_ids: list[str]
    doubts: list[str]
    corrected: int
    covert_mark: CovertMark | None
    inner_label: InnerLabel | None
    sender_differs: bool | None


class ReceiptAnswer(ReceiptTold):
    """The same, with where the case stands now."""

    stage: Stage


class CarrierWeightsTold(Told):
    """What the carrier told a parcel weighs, in the order of time."""

    leg: int
    carrier: str
    grams: list[Decimals]


class CustodyAnswer(Told):
    """Every touch, oldest first, a carrier's taking and giving among them."""

    case_id: str
    items: list[HandOverAnswer]
    receipts: list[ReceiptTold]
    carrier_weights: list[CarrierWeightsTold]


class WeighingTold(Told):
    """Grams on one scale."""

    gross_g: Decimals
    net_g: Decimals | None
    readings_g: list[Decimals]
    scale_id: str
    calibrated_on: DayText
    tolerance_g: Decimals


class FinenessTold(Told):
    """XRF of the surface; it never refuses."""

    readings_ppt: list[Decimals]
    limit_ppt: Decimals
    second_method: str | None
    second_agrees: bool | None
    other_peaks: bool | None


class PieceFoundTold(Told):
    """One line as it was found. ``held_by`` is what a person must decide on, ``waits`` what a second person lifts."""

    line: int
    came: int
    kept: int
    accepted: int
    verdict: PieceVerdict
    condition: str | None
    grade: Literal["A", "B", "C", "D"] | None
    fault_found: bool | None
    weighing: WeighingTold | None
    expected_gross_g: Decimals | None
    expected_net_g: Decimals | None
    off_by_g: Decimals | None
    accepted_net_g: Decimals | None
    stones: int | None
    serial: str | None
    inscription: str | None
    hallmark: str | None
    fineness: FinenessTold | None
    reasons: list[str]
    held_by: list[str]
    waits: list[str]
    rules: list[str]


class InspectionAnswer(Told):
    """One look at the pieces. ``holds``: no money goes out on it. ``same_state`` is what customs may be told."""

    inspection: int
    leg: int
    at: Stamp
    by: str
    second: str | None
    signed_at: Stamp | None
    outcome: InspectionOutcome
    holds: bool
    waits_for: list[str]
    reasons: list[str]
    pieces: list[PieceFoundTold]
    same_state: bool | None
    opening_video: str | None
    evidence_ids: list[str]
    released_by: str | None
    released_at: Stamp | None
    release_why: str | None
    after_repair: int | None
    replaces: int | None
    replaced_by: int | None
    why: str | None


class InspectionsAnswer(Told):
    """Every look, also those that were replaced."""

    case_id: str
    items: list[InspectionAnswer]
    same_state: bool | None


class ReceivedInShort(Told):
    """A parcel that was taken in."""

    leg: int
    parcel: int
    at: Stamp
    facility: str
    doubts: list[str]


class InspectionInShort(Told):
    """An inspection that counts."""

    inspection: int
    leg: int
    outcome: InspectionOutcome
    holds: bool
    waits_for: list[str]
    after_repair: int | None
    accepted: int


class CustodyInShort(Told):
    """Where the pieces of a case are and what was found."""

    hand_overs: int
    received: list[ReceivedInShort]
    inspections: list[InspectionInShort]
    same_state: bool | None
