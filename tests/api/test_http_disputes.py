"""Payment disputes over HTTP, with the real stories over memory."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from chalicelib.api import disputes, examples
from chalicelib.returns import dispute_clocks
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop

BODY = examples.NoteDisputeBody | {"opened_on": "2026-11-20"}


@pytest.fixture
def shop() -> Any:
    shop = Shop()
    shop.case_id = shop.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]  # type: ignore[attr-defined]
    shop.path = f"/v1/returns/{shop.case_id}/disputes"  # type: ignore[attr-defined]
    return shop


def alerts(shop: Any, kind: str) -> list[str]:
    return [one["action"] for one in shop.world.queues.sent.get("alerts", ()) if one.get("kind") == kind]


def test_the_routes_know_every_act_there_is_and_no_other():
    assert get_args(dispute_clocks.Action) == disputes.ACTIONS


def test_a_dispute_is_noted_once_and_is_on_the_work_list_with_its_last_day(shop):
    told = [shop.post(shop.path, BODY) for _ in range(2)]
    for one in told:
        assert_as_documented("POST", "/v1/returns/{case_id}/disputes", one.status_code, one.json_body)
    assert [one.status_code for one in told] == [201, 200]
    assert told[0].json_body["answer_by"] == "2027-01-09T10:00:00Z"
    assert alerts(shop, "payment_dispute") == ["open", "open"]


def test_the_same_reference_with_another_amount_is_refused(shop):
    shop.post(shop.path, BODY)
    told = shop.post(shop.path, BODY | {"amount": {"amount": "1.00", "currency": "EUR"}})
    assert (told.status_code, told.json_body["code"]) == (409, "dispute_differs")


def test_an_answer_closes_its_exception_and_its_end_is_noted(shop):
    dispute = shop.post(shop.path, BODY).json_body["dispute_id"]
    for action in ("answer", "answer", "win"):
        told = shop.post(f"{shop.path}/{dispute}/{action}", {})
        path = "/v1/returns/{case_id}/disputes/{dispute_id}/{action}"
        assert_as_documented("POST", path, told.status_code, told.json_body)
    assert told.json_body["state"] == "won"
    assert shop.post(f"{shop.path}/{dispute}/answer", {}).status_code == 409
    read = shop.get(shop.path)
    assert_as_documented("GET", "/v1/returns/{case_id}/disputes", read.status_code, read.json_body)
