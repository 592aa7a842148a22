"""Ways out: what goes to the customer again, planned by a person or anew, and called off before it left."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

APPROVES = "settlements:approve"
LEG = Parameter("leg", "path", "The leg of the way out.", pattern=r"[2-9]|[1-9][0-9]", max_length=2, example="2")
READ = Operation(
    "read_ways_out", "GET", "/v1/returns/{case_id}/ways-out",
    "What goes to the customer again: why, under which purpose, who pays at the border, how far, what is open.",
    answers={200: "WaysOutAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
PLAN = Operation(
    "plan_way_out", "POST", "/v1/returns/{case_id}/ways-out",
    "Plan a way out that a settlement or a repair asks for, or anew one that was not bought yet; again is quiet.",
    answers={200: "WayOutAnswer"}, scope="returns:write", body="PlanWayOutBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
CALL_OFF = Operation(
    "call_off_way_out", "POST", "/v1/returns/{case_id}/ways-out/{leg}/call-off",
    "Call a way out off before it has left; what was bought for it is undone by the worker.",
    answers={202: "WayOutAnswer"}, scope="returns:write", body="CallOffWayOutBody",
    parameters=(CASE_ID, LEG), problems=(409,),
)  # fmt: skip
OPERATIONS = (READ, PLAN, CALL_OFF)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_ways_out)
    serve(routes, desk, PLAN, plan_way_out)
    serve(routes, desk, CALL_OFF, call_off_way_out)
    return routes


def read_ways_out(desk: Desk, call: Call) -> Response:
    """The ways out of one case."""
    return answer(desk.stories().ways_out(desk.ports(), call.path["case_id"]))


def plan_way_out(desk: Desk, call: Call) -> Response:
    """Plan one, or plan it anew."""
    wish = call.body.as_wish(call.holder, call.role, may_approve=call.may(APPROVES))
    return answer(desk.stories().ask_way_out(desk.ports(), call.path["case_id"], wish, now=call.now))


def call_off_way_out(desk: Desk, call: Call) -> Response:
    """Call one off; 202, for a worker undoes what was bought."""
    path = call.path
    told = desk.stories().end_way_out(
        desk.ports(), path["case_id"], int(path["leg"]), why=call.body.why, holder=call.holder, now=call.now
    )
    return answer(told, 202)
