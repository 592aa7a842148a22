"""No legal day of a refund passes without its alert, however the events come, are corrected or are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock import instant
from chalicelib.returns.custody import Receipt
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.inspection import PieceFound
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.change_pickup import cancel_pickup
from chalicelib.workflows.declare_withdrawal import declare, look
from chalicelib.workflows.read_settlements import read_settlements
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.watch_refund import begin, step_of
from tests.faults.stories import RING
from tests.workflows.settling import CASE, DAY, HOUR, MONDAY, SettlingHouse, eur, paid, request_paid

OTHER_RING = replace(RING, serial="GT-000999")


def moving(house: SettlingHouse, change: str, milestone: str) -> None:
    message = {"kind": "advance_case", "case_id": "case0001", "leg": 1, "change": change, "milestone": milestone}
    take_step(house.ports, message | {"at": "2026-11-24T10:00:00Z"}, house.now)


def with_a_courier() -> SettlingHouse:
    """Waybill and courier are booked, and nothing has moved."""
    house = SettlingHouse()
    house.desk.step("waybill")
    house.desk.step("pickup")
    return house


def test_the_clock_begins_with_the_parcels_first_scan_and_is_told_two_days_before_its_last():
    """Nobody proposes anything: the day is told all the same, and again, graver, once it has passed."""
    house = SettlingHouse(request_paid(pickup=None))
    house.now = MONDAY + DAY
    moving(house, "moving", "picked_up")
    assert house.clock is not None
    assert (house.clock.last_day, house.clock.rule) == ("2026-12-07", "returns/withdrawal@2021-01-01#W-EU")
    house.sweep(house.clock.alert_at - HOUR)
    assert house.open_kinds() == []
    house.sweep(house.clock.alert_at)
    assert house.open_kinds() == ["refund_due"]
    due = next(one for one in house.file.exceptions if one.kind == "refund_due")
    assert (due.severity, due.deadline) == ("high", house.clock.ends_at)
    house.sweep(house.clock.ends_at + HOUR)
    assert [one.severity for one in house.file.exceptions if one.kind == "refund_due"] == ["critical"]


def test_what_is_paid_closes_what_was_told_of_its_day():
    house = SettlingHouse().back()
    begin(house.ports, "case0001", house.now)
    assert house.clock is not None
    house.sweep(house.clock.alert_at + HOUR)
    assert house.open_kinds() == ["refund_due"]
    house.approved()
    house.work()
    assert (house.open_kinds(), house.clock.due_at) == ([], None)


def test_a_receipt_that_is_corrected_moves_the_day_and_what_was_told_of_it():
    house = SettlingHouse().back()
    begin(house.ports, "case0001", house.now)
    assert house.clock is not None
    before = house.clock.last_day
    house.sweep(house.clock.alert_at + HOUR)
    old = next(iter(house.file.parts.of(Receipt)))
    house.put(replace(old, received_at=old.received_at + 3 * DAY))
    take_step(house.ports, step_of("case0001"), house.now)
    house.work()
    assert house.clock.last_day > before
    told = [one for one in house.file.exceptions if one.status != "resolved"]
    assert [one.episode for one in told if one.kind == "refund_due"] in ([], [f"refund-due-{house.clock.last_day}"])


def test_while_the_law_lets_us_wait_nothing_is_told_and_it_is_looked_at_again():
    house = SettlingHouse(request_paid(pickup=None))
    house.put(Withdrawal("case0001", 1, MONDAY, "customer", "fr", in_time=True))
    begin(house.ports, "case0001", MONDAY)
    assert house.clock is not None
    assert (house.clock.ends_at, house.clock.due_at) == (None, MONDAY + 7 * DAY)
    for days in (8, 16, 24, 32, 40, 48):
        house.sweep(MONDAY + days * DAY)
    assert not {"refund_due", "part_stuck"} & set(house.open_kinds())


def test_a_courier_whom_we_booked_starts_the_clock_from_the_notice_and_the_alert_says_why():
    """Nothing is scanned, and still the day is told: where we collect, the law lets us wait for nothing."""
    house = with_a_courier()
    assert [entry.what for entry in house.file.log if entry.what == "pickup_booked"]
    assert house.clock is not None
    assert (house.clock.last_day, house.clock.because) == ("2026-12-07", "we_collect")
    house.sweep(house.clock.alert_at)
    (due,) = (one for one in house.file.exceptions if one.kind == "refund_due")
    assert "we_collect" in due.history[0].note
    told = read_settlements(house.ports, "case0001")["clocks"]
    assert [(one["starts"], one["assumed"], one["because"]) for one in told] == [("notice", True, "we_collect")]


@pytest.mark.parametrize("status", ["cancelled", "refused"])
def test_where_no_courier_comes_any_more_the_goods_are_waited_for_as_before(status):
    house = with_a_courier()
    pickup = house.desk.booking("pickup")
    house.ports.cases.save_booking(replace(pickup, status=status, due_at=None), pickup.status)
    begin(house.ports, "case0001", MONDAY)
    assert (house.clock.ends_at, house.clock.because) == (None, None)


def test_a_courier_who_is_called_off_sets_no_day_from_that_hour():
    house = with_a_courier()
    assert house.clock.because == "we_collect"
    cancel_pickup(house.ports, CASE, "1-1", holder="anna", now=MONDAY)
    house.work("steps")
    assert (house.clock.ends_at, house.clock.because) == (None, None)


def test_the_parcel_that_moves_with_our_courier_changes_nothing_of_its_clock():
    house = with_a_courier()
    before = house.clock
    house.now = MONDAY + DAY
    moving(house, "moving", "picked_up")
    assert house.clock == before


def test_an_exchange_without_a_refund_has_no_clock():
    house = SettlingHouse(replace(request_paid(), kind="exchange", reason="size"))
    moving(house, "moving", "picked_up")
    assert house.clock is None


def test_the_same_news_twice_writes_nothing():
    house = SettlingHouse().back()
    begin(house.ports, "case0001", house.now)
    version = house.file.case.version
    for _ in range(3):
        begin(house.ports, "case0001", house.now)
    assert house.file.case.version == version


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["FR", "GB", "KR", "TW", "CN", "AU", "US", "JP"]),
    st.sampled_from(["card", "bank_transfer", None]),
    st.integers(0, 6),
    st.lists(st.integers(1, 36), min_size=4, max_size=12),
)
def test_no_day_passes_without_its_alert_whatever_the_country_and_however_seldom_the_sweep(
    country, method, arrives, gaps
):
    """Whenever a sweep finds the day near or past, a person has been told before the sweep ends."""
    house = SettlingHouse(replace(request_paid(paid(method=method)), customer_country=country))
    house.now = MONDAY + arrives * DAY
    house.put(Receipt("case0001", 1, "SZX-1", house.now, "dock", None, None, None, "intact"), stage="received")
    take_step(house.ports, step_of("case0001"), house.now)
    for gap in gaps:
        house.sweep(house.now + timedelta(hours=gap * 5))
        clock = house.clock
        if clock is not None and clock.alert_at is not None and house.now >= clock.alert_at:
            due = [one for one in house.file.exceptions if one.kind == "refund_due" and one.status != "resolved"]
            assert [one.episode for one in due] == [f"refund-due-{clock.last_day}"]
            assert (due[0].severity == "critical") == (house.now >= clock.ends_at)


def test_the_day_of_a_settlement_is_the_day_of_the_clock():
    house = SettlingHouse().back()
    told = house.propose(by="max", role="manager", kind="refund")
    assert house.clock is not None
    assert instant(told["deadline"]) == house.clock.ends_at
    assert eur("1195.00").as_json() == told["total"]


def test_a_line_that_was_settled_without_its_return_ends_no_clock_of_the_line_that_came_back():
    house = SettlingHouse(request_paid(paid(total=paid().total + RING.price, pieces=2), items=(RING, OTHER_RING)))
    house.arrived()
    house.approved(kind="refund_without_return", lines=((2, 1),))
    house.work()
    begin(house.ports, CASE, house.now)
    house.sweep(house.clock.alert_at)
    assert house.open_kinds() == ["refund_due"]


def test_a_line_whose_refund_is_only_proposed_keeps_its_day_though_another_line_was_paid():
    house = SettlingHouse(request_paid(paid(total=paid().total + RING.price, pieces=2), items=(RING, OTHER_RING)))
    house.arrived()
    house.inspected(*(PieceFound(n, 1, 1, "as_sold", accepted_net_g=RING.net_weight_g) for n in (1, 2)))
    house.approved(lines=((1, 1),))
    house.work()
    begin(house.ports, CASE, house.now)
    house.propose(lines=((2, 1),))
    begin(house.ports, CASE, house.now)
    assert house.clock.due_at is not None
    house.sweep(house.clock.alert_at)
    assert "refund_due" in house.open_kinds()


def test_a_withdrawal_that_is_declared_when_the_goods_are_here_starts_the_clock_of_the_law_at_once():
    house = SettlingHouse(request_paid(kind="exchange", customer_country="KR"))
    house.arrived()
    declare(house.ports, CASE, by="customer", now=house.now)
    house.work("steps", "payments", "alerts")
    assert (house.clock.rule.rpartition("#")[2], house.clock.last_day) == ("W-KR", "2026-11-26")


def test_what_was_given_freely_before_does_not_keep_the_day_of_a_withdrawal_from_being_told():
    house = SettlingHouse(request_paid(kind="exchange"))
    house.arrived()
    house.propose("goodwill", amount=eur("20.00"))
    house.work()
    declare(house.ports, CASE, by="customer", now=house.now)
    (one,) = house.file.parts.of(Withdrawal)
    look(house.ports, CASE, one.part_id, one.refund_by)
    assert "withdrawal_refund_due" in house.open_kinds()


def test_where_the_bank_gave_everything_back_no_day_is_told_of_any_more():
    house = SettlingHouse().back()
    begin(house.ports, CASE, house.now)
    lost = Dispute(CASE, "d-1", "visa", "13.7", "lost", eur("1195.00"), house.now, "desk")
    house.put(replace(lost, gave_back=eur("1195.00"), lines=((1, 1),)))
    begin(house.ports, CASE, house.now)
    assert house.clock.due_at is None
