"""A parcel at our door, judged beside how it was sent: its weight, its seal, its outside, whether anything is in it.

Carriers weigh to ten or a hundred grams and round; a ring weighs five. So a lower weight is told only beyond the step
of the scale or 50 g, and an equal weight proves nothing. That a parcel holds nothing is seen, or shown by what it
weighs beyond its own empty packing.

Of a leg with more parcels than one the carrier, and often the customer, told one weight for all: that is held against
all together, and against none alone. While one of them is awaited, too little is no accusation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.returns.custody import Contents, CovertMark, InnerLabel, Receipt, SealState
from chalicelib.returns.weigh_rules import WeighRules, rules

# What is said of weights: the only words of a parcel that change when another of its leg comes.
WEIGHT_WORDS = frozenset(
    {"weight_dropped", "weight_risen", "light_until_all_came", "weighed_together", "parcels_awaited"}
)
EMPTY = frozenset({"nothing_inside", "weighs_no_more_than_its_packing"})
_SEALS: dict[SealState, str] = {
    "broken": "seal_broken", "missing": "seal_missing", "other_number": "seal_other_number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """How the parcel left, as far as anybody noted it. ``sealed_g`` is what it weighed closed, at packing; ``told_g``
    what its carrier told of it since, in that order; ``step_g`` how far two weights may lie apart by the scale alone.
    ``seal`` is the number it was closed with; ``repacked_told``: the carrier's own words say it was packed anew.

    This is ``parcel`` of so many ``parcels`` of its leg as anybody knows of, ``awaited`` are those that are not here,
    ``beside_g`` what the others weighed at our door. ``sealed_alone``: ``sealed_g`` is of this parcel and no sum."""

    sealed_g: Decimal | None
    told_g: tuple[Decimal, ...]
    step_g: Decimal
    seal: str | None
    repacked_told: bool = False
    parcel: int = 1
    parcels: int = 1
    awaited: tuple[int, ...] = ()
    beside_g: tuple[Decimal | None, ...] = ()
    sealed_alone: bool = True


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
        *weight_words(seen, sent), *_unknown(seen, sent),
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


def weight_words(seen: ParcelSeen, sent: Sent, *, alone: bool = False) -> Iterable[str]:
    """Our scale beside the one it left by, and beside the last one on the way; a heavier one is told too. ``alone``:
    what is known of all parcels together is told of another one of them."""
    awaits = bool(sent.awaited) or (seen.contents == "partly" and sent.parcel == sent.parcels)
    if awaits:
        yield "parcels_awaited"
    if seen.weight_g is None:
        return
    pairs = _pairs(seen.weight_g, sent)
    if alone and any(one.is_sum for one in pairs):
        yield "weighed_together"
        pairs = [one for one in pairs if not one.is_sum]
    allowed = max(sent.step_g, (seen.scale_tolerance_g or Decimal(0)) * (1 + len(sent.beside_g)))
    light = [one for one in pairs if one.before - one.here > allowed]
    if any(not awaits or not (one.is_sum or sent.parcels == 1) for one in light):
        yield "weight_dropped"
    elif light:
        yield "light_until_all_came"
    elif pairs and all(one.here - one.before > allowed and not one.is_of_one(allowed) for one in pairs):
        yield "weight_risen"


@dataclass(frozen=True, slots=True)
class _Pair:
    """What it weighed before and weighs here, by the same measure: one parcel, or all of the leg that are here."""

    before: Decimal
    here: Decimal
    parcels_g: tuple[Decimal, ...]

    @property
    def is_sum(self) -> bool:
        return bool(self.parcels_g)

    def is_of_one(self, allowed: Decimal) -> bool:
        """Whether it was the weight of one parcel alone: another came beside it, unknown to who weighed."""
        return any(abs(one - self.before) <= allowed for one in self.parcels_g)


def _pairs(own_g: Decimal, sent: Sent) -> list[_Pair]:
    """Each weight that was told before beside ours; none of a sum while a parcel of it was not weighed here."""
    known = [one for one in sent.beside_g if one is not None]
    together = (own_g, *known) if sent.parcels > 1 else ()
    measured = len(known) == len(sent.beside_g)
    found = []
    if sent.sealed_g is not None and (sent.sealed_alone or measured):
        found.append(_pair(sent.sealed_g, own_g, () if sent.sealed_alone else together))
    if measured:
        found += [_pair(grams, own_g, together) for grams in sent.told_g]
    return found


def _pair(before: Decimal, own_g: Decimal, together: tuple[Decimal, ...]) -> _Pair:
    return _Pair(before, sum(together, Decimal(0)) if together else own_g, together)


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
