"""The papers of one leg as they were made: what is kept of each, beside the bytes in the evidence bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

PAPERS_TO_MAKE = "papers"


@dataclass(frozen=True, slots=True)
class MadePaper:
    """One paper of our own. ``ready``: its PDF is kept under ``key`` with this SHA-256 and size in bytes. ``waiting``:
    it lacks what ``missing`` names, and nothing is kept of it."""

    name: str
    status: Literal["ready", "waiting"]
    missing: tuple[str, ...] = ()
    sha256: str | None = None
    size: int | None = None
    made_at: datetime | None = None
    language: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class LegPapers:
    """All papers of our own of one leg. ``facts_digest`` is that of the facts they were made from: the same facts make
    nothing again; empty when something other than a missing fact stood against one, so that it is tried again.
    ``version`` is the one to be written."""

    case_id: str
    leg_n: int
    facts_digest: str
    papers: tuple[MadePaper, ...]
    version: int = 1

    def called(self, name: str) -> MadePaper | None:
        """The paper of this name; None when this leg has none."""
        return next((paper for paper in self.papers if paper.name == name), None)


def stem_of(leg_n: int, name: str, sha256: str) -> str:
    """What a paper is kept as under its case: other bytes are another paper, the same bytes the same one.

    >>> stem_of(1, "packing_sheet", "ab" * 32)
    '1-packing_sheet-abababababababab'
    """
    return f"{leg_n}-{name}-{sha256[:16]}"


def papers_message(case_id: str, leg_n: int) -> dict[str, Any]:
    """The message that has the papers of a leg made, or made again where what they say has changed.

    >>> papers_message("c1", 1)
    {'kind': 'papers', 'case_id': 'c1', 'leg': 1}
    """
    return {"kind": PAPERS_TO_MAKE, "case_id": case_id, "leg": leg_n}
