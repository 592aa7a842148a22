"""A recall is run: prepared, announced, and for every sale it reaches one prepaid return, opened once.

What was sold to whom is the shop's own record; it hands in its sales, a few at a time and as often as it likes. Each is
judged by the recall's reach, and the return is opened under a key made of recall and order: a repeat, a second run, a
run that was stopped and goes on open nothing twice. Nobody's name is kept with the recall.

A return of a recalled piece that is under way already is told so once, and its people with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.clock import stamp
from chalicelib.errors import InvalidRequestError, NotFoundError, ReturnRefused
from chalicelib.merchant import Recall
from chalicelib.returns.case import Order, Person, ReturnRequest
from chalicelib.returns.recall import (
    Action,
    Campaign,
    Member,
    RecallDiffers,
    Recalled,
    RecallNotAllowed,
    authorities,
    faults_of,
    missing_of,
    moved,
    refuse,
)
from chalicelib.returns.stages import OVER
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.ports import CaseFile, Ports

KIND = "recalled_piece"
SAME = ("announced_on", "hazard", "reach", "remedies", "return_to", "product")


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale of the shop's: the order with its pieces, and who has them."""

    request: ReturnRequest
    person: Person


def prepare_recall(ports: Ports, wanted: Campaign, *, now: datetime) -> tuple[bool, dict[str, Any]]:
    """Prepare a recall; whether it is new. Raises ``InvalidRequestError`` with everything that keeps it from being
    announced, ``RecallDiffers`` when one of this id says something else."""
    refuse(faults_of(wanted, ports.merchant().languages))
    if ports.merchant().facility_called(wanted.return_to) is None:
        raise InvalidRequestError("no facility of ours is called so")
    found = ports.recalls.read(wanted.recall_id)
    if found is None and ports.recalls.save(wanted):
        _flag_under_way(ports, wanted, now)
        return True, recall_row(ports, wanted)
    found = found or _campaign(ports, wanted.recall_id)
    if any(getattr(found, name) != getattr(wanted, name) for name in SAME):
        raise RecallDiffers("a recall with this id was prepared with other particulars")
    _flag_under_way(ports, found, now)
    return False, recall_row(ports, found)


def act_on_recall(ports: Ports, recall_id: str, action: Action, *, now: datetime) -> dict[str, Any]:
    """Start, stop, resume or finish it; twice is quiet. Raises ``RecallNotAllowed``, ``NotFoundError``."""
    while True:
        campaign = _campaign(ports, recall_id)
        change = moved(campaign, action, now)
        if change is None or ports.recalls.save(replace(campaign, **change)):
            return recall_row(ports, _campaign(ports, recall_id))


def take_sales(
    ports: Ports, recall_id: str, sales: Sequence[Sale], *, holder: str, dry_run: bool, now: datetime
) -> dict[str, Any]:
    """Judge these sales, and open a prepaid return for each that the recall reaches; what became of each, in their
    order. A dry run opens nothing. Raises ``RecallNotAllowed`` while it is not running, ``NotFoundError``."""
    campaign = _campaign(ports, recall_id)
    if not dry_run and campaign.state != "running":
        raise RecallNotAllowed(f"the recall is {campaign.state}: start or resume it first")
    return {
        "recall_id": recall_id,
        "dry_run": dry_run,
        "items": [_take(ports, campaign, sale, holder, dry_run, now) for sale in sales],
    }


def read_recall(ports: Ports, recall_id: str) -> dict[str, Any]:
    """How far a recall is; raises ``NotFoundError``."""
    return recall_row(ports, _campaign(ports, recall_id))


