"""Repairs over HTTP, with the real stories over memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from chalicelib.api import examples, repair_bodies, repairs
from chalicelib.customs.rate_sheets import Sheet
from chalicelib.returns import repair_orders
from chalicelib.returns.evidence import Evidence
from chalicelib.workflows.amend import Amendment, amend
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, bearer

RETURN = {**examples.OpenReturnBody, "kind": "repair", "reason": "repair"}
RESIZE = {"code": "resize", "line": 1, "facts": {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"}}
PHOTOS = ["E1", "E2", "E3", "E4"]


class Bench(Shop):
    """A shop with one ring that is here and was looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.ports.rates.keep(Sheet("gold", NOW.date() - timedelta(days=2), {"EUR": Decimal(2000)}), None)
        self.case_id = self.post("/v1/returns", RETURN).json_body["case_id"]
        self.path = f"/v1/returns/{self.case_id}"
        photos = tuple(
            Evidence(self.case_id, name, "photo_item", "image/jpeg", 9, "kept", "d", NOW, NOW) for name in PHOTOS
        )
        amend(
            self.ports, self.case_id, NOW,
            lambda case: Amendment(replace(case, stage="inspected"), "set_by_the_test", parts=photos),
        )  # fmt: skip

    def ask(self, path: str, body: Any) -> Any:
        """Post, and hold the answer against the contract."""
        told = self.post(f"{self.path}/{path}", body)
        first, *rest = path.split("/")
        shape = {"repair": "/{action}", "repair-quote": "/{quote_id}/{action}"}.get(first, "") if rest else ""
        documented = f"/v1/returns/{{case_id}}/{first}{shape}"
        assert_as_documented("POST", documented, told.status_code, told.json_body)
        return told

    def answered(self, quote_id: str, action: str) -> Any:
        path = f"{self.path}/repair-quote/{quote_id}/{action}"
        told = self.http.post(path, headers=bearer())
        documented = "/v1/returns/{case_id}/repair-quote/{quote_id}/{action}"
        assert_as_documented("POST", documented, told.status_code, told.json_body)
        return told

    @property
    def rows(self) -> list[dict[str, Any]]:
        told = self.get(f"{self.path}/repair")
        assert_as_documented("GET", "/v1/returns/{case_id}/repair", told.status_code, told.json_body)
        rows: list[dict[str, Any]] = told.json_body["items"]
        return rows


def faults(told: Any) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in told.json_body["errors"]}


def test_the_routes_know_every_step_there_is_and_no_other() -> None:
    assert repairs.STEPS == repair_orders.REPAIR_STEPS == get_args(repair_bodies.StepWord)


def test_a_ring_goes_its_way_over_http_from_the_order_to_done_and_the_case_says_so_in_short() -> None:
    shop = Bench()
    orders = [shop.ask("repair", {"operations": [RESIZE]}) for _ in range(2)]
    took = {"gross_g": "4.20", "scale_id": "S-1", "stones": 1, "evidence_ids": PHOTOS}
    answers = [
        shop.ask("repair/take_in", took),
        shop.ask("repair-quote", {}),
        shop.answered("1-1", "approve"),
        shop.answered("1-1", "approve"),
        shop.ask("repair/start", {}),
        shop.ask("repair/progress", {"progress": "metalwork_done"}),
        shop.ask("repair/metal", {"added_g": "0.43", "removed_g": "0"}),
        shop.ask("repair/test", {"gross_g": "4.63", "scale_id": "S-1"}),
        shop.ask("repair/done", {}),
    ]
    assert [one.status_code for one in (*orders, *answers)] == [201, 200, 200, 201, 200, 200, 200, 200, 200, 200, 200]
    (row,) = shop.rows
    assert (row["state"], row["tested_ok"], row["consent"]) == ("done", True, "1-1")
    assert [one["text"] for one in row["progress"]] == ["The metalwork is done."]
    case = shop.get(shop.path).json_body
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, case)
    assert case["stage"] == "in_repair"
    assert [(one["state"], one["quote_id"], one["quote_state"]) for one in case["repairs"]] == [
        ("done", "1-1", "approved")
    ]


def test_a_quote_shows_metal_by_weight_price_day_and_source_and_duty_as_customs_own() -> None:
    shop = Bench()
    shop.ask("repair", {"operations": [RESIZE]})
    told = shop.ask("repair-quote", {"dry_run": True}).json_body
    lines = {one["code"]: one for one in told["lines"]}
    assert (told["offered"], told["quote"], told["unknown"]) == (False, None, [])
    assert (lines["metal_added"]["grams"], lines["metal_added"]["fine_g"]) == ("0.43", "0.3225")
    assert lines["metal_added"]["amount"] == {"amount": "20.74", "currency": "EUR"}
    assert "2026-11-20" in lines["metal_added"]["note"]
    assert lines["duty_back"]["paid_to"] == "customs"


def test_an_illegal_step_is_a_conflict_that_names_what_is_possible_and_changes_nothing() -> None:
    shop = Bench()
    shop.ask("repair", {"operations": [RESIZE]})
    before = shop.rows
    told = shop.ask("repair/done", {})
    assert (told.status_code, told.json_body["code"]) == (409, "repair_step_not_allowed")
    assert "take_in" in told.json_body["detail"]
    assert shop.rows == before


def test_everything_wrong_with_an_order_is_told_at_once() -> None:
    shop = Bench()
    told = shop.ask(
        "repair",
        {"operations": [{"code": "resize", "line": 2, "facts": {"sizes": "0", "wings": "2"}}], "place": "MOON-1"},
    )
    assert told.status_code == 422
    assert faults(told) == {
        ("operations.0.line", "no_such_line"), ("operations.0.facts.width_mm", "required"),
        ("operations.0.facts.thickness_mm", "required"), ("operations.0.facts.sizes", "malformed"),
        ("operations.0.facts.wings", "not_asked"), ("place", "unknown_place"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("repair-quote/9-9/approve", None, 404),
        ("repair/take_in", {"repair": 7, "gross_g": "1", "scale_id": "S", "evidence_ids": ["E1"]}, 404),
        ("repair/take_in", {}, 422),
        ("repair-quote", {"given": {"wings": {"amount": "1.00", "currency": "EUR"}}}, 422),
        ("repair-quote", {"given": {"freight_back": {"amount": "1.00", "currency": "USD"}}}, 422),
    ],
)
def test_what_cannot_be_is_refused_in_the_words_of_the_contract(path: str, body: Any, status: int) -> None:
    shop = Bench()
    shop.ask("repair", {"operations": [RESIZE]})
    told = shop.ask(path, body) if body is not None else shop.answered("9-9", "approve")
    assert told.status_code == status


def test_ways_are_compared_with_a_case_and_without_one() -> None:
    shop = Bench()
    with_case = shop.ask("repair-options", {"operations": [RESIZE]})
    body = {"operations": [RESIZE], "request": RETURN}
    without = shop.post("/v1/repair-options", body)
    assert_as_documented("POST", "/v1/repair-options", without.status_code, without.json_body)
    assert [one["code"] for one in without.json_body["options"]] == [
        "repair_here", "repair_at_home", "refund_without_return", "exchange",
    ]  # fmt: skip
    assert without.json_body["order"][0]["code"] == "repair_here"
    assert with_case.json_body["options"][0]["why_not"] == ["the_piece_has_left"]
