"""Calling a carrier as it wants to be called: with its credentials, or with a bearer token that is cached for every
worker and refreshed once; within its quota; and nobody calls while it asked to be left alone or does not answer.

A way in that fails again and again is left alone, longer each time; then one worker asks it, and what that one hears
holds for all. While everything is well this costs one read and, for a question with a quota, one write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.carriers.channels import Access
from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.quotas import Quota, patience
from chalicelib.carriers.standing import Standing, answered, failed, paused, probing, shut_until, take
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierRefused, CarrierUnavailable, UnavailableError
from chalicelib.workflows.carrier_incidents import heard_again, not_heard
from chalicelib.workflows.ports import CarrierToken, HttpResponse, Ports

EARLY = timedelta(seconds=60)
TOKEN_WAIT = timedelta(seconds=5)
SUCCESSES = range(200, 300)
TIMED_OUT, TOO_MANY = 408, 429
TOO_MANY_WAIT_S = 60
TRIES = 40


class NotAskedNow(CarrierUnavailable):
    """Nothing was sent: the carrier is left alone until then, its quota has room then, or another worker has work in
    hand that this one needs. ``standing`` is how we stand with this way in."""

    code = "carrier_not_asked"

    def __init__(
        self, detail: str, until: datetime, now: datetime, standing: Standing, *, by_quota: bool = False
    ) -> None:
        super().__init__(detail, max(int((until - now).total_seconds()), 0) + 1)
        self.until, self.standing, self.by_quota = until, standing, by_quota


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
    standing: Standing

    def call(self, request: HttpRequest) -> HttpResponse:
        """One call; a rejected token is refreshed once. Only an answer of success is returned.

        Raises ``CarrierUnavailable`` (certainly not carried out; a 429 pauses this way in for everybody),
        ``CarrierOutcomeUnknown`` (a changing call that may have been carried out), and the carrier's own refusal.
        """
        response = self.ask(request)
        self.answered()
        return response

    def ask(self, request: HttpRequest, also: Collection[int] = ()) -> HttpResponse:
        """As ``call``, for whoever reads the answer before saying ``answered`` or ``failed``; the statuses in ``also``
        are answers too. What the carrier said is told though it cannot be held against it now."""
        try:
            return self._asked(request, also)
        except CarrierRefused:
            with suppress(UnavailableError):
                self.answered()
            raise
        except CarrierError as fault:
            with suppress(UnavailableError):
                self.failed(fault)
            raise

    def answered(self) -> None:
        """It answers: writes only when something was held against it."""
        if self.standing.failures or self.standing.is_broken:
            _change(self.ports, self.name, self.access, answered)
            heard_again(self.ports, self.name, self.now)

    def failed(self, fault: CarrierError) -> None:
        """It gave no answer that is one: held against it, and a wait that it asked for is kept."""
        _failed(self.ports, self.name, self.access, self.now, fault)

    def _asked(self, request: HttpRequest, also: Collection[int]) -> HttpResponse:
        response = self._sent(request, self.token)
        error = self._error_of(request, response, also)
        if isinstance(error, TokenRejected) and self.token is not None:
            fresh = _token(self.ports, self.name, self.access, self.keys, self.now, self.standing, self.token)
            response = self._sent(request, fresh)
            error = self._error_of(request, response, also)
        if error is not None:
            raise error
        return response

    def _sent(self, request: HttpRequest, token: CarrierToken | None) -> HttpResponse:
        dressed = self.access.dress(request, self.keys, token.token if token else None, self.now)
        return self.ports.link.call(self.access.host, dressed)

    def _error_of(self, request: HttpRequest, response: HttpResponse, also: Collection[int]) -> CarrierError | None:
        """What stands against an answer. A server fault on a call that changes the world may hide that it was made; so
        may a timeout, which a gateway reports of what lies behind it too."""
        if response.status in SUCCESSES or response.status in also:
            return None
        error = self.access.read_error(response.status, response.headers, response.body, self.now)
        if not request.reads_only and (response.status >= 500 or response.status == TIMED_OUT):
            return CarrierOutcomeUnknown(f"the carrier answered {response.status} to a call that it may have made")
        if response.status == TOO_MANY:
            wait = error.retry_after if isinstance(error, CarrierUnavailable) else None
            return TooMany("the carrier asks for fewer calls", wait or TOO_MANY_WAIT_S)
        return error


class TooMany(CarrierUnavailable):
    """The carrier asks for fewer calls: it is well, and left alone as long as it asked."""

    code = "carrier_asks_for_fewer_calls"


def open_line(ports: Ports, name: str, access: Access, now: datetime, quota: Quota | None = None) -> Line:
    """A line that may be used now, with one request taken of the quota when there is one. Raises ``NotAskedNow`` when
    nobody may ask, ``CarrierUnavailable`` when no token can be had, and ``UnavailableError`` when our secret lacks this
    carrier's credentials."""
    standing = _usable(ports, name, access, now)
    keys = keys_of(ports, name, access)
    if keys is None:
        raise UnavailableError(f"the carriers' secret has no complete entry {name}/{access.secret}")
    token = _token(ports, name, access, keys, now, standing, None) if access.token_request else None
    if quota is not None:
        standing = taken(ports, name, access, quota, now, standing)
    return Line(ports, name, access, now, keys, token, standing)


