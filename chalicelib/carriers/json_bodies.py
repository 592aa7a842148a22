"""JSON from outside, read strictly: what is ambiguous or could not be stored again is refused, typed.

The standard reader keeps the last of two equal keys, takes NaN and overflows its stack; none of that may
happen to a carrier's words. Cheap on purpose: a tracking answer is read millions of times (about 1.4 x
``json.loads``).

>>> read_json(b'{"a": 1, "a": 2}')
Traceback (most recent call last):
    ...
chalicelib.errors.CarrierUnreadable: a key is given twice
"""

from __future__ import annotations

import json
from decimal import Decimal
from json import JSONDecoder
from typing import Any, NoReturn

from chalicelib.errors import CarrierUnreadable

MAX_DEPTH = 64
MAX_DIGITS = 40
_BOM = b"\xef\xbb\xbf"
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NOT_MARKS = bytes(set(range(256)) - set(b'[]{}":/'))
_INSIDE_STRINGS = (b'":::"', b'"::"', b"://")


def read_json(body: bytes) -> Any:
    """The value in ``body``, numbers with a fraction as Decimal. A UTF-8 byte order mark is dropped.

    Raises ``CarrierUnreadable`` for anything but one UTF-8 JSON text: empty, truncated, followed by more, a
    key twice in one object, NaN or Infinity, numbers over 40 digits, nesting over 64, half a surrogate
    pair.
    """
    marks = body.translate(None, _NOT_MARKS)
    others = marks.translate(None, b":")
    if _depth(others.translate(None, b'"/'), body) > MAX_DEPTH:
        raise CarrierUnreadable(f"nested deeper than {MAX_DEPTH}")
    try:
        text = body.removeprefix(_BOM).decode("utf-8")
        if b"\\" in body:
            return _storable(_PAIRWISE.decode(text))
        keys, value = _counting(text)
        is_plain = _is_every_colon_a_key(keys, len(marks) - len(others), marks)
        return value if is_plain else _PAIRWISE.decode(text)
    except (ValueError, RecursionError) as broken:
        raise CarrierUnreadable(f"no JSON text of {len(body)} bytes: {type(broken).__name__}") from None


def _counting(text: str) -> tuple[int, Any]:
    """The value, and how many keys it kept: cheaper than comparing keys, object by object."""
    kept = 0

    def count(found: dict[str, Any]) -> dict[str, Any]:
        nonlocal kept
        kept += len(found)
        return found

    value = JSONDecoder(object_hook=count, parse_float=_fraction, parse_int=_whole, parse_constant=_no_number).decode(
        text
    )
    return kept, value


def _is_every_colon_a_key(kept: int, colons: int, marks: bytes) -> bool:
    """Whether a valid text without backslashes spells no more keys than were kept: then none came twice.

    Every key is followed by one colon, so there are at most as many keys as colons. Colons inside strings are taken
    off where they can be nothing else: a clock with an offset or without one (three or two alone between quotes) and
    ``://``, none of which a valid text has outside strings. Where others are left, those outside strings are counted
    one by one: every second quote ends a string.
    """
    for inside in _INSIDE_STRINGS:
        if colons == kept:
            break
        colons -= marks.count(inside) * inside.count(b":")
    return colons == kept or b"".join(marks.split(b'"')[::2]).count(b":") == kept


def _depth(brackets: bytes, body: bytes) -> int:
    """How deep brackets nest. Those inside strings count too, unless that leaves one without its pair."""
    layers, unpaired = _layers(brackets)
    if not unpaired or layers > MAX_DEPTH:
        return layers
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    layers, unpaired = _layers(b"".join(plain).translate(None, _NOT_BRACKETS))
    return layers + unpaired


def _layers(brackets: bytes) -> tuple[int, int]:
    """Take away the innermost pairs, layer by layer: how many layers, and how many brackets were left."""
    for layers in range(MAX_DEPTH + 1):
        fewer = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return layers, len(brackets)
        brackets = fewer
    return MAX_DEPTH + 1, len(brackets)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CarrierUnreadable("a key is given twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number too long to mean anything")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError("a number too long to mean anything")
    return number


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _storable(value: Any) -> Any:
    """The value; UnicodeEncodeError (a ValueError) when half a surrogate pair hides in an escape."""
    json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    return value


_PAIRWISE = JSONDecoder(object_pairs_hook=_object, parse_float=_fraction, parse_int=_whole, parse_constant=_no_number)
