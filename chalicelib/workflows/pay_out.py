"""The payments queue: what was approved is carried out, once; what may have been paid is asked for and never told
again.

A settlement is claimed first, with our own reference written, then its provider is told, then what came of it is
recorded. Whoever dies in between leaves a claim that is due: the provider is asked by our reference what became of it.
What cannot be found out stays visibly ``unknown`` with a person, and is paid again only on that person's word, under
the same reference and after asking once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import InvalidRequestError, UnavailableError
from chalicelib.money import Money
from chalicelib.returns.money_ledger import posting
from chalicelib.returns.settlement import Posting, Settlement
from chalicelib.returns.settlement_rules import rules_on
from chalicelib.workflows import close_case, unsent_outcome, watch_original, watch_refund
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import Part, look_at_part, part_of
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.other_returns import with_the_order
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable, Refunded, RefundOrder
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_blocks import SettlementBlocked, refuse_blocked
from chalicelib.workflows.settlement_sight import sight_of
from chalicelib.workflows.tell_steps import look_for_tools

US = "goldthread"
# No worker lives longer than this: until then a claimed call is somebody's work in hand and not an unknown outcome.
IN_HAND = timedelta(minutes=2)
RETRY = timedelta(minutes=15)
PENDING = timedelta(hours=6)
# An unknown payment is asked for after these waits, then every day for as long; the person it is with goes on after it.
ASK_AGAIN = (timedelta(hours=1), timedelta(hours=6))
ASKED_FOR = timedelta(days=14)
LAST_TRY = 5
WRITES = 3
WAITS, UNKNOWN, REFUSED, STUCK = "refund_waits_approval", "refund_unknown", "refund_refused", "refund_stuck"


def pay_message(one: Settlement) -> dict[str, Any]:
    """The message that has a settlement carried on."""
    return {"kind": "pay", "case_id": one.case_id, "leg": "-", "part_id": one.part_id}


def take_payment(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Carry a settlement on: message is ``{kind: pay, case_id, part_id}``, or what the sweep found due."""
    match message.get("kind"):
        case "pay":
            go_on(ports, message["case_id"], message["part_id"], now)
        case "part_due":
            look_at_part(ports, message, now)
        case unknown:
            raise InvalidRequestError(f"no story knows payment work of kind {unknown!r}")
    return {f"{message['case_id']}/-"}


def go_on(ports: Ports, case_id: str, part_id: str, now: datetime) -> None:
    """Do what a settlement waits for as it stands; whatever comes twice finds it done."""
    file = ports.cases.file(case_id)
    one = _found(file, part_id)
    if file is None or one is None:
        return
    match one.state:
        case "proposed":
            _remind(ports, file, one, now)
        case "approved":
            _close_waiting(ports, file, one, now)
            if not _stands_in_the_way(ports, file, one, now):
                _carry_out(ports, one, now)
        case "paying" | "unknown":
            if one.state == "unknown" or one.asked_at is None or now - one.asked_at >= IN_HAND:
                _ask(ports, one, now)
        case "done":
            _send_out(ports, one)
            close_case.close_if_done(ports, case_id, now)
            _tell(ports, file, one, now)
        case _:
            _tell(ports, file, one, now)


def paid_by_hand(
    file: CaseFile, one: Settlement, reference: str, by: str, now: datetime
) -> tuple[Settlement, tuple[Posting, ...]]:
    """A settlement that was paid, by a person's word or the provider's, with what goes into the case's money."""
    after = replace(
        one, state="done", provider_reference=reference, paid_at=now, problem=None, changed_at=now, due_at=now + IN_HAND
    )
    return after, _postings(file, after, by, now)


def _carry_out(ports: Ports, one: Settlement, now: datetime) -> None:
    """What was approved: paid by its provider, given as credit, or done when nothing is to be paid. What people pay by
    hand waits for their word. Where the provider pays, the parcel goes once it has: one that refuses leaves the pieces
    to be settled otherwise, and must find none on its way."""
    if one.pays == "provider":
        _claim_and_pay(ports, one, now)
    elif one.pays == "person":
        _send_out(ports, one)
        _rest(ports, one, now)
    else:
        code = _code_of(ports) if one.pays == "credit" else None
        _record(ports, one, now, Refunded("done"), credit_code=code)


