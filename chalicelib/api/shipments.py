"""Shipments: where one parcel is, and all that are not well."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CARRIER, CURSOR, LIMIT, SHIP_DATE, TRACKING_NUMBER, Operation, Parameter
from chalicelib.api.returns import page_of
from chalicelib.shipments.events import CONDITIONS

NOT_WELL = tuple(condition for condition in CONDITIONS if condition != "ok")
CONDITION = Parameter("condition", "query", "The condition asked for.", choices=NOT_WELL, example="held", required=True)
READ = Operation(
    "read_shipment", "GET", "/v1/shipments/{carrier}/{tracking_number}",
    "Where one parcel is and every scan of it, newest last.",
    answers={200: "ShipmentAnswer"}, scope="returns:read", parameters=(CARRIER, TRACKING_NUMBER, SHIP_DATE),
    problems=(409,),
)  # fmt: skip
LIST = Operation(
    "list_shipments", "GET", "/v1/shipments", "Shipments in one condition other than ok.",
    answers={200: "ShipmentPage"}, scope="returns:read", parameters=(CONDITION, CURSOR, LIMIT),
)  # fmt: skip
OPERATIONS = (READ, LIST)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_shipment)
    serve(routes, desk, LIST, list_shipments)
    return routes


def read_shipment(desk: Desk, call: Call) -> Response:
    """One shipment; carriers print their numbers in capitals."""
    number = call.path["tracking_number"].upper()
    ship_date = call.query.get("ship_date")
    return answer(desk.stories().read_shipment(desk.ports(), call.path["carrier"], number, ship_date))


def list_shipments(desk: Desk, call: Call) -> Response:
    """A page of shipments."""
    condition = call.query["condition"]
    return answer(desk.stories().list_shipments(desk.ports(), condition=condition, **page_of(call)))
