"""A wall clock without a zone on the nights the clocks change, and everything that is no time at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.carriers.local_times import read_time


@pytest.mark.parametrize(
    ("sent", "country", "state", "expected"),
    [
        # 02:30 comes twice: the first one is meant. It does not come at all: the hour before the change goes on.
        ("2026-10-25T02:30:00", "FR", None, "2026-10-25T00:30:00"),
        ("2026-03-29T02:30:00", "FR", None, "2026-03-29T01:30:00"),
        ("2026-11-01T01:30:00", "US", "NY", "2026-11-01T05:30:00"),
        ("2026-03-08T02:30:00", "US", "NY", "2026-03-08T07:30:00"),
        ("2026-10-25T02:30:00+01:00", "FR", None, "2026-10-25T01:30:00"),
        ("2026-10-25T02:30:00", "CN", None, "2026-10-24T18:30:00"),
    ],
)
def test_an_hour_that_comes_twice_or_never_is_read_by_one_rule(sent, country, state, expected):
    at, _ = read_time(sent, country, state)
    assert at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert read_time(sent, country, state) == read_time(sent, country, state)


@pytest.mark.parametrize(
    "sent",
    [
        "", " ", "nan", "0", "1795307450", "1795307450000", "1795307450.5", "2026-11-20T24:00:00",
        "0000-01-01T00:00:00",
        "2026-11-20T09:20:60", "2026-13-01T00:00:00", "2026-11-31T00:00:00", "0001-01-01T00:00:00", "2026-11-20T25:00",
        "9999-12-31T23:59:59-14:00", "2026-11-20T09:20:00+25:00", "2026-11-20T09:20:00 Paris", "2026-W60-1", "1e9",
        "２０２６-11-20T09:20:00", "2026-11-20T09:20:00Zx", "20/11/2026", "-2026-11-20", "2026-11-20T09:20:00+1:00",
    ],
)  # fmt: skip
def test_what_is_no_time_is_a_value_error_and_never_another(sent):
    with pytest.raises(ValueError, match=r".+"):
        read_time(sent, "FR", None)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-W01-1", "2025-12-28T23:00:00"), ("20261120T092000Z", "2026-11-20T09:20:00"),
        ("2026-11-20", "2026-11-19T23:00:00"), ("2026-11-20T09:20:00+0530", "2026-11-20T03:50:00"),
        ("2026-11-20T09:20:00+08", "2026-11-20T01:20:00"), ("2026-11-20T09:20:00-07:00", "2026-11-20T16:20:00"),
    ],
)  # fmt: skip
def test_other_spellings_of_the_standard_are_read_as_it_says(sent, expected):
    at, _ = read_time(sent, "FR", None)
    assert at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
