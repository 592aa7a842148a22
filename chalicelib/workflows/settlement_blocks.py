"""What is in the way of a settlement: everything at once, each with what to do about it.

It is looked at when one is proposed, each time somebody approves it, and once more before money moves; what came in the
way meanwhile stops it then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.errors import ConflictError, FieldFault
from chalicelib.money import total
from chalicelib.returns.amount_facts import Before
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.settlement_rules import KindRow
from chalicelib.returns.stages import OVER
from chalicelib.workflows.settlement_sight import BINDS, FINENESS, Sight


class SettlementBlocked(ConflictError):
    """Something is in the way of this settlement; each fault says what, and what to do about it."""

    code = "settlement_blocked"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


def refuse_blocked(
    sight: Sight, row: KindRow, *, but: int | None = None, on: str | None = None, lines: tuple[int, ...] = ()
) -> None:
    """Raise ``SettlementBlocked`` with everything in the way of an outcome of this kind, on this ground, for these
    lines (none: all); ``but`` is the settlement that is itself looked at, and says both."""
    faults = [*_case_faults(sight, row), *_other_faults(sight, but), *_gone_faults(sight, but)]
    faults += [*_trouble_faults(sight, but), *_order_faults(sight, row), *_surplus_faults(sight, but)]
    own = next((one for one in sight.settlements if one.n == but), None)
    if own is not None:
        faults += _looked_again_faults(sight, row, own)
        on, lines = own.ground, tuple(sorted({line.line for line in own.lines if line.code in BINDS and line.line}))
    if row.ends and on == "withdrawal":
        faults += _undecided_faults(sight, lines)
    if faults:
        raise SettlementBlocked(faults)


def _case_faults(sight: Sight, row: KindRow) -> Iterator[FieldFault]:
    case, found = sight.file.case, sight.inspections
    if case.stage in OVER:
        yield FieldFault("stage", f"case_{case.stage}", f"the return is {case.stage}: open a new one", "case")
    for one in found:
        if one.holds:
            told = f"inspection {one.n} holds ({', '.join(one.reasons) or 'see it'}): release it or look again first"
            yield FieldFault("inspection", "inspection_held", told, "case")
    if row.needs_inspection and not found:
        told = "nothing that came back was inspected: inspect it, or choose an outcome without a return"
        yield FieldFault("inspection", "not_inspected", told, "case")


def _other_faults(sight: Sight, but: int | None) -> Iterator[FieldFault]:
    for one in sight.settlements:
        if one.n == but or not one.is_under_way:
            continue
        ways = {"paying": "wait for its payment", "unknown": "find out what became of its payment"}
        told = f"settlement {one.n} ({one.kind}) is {one.state}: {ways.get(one.state, 'withdraw it')} first"
        yield FieldFault("settlement", "another_settlement", told, "case")


def _undecided_faults(sight: Sight, lines: tuple[int, ...]) -> Iterator[FieldFault]:
    """Declarations that the ground would rest on and that nobody has judged."""
    for one in sight.undecided(lines):
        told = f"withdrawal {one.n} is in doubt ({', '.join(one.doubts)}): decide it first, or name another ground"
        yield FieldFault("withdrawal", "withdrawal_undecided", told, "case")


def _gone_faults(sight: Sight, but: int | None) -> Iterator[FieldFault]:
    """Pieces that went back to their owner since this was proposed."""
    bound = {line.line for one in sight.settlements if one.n == but for line in one.lines if line.code in BINDS}
    for line in sorted(sight.given_back & bound):
        told = (
            f"the piece of line {line} goes back to its owner from its repair: call that way out off, or withdraw this"
        )
        yield FieldFault("lines", "piece_given_back", told, "case")


def _looked_again_faults(sight: Sight, row: KindRow, own: Settlement) -> Iterator[FieldFault]:
    """Pieces that another look found otherwise than they were when the amount was reckoned; who approved it saw the
    earlier one."""
    if not row.needs_inspection or own.inspection_n is None:
        return
    looked = (one for one in sight.file.parts.of(Inspection) if one.after_repair is None and one.n <= own.inspection_n)
    then = {piece.line: piece for one in sorted(looked, key=lambda one: one.n) for piece in one.pieces}
    now = {piece.line: piece for piece in sight.found}
    for line in sorted({each.line for each in own.lines if each.code in BINDS and each.line}):
        before, after = (_given_for(seen.get(line)) for seen in (then, now))
        if before != after:
            told = f"line {line} was looked at again since settlement {own.n} was reckoned, and found otherwise: "
            yield FieldFault("inspection", "looked_at_again", told + "withdraw it and propose it anew", "case")


def _given_for(piece: PieceFound | None) -> tuple[object, ...]:
    """What of a piece its amount rests on."""
    return () if piece is None else (piece.accepted, piece.accepted_net_g, piece.condition, piece.fault_found)


def _trouble_faults(sight: Sight, but: int | None) -> Iterator[FieldFault]:
    blocks = sight.rules.blocks
    for one in sight.file.exceptions:
        if one.kind in blocks.exceptions and one.status != "resolved":
            told = f"exception {one.exception_id} ({one.kind}) is open: resolve it first"
            yield FieldFault("exception", one.kind, told, "case")
    for dispute in sight.file.parts.of(Dispute):
        if dispute.state in blocks.disputes:
            told = f"dispute {dispute.dispute_id} is {dispute.state}: the bank may give the money back, so end it first"
            yield FieldFault("dispute", "open_dispute", told, "case")
    yield from _bank_faults(sight, but)
    if any(one.n == but and FINENESS in one.lacks for one in sight.settlements):
        told = "metal read below its mark: withdraw this and propose it with the fineness a person stands for"
        yield FieldFault("buy_back.fineness", "fineness_in_doubt", told, "case")


def _order_faults(sight: Sight, row: KindRow) -> Iterator[FieldFault]:
    """Disputes about the same payment that are noted with other returns of the order: money waits for their end too,
    and for how much the bank gave."""
    currency = sight.basis(sight.ground()).currency
    for dispute in sight.disputes_elsewhere if row.pays != "nothing" else ():
        if dispute.state in sight.rules.blocks.disputes:
            told = f"dispute {dispute.dispute_id} of another return of the order is {dispute.state}: end it first"
            yield FieldFault("dispute", "open_dispute", told, "case")
        elif dispute.state in PAID_BY_THE_BANK:
            yield from _amount_faults(dispute, currency)


def _surplus_faults(sight: Sight, but: int | None) -> Iterator[FieldFault]:
    """What was agreed before is more than is left by now: a bank gave money back since, or another return of the order
    did or is about to."""
    if but is None or not (sight.banked or sight.elsewhere or sight.disputes_elsewhere):
        return
    basis = sight.basis(sight.ground())
    before = sight.before(basis.currency)
    if before.given is not None and basis.most(Before()) < before.given:
        told = "with what the bank or another return of the order gave back this is more than was paid: withdraw it "
        yield FieldFault("settlement", "more_than_is_left", told + "and propose it anew", "case")


def _bank_faults(sight: Sight, but: int | None) -> Iterator[FieldFault]:
    """After a bank gave money back: how much, and for which pieces, must be known; what it gave counts as given, so
    that no settlement, and none that was agreed before, goes beyond what was paid or binds a piece once more."""
    if not sight.banked:
        return
    basis = sight.basis(sight.ground())
    cap, before = basis.most(Before()), sight.before(basis.currency)
    gave = [one.bank_gave for one in sight.banked if one.bank_gave and one.bank_gave.currency == basis.currency]
    if total(gave, basis.currency) >= cap:
        told = "the bank has given the money back already, all that was paid: close the case"
        yield FieldFault("dispute", "bank_gave_all", told, "case")
        return
    for one in sight.banked:
        yield from _unsaid_faults(one, basis.currency)
    banked = {line for one in sight.banked for line, _ in one.lines or ()}
    sold = {line: basis.items[line - 1].quantity for line in banked}
    if but is not None and any(before.pieces.get(line, 0) > pieces for line, pieces in sold.items()):
        told = "the bank has given the money for a piece of this: withdraw it and propose the rest anew"
        yield FieldFault("lines", "settled_by_the_bank", told, "case")


def _unsaid_faults(dispute: Dispute, currency: str) -> Iterator[FieldFault]:
    """What a person must say of it first, by telling the same end of the dispute once more."""
    yield from _amount_faults(dispute, currency)
    if dispute.lines is None:
        told = f"{_again(dispute)} the pieces that the bank gave it for (lines; an empty list for none of them)"
        yield FieldFault("dispute.lines", "lines_unknown", told, "case")


def _again(dispute: Dispute) -> str:
    return f"dispute {dispute.dispute_id} is {dispute.state}: tell it so once more with"


def _amount_faults(dispute: Dispute, currency: str) -> Iterator[FieldFault]:
    gave, again = dispute.bank_gave, _again(dispute)
    if gave is None:
        told = f"{again} what the bank gave back (gave_back)"
        yield FieldFault("dispute.amount", "amount_unknown", told, "case")
    elif gave.currency != currency:
        told = f"{again} what the bank gave back in {currency}, as it was charged (gave_back)"
        yield FieldFault("dispute.amount", "other_currency", told, "case")
