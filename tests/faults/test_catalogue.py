"""The catalogue of faults is whole, and every test that it names is there."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.aws_world import RESOURCES

ROOT = Path(__file__).resolve().parents[2]
ROWS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text(encoding="utf-8"))[
    "fault"
]
EVERY = [f"F{n:02d}" for n in range(1, 93)]


@cache
def collected_in(file: str) -> frozenset[str]:
    """The tests that pytest would collect from a file, read and not run."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    rooms = [("", body), *((f"{one.name}::", one.body) for one in body if isinstance(one, ast.ClassDef))]
    return frozenset(f"{room}{name}" for room, parts in rooms for name in _tests(parts))


def _tests(body: list[ast.stmt]) -> list[str]:
    return [one.name for one in body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]


def test_every_fault_stands_in_the_catalogue_once_and_in_order():
    assert [row["id"] for row in ROWS] == EVERY


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_fault_is_either_proven_by_tests_that_exist_or_put_off_with_a_reason(row):
    assert set(row) in ({"id", "what", "proven_by"}, {"id", "what", "later"})
    assert row["what"].strip()
    if "later" in row:
        part, _, reason = row["later"].partition(": ")
        assert part
        assert len(reason) >= 20, "say why it cannot happen before"
        return
    assert row["proven_by"]
    assert len(set(row["proven_by"])) == len(row["proven_by"])
    for node in row["proven_by"]:
        file, _, name = node.partition("::")
        assert name in collected_in(file), node


def test_no_queue_is_first_in_first_out_so_none_can_stall_behind_one_message():
    said = RESOURCES.read_text(encoding="utf-8") + (ROOT / "infra" / "build_template.py").read_text(encoding="utf-8")
    assert "AWS::SQS::Queue" in said
    assert "fifo" not in said.lower()
