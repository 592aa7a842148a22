"""Writing answers: one function for every route, so that no float and no unsafe header ever leaves.

>>> plain({"amount": Decimal("306.00"), "on": date(2026, 11, 22)})
{'amount': '306.00', 'on': '2026-11-22'}
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalice.app import Response

from chalicelib.money import Money

CONTENT_TYPE = "application/json"
CONTENT_TYPE_PROBLEM = "application/problem+json"
CONTENT_TYPE_HTML = "text/html; charset=utf-8"
REQUEST_ID = "X-Request-Id"
# None may be kept by a cache in between: they hold values and whereabouts. A page has a policy of its own beside these.
EVERY_ANSWER: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
_REQUEST_ID_GRAMMAR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,127}\Z")


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Decimals become strings, times RFC 3339; raises TypeError for a float or anything
    unknown.
    """
    text = json.dumps(plain(content), separators=(",", ":"), allow_nan=False)
    return Response(text, {"Content-Type": CONTENT_TYPE, **EVERY_ANSWER, **(headers or {})}, status)


def plain(value: Any) -> Any:
    """The same value in JSON's own types."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _text(value)


def request_id_of(request: Any) -> str:
    """The caller's own request id when it is safe to repeat and to log, else a new one."""
    given = request.headers.get(REQUEST_ID, "") if request is not None else ""
    return given if _REQUEST_ID_GRAMMAR.match(given) else os.urandom(16).hex()


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        from chalicelib.clock import stamp  # time zones: not for a worker that only imports the routes

        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return value.as_json()
    raise TypeError(f"{type(value).__name__} has no place in an answer")
