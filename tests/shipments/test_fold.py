"""What a set of scans means, in the words a person would use."""

from dataclasses import replace

import pytest

from chalicelib.shipments.fold import directed, fold, merge, scans
from tests.shipments.journeys import HOME, JOURNEY, OUT, START, scan

HELD = scan("held", 22, "import_customs", "held", "customs_inspection", country="CN")


def milestone_of(*events, leg=HOME):
    return fold(events, leg).milestone


def test_nothing_known_is_neither_in_transit_nor_announced():
    state = fold((), HOME)
    assert (state.milestone, state.condition, state.last_event_at) == (None, "ok", None)


def test_a_whole_journey_ends_delivered_and_well():
    state = fold(JOURNEY, HOME)
    assert (state.milestone, state.condition, state.hold_episode) == ("delivered", "ok", None)
    assert state.delivered_at == JOURNEY[-1].at
    assert state.moving_since == JOURNEY[1].at
    assert [(one.id, one.until) for one in state.episodes] == [("held", JOURNEY[7].at)]


def test_clearance_at_the_origin_is_export_and_at_the_destination_import():
    seen = [told.event.milestone for told in scans(JOURNEY, HOME)]
    assert seen[3] == "export_cleared"
    assert seen[5] == "import_customs"


@pytest.mark.parametrize(
    ("country", "leg", "meant"),
    [
        ("FR", HOME, "export_customs"),
        ("DE", HOME, "export_customs"),  # one customs territory
        ("CN", HOME, "import_customs"),
        (None, HOME, "import_customs"),
        ("US", HOME, "import_customs"),
        ("CN", OUT, "export_customs"),
        ("DE", OUT, "import_customs"),
        ("FR", replace(HOME, destination="DE"), "import_customs"),
    ],
)
def test_customs_takes_its_direction_from_the_place_and_the_lane(country, leg, meant):
    assert directed(scan("c", 1, "import_customs", country=country), leg).milestone == meant


@pytest.mark.parametrize(("leg", "who"), [(HOME, "merchant"), (OUT, "customer")])
def test_the_consignee_is_the_merchant_on_the_way_home_and_the_customer_on_the_way_out(leg, who):
    event = scan("x", 1, "delivery_attempted", "failed", responsible="consignee", action_by="consignee")
    state = fold([event], leg)
    assert (state.responsible, state.action_by) == (who, who)


@pytest.mark.parametrize(("leg", "who"), [(HOME, "customer"), (OUT, "merchant")])
def test_return_to_sender_goes_back_to_the_customer_on_the_way_home(leg, who):
    state = fold([scan("p", 1, "picked_up"), scan("r", 2, "returning")], leg)
    assert (state.goes_back_to, state.condition) == (who, "failed")


@pytest.mark.parametrize("late", ["announced", "pickup_booked", "picked_up", "in_transit", "out_for_delivery"])
@pytest.mark.parametrize("hours", [1, 60])
def test_delivered_stays_delivered_whatever_scan_of_the_road_comes_late(late, hours):
    state = fold([*JOURNEY, scan("late", hours, late)], HOME)
    assert (state.milestone, state.delivered_at) == ("delivered", JOURNEY[-1].at)


def test_a_parcel_that_goes_back_after_its_delivery_is_reopened():
    state = fold([*JOURNEY, scan("back", 60, "returning")], HOME)
    assert (state.milestone, state.condition, state.delivered_at) == ("returning", "failed", None)


def test_a_return_told_late_but_dated_before_the_delivery_at_the_destination_does_not_reopen_it():
    assert milestone_of(*JOURNEY, scan("back", 45, "returning")) == "delivered"


def test_what_is_delivered_while_going_back_is_back_with_the_sender_unless_it_is_at_the_destination():
    gone = [scan("p", 1, "picked_up"), scan("r", 2, "returning")]
    assert milestone_of(*gone, scan("d", 3, "delivered", country="FR")) == "returned"
    assert milestone_of(*gone, scan("d", 3, "delivered")) == "returned"
    assert milestone_of(*gone, scan("d", 3, "delivered", country="CN")) == "delivered"


def test_movement_on_the_way_back_is_still_the_way_back():
    state = fold([scan("r", 2, "returning"), scan("t", 3, "in_transit"), scan("o", 4, "out_for_delivery")], HOME)
    assert (state.milestone, state.condition) == ("returning", "failed")


def test_a_withdrawn_delivery_falls_back_to_what_was_true_before_it():
    gone = scan("743", 53, None, withdraws_delivery=True)
    state = fold([*JOURNEY, gone], HOME)
    assert (state.milestone, state.delivered_at) == ("out_for_delivery", None)
    again = fold([*JOURNEY, gone, scan("door2", 55, "delivered")], HOME)
    assert (again.milestone, again.delivered_at) == ("delivered", again.last_event_at)


