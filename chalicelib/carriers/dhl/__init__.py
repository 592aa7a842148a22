"""DHL Express: one carrier, put together. MyDHL API buys and books; both MyDHL and Unified tell where parcels are."""

from __future__ import annotations

from chalicelib.carriers.channels import Carrier, Handshake, Lookup, Pickups, Polling, Push, Waybills
from chalicelib.carriers.dhl import access, mydhl_track, order_checks, pickup, ship, subscription, unified_track, verify
from chalicelib.carriers.numbers import judge_dhl

_UNKNOWN = frozenset({404})

DHL = Carrier(
    name="dhl",
    judge_number=judge_dhl,
    polling=(
        Polling("mydhl", access.MYDHL, mydhl_track.NUMBERS_PER_CALL, mydhl_track.mydhl_requests, _UNKNOWN),
        Polling(
            "dhl_unified", access.UNIFIED, unified_track.NUMBERS_PER_CALL, unified_track.unified_requests, _UNKNOWN
        ),
    ),
    push=Push(
        source="dhl_push",
        open=verify.open_push,
        handshake=Handshake(
            asked_as="subscription_validate",
            access=access.UNIFIED,
            confirm=lambda body: subscription.confirm_request(subscription.read_handshake(body)),
            also_says=frozenset({"subscription_activate", "subscription_ready"}),
        ),
    ),
    # No ``cancel``: MyDHL takes no waybill back; one that is never handed over lapses.
    waybills=Waybills(
        access=access.MYDHL,
        check=order_checks.checked,
        request=ship.waybill_request,
        read=ship.read_waybill,
        lookup=Lookup(access.MYDHL, ship.reference_lookup_request, ship.read_reference),
        dry_run=ship.dry_run_request,
        read_dry_run=ship.read_dry_run,
    ),
    pickups=Pickups(
        access=access.MYDHL,
        check=order_checks.checked_pickup,
        request=pickup.pickup_request,
        read=pickup.read_pickup,
        cancel=pickup.cancel_pickup_request,
        read_cancelled=pickup.read_cancelled,
        change=pickup.change_pickup_request,
        ask=pickup.availability_request,
        read_days=pickup.read_days,
    ),
)