def _claim_and_pay(ports: Ports, one: Settlement, now: datetime) -> None:
    """Claim, call: between the two there is nothing that can fail. One that was asked for before is looked up first."""
    claimed: list[Settlement] = []

    def decide(file: CaseFile) -> Amendment | None:
        claimed[:] = []
        found = _found(file, one.part_id)
        if found is None or found.state != "approved":
            return None
        sight = sight_of(ports, file)
        refuse_blocked(sight, sight.rules.kind(found.kind), but=found.n)
        reference = found.reference or f"{file.case.rma}-S{found.n}"
        after = replace(
            found, state="paying", reference=reference, asked_at=now, changed_at=now, due_at=now + RETRY,
            not_found_at=None,
        )  # fmt: skip
        claimed[:] = [after]
        facts = {"settlement": after.part_id, "reference": reference}
        return Amendment(file.case, "settlement_paying", facts, parts=(after,))

    try:
        amend_file(ports, one.case_id, now, decide)
    except SettlementBlocked as blocked:
        _stand_still(ports, one, blocked, now)
        return
    for each in claimed:
        _call(ports, each, now, asked_before=one.reference is not None)


def _stands_in_the_way(ports: Ports, file: CaseFile, one: Settlement, now: datetime) -> bool:
    """Whether something came in the way since it was approved, whoever pays and whatever goes out with it: a person is
    told then. What the order's other returns have given meanwhile counts too."""
    sight = with_the_order(ports, sight_of(ports, file))
    try:
        refuse_blocked(sight, sight.rules.kind(one.kind), but=one.n)
    except SettlementBlocked as blocked:
        _stand_still(ports, one, blocked, now)
        return True
    return False


def _stand_still(ports: Ports, one: Settlement, blocked: SettlementBlocked, now: datetime) -> None:
    """Something came in the way after it was approved (a dispute, a doubt): it is not paid, and a person is told. One
    that was asked for before may have been paid all the same, so its provider is asked; what it does not know may be
    withdrawn."""
    codes = " ".join(fault.code for fault in blocked.faults)
    changed: dict[str, Any] = {"problem": codes, "due_at": now + timedelta(days=1), "not_found_at": None}
    if one.reference is not None:
        try:
            told = ports.payments.find(order_of(one))
        except PaymentUnreachable:
            changed["due_at"] = now + ASK_AGAIN[0]
        else:
            if told is not None:
                _recorded(ports, one, now, told)
                return
            changed["not_found_at"] = now
    ports.queues.send("alerts", [_alert(one, STUCK, now, codes)])
    _write(ports, one, now, "settlement_put_off", **changed)


def _call(ports: Ports, one: Settlement, now: datetime, *, asked_before: bool) -> None:
    order = order_of(one)
    try:
        told = ports.payments.find(order) if asked_before else None
        told = told or ports.payments.refund(order)
    except PaymentUnreachable as away:
        _later(ports, one, str(away), now, asked_before=asked_before)
    except PaymentOutcomeUnknown:
        _ask(ports, one, now)
    else:
        _recorded(ports, one, now, told)


def order_of(one: Settlement) -> RefundOrder:
    """What the provider is told, the same each time. A settlement without its reference is a defect: ``ValueError``."""
    if one.provider is None or one.payment_reference is None or one.reference is None:
        raise ValueError("a settlement that is paid by a provider names provider, payment and reference")
    return RefundOrder(one.provider, one.payment_reference, one.reference, one.total)


def _ask(ports: Ports, one: Settlement, now: datetime) -> None:
    """Find out by our reference what became of a payment. That the provider knows none proves nothing: our own call may
    still be on its way; so it stays unknown until a person has looked."""
    try:
        told = ports.payments.find(order_of(one))
    except PaymentUnreachable:
        if one.problem == "pending":
            _write(ports, one, now, "settlement_pending", due_at=now + PENDING)
            return
        told = None
    if told is not None:
        _recorded(ports, one, now, told)
        return
    ports.queues.send("alerts", [_alert(one, UNKNOWN, now)])
    _write(ports, one, now, "settlement_unknown", state="unknown", problem="outcome_unknown", due_at=_again(one, now))


