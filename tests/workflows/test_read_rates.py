"""An entry at the rates of its day, and a declared value that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.rate_choice import NOTHING, RateBook
from chalicelib.customs.rate_sheets import Sheet
from chalicelib.errors import UnavailableError
from chalicelib.money import Money
from chalicelib.workflows.find_routes import rates_from
from chalicelib.workflows.read_rates import estimate_entry, implausible, metal_worth, papers_wait_for, reckon
from tests.customs.asking import request
from tests.customs.published import decimals
from tests.fakes.memory_ports import memory_ports
from tests.workflows.desk import REQUEST, Desk

TODAY = date(2026, 11, 22)
ECB = Sheet("ecb", date(2026, 11, 20), decimals({"USD": "1.25", "CNY": "8", "GBP": "0.8"}))
GOLD = Sheet("gold", date(2026, 11, 20), decimals({"USD": "4000", "GBP": "2500", "EUR": "3200"}))
BOOK = RateBook((ECB, GOLD))
LINE = {"value": "1200 USD", "net_weight_g": Decimal("5.20")}


def american(**line: Any) -> Any:
    return request(destination="US", purpose="refund_return", lines=[LINE | line])


def test_an_estimate_goes_by_the_sheets_of_the_table() -> None:
    ports = memory_ports().ports
    for sheet in (ECB, GOLD):
        assert ports.rates.keep(sheet, None)
    answer = estimate_entry(ports, american(value="1000 EUR"))
    assert answer.customs_value == Decimal("1250.00")
    assert answer.reasons[0] == "exchange_rate_not_customs_own:US"
    assert not [reason for reason in answer.reasons if "shipped" in reason or "metal_price" in reason]


def test_without_the_table_the_shipped_rates_answer_and_say_so_and_a_price_is_missed_once() -> None:
    twice = request(destination="US", purpose="refund_return", lines=[LINE | {"value": "1000 EUR"}] * 2)
    answer = reckon(replace(NOTHING, out_of_reach=True), twice)
    assert (answer.complete, answer.confidence) == (True, "low")
    said = ["day_rates_unavailable", "exchange_rate_shipped:2026-10-01", "exchange_rate_old:2026-10-01"]
    assert set(said) <= set(answer.reasons)
    assert answer.reasons.count("metal_price_unknown:gold") == 1


def test_where_no_currency_is_exchanged_no_rate_is_spoken_of() -> None:
    answer = reckon(replace(NOTHING, out_of_reach=True), american())
    assert not [reason for reason in answer.reasons if "rate" in reason]


def test_a_value_below_the_metal_is_said_with_both_figures_and_the_estimate_stays() -> None:
    answer = reckon(BOOK, american(value="90 USD"))
    assert "value_below_metal:90.00<501.55 USD" in answer.reasons
    assert (answer.complete, answer.customs_value) == (True, Decimal("90.00"))


def test_an_unknown_destination_and_a_day_before_every_rule_are_answered_as_before() -> None:
    nowhere = replace(american(), destination="BR")
    assert reckon(BOOK, nowhere).reasons[0] == "destination_unsupported"
    long_ago = replace(american(), entry_on=date(1999, 1, 1))
    assert reckon(BOOK, long_ago).reasons[0].startswith("rule_not_in_force")


def test_limits_are_compared_at_the_rates_of_the_day() -> None:
    assert rates_from("EUR", TODAY, BOOK)["EUR", "USD"] == Decimal("1.25")
    assert rates_from("EUR", TODAY)["EUR", "USD"] == Decimal("1.1298")


def test_the_metal_of_all_pieces_is_worth_the_sum_or_nothing_is_known() -> None:
    ring = REQUEST.items[0]
    two = replace(ring, quantity=2)
    one_ring = Decimal("401.24")  # 5.20 g x 0.750 at 3,200 euro
    assert metal_worth(BOOK, [two], TODAY) == Money(2 * one_ring, "EUR")
    assert metal_worth(BOOK, [ring, replace(ring, metal="silver", fineness=925)], TODAY) is None


def opened(**changed: Any) -> Any:
    desk = Desk()
    for sheet in (ECB, GOLD):
        assert desk.ports.rates.keep(sheet, None)
    wanted = replace(REQUEST, items=(replace(REQUEST.items[0], **changed),))
    return desk, desk.open(wanted, now=datetime(2026, 11, 23, 9, tzinfo=UTC)).body


def test_a_return_that_is_worth_less_than_its_metal_waits_for_a_person_with_both_figures() -> None:
    desk, answer = opened(price=Money(Decimal("90.00"), "EUR"))
    assert answer["stage"] == "review"
    wanted = "items.0 is declared at 90.00, and its metal alone is worth 401.24 EUR (value_below_metal)"
    assert f"decide: customs: {wanted}" in answer["next"]
    assert "value_below_metal:90.00<401.24 EUR" in answer["estimate"]["reasons"]
    assert not desk.waiting("steps")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"net_weight_g": Decimal("5.31")},
         "items.0 is said to hold 5.31 g of metal, and to weigh 5.3 g in all (net_above_gross)"),
        ({"fineness": 925},
         "items.0 is said to be gold 925, which nobody marks; the nearest mark is 917 (fineness_not_marked)"),
        ({"net_weight_g": Decimal("0.1"), "gross_weight_g": Decimal("0.2")},
         "items.0 is said to hold 0.1 g of metal; such a piece holds 0.3 to 80 g a ring (weight_cannot_be)"),
    ],
)  # fmt: skip
def test_a_weight_or_a_mark_that_cannot_be_waits_for_a_person_too(changed: dict[str, Any], told: str) -> None:
    _, answer = opened(**changed)
    assert answer["stage"] == "review"
    assert f"decide: customs: {told}" in answer["next"]


def test_a_plausible_return_goes_on_as_before() -> None:
    _, answer = opened()
    assert answer["stage"] == "approved"
    assert not [reason for reason in answer["estimate"]["reasons"] if "metal" in reason]


def test_what_is_only_said_stops_nothing() -> None:
    ring = replace(REQUEST.items[0], price=Money(Decimal("380.00"), "EUR"))
    found = implausible(BOOK, [ring], TODAY)
    assert [one.code for one in found] == ["value_close_to_metal"]
    assert papers_wait_for(found) == []


def test_a_table_out_of_reach_costs_no_estimate() -> None:
    world = memory_ports()

    def down(_keys: object) -> list[Any]:
        raise UnavailableError("the table is down")

    world.table.batch_get = down  # type: ignore[method-assign,assignment]
    answer = estimate_entry(world.ports, american(value="1000 EUR"))
    assert answer.complete
    assert "day_rates_unavailable" in answer.reasons


@pytest.mark.parametrize(("origin", "destination"), [("FR", "DE"), ("FR", "FR"), ("US", "US")])
def test_what_stays_in_one_customs_territory_is_not_charged(origin: str, destination: str) -> None:
    asked = replace(american(), dispatched_from=origin, destination=destination)
    answer = estimate_entry(memory_ports().ports, asked)
    assert (answer.complete, answer.total, answer.reasons) == (True, Decimal(0), ("no_customs_border",))


def test_a_place_where_customs_law_differs_is_no_inside() -> None:
    asked = replace(american(), dispatched_from="FR", destination="ES", region="Canary Islands")
    assert "no_customs_border" not in estimate_entry(memory_ports().ports, asked).reasons
