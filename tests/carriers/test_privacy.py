"""No person leaves a reader: names, telephones and addresses are planted in every text of every sample of all sources.

What a carrier's own words, codes and places are for is kept by design (``KEPT``); there a person can stand only in a
sentence, and is cut out of it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.carriers.registry import CARRIER_OF, read_tracking
from chalicelib.errors import CarrierUnreadable
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
PEOPLE = ("Zacharias Quillfeather", "+33 6 12 34 56 78", "12 rue Quillfeather", "zq@quillfeather.example", "王小明")
# What is kept as sent, by the last name on its way: numbers, codes, products and places. A person is no code; where one
# of these names a person, the carrier has put him into a field for something else.
KEPT = {
    "trackingNumber", "trackingNumberUniqueId", "shipmentTrackingNumber", "waybillNo", "traceNo", "item_id", "id",
    "eventType", "exceptionCode", "typeCode", "opCode", "retCode", "type", "productCode", "productName", "service",
    "city", "addressLocality", "opOrgCity",
}  # fmt: skip
WORDS = {"eventDescription", "exceptionDescription", "description", "remark", "value", "opDesc", "opName", "text"}
FAULTS = {"code", "message", "alerts"}
SENTENCES = (
    "Delivered - Signed for by: {}", "Received by {}", "Delivered to: {}", "Accepted by {} at the desk",
    "快递员:{} 派送", "已签收,签收人:{}",
)  # fmt: skip
REACH = ("Call {} for delivery", "Write to {}")


def opened(name: str) -> Any:
    """A sample with the text that holds JSON opened, so that what is inside is reached too."""
    said = sample(name)
    if isinstance(said, dict) and isinstance(said.get("retBody"), str):
        said["retBody"] = json.loads(said["retBody"])
    return said


def texts(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts(value, (*way, name))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from texts(value, (*way, at))
    elif isinstance(node, str):
        yield way


def last(way: tuple[Any, ...]) -> str:
    return next(name for name in reversed(way) if isinstance(name, str))


def area(way: tuple[Any, ...]) -> bool:
    """The description of a service area is a place."""
    return "serviceArea" in way and last(way) == "description"


def said_with(said: Any, way: tuple[Any, ...], text: str) -> bytes:
    one = copy.deepcopy(said)
    node = one
    for name in way[:-1]:
        node = node[name]
    node[way[-1]] = text
    if isinstance(one, dict) and isinstance(one.get("retBody"), dict):
        one["retBody"] = json.dumps(one["retBody"], ensure_ascii=False)
    return json.dumps(one, ensure_ascii=False).encode()


def everything_told(source: str, body: bytes) -> str:
    try:
        return repr(read_tracking(source, body, NOW))
    except CarrierUnreadable as refused:
        return f"{refused!r} {refused}"


def parts_of(person: str) -> tuple[str, ...]:
    return ("Quillfeather".lower(),) if "uillfeather" in person else (person,)


def names_nobody(source: str, body: bytes, person: str) -> bool:
    told = everything_told(source, body).lower()
    return not any(part in told for part in parts_of(person))


def test_every_source_is_here() -> None:
    assert set(SAMPLES) == set(CARRIER_OF)


@pytest.mark.parametrize("source", SAMPLES)
def test_a_person_in_any_field_that_is_not_kept_is_told_nowhere(source: str) -> None:
    tried = 0
    for name in SAMPLES[source]:
        said = opened(name)
        for way in texts(said):
            if last(way) in KEPT | WORDS | FAULTS or area(way):
                continue
            for person in PEOPLE:
                assert names_nobody(source, said_with(said, way, person), person), (way, person)
                tried += 1
    assert tried >= 25


@pytest.mark.parametrize("source", SAMPLES)
def test_a_person_in_a_carriers_sentence_is_cut_out_of_it(source: str) -> None:
    tried = 0
    for name in SAMPLES[source]:
        said = opened(name)
        for way in texts(said):
            if last(way) not in WORDS or area(way):
                continue
            for sentence in SENTENCES if source in ("ems", "ems_push", "upu") else SENTENCES[:4]:
                assert names_nobody(source, said_with(said, way, sentence.format(PEOPLE[0])), PEOPLE[0]), (
                    way,
                    sentence,
                )
            for sentence, contact in zip(REACH, (PEOPLE[1], PEOPLE[3]), strict=True):
                assert names_nobody(source, said_with(said, way, sentence.format(contact)), contact), (way, sentence)
            tried += 1
    assert tried


def test_nothing_is_passed_over_that_no_reader_keeps() -> None:
    kept = set()
    for source, names in SAMPLES.items():
        for said in map(opened, names):
            for way in texts(said):
                if last(way) not in kept and not names_nobody(source, said_with(said, way, "Quillfeather"), PEOPLE[0]):
                    kept.add(last(way))
    assert kept == KEPT | WORDS | FAULTS
