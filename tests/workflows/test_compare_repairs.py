"""The ways to mend, side by side, before a piece crosses a border."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.money import Money
from chalicelib.returns.repair import Operation
from chalicelib.returns.repair_deeds import RepairWish
from chalicelib.workflows.compare_repairs import compare_repairs
from tests.workflows.bench import MONDAY, THE_RING, UP_TWO, Bench

STONE = Operation("stone_set", 1, {"carat": "0.05"})


def compared(bench: Bench, *operations: Operation, **wish: Any) -> dict[str, Any]:
    return compare_repairs(bench.ports, bench.case_id, RepairWish(operations or (UP_TWO,), **wish), now=MONDAY)


def by_code(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in told["options"]}


def test_repair_by_a_partner_in_the_customers_country_crosses_no_border_and_is_tried_first() -> None:
    told = compared(Bench(stage="approved"))
    here, home = by_code(told)["repair_here"], by_code(told)["repair_at_home"]
    assert (here["total"]["amount"], here["risk"]["crossings"], here["legs"]) == ("103.74", 0, [])
    assert (home["total"]["amount"], home["risk"]["crossings"]) == ("697.38", 2)
    assert [one["code"] for one in told["order"]] == [
        "repair_here", "repair_at_home", "refund_without_return", "exchange",
    ]  # fmt: skip
    assert told["order"][0]["why"][0] == "costs 103.74 EUR in all"


def test_at_home_both_borders_are_reckoned_and_what_relief_wants_is_named_before_the_piece_leaves() -> None:
    home = by_code(compared(Bench(stage="approved")))["repair_at_home"]
    costs = {one["code"]: one for one in home["costs"]}
    assert costs["duty_home"]["paid_by"] == "merchant"
    assert (costs["duty_home"]["if_proven"]["amount"], costs["duty_home"]["note"]) == ("0.00", "relief wants: permit")
    assert "repair.authorisation" in costs["duty_back"]["note"]
    assert Decimal(home["total_if_proven"]["amount"]) < Decimal(home["total"]["amount"])
    assert [leg["purpose"] for leg in home["legs"]] == ["repair_out", "repaired_back"]
    assert home["days_max"] > home["days_min"] > 0


def test_an_option_with_an_unknown_part_has_no_total_and_ranks_behind_every_one_that_has() -> None:
    told = compared(Bench(stage="approved"), STONE)
    for code in ("repair_here", "repair_at_home"):
        option = by_code(told)[code]
        assert option["total"] is None
        assert "work.stone_set" in option["unknown"]
        assert all(one["note"] for one in option["costs"] if one["amount"] is None)
    assert by_code(told)["repair_here"]["why_not"] == ["does_no_stone_set"]
    assert [one["code"] for one in told["order"]] == [
        "refund_without_return", "exchange", "repair_at_home", "repair_here",
    ]  # fmt: skip


def test_what_costs_everybody_is_what_costs_the_customer_and_the_merchant() -> None:
    for option in compared(Bench(stage="approved"))["options"]:
        whole, theirs, ours = (Decimal(option[n]["amount"]) for n in ("total", "customer_pays", "merchant_pays"))
        assert whole == theirs + ours


def test_a_warranty_costs_the_customer_nothing_and_the_house_what_the_work_is_worth() -> None:
    told = by_code(compared(Bench("warranty", "quality", stage="approved")))
    for code in ("repair_here", "repair_at_home"):
        assert told[code]["customer_pays"]["amount"] == "0.00", told[code]["costs"]
        assert Decimal(told[code]["merchant_pays"]["amount"]) > 50


def test_a_piece_worth_more_than_the_partner_takes_is_not_given_to_it() -> None:
    dear = replace(THE_RING, price=Money(Decimal(9000), "EUR"))
    told = compared(Bench(stage="approved", item=dear))
    assert by_code(told)["repair_here"]["why_not"] == ["worth_more_than_it_takes"]
    assert told["order"][-1]["code"] == "repair_here"


@pytest.mark.parametrize("stage", ["in_transit", "arrived", "inspected"])
def test_once_the_piece_has_left_its_way_home_is_no_cost_any_more(stage: Any) -> None:
    told = by_code(compared(Bench(stage=stage)))
    assert told["repair_here"]["why_not"] == ["the_piece_has_left"]
    assert [leg["purpose"] for leg in told["repair_at_home"]["legs"]] == ["repaired_back"]
    assert not {"freight_home", "duty_home"} & {one["code"] for one in told["repair_at_home"]["costs"]}


def test_a_country_without_a_partner_has_three_ways_and_an_unknown_carriage_is_said() -> None:
    told = compared(Bench(stage="approved", customer_country="JP"))
    assert [one["code"] for one in told["options"]] == ["repair_at_home", "refund_without_return", "exchange"]
    home = by_code(told)["repair_at_home"]
    assert home["total"] is None
    assert {"freight_home", "freight_back"} <= set(home["unknown"])


def test_nothing_of_a_comparison_is_kept() -> None:
    bench = Bench(stage="approved")
    before = bench.file.case
    compared(bench)
    assert bench.file.case == before


def test_what_cannot_be_compared_is_refused() -> None:
    bench = Bench(stage="approved")
    with pytest.raises(InvalidRequestError):
        compared(bench, Operation("resize", 1, {}))
    with pytest.raises(NotFoundError):
        compare_repairs(bench.ports, "nobody", RepairWish((UP_TWO,)), now=MONDAY)
    bench.put("closed")
    with pytest.raises(ConflictError):
        compared(bench)
