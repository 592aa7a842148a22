"""A part that came due: its message goes to the worker that can do something about it, and a person hears when that
is in vain."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.workflows.case_parts import LOOKED_AT_BY
from chalicelib.workflows.ports import Due
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.wake_parts import look_at
from tests.adapters.test_case_parts import a_quote
from tests.fakes.memory_ports import memory_ports
from tests.fakes.pieces import CASE_ID, NOW, a_case, a_log_line, an_opening

HOUR = timedelta(hours=1)


def a_world() -> Any:
    world = memory_ports()
    world.ports.cases.open(an_opening())
    world.ports.cases.commit(a_case(version=2, log_n=2), (a_log_line(2),), parts=(a_quote(),))
    return world


def test_the_sweep_has_a_due_part_looked_at_once() -> None:
    world = a_world()
    for _ in range(2):
        sweep(world.ports, NOW + HOUR)
    asked = {"kind": "part_due", "case_id": CASE_ID, "leg": "-", "part": "QUOTE", "part_id": "1-1"}
    assert [one for one in world.queues.sent["steps"] if one["kind"] == "part_due"] == [asked]


def test_a_part_that_is_looked_at_in_vain_comes_back_later_and_later_and_a_person_hears_once() -> None:
    world, now, asked = a_world(), NOW + HOUR, 0
    alerts = []
    for _ in range(7):
        outbox: dict[str, list[dict[str, Any]]] = defaultdict(list)
        due = next(one for one in world.ports.due.due(now, 50) if one.kind == "part")
        assert look_at(world.ports, due, now, outbox)
        asked += len(outbox["steps"])
        alerts += outbox["alerts"]
        now += timedelta(hours=6)
    assert asked == 7
    assert [one["kind"] for one in alerts] == ["part_stuck"]


def test_what_somebody_else_claimed_is_left_to_them() -> None:
    world = a_world()
    (due,) = (one for one in world.ports.due.due(NOW + HOUR, 50) if one.kind == "part")
    stale = Due(due.kind, due.pk, due.sk, "2026-01-01T00:00:00Z")
    assert not look_at(world.ports, stale, NOW, defaultdict(list))


@pytest.mark.parametrize("kind", sorted(LOOKED_AT_BY))
def test_every_kind_that_may_be_due_has_a_story_that_looks(kind: str) -> None:
    from importlib import import_module

    assert callable(import_module(f"chalicelib.workflows.{LOOKED_AT_BY[kind]}").look)