def _again(one: Settlement, now: datetime) -> datetime | None:
    waited = now - (one.asked_at or now)
    if waited >= ASKED_FOR:
        return None
    return now + next((wait for wait in ASK_AGAIN if waited < wait), timedelta(days=1))


def _recorded(ports: Ports, one: Settlement, now: datetime, told: Refunded) -> None:
    """Record what the provider said. It says it once, so it is written again when the table is away for a moment; after
    that the claim stands, and the provider is asked."""
    last = UnavailableError("not tried yet")
    for _ in range(WRITES):
        try:
            _record(ports, one, now, told)
        except UnavailableError as away:
            last = away
            continue
        return
    raise last


def _record(ports: Ports, one: Settlement, now: datetime, told: Refunded, *, credit_code: str | None = None) -> None:
    if told.state == "pending":
        _write(
            ports, one, now, "settlement_pending", provider_reference=told.provider_reference, problem="pending",
            due_at=now + PENDING, not_found_at=None,
        )  # fmt: skip
        return
    if told.state == "refused":
        ports.queues.send("alerts", [_alert(one, REFUSED, now, told.why)])
        _write(ports, one, now, "settlement_refused", state="refused_by_provider", problem=told.why, due_at=now)
    else:
        _done(ports, one, now, told, credit_code)
    go_on(ports, one.case_id, one.part_id, now)


def _done(ports: Ports, one: Settlement, now: datetime, told: Refunded, credit_code: str | None) -> None:
    def decide(file: CaseFile) -> Amendment | None:
        found = _found(file, one.part_id)
        if found is None or found.state not in ("approved", "paying", "unknown"):
            return None
        paid_at = now if found.total.amount else None
        after = replace(
            found, state="done", provider_reference=told.provider_reference, paid_at=paid_at, credit_code=credit_code,
            problem=None, changed_at=now, due_at=now + IN_HAND, tries=0,
        )  # fmt: skip
        facts = {"settlement": after.part_id, "kind": after.kind, "state": "done"}
        parts: tuple[Part, ...] = (after, *_postings(file, after, US, now))
        return Amendment(file.case, "settlement_done", facts, parts=parts)

    amend_file(ports, one.case_id, now, decide)


def _postings(file: CaseFile, one: Settlement, by: str, now: datetime) -> tuple[Posting, ...]:
    if not one.total.amount:
        return ()
    n = 1 + max((each.n for each in file.parts.of(Posting)), default=0)
    reference = one.provider_reference or one.reference
    return (
        posting(
            one.case_id, n, "merchant", "customer", one.total, one.kind, now, by, reference=reference,
            settlement_n=one.n,
        ),
    )  # fmt: skip


def _later(ports: Ports, one: Settlement, problem: str, now: datetime, *, asked_before: bool) -> None:
    """The provider was not reached and nothing was paid: free again and tried later; the fifth time a person is told,
    and it is tried on. One that was never asked for may be withdrawn again."""
    tries = one.tries + 1
    if tries == LAST_TRY:
        ports.queues.send("alerts", [_alert(one, STUCK, now)])
    wait = RETRY * 2 ** min(tries - 1, LAST_TRY)
    reference = one.reference if asked_before else None
    told = {"problem": problem[:200], "tries": tries, "due_at": now + wait, "reference": reference}
    _write(ports, one, now, "settlement_put_off", state="approved", **told)


def _remind(ports: Ports, file: CaseFile, one: Settlement, now: datetime) -> None:
    """A proposal that nobody has approved in time: a person is told, and it is looked at again every day."""
    sold_on = file.plan.request.order.sold_on
    if now - (one.changed_at or one.proposed_at) < timedelta(hours=rules_on(sold_on).lead.waits_approval_hours):
        return
    ports.queues.send("alerts", [_alert(one, WAITS, now)])
    _write(ports, one, now, "settlement_waits", due_at=now + timedelta(days=1))


