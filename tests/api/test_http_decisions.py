"""A person's decision and a withdrawal over HTTP, with the real stories over memory."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from chalicelib.api import examples
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop

DECISION, WITHDRAWAL = "/v1/returns/{case_id}/decision", "/v1/returns/{case_id}/withdrawal"


class Desk(Shop):
    """A shop with one case."""

    def __init__(self, **piece: Any) -> None:
        super().__init__()
        body = deepcopy(examples.OpenReturnBody)
        body["items"][0] |= piece
        self.opened = self.post("/v1/returns", body).json_body
        self.case_id = self.opened["case_id"]

    def say(self, path: str, **body: Any) -> Any:
        told = self.post(path.format(case_id=self.case_id), body)
        assert_as_documented("POST", path, told.status_code, told.json_body)
        return told


def test_a_withdrawal_is_answered_with_its_receipt_and_stands_in_the_case():
    desk = Desk()
    told = desk.say(WITHDRAWAL, language="de").json_body
    assert (told["in_time"], told["language"], told["declared_by"]) == (True, "de", "boss@desk")
    case = desk.get(f"/v1/returns/{desk.case_id}").json_body
    assert [one["withdrawal_id"] for one in case["withdrawal"]] == ["1"]


def test_an_engraved_piece_waits_for_a_person_who_refuses_it_by_its_row_of_law():
    desk = Desk(engraved=True)
    (why,) = (one for one in desk.opened["decision"]["reasons"] if one["legal_ground"])
    assert desk.opened["stage"] == "review"
    assert why["told"].startswith("L’article a été fait ou modifié pour vous")
    bare = desk.say(DECISION, outcome="refused", reasons=["excluded_custom"])
    assert (bare.status_code, bare.json_body["errors"][0]["code"]) == (422, "legal_ground_required")
    told = desk.say(DECISION, outcome="refused", reasons=["excluded_custom"], legal_grounds=[why["rule"]])
    assert (told.status_code, told.json_body["stage"]) == (200, "cancelled")


def test_nothing_that_waits_is_a_conflict():
    assert Desk().say(DECISION, outcome="approved").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"outcome": "perhaps"}, {"outcome": "approved", "reasons": ["policy_window_over"]},
        {"outcome": "refused", "evidence": ["photo_item"]}, {"outcome": "refused", "legal_grounds": ["because"]},
    ],
)  # fmt: skip
def test_a_ruling_that_does_not_hold_together_is_refused(body):
    assert Desk(engraved=True).say(DECISION, **body).status_code == 422


def test_who_may_only_read_decides_nothing():
    desk = Desk()
    for path in (DECISION, WITHDRAWAL):
        told = desk.post(path.format(case_id=desk.case_id), {"outcome": "approved"}, token_id="reader")
        assert told.status_code == 403


def test_who_pays_which_way_the_terms_and_the_guarantee_are_told():
    decision = Desk().opened["decision"]
    assert [one["way"] for one in decision["freight"]] == ["home", "out"]
    assert decision["freight"][0]["reason"]["told"]
    assert (decision["language"], decision["terms"]["rma_valid_days"], decision["remedies"]) == ("fr", 30, None)
