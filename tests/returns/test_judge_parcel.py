"""A parcel at the door: its weight against how it left, its seal, its outside, and whether anything is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.returns.judge_parcel import ParcelSeen, Sent, judge_parcel, seal_as_found
from tests.returns.weighing import DAY, g

SENT = Sent(sealed_g=g("182"), told_g=(g("200"),), step_g=g("100"), seal="S-1001")
SEEN = ParcelSeen(g("181.5"), "DOCK-1", g("0.5"), "s 1001", "intact", contents="as_listed")


def found(seen=SEEN, sent=SENT, **changed):
    return judge_parcel(replace(seen, **changed), sent, DAY)


def test_a_parcel_with_its_seal_and_its_weight_leaves_no_doubt():
    assert found() == ()


@pytest.mark.parametrize(
    ("weight", "sent", "doubts"),
    [
        ("81", SENT, ("weight_dropped",)),
        ("100", SENT, ()),
        ("120", replace(SENT, step_g=g("50")), ("weight_dropped",)),
        ("132", replace(SENT, told_g=(), step_g=g("50")), ()),
        ("131", replace(SENT, told_g=(), step_g=g("50")), ("weight_dropped",)),
        ("400", SENT, ("weight_risen",)),
    ],
)
def test_a_weight_is_told_only_beyond_the_step_of_the_scales(weight, sent, doubts):
    assert found(sent=sent, weight_g=g(weight)) == doubts


@pytest.mark.parametrize(
    ("seal", "state", "doubts"),
    [
        ("S-1002", "intact", ("seal_other_number",)),
        ("S-1001", "broken", ("seal_broken",)),
        (None, "missing", ("seal_missing",)),
        (None, "none_used", ("seal_missing",)),
        (None, "unknown", ("seal_not_looked_at",)),
    ],
)
def test_a_seal_is_held_against_the_number_it_left_with(seal, state, doubts):
    assert found(seal=seal, seal_state=state) == doubts


def test_a_seal_that_nobody_noted_at_packing_can_not_differ():
    sent = replace(SENT, seal=None)
    assert found(sent=sent, seal="S-9") == ("no_seal_noted_at_packing",)
    assert seal_as_found(replace(SEEN, seal="S-9"), sent) == "intact"


@pytest.mark.parametrize("contents", ["empty", "filler"])
def test_a_parcel_with_nothing_in_it_is_empty(contents):
    assert found(contents=contents) == ("nothing_inside",)


def test_a_parcel_that_weighs_no_more_than_its_packing_is_empty():
    assert found(packing_g=g("181.2")) == ("weighs_no_more_than_its_packing",)
    assert found(packing_g=g("176")) == ()


@pytest.mark.parametrize(
    ("damage", "doubts"),
    [
        (("box_crushed",), ("damaged",)),
        (("tape_replaced",), ("repacked",)),
        (("box_torn", "box_torn"), ("was_opened", "damaged")),
        (("never_heard_of",), ("damaged",)),
    ],
)
def test_what_is_seen_outside_is_damage_or_the_sign_of_another_hand(damage, doubts):
    assert found(damage=damage) == doubts


def test_what_the_carrier_told_of_repacking_is_kept_in_mind_at_the_door():
    assert found(sent=replace(SENT, repacked_told=True)) == ("repacked",)


def test_what_nobody_looked_at_is_said_and_is_no_agreement():
    blind = judge_parcel(ParcelSeen(), Sent(None, (), g("50"), None), DAY)
    assert blind == ("not_weighed", "no_seal_noted_at_packing", "not_opened_yet")
    assert found(sent=Sent(None, (), g("50"), "S-1001")) == ("no_weight_to_compare",)


@pytest.mark.parametrize(
    ("said", "doubts"),
    [
        ({"covert_mark": "missing"}, ("covert_mark_missing",)), ({"inner_label": "differs"}, ("inner_label_differs",)),
        ({"covert_mark": "present", "inner_label": "matches", "sender_differs": False}, ()),
        ({"covert_mark": "none_used", "inner_label": "none_used"}, ()), ({"sender_differs": True}, ("sender_differs",)),
        ({"seal_state": "broken", "covert_mark": "missing"}, ("seal_broken", "covert_mark_missing")),
    ],
)  # fmt: skip
def test_a_mark_that_is_gone_a_wrong_inner_number_and_another_sender_are_told(said, doubts):
    assert found(**said) == doubts
