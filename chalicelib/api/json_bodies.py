"""Reading a JSON body strictly: what the sender wrote, or a refusal that says what is wrong with it.

The standard parser is kinder than a customs paper allows: it keeps the last of two equal keys, accepts NaN
and lone surrogates, and turns 5.20 grams into a float. Here numbers with a point are Decimal, and anything
two readers could read differently is refused (RFC 8259 leaves exactly these points open; RFC 7493, I-JSON,
closes them the same way).

>>> read_json(b'{"net_weight_g": 5.20}')
{'net_weight_g': Decimal('5.20')}
>>> read_json(b'{"a": 1, "a": 2}')
Traceback (most recent call last):
    ...
chalicelib.errors.UnreadableBody: a key appears twice in one object
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from chalicelib.errors import BodyTooLarge, FieldFault, UnreadableBody

API_LIMIT = 256 * 1024
WEBHOOK_LIMIT = 5 * 1024 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 40  # more than any amount, weight or number of the trade has
_BOM = b"\xef\xbb\xbf"


def read_json(body: bytes, limit: int = API_LIMIT) -> Any:
    """The document in ``body``. Raises ``BodyTooLarge`` over ``limit`` bytes and ``UnreadableBody`` for
    anything that is not exactly one well-formed JSON text in UTF-8, at most 32 levels deep.
    """
    refuse_oversize(body, limit)
    document = _parsed(_text_of(body))
    _refuse_depth_and_surrogates(document)
    return document


def refuse_oversize(body: bytes, limit: int) -> None:
    """Raise ``BodyTooLarge`` when the body is over ``limit`` bytes; cheaper than any other look at it."""
    if len(body) > limit:
        detail = f"this route takes at most {limit} bytes"
        raise BodyTooLarge(detail, [FieldFault("", BodyTooLarge.code, detail)])


def _text_of(body: bytes) -> str:
    if not body.strip():
        raise _unreadable("empty_body", "the body is empty")
    if body.startswith(_BOM):
        raise _unreadable("byte_order_mark", "the body starts with a byte order mark; send plain UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable("not_utf8", "the body is not UTF-8") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_without_repeats,
        )
    except json.JSONDecodeError as broken:
        where = f"line {broken.lineno}, column {broken.colno}"
        raise _unreadable("not_json", f"the body is not one JSON document ({where})") from None
    except RecursionError:
        raise _too_deep() from None


def _decimal(digits: str) -> Decimal:
    if len(digits) > MAX_DIGITS:
        raise _number_too_long()
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise _number_too_long() from None
    if abs(number.adjusted()) > MAX_DIGITS:
        raise _number_too_long()
    return number


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _number_too_long()
    return int(digits)


def _refuse_constant(name: str) -> Any:
    raise _unreadable("not_a_number", f"{name} is not a JSON number")


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _unreadable("duplicate_key", "a key appears twice in one object")
    return found


def _refuse_depth_and_surrogates(document: Any) -> None:
    level = _containers([document])
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = _containers(child for node in level for child in _children(node))
    if level:
        raise _too_deep()


def _containers(nodes: Iterable[Any]) -> list[Any]:
    """The objects and lists among ``nodes``; texts are looked at on the way."""
    found = []
    for node in nodes:
        if isinstance(node, str):
            _refuse_surrogates(node)
        elif isinstance(node, dict | list):
            found.append(node)
    return found


def _children(node: Any) -> Iterable[Any]:
    return chain(node, node.values()) if isinstance(node, dict) else node


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _unreadable("lone_surrogate", "a text holds half of a character (lone surrogate)") from None


def _too_deep() -> UnreadableBody:
    return _unreadable("too_deep", f"the body is nested deeper than {MAX_DEPTH} levels")


def _number_too_long() -> UnreadableBody:
    return _unreadable("number_too_long", f"a number has more than {MAX_DIGITS} digits")


def _unreadable(code: str, detail: str) -> UnreadableBody:
    return UnreadableBody(detail, [FieldFault("", code, detail)])
