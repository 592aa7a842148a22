"""Recalls: prepared, run sale by sale, stopped and resumed, and looked at."""

from __future__ import annotations

import logging
from typing import cast

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CURSOR, LIMIT, Operation, Parameter
from chalicelib.api.returns import page_of

log = logging.getLogger("goldthread.api")
RECALL_ID = Parameter(
    "recall_id", "path", "The recall.", pattern=r"[A-Za-z0-9][A-Za-z0-9-]*", max_length=40, example="RC-2026-1"
)
# Those of the returns room, written here once more: registering a route loads no rule (a test holds them equal).
ACTIONS = ("start", "stop", "resume", "finish")
ACTION = Parameter("action", "path", "What is done with the recall.", choices=ACTIONS, example="start")
DRY = Parameter("validate", "query", "true: say which sales are reached, open nothing.", choices=("true", "false"))
PREPARE = Operation(
    "prepare_recall", "POST", "/v1/recalls/{recall_id}",
    "Prepare a recall: which pieces, what is wrong with them in every language, at least two remedies. Returns of "
    "these serials that are under way are told at once.",
    answers={200: "RecallAnswer", 201: "RecallAnswer"}, scope="admin", body="PrepareRecallBody",
    parameters=(RECALL_ID,), problems=(409,),
)  # fmt: skip
ACT = Operation(
    "act_on_recall", "POST", "/v1/recalls/{recall_id}/{action}", "Start, stop, resume or finish a recall.",
    answers={200: "RecallAnswer"}, scope="admin", parameters=(RECALL_ID, ACTION), problems=(409,),
)  # fmt: skip
TAKE = Operation(
    "take_recall_sales", "POST", "/v1/recalls/{recall_id}/sales",
    "Hand in sales: for each that the recall reaches a prepaid return is opened, once however often it is handed in.",
    answers={200: "RecallSalesAnswer"}, scope="admin", body="RecallSalesBody", parameters=(RECALL_ID, DRY),
    problems=(409,),
)  # fmt: skip
READ = Operation(
    "read_recall", "GET", "/v1/recalls/{recall_id}", "How far a recall is.",
    answers={200: "RecallAnswer"}, scope="returns:read", parameters=(RECALL_ID,),
)  # fmt: skip
LIST = Operation(
    "list_recall_sales", "GET", "/v1/recalls/{recall_id}/sales", "The sales a recall reached, and how far each is.",
    answers={200: "RecallSalesPage"}, scope="returns:read", parameters=(RECALL_ID, CURSOR, LIMIT),
)  # fmt: skip
OPERATIONS = (PREPARE, ACT, TAKE, READ, LIST)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, PREPARE, prepare_recall)
    serve(routes, desk, TAKE, take_sales)
    serve(routes, desk, ACT, act_on_recall)
    serve(routes, desk, READ, read_recall)
    serve(routes, desk, LIST, list_sales)
    return routes


def prepare_recall(desk: Desk, call: Call) -> Response:
    """Prepare a recall; 201 when it is new."""
    wanted = call.body.as_campaign(call.path["recall_id"], call.holder, call.now)
    is_new, row = desk.stories().prepare_recall(desk.ports(), wanted, now=call.now)
    return answer(row, 201 if is_new else 200)


def act_on_recall(desk: Desk, call: Call) -> Response:
    """Start, stop, resume or finish it."""
    from chalicelib.returns.recall import Action  # the rules of recalls: only for this route

    path, action = call.path, cast("Action", call.path["action"])
    told = desk.stories().act_on_recall(desk.ports(), path["recall_id"], action, now=call.now)
    log.info("recall %s", action, extra={"request_id": call.request_id, "recall": path["recall_id"]})
    return answer(told)


def take_sales(desk: Desk, call: Call) -> Response:
    """Judge sales and open their returns."""
    told = desk.stories().take_recall_sales(
        desk.ports(),
        call.path["recall_id"],
        [sale.as_sale() for sale in call.body.sales],
        holder=call.holder,
        dry_run=call.query.get("validate") == "true",
        now=call.now,
    )
    return answer(told)


def read_recall(desk: Desk, call: Call) -> Response:
    """How far a recall is."""
    return answer(desk.stories().read_recall(desk.ports(), call.path["recall_id"]))


def list_sales(desk: Desk, call: Call) -> Response:
    """A page of the sales it reached."""
    return answer(desk.stories().list_recall_sales(desk.ports(), call.path["recall_id"], **page_of(call)))