def test_a_withdrawal_of_the_same_instant_is_read_after_the_delivery():
    gone = scan("743", 52, "delivery_attempted", withdraws_delivery=True)
    assert milestone_of(gone, *JOURNEY) == "delivery_attempted"


def test_a_withdrawal_without_a_delivery_is_the_scan_it_is():
    assert (
        milestone_of(scan("p", 1, "picked_up"), scan("743", 2, "in_transit", withdraws_delivery=True)) == "in_transit"
    )


def test_an_unknown_code_never_hides_a_known_milestone():
    unknown = scan("zz", 99, "unrecognised")
    assert milestone_of(unknown) == "unrecognised"
    assert milestone_of(unknown, scan("label", 0, "announced")) == "announced"
    assert milestone_of(*JOURNEY, unknown) == "delivered"


def test_a_note_without_a_milestone_moves_nothing_but_may_say_that_it_is_late():
    state = fold([scan("t", 1, "in_transit"), scan("dy", 2, None, "delayed", "weather")], HOME)
    assert (state.milestone, state.condition, state.reason) == ("in_transit", "delayed", "weather")
    assert state.last_event_at == START.replace(hour=11)
    assert state.last_scan_at == START.replace(hour=10)


def test_a_delay_is_over_when_the_carrier_says_so_or_the_parcel_moves():
    late = [scan("t", 1, "in_transit"), scan("dy", 2, None, "delayed")]
    assert fold([*late, scan("ao", 3, None, "ok")], HOME).condition == "ok"
    assert fold([*late, scan("dp", 3, "in_transit")], HOME).condition == "ok"
    assert fold([*late, scan("label", 3, "announced")], HOME).condition == "delayed"


def test_a_plain_note_does_not_end_a_delay():
    assert fold([JOURNEY[1], scan("late", 6, None, "delayed"), scan("note", 7, None)], HOME).condition == "delayed"


def test_a_delay_noted_before_anything_else_ends_when_the_pickup_is_booked_anew():
    late = scan("late", 0, None, "delayed")
    assert fold([late], HOME).condition == "delayed"
    assert fold([late, scan("booked", 1, "pickup_booked")], HOME).condition == "ok"


def test_when_a_trouble_has_ended_all_is_well_since_its_end():
    state = fold(JOURNEY[:8], HOME)
    assert (state.condition, state.since) == ("ok", JOURNEY[7].at)


def test_who_must_act_on_a_hold_stays_known_when_it_is_told_again_without_it():
    first = scan("held", 22, "import_customs", "held", country="CN", action_by="merchant", responsible="customs")
    again = scan("again", 23, "import_customs", "held", country="CN")
    state = fold([first, again], HOME)
    assert (state.action_by, state.responsible, len(state.episodes)) == ("merchant", "customs", 1)


@pytest.mark.parametrize(("country", "ground"), [("FR", "export"), ("CN", "import"), (None, "import")])
def test_a_note_of_customs_is_about_the_customs_of_its_place(country, ground):
    note = scan("note", 9, None, "held", "customs_documents_missing", country=country)
    assert fold([*JOURNEY[:3], note], HOME).trouble.ground == ground


def test_of_two_troubles_of_one_weight_the_later_is_told():
    address = scan("address", 30, "delivery_attempted", "action_required", "address_wrong")
    damaged = scan("damaged", 31, None, "failed", "damaged")
    state = fold([JOURNEY[1], address, damaged], HOME)
    assert (state.condition, state.reason, len(state.episodes)) == ("failed", "damaged", 2)


def test_a_delay_at_customs_is_not_ended_by_being_at_customs():
    late = scan("late", 22, "import_customs", "delayed", country="CN")
    assert fold([late, scan("still", 23, "import_customs", "ok", country="CN")], HOME).condition == "delayed"


def test_a_delay_told_after_the_delivery_is_no_news():
    assert fold([*JOURNEY, scan("dy", 60, None, "delayed")], HOME).condition == "ok"
    assert fold([*JOURNEY[:-1], JOURNEY[-1]._replace(condition="delayed")], HOME).condition == "ok"


def test_damage_noted_at_the_door_outlives_a_second_word_of_the_delivery():
    damaged = JOURNEY[-1]._replace(condition="failed", reason="damaged")
    state = fold([*JOURNEY[:-1], damaged, scan("again", 53, "delivered")], HOME)
    assert (state.milestone, state.condition, state.reason) == ("delivered", "failed", "damaged")


