"""Custody over HTTP, with the real stories over memory: a parcel is taken in, looked at, signed and released."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.api import examples
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop, posted

ROUTE = "/v1/returns/{case_id}"


class Dock(Shop):
    """A shop with one case, whose ring is worth more than one person may look at alone."""

    def __init__(self) -> None:
        super().__init__()
        self.case_id = self.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]

    def say(self, what: str, body: dict[str, Any], route: str | None = None) -> Any:
        told = self.post(f"/v1/returns/{self.case_id}/{what}", body)
        assert_as_documented("POST", f"{ROUTE}/{route or what}", told.status_code, told.json_body)
        return told

    def read(self, what: str) -> Any:
        told = self.get(f"/v1/returns/{self.case_id}/{what}")
        assert_as_documented("GET", f"{ROUTE}/{what}", told.status_code, told.json_body)
        return told.json_body


@pytest.fixture
def dock() -> Dock:
    return Dock()


def seen(**changed: Any) -> dict[str, Any]:
    body = json.loads(json.dumps(examples.InspectionBody))
    body["pieces"][0] |= changed
    return body


def test_a_parcel_is_taken_in_once_and_its_case_says_so(dock):
    assert [dock.say("receipt", examples.ReceiptBody).status_code for _ in range(2)] == [201, 200]
    case = dock.get(f"/v1/returns/{dock.case_id}").json_body
    assert_as_documented("GET", ROUTE, 200, case)
    assert (case["stage"], case["custody"]["received"][0]["facility"]) == ("received", "SZX-1")


def test_other_facts_are_a_conflict_until_somebody_says_why(dock):
    dock.say("receipt", examples.ReceiptBody)
    assert dock.say("receipt", examples.ReceiptBody | {"weight_g": "190"}).json_body["code"] == "receipt_differs"
    again = {"weight_g": "190", "corrects": True, "why": "misread"}
    assert dock.say("receipt", examples.ReceiptBody | again).json_body["corrected"] == 1


def test_pieces_are_looked_at_and_wait_for_a_second_holder(dock):
    assert dock.say("inspection", seen()).json_body["code"] == "not_received"
    dock.say("receipt", examples.ReceiptBody)
    told = dock.say("inspection", seen())
    assert (told.status_code, told.json_body["waits_for"]) == (201, ["second_person", "opening_video"])
    refused = dock.say("inspection/1/countersign", examples.CountersignBody, "inspection/{inspection_id}/countersign")
    assert (refused.status_code, refused.json_body["code"]) == (409, "same_person")
    assert dock.say("inspection", seen()).status_code == 200
    assert [row["inspection"] for row in dock.read("inspections")["items"]] == [1]


def test_the_holder_who_found_it_cannot_release_it(dock):
    dock.say("receipt", examples.ReceiptBody)
    dock.say("inspection", seen())
    told = dock.say("inspection/1/release", examples.ReleaseBody, "inspection/{inspection_id}/release")
    assert (told.status_code, told.json_body["code"]) == (409, "same_person")


def test_every_fault_of_an_inspection_comes_at_once_with_its_field(dock):
    dock.say("receipt", examples.ReceiptBody)
    told = dock.say("inspection", seen(came=9) | {"evidence_ids": ["e-9"]})
    assert told.status_code == 422
    assert {one["code"] for one in told.json_body["errors"]} == {"more_than_sold", "no_such_evidence"}


@pytest.mark.parametrize(
    "changed",
    [
        {"weighing": {**examples.InspectionBody["pieces"][0]["weighing"], "tolerance_g": -1}},
        {"fineness": {"readings_ppt": ["2000"]}},
        {"came": -1},
        {"verdict": "as_sold"},
        {"weighing": {**examples.InspectionBody["pieces"][0]["weighing"], "readings_g": []}},
    ],
)
def test_what_no_scale_says_is_refused(dock, changed):
    assert dock.say("inspection", seen(**changed)).status_code == 422


def test_hand_overs_are_noted_once_and_read_in_the_order_of_time(dock):
    assert [dock.say("custody", examples.HandOverBody).status_code for _ in range(2)] == [201, 200]
    dock.say("receipt", examples.ReceiptBody)
    rows = dock.read("custody")["items"]
    assert [(row["given_by"], row["taken_by"]) for row in rows] == [("facility", "workshop"), ("carrier", "facility")]


def test_a_release_wants_the_scope_of_approvals(dock):
    told = dock.http.post(
        f"/v1/returns/{dock.case_id}/inspection/1/release",
        headers=posted(), body=json.dumps(examples.ReleaseBody).encode(),
    )  # fmt: skip
    assert told.status_code in (403, 404)
