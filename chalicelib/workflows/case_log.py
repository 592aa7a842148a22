"""The case log: append-only, hash-chained, and written in the same transaction as the change it tells of.

An entry names what was done and by whom, and digests of what it was done with; it holds no personal value, so it
still verifies after an erasure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.clock import stamp
from chalicelib.returns.case import Case
from chalicelib.workflows.ports import LogEntry


def noted(case: Case, now: datetime, by: str, what: str, facts: Mapping[str, str]) -> tuple[Case, LogEntry]:
    """The case one version on, with the entry that must be written with it."""
    n = case.log_n + 1
    digest = entry_hash(case.case_id, n, now, by, what, facts, case.log_hash)
    entry = LogEntry(case.case_id, n, now, by, what, dict(facts), case.log_hash, digest)
    return replace(case, version=case.version + 1, log_n=n, log_hash=digest), entry


def entry_hash(
    case_id: str, n: int, at: datetime, by: str, what: str, facts: Mapping[str, str], previous_hash: str
) -> str:
    """SHA-256 over the entry's canonical JSON, the hash before it included."""
    told = [case_id, n, stamp(at), by, what, dict(sorted(facts.items())), previous_hash]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def broken_at(log: Iterable[LogEntry]) -> int | None:
    """The number of the first entry that does not follow from the one before; None when the chain holds."""
    previous = ""
    for expected, entry in enumerate(log, start=1):
        digest = entry_hash(entry.case_id, entry.n, entry.at, entry.by, entry.what, entry.facts, previous)
        if (entry.n, entry.previous_hash, entry.hash) != (expected, previous, digest):
            return expected
        previous = entry.hash
    return None
