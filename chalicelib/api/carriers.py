"""Carriers: what each can do, and which of them may carry a parcel over a lane."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import Operation, Parameter

ORIGIN = Parameter("origin", "query", "Only services from this country.", pattern=r"[A-Z]{2}", example="FR")
DESTINATION = Parameter("destination", "query", "Only services to this country.", pattern=r"[A-Z]{2}", example="CN")
ROUTES = Operation(
    "find_routes", "POST", "/v1/routes",
    "Which carriers may carry this parcel over this lane, under which conditions, and which may not and why; what else "
    "could be done where none is free.",
    answers={200: "RoutesAnswer"}, scope="returns:read", body="RoutesBody",
)  # fmt: skip
CARRIERS = Operation(
    "list_carriers", "GET", "/v1/carriers",
    "What each carrier can do on a lane: services, pickups, changes, tracking, papers, limits, and what is by hand.",
    answers={200: "CarriersAnswer"}, scope="returns:read", parameters=(ORIGIN, DESTINATION),
)  # fmt: skip
OPERATIONS = (ROUTES, CARRIERS)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, ROUTES, find_routes)
    serve(routes, desk, CARRIERS, list_carriers)
    return routes


def find_routes(desk: Desk, call: Call) -> Response:
    """The carriers for this parcel."""
    return answer(desk.stories().routes(desk.ports(), call.body.as_request()))


def list_carriers(desk: Desk, call: Call) -> Response:
    """What each carrier can do."""
    lane = (call.query.get("origin"), call.query.get("destination"))
    return answer(desk.stories().carriers(desk.ports(), *lane, call.now))
