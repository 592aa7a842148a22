"""Which recall reached a case: read by every story that speaks of the case, without the story of recalls itself."""

from __future__ import annotations

from typing import Any

from chalicelib.clock import stamp
from chalicelib.returns.recall import Recalled
from chalicelib.workflows.case_file import CaseFile


def recalled(file: CaseFile) -> Recalled | None:
    """The recall that reached this case; None when none did."""
    return next(iter(file.parts.of(Recalled)), None)


def recall_in_short(file: CaseFile) -> dict[str, Any] | None:
    """The recall and its remedies, for who reads the whole case."""
    found = recalled(file)
    if found is None:
        return None
    return {
        "recall_id": found.recall_id,
        "reached_by": found.by,
        "at": stamp(found.at),
        "remedies": list(found.remedies),
        "under_way": found.under_way,
    }
