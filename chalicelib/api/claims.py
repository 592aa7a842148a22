"""Claims against carriers and insurers for what was lost, damaged, missing or late."""

from __future__ import annotations

import logging
from typing import cast

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, CURSOR, LIMIT, Operation, Parameter
from chalicelib.api.returns import page_of

log = logging.getLogger("goldthread.api")
CLAIM_ID = Parameter(
    "claim_id", "path", "The claim: number of the leg and the party it is made against.",
    pattern=r"[1-9][0-9]?-(carrier|insurer)", max_length=12, example="1-carrier",
)  # fmt: skip
# Those of the insurance room, written here once more: registering a route loads no rule (a test holds them equal).
ACTIONS = ("file", "acknowledge", "want_evidence", "offer", "accept", "refuse", "pay", "withdraw", "close")
ACTION = Parameter("action", "path", "What became of the claim.", choices=ACTIONS, example="file")
STATES = (
    "watched", "prepared", "filed", "acknowledged", "evidence_wanted", "offered", "accepted", "refused", "paid",
    "closed", "withdrawn", "lapsed",
)  # fmt: skip
STATE = Parameter("state", "query", "Claims that stand here.", choices=STATES, example="watched", required=True)
READ = Operation(
    "read_claims", "GET", "/v1/returns/{case_id}/claims",
    "The claims of a case: every clock, what proves them, who may claim, what may be asked, what came.",
    answers={200: "ClaimsAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
PREPARE = Operation(
    "prepare_claim", "POST", "/v1/returns/{case_id}/claims",
    "Prepare a claim against a carrier or an insurer, watched before or not; its pack is made.",
    answers={200: "ClaimAnswer", 201: "ClaimAnswer"}, scope="returns:write", body="PrepareClaimBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
ACT = Operation(
    "act_on_claim", "POST", "/v1/returns/{case_id}/claims/{claim_id}/{action}",
    "Note that a claim was filed, answered, paid, refused, withdrawn or closed.",
    answers={200: "ClaimAnswer"}, scope="returns:write", body="ClaimActionBody",
    parameters=(CASE_ID, CLAIM_ID, ACTION), problems=(409,),
)  # fmt: skip
ORDER_PACK = Operation(
    "order_claim_pack", "POST", "/v1/returns/{case_id}/claims/{claim_id}/pack",
    "Have the pack of a claim made, or made anew: one ZIP of all that is had of it.",
    answers={202: "PackOrderedAnswer"}, scope="returns:write",
    parameters=(CASE_ID, CLAIM_ID), problems=(409,),
)  # fmt: skip
READ_PACK = Operation(
    "read_claim_pack", "GET", "/v1/returns/{case_id}/claims/{claim_id}/pack",
    "A link to the pack, good for five minutes. 409 (retryable) while it is made.",
    answers={303: "PaperLinkAnswer"}, scope="returns:read", parameters=(CASE_ID, CLAIM_ID), problems=(409,),
)  # fmt: skip
LIST = Operation(
    "list_claims", "GET", "/v1/claims",
    "Claims of all cases in one state, those not handed in by their last day.",
    answers={200: "ClaimPageAnswer"}, scope="returns:read", parameters=(STATE, CURSOR, LIMIT),
)  # fmt: skip
OPERATIONS = (READ, PREPARE, ACT, ORDER_PACK, READ_PACK, LIST)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_claims)
    serve(routes, desk, PREPARE, prepare_claim)
    serve(routes, desk, ORDER_PACK, order_pack)
    serve(routes, desk, READ_PACK, read_pack)
    serve(routes, desk, ACT, act_on_claim)
    serve(routes, desk, LIST, list_claims)
    return routes


def read_claims(desk: Desk, call: Call) -> Response:
    """The claims of one case."""
    return answer(desk.stories().read_claims(desk.ports(), call.path["case_id"], call.now))


def prepare_claim(desk: Desk, call: Call) -> Response:
    """Prepare a claim; 201 when nobody watched it before."""
    body = call.body
    is_new, row = desk.stories().prepare_claim(
        desk.ports(), call.path["case_id"], body.leg, body.party, body.as_deed(), holder=call.holder, now=call.now
    )
    return answer(row, 201 if is_new else 200)


def act_on_claim(desk: Desk, call: Call) -> Response:
    """Note what became of a claim."""
    from chalicelib.insurance.claim_states import Action  # the rules of claims: only for this route

    path, deed = call.path, call.body.as_deed(cast("Action", call.path["action"]))
    told = desk.stories().act_on_claim(
        desk.ports(), path["case_id"], path["claim_id"], deed, holder=call.holder, now=call.now
    )
    return answer(told)


def order_pack(desk: Desk, call: Call) -> Response:
    """Have the pack made; 202, for a worker makes it."""
    path = call.path
    told = desk.stories().order_claim_pack(
        desk.ports(), path["case_id"], path["claim_id"], holder=call.holder, now=call.now
    )
    return answer(told, 202)


def read_pack(desk: Desk, call: Call) -> Response:
    """Where the pack can be read. That it was asked for is logged, with nothing that is in it."""
    case_id, claim_id = call.path["case_id"], call.path["claim_id"]
    link = desk.stories().read_claim_pack(desk.ports(), case_id, claim_id, call.now)
    log.info("pack given", extra={"request_id": call.request_id, "case_id": case_id, "claim": claim_id})
    return answer(link.as_json(), 303, {"Location": link.url})


def list_claims(desk: Desk, call: Call) -> Response:
    """A page of claims in one state."""
    return answer(desk.stories().list_claims(desk.ports(), state=call.query["state"], **page_of(call)))
