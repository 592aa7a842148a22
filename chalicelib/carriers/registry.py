"""Every carrier that works, by name: one place to add DHL and EMS. What is not registered is refused, typed.

>>> read_tracking("mydhl", b"{}", datetime(2026, 11, 22))
Traceback (most recent call last):
    ...
chalicelib.carriers.contract.UnknownSource: no carrier source is called mydhl
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.carriers.contract import HttpRequest, UnknownSource
from chalicelib.carriers.fedex import track as fedex_track
from chalicelib.carriers.fedex import verify as fedex_verify
from chalicelib.carriers.numbers import Verdict, judge_fedex
from chalicelib.shipments.events import Reading


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier: the source its answers come from, the source its pushes come from, and how it is asked."""

    name: str
    poll_source: str
    push_source: str
    numbers_per_call: int
    judge_number: Callable[[str], Verdict]
    track_requests: Callable[[Sequence[str]], tuple[HttpRequest, ...]]
    verify: Callable[[bytes, Mapping[str, str], Sequence[str]], None]


CARRIERS: Mapping[str, Carrier] = {
    "fedex": Carrier(
        name="fedex",
        poll_source="fedex",
        push_source="fedex_push",
        numbers_per_call=fedex_track.NUMBERS_PER_CALL,
        judge_number=judge_fedex,
        track_requests=fedex_track.track_requests,
        verify=fedex_verify.verify,
    ),
}

_READERS: Mapping[str, Callable[[bytes, datetime, str], Reading]] = {
    "fedex": fedex_track.read_answer,
    "fedex_push": fedex_track.read_answer,
}


def carrier(name: str) -> Carrier:
    """The carrier of this name; raises ``UnknownSource``."""
    try:
        return CARRIERS[name]
    except KeyError:
        raise UnknownSource(f"no carrier is called {name[:40]}") from None


def read_tracking(source: str, body: bytes, now: datetime) -> Reading:
    """What a carrier sent, as events: the same for a live answer, a push, a test and a benchmark.

    Raises ``UnknownSource`` for a source that is not registered and ``CarrierUnreadable`` for a body that
    is no tracking answer at all.
    """
    try:
        reader = _READERS[source]
    except KeyError:
        raise UnknownSource(f"no carrier source is called {source[:40]}") from None
    return reader(body, now, source)


def verify(name: str, body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Prove that these raw bytes come from the carrier. Raises ``SignatureMismatch``, ``UnknownSource``."""
    carrier(name).verify(body, headers, secrets)
