"""Every node of every sample of the posts, replaced in turn: typed outcomes only, nothing lost in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest

from chalicelib.carriers.registry import read_tracking
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Reading
from tests.carriers.ems_pieces import NOW, sample
from tests.carriers.test_fedex_mutants import DELETED, REPLACEMENTS, Path, mutant, paths

SAMPLES = (("ems_trace", "ems"), ("ems_push", "ems_push"), ("ems_legacy", "ems"), ("upu_items", "upu"))
LISTS = ("responseItems", "traces", "events", "items")
JUNK = (
    b"", b" ", b"null", b"7", b'"x"', b"true", b"[", b"{", b"{}x", b"\xff\xfe", b"\x00", b"NaN", b'{"a":1,"a":2}',
    b"[" * 100_000, b'{"a":' * 100 + b"1" + b"}" * 100, b'"\\ud800"', b"<html></html>", b"a=b&c=d", b"1" * 100,
    b'{"retBody":', b'{"items":{}}', b'{"items":7}', b"{}",
)  # fmt: skip


def as_body(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def mutants(said: Any) -> Iterator[tuple[Path, Any, Any]]:
    for path in paths(said):
        for replacement in REPLACEMENTS:
            yield path, replacement, mutant(said, path, replacement)


def bodies(name: str) -> Iterator[tuple[Path, Any, bytes]]:
    """Mutants of the body and, where the answer wraps JSON in a text, of what is inside too."""
    said = sample(name)
    if "retBody" not in said:
        yield from ((path, replacement, as_body(changed)) for path, replacement, changed in mutants(said))
        return
    yield from ((path, replacement, as_body(changed)) for path, replacement, changed in mutants(said))
    for path, replacement, changed in mutants(json.loads(said["retBody"])):
        inner = json.dumps(changed, ensure_ascii=False)
        yield ("retBody", *path), replacement, as_body({**said, "retBody": inner})


def events(reading: Reading) -> set[tuple[str, str]]:
    return {(tracking.number, event.id) for tracking in reading.trackings for event in tracking.events}


def never_sent(path: Path, replacement: Any) -> bool:
    """What was taken out whole leaves no trace to notice: one entry of a list, or the text that held them all."""
    return replacement is DELETED and isinstance(path[-1], int)


@pytest.mark.parametrize(("name", "source"), SAMPLES)
def test_every_single_node_mutant_gives_a_reading_or_a_typed_error_and_never_silence(name: str, source: str) -> None:
    whole = read_tracking(source, as_body(sample(name)), NOW)
    tried = unreadable = 0
    for path, replacement, body in bodies(name):
        tried += 1
        try:
            reading = read_tracking(source, body, NOW)
        except CarrierUnreadable:
            unreadable += 1
            continue
        assert reading.trackings or reading.problems, (path, replacement)
        lost = sum(len(t.events) for t in whole.trackings) - sum(len(t.events) for t in reading.trackings)
        news = set(reading.problems) - set(whole.problems)
        assert lost <= 0 or news or never_sent(path, replacement), (path, replacement)
    assert tried > 90
    assert unreadable < tried / 10


@pytest.mark.parametrize(("name", "source"), SAMPLES)
def test_a_scan_that_is_spoiled_costs_no_other_scan(name: str, source: str) -> None:
    whole = events(read_tracking(source, as_body(sample(name)), NOW))
    spoiled = 0
    for path, replacement, body in bodies(name):
        inside = [at for at, key in enumerate(path) if key in LISTS[:3]]
        if name == "ems_push" or not inside or len(path) <= inside[-1] + 1 or path[-1] == "item_id":
            continue
        spoiled += 1
        left = events(read_tracking(source, body, NOW))
        assert len(whole - left) <= 1, (path, replacement)
    assert spoiled > 100 or name == "ems_push"


@pytest.mark.parametrize(("name", "source"), SAMPLES)
def test_no_mutant_gives_a_time_without_a_zone(name: str, source: str) -> None:
    for path, replacement, body in bodies(name):
        try:
            reading = read_tracking(source, body, NOW)
        except CarrierUnreadable:
            continue
        for tracking in reading.trackings:
            assert all(event.at.tzinfo is UTC for event in tracking.events), (path, replacement)


@pytest.mark.parametrize("source", ["ems", "ems_push", "upu"])
@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
def test_junk_is_unreadable_and_nothing_worse(source: str, body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        read_tracking(source, body, NOW)


@pytest.mark.parametrize(("name", "source"), SAMPLES)
def test_truncated_anywhere_a_body_is_unreadable(name: str, source: str) -> None:
    body = as_body(sample(name))
    for end in range(0, len(body) - 1, 7):
        with pytest.raises(CarrierUnreadable):
            read_tracking(source, body[:end], NOW)


def test_text_inside_the_body_truncated_anywhere_is_a_problem() -> None:
    said = sample("ems_trace")
    for end in range(1, len(said["retBody"]) - 1, 7):
        reading = read_tracking("ems", as_body({**said, "retBody": said["retBody"][:end]}), NOW)
        assert [problem.code for problem in reading.problems] == ["result_unreadable"]
