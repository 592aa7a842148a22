"""What a person saw of one line of pieces, judged beside what was sold: as it was, short, swapped, doubtful.

No single test proves gold. A serial or a hallmark of another piece is another piece; a number that agrees, an
inscription above all, can be copied and is not enough where weight or stones say otherwise. X-rays see the surface:
they ask for another test and never refuse. What was not looked at is said, and never taken for a good answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from chalicelib.returns.case import Item, SaleRecord
from chalicelib.returns.expected_weight import Expected, Weighed, expected, mean_of, weighed
from chalicelib.returns.inspection import FinenessReading, PieceFound, PieceVerdict, Weighing
from chalicelib.returns.repair import Operation
from chalicelib.returns.weigh_rules import WeighRules, rules

Condition = Literal["as_sold", "worn", "damaged", "altered"]
# What a second person lifts by looking too and signing; whatever else holds a piece wants a release.
LIFTED_BY_A_SECOND = frozenset({"weight_wants_a_second_person", "identity_unproven"})
# These hold a piece: nobody gives money for it before a person has decided.
ANOTHER_PIECE = frozenset({"serial_differs", "hallmark_differs", "more_stones_than_sold"})
LESS_OF_IT = frozenset({"too_light", "stones_missing"})
DOUBTS = frozenset(
    {
        "too_heavy", "not_weighed", "expected_weight_unknown", "scale_unfit", "weight_wants_a_second_person",
        "identity_unproven", "fineness_wants_another_method", "fineness_wants_an_assay", "xrf_places_wanting",
        "another_metal_shows", "inscription_differs", "inscription_nobody_sold", "stone_differs_from_report",
        "report_not_active",
    }
)  # fmt: skip
FINENESS_DOUBTS = frozenset(
    {"fineness_wants_another_method", "fineness_wants_an_assay", "xrf_places_wanting", "another_metal_shows"}
)
_NUMBER = re.compile(r"(?<![0-9.])([0-9]{3})(?![0-9])")
_KARAT = re.compile(r"(?<![0-9])([0-9]{1,2})\s?(?:KT|K|CT)(?![A-Z])")
_LOOK_ALIKE = str.maketrans("OI", "01")
_SIGNS = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class StoneSeen:
    """The main stone as it was measured, and whether its grading report is still active at the laboratory."""

    carat: Decimal | None = None
    mm: Decimal | None = None
    report_active: bool | None = None


@dataclass(frozen=True, slots=True)
class PieceSeen:
    """One line as a person saw it. ``came`` pieces lay in the parcel, ``kept`` the customer said they keep. Everything
    else is None while nobody looked: ``stones`` are of all that came, ``hallmark`` as read (or ``illegible``),
    ``inscription`` as read (or ``none``), ``fault_found`` as ``PieceFound`` says it. ``changes`` is work that is known
    to have been done since the sale."""

    line: int
    came: int
    kept: int = 0
    weighing: Weighing | None = None
    changes: tuple[Operation, ...] = ()
    stones: int | None = None
    stone: StoneSeen | None = None
    serial: str | None = None
    inscription: str | None = None
    hallmark: str | None = None
    readings_ppt: tuple[Decimal, ...] = ()
    second_method: str | None = None
    second_agrees: bool | None = None
    other_peaks: bool | None = None
    condition: Condition | None = None
    grade: Literal["A", "B", "C", "D"] | None = None
    fault_found: bool | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What a repair began with: all pieces of the line together, in gross grams, and the work that was done."""

    gross_g: Decimal
    work: tuple[Operation, ...]


