"""A quote is kept: offered in versions, answered by its customer, made anew when time or the metal has moved, given up
when nobody answers.

What stands is the newest version alone. Who says yes to one that no longer holds is told so and shown the new one; who
says the same twice is answered in quiet. A dearer version within the terms of the house stands under the yes that was
given; beyond them the work stops until the customer has answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.errors import ConflictError, NotFoundError
from chalicelib.money import Money
from chalicelib.returns import repair_orders as steps
from chalicelib.returns.quotes import (
    Market,
    QuoteIncomplete,
    answered,
    closed,
    offered,
    stands_under,
    total_of,
    why_not,
)
from chalicelib.returns.repair import Quote, QuoteLine, RepairOrder
from chalicelib.returns.repair_clock import next_look_at_quote, reminds_at, silence_is_over
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.keep_repair import given_up_for
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.repair_sight import Sight, exchanged, metal_price, quote_lines, sight_of
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.wake_parts import step_of

NO_ANSWER = "no_answer"
REFUSED = "quote_refused"


class QuoteNotOpen(ConflictError):
    """The quote cannot be answered any more: it was answered, replaced, or no longer holds; the detail says which
    version stands in its place."""

    code = "quote_not_open"


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of offering: a version that waits, one that stands under what was agreed, or a draft that lacks
    something (``quote`` None). ``is_new``: it was not there before."""

    lines: tuple[QuoteLine, ...]
    total: Money | None
    quote: Quote | None
    is_new: bool = False


def offer_quote(
    ports: Ports, case_id: str, n: int, given: Mapping[str, Money], *, dry_run: bool, holder: str, now: datetime
) -> Offered:
    """Offer the customer a quote at the prices of today; ``given`` are amounts that a person knows, by line. A dry run
    shows every line and offers nothing. The same lines again are quiet. Raises ``QuoteIncomplete`` while a line is not
    known, ``ConflictError`` when there is nothing to quote, ``NotFoundError``."""
    made: list[Offered] = []

    def decide(file: CaseFile) -> Amendment | None:
        sight = sight_of(file, n, ports.merchant(), now)
        _refuse_needless(sight)
        lines, market = quote_lines(ports, sight, given, holder, now.date())
        made[:] = [Offered(lines, total_of(lines, market.currency), None)]
        if dry_run:
            return None
        known = _same(sight, lines)
        if known is not None:
            made[:] = [Offered(known.lines, known.total, known)]
            return None
        quote = offered(sight.order, _next_version(sight), lines, market, sight.rules.terms, holder, now)
        change = _offering(ports, sight, quote, holder, now)
        kept = next(one for one in change.parts if isinstance(one, Quote) and one.version == quote.version)
        made[:] = [Offered(lines, kept.total, kept, is_new=True)]
        return change

    amend_file(ports, case_id, now, decide)
    if not dry_run:
        _look(ports, case_id, n)
    return made[0]


def answer_quote(ports: Ports, case_id: str, quote_id: str, *, approve: bool, by: str, now: datetime) -> Quote:
    """Take the customer's answer, from their page or noted by the desk; the quote as it stands then.

    The same answer again is quiet. A yes to what has expired, or whose metal has moved, raises ``QuoteNotOpen`` after
    the new version is kept; so does an answer to one that was replaced, or another answer than was given. No leads to
    the piece going back as it is, or, of a dearer version, to what was agreed before.
    """
    told: list[Quote | QuoteNotOpen] = []

    def decide(file: CaseFile) -> Amendment | None:
        sight, quote = _found(ports, file, quote_id, now)
        if quote.state in ("approved", "refused") and (quote.state == "approved") is approve:
            told[:] = [quote]
            return None
        if file.case.stage in OVER:
            raise ConflictError(f"the return is {file.case.stage}: the quote is no longer open")
        if quote.state != "offered":
            raise QuoteNotOpen(_as_it_stands(sight, quote))
        lost = why_not(quote, _price(ports, sight, now), sight.rules.terms, now) if approve else None
        if lost is not None:
            change, now_stands = _anew(ports, sight, quote, lost, now)
            told[:] = [QuoteNotOpen(_lost(quote, lost, now_stands))]
            return change
        change, answered_quote = _answer(sight, quote, approve, by, now)
        told[:] = [answered_quote]
        return change

    amend_file(ports, case_id, now, decide)
    _look(ports, case_id, int(quote_id.partition("-")[0]))
    if isinstance(told[0], QuoteNotOpen):
        raise told[0]
    return told[0]


