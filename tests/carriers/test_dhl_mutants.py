"""Every node of every DHL sample, replaced in turn: typed outcomes, nothing lost in silence, neighbours unharmed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.carriers.registry import read_tracking
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Reading
from tests.carriers.dhl_pieces import NOW, sample

DELETED = object()
REPLACEMENTS = (DELETED, None, "", 7, "zz", [], {}, [None], True)
SAMPLES = {
    "dhl_mydhl_documented": "mydhl",
    "dhl_mydhl_journey": "mydhl",
    "dhl_unified_documented": "dhl_unified",
    "dhl_unified_express": "dhl_unified",
    "dhl_push": "dhl_push",
}
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


def mutants(name: str) -> Iterator[tuple[Path, Any, bytes]]:
    said = sample(name)
    for path in paths(said):
        for replacement in REPLACEMENTS:
            yield path, replacement, json.dumps(mutant(said, path, replacement)).encode()


def events(reading: Reading) -> dict[str, str]:
    return {event.id: event.code for tracking in reading.trackings for event in tracking.events}


def never_sent(path: Path, replacement: Any) -> bool:
    """What was taken out whole leaves no trace to notice: one entry of a list, or a list, or the headline, whole."""
    if path[-1] in ("events", "pieces") or (path[-1] == "status" and path[-2:-1] and isinstance(path[-2], int)):
        return replacement is DELETED or replacement in (None, [], {})
    return replacement is DELETED and isinstance(path[-1], int)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_single_node_mutant_gives_a_reading_or_a_typed_error_and_never_silence(name: str) -> None:
    whole = read_tracking(SAMPLES[name], json.dumps(sample(name)).encode(), NOW)
    tried = unreadable = 0
    for path, replacement, body in mutants(name):
        tried += 1
        try:
            reading = read_tracking(SAMPLES[name], body, NOW)
        except CarrierUnreadable:
            unreadable += 1
            continue
        assert reading.trackings or reading.problems, (path, replacement)
        assert all(event.at.utcoffset() is not None for tracking in reading.trackings for event in tracking.events)
        lost = len(events(whole)) - len(events(reading))
        news = set(reading.problems) - set(whole.problems)
        assert lost <= 0 or news or never_sent(path, replacement), (path, replacement)
    assert tried > 300
    assert unreadable < tried / 20


@pytest.mark.parametrize("name", SAMPLES)
def test_an_event_that_is_spoiled_costs_no_other_event(name: str) -> None:
    whole = events(read_tracking(SAMPLES[name], json.dumps(sample(name)).encode(), NOW))
    spoiled = 0
    for path, replacement, body in mutants(name):
        if not ("events" in path or "status" in path[:-1]) or path[-1] == "events":
            continue
        spoiled += 1
        left = events(read_tracking(SAMPLES[name], body, NOW))
        assert len(set(whole) - set(left)) <= 1, (path, replacement)
    assert spoiled > 60


@pytest.mark.parametrize(("name", "number"), [("dhl_mydhl_journey", "shipmentTrackingNumber"), ("dhl_push", "id")])
def test_a_spoiled_shipment_costs_no_other_shipment(name: str, number: str) -> None:
    good = sample(name)["shipments"][0]
    for replacement in (None, 7, "zz", [], {}, {number: None}, {number: ""}, {number: "<script>"}, {number: []}):
        both = json.dumps({"shipments": [replacement, good]}).encode()
        reading = read_tracking(SAMPLES[name], both, NOW)
        assert [tracking.number for tracking in reading.trackings] == [good[number]]
        assert reading.trackings[0].events
        assert [problem.code for problem in reading.problems] == ["number_unreadable"]


@pytest.mark.parametrize("name", SAMPLES)
def test_truncated_anywhere_a_body_is_unreadable(name: str) -> None:
    body = json.dumps(sample(name)).encode()
    for end in range(0, len(body) - 1, 7):
        with pytest.raises(CarrierUnreadable):
            read_tracking(SAMPLES[name], body[:end], NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"x"', b"7", b"{}", b"<html>502 Bad Gateway</html>", b'{"shipments":[', b"{}{}",
        b'{"shipment":[]}', b'{"shipments":[],"shipments":[]}', b'{"a":NaN}', b"[" * 100_000, b'{"a":"\\ud800"}',
        b'{"title":7}', b"\xff\xfe{}", b'{"errors":[]}', b"true", b'{"scope":null}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["mydhl", "dhl_unified", "dhl_push"])
def test_a_body_that_is_no_tracking_answer_is_unreadable(source, body) -> None:
    with pytest.raises(CarrierUnreadable):
        read_tracking(source, body, NOW)


@pytest.mark.parametrize("shipments", ["null", "7", '"x"', "{}", "[]", "[null]", "[{}]", '[{"id":"1234567890"}]',
                                       '[{"shipmentTrackingNumber":"1234567890"}]'])  # fmt: skip
@pytest.mark.parametrize("source", ["mydhl", "dhl_unified", "dhl_push"])
def test_an_answer_with_nothing_in_it_is_a_problem_and_never_success_with_nothing(source, shipments) -> None:
    reading = read_tracking(source, f'{{"shipments":{shipments}}}'.encode(), NOW)
    assert events(reading) == {}
    assert reading.problems


@pytest.mark.parametrize(
    "words", ["signed ", "signed for ", "- ", " ", "a, ", "-", ", ", "A", "\t", "handed over to it ", "— ", "(", "é"]
)
def test_long_words_are_read_in_time_that_grows_no_faster_than_they_do(words) -> None:
    """A hundred thousand characters in every place where words are looked at: with one pattern that backtracks this
    does not end within minutes."""
    long = words * (100_000 // len(words))
    area = [{"code": long, "description": long}]
    event = {"date": "2026-11-20", "time": "09:20:00", "typeCode": "CD", "description": long, "serviceArea": area,
             "remarks": [{"value": long, "details": long}], "signedBy": long}  # fmt: skip
    entry = {"timestamp": "2026-11-20T09:20:00", "location": {"address": {"addressLocality": long,
             "countryCode": long}},
             "status": long, "statusCode": long, "description": long, "remark": long, "nextSteps": long}  # fmt: skip
    mydhl = {
        "shipments": [{"shipmentTrackingNumber": "4818240420", "events": [event], "shipperDetails": {"name": long}}]
    }
    unified = {"shipments": [{"id": "4818240420", "events": [entry], "origin": {"address": {"addressLocality": long}}}]}
    for source, said in (("mydhl", mydhl), ("dhl_unified", unified)):
        (tracking,) = read_tracking(source, json.dumps(said).encode(), NOW).trackings
        (kept,) = tracking.events
        assert len(kept.text) <= 200
        assert len(kept.code) <= 40
        assert len(kept.place.city or "") <= 80