def judge_piece(item: Item, seen: PieceSeen, on: date, country: str, before: Before | None = None) -> PieceFound:
    """The verdict on one line. ``before`` is given after a repair: then it is held against the work order and not
    against the sale. Never accepts more pieces than came, nor any that holds for another reason than a signature."""
    known = rules(on)
    work = before.work if before else seen.changes
    expectation = expected(item, seen.came, on, country, work, before.gross_g if before else None)
    if seen.came == 0:
        return _none_came(item, seen)
    scale = weighed(expectation, seen.weighing, on)
    fineness = _fineness(item, seen, known)
    reasons = _in_order(
        (
            *_of_weight(expectation, scale), *_of_identity(item, seen, scale, fineness, known),
            *_of_fineness(item, fineness, known), *_of_the_inscription(item, seen),
            *_of_the_stone(item.sale, seen, known),
            *(() if seen.condition else ("condition_not_judged",)),
        )
    )  # fmt: skip
    missing = seen.came + seen.kept < item.quantity
    holds = tuple(one for one in reasons if one in ANOTHER_PIECE | LESS_OF_IT | DOUBTS)
    told = (*reasons, "pieces_missing") if missing else reasons
    lasting = [one for one in holds if one not in LIFTED_BY_A_SECOND]
    net = _net(expectation, seen.weighing, reasons)
    return PieceFound(
        line=seen.line, came=seen.came, kept=seen.kept,
        accepted=0 if lasting else min(seen.came, item.quantity),
        verdict=_verdict(seen, scale, reasons, missing=missing),
        weighing=seen.weighing,
        expected_net_g=expectation.net_g,
        expected_gross_g=_middle(expectation),
        off_by_g=scale.off_by_g,
        accepted_net_g=None if lasting else net,
        stones=seen.stones, serial=seen.serial, hallmark=seen.hallmark, inscription=seen.inscription,
        fineness=fineness, grade=seen.grade, reasons=told,
        holds=(*lasting, "pieces_missing") if missing else tuple(lasting),
        waits=tuple(one for one in holds if one in LIFTED_BY_A_SECOND),
        rules=expectation.rules, condition=_condition(seen), fault_found=seen.fault_found,
    )  # fmt: skip


def fineness_of(mark: str, known: WeighRules) -> int | None:
    """Parts per thousand that a hallmark says; None for one that says none.

    >>> known = rules(date(2026, 11, 22))
    >>> fineness_of("18K GT", known), fineness_of("Au750", known), fineness_of("illegible", known)
    (750, 750, None)
    """
    text = mark.upper()
    number = _NUMBER.search(text)
    if number:
        return int(number[1])
    karat = _KARAT.search(text)
    return known.karat[0].fineness.get(f"{karat[1]}K") if karat else None


def _none_came(item: Item, seen: PieceSeen) -> PieceFound:
    """A line of which nothing lay in the parcel: missing, unless the customer keeps all of it."""
    missing = seen.kept < item.quantity
    why = ("pieces_missing",) if missing else ("kept_by_the_customer",)
    return PieceFound(
        seen.line, 0, 0, "missing", accepted_net_g=Decimal(0), kept=seen.kept, reasons=why,
        holds=why if missing else (),
    )  # fmt: skip


def _of_weight(expectation: Expected, scale: Weighed) -> Iterable[str]:
    if scale.band == "pass":
        return ("weight_agrees",)
    if scale.band != "unknown" or "not_weighed" in scale.reasons:
        return scale.reasons
    return (*(("expected_weight_unknown",) if expectation.unknown else ("scale_unfit",)), *scale.reasons)


def _of_identity(
    item: Item, seen: PieceSeen, scale: Weighed, fineness: FinenessReading | None, known: WeighRules
) -> Iterable[str]:
    """Serial, stones and hallmark; and whether they prove between them that it is this piece. That a solid piece sold
    without stones has none proves nothing: its metal must be found to be what its mark says."""
    serial, stones, mark = _of_serial(item, seen), _of_stones(item, seen), _of_hallmark(item, seen, known)
    found = (*serial, *stones, *mark)
    bare = item.stones == "none" and item.construction == "solid"
    second = _of_fineness(item, fineness, known) if bare else stones
    both = "hallmark_agrees" in mark and bool({"stones_agree", "fineness_agrees"} & set(second))
    proves = "serial_agrees" in serial or both
    if not proves and not ANOTHER_PIECE & set(found) and scale.band in ("pass", "second_person"):
        return (*found, "identity_unproven")
    return found


def _of_serial(item: Item, seen: PieceSeen) -> tuple[str, ...]:
    """The number on one of several pieces says nothing of its sisters."""
    if item.serial is None or item.quantity > 1:
        return ("serial_not_comparable",) if item.serial else ()
    if seen.serial is None:
        return ("serial_not_read",)
    return ("serial_agrees",) if _plain(item.serial) == _plain(seen.serial) else ("serial_differs",)


def _of_stones(item: Item, seen: PieceSeen) -> tuple[str, ...]:
    noted = 0 if item.stones == "none" else item.sale.stones if item.sale else None
    if seen.stones is None:
        return ("stones_agree",) if item.stones == "none" else ("stones_not_counted",)
    if noted is None:
        return ("stones_not_noted_at_sale",)
    done = [one.code for one in seen.changes]
    # Each is of one stone; one that was set may stand where another was lost.
    fewest = noted * seen.came - done.count("stone_removed")
    if fewest <= seen.stones <= noted * seen.came + done.count("stone_set"):
        return ("stones_agree",)
    return ("stones_missing",) if seen.stones < fewest else ("more_stones_than_sold",)


