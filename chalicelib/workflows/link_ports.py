"""The customer's link: unguessable, expiring, revocable. Only its digest is a key; the link itself is kept sealed, so
that every notice can carry the same one, and is gone with an erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """Which case a link opens, and until when. ``wrong_orders`` is how often somebody who holds it named an order that
    is not the one of the case."""

    case_id: str
    made_at: datetime
    expires_at: datetime
    made_by: str
    wrong_orders: int = 0


@dataclass(frozen=True, slots=True)
class KeptLink:
    """What a case says of its link, read with the case. ``ended``: it was taken back."""

    KIND: ClassVar[str] = "LINK"

    case_id: str
    made_at: datetime
    good_until: datetime
    made_by: str
    ended: bool = False

    @property
    def part_id(self) -> str:
        """A case has one at most."""
        return ""

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due: a link ends by itself."""
        return None


class Links(Protocol):
    """Links of customers."""

    def make(self, case_id: str, by: str, now: datetime, expires_at: datetime, *, only_if_none: bool = False) -> str:
        """A new link for this case; every one before it stops working. Returns the token. ``only_if_none``: where one
        is in force it is left, and its token returned; of several who ask at once all get the same."""

    def current(self, case_id: str, now: datetime) -> str | None:
        """The token of the link in force, unsealed; None when there is none, or none can be opened any more."""

    def open(self, token: str, now: datetime) -> CustomerLink | None:
        """The link behind a token; None for one that is malformed, unknown, expired or revoked."""

    def count_wrong_order(self, token: str) -> None:
        """Somebody who holds this link named an order that is not the one of the case."""

    def revoke(self, case_id: str) -> None:
        """No link of this case works any more."""
