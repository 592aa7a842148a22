"""A return that is called off takes its courier and its waybill with it, each once, whatever is in hand meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import NotFoundError, StageNotAllowed
from chalicelib.workflows.cancel_case import cancel_case
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer
from tests.workflows.test_change_pickup import CANCEL, on_the_road, verdict

HOUR = timedelta(hours=1)


def test_fedex_takes_back_the_waybill_and_calls_the_courier_off():
    desk = CourierDesk("fedex").booked()
    told = desk.cancel()
    assert {one["kind"] for one in told["calling_off"]} == {"pickup_cancel", "waybill_cancel"}
    desk.world.pump()
    assert desk.world.carrier.booked_for(desk.file.legs[0].number) == (0, 0)
    assert (desk.booking("waybill").status, desk.pickup["state"]) == ("cancelled", "cancelled")
    assert (desk.track.due_at, desk.track.pickup_until) == (None, None)
    assert desk.troubles == []


def test_a_carrier_that_tells_us_of_our_own_cancellation_troubles_nobody():
    desk = CourierDesk("fedex").booked()
    desk.cancel()
    desk.world.pump()
    desk.world.push(desk.file.legs[0].number)
    desk.world.pump()
    assert desk.track.state.milestone == "cancelled"
    assert desk.file.exceptions == ()


def test_a_waybill_that_the_carrier_cancels_by_itself_is_told_to_a_person():
    desk = CourierDesk("fedex").booked()
    number = desk.file.legs[0].number
    desk.world.carrier.memory.shipments[number].cancelled_at = "2026-11-23T10:00:00"
    desk.world.push(number)
    desk.world.pump()
    assert [kind for kind, _ in desk.troubles] == ["cancelled_by_carrier"]


def test_a_waybill_that_its_carrier_takes_back_by_no_call_lapses_and_is_asked_about_no_more():
    desk = CourierDesk("dhl").booked()
    desk.cancel()
    desk.world.pump()
    assert (desk.couriers, desk.pickup["state"]) == ((1, 0, 1), "cancelled")
    assert [one.what for one in desk.file.log].count("waybill_lapses") == 1
    assert desk.track.due_at is None
    assert "destroy the label" in desk.cancel()["next"][0]


def test_nobody_is_told_to_prepare_for_or_ask_for_a_courier_once_the_case_is_past_one():
    on_its_way = CourierDesk("dhl").booked()
    on_the_road(on_its_way)
    assert (on_its_way.pickup["state"], on_its_way.pickup["next"]) == ("booked", [])
    cancelled = CourierDesk("dhl").booked()
    assert cancelled.pickup["next"] != []
    cancelled.cancel()
    cancelled.world.pump()
    assert (cancelled.pickup["state"], cancelled.pickup["next"]) == ("cancelled", [])


def test_what_was_not_bought_yet_is_not_bought():
    desk = CourierDesk("fedex").opened()
    assert desk.cancel()["calling_off"] == []
    desk.world.pump()
    for hours in range(1, 5):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.world.carrier.memory.shipments == {}
    assert {one.status for one in desk.file.bookings} == {"cancelled"}


def test_cancelling_twice_is_quiet_and_calls_off_once():
    desk = CourierDesk("fedex").booked()
    desk.cancel()
    desk.cancel()
    desk.world.pump()
    desk.cancel()
    desk.world.pump()
    assert desk.couriers == (1, 0, 1)
    assert [entry.what for entry in desk.file.log].count("cancelled") == 1


def test_a_parcel_on_its_way_is_not_called_off():
    desk = CourierDesk("dhl").booked()
    on_the_road(desk)
    with pytest.raises(StageNotAllowed):
        desk.cancel()
    desk.world.pump()
    assert (desk.file.case.stage, desk.couriers) == ("in_transit", (1, 0, 0))


def test_a_case_that_is_not_there_cannot_be_cancelled():
    desk = CourierDesk("dhl")
    with pytest.raises(NotFoundError):
        cancel_case(desk.ports, "nobody", reason="other", holder="anna", now=MONDAY)


@pytest.mark.parametrize("path", ["/ship/v1/shipments", "/pickup/v1/pickups"])
def test_what_was_bought_while_the_case_was_cancelled_is_called_off_when_it_is_recorded(path):
    desk = CourierDesk("fedex").opened()
    plain, meanwhile = desk.ports, []

    def answers(request):
        if request.path == path and not meanwhile:
            meanwhile.append(cancel_case(plain, "case0001", reason="other", holder="anna", now=desk.world.now))

    desk.interpose(answers)
    desk.world.pump()
    assert meanwhile[0]["stage"] == "cancelled"
    assert desk.booking("waybill").status == "cancelled"
    assert all(one.cancelled_at for one in desk.world.carrier.memory.shipments.values())
    assert all(one.cancelled for one in desk.world.carrier.memory.pickups)
    assert desk.troubles == []


def test_a_waybill_the_carrier_keeps_is_told_to_a_person_and_its_courier_called_off_all_the_same():
    desk = CourierDesk("fedex").booked()
    refusal = {"errors": [{"code": "SHIPMENT.CANNOT.BE.DELETED", "message": "Already tendered"}]}
    desk.interpose(lambda request: json_answer(400, refusal) if request.path == "/ship/v1/shipments/cancel" else None)
    desk.cancel()
    desk.world.pump()
    assert desk.troubles == [("waybill_cancel_refused", "SHIPMENT.CANNOT.BE.DELETED")]
    assert desk.pickup["state"] == "cancelled"


def test_a_waybill_whose_cancellation_had_no_answer_is_unknown_and_not_asked_for_again():
    desk = CourierDesk("fedex").booked()
    desk.mute("PUT", "/ship/v1/shipments/cancel", carries_out=False)
    desk.cancel()
    desk.world.pump()
    for hours in range(1, 5):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.troubles == [("waybill_cancel_unknown", None)]
    assert desk.booking("waybill").status == "done"


def test_a_change_that_was_asked_for_before_the_case_was_cancelled_orders_nobody_anew():
    desk = CourierDesk("fedex").booked()
    desk.change("2026-11-24", "12:00", "17:00")
    desk.cancel()
    desk.world.pump()
    for hours in range(1, 5):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.couriers == (1, 0, 1)
    assert desk.pickup["state"] == "cancelled"


@pytest.mark.parametrize("carrier", ["fedex", "dhl"])
@pytest.mark.parametrize(("outcome", "carried_out"), [("done", True), ("not_done", False)])
def test_a_courier_whose_calling_off_is_unknown_is_not_called_off_again_by_cancelling_the_return(
    carrier, outcome, carried_out
):
    desk = CourierDesk(carrier).booked()
    plain = desk.ports
    desk.mute(*CANCEL[carrier], carries_out=carried_out)
    desk.call_off()
    desk.world.pump()
    desk.world.ports = desk.ports = plain
    desk.cancel()
    desk.world.pump()
    assert len(desk.all_bookings("pickup_cancel")) == 1
    assert desk.troubles == [("pickup_cancel_unknown", None)]
    verdict(desk, "pickup_cancel_unknown", outcome)
    assert (desk.couriers, desk.pickup["state"], desk.troubles) == ((1, 0, 1), "cancelled", [])


def test_a_courier_whom_the_carrier_will_not_call_off_is_not_asked_about_again():
    desk = CourierDesk("fedex").booked()
    refusal = {"errors": [{"code": "PICKUP.ALREADY.DISPATCHED", "message": "Courier is on the way"}]}
    asked = []

    def answers(request):
        if request.path != "/pickup/v1/pickups/cancel":
            return None
        asked.append(request)
        return json_answer(400, refusal)

    desk.interpose(answers)
    desk.cancel()
    desk.world.pump()
    verdict(desk, "pickup_cancel_refused", "not_done")
    assert (len(asked), desk.troubles) == (1, [])
