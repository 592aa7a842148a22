"""The customer's page as facts: the ring on its way, at each stop; repairs, money, withdrawals; and never its worth."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import NotFoundError
from chalicelib.money import Money
from chalicelib.returns.case import Order
from chalicelib.returns.custody import HandOver
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.settlement import Settlement, SettlementLine
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.page_way import MOST_SCANS
from chalicelib.workflows.show_page import page_facts, show_page
from tests.faults.gate import Gate
from tests.faults.stories import CLAIRE, HOME_WAY, RING, _pushed, bought, open_ring
from tests.faults.world import MONDAY, World
from tests.workflows.bench import Bench, euros

DAY = timedelta(days=1)
UNTIL = MONDAY + 180 * DAY


def facts(world, now=None, *, opened=False):
    return page_facts(world.ports, world.ports.cases.file("case0001"), now or world.now, opened=opened)


@pytest.fixture(scope="module")
def stops():
    """The page at each stop of the ring's way home."""
    world, seen = World(Gate()), {}
    world.case_id = world.ask(lambda: open_ring(world)).body["case_id"]
    seen["opened"] = facts(world)
    world.pump()
    world.sweep_at(MONDAY + timedelta(hours=2))
    seen["booked"] = facts(world)
    number = bought(world)
    for stop in HOME_WAY.pushed:
        _pushed(world, number, stop)
    seen["moving"] = facts(world)
    _pushed(world, number, HOME_WAY.silent)
    seen["held"] = facts(world)
    for stop in HOME_WAY.then:
        _pushed(world, number, stop)
    seen["arrived"] = facts(world)
    return seen


def done(page):
    return [station.code for station in page.stations if station.state == "done"]


def here(page):
    return [station.code for station in page.stations if station.state == "here"]


@pytest.mark.parametrize(
    ("stop", "step", "behind", "next_one"),
    [
        ("opened", "preparing", ["accepted"], ["collected"]),
        ("booked", "courier", ["accepted"], ["collected"]),
        ("moving", "under_way", ["accepted", "collected"], ["arrived"]),
        ("held", "held", ["accepted", "collected"], ["arrived"]),
        ("arrived", "arrived", ["accepted", "collected", "arrived"], ["checked"]),
    ],
)
def test_the_page_says_where_the_ring_is_and_what_comes_next(stops, stop, step, behind, next_one):
    page = stops[stop]

    assert (page.step, done(page), here(page)) == (step, behind, next_one)


def test_the_hours_of_the_courier_are_told_and_papers_are_there_to_print(stops):
    page = stops["booked"]

    assert page.notice.pickup.on == date(2026, 11, 24)
    assert {paper.name for paper in page.papers} >= {"label", "return_invoice"}
    assert "insurance_declaration" not in {paper.name for paper in page.papers}
    assert page.packing


def test_papers_and_packing_are_gone_once_the_parcel_moves(stops):
    assert (stops["moving"].papers, stops["moving"].packing) == ((), ())


def test_scans_are_told_newest_first_and_without_a_place(stops):
    scans = stops["arrived"].scans

    assert scans[0].code == "delivered"
    assert [one.at for one in scans] == sorted((one.at for one in scans), reverse=True)
    assert len(scans) <= MOST_SCANS
    assert "GUANGZHOU" not in repr(scans)


def test_every_station_behind_has_its_day(stops):
    assert all(one.at for one in stops["arrived"].stations if one.state == "done")


SECRETS = (
    RING.sku, RING.description, RING.serial, "1180", "18K", "gold", "diamond", "ring", CLAIRE.name, CLAIRE.email,
    CLAIRE.phone, "1 rue Exemple", "75002",
)  # fmt: skip


@pytest.mark.parametrize("stop", ["opened", "booked", "moving", "held", "arrived"])
def test_no_fact_of_the_page_tells_what_is_in_the_parcel_or_whose_it_is(stops, stop):
    told = repr(asdict(replace(stops[stop], opened=False)))

    assert [secret for secret in SECRETS if re.search(rf"\b{re.escape(secret)}\b", told)] == []


def linked(bench):
    return bench.ports.links.make(bench.case_id, "goldthread", MONDAY, UNTIL)


@pytest.mark.parametrize("order", ["SO-1001", "so-1001", " SO - 1001 ", "#SO-1001"])
def test_the_order_number_opens_the_page_however_it_is_written(order):
    bench = Bench()

    assert show_page(bench.ports, linked(bench), MONDAY, order=order).facts.opened


@pytest.mark.parametrize("order", [None, "", "SO-1002", "SO-100", "SO-1001x", "ＳＯ-1001"])
def test_nothing_else_opens_it(order):
    bench = Bench()

    assert not show_page(bench.ports, linked(bench), MONDAY, order=order).facts.opened


@pytest.mark.parametrize("token", ["", "A" * 48, "../" * 16])
def test_a_token_that_opens_nothing_finds_no_page(token):
    with pytest.raises(NotFoundError):
        show_page(Bench().ports, token, MONDAY)


def a_quote():
    bench = Bench()
    bench.order()
    bench.take_in()
    bench.offer()
    return bench


def seen(bench, *, opened=False, now=MONDAY):
    return page_facts(bench.ports, bench.file, now, opened=opened)


