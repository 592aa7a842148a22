"""The case follows its parcel, once and never backwards."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.take_steps import take_step
from tests.workflows.desk import MONDAY, Desk

MOVING = {
    "kind": "advance_case", "case_id": "case0001", "leg": 1, "change": "moving", "milestone": "picked_up",
    "at": "2026-11-24T10:00:00Z",
}  # fmt: skip
ARRIVED = {**MOVING, "change": "arrived", "milestone": "delivered"}


def a_case_at(stage: str) -> Desk:
    desk = Desk()
    desk.open()
    amend(desk.ports, "case0001", MONDAY, lambda case: Amendment(replace(case, stage=stage), "moved_by_test"))
    return desk


@pytest.mark.parametrize("order", list(itertools.permutations([MOVING, ARRIVED, MOVING, ARRIVED])), ids=str)
def test_news_in_any_order_and_number_ends_at_arrived_and_is_logged_once(order):
    desk = a_case_at("booked")
    for message in order:
        advance_case(desk.ports, message, MONDAY)
    assert desk.file.case.stage == "arrived"
    told = [entry.what for entry in desk.file.log]
    assert told.count("stage_arrived") == 1
    assert told.count("stage_in_transit") <= 1
    assert broken_at(desk.file.log) is None


def test_a_scan_may_outrun_our_own_record_of_the_booking():
    desk = a_case_at("approved")
    advance_case(desk.ports, MOVING, MONDAY)
    assert desk.file.case.stage == "in_transit"


@pytest.mark.parametrize("stage", ["cancelled", "review", "evidence_needed"])
def test_a_case_off_the_road_stays_where_it_is(stage):
    desk = a_case_at(stage)
    before = desk.file
    advance_case(desk.ports, MOVING, MONDAY)
    assert desk.file == before


def test_a_step_about_no_case_is_not_swallowed():
    with pytest.raises(NotFoundError):
        take_step(Desk().ports, MOVING, MONDAY)


def test_a_step_of_no_known_kind_is_refused():
    with pytest.raises(InvalidRequestError):
        take_step(Desk().ports, {"kind": "teleport"}, MONDAY)


@pytest.mark.parametrize("stage", ["review", "evidence_needed"])
def test_a_stray_booking_step_books_nothing_for_a_case_that_waits_for_a_person(stage):
    desk = a_case_at(stage)
    desk.step("waybill")
    assert desk.booking("waybill").status == "planned"
    assert not desk.world.carrier.memory.shipments


def test_a_log_that_was_tampered_with_is_found_at_the_entry():
    desk = a_case_at("booked")
    entries = list(desk.file.log)
    entries[1] = replace(entries[1], facts={"leg": "2"})
    assert broken_at(entries) == 2
