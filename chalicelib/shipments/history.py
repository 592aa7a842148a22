"""The readable packed history of a track: one line per event, ``|`` between its parts, lossless.

    2026-11-24T15:30:00+01:00||DP||in_transit|||PARIS|FR|fedex|93f9a2b1c4d50e77|Left FedEx origin facility

The parts are: wall clock as sent, zone and instant, code, exception code, milestone, condition, reason, city,
country, source, id, text, and only where there is one, who (responsible, action by, ``w`` for a withdrawn
delivery, the codes it voids joined by ``+``). Zone and instant are empty when the wall clock carries its own
offset; else they are ``o``, ``p`` or ``a`` (offset, place, assumed) and the offset that was used or, where that
says too little, the instant itself. A city, country or source written ``"`` is that of the line before. A line
costs with every later write of its track: so what the carrier repeats is not written again.
New parts are only ever added at the end. A track keeps at most 200 events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from chalicelib.errors import ReturnsError
from chalicelib.shipments.events import (
    CONDITIONS,
    MILESTONES,
    Condition,
    Event,
    Milestone,
    Party,
    Place,
    TzSource,
)
from chalicelib.shipments.timeline import canonical_order

MOST_EVENTS = 200
_PARTS = 12
_ZONES: dict[str, TzSource] = {"o": "offset", "p": "place", "a": "assumed"}
_DITTO = '"'
_MAY_REPEAT = (7, 8, 9)  # city, country, source
_ESCAPES = {"\\": "\\\\", "|": "\\p", "\n": "\\n", "\r": "\\r", _DITTO: "\\q"}
_UNESCAPES = {"\\": "\\", "p": "|", "n": "\n", "r": "\r", "e": "", "q": _DITTO}
_SPECIAL = re.compile(r"[\\|\n\r]")
_ESCAPED = re.compile(r"\\(.)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)\Z")
_ORDINARY = frozenset({"announced", "pickup_booked", "in_transit", "unrecognised", None})


class HistoryUnreadable(ReturnsError):
    """A stored line is not one that ``pack`` writes; the track must be rebuilt from the raw bodies."""

    code = "history_unreadable"


class Kept(NamedTuple):
    """The events that fit and how many did not; any at all is the problem ``history_full``."""

    events: tuple[Event, ...]
    dropped: int


def within_limit(events: tuple[Event, ...], most: int = MOST_EVENTS) -> Kept:
    """The ``most`` events worth most, in canonical order: those that decide the state (a pickup, customs, an
    attempt, an outcome, a trouble) before plain movement before notes, newer before older.

    The choice depends on nothing but the set, and choosing again after more events arrive gives the same
    choice as choosing once: so a full history is still one history for any order of arrival.
    """
    if len(events) <= most:
        return Kept(events, 0)
    chosen = sorted(events, key=lambda event: (_worth(event), canonical_order(event)))[-most:]
    return Kept(tuple(sorted(chosen, key=canonical_order)), len(events) - most)


def pack(events: Iterable[Event]) -> list[str]:
    """One line per event, in the order given."""
    lines = [_parts_of(event) for event in events]
    return ["|".join(_shortened(parts, before)) for parts, before in zip(lines, [[], *lines], strict=False)]


def unpack(lines: Iterable[str]) -> tuple[Event, ...]:
    """Read what ``pack`` wrote; ``HistoryUnreadable`` for anything else."""
    return tuple(_event(parts) for parts in _written_out(lines))


def _shortened(parts: list[str], before: list[str]) -> list[str]:
    """The parts of a line, without those that the line before says as well."""
    if not before:
        return parts
    same = [place for place in _MAY_REPEAT if parts[place] and parts[place] == before[place]]
    return [_DITTO if place in same else part for place, part in enumerate(parts)]


def _written_out(lines: Iterable[str]) -> Iterator[list[str]]:
    before: list[str] = []
    for line in lines:
        parts = line.split("|")
        if len(parts) < _PARTS or (not before and any(parts[place] == _DITTO for place in _MAY_REPEAT)):
            raise HistoryUnreadable("a stored event line cannot be read")
        for place in _MAY_REPEAT:
            if parts[place] == _DITTO:
                parts[place] = before[place]
        before = parts
        yield parts


def _worth(event: Event) -> int:
    if (
        event.withdraws_delivery
        or event.voids
        or event.milestone not in _ORDINARY
        or event.condition not in (None, "ok")
    ):
        return 2
    return 1 if event.milestone in ("in_transit", "announced", "pickup_booked") else 0


def _parts_of(event: Event) -> list[str]:
    parts = (
        event.at_local, _when(event), event.code, event.exception_code, event.milestone, event.condition,
        event.reason, event.place.city, event.place.country, event.source, event.id, event.text,
    )  # fmt: skip
    written = ["" if part is None else _escape(part) if part else "\\e" for part in parts]
    who = _who(event)
    return written if who is None else [*written, who]


def _event(written: list[str]) -> Event:
    parts = [_unescape(part) for part in written]
    try:
        local, when, code, exception, milestone, condition, reason, city, country, source, id_, text = parts[:_PARTS]
        responsible, action_by, withdraws, voids = _parties(parts[_PARTS] if len(parts) > _PARTS else None)
        zone, instant = (when[0], when[1:]) if when else ("o", None)
        return Event(
            id=_text(id_), at=_at(_text(local), instant), at_local=_text(local), tz_source=_ZONES[zone],
            code=_text(code), exception_code=exception, milestone=_milestone(milestone),
            condition=_condition(condition), reason=reason, text=_text(text), place=Place(city, country),
            source=_text(source), responsible=responsible, action_by=action_by, withdraws_delivery=withdraws,
            voids=voids,
        )  # fmt: skip
    except (ValueError, KeyError) as broken:
        raise HistoryUnreadable("a stored event line cannot be read") from broken


def _escape(part: str) -> str:
    return _ESCAPES[part] if part == _DITTO else _SPECIAL.sub(lambda found: _ESCAPES[found[0]], part)


def _unescape(part: str) -> str | None:
    if not part:
        return None
    if "\\" not in part:
        return part
    return _ESCAPED.sub(lambda found: _UNESCAPES.get(found[1], found[0]), part)


def _text(part: str | None) -> str:
    if part is None:
        raise ValueError("a part that is always there is missing")
    return part


def _milestone(part: str | None) -> Milestone | None:
    if part is not None and part not in MILESTONES:
        raise ValueError("no such milestone")
    return part


def _condition(part: str | None) -> Condition | None:
    if part is not None and part not in CONDITIONS:
        raise ValueError("no such condition")
    return part


def _who(event: Event) -> str | None:
    flag = "w" if event.withdraws_delivery else ""
    named = ",".join((event.responsible or "", event.action_by or "", flag, "+".join(event.voids))).rstrip(",")
    return named or None


def _parties(who: str | None) -> tuple[Party | None, Party | None, bool, tuple[str, ...]]:
    if who is None:
        return (None, None, False, ())
    responsible, action_by, flag, voids = (*who.split(","), "", "", "")[:4]
    return (
        cast("Party | None", responsible or None),
        cast("Party | None", action_by or None),
        flag == "w",
        tuple(voids.split("+")) if voids else (),
    )


def _when(event: Event) -> str | None:
    """Nothing, or how the zone is known with an offset or the instant: the shortest that gives back exactly this."""
    local, zone = _clock(event.at_local), event.tz_source[0]
    if local is not None and local.tzinfo is not None and local == event.at:
        return None if zone == "o" else f"{zone}{event.at.isoformat()}"
    if local is None or local.tzinfo is not None:
        return f"{zone}{event.at.isoformat()}"
    offset = local.replace(tzinfo=UTC) - event.at
    minutes, rest = divmod(abs(offset), timedelta(minutes=1))
    if rest or minutes >= 24 * 60:
        return f"{zone}{event.at.isoformat()}"
    return f"{zone}{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _at(local: str, instant: str | None) -> datetime:
    if instant is None:
        return datetime.fromisoformat(local).astimezone(UTC)
    offset = _OFFSET.match(instant)
    if offset is None:
        return datetime.fromisoformat(instant).astimezone(UTC)
    east = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return datetime.fromisoformat(local).replace(tzinfo=UTC) - (east if offset[1] == "+" else -east)


def _clock(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
