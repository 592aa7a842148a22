"""The end of a return as its customer is told of it: what was received, quoted, repaired, settled, paid, sent out,
lost, withdrawn from and recalled. All of it is read off the case's parts, its log and the tracks of its legs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.clock import instant
from chalicelib.notices.facts import Moment, NoticeFacts, Outcome, RecalledPiece
from chalicelib.notices.language import chain_of, template_of
from chalicelib.notices.moments import Decided, History, Mark, Reached
from chalicelib.returns.case import ReturnRequest
from chalicelib.returns.custody import Receipt
from chalicelib.returns.recall import Campaign, Recalled
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Settlement, SettlementKind
from chalicelib.returns.way_out import WayOut
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.gather_losses import lost_named
from chalicelib.workflows.parcels import receipts_of
from chalicelib.workflows.ports import CaseFile, LogEntry, Ports

# How a settlement is told. A purchase by weight is a contract of its own and is told as a decision without more.
TOLD_AS: Mapping[SettlementKind, Outcome] = {
    "refund": "refund", "partial_refund": "partial_refund", "refund_without_return": "refund_kept",
    "exchange": "exchange", "replacement": "exchange", "advance_replacement": "exchange", "store_credit": "credit",
    "goodwill": "goodwill", "refusal": "sent_back", "repair": "repair",
}  # fmt: skip
NOT_TOLD = frozenset({"proposed", "withdrawn"})
# Their mails name no carrier and no tracking number: they are not about a parcel on its way.
ABOUT_NO_PARCEL: frozenset[Moment] = frozenset(
    {
        "withdrawal_receipt", "quote", "quote_reminder", "repair_begun", "repair_done", "paid", "recall", "credited",
        "unclaimed",
    }
)  # fmt: skip
UNCLAIMED = frozenset({"repair_unclaimed", "repair_unclaimed_told"})


def sent_out(file: CaseFile) -> Iterator[Reached]:
    """The ways out that have left us, each once."""
    yield from _ways(file, "way_out_sent", frozenset({"sent", "delivered", "back", "lost"}))


def come_out(file: CaseFile) -> Iterator[Reached]:
    """The ways out that are at the customer's door, as things stand."""
    yield from _ways(file, "way_out_delivered", frozenset({"delivered"}))


def _ways(file: CaseFile, what: str, states: frozenset[str]) -> Iterator[Reached]:
    for way in file.parts.of(WayOut):
        entries = (one for one in file.log if one.what == what and one.facts.get("leg") == str(way.leg_n))
        entry = next(entries, None) if way.state in states else None
        if entry is not None:
            told = entry.facts.get("at")
            yield Reached(way.leg_n, instant(told) if told else entry.at, out=True)


def come_back(file: CaseFile) -> Iterator[Reached]:
    """The ways out that came back to us, but for those whose pieces have gone out once more."""
    ways = file.parts.of(WayOut)
    for one in _ways(file, "way_out_back", frozenset({"back"})):
        if not any(way.leg_n > one.leg_n and way.state in ("sent", "delivered") for way in ways):
            yield one


def taken_in(file: CaseFile) -> Iterator[Reached]:
    """The ways home of which our own places took a parcel in, each with the first; one that came back undelivered is
    none of them."""
    out = {leg.n for leg in file.legs if leg.direction == "out"}
    for leg_n in sorted({one.leg_n for one in file.parts.of(Receipt)} - out):
        yield Reached(leg_n, min(one.received_at for one in receipts_of(file, leg_n)))


def settled(file: CaseFile) -> Iterator[Decided]:
    """What was approved, each once, whatever became of its payment since."""
    for one in file.parts.of(Settlement):
        if one.state not in NOT_TOLD:
            reasons = tuple(dict.fromkeys(_taken_off(line.code) for line in one.lines if line.amount.amount < 0))
            refund = one.total if one.total.amount > 0 and one.kind != "exchange" else None
            outcome = TOLD_AS.get(one.kind)
            why = reasons if one.kind == "partial_refund" or (one.kind == "refund" and reasons) else ()
            yield Decided(outcome, _approved_at(file, one), f"s{one.n}", why, refund, one.n)


def _taken_off(code: str) -> str:
    return "discount" if code.startswith("discount_") else code


def _approved_at(file: CaseFile, one: Settlement) -> datetime:
    said = (entry.at for entry in file.log if _approves(entry, one))
    return next(said, one.changed_at or one.proposed_at)


def _approves(entry: LogEntry, one: Settlement) -> bool:
    return entry.facts.get("settlement") == one.part_id and entry.facts.get("state") == "approved"


def marks_of(file: CaseFile) -> Iterator[Mark]:
    """What needs no more than its name to be told."""
    for declared in file.parts.of(Withdrawal):
        yield Mark("withdrawal_receipt", declared.taken_at or declared.declared_at, declared.part_id)
    for recalled in file.parts.of(Recalled):
        yield Mark("recall", recalled.at, recalled.recall_id)
    for paid in file.parts.of(Settlement):
        if paid.state == "done" and paid.paid_at is not None and paid.pays in ("provider", "person", "credit"):
            yield Mark("credited" if paid.pays == "credit" else "paid", paid.paid_at, paid.part_id)
    yield from _quoted(file)
    yield from _repaired(file)


def _quoted(file: CaseFile) -> Iterator[Mark]:
    """Quotes that wait for the customer. One that was made anew after the reminder is news, and no reminder of it."""
    for quote in file.parts.of(Quote):
        if quote.state == "offered":
            yield Mark("quote", quote.offered_at, quote.part_id)
            reminded = (entry.at for entry in file.log if _reminds(entry, quote))
            yield from (Mark("quote_reminder", at, quote.part_id) for at in reminded)


