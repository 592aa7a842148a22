"""China Post's order brings no label: it is asked for afterwards, and costs the order nothing."""

from __future__ import annotations

from datetime import timedelta

from tests.faults.gate import asked
from tests.workflows.couriers import json_answer
from tests.workflows.test_courier_by_telephone import PostDesk


def test_the_address_of_a_label_is_asked_for_after_the_order():
    desk = PostDesk()
    desk.go_on("waybill")
    (paper,) = desk.booking("waybill").papers
    assert (paper.name, paper.status, desk.booking("waybill").result["label"]) == (
        "label-1",
        "with_carrier",
        "with_carrier",
    )
    assert paper.url.startswith("https://")
    assert (desk.booking("waybill").due_at, desk.troubles) == (None, [])


def failing(times: int) -> PostDesk:
    desk, left = PostDesk(), [times]

    def answers(request):
        if asked(request) != "POST 010004" or not left[0]:
            return None
        left[0] -= 1
        return json_answer(503, {})

    desk.interpose(answers)
    desk.go_on("waybill")
    return desk


def test_a_label_that_cannot_be_had_now_is_asked_for_again_and_the_order_stands():
    desk = failing(2)
    assert (desk.booking("waybill").status, desk.pickup["state"], desk.troubles) == ("done", "booked", [])
    for hours in range(1, 12):
        desk.world.sweep_at(desk.world.now + timedelta(hours=hours))
    assert desk.booking("waybill").result["label"] == "with_carrier"
    assert "label_lost" not in [kind for kind, _ in desk.troubles]
    assert len(desk.world.carrier.memory.shipments) == 1


def test_a_label_that_is_never_given_is_for_a_person_to_print():
    desk = failing(1000)
    for hours in range(1, 30):
        desk.world.sweep_at(desk.world.now + timedelta(hours=hours))
    assert (desk.booking("waybill").status, desk.booking("waybill").due_at) == ("done", None)
    assert "label_lost" in [kind for kind, _ in desk.troubles]
