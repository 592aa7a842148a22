"""What a FedEx scan means: its code, its exception code and FedEx's own words, read from
``rules/fedex_events.toml``.

>>> meaning_of("CC", "", "Cleared customs").milestone
'import_cleared'
>>> meaning_of("ZZ", "", "Something new").milestone
'unrecognised'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from chalicelib.carriers.scan_fields import without_contacts
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Condition, Milestone, Party

MAX_TEXT = 200
# Nobody writes a longer sentence into a scan; what stands behind is not read.
LONGEST_READ = 1_000
_SIGNED_BY = re.compile(
    r"\b(?:(?:signed|received|accepted)(?: for)? by\b|(?:(?:delivered|left|released|handed)(?: to| with)?|recipient):)",
    re.IGNORECASE,
)
_BETWEEN = " -,;:./|·("


class Meaning(NamedTuple):
    """The three axes of a scan, who caused it, who must act, and FedEx's words made fit to keep."""

    milestone: Milestone | None
    condition: Condition | None
    reason: str | None
    responsible: Party | None
    action_by: Party | None
    text: str


UNRECOGNISED = Meaning("unrecognised", None, None, None, None, "")


@lru_cache(maxsize=4096)
def meaning_of(code: str, exception: str, description: str | None = None, exception_text: str | None = None) -> Meaning:
    """The meaning of one scan. ``code`` may be in any case, ``exception`` has its leading zeros stripped; empty
    texts are as good as none.

    An unknown code is ``unrecognised`` whatever else is said; an unknown exception code leaves the code's
    meaning.
    """
    text = _kept_text(description or "", exception_text or "")
    code = code.upper()
    row = _codes().get(code)
    if row is None:
        return UNRECOGNISED._replace(text=text)
    said = dict(row)
    for later in _refinements(code, exception, f"{description or ''} {exception_text or ''}".lower()):
        said.update(later)
    return _meaning(said, text or said["wording"])


@cache
def delay_of(kind: str) -> tuple[str, Party, Party]:
    """Reason, who caused it and who must act, for a ``delayDetail`` that says DELAYED; a missing type is
    general.
    """
    rows: Mapping[str, Any] = _table()["delays"]
    row = rows.get(kind) or rows["GENERAL"]
    return row["reason"], row["responsible"], row["action_by"]


@cache
def time_type_of(code: str) -> str | None:
    """Which ``dateAndTimes`` type gives the time of a status of this code, where any does."""
    found: str | None = _table()["status_times"].get(code)
    return found


def known_codes() -> frozenset[str]:
    """Every event code the table has a row for."""
    return frozenset(_codes())


def _meaning(said: Mapping[str, Any], text: str) -> Meaning:
    """A row's fields; an empty one is as good as none."""
    return Meaning(
        milestone=said.get("milestone") or None,
        condition=said.get("condition") or None,
        reason=said.get("reason") or None,
        responsible=said.get("responsible") or None,
        action_by=said.get("action_by") or None,
        text=text,
    )


def _refinements(code: str, exception: str, words: str) -> Iterator[Mapping[str, Any]]:
    table = _table()
    row = table["exceptions"].get(exception)
    if row is not None and code in row.get("on", table["exceptions_count"]["on"]):
        yield row
    for wording in table["wording"]:
        if code in wording["on"] and any(phrase in words for phrase in wording["says"]):
            yield wording


def _kept_text(description: str, exception_text: str) -> str:
    """FedEx's words in one printable line, without who signed or how to reach anybody."""
    parts = [description] if exception_text in description else [description, exception_text]
    line = " ".join(_unsigned(" ".join(part[:LONGEST_READ].split())) for part in parts if part)
    if not line.isprintable():
        line = "".join(letter for letter in line if letter.isprintable())
    return without_contacts(line)[:MAX_TEXT].strip()


def _unsigned(line: str) -> str:
    """The line up to where it says who signed."""
    found = _SIGNED_BY.search(line)
    return line[: found.start()].rstrip(_BETWEEN) if found else line


def _table() -> Mapping[str, Any]:
    return dictionary("carriers", "fedex_events")


def _codes() -> Mapping[str, Any]:
    codes: Mapping[str, Any] = _table()["codes"]
    return codes
