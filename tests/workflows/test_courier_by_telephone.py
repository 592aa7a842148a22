"""Where the order of a waybill brings the courier, and where a person must telephone: EMS by China Post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Address, Person
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.ports import Booking
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from infra.local.ems_simulator import EmsSimulator
from tests.fakes.memory_ports import SECRETS
from tests.faults.gate import Gate
from tests.faults.stories import REQUEST
from tests.faults.world import MONDAY, World
from tests.workflows.couriers import CourierDesk, wish

HOME = Address(("朝阳区建国路1号",), "北京市", "北京市", "100000", "CN")
RING = replace(REQUEST.items[0], price=Money(Decimal("8800.00"), "CNY"))
LI = Person("李小明", "li@example.com", "13800000000", "zh-Hans", HOME)


class PostDesk(CourierDesk):
    """A ring in Beijing that a person let go by China Post."""

    def __init__(self, *, pickup: bool = True, number: str | None = None) -> None:
        self.world = World(Gate(), carrier=EmsSimulator(SECRETS["webhooks"]["ems"][0]))  # type: ignore[arg-type]
        self.ports = self.world.ports
        hours = wish("2026-11-24") if pickup else None
        request = replace(
            REQUEST, carrier="ems", customer_country="CN", customer_region="北京市", pickup=hours, items=(RING,)
        )
        open_return(
            self.ports, request, LI, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
        )
        self.world.queues.waiting.clear()
        self._let_go(number, pickup=pickup)

    def _let_go(self, number: str | None, *, pickup: bool) -> None:
        leg = Leg(
            case_id="case0001", n=1, direction="home", carrier="ems", service="CN_EMS_INSURED", lane=Lane("CN", "CN"),
            purpose="refund_return", customs_value=RING.worth, gross_weight_g=Decimal(450),
            original_export=REQUEST.original_export, return_to="SZX-1", number=number,
        )  # fmt: skip
        waybill = Booking(
            "case0001", 1, "waybill", "done" if number else "planned", f"{self.file.case.rma}-1W", due_at=None,
            result={"number": number} if number else {},
        )  # fmt: skip
        asked = (replace(waybill, kind="pickup", status="planned", reference=f"{self.file.case.rma}-1P", result={}),)
        amend(
            self.ports, "case0001", MONDAY,
            lambda case: Amendment(
                replace(case, stage="approved"), "let_go", {}, legs=(leg,),
                bookings=(waybill, *(asked if pickup else ())),
            ),
        )  # fmt: skip

    @property
    def troubles(self) -> list[tuple[str, str | None]]:
        """Without the decision that opened the case: this desk has taken it."""
        return [one for one in super().troubles if one[0] != "decision_wanted"]

    def go_on(self, kind: str) -> None:
        self.ports.queues.send("steps", [{"kind": kind, "case_id": "case0001", "leg": 1}])
        self.world.pump()

    def verdict(self, kind: str, outcome: str, **named: str) -> None:
        told = Verdict("resolve", "anna", note="by telephone", outcome=outcome, **named)
        act_on_exception(self.ports, self.exception(kind).exception_id, told, self.world.now)
        self.world.pump()


def test_the_order_of_a_waybill_that_brings_the_courier_settles_the_pickup_with_it():
    desk = PostDesk()
    desk.go_on("waybill")
    assert desk.troubles in ([], [("label_lost", None)])
    assert (desk.pickup["state"], desk.pickup["on"], desk.file.case.stage) == ("booked", "2026-11-24", "booked")
    assert desk.track.pickup_until == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert "pickup_by_person" not in [one.kind for one in desk.file.exceptions]


def test_an_order_without_a_courier_books_none():
    desk = PostDesk(pickup=False)
    desk.go_on("waybill")
    assert desk.all_bookings("pickup") == []
    assert desk.file.case.stage == "approved"


def asked_by_telephone() -> PostDesk:
    desk = PostDesk(number="EA123456785CN")
    desk.go_on("pickup")
    return desk


def test_a_courier_that_no_call_can_order_is_a_task_for_a_person_with_what_to_say():
    desk = asked_by_telephone()
    told = desk.exception("pickup_by_person")
    script = told.history[0].note
    assert told.action_by == "merchant"
    assert told.opened_at < told.deadline <= told.opened_at + timedelta(hours=8)
    assert "11183" in script
    assert "EN: " in script
    assert "ZH: " in script
    assert all(part in script for part in ("EA123456785CN", "2026-11-24", "10:00", "16:00"))
    assert desk.pickup["state"] == "with_person"


@pytest.mark.parametrize("word", ["gold", "ring", "jewel", "金", "戒", "珠宝", "李小明", "建国路"])
def test_the_script_names_no_goods_and_nobody(word):
    script = asked_by_telephone().exception("pickup_by_person").history[0].note
    assert word not in script.lower()


def test_what_a_person_ordered_is_recorded_with_its_hours():
    desk = asked_by_telephone()
    desk.verdict("pickup_by_person", "booked", confirmation="11183-77")
    assert (desk.pickup["state"], desk.pickup["confirmations"]) == ("booked", ["11183-77"])
    assert (desk.pickup["on"], desk.pickup["until"], desk.file.case.stage) == ("2026-11-24", "16:00", "booked")
    assert desk.troubles == []


@pytest.mark.parametrize(("outcome", "on"), [("done", "2026-11-25"), ("not_done", "2026-11-24")])
def test_a_posts_courier_is_moved_by_telephone(outcome, on):
    desk = asked_by_telephone()
    desk.verdict("pickup_by_person", "booked", confirmation="11183-77")
    desk.change("2026-11-25")
    desk.world.pump()
    assert desk.troubles == [("pickup_change_by_person", "by_telephone")]
    assert "2026-11-25" in desk.exception("pickup_change_by_person").history[0].note
    desk.verdict("pickup_change_by_person", outcome)
    assert (desk.pickup["state"], desk.pickup["on"], desk.pickup["confirmations"]) == ("booked", on, ["11183-77"])


@pytest.mark.parametrize(("outcome", "state"), [("done", "cancelled"), ("not_done", "booked")])
def test_a_posts_courier_is_called_off_by_telephone(outcome, state):
    desk = asked_by_telephone()
    desk.verdict("pickup_by_person", "booked", confirmation="11183-77")
    assert desk.call_off()["state"] == "cancel_requested"
    desk.world.pump()
    assert desk.troubles == [("pickup_cancel_by_person", "by_telephone")]
    desk.verdict("pickup_cancel_by_person", outcome)
    assert desk.pickup["state"] == state


def test_taking_the_order_back_takes_the_courier_it_brought():
    desk = PostDesk()
    desk.go_on("waybill")
    assert desk.cancel()["calling_off"] == [
        {"kind": "waybill_cancel", "leg": 1, "pickup_id": None, "status": "planned"},
    ]
    desk.world.pump()
    assert desk.booking("waybill").status == "cancelled"
    assert desk.pickup["state"] == "cancelled"


def test_ems_asks_for_an_open_box_at_the_counter():
    desk = asked_by_telephone()
    keys = [step["key"] for step in desk.call_off()["hand_over"]]
    assert "pickup.ems_open_for_inspection" in keys
