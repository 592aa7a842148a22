"""When a rule file must be looked at again: its ``review_after`` has passed, or a source was read too long ago.

A rule does not stop being law because nobody looked; but a reader must see how old the look is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

MAX_AGE = timedelta(days=365)
READ_KEYS = ("read_on", "checked_on")


def due_since(rules: Mapping[str, Any], on: date) -> dict[str, date]:
    """Why this file is due on that day, and since when; empty when it is not.

    >>> due_since({"review_after": date(2026, 11, 22)}, date(2026, 11, 23))
    {'review_after': datetime.date(2026, 11, 22)}
    """
    days: dict[str, date] = {}
    if "review_after" in rules:
        days["review_after"] = rules["review_after"]
    if read := oldest_reading(rules):
        days[f"read on {read}"] = read + MAX_AGE
    return {why: day for why, day in days.items() if day < on}


def oldest_reading(rules: Mapping[str, Any]) -> date | None:
    """The day on which the longest unread source of the file was read; None where it says none."""
    return min(_read_days(rules), default=None)


def _read_days(value: Any) -> Iterator[date]:
    if isinstance(value, list):
        for each in value:
            yield from _read_days(each)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key in READ_KEYS and isinstance(each, date):
                yield each
            else:
                yield from _read_days(each)
