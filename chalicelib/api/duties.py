"""The duty ledger: duty and tax that were paid, and claiming them back."""

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
ENTRY_ID = Parameter("entry_id", "path", "The entry.", pattern=r"[0-9a-f]{16}", max_length=16)
# Those of the ledger, written here once more: registering a route loads no rule (a test holds the two together).
ACTIONS = ("file", "receive", "refuse", "give-up")
ACTION = Parameter("action", "path", "What became of the claim.", choices=ACTIONS, example="file")
STATES = ("open", "filed", "received", "refused", "lapsed", "given_up", "not_reclaimable")
STATE = Parameter("state", "query", "Entries whose claim is here.", choices=STATES, example="open", required=True)
COUNTRY = Parameter(
    "country", "query", "Only of this country; a page may then be short and still have a cursor.",
    pattern=r"[A-Z]{2}", max_length=2, example="FR",
)  # fmt: skip
RECORD = Operation(
    "record_duty", "POST", "/v1/returns/{case_id}/duties",
    "Record duty and tax paid on an entry, or correct one: the same again is quiet, other particulars need corrects.",
    answers={200: "DutyAnswer", 201: "DutyAnswer"}, scope="returns:write", body="RecordDutyBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
READ = Operation(
    "read_duties", "GET", "/v1/returns/{case_id}/duties",
    "The ledger of a case: what was paid, what can be claimed back, by whom, until when, how much at most.",
    answers={200: "DutiesAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
ACT = Operation(
    "act_on_duty", "POST", "/v1/returns/{case_id}/duties/{entry_id}/{action}",
    "Note that a claim was filed, paid in whole or in part, refused, or given up.",
    answers={200: "DutyAnswer"}, scope="returns:write", body="DutyActionBody",
    parameters=(CASE_ID, ENTRY_ID, ACTION), problems=(409,),
)  # fmt: skip
LIST = Operation(
    "list_duties", "GET", "/v1/duties",
    "Entries of all cases in one state, open ones by their last day, with the sums of all in that state.",
    answers={200: "DutyPageAnswer"}, scope="returns:read", parameters=(STATE, COUNTRY, CURSOR, LIMIT),
)  # fmt: skip
OPERATIONS = (RECORD, READ, ACT, LIST)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, RECORD, record_duty)
    serve(routes, desk, READ, read_duties)
    serve(routes, desk, ACT, act_on_duty)
    serve(routes, desk, LIST, list_duties)
    return routes


def record_duty(desk: Desk, call: Call) -> Response:
    """Record an entry; 201 when it is new."""
    kept = desk.stories().record_duty(
        desk.ports(),
        call.path["case_id"],
        call.body.as_facts(),
        corrects=call.body.corrects,
        why=call.body.why,
        holder=call.holder,
        now=call.now,
    )
    return answer(kept.row, 201 if kept.is_new else 200)


def read_duties(desk: Desk, call: Call) -> Response:
    """The ledger of one case."""
    return answer(desk.stories().read_duties(desk.ports(), call.path["case_id"], call.now))


def act_on_duty(desk: Desk, call: Call) -> Response:
    """Keep what became of a claim."""
    from chalicelib.customs.claim_acts import Action  # the rules of claims: only for this route

    act = call.body.as_act(cast("Action", call.path["action"]))
    path = call.path
    told = desk.stories().act_on_duty(
        desk.ports(), path["case_id"], path["entry_id"], act, holder=call.holder, now=call.now
    )
    return answer(told)


def list_duties(desk: Desk, call: Call) -> Response:
    """A page of entries in one state."""
    query = call.query
    told = desk.stories().list_duties(desk.ports(), state=query["state"], country=query.get("country"), **page_of(call))
    return answer(told)
