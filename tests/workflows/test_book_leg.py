"""Waybill and pickup: claimed, made once, recorded; or visibly unknown with a person asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import CarrierOutcomeUnknown, ConflictError, InvalidRequestError
from chalicelib.workflows.alert_words import alert_of_booking
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception, list_exceptions
from tests.faults.gate import Crash
from tests.workflows.desk import HOUR, MONDAY, REQUEST, Desk


class Mute:
    """A carrier that carries out or does not, and whose answers to changing calls never come back."""

    def __init__(self, wire, *, carries_out: bool) -> None:
        self.wire, self.carries_out, self.deaf = wire, carries_out, True

    def call(self, carrier, request):
        if request.reads_only or not self.deaf:
            return self.wire.call(carrier, request)
        if self.carries_out:
            self.wire.call(carrier, request)
        raise CarrierOutcomeUnknown("no answer")


def opened(**mute) -> tuple[Desk, Mute | None]:
    desk = Desk()
    desk.open()
    wire = None
    if mute:
        wire = Mute(desk.world.wire, **mute)
        desk.world.ports = desk.ports = _with_link(desk.ports, wire)
    return desk, wire


def _with_link(ports, link):
    from dataclasses import replace

    return replace(ports, link=link)


def test_the_pickup_waits_for_the_waybill():
    desk, _ = opened()
    desk.step("pickup")
    assert desk.booking("pickup").status == "planned"


def test_a_step_that_comes_twice_books_once():
    desk, _ = opened()
    for _ in range(3):
        desk.step("waybill")
    for _ in range(3):
        desk.step("pickup")
    assert desk.world.carrier.booked_for(desk.file.legs[0].number) == (1, 1)


def test_a_waybill_whose_answer_was_lost_is_found_under_our_reference_and_its_label_is_asked_for():
    desk, _ = opened(carries_out=True)
    desk.step("waybill")
    assert desk.booking("waybill").status == "done"
    assert desk.file.legs[0].number in desk.world.carrier.memory.shipments
    desk.alerts()
    assert [one.kind for one in desk.file.exceptions] == ["label_lost"]


def test_a_waybill_that_cannot_be_found_is_unknown_and_never_asked_for_again_by_itself():
    desk, mute = opened(carries_out=False)
    desk.step("waybill")
    desk.alerts()
    mute.deaf = False
    for hours in (1, 5, 30):
        desk.step("waybill", MONDAY + hours * HOUR)
        desk.world.sweep_at(MONDAY + timedelta(hours=hours))
    assert desk.booking("waybill").status == "unknown"
    assert not desk.world.carrier.memory.shipments
    assert [(one.kind, one.status) for one in desk.file.exceptions] == [("waybill_unknown", "open")]


def unknown_waybill() -> tuple[Desk, str]:
    desk, mute = opened(carries_out=False)
    desk.step("waybill")
    desk.alerts()
    mute.deaf = False
    (row,) = list_exceptions(desk.ports, severity=None, cursor=None, limit=10)["items"]
    return desk, row["exception_id"]


def test_a_person_who_found_nothing_booked_lets_it_be_asked_for_again_under_a_new_reference():
    desk, exception_id = unknown_waybill()
    verdict = Verdict("resolve", "anna", note="nothing in the portal", outcome="not_booked")
    act_on_exception(desk.ports, exception_id, verdict, MONDAY + HOUR)
    desk.world.pump()
    assert desk.booking("waybill").status == "done"
    assert desk.booking("waybill").reference.endswith("-1W.2")
    assert desk.file.case.stage == "booked"


def test_a_person_who_found_the_waybill_gives_its_number_and_the_leg_goes_on_with_it():
    desk, exception_id = unknown_waybill()
    verdict = Verdict("resolve", "anna", note="in the portal", outcome="booked", tracking_number="794644790999")
    act_on_exception(desk.ports, exception_id, verdict, MONDAY + HOUR)
    desk.step("waybill", MONDAY + HOUR)
    assert desk.file.legs[0].number == "794644790999"
    assert desk.ports.tracks.file("fedex", "794644790999").tracks[0].case_id == "case0001"
    desk.alerts(MONDAY + HOUR)
    assert [one.kind for one in desk.file.exceptions if one.status == "open"] == ["label_lost"]


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("resolve", "anna", note="done"),
        Verdict("resolve", "anna", outcome="not_booked"),
        Verdict("resolve", "anna", note="x", outcome="approved"),
        Verdict("resolve", "anna", note="x", outcome="booked"),
        Verdict("resolve", "anna", note="x", outcome="booked", confirmation="3001"),
        Verdict("snooze", "anna"),
    ],
    ids=[
        "no outcome",
        "no note",
        "outcome of another kind",
        "booked without number",
        "waybill booked with a pickup's confirmation",
        "snooze without until",
    ],
)
def test_half_an_answer_about_a_booking_is_refused_and_changes_nothing(verdict):
    desk, exception_id = unknown_waybill()
    before = desk.file
    with pytest.raises(InvalidRequestError) as refused:
        act_on_exception(desk.ports, exception_id, verdict, MONDAY)
    assert refused.value.faults
    assert desk.file == before


def test_a_resolved_exception_may_be_resolved_again_quietly_and_not_be_snoozed():
    desk, exception_id = unknown_waybill()
    verdict = Verdict("resolve", "anna", note="nothing in the portal", outcome="not_booked")
    first = act_on_exception(desk.ports, exception_id, verdict, MONDAY)
    assert act_on_exception(desk.ports, exception_id, verdict, MONDAY) == first
    with pytest.raises(ConflictError):
        act_on_exception(desk.ports, exception_id, Verdict("snooze", "anna", until=MONDAY + HOUR), MONDAY)


def test_a_resolved_exception_is_not_resolved_again_to_the_contrary():
    desk, exception_id = unknown_waybill()
    act_on_exception(
        desk.ports, exception_id, Verdict("resolve", "anna", note="nothing there", outcome="not_booked"), MONDAY
    )
    contrary = Verdict("resolve", "ben", note="it is", outcome="booked", tracking_number="794644790999")
    with pytest.raises(ConflictError, match="not_booked: nothing there"):
        act_on_exception(desk.ports, exception_id, contrary, MONDAY)


def test_a_waybill_number_that_travels_for_another_case_is_refused():
    desk, exception_id = unknown_waybill()
    desk.ports = replace(desk.ports, new_id=lambda: "case0002")
    desk.open(replace(REQUEST, items=(replace(REQUEST.items[0], serial="GT-0002"),)), key="another ring")
    desk.world.pump()
    (other,) = desk.ports.cases.file("case0002").legs
    verdict = Verdict("resolve", "anna", note="typed wrongly", outcome="booked", tracking_number=other.number)
    with pytest.raises(InvalidRequestError) as refused:
        act_on_exception(desk.ports, exception_id, verdict, MONDAY + HOUR)
    assert [fault.code for fault in refused.value.faults] == ["belongs_to_another_case"]
    assert desk.booking("waybill").status == "unknown"


def test_a_snoozed_exception_tells_until_when_and_stays_on_the_list():
    desk, exception_id = unknown_waybill()
    verdict = Verdict("snooze", "anna", note="the carrier opens on Tuesday", until=MONDAY + 20 * HOUR)
    act_on_exception(desk.ports, exception_id, verdict, MONDAY)
    (row,) = list_exceptions(desk.ports, severity=None, cursor=None, limit=10)["items"]
    assert row["status"] == "snoozed"
    assert row["history"][-1]["note"].endswith("Z: the carrier opens on Tuesday")
    assert row["history"][-1]["note"].startswith("until 2026-")


def test_the_log_tells_what_a_person_decided():
    desk, exception_id = unknown_waybill()
    verdict = Verdict("resolve", "anna", note="nothing in the portal", outcome="not_booked")
    act_on_exception(desk.ports, exception_id, verdict, MONDAY)
    (told,) = [entry for entry in desk.file.log if entry.what == "exception_resolved"]
    assert (told.by, told.facts["outcome"]) == ("anna", "not_booked")


def test_what_the_carrier_refuses_goes_to_a_person_in_its_own_words():
    desk, _ = opened()
    refusal = b'{"errors":[{"code":"SHIPPER.POSTALCODE.INVALID","message":"Postal code is invalid"}]}'

    class Refusing:
        def call(self, carrier, request):
            if request.path == "/ship/v1/shipments":
                return HttpResponse(400, {}, refusal)
            return desk.world.wire.call(carrier, request)

    desk.ports = _with_link(desk.ports, Refusing())
    desk.step("waybill")
    desk.alerts()
    assert desk.booking("waybill").status == "refused"
    (told,) = desk.file.exceptions
    assert (told.kind, told.reason) == ("booking_refused", "SHIPPER.POSTALCODE.INVALID")
    assert told.history[0].note == "SHIPPER.POSTALCODE.INVALID: Postal code is invalid"
    assert "Postal code is invalid" not in str([entry.facts for entry in desk.file.log])


def test_a_carrier_that_is_away_is_asked_again_by_the_sweep_and_booked_once():
    desk, _ = opened()
    away = {"calls": 0}

    class Away:
        def call(self, carrier, request):
            away["calls"] += 1
            if away["calls"] <= 2:
                return HttpResponse(503, {}, b"")
            return desk.world.wire.call(carrier, request)

    desk.world.ports = desk.ports = _with_link(desk.ports, Away())
    desk.world.pump()
    assert desk.booking("waybill").status == "planned"
    for hours in (1, 2, 4):
        desk.world.sweep_at(MONDAY + timedelta(hours=hours))
    assert desk.file.case.stage == "booked"
    assert desk.world.carrier.booked_for(desk.file.legs[0].number) == (1, 1)


def test_the_fifth_failure_to_reach_the_carrier_goes_to_a_person_and_not_an_earlier_one():
    desk, _ = opened()
    tries = []

    class Busy:
        def call(self, carrier, request):
            if request.path == "/ship/v1/shipments":
                tries.append(request)
                return HttpResponse(429, {}, b"")
            return desk.world.wire.call(carrier, request)

    desk.world.ports = desk.ports = _with_link(desk.ports, Busy())
    desk.world.pump()
    while not desk.file.exceptions:
        desk.world.sweep_at(desk.world.now + HOUR)
    assert [one.kind for one in desk.file.exceptions] == ["booking_stuck"]
    assert len(tries) == 5


class Meanwhile:
    """Cases during the next commit of which something else happens first."""

    def __init__(self, cases, happens) -> None:
        self._cases, self._happens = cases, happens

    def __getattr__(self, name):
        return getattr(self._cases, name)

    def commit(self, *args, **kwargs):
        happens, self._happens = self._happens, lambda: None
        happens()
        return self._cases.commit(*args, **kwargs)


def test_what_became_known_while_a_person_decided_is_not_asked_for_again():
    desk, exception_id = unknown_waybill()
    plain = desk.ports

    def is_recorded() -> None:
        given = Verdict("resolve", "ben", note="in the portal", outcome="booked", tracking_number="794644790999")
        act_on_exception(plain, exception_id, given, MONDAY)
        desk.step("waybill", MONDAY)

    desk.ports = replace(plain, cases=Meanwhile(plain.cases, is_recorded))
    verdict = Verdict("resolve", "anna", note="nothing in the portal", outcome="not_booked")
    with pytest.raises(ConflictError):
        act_on_exception(desk.ports, exception_id, verdict, MONDAY)
    assert (desk.booking("waybill").status, desk.file.legs[0].number) == ("done", "794644790999")


def arrived_without_its_courier() -> Desk:
    desk, _ = opened()
    desk.step("waybill")
    at = {"case_id": "case0001", "leg": 1, "milestone": "delivered", "at": "2026-11-24T10:00:00Z"}
    advance_case(desk.ports, {**at, "change": "arrived"}, MONDAY + HOUR)
    return desk


def test_no_courier_is_sent_for_a_parcel_that_has_arrived_and_nobody_is_asked():
    desk = arrived_without_its_courier()
    for hours in range(2, 40):
        desk.world.sweep_at(MONDAY + hours * HOUR)
    assert desk.booking("pickup").status == "cancelled"
    assert "booking_stuck" not in [one.kind for one in desk.file.exceptions]
    assert desk.world.carrier.booked_for(desk.file.legs[0].number) == (1, 0)


def test_a_courier_that_a_person_found_booked_is_recorded_after_the_parcel_arrived():
    desk, mute = opened(carries_out=True)
    mute.deaf = False
    desk.step("waybill")
    mute.deaf = True
    desk.step("pickup")
    desk.alerts()
    at = {"case_id": "case0001", "leg": 1, "milestone": "delivered", "at": "2026-11-24T10:00:00Z"}
    advance_case(desk.ports, {**at, "change": "arrived"}, MONDAY + HOUR)
    (told,) = desk.file.exceptions
    verdict = Verdict("resolve", "anna", note="in the portal", outcome="booked", confirmation="3001")
    act_on_exception(desk.ports, told.exception_id, verdict, MONDAY + 2 * HOUR)
    desk.step("pickup", MONDAY + 2 * HOUR)
    assert (desk.booking("pickup").status, desk.file.case.stage) == ("done", "arrived")


class DiesAfterCommit(Meanwhile):
    def commit(self, *args, **kwargs):
        self._cases.commit(*args, **kwargs)
        raise Crash


def test_a_lost_label_is_told_even_by_a_worker_that_died_as_soon_as_the_waybill_was_recorded():
    desk, _ = opened(carries_out=True)
    plain = desk.ports
    desk.ports = replace(plain, cases=DiesAfterCommit(plain.cases, lambda: None))
    with pytest.raises(Crash):
        desk.step("waybill")
    desk.ports = plain
    desk.step("waybill", MONDAY + HOUR)
    desk.alerts(MONDAY + HOUR)
    assert desk.booking("waybill").status == "done"
    assert [one.kind for one in desk.file.exceptions] == ["label_lost"]


def test_an_exception_about_a_booking_that_the_facts_settled_can_still_be_closed_by_agreeing():
    desk, _ = opened()
    stuck = replace(desk.booking("pickup"), due_at=None)
    desk.ports.queues.send("alerts", [alert_of_booking(stuck, "booking_stuck", MONDAY)])
    desk.alerts()
    desk.world.pump()
    assert desk.booking("pickup").status == "done"
    (told,) = desk.file.exceptions
    denied = Verdict("resolve", "anna", note="nothing there", outcome="not_booked")
    with pytest.raises(ConflictError):
        act_on_exception(desk.ports, told.exception_id, denied, MONDAY)
    agreed = Verdict("resolve", "anna", note="he is coming", outcome="booked", confirmation="3001")
    act_on_exception(desk.ports, told.exception_id, agreed, MONDAY)
    desk.world.pump()
    assert [one.status for one in desk.file.exceptions] == ["resolved"]
    assert len(desk.world.carrier.memory.pickups) == 1


def test_a_number_that_was_misread_from_the_label_is_refused_and_named():
    desk, exception_id = unknown_waybill()
    misread = Verdict("resolve", "anna", note="in the portal", outcome="booked", tracking_number="794644790998")
    with pytest.raises(InvalidRequestError) as told:
        act_on_exception(desk.ports, exception_id, misread, MONDAY + HOUR)
    assert [(fault.field, fault.code) for fault in told.value.faults] == [("tracking_number", "wrong_check_digit")]
    assert desk.booking("waybill").status == "unknown"


def test_a_page_of_something_before_the_carrier_leaves_the_order_planned_and_asks_for_nothing():
    desk = Desk()
    desk.open()

    class Page:
        def call(self, _host, _request):
            return HttpResponse(404, {"content-type": "text/html"}, b"<html>not here</html>")

    through = desk.ports
    desk.ports = _with_link(through, Page())
    desk.step("waybill")
    assert (desk.booking("waybill").status, desk.booking("waybill").claimed_at) == ("planned", None)
    assert desk.booking("waybill").due_at > MONDAY
    desk.ports = through
    desk.step("waybill", MONDAY + HOUR)
    assert desk.booking("waybill").status == "done"
