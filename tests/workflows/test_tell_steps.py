"""A tool that asked for every step of a case hears of each one, once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.tell_steps import TOLD_FOR
from infra.build_template import DEAD_LETTER_DAYS, SOURCE_QUEUE_DAYS
from tests.alerts.told import a_receiver
from tests.faults.gate import Gate
from tests.faults.world import World
from tests.workflows.desk import MONDAY, Desk


class Asked(Desk):
    """A desk whose shop has one tool that wants every step of a case."""

    def __init__(self, events: tuple[str, ...] = ("case",)) -> None:
        tool = replace(a_receiver("shop-system", channel="webhook"), events=events)

        class Shop(World):
            def _merchant(self):
                return replace(super()._merchant(), receiver=(tool,))

        self.world = Shop(Gate())
        self.ports = self.world.ports

    @property
    def heard(self) -> list[str]:
        """What the tool was told of the case, each message once however often it was sent."""
        said = {json.loads(body)["id"]: json.loads(body) for _, _, body in self.world.outbound.calls}
        return [one["type"] for one in sorted(said.values(), key=lambda one: one["sequence"])]


def test_a_tool_hears_of_a_case_from_its_opening_to_its_arrival_each_step_once():
    desk = Asked()
    desk.open()
    desk.world.pump()
    number = desk.file.legs[0].number
    for hours, code in ((30, "PU"), (60, "DL")):
        desk.world.now = MONDAY + timedelta(hours=hours)
        desk.world.carrier.scan(number, code, "PARIS", "FR", desk.world.now)
        desk.world.push(number)
        desk.world.pump()

    assert desk.heard == [
        "case.opened", "case.waybill_bought", "case.pickup_booked", "case.stage_in_transit", "case.stage_arrived",
    ]  # fmt: skip
    assert max(Counter(body for _, _, body in desk.world.outbound.calls).values()) == 1


def test_a_tool_hears_that_a_case_was_called_off_before_anything_was_booked():
    desk = Asked()
    desk.open()
    cancel_case(desk.ports, "case0001", holder="anna@desk", reason="asked", now=MONDAY)
    desk.world.pump()

    assert desk.heard[0] == "case.opened"
    assert "case.cancelled" in desk.heard


def test_a_step_whose_message_lay_among_the_dead_letters_is_told_all_the_same():
    desk = Asked()
    desk.open()
    take_alert(desk.ports, {"action": "tell_case", "case_id": "case0001"}, MONDAY + timedelta(days=17))
    assert desk.waiting("deliveries") != []


def test_a_look_waits_no_longer_than_steps_are_told_for():
    assert timedelta(days=SOURCE_QUEUE_DAYS + DEAD_LETTER_DAYS) <= TOLD_FOR


def test_where_no_tool_asked_no_message_is_sent():
    desk = Asked(("exception",))
    desk.open()

    assert desk.waiting("alerts") == []
