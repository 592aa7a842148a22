"""Every source of tracking against the same hostile bodies: junk, spoiled samples, floods and slow words.

Whatever arrives, a reader answers with a reading that says something, or with ``CarrierUnreadable``: no other error, no
success with nothing in it, no time without a zone, and no body that costs more than its size.
"""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from chalicelib.carriers.registry import CARRIER_OF, read_tracking
from chalicelib.customs.rate_sheets import SheetUnreadable, read_ecb_daily
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Reading
from tests.carriers.ems_pieces import NOW, sample

SAMPLES = {
    "fedex": ("fedex_track_documented", "fedex_track_journey"),
    "fedex_push": ("fedex_push",),
    "mydhl": ("dhl_mydhl_documented", "dhl_mydhl_journey"),
    "dhl_unified": ("dhl_unified_documented", "dhl_unified_express"),
    "dhl_push": ("dhl_push",),
    "ems": ("ems_trace", "ems_legacy"),
    "ems_push": ("ems_push",),
    "upu": ("upu_items",),
}
FUZZED_PER_SOURCE = 1_500
DEEP = b"[" * 100_000
JUNK = (
    b"", b" ", b"\n", b"\x00", b"null", b"true", b"7", b"-0", b"1e400", b"NaN", b"Infinity", b'"x"', b"[]", b"[null]",
    b"[[]]", b"{", b"[", b'"', b"{}", b"{}{}", b"{} x", b"[] []", b"\xff\xfe{\x00}\x00", b"\xff", b"\xef\xbb\xbf",
    b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":' + b"9" * 5_000 + b"}", b'{"a":"\\ud800"}', b'{"a":"\xed\xa0\x80"}', DEEP,
    DEEP + b"]" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"<html>502 Bad Gateway</html>", b"a=b&c=d",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"\x1f\x8b\x08\x00" + b"x" * 40, b"%7B%7D",
    b'{"output":null}', b'{"output":[]}', b'{"output":{}}', b'{"errors":[]}', b'{"shipments":', b'{"items":7}',
    b'{"retBody":', b'{"scope":null}', b'{"responseItems":{}}', b'{"traces":null}', b'{"__proto__":{}}', b"1" * 100_000,
    b'"' + b"x" * 100_000, b"[" + b"1," * 50_000 + b"1]", b"{" + b'"":{' * 60 + b"}" * 61,
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 10**39, 1.5, "", " ", "zz", "\x00", "\u202e", "0001-01-01T00:00:00", "24:00:00",
    "é" * 300,     "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T25:61:61", "2026-W01-1",
    "20261122", "1763800000",
    "2026-11-22T10:00:00+25:00", "2026-11-22T10:00:00-00:00", "2026-11-22 10:00:00", "NaN", "١٢٣", "EA123456785CN",
    "4818240420", [], {}, [None], [[]], [{}], {"": None}, ["zz"], {"code": []}, {"code": "EMA", "at": None},
)  # fmt: skip


