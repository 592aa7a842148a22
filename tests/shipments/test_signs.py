"""Signs that a parcel was opened: told once, whatever comes twice or late, and closed by no news."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.shipments.tracking_step import apply, at_peace
from tests.shipments.journeys import JOURNEY, START, scan, told, track

NOW = START + timedelta(days=3)


def heard(*bodies, carrier="fedex", start=None):
    """The track after these bodies, and every message about its being opened."""
    known, signs = start or track(carrier=carrier), []
    for body in bodies:
        after = apply(at_peace(known, NOW), body, NOW, carrier)
        if after is not None:
            known = after
            signs += [
                one.body for one in after.effects if one.body["kind"] in ("weight_changed", "repacked", "seal_mismatch")
            ]
    return known, signs


def weighing(grams, *events):
    return told(*events, weight_g=None if grams is None else Decimal(grams))


FIRST, SECOND, THIRD = JOURNEY[1:2], JOURNEY[1:3], JOURNEY[1:5]


def test_a_parcel_that_has_lost_weight_is_told_of_once_and_gravely():
    known, signs = heard(weighing(700, *FIRST), weighing(400, *SECOND), weighing(400, *SECOND), weighing(700, *THIRD))
    assert [(one["reason"], one["severity"], one["episode"]) for one in signs] == [
        ("weight_dropped", "critical", "weight_changed-1")
    ]
    assert known.weights_g == (Decimal(700), Decimal(400))


def test_one_that_has_gained_weight_was_perhaps_only_weighed_at_last():
    _, signs = heard(weighing(400, *FIRST), weighing(700, *SECOND))
    assert [(one["reason"], one["severity"]) for one in signs] == [("weight_risen", "medium")]


@pytest.mark.parametrize(
    ("carrier", "other", "many"), [("fedex", 600, 0), ("fedex", 599, 1), ("dhl", 650, 0), ("dhl", 649, 1)]
)
def test_what_a_scale_may_err_by_is_no_change(carrier, other, many):
    known, signs = heard(weighing(700, *FIRST), weighing(other, *SECOND), carrier=carrier)
    assert len(signs) == many
    assert len(known.weights_g) == 1 + many


def test_a_weight_told_before_the_parcel_moved_is_our_own_word_and_no_evidence():
    known, signs = heard(weighing(900, JOURNEY[0]), weighing(400, *FIRST))
    assert (known.weights_g, signs) == ((Decimal(400),), [])


def test_the_first_weight_alone_is_not_worth_a_write_and_a_change_is():
    known, _ = heard(weighing(None, *FIRST))
    assert apply(known, weighing(700, *FIRST), NOW, "fedex") is None
    weighed, _ = heard(weighing(700, *FIRST))
    assert apply(weighed, weighing(400, *FIRST), NOW, "fedex").weights_g == (Decimal(700), Decimal(400))


def test_an_older_body_that_comes_late_tells_of_the_weight_before():
    known, signs = heard(weighing(400, *THIRD), weighing(700, *FIRST))
    assert known.weights_g == (Decimal(700), Decimal(400))
    assert [one["reason"] for one in signs] == ["weight_dropped"]


@pytest.mark.parametrize("grams", [0, -5])
def test_a_weight_that_cannot_be_is_none(grams):
    known, signs = heard(weighing(700, *FIRST), weighing(grams, *SECOND))
    assert (len(known.weights_g), signs) == (1, [])


def test_a_parcel_weighed_a_hundred_ways_keeps_no_long_list():
    known, _ = heard(*(weighing(1000 * n, *JOURNEY[1 : n + 1]) for n in range(1, 9)))
    assert len(known.weights_g) == 6


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Package repackaged at facility", "repacked"), ("Shipment was RE-WRAPPED", "repacked"),
        ("Seal broken on arrival", "seal_mismatch"), ("Signs of tampering", "seal_mismatch"),
        ("处理中心 重新包装", "repacked"),
    ],
)  # fmt: skip
def test_words_about_wrapping_and_seals_are_told_once_and_stay_after_the_delivery(text, kind):
    odd = scan("odd", 8, "in_transit", text=text)
    known, signs = heard(told(*SECOND, odd), told(*SECOND, odd), told(*JOURNEY[1:], odd))
    assert [(one["kind"], one["severity"], one["episode"]) for one in signs] == [(kind, "critical", f"{kind}-odd")]
    assert known.state.milestone == "delivered"
    assert all(one.body["action"] == "open" for one in known.effects if one.body["kind"] == kind)


def test_a_vehicle_that_is_sealed_is_no_broken_seal():
    _, signs = heard(told(*SECOND, scan("van", 8, "in_transit", text="Left the pickup office, vehicle sealed")))
    assert signs == []


def test_words_that_come_later_for_a_known_scan_are_read_too():
    plain = scan("odd", 8, "in_transit", text="At facility")
    _, signs = heard(told(*SECOND, plain), told(*SECOND, plain._replace(text="At facility, repacked")))
    assert [one["kind"] for one in signs] == ["repacked"]


def test_a_weight_is_kept_with_the_track_and_not_forgotten_by_the_next_body():
    known, _ = heard(weighing(700, *FIRST), weighing(None, *SECOND))
    assert known.weights_g == (Decimal(700),)


@pytest.mark.parametrize("reason", ["damaged", "loss_suspected", "redirected"])
def test_a_parcel_that_is_held_and_said_to_be_damaged_or_not_found_is_told_of_once(reason):
    news = scan("news", 30, None, "action_required", reason, country="CN")
    known = track()
    told_of = []
    for body in (told(JOURNEY[1], JOURNEY[5]), told(JOURNEY[1], JOURNEY[5], news), told(news)):
        after = apply(at_peace(known, NOW), body, NOW, "fedex") or known
        told_of += [one.body for one in after.effects if after is not known and one.body["kind"] == "action_required"]
        known = after
    assert known.state.condition == "held"
    assert [(one["reason"], one["severity"]) for one in told_of] == [(reason, "critical")]


def test_what_is_asked_of_a_parcel_that_is_not_held_is_told_once_by_its_own_trouble():
    news = scan("news", 30, None, "action_required", "damaged", country="CN")
    after = apply(track(), told(JOURNEY[1], news), NOW, "fedex")
    assert [one.body["kind"] for one in after.effects].count("action_required") == 1
