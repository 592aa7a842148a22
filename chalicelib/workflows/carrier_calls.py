"""Calling a carrier with its bearer token: cached for every worker, refreshed once, and nobody calls while it asked
to be left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.registry import carrier
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierUnavailable
from chalicelib.workflows.ports import CarrierToken, HttpResponse, Ports

EARLY = timedelta(seconds=60)
SUCCESSES = range(200, 300)
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Line:
    """A line to a carrier that may be used now: nobody asked for a pause, and a valid token is in hand.

    It is opened before a booking is claimed, so that between the claim and the call there is nothing that can fail.
    """

    ports: Ports
    name: str
    purpose: str
    now: datetime
    token: CarrierToken

    def call(self, request: HttpRequest) -> HttpResponse:
        """One call; a rejected token is refreshed once. Only an answer of success is returned.

        Raises ``CarrierUnavailable`` (certainly not carried out; a 429 pauses the carrier as a whole),
        ``CarrierOutcomeUnknown`` (a changing call that may have been carried out), and the carrier's own refusal.
        """
        response = self.ports.link.call(self.name, _bearing(request, self.token))
        error = _error_of(self.name, request, response, self.now)
        if isinstance(error, TokenRejected):
            fresh = _token(self.ports, self.name, self.purpose, self.now, rejected=self.token)
            response = self.ports.link.call(self.name, _bearing(request, fresh))
            error = _error_of(self.name, request, response, self.now)
        if error is None:
            return response
        if response.status == TOO_MANY and isinstance(error, CarrierUnavailable) and error.retry_after:
            self.ports.carriers.pause(self.name, self.now + timedelta(seconds=error.retry_after))
        raise error


def open_line(ports: Ports, name: str, purpose: str, now: datetime) -> Line:
    """A line that may be used now; raises ``CarrierUnavailable`` when it may not, or no token can be had."""
    _respect_pause(ports, name, now)
    return Line(ports, name, purpose, now, _token(ports, name, purpose, now, rejected=None))


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


def _token(ports: Ports, name: str, purpose: str, now: datetime, rejected: CarrierToken | None) -> CarrierToken:
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
