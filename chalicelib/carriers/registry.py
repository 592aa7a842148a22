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

from chalicelib.carriers.contract import (
    AccessToken,
    Answer,
    FoundWaybill,
    HttpRequest,
    PickupConfirmation,
    PickupOrder,
    UnknownSource,
    Waybill,
    WaybillOrder,
)
from chalicelib.carriers.fedex import errors as fedex_errors
from chalicelib.carriers.fedex import oauth as fedex_oauth
from chalicelib.carriers.fedex import order_checks as fedex_order_checks
from chalicelib.carriers.fedex import pickup as fedex_pickup
from chalicelib.carriers.fedex import ship as fedex_ship
from chalicelib.carriers.fedex import track as fedex_track
from chalicelib.carriers.fedex import verify as fedex_verify
from chalicelib.carriers.numbers import Verdict, judge_fedex
from chalicelib.errors import CarrierError
from chalicelib.shipments.events import Reading


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier: what it is asked, how its answers are read, and how its pushes prove where they come from.

    ``poll_source`` and ``push_source`` are what ``read_tracking`` calls its answers and its pushes.
    """

    name: str
    poll_source: str
    push_source: str
    numbers_per_call: int
    track_requests_per_day: int
    judge_number: Callable[[str], Verdict]
    verify: Callable[[bytes, Mapping[str, str], Sequence[str]], None]
    track_requests: Callable[[Sequence[str]], tuple[HttpRequest, ...]]
    reference_lookup: Callable[..., HttpRequest]
    read_reference: Callable[[Answer, datetime], FoundWaybill | None]
    token_request: Callable[[str, str], HttpRequest]
    read_token: Callable[[bytes, datetime], AccessToken]
    check_waybill: Callable[[WaybillOrder], None]
    waybill_request: Callable[[WaybillOrder, str], HttpRequest]
    read_waybill: Callable[[int, Mapping[str, str], bytes, datetime], Waybill]
    cancel_waybill_request: Callable[[str, str, str], HttpRequest]
    pickup_request: Callable[[PickupOrder, str], HttpRequest]
    read_pickup: Callable[[int, Mapping[str, str], bytes, datetime], PickupConfirmation]
    cancel_pickup_request: Callable[[PickupConfirmation, str, str], HttpRequest]
    read_error: Callable[[int, Mapping[str, str], bytes, datetime], CarrierError]


FEDEX = Carrier(
    name="fedex",
    poll_source="fedex",
    push_source="fedex_push",
    numbers_per_call=fedex_track.NUMBERS_PER_CALL,
    track_requests_per_day=fedex_track.CALLS_PER_DAY,
    judge_number=judge_fedex,
    verify=fedex_verify.verify,
    track_requests=fedex_track.track_requests,
    reference_lookup=fedex_track.reference_lookup_request,
    read_reference=fedex_track.read_reference,
    token_request=fedex_oauth.token_request,
    read_token=fedex_oauth.read_token,
    check_waybill=fedex_order_checks.checked,
    waybill_request=fedex_ship.waybill_request,
    read_waybill=fedex_ship.read_waybill,
    cancel_waybill_request=fedex_ship.cancel_waybill_request,
    pickup_request=fedex_pickup.pickup_request,
    read_pickup=fedex_pickup.read_pickup,
    cancel_pickup_request=fedex_pickup.cancel_pickup_request,
    read_error=fedex_errors.read_error,
)

CARRIERS: Mapping[str, Carrier] = {FEDEX.name: FEDEX}

_READERS: Mapping[str, Callable[[bytes, datetime, str], Reading]] = {
    FEDEX.poll_source: fedex_track.read_answer,
    FEDEX.push_source: fedex_track.read_answer,
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
