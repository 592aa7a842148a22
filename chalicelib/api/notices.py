"""What the customer of a return was told, how a notice reads, and whether they want any."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

# Those of the notices, written here once more: registering a route loads no rule (a test holds the two together).
MOMENTS = (
    "accepted", "evidence_wanted", "pickup_booked", "collected", "held", "released", "arrived", "decision",
    "cancelled", "summary",
    "received", "withdrawal_receipt", "quote", "quote_reminder", "repair_begun", "repair_done", "paid", "sent_out",
    "out_arrived", "lost", "recall", "credited", "out_back", "seized", "unclaimed",
)  # fmt: skip
MOMENT = Parameter("moment", "path", "Of which moment the notice tells.", choices=MOMENTS, example="pickup_booked")
LANGUAGE = Parameter(
    "language", "query", "A language tag; the customer's own where left out, English where we have no words in it.",
    pattern=r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", max_length=35, example="zh-Hant",
)  # fmt: skip
READ = Operation(
    "read_notices", "GET", "/v1/returns/{case_id}/notices",
    "What the customer was told and when, what failed, what comes next, and whether they want to be told.",
    answers={200: "NoticesAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
CHOOSE = Operation(
    "choose_notices", "PATCH", "/v1/returns/{case_id}/notices",
    "Keep that the customer wants no more notices, of this return and of later ones, or wants them again. What the law "
    "wants told (a decision) is told all the same.",
    answers={200: "NoticesAnswer"}, scope="returns:write", body="ChooseNoticesBody", parameters=(CASE_ID,),
    problems=(409,),
)  # fmt: skip
PREVIEW = Operation(
    "preview_notice", "GET", "/v1/returns/{case_id}/notices/{moment}",
    "A notice as the customer reads it, without their name; sample: true where its facts are made up.",
    answers={200: "NoticePreviewAnswer"}, scope="returns:read", parameters=(CASE_ID, MOMENT, LANGUAGE),
)  # fmt: skip
OPERATIONS = (READ, CHOOSE, PREVIEW)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_notices)
    serve(routes, desk, CHOOSE, choose_notices)
    serve(routes, desk, PREVIEW, preview_notice)
    return routes


def read_notices(desk: Desk, call: Call) -> Response:
    """The notices of one case."""
    return answer(desk.stories().read_notices(desk.ports(), call.path["case_id"], call.now))


def choose_notices(desk: Desk, call: Call) -> Response:
    """Keep the customer's choice; the notices as they stand then."""
    told = desk.stories().choose_notices(
        desk.ports(), call.path["case_id"], opted_out=call.body.opted_out, holder=call.holder, now=call.now
    )
    return answer(told)


def preview_notice(desk: Desk, call: Call) -> Response:
    """One notice, made now and not sent."""
    told = desk.stories().preview_notice(
        desk.ports(), call.path["case_id"], call.path["moment"], call.query.get("language"), call.now
    )
    return answer(told)
