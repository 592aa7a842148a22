"""Money that was moved outside is noted: the price of a repair, freight, cover, duty; once by its reference and why.

Nothing is paid by it. An entry that was noted wrongly is noted back, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from chalicelib.clock import EARLIEST_CLOCK
from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.returns.money_ledger import posting
from chalicelib.returns.money_noted import ACCOUNTS, OF_A_REPAIR, MoneyDiffers, MoneyNoted, RepairPrice, faults_of
from chalicelib.returns.settlement import Posting
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.close_case import close_if_done
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.open_money import open_rows, prices_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_settlements import BY_RECORD, balance_rows, posting_row, postings_of
from chalicelib.workflows.tell_steps import look_for_tools


def note_money(ports: Ports, case_id: str, given: MoneyNoted, *, by: str, now: datetime) -> tuple[bool, dict[str, Any]]:
    """Note it, in a case of any stage; whether it is new, and the money as it stands then. The same again is quiet.
    Raises ``MoneyDiffers`` for other particulars under the same reference, ``InvalidRequestError`` with every fault,
    ``NotFoundError``."""
    kept: list[Posting] = []
    is_new = False

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal is_new
        known = _noted_before(file, given)
        is_new = known is None
        if known is not None:
            kept[:] = [known]
            return None
        made = _made(file, given, by, now)
        kept[:] = [made]
        facts = {"entry": made.part_id, "why": made.why, "amount": f"{made.amount.amount} {made.amount.currency}"}
        return Amendment(file.case, "money_noted", facts, by=by, parts=(made,))

    amend_file(ports, case_id, now, decide)
    close_if_done(ports, case_id, now)
    look_for_tools(ports, case_id)
    file = file_of(ports, case_id)
    told = {"case_id": case_id, "posting": posting_row(_numbered(file, kept[0]))}
    return is_new, told | {"balances": balance_rows(postings_of(file)), "open": open_rows(file)}


def _noted_before(file: CaseFile, given: MoneyNoted) -> Posting | None:
    """The entry of this reference and purpose; raises ``MoneyDiffers`` where it says something else."""
    for one in file.parts.of(Posting):
        if one.settlement_n is None and (one.reference, one.why) == (given.reference, given.why):
            if not given.is_what_was_noted(one):
                raise MoneyDiffers("money with this reference is noted for the same purpose with other particulars")
            return one
    return None


def _made(file: CaseFile, given: MoneyNoted, by: str, now: datetime) -> Posting:
    repair_n, faults = _of_repair(prices_of(file), given) if given.why in OF_A_REPAIR else (None, [])
    faults = [*faults_of(given, (now + EARLIEST_CLOCK).date()), *faults, *_known_already(file, given)]
    if faults:
        raise InvalidRequestError("this money cannot be noted so", faults)
    at = datetime.combine(given.on, time(), UTC) if given.on else now
    n = 1 + max((one.n for one in file.parts.of(Posting)), default=0)
    return posting(
        file.case.case_id, n, given.giver, given.taker, given.amount, given.why, at, by,
        reference=given.reference, repair_n=repair_n,
    )  # fmt: skip


def _of_repair(prices: Iterable[RepairPrice], given: MoneyNoted) -> tuple[int | None, list[FieldFault]]:
    """The repair that a price is of, or what is wrong: none was agreed, there are several, another currency, or more
    given back than was paid."""
    known = {one.repair_n: one for one in prices}
    if not known:
        return None, [FieldFault("repair", "nothing_agreed", "no repair of this return has a price that was agreed to")]
    if given.repair_n is None and len(known) > 1:
        return None, [FieldFault("repair", "required", f"say which: {', '.join(map(str, known))}")]
    price = known.get(given.repair_n if given.repair_n is not None else next(iter(known)))
    if price is None:
        return None, [FieldFault("repair", "unknown", f"one of {', '.join(map(str, known))}")]
    if given.amount.currency != price.paid.currency:
        return price.repair_n, [FieldFault("amount", "other_currency", f"the quote is in {price.paid.currency}")]
    if given.why == "repair_price_back" and given.amount > price.paid:
        told = f"{price.paid.amount} {price.paid.currency} was paid for it"
        return price.repair_n, [FieldFault("amount", "more_than_was_paid", told)]
    return price.repair_n, []


def _known_already(file: CaseFile, given: MoneyNoted) -> list[FieldFault]:
    """Money that the case holds by another way, such as its sale, a claim or the duty ledger, is not noted twice."""
    for one in postings_of(file):
        same = (one.from_account, one.to_account, one.reference) == (given.giver, given.taker, given.reference)
        if same and not _was_noted(one):
            return [FieldFault("reference", "known_already", f"the money of the case holds it, as {one.why}")]
    return []


def _was_noted(one: Posting) -> bool:
    return one.why in ACCOUNTS and one.by != BY_RECORD


def _numbered(file: CaseFile, kept: Posting) -> Posting:
    """The entry with its place among all money of the case."""
    return next((one for one in postings_of(file) if replace(one, n=kept.n) == kept), kept)
