"""What an item event of the posts means, with its reason and action, read from ``rules/upu_events.toml``.

>>> meaning_of("EDC", "", "").milestone, meaning_of("EME", "65", "").reason
('import_cleared', 'customs_value_doubted')
>>> meaning_of("EMH", "payment of charges", "item being held").condition
'held'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Condition, Milestone, Party

_HALVES = re.compile(r"\s+[-–—]\s+")
_CAUSE = ("reason", "responsible")


class Meaning(NamedTuple):
    """The three axes of an event, who caused it, who must act, and our wording for all of it."""

    milestone: Milestone | None
    condition: Condition | None
    reason: str | None
    responsible: Party | None
    action_by: Party | None
    wording: str


UNRECOGNISED = Meaning("unrecognised", None, None, None, None, "")


@lru_cache(maxsize=4096)
def meaning_of(code: str, reason: str, action: str, text: str = "") -> Meaning:
    """The meaning of one event. ``reason`` is a number or words, ``action`` words; where they are not given, ``text``
    may say both as "<reason> - <action>". An unknown code is ``unrecognised``; an unknown reason leaves the code's
    meaning."""
    row = _table()["codes"].get(code)
    if row is None:
        return UNRECOGNISED
    why, what = _said(reason, action, text)
    cause, deed = _cause(code, why), _worded("actions", code, what)
    said: dict[str, Any] = {**row, **(deed or {}), **(cause or {})}
    if deed is not None:
        said.update({key: value for key, value in deed.items() if cause is None or key not in _CAUSE})
    if cause is not None and cause.get("condition") == "held" and said.get("milestone") != "returning":
        said.update(condition="held", action_by=cause["action_by"])
    return Meaning(
        milestone=said.get("milestone"),
        condition=said.get("condition"),
        reason=said.get("reason"),
        responsible=said.get("responsible"),
        action_by=said.get("action_by"),
        wording=", ".join(part["wording"] for part in (row, cause, deed) if part is not None),
    )


def known_codes() -> frozenset[str]:
    """Every event the table has a row for."""
    return frozenset(_table()["codes"])


def _said(reason: str, action: str, text: str) -> tuple[str, str]:
    """Both halves in lower case: as given, else out of "<reason> - <action>", else the one text for both."""
    whole = (reason or text).lower()
    halves = _HALVES.split(whole, maxsplit=1)
    if len(halves) == 2 and not action:
        return halves[0], halves[1]
    return whole, (action or whole).lower()


def _cause(code: str, why: str) -> Mapping[str, Any] | None:
    row: Mapping[str, Any] | None = _table()["reasons_by_number"].get(why.lstrip("0"))
    return row if row is not None and code in row["on"] else _worded("reasons", code, why)


def _worded(kind: str, code: str, words: str) -> Mapping[str, Any] | None:
    rows: list[Mapping[str, Any]] = _table()[kind] if words else []
    return next((row for row in rows if code in row["on"] and any(phrase in words for phrase in row["says"])), None)


def _table() -> Mapping[str, Any]:
    return dictionary("carriers", "upu_events")
