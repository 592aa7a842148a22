"""Whether a parcel may leave at all: what asked for it stands and was approved, its pieces are the ones that were
approved and no dearer, and nothing else was given for them.

A replacement, and what goes back because it was refused, rest on a settlement of the case; a piece from the bench on
its repair; a loan on the word of somebody who may approve. What is to go otherwise is settled otherwise first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError, NotPermitted
from chalicelib.merchant import Authority
from chalicelib.returns.authority import Ask, Need, may_approve, needed
from chalicelib.returns.case import Item, worth_of
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.way_out import OutCause, WayOut
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.settlement_sight import BINDS
from chalicelib.workflows.verdicts import SUSPECTED, may_say

APPROVES = "settlements:approve"
BY_SETTLEMENT: frozenset[OutCause] = frozenset({"replacement", "refused"})
# The state of a repair from which its piece goes out under each cause.
BY_REPAIR: dict[str, str] = {"repaired": "done", "unrepaired": "unrepaired"}
OUTCOMES = {"replacement": "a replacement or an exchange", "refused": "a refusal"}


class NoRightToLeave(ConflictError):
    """What asked for it does not let this parcel leave as things stand; each fault says why, and what to do first."""

    code = "no_right_to_leave"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


def refuse_unasked(
    file: CaseFile, cause: OutCause, settlement_n: int | None, repair_n: int | None, *, may_lend: bool = False
) -> None:
    """Raise where nothing that stands asks for this way out: ``InvalidRequestError`` where nothing, or something else,
    is named; ``NotFoundError`` for what the case does not have; ``NoRightToLeave`` for what is not approved, or does
    not stand any more; ``NotPermitted`` for a loan without the scope of approvals (``may_lend``)."""
    if cause in BY_SETTLEMENT:
        _refuse_unsettled(file, cause, settlement_n, repair_n)
    elif cause in BY_REPAIR:
        _refuse_unrepaired(file, cause, settlement_n, repair_n)
    elif settlement_n is not None or repair_n is not None:
        raise _not_asked("cause", "nothing_asks_for_it", "a loan belongs to no settlement and no repair: name none")
    elif not may_lend:
        raise NotPermitted(APPROVES)


def is_asked_for(file: CaseFile, cause: OutCause, settlement_n: int | None, repair_n: int | None) -> bool:
    """Whether what asked for it stands: a message may be older than the case."""
    try:
        refuse_unasked(file, cause, settlement_n, repair_n)
    except (ConflictError, InvalidRequestError, NotFoundError, NotPermitted):
        return False
    return True


def settlement_of(file: CaseFile, n: int | None) -> Settlement | None:
    """The settlement of this number; None without one."""
    return next((one for one in file.parts.of(Settlement) if one.n == n), None)


def repair_called(file: CaseFile, n: int | None) -> RepairOrder | None:
    """The repair of this number; None without one."""
    return next((one for one in file.parts.of(RepairOrder) if one.n == n), None)


def lines_of(file: CaseFile, settled: Settlement | None) -> dict[int, int]:
    """The lines that a settlement is about, counted from 1, with how many pieces of each. One that names none is about
    all; never about what another settlement, or a bank, has given something for."""
    given, found = taken(file, but=settled.n if settled else None), found_of(file)
    sold = enumerate(file.plan.request.items, start=1)
    left = {n: (found[n].came if n in found else item.quantity) - given[n] for n, item in sold}
    named = _bound((settled,)) if settled else Counter[int]()
    own = {n: min(pieces, left.get(n, 0)) for n, pieces in named.items()} if named else left
    return {n: pieces for n, pieces in sorted(own.items()) if pieces > 0}


def found_of(file: CaseFile) -> dict[int, PieceFound]:
    """Each line as it was looked at last."""
    looked = sorted(file.parts.of(Inspection), key=lambda one: one.n)
    return {piece.line: piece for one in looked if one.replaced_by is None for piece in one.pieces}


def taken(file: CaseFile, *, but: int | None = None) -> Counter[int]:
    """How many pieces of each line something was given for, or they were sent back, by other settlements than this one
    or by a bank."""
    live = (one for one in file.parts.of(Settlement) if one.state in LIVE and one.n != but)
    found = _bound(live)
    for dispute in file.parts.of(Dispute):
        if dispute.state in PAID_BY_THE_BANK:
            found.update(dict(dispute.lines or ()))
    return found


def settled_too(file: CaseFile, repair_n: int | None, items: tuple[Item, ...]) -> list[str]:
    """A piece that was worked on and is settled as well: its owner would have the piece and what was given for it."""
    order = repair_called(file, repair_n)
    if order is None:
        return []
    given, line = taken(file)[order.line], file.plan.request.items[order.line - 1]
    if not given or sum(item.quantity for item in items) + given <= line.quantity:
        return []
    live = (one for one in file.parts.of(Settlement) if one.state in LIVE and _bound((one,))[order.line])
    about = [f"{one.n} ({one.kind})" for one in live] or ["of the bank"]
    return [f"settlement: {one} is about this piece too; withdraw it, or call this way out off" for one in about]


def may_go_again(file: CaseFile, before: WayOut, *, instead: bool) -> bool:
    """Whether another parcel may be planned after this one: it was called off, came back, or (``instead``) is lost; not
    while it is under way. Raises ``NoRightToLeave`` for what cannot be sent a second time."""
    if before.state in ("called_off", "back"):
        return True
    if before.state != "lost" and not (before.state == "sent" and _is_reported_lost(file, before)):
        if instead:
            told = (
                f"the parcel of leg {before.leg_n} is {before.state}, and nobody reported it lost: nothing goes instead"
            )
            raise _no_right("instead", "under_way", told)
        return False
    if not instead:
        told = f"the parcel of leg {before.leg_n} is {before.state} and reported lost"
        raise _no_right("instead", "lost", f"{told}: settle anew, or have another sent in its place (instead)")
    if before.cause not in ("replacement", "loan"):
        told = f"the customer's own piece went with leg {before.leg_n}, and there is no second one: settle it anew"
        raise _no_right("instead", "piece_lost", told)
    return True


def refuse_second_unapproved(
    file: CaseFile, before: WayOut, items: tuple[Item, ...], authority: Authority, *, by: str, role: str, may: bool
) -> None:
    """A second piece in place of one that was lost is approved as a settlement is: by another person than who proposed
    that, with a limit high enough. Raises ``NotPermitted``, ``NotTheirs``, ``InvalidRequestError``."""
    settled, worth = settlement_of(file, before.settlement_n), worth_of(items)
    if not may:
        raise NotPermitted(APPROVES)
    if worth is None:
        told = "say which piece goes in its place, with its own weights, serial and price, in one currency"
        raise InvalidRequestError("say which piece goes", [FieldFault("items", "required", told)])
    roles = needed(Ask(worth, role), authority).roles
    proposed_by = settled.proposed_by if settled else before.asked_by
    may_approve(worth, Need(1, roles), (), by=by, role=role, proposed_by=proposed_by, authority=authority)


def _is_reported_lost(file: CaseFile, way: WayOut) -> bool:
    """Whether its carrier has told of its loss, or somebody has filed a claim for it; a silence is none yet."""
    filed = (one for one in file.claims if one.filed is not None)
    claimed = any((one.leg_n, one.kind) == (way.leg_n, "loss") for one in filed)
    return claimed or any(one.leg_n == way.leg_n and _tells_of_a_loss(one) for one in file.exceptions)


def _tells_of_a_loss(found: OpenException) -> bool:
    return found.kind in SUSPECTED and bool(may_say(found))


def _refuse_unsettled(file: CaseFile, cause: OutCause, n: int | None, repair_n: int | None) -> None:
    first = f"propose {OUTCOMES[cause]} (POST settlement), have it approved, and name it here"
    if n is None or repair_n is not None:
        raise _not_asked("settlement_id", "required", f"what goes out as {cause} rests on a settlement: {first}")
    settled = settlement_of(file, n)
    if settled is None:
        raise NotFoundError("this case has no such settlement")
    if settled.sends != cause:
        told = f"settlement {n} is a {settled.kind} and sends out {settled.sends or 'nothing'}: {first}"
        raise _not_asked("settlement_id", "other_outcome", told)
    if settled.state not in LIVE or settled.state == "proposed":
        wait = "have it approved first" if settled.state == "proposed" else first
        raise _no_right("settlement_id", f"settlement_{settled.state}", f"settlement {n} is {settled.state}: {wait}")
    if settled.state != "done" and not (settled.state == "approved" and settled.pays == "person"):
        told = f"settlement {n} is {settled.state}: its parcel goes once it is carried out"
        raise _no_right("settlement_id", "not_carried_out", told)


def _refuse_unrepaired(file: CaseFile, cause: OutCause, settlement_n: int | None, n: int | None) -> None:
    if n is None or settlement_n is not None:
        told = f"what goes out as {cause} comes from the bench: name its repair"
        raise _not_asked("repair", "required", told)
    order = repair_called(file, n)
    if order is None:
        raise NotFoundError("this case has no such repair")
    if order.state != BY_REPAIR[cause]:
        told = f"repair {n} is {order.state}: a piece goes out as {cause} from a repair that is {BY_REPAIR[cause]}"
        raise _no_right("repair", f"repair_{order.state}", told)
    if order.handed_back_at is not None:
        raise _no_right("repair", "handed_back", f"the piece of repair {n} is with its owner already")
    for way in file.parts.of(WayOut):
        other = repair_called(file, way.repair_n)
        goes = way.is_under_way or way.state == "delivered"
        if goes and other is not None and other.line == order.line and (way.cause, way.repair_n) != (cause, n):
            told = f"the piece goes with leg {way.leg_n} ({way.state}): call that way out off first"
            raise _no_right("repair", "on_its_way", told)


def _bound(settlements: Iterable[Settlement]) -> Counter[int]:
    found: Counter[int] = Counter()
    for one in settlements:
        found.update(dict(_bound_lines(one)))
    return found


def _bound_lines(settled: Settlement) -> Iterator[tuple[int, int]]:
    pieces: Counter[int] = Counter()
    for line in settled.lines:
        if line.code in BINDS and line.line is not None:
            pieces[line.line] += line.pieces or 0
    yield from pieces.items()


def _no_right(field: str, code: str, told: str) -> NoRightToLeave:
    return NoRightToLeave([FieldFault(field, code, told)])


def _not_asked(field: str, code: str, told: str) -> InvalidRequestError:
    return InvalidRequestError(told, [FieldFault(field, code, told)])
