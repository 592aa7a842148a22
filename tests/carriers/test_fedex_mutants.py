"""Every node of every sample, replaced in turn: typed outcomes only, nothing lost in silence, neighbours unharmed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.carriers.registry import read_tracking
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Reading
from tests.carriers.fedex_pieces import NOW, sample

DELETED = object()
REPLACEMENTS = (DELETED, None, "", 7, "zz", [], {}, [None])
SAMPLES = ("fedex_track_documented", "fedex_track_journey", "fedex_push")
Path = tuple[str | int, ...]


def paths(node: Any, at: Path = ()) -> Iterator[Path]:
    if at:
        yield at
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from paths(child, (*at, key))


def mutant(said: Any, path: Path, replacement: Any) -> Any:
    changed = copy.deepcopy(said)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if replacement is DELETED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = replacement
    return changed


def events(reading: Reading) -> dict[str, str]:
    return {event.id: event.code for tracking in reading.trackings for event in tracking.events}


def mutants(name: str) -> Iterator[tuple[Path, Any, bytes]]:
    said = sample(name)
    for path in paths(said):
        for replacement in REPLACEMENTS:
            yield path, replacement, json.dumps(mutant(said, path, replacement)).encode()


def never_sent(path: Path, replacement: Any) -> bool:
    """What was taken out whole leaves no trace to notice: one entry of a list, or all scans under a headline."""
    if path[-1] == "scanEvents":
        return replacement is DELETED or not replacement
    return replacement is DELETED and isinstance(path[-1], int)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_single_node_mutant_gives_a_reading_or_a_typed_error_and_never_silence(name: str) -> None:
    source = "fedex_push" if name.endswith("push") else "fedex"
    whole = read_tracking(source, json.dumps(sample(name)).encode(), NOW)
    tried = unreadable = 0
    for path, replacement, body in mutants(name):
        tried += 1
        try:
            reading = read_tracking(source, body, NOW)
        except CarrierUnreadable:
            unreadable += 1
            continue
        assert reading.trackings or reading.problems, (path, replacement)
        lost = len(events(whole)) - len(events(reading))
        news = set(reading.problems) - set(whole.problems)
        assert lost <= 0 or news or never_sent(path, replacement), (path, replacement)
    assert tried > 900
    assert 0 < unreadable < tried / 20


@pytest.mark.parametrize("name", SAMPLES)
def test_a_scan_that_is_spoiled_costs_no_other_scan(name: str) -> None:
    source = "fedex_push" if name.endswith("push") else "fedex"
    whole = events(read_tracking(source, json.dumps(sample(name)).encode(), NOW))
    spoiled = 0
    for path, replacement, body in mutants(name):
        if "scanEvents" not in path or path[-1] == "scanEvents":
            continue
        spoiled += 1
        left = events(read_tracking(source, body, NOW))
        assert len(set(whole) - set(left)) <= 1, (path, replacement)
    assert spoiled > 100


def test_a_spoiled_result_costs_no_other_result() -> None:
    said = sample("fedex_track_journey")
    asked = said["output"]["completeTrackResults"]
    second = copy.deepcopy(asked[0])
    second["trackingNumber"] = second["trackResults"][0]["trackingNumberInfo"]["trackingNumber"] = "123456789012"
    for replacement in (None, 7, "zz", [], {}, {"trackResults": [None]}, {"trackResults": 7}):
        both = {"output": {"completeTrackResults": [replacement, second]}}
        reading = read_tracking("fedex", json.dumps(both).encode(), NOW)
        assert [tracking.number for tracking in reading.trackings] == ["123456789012"]
        assert len(reading.trackings[0].events) == 20
        assert reading.problems


def test_truncated_anywhere_a_body_is_unreadable() -> None:
    body = json.dumps(sample("fedex_push")).encode()
    for end in range(0, len(body) - 1, 7):
        with pytest.raises(CarrierUnreadable):
            read_tracking("fedex_push", body[:end], NOW)
