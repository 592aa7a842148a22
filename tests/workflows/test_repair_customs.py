"""What customs are told of a repair on both ways: nothing is guessed, what was agreed is its value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.repair import CustomsChoice, Operation
from chalicelib.workflows.repair_customs import repair_facts, repaired_items, work_done
from tests.workflows.bench import MONDAY, UP_TWO, Bench, euros

ON = MONDAY.date()


def test_a_case_without_a_repair_tells_nothing() -> None:
    file = Bench().file
    assert (repair_facts(file, "out", ON), repair_facts(file, "home", ON), work_done(file)) == (None, None, None)
    assert repaired_items(file) == ()


def test_a_paid_repair_is_worth_its_work_and_what_was_put_in_by_the_quote_that_was_agreed_on() -> None:
    bench = Bench()
    bench.agreed()
    bench.tested()
    facts = repair_facts(bench.file, "out", ON)
    assert facts is not None
    assert (facts.charge, facts.parts, facts.freight_in) == (euros("38.00"), euros("20.74"), euros("42.00"))
    assert (facts.replaced, facts.under_warranty, facts.authorisation, facts.back_in_time) == (False, None, None, None)


def test_on_the_way_to_the_workshop_only_what_was_chosen_is_told_and_no_cost() -> None:
    bench = Bench(stage="approved")
    bench.order(customs=CustomsChoice(authorisation="OP-1", back_by=date(2026, 11, 23)))
    facts = repair_facts(bench.file, "home", ON)
    assert facts is not None
    assert (facts.authorisation, facts.charge, facts.parts) == ("OP-1", None, None)


@pytest.mark.parametrize(("on", "in_time"), [(date(2027, 5, 1), True), (date(2027, 5, 2), False)])
def test_a_piece_is_back_in_time_until_the_last_day_that_was_given(on: date, in_time: bool) -> None:
    bench = Bench()
    bench.order(customs=CustomsChoice(back_by=date(2027, 5, 1)))
    facts = repair_facts(bench.file, "out", on)
    assert facts is not None
    assert facts.back_in_time is in_time


def test_free_work_costs_nothing_and_is_worth_what_a_person_said() -> None:
    bench = Bench("warranty", "quality")
    proof = CustomsChoice(guarantee_proven=True, guarantee_proof="E1", fair_value=euros("40"))
    bench.order(Operation("polish", 1, {}), customs=proof)
    facts = repair_facts(bench.file, "out", ON)
    assert facts is not None
    assert (facts.under_warranty, facts.guarantee_proven, facts.charge) == (True, True, euros("0"))
    assert facts.fair_value == euros("40")


def test_the_piece_goes_back_with_the_weight_it_was_found_to_have_and_the_work_is_told_with_its_metal() -> None:
    bench = Bench()
    bench.agreed()
    bench.tested("4.63")
    bench.act("done")
    (item,) = repaired_items(bench.file)
    assert (item.gross_weight_g, item.net_weight_g) == (Decimal("4.63"), Decimal("4.53"))
    work = work_done(bench.file)
    assert work is not None
    assert (work.grams_added, work.metal_added, work.fineness_added) == (Decimal("0.43"), "gold", 750)
    assert (work.received_on, work.finished_on) == (ON, ON)
    assert "sizes 2" in (work.done or "")


def test_the_relief_of_the_way_back_is_proven_once_it_was_chosen_in_time() -> None:
    bench = Bench(stage="approved")
    bench.order(UP_TWO)
    without = {one.code: one.amount for one in bench.offer(dry_run=True).lines}["duty_back"]
    bench.act("declare", customs=CustomsChoice(authorisation="OP-FR-1", back_by=date(2027, 5, 1)))
    relieved = {one.code: one for one in bench.offer(dry_run=True).lines}["duty_back"]
    assert without is not None
    assert relieved.amount is not None
    assert relieved.amount < without
    assert (relieved.rule or "").startswith("EU-")


@pytest.mark.parametrize("relief", ["US-9802.00.50", "nothing"])
def test_a_relief_that_the_country_of_the_way_back_has_not_cannot_be_chosen(relief: str) -> None:
    bench = Bench(stage="approved")
    with pytest.raises(InvalidRequestError) as refused:
        bench.order(customs=CustomsChoice(relief=relief))
    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("customs.relief", "unknown_relief")
    (chosen, *_) = fault.detail.removeprefix("one of ").split(", ")
    bench.order(customs=CustomsChoice(relief=chosen))
    assert bench.repair.customs.relief == chosen


def test_where_no_border_lies_between_no_relief_can_be_chosen() -> None:
    bench = Bench(stage="approved")
    bench.order(place="ATELIER-FR")
    with pytest.raises(InvalidRequestError):
        bench.act("declare", customs=CustomsChoice(relief="EU-OP"))
