"""What claims against carriers and insurers need of the table; they are read with their case (``CaseFile.claims``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.insurance.claim_states import Claim, Party, Watch
from chalicelib.returns.case import Case

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Due, LogEntry

PACK_TO_MAKE = "claim_pack"


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Claims in one state: those not handed in by the end of their last day, others by their last change."""

    claims: tuple[Claim, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Pack:
    """The pack of a claim as it was last made: one ZIP kept under ``key``. ``wanted_at`` is the request it was made
    for; ``missing`` the items of the checklist that are not in it. ``version`` is the one to be written."""

    case_id: str
    leg_n: int
    party: Party
    key: str
    sha256: str
    size: int
    made_at: datetime
    wanted_at: datetime
    missing: tuple[str, ...] = ()
    version: int = 1

    @property
    def claim_id(self) -> str:
        """The claim it belongs to."""
        return f"{self.leg_n}-{self.party}"


class Claims(Protocol):
    """Claims, under their case."""

    def keep(self, case: Case, log: LogEntry, claims: Sequence[Claim], watch: Watch) -> None:
        """Save claims and the watch of their leg with the case that was read at ``case.version - 1`` and its log entry,
        all or nothing. Raises ``StaleVersion``."""

    def rest(self, watch: Watch, until: datetime | None) -> bool:
        """Move the due time of a watch that is as it was read, and forget its attempts; False: it is not."""

    def of_due(self, due: Due) -> Watch | None:
        """The watch of this due time; None when it is gone or no longer due then."""

    def listed(self, state: str, cursor: str | None, limit: int) -> ClaimPage:
        """A page of the claims in one state."""

    def save_pack(self, pack: Pack) -> bool:
        """Write what became of a pack over the version before; False: somebody else was faster."""
