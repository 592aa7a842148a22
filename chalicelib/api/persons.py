"""A customer's own values: forgotten on request, held by law, given out to them."""

from __future__ import annotations

import logging

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

log = logging.getLogger("goldthread.api")
EXPORT_ID = Parameter("export_id", "path", "The export.", pattern=r"[A-Za-z0-9][A-Za-z0-9_-]*", max_length=64)
ERASE = Operation(
    "erase_person", "POST", "/v1/returns/{case_id}/erase",
    "The customer wants to be forgotten: done as soon as nothing holds it up, and said what stays and why.",
    answers={202: "ErasureAnswer"}, scope="admin", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
READ = Operation(
    "read_erasure", "GET", "/v1/returns/{case_id}/erase",
    "How the erasure of a case stands, what holds it up, and what it does not reach.",
    answers={200: "ErasureAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
HOLD = Operation(
    "lay_legal_hold", "POST", "/v1/returns/{case_id}/legal-hold",
    "Lay a legal hold on a case, or lift it: while it lies, nothing of the case is erased.",
    answers={200: "ErasureAnswer"}, scope="admin", body="LegalHoldBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
EXPORT = Operation(
    "export_person", "POST", "/v1/persons/exports",
    "Have everything gathered that is kept about the customer with this mail address.",
    answers={202: "ExportOrderedAnswer"}, scope="admin", body="ExportPersonBody", problems=(404,),
)  # fmt: skip
READ_EXPORT = Operation(
    "read_export", "GET", "/v1/persons/exports/{export_id}",
    "A link to the export, good for five minutes. 409 (retryable) while it is being gathered.",
    answers={303: "ExportLinkAnswer"}, scope="admin", parameters=(EXPORT_ID,), problems=(409,),
)  # fmt: skip
OPERATIONS = (ERASE, READ, HOLD, EXPORT, READ_EXPORT)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, ERASE, erase_person)
    serve(routes, desk, READ, read_erasure)
    serve(routes, desk, HOLD, lay_hold)
    serve(routes, desk, EXPORT, export_person)
    serve(routes, desk, READ_EXPORT, read_export)
    return routes


def erase_person(desk: Desk, call: Call) -> Response:
    """The customer wants to be forgotten; 202, for a worker does it."""
    case_id = call.path["case_id"]
    told = desk.stories().erase_person(desk.ports(), case_id, holder=call.holder, now=call.now)
    log.info("erasure asked", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told, 202)


def read_erasure(desk: Desk, call: Call) -> Response:
    """How the erasure of one case stands."""
    return answer(desk.stories().read_erasure(desk.ports(), call.path["case_id"], call.now))


def lay_hold(desk: Desk, call: Call) -> Response:
    """Lay or lift a legal hold."""
    case_id, body = call.path["case_id"], call.body
    told = desk.stories().lay_legal_hold(
        desk.ports(), case_id, on=body.on, reason=body.reason, holder=call.holder, now=call.now
    )
    return answer(told)


def export_person(desk: Desk, call: Call) -> Response:
    """Have everything about a customer gathered; 202, for a worker does it."""
    told = desk.stories().export_person(desk.ports(), call.body.email, now=call.now)
    log.info("export asked", extra={"request_id": call.request_id, "export": told["export_id"]})
    return answer(told, 202)


def read_export(desk: Desk, call: Call) -> Response:
    """Where the export can be read."""
    link = desk.stories().read_export(desk.ports(), call.path["export_id"], call.now)
    return answer({name: value for name, value in link.items() if name != "url"}, 303, {"Location": link["url"]})
