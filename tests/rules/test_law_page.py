"""The page of the consumers' rights says exactly what the rules say."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.places import EU_MEMBERS
from chalicelib.returns.law import every_guarantee, every_right
from infra.law_page import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")
ON = date(2026, 11, 22)


def test_the_page_is_what_the_rules_make_of_it() -> None:
    assert page() == TEXT, "run `make law`"


@pytest.mark.parametrize("cited", [*every_right(ON), *every_guarantee(ON)], ids=lambda one: one.row.id)
def test_every_row_stands_there_with_its_source_and_whether_it_may_refuse(cited) -> None:
    part = TEXT.split(f"\n### {cited.row.id}\n")[1].split("\n### ")[0]
    assert cited.source in part
    assert f"may refuse: {'yes' if cited.row.denies else 'no'}" in part


def test_every_country_of_the_reference_has_a_right_and_those_with_a_guarantee_have_one() -> None:
    rights = {country for cited in every_right(ON) for country in cited.row.countries}
    held = {country for cited in every_guarantee(ON) for country in cited.row.countries}
    asked = {"GB", "CN", "KR", "JP", "TW", "HK", "SG", "MY", "TH", "AU", "NZ", "CA", "US", "CH", "AE", "SA", "IN"}
    assert {*EU_MEMBERS, "NO", "IS", *asked} <= rights
    assert {*EU_MEMBERS, "NO", "IS", "GB", "CN", "US", "AU", "JP", "KR", "SG", "HK", "CH", "AE", "IN"} <= held