def _tell(ports: Ports, file: CaseFile, one: Settlement, now: datetime) -> None:
    """It has ended: what was told of it is closed, the clock of the refund is looked at, whoever must know is told."""
    keeps = {REFUSED} if one.state == "refused_by_provider" else set()
    closings = [
        closing_of(each, f"the settlement is {one.state}", now) for each in _ours(file, one) if each.kind not in keeps
    ]
    sight = sight_of(ports, file)
    alerts = [*closings, *watch_original.openings(sight, one, now), *unsent_outcome.closings(file, one, now)]
    if alerts:
        ports.queues.send("alerts", alerts)
    watch_refund.begin(ports, one.case_id, now)
    look_for_notices(ports, one.case_id)
    look_for_tools(ports, one.case_id)
    due = watch_original.next_look(sight, one, now)
    if one.due_at != due:
        _write(ports, one, now, "original_watched" if due else "settlement_at_rest", due_at=due)


def _close_waiting(ports: Ports, file: CaseFile, one: Settlement, now: datetime) -> None:
    """It waits for nobody's approval any more."""
    waited = [closing_of(each, "the settlement is approved", now) for each in _ours(file, one) if each.kind == WAITS]
    if waited:
        ports.queues.send("alerts", waited)


def _rest(ports: Ports, one: Settlement, now: datetime) -> None:
    """People pay it by hand; its legal day is told by the clock of the refund."""
    if one.due_at is not None:
        _write(ports, one, now, "settlement_paid_by_hand", due_at=None)


def _write(ports: Ports, one: Settlement, now: datetime, what: str, **changed: Any) -> None:
    """Change the settlement if it still stands as it was read."""

    def decide(file: CaseFile) -> Amendment | None:
        found = _found(file, one.part_id)
        if found is None or found.state != one.state:
            return None
        after = replace(found, changed_at=now, **changed)
        if replace(after, changed_at=found.changed_at) == found:
            return None
        facts = {"settlement": after.part_id, "state": after.state}
        return Amendment(file.case, what, facts, parts=(after,))

    amend_file(ports, one.case_id, now, decide)


def _send_out(ports: Ports, one: Settlement) -> None:
    """Have the parcel sent that goes with it; it knows the settlement, so that a second message sends no second one."""
    if one.sends is not None:
        message = {"kind": "send_out", "case_id": one.case_id, "leg": "-", "cause": one.sends, "settlement": one.n}
        ports.queues.send("steps", [message])


def _ours(file: CaseFile, one: Settlement) -> Sequence[OpenException]:
    prefix = _episode(one, "")
    return [each for each in file.exceptions if each.episode.startswith(prefix) and each.status != "resolved"]


def _episode(one: Settlement, kind: str) -> str:
    return f"settlement-{one.n}-{kind}"


def _alert(one: Settlement, kind: str, now: datetime, reason: str | None = None) -> dict[str, Any]:
    worth: Money = one.total if one.total.amount else one.stake or one.total
    detail = f"settlement {one.n} ({one.kind}), reference {one.reference or 'none'}" + (f": {reason}" if reason else "")
    facts = {"money_at_risk": worth.as_json(), "detail": detail, "part": part_of(one)}
    return opening(one.case_id, kind, _episode(one, kind), now, **facts)


def in_trouble(file: CaseFile, part_id: str, episode: str) -> bool:
    """Whether this may still be a trouble of this settlement: what was paid or taken back has none, and what is
    approved waits for nobody."""
    one = _found(file, part_id)
    if one is None or one.state in ("done", "withdrawn"):
        return False
    return one.state == "proposed" or episode != _episode(one, WAITS)


def _code_of(ports: Ports) -> str:
    """The code of a store credit: nobody guesses it."""
    return f"GT-{ports.new_id().replace('-', '').upper()[:20]}"


def _found(file: CaseFile | None, part_id: str) -> Settlement | None:
    return next((one for one in file.parts.of(Settlement) if one.part_id == part_id), None) if file else None