def look(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """A quote asked to be looked at: make it anew, remind, or give the piece back; then let it rest."""

    def decide(file: CaseFile) -> Amendment | None:
        quote = next((one for one in file.parts.of(Quote) if one.part_id == part_id), None)
        if quote is None:
            return None
        sight = sight_of(file, quote.repair_n, ports.merchant(), now)
        terms = sight.rules.terms
        if quote.state != "offered" or sight.order.is_over or file.case.stage in OVER:
            return _rested(file, quote)
        if silence_is_over(quote, terms, now):
            gone = closed(quote, replaced=False, why=NO_ANSWER)
            back = replace(given_up_for(sight.order, NO_ANSWER, now), due_at=now)
            return Amendment(file.case, "quote_unanswered", _facts(gone), parts=(gone, back))
        reminded = replace(quote, reminded=max(quote.reminded, int(now >= reminds_at(quote, terms))))
        lost = why_not(quote, _price(ports, sight, now), terms, now)
        if lost is not None:
            return _anew(ports, sight, reminded, lost, now)[0]
        after = replace(reminded, due_at=next_look_at_quote(reminded, terms, now))
        what = "quote_reminded" if after.reminded > quote.reminded else "quote_looked_at"
        return Amendment(file.case, what, _facts(after), parts=(after,)) if after != quote else None

    amend_file(ports, case_id, now, decide)
    _look(ports, case_id, int(part_id.partition("-")[0]))


def _refuse_needless(sight: Sight) -> None:
    order, case = sight.order, sight.file.case
    if case.stage in OVER:
        raise ConflictError(f"the return is {case.stage}: nothing is quoted any more")
    if order.is_over or order.state in ("tested", "unclaimed"):
        raise ConflictError(f"repair {order.n} is {order.state}: nothing is quoted any more")
    if steps.is_free(order):
        raise ConflictError("a warranty pays for all of it: there is nothing to quote")


def _same(sight: Sight, lines: tuple[QuoteLine, ...]) -> Quote | None:
    """A version that says the very same and stands."""
    last = sight.quotes[-1] if sight.quotes else None
    stands = last is not None and (last.state == "offered" or last.part_id == sight.order.consent)
    return last if stands and last is not None and last.lines == lines else None


def _next_version(sight: Sight) -> int:
    return sight.quotes[-1].version + 1 if sight.quotes else 1


def _offering(ports: Ports, sight: Sight, quote: Quote, holder: str, now: datetime) -> Amendment:
    """A new version in the place of the one before. Within what was agreed it stands under that yes; else the customer
    is asked, and a work that was begun waits."""
    order, agreed = sight.order, _agreed(sight)
    void = tuple(closed(one, replaced=True, why="another_version") for one in sight.quotes if one.state == "offered")
    if agreed is not None and stands_under(agreed, quote, sight.rules.terms, _allowed_more(ports, sight, now)):
        kept = answered(quote, approve=True, by="terms", consent_id=agreed.consent_id or agreed.part_id, now=now)
        stands = replace(order, consent=kept.part_id)
        return Amendment(sight.file.case, "quote_within_terms", _facts(kept), by=holder, parts=(kept, stands, *void))
    waits = replace(order, consent=None)
    return Amendment(sight.file.case, "quote_offered", _facts(quote), by=holder, parts=(quote, waits, *void))


def _agreed(sight: Sight) -> Quote | None:
    """The quote that the customer said yes to and that the work rests on. What the terms let stand is measured by the
    customer's own yes, so that small steps do not add up to a large one."""
    current = next((one for one in sight.quotes if one.part_id == sight.order.consent), None)
    if current is None or current.answered_by != "terms":
        return current
    return next((one for one in sight.quotes if one.consent_id == current.consent_id), None)


def _allowed_more(ports: Ports, sight: Sight, now: datetime) -> Money | None:
    on, currency = now.date(), sight.item.price.currency
    return exchanged(ports.rates.book(on), sight.rules.terms.ask_above, currency, on)


def _answer(sight: Sight, quote: Quote, approve: bool, by: str, now: datetime) -> tuple[Amendment, Quote]:
    """The answer, with the repair as it goes on. The consent is the entry of the log that is written with it."""
    case, order = sight.file.case, sight.order
    after = answered(quote, approve=approve, by=by, consent_id=f"{quote.part_id}@{case.log_n + 1}", now=now)
    if approve:
        repair = replace(steps.agreed(order, after), due_at=now)
    else:
        earlier = _earlier_yes(sight, quote)
        refused = replace(given_up_for(order, REFUSED, now), due_at=now)
        repair = replace(order, consent=earlier.part_id, due_at=now) if earlier else refused
    what = "quote_approved" if approve else "quote_refused"
    return Amendment(case, what, _facts(after), by=by, parts=(after, repair)), after


def _earlier_yes(sight: Sight, quote: Quote) -> Quote | None:
    """What was agreed before a dearer version was offered; the work goes on within it, or a person gives it up."""
    if sight.order.state != "in_work":
        return None
    before = [one for one in sight.quotes if one.state == "approved" and one.version < quote.version]
    return before[-1] if before else None


def _anew(ports: Ports, sight: Sight, quote: Quote, lost: str, now: datetime) -> tuple[Amendment, Quote | None]:
    """The quote at the prices of today with what people had given, in the place of one that no longer holds; where it
    cannot be made by itself, it lapses and a person is told. Silence is counted on from the first asking."""
    given = {line.code: line.amount for line in quote.lines if line.given_by and line.amount is not None}
    by = next((line.given_by for line in quote.lines if line.given_by), None) or quote.offered_by
    lines, market = quote_lines(ports, sight, given, by, now.date())
    fresh = _fresh(sight, quote, lines, market, now)
    if fresh is None:
        lapsed = closed(quote, replaced=False, why=lost)
        owed = replace(sight.order, due_at=now)
        return Amendment(sight.file.case, "quote_lapsed", _facts(lapsed) | {"why": lost}, parts=(lapsed, owed)), None
    facts = _facts(fresh) | {"why": lost}
    owed = replace(sight.order, due_at=now)
    gone = closed(quote, replaced=True, why=lost)
    return Amendment(sight.file.case, "quote_renewed", facts, parts=(gone, fresh, owed)), fresh


def _fresh(
    sight: Sight, quote: Quote, lines: tuple[QuoteLine, ...], market: Market, now: datetime
) -> Quote | None:  # fmt: skip
    terms = sight.rules.terms
    try:
        made = offered(sight.order, _next_version(sight), lines, market, terms, quote.offered_by, now)
    except QuoteIncomplete:
        return None
    since = quote.silent_since or quote.offered_at
    made = replace(made, silent_since=since, reminded=quote.reminded)
    return replace(made, due_at=next_look_at_quote(made, terms, now))


def _price(ports: Ports, sight: Sight, now: datetime) -> Any:
    return metal_price(ports.rates.book(now.date()), sight.item, now.date())


def _found(ports: Ports, file: CaseFile, quote_id: str, now: datetime) -> tuple[Sight, Quote]:
    quote = next((one for one in file.parts.of(Quote) if one.part_id == quote_id), None)
    if quote is None:
        raise NotFoundError("this return has no such quote")
    return sight_of(file, quote.repair_n, ports.merchant(), now), quote


def _as_it_stands(sight: Sight, quote: Quote) -> str:
    stands = sight.standing
    told = f"; {stands.part_id} stands now" if stands else ""
    return f"quote {quote.part_id} is {quote.state}{f' ({quote.why})' if quote.why else ''}{told}"


def _lost(quote: Quote, lost: str, stands: Quote | None) -> str:
    told = f"; {stands.part_id} stands now" if stands else "; a person makes a new one"
    return f"quote {quote.part_id} no longer holds ({lost}){told}"


def _rested(file: CaseFile, quote: Quote) -> Amendment | None:
    if quote.due_at is None:
        return None
    return Amendment(file.case, "quote_looked_at", _facts(quote), parts=(replace(quote, due_at=None),))


def _facts(quote: Quote) -> dict[str, str]:
    total = f"{quote.total.amount} {quote.total.currency}" if quote.total else "unknown"
    return {"quote": quote.part_id, "state": quote.state, "total": total}


def _look(ports: Ports, case_id: str, n: int) -> None:
    """What the answer or the clock owes is sent by the look at the repair."""
    ports.queues.send("steps", [step_of(case_id, RepairOrder.KIND, str(n))])
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