def _reminds(entry: LogEntry, quote: Quote) -> bool:
    return entry.what == "quote_reminded" and entry.facts.get("quote") == quote.part_id


def _repaired(file: CaseFile) -> Iterator[Mark]:
    for order in file.parts.of(RepairOrder):
        if order.started_at is not None and order.state != "withdrawn":
            yield Mark("repair_begun", order.started_at, order.part_id)
        if order.state in ("done", "unrepaired") and order.finished_at is not None:
            yield Mark("repair_done", order.finished_at, order.part_id)
        if order.state == "unclaimed" and order.unclaimed_since is not None:
            episode = f"{order.part_id}-{order.unclaimed_since:%Y%m%d}-{order.told}"
            yield Mark("unclaimed", _unclaimed_told_at(file, order, order.unclaimed_since), episode)


def _unclaimed_told_at(file: CaseFile, order: RepairOrder, since: datetime) -> datetime:
    """When the clock of a piece that nobody fetches last came to a day on which its owner is written to."""
    of_order = (one for one in reversed(file.log) if one.facts.get("repair") == order.part_id)
    return next((one.at for one in of_order if one.what in UNCLAIMED), since)


def with_ending(facts: NoticeFacts, file: CaseFile, history: History, moment: Moment, episode: str) -> NoticeFacts:
    """The facts with what the parts of the case say of this moment."""
    if moment in ("quote", "quote_reminder"):
        quote = next((one for one in file.parts.of(Quote) if one.part_id == episode), None)
        return replace(facts, task="answer_quote", deadline=quote.valid_until if quote else None)
    if moment == "withdrawal_receipt":
        return _with_withdrawal(facts, file, episode)
    if moment in ("paid", "credited"):
        paid = next((one for one in file.parts.of(Settlement) if one.part_id == episode), None)
        return replace(facts, refund=paid.total if paid else None)
    if moment == "repair_done":
        order = next((one for one in file.parts.of(RepairOrder) if one.part_id == episode), None)
        return replace(facts, reason=_repair_end(order))
    if moment == "unclaimed":
        order = next((one for one in file.parts.of(RepairOrder) if one.part_id == episode.partition("-")[0]), None)
        return replace(facts, task="claim_piece", reason="partner" if order and order.partner else "ours")
    if moment == "out_back":
        return replace(facts, task="check_address")
    if moment == "recall":
        recalled = next((one for one in file.parts.of(Recalled) if one.recall_id == episode), None)
        return replace(facts, remedies=recalled.remedies if recalled else ())
    lost = lost_named(history, moment, episode)
    if lost is not None and moment == "released":
        return replace(facts, reason=None if lost.how == "seized" else "found")
    return facts if lost is None else replace(facts, reason=lost.how)


def _repair_end(order: RepairOrder | None) -> str | None:
    if order is None:
        return None
    return "unrepaired" if order.state == "unrepaired" else "partner" if order.partner else "done"


def _with_withdrawal(facts: NoticeFacts, file: CaseFile, episode: str) -> NoticeFacts:
    """What was declared and when; what follows is told only where no person has to say so first."""
    part = next((one for one in file.parts.of(Withdrawal) if one.part_id == episode), None)
    if part is None:
        return facts
    sure = part.in_time is True and not part.doubts
    at_home = file.case.stage in ("review", "evidence_needed", "approved", "booked")
    asked = sure and part.send_back_by is not None and at_home
    return replace(
        facts,
        at=part.declared_at,
        lines=part.lines,
        in_time=sure,
        task="send_back" if asked else "nothing",
        deadline=part.send_back_by if asked else None,
        refund_by=part.refund_by if sure else None,
    )


def language_declared(file: CaseFile, moment: Moment, episode: str) -> str | None:
    """The language in which a withdrawal was declared, of its receipt; None of any other notice."""
    if moment != "withdrawal_receipt":
        return None
    return next((one.language for one in file.parts.of(Withdrawal) if one.part_id == episode), None)


def with_recall(facts: NoticeFacts, ports: Ports, file: CaseFile, episode: str, template: str) -> NoticeFacts:
    """The facts with the recalled pieces and what is wrong with them, in the language of the mail or the nearest that
    the recall was written in; neither where the recall cannot be read any more. ``episode`` "": the recall of this
    case, if there is one."""
    recall_id = episode or next((one.recall_id for one in file.parts.of(Recalled)), "")
    campaign = ports.recalls.read(recall_id) if recall_id else None
    if campaign is None:
        return facts
    pieces = tuple(_pieces(campaign, file.plan.request, template))
    return replace(facts, hazard=_said_in(campaign.hazard, template), recalled=pieces)


def _pieces(campaign: Campaign, request: ReturnRequest, template: str) -> Iterator[RecalledPiece]:
    """The lines that the recall reaches, each as the recall calls its product, else as the customer's bill does."""
    product, sold_on = campaign.product, request.order.sold_on
    name, brand = (_said_in(product.name, template), product.brand) if product else (None, None)
    for item in request.items:
        if campaign.reach.of(item):
            batch = item.batch or item.melt
            yield RecalledPiece(name or item.description, brand, item.sku, item.serial, batch, sold_on)


def _said_in(texts: Mapping[str, str], template: str) -> str | None:
    written = {template_of(tag): text for tag, text in texts.items()}
    found = (written[step] for step in chain_of(template) if step in written)
    return next(found, next(iter(texts.values()), None))
