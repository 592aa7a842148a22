"""The customer's page as facts: where the parcel is, what comes next and by when, what may be sent, read and answered.

It is read off the case, the tracks of its legs and its parts, and changes nothing. Whoever has the link may look, so
nothing here tells what is in the parcel or what it is worth; papers, amounts and the code of a credit are added once
the order number was named (``order``), because the link alone may have been passed on, and an order number is not on
the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from typing import Any, Literal

from chalicelib.errors import NotFoundError, RuleNotInForce
from chalicelib.money import Money
from chalicelib.notices.page_facts import (
    Amount,
    CreditShown,
    PageFacts,
    PaperToPrint,
    QuoteShown,
    SettlementShown,
    Shown,
    WithdrawalShown,
)
from chalicelib.pickups.hand_over import hand_over
from chalicelib.returns.custody import HandOver
from chalicelib.returns.evidence import CUSTOMER
from chalicelib.returns.law import withdrawal_right
from chalicelib.returns.repair import Quote
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.rulebook import dictionary
from chalicelib.workflows.gather_notice import Look, Told, facts_of, look_at
from chalicelib.workflows.judge_withdrawal import judged
from chalicelib.workflows.keep_link import most_wrong_orders
from chalicelib.workflows.link_ports import CustomerLink
from chalicelib.workflows.page_way import Asked, next_step, progress_of, scans_of, settlements, stations
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_evidence import for_customer
from chalicelib.workflows.serve_papers import paper_rows

READY = frozenset({"ready", "with_carrier"})
_SETTLED_AS: Mapping[str, Literal["waiting", "ready", "paid", "problem"]] = {
    "proposed": "waiting", "approved": "ready", "paying": "ready", "unknown": "ready", "done": "paid",
    "refused_by_provider": "problem",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """The facts with what decides on their language, and the link they were read behind."""

    facts: PageFacts
    language: str
    country: str
    case_id: str
    link: CustomerLink


def show_page(ports: Ports, token: str, now: datetime, *, order: str | None = None) -> Page:
    """The page behind a token; opened where ``order`` is the order number of the case. Raises ``NotFoundError`` for a
    token that opens nothing, whatever became of it."""
    link = ports.links.open(token, now)
    file = ports.cases.file(link.case_id) if link else None
    if link is None or file is None:
        raise NotFoundError("no such link")
    is_closed = link.wrong_orders >= most_wrong_orders()
    opened = not is_closed and is_order_of(file, order)
    facts = page_facts(ports, file, now, opened=opened)
    facts = replace(facts, closed_to_orders=is_closed)
    return Page(facts, file.case.language, file.case.customer_country, file.case.case_id, link)


def is_order_of(file: CaseFile, order: str | None) -> bool:
    """Whether this names the order of the case; capitals, spaces and a leading # are forgiven."""
    return order is not None and compare_digest(_plain(order).encode(), _plain(file.case.order_number).encode())


def _plain(order: str) -> str:
    return "".join(order.split()).lstrip("#").casefold()


def page_facts(ports: Ports, file: CaseFile, now: datetime, *, opened: bool) -> PageFacts:
    """Everything that may stand on the page of this case."""
    merchant, look = ports.merchant(), look_at(ports, file)
    notice = facts_of(look, Told("summary", "", now), merchant, None, now)
    evidence = for_customer(file, merchant, now)
    to_the_road = facts_of(look, Told("accepted", "", now), merchant, None, now).task
    asked = _asked(evidence["wanted"], notice.task, to_the_road)
    step, until = next_step(look, notice, asked)
    return PageFacts(
        notice=notice,
        stage=file.case.stage,
        step=step,
        until=until,
        stations=stations(look),
        scans=scans_of(look),
        papers=_papers(file),
        packing=_packing(look),
        packed_at=_packed_at(file),
        wanted=asked.wanted,
        sent=tuple(_sent(evidence["given"])),
        progress=progress_of(file),
        quote=_quote(file, opened=opened),
        settlement=_settlement(file, opened=opened),
        credits=tuple(_credits(file, opened=opened)),
        withdrawal=_withdrawal(ports, file, now),
        opened=opened,
    )


def _asked(wanted: Sequence[dict[str, Any]], task: str, to_the_road: str) -> Asked:
    """What the customer is asked to show; what customs want of them too, though no rule of ours asks for it."""
    kinds = [row["kind"] for row in wanted] + (["customs_paper"] if task == "send_papers" else [])
    return Asked(tuple(dict.fromkeys(kinds)), any(row["decides"] for row in wanted), to_the_road)


