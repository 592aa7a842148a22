"""Two boxes of one way home: each with its receipt, weighed by itself or together, looked into as they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.money import Money
from chalicelib.returns.custody import Receipt
from chalicelib.returns.judge_inspection import SamePerson
from chalicelib.returns.judge_parcel import ParcelSeen, Sent, weight_words
from chalicelib.returns.judge_piece import PieceSeen
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.gather_ending import taken_in
from chalicelib.workflows.hand_over import Touch, note_hand_over
from chalicelib.workflows.inspect_pieces import InspectionDiffers, NotReceived
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_custody import read_custody
from chalicelib.workflows.take_in import ReceiptDiffers
from tests.workflows.dock import AT_THE_DOOR, CASE, MODEST, MONDAY, RING, Dock, ring_seen, weighed
from tests.workflows.odd_house import STUDS

# Modest: one person may look at all of it.
TWO_LINES = replace(MODEST, items=(RING, replace(STUDS, price=Money(Decimal("100.00"), "EUR"))))
NO_STUDS = PieceSeen(2, 0)
BOTH_STUDS = PieceSeen(2, 2, weighing=weighed("6.00"), stones=0, hallmark="750", condition="as_sold")
SECOND = {"parcel": 2, "seal": None, "seal_state": "none_used"}
LATER = AT_THE_DOOR + timedelta(days=1)


@pytest.fixture
def dock() -> Dock:
    made = Dock(TWO_LINES)
    made.pack(grams=Decimal(330))
    return made


def doubts(dock: Dock) -> dict[str, tuple[str, ...]]:
    return {one.part_id: one.doubts for one in dock.file.parts.of(Receipt)}


def troubles(dock: Dock) -> list[str]:
    return [one for one in dock.kinds() if not one.startswith("claim")]


def test_each_parcel_has_a_receipt_of_its_own_and_the_case_is_received_with_the_first(dock):
    first = dock.receive(contents="partly")
    second = dock.receive(**SECOND, weight_g=Decimal("148.5"), now=LATER)
    assert (first.is_new, second.is_new, second.row["parcel"], second.row["stage"]) == (True, True, 2, "received")
    assert list(doubts(dock)) == ["1", "1.2"]
    assert [one.parcel_weight_g for one in dock.file.parts.of(Receipt)] == [Decimal("181.5"), Decimal("148.5")]
    rows = [row for row in read_custody(dock.ports, CASE)["items"] if row["row"].startswith("receipt-")]
    assert [(row["row"], row["parcel"]) for row in rows] == [("receipt-1", 1), ("receipt-1.2", 2)]
    assert broken_at(dock.file.log) is None


def test_the_same_again_is_quiet_and_a_correction_is_of_its_own_parcel(dock):
    dock.receive(contents="partly")
    dock.receive(**SECOND, weight_g=Decimal("148.5"))
    version = dock.file.case.version
    assert not dock.receive(**SECOND, weight_g=Decimal("148.5")).is_new
    assert not dock.receive(contents="partly").is_new
    assert dock.file.case.version == version
    with pytest.raises(ReceiptDiffers):
        dock.receive(**SECOND, weight_g=Decimal(90))
    dock.receive(**SECOND, weight_g=Decimal(90), corrects=True, why="misread")
    assert [one.corrected for one in dock.file.parts.of(Receipt)] == [0, 1]


def test_the_first_is_not_accused_of_being_light_because_the_second_is_missing(dock):
    dock.receive(contents="partly")
    dock.work()
    assert doubts(dock)["1"] == ("parcels_awaited", "light_until_all_came")
    assert troubles(dock) == []


def test_together_they_weigh_what_left_and_nothing_is_doubted(dock):
    dock.receive(contents="partly")
    dock.receive(**SECOND, weight_g=Decimal("148.5"))
    dock.work()
    assert doubts(dock) == {"1": ("weighed_together",), "1.2": ("no_seal_noted_at_packing",)}
    assert troubles(dock) == []


def test_what_was_told_of_the_first_alone_is_taken_back_once_the_second_is_here(dock):
    dock.receive()
    dock.work()
    assert troubles(dock) == ["weight_changed"]
    dock.receive(**SECOND, weight_g=Decimal("148.5"))
    dock.work()
    assert troubles(dock) == []


def test_together_too_light_is_told_once_and_by_the_last(dock):
    dock.receive(contents="partly")
    dock.receive(**SECOND, weight_g=Decimal(20))
    dock.work()
    told = [one for one in dock.file.exceptions if one.kind == "weight_changed"]
    assert [(one.episode, one.reason) for one in told] == [("receipt-1.2-weight_changed", "weight_dropped")]
    assert "weight_dropped" not in doubts(dock)["1"]


def test_a_parcel_that_was_weighed_alone_at_its_packing_is_judged_alone(dock):
    touch = Touch("customer", "carrier", "packed", grams=Decimal(149), leg_n=1, parcel=2, seal="S-2002")
    note_hand_over(dock.ports, CASE, touch, by="customer", now=MONDAY)
    dock.pack(grams=Decimal(182))
    dock.receive()
    assert doubts(dock)["1"] == ("parcels_awaited",)
    dock.receive(parcel=2, seal="S-2002", weight_g=Decimal(20))
    dock.work()
    assert (doubts(dock)["1"], doubts(dock)["1.2"]) == ((), ("weight_dropped",))
    assert troubles(dock) == ["weight_changed"]


def test_an_empty_second_box_is_its_own_trouble(dock):
    dock.receive()
    dock.receive(**SECOND, contents="empty", weight_g=Decimal("148.5"))
    dock.work()
    told = [one.episode for one in dock.file.exceptions if one.kind == "empty_parcel"]
    assert told == ["receipt-1.2-empty_parcel"]
    assert dock.inspect(ring_seen(), NO_STUDS).is_new


def test_a_stray_box_that_comes_before_the_waybill_does_leaves_that_missed():
    dock = Dock()
    dock.pack()
    silent = opening(CASE, "silence", "silence-1", MONDAY, leg=1)
    dock.receive(**SECOND, weight_g=Decimal(150))
    take_alert(dock.ports, silent, AT_THE_DOOR)
    dock.work()
    assert troubles(dock) == ["silence"]
    dock.receive(now=LATER)
    dock.work(LATER)
    assert (troubles(dock), doubts(dock)["1"]) == ([], ())


def test_a_box_beside_a_parcel_that_weighs_as_it_left_is_no_rise():
    dock = Dock()
    dock.pack()
    dock.receive()
    dock.receive(**SECOND, weight_g=Decimal(150))
    dock.work()
    assert troubles(dock) == []


def test_the_next_parcel_is_the_next_number(dock):
    with pytest.raises(InvalidRequestError) as refused:
        dock.receive(parcel=3)
    assert [(one.field, one.code) for one in refused.value.faults] == [("parcel", "out_of_order")]
    dock.receive()
    with pytest.raises(InvalidRequestError, match="nothing to correct"):
        dock.receive(**SECOND, corrects=True, why="misread")


def test_a_later_box_moves_no_stage_back_and_the_customer_hears_of_the_first_alone(dock):
    dock.receive(contents="partly")
    dock.inspect(ring_seen(), NO_STUDS)
    dock.receive(**SECOND, weight_g=Decimal("148.5"), now=LATER)
    assert dock.file.case.stage == "inspected"
    assert [(one.leg_n, one.at) for one in taken_in(dock.file)] == [(1, AT_THE_DOOR)]


def test_what_came_later_is_looked_at_alone_and_the_rest_stands(dock):
    dock.receive(contents="partly")
    dock.inspect(ring_seen(), NO_STUDS)
    dock.work()
    assert "shortfall" in troubles(dock)
    dock.receive(**SECOND, weight_g=Decimal("148.5"), now=LATER)
    kept = dock.inspect(BOTH_STUDS, by="dock-2", now=LATER)
    dock.work(LATER)
    assert "shortfall" not in troubles(dock)
    with pytest.raises(SamePerson):
        dock.sign(by="dock-1", n=2)
    dock.sign(by="dock-3", n=2)
    assert (kept.is_new, dock.inspection(2).outcome, dock.inspection(1).replaced_by) == (True, "accepted", 2)
    assert [(one.line, one.accepted) for one in dock.inspection(2).pieces] == [(1, 1), (2, 2)]
    assert dock.inspection(2).looked_at_by == ("dock-1",)
    entry = next(one for one in dock.file.log if one.what == "inspected_again")
    assert (entry.facts["replaces"], entry.facts["why"]) == ("0001", "another_parcel")
    assert not dock.inspect(BOTH_STUDS, by="dock-2", now=LATER).is_new


def test_what_another_person_released_stays_released_and_the_new_lines_are_held_by_themselves(dock):
    dock.receive(contents="partly")
    dock.inspect(ring_seen("4.60"), NO_STUDS)
    dock.release({1: (1, Decimal("4.50")), 2: 0})
    dock.receive(**SECOND, weight_g=Decimal("148.5"), now=LATER)
    dock.inspect(BOTH_STUDS, by="dock-2", now=LATER)
    assert (dock.inspection(2).waits_for, dock.inspection(2).pieces[0].holds) == (("second_person",), ())
    dock.sign(by="dock-3", n=2)
    found = dock.inspection(2)
    assert (found.holds, [(one.line, one.accepted) for one in found.pieces]) == (False, [(1, 1), (2, 2)])
    assert found.pieces[0].accepted_net_g == Decimal("4.50")


def test_a_line_that_was_looked_at_is_only_looked_at_again_with_a_word_of_why(dock):
    dock.receive(contents="partly")
    dock.inspect(ring_seen(), replace(BOTH_STUDS, came=1, weighing=weighed("3.00")))
    dock.receive(**SECOND, weight_g=Decimal("148.5"))
    with pytest.raises((InspectionDiffers, InvalidRequestError)):
        dock.inspect(BOTH_STUDS)
    dock.inspect(ring_seen(), BOTH_STUDS, corrects=True, why="second_box")
    assert [(one.line, one.came) for one in dock.inspection(2).pieces] == [(1, 1), (2, 2)]


def test_with_one_parcel_alone_another_finding_is_a_correction(dock):
    dock.receive()
    dock.inspect(ring_seen(), NO_STUDS)
    with pytest.raises((InspectionDiffers, InvalidRequestError)):
        dock.inspect(BOTH_STUDS)


def test_nothing_is_looked_into_for_another_leg(dock):
    with pytest.raises(NotReceived):
        dock.inspect(ring_seen(), NO_STUDS)


def test_light_words_by_contents_alone():
    sent = Sent(Decimal(330), (), Decimal(50), None)
    seen = ParcelSeen(Decimal(180), contents="partly")
    assert tuple(weight_words(seen, sent)) == ("parcels_awaited", "light_until_all_came")
    assert tuple(weight_words(replace(seen, contents="as_listed"), sent)) == ("weight_dropped",)
    two = replace(sent, parcel=2, parcels=2, sealed_alone=False, beside_g=(None,))
    assert tuple(weight_words(seen, two)) == ("parcels_awaited",)
