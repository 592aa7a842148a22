"""News changes a track once: what it owes, when it is due, and what a repeat must not do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.shipments.fold import fold
from chalicelib.shipments.tracking_step import apply, at_peace, chosen
from chalicelib.shipments.watch import next_due, watch
from tests.shipments.journeys import HOME, JOURNEY, START, scan, told, track

NOW = START + timedelta(hours=53)


def after(*batches, now=NOW, source="fedex_push", start=None):
    """The track after these batches, each sent and forgotten in turn; the last keeps its effects."""
    current = start or track()
    for batch in batches:
        current = apply(at_peace(current, now), told(*batch), now, source) or current
    return current


def owed(one):
    return [effect.id.split("/", 2)[2] for effect in one.effects]


def body(one, action, kind):
    found = [effect.body for effect in one.effects if effect.body.get("action") == action]
    return next(message for message in found if message["kind"] == kind)


def test_the_first_physical_scan_sends_the_case_on_its_way_once():
    assert owed(after([JOURNEY[0]], now=START)) == []
    moved = after([JOURNEY[0]], [JOURNEY[1]], now=START + timedelta(hours=6))
    assert owed(moved) == ["moving/first"]
    assert moved.effects[0].body == {
        "kind": "advance_case",
        "case_id": "c1",
        "leg": 1,
        "change": "moving",
        "milestone": "picked_up",
        "at": "2026-11-24T14:00:00Z",
    }
    assert owed(after(JOURNEY[:2], [JOURNEY[2]], now=START + timedelta(hours=8))) == []


def test_a_hold_opens_an_alert_with_all_it_needs_and_its_release_closes_the_same_one():
    held = after(JOURNEY[:5], [JOURNEY[5]])
    assert body(held, "open", "customs_hold") == {
        "action": "open",
        "subject_kind": "case",
        "subject": "c1",
        "leg": 1,
        "carrier": "fedex",
        "number": "794600000001",
        "kind": "customs_hold",
        "episode": "customs_hold-held",
        "since": "2026-11-25T07:00:00Z",
        "reason": "customs_documents_missing",
        "money_at_risk": {"amount": "1180.00", "currency": "EUR"},
    }
    released = after(JOURNEY[:5], [JOURNEY[5]], [JOURNEY[7]])
    assert body(released, "close", "customs_hold")["episode"] == "customs_hold-held"
    assert released.concerns == ()


def test_hold_release_and_hold_again_are_two_alerts():
    again = scan("held2", 45, "import_customs", "held", country="CN")
    second = after(JOURNEY[:6], [JOURNEY[7]], [again])
    assert owed(second) == ["open/customs_hold-held2"]
    assert second.concerns == ("customs_hold|customs_hold-held2",)
    at_once = after(JOURNEY[:6], [JOURNEY[7], again])
    assert owed(at_once) == ["close/customs_hold-held", "open/customs_hold-held2"]


def test_a_hold_that_an_older_scan_shows_to_have_begun_before_is_closed_under_the_name_it_was_opened_by():
    older = scan("older", 21, "import_customs", "held", "customs_documents_missing", country="CN")
    shifted = after(JOURNEY[:6], [older])
    assert (shifted.state.hold_episode, owed(shifted)) == ("older", [])
    assert owed(after(JOURNEY[:6], [older], [JOURNEY[7]])) == ["close/customs_hold-held"]


def test_a_hold_that_was_over_before_we_heard_of_it_is_on_the_record_as_closed():
    assert owed(after(JOURNEY[:5], [JOURNEY[5], JOURNEY[7]])) == ["close/customs_hold-held"]
    late = after([*JOURNEY[:5], JOURNEY[7]], [JOURNEY[5]])
    assert owed(late) == ["close/customs_hold-held"]


def test_a_hold_whose_reason_becomes_known_is_told_under_its_own_name():
    first = JOURNEY[5]._replace(reason=None)
    why = scan("why", 24, "import_customs", "held", "customs_duty_due", country="CN", action_by="customer")
    known = after([*JOURNEY[:5], first], [why])
    update = body(known, "update", "customs_hold")
    assert (update["episode"], update["reason"], update["action_by"]) == (
        "customs_hold-held",
        "customs_duty_due",
        "customer",
    )


def test_a_delivery_moves_the_case_and_its_withdrawal_calls_a_person():
    arrived = after(JOURNEY[:9], [JOURNEY[9]])
    assert owed(arrived) == ["arrived/door"]
    gone = scan("743", 53, None, withdraws_delivery=True)
    withdrawn = after(JOURNEY, [gone])
    assert owed(withdrawn) == ["open/delivery_withdrawn-743"]
    again = after(JOURNEY, [gone], [scan("door2", 53.5, "delivered")])
    assert owed(again) == ["arrived/door2", "close/delivery_withdrawn-743"]


@pytest.mark.parametrize(
    ("milestone", "kind"),
    [
        ("returning", "going_back"),
        ("returned", "going_back"),
        ("lost", "failed"),
        ("destroyed", "failed"),
        ("seized", "failed"),
        ("partially_delivered", "partially_delivered"),
    ],
)
def test_an_outcome_that_is_not_arrival_calls_a_person_once(milestone, kind):
    out = after(JOURNEY[:3], [scan("end", 30, milestone)])
    assert body(out, "open", kind)["episode"] == f"{kind}-end"
    assert len([effect for effect in out.effects if effect.queue == "alerts"]) == 1


def test_going_back_and_being_back_are_one_alert_and_a_lost_parcel_found_closes_its_own():
    assert owed(after(JOURNEY[:3], [scan("r", 30, "returning")], [scan("rr", 40, "returned")])) == []
    assert owed(after(JOURNEY[:3], [scan("l", 30, "lost")], [scan("t", 40, "in_transit")])) == ["close/failed-l"]


def test_returning_after_the_delivery_reopens_with_an_alert():
    back = after(JOURNEY, [scan("back", 53, "returning")])
    assert (back.state.milestone, owed(back)) == ("returning", ["open/going_back-back"])
    assert back.due_at is not None


def test_a_failed_attempt_calls_a_person_and_a_delay_does_not():
    assert owed(after(JOURNEY[:3], [scan("a", 30, "delivery_attempted", "failed")])) == ["open/delivery_failed-a"]
    assert owed(after(JOURNEY[:3], [scan("d", 30, None, "delayed")])) == []


@pytest.mark.parametrize("source", ["fedex", "fedex_push"])
def test_what_is_already_known_writes_nothing(source):
    known = after(JOURNEY)
    assert apply(known, told(*JOURNEY), NOW, source) is None
    assert apply(known, told(*reversed(JOURNEY), JOURNEY[0]), NOW + timedelta(days=8), source) is None
    assert apply(known, told(*(event._replace(source="fedex_push") for event in JOURNEY)), NOW, source) is None
    assert apply(known, told(), NOW, source) is None


def test_a_scan_told_again_with_more_is_kept():
    more = after(JOURNEY[:2], [JOURNEY[0]._replace(text="Shipment information sent to FedEx")])
    assert more.events[0].text == "Shipment information sent to FedEx"


def test_the_same_step_taken_again_owes_the_same_under_the_same_names():
    start = after(JOURNEY[:5])
    first, again = (apply(start, told(JOURNEY[5]), NOW, "fedex") for _ in range(2))
    assert first == again
    assert len({effect.id for effect in first.effects}) == len(first.effects)


def test_what_an_interrupted_run_left_unsent_is_still_owed_after_more_news():
    unsent = after(JOURNEY[:1], [JOURNEY[1]])
    more = apply(unsent, told(JOURNEY[2]), NOW, "fedex")
    assert "moving/first" in owed(more)


def test_an_event_moves_the_due_time_only_earlier_and_the_next_poll_where_it_belongs():
    quiet = at_peace(after(JOURNEY[:3], now=START + timedelta(hours=8)))
    early = replace(quiet, due_at=START + timedelta(hours=9))
    now = START + timedelta(hours=8, minutes=30)
    news = apply(early, told(scan("t", 8.4, "in_transit", country="FR")), now, "fedex_push")
    assert news.due_at == early.due_at
    assert news.poll_after > news.due_at


@pytest.mark.parametrize(
    ("source", "condition", "nearer"),
    [("fedex_push", None, False), ("fedex_push", "held", True), ("fedex", None, True)],
)
def test_only_good_news_that_was_pushed_brings_no_poll_nearer(source, condition, nearer):
    now = START + timedelta(hours=8)
    later = now + timedelta(days=3)
    known = replace(at_peace(after(JOURNEY[:3], now=START + timedelta(hours=7))), poll_after=later)
    news = apply(known, told(scan("t", 7.9, "in_transit", condition, country="FR")), now, source)
    assert (news.poll_after < later) is nearer


def test_a_track_that_fell_out_of_the_index_comes_back_though_a_concern_waits():
    moment = START + timedelta(hours=90)
    lost = replace(at_peace(after(JOURNEY[:3], now=START + timedelta(hours=8))), due_at=None)
    assert watch(lost, moment)
    assert at_peace(lost, moment).due_at > moment


def test_what_is_owed_is_looked_after_within_a_quarter_of_an_hour():
    now = START + timedelta(hours=22)
    known = replace(at_peace(after(JOURNEY[:5], now=now), now), due_at=now + timedelta(hours=6))
    held = apply(known, told(JOURNEY[5]), now, "fedex")
    assert held.due_at == now + timedelta(minutes=15)
    assert at_peace(held, now).due_at > held.due_at


def test_a_delivered_parcel_that_has_settled_is_due_no_more():
    arrived = after(JOURNEY)
    assert at_peace(arrived, NOW).due_at == arrived.state.last_event_at + timedelta(days=1)
    assert at_peace(arrived, NOW + timedelta(days=1)).due_at is None
    late = after(JOURNEY, now=NOW + timedelta(days=9))
    assert next_due(replace(late, poll_after=None), NOW + timedelta(days=9)) is None
    assert at_peace(late).due_at is None


def test_news_closes_what_a_sweep_has_told_of_and_nothing_else():
    waiting = track(created_at=START - timedelta(days=5), ship_date=date(2026, 11, 20))
    swept = replace(waiting, due_at=NOW + timedelta(hours=6))
    moved = apply(swept, told(JOURNEY[1]), NOW, "fedex")
    closed = ["close/no_first_scan-first"]
    assert owed(moved) == ["moving/first", *closed]
    unswept = replace(waiting, due_at=START - timedelta(days=3))
    assert owed(apply(unswept, told(JOURNEY[1]), NOW, "fedex")) == ["moving/first"]


def test_news_that_shows_a_silence_already_too_long_is_due_at_once():
    quiet = apply(track(due_at=NOW + timedelta(hours=6)), told(*JOURNEY[:3]), NOW, "fedex")
    assert quiet.due_at < NOW


def test_sending_what_is_owed_does_not_put_off_a_concern_that_nobody_has_told_of():
    held = after(JOURNEY[:5], [JOURNEY[5]], start=track(due_at=START), now=START + timedelta(hours=23))
    late = replace(held, due_at=START + timedelta(hours=46))  # the hold is too old at hour 46
    assert at_peace(late, START + timedelta(hours=47)).due_at == late.due_at
    told_of = replace(held, due_at=START + timedelta(hours=48))
    assert at_peace(told_of, START + timedelta(hours=47)).due_at > START + timedelta(hours=47)


def test_an_event_from_the_future_or_from_long_before_the_parcel_never_rules_it():
    future = scan("future", 24 * 300, "delivered", country="CN")
    old = scan("old", -24 * 90, "delivered", country="CN")
    known = after(JOURNEY[:3], [future, old])
    assert known.state.milestone == "in_transit"
    assert owed(known) == ["open/event_out_of_bounds-future", "open/event_out_of_bounds-old"]
    assert len(known.problems) == 2
    assert apply(known, told(future, old), NOW, "fedex") is None


def test_the_201st_event_is_a_problem_that_a_person_sees_once():
    full = after(JOURNEY, [scan(f"t{n:03}", 12 + n / 100, "in_transit") for n in range(200)])
    assert (len(full.events), full.problems) == (200, ("history_full",))
    assert "open/history_full-leg-1" in owed(full)
    more = apply(at_peace(full, NOW), told(scan("x", 51, "import_customs")), NOW, "fedex")
    assert (len(more.events), more.problems) == (200, ("history_full",))
    assert "open/history_full-leg-1" not in owed(more)


def test_the_estimate_of_an_older_body_does_not_replace_that_of_a_newer_one():
    first, second = START + timedelta(days=3), START + timedelta(days=4)
    newer = apply(track(), told(JOURNEY[2], eta=second), NOW, "fedex")
    assert apply(newer, told(JOURNEY[1], eta=first), NOW, "fedex").eta == second
    assert apply(newer, told(JOURNEY[2], eta=first), NOW, "fedex").eta == first
    assert apply(newer, told(JOURNEY[0], JOURNEY[2], eta=first), NOW, "fedex").eta == first
    assert apply(newer, told(eta=first), NOW, "fedex") is None
    assert apply(track(), told(eta=first), NOW, "fedex").eta == first


@pytest.mark.parametrize(
    ("ship_date", "expected"),
    [
        ("2026-11-24", 1),
        ("2026-11-26", 1),
        ("2026-11-14", 1),  # ten days before it was shipped, and no more
        ("2026-11-13", None),
        ("2027-03-24", 1),  # 120 days after, and no more
        ("2027-03-25", None),
    ],
)
def test_a_number_used_again_after_months_is_another_parcel(ship_date, expected):
    found = chosen([track()], told(ship_date=ship_date))
    assert (found and found.leg_n) == expected


def test_of_two_parcels_under_one_number_the_unique_id_decides_then_the_nearer_ship_date():
    first = track(unique_id="2460425000", leg_n=1)
    second = track(ship_date=date(2026, 12, 20), leg_n=2)
    both = [first, second]
    assert chosen(both, told(unique_id="2460425000", ship_date="2026-12-20")) is first
    assert chosen(both, told(unique_id="9", ship_date="2026-11-24")) is None
    assert chosen(both, told(ship_date="2026-12-18")) is second
    assert chosen(both, told(JOURNEY[0])) is first
    assert chosen([], told(JOURNEY[0])) is None


@settings(max_examples=300, deadline=None)
@given(st.permutations(JOURNEY), st.data())
def test_any_order_of_arrival_ends_in_the_same_track_and_leaves_no_alert_open(order, data):
    current, rest = track(), list(order)
    opened: set[str] = set()
    closed: set[str] = set()
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        current = apply(at_peace(current, NOW), told(*rest[:size]), NOW, "fedex") or current
        opened |= {e.body["episode"] for e in current.effects if e.body.get("action") == "open"}
        closed |= {e.body["episode"] for e in current.effects if e.body.get("action") == "close"}
        rest = rest[size:]
    assert current.state == fold(JOURNEY, HOME)
    assert (current.events, current.concerns) == (after(JOURNEY).events, ())
    assert opened <= closed
    assert "customs_hold-held" in closed
