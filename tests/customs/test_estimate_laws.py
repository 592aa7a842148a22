"""What must hold of every estimate, whatever is asked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customs.estimate import estimate
from chalicelib.customs.facts import EstimateRequest, History
from tests.customs.asking import request
from tests.customs.drawn import CURRENCY, requests
from tests.examples import some


def amounts(rows: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows if row.get("in_total", True)), Decimal(0))


@settings(max_examples=some(600), deadline=None)
@given(requests())
def test_totals_are_sums_or_they_are_null_with_a_reason(asked: EstimateRequest) -> None:
    answer = estimate(asked).as_json()
    totals = [answer["total"], answer["total_if_proven"], answer["total_without_relief"]]
    if not answer["complete"]:
        assert totals == [None, None, None]
        assert answer["reasons"]
        return
    duties = [row for line in answer["lines"] for row in line["duties"]]
    whole = amounts(duties) + amounts(answer["taxes"]) + amounts(answer["fees"])
    assert Decimal(answer["total_without_relief"]) == whole
    total, hoped = Decimal(answer["total"]), Decimal(answer["total_if_proven"])
    assert Decimal(0) <= hoped <= total <= whole


@settings(max_examples=some(400), deadline=None)
@given(requests())
def test_every_relief_is_priced_against_the_same_sum_and_names_what_it_lacks(asked: EstimateRequest) -> None:
    answer = estimate(asked).as_json()
    for row in answer["relief"]:
        assert (row["status"] == "unproven") == bool(row["missing"])
        if row["due"] is not None and answer["complete"]:
            assert Decimal(row["due"]) + Decimal(row["saves"]) == Decimal(answer["total_without_relief"])
        if row["status"] == "not_eligible":
            assert row["why"]
            assert row["due"] is None


@settings(max_examples=some(300), deadline=None)
@given(requests())
def test_an_answer_is_plain_json_without_a_float_and_is_the_same_twice(asked: EstimateRequest) -> None:
    answer = estimate(asked).as_json()
    assert not list(floats(answer))
    assert json.loads(json.dumps(answer)) == answer == estimate(asked).as_json()


def floats(value: Any) -> Any:
    if isinstance(value, float | Decimal):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from floats(each)


@settings(max_examples=some(200), deadline=None)
@given(
    st.integers(200, 40_000),
    st.integers(2, 9),
    st.sampled_from(["CN", "US", "GB", "FR"]),
    st.sampled_from(["CN", "IT", "IN"]),
)
def test_ten_times_the_worth_is_ten_times_the_ad_valorem_charges(
    worth: int, factor: int, destination: str, origin: str
) -> None:
    """Whole hundreds keep every rate exact, so that no rounding stands between the two."""
    currency = CURRENCY[destination]

    def charged(value: int) -> Decimal:
        ring = {"value": f"{value} {currency}", "origin": origin}
        answer = estimate(request(destination=destination, purpose="refund_return", lines=[ring])).as_json()
        duties = [row for line in answer["lines"] for row in line["duties"]]
        return amounts(duties) + amounts(answer["taxes"])

    assert charged(worth * 100 * factor) == charged(worth * 100) * factor


@settings(max_examples=some(300), deadline=None)
@given(requests(), st.sampled_from(["export_reference", "same_state", "exported_on"]))
def test_knowing_less_never_makes_an_entry_cheaper(asked: EstimateRequest, forgotten: str) -> None:
    if asked.history is None:
        return
    fewer = {name: getattr(asked.history, name) for name in History.__dataclass_fields__} | {forgotten: None}
    blind = EstimateRequest(
        **{name: getattr(asked, name) for name in EstimateRequest.__dataclass_fields__ if name != "history"},
        history=History(**fewer),
    )
    seen, unseen = estimate(asked), estimate(blind)
    assert seen.complete == unseen.complete
    if seen.total is not None and unseen.total is not None:
        assert seen.total <= unseen.total


def test_a_rebate_kept_back_is_never_cheaper_than_one_repaid() -> None:
    past = {"exported_on": date(2026, 9, 1), "export_mode": "9610", "export_reference": "X", "same_state": True}
    home = {"destination": "CN", "purpose": "refund_return", "lines": [{"value": "1000 CNY"}]}
    kept, repaid = (estimate(request(**home, history=past | {"export_rebate": taken})) for taken in (True, False))
    assert kept.total == Decimal("220.40")
    assert repaid.total == 0


@pytest.mark.parametrize("offset", range(0, 2600, 13))
def test_every_day_since_2020_is_answered_or_refused_with_a_reason(offset: int) -> None:
    day = date(2020, 1, 1) + timedelta(days=offset)
    for destination, currency in CURRENCY.items():
        ring = {"value": f"5000 {currency}"}
        answer = estimate(request(destination=destination, purpose="refund_return", entry_on=day, lines=[ring]))
        assert answer.complete or answer.reasons
