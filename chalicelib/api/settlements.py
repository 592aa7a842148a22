"""Settlements: proposed, approved, taken back, found out about; how an order was paid; the end of a case."""

from __future__ import annotations

import logging

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

log = logging.getLogger("goldthread.api")
APPROVES = "settlements:approve"
SETTLEMENT_ID = Parameter(
    "settlement_id", "path", "The settlement, as it is numbered in its case.", pattern=r"[1-9][0-9]{0,3}", max_length=4,
    example="1",
)  # fmt: skip
ACTIONS = ("withdraw", "agree")
ACTION = Parameter(
    "action", "path", "withdraw: take it back; agree: the customer said yes.", choices=ACTIONS, example="withdraw"
)
DRY_RUN = Parameter("validate", "query", "true: a dry run that keeps nothing.", choices=("true", "false"))
READ = Operation(
    "read_settlements", "GET", "/v1/returns/{case_id}/settlements",
    "The settlements of a case line by line, the clocks of its refund, its payment, its money from account to account.",
    answers={200: "SettlementsAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
PROPOSE = Operation(
    "propose_settlement", "POST", "/v1/returns/{case_id}/settlement",
    "Propose what a return ends with; the amount is reckoned by rules and shown line by line.",
    answers={200: "SettlementAnswer", 201: "SettlementAnswer"}, scope="returns:write", body="SettlementBody",
    parameters=(CASE_ID, DRY_RUN), problems=(409,),
)  # fmt: skip
APPROVE = Operation(
    "approve_settlement", "POST", "/v1/returns/{case_id}/settlement/{settlement_id}/approve",
    "Approve a settlement that another person proposed; with the last approval it is carried out.",
    answers={200: "SettlementAnswer"}, scope=APPROVES, parameters=(CASE_ID, SETTLEMENT_ID), problems=(409,),
)  # fmt: skip
RECONCILE = Operation(
    "reconcile_settlement", "POST", "/v1/returns/{case_id}/settlement/{settlement_id}/reconcile",
    "Say what became of a payment whose outcome is not known, or of one that is made by hand.",
    answers={200: "SettlementAnswer"}, scope=APPROVES, body="ReconcileBody",
    parameters=(CASE_ID, SETTLEMENT_ID), problems=(409,),
)  # fmt: skip
ACT = Operation(
    "act_on_settlement", "POST", "/v1/returns/{case_id}/settlement/{settlement_id}/{action}",
    "Take a settlement back while nothing was given under it, or note that the customer said yes to it.",
    answers={200: "SettlementAnswer"}, scope="returns:write", body="SettlementActionBody",
    parameters=(CASE_ID, SETTLEMENT_ID, ACTION), problems=(409,),
)  # fmt: skip
PAY = Operation(
    "give_payment", "PATCH", "/v1/returns/{case_id}/payment",
    "Tell or correct how the order was paid: what a refund goes back to, and the most it may be.",
    answers={200: "PaymentAnswer"}, scope="returns:write", body="PaymentBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
NOTE_MONEY = Operation(
    "note_money", "POST", "/v1/returns/{case_id}/money",
    "Note money moved outside: the price of a repair, freight, cover, duty; once by its reference and purpose.",
    answers={200: "MoneyAnswer", 201: "MoneyAnswer"}, scope="returns:write", body="NoteMoneyBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
CLOSE = Operation(
    "close_return", "POST", "/v1/returns/{case_id}/close",
    "End a case; refused with all that is still open, unless somebody who may approve ends it even though.",
    answers={200: "ClosedAnswer"}, scope="returns:write", body="CloseCaseBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
OPERATIONS = (READ, PROPOSE, APPROVE, RECONCILE, ACT, PAY, NOTE_MONEY, CLOSE)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_settlements)
    serve(routes, desk, PROPOSE, propose_settlement)
    serve(routes, desk, APPROVE, approve_settlement)
    serve(routes, desk, RECONCILE, reconcile_settlement)
    serve(routes, desk, ACT, act_on_settlement)
    serve(routes, desk, PAY, give_payment)
    serve(routes, desk, NOTE_MONEY, note_money)
    serve(routes, desk, CLOSE, close_return)
    return routes


def read_settlements(desk: Desk, call: Call) -> Response:
    """The settlements of one case."""
    return answer(desk.stories().read_settlements(desk.ports(), call.path["case_id"]))


def propose_settlement(desk: Desk, call: Call) -> Response:
    """Propose one; 201, or 200 for a dry run."""
    dry_run = call.query.get("validate") == "true"
    case_id, wish = call.path["case_id"], call.body.as_wish()
    told = desk.stories().propose_settlement(
        desk.ports(), case_id, wish, by=call.holder, role=call.role, now=call.now, dry_run=dry_run
    )
    log.info("settlement proposed", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told, 200 if dry_run else 201)


def approve_settlement(desk: Desk, call: Call) -> Response:
    """One person's approval."""
    case_id, settlement_id = call.path["case_id"], call.path["settlement_id"]
    told = desk.stories().approve_settlement(
        desk.ports(), case_id, settlement_id, by=call.holder, role=call.role, now=call.now
    )
    log.info("settlement approved", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told)


def reconcile_settlement(desk: Desk, call: Call) -> Response:
    """What a person found out."""
    case_id, settlement_id = call.path["case_id"], call.path["settlement_id"]
    found = call.body.as_found()
    told = desk.stories().reconcile_settlement(
        desk.ports(), case_id, settlement_id, found, by=call.holder, now=call.now
    )
    log.info("settlement reconciled", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told)


def act_on_settlement(desk: Desk, call: Call) -> Response:
    """Take it back, or note the customer's yes."""
    case_id, settlement_id = call.path["case_id"], call.path["settlement_id"]
    told = desk.stories().act_on_settlement(
        desk.ports(), case_id, settlement_id, call.path["action"], by=call.holder, now=call.now, why=call.body.why
    )
    return answer(told)


def give_payment(desk: Desk, call: Call) -> Response:
    """Take what is known of the payment."""
    given = call.body.as_given()
    told = desk.stories().give_payment(desk.ports(), call.path["case_id"], given, by=call.holder, now=call.now)
    return answer(told)


def note_money(desk: Desk, call: Call) -> Response:
    """Note money that was moved outside; 201 when it is new."""
    is_new, told = desk.stories().note_money(
        desk.ports(), call.path["case_id"], call.body.as_noted(), by=call.holder, now=call.now
    )
    log.info("money noted", extra={"request_id": call.request_id, "case_id": call.path["case_id"]})
    return answer(told, 201 if is_new else 200)


def close_return(desk: Desk, call: Call) -> Response:
    """End a case by a person's word."""
    case_id, body = call.path["case_id"], call.body
    told = desk.stories().close_return(
        desk.ports(),
        case_id,
        reason=body.reason,
        even_though=body.even_though,
        may_force=call.may(APPROVES),
        by=call.holder,
        now=call.now,
    )
    log.info("closed", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told)
