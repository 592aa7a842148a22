"""A code that no table of ours has: kept as sent, ruling nothing, and told to a person once a day."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.shipments.events import Tracking
from chalicelib.shipments.tracking_step import apply, at_peace
from tests.fakes.pieces import NOW, NUMBER, a_scan, a_track


def odd(n: int, code: str = "Q9"):
    return a_scan(n, code=code, milestone="unrecognised", condition=None, text="something new")


def heard(track, *events, now=NOW):
    after = apply(track, Tracking(NUMBER, None, tuple(events)), now, "fedex")
    assert after is not None
    return after


def told(track):
    return [effect.body for effect in track.effects if effect.body["kind"] == "new_code"]


def test_an_unknown_code_is_kept_rules_nothing_and_is_told_under_the_name_of_its_carrier_and_day():
    known = heard(a_track(), a_scan(0))
    after = heard(known, odd(1))
    assert [event.code for event in after.events] == ["IT", "Q9"]
    assert (after.state.milestone, after.state.condition) == (known.state.milestone, known.state.condition)
    (alert,) = told(after)
    assert (alert["subject_kind"], alert["subject"]) == ("carrier", "fedex")
    assert alert["episode"] == f"code-Q9-{NOW.date()}"


def test_two_scans_of_one_unknown_code_are_one_alert_and_two_codes_are_two():
    after = heard(a_track(), odd(0), odd(1), odd(2, "Q8"))
    assert sorted(alert["episode"] for alert in told(after)) == [f"code-Q8-{NOW.date()}", f"code-Q9-{NOW.date()}"]


def test_what_was_told_of_an_unknown_code_is_not_told_again_by_later_news():
    after = at_peace(heard(a_track(), odd(0)), NOW)
    assert told(heard(after, a_scan(1))) == []


def test_the_same_code_on_another_day_is_told_again():
    after = at_peace(heard(a_track(), odd(0)), NOW)
    (alert,) = told(heard(after, odd(30), now=NOW + timedelta(days=2)))
    assert alert["episode"] == f"code-Q9-{(NOW + timedelta(days=2)).date()}"
