"""Payment disputes: noted, answered, ended."""

from __future__ import annotations

from typing import cast

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

DISPUTE_ID = Parameter(
    "dispute_id", "path", "The dispute.", pattern=r"[a-z0-9_]+-[A-Za-z0-9-]+", max_length=120,
    example="visa-CB-2026-118",
)  # fmt: skip
# Those of the returns room, written here once more: registering a route loads no rule (a test holds them equal).
ACTIONS = ("answer", "win", "lose", "give_up")
ACTION = Parameter("action", "path", "What became of the dispute.", choices=ACTIONS, example="answer")
READ = Operation(
    "read_disputes", "GET", "/v1/returns/{case_id}/disputes",
    "The payment disputes of a case: until when we must answer, and what proves our side.",
    answers={200: "DisputesAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
NOTE = Operation(
    "note_dispute", "POST", "/v1/returns/{case_id}/disputes",
    "Note what the customer's bank or wallet wrote; the work list has it from now on, with its last day.",
    answers={200: "DisputeAnswer", 201: "DisputeAnswer"}, scope="returns:write", body="NoteDisputeBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
ACT = Operation(
    "act_on_dispute", "POST", "/v1/returns/{case_id}/disputes/{dispute_id}/{action}",
    "Note that a dispute was answered, won, lost or given up, and what the bank gave back for which pieces.",
    answers={200: "DisputeAnswer"}, scope="returns:write", body="DisputeActionBody",
    parameters=(CASE_ID, DISPUTE_ID, ACTION), problems=(409,),
)  # fmt: skip
OPERATIONS = (READ, NOTE, ACT)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_disputes)
    serve(routes, desk, NOTE, note_dispute)
    serve(routes, desk, ACT, act_on_dispute)
    return routes


def read_disputes(desk: Desk, call: Call) -> Response:
    """The disputes of one case."""
    return answer(desk.stories().read_disputes(desk.ports(), call.path["case_id"], call.now))


def note_dispute(desk: Desk, call: Call) -> Response:
    """Note a dispute; 201 when it is new."""
    is_new, row = desk.stories().note_dispute(
        desk.ports(), call.path["case_id"], call.body.as_notice(), holder=call.holder, now=call.now
    )
    return answer(row, 201 if is_new else 200)


def act_on_dispute(desk: Desk, call: Call) -> Response:
    """Note what became of a dispute."""
    from chalicelib.returns.dispute_clocks import Action  # the rules of disputes: only for this route

    path, action = call.path, cast("Action", call.path["action"])
    told = desk.stories().act_on_dispute(
        desk.ports(), path["case_id"], path["dispute_id"], action, why=call.body.why, said=call.body.as_said(),
        holder=call.holder, now=call.now,
    )  # fmt: skip
    return answer(told)
