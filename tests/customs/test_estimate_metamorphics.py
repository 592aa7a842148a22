"""How an estimate must change, or must not, when what is asked changes in a known way."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.api.bodies import EstimateBody
from chalicelib.customs.answer import Charge, Estimate
from chalicelib.customs.estimate import estimate
from chalicelib.customs.explain import explained
from chalicelib.customs.facts import EstimateRequest, Line, RateQuote
from chalicelib.customs.tariff_book import programs_held
from chalicelib.errors import ReturnsError
from chalicelib.money import Money
from chalicelib.rulebook import CONFIDENCES, effective_dates
from tests.customs.asking import request
from tests.customs.drawn import CURRENCY, requests
from tests.examples import some

CITED = re.compile(r"\((customs/[a-z0-9_/]+)@(\d{4}-\d{2}-\d{2})\)")
# Charged by the piece or the item type, or only up to a value: there more worth may cost less.
STEPS = {"flat_duty", "personal_articles_tax"}


def charges(answer: Estimate) -> list[Charge]:
    return [*(duty for line in answer.lines for duty in line.duties), *answer.taxes, *answer.fees]


def is_stepwise(*answers: Estimate) -> bool:
    return any(charge.code in STEPS for answer in answers for charge in charges(answer))


def a_cent_each(answer: Estimate) -> Decimal:
    """What rounding may move: a step for each charge (Japan's is 100 yen on a base cut to 1,000)."""
    step = {"JPY": Decimal(1300), "KRW": Decimal(2), "INR": Decimal(2)}.get(answer.currency or "", Decimal("0.02"))
    return step * (len(charges(answer)) + 2)


@settings(max_examples=some(400))
@given(requests())
def test_proof_never_makes_an_entry_dearer_and_no_relief_pays_money_out(asked: EstimateRequest) -> None:
    answer = estimate(asked)
    if answer.complete:
        assert answer.total_if_proven is not None
        assert Decimal(0) <= answer.total_if_proven <= (answer.total or 0) <= (answer.total_without_relief or 0)


@settings(max_examples=some(400))
@given(requests())
def test_the_vintage_cited_is_the_latest_of_its_day_and_never_a_later_one(asked: EstimateRequest) -> None:
    for charge in charges(estimate(asked)):
        for dataset, day in CITED.findall(charge.rule):
            before = [each for each in effective_dates(dataset) if each <= asked.entry_on]
            assert before[-1] == date.fromisoformat(day)


@settings(max_examples=some(300))
@given(requests(), st.integers(1, 900))
def test_a_later_entry_never_uses_an_earlier_vintage(asked: EstimateRequest, days: int) -> None:
    later = replace(asked, entry_on=asked.entry_on + timedelta(days=days))
    first, second = (dict(CITED.findall(" ".join(c.rule for c in charges(estimate(one))))) for one in (asked, later))
    assert all(first[dataset] <= second[dataset] for dataset in first.keys() & second.keys())


@settings(max_examples=some(300))
@given(requests())
def test_every_charge_that_counts_has_a_rule_and_a_source_and_the_answer_is_no_surer(asked: EstimateRequest) -> None:
    answer = estimate(asked)
    counted = [charge for charge in charges(answer) if charge.in_total]
    assert all(charge.rule and charge.source in answer.sources for charge in counted if answer.complete)
    weakest = max((CONFIDENCES.index(charge.confidence) for charge in counted), default=0)
    assert CONFIDENCES.index(answer.confidence) >= weakest


@settings(max_examples=some(300))
@given(requests())
def test_without_an_origin_there_is_no_total_and_it_is_said(asked: EstimateRequest) -> None:
    nameless = replace(asked, lines=(replace(asked.lines[0], origin=None), *asked.lines[1:]))
    answer = estimate(nameless)
    assert answer.total is None
    if answer.currency:
        assert "origin_required" in answer.reasons


@settings(max_examples=some(300))
@given(requests())
def test_a_line_worth_nothing_is_never_charged_nothing(asked: EstimateRequest) -> None:
    free = replace(asked.lines[0], value=Money(Decimal(0), asked.lines[0].value.currency))
    answer = estimate(replace(asked, lines=(free, *asked.lines[1:])))
    assert (answer.complete, answer.total) == (False, None)


@settings(max_examples=some(300))
@given(requests())
def test_the_order_of_the_lines_changes_nothing_but_the_last_cent(asked: EstimateRequest) -> None:
    one, other = estimate(asked), estimate(replace(asked, lines=asked.lines[::-1]))
    assert one.complete == other.complete
    if one.total_without_relief is not None and other.total_without_relief is not None:
        assert abs(one.total_without_relief - other.total_without_relief) <= a_cent_each(one)


def halved(line: Line) -> Line:
    return replace(line, quantity=line.quantity // 2, value=Money(line.value.amount / 2, line.value.currency))


@settings(max_examples=some(300))
@given(requests())
def test_two_half_lines_cost_what_one_whole_line_costs(asked: EstimateRequest) -> None:
    """Of one consignment: splitting the *parcel* may fall below a limit, splitting a line may not."""
    first = asked.lines[0]
    even = replace(first, quantity=first.quantity * 2, value=Money(first.value.amount * 2, first.value.currency))
    whole = replace(asked, lines=(even,))
    parts = replace(asked, lines=(halved(even), halved(even)))
    one, two = estimate(whole), estimate(parts)
    assert one.complete == two.complete
    assert [line.hs_code for line in two.lines] == [one.lines[0].hs_code] * 2
    if one.total_without_relief is not None and two.total_without_relief is not None:
        assert abs(one.total_without_relief - two.total_without_relief) <= a_cent_each(two)


@settings(max_examples=some(300))
@given(requests(), st.integers(1, 5000))
def test_more_worth_never_costs_less(asked: EstimateRequest, more: int) -> None:
    first = asked.lines[0]
    dearer = replace(first, value=Money(first.value.amount + more, first.value.currency))
    low, high = estimate(replace(asked, lines=(first,))), estimate(replace(asked, lines=(dearer,)))
    assume(not is_stepwise(low, high))
    assume([line.hs_code for line in low.lines] == [line.hs_code for line in high.lines])
    if low.total_without_relief is not None and high.total_without_relief is not None:
        assert low.total_without_relief <= high.total_without_relief + a_cent_each(high)


@settings(max_examples=some(300))
@given(requests())
def test_one_more_line_never_costs_less(asked: EstimateRequest) -> None:
    one = estimate(replace(asked, lines=asked.lines[:1]))
    more = estimate(replace(asked, lines=(asked.lines[0], *asked.lines)))
    assume(not is_stepwise(one, more))
    if one.total_without_relief is not None and more.total_without_relief is not None:
        assert one.total_without_relief <= more.total_without_relief + a_cent_each(more)


@settings(max_examples=some(200))
@given(requests(), st.integers(2, 900))
def test_money_in_another_currency_is_charged_at_the_given_rate(asked: EstimateRequest, tenths: int) -> None:
    """The same worth said in a currency of ten tenths of the destination's: nothing but rounding may differ."""
    home = CURRENCY[asked.destination]
    rate = Decimal(tenths) / 10
    worth = Decimal(5000)
    own = replace(asked, freight=None, insurance=None, repair=None)
    own = replace(own, lines=(replace(asked.lines[0], value=Money(worth * rate, home)),))
    told = replace(own, lines=(replace(own.lines[0], value=Money(worth, "NOK")),))
    quotes = {("NOK", home): RateQuote(rate, asked.entry_on, "agreed")}
    assert estimate(told, quotes).customs_value == estimate(own, quotes).customs_value


@settings(max_examples=some(200))
@given(requests())
def test_a_preference_never_costs_more_than_none(asked: EstimateRequest) -> None:
    with_it, without = estimate(asked), estimate(replace(asked, preference=None))
    if with_it.total_without_relief is not None and without.total_without_relief is not None:
        assert with_it.total_without_relief <= without.total_without_relief


@settings(max_examples=some(200))
@given(requests())
def test_freight_raises_the_value_of_a_cif_border_and_leaves_that_of_an_fob_one(asked: EstimateRequest) -> None:
    home = CURRENCY[asked.destination]
    fob = tuple(replace(line, value_basis="fob", value=Money(Decimal(900), home)) for line in asked.lines)
    quiet = replace(asked, lines=fob, retail_price_own_use=None, insurance=Money(Decimal(0), home))
    near, far = (estimate(replace(quiet, freight=Money(Decimal(paid), home))) for paid in (0, 100))
    if near.customs_value is None or far.customs_value is None:
        assert near.customs_value is far.customs_value
        return
    assert far.customs_value - near.customs_value in (0, 100)


@settings(max_examples=some(200))
@given(requests())
def test_scrap_gets_no_relief_for_what_it_once_was(asked: EstimateRequest) -> None:
    lines = tuple(
        replace(line, scrap=True, metal="gold", construction="solid", article="ring", hs_code=None, fineness=750)
        for line in asked.lines
    )
    answer = estimate(replace(asked, lines=lines))
    assert all(row.status == "not_eligible" for row in answer.relief)


@settings(max_examples=some(300))
@given(requests())
def test_both_explanations_name_the_total_or_give_none(asked: EstimateRequest) -> None:
    answer = estimate(asked).as_json()
    for text in explained(answer).values():
        assert text
        assert (answer["total_without_relief"] is None) or answer["customs_value"] in text


def test_a_member_state_pays_the_same_duty_as_its_neighbours_and_its_own_vat() -> None:
    def duty(country: str) -> Decimal | None:
        answer = estimate(request(destination=country, purpose="refund_return", lines=[{"value": "2000 EUR"}]))
        return answer.lines[0].duties[0].amount

    assert {duty(country) for country in ("FR", "DE", "IT", "MT", "BG")} == {Decimal("50.00")}


@pytest.mark.parametrize("territory", programs_held())
def test_the_day_before_the_first_vintage_is_refused_and_the_day_itself_is_not(territory: str) -> None:
    country = "FR" if territory == "EU" else territory
    first = effective_dates(f"customs/{territory.lower()}/program")[0]
    lines = [{"value": f"5000 {CURRENCY[country]}"}]
    before, on = (
        estimate(request(destination=country, purpose="refund_return", entry_on=day, lines=lines))
        for day in (first - timedelta(days=1), first)
    )
    assert before.reasons[0].startswith("rule_not_in_force")
    assert before.total is None
    assert f"rule_not_in_force:customs/{territory.lower()}/program" not in on.reasons


# --- ten thousand odd questions ---------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    None, "", "0", "-1", "NaN", "Infinity", "1e400", 0, -5, 10**30, True, [], {}, "X" * 300, "ring", "gold", "CN", "ZZ",
    "2026-02-30", "1900-01-01", "9999-12-31", "2026-11-22", {"amount": "0.00", "currency": "USD"},
    {"amount": "-4", "currency": "USD"}, {"amount": "1e9", "currency": "EUR"}, {"amount": "7", "currency": "XTS"},
    "\u202e",
)  # fmt: skip
GOOD: dict[str, Any] = {
    "destination": ["US", "CN", "GB", "FR", "CH", "JP", "KR", "SG", "HK", "AU", "CA", "AE", "IN", "TH", "MY", "ZZ"],
    "dispatched_from": ["DE", "CN", "US"],
    "entry_on": ["2019-01-01", "2024-02-29", "2025-04-09", "2026-02-24", "2026-11-22", "2030-01-01"],
    "purpose": ["refund_return", "repaired_back", "exchange_replacement", "repair_out", "loan_or_sample"],
    "entry": [None, "formal", "informal"],
    "channel": ["express", "post"],
    "consignee": ["consumer", "merchant"],
    "region": [None, "ON"],
    "freight": [None, {"amount": "10.00", "currency": "USD"}],
}
LINE: dict[str, Any] = {
    "article": ["ring", "necklace", "watch", "bar", "coin", "other"],
    "metal": ["gold", "silver", "platinum", "base"],
    "construction": ["solid", "clad", "plated"],
    "stones": ["none", "diamond", "pearl"],
    "fineness": [None, 1, 20, 750, 999],
    "origin": [None, "CN", "IT", "RU", "CU"],
    "quantity": [1, 7],
    "value": [{"amount": "1200.00", "currency": "USD"}, {"amount": "0.01", "currency": "JPY"}],
    "hs_code": [None, "7113.19.50", "9999", "7108"],
}


def odd_body(dice: random.Random) -> dict[str, Any]:
    body = {name: dice.choice(values) for name, values in GOOD.items()}
    body["lines"] = [{name: dice.choice(values) for name, values in LINE.items()} for _ in range(dice.randint(1, 3))]
    places = (body, body["lines"][0])
    for _ in range(dice.choice((0, 0, 1, 2))):
        where = dice.choice(places)
        where[dice.choice(sorted(where))] = dice.choice(ODD)
    return body


def test_odd_questions_are_answered_answered_in_part_or_refused_by_field() -> None:
    dice = random.Random(20261122)
    ends = {"answered": 0, "in part": 0, "refused": 0}
    for _ in range(some(10_000)):
        body = odd_body(dice)
        try:
            answer = estimate(EstimateBody.model_validate(body).as_request())
        except (ValidationError, ReturnsError):
            ends["refused"] += 1
            continue
        assert answer.complete == (answer.total is not None)
        assert answer.complete or answer.reasons
        worth = any(charge.amount for charge in charges(answer))
        said = any(charge.rate == 0 or charge.rule for charge in charges(answer))
        assert not answer.complete or worth or said, body
        ends["answered" if answer.complete else "in part"] += 1
    assert all(ends.values()), ends
