"""What a China Post scan means: its code, how a delivery ended, and China Post's own words, read from
``rules/ems_events.toml``.

>>> meaning_of("EXC").milestone, meaning_of("743").withdraws_delivery, meaning_of("999").milestone
('export_cleared', True, 'unrecognised')
>>> meaning_of("704", delivered_to="50").reason
'delivered_to_unexpected_place'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Condition, Milestone, Party

DELIVERIES = frozenset({"delivered", "partially_delivered"})


class Meaning(NamedTuple):
    """The axes of a scan, what it takes back, where it can have been made, and our wording for it."""

    milestone: Milestone | None
    condition: Condition | None = None
    reason: str | None = None
    responsible: Party | None = None
    action_by: Party | None = None
    withdraws_delivery: bool = False
    voids: tuple[str, ...] = ()
    where: str = "office"
    wording: str = ""


UNRECOGNISED = Meaning("unrecognised", where="unknown")


def meaning_of(code: str, delivered_to: str = "", not_delivered: str = "", words: str = "") -> Meaning:
    """The meaning of one scan: the row of its code, then of how the delivery ended, then of China Post's words.

    ``delivered_to`` counts on deliveries only and ``not_delivered`` on failed ones only. For gold every hand-over but
    to the addressee, another person or an office, an unknown one included, is for a person to look at. An unknown
    code is ``unrecognised`` whatever else is said.
    """
    return _meaning(code.upper(), delivered_to.upper(), not_delivered.upper(), _spoken(code.upper(), words))


def outcome_of(code: str, delivered_to: str, not_delivered: str) -> str | None:
    """The one of both outcome codes that counts on a scan of this code."""
    milestone = (_codes().get(code.upper()) or {}).get("milestone")
    if milestone in DELIVERIES:
        return delivered_to or None
    return (not_delivered if milestone == "delivery_attempted" else "") or None


def known_codes() -> frozenset[str]:
    """Every operation code the table has a row for, those of the older interface included."""
    return frozenset(_codes())


@lru_cache(maxsize=2048)
def _meaning(code: str, delivered_to: str, not_delivered: str, spoken: tuple[int, ...]) -> Meaning:
    row = _codes().get(code)
    if row is None:
        return UNRECOGNISED
    said = dict(row)
    for later in _refinements(row, delivered_to, not_delivered, spoken):
        said.update({key: value for key, value in later.items() if key != "wording"})
    return Meaning(
        milestone=said.get("milestone"),
        condition=said.get("condition"),
        reason=said.get("reason"),
        responsible=said.get("responsible"),
        action_by=said.get("action_by"),
        withdraws_delivery=said.get("withdraws_delivery", False),
        voids=tuple(said.get("voids", ())),
        where=said.get("where", "office"),
        wording=said["wording"],
    )


def _refinements(
    row: Mapping[str, Any], delivered_to: str, not_delivered: str, spoken: tuple[int, ...]
) -> Iterator[Mapping[str, Any]]:
    table = _table()
    if row.get("milestone") in DELIVERIES and delivered_to:
        yield table["delivered_to"].get(delivered_to, table["delivered_to"]["100"])
    if row.get("milestone") == "delivery_attempted" and not_delivered:
        yield table["not_delivered"].get(not_delivered, {})
    for at in spoken:
        if not (delivered_to and table["wording"][at].get("without_outcome")):
            yield table["wording"][at]


def _spoken(code: str, words: str) -> tuple[int, ...]:
    """Which wording rows a scan's words call for; most codes have none."""
    rows = _wordings().get(code)
    return tuple(at for at, says in rows if any(phrase in words for phrase in says)) if rows else ()


@cache
def _wordings() -> Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]:
    rows = list(enumerate(_table()["wording"]))
    named = {code for _, row in rows for code in row["on"]}
    return {code: tuple((at, tuple(row["says"])) for at, row in rows if code in row["on"]) for code in named}


@cache
def _codes() -> Mapping[str, Any]:
    return {**_table()["codes"], **_table()["legacy"]}


def _table() -> Mapping[str, Any]:
    return dictionary("carriers", "ems_events")
