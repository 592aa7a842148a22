"""Every call of a receipt, an inspection, a signature and a release goes wrong once: each ends as if nothing had."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from chalicelib.errors import ReturnsError
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.sweep_due_work import sweep
from tests.faults.endings import every_fault
from tests.faults.gate import Crash, Fault, Gate, spread
from tests.workflows.dock import AT_THE_DOOR, Dock, ring_seen

# Of a long story every kind of fault at every kind of call, and beyond that every so many calls; FAULTS=all tries each.
LONG, EVERY = 12, 5


def taken_in(dock: Dock) -> None:
    dock.receive(seal="S-9999")


def looked_at(dock: Dock) -> None:
    dock.inspect(ring_seen("4.00"))


def looked_at_again(dock: Dock) -> None:
    dock.inspect(ring_seen("5.22"), corrects=True, why="other_scale")


def signed(dock: Dock) -> None:
    dock.sign(n=2)


def released(dock: Dock) -> None:
    dock.release({1: 1})


# What a person does, after what was done before it.
STORIES: dict[str, tuple[tuple[Any, ...], Any]] = {
    "packed": ((), Dock.pack),
    "taken_in": ((), taken_in),
    "looked_at": ((Dock.receive,), looked_at),
    "looked_at_again": ((Dock.receive, looked_at), looked_at_again),
    "signed": ((Dock.receive, looked_at, looked_at_again), signed),
    "released": ((Dock.receive, looked_at), released),
}


def ended(story: str, fault: Fault | None) -> tuple[Dock, list[str]]:
    """The story with one call gone wrong; the person asks again, and the schedule runs until it is quiet."""
    before, does = STORIES[story]
    dock = Dock()
    dock.evidence()
    for one in before:
        one(dock)
    dock.work()
    gate: Gate = dock.world.gate
    gate.calls, gate.fault = [], fault
    with suppress(Crash, ReturnsError):
        does(dock)
        dock.work()
    calls = list(gate.calls)
    gate.fault = None
    does(dock)
    dock.work()
    later = AT_THE_DOOR + timedelta(hours=1)
    sweep(dock.ports, later)
    dock.work(later)
    return dock, calls


def picture(dock: Dock) -> Any:
    parts = dock.file.parts
    looks = [(one.n, one.outcome, one.replaced_by, one.second, one.released_by) for one in parts.of(Inspection)]
    resting = all(one.due_at is None for kind in (Receipt, Inspection) for one in parts.of(kind))
    mine = ("shortfall", "weight_doubt", "seal_mismatch", "signature_wanted")
    told = Counter((one.kind, one.status) for one in dock.file.exceptions if one.kind in mine)
    deeds = Counter(line.what for line in dock.file.log if line.by != "goldthread")
    frozen = {one.frozen for one in parts.of(Evidence)}
    claims = {one.party for one in dock.file.claims}
    rows = len(parts.of(HandOver)), len(parts.of(Receipt))
    return dock.file.case.stage, looks, resting, told, deeds, frozen, claims, rows, broken_at(dock.file.log)


@cache
def undisturbed(story: str) -> tuple[Any, tuple[str, ...]]:
    dock, calls = ended(story, None)
    return picture(dock), tuple(calls)


@pytest.mark.parametrize("story", STORIES)
def test_whatever_call_goes_wrong_it_ends_as_if_none_had(story):
    expected, calls = undisturbed(story)
    assert len(calls) > 1
    for fault in spread(calls, EVERY) if len(calls) > LONG else every_fault(calls):
        dock, _ = ended(story, fault)
        assert picture(dock) == expected, f"{fault.kind} at {fault.at} {calls[fault.at]}"
