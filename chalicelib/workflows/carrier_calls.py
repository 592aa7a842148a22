"""Calling a carrier with its bearer token: cached for every worker, refreshed once, and nobody calls while it asked
to be left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.registry import carrier
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierUnavailable
from chalicelib.workflows.ports import CarrierToken, HttpResponse, Ports

EARLY = timedelta(seconds=60)
SUCCESSES = range(200, 300)
TOO_MANY = 429


def call_carrier(ports: Ports, name: str, purpose: str, request: HttpRequest, now: datetime) -> HttpResponse:
    """One call with a valid token; a rejected token is refreshed once. Only an answer of success is returned.

    Raises ``CarrierUnavailable`` (certainly not carried out; a 429 pauses the carrier as a whole),
    ``CarrierOutcomeUnknown`` (a changing call that may have been carried out), and the carrier's own refusal.
    """
    _respect_pause(ports, name, now)
    token = _token(ports, name, purpose, now, rejected=None)
    response = ports.link.call(name, _bearing(request, token))
    error = _error_of(name, request, response, now)
    if isinstance(error, TokenRejected):
        token = _token(ports, name, purpose, now, rejected=token)
        response = ports.link.call(name, _bearing(request, token))
        error = _error_of(name, request, response, now)
    if error is None:
        return response
    if response.status == TOO_MANY and isinstance(error, CarrierUnavailable) and error.retry_after:
        ports.carriers.pause(name, now + timedelta(seconds=error.retry_after))
    raise error


def _error_of(name: str, request: HttpRequest, response: HttpResponse, now: datetime) -> CarrierError | None:
    """What stands against an answer. A server fault on a call that changes the world may hide that it was made."""
    if response.status in SUCCESSES:
        return None
    error = carrier(name).read_error(response.status, response.headers, response.body, now)
    if response.status >= 500 and not request.reads_only:
        return CarrierOutcomeUnknown(f"the carrier answered {response.status} to a call that it may have made")
    return error


def _respect_pause(ports: Ports, name: str, now: datetime) -> None:
    until = ports.carriers.paused_until(name)
    if until is not None and until > now:
        raise CarrierUnavailable("the carrier asked for a pause", int((until - now).total_seconds()) + 1)


def _token(
    ports: Ports, name: str, purpose: str, now: datetime, rejected: CarrierToken | None
) -> CarrierToken:
    known = ports.carriers.token(name, purpose)
    if known is not None and known.expires_at > now + EARLY and (rejected is None or known.token != rejected.token):
        return known
    seen = known.version if known else 0
    if not ports.carriers.claim_refresh(name, purpose, seen, now):
        raise CarrierUnavailable("another worker is fetching a new token", retry_after=5)
    wire = carrier(name)
    keys = ports.secrets.carriers()[name][purpose]
    answer = ports.link.call(name, wire.token_request(keys["client_id"], keys["client_secret"]))
    if answer.status not in SUCCESSES:
        raise wire.read_error(answer.status, answer.headers, answer.body, now)
    granted = wire.read_token(answer.body, now)
    fresh = CarrierToken(name, purpose, granted.value, granted.expires_at, seen + 1)
    ports.carriers.keep_token(fresh)
    return fresh


def _bearing(request: HttpRequest, token: CarrierToken) -> HttpRequest:
    return replace(request, headers={**request.headers, "authorization": f"Bearer {token.token}"})
