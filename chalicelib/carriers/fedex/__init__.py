"""FedEx: one carrier, put together. Tracking and shipping are separate projects of FedEx's with keys of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.carriers.channels import Access, Carrier, Keys, Lookup, Pickups, Polling, Push, Waybills
from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.fedex import errors, oauth, order_checks, pickup, ship, track, verify
from chalicelib.carriers.numbers import judge_fedex


def _dress(request: HttpRequest, _keys: Keys, token: str | None, _now: datetime) -> HttpRequest:
    headers: Mapping[str, str] = {**request.headers, **oauth.bearer(token or "")}
    return replace(request, headers=headers)


def _access(project: str) -> Access:
    return Access(
        host="fedex",
        secret=project,
        needs=("client_id", "client_secret"),
        dress=_dress,
        read_error=errors.read_error,
        token_request=lambda keys: oauth.token_request(keys["client_id"], keys["client_secret"]),
        read_token=oauth.read_token,
    )


_TRACK, _SHIP = _access("track"), _access("ship")

FEDEX = Carrier(
    name="fedex",
    judge_number=judge_fedex,
    polling=(Polling("fedex", _TRACK, track.NUMBERS_PER_CALL, track.track_requests),),
    push=Push("fedex_push", verify.opened),
    waybills=Waybills(
        access=_SHIP,
        check=order_checks.checked,
        request=ship.waybill_request,
        read=ship.read_waybill,
        lookup=Lookup(_TRACK, track.reference_lookup_request, track.read_reference),
        cancel=ship.cancel_waybill_request,
        read_cancelled=ship.read_cancelled,
        dry_run=ship.dry_run_request,
        read_dry_run=ship.read_dry_run,
    ),
    pickups=Pickups(
        access=_SHIP,
        check=order_checks.checked_pickup,
        request=pickup.pickup_request,
        read=pickup.read_pickup,
        cancel=pickup.cancel_pickup_request,
        read_cancelled=pickup.read_cancelled,
        ask=pickup.availability_request,
        read_days=pickup.read_days,
    ),
)
