"""Tariffs: what is in force at a country's border on a day."""

from __future__ import annotations

from datetime import date

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import Operation, Parameter

COUNTRY = Parameter("country", "path", "The country of entry.", pattern=r"[A-Z]{2}", max_length=2, example="US")
ON = Parameter(
    "on", "query", "The day of entry; today if left out.", pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}",
    example="2026-11-22", format="date",
)  # fmt: skip
TARIFF = Operation(
    "read_tariff", "GET", "/v1/tariffs/{country}",
    "Every rate, layer, tax, fee, regime, relief and refund in force there on a day, with its source and its age.",
    answers={200: "TariffAnswer"}, scope="returns:read", parameters=(COUNTRY, ON),
)  # fmt: skip
OPERATIONS = (TARIFF,)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, TARIFF, read_tariff)
    return routes


def read_tariff(desk: Desk, call: Call) -> Response:
    """The rules of one border. Reads rules only."""
    asked = call.query.get("on")
    on = date.fromisoformat(asked) if asked else call.now.date()
    return answer(desk.stories().read_tariff(call.path["country"], on))