def list_sales(ports: Ports, recall_id: str, *, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the sales it reached, each with the stage its return is at."""
    _campaign(ports, recall_id)
    page = ports.recalls.members(recall_id, cursor, limit)
    return {"recall_id": recall_id, "items": [_member_row(ports, one) for one in page.members], "cursor": page.cursor}


def recall_row(ports: Ports, campaign: Campaign) -> dict[str, Any]:
    """A recall as answers show it; ``missing`` is what its notice still wants."""
    product = campaign.product
    return {
        "recall_id": campaign.recall_id,
        "state": campaign.state,
        "announced_on": campaign.announced_on.isoformat(),
        "hazard": dict(campaign.hazard),
        "product": {"name": dict(product.name), "brand": product.brand} if product else None,
        "missing": missing_of(campaign, ports.merchant().languages),
        "reach": {
            "serials": list(campaign.reach.serials),
            "batches": list(campaign.reach.batches),
            "melts": list(campaign.reach.melts),
            "skus": list(campaign.reach.skus),
            "sku_from": campaign.reach.sku_from,
            "sku_to": campaign.reach.sku_to,
        },
        "remedies": list(campaign.remedies),
        "return_to": campaign.return_to,
        "opened": campaign.opened,
        "refused": campaign.refused,
        "prepared_at": stamp(campaign.prepared_at),
        "changed_at": stamp(campaign.changed_at),
        "authorities": authorities(campaign.announced_on),
    }


def _campaign(ports: Ports, recall_id: str) -> Campaign:
    campaign = ports.recalls.read(recall_id)
    if campaign is None:
        raise NotFoundError("no recall has this id")
    return campaign


def _take(ports: Ports, campaign: Campaign, sale: Sale, holder: str, dry_run: bool, now: datetime) -> dict[str, Any]:
    request = sale.request
    reached = [(item, by) for item in request.items if (by := campaign.reach.of(item))]
    row: dict[str, Any] = {"order": request.order.number, "reached_by": None, "case_id": None, "reasons": []}
    if not reached:
        return row | {"outcome": "not_recalled"}
    by = reached[0][1]
    if dry_run:
        return row | {"outcome": "recalled", "reached_by": by}
    known = ports.recalls.member(campaign.recall_id, request.order.number)
    if known is not None and known.state == "opened":
        return row | {"outcome": "opened_before", "reached_by": known.by, "case_id": known.case_id}
    asked = replace(request, kind="recall", reason="recall", items=tuple(item for item, _ in reached))
    member = _open(ports, campaign, Sale(asked, sale.person), by, holder, now)
    ports.recalls.keep(member)
    return row | {
        "outcome": member.state, "reached_by": by, "case_id": member.case_id, "reasons": list(member.reasons),
    }  # fmt: skip


def _open(ports: Ports, campaign: Campaign, sale: Sale, by: str, holder: str, now: datetime) -> Member:
    request = replace(sale.request, return_to=campaign.return_to)
    key = f"recall-{campaign.recall_id}-{request.order.number}"
    about = (campaign.recall_id, request.order.number, request.customer_country)
    try:
        answered = open_return(
            _knowing(ports, campaign, request),
            request,
            sale.person,
            holder=f"recall {campaign.recall_id}",
            idempotency_key=key,
            body_digest=_digest(request.order),
            dry_run=False,
            now=now,
            with_it=lambda case_id: (Recalled(case_id, campaign.recall_id, by, now, campaign.remedies),),
        )
    except ReturnRefused as refused:
        return Member(*about, "refused", by, now, reasons=tuple(fault.code for fault in refused.faults))
    except InvalidRequestError as wrong:
        return Member(*about, "refused", by, now, reasons=tuple(fault.code for fault in wrong.faults) or (wrong.code,))
    case_id: str = answered.body["case_id"]
    _mark(ports, campaign, case_id, by, holder, now, under_way=False)
    return Member(*about, "opened", by, now, case_id=case_id)


def _knowing(ports: Ports, campaign: Campaign, request: ReturnRequest) -> Ports:
    """The same world with these pieces on the merchant's list of recalls: they come home at our cost, whenever sold."""
    merchant, hazard = ports.merchant(), next(iter(campaign.hazard.values()))
    skus = tuple(dict.fromkeys(item.sku for item in request.items))
    listed = Recall(campaign.recall_id, campaign.announced_on, hazard, skus)
    return replace(ports, merchant=lambda: replace(merchant, recall=(*merchant.recall, listed)))


def _mark(
    ports: Ports, campaign: Campaign, case_id: str, by: str, holder: str, now: datetime, *, under_way: bool
) -> None:
    """Say on the case that this recall reached it, once. One that the recall opened has known it from its opening, so
    that no other word goes out before the recall's."""

    def decide(file: CaseFile) -> Amendment | None:
        said = {"recall": campaign.recall_id, "by": by}
        if any(one.what == "recalled" and one.facts.get("recall") == campaign.recall_id for one in file.log):
            return None
        known = any(one.recall_id == campaign.recall_id for one in file.parts.of(Recalled))
        part = Recalled(case_id, campaign.recall_id, by, now, campaign.remedies, under_way)
        return Amendment(file.case, "recalled", said, by=holder, parts=() if known else (part,))

    amend_file(ports, case_id, now, decide)
    look_for_notices(ports, case_id)


def _flag_under_way(ports: Ports, campaign: Campaign, now: datetime) -> None:
    """Returns of recalled serials that are under way: told once, and a person with them."""
    for case_id in dict.fromkeys(_under_way(ports, campaign)):
        _mark(ports, campaign, case_id, "serial", campaign.prepared_by, now, under_way=True)
        name = campaign.recall_id
        told = opening(case_id, KIND, f"recall-{name}", now, detail=f"recall {name}")
        ports.queues.send("alerts", [told])


def _under_way(ports: Ports, campaign: Campaign) -> Iterator[str]:
    for serial in campaign.reach.serials:
        for case in ports.cases.pointed("serial", serial, None, 20).cases:
            if case.stage not in OVER:
                yield case.case_id


def _digest(order: Order) -> str:
    """The same for the same order, so that a sale handed in twice is one, however its other facts were corrected."""
    return sha256(order.number.encode()).hexdigest()


def _member_row(ports: Ports, member: Member) -> dict[str, Any]:
    case = ports.cases.read(member.case_id) if member.case_id else None
    return {
        "order": member.order_number,
        "country": member.country,
        "outcome": member.state,
        "reached_by": member.by,
        "at": stamp(member.at),
        "case_id": member.case_id,
        "stage": case.stage if case else None,
        "reasons": list(member.reasons),
    }
