"""The page of the playbooks says exactly what the rules say."""

from __future__ import annotations

import pytest

from chalicelib.alerts.playbooks import ANY, Playbook, every_playbook
from infra.playbooks_page import PAGE, ROOMS, newest, page

TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [pytest.param(row, id=f"{row.kind}-{row.reason}") for row in every_playbook(newest())]


def test_the_page_is_what_the_rules_make_of_it() -> None:
    assert page() == TEXT, "run `make playbooks`"


@pytest.mark.parametrize("row", ROWS)
def test_every_row_stands_under_its_kind_in_english_and_chinese(row: Playbook) -> None:
    after = TEXT.split("\n## Any other kind 其他\n" if row.kind == ANY else f"\n### {row.kind}\n")[1]
    part = after.split("\n### ")[0]
    assert row.meaning in part
    assert row.chinese.meaning in part
    assert all(step.text in part for step in (*row.english.steps, *row.chinese.steps))


def test_every_room_of_trouble_has_a_heading() -> None:
    assert all(f"\n## {title}\n" in TEXT for title in ROOMS.values())
