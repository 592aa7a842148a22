"""Calling a carrier as it wants to be called: with its credentials, or with a bearer token that is cached for every
worker and refreshed once; and nobody calls while it asked to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.carriers.channels import Access
from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierUnavailable, UnavailableError
from chalicelib.workflows.ports import CarrierToken, HttpResponse, Ports

EARLY = timedelta(seconds=60)
SUCCESSES = range(200, 300)
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Line:
    """A line to a carrier that may be used now: nobody asked for a pause, and credentials or a token are in hand.

    It is opened before a booking is claimed, so that between the claim and the call there is nothing that can fail.
    """

    ports: Ports
    name: str
    access: Access
    now: datetime
    keys: Mapping[str, str]
    token: CarrierToken | None

    def call(self, request: HttpRequest) -> HttpResponse:
        """One call; a rejected token is refreshed once. Only an answer of success is returned.

        Raises ``CarrierUnavailable`` (certainly not carried out; a 429 pauses the carrier as a whole),
        ``CarrierOutcomeUnknown`` (a changing call that may have been carried out), and the carrier's own refusal.
        """
        response = self._sent(request, self.token)
        error = _error_of(self.access, request, response, self.now)
        if isinstance(error, TokenRejected) and self.token is not None:
            fresh = _token(self.ports, self.name, self.access, self.keys, self.now, rejected=self.token)
            response = self._sent(request, fresh)
            error = _error_of(self.access, request, response, self.now)
        if error is None:
            return response
        if response.status == TOO_MANY and isinstance(error, CarrierUnavailable) and error.retry_after:
            self.ports.carriers.pause(self.name, self.now + timedelta(seconds=error.retry_after))
        raise error

    def _sent(self, request: HttpRequest, token: CarrierToken | None) -> HttpResponse:
        dressed = self.access.dress(request, self.keys, token.token if token else None, self.now)
        return self.ports.link.call(self.access.host, dressed)


def open_line(ports: Ports, name: str, access: Access, now: datetime) -> Line:
    """A line that may be used now; raises ``CarrierUnavailable`` when it may not, or no token can be had, and
    ``UnavailableError`` when our secret lacks this carrier's credentials."""
    _respect_pause(ports, name, now)
    keys = keys_of(ports, name, access)
    if keys is None:
        raise UnavailableError(f"the carriers' secret has no complete entry {name}/{access.secret}")
    token = _token(ports, name, access, keys, now, rejected=None) if access.token_request else None
    return Line(ports, name, access, now, keys, token)


def keys_of(ports: Ports, name: str, access: Access) -> Mapping[str, str] | None:
    """What our secret holds for this way in; None when something it needs is not there."""
    known: Mapping[str, str] = ports.secrets.carriers().get(name, {}).get(access.secret, {})
    return known if all(known.get(need) for need in access.needs) else None


def account_of(ports: Ports, name: str) -> str:
    """Our account number with a carrier; empty where the carrier knows none."""
    account: str = ports.secrets.carriers().get(name, {}).get("account_number", "")
    return account


def _error_of(access: Access, request: HttpRequest, response: HttpResponse, now: datetime) -> CarrierError | None:
    """What stands against an answer. A server fault on a call that changes the world may hide that it was made."""
    if response.status in SUCCESSES:
        return None
    error = access.read_error(response.status, response.headers, response.body, now)
    if response.status >= 500 and not request.reads_only:
        return CarrierOutcomeUnknown(f"the carrier answered {response.status} to a call that it may have made")
    return error


def _respect_pause(ports: Ports, name: str, now: datetime) -> None:
    until = ports.carriers.paused_until(name)
    if until is not None and until > now:
        raise CarrierUnavailable("the carrier asked for a pause", int((until - now).total_seconds()) + 1)


def _token(
    ports: Ports, name: str, access: Access, keys: Mapping[str, str], now: datetime, rejected: CarrierToken | None
) -> CarrierToken:
    known = ports.carriers.token(name, access.secret)
    if known is not None and known.expires_at > now + EARLY and (rejected is None or known.token != rejected.token):
        return known
    seen = known.version if known else 0
    if access.token_request is None or access.read_token is None:
        raise UnavailableError(f"{name} gives no tokens")
    if not ports.carriers.claim_refresh(name, access.secret, seen, now):
        raise CarrierUnavailable("another worker is fetching a new token", retry_after=5)
    answer = ports.link.call(access.host, access.token_request(keys))
    if answer.status not in SUCCESSES:
        raise access.read_error(answer.status, answer.headers, answer.body, now)
    granted = access.read_token(answer.body, now)
    fresh = CarrierToken(name, access.secret, granted.value, granted.expires_at, seen + 1)
    ports.carriers.keep_token(fresh)
    return fresh
