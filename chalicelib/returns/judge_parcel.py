"""A parcel at our door, judged beside how it was sent: its weight, its seal, its outside, whether anything is in it.

Carriers weigh to ten or a hundred grams and round; a ring weighs five. So a lower weight is told only beyond the step
of the scale or 50 g, and an equal weight proves nothing. That a parcel holds nothing is seen, or shown by what it
weighs beyond its own empty packing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.returns.custody import Contents, CovertMark, InnerLabel, Receipt, SealState
from chalicelib.returns.weigh_rules import WeighRules, rules

EMPTY = frozenset({"nothing_inside", "weighs_no_more_than_its_packing"})
_SEALS: dict[SealState, str] = {
    "broken": "seal_broken", "missing": "seal_missing", "other_number": "seal_other_number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """How the parcel left, as far as anybody noted it. ``sealed_g`` is what it weighed closed, at packing; ``told_g``
    what its carrier told of it since, in that order; ``step_g`` how far two weights may lie apart by the scale alone.
    ``seal`` is the number it was closed with; ``repacked_told``: the carrier's own words say it was packed anew."""

    sealed_g: Decimal | None
    told_g: tuple[Decimal, ...]
    step_g: Decimal
    seal: str | None
    repacked_told: bool = False


@dataclass(frozen=True, slots=True)
class ParcelSeen:
    """What our own people saw before and after they opened it; None is what nobody looked at."""

    weight_g: Decimal | None = None
    scale_id: str | None = None
    scale_tolerance_g: Decimal | None = None
    seal: str | None = None
    seal_state: SealState = "unknown"
    damage: tuple[str, ...] = ()
    packing_g: Decimal | None = None
    contents: Contents | None = None
    opening_video: str | None = None
    opened_by: tuple[str, ...] = ()
    remarks_on_receipt: bool | None = None
    evidence_ids: tuple[str, ...] = field(default_factory=tuple)
    covert_mark: CovertMark | None = None
    inner_label: InnerLabel | None = None
    sender_differs: bool | None = None


def judge_parcel(seen: ParcelSeen, sent: Sent, on: date) -> tuple[str, ...]:
    """Everything that is wrong with it or not known of it, gravest first; nothing of it keeps the parcel from being
    taken in."""
    known = rules(on)
    found = (
        *_of_contents(seen), *_of_seal(seen, sent), *_of_marks(seen), *_of_outside(seen.damage, known),
        *(("repacked",) if sent.repacked_told else ()),
        *_of_weight(seen, sent), *_unknown(seen, sent),
    )  # fmt: skip
    return tuple(dict.fromkeys(found))


def seal_as_found(seen: ParcelSeen, sent: Sent) -> SealState:
    """The state of the seal, its number held against the one that was noted at packing."""
    differs = seen.seal is not None and sent.seal is not None and _plain(seen.seal) != _plain(sent.seal)
    if differs and seen.seal_state in ("intact", "unknown", "none_used"):
        return "other_number"
    return seen.seal_state


def is_empty(receipt: Receipt) -> bool:
    """Whether nothing that was sold lay in it."""
    return bool(EMPTY & set(receipt.doubts))


def _of_contents(seen: ParcelSeen) -> Iterable[str]:
    if seen.contents in ("empty", "filler"):
        yield "nothing_inside"
    if seen.contents == "not_as_listed":
        yield "other_contents"
    if seen.weight_g is not None and seen.packing_g is not None:
        within = seen.scale_tolerance_g or Decimal(0)
        if seen.weight_g - seen.packing_g <= within:
            yield "weighs_no_more_than_its_packing"


def _of_seal(seen: ParcelSeen, sent: Sent) -> Iterable[str]:
    state = seal_as_found(seen, sent)
    if state == "none_used" and sent.seal is not None:
        return ("seal_missing",)
    return (_SEALS[state],) if state in _SEALS else ()


def _of_marks(seen: ParcelSeen) -> Iterable[str]:
    """What whoever packs a parcel anew does not know of, and a sender who is not the buyer."""
    if seen.covert_mark == "missing":
        yield "covert_mark_missing"
    if seen.inner_label == "differs":
        yield "inner_label_differs"
    if seen.sender_differs:
        yield "sender_differs"


def _of_outside(damage: tuple[str, ...], known: WeighRules) -> Iterable[str]:
    signs = {sign for code in damage for sign in known.signs_of(code)}
    words = (("repacked", "repacked"), ("opened", "was_opened"), ("damage", "damaged"))
    return tuple(word for sign, word in words if sign in signs)


def _of_weight(seen: ParcelSeen, sent: Sent) -> Iterable[str]:
    """Our scale beside the one it left by, and beside the last one on the way; a heavier one is told too."""
    if seen.weight_g is None:
        return
    allowed = max(sent.step_g, seen.scale_tolerance_g or Decimal(0))
    before = [weight for weight in (sent.sealed_g, *sent.told_g) if weight is not None]
    if any(weight - seen.weight_g > allowed for weight in before):
        yield "weight_dropped"
    elif before and all(seen.weight_g - weight > allowed for weight in before):
        yield "weight_risen"


def _unknown(seen: ParcelSeen, sent: Sent) -> Iterable[str]:
    """What nobody can compare, said so that nobody takes it for agreement."""
    if seen.weight_g is None:
        yield "not_weighed"
    elif sent.sealed_g is None and not sent.told_g:
        yield "no_weight_to_compare"
    if sent.seal is None:
        yield "no_seal_noted_at_packing"
    elif seen.seal is None and seen.seal_state == "unknown":
        yield "seal_not_looked_at"
    if seen.contents is None:
        yield "not_opened_yet"


def _plain(number: str) -> str:
    return number.replace(" ", "").replace("-", "").upper()
