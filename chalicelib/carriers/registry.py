"""Every carrier that works, by name: one place to add DHL and EMS. What is not registered is refused, typed.

>>> read_tracking("mydhl", b"{}", datetime(2026, 11, 22))
Traceback (most recent call last):
    ...
chalicelib.carriers.contract.UnknownSource: no carrier source is called mydhl
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.carriers.contract import (
    AccessToken,
    HttpRequest,
    PickupConfirmation,
    PickupOrder,
    UnknownSource,
    Waybill,
    WaybillOrder,
)
from chalicelib.carriers.fedex import errors as fedex_errors
from chalicelib.carriers.fedex import oauth as fedex_oauth
from chalicelib.carriers.fedex import pickup as fedex_pickup
from chalicelib.carriers.fedex import ship as fedex_ship
from chalicelib.carriers.fedex import track as fedex_track
from chalicelib.carriers.fedex import verify as fedex_verify
from chalicelib.carriers.numbers import Verdict, judge_fedex
from chalicelib.errors import CarrierError
from chalicelib.shipments.events import Reading


class ReadError(Protocol):
    """How a carrier's refusals are read."""

    def __call__(self, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierError:
        """The error of an answer that is no success; never raises."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier: where its answers and pushes come from, how it is asked, and how its answers are read.

    ``track_requests_per_day`` is what we allow ourselves of the carrier's daily quota. ``reference_lookup`` asks which
    waybill carries our reference, shipped within two days; how an unknown outcome of buying one is settled.
    """

    name: str
    poll_source: str
    push_source: str
    numbers_per_call: int
    judge_number: Callable[[str], Verdict]
    track_requests: Callable[[Sequence[str]], tuple[HttpRequest, ...]]
    verify: Callable[[bytes, Mapping[str, str], Sequence[str]], None]
    track_requests_per_day: int
    token_request: Callable[[str, str], HttpRequest]
    read_token: Callable[[bytes, datetime], AccessToken]
    read_error: ReadError
    waybill_request: Callable[[WaybillOrder, str], HttpRequest]
    read_waybill: Callable[[int, bytes], Waybill]
    pickup_request: Callable[[PickupOrder, str], HttpRequest]
    read_pickup: Callable[[int, bytes, date], PickupConfirmation]
    reference_lookup: Callable[[str, str, date, date], HttpRequest]


CARRIERS: Mapping[str, Carrier] = {
    "fedex": Carrier(
        name="fedex",
        poll_source="fedex",
        push_source="fedex_push",
        numbers_per_call=fedex_track.NUMBERS_PER_CALL,
        judge_number=judge_fedex,
        track_requests=fedex_track.track_requests,
        verify=fedex_verify.verify,
        # FedEx allows 100,000 a day over all of a project's tracking calls (rate limits guide); a fifth stays free.
        track_requests_per_day=80_000,
        token_request=fedex_oauth.token_request,
        read_token=fedex_oauth.read_token,
        read_error=fedex_errors.read_error,
        waybill_request=fedex_ship.waybill_request,
        read_waybill=fedex_ship.read_waybill,
        pickup_request=fedex_pickup.pickup_request,
        read_pickup=fedex_pickup.read_pickup,
        reference_lookup=fedex_track.reference_lookup_request,
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
