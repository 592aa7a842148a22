"""Custody: hand-overs, the receipt of a parcel, the inspection of its pieces, the second person, the release."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CASE_ID, Operation, Parameter

INSPECTION = Parameter(
    "inspection_id", "path", "The inspection.", pattern=r"[1-9][0-9]{0,2}", max_length=3, example="1"
)
READ = Operation(
    "read_custody", "GET", "/v1/returns/{case_id}/custody",
    "Every hand-over of a case: from whom to whom, where, when, grams, seal, photos; receipts and carrier's weights.",
    answers={200: "CustodyAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
NOTE = Operation(
    "note_hand_over", "POST", "/v1/returns/{case_id}/custody",
    "Note one hand-over; the same again is quiet.",
    answers={200: "HandOverAnswer", 201: "HandOverAnswer"}, scope="returns:write", body="HandOverBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
RECEIVE = Operation(
    "take_in", "POST", "/v1/returns/{case_id}/receipt",
    "Take a parcel in, whatever is wrong with it: weight, seal, damage, what lay inside. The case is then received.",
    answers={200: "ReceiptAnswer", 201: "ReceiptAnswer"}, scope="returns:write", body="ReceiptBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
INSPECT = Operation(
    "inspect_pieces", "POST", "/v1/returns/{case_id}/inspection",
    "Say what was found of every line; it is judged beside what was sold, or beside the work order after a repair.",
    answers={200: "InspectionAnswer", 201: "InspectionAnswer"}, scope="returns:write", body="InspectionBody",
    parameters=(CASE_ID,), problems=(409,),
)  # fmt: skip
SIGN = Operation(
    "countersign_inspection", "POST", "/v1/returns/{case_id}/inspection/{inspection_id}/countersign",
    "The second person signs by their own token, or disagrees.",
    answers={200: "InspectionAnswer"}, scope="returns:write", body="CountersignBody",
    parameters=(CASE_ID, INSPECTION), problems=(409,),
)  # fmt: skip
RELEASE = Operation(
    "release_inspection", "POST", "/v1/returns/{case_id}/inspection/{inspection_id}/release",
    "Another person releases what is held, says why, and what is accepted of each line.",
    answers={200: "InspectionAnswer"}, scope="settlements:approve", body="ReleaseBody",
    parameters=(CASE_ID, INSPECTION), problems=(409,),
)  # fmt: skip
LIST = Operation(
    "read_inspections", "GET", "/v1/returns/{case_id}/inspections",
    "Every look at the pieces, and what customs may be told of their state.",
    answers={200: "InspectionsAnswer"}, scope="returns:read", parameters=(CASE_ID,),
)  # fmt: skip
OPERATIONS = (READ, NOTE, RECEIVE, INSPECT, SIGN, RELEASE, LIST)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, READ, read_custody)
    serve(routes, desk, NOTE, note_hand_over)
    serve(routes, desk, RECEIVE, take_in)
    serve(routes, desk, INSPECT, inspect_pieces)
    serve(routes, desk, SIGN, countersign)
    serve(routes, desk, RELEASE, release)
    serve(routes, desk, LIST, read_inspections)
    return routes


def read_custody(desk: Desk, call: Call) -> Response:
    """Every touch of one case."""
    return answer(desk.stories().read_custody(desk.ports(), call.path["case_id"]))


def note_hand_over(desk: Desk, call: Call) -> Response:
    """Note one touch; 201 when it was not known."""
    kept = desk.stories().note_hand_over(
        desk.ports(), call.path["case_id"], call.body.as_touch(), by=call.holder, now=call.now
    )
    return answer(kept.row, 201 if kept.is_new else 200)


def take_in(desk: Desk, call: Call) -> Response:
    """Take a parcel in; 201 the first time."""
    body = call.body
    kept = desk.stories().take_in(
        desk.ports(), call.path["case_id"], body.as_taken_in(), corrects=body.corrects, why=body.why, by=call.holder,
        now=call.now,
    )  # fmt: skip
    return answer(kept.row, 201 if kept.is_new else 200)


def inspect_pieces(desk: Desk, call: Call) -> Response:
    """Write an inspection; 201 when it is a new one."""
    body = call.body
    kept = desk.stories().inspect_pieces(
        desk.ports(), call.path["case_id"], body.as_inspected(), corrects=body.corrects, why=body.why, by=call.holder,
        now=call.now,
    )  # fmt: skip
    return answer(kept.row, 201 if kept.is_new else 200)


def countersign(desk: Desk, call: Call) -> Response:
    """The second person's word."""
    told = desk.stories().countersign_inspection(
        desk.ports(), call.path["case_id"], int(call.path["inspection_id"]), agrees=call.body.agrees,
        opening_video=call.body.opening_video, by=call.holder, now=call.now,
    )  # fmt: skip
    return answer(told)


def release(desk: Desk, call: Call) -> Response:
    """Another person's decision on what is held."""
    told = desk.stories().release_inspection(
        desk.ports(), call.path["case_id"], int(call.path["inspection_id"]), accepted=call.body.accepted(),
        why=call.body.why, by=call.holder, now=call.now,
    )  # fmt: skip
    return answer(told)


def read_inspections(desk: Desk, call: Call) -> Response:
    """Every look at the pieces."""
    return answer(desk.stories().read_inspections(desk.ports(), call.path["case_id"]))
