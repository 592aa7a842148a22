"""Health: the API answers. It touches nothing behind it, so that nobody can run up a bill by asking."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import Operation

HEALTH = Operation("health", "GET", "/v1/health", "The API answers.", answers={200: "Health"})
OPERATIONS = (HEALTH,)


def blueprint(desk: Desk) -> Blueprint:
    """The route of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, HEALTH, health)
    return routes


def health(_desk: Desk, _call: Call) -> Response:
    """Alive."""
    return answer({"status": "ok"})
