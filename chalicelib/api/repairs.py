"""Repairs: ordered, taken step by step, quoted, answered, and compared with the other ways to help."""

from __future__ import annotations

import logging
from typing import cast

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

log = logging.getLogger("goldthread.api")
QUOTE_ID = Parameter(
    "quote_id", "path", "The quote: number of the repair and version.", pattern=r"[1-9][0-9]?-[1-9][0-9]{0,2}",
    max_length=6, example="1-2",
)  # fmt: skip
# Those of the returns room, written here once more: registering a route loads no rule (a test holds them equal).
STEPS = (
    "change", "declare", "take_in", "start", "progress", "metal", "test", "accept_weight", "done", "unrepaired",
    "hand_back", "unclaimed", "claimed", "withdraw",
)  # fmt: skip
STEP = Parameter("action", "path", "The step that is taken.", choices=STEPS, example="take_in")
ANSWER = Parameter("action", "path", "What the customer said.", choices=("approve", "refuse"), example="approve")
READ = Operation(
    "read_repairs", "GET", "/v1/returns/{case_id}/repair",
    "The repairs of a case: how far, what is lacking before work, the quotes line by line, the border of the way back.",
    answers={200: "RepairsAnswer"}, scope="returns:read", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
ORDER = Operation(
    "order_repair", "POST", "/v1/returns/{case_id}/repair",
    "Order a repair of one line, at a place of ours or a partner's; the same again is quiet.",
    answers={200: "RepairAnswer", 201: "RepairAnswer"}, scope="returns:write", body="OrderRepairBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
TAKE_STEP = Operation(
    "step_repair", "POST", "/v1/returns/{case_id}/repair/{action}",
    "Take a step of a repair. One that is not possible as it stands is refused (409) and changes nothing.",
    answers={200: "RepairAnswer"}, scope="returns:write", body="RepairStepBody",
    parameters=(CASE_ID, STEP), problems=(409,),
)  # fmt: skip
OFFER = Operation(
    "offer_quote", "POST", "/v1/returns/{case_id}/repair-quote",
    "Offer the customer a quote at the prices of today, or show what one would say (dry_run).",
    answers={200: "OfferedQuoteAnswer", 201: "OfferedQuoteAnswer"}, scope="returns:write", body="OfferQuoteBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
ANSWER_QUOTE = Operation(
    "answer_quote", "POST", "/v1/returns/{case_id}/repair-quote/{quote_id}/{action}",
    "Note what the customer said to a quote. A yes to one that no longer holds is refused (409) with what stands now.",
    answers={200: "QuoteAnswer"}, scope="returns:write", parameters=(CASE_ID, QUOTE_ID, ANSWER), problems=(409,),
)  # fmt: skip
COMPARE = Operation(
    "compare_repairs", "POST", "/v1/returns/{case_id}/repair-options",
    "Before the piece crosses a border: repair here, repair at home, refund without return, exchange; nothing is kept.",
    answers={200: "RepairOptionsAnswer"}, scope="returns:read", body="CompareRepairsBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
COMPARE_UNOPENED = Operation(
    "compare_unopened", "POST", "/v1/repair-options",
    "The same for a return that nobody has opened; nothing of it is kept.",
    answers={200: "RepairOptionsAnswer"}, scope="returns:read", body="RepairOptionsBody",
)  # fmt: skip
OPERATIONS = (READ, ORDER, TAKE_STEP, OFFER, ANSWER_QUOTE, COMPARE, COMPARE_UNOPENED)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_repairs)
    serve(routes, desk, ORDER, order_repair)
    serve(routes, desk, TAKE_STEP, step_repair)
    serve(routes, desk, OFFER, offer_quote)
    serve(routes, desk, ANSWER_QUOTE, answer_quote)
    serve(routes, desk, COMPARE, compare_repairs)
    serve(routes, desk, COMPARE_UNOPENED, compare_unopened)
    return routes


def read_repairs(desk: Desk, call: Call) -> Response:
    """The repairs of one case."""
    return answer(desk.stories().read_repairs(desk.ports(), call.path["case_id"], call.now))


def order_repair(desk: Desk, call: Call) -> Response:
    """Order a repair; 201 when it is new."""
    is_new, row = desk.stories().order_repair(
        desk.ports(), call.path["case_id"], call.body.as_wish(), holder=call.holder, now=call.now
    )
    return answer(row, 201 if is_new else 200)


def step_repair(desk: Desk, call: Call) -> Response:
    """Take a step of a repair."""
    from chalicelib.returns.repair_orders import Step  # the rules of repairs: only for this route

    deed = call.body.as_deed(cast("Step", call.path["action"]))
    row = desk.stories().step_repair(
        desk.ports(), call.path["case_id"], call.body.repair, deed, holder=call.holder, now=call.now
    )
    return answer(row)


def offer_quote(desk: Desk, call: Call) -> Response:
    """Offer a quote; 201 when it is a new version."""
    body = call.body
    is_new, row = desk.stories().offer_quote(
        desk.ports(), call.path["case_id"], body.repair, body.amounts(), dry_run=body.dry_run, holder=call.holder,
        now=call.now,
    )  # fmt: skip
    return answer(row, 201 if is_new else 200)


def answer_quote(desk: Desk, call: Call) -> Response:
    """Note the customer's answer. That it was given is logged, with nothing that it says."""
    case_id, quote_id = call.path["case_id"], call.path["quote_id"]
    approve = call.path["action"] == "approve"
    row = desk.stories().answer_quote(
        desk.ports(), case_id, quote_id, approve=approve, holder=call.holder, now=call.now
    )
    log.info("quote answered", extra={"request_id": call.request_id, "case_id": case_id, "quote": quote_id})
    return answer(row)


def compare_repairs(desk: Desk, call: Call) -> Response:
    """The ways to help with a line of a return."""
    wish = call.body.as_wish()
    return answer(desk.stories().compare_repairs(desk.ports(), call.path["case_id"], wish, now=call.now))


def compare_unopened(desk: Desk, call: Call) -> Response:
    """The same without a case."""
    request, wish = call.body.request.as_request(), call.body.as_wish()
    return answer(desk.stories().compare_unopened(desk.ports(), request, wish, now=call.now))
