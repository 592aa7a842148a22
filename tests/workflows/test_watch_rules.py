"""A rule in use that runs out is told two weeks before, once; a law that ended is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.watch_rules import endings_at, in_use, watch_rules
from tests.workflows.desk import Desk

NOON = timedelta(hours=12)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + NOON


def told(desk: Desk, now: datetime) -> list[str]:
    watch_rules(desk.ports, now)
    waiting = desk.waiting("alerts")
    desk.alerts(now)
    return waiting


def test_an_act_of_the_past_that_its_program_ended_is_no_rule_in_use() -> None:
    ended = {one.dataset for one in endings_at(date(2026, 11, 22))}
    assert not ended & {"customs/us/section_122", "customs/us/ieepa_reciprocal", "customs/us/ieepa_fentanyl"}


@pytest.mark.parametrize(
    ("day", "found"), [(date(2026, 7, 8), False), (date(2026, 7, 9), True), (date(2026, 7, 23), True)]
)
def test_a_surcharge_in_use_is_told_from_two_weeks_before_its_last_day(day: date, found: bool) -> None:
    assert ("customs/us/section_122" in {one.dataset for one in endings_at(day)}) is found


def test_what_holds_at_every_border_is_in_use_too() -> None:
    shared = {"customs/statements", "customs/rate_sources", "customs/value_checks"}
    assert shared <= set(in_use(date(2026, 11, 22)))


def test_it_is_told_once_however_often_it_is_looked_at() -> None:
    desk, day = Desk(), date(2027, 9, 20)
    assert any("mpf_formal" in body for body in told(desk, at(day)))
    assert told(desk, at(day + timedelta(days=1))) == []


def test_it_stands_on_the_work_list_with_what_to_do() -> None:
    desk = Desk()
    told(desk, at(date(2027, 9, 20)))
    page = desk.ports.exceptions.listed(None, None, 50)
    found = next(one for one in page.exceptions if one.kind == "rule_expires" and "mpf_formal" in one.subject)
    assert (found.subject_kind, found.severity) == ("rule", "high")
    assert found.to_do


def test_files_to_be_read_again_are_counted_once_a_month() -> None:
    desk = Desk()
    first = told(desk, at(date(2027, 12, 1)))
    assert sum("rules_to_read_again" in body for body in first) == 1
    assert told(desk, at(date(2027, 12, 30))) == []
    assert len(told(desk, at(date(2028, 1, 2)))) >= 1


def test_an_alert_of_a_rule_twice_is_one_exception() -> None:
    desk, now = Desk(), at(date(2027, 9, 20))
    watch_rules(desk.ports, now)
    import json

    for body in desk.waiting("alerts") * 2:
        take_alert(desk.ports, json.loads(body), now)
    page = desk.ports.exceptions.listed(None, None, 50)
    ids = [one.exception_id for one in page.exceptions]
    assert len(ids) == len(set(ids))
