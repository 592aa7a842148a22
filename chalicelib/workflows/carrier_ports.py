"""What the stories need of a carrier: the wire to it, and what is true of it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.standing import Standing


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a carrier answered, whatever the status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class CarrierLink(Protocol):
    """The wire to a carrier."""

    def call(self, carrier: str, request: HttpRequest) -> HttpResponse:
        """One call, no retry of its own. Raises ``CarrierUnavailable`` when it certainly was not carried out (no
        connection, or a read), ``CarrierOutcomeUnknown`` when a changing call was sent and no answer came."""


@dataclass(frozen=True, slots=True)
class CarrierToken:
    """A carrier's bearer token, shared by every worker."""

    carrier: str
    purpose: str
    token: str
    expires_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """A carrier that does not answer, from the first broken interface until it answers again.

    ``waiting`` counts the parcels that could not be asked about, ``told`` how many of them a person was told of (None:
    nobody was told yet). ``version`` is the one stored, 0 before the first.
    """

    carrier: str
    episode: str
    since: datetime
    waiting: int = 0
    told: int | None = None
    over: bool = False
    version: int = 0


class CarrierStates(Protocol):
    """What is true of a carrier as a whole: bearer tokens, how we stand with each way in, the incident. ``way`` is the
    entry of the carrier's secret that the way in belongs to."""

    def token(self, carrier: str, purpose: str) -> CarrierToken | None:
        """The token kept last; None before the first."""

    def claim_refresh(self, carrier: str, purpose: str, seen_version: int, now: datetime) -> bool:
        """Single flight: True for the one worker that may fetch a new token now."""

    def keep_token(self, token: CarrierToken) -> None:
        """Keep a token that was fetched."""

    def standing(self, carrier: str, way: str) -> Standing:
        """How we stand with one way in."""

    def save_standing(self, carrier: str, way: str, standing: Standing) -> bool:
        """Save one that was read one version before; False: somebody else was faster, read and decide again."""

    def incident(self, carrier: str) -> Incident | None:
        """The latest one, over or not."""

    def save_incident(self, incident: Incident) -> bool:
        """Save one that was read one version before; False: somebody else was faster."""
