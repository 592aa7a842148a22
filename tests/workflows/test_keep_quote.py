"""Quotes: what they say, when they hold, what an answer does, what silence does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.money import Money
from chalicelib.returns.quotes import QuoteIncomplete
from chalicelib.returns.repair import Operation
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.keep_quote import QuoteNotOpen
from tests.workflows.bench import DAY, MONDAY, THE_RING, UP_TWO, Bench, euros


def asked() -> Bench:
    """A ring on the bench with a quote that waits."""
    bench = Bench()
    bench.order()
    bench.take_in()
    bench.offer()
    return bench


def test_a_quote_is_work_metal_at_the_price_of_a_day_freight_and_duty_of_the_way_back() -> None:
    (quote,) = asked().quotes
    told = {one.code: one.amount for one in quote.lines}
    assert told == {
        "work.resize": euros("38.00"), "metal_added": euros("20.74"), "freight_back": euros("42.00"),
        "duty_back": euros("294.57"),
    }  # fmt: skip
    assert (quote.total, quote.payable_to_us) == (euros("395.31"), euros("100.74"))
    assert (quote.metal_price, quote.metal_price_on) == (Decimal("2000.00"), "2026-11-20")
    assert quote.valid_until == MONDAY + 14 * DAY


def test_the_very_same_quote_again_is_quiet() -> None:
    bench = asked()
    assert bench.offer().is_new is False
    assert len(bench.quotes) == 1


def test_a_line_that_nobody_knows_keeps_the_quote_from_being_offered_until_a_person_gives_it() -> None:
    bench = Bench(customer_country="JP")
    bench.order(Operation("stone_set", 1, {"carat": "0.05"}))
    draft = bench.offer(dry_run=True)
    assert draft.total is None
    with pytest.raises(QuoteIncomplete) as refused:
        bench.offer()
    assert {(one.field, one.code) for one in refused.value.faults} >= {
        ("given.work.stone_set", "no_price_in_EUR"), ("given.stones.stone_set", "price_of_the_stone_not_given"),
        ("given.freight_back", "carriage_not_known_in_EUR"), ("given.duty_back", "cost_of_the_repair_not_known"),
    }  # fmt: skip
    known = {"work__stone_set": euros("55"), "stones__stone_set": euros("90"), "freight_back": euros("60")}
    made = bench.offer(**known, duty_back=euros("31"))
    assert made.quote is not None
    assert made.quote.total == euros("236")
    assert {one.given_by for one in made.quote.lines} == {"desk"}


def test_a_way_back_of_which_nobody_knows_who_pays_it_is_for_a_person_and_not_on_the_customer() -> None:
    bench = Bench()
    plan = bench.file.plan
    undecided = {"freight_paid_by": None, "freight": [{"way": "home", "paid_by": None, "refunded": None}]}
    answer = {**plan.answer, "decision": {**plan.answer["decision"], **undecided}}
    open_yet = replace(plan, answer=answer)
    amend(bench.ports, bench.case_id, MONDAY, lambda case: Amendment(case, "set_by_the_test", plan=open_yet))
    bench.order()
    line = next(one for one in bench.offer(dry_run=True).lines if one.code == "freight_back")
    assert (line.amount, line.note) == (None, "payer_not_decided")


def test_without_a_price_of_the_metal_nothing_is_made_up() -> None:
    bench = Bench(item=replace(THE_RING, metal="platinum", fineness=950))
    bench.order()
    draft = {one.code: one for one in bench.offer(dry_run=True).lines}
    assert (draft["metal_added"].amount, draft["metal_added"].note) == (None, "metal_price_unknown")


def test_metal_that_is_cut_off_is_credited_by_weight_only_where_the_customer_wants_that() -> None:
    smaller = {**UP_TWO.facts, "sizes": "-2"}
    bench = Bench()
    bench.order(Operation("resize", 1, smaller))
    assert "metal_credited" not in {one.code for one in bench.offer(dry_run=True).lines}
    bench.act("change", operations=(Operation("resize", 1, {**smaller, "cut_metal": "credited"}),))
    lines = {one.code: one.amount for one in bench.offer(dry_run=True).lines}
    assert lines["metal_credited"] == euros("-20.74")


def test_a_yes_is_proven_by_the_line_of_the_log_that_is_written_with_it_and_twice_is_quiet() -> None:
    bench = asked()
    first = bench.answer()
    version = bench.file.case.version
    assert bench.answer() == first
    assert bench.file.case.version == version
    line = bench.file.log[-1]
    assert (line.what, f"1-1@{line.n}") == ("quote_approved", first.consent_id)
    assert bench.repair.consent == "1-1"


@pytest.mark.parametrize("price", ["2060.00", "1940.00"])
def test_a_yes_after_the_metal_moved_three_per_cent_is_refused_and_the_new_version_stands(price: str) -> None:
    bench = asked()
    bench.fix((MONDAY + DAY).date(), price)
    with pytest.raises(QuoteNotOpen, match=r"metal_moved.*1-2 stands now"):
        bench.answer(now=MONDAY + 2 * DAY)
    assert [(one.state, one.why) for one in bench.quotes] == [("replaced", "metal_moved"), ("offered", None)]
    assert bench.repair.consent is None
    bench.answer("1-2", now=MONDAY + 2 * DAY)
    assert bench.repair.consent == "1-2"


def test_a_metal_that_moved_less_is_no_reason_to_ask_again() -> None:
    bench = asked()
    bench.fix((MONDAY + DAY).date(), "2059.99")
    assert bench.answer(now=MONDAY + 2 * DAY).state == "approved"


def test_a_yes_after_fourteen_days_is_refused_and_the_new_version_stands() -> None:
    bench = asked()
    bench.fix_every_day()
    with pytest.raises(QuoteNotOpen, match="expired"):
        bench.answer(now=MONDAY + 14 * DAY)
    assert [one.state for one in bench.quotes] == ["replaced", "offered"]


def test_an_answer_to_a_version_that_was_replaced_says_which_stands() -> None:
    bench = asked()
    bench.offer(freight_back=euros("50"))
    with pytest.raises(QuoteNotOpen, match=r"1-1 is replaced.*1-2 stands now"):
        bench.answer("1-1")


def test_another_answer_than_was_given_is_refused() -> None:
    bench = asked()
    bench.answer()
    with pytest.raises(QuoteNotOpen):
        bench.answer(approve=False)


def test_a_no_sends_the_piece_back_as_it_is_once() -> None:
    bench = asked()
    bench.answer(approve=False)
    bench.answer(approve=False)
    bench.look_when_due(MONDAY)
    assert (bench.repair.state, bench.repair.why) == ("unrepaired", "quote_refused")
    assert bench.sent_out == [("unrepaired", 1)]


def test_a_no_before_the_piece_has_come_sends_it_back_when_it_has() -> None:
    bench = Bench(stage="in_transit")
    bench.order()
    bench.offer()
    bench.answer(approve=False)
    bench.look_when_due(MONDAY)
    assert bench.sent_out == []
    bench.put("received")
    assert bench.repair.due_at is not None
    bench.look_when_due(bench.repair.due_at)
    assert bench.sent_out == [("unrepaired", 1)]


def test_silence_reminds_after_fourteen_days_with_fresh_prices_and_gives_the_piece_back_after_thirty() -> None:
    bench = asked()
    bench.fix_every_day()
    bench.look_when_due(MONDAY + 7 * DAY)
    assert [one.reminded for one in bench.quotes] == [0]
    reminded = MONDAY + 14 * DAY
    bench.look_when_due(reminded)
    bench.alerts(reminded)
    assert [(one.state, one.reminded) for one in bench.quotes] == [("replaced", 1), ("offered", 1)]
    assert bench.open_kinds() == ["quote_unanswered"]
    for days in (21, 28, 29):
        bench.look_when_due(MONDAY + days * DAY)
    assert bench.repair.state == "taken_in"
    over = MONDAY + 30 * DAY
    bench.look_when_due(over)
    bench.alerts(over)
    assert (bench.repair.state, bench.repair.why) == ("unrepaired", "no_answer")
    assert bench.sent_out == [("unrepaired", 1)]
    assert bench.open_kinds() == []
    assert [one.due_at for one in bench.quotes] == [None] * len(bench.quotes)


def test_a_quote_that_cannot_be_made_anew_lapses_and_a_person_is_told_until_there_is_a_new_one() -> None:
    bench = asked()  # and no price of the metal is published any more
    bench.look_when_due(MONDAY + 14 * DAY)
    bench.alerts(MONDAY + 14 * DAY)
    assert [(one.state, one.why) for one in bench.quotes] == [("lapsed", "expired")]
    assert bench.open_kinds() == ["quote_to_renew"]
    bench.fix((MONDAY + 14 * DAY).date(), "2000.00")
    bench.offer(MONDAY + 15 * DAY)
    bench.look_when_due(MONDAY + 15 * DAY)
    bench.look("REPAIR", "1", MONDAY + 15 * DAY)
    bench.alerts(MONDAY + 15 * DAY)
    assert bench.open_kinds() == []


@pytest.mark.parametrize(("freight", "stands"), [("42.00", True), ("80.00", True), ("81.60", False), ("120.00", False)])
def test_a_dearer_version_within_a_tenth_and_fifty_dollars_stands_under_the_yes_and_beyond_it_the_work_stops(
    freight: str, stands: bool
) -> None:
    bench = asked()
    bench.answer()
    bench.act("start")
    made = bench.offer(freight_back=euros(freight))
    assert made.quote is not None
    assert (made.quote.state == "approved") is stands
    assert (bench.repair.consent is not None) is stands
    if not stands:
        with pytest.raises(ConflictError, match="stands still"):
            bench.act("test", gross_g=Decimal("4.63"), scale_id="S")
        bench.answer("1-2")
    bench.act("test", gross_g=Decimal("4.63"), scale_id="S")


def test_small_steps_do_not_add_up_to_a_large_one_without_asking() -> None:
    bench = asked()
    bench.answer()
    states = [bench.offer(freight_back=euros(sum_)).quote.state for sum_ in ("60", "75", "90")]  # type: ignore[union-attr]
    assert states == ["approved", "approved", "offered"]


def test_a_no_to_a_dearer_version_lets_the_work_go_on_within_what_was_agreed() -> None:
    bench = asked()
    bench.answer()
    bench.act("start")
    bench.offer(freight_back=euros("300"))
    bench.answer("1-2", approve=False)
    assert (bench.repair.state, bench.repair.consent) == ("in_work", "1-1")


def test_what_the_customer_pays_is_never_in_two_currencies() -> None:
    bench = asked()
    with pytest.raises(InvalidRequestError):
        bench.offer(freight_back=Money(Decimal(40), "USD"))


def test_an_unknown_quote_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        asked().answer("1-9")


def test_nobody_answers_a_quote_of_a_return_that_is_over() -> None:
    bench = asked()
    bench.put("closed")
    with pytest.raises(ConflictError):
        bench.answer()
    bench.look_when_due(MONDAY + timedelta(days=40))
    assert (bench.repair.state, bench.sent_out) == ("taken_in", [])
    assert [one.due_at for one in bench.quotes] == [None]
