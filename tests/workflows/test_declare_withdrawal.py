"""A customer withdraws: taken at any stage, written down once, its clocks started, never refused by a machine."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.returns.case import Order
from chalicelib.returns.grounds import Ground
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.rulebook import in_force
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.declare_withdrawal import deadlines, declare, look
from chalicelib.workflows.judge_withdrawal import Judged, first_look, next_look
from tests.faults.stories import RING
from tests.workflows.desk import MONDAY, REQUEST, Desk

LATE = replace(REQUEST, order=Order("SO-1001", date(2026, 8, 1), date(2026, 8, 12)), reason="change_of_mind")
BY_POST = replace(REQUEST, pickup=None)
TWO = replace(REQUEST, items=(RING, replace(RING, sku="R-18K-02", serial="GT-0002")))


def opened(request=REQUEST) -> Desk:
    desk = Desk()
    desk.open(request)
    return desk


def declared(desk: Desk, now=MONDAY, **said):
    return declare(desk.ports, "case0001", **({"by": "customer", "now": now} | said))


def parts(desk: Desk) -> tuple[Withdrawal, ...]:
    return desk.file.parts.of(Withdrawal)


def kinds(desk: Desk) -> list[str]:
    return [one.kind for one in desk.file.exceptions if one.status != "resolved"]


def test_its_receipt_says_content_day_and_hour_and_both_clocks():
    told = declared(opened(BY_POST))
    assert (told["declared_at"], told["declared_by"], told["language"]) == ("2026-11-23T09:00:00Z", "customer", "fr")
    assert told["content"] == ["withdraw_from_contract"]
    assert [one["sku"] for one in told["items"]] == ["R-18K-01"]
    assert (told["in_time"], told["doubts"], told["refund_from"]) == (True, [], "notice")
    # Ours: 14 days on as the day falls, meant to be done two days before. Theirs: the same day, for it does not roll.
    assert told["refund_by"] == told["send_back_by"] == "2026-12-07T23:00:00Z"
    assert told["refund_target"] == "2026-12-05T23:00:00Z"
    assert told["may_hold_for_goods"] is True


def test_the_customers_time_to_send_rolls_over_a_sunday_and_ours_does_not():
    told = declared(opened(), now=datetime(2026, 11, 22, 10, tzinfo=UTC))
    assert told["refund_by"] == "2026-12-06T23:00:00Z"
    assert told["send_back_by"] == "2026-12-07T23:00:00Z"


def test_the_same_declaration_again_writes_nothing_and_has_the_same_receipt():
    desk = opened()
    first = declared(desk)
    log = len(desk.file.log)
    again = declared(desk, now=MONDAY + timedelta(days=3))
    assert (again, len(desk.file.log), len(parts(desk))) == (first, log, 1)


def test_a_line_of_what_was_declared_whole_is_no_second_declaration():
    desk = opened(TWO)
    declared(desk)
    declared(desk, lines=(2,))
    assert len(parts(desk)) == 1


def test_one_line_is_declared_by_itself_and_all_of_them_named_are_the_whole():
    desk = opened(TWO)
    told = declared(desk, lines=(2,))
    assert [one["line"] for one in told["items"]] == [2]
    declared(desk, lines=(1, 2))
    assert [one.lines for one in parts(desk)] == [(2,), ()]


@pytest.mark.parametrize(("lines", "field"), [((2,), "lines.0"), ((1, 9), "lines.1")])
def test_a_line_that_is_not_there_is_refused_by_its_place(lines, field):
    with pytest.raises(InvalidRequestError) as refused:
        declared(opened(), lines=lines)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_letter_counts_from_the_day_it_was_written_and_never_from_tomorrow():
    desk = opened()
    with pytest.raises(InvalidRequestError, match="future"):
        declared(desk, declared_at=MONDAY + timedelta(hours=1))
    told = declared(desk, declared_at=MONDAY - timedelta(days=2))
    assert (told["declared_at"], told["taken_at"]) == ("2026-11-21T09:00:00Z", "2026-11-23T09:00:00Z")


def test_a_case_that_is_not_there_is_said_so():
    with pytest.raises(NotFoundError):
        declared(Desk())


def test_one_that_comes_late_is_taken_kept_and_given_to_a_person_with_its_doubt():
    # The shop's own 30 days are over too, so the case itself was opened for its piece being lent.
    desk = opened(replace(LATE, kind="warranty", reason="quality"))
    told = declared(desk)
    assert told["in_time"] is None
    assert {one["code"] for one in told["doubts"]} >= {"withdrawal_window_over", "withdrawal_of_another_kind"}
    assert all(one["text"] for one in told["doubts"])
    assert "withdrawal_doubtful" in kinds(desk)
    assert parts(desk)[0].in_time is None


def test_one_on_a_cancelled_case_is_taken_and_given_to_a_person():
    desk = opened()
    cancel_case(desk.ports, "case0001", reason="customer_keeps_it", holder="anna", now=MONDAY)
    told = declared(desk)
    assert [one["code"] for one in told["doubts"]] == ["withdrawal_at_cancelled"]
    assert (desk.file.case.stage, kinds(desk)) == ("cancelled", ["withdrawal_doubtful"])


def test_a_return_that_waited_only_for_a_day_of_delivery_stays_with_the_person_until_it_is_known():
    desk = opened(replace(REQUEST, order=Order("SO-1001", date(2026, 11, 1), None)))
    told = declared(desk)
    assert ([one["code"] for one in told["doubts"]], desk.file.case.stage) == (["delivered_on_required"], "review")


def test_a_return_that_waited_for_photographs_goes_on_by_itself_when_the_law_grants_the_withdrawal():
    desk = Desk()
    # A claimed fault after the right was thought over: the desk asked for photographs.
    desk.open(replace(REQUEST, reason="quality", order=Order("SO-1001", date(2026, 10, 1), date(2026, 10, 20))))
    assert desk.file.case.stage == "evidence_needed"
    told = declared(desk, declared_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert (told["in_time"], desk.file.case.stage) == (True, "approved")
    assert all(booking.due_at is not None for booking in desk.file.bookings)
    steps = [json.loads(body)["kind"] for body in desk.waiting("steps")]
    assert (kinds(desk), steps) == ([], ["waybill", "refund_watch"])


def test_what_else_is_open_still_waits_for_a_person():
    desk = Desk()
    held = replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None))
    desk.open(held)
    assert desk.file.case.stage == "evidence_needed"
    told = declared(desk)
    assert (told["in_time"], desk.file.case.stage, kinds(desk)) == (True, "evidence_needed", ["decision_wanted"])


def test_a_courier_of_ours_counts_as_collecting_so_that_nothing_is_waited_for_and_the_day_stays():
    told = declared(opened())
    assert (told["refund_from"], told["refund_by"]) == ("notice", "2026-12-07T23:00:00Z")
    assert told["may_hold_for_goods"] is False


def test_in_britain_a_courier_of_ours_has_the_days_run_from_the_notice():
    british = replace(BY_POST, customer_country="GB")
    assert declared(opened(british))["refund_by"] is None
    told = declared(opened(replace(british, pickup=REQUEST.pickup)))
    assert (told["refund_from"], told["refund_by"]) == ("notice", "2026-12-08T00:00:00Z")


def test_check_case_7_the_refund_waits_for_goods_or_proof():
    desk = opened(BY_POST)
    declared(desk, now=datetime(2026, 11, 22, 10, tzinfo=UTC))
    clock = next(one for one in deadlines(desk.ports, desk.file) if one.code == "statute")
    assert (clock.last_day, clock.target, clock.may_hold) == (date(2026, 12, 6), date(2026, 12, 4), True)


class TestOfItsClock:
    def looked(self, desk: Desk, at: datetime) -> Withdrawal:
        look(desk.ports, "case0001", "1", at)
        return parts(desk)[0]

    def test_nothing_is_told_before_its_day(self):
        desk = opened()
        declared(desk)
        after = self.looked(desk, MONDAY + timedelta(days=3))
        assert (after.due_at, after.told_at, kinds(desk)) == (MONDAY + timedelta(days=4), None, [])

    def test_while_the_law_lets_us_wait_for_the_goods_it_is_looked_at_again(self):
        desk = opened(BY_POST)
        declared(desk)
        due = parts(desk)[0].due_at
        assert self.looked(desk, due).due_at == due + timedelta(days=1)
        assert kinds(desk) == []

    def test_a_refund_that_our_own_courier_makes_due_is_told_though_nothing_came(self):
        desk = opened()
        declared(desk)
        self.looked(desk, parts(desk)[0].due_at)
        assert kinds(desk) == ["withdrawal_refund_due"]

    def test_goods_that_never_came_in_their_time_are_told_once(self):
        desk = opened(BY_POST)
        declared(desk)
        after = self.looked(desk, MONDAY + timedelta(days=20))
        assert (after.due_at, kinds(desk)) == (None, ["withdrawal_goods_late"])
        self.looked(desk, MONDAY + timedelta(days=21))
        assert kinds(desk) == ["withdrawal_goods_late"]

    def test_a_refund_that_is_owed_and_that_nobody_proposed_is_told_before_its_last_day(self):
        desk = opened()
        desk.world.pump()
        declared(desk)
        in_transit(desk)
        after = self.looked(desk, parts(desk)[0].due_at)
        found = next(one for one in desk.file.exceptions if one.kind == "withdrawal_refund_due")
        assert (after.due_at, after.told_at) == (None, found.opened_at)
        assert found.deadline == datetime(2026, 12, 7, 23, tzinfo=UTC)
        assert found.opened_at < found.deadline - timedelta(days=2)

    def test_a_case_that_is_over_lets_it_rest(self):
        desk = opened()
        declared(desk)
        cancel_case(desk.ports, "case0001", reason="customer_keeps_it", holder="anna", now=MONDAY)
        assert self.looked(desk, MONDAY + timedelta(days=20)).due_at is None
        assert kinds(desk) == []


def in_transit(desk: Desk) -> None:
    """The carrier has scanned it: proof that it was sent."""
    from chalicelib.returns.stages import advance
    from chalicelib.workflows.amend import Amendment, amend

    def decide(case):
        stage = "booked" if case.stage == "approved" else "in_transit"
        return Amendment(replace(case, stage=advance(case.stage, stage)), f"stage_{stage}", {"leg": "1"})

    while desk.file.case.stage != "in_transit":
        amend(desk.ports, "case0001", MONDAY + timedelta(days=2), decide)


def test_a_declaration_whose_messages_were_lost_is_told_when_it_is_made_again_and_its_waybill_is_due():
    desk = Desk()
    desk.open(replace(REQUEST, reason="quality", order=Order("SO-1001", date(2026, 10, 1), date(2026, 10, 20))))
    queues = desk.world.queues
    # The worker dies after the write: nothing it would have queued is there.
    desk.ports = replace(desk.ports, queues=Dead())
    with pytest.raises(ConnectionError):
        declared(desk, declared_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    desk.ports = replace(desk.ports, queues=queues)
    assert (len(parts(desk)), desk.file.case.stage) == (1, "approved")
    assert desk.booking("waybill").due_at is not None
    before = len(desk.waiting("notices"))
    declared(desk)
    assert (len(parts(desk)), len(desk.waiting("notices")) - before) == (1, 1)


class Dead:
    """Queues that take nothing."""

    def send(self, _queue, _messages):
        raise ConnectionError


def test_where_no_clock_of_the_law_says_when_it_is_looked_at_by_the_days_of_the_rules() -> None:
    unknown = Judged(Ground("withdrawal", "unsure", True, ()), ("law_not_known",), None, None, None)
    look = in_force("returns/withdrawal", MONDAY.date()).rules["look"]
    assert first_look(unknown, MONDAY) == MONDAY + timedelta(days=look["first_days"])
    assert next_look(MONDAY) == MONDAY + timedelta(days=look["again_days"])