def _papers(file: CaseFile) -> tuple[PaperToPrint, ...]:
    """What the customer prints, while there is a parcel to hand over."""
    rules = dictionary("notices", "page")
    printed, stages = rules["papers"]["printed"], rules["stages"]["packing"]
    if file.case.stage not in stages:
        return ()
    rows = [row for row in paper_rows(file) if row["name"] in printed and row["status"] != "lost"]
    rows.sort(key=lambda row: printed.index(row["name"]))
    return tuple(PaperToPrint(row["name"], row["leg"], row["status"] in READY) for row in rows)


def _packing(look: Look) -> tuple[str, ...]:
    if look.file.case.stage not in dictionary("notices", "page")["stages"]["packing"]:
        return ()
    leg = look.leg()
    return tuple(step.key for step in hand_over(leg.carrier if leg else None))


def _packed_at(file: CaseFile) -> datetime | None:
    noted = (one.at for one in file.parts.of(HandOver) if one.given_by == CUSTOMER and one.noted_by == CUSTOMER)
    return max(noted, default=None)


def _sent(given: Iterable[dict[str, Any]]) -> Iterable[Shown]:
    """What the customer sent; of several of one kind in one state, one."""
    told = ((row["kind"], row["state"]) for row in given if row["state"] in ("uploaded", "kept", "refused"))
    return (Shown(kind, state) for kind, state in dict.fromkeys(told))


def _quote(file: CaseFile, *, opened: bool) -> QuoteShown | None:
    quotes = [one for one in file.parts.of(Quote) if one.state != "replaced"]
    if not quotes or file.case.stage == "cancelled":
        return None
    last = max(quotes, key=lambda one: (one.repair_n, one.version))
    shown = QuoteShown(last.part_id, _answered_as(last), last.valid_until, last.answered_at)
    if not opened:
        return shown
    lines = tuple(Amount(word_of(line.code), line.amount) for line in last.lines)
    return replace(shown, lines=lines, total=last.total)


def _answered_as(quote: Quote) -> Literal["offered", "approved", "refused", "lapsed"]:
    return "lapsed" if quote.state == "replaced" else quote.state


def _settlement(file: CaseFile, *, opened: bool) -> SettlementShown | None:
    ended = settlements(file)
    if not ended or file.case.stage == "cancelled":
        return None
    last = ended[-1]
    paid_at = last.paid_at or (last.changed_at if last.state == "done" else None)
    shown = SettlementShown(last.kind, _SETTLED_AS[last.state], last.deadline, paid_at)
    return replace(shown, lines=tuple(_amounts(last)), total=last.total) if opened else shown


def _credits(file: CaseFile, *, opened: bool) -> Iterable[CreditShown]:
    """Every credit that is there, also of a return that was closed, or cancelled, since: it is the customer's."""
    for one in settlements(file):
        if one.state == "done" and one.credit_code is not None:
            shown = CreditShown(one.paid_at or one.changed_at or one.proposed_at)
            yield replace(shown, code=one.credit_code, sum=one.total) if opened else shown


def _amounts(settlement: Settlement) -> Iterable[Amount]:
    """Its lines under the words of the page; lines of one word are one."""
    sums: dict[str, Money] = {}
    for line in settlement.lines:
        word = word_of(line.code)
        known = sums.get(word)
        sums[word] = Money(known.amount + line.amount.amount, known.currency) if known else line.amount
    return (Amount(word, money) for word, money in sums.items())


def word_of(code: str) -> str:
    """The word for a line of a quote or a settlement.

    >>> word_of("work.resize"), word_of("metal_missing"), word_of("never_heard_of")
    ('work', 'deduction', 'other')
    """
    words: dict[str, str] = dictionary("notices", "page")["line"]
    fits = max((one for one in words if code.startswith(one)), key=len, default=None)
    return words[fits] if fits else "other"


def _withdrawal(ports: Ports, file: CaseFile, now: datetime) -> WithdrawalShown | None:
    """What was declared; else, where the law gives a right that is not surely over, the way to declare it."""
    declared = max(file.parts.of(Withdrawal), key=lambda one: one.n, default=None)
    if declared is not None:
        return WithdrawalShown(declared.declared_at, None, declared.send_back_by, declared.refund_by)
    if file.case.stage == "closed" or not _is_statutory(file):
        return None
    ground = judged(ports, file, (), now).ground
    if ground.verdict not in ("granted", "unsure"):
        return None
    return WithdrawalShown(until=ground.window_ends_at if ground.verdict == "granted" else None)


def _is_statutory(file: CaseFile) -> bool:
    request = file.plan.request
    try:
        right = withdrawal_right(request.customer_country, request.order.sold_on, request.customer_region)
    except RuleNotInForce:
        return False
    return right.row.basis == "statute"
