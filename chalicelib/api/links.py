"""The customer's link: made and taken back by the desk. Its address is answered once and found nowhere else."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation

MAKE = Operation(
    "make_link", "POST", "/v1/returns/{case_id}/link",
    "A new link to the customer's page, answered this once; the one before it stops working.",
    answers={201: "LinkAnswer"}, scope="returns:write", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
END = Operation(
    "end_link", "DELETE", "/v1/returns/{case_id}/link",
    "Take the customer's link back: it opens nothing from now on. Again is quiet.",
    answers={200: "LinkEndedAnswer"}, scope="returns:write", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
OPERATIONS = (MAKE, END)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, MAKE, make_link)
    serve(routes, desk, END, end_link)
    return routes


def make_link(desk: Desk, call: Call) -> Response:
    """The address of the new link. It is a secret: nothing of it is logged."""
    told = desk.stories().make_link(desk.ports(), call.path["case_id"], holder=call.holder, now=call.now)
    return answer(told, 201)


def end_link(desk: Desk, call: Call) -> Response:
    """The link is ended."""
    return answer(desk.stories().end_link(desk.ports(), call.path["case_id"], holder=call.holder, now=call.now))
