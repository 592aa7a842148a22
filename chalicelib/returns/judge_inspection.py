"""A whole inspection: what holds it, what it still waits for, what a second person or a release makes of it.

Held is no accusation: money waits until somebody has decided. A formality (a second pair of eyes, the video of the
opening) is lifted by whoever gives it; anything else wants a release by another person, who says what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import cast

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.merchant import limit_in
from chalicelib.money import Money
from chalicelib.returns.case import Item
from chalicelib.returns.inspection import Inspection, InspectionOutcome, PieceFound, PieceVerdict

SECOND_PERSON, OPENING_VIDEO = "second_person", "opening_video"
DISAGREES = "second_person_disagrees"


class SamePerson(ConflictError):
    """Two people are two holders of tokens; this one has looked already."""

    code = "same_person"


class InspectionOver(ConflictError):
    """This inspection has been replaced, or nothing of it is held; read the present one and decide again."""

    code = "inspection_over"


def wants_two(worth: Money | None, limits: tuple[Money, ...]) -> bool:
    """Whether a parcel of this worth is opened and looked at by two people. A worth that is unknown, or in a currency
    without a limit, counts as dear; a house without any limit never asks for it.

    >>> wants_two(Money(Decimal(900), "EUR"), (Money(Decimal(1000), "EUR"),)), wants_two(None, ())
    (False, False)
    """
    if not limits:
        return False
    limit = limit_in(limits, worth.currency) if worth else None
    return worth is None or limit is None or worth.amount > limit


def waits_for(pieces: Iterable[PieceFound], *, two: bool, video: bool, after_repair: bool) -> tuple[str, ...]:
    """The formalities that are lacking: ``two`` people are asked for, ``video`` of the opening is there."""
    found = []
    if two or any(one.waits for one in pieces):
        found.append(SECOND_PERSON)
    if two and not video and not after_repair:
        found.append(OPENING_VIDEO)
    return tuple(found)


def outcome_of(
    pieces: Sequence[PieceFound], items: Mapping[int, Item], lacking: tuple[str, ...], reasons: tuple[str, ...] = ()
) -> InspectionOutcome:
    """Held while a piece or a formality holds it; partial when less is accepted than was sold."""
    if lacking or DISAGREES in reasons or any(one.holds for one in pieces):
        return "held"
    return "accepted" if all(one.accepted >= items[one.line].quantity for one in pieces) else "partial"


def same_state(pieces: Iterable[PieceFound], outcome: InspectionOutcome) -> bool | None:
    """Whether customs may be told that the goods are as they left; a piece that was worn was not worked on. One that
    was seen to be altered stays so, whatever else is doubtful of it."""
    came = [one for one in pieces if one.came]
    verdicts = {one.verdict for one in came}
    if "altered" in verdicts or any(one.condition == "altered" for one in came):
        return False
    known = bool(verdicts) and outcome != "held" and verdicts <= {"as_sold", "worn"}
    return True if known else None


def signed(
    inspection: Inspection, items: Mapping[int, Item], by: str, now: datetime, *, agrees: bool, video: str | None
) -> Inspection | None:
    """The same with a second person's word. None: it is known. Raises ``SamePerson`` and ``InspectionOver``."""
    if by in (inspection.by, *inspection.looked_at_by):
        raise SamePerson("the second person signs by their own token, not by that of the first")
    _refuse_replaced(inspection)
    news_of_video = video is not None and inspection.opening_video is None
    if inspection.second is not None and not news_of_video:
        return None
    known_video = inspection.opening_video or video
    after = replace(
        inspection, opening_video=known_video, second=inspection.second or by, signed_at=inspection.signed_at or now,
        waits_for=tuple(
            one for one in inspection.waits_for
            if one != SECOND_PERSON and not (one == OPENING_VIDEO and known_video is not None)
        ),
    )  # fmt: skip
    if inspection.second is None and not agrees:
        return replace(after, outcome="held", reasons=(*inspection.reasons, DISAGREES))
    pieces = tuple(_lifted(one) for one in after.pieces)
    outcome = outcome_of(pieces, items, after.waits_for, after.reasons)
    return replace(after, pieces=pieces, outcome=outcome, same_state=same_state(pieces, outcome))


