"""A person's decision about a return, and a withdrawal that the desk takes for a customer."""

from __future__ import annotations

import logging

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation

log = logging.getLogger("goldthread.api")
DECIDE = Operation(
    "decide_return", "POST", "/v1/returns/{case_id}/decision",
    "Decide a return that waits for a person: approved it goes on, refused it ends, or evidence is asked for.",
    answers={200: "CaseAnswer"}, scope="returns:write", body="DecideReturnBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
WITHDRAW = Operation(
    "declare_withdrawal", "POST", "/v1/returns/{case_id}/withdrawal",
    "Take a customer's withdrawal from the contract, at any stage; the answer is its receipt.",
    answers={200: "WithdrawalAnswer"}, scope="returns:write", body="DeclareWithdrawalBody", parameters=(CASE_ID,),
    problems=(409,),
)  # fmt: skip
OPERATIONS = (DECIDE, WITHDRAW)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, DECIDE, decide_return)
    serve(routes, desk, WITHDRAW, declare_withdrawal)
    return routes


def decide_return(desk: Desk, call: Call) -> Response:
    """Write down what a person decided; the case as it stands then."""
    case_id = call.path["case_id"]
    told = desk.stories().decide_return(desk.ports(), case_id, call.body.as_ruling(), holder=call.holder, now=call.now)
    log.info("decided", extra={"request_id": call.request_id, "case_id": case_id, "outcome": call.body.outcome})
    return answer(told)


def declare_withdrawal(desk: Desk, call: Call) -> Response:
    """Take the declaration; its receipt."""
    case_id, body = call.path["case_id"], call.body
    told = desk.stories().declare_withdrawal(
        desk.ports(),
        case_id,
        lines=body.lines,
        language=body.language,
        declared_at=body.declared_at,
        by=call.holder,
        now=call.now,
    )
    log.info("withdrawn", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told)
