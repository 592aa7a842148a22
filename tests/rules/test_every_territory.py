"""What a territory needs beside its own folder of rules, where nothing else would notice that it is not there."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.customs.program import program_of
from chalicelib.customs.tariff_book import programs_held
from chalicelib.places import EU_MEMBERS
from chalicelib.rulebook import ROOT, dictionary, in_force

TODAY = date(2026, 11, 22)
every_territory = pytest.mark.parametrize("territory", programs_held())


def countries_of(territory: str) -> frozenset[str]:
    return EU_MEMBERS if territory == "EU" else frozenset({territory})


@every_territory
def test_it_is_said_which_exchange_rate_its_customs_use(territory: str) -> None:
    program = program_of(min(countries_of(territory)), TODAY)
    rows = in_force("customs/rate_sources", TODAY).rules["row"]
    assert program is not None
    assert program.currency in {row["currency"] for row in rows if row.get("territory", territory) == territory}


@every_territory
def test_papers_can_write_its_name_and_a_day_ends_on_its_clock(territory: str) -> None:
    zones, named = dictionary("calendars", "zones"), dictionary("customs", "paper_words")["countries"]
    for country in countries_of(territory):
        assert country in named
        assert country in zones["country"] or country in zones["last"]


@every_territory
def test_it_has_worked_cases(territory: str) -> None:
    cases = ROOT.parent / "tests" / "customs" / "cases" / f"{territory.lower()}.toml"
    assert cases.exists()
