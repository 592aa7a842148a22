"""Evidence: a place to upload is offered, the upload confirmed, what is there and what is wanted listed. The bytes of a
file never pass through here."""

from __future__ import annotations

import logging

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

log = logging.getLogger("goldthread.api")
EVIDENCE_ID = Parameter(
    "evidence_id", "path", "The piece of evidence.", pattern=r"e[0-9]{4,6}", max_length=7, example="e0001"
)
VIEW = Parameter(
    "view", "query", "Of a photo its copy (if left out) or its thumbnail; of a paper or a video the file.",
    choices=("copy", "thumbnail", "file"), example="thumbnail",
)  # fmt: skip
OFFER = Operation(
    "offer_evidence", "POST", "/v1/returns/{case_id}/evidence",
    "Announce one file and be told how to upload it: a PUT that takes only this type, size and SHA-256.",
    answers={200: "OfferedEvidenceAnswer", 201: "OfferedEvidenceAnswer"}, scope="returns:write",
    body="OfferEvidenceBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
CONFIRM = Operation(
    "confirm_evidence", "POST", "/v1/returns/{case_id}/evidence/{evidence_id}/confirm",
    "Say that the file was uploaded; a worker looks at it next and keeps or refuses it.",
    answers={202: "EvidenceAnswer"}, scope="returns:write", parameters=(CASE_ID, EVIDENCE_ID),
)  # fmt: skip
LIST = Operation(
    "list_evidence", "GET", "/v1/returns/{case_id}/evidence",
    "Every piece of evidence of a return, and what is still wanted: of whom, by when, why.",
    answers={200: "EvidenceListAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
READ = Operation(
    "read_evidence", "GET", "/v1/returns/{case_id}/evidence/{evidence_id}",
    "A link to one piece, good for five minutes: of a photo a copy without place data, else the file.",
    answers={303: "EvidenceLinkAnswer"}, scope="returns:read", parameters=(CASE_ID, EVIDENCE_ID, VIEW),
    problems=(409,),
)  # fmt: skip
OPERATIONS = (OFFER, CONFIRM, LIST, READ)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, OFFER, offer_evidence)
    serve(routes, desk, CONFIRM, confirm_evidence)
    serve(routes, desk, LIST, list_evidence)
    serve(routes, desk, READ, read_evidence)
    return routes


def offer_evidence(desk: Desk, call: Call) -> Response:
    """Offer a place to upload; 200 where this very file was announced before."""
    told = desk.stories().offer_evidence(
        desk.ports(), call.path["case_id"], call.body.as_wish(), by=call.holder, way="put", now=call.now
    )
    return answer({"evidence": told["evidence"], "upload": told["upload"]}, 201 if told["is_new"] else 200)


def confirm_evidence(desk: Desk, call: Call) -> Response:
    """Have the upload looked at; 202, for a worker does it."""
    path = call.path
    told = desk.stories().confirm_evidence(
        desk.ports(), path["case_id"], path["evidence_id"], by=call.holder, now=call.now
    )
    return answer(told, 202)


def list_evidence(desk: Desk, call: Call) -> Response:
    """What is there and what is wanted."""
    return answer(desk.stories().list_evidence(desk.ports(), call.path["case_id"], call.now))


def read_evidence(desk: Desk, call: Call) -> Response:
    """Where one piece can be seen or had. That it was asked for is logged, with nothing that is in it."""
    case_id, evidence_id = call.path["case_id"], call.path["evidence_id"]
    link = desk.stories().read_evidence(
        desk.ports(), case_id, evidence_id, call.query.get("view"), by=call.holder, now=call.now
    )
    known = {"request_id": call.request_id, "case_id": case_id, "evidence": evidence_id, "view": link.view}
    log.info("evidence given", extra=known)
    return answer(link.as_json(), 303, {"Location": link.url})
