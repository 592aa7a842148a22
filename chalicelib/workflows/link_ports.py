"""The customer's link: unguessable, expiring, revocable. Only its digest is a key; the link itself is kept sealed, so
that every notice can carry the same one, and is gone with an erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """Which case a link opens, and until when."""

    case_id: str
    made_at: datetime
    expires_at: datetime
    made_by: str


class Links(Protocol):
    """Links of customers."""

    def make(self, case_id: str, by: str, now: datetime, expires_at: datetime) -> str:
        """A new link for this case; every one before it stops working. Returns the token."""

    def current(self, case_id: str, now: datetime) -> str | None:
        """The token of the link in force, unsealed; None when there is none, or none can be opened any more."""

    def open(self, token: str, now: datetime) -> CustomerLink | None:
        """The link behind a token; None for one that is malformed, unknown, expired or revoked."""

    def revoke(self, case_id: str) -> None:
        """No link of this case works any more."""
