"""Recalls over HTTP, with the real stories over memory: found, opened once, stopped and resumed, told to who is on the
way."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, get_args

import pytest

from chalicelib.api import examples, recalls
from chalicelib.returns import recall
from chalicelib.workflows.recalled_cases import recalled
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop, posted

PATH = "/v1/recalls/RC-1"


def a_sale(order: str = "SO-2001", **item: Any) -> dict[str, Any]:
    sale: dict[str, Any] = deepcopy(examples.RecallSalesBody["sales"][0])
    sale["order"]["number"] = order
    sale["items"][0] |= {"serial": None, "sku": "N-18K-07"} | item
    return sale


class Recall(Shop):
    """A shop that recalls its pieces."""

    def prepare(self, **changed: Any) -> Any:
        told = self.post(PATH, examples.PrepareRecallBody | changed)
        assert_as_documented("POST", "/v1/recalls/{recall_id}", told.status_code, told.json_body)
        return told

    def act(self, action: str) -> Any:
        told = self.http.post(f"{PATH}/{action}", headers=posted(), body=b"")
        assert_as_documented("POST", "/v1/recalls/{recall_id}/{action}", told.status_code, told.json_body)
        return told

    def hand_in(self, *sales: dict[str, Any], dry: bool = False) -> Any:
        told = self.post(f"{PATH}/sales" + ("?validate=true" if dry else ""), {"sales": list(sales)})
        assert_as_documented("POST", "/v1/recalls/{recall_id}/sales", told.status_code, told.json_body)
        return told

    def outcomes(self, *sales: dict[str, Any]) -> list[str]:
        return [one["outcome"] for one in self.hand_in(*sales).json_body["items"]]

    @property
    def cases(self) -> int:
        return sum(one["SK"] == "CASE" for one in self.world.table.all_items())  # type: ignore[attr-defined]


@pytest.fixture
def shop() -> Recall:
    return Recall()


def test_what_the_form_of_the_notice_still_wants_is_named_and_keeps_nothing_back(shop: Recall) -> None:
    languages = shop.ports.merchant().languages
    told = shop.prepare(product=None).json_body
    assert told["missing"] == ["picture", *(f"product.name.{tag}" for tag in languages), "product.brand"]


def test_the_routes_know_every_act_there_is_and_no_other() -> None:
    assert get_args(recall.Action) == recalls.ACTIONS


def test_a_recall_is_prepared_once(shop: Recall) -> None:
    assert [shop.prepare().status_code for _ in range(2)] == [201, 200]
    assert shop.prepare(remedies=["refund", "repair"]).json_body["code"] == "recall_differs"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"reach": {}}, "reach", "names_nothing"),
        ({"reach": {"sku_from": "A"}}, "reach", "half_a_range"),
        ({"remedies": ["refund"]}, "remedies", "too_few"),
        ({"hazard": {"en": "Nickel."}}, "hazard.fr", "missing"),
        (
            {"hazard": examples.PrepareRecallBody["hazard"] | {"en": "A voluntary recall for nickel."}},
            "hazard.en",
            "makes_hazard_small",
        ),
        (
            {"hazard": examples.PrepareRecallBody["hazard"] | {"de": "Ein freiwilliger Rückruf: vorsorglich."}},
            "hazard.de",
            "makes_hazard_small",
        ),
    ],
)
def test_a_recall_that_may_not_be_announced_so_says_everything_that_is_wrong(
    shop: Recall, changed: Any, field: str, code: str
) -> None:
    told = shop.prepare(**changed)
    assert told.status_code == 422
    assert (field, code) in {(one["field"], one["code"]) for one in told.json_body["errors"]}


def test_every_sale_it_reaches_is_opened_prepaid_and_no_other(shop: Recall) -> None:
    shop.prepare()
    shop.act("start")
    sales = (a_sale(), a_sale("SO-2002", serial="GT-000184", sku="X"), a_sale("SO-2003", sku="X"))
    told = shop.hand_in(*sales).json_body["items"]
    assert [(one["outcome"], one["reached_by"]) for one in told] == [
        ("opened", "sku"), ("opened", "serial"), ("not_recalled", None),
    ]  # fmt: skip
    case = shop.get(f"/v1/returns/{told[0]['case_id']}").json_body
    assert (case["decision"]["freight_paid_by"], case["stage"]) == ("merchant", "approved")
    file = shop.ports.cases.file(told[0]["case_id"])
    assert file is not None
    part = recalled(file)
    assert part is not None
    assert (file.case.kind, part.recall_id, part.under_way) == ("recall", "RC-1", False)


def test_a_dry_run_says_who_is_reached_and_opens_nothing(shop: Recall) -> None:
    shop.prepare()
    told = shop.hand_in(a_sale(), a_sale("SO-2003", sku="X"), dry=True).json_body
    assert [one["outcome"] for one in told["items"]] == ["recalled", "not_recalled"]
    assert shop.cases == 0


def test_run_twice_it_opens_nothing_twice(shop: Recall) -> None:
    shop.prepare()
    shop.act("start")
    assert [shop.outcomes(a_sale()) for _ in range(3)] == [["opened"], ["opened_before"], ["opened_before"]]
    assert (shop.cases, shop.get(PATH).json_body["opened"]) == (1, 1)


def test_a_run_that_died_before_it_was_counted_is_counted_once(shop: Recall) -> None:
    shop.prepare()
    shop.act("start")
    kept, lost = shop.ports.recalls.keep, []
    object.__setattr__(shop.ports.recalls, "keep", lost.append)
    shop.hand_in(a_sale())
    object.__setattr__(shop.ports.recalls, "keep", kept)
    assert shop.outcomes(a_sale()) == ["opened"]
    assert (shop.cases, shop.get(PATH).json_body["opened"]) == (1, 1)


def test_it_is_stopped_and_resumed_and_only_while_it_runs_opens_anything(shop: Recall) -> None:
    shop.prepare()
    assert shop.hand_in(a_sale()).status_code == 409
    shop.act("start")
    shop.act("stop")
    assert shop.hand_in(a_sale()).json_body["code"] == "recall_not_allowed"
    assert [shop.act(one).status_code for one in ("resume", "resume", "start")] == [200, 200, 200]
    assert shop.outcomes(a_sale()) == ["opened"]
    assert [shop.act(one).status_code for one in ("finish", "start")] == [200, 409]


def test_a_sale_for_which_no_return_can_be_opened_is_kept_with_the_reason_and_opened_when_it_is_mended(
    shop: Recall,
) -> None:
    shop.prepare()
    shop.act("start")
    wrong = a_sale()
    wrong["items"][0]["price"]["amount"] = "0.00"
    assert shop.outcomes(wrong) == ["refused"]
    (row,) = shop.get(f"{PATH}/sales").json_body["items"]
    assert (row["outcome"], row["reasons"]) == ("refused", ["value_required"])
    assert shop.outcomes(a_sale()) == ["opened"]
    read = shop.get(PATH).json_body
    assert (read["opened"], read["refused"]) == (1, 0)


def test_the_sales_it_reached_are_listed_with_the_stage_of_each(shop: Recall) -> None:
    shop.prepare()
    shop.act("start")
    shop.hand_in(*(a_sale(f"SO-{n}") for n in range(5)))
    first = shop.get(f"{PATH}/sales?limit=3")
    assert_as_documented("GET", "/v1/recalls/{recall_id}/sales", first.status_code, first.json_body)
    rest = shop.get(f"{PATH}/sales?limit=3&cursor={first.json_body['cursor']}").json_body
    found = [one["order"] for one in [*first.json_body["items"], *rest["items"]]]
    assert (found, rest["cursor"]) == ([f"SO-{n}" for n in range(5)], None)
    assert {one["stage"] for one in rest["items"]} == {"approved"}


def test_a_return_that_is_under_way_when_its_piece_is_recalled_is_told_once(shop: Recall) -> None:
    case_id = shop.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]
    for _ in range(2):
        shop.prepare()
    file = shop.ports.cases.file(case_id)
    assert file is not None
    part = recalled(file)
    assert part is not None
    assert part.under_way
    assert [entry.what for entry in file.log].count("recalled") == 1
    told = [one for one in shop.world.queues.sent["alerts"] if one.get("kind") == "recalled_piece"]
    assert {one["episode"] for one in told} == {"recall-RC-1"}


def test_nobodys_name_is_kept_with_the_recall(shop: Recall) -> None:
    shop.prepare()
    shop.act("start")
    shop.hand_in(a_sale())
    name = examples.OpenReturnBody["customer"]["name"]
    kept = [one for one in shop.world.table.all_items() if one["PK"].startswith("RECALL#")]  # type: ignore[attr-defined]
    assert kept
    assert name not in str(kept)
