"""Papers: a short-lived link to one paper of a return. Its bytes never pass through here."""

from __future__ import annotations

import logging

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

log = logging.getLogger("goldthread.api")
NAME = Parameter(
    "name", "path", "The paper: label, or one of ours as the case names it.",
    pattern=r"[a-z][a-z0-9_-]*", max_length=64, example="return_invoice",
)  # fmt: skip
LEG = Parameter(
    "leg", "query", "Of which leg; the latest one that has it, if left out.", pattern=r"[1-9][0-9]?", example="1"
)
READ = Operation(
    "read_paper", "GET", "/v1/returns/{case_id}/papers/{name}",
    "A link to one paper, good for five minutes. 409 while it is made (retryable) or waits, with what it lacks.",
    answers={303: "PaperLinkAnswer"}, scope="returns:read", parameters=(CASE_ID, NAME, LEG), problems=(409,),
)  # fmt: skip
OPERATIONS = (READ,)


def blueprint(desk: Desk) -> Blueprint:
    """The route of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_paper)
    return routes


def read_paper(desk: Desk, call: Call) -> Response:
    """Where the paper can be read. That it was asked for is logged, with nothing that is in it."""
    case_id, name, leg = call.path["case_id"], call.path["name"], call.query.get("leg")
    link = desk.stories().paper_link(desk.ports(), case_id, name, int(leg) if leg else None, call.now)
    known = {"request_id": call.request_id, "case_id": case_id, "leg": link.leg, "paper": name}
    log.info("paper given", extra=known)
    return answer(link.as_json(), 303, {"Location": link.url})
