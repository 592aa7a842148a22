"""Calling a carrier with its bearer token: cached for every worker, refreshed once, and nobody calls while it asked
to be left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.carriers.contract import HttpRequest, HttpResponse
from chalicelib.carriers.registry import carrier_named
from chalicelib.errors import CarrierUnavailable
from chalicelib.workflows.ports import CarrierToken, Ports

EARLY = timedelta(seconds=60)


def call_carrier(ports: Ports, carrier: str, purpose: str, request: HttpRequest, now: datetime) -> HttpResponse:
    """One call with a valid token; a rejected token is refreshed once. A 429 pauses the carrier as a whole.

    Raises ``CarrierUnavailable`` (certainly not carried out) and ``CarrierOutcomeUnknown`` (may have been).
    """
    _respect_pause(ports, carrier, now)
    token = _token(ports, carrier, purpose, now, rejected=None)
    response = ports.link.call(carrier, request.bearing(token.token))
    if response.status == 401:
        token = _token(ports, carrier, purpose, now, rejected=token)
        response = ports.link.call(carrier, request.bearing(token.token))
    pause = carrier_named(carrier).pause_after(response, now)
    if pause is not None:
        ports.carriers.pause(carrier, pause)
        raise CarrierUnavailable("the carrier asked for a pause", int((pause - now).total_seconds()))
    return response


def _respect_pause(ports: Ports, carrier: str, now: datetime) -> None:
    until = ports.carriers.paused_until(carrier)
    if until is not None and until > now:
        raise CarrierUnavailable("the carrier asked for a pause", int((until - now).total_seconds()))


def _token(
    ports: Ports, carrier: str, purpose: str, now: datetime, rejected: CarrierToken | None
) -> CarrierToken:
    known = ports.carriers.token(carrier, purpose)
    if known is not None and known.expires_at > now + EARLY and (rejected is None or known.token != rejected.token):
        return known
    seen = known.version if known else 0
    if not ports.carriers.claim_refresh(carrier, purpose, seen, now):
        raise CarrierUnavailable("another worker is fetching a new token", retry_after=5)
    wire = carrier_named(carrier)
    answer = ports.link.call(carrier, wire.token_request(ports.secrets.carriers()[carrier][purpose]))
    text, expires_at = wire.read_token(answer, now)
    fresh = CarrierToken(carrier, purpose, text, expires_at, seen + 1)
    ports.carriers.keep_token(fresh)
    return fresh