def released(
    inspection: Inspection,
    items: Mapping[int, Item],
    accepted: Mapping[int, tuple[int, Decimal | None]],
    by: str,
    now: datetime,
    *,
    why: str,
) -> Inspection | None:
    """What a person decided on one that is held: by line, how many pieces are accepted, with how much net metal (None:
    nobody can say). None: it was decided so. Raises ``SamePerson``, ``InspectionOver``, and ``InvalidRequestError``
    with every line that is wrong."""
    if by in (inspection.by, *inspection.looked_at_by):
        raise SamePerson("another person than the one who looked must release it")
    _refuse_replaced(inspection)
    pieces = tuple(_decided(one, accepted) for one in inspection.pieces)
    if inspection.released_by is not None and pieces == inspection.pieces:
        return None
    if not inspection.holds:
        raise InspectionOver("nothing of this inspection is held; look at the pieces again to change it")
    _refuse_lines(inspection, accepted)
    outcome = outcome_of([replace(one, holds=(), waits=()) for one in pieces], items, ())
    return replace(
        inspection, pieces=pieces, outcome=outcome, released_by=by, released_at=now, release_why=why, waits_for=()
    )


def going_on(before: Inspection, later: Sequence[PieceFound]) -> tuple[PieceFound, ...]:
    """The pieces as they were found, with those lines that came later. What another person has released of the earlier
    ones stays released."""
    news = {one.line for one in later}
    stays = [one for one in before.pieces if one.line not in news]
    if before.released_by is not None:
        stays = [replace(one, holds=(), waits=()) for one in stays]
    return tuple(sorted((*stays, *later), key=lambda one: one.line))


def _lifted(one: PieceFound) -> PieceFound:
    """A piece whose doubt a second person has looked into: as it looks, unless more holds it."""
    if not one.waits:
        return one
    verdict = one.condition if one.verdict == "doubtful" and not one.holds else one.verdict
    return replace(one, waits=(), verdict=cast("PieceVerdict", verdict or one.verdict))


def _decided(one: PieceFound, accepted: Mapping[int, tuple[int, Decimal | None]]) -> PieceFound:
    if one.line not in accepted:
        return one
    pieces, net = accepted[one.line]
    return replace(one, accepted=pieces, accepted_net_g=Decimal(0) if pieces == 0 else net)


def _refuse_lines(inspection: Inspection, accepted: Mapping[int, tuple[int, Decimal | None]]) -> None:
    known = {one.line: one for one in inspection.pieces}
    faults = [
        FieldFault("lines", "line_wanted", f"line {line} is held: say how many of its pieces are accepted, 0 for none")
        for line, one in known.items()
        if one.holds and line not in accepted
    ]
    for line, (pieces, net) in accepted.items():
        faults += _line_faults(known.get(line), line, pieces, net)
    if faults:
        raise InvalidRequestError("this releases nothing", faults)


def _line_faults(one: PieceFound | None, line: int, pieces: int, net: Decimal | None) -> Iterable[FieldFault]:
    if one is None:
        yield FieldFault("lines", "no_such_line", f"line {line} was not inspected")
    elif pieces > one.came:
        yield FieldFault("lines", "more_than_came", f"of line {line} came {one.came}; no more can be accepted")
    elif net is not None and one.weighing is not None and net > one.weighing.gross_g:
        yield FieldFault(
            "lines", "heavier_than_weighed", f"line {line} weighed {one.weighing.gross_g} g with all on it"
        )


def _refuse_replaced(inspection: Inspection) -> None:
    if inspection.replaced_by is not None:
        raise InspectionOver(f"inspection {inspection.n} was replaced by {inspection.replaced_by}")
