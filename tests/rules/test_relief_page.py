"""The page of reliefs says exactly what the rules say: every country, every kind."""

from __future__ import annotations

import pytest

from chalicelib.customs.relief_cover import KINDS, REFUND
from chalicelib.customs.tariff_book import programs_held
from infra.relief_page import NAMES, PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_rules_make_of_it() -> None:
    assert page() == TEXT, "run `make relief`"


@pytest.mark.parametrize("territory", programs_held())
def test_every_country_has_a_word_for_every_kind(territory: str) -> None:
    part = TEXT.split(f"\n## {territory}\n")[1].split("\n## ")[0]
    told = {line.split(" | ")[0].removeprefix("| ") for line in part.splitlines() if line.startswith("| ")}
    assert told - {"kind"} == {NAMES[kind] for kind in (*KINDS, REFUND)}


@pytest.mark.parametrize("code", ["US-9801.00.26", "CN-2026-16", "GB-F05", "EU-OPR-REPLACED", "JP-14-10", "CA-101"])
def test_a_known_relief_stands_on_the_page(code: str) -> None:
    assert f"| {code} |" in TEXT
