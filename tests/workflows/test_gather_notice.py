"""What a notice is written from: read off the case, its bookings and its scans, and nothing made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from chalicelib.merchant import Merchant
from chalicelib.notices.facts import PickupHours
from chalicelib.notices.moments import occasions
from chalicelib.notices.register import Register
from chalicelib.shipments.fold import fold
from chalicelib.shipments.leg import Track
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.gather_notice import Look, Told, facts_of, history_of, house_name, look_at
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.fakes.pieces import a_hold, a_scan, a_track
from tests.faults.stories import CLAIRE, RING
from tests.workflows.desk import HOUR, MONDAY, REQUEST, Desk

QUALITY = replace(REQUEST, kind="warranty", reason="quality")
WITHOUT_PROOF = replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None))
DOUBTED = replace(REQUEST, items=(replace(RING, hs_code="7117.19"),))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def looked(desk: Desk) -> Look:
    return look_at(desk.ports, desk.file)


def moments(desk: Desk) -> list[str]:
    return [one.moment for one in occasions(looked(desk).history, Register(), MONDAY)]


def facts(desk: Desk, moment: str, episode: str = "", *, person=CLAIRE, now=MONDAY):
    return facts_of(looked(desk), Told(moment, episode, now), desk.ports.merchant(), person, now)  # type: ignore[arg-type]


def held_track(*events) -> Track:
    blank = a_track()
    return replace(blank, events=tuple(events), state=fold(events, blank.facts))


def test_a_return_that_is_approved_at_once_was_accepted_when_it_was_opened(desk):
    desk.open()
    assert looked(desk).history.accepted_at == MONDAY


def test_a_return_that_waited_for_its_proof_was_accepted_when_it_was_given(desk):
    from chalicelib.workflows.prove_export import prove_export

    desk.open(WITHOUT_PROOF)
    assert moments(desk) == []
    prove_export(desk.ports, "case0001", replace(REQUEST.original_export), holder="desk", now=MONDAY + HOUR)
    assert looked(desk).history.accepted_at == MONDAY + HOUR


def test_what_the_merchant_must_find_itself_is_not_asked_of_the_customer(desk):
    desk.open(WITHOUT_PROOF)
    assert looked(desk).history.evidence_wanted_at is None


def test_the_customer_is_asked_for_the_photographs_that_the_ground_needs(desk):
    assert desk.open(QUALITY).body["stage"] == "evidence_needed"
    assert moments(desk) == ["evidence_wanted"]
    told = facts(desk, "evidence_wanted")
    assert (told.task, told.wanted) == ("send_photos", ("photo_item", "photo_defect"))


@pytest.mark.parametrize(("outcome", "moment"), [("approved", "approved"), ("refused", "refused")])
def test_what_a_person_decided_is_a_decision_and_not_an_acceptance(desk, outcome, moment):
    desk.open(DOUBTED)
    (waiting,) = desk.file.exceptions
    act_on_exception(desk.ports, waiting.exception_id, Verdict("resolve", "b", note="n", outcome=outcome), MONDAY)
    assert moments(desk) == ["decision"]
    (decided,) = looked(desk).history.decisions
    assert facts(desk, "decision", decided.episode).outcome == moment


def test_only_what_is_sure_is_given_as_a_reason_for_a_refusal(desk):
    desk.open(DOUBTED)
    plan = desk.file.plan
    reasons = [{"code": code} for code in ("policy_window_over", "exclusion_notice_unknown", "excluded_custom")]
    answer = {**plan.answer, "decision": {**plan.answer["decision"], "reasons": reasons}}
    (waiting,) = desk.file.exceptions
    act_on_exception(desk.ports, waiting.exception_id, Verdict("resolve", "b", note="n", outcome="refused"), MONDAY)
    file = replace(desk.file, plan=replace(plan, answer=answer))
    (decided,) = history_of(file, ()).decisions
    assert decided.reasons == ("policy_window_over", "excluded_custom")


def test_a_courier_is_told_by_the_clock_of_the_place(desk):
    desk.open()
    desk.step("waybill")
    desk.step("pickup", MONDAY + HOUR)
    (courier,) = looked(desk).history.couriers
    assert (courier.episode, courier.at) == ("1.1-20261124-1000-1600", MONDAY + HOUR)
    assert courier.hours == PickupHours(date(2026, 11, 24), time(10), time(16), "Europe/Paris")
    told = facts(desk, "pickup_booked", courier.episode)
    assert (told.task, told.pickup, told.carrier) == ("hand_to_courier", courier.hours, "FedEx")
    assert told.packing[-1] == "pickup.receipt"
    assert told.tracking_number


def test_a_courier_that_was_called_off_comes_no_more(desk):
    desk.open()
    desk.step("waybill")
    desk.step("pickup")
    cancel_case(desk.ports, "case0001", reason="changed_mind", holder="desk", now=MONDAY)
    desk.step("pickup_cancel")
    assert looked(desk).history.couriers == ()
    assert facts(desk, "cancelled").task == "destroy_label"


def test_a_courier_of_whom_one_hears_after_the_parcel_was_collected_comes_no_more(desk):
    desk.open()
    desk.step("waybill")
    told = {"case_id": "case0001", "leg": 1, "change": "moving", "milestone": "picked_up"}
    advance_case(desk.ports, {**told, "at": "2026-11-24T11:00:00Z"}, MONDAY + 26 * HOUR)
    desk.step("pickup", MONDAY + 27 * HOUR)
    assert [one.status for one in desk.file.bookings if one.kind == "pickup"] == ["done"]
    assert looked(desk).history.couriers == ()
    assert moments(desk) == ["accepted", "collected"]


def test_a_label_that_was_never_bought_need_not_be_destroyed(desk):
    desk.open()
    cancel_case(desk.ports, "case0001", reason="changed_mind", holder="desk", now=MONDAY)
    assert facts(desk, "cancelled").task == "nothing"


@pytest.mark.parametrize(
    ("request_", "carrier", "task"),
    [
        (REQUEST, "fedex", "await_courier_day"),
        (replace(REQUEST, pickup=None), "fedex", "name_pickup_day"),
        (replace(REQUEST, pickup=None), "ems", "take_to_counter"),
    ],
)
def test_who_is_accepted_is_told_how_the_parcel_gets_to_its_carrier(desk, request_, carrier, task):
    desk.open(request_)
    look = looked(desk)
    brought = replace(look, file=replace(look.file, legs=(replace(look.file.legs[0], carrier=carrier),)))
    told = facts_of(brought, Told("accepted", "", MONDAY), desk.ports.merchant(), CLAIRE, MONDAY)
    assert (told.task, bool(told.packing)) == (task, task == "take_to_counter")


def test_the_way_counts_by_the_carriers_own_time(desk):
    desk.open()
    for change, milestone, hours in (("moving", "picked_up", 1), ("arrived", "delivered", 9)):
        told = {"case_id": "case0001", "leg": 1, "change": change, "milestone": milestone}
        advance_case(desk.ports, {**told, "at": f"2026-11-23T{9 + hours:02}:00:00Z"}, MONDAY + 20 * HOUR)
    history = looked(desk).history
    assert [one.at for one in (*history.collected, *history.arrived)] == [MONDAY + HOUR, MONDAY + 9 * HOUR]


def holds(track: Track, desk: Desk):
    return history_of(desk.file, (track,)).holds


def test_a_hold_is_told_with_its_reason_and_that_nothing_is_asked(desk):
    desk.open()
    (hold,) = holds(held_track(a_scan(), a_hold(1)), desk)
    assert (hold.reason, hold.task, hold.until) == ("customs_documents_missing", "nothing", None)


def test_a_delay_that_asks_nothing_of_anybody_is_no_hold(desk):
    desk.open()
    assert holds(held_track(a_scan(), a_scan(1, condition="delayed", reason="weather")), desk) == ()


@pytest.mark.parametrize(
    ("reason", "task"),
    [("address_incomplete", "check_address"), ("customs_documents_missing", "send_papers"), (None, "answer_carrier")],
)
def test_what_only_the_customer_can_do_is_asked_of_them(desk, reason, task):
    desk.open()
    asking = a_scan(1, condition="action_required", reason=reason, action_by="customer")
    (hold,) = holds(held_track(a_scan(), asking), desk)
    assert (hold.task, hold.asked_at) == (task, asking.at)


@pytest.mark.parametrize(("direction", "asked"), [("home", False), ("out", True)])
def test_the_consignee_is_the_customer_only_on_the_way_out(desk, direction, asked):
    desk.open()
    scans = (a_scan(), a_scan(1, condition="action_required", reason="address_incomplete", action_by="consignee"))
    track = replace(a_track(), direction=direction, events=scans)
    assert bool(holds(replace(track, state=fold(scans, track.facts)), desk)) is asked


def test_a_hold_that_customs_released_went_on_and_one_that_ended_in_a_loss_did_not(desk):
    desk.open()
    gone_on = a_scan(5, milestone="import_cleared", reason="customs_released", condition="ok")
    lost = a_scan(5, milestone="lost", condition="failed", reason="lost")
    freed = [holds(held_track(a_scan(), a_hold(1), end), desk)[0].freed for end in (gone_on, lost)]
    assert freed == [True, False]


@pytest.mark.parametrize(
    ("country", "region", "zone", "sure"),
    [
        ("FR", None, "Europe/Paris", True),
        ("US", "TX", "America/Chicago", True),
        ("US", None, "America/New_York", False),
        ("XK", None, "Etc/UTC", False),
    ],
)
def test_times_are_told_by_the_clock_of_the_customer_or_with_its_name(desk, country, region, zone, sure):
    desk.open()
    address = replace(CLAIRE.address, country=country, region=region)
    told = facts(desk, "accepted", person=replace(CLAIRE, address=address))
    assert (told.zone, told.zone_is_sure) == (zone, sure)


def test_a_preview_reads_no_person(desk):
    desk.open()
    told = facts(desk, "accepted", person=None)
    assert (told.customer_name, told.zone) == (None, "Europe/Paris")


def named(merchant: Merchant, name: str) -> str:
    return house_name(replace(merchant, name=name, brands=("Maison Dorure",)), merchant.facility[0])


def test_a_house_whose_name_tells_what_it_sells_signs_as_its_labels_do(desk):
    merchant = desk.ports.merchant()
    ours = merchant.facility[0].company
    names = ["Smith Jewellers", "Maison Dorure", "Smith & Daughters"]
    assert [named(merchant, one) for one in names] == [ours, ours, "Smith & Daughters"]


def test_a_summary_asks_for_what_is_still_to_be_done(desk):
    desk.open()
    desk.step("waybill")
    desk.step("pickup")
    before, after = facts(desk, "summary"), facts(desk, "summary", now=MONDAY + timedelta(days=4))
    assert (before.task, before.pickup is not None) == ("hand_to_courier", True)
    assert (after.task, after.pickup) == ("nothing", None)


@pytest.mark.parametrize(("days", "known"), [(2, True), (-1, False)])
def test_an_estimate_from_before_a_hold_is_no_promise(desk, days, known):
    desk.open()
    look = looked(desk)
    leg = look.leg()
    track = a_track(carrier=leg.carrier, leg_n=leg.n, eta=MONDAY + timedelta(days=days))
    told = facts_of(
        replace(look, tracks=(track,)), Told("released", "x", MONDAY), desk.ports.merchant(), CLAIRE, MONDAY
    )
    assert (told.expected_at is not None) is known
    assert told.expected_in == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (a_scan(5, milestone="delivered"), True),
        (a_scan(5, milestone="delivered", condition="action_required", reason="delivered_to_unexpected_place"), False),
        (a_scan(5, milestone="delivered", condition="action_required", reason="damaged"), True),
        (a_scan(5, milestone="in_transit"), False),
    ],
)  # fmt: skip
def test_that_a_parcel_has_come_is_told_only_where_we_may_hold_it(desk, event, told):
    desk.open()
    entry = replace(desk.file.log[-1], what="stage_arrived", facts={"leg": "1"}, n=99)
    file = replace(desk.file, log=(*desk.file.log, entry))
    assert bool(history_of(file, (held_track(a_scan(0), event),)).arrived) is told
