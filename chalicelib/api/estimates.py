"""Estimates: what an entry costs."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import Operation

ESTIMATE = Operation(
    "estimate", "POST", "/v1/estimates",
    "Duty, taxes, fees and relief for one entry on one day; what is unknown is null with a reason.",
    answers={200: "EstimateAnswer"}, scope="returns:read", body="EstimateBody",
)  # fmt: skip
OPERATIONS = (ESTIMATE,)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, ESTIMATE, estimate)
    return routes


def estimate(desk: Desk, call: Call) -> Response:
    """What the entry costs, at the rates of its day. Nothing is kept."""
    from chalicelib.customs.explain import explained

    told = desk.stories().estimate(desk.ports(), call.body.as_request())
    return answer({**told, "explain": explained(told)})
