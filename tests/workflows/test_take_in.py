"""A parcel at the door: taken in whatever is wrong with it, once, with its doubts told and its evidence frozen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.evidence import Evidence
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.hand_over import MOST_ROWS, CustodyFull, Touch, note_hand_over
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_custody import read_custody
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_in import ReceiptDiffers
from tests.workflows.dock import AT_THE_DOOR, CASE, MONDAY, Dock


@pytest.fixture
def dock() -> Dock:
    made = Dock()
    made.pack()
    return made


def receipt(dock: Dock) -> Receipt:
    return dock.file.parts.of(Receipt)[0]


def test_a_parcel_is_taken_in_and_its_case_is_received(dock):
    kept = dock.receive()
    assert (kept.is_new, kept.row["stage"], kept.row["doubts"]) == (True, "received", [])
    assert (receipt(dock).sealed_g, receipt(dock).received_by) == (Decimal(182), "dock-1")
    assert (dock.file.case.stage, broken_at(dock.file.log)) == ("received", None)


def test_the_same_again_is_quiet_and_by_whoever_says_it(dock):
    dock.receive()
    before = dock.file.case.version
    assert not dock.receive(by="dock-2", weight_g=Decimal("181.50")).is_new
    assert dock.file.case.version == before


def test_other_facts_want_a_word_of_why_and_the_log_keeps_both_digests(dock):
    dock.receive()
    with pytest.raises(ReceiptDiffers):
        dock.receive(weight_g=Decimal(80))
    with pytest.raises(ReceiptDiffers):
        dock.receive(weight_g=Decimal(80), corrects=True)
    first = receipt(dock).digest
    kept = dock.receive(weight_g=Decimal(80), corrects=True, why="misread", by="dock-2")
    assert (kept.is_new, kept.row["doubts"], kept.row["corrected"]) == (False, ["weight_dropped"], 1)
    assert dock.file.log[-1].facts["was"] == first
    assert dock.file.case.stage == "received"


def test_there_is_nothing_to_correct_before_there_is_anything(dock):
    with pytest.raises(InvalidRequestError, match="nothing to correct"):
        dock.receive(corrects=True, why="misread")


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ({"seal": "S-9999"}, ["seal_mismatch"]),
        ({"seal_state": "broken"}, ["seal_mismatch"]),
        ({"covert_mark": "missing"}, ["seal_mismatch"]),
        ({"inner_label": "differs", "seal_state": "broken"}, ["seal_mismatch"]),
        ({"contents": "empty"}, ["empty_parcel"]),
        ({"packing_g": Decimal("181.4")}, ["empty_parcel"]),
        ({"contents": "not_as_listed"}, ["swapped_piece"]),
        ({"damage": ("tape_replaced",)}, ["repacked"]),
        ({"damage": ("box_crushed",)}, ["damaged_parcel"]),
        ({"weight_g": Decimal(81)}, ["weight_changed"]),
        ({"weight_g": Decimal(100)}, []),
    ],
)
def test_what_is_wrong_with_a_parcel_is_told_and_its_insurer_and_carrier_are_watched(dock, told, kinds):
    dock.receive(**told)
    dock.work()
    assert [one for one in dock.kinds() if not one.startswith("claim")] == kinds
    assert {one.party for one in dock.file.claims} == ({"carrier", "insurer"} if kinds else set())
    assert receipt(dock).due_at is None


def test_looking_twice_tells_once(dock):
    dock.receive(contents="empty")
    dock.receive(contents="empty")
    dock.work()
    before = len(dock.file.exceptions)
    dock.receive(contents="empty")
    dock.work()
    assert len(dock.file.exceptions) == before


def test_what_is_wrong_freezes_the_evidence_in_the_same_write(dock):
    dock.evidence()
    dock.receive(seal="S-9999")
    assert all(one.frozen for one in dock.file.parts.of(Evidence))


def test_what_was_put_right_is_taken_back(dock):
    dock.receive(seal="S-9999")
    dock.work()
    dock.receive(corrects=True, why="misread")
    dock.work()
    assert [one for one in dock.kinds() if not one.startswith("claim")] == []


def test_a_receipt_moves_a_case_from_wherever_its_road_was():
    waiting = Dock(booked=False)
    waiting.receive()
    assert waiting.file.case.stage == "received"


def test_a_parcel_that_comes_for_a_cancelled_return_is_taken_in_and_moves_nothing():
    from chalicelib.workflows.cancel_case import cancel_case

    gone = Dock(booked=False)
    cancel_case(gone.ports, CASE, reason="other", holder="desk", now=MONDAY)
    gone.receive()
    assert gone.file.case.stage == "cancelled"
    assert receipt(gone).received_by == "dock-1"


def test_everything_wrong_with_a_receipt_is_told_at_once(dock):
    with pytest.raises(InvalidRequestError) as refused:
        dock.receive(leg=7, packing_g=Decimal(500), opening_video="nowhere", evidence_ids=("e-9",))
    assert {fault.code for fault in refused.value.faults} == {
        "no_such_leg", "heavier_than_parcel", "no_such_evidence",
    }  # fmt: skip


def test_a_photo_is_no_video_of_the_opening(dock):
    dock.evidence("e-2", "photo_item")
    with pytest.raises(InvalidRequestError):
        dock.receive(opening_video="e-2")


# Hand-overs


def test_packing_is_one_row_however_often_the_page_sends_it(dock):
    dock.pack()
    rows = dock.file.parts.of(HandOver)
    assert [(one.given_by, one.taken_by, one.seal, one.grams, one.noted_by) for one in rows] == [
        ("customer", "carrier", "S-1001", Decimal(182), "customer")
    ]


def test_custody_is_read_in_the_order_of_time_with_receipt_and_packing(dock):
    dock.receive()
    rows = read_custody(dock.ports, CASE)["items"]
    assert [(row["given_by"], row["taken_by"]) for row in rows] == [("customer", "carrier"), ("carrier", "facility")]


def test_a_hand_over_names_what_is_there(dock):
    wrong = Touch("facility", "facility", "SZX-1", leg_n=9, evidence_ids=("e-9",))
    with pytest.raises(InvalidRequestError) as refused:
        note_hand_over(dock.ports, CASE, wrong, by="dock-1", now=AT_THE_DOOR)
    assert {fault.code for fault in refused.value.faults} == {"no_such_leg", "same_holder", "no_such_evidence"}


def test_a_case_with_too_many_hand_overs_is_for_a_person(dock):
    for n in range(MOST_ROWS - 1):
        touch = Touch("facility", "workshop", f"bench-{n}", of="pieces")
        note_hand_over(dock.ports, CASE, touch, by="dock-1", now=AT_THE_DOOR)
    with pytest.raises(CustodyFull):
        note_hand_over(dock.ports, CASE, Touch("workshop", "facility", "end"), by="dock-1", now=AT_THE_DOOR)


def test_a_case_there_is_not_has_no_custody(dock):
    with pytest.raises(NotFoundError):
        read_custody(dock.ports, "case9999")


def watched(dock: Dock, kind: str, **facts) -> None:
    """What the watch says of a parcel that nobody scans."""
    take_alert(dock.ports, opening(CASE, kind, f"{kind}-first", MONDAY, leg=1, carrier="fedex", **facts), AT_THE_DOOR)


@pytest.mark.parametrize("kind", ["no_first_scan", "pickup_missed", "possible_loss"])
class TestAParcelThatNobodyScanned:
    def test_what_was_missed_of_it_is_over_once_it_is_taken_in(self, dock, kind):
        watched(dock, kind)
        dock.receive()
        dock.work()
        assert kind not in dock.kinds()
        assert receipt(dock).due_at is None

    def test_it_is_over_even_when_its_message_was_lost(self, dock, kind):
        watched(dock, kind)
        dock.receive()
        dock.world.queues.waiting.clear()
        sweep(dock.ports, AT_THE_DOOR + timedelta(minutes=20))
        dock.work(AT_THE_DOOR + timedelta(minutes=20))
        assert dock.kinds() == []

    def test_nobody_is_told_of_it_afterwards(self, dock, kind):
        dock.receive()
        dock.work()
        before = len(dock.file.log)
        watched(dock, kind)
        assert (dock.file.exceptions, len(dock.file.log)) == ((), before)

    def test_it_is_told_of_another_leg_all_the_same(self, dock, kind):
        dock.receive()
        take_alert(dock.ports, opening(CASE, kind, f"{kind}-first", MONDAY, leg=2, carrier="fedex"), AT_THE_DOOR)
        assert dock.kinds() == [kind]


def test_a_parcel_that_was_scanned_is_taken_in_with_no_look_to_follow(dock):
    dock.receive()
    assert receipt(dock).due_at is None


def test_another_sender_is_a_call_back_to_the_buyer_and_freezes_nothing(dock):
    dock.evidence()
    told = dock.receive(sender_differs=True).row
    dock.work()
    assert (told["sender_differs"], "sender_differs" in told["doubts"]) == (True, True)
    assert ([*dock.kinds()], [*dock.file.claims]) == (["sender_differs"], [])
    assert not [one for one in dock.file.parts.of(Evidence) if one.frozen]
