"""Couriers asked for, moved and called off: each outside call once, and what is not known stands before a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import ConflictError, IdempotencyMismatch, InvalidRequestError, NotFoundError
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer, wish

CARRIERS = ("fedex", "dhl")
CANCEL = {"fedex": ("PUT", "/pickup/v1/pickups/cancel"), "dhl": ("DELETE", "/pickups/CDG261124000001")}
HOUR = timedelta(hours=1)


def code_of(error: pytest.ExceptionInfo[ConflictError]) -> str:
    return error.value.code


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_booked_courier_is_shown_with_his_confirmation_his_hours_and_how_to_hand_over(carrier):
    desk = CourierDesk(carrier).booked()
    shown = desk.pickup
    assert (shown["pickup_id"], shown["state"]) == ("1-1", "booked")
    assert (shown["on"], shown["from"], shown["until"]) == ("2026-11-24", "10:00", "16:00")
    assert len(shown["confirmations"]) == 1
    assert desk.couriers == (1, 0, 0)
    assert desk.troubles == []


def test_dhl_moves_the_courier_in_one_call_under_the_same_id_and_confirmation():
    desk = CourierDesk("dhl").booked()
    before = desk.pickup["confirmations"]
    asked = desk.change("2026-11-25", "09:00", "13:00")
    assert (asked["state"], asked["on"], asked["requested"]["on"]) == ("change_requested", "2026-11-24", "2026-11-25")
    desk.world.pump()
    assert desk.couriers == (1, 1, 0)
    assert (desk.pickup["pickup_id"], desk.pickup["state"]) == ("1-1", "booked")
    assert (desk.pickup["on"], desk.pickup["from"], desk.pickup["until"]) == ("2026-11-25", "09:00", "13:00")
    assert desk.pickup["confirmations"] == before


def test_fedex_calls_the_courier_off_and_orders_him_anew_under_the_same_id():
    desk = CourierDesk("fedex").booked()
    (before,) = desk.pickup["confirmations"]
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    assert desk.couriers == (2, 0, 1)
    assert (desk.pickup["pickup_id"], desk.pickup["state"]) == ("1-1", "booked")
    assert (desk.pickup["from"], desk.pickup["until"]) == ("12:00", "17:00")
    assert desk.pickup["confirmations"] != [before]
    (cancelled,) = desk.all_bookings("pickup_cancel")
    assert (cancelled.status, cancelled.result["confirmation"]) == ("done", before)
    assert [entry.what for entry in desk.file.log][-3:] == [
        "pickup_change_asked_for", "pickup_called_off", "pickup_booked",
    ]  # fmt: skip


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_parcel_is_missed_from_the_end_of_the_hours_that_are_booked_now(carrier):
    desk = CourierDesk(carrier).booked()
    assert desk.track.pickup_until == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    desk.change("2026-11-24", "12:00", "18:00")
    desk.world.pump()
    assert desk.track.pickup_until == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    desk.call_off()
    desk.world.pump()
    assert desk.track.pickup_until is None


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_courier_is_called_off_once_and_stays_called_off(carrier):
    desk = CourierDesk(carrier).booked()
    assert desk.call_off()["state"] == "cancel_requested"
    assert desk.call_off()["state"] == "cancel_requested"
    desk.world.pump()
    for _ in range(3):
        desk.world.sweep_at(desk.world.now + HOUR)
    assert desk.couriers == (1, 0, 1)
    assert desk.pickup["state"] == "cancelled"
    assert len(desk.all_bookings("pickup_cancel")) == 1
    with pytest.raises(ConflictError) as refused:
        desk.call_off()
    assert code_of(refused) == "pickup_already_cancelled"
    with pytest.raises(ConflictError) as refused:
        desk.change("2026-11-25")
    assert code_of(refused) == "pickup_already_cancelled"


@pytest.mark.parametrize("carrier", CARRIERS)
def test_another_courier_may_be_asked_for_once_the_first_was_called_off(carrier):
    desk = CourierDesk(carrier).booked()
    desk.call_off()
    desk.world.pump()
    asked = desk.ask("2026-11-24", "11:00", "15:00")
    assert (asked["pickup_id"], asked["state"]) == ("1-2", "requested")
    assert asked["hand_over"]
    desk.world.pump()
    assert (desk.pickup["pickup_id"], desk.pickup["state"]) == ("1-2", "booked")
    assert desk.couriers == (2, 0, 1)


def test_another_courier_may_be_asked_for_when_the_first_did_not_come():
    desk = CourierDesk("dhl").booked()
    desk.world.now = MONDAY + timedelta(days=2)
    assert desk.ask("2026-11-26", "10:00", "16:00")["pickup_id"] == "1-2"


@pytest.mark.parametrize("booked", [False, True])
def test_no_second_courier_is_sent_for_a_parcel_that_has_one(booked):
    desk = CourierDesk("dhl").booked() if booked else CourierDesk("dhl").opened()
    with pytest.raises(ConflictError, match="1-1") as refused:
        desk.ask("2026-11-25", "10:00", "16:00")
    assert code_of(refused) == "pickup_already_ordered"


def test_a_customer_who_named_no_hours_at_first_may_ask_for_a_courier_later():
    desk = CourierDesk("dhl", pickup=None).booked()
    assert desk.file.case.stage == "approved"
    desk.ask("2026-11-25", "10:00", "16:00")
    desk.world.pump()
    assert (desk.pickup["state"], desk.file.case.stage) == ("booked", "booked")
    assert desk.track.pickup_until == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_the_same_key_and_body_is_answered_the_same_and_asks_for_one_courier():
    desk = CourierDesk("dhl", pickup=None).booked()
    first = desk.ask("2026-11-25", "10:00", "16:00", idempotency_key="k-7")
    desk.world.pump()
    assert desk.ask("2026-11-25", "10:00", "16:00", idempotency_key="k-7") == first
    assert len(desk.all_bookings("pickup")) == 1
    with pytest.raises(IdempotencyMismatch):
        desk.ask("2026-11-25", "10:00", "17:00", idempotency_key="k-7", body_digest="other")


def test_a_key_that_opened_a_return_is_not_a_key_for_a_courier():
    desk = CourierDesk("dhl", pickup=None).booked()
    with pytest.raises(IdempotencyMismatch):
        desk.ask("2026-11-25", "10:00", "16:00", idempotency_key="k", holder="desk", body_digest="digest")


def test_a_key_whose_time_has_run_out_may_be_used_again():
    desk = CourierDesk("dhl", pickup=None).booked()
    desk.ask("2026-11-25", "10:00", "16:00", idempotency_key="k-7")
    desk.world.now = MONDAY + timedelta(days=8)
    with pytest.raises(ConflictError) as refused:
        desk.ask("2026-12-02", "10:00", "16:00", idempotency_key="k-7", body_digest="other")
    assert code_of(refused) == "pickup_already_ordered"
    desk.call_off()
    desk.world.pump()
    asked = desk.ask("2026-12-02", "10:00", "16:00", idempotency_key="k-7", body_digest="other")
    assert asked["pickup_id"] == "1-2"


def faults_of(call) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as refused:
        call()
    return {fault.code: fault.field for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (("2026-11-20", "10:00", "16:00"), {"window_is_over": "on"}),
        (("2026-11-28", "10:00", "16:00"), {"no_pickup_on_rest_day": "on"}),
        (("2026-12-25", "10:00", "16:00"), {"no_pickup_on_rest_day": "on"}),
        (("2027-06-01", "10:00", "16:00"), {"too_far_ahead": "on"}),
        (("2026-11-25", "10:00", "11:59"), {"window_too_short": "until"}),
        (("2026-11-25", "16:00", "10:00"), {"window_ends_before_it_starts": "until"}),
        (("2026-11-21", "10:00", "11:00"), {
            "window_is_over": "on", "no_pickup_on_rest_day": "on", "window_too_short": "until",
        }),
    ],
)  # fmt: skip
def test_everything_wrong_with_the_hours_is_told_at_once_by_field(asked, codes):
    unasked = CourierDesk("dhl", pickup=None).booked()
    assert faults_of(lambda: unasked.ask(*asked)) == codes
    booked = CourierDesk("dhl").booked()
    assert faults_of(lambda: booked.change(*asked)) == codes
    assert booked.couriers == (1, 0, 0)


def test_hours_that_nobody_named_are_asked_for():
    desk = CourierDesk("dhl", pickup=None).booked()
    assert faults_of(lambda: desk.ask("2026-11-25")) == {"required": "until"}


def test_a_leg_and_a_pickup_that_the_case_has_not_are_not_found():
    desk = CourierDesk("dhl", pickup=None).booked()
    assert faults_of(lambda: desk.ask("2026-11-25", "10:00", "16:00", leg=2)) == {"no_such_leg": "leg"}
    with pytest.raises(NotFoundError):
        desk.change("2026-11-25", pickup="1-1")
    with pytest.raises(NotFoundError):
        desk.call_off("2-1")


def on_the_road(desk: CourierDesk) -> None:
    told = {"case_id": "case0001", "leg": 1, "change": "moving", "milestone": "picked_up", "at": "2026-11-24T10:00:00Z"}
    advance_case(desk.ports, told, desk.world.now)


def test_a_parcel_on_its_way_has_no_courier_to_order_move_or_call_off():
    desk = CourierDesk("dhl").booked()
    on_the_road(desk)
    for call in (lambda: desk.ask("2026-11-25", "10:00", "16:00"), lambda: desk.change("2026-11-25"), desk.call_off):
        with pytest.raises(ConflictError, match="in_transit") as refused:
            call()
        assert code_of(refused) == "pickup_not_possible_at_stage"


@pytest.mark.parametrize(
    ("carrier", "still", "late"),
    [
        ("dhl", "2026-11-24T07:59:00Z", "2026-11-24T08:01:00Z"),
        ("fedex", "2026-11-24T14:59:00Z", "2026-11-24T15:01:00Z"),
    ],
)
def test_after_the_carriers_last_moment_only_the_telephone_helps(carrier, still, late):
    desk = CourierDesk(carrier).booked()
    with pytest.raises(ConflictError, match="telephone") as refused:
        desk.call_off(now=datetime.fromisoformat(late))
    assert code_of(refused) == "pickup_too_late"
    assert desk.call_off(now=datetime.fromisoformat(still))["state"] == "cancel_requested"


def test_asking_for_what_stands_changes_nothing():
    desk = CourierDesk("dhl").booked()
    assert desk.change("2026-11-24", "10:00", "16:00")["state"] == "booked"
    desk.world.pump()
    assert desk.couriers == (1, 0, 0)
    assert desk.all_bookings("pickup_change") == []


def test_asking_for_the_same_change_twice_moves_the_courier_once():
    desk = CourierDesk("dhl").booked()
    desk.change("2026-11-25")
    assert desk.change("2026-11-25")["requested"]["on"] == "2026-11-25"
    with pytest.raises(ConflictError) as refused:
        desk.change("2026-11-26")
    assert code_of(refused) == "pickup_change_in_hand"
    desk.world.pump()
    assert desk.couriers == (1, 1, 0)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_courier_who_waits_to_be_ordered_is_moved_without_any_call(carrier):
    desk = CourierDesk(carrier, pickup=wish("2026-12-14")).opened()
    desk.world.pump()
    assert desk.pickup["state"] == "held"
    desk.change("2026-12-15")
    desk.world.pump()
    assert (desk.pickup["pickup_id"], desk.pickup["state"], desk.pickup["on"]) == ("1-1", "held", "2026-12-15")
    desk.world.sweep_at(datetime(2026, 12, 15, 5, 30, tzinfo=UTC))
    for _ in range(3):
        desk.world.sweep_at(desk.world.now + timedelta(minutes=20))
    assert (desk.pickup["state"], desk.pickup["on"], desk.couriers) == ("booked", "2026-12-15", (1, 0, 0))
    assert desk.file.legs[0].ship_date.isoformat() == "2026-12-15"


def test_a_courier_who_waits_to_be_ordered_is_called_off_without_any_call():
    desk = CourierDesk("dhl", pickup=wish("2026-12-14")).opened()
    desk.call_off()
    desk.world.pump()
    desk.world.sweep_at(datetime(2026, 12, 14, 6, 0, tzinfo=UTC))
    assert desk.pickup["state"] == "cancelled"
    assert desk.world.carrier.memory.pickups == []


def test_a_courier_moved_beyond_what_the_carrier_takes_is_called_off_and_held():
    desk = CourierDesk("dhl").booked()
    desk.change("2026-12-14")
    desk.world.pump()
    assert (desk.couriers, desk.pickup["state"], desk.pickup["not_before"]) == (
        (1, 0, 1),
        "held",
        "2026-12-04T09:00:00Z",
    )
    for hours in (1, 2, 3):
        desk.world.sweep_at(datetime(2026, 12, 4, 8 + hours, 1, tzinfo=UTC))
    assert (desk.couriers, desk.pickup["state"], desk.pickup["on"]) == ((2, 0, 1), "booked", "2026-12-14")


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_cancellation_without_an_answer_is_unknown_and_nothing_new_is_ordered(carrier, carried_out):
    desk = CourierDesk(carrier).booked()
    desk.mute(*CANCEL[carrier], carries_out=carried_out)
    desk.change("2026-11-24", "12:00", "17:00") if carrier == "fedex" else desk.call_off()
    desk.world.pump()
    for hours in range(1, 6):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.couriers == (1, 0, int(carried_out))
    assert desk.troubles == [("pickup_cancel_unknown", None)]
    with pytest.raises(ConflictError) as refused:
        desk.change("2026-11-25")
    assert code_of(refused) == "pickup_outcome_unknown"


def verdict(desk: CourierDesk, kind: str, outcome: str, **named: str) -> None:
    told = Verdict("resolve", "anna", note="asked by telephone", outcome=outcome, **named)
    act_on_exception(desk.ports, desk.exception(kind).exception_id, told, desk.world.now)
    desk.world.pump()


def test_a_person_who_found_the_old_courier_called_off_lets_the_new_one_be_ordered():
    desk = CourierDesk("fedex").booked()
    desk.mute(*CANCEL["fedex"])
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    verdict(desk, "pickup_cancel_unknown", "done")
    assert (desk.couriers, desk.pickup["state"], desk.pickup["from"]) == ((2, 0, 1), "booked", "12:00")


def test_a_person_who_found_that_the_courier_stands_leaves_him_and_may_ask_anew():
    desk = CourierDesk("fedex").booked()
    desk.mute(*CANCEL["fedex"], carries_out=False)
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    verdict(desk, "pickup_cancel_unknown", "not_done")
    assert (desk.couriers, desk.pickup["state"], desk.pickup["from"]) == ((1, 0, 0), "booked", "10:00")
    assert desk.change("2026-11-24", "12:00", "17:00")["state"] == "change_requested"


def test_a_change_without_an_answer_is_unknown_and_not_asked_for_again():
    desk = CourierDesk("dhl").booked()
    desk.mute("PATCH", "/pickups/CDG261124000001")
    desk.change("2026-11-25")
    desk.world.pump()
    for hours in range(1, 6):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.couriers == (1, 1, 0)
    assert desk.troubles == [("pickup_change_unknown", None)]
    verdict(desk, "pickup_change_unknown", "done")
    assert (desk.pickup["state"], desk.pickup["on"], desk.couriers) == ("booked", "2026-11-25", (1, 1, 0))
    assert desk.track.pickup_until == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def test_what_was_refused_leaves_the_courier_as_he_was_and_tells_a_person_in_the_carriers_words():
    desk = CourierDesk("fedex").booked()
    refusal = {"errors": [{"code": "PICKUP.ALREADY.DISPATCHED", "message": "Courier is on the way"}]}
    desk.interpose(lambda request: json_answer(400, refusal) if request.path.endswith("/cancel") else None)
    desk.call_off()
    desk.world.pump()
    assert desk.troubles == [("pickup_cancel_refused", "PICKUP.ALREADY.DISPATCHED")]
    assert (desk.pickup["state"], desk.couriers) == ("booked", (1, 0, 0))
    assert "Courier is on the way" in desk.pickup["problem"]
    assert any("telephone" in words for words in desk.pickup["next"])


def test_when_the_old_courier_is_called_off_and_no_new_one_comes_a_person_is_told_so():
    desk = CourierDesk("fedex").booked()
    refusal = {"errors": [{"code": "PICKUP.CLOSED", "message": "No more pickups today"}]}
    desk.interpose(lambda request: json_answer(400, refusal) if request.path == "/pickup/v1/pickups" else None)
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.pump()
    assert desk.couriers == (1, 0, 1)
    assert desk.troubles == [("pickup_not_rebooked", "PICKUP.CLOSED")]
    assert desk.pickup["state"] == "refused"


def test_a_carrier_that_cannot_be_reached_is_asked_again_and_calls_off_once():
    desk = CourierDesk("dhl").booked()
    busy = iter([json_answer(429, {}), json_answer(429, {})])
    desk.interpose(lambda request: next(busy, None) if request.method == "DELETE" else None)
    desk.call_off()
    desk.world.pump()
    assert desk.couriers == (1, 0, 0)
    for hours in (1, 3, 6):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert (desk.couriers, desk.pickup["state"], desk.troubles) == ((1, 0, 1), "cancelled", [])


def test_every_code_of_a_pickup_that_has_several_is_kept_and_called_off_by_itself():
    desk = CourierDesk("dhl")
    several = {"dispatchConfirmationNumbers": ["CDG261124000001", "CDG261124000002"]}
    gone: list[str] = []

    def answers(request):
        if (request.method, request.path) == ("POST", "/pickups"):
            return json_answer(201, several)
        if request.method == "DELETE":
            gone.append(request.path.partition("?")[0])
            return json_answer(200, {})
        return None

    desk.interpose(answers)
    desk.booked()
    assert desk.pickup["confirmations"] == several["dispatchConfirmationNumbers"]
    desk.call_off()
    desk.world.pump()
    assert gone == ["/pickups/CDG261124000001", "/pickups/CDG261124000002"]
    assert desk.pickup["state"] == "cancelled"
    assert [one.status for one in desk.all_bookings("pickup_cancel")] == ["done", "done"]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_change_that_comes_too_late_for_its_own_hours_leaves_the_courier_as_he_stands(carrier):
    """The message is a day late: nothing is called off for hours that have passed."""
    desk = CourierDesk(carrier).booked()
    desk.change("2026-11-24", "12:00", "17:00")
    desk.world.now = MONDAY + timedelta(days=2)
    desk.world.pump()
    assert desk.couriers == (1, 0, 0)
    assert desk.troubles == [
        ("pickup_change_refused" if carrier == "dhl" else "pickup_cancel_refused", "window_is_over")
    ]
    assert (desk.pickup["state"], desk.pickup["from"]) == ("booked", "10:00")
