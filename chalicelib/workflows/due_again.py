"""When what is due is due again: the sweep claims it until then, and what failed or was lost comes back by itself.

>>> [str(wait_after(attempts)) for attempts in (0, 1, 4, 5, 400)]
['0:15:00', '0:30:00', '4:00:00', '6:00:00', '6:00:00']
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

# Messages by the name of their queue, which the sweep sends when it has claimed what is due.
Outbox = MutableMapping[str, list[dict[str, Any]]]
RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(hours=6)
# At this try a person is told; what must not be lost is tried on.
LAST_TRY = 5


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, and never longer than six hours."""
    doubled: timedelta = RETRY * 2 ** min(attempts, LAST_TRY)
    return min(doubled, LONGEST_RETRY)
