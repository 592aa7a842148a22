"""A way that no call of ours can order is taken all the same: a person orders it, and the case goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.api.bodies import OpenReturnBody
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from infra.local.ring import TALES
from tests.faults.gate import Gate
from tests.faults.world import MONDAY, World

NUMBER = "EA123456785CN"


class NoCall:
    """A wire that must not be used."""

    def call(self, name: str, request: Any) -> Any:
        raise AssertionError(f"{name} was called: {request.method} {request.path}")


@pytest.fixture
def world() -> World:
    made = World(Gate())
    made.ports = replace(made.ports, link=NoCall())
    return made


def opened(world: World) -> dict[str, Any]:
    body = OpenReturnBody.model_validate(TALES["ems"].request(MONDAY))
    answer = open_return(
        world.ports, body.as_request(), body.as_person(), holder="desk", idempotency_key="k", body_digest="d",
        dry_run=False, now=MONDAY,
    )  # fmt: skip
    world.pump()
    return dict(answer.body)


def waiting(world: World, case_id: str) -> dict[str, str]:
    file = world.ports.cases.file(case_id)
    return {one.kind: one.exception_id for one in file.exceptions if one.status != "resolved"}


def resolve(world: World, exception_id: str, **given: str) -> None:
    verdict = Verdict("resolve", "desk", note="done by hand", outcome="booked", **given)
    act_on_exception(world.ports, exception_id, verdict, world.now)
    world.pump()


def test_insured_mail_abroad_is_chosen_though_a_person_must_order_it(world: World) -> None:
    case = opened(world)
    assert (case["stage"], case["route"]["service"], case["route"]["bookable"]) == (
        "approved", "CN_EMS_INSURED", False,
    )  # fmt: skip
    assert case["next"] == ["order the waybill of ems (CN_EMS_INSURED): no call of ours can"]
    assert set(waiting(world, case["case_id"])) == {"waybill_by_person"}


def test_the_number_that_the_person_tells_lets_the_case_go_on(world: World) -> None:
    case_id = opened(world)["case_id"]
    resolve(world, waiting(world, case_id)["waybill_by_person"], tracking_number=NUMBER)
    assert world.ports.cases.file(case_id).legs[0].number == NUMBER
    assert set(waiting(world, case_id)) == {"pickup_by_person", "label_lost"}
    resolve(world, waiting(world, case_id)["pickup_by_person"], confirmation="11183-7")
    file = world.ports.cases.file(case_id)
    assert file.case.stage == "booked"
    assert {one.kind: one.status for one in file.bookings} == {"waybill": "done", "pickup": "done"}
    assert set(waiting(world, case_id)) == {"label_lost"}
    assert [track.carrier for track in world.ports.tracks.file("ems", NUMBER).tracks] == ["ems"]
