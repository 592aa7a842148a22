"""How long a carrier asks to be left alone: ``Retry-After``, as seconds or as a date (RFC 9110, 10.2.3).

>>> from datetime import UTC, datetime
>>> asked_wait({"Retry-After": "120"}, datetime(2026, 11, 22, tzinfo=UTC))
120
>>> asked_wait({"retry-after": "Sun, 22 Nov 2026 00:02:00 GMT"}, datetime(2026, 11, 22, tzinfo=UTC))
120
>>> asked_wait({"retry-after": "soon"}, datetime(2026, 11, 22, tzinfo=UTC)) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 86_400
"""Nobody is left alone for more than a day on the word of one header."""


def asked_wait(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds to wait as asked, between 1 second and a day; None when not asked or senseless."""
    asked = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if asked.isascii() and asked.isdigit():
        seconds = int(asked[:9])
    else:
        try:
            at = parsedate_to_datetime(asked)
        except (ValueError, TypeError, OverflowError):
            return None
        seconds = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp())
    return min(max(seconds, 1), LONGEST_WAIT)
