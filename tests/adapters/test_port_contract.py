"""What the ports promise the stories, the same over memory, moto and the embedded AWS."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.table import Update
from chalicelib.carriers.standing import Standing, paused
from chalicelib.clock import stamp
from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError, StaleVersion
from chalicelib.money import Money
from chalicelib.pickups.offers import KnownDays, OfferedDay
from chalicelib.places import Lane
from chalicelib.shipments.events import Place
from chalicelib.workflows.ports import CarrierToken, Due, Incident, Pointer
from tests.fakes.pieces import (
    CASE_ID,
    NOW,
    NUMBER,
    a_booking,
    a_case,
    a_hold,
    a_leg,
    a_log_line,
    a_parked,
    a_person,
    a_scan,
    a_track,
    an_answer,
    an_effect,
    an_exception,
    an_opening,
)

HOUR = timedelta(hours=1)


# --- cases -----------------------------------------------------------------------------------------------------


def test_a_case_that_was_opened_is_read_back_whole_in_one_file(ports):
    opening = an_opening(answer=an_answer())
    assert ports.cases.open(opening) is None
    file = ports.cases.file(CASE_ID)
    assert file.case == ports.cases.read(CASE_ID) == opening.case
    assert (file.plan, file.legs, file.log) == (opening.plan, opening.legs, (opening.log,))
    assert sorted(file.bookings, key=lambda one: one.reference) == list(opening.bookings)
    assert file.exceptions == ()
    assert ports.cases.stored_answer("desk", "k-1") == opening.answer


def test_an_unknown_case_is_none(ports):
    assert ports.cases.read("nobody") is None
    assert ports.cases.file("nobody") is None
    assert ports.cases.person("nobody") is None
    assert ports.cases.stored_answer("desk", "nothing") is None


def test_the_person_comes_back_unsealed_and_lies_sealed(ports, table):
    ports.cases.open(an_opening())
    assert ports.cases.person(CASE_ID) == a_person()
    stored = repr(table.partition(keys.case_pk(CASE_ID)))
    assert not [word for word in ("Durand", "elodie", "rue de la Paix", "+33") if word in stored]


def test_after_an_erasure_the_person_is_gone_and_the_case_stays(ports):
    ports.cases.open(an_opening())
    ports.cases.erase(CASE_ID)
    assert ports.cases.person(CASE_ID) is None
    assert ports.cases.read(CASE_ID) == a_case()


def test_a_used_idempotency_key_gives_what_it_was_used_for_and_writes_nothing(ports):
    ports.cases.open(an_opening(answer=an_answer()))
    other = an_opening("01OTHER", answer=an_answer("01OTHER", body_digest="d2"))
    assert ports.cases.open(other) == an_answer()
    assert ports.cases.file("01OTHER") is None
    assert ports.cases.pointed("order", "SO-1001", None, 10).cases == (a_case(),)


def test_an_idempotency_key_that_has_run_out_can_be_used_again(ports):
    ports.cases.open(an_opening("01OLD", answer=an_answer("01OLD", expires_at=NOW - HOUR)))
    assert ports.cases.open(an_opening(answer=an_answer())) is None
    assert ports.cases.stored_answer("desk", "k-1") == an_answer()


def test_a_case_id_that_is_taken_without_a_key_is_a_conflict(ports):
    ports.cases.open(an_opening())
    with pytest.raises(ConflictError):
        ports.cases.open(an_opening(case=a_case(reason="size")))
    assert ports.cases.read(CASE_ID) == a_case()


def test_a_commit_saves_the_case_its_log_and_its_parts_together(ports):
    ports.cases.open(an_opening())
    case = a_case(version=2, stage="booked", log_n=2, log_hash="h2", effects=())
    leg = a_leg(number=NUMBER, ship_date=date(2026, 11, 20))
    booking = a_booking(status="done", attempts=1, claimed_at=NOW, result={"number": NUMBER})
    track = a_track()
    ports.cases.commit(
        case, [a_log_line(2)], legs=[leg], bookings=[booking], exceptions=[an_exception()], tracks=[track]
    )
    file = ports.cases.file(CASE_ID)
    assert (file.case, file.legs, file.exceptions) == (case, (leg,), (an_exception(),))
    assert [line.n for line in file.log] == [1, 2]
    assert booking in file.bookings
    assert ports.tracks.file("fedex", NUMBER).tracks == (track,)


def test_a_commit_on_what_somebody_else_changed_writes_nothing(ports):
    ports.cases.open(an_opening())
    ports.cases.commit(a_case(version=2, log_n=2, log_hash="h2"), [a_log_line(2)])
    with pytest.raises(StaleVersion):
        ports.cases.commit(a_case(version=2, log_n=2, log_hash="hX"), [a_log_line(2, hash="hX")], tracks=[a_track()])
    assert ports.cases.read(CASE_ID).log_hash == "h2"
    assert ports.tracks.file("fedex", NUMBER).tracks == ()


def test_a_log_line_is_never_written_over(ports):
    ports.cases.open(an_opening())
    with pytest.raises(StaleVersion):
        ports.cases.commit(a_case(version=2), [a_log_line(1, hash="forged")])
    assert ports.cases.file(CASE_ID).log == (a_log_line(1),)


def test_a_track_that_is_there_already_is_left_alone_by_a_commit(ports):
    ports.cases.open(an_opening())
    ports.tracks.save(a_track(version=1))
    ports.tracks.save(a_track(a_scan(), version=2))
    other = a_track(number="794000000001")
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], tracks=[a_track(), other])
    assert len(ports.tracks.file("fedex", NUMBER).tracks[0].events) == 1
    assert ports.tracks.file("fedex", other.number).tracks == (other,)
    assert ports.cases.read(CASE_ID).version == 2


def test_a_booking_is_claimed_by_one(ports):
    ports.cases.open(an_opening())
    claimed = a_booking(status="claimed", claimed_at=NOW, attempts=1, due_at=NOW + HOUR)
    assert ports.cases.save_booking(claimed, "planned")
    assert not ports.cases.save_booking(replace(claimed, claimed_at=NOW + HOUR), "planned")
    assert claimed in ports.cases.file(CASE_ID).bookings
    assert not ports.cases.save_booking(a_booking(leg_n=9), "planned")


def test_a_booking_that_got_another_reference_meanwhile_is_not_claimed_as_it_was_read(ports):
    ports.cases.open(an_opening())
    anew = a_booking(reference="ref-1.2")
    assert ports.cases.save_booking(anew, "planned", reference="ref-1")
    assert not ports.cases.save_booking(a_booking(status="claimed", claimed_at=NOW), "planned")
    assert anew in ports.cases.file(CASE_ID).bookings


def test_what_was_decided_on_a_booking_that_was_claimed_meanwhile_is_not_written(ports):
    """A claim leaves the version of its case as it was, so the booking itself must still be as it was read."""
    ports.cases.open(an_opening())
    read, claimed = a_booking(), a_booking(status="claimed", claimed_at=NOW)
    assert ports.cases.save_booking(claimed, "planned")
    changed = {"log": [a_log_line(2)], "bookings": [a_booking(reference="ref-1.2")]}
    with pytest.raises(StaleVersion):
        ports.cases.commit(a_case(version=2, log_n=2), over=[read], **changed)
    assert claimed in ports.cases.file(CASE_ID).bookings
    assert ports.cases.read(CASE_ID).version == 1
    ports.cases.commit(a_case(version=2, log_n=2), over=[claimed], **changed)
    assert a_booking(reference="ref-1.2") in ports.cases.file(CASE_ID).bookings


def test_several_bookings_of_one_kind_lie_beside_each_other(ports):
    ports.cases.open(an_opening())
    first, second = a_booking(kind="pickup", reference="ref-2"), a_booking(kind="pickup", reference="ref-3", n=2)
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], bookings=[second])
    kept = ports.cases.file(CASE_ID).bookings
    assert first in kept
    assert second in kept


def test_an_answer_is_written_with_its_case_and_once(ports):
    ports.cases.open(an_opening())
    told = an_answer(answer='{"pickup_id":"1-2"}', expires_at=NOW + timedelta(days=7))
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], answer=told)
    assert ports.cases.stored_answer("desk", "k-1") == told
    with pytest.raises(StaleVersion):
        ports.cases.commit(a_case(version=3, log_n=3), [a_log_line(3)], answer=replace(told, body_digest="d2"))
    assert ports.cases.read(CASE_ID).version == 2


def test_an_answer_whose_time_has_run_out_makes_room(ports):
    ports.cases.open(an_opening())
    old = an_answer(expires_at=NOW - HOUR)
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], answer=old)
    told = replace(old, body_digest="d2", expires_at=NOW + HOUR)
    ports.cases.commit(a_case(version=3, log_n=3), [a_log_line(3)], answer=told)
    assert ports.cases.stored_answer("desk", "k-1") == told


def test_what_a_carrier_said_of_its_pickups_is_kept_by_area_and_written_again_only_for_news(ports):
    days = (OfferedDay(NOW.date(), True, time(15, 30), timedelta(hours=4)),)
    said = KnownDays(days, NOW)
    assert ports.pickup_days.last("fedex", "FR", "750") is None
    ports.pickup_days.keep("fedex", "FR", "750", said)
    ports.pickup_days.keep("fedex", "FR", "750", KnownDays(days, NOW + HOUR))
    assert ports.pickup_days.last("fedex", "FR", "750") == said
    assert ports.pickup_days.last("fedex", "FR", "690") is None
    news = KnownDays((OfferedDay(NOW.date(), False),), NOW + HOUR)
    ports.pickup_days.keep("fedex", "FR", "750", news)
    assert ports.pickup_days.last("fedex", "FR", "750") == news
    aged = KnownDays(news.days, NOW + 14 * HOUR)
    ports.pickup_days.keep("fedex", "FR", "750", aged)
    assert ports.pickup_days.last("fedex", "FR", "750") == aged


def test_cases_of_a_stage_come_newest_first_page_by_page(ports):
    for n in range(7):
        ports.cases.open(an_opening(f"01C{n}", case=a_case(f"01C{n}", created_at=NOW + n * HOUR)))
    ports.cases.open(an_opening("01X", case=a_case("01X", stage="review")))
    seen, cursor = [], None
    while True:
        page = ports.cases.listed("approved", cursor, 3)
        seen.append([case.case_id for case in page.cases])
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == [["01C6", "01C5", "01C4"], ["01C3", "01C2", "01C1"], ["01C0"]]


def test_a_case_that_left_a_stage_is_no_longer_listed_there(ports):
    ports.cases.open(an_opening())
    ports.cases.commit(a_case(version=2, stage="booked", log_n=2), [a_log_line(2)])
    assert ports.cases.listed("approved", None, 10).cases == ()
    assert [case.case_id for case in ports.cases.listed("booked", None, 10).cases] == [CASE_ID]


def test_cases_are_found_by_what_points_to_them_page_by_page(ports):
    for n in range(5):
        ports.cases.open(an_opening(f"01C{n}", pointers=(Pointer("serial", "S#1/é", f"01C{n}"),)))
    first = ports.cases.pointed("serial", "S#1/é", None, 3)
    rest = ports.cases.pointed("serial", "S#1/é", first.cursor, 3)
    assert [case.case_id for case in first.cases + rest.cases] == ["01C4", "01C3", "01C2", "01C1", "01C0"]
    assert rest.cursor is None
    assert ports.cases.pointed("serial", "S", None, 3).cases == ()


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "AAAA", "e30", "bnVsbA",
     "eyI5IjpbIkEiLCJCIiwiQyJdfQ", "eyIwIjpbMSwyLDNdfQ", "eyIwIjpbIkEiXX0", "A" * 9000, "é"],
)  # fmt: skip
def test_a_cursor_that_no_list_gave_is_refused_by_name(ports, cursor):
    with pytest.raises(InvalidRequestError) as refused:
        ports.cases.listed("approved", cursor, 10)
    assert refused.value.faults[0].field == "cursor"
    with pytest.raises(InvalidRequestError):
        ports.cases.pointed("order", "SO-1001", cursor, 10)


def test_what_a_newer_version_wrote_beside_ours_survives(ports, table):
    ports.cases.open(an_opening())
    ports.tracks.save(a_track())
    pk, number_pk = keys.case_pk(CASE_ID), keys.number_pk("fedex", NUMBER)
    track_sk = keys.track_sk(a_track().ship_date, CASE_ID, 1)
    for key in ((pk, "CASE"), (pk, "LEG#1"), (pk, "BOOKING#1#waybill"), (number_pk, track_sk)):
        table.update(Update(*key, {"from_tomorrow": "kept"}))
    ports.cases.commit(
        a_case(version=2, log_n=2),
        [a_log_line(2)],
        legs=[a_leg(number=NUMBER)],
        bookings=[a_booking(attempts=2)],
    )
    ports.tracks.save(a_track(a_scan(), version=2))
    for key in ((pk, "CASE"), (pk, "LEG#1"), (pk, "BOOKING#1#waybill"), (number_pk, track_sk)):
        assert table.get(*key)["from_tomorrow"] == "kept"


# --- tracks ----------------------------------------------------------------------------------------------------


def test_a_track_is_read_back_with_the_state_that_its_events_mean(ports):
    full = a_track(
        a_scan(1), a_hold(2), a_scan(3, text="a|b\nc \\ 深圳", place=Place("São Paulo", None)),
        version=1, value=Money(Decimal("1180.005"), "EUR"), eta=NOW + HOUR, unique_id="u~1",
        effects=(an_effect(),), poll_after=NOW + HOUR, attempts=2, last_polled_at=NOW, webhook_seen_at=NOW,
        concerns=("silent",), problems=("history_full",), lane=Lane("FR", "CN"),
        service="INTERNATIONAL_PRIORITY", weights_g=(Decimal(700), Decimal(400)),
    )  # fmt: skip
    ports.tracks.save(full)
    assert ports.tracks.file("fedex", NUMBER).tracks == (full,)
    assert full.state.condition == "held"


def test_a_bare_track_is_read_back_too(ports):
    bare = a_track(value=None, due_at=None)
    ports.tracks.save(bare)
    assert ports.tracks.file("fedex", NUMBER).tracks == (bare,)


def test_what_a_track_no_longer_says_is_gone(ports):
    ports.tracks.save(a_track(a_scan(), effects=(an_effect(),), concerns=("late",), attempts=3, eta=NOW))
    later = a_track(a_scan(), version=2, due_at=None)
    ports.tracks.save(later)
    assert ports.tracks.file("fedex", NUMBER).tracks == (later,)


def test_a_track_that_somebody_else_changed_is_not_written_over(ports):
    ports.tracks.save(a_track())
    ports.tracks.save(a_track(a_scan(1), version=2))
    with pytest.raises(StaleVersion):
        ports.tracks.save(a_track(a_scan(2), version=2))
    with pytest.raises(StaleVersion):
        ports.tracks.save(a_track(version=1))
    assert ports.tracks.file("fedex", NUMBER).tracks == (a_track(a_scan(1), version=2),)


def test_one_number_may_have_several_tracks_and_parked_events(ports):
    first, again = a_track(), a_track(ship_date=date(2027, 6, 1), case_id="01OTHER")
    ports.tracks.save(first)
    ports.tracks.save(again)
    ports.tracks.park(a_parked())
    ports.tracks.park(a_parked())
    file = ports.tracks.file("fedex", NUMBER)
    assert (file.tracks, file.parked) == ((first, again), (a_parked(),))
    ports.tracks.unpark(a_parked())
    assert ports.tracks.file("fedex", NUMBER).parked == ()


def test_a_number_cannot_forge_another_key(ports):
    ports.tracks.save(a_track(number="1#TRACK#2", case_id="c#1.2"))
    assert ports.tracks.file("fedex", "1").tracks == ()
    assert ports.tracks.file("fedex", "1#TRACK#2").tracks == (a_track(number="1#TRACK#2", case_id="c#1.2"),)


def test_sent_effects_are_forgotten_and_the_new_due_time_kept(ports):
    ports.tracks.save(a_track(a_scan(), effects=(an_effect("a"), an_effect("b"))))
    ports.tracks.settle(a_track(a_scan(), effects=(an_effect("b"),), due_at=NOW + 9 * HOUR))
    assert ports.tracks.file("fedex", NUMBER).tracks[0] == a_track(
        a_scan(), effects=(an_effect("b"),), due_at=NOW + 9 * HOUR
    )


def test_settling_what_somebody_else_changed_meanwhile_is_quiet_and_changes_nothing(ports):
    ports.tracks.save(a_track(effects=(an_effect("a"),)))
    newer = a_track(a_scan(), version=2, effects=(an_effect("a"), an_effect("b")))
    ports.tracks.save(newer)
    ports.tracks.settle(a_track(effects=()))
    assert ports.tracks.file("fedex", NUMBER).tracks == (newer,)


def test_tracks_in_trouble_are_listed_longest_in_it_first_and_only_while_they_are(ports):
    for n in (3, 1, 2):
        ports.tracks.save(a_track(a_hold(n), number=f"79400000000{n}"))
    ports.tracks.save(a_track(a_scan(), number="794000000009"))
    page = ports.tracks.listed("held", None, 2)
    rest = ports.tracks.listed("held", page.cursor, 2)
    assert [track.number[-1] for track in page.tracks + rest.tracks] == ["1", "2", "3"]
    assert ports.tracks.listed("ok", None, 9).tracks == ()
    released = a_scan(9, code="CC", milestone="import_cleared", reason="customs_released", condition="ok")
    ports.tracks.save(a_track(a_hold(1), released, number="794000000001", version=2))
    assert [track.number[-1] for track in ports.tracks.listed("held", None, 9).tracks] == ["2", "3"]


# --- exceptions ------------------------------------------------------------------------------------------------


def an_unknown_number(**changed):
    about = {
        "subject_kind": "number",
        "subject": "fedex/7946#1",
        "case_id": None,
        "episode": "unknown|number",
    }
    return an_exception(**about | changed)


def test_an_exception_is_found_by_its_public_id(ports):
    ports.cases.open(an_opening())
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], exceptions=[an_exception()])
    assert ports.exceptions.read(an_exception().exception_id) == an_exception()
    carrier = an_exception(subject_kind="carrier", subject="fedex", case_id=None)
    assert ports.exceptions.open_alone(carrier)
    assert ports.exceptions.read(carrier.exception_id) == carrier
    assert ports.exceptions.read(an_exception(episode="other").exception_id) is None
    with pytest.raises(NotFoundError):
        ports.exceptions.read("é!")


def test_an_exception_is_opened_once_per_episode(ports):
    assert ports.exceptions.open_alone(an_unknown_number(episode="e1"))
    assert not ports.exceptions.open_alone(an_unknown_number(episode="e1", meaning="again"))
    assert ports.exceptions.read(an_unknown_number(episode="e1").exception_id).meaning != "again"


def test_an_exception_that_somebody_else_changed_is_not_written_over(ports):
    ports.exceptions.open_alone(an_unknown_number(episode="e1"))
    ports.exceptions.save_alone(an_unknown_number(episode="e1", version=2, status="acknowledged"))
    with pytest.raises(StaleVersion):
        ports.exceptions.save_alone(an_unknown_number(episode="e1", version=2, status="resolved"))
    with pytest.raises(StaleVersion):
        ports.exceptions.save_alone(an_unknown_number(episode="e1", version=1))


def test_open_exceptions_are_listed_gravest_first_and_the_nearest_deadline_first_within(ports):
    for n, severity in enumerate(("low", "critical", "high", "critical")):
        ports.exceptions.open_alone(
            an_unknown_number(subject=f"fedex/{n}", episode="e", severity=severity, deadline=NOW - n * HOUR)
        )
    subjects = [one.subject[-1] for one in ports.exceptions.listed("critical", None, 9).exceptions]
    assert subjects == ["3", "1"]
    page = ports.exceptions.listed(None, None, 3)
    rest = ports.exceptions.listed(None, page.cursor, 3)
    assert [one.subject[-1] for one in page.exceptions + rest.exceptions] == ["3", "1", "2", "0"]
    done = ports.exceptions.read(page.exceptions[0].exception_id)
    ports.exceptions.save_alone(replace(done, version=2, status="resolved", resolved_at=NOW, resolved_by="mei"))
    assert [one.subject[-1] for one in ports.exceptions.listed("critical", None, 9).exceptions] == ["1"]


# --- due work --------------------------------------------------------------------------------------------------


def test_what_is_due_is_found_and_nothing_else(ports):
    ports.tracks.save(a_track(number="794000000001", due_at=NOW - HOUR))
    ports.tracks.save(a_track(number="794000000002", due_at=NOW))
    ports.tracks.save(a_track(number="794000000003", due_at=NOW + HOUR))
    ports.tracks.save(a_track(number="794000000004", due_at=None))
    ports.tracks.park(a_parked(due_at=NOW))
    ports.cases.open(an_opening(bookings=(a_booking(due_at=NOW), a_booking(kind="pickup"))))
    due = list(ports.due.due(NOW, 100))
    assert sorted((one.kind, one.due_at[11:13]) for one in due) == [
        ("booking", "10"), ("parked", "10"), ("track", "09"), ("track", "10"),
    ]  # fmt: skip
    by_kind = {one.kind: one for one in due}
    assert ports.due.track_of(by_kind["track"]).number == "794000000002"
    assert ports.due.parked_of(by_kind["parked"]) == a_parked(due_at=NOW)
    assert ports.due.booking_of(by_kind["booking"]) == a_booking(due_at=NOW)


def test_no_more_is_given_than_was_asked_and_every_shard_has_its_share(ports):
    for n in range(30):
        ports.tracks.save(a_track(number=f"7940000000{n:02}", due_at=NOW - HOUR))
    assert len(list(ports.due.due(NOW, 100))) == 30
    some = list(ports.due.due(NOW, 16))
    assert len(some) == len(set(some)) == 16
    assert len({keys.due_shard(one.pk) for one in some}) >= 6
    assert list(ports.due.due(NOW, 0)) == []


def test_due_work_is_claimed_by_one_and_comes_again_when_the_claim_runs_out(ports):
    ports.tracks.save(a_track(due_at=NOW))
    (due,) = ports.due.due(NOW, 10)
    assert ports.due.claim(due, NOW + HOUR)
    assert not ports.due.claim(due, NOW + 2 * HOUR)
    assert list(ports.due.due(NOW, 10)) == []
    assert ports.due.track_of(due) is None
    (again,) = ports.due.due(NOW + HOUR, 10)
    track = ports.due.track_of(again)
    assert (track.attempts, track.due_at) == (1, NOW + HOUR)
    assert ports.due.claim(again, None)
    assert list(ports.due.due(NOW + 99 * HOUR, 10)) == []
    assert ports.tracks.file("fedex", NUMBER).tracks[0].attempts == 2


def test_an_entry_of_something_that_is_gone_is_nothing(ports):
    gone = Due("track", "NUM#fedex#1", "TRACK#2026-11-20#c.1", "2026-11-22T10:00:00Z")
    assert ports.due.track_of(gone) is None
    assert not ports.due.claim(gone, NOW + HOUR)


def test_a_claimed_parked_event_counts_its_attempts(ports):
    ports.tracks.park(a_parked(due_at=NOW))
    (due,) = ports.due.due(NOW, 10)
    assert ports.due.claim(due, NOW + HOUR)
    assert ports.tracks.file("fedex", NUMBER).parked == (a_parked(due_at=NOW + HOUR, attempts=1),)


# --- carriers --------------------------------------------------------------------------------------------------


def a_token(version, text="tok-1", minutes=60):
    return CarrierToken("fedex", "track", text, NOW + timedelta(minutes=minutes), version)


def test_a_carrier_token_is_fetched_by_one_and_shared(ports):
    assert ports.carriers.token("fedex", "track") is None
    assert ports.carriers.claim_refresh("fedex", "track", 0, NOW)
    assert not ports.carriers.claim_refresh("fedex", "track", 0, NOW)
    ports.carriers.keep_token(a_token(1))
    assert ports.carriers.token("fedex", "track") == a_token(1)
    assert ports.carriers.token("fedex", "ship") is None


def test_a_refresh_can_be_claimed_again_when_the_first_worker_never_came_back(ports):
    assert ports.carriers.claim_refresh("fedex", "track", 0, NOW)
    assert ports.carriers.claim_refresh("fedex", "track", 0, NOW + timedelta(minutes=1))


def test_who_saw_an_older_token_than_the_present_one_does_not_refresh(ports):
    ports.carriers.keep_token(a_token(1))
    ports.carriers.keep_token(a_token(2, "tok-2"))
    assert not ports.carriers.claim_refresh("fedex", "track", 1, NOW)
    assert ports.carriers.claim_refresh("fedex", "track", 2, NOW)
    ports.carriers.keep_token(a_token(1, "late"))
    assert ports.carriers.token("fedex", "track") == a_token(2, "tok-2")


def test_the_table_does_not_hold_a_token_that_opens_anything(ports, table):
    ports.carriers.keep_token(a_token(1, "very-secret-token"))
    assert b"very-secret" not in table.get("CARRIER#fedex", "TOKEN#track")["sealed"]


def test_how_we_stand_with_a_carrier_is_read_back_and_saved_by_one(ports):
    assert ports.carriers.standing("dhl", "mydhl") == Standing()
    broken = Standing(
        1, NOW.date(), 7, 1_795_000_000_123, NOW + HOUR, 5, NOW, NOW + 2 * HOUR, 3, NOW + 3 * HOUR
    )  # fmt: skip
    assert ports.carriers.save_standing("dhl", "mydhl", broken)
    assert ports.carriers.standing("dhl", "mydhl") == broken
    assert not ports.carriers.save_standing("dhl", "mydhl", replace(broken, failures=9)), "somebody else was faster"
    assert ports.carriers.save_standing("dhl", "mydhl", Standing(2))
    assert ports.carriers.standing("dhl", "mydhl") == Standing(2), "what is no longer so is gone"
    assert ports.carriers.standing("dhl", "unified") == ports.carriers.standing("fedex", "mydhl") == Standing()


def test_a_pause_only_ever_moves_later():
    standing = paused(Standing(), NOW + 2 * HOUR)
    assert paused(standing, NOW + HOUR).paused_until == NOW + 2 * HOUR
    assert paused(standing, NOW + 3 * HOUR).paused_until == NOW + 3 * HOUR


def test_the_incident_of_a_carrier_is_read_back_and_saved_by_one(ports):
    assert ports.carriers.incident("fedex") is None
    begun = Incident("fedex", "silent-1", NOW, waiting=3, version=1)
    assert ports.carriers.save_incident(begun)
    assert not ports.carriers.save_incident(replace(begun, waiting=9))
    assert ports.carriers.incident("fedex") == begun
    assert ports.carriers.save_incident(replace(begun, told=3, over=True, version=2))
    assert ports.carriers.incident("fedex") == replace(begun, told=3, over=True, version=2)
    assert ports.carriers.incident("dhl") is None


def test_a_parcel_that_could_not_be_asked_about_says_since_when_until_it_was(ports):
    ports.tracks.save(a_track(due_at=NOW, poll_after=NOW))
    (due,) = ports.due.due(NOW, 10)
    assert ports.due.claim(due, NOW + HOUR, unheard_since=NOW - HOUR)
    (track,) = ports.tracks.file("fedex", NUMBER).tracks
    assert (track.unheard_since, track.attempts, track.poll_after) == (NOW - HOUR, 1, NOW)
    ports.due.rearm(
        replace(due, due_at=stamp(NOW + HOUR)), NOW + 2 * HOUR, poll_after=NOW + 2 * HOUR, unheard_since=NOW
    )
    (track,) = ports.tracks.file("fedex", NUMBER).tracks
    assert (track.unheard_since, track.attempts, track.poll_after) == (NOW, 1, NOW + 2 * HOUR)
    ports.due.rearm(replace(due, due_at=stamp(NOW + 2 * HOUR)), NOW + 3 * HOUR)
    (track,) = ports.tracks.file("fedex", NUMBER).tracks
    assert (track.unheard_since, track.attempts, track.due_at) == (None, 0, NOW + 3 * HOUR)


# --- the rest --------------------------------------------------------------------------------------------------


def test_a_raw_body_is_kept_under_its_digest_and_twice_is_once(ports):
    body = b"\x00\xff{broken"
    digest = ports.evidence.keep_raw(body, "fedex_push", NOW)
    assert ports.evidence.keep_raw(body, "fedex_push", NOW) == digest
    assert ports.evidence.raw(digest) == body
    for nothing in ("0" * 64, "../labels/x", ""):
        with pytest.raises(NotFoundError):
            ports.evidence.raw(nothing)


def test_a_label_is_kept_under_its_case(ports):
    assert ports.evidence.keep_label("c1", "waybill-1.pdf", b"%PDF", "application/pdf") == "labels/c1/waybill-1.pdf"


def test_secrets_are_read_by_name(ports):
    assert ports.secrets.webhooks()["fedex"] == ["current-secret", "previous-secret"]
    assert ports.secrets.carriers()["fedex"]["track"]["client_id"] == "track-id"


def test_messages_are_sent_however_many(ports):
    ports.queues.send("alerts", [])
    ports.queues.send("alerts", [{"id": str(n), "text": "\x00 深圳"} for n in range(23)])
