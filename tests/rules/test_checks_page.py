"""The page of what is not sure says exactly what the rules say, and misses no low row of a country."""

from __future__ import annotations

import re

import pytest

from chalicelib.customs.tariff_book import programs_held
from chalicelib.rulebook import ROOT, datasets_of
from infra.checks_page import PAGE, ROOMS, WHO, page

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_rules_make_of_it() -> None:
    assert page() == TEXT, "run `make checks`"


@pytest.mark.parametrize("territory", programs_held())
def test_every_country_is_there_be_it_to_say_that_nothing_is_low(territory: str) -> None:
    part = TEXT.split(f"\n## {territory}\n")[1].split("\n## ")[0]
    assert f"`{territory.lower()}/" in part or part.strip() == "Nothing is low."


@pytest.mark.parametrize("row", ["JP | 7113.19", "MY | sales tax", "IN | 7113.19.11", "CN | 7117.19.00"])
def test_what_is_known_to_be_doubted_is_listed(row: str) -> None:
    territory, told = row.split(" | ")
    part = TEXT.split(f"\n## {territory}\n")[1].split("\n## ")[0]
    assert told.replace("sales tax", "sales_tax") in part


def test_whoever_must_look_is_sent_to_rules_that_there_are() -> None:
    named = {name for _, looks, _ in WHO for name in re.findall(r"`((?:[a-z]+)/[a-z_]+)`", looks)}
    known = {name for room in ROOMS for name in datasets_of(room)}
    assert named
    assert {name for name in named if name not in known and f"customs/{name}" not in known} == set()
    assert (ROOT / "merchant.toml").exists()
