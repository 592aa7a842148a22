"""Payment disputes over HTTP, with the real stories over memory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from chalicelib.api import disputes, examples
from chalicelib.returns import dispute_clocks
from chalicelib.returns.custody import Receipt
from chalicelib.workflows.amend import Amendment, amend, amend_file
from chalicelib.workflows.keep_disputes import is_disputed, look, risk_of
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop

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
    assert is_disputed(shop.ports.cases.file(shop.case_id))


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


def test_goods_that_are_back_unpaid_are_told_of_before_a_bank_may_ask(shop):
    file = shop.ports.cases.file(shop.case_id)
    receipt = Receipt(shop.case_id, 1, "SZX-1", NOW, "desk", None, None, None, "unknown")
    parts = (receipt, *risk_of(file, NOW, NOW))
    amend(shop.ports, shop.case_id, NOW, lambda case: Amendment(case, "received", parts=parts))
    look(shop.ports, shop.case_id, "risk", NOW + timedelta(days=13))
    assert alerts(shop, "refund_overdue_risk") == ["open"]
    assert risk_of(shop.ports.cases.file(shop.case_id), NOW, NOW) == ()


def test_goods_that_were_paid_for_in_time_are_not(shop):
    from tests.workflows.settled import a_paid_settlement

    file = shop.ports.cases.file(shop.case_id)
    parts = (a_paid_settlement(shop.case_id), *risk_of(file, NOW, NOW))
    amend_file(shop.ports, shop.case_id, NOW, lambda file: Amendment(file.case, "received", parts=parts))
    look(shop.ports, shop.case_id, "risk", NOW + timedelta(days=13))
    assert alerts(shop, "refund_overdue_risk") == []