def keys_of(ports: Ports, name: str, access: Access) -> Mapping[str, str] | None:
    """What our secret holds for this way in; None when something it needs is not there."""
    known: Mapping[str, str] = ports.secrets.carriers().get(name, {}).get(access.secret, {})
    return known if all(known.get(need) for need in access.needs) else None


def account_of(ports: Ports, name: str) -> str:
    """Our account number with a carrier; empty where the carrier knows none."""
    account: str = ports.secrets.carriers().get(name, {}).get("account_number", "")
    return account


def _usable(ports: Ports, name: str, access: Access, now: datetime) -> Standing:
    """How we stand, if this worker may call: of a broken way in, only the one that has claimed the probe."""
    for _ in range(TRIES):
        standing = ports.carriers.standing(name, access.secret)
        until = shut_until(standing, now)
        if until is not None:
            raise NotAskedNow("the carrier is left alone for a while", until, now, standing)
        if not standing.is_broken:
            return standing
        probe = probing(standing, now, patience(now.date()))
        if ports.carriers.save_standing(name, access.secret, probe):
            return probe
    raise _busy(now, standing)


def taken(ports: Ports, name: str, access: Access, quota: Quota, now: datetime, standing: Standing) -> Standing:
    """One request of the quota, taken in one write; who was slower reads again and decides again."""
    for _ in range(TRIES):
        after = take(standing, quota, now)
        if isinstance(after, datetime):
            raise NotAskedNow("the quota has no room now", after, now, standing, by_quota=True)
        if ports.carriers.save_standing(name, access.secret, after):
            return after
        ours, standing = standing, ports.carriers.standing(name, access.secret)
        mine = standing.probe_until == ours.probe_until
        until = shut_until(replace(standing, probe_until=None) if mine else standing, now)
        if until is not None:
            raise NotAskedNow("the carrier is left alone for a while", until, now, standing)
    raise _busy(now, standing)


def _busy(now: datetime, standing: Standing) -> NotAskedNow:
    return NotAskedNow("too many workers ask at once", now + TOKEN_WAIT, now, standing)


def _change(ports: Ports, name: str, access: Access, change: Callable[[Standing], Standing]) -> Standing:
    """Change how we stand, whoever else does at the same time."""
    for _ in range(TRIES):
        before = ports.carriers.standing(name, access.secret)
        after = replace(change(before), version=before.version + 1)
        if ports.carriers.save_standing(name, access.secret, after):
            return after
    raise UnavailableError("too many workers write down the same carrier at once")


def _failed(ports: Ports, name: str, access: Access, now: datetime, fault: CarrierError) -> None:
    """Keep the wait that was asked for; what was no answer at all counts towards leaving this way in alone."""
    if isinstance(fault, NotAskedNow):
        return
    wait = fault.retry_after if isinstance(fault, CarrierUnavailable) else None

    def change(standing: Standing) -> Standing:
        after = standing if isinstance(fault, TooMany) else failed(standing, f"{name}/{access.secret}", now, rules)
        return paused(after, now + timedelta(seconds=wait)) if wait else after

    rules = patience(now.date())
    after = _change(ports, name, access, change)
    if after.is_broken and not isinstance(fault, TooMany):
        not_heard(ports, name, now)


def _token(
    ports: Ports,
    name: str,
    access: Access,
    keys: Mapping[str, str],
    now: datetime,
    standing: Standing,
    rejected: CarrierToken | None,
) -> CarrierToken:
    known = ports.carriers.token(name, access.secret)
    if known is not None and known.expires_at > now + EARLY and (rejected is None or known.token != rejected.token):
        return known
    seen = known.version if known else 0
    if access.token_request is None or access.read_token is None:
        raise UnavailableError(f"{name} gives no tokens")
    if not ports.carriers.claim_refresh(name, access.secret, seen, now):
        raise NotAskedNow("another worker is fetching a new token", now + TOKEN_WAIT, now, standing)
    try:
        answer = ports.link.call(access.host, access.token_request(keys))
        if answer.status not in SUCCESSES:
            raise access.read_error(answer.status, answer.headers, answer.body, now)
        granted = access.read_token(answer.body, now)
    except CarrierError as fault:
        if rejected is None:  # else whoever made the call says so
            _failed(ports, name, access, now, fault)
        raise
    fresh = CarrierToken(name, access.secret, granted.value, granted.expires_at, seen + 1)
    ports.carriers.keep_token(fresh)
    return fresh
