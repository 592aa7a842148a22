"""The rules of repairs: sourced, dated, whole, and in the same words as the rules of the scale."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.errors import RuleNotInForce
from chalicelib.returns.quotes import PricedMetal, metal_line, moved_by
from chalicelib.returns.repair import Operation
from chalicelib.returns.repair_clock import ready_by
from chalicelib.returns.repair_rules import faults_of, rules_of_repair
from chalicelib.returns.weigh_rules import rules as weighing
from chalicelib.rulebook import load
from tests.returns.requests_of import merchant

ON = date(2026, 11, 22)
RULES = rules_of_repair(ON)


def codes(*operations: Operation, pieces: tuple[int, ...] = (1,)) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in faults_of(operations, pieces, RULES)}


def test_every_row_cites_a_source_that_was_read_and_says_how_sure_it_is() -> None:
    vintage = load("returns/repair", ON)
    rows = [row for table in ("terms", "fact", "operation", "progress", "price") for row in vintage.rules[table]]
    for row in rows:
        source = vintage.rules["source"][row["source"] - 1]
        assert source["title"]
        assert source["read_on"] <= ON
        assert row["confidence"] in ("high", "medium", "low")


def test_the_terms_are_the_house_proposals_of_the_reference() -> None:
    terms = RULES.terms
    assert (terms.quote_valid_days, terms.remind_after_days, terms.back_after_days) == (14, 14, 30)
    assert (terms.metal_moves, terms.ask_above_rel, terms.photos_at_least) == (Decimal("0.03"), Decimal("0.10"), 4)
    assert (terms.ask_above.amount, terms.ask_above.currency) == (Decimal("50.00"), "USD")
    assert terms.unclaimed_days == (30, 60, 90, 180)
    assert terms.confidence == "low"


def test_every_operation_is_weighed_by_a_rule_or_by_a_person() -> None:
    known = {row.code for row in weighing(ON).operation}
    assert {code for code, row in RULES.operations.items() if not row.by_person} == known & set(RULES.operations)
    assert known <= set(RULES.operations)


def test_the_merchant_and_its_partners_price_only_work_that_there_is() -> None:
    shop = merchant()
    named = {row.operation for row in shop.repair_price} | {code for one in shop.partner for code in one.operations}
    named |= {row.operation for one in shop.partner for row in one.prices} | {row.operation for row in RULES.prices}
    assert named <= set(RULES.operations)


def test_a_scale_of_prices_is_never_sure() -> None:
    assert {row.confidence for row in RULES.prices} == {"low"}


def test_before_the_first_vintage_there_are_no_rules_to_borrow() -> None:
    with pytest.raises(RuleNotInForce):
        rules_of_repair(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"sizes": "2"}, None), ({"sizes": "-0.5"}, None), ({"sizes": "0"}, "malformed"),
        ({"sizes": "11"}, "malformed"), ({"sizes": "1e3"}, "malformed"), ({"sizes": "two"}, "malformed"),
        ({"sizes": "NaN"}, "malformed"),
        ({"width_mm": "-3"}, "malformed"), ({"width_mm": "31"}, "malformed"), ({"cut_metal": "sold"}, "malformed"),
        ({"cut_metal": "credited"}, None), ({"wings": "2"}, "not_asked"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_operation_is_read_strictly(said: dict[str, str], wrong: str | None) -> None:
    facts = {"sizes": "1", "width_mm": "3", "thickness_mm": "2"} | said
    found = codes(Operation("resize", 1, facts))
    assert found == ({(f"operations.0.facts.{next(iter(said))}", wrong)} if wrong else set())


@pytest.mark.parametrize("count", ["0", "1.5", "501", "-1"])
def test_a_count_is_a_whole_number(count: str) -> None:
    assert codes(Operation("retip", 1, {"count": count})) == {("operations.0.facts.count", "malformed")}


def test_an_order_is_of_one_line_of_the_return_each_work_once_and_measures_are_of_one_piece() -> None:
    polish, other = Operation("polish", 1, {}), Operation("rhodium", 2, {})
    assert codes() == {("operations", "required")}
    assert codes(polish, polish) == {("operations", "repeated")}
    assert ("operations.1.line", "another_line") in codes(polish, other, pieces=(1, 1))
    assert codes(Operation("polish", 0, {})) == {("operations.0.line", "no_such_line")}
    assert codes(Operation("gild", 1, {})) == {("operations.0.code", "unknown_operation")}
    resize = Operation("resize", 1, {"sizes": "1", "width_mm": "3", "thickness_mm": "2"})
    assert codes(resize, pieces=(2,)) == {("operations.0.line", "several_pieces")}


def test_metal_is_fine_weight_times_the_price_of_a_named_day() -> None:
    price = PricedMetal("gold", Decimal("3110.34768"), "USD", date(2026, 11, 20), "a fixing", "high")
    line = metal_line(1, Decimal("0.8"), 750, price, "r")
    assert (line.fine_g, line.amount and line.amount.amount) == (Decimal("0.6"), Decimal("60.00"))
    assert line.source == "a fixing"
    assert "2026-11-20" in (line.note or "")


@pytest.mark.parametrize(
    ("then", "now", "by"), [("2000", "2060", "0.03"), ("2000", "1940", "0.03"), ("2000", "2000", "0")]
)
def test_a_price_has_moved_up_or_down_by_a_part_of_what_it_was(then: str, now: str, by: str) -> None:
    assert moved_by(Decimal(then), Decimal(now)) == Decimal(by)


def test_days_at_the_bench_are_the_working_days_of_its_country_and_unknown_without_a_calendar() -> None:
    assert ready_by("CN", date(2026, 11, 23), 10) == date(2026, 12, 7)
    assert ready_by("ZZ", date(2026, 11, 23), 10) is None
