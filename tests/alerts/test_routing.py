"""Who is told of an alert: each of those who asked once, and of what is grave always somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.exceptions import SEVERITIES, ExceptionNote
from chalicelib.alerts.routing import after_storm, last_resort, receiver_called, route, window_end
from chalicelib.receivers import FALLBACK, OpenHours, StormLimit
from tests.alerts.told import NOON, PARIS_HOURS, WEEK, a_receiver, an_alert

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def told(alert, *receivers, at=None, incident=None):
    return {one.receiver.id: (one.how, one.why) for one in route(alert, receivers, at or alert.note.at, incident)}


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, None),
        ({"severity": "high"}, None),
        ({"severity": "critical"}, "severity"),
        ({"kinds": ("customs_*",)}, None),
        ({"kinds": ("silence", "duty_*")}, "kinds"),
        ({"countries": ("DE", "FR")}, None),
        ({"countries": ("DE",)}, "countries"),
        ({"changes": ("opened",)}, None),
        ({"changes": ("resolved",)}, "changes"),
        ({"events": ("incident", "case")}, "events"),
    ],
)
def test_a_receiver_is_told_what_it_asked_for_and_of_the_rest_why_not(rules, why):
    found = told(an_alert(), a_receiver(channel="webhook", **rules), a_receiver("other"))

    assert found["desk"] == (("no", why) if why else ("now", "asked"))
    assert found["other"] == ("now", "asked")


def test_what_belongs_to_no_country_concerns_every_country():
    assert told(an_alert(country=None), a_receiver(countries=("FR",)))["desk"] == ("now", "asked")


@pytest.mark.parametrize("kind", ["carrier_silent", "carrier_incident", "lane_incident"])
def test_what_stands_for_many_is_told_to_those_who_hear_of_incidents(kind):
    alert = an_alert(subject_kind="carrier", subject="fedex", case_id=None, kind=kind)

    found = told(alert, a_receiver(events=("exception",)), a_receiver("other", events=("incident",)))

    assert found == {"desk": ("no", "events"), "other": ("now", "asked")}


@pytest.mark.parametrize("severity", ["critical", "high"])
def test_what_is_grave_and_nobody_asked_for_goes_to_the_topic(severity):
    deaf = a_receiver(kinds=("duty_*",))
    topic = a_receiver("on-call", channel="topic", kinds=("claim_*",))

    assert told(an_alert(severity=severity), deaf)[FALLBACK] == ("now", "fallback")
    assert told(an_alert(severity=severity)) == {FALLBACK: ("now", "fallback")}
    assert told(an_alert(severity=severity), deaf, topic) == {"desk": ("no", "kinds"), "on-call": ("now", "fallback")}


@pytest.mark.parametrize("changed", [{"severity": "medium"}, {"severity": "low"}])
def test_what_is_not_grave_and_nobody_asked_for_is_told_to_nobody(changed):
    assert told(an_alert(**changed), a_receiver(kinds=("duty_*",))) == {"desk": ("no", "kinds")}


@pytest.mark.parametrize("action", ["acknowledged", "assigned", "snoozed", "waiting", "resolved", "updated", "resumed"])
def test_a_change_that_asks_nothing_of_anybody_needs_no_last_resort(action):
    assert told(an_alert(action=action, severity="critical"), a_receiver(kinds=("duty_*",))) == {
        "desk": ("no", "kinds")
    }


def test_a_change_that_nobody_has_heard_of_is_not_silenced():
    assert told(an_alert(action="set_on_fire")) == {FALLBACK: ("now", "fallback")}


def test_who_cannot_be_reached_is_not_told_so_by_the_way_that_fails():
    alert = an_alert(subject_kind="receiver", subject="desk", case_id=None, kind="receiver_failing", country=None)
    mail = a_receiver("staff", channel="mail", kinds=("duty_*",))

    assert told(alert, a_receiver(), a_receiver("other")) == {"desk": ("no", "itself"), "other": ("now", "asked")}
    assert told(alert, a_receiver(), mail)[FALLBACK] == ("now", "fallback")


def test_when_the_topic_itself_fails_every_person_is_told():
    alert = an_alert(subject_kind="receiver", subject="on-call", case_id=None, kind="receiver_failing", country=None)
    deaf = [a_receiver("staff", channel="mail", kinds=("x",)), a_receiver("tool", channel="webhook", kinds=("x",))]

    found = told(alert, *deaf, a_receiver("on-call", channel="topic"))

    assert found == {"staff": ("now", "fallback"), "tool": ("no", "kinds"), "on-call": ("no", "itself")}


def test_outside_its_hours_a_receiver_is_told_later_but_for_what_is_critical():
    desk = a_receiver(hours=PARIS_HOURS, digest_at=(time(8, 30),))

    (quiet,) = route(an_alert(at=NIGHT), [desk], NIGHT)

    assert (quiet.how, quiet.why, quiet.until) == ("gather", "quiet_hours", datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    assert told(an_alert(at=NIGHT, severity="critical"), desk)["desk"] == ("now", "asked")
    assert told(an_alert(), desk)["desk"] == ("now", "asked")


def an_incident(**changed):
    said = {"subject_kind": "carrier", "subject": "fedex", "case_id": None, "kind": "carrier_incident"}
    return an_alert(at=NOON - timedelta(hours=1), **said | changed).exception


def test_the_members_of_an_incident_are_told_together_while_it_lasts():
    alert, tool = an_alert(incident_id="i"), a_receiver("tool", channel="webhook")

    (desk, each) = route(alert, [a_receiver(), tool], NOON, an_incident())

    assert (desk.how, desk.why, desk.until) == ("gather", "incident", NOON + timedelta(hours=1))
    assert (each.how, each.why) == ("now", "asked")


@pytest.mark.parametrize(("kind", "how"), [("silence", "now"), ("customs_hold", "gather")])
def test_a_member_that_is_critical_hides_behind_no_milder_incident(kind, how):
    alert = an_alert(severity="critical", incident_id="i", kind=kind)
    assert told(alert, a_receiver(), at=NOON, incident=an_incident())["desk"][0] == how


@pytest.mark.parametrize(
    ("rules", "incident"),
    [
        ({"events": ("exception",)}, {}),
        ({"kinds": ("customs_*",)}, {}),
        ({}, {"resolved_at": NOON}),
        ({}, {"opened_at": NOON + timedelta(seconds=1)}),
    ],
)
def test_who_was_not_told_of_the_incident_is_told_of_its_members(rules, incident):
    assert told(an_alert(), a_receiver(**rules), incident=an_incident(**incident))["desk"] == ("now", "asked")


def test_what_is_told_again_is_told_as_grave_as_it_was_and_to_the_same_people():
    first = an_alert(severity="medium")
    raised = ExceptionNote(NOON + timedelta(hours=9), "goldthread", "raised", "medium -> critical", 2)
    joined = ExceptionNote(NOON + timedelta(hours=9), "goldthread", "joined", None, 3)
    later = replace(
        first.exception, severity="critical", incident_id="i", history=(first.note, raised, joined)
    )  # fmt: skip
    again, graver = replace(first, exception=later), replace(first, exception=later, note=raised)

    assert (again.severity, again.incident_id) == ("medium", None)
    assert (graver.severity, replace(again, note=joined).incident_id) == ("critical", "i")
    assert told(again, a_receiver(severity="high")) == told(first, a_receiver(severity="high"))


@pytest.mark.parametrize("minutes", [1, 10, 30, 60])
def test_every_moment_of_a_window_ends_with_it(minutes):
    end = window_end(NOON + timedelta(seconds=1), minutes)

    assert window_end(end - timedelta(seconds=1), minutes) == end
    assert window_end(end, minutes) == end + timedelta(minutes=minutes)


def test_what_is_over_the_limit_at_closing_time_waits_for_the_morning_but_for_what_is_critical():
    desk = a_receiver(hours=PARIS_HOURS, storm=StormLimit(5, 60))
    closing = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)

    assert after_storm(an_alert(at=closing), desk, closing) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert after_storm(an_alert(severity="critical"), desk, closing) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="no limit"):
        after_storm(an_alert(), a_receiver(channel="webhook"), closing)


def test_a_receiver_is_found_by_its_id_and_so_is_the_last_resort():
    assert receiver_called("desk", [a_receiver()]) == a_receiver()
    assert receiver_called(FALLBACK, []) == last_resort([])
    assert receiver_called("gone", [a_receiver()]) is None
    assert last_resort([]).storm is not None


HOURS = st.one_of(
    st.none(),
    st.builds(
        OpenHours,
        st.lists(st.sampled_from([*WEEK, "sat", "sun"]), min_size=1, unique=True).map(tuple),
        st.just(time(9)),
        st.sampled_from([time(0), time(18)]),
        st.sampled_from([None, "FR", "CN", "XX"]),
    ),
)
RECEIVERS = st.builds(
    a_receiver,
    st.uuids().map(lambda one: f"r-{one.hex[:8]}"),
    channel=st.sampled_from(["chat", "mail", "webhook"]),
    time_zone=st.sampled_from(["Europe/Paris", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    severity=st.sampled_from(SEVERITIES),
    kinds=st.sampled_from([("*",), ("customs_*",), ("silence",)]),
    changes=st.sampled_from([("*",), ("opened", "raised"), ("resolved",)]),
    countries=st.sampled_from([(), ("FR",), ("US", "GB")]),
    events=st.sampled_from([("exception",), ("incident",), ("exception", "incident")]),
    hours=HOURS,
    digest_at=st.sampled_from([(), (time(8),), (time(2, 30), time(17))]),
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda gone: datetime(2026, 1, 1, tzinfo=UTC) + gone)
ALERTS = st.builds(
    an_alert,
    at=MOMENTS,
    action=st.sampled_from(["opened", "raised", "resolved", "acknowledged", "woken"]),
    country=st.sampled_from([None, "FR", "US", "JP"]),
    severity=st.sampled_from(SEVERITIES),
    kind=st.sampled_from(["customs_hold", "silence", "carrier_incident", "claim_due"]),
)
INCIDENTS = st.one_of(st.none(), st.just(an_incident()))


@given(ALERTS, st.lists(RECEIVERS, max_size=6, unique_by=lambda one: one.id), INCIDENTS)
def test_whoever_asked_is_told_once_and_what_is_grave_is_told_to_somebody(alert, receivers, incident):
    routed = route(alert, receivers, alert.note.at, incident)
    ids = [one.receiver.id for one in routed]
    heard = [one for one in routed if one.how != "no"]

    assert len(ids) == len(set(ids))
    assert {one.id for one in receivers} <= set(ids)
    assert all((one.until is not None) is (one.how == "gather") for one in routed)
    assert all(one.until > alert.note.at for one in routed if one.until)
    if alert.severity == "critical":
        assert "quiet_hours" not in {one.why for one in routed}
    if alert.severity in ("critical", "high") and alert.note.action in ("opened", "raised", "woken"):
        assert heard
    assert route(alert, receivers, alert.note.at, incident) == routed
