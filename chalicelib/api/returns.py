"""Returns: open one, read one, list them."""

from __future__ import annotations

import json
import logging
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, CURSOR, IDEMPOTENCY_KEY, LIMIT, READ_IN, Operation, Parameter
from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.returns.stages import STAGES

log = logging.getLogger("goldthread.api")
REFERENCE = r"[A-Za-z0-9][A-Za-z0-9 ._:/-]*"
SELECTORS = (
    Parameter("order", "query", "Cases of this order number.", pattern=REFERENCE, max_length=64, example="SO-1001"),
    Parameter("serial", "query", "Cases of the piece with this serial.", pattern=REFERENCE, max_length=64),
    Parameter("stage", "query", "Cases at this stage, newest first.", choices=STAGES, example="review"),
)
OPEN = Operation(
    "open_return", "POST", "/v1/returns",
    "Open a return: eligibility, duty estimate, route and cover are decided and the case is kept.",
    answers={200: "OpenedAnswer", 201: "OpenedAnswer"}, scope="returns:write", body="OpenReturnBody",
    parameters=(
        Parameter("validate", "query", "true: a dry run that keeps nothing.", choices=("true", "false")),
        IDEMPOTENCY_KEY,
    ),
    problems=(409,),
)  # fmt: skip
READ = Operation(
    "read_return", "GET", "/v1/returns/{case_id}",
    "The whole case: where it is, why it is held, who must act, by when.",
    answers={200: "CaseAnswer"}, scope="returns:read", parameters=(CASE_ID, READ_IN),
)  # fmt: skip
LIST = Operation(
    "list_returns", "GET", "/v1/returns", "Cases by exactly one of order, serial or stage.",
    answers={200: "CasePage"}, scope="returns:read", parameters=(*SELECTORS, CURSOR, LIMIT),
)  # fmt: skip
CANCEL = Operation(
    "cancel_return", "POST", "/v1/returns/{case_id}/cancel",
    "Call a return off before its parcel moves; its courier and its waybill are called off by the worker.",
    answers={202: "CancelledAnswer"}, scope="returns:write", body="CancelReturnBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
PROVE = Operation(
    "prove_export", "PATCH", "/v1/returns/{case_id}/original-export",
    "Give or correct what links a return to its original export; a case that waited for it goes on by itself.",
    answers={200: "CaseAnswer"}, scope="returns:write", body="ExportBody", parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
OPERATIONS = (OPEN, READ, LIST, CANCEL, PROVE)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, OPEN, open_return)
    serve(routes, desk, READ, read_return)
    serve(routes, desk, LIST, list_returns)
    serve(routes, desk, CANCEL, cancel_return)
    serve(routes, desk, PROVE, prove_export)
    return routes


def open_return(desk: Desk, call: Call) -> Response:
    """Open the return that the body asks for; 201, or 200 for a dry run."""
    opened = desk.stories().open_return(
        desk.ports(),
        call.body.as_request(),
        call.body.as_person(),
        holder=call.holder,
        idempotency_key=call.headers.get(IDEMPOTENCY_KEY.name),
        body_digest=digest_of(call.document),
        dry_run=call.query.get("validate") == "true",
        now=call.now,
    )
    log.info("opened", extra={"request_id": call.request_id, "case_id": opened.body["case_id"]})
    return answer(opened.body, opened.status)


def read_return(desk: Desk, call: Call) -> Response:
    """One case."""
    language = call.query.get(READ_IN.name, "en")
    return answer(desk.stories().read_case(desk.ports(), call.path["case_id"], language=language, now=call.now))


def list_returns(desk: Desk, call: Call) -> Response:
    """A page of cases."""
    asked = {selector.name: call.query.get(selector.name) for selector in SELECTORS}
    if sum(value is not None for value in asked.values()) != 1:
        detail = "ask by exactly one of order, serial, stage"
        faults = [FieldFault(name, "exactly_one", detail, source="query") for name in asked]
        raise InvalidRequestError(detail, faults)
    return answer(desk.stories().list_cases(desk.ports(), **asked, **page_of(call)))


def cancel_return(desk: Desk, call: Call) -> Response:
    """Call a return off; 202, for what was bought is called off by the worker."""
    case_id, reason = call.path["case_id"], call.body.reason
    told = desk.stories().cancel_case(desk.ports(), case_id, reason=reason, holder=call.holder, now=call.now)
    log.info("cancelled", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told, 202)


def prove_export(desk: Desk, call: Call) -> Response:
    """Take the link to the original export; the case as it stands then."""
    case_id, given = call.path["case_id"], call.body.as_link()
    told = desk.stories().prove_export(desk.ports(), case_id, given, holder=call.holder, now=call.now)
    log.info("export_proven", extra={"request_id": call.request_id, "case_id": case_id})
    return answer(told)


def page_of(call: Call) -> dict[str, Any]:
    """Where the page starts and how long it may be."""
    return {"cursor": call.query.get("cursor"), "limit": int(call.query.get("limit", "50"))}


def digest_of(document: Any) -> str:
    """The same for the same document, however it was spaced or ordered."""
    from hashlib import sha256

    return sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
