"""JSON from outside, read strictly, and exactly as strictly by the fast way as by the careful one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.carriers.json_bodies import read_json
from chalicelib.errors import CarrierUnreadable
from tests.carriers.fedex_pieces import SAMPLES

REFUSED = {
    "empty": b"",
    "truncated": b'{"a": [1, 2',
    "two documents": b"{}{}",
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "a key twice": b'{"status": "DL", "status": "OC"}',
    "a key twice, deep": b'[{"a": {"b": 1, "c": [], "b": 2}}]',
    "a key twice, spaced": b'{"a" : 1, "a":2}',
    "a key twice beside a clock": b'{"a": "10:20:30", "x": "http://x/", "a": "10:20:30"}',
    "a key twice in an escape": b'{"a\\"b": 1, "a\\"b": 2}',
    "a key twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "a key of colons twice": b'{"::": 1, "::": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity, -Infinity]",
    "an overflow": b"[1e400]",
    "an underflow": b"[1e-400]",
    "5000 digits": b"[" + b"9" * 5_000 + b"]",
    "depth 65": b'{"a":' * 65 + b"1" + b"}" * 65,
    "depth 100000": b"[" * 100_000,
    "depth 100000, closed": b"[" * 100_000 + b"]" * 100_000,
    "depth behind strings": b'["]",' * 900 + b"1" + b"]" * 900,
    "depth behind strings, balanced": b'["]",' * 900 + b'"' + b"[" * 900 + b'"' + b"]" * 900,
    "half a surrogate pair": b'["\\ud800"]',
    "the other half": b'["\\udc00 x"]',
    "not UTF-8": b'["\xff"]',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "a raw control character": b'["\x01"]',
    "a leading zero": b"[08]",
    "a comma too many": b"[1,]",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_ambiguous_or_could_not_be_stored_again_is_refused(body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b'{"a": 1.10}', {"a": Decimal("1.10")}),
        (b'{"a":' * 64 + b"1" + b"}" * 64, None),
        (b'{"a": "}}}}", "b": "[[", "c": ":\\":"}', {"a": "}}}}", "b": "[[", "c": ':":'}),
        (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b'{"": "", "a:b": "c:d", "::": ":::", "u": "https://x//y:z"}', None),
        (b" \n null ", None),
    ],
)
def test_what_is_sound_is_read(body: bytes, value: Any) -> None:
    found = read_json(body)
    assert found == (json.loads(body.decode("utf-8-sig")) if value is None else value)


def test_a_body_of_ten_megabytes_is_refused_by_depth_without_overflow() -> None:
    with pytest.raises(CarrierUnreadable):
        read_json(b"[" * 10_000_000)


def pairwise(text: str) -> bool:
    """Whether the careful reader finds a key twice."""

    def compared(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise LookupError
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=compared)
    except LookupError:
        return True
    return False


keys = st.sampled_from(["a", "b", "::", ":", "", "//", "a:", '"', "{", "x://y", "10:20:30", "10:20:30+01:00", "://:"])
leaves = st.one_of(keys, st.integers(-5, 5), st.none(), st.booleans())
objects = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=4).map(tuple)
)


def spelled(value: Any, space: str) -> str:
    """JSON text in which an object (a tuple of pairs) may hold a key twice."""
    if isinstance(value, tuple):
        pairs = (f"{json.dumps(key)}{space}:{space}{spelled(inner, space)}" for key, inner in value)
        return "{" + f",{space}".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + f",{space}".join(spelled(inner, space) for inner in value) + "]"
    return json.dumps(value)


@settings(max_examples=2_000, deadline=None)
@given(objects, st.sampled_from(["", " ", "\n\t"]))
def test_counting_keys_finds_every_key_given_twice_and_no_other(value: Any, space: str) -> None:
    text = spelled(value, space)
    try:
        found = read_json(text.encode())
    except CarrierUnreadable:
        assert pairwise(text), text
    else:
        assert not pairwise(text), text
        assert found == json.loads(text)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_a_sample_is_read_as_the_standard_reader_reads_it(file: Any) -> None:
    assert read_json(file.read_bytes()) == json.loads(file.read_bytes(), parse_float=Decimal)