@pytest.mark.parametrize("milestone", ["in_transit", "import_customs", "announced", "unrecognised", None])
def test_a_customs_hold_is_not_ended_by(milestone):
    state = fold([HELD, scan("next", 23, milestone, country="CN")], HOME)
    assert (state.condition, state.hold_episode) == ("held", "held")


@pytest.mark.parametrize(
    "milestone",
    ["import_cleared", "out_for_delivery", "delivery_attempted", "ready_for_collection", "delivered"],
)
def test_a_customs_hold_is_ended_by(milestone):
    state = fold([HELD, scan("next", 23, milestone, country="CN")], HOME)
    assert (state.milestone, state.condition, state.hold_episode) == (milestone, "ok", None)


def test_a_release_ends_a_hold_whatever_milestone_it_comes_with():
    assert fold([HELD, scan("r", 23, None, "ok", "customs_released")], HOME).condition == "ok"


def test_a_parcel_carried_under_bond_is_still_at_customs():
    assert fold([HELD, scan("t", 23, "in_transit", country="CN")], HOME).milestone == "import_customs"


def test_a_hold_by_export_customs_ends_when_the_parcel_has_left():
    held = scan("held", 2, "import_customs", "held", country="FR")
    assert fold([held, scan("t", 3, "in_transit", country="DE")], HOME).condition == "held"
    assert fold([held, scan("t", 3, "in_transit", country="CN")], HOME).condition == "ok"


def test_a_departure_told_late_never_ends_a_hold_nor_does_a_release_dated_before_it():
    early = [scan("t", 21, "in_transit", country="CN"), scan("r", 21.5, "import_cleared", country="CN")]
    assert fold([HELD, *early], HOME).hold_episode == "held"


def test_hold_release_and_hold_again_are_two_episodes_with_their_own_clocks():
    again = scan("held2", 30, "import_customs", "held", "customs_duty_due", country="CN")
    state = fold([HELD, scan("r", 25, "import_cleared", country="CN"), again], HOME)
    assert (state.hold_episode, state.since, state.reason) == ("held2", again.at, "customs_duty_due")
    assert [one.id for one in state.episodes] == ["held", "held2"]


def test_a_second_word_of_the_same_hold_changes_why_but_not_since_when():
    more = scan("held2", 23, "import_customs", "held", "customs_documents_missing", country="CN", action_by="merchant")
    state = fold([HELD, more], HOME)
    assert (state.hold_episode, state.since) == ("held", HELD.at)
    assert (state.reason, state.action_by) == ("customs_documents_missing", "merchant")


def test_a_hold_by_the_carrier_told_again_on_the_road_is_one_hold():
    first, second = (scan(name, hours, "in_transit", "held", country="CN") for name, hours in (("a", 1), ("b", 5)))
    state = fold([first, second], HOME)
    assert (state.hold_episode, state.since, len(state.episodes)) == ("a", first.at, 1)


def test_a_hold_by_the_carrier_told_during_a_customs_hold_does_not_end_the_customs_hold():
    state = fold([HELD, scan("b", 23, "in_transit", "held", "security", country="CN")], HOME)
    assert (state.hold_episode, state.reason, len(state.episodes)) == ("held", "customs_inspection", 1)


def test_two_scans_of_one_carrier_whose_poll_and_push_share_ids_are_two():
    polled = scan("a", 1, "in_transit", source="fedex", country="CN")
    pushed = scan("b", 1.01, "in_transit", source="fedex_push", country="CN")
    assert len(scans([polled, pushed], HOME)) == 2


def test_a_delay_told_during_a_hold_does_not_hide_it_and_a_hold_replaces_a_delay():
    late = scan("dy", 23, None, "delayed", "weather")
    assert fold([HELD, late], HOME).reason == "customs_inspection"
    assert fold([late._replace(at=START), HELD], HOME).condition == "held"


def test_a_wrong_address_is_not_mended_by_driving_about():
    wrong = scan("w", 1, "delivery_attempted", "action_required", "address_incomplete")
    assert fold([wrong, scan("t", 2, "in_transit")], HOME).condition == "action_required"
    assert fold([wrong, scan("o", 2, "out_for_delivery")], HOME).condition == "ok"


def test_a_failed_pickup_is_mended_by_a_new_booking_or_a_pickup():
    failed = scan("f", 1, "pickup_booked", "failed")
    assert fold([failed, scan("b", 2, "pickup_booked")], HOME).condition == "ok"
    assert fold([failed, scan("p", 2, "picked_up")], HOME).condition == "ok"


