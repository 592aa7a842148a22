"""Evidence of a case that is disputed is frozen: nothing about it goes before the dispute is over.

The dock freezes it in the same write as its finding. It thaws once the case is over and no claim, dispute or trouble of
the dock is open any more: with what ends the last of them, or at the latest when an erasure is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.returns.disputes import Dispute
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.keeping import DISPUTE_OPEN
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.ports import CaseFile, Ports

# Claims of which nothing more is expected to be asked in writing.
CLAIM_OVER = frozenset({"closed", "withdrawn", "lapsed", "paid"})
# How the episodes of what the dock has told of begin.
TOLD_BY_THE_DOCK = ("receipt-", "inspection-")


def frozen(file: CaseFile) -> tuple[Evidence, ...]:
    """All evidence of the case that may still go, as it is once it may not."""
    return tuple(replace(one, frozen=True) for one in file.parts.of(Evidence) if not one.frozen)


def thawed(file: CaseFile) -> tuple[Evidence, ...]:
    """What is frozen as it is once it may go, for a case that ends or is over; nothing while it still proves something
    against somebody."""
    return () if _is_disputed(file) else tuple(replace(one, frozen=False) for one in _frozen(file))


def is_held(file: CaseFile) -> bool:
    """Whether frozen evidence of the case must stay as it is, and with it what says whose it is."""
    return bool(_frozen(file)) and (file.case.stage not in OVER or _is_disputed(file))


def thawing(file: CaseFile) -> Amendment | None:
    """The change that lets the evidence of a case that is over thaw; None where there is nothing to thaw."""
    parts = thawed(file) if file.case.stage in OVER else ()
    named = " ".join(one.evidence_id for one in parts)
    return Amendment(file.case, "evidence_thawed", {"evidence": named}, parts=parts) if parts else None


def thaw(ports: Ports, file: CaseFile, now: datetime) -> bool:
    """Let evidence thaw where this file says that it may; whether there was any."""
    if thawing(file) is None:
        return False
    amend_file(ports, file.case.case_id, now, thawing)
    return True


def _frozen(file: CaseFile) -> tuple[Evidence, ...]:
    return tuple(one for one in file.parts.of(Evidence) if one.frozen)


def _is_disputed(file: CaseFile) -> bool:
    """Whether a claim, a dispute or a trouble that the dock has told of is open."""
    claims = any(one.state not in CLAIM_OVER for one in file.claims)
    disputes = any(one.state in DISPUTE_OPEN for one in file.parts.of(Dispute))
    troubles = (one.status != "resolved" and one.episode.startswith(TOLD_BY_THE_DOCK) for one in file.exceptions)
    return claims or disputes or any(troubles)
