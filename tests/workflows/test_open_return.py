"""Opening a return: decided before anything is written, then written at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import IdempotencyMismatch, InvalidRequestError, ReturnRefused
from chalicelib.money import Money
from chalicelib.returns.case import PickupWish
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception, list_exceptions
from tests.faults.stories import CLAIRE
from tests.workflows.desk import MONDAY, REQUEST, Desk

MALFORMED_LINK = ExportLink("fedex", "794644790132", None, date(2026, 11, 3), None, None)


def test_a_return_within_the_window_is_approved_and_its_waybill_is_the_next_step():
    desk = Desk()
    answered = desk.open()
    assert (answered.status, answered.body["stage"]) == (201, "approved")
    assert answered.body["decision"]["statutory"] is True
    assert desk.waiting("steps") == ['{"kind": "waybill", "case_id": "case0001", "leg": 1}']
    assert broken_at(desk.file.log) is None


def test_a_dry_run_says_the_same_and_keeps_nothing():
    desk = Desk()
    answered = desk.open(dry_run=True)
    assert (answered.status, answered.body["case_id"], answered.body["stage"]) == (200, None, "approved")
    assert desk.file is None
    assert desk.waiting("steps") == []


def test_the_same_key_and_body_replay_the_first_answer_whatever_happened_since():
    desk = Desk()
    first = desk.open()
    desk.world.pump()
    assert desk.file.case.stage == "booked"
    assert desk.open().body == first.body


def test_the_same_key_with_another_body_is_refused():
    desk = Desk()
    desk.open()
    with pytest.raises(IdempotencyMismatch):
        open_return(
            desk.ports,
            REQUEST,
            CLAIRE,
            holder="desk",
            idempotency_key="k",
            body_digest="other",
            dry_run=False,
            now=MONDAY,
        )


def test_a_return_far_past_every_window_is_refused_with_every_reason():
    late = replace(REQUEST, order=replace(REQUEST.order, sold_on=date(2026, 1, 10), delivered_on=date(2026, 1, 20)))
    with pytest.raises(ReturnRefused) as refused:
        Desk().open(late)
    assert len(refused.value.faults) >= 2
    assert all(fault.detail for fault in refused.value.faults)


def test_an_unknown_facility_is_named_with_those_that_exist():
    with pytest.raises(InvalidRequestError) as refused:
        Desk().open(replace(REQUEST, return_to="LON-9"))
    assert [(fault.field, "SZX-1" in fault.detail) for fault in refused.value.faults] == [("return_to", True)]


def test_without_the_link_to_the_original_export_the_case_waits_and_says_what_is_missing():
    desk = Desk()
    answered = desk.open(replace(REQUEST, original_export=MALFORMED_LINK))
    assert answered.body["stage"] == "evidence_needed"
    invoice = next(paper for paper in answered.body["papers"] if paper["name"] == "return_invoice")
    assert invoice["status"] == "waiting"
    assert {"export_reference", "invoice_number"} <= set(invoice["missing"])
    assert desk.waiting("steps") == []
    assert all(booking.due_at is None for booking in desk.file.bookings)


def test_a_piece_given_free_is_not_sent_over_a_border_as_worth_nothing():
    free = replace(REQUEST.items[0], price=Money(Decimal(0), "EUR"))
    with pytest.raises(InvalidRequestError) as refused:
        Desk().open(replace(REQUEST, items=(REQUEST.items[0], free)))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("items.1.price.amount", "value_required")]


def test_inside_one_customs_territory_nothing_is_due_and_no_export_is_asked_for():
    desk = Desk()
    answered = desk.open(replace(REQUEST, return_to="PAR-1", original_export=MALFORMED_LINK)).body
    assert answered["estimate"]["reasons"] == ["no_customs_border"]
    assert (answered["estimate"]["complete"], answered["estimate"]["total"]) == (True, "0.00")
    assert [paper["name"] for paper in answered["papers"]] == ["label"]
    assert answered["stage"] == "review", "an international service is no way from Paris to Paris"
    assert answered["route"] is None


def test_a_tariff_code_that_contradicts_the_piece_goes_to_a_person_before_any_waybill():
    desk = Desk()
    answered = desk.open(replace(REQUEST, items=(replace(REQUEST.items[0], hs_code="7117.19"),)))
    assert answered.body["stage"] == "review"
    assert any("hs_code_contradicts_facts" in point for point in answered.body["next"])
    assert desk.waiting("steps") == []


def test_an_export_that_has_not_happened_yet_goes_to_a_person():
    ahead = replace(REQUEST.original_export, exported_on=MONDAY.date() + timedelta(days=2))
    answered = Desk().open(replace(REQUEST, original_export=ahead)).body
    assert answered["stage"] == "review"
    assert answered["next"] == ["decide: customs: exported_on lies in the future"]


def test_a_refusal_says_each_reason_once_and_not_what_speaks_for_the_return():
    with pytest.raises(ReturnRefused) as refused:
        Desk().open(replace(REQUEST, items=(replace(REQUEST.items[0], article="bar", fineness=999, stones="none"),)))
    codes = [fault.code for fault in refused.value.faults]
    assert codes == ["excluded_bullion"]


def test_what_a_person_must_decide_is_said_once_in_words_and_without_what_speaks_for_the_return():
    unknown = replace(REQUEST, order=replace(REQUEST.order, delivered_on=None))
    answered = Desk().open(unknown)
    points = answered.body["next"]
    assert len(points) == len(set(points)) == 1
    assert "day of delivery is not known" in points[0]
    engraved = Desk().open(replace(REQUEST, items=(replace(REQUEST.items[0], engraved=True),)))
    assert not any("window_open" in point for point in engraved.body["next"])


def test_a_case_shows_its_open_points_and_the_courier_s_hours():
    desk = Desk()
    opened = desk.open(replace(REQUEST, original_export=MALFORMED_LINK)).body
    shown = read_case(desk.ports, "case0001")
    assert shown["next"][: len(opened["next"])] == opened["next"]
    assert (shown["pickup"]["from"], shown["pickup"]["until"]) == ("10:00", "16:00")


def test_without_a_courier_nobody_is_sent_for_one_and_the_customer_is_told_to_hand_it_over():
    desk = Desk()
    desk.open(replace(REQUEST, pickup=None))
    assert "being bought" in read_case(desk.ports, "case0001")["next"][0]
    desk.world.pump()
    assert "they hand it over" in read_case(desk.ports, "case0001")["next"][0]


def test_a_case_that_waits_stands_on_the_work_list_and_goes_on_when_a_person_approves_it_without_proof():
    desk = Desk()
    desk.open(replace(REQUEST, original_export=MALFORMED_LINK))
    (row,) = list_exceptions(desk.ports, severity=None, cursor=None, limit=10)["items"]
    assert row["kind"] == "decision_wanted"
    act_on_exception(
        desk.ports,
        row["exception_id"],
        Verdict("resolve", "anna", note="the export list is lost", outcome="approved_without_proof"),
        MONDAY,
    )
    assert desk.file.case.stage == "approved"
    desk.world.pump()
    assert desk.file.case.stage == "booked"


def test_a_case_that_a_person_refuses_is_cancelled_and_books_nothing():
    desk = Desk()
    desk.open(replace(REQUEST, original_export=MALFORMED_LINK))
    (row,) = list_exceptions(desk.ports, severity=None, cursor=None, limit=10)["items"]
    act_on_exception(
        desk.ports, row["exception_id"], Verdict("resolve", "anna", note="fraud", outcome="refused"), MONDAY
    )
    desk.step("waybill")
    assert desk.file.case.stage == "cancelled"
    assert desk.booking("waybill").status == "cancelled"
    assert not desk.world.carrier.memory.shipments


def test_a_pickup_further_ahead_than_the_carrier_books_waits_for_its_first_moment():
    desk = Desk()
    answered = desk.open(replace(REQUEST, pickup=PickupWish(date(2026, 12, 4), "10:00", "16:00")))
    assert answered.body["pickup"]["status"] == "wait"
    desk.world.pump()
    assert (desk.booking("waybill").status, desk.booking("pickup").status) == ("planned", "planned")
    first_moment = desk.booking("pickup").not_before
    desk.world.sweep_at(first_moment)
    assert desk.booking("pickup").status == "done"


def test_a_faulty_bar_that_no_carrier_takes_goes_to_a_person_and_books_nothing():
    bar = replace(REQUEST.items[0], article="bar", fineness=999, stones="none")
    photos = ("photo_item", "photo_defect")
    answered = Desk().open(replace(REQUEST, items=(bar,), reason="quality", evidence_offered=photos))
    assert answered.body["stage"] == "review"
    assert answered.body["route"] is None


def test_a_piece_that_is_already_coming_home_goes_to_a_person_and_is_not_fetched_twice():
    desk = Desk()
    first = desk.open(key="one")
    desk.ports = replace(desk.ports, new_id=lambda: "case0002")
    second = desk.open(key="two")
    assert second.body["stage"] == "review"
    assert any(first.body["rma"] in point for point in second.body["next"])
    desk.world.pump()
    assert len(desk.world.carrier.memory.shipments) == 1


def test_what_the_carrier_would_not_take_is_said_at_the_door_field_by_field():
    home = replace(CLAIRE.address, country="US", city="New York", postal_code="10001", region=None)
    american = replace(CLAIRE, name="C" * 71, address=home)
    desk = Desk()
    for dry_run in (True, False):
        with pytest.raises(InvalidRequestError) as refused:
            open_return(
                desk.ports, replace(REQUEST, customer_country="US", customer_region="NY"), american, holder="desk",
                idempotency_key=None, body_digest="d", dry_run=dry_run, now=MONDAY,
            )  # fmt: skip
        assert {fault.field for fault in refused.value.faults} == {"shipper.name", "shipper.state"}
    assert desk.file is None


def test_a_pickup_that_cannot_be_booked_as_wished_is_not_booked_for_another_day():
    desk = Desk()
    desk.open(replace(REQUEST, pickup=PickupWish(date(2026, 11, 29), "10:00", "16:00")))
    (row,) = list_exceptions(desk.ports, severity=None, cursor=None, limit=10)["items"]
    approved = Verdict("resolve", "anna", note="customer will choose", outcome="approved")
    act_on_exception(desk.ports, row["exception_id"], approved, MONDAY)
    desk.world.pump()
    assert [booking.kind for booking in desk.file.bookings] == ["waybill"]
    assert not desk.world.carrier.memory.pickups