def test_a_lost_parcel_that_is_seen_again_is_well():
    lost = [scan("p", 1, "picked_up"), scan("l", 2, "lost")]
    assert fold(lost, HOME).condition == "failed"
    found = fold([*lost, scan("t", 3, "in_transit")], HOME)
    assert (found.milestone, found.condition) == ("in_transit", "ok")


def test_attempts_are_counted_once_per_scan():
    twin = scan("b", 1.01, "delivery_attempted", source="dhl_push", country="CN")
    events = [
        scan("a", 1, "delivery_attempted", source="mydhl", country="CN"),
        twin,
        scan("c", 9, "delivery_attempted"),
    ]
    assert fold(events, HOME).attempts == 2


def test_the_same_scan_from_two_sources_is_one_line_that_keeps_both_ids():
    poll = scan("a", 1, "in_transit", source="mydhl", country="CN")
    push = scan("b", 1.02, "in_transit", "held", "security", source="dhl_push", country="CN")
    joined = scans([push, poll], HOME)
    assert [(one.event.id, one.ids) for one in joined] == [("a", ("a", "b"))]
    state = fold([poll, push], HOME)
    assert (state.condition, state.hold_episode) == ("held", "a")
    assert len(merge([poll], [push])) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"hours": 1.04, "source": "dhl_push", "country": "CN"},  # more than two minutes
        {"hours": 1.01, "source": "dhl_push", "country": "HK"},
        {"hours": 1.01, "source": "mydhl", "country": "CN"},  # one source tells a scan once
    ],
)
def test_scans_that_differ_in_time_country_or_only_in_id_are_two(other):
    first = scan("a", 1, "in_transit", source="mydhl", country="CN")
    second = scan("b", other.pop("hours"), "in_transit", **other)
    assert len(scans([first, second], HOME)) == 2


def test_a_scan_that_cancels_another_takes_away_the_latest_before_it_and_only_that():
    first, second = scan("a", 1, "picked_up", code="203"), scan("b", 2, "picked_up", code="203")
    gone, later = scan("c", 3, None, code="207", voids=("203",)), scan("d", 4, "picked_up", code="203")
    assert [told.event.id for told in scans([first, second, gone, later], HOME)] == ["a", "c", "d"]
    assert fold([first, gone], HOME).milestone is None
    assert fold([gone, first], HOME).moving_since is None
    assert fold([later, gone], HOME).milestone == "picked_up"


def test_two_cancelling_scans_take_away_two_and_one_of_either_code():
    told = [scan("a", 1, "in_transit", code="303"), scan("b", 2, "out_for_delivery", code="336")]
    gone = [scan(name, 3, None, code="304", voids=("303", "336")) for name in ("c", "d")]
    assert fold([*told, gone[0]], HOME).milestone == "in_transit"
    assert fold([*told, *gone], HOME).milestone is None


def test_a_cancelling_scan_of_the_same_instant_is_read_after_what_it_cancels():
    told, gone = scan("b", 2, "out_for_delivery", code="702"), scan("a", 2, None, code="742", voids=("702",))
    assert fold([scan("p", 1, "picked_up"), told, gone], HOME).milestone == "picked_up"


def test_a_cancelling_scan_ends_the_trouble_that_its_scan_had_opened():
    held = scan("b", 2, "import_customs", "held", "customs_inspection", code="EME", country="CN")
    gone = scan("c", 3, None, code="EMED", voids=("EME",))
    assert fold([scan("p", 1, "picked_up"), held], HOME).condition == "held"
    state = fold([scan("p", 1, "picked_up"), held, gone], HOME)
    assert (state.milestone, state.condition, state.episodes) == ("picked_up", "ok", ())


def test_one_carrier_never_cancels_a_scan_of_another():
    told = scan("a", 1, "picked_up", code="203", source="fedex")
    assert fold([told, scan("c", 3, None, code="207", voids=("203",), source="ems")], HOME).milestone == "picked_up"
    pushed = told._replace(source="ems_push")
    assert fold([pushed, scan("c", 3, None, code="207", voids=("203",), source="ems")], HOME).milestone is None


def test_a_scan_told_again_with_more_is_enriched_whoever_comes_first():
    bare = scan("a", 1, "unrecognised", text="DP", tz_source="assumed")
    full = scan("a", 2, "in_transit", text="Departed", tz_source="offset", city="PARIS", country="FR")
    assert merge([bare], [full]) == merge([full], [bare]) == (full,)


def test_a_long_text_told_again_in_full_is_the_same_telling():
    long = scan("a", 1, "in_transit", text="x" * 200)
    once = merge([], [long])
    assert merge(once, [long]) == once
    assert len(once[0].text) == 80
