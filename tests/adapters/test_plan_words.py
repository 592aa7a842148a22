"""Plans are deflated with a dictionary that never changes, and whatever was written before is still read."""

from __future__ import annotations

import zlib
from hashlib import sha256
from pathlib import Path

from chalicelib.adapters import case_items
from chalicelib.adapters.case_items import inflated, plan_item, plan_of_item
from tests.fakes.pieces import an_opening

DIGESTS = {"plan_words.1": "895e52974a034c5a9193060ea162c26e669b6d3f0e8ff12b6fee314e20998312"}


def test_no_dictionary_is_edited_once_plans_lie_deflated_with_it() -> None:
    kept = Path(case_items.__file__).parent.glob("plan_words.*")
    assert {file.name: sha256(file.read_bytes()).hexdigest() for file in kept} == DIGESTS


def test_a_plan_that_was_written_before_there_were_any_is_read_as_before() -> None:
    item = plan_item(an_opening().plan)
    before = {name: item[name] for name in ("PK", "SK")} | {"deflated": zlib.compress(inflated(item), 9)}
    assert plan_of_item(before) == plan_of_item(item) == an_opening().plan


def test_a_plan_is_smaller_with_it_than_without() -> None:
    item = plan_item(an_opening().plan)
    assert len(item["deflated"]) < len(zlib.compress(inflated(item), 9))
