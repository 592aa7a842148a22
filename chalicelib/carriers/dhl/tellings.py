"""What both of DHL's tracking interfaces share: identities, the future, names, weights, and their problem bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2s

from chalicelib.carriers.numbers import normalise
from chalicelib.shipments.events import Event, Problem

MAX_EVENTS = 1_000
AHEAD = timedelta(hours=24)
GRAMS = {"METRIC": Decimal(1000), "IMPERIAL": Decimal("453.59237"), "KG": Decimal(1000), "LB": Decimal("453.59237"),
         "LBS": Decimal("453.59237"), "G": Decimal(1)}  # fmt: skip
_LONGEST_TEXT, _SHORTEST_NAME = 200, 3
_DHL_CODE = re.compile(r"\s*(\d{3,8})\s*:")
_IN_INSTANCE = re.compile(r"/shipments/([0-9A-Za-z]{4,40})/tracking")
_MAY_BE_ASKED_AGAIN = frozenset({"404", "408", "429", "500", "502", "503", "504"})


class Notes:
    """What could not be kept of one shipment, and how far ahead of now a scan may be dated."""

    def __init__(self, number: str, source: str, now: datetime) -> None:
        self.number, self.source = number, source
        self.problems: list[Problem] = []
        self.latest = now + AHEAD

    def lost(self, code: str, text: str, *, retryable: bool = False) -> None:
        """Note something that was sent and could not be kept, or must be looked at."""
        self.problems.append(Problem(self.number, code, text, retryable))

    def capped(self, raw: list[object]) -> list[object]:
        """The first thousand entries; more is a problem."""
        if len(raw) <= MAX_EVENTS:
            return raw
        self.lost("too_many_scans", f"only the first {MAX_EVENTS} of {len(raw)} scans were read")
        return raw[:MAX_EVENTS]

    def from_future(self, event: Event) -> Event:
        """The event as it is kept when it is dated more than a day ahead: in the history, out of the state."""
        self.lost("event_from_future", "a scan is dated more than a day ahead")
        return event._replace(milestone=None, condition=None, reason="from_future")

    def grams(self, weight: str | None, unit: str | None) -> Decimal | None:
        """A weight in grams; None when it is not told, unreadable or of an unknown unit. Never zero for unknown."""
        if not weight:
            return None
        try:
            found = Decimal(weight) * GRAMS[(unit or "").strip().upper()]
        except (InvalidOperation, KeyError):
            found = Decimal("NaN")
        if not found.is_finite() or found < 0:
            self.lost("part_unreadable", "weight")
            return None
        return found or None

    def count(self, sent: str | None) -> int | None:
        """How many pieces; None when it is not told or unreadable."""
        if not sent:
            return None
        if sent.isascii() and sent.isdigit() and len(sent) <= 6:
            return int(sent)
        self.lost("part_unreadable", "number of pieces")
        return None


def identity(named: str) -> str:
    """The id of an event: 64 bits of BLAKE2s of what names it."""
    return blake2s(named.encode("utf-8", "replace"), digest_size=8).hexdigest()


def fit_names(*names: str | None) -> tuple[str, ...]:
    """Names long enough to be looked for in event text, once each."""
    return tuple(dict.fromkeys(name.strip() for name in names if name and len(name.strip()) >= _SHORTEST_NAME))


def problem_of(said: Mapping[str, object]) -> Problem | None:
    """DHL's problem body (both interfaces send one shape) as a problem; None when this is none.

    ``status`` may be the HTTP status or DHL's own code, text or integer; a code that leads ``detail`` ("998: ...")
    names it better.
    """
    detail, title, message = (_words(said.get(key)) for key in ("detail", "title", "message"))
    status = said.get("status", said.get("statusCode"))
    named = str(status) if isinstance(status, str | int) and not isinstance(status, bool) else ""
    if not (detail or title or message):
        return None
    leading = _DHL_CODE.match(detail)
    code = leading[1] if leading else named if named.isascii() and named.isalnum() else "unnamed_fault"
    text = ": ".join(dict.fromkeys(words for words in (title, detail or message) if words))
    asked = _IN_INSTANCE.search(_words(said.get("instance")))
    number = normalise(asked[1]) if asked else None
    return Problem(number, code[:80], text[:_LONGEST_TEXT], retryable=code in _MAY_BE_ASKED_AGAIN)


def _words(sent: object) -> str:
    if not isinstance(sent, str):
        return ""
    return "".join(letter for letter in " ".join(sent.split()) if letter.isprintable())
