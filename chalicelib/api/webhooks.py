"""Webhooks: a carrier brings what it has scanned. The bytes are verified and kept; nothing in them is read
here.
"""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.json_bodies import WEBHOOK_LIMIT
from chalicelib.api.operation import CARRIER, Operation

ACCEPT = Operation(
    "accept_webhook", "POST", "/v1/webhooks/{carrier}",
    "Take a carrier's signed message. Duplicates are accepted; so is one that cannot be understood.",
    answers={202: "Accepted", 200: "Receipt"}, raw_body=True, body_limit=WEBHOOK_LIMIT, parameters=(CARRIER,),
    problems=(401,),
)  # fmt: skip
OPERATIONS = (ACCEPT,)


def blueprint(desk: Desk) -> Blueprint:
    """The route of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, ACCEPT, accept_webhook)
    return routes


def accept_webhook(desk: Desk, call: Call) -> Response:
    """Hand the exact bytes to the story; 202 once they are safely queued, or 200 with the carrier's own receipt where
    it asks for one."""
    receipt = desk.stories().accept_webhook(
        desk.ports(), call.path["carrier"], call.raw, call.headers, request_id=call.request_id, now=call.now
    )
    return answer(dict(receipt), 200) if receipt is not None else answer({"accepted": True}, 202)
