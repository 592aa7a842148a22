"""Exceptions: the work list, and what a person does about one."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from chalice.app import Blueprint, Response

from chalicelib.alerts.exceptions import SEVERITIES, Status
from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CURSOR, EXCEPTION_ID, HOLDER, LIMIT, READ_IN, Operation, Parameter
from chalicelib.api.returns import page_of
from chalicelib.errors import FieldFault, InvalidRequestError

SEVERITY = Parameter("severity", "query", "Only those of this severity.", choices=SEVERITIES, example="high")
STATUS = Parameter(
    "status", "query", "Only those that are here; resolved ones with a case alone.", choices=get_args(Status),
    example="waiting",
)  # fmt: skip
NAME = r"[a-z][a-z0-9_]*"
CHOICES = (
    SEVERITY,
    STATUS,
    Parameter("kind", "query", "Only those of this kind.", pattern=NAME, max_length=64, example="customs_hold"),
    Parameter("carrier", "query", "Only those at this carrier.", pattern=NAME, max_length=32, example="fedex"),
    Parameter("country", "query", "Only those of customers there.", pattern="[A-Z]{2}", max_length=2, example="FR"),
    Parameter("assignee", "query", "Only those that are this holder's.", pattern=HOLDER, example="anna@desk"),
    Parameter(
        "case", "query", "All of this case at once.", pattern=r"[A-Za-z0-9][A-Za-z0-9_-]*", max_length=64,
        example="c-01",
    ),
    Parameter("overdue", "query", "true: only those whose deadline has passed.", choices=("true", "false")),
    Parameter(
        "due_before", "query", "Only those whose deadline is not later.", example="2026-11-24T12:00:00Z",
        pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", max_length=20,
    ),
)  # fmt: skip
ACTIONS = ("acknowledge", "assign", "snooze", "wait", "resume", "resolve")
ACTION = Parameter("action", "path", "What is done about it.", choices=ACTIONS, example="resolve")
LIST = Operation(
    "list_exceptions", "GET", "/v1/exceptions",
    "Exceptions not yet resolved: gravest first and the nearest deadline first from page to page; within a page the "
    "most money at risk first. With a choice beyond severity and deadline a page may be short and still have a cursor.",
    answers={200: "ExceptionPage"}, scope="returns:read", parameters=(*CHOICES, READ_IN, CURSOR, LIMIT),
    problems=(404,),
)  # fmt: skip
COUNT = Operation(
    "count_exceptions", "GET", "/v1/exceptions/counts",
    "How many exceptions are not resolved, by severity, by status and overdue.",
    answers={200: "ExceptionCounts"}, scope="returns:read",
)  # fmt: skip
READ = Operation(
    "read_exception", "GET", "/v1/exceptions/{exception_id}", "One exception with its whole history.",
    answers={200: "ExceptionAnswer"}, scope="returns:read", parameters=(EXCEPTION_ID, READ_IN),
)  # fmt: skip
ACT = Operation(
    "act_on_exception", "POST", "/v1/exceptions/{exception_id}/{action}",
    "Acknowledge an exception, assign it, let it rest, wait for the customer, take it up again or resolve it.",
    answers={200: "ExceptionAnswer"}, scope="exceptions:write", body="ExceptionActionBody",
    parameters=(EXCEPTION_ID, ACTION), problems=(409,),
)  # fmt: skip
OPERATIONS = (LIST, COUNT, READ, ACT)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, LIST, list_exceptions)
    serve(routes, desk, COUNT, count_exceptions)
    serve(routes, desk, READ, read_exception)
    serve(routes, desk, ACT, act_on_exception)
    return routes


def list_exceptions(desk: Desk, call: Call) -> Response:
    """A page of the work list."""
    from chalicelib.workflows.read_exceptions import Asked

    given = call.query
    asked = Asked(
        **{name: given.get(name) for name in ("kind", "status", "carrier", "country", "assignee")},
        case_id=given.get("case"),
        overdue=given.get("overdue") == "true",
        due_before=_instant(given["due_before"]) if "due_before" in given else None,
    )
    page = {**page_of(call), "severity": given.get("severity"), "language": given.get(READ_IN.name, "en")}
    return answer(desk.stories().list_exceptions(desk.ports(), asked=asked, now=call.now, **page))


def count_exceptions(desk: Desk, call: Call) -> Response:
    """How much there is to do."""
    return answer(desk.stories().count_exceptions(desk.ports(), call.now))


def read_exception(desk: Desk, call: Call) -> Response:
    """One exception."""
    language = call.query.get(READ_IN.name, "en")
    named = call.path["exception_id"]
    return answer(desk.stories().read_exception(desk.ports(), named, language=language, now=call.now))


def act_on_exception(desk: Desk, call: Call) -> Response:
    """Keep what a person decided; the body says why."""
    from chalicelib.workflows.verdicts import Verdict

    if call.body.until is not None and call.body.until <= call.now:
        raise InvalidRequestError("until has passed", [FieldFault("until", "in_the_past", "a time yet to come")])
    verdict = Verdict(action=call.path["action"], holder=call.holder, **call.body.model_dump())
    return answer(desk.stories().act_on_exception(desk.ports(), call.path["exception_id"], verdict, call.now))


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        fault = FieldFault("due_before", "invalid_parameter", "no such moment", source="query")
        raise InvalidRequestError("the query cannot be read", [fault]) from None
