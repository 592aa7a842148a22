"""Couriers: when one may be asked for, and asking for one, for other hours, or for none."""

from __future__ import annotations

import logging
from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, IDEMPOTENCY_KEY, Operation, Parameter
from chalicelib.api.returns import digest_of

log = logging.getLogger("goldthread.api")
PICKUP_ID = Parameter(
    "pickup_id", "path", "The pickup: leg and running number; it stays the same through every change.",
    pattern=r"[1-9][0-9]?-[1-9][0-9]{0,2}", max_length=6,
)  # fmt: skip
PLACE = (
    Parameter(
        "carrier", "query", "The carrier.", pattern=r"[a-z][a-z0-9_]*", max_length=32, example="fedex", required=True
    ),
    Parameter(
        "country", "query", "Where the parcel is fetched.", pattern=r"[A-Z]{2}", example="FR", required=True
    ),
    Parameter("service", "query", "The carrier's service.", pattern=r"[A-Z][A-Z0-9_]*", max_length=64),
    Parameter("postal_code", "query", "Its postal code.", pattern=r"[A-Za-z0-9][A-Za-z0-9 -]*", max_length=16),
    Parameter("region", "query", "Its state or region.", pattern=r"[A-Za-z0-9][A-Za-z0-9 .'-]*", max_length=50),
)  # fmt: skip
DAYS = (
    Parameter(
        "from", "query", "The first day; today at the place if left out.",
        pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", example="2026-11-24", format="date",
    ),
    Parameter("days", "query", "For how many days, 1 to 31; 14 if left out.", pattern=r"[1-9]|[12][0-9]|3[01]"),
)  # fmt: skip
WINDOWS = Operation(
    "pickup_windows", "GET", "/v1/pickup-windows",
    "On which days and between which hours a courier may be asked for: from the rules and the carrier's last answer.",
    answers={200: "WindowsAnswer"}, scope="returns:read", parameters=(*PLACE, *DAYS),
)  # fmt: skip
BOOK = Operation(
    "book_pickup", "POST", "/v1/returns/{case_id}/pickups",
    "Ask for a courier, the first or another one. It is booked once, by the worker; the answer says where it stands.",
    answers={202: "PickupAnswer"}, scope="returns:write", body="BookPickupBody",
    parameters=(CASE_ID, IDEMPOTENCY_KEY), problems=(409,),
)  # fmt: skip
CHANGE = Operation(
    "change_pickup", "PATCH", "/v1/returns/{case_id}/pickups/{pickup_id}",
    "Ask for another day or other hours. Until the carrier has answered, the old ones stand.",
    answers={202: "PickupAnswer"}, scope="returns:write", body="ChangePickupBody",
    parameters=(CASE_ID, PICKUP_ID), problems=(409,),
)  # fmt: skip
CANCEL = Operation(
    "cancel_pickup", "DELETE", "/v1/returns/{case_id}/pickups/{pickup_id}",
    "Ask for the courier to be called off. Until the carrier has answered, he may come.",
    answers={202: "PickupAnswer"}, scope="returns:write", parameters=(CASE_ID, PICKUP_ID), problems=(409,),
)  # fmt: skip
OPERATIONS = (WINDOWS, BOOK, CHANGE, CANCEL)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, WINDOWS, pickup_windows)
    serve(routes, desk, BOOK, book_pickup)
    serve(routes, desk, CHANGE, change_pickup)
    serve(routes, desk, CANCEL, cancel_pickup)
    return routes


def pickup_windows(desk: Desk, call: Call) -> Response:
    """The days at one place."""
    from chalicelib.workflows.pickup_windows import WindowsAsked

    query = call.query
    first = query.get("from")
    asked = WindowsAsked(
        carrier=query["carrier"],
        service=query.get("service", ""),
        country=query["country"],
        postal_code=query.get("postal_code"),
        region=query.get("region"),
        from_day=date.fromisoformat(first) if first else None,
        days=int(query.get("days", "14")),
    )
    return answer(desk.stories().pickup_windows(desk.ports(), asked, call.now))


def book_pickup(desk: Desk, call: Call) -> Response:
    """Ask for a courier; 202, for the worker books him."""
    told = desk.stories().book_pickup(
        desk.ports(),
        call.path["case_id"],
        call.body.as_hours(),
        call.body.leg,
        holder=call.holder,
        idempotency_key=call.headers.get(IDEMPOTENCY_KEY.name),
        body_digest=digest_of(["pickups", call.path["case_id"], call.document]),
        now=call.now,
    )
    return answer(told, 202)


def change_pickup(desk: Desk, call: Call) -> Response:
    """Ask for other hours."""
    told = desk.stories().change_pickup(
        desk.ports(),
        call.path["case_id"],
        call.path["pickup_id"],
        call.body.as_hours(),
        holder=call.holder,
        now=call.now,
    )
    return answer(told, 202)


def cancel_pickup(desk: Desk, call: Call) -> Response:
    """Ask for the courier to be called off."""
    told = desk.stories().cancel_pickup(
        desk.ports(), call.path["case_id"], call.path["pickup_id"], holder=call.holder, now=call.now
    )
    return answer(told, 202)
