"""Exceptions: the work list, and what a person does about one."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CURSOR, EXCEPTION_ID, LIMIT, Operation, Parameter
from chalicelib.api.returns import page_of
from chalicelib.errors import FieldFault, InvalidRequestError

SEVERITY = Parameter("severity", "query", "Only those of this severity.", choices=SEVERITIES, example="high")
ACTION = Parameter(
    "action",
    "path",
    "What is done about it.",
    choices=("acknowledge", "assign", "snooze", "resolve"),
    example="resolve",
)
LIST = Operation(
    "list_exceptions", "GET", "/v1/exceptions", "Exceptions not yet resolved, gravest first.",
    answers={200: "ExceptionPage"}, scope="returns:read", parameters=(SEVERITY, CURSOR, LIMIT),
)  # fmt: skip
ACT = Operation(
    "act_on_exception", "POST", "/v1/exceptions/{exception_id}/{action}",
    "Acknowledge, take over, snooze or resolve an exception.",
    answers={200: "ExceptionAnswer"}, scope="exceptions:write", body="ExceptionActionBody",
    parameters=(EXCEPTION_ID, ACTION), problems=(409,),
)  # fmt: skip
OPERATIONS = (LIST, ACT)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, LIST, list_exceptions)
    serve(routes, desk, ACT, act_on_exception)
    return routes


def list_exceptions(desk: Desk, call: Call) -> Response:
    """A page of the work list."""
    severity = call.query.get("severity")
    return answer(desk.stories().list_exceptions(desk.ports(), severity=severity, **page_of(call)))


def act_on_exception(desk: Desk, call: Call) -> Response:
    """Keep what a person decided; the body says why."""
    from chalicelib.workflows.verdicts import Verdict

    if call.body.until is not None and call.body.until <= call.now:
        raise InvalidRequestError("until has passed", [FieldFault("until", "in_the_past", "a time yet to come")])
    verdict = Verdict(action=call.path["action"], holder=call.holder, **call.body.model_dump())
    return answer(desk.stories().act_on_exception(desk.ports(), call.path["exception_id"], verdict, call.now))
