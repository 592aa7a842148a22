"""Posts give a number out again after a year or two, and tell both parcels in one list.

A pickup long after the last scan of a number begins another parcel. An item number is said to rest for twelve months
at least (UPU S10, not verified); the gap here is our own, a good deal shorter and longer than any parcel travels.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from chalicelib.shipments.events import Event

GAP = timedelta(days=120)


def parcels_of(events: Sequence[Event]) -> tuple[tuple[Event, ...], ...]:
    """The events of each parcel that had this number, oldest parcel first, each in the order told."""
    starts = []
    ordered = sorted(events, key=lambda event: event.at)
    for before, event in pairwise(ordered):
        if event.milestone == "picked_up" and event.at - before.at >= GAP:
            starts.append(event.at)
    if not starts:
        return (tuple(events),)
    found: list[list[Event]] = [[] for _ in range(len(starts) + 1)]
    for event in events:
        found[sum(event.at >= start for start in starts)].append(event)
    return tuple(tuple(parcel) for parcel in found)


def shipped_on(parcel: Sequence[Event], *, is_one_of_several: bool) -> str | None:
    """The local day of the pickup; of one of several parcels without one, the day of its first scan."""
    pickups = [event for event in parcel if event.milestone == "picked_up"]
    told = pickups or (parcel if is_one_of_several else ())
    first = min(told, key=lambda event: event.at, default=None)
    return first.at_local[:10] if first else None