def body_of(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def checked(source: str, body: bytes, of: object = None) -> Reading | None:
    """The reading, held to what every reading keeps; None when the body was refused, typed."""
    try:
        reading = read_tracking(source, body, NOW)
    except CarrierUnreadable:
        return None
    assert reading.trackings or reading.problems, (source, of)
    for tracking in reading.trackings:
        assert tracking.number, (source, of)
        for event in tracking.events:
            assert event.at.tzinfo is UTC, (source, of)
            assert len(event.text) <= 200, (source, of)
            assert event.text.isprintable(), (source, of)
    return reading


@pytest.mark.parametrize("source", SAMPLES)
@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
def test_junk_is_refused_typed_or_told_as_a_problem(source: str, body: bytes) -> None:
    reading = checked(source, body, body[:40])
    assert reading is None or (not reading.trackings and reading.problems)


def test_every_source_is_here() -> None:
    assert set(SAMPLES) == set(CARRIER_OF)


@pytest.mark.parametrize("source", SAMPLES)
def test_the_sample_of_any_other_source_is_no_silence_either(source: str) -> None:
    for names in SAMPLES.values():
        for name in names:
            checked(source, body_of(sample(name)), name)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every node below this one, as holder and key."""
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        holder = waiting.pop()
        for key, child in holder.items() if isinstance(holder, dict) else enumerate(holder):
            found.append((holder, key))
            if isinstance(child, dict | list) and child:
                waiting.append(child)
    return found


def spoil(said: Any, chance: random.Random) -> None:
    """One to six nodes replaced, dropped, told twice or moved elsewhere."""
    for _ in range(chance.randint(1, 6)):
        here = places(said)
        if not here:
            return
        holder, key = chance.choice(here)
        kind = chance.randrange(6)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        elif kind == 2:
            there, at = chance.choice(here)
            there_is = isinstance(there, dict) or (isinstance(at, int) and at < len(there))
            if there_is:
                there[at] = copy.deepcopy(holder[key])
        elif kind == 3 and isinstance(holder[key], str) and holder[key]:
            letters = list(holder[key])
            letters[chance.randrange(len(letters))] = chance.choice(
                ("", "\x00", "9", ":", "Z", "+", "é", " ", "{", "\u2028")
            )
            holder[key] = "".join(letters)
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))


def fuzzed(source: str, tries: int, seed: int) -> Iterator[bytes]:
    """Spoiled samples of a source; every eighth has bytes changed too; what China Post wraps is spoiled inside."""
    chance = random.Random(f"{source}/{seed}")
    wholes = [sample(name) for name in SAMPLES[source]]
    for tried in range(tries):
        said = copy.deepcopy(chance.choice(wholes))
        if isinstance(said.get("retBody"), str) and chance.random() < 0.8:
            inner = json.loads(said["retBody"])
            spoil(inner, chance)
            said["retBody"] = json.dumps(inner, ensure_ascii=False)
        else:
            spoil(said, chance)
        body = bytearray(body_of(said))
        if tried % 8 == 0:
            for _ in range(chance.randint(1, 4)):
                body[chance.randrange(len(body))] = chance.randrange(256)
        yield bytes(body)


@pytest.mark.parametrize("source", SAMPLES)
def test_fuzzed_samples_are_read_or_refused_and_never_in_silence(source: str) -> None:
    tried = refused = 0
    for body in fuzzed(source, FUZZED_PER_SOURCE, 20261122):
        tried += 1
        refused += checked(source, body, body) is None
    assert tried == FUZZED_PER_SOURCE
    assert refused < tried / 2, "the samples are spoiled so much that nothing is read"


BOMB = b"<!DOCTYPE a [<!ENTITY b '0123456789'><!ENTITY c '" + b"&b;" * 10 + b"'>]><a>&c;</a>"
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><TrackReply>&b;</TrackReply>'


@pytest.mark.parametrize("source", SAMPLES)
@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, b"<TrackReply/>", b"\xef\xbb\xbf" + OUTSIDE, OUTSIDE.decode().encode("utf-16")]
)
def test_xml_is_no_answer_of_any_source_and_no_entity_is_ever_looked_at(source: str, body: bytes) -> None:
    assert checked(source, body) is None


def test_nothing_in_the_product_reads_xml_but_the_files_of_central_banks_without_any_entity() -> None:
    readers = re.compile(r"^\s*(?:import|from)\s+(?:xml|lxml|defusedxml|xmltodict|expat)\b", re.MULTILINE)
    files = [Path("app.py"), *Path("chalicelib").rglob("*.py")]
    assert len(files) > 100
    published = Path("chalicelib/customs/rate_sheets.py")
    assert [file for file in files if readers.search(file.read_text(encoding="utf-8"))] == [published]
    with pytest.raises(SheetUnreadable, match="document type"):
        read_ecb_daily(BOMB)


# What patterns stumble over: half an opening of a name, a telephone number, a bracket, a clock, blanks.
LONG = ("by ", "已签收【", "A. ", "1")
LONGEST_S = 2.0


def cost(source: str, body: bytes, of: object) -> float:
    """Seconds of this process's own work, which a busy machine does not lengthen."""
    begun = time.process_time()
    checked(source, body, of)
    return time.process_time() - begun


@pytest.mark.parametrize("source", SAMPLES)
def test_a_field_of_four_hundred_thousand_letters_costs_no_more_than_its_length(source: str) -> None:
    tried = 0
    for name in SAMPLES[source]:
        whole = sample(name)
        inner = json.loads(whole["retBody"]) if isinstance(whole.get("retBody"), str) else None
        seen: set[Any] = set()
        for at, (_, key) in enumerate(places(inner or whole)):
            said = copy.deepcopy(inner or whole)
            holder, _ = places(said)[at]
            if key in seen or isinstance(key, int) or isinstance(holder[key], dict | list):
                continue
            seen.add(key)
            words = LONG[tried % len(LONG)]
            tried += 1
            holder[key] = words * (400_000 // len(words))
            body = body_of({**whole, "retBody": json.dumps(said, ensure_ascii=False)} if inner else said)
            assert cost(source, body, (key, words)) < LONGEST_S, (key, words)
    assert tried >= 5


GROWN: dict[str, tuple[tuple[str | int, ...], tuple[str | int, ...], str, Callable[[int], str]]] = {
    "fedex_push": (
        ("output", "completeTrackResults"), (0, "trackResults", 0, "scanEvents"), "trackingNumber", "{:012}".format,
    ),
    "mydhl": (("shipments",), (0, "events"), "shipmentTrackingNumber", "{:010}".format),
    "dhl_unified": (("shipments",), (0, "events"), "id", "{:010}".format),
    "upu": (("items",), (0, "events"), "item_id", "EA{:09}CN".format),
}  # fmt: skip


def below(node: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


@pytest.mark.parametrize("source", GROWN)
def test_ten_thousand_shipments_in_one_body_are_each_read(source: str) -> None:
    at, _, field, numbered = GROWN[source]
    said = sample(SAMPLES[source][-1])
    shipments = below(said, at)
    shipments[:] = [{**shipments[0], field: numbered(n)} for n in range(1, 10_001)]
    for shipment in shipments:
        for key in ("events", "trackResults"):
            if key in shipment:
                shipment[key] = shipment[key][:1]
    reading = checked(source, body_of(said))
    assert reading is not None
    assert len(reading.trackings) == 10_000


@pytest.mark.parametrize("source", GROWN)
def test_fifty_thousand_scans_of_one_shipment_are_read_up_to_a_cap_and_it_is_said(source: str) -> None:
    at, events, _, _ = GROWN[source]
    said = sample(SAMPLES[source][-1])
    scans = below(below(said, at), events)
    scans[:] = [
        {**scans[0], "description": f"scan {n}", "eventDescription": str(n), "text": str(n)} for n in range(50_000)
    ]
    reading = checked(source, body_of(said))
    assert reading is not None
    assert all(len(tracking.events) <= 1_000 for tracking in reading.trackings)
    assert "too_many_scans" in {problem.code for problem in reading.problems}


@pytest.mark.parametrize("source", ["ems", "ems_push"])
def test_fifty_thousand_scans_from_china_post_are_read_up_to_a_cap_and_it_is_said(source: str) -> None:
    scans = [{**sample("ems_push"), "opDesc": str(n)} for n in range(50_000)]
    reading = checked(source, body_of({"responseItems": scans}))
    assert reading is not None
    assert sum(len(tracking.events) for tracking in reading.trackings) <= 1_000
    assert "too_many_scans" in {problem.code for problem in reading.problems}


if __name__ == "__main__":
    for name in SAMPLES:
        lost = sum(checked(name, body, body) is None for body in fuzzed(name, int(sys.argv[1]), int(sys.argv[2])))
        sys.stdout.write(f"{name}: {sys.argv[1]} bodies, {lost} refused\n")