def test_a_quote_asks_for_an_answer_by_its_day_and_hides_its_amounts():
    page = seen(a_quote())

    assert (page.step, page.until) == ("quote", MONDAY + 14 * DAY)
    assert (page.quote.state, page.quote.lines, page.quote.total) == ("offered", (), None)


def test_an_opened_quote_has_its_lines_under_plain_words():
    page = seen(a_quote(), opened=True)

    assert [line.word for line in page.quote.lines] == ["work", "material", "freight_back", "duty_back"]
    assert page.quote.total == euros("395.31")


def test_an_answered_quote_is_told_and_no_longer_asks():
    bench = a_quote()
    bench.answer()
    page = seen(bench)

    assert (page.quote.state, page.step == "quote") == ("approved", False)


def test_the_way_of_a_repair_leads_back_to_its_owner():
    codes = [station.code for station in seen(Bench()).stations]

    assert codes == ["accepted", "collected", "arrived", "checked", "repaired", "sent_out", "home"]


def a_settlement(bench, **more):
    line = SettlementLine("price", euros("1180.00"), "price_paid", "paid", line=1, pieces=1)
    lines = (line, SettlementLine("metal_missing", euros("-20.00"), "r", "s"), replace(line, amount=euros("10.00")))
    known = {
        "case_id": bench.case_id, "n": 1, "kind": "refund", "state": "approved", "total": euros("1170.00"),
        "lines": lines, "reason": "accepted", "proposed_by": "a", "proposed_role": "agent", "proposed_at": MONDAY,
        "deadline": MONDAY + 9 * DAY,
    }  # fmt: skip
    return Settlement(**{**known, **more})


def settled(stage="settling", **more):
    bench = Bench("refund", "change_of_mind", stage="settling")
    bench.put(stage, a_settlement(bench, **more))
    return bench


def test_a_settlement_is_told_with_its_day_and_without_its_amount():
    page = seen(settled())

    assert (page.step, page.until) == ("settling", MONDAY + 9 * DAY)
    assert (page.settlement.state, page.settlement.lines, page.settlement.total) == ("ready", (), None)


def test_lines_of_one_word_are_one_line():
    page = seen(settled(), opened=True)

    assert {one.word: one.money for one in page.settlement.lines} == {
        "price": euros("1190.00"), "deduction": euros("-20.00"),
    }  # fmt: skip


def test_a_settlement_that_was_taken_back_is_not_told():
    assert seen(settled(state="withdrawn")).settlement is None


def test_a_return_that_was_paid_is_done_where_it_was_paid():
    page = seen(settled("closed", state="done", paid_at=MONDAY))

    assert (page.step, page.settlement.state) == ("closed", "paid")
    assert here(page) == []
    assert "settled" in done(page)


def test_a_cancelled_return_shows_no_road_ahead_and_nothing_to_open():
    page = seen(settled("cancelled"))

    assert page.step == "cancelled"
    assert {station.state for station in page.stations} <= {"done"}
    assert not page.has_something_to_open


def test_money_given_before_the_piece_is_back_claims_no_arrival():
    bench = Bench("refund", "change_of_mind", stage="approved")
    bench.put("settling", a_settlement(bench))

    assert done(seen(bench)) == ["accepted"]


def test_a_look_at_the_piece_is_a_station_behind():
    bench = Bench("refund", "change_of_mind", stage="inspected")
    bench.put("inspected", Inspection(bench.case_id, 1, 1, MONDAY, "a", None, "accepted", ()))

    assert done(seen(bench))[-1] == "checked"


def recent(**more):
    """A refund within its fourteen days."""
    return Bench("refund", "change_of_mind", stage="approved", **more)


def test_a_consumer_of_the_union_may_withdraw_and_is_told_until_when():
    right = seen(recent()).withdrawal

    assert right.declared_at is None
    assert right.until is not None


def test_where_the_law_gives_no_right_none_is_offered():
    assert seen(recent(customer_country="US")).withdrawal is None


def test_a_right_that_is_surely_over_is_not_offered():
    old = Order("SO-1001", date(2025, 1, 2), date(2025, 1, 9))

    assert seen(Bench("repair", "repair", order=old)).withdrawal is None


def test_what_the_customer_noted_of_the_packing_is_shown_as_noted():
    bench = recent()
    row = HandOver(bench.case_id, 1, MONDAY, "customer", "carrier", "packed", "customer", "parcel", Decimal(120))
    bench.put("approved", row)

    assert seen(bench).packed_at == MONDAY


def test_a_case_that_waits_for_photos_asks_for_them_first():
    bench = recent()
    amend(
        bench.ports, bench.case_id, MONDAY,
        lambda case: Amendment(replace(case, stage="review"), "set_by_the_test"),
    )  # fmt: skip

    assert seen(bench).step in ("review", "evidence")


def test_after_too_many_wrong_orders_even_the_right_one_opens_nothing():
    bench = Bench()
    token = linked(bench)
    for _ in range(10):
        bench.ports.links.count_wrong_order(token)
    page = show_page(bench.ports, token, MONDAY, order="SO-1001").facts

    assert (page.opened, page.closed_to_orders) == (False, True)


def test_no_amount_is_in_the_facts_before_it_is_opened():
    assert not [one for one in asdict(seen(settled())).values() if isinstance(one, Money)]
    assert "1170" not in repr(seen(settled()))