def _of_hallmark(item: Item, seen: PieceSeen, known: WeighRules) -> tuple[str, ...]:
    if seen.hallmark is None:
        return ("hallmark_not_read",)
    said = fineness_of(seen.hallmark, known)
    if said is None or item.fineness == 0:
        return ("hallmark_illegible",) if item.fineness else ()
    agrees = abs(said - item.fineness) <= known.karat[0].same_within_ppt
    return ("hallmark_agrees",) if agrees else ("hallmark_differs",)


def _fineness(item: Item, seen: PieceSeen, known: WeighRules) -> FinenessReading | None:
    if not seen.readings_ppt:
        return None
    limit = item.fineness - known.xrf[0].pass_ppt
    return FinenessReading(seen.readings_ppt, limit, seen.second_method, seen.second_agrees, seen.other_peaks)


def _of_fineness(item: Item, found: FinenessReading | None, known: WeighRules) -> Iterable[str]:
    """What X-rays say of a solid piece; of a plated one they see the plating, which says nothing."""
    row = known.xrf[0]
    if found is None:
        return ("fineness_not_measured",)
    if item.construction != "solid" or item.fineness == 0:
        return ("xrf_sees_the_plating",)
    if len(found.readings) < row.places:
        return ("xrf_places_wanting",)
    if found.other_peaks and item.fineness >= row.pure_from:
        return ("another_metal_shows",)
    below = item.fineness - mean_of(found.readings)
    if below <= row.pass_ppt:
        return ("fineness_agrees",)
    if below > row.second_ppt or found.second_agrees is False:
        return ("fineness_wants_an_assay",)
    return ("fineness_agrees",) if found.second_agrees else ("fineness_wants_another_method",)


def _of_the_inscription(item: Item, seen: PieceSeen) -> tuple[str, ...]:
    """One that agrees only supports; that there is none is neutral; another one is for a laboratory. One that no record
    of the sale knows of may have been cut since: a person says, and customs are not told that nothing was altered."""
    number, mark = item.sale.report_number if item.sale else None, seen.inscription
    if mark is None or mark.lower() == "none":
        return ()
    if number:
        return ("inscription_agrees",) if _plain(number) == _plain(mark) else ("inscription_differs",)
    return () if item.engraved else ("inscription_nobody_sold",)


def _of_the_stone(sale: SaleRecord | None, seen: PieceSeen, known: WeighRules) -> Iterable[str]:
    """The main stone beside its grading report."""
    row = known.stone_report[0]
    if sale is None or seen.stone is None:
        return
    if seen.stone.report_active is False:
        yield "report_not_active"
    pairs = ((sale.report_ct, seen.stone.carat, row.carat_within), (sale.report_mm, seen.stone.mm, row.mm_within))
    if any(said is not None and was is not None and abs(said - was) > within for said, was, within in pairs):
        yield "stone_differs_from_report"


def _verdict(seen: PieceSeen, scale: Weighed, reasons: tuple[str, ...], *, missing: bool) -> PieceVerdict:
    """The gravest of what was found; short only where also a scale that errs its most would say so."""
    found = set(reasons)
    if found & ANOTHER_PIECE:
        return "swapped"
    if "stones_missing" in found or ("too_light" in found and scale.is_sure):
        return "short"
    if found & (DOUBTS | LESS_OF_IT):
        return "doubtful"
    if missing:
        return "missing"
    return _condition(seen)


def _condition(seen: PieceSeen) -> Condition:
    """How it looks, doubts aside; a piece that was worked on is altered however well it was done."""
    if seen.condition in (None, "as_sold"):
        return "altered" if seen.changes else "as_sold"
    return seen.condition


def _net(expectation: Expected, weighing: Weighing | None, reasons: tuple[str, ...]) -> Decimal | None:
    """The metal that came: as weighed alone, else what lay on the scale without the stones as sold."""
    if weighing is None:
        return None
    if weighing.net_g is not None:
        return weighing.net_g
    if expectation.other_g is None or "stones_missing" in reasons or "more_stones_than_sold" in reasons:
        return None
    return max(weighing.gross_g - expectation.other_g, Decimal(0))


def _middle(expectation: Expected) -> Decimal | None:
    low, high = expectation.gross_low_g, expectation.gross_high_g
    return None if low is None or high is None else (low + high) / 2


def _plain(number: str) -> str:
    """A number as it is compared: case, spaces and dashes are how somebody wrote it, and what looks alike on metal
    accuses nobody.

    >>> _plain("gt-0001") == _plain("GT OOOI")
    True
    """
    return _SIGNS.sub("", number).upper().translate(_LOOK_ALIKE)


def _in_order(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))
