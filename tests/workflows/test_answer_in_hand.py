"""What a carrier gave outlives a table that is away; a carrier that answers nobody is no failure of a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import UnavailableError
from tests.faults.gate import Fault
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer

ORDERS = {"fedex": "POST /ship/v1/shipments", "dhl": "POST /shipments"}


def calls_of(carrier: str) -> list[str]:
    return CourierDesk(carrier).booked().world.gate.calls


class AwayFor:
    """Cases that cannot be written so many times."""

    def __init__(self, cases, times: int) -> None:
        self._cases, self.left = cases, times

    def __getattr__(self, name):
        return getattr(self._cases, name)

    def commit(self, *args, **kwargs):
        if self.left:
            self.left -= 1
            raise UnavailableError("the table is away")
        return self._cases.commit(*args, **kwargs)


@pytest.mark.parametrize("after", [2, 3, 4])
@pytest.mark.parametrize("kind", ["throttle", "timeout_after_commit"])
@pytest.mark.parametrize("carrier", ORDERS)
def test_a_table_away_right_after_the_order_costs_neither_the_number_nor_the_label(carrier, kind, after):
    at = calls_of(carrier).index(f"carrier.call {ORDERS[carrier]}") + after
    desk = CourierDesk(carrier, fault=Fault(kind, at)).booked()
    assert desk.world.gate.struck
    assert (desk.booking("waybill").status, desk.booking("waybill").result["label"]) == ("done", "kept")
    assert [one.what for one in desk.file.log].count("waybill_bought") == 1
    assert desk.troubles == []


@pytest.mark.parametrize("times", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", ["waybill", "pickup"])
def test_an_answer_waits_in_a_message_of_its_own_while_the_table_is_away_for_longer(kind, times):
    desk = CourierDesk("dhl").opened()
    if kind == "pickup":
        desk.step("waybill")
    away = AwayFor(desk.ports.cases, times)
    desk.world.ports = desk.ports = replace(desk.ports, cases=away)
    desk.world.pump()
    assert away.left == 0
    assert (desk.booking(kind).status, desk.troubles) == ("done", [])
    assert desk.booking("waybill").result["label"] == "kept"
    assert desk.couriers == (1, 0, 0)


def test_an_answer_of_another_call_is_written_down_for_no_booking():
    desk = CourierDesk("dhl").opened()
    given = {"result": {"number": "1"}, "papers": [], "courier": {}}
    desk.ports.queues.send("steps", [{**desk.booking("waybill").step, "reference": "other", "given": given}])
    waiting = desk.world.queues.waiting
    desk.world.deliver(waiting.pop())
    assert desk.booking("waybill").status == "planned"


def test_a_lone_booking_waits_out_a_carrier_that_answers_nobody():
    desk, down = CourierDesk("dhl").opened(), [True]
    desk.interpose(lambda _: json_answer(503, {}) if down[0] else None)
    desk.world.gate.calls.clear()
    # Calls that may have been carried out are another matter: DHL is asked first whether it would take the order.
    shop = desk.ports.merchant()
    tried = replace(shop, carrier=tuple(replace(one, dry_run=True) for one in shop.carrier))
    desk.world.ports = desk.ports = replace(desk.ports, merchant=lambda: tried)
    desk.world.pump()
    for hours in range(1, 30):
        desk.world.sweep_at(MONDAY + timedelta(hours=hours))
    assert "booking_stuck" not in [kind for kind, _ in desk.troubles]
    assert (desk.booking("waybill").status, desk.booking("waybill").attempts <= 1) == ("planned", True)
    down[0] = False
    for hours in range(30, 34):
        desk.world.sweep_at(MONDAY + timedelta(hours=hours))
    assert desk.booking("waybill").status == "done"
