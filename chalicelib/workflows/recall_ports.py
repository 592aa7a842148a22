"""Recalls: one campaign each, the sales it reached, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.returns.recall import Campaign, Member


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Sales that a recall reached, in the order of their order numbers."""

    members: tuple[Member, ...]
    cursor: str | None


class Recalls(Protocol):
    """Campaigns and the sales they reached."""

    def read(self, recall_id: str) -> Campaign | None:
        """The campaign, consistently."""

    def save(self, campaign: Campaign) -> bool:
        """Write a campaign for the first time, or over the version before, but for its counts. False: somebody else was
        faster, or it is there already."""

    def member(self, recall_id: str, order_number: str) -> Member | None:
        """What became of one sale."""

    def keep(self, member: Member) -> None:
        """Keep what became of a sale, and count it once."""

    def members(self, recall_id: str, cursor: str | None, limit: int) -> MemberPage:
        """A page of the sales it reached."""
