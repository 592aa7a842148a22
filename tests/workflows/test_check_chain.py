"""Whatever is changed in a log or in evidence is found; what merely happened since is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.adapters.cases import TableCases
from chalicelib.errors import StoredItemUnreadable
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.check_chain import findings
from tests.fakes.memory_ports import MemoryKeys
from tests.returns.uploads import a_paper, a_photo_from_a_phone
from tests.workflows.desk import MONDAY
from tests.workflows.evidence_house import CASE, EvidenceDesk

PK = f"CASE#{CASE}"


@pytest.fixture(scope="module")
def whole() -> EvidenceDesk:
    """A case with a photo, a paper, something refused and something that lapsed."""
    desk = EvidenceDesk()
    desk.given(a_photo_from_a_phone())
    desk.given(a_paper(), "invoice")
    desk.given(b"<svg/>")
    desk.announce()
    desk.work(MONDAY + timedelta(days=1))
    return desk


class Forged:
    """A table that shows one case as it is told to."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = items

    def partition(self, _pk: str, **_how: Any) -> list[dict[str, Any]]:
        return self.items


def objects(desk: EvidenceDesk) -> dict[str, str]:
    return {key: sha256(content).hexdigest() for key, content in desk.objects.items()}


def found(desk: EvidenceDesk) -> set[str]:
    return {one.what for one in findings(desk.file, objects(desk))}


def found_in(items: list[dict[str, Any]], known: dict[str, str]) -> set[str]:
    """What the check finds in a forged case; an item that cannot be read is found too."""
    table: Any = Forged(items)
    try:
        return {one.what for one in findings(TableCases(table, MemoryKeys()).file(CASE), known)}  # type: ignore[arg-type]
    except StoredItemUnreadable:
        return {"item_unreadable"}


def test_a_case_that_nobody_touched_is_whole(whole):
    assert found(whole) == set()


def test_a_case_goes_on_and_stays_whole(whole):
    amend(whole.ports, CASE, MONDAY, lambda case: Amendment(case, "looked_at", {"by": "test"}))
    assert found(whole) == set()


def items(desk: EvidenceDesk) -> list[dict[str, Any]]:
    return desk.world.table.partition(PK)


def changes(item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The item's attributes, each with one sign of it changed."""
    for name, value in item.items():
        if name in ("PK", "SK", "due_shard", "due_at", "mark", "w"):
            continue
        if isinstance(value, dict):
            for key, text in value.items():
                yield from ((name, {**value, key: other}) for other in other_texts(text))
                yield from ((name, {**{k: v for k, v in value.items() if k != key}, other: text})
                            for other in other_texts(key))  # fmt: skip
        elif isinstance(value, str):
            yield from ((name, other) for other in other_texts(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            yield name, value + 1


def other_texts(text: str) -> Iterator[str]:
    for at, sign in enumerate(text):
        yield text[:at] + chr(ord(sign) ^ 1) + text[at + 1 :]


@pytest.mark.parametrize("kind", ["LOG#", "EVIDENCE#"])
def test_any_sign_changed_in_an_entry_or_a_piece_is_found(whole, kind):
    whole_case, known = items(whole), objects(whole)
    missed = []
    for place, item in enumerate(whole_case):
        for name, changed in changes(item) if item["SK"].startswith(kind) else ():
            forged = [*whole_case[:place], item | {name: changed}, *whole_case[place + 1 :]]
            if not found_in(forged, known):
                missed.append((item["SK"], name, item[name], changed))
    assert not missed, missed[:40]


def test_an_entry_taken_out_or_put_in_another_place_is_found(whole):
    log = whole.file.log
    for without in range(len(log)):
        file = replace(whole.file, log=log[:without] + log[without + 1 :])
        assert findings(file, objects(whole)), f"entry {without + 1}"
    swapped = (log[1], log[0], *log[2:])
    assert findings(replace(whole.file, log=swapped), objects(whole))


def test_any_byte_of_an_object_changed_is_found(whole):
    bucket = whole.world.evidence.objects
    for key in list(whole.objects):
        content = bucket[key]
        for at in range(0, len(content), max(1, len(content) // 50)):
            bucket[key] = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            assert found(whole) == {"object_changed"}, (key, at)
        bucket[key] = content[:-1]
        assert found(whole) == {"object_changed"}
        bucket[key] = content


def test_an_object_that_is_gone_or_was_put_beside_is_found(whole):
    known = objects(whole)
    for key in known:
        left = {name: digest for name, digest in known.items() if name != key}
        (one,) = findings(whole.file, left)
        assert (one.what, one.where) == ("object_missing", key)
    (extra,) = findings(whole.file, known | {f"evidence/{CASE}/e0001-aa": "aa"})
    assert (extra.what, extra.where) == ("object_extra", f"evidence/{CASE}/e0001-aa")


@pytest.mark.parametrize(
    ("gone", "what"),
    [("EVIDENCE#e0001", "evidence_gone"), ("EVIDENCE#e0004", "evidence_gone"), ("LOG#0000000002", "log_entry_changed")],
)
def test_an_item_that_is_gone_is_found(whole, gone, what):
    left = [item for item in items(whole) if item["SK"] != gone]
    assert what in found_in(left, objects(whole))


def test_the_last_entry_taken_out_is_found_by_the_head_of_the_case(whole):
    last = max(item["SK"] for item in items(whole) if item["SK"].startswith("LOG#"))
    left = [item for item in items(whole) if item["SK"] != last]
    assert "head_differs" in found_in(left, objects(whole))


def test_an_erased_customer_breaks_nothing(whole):
    left = [item for item in items(whole) if item["SK"] != "PERSON"]
    assert len(left) == len(items(whole)) - 1
    assert found_in(left, objects(whole)) == set()
