"""An estimate reads the rule files of its own destination, no other country's, each once in the life of a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from chalicelib.customs.tariff_book import programs_held
from chalicelib.rulebook import ROOT

COUNTRIES = ["FR" if each == "EU" else each for each in programs_held()]
# What every destination needs beside its own folder; another currency also needs the table of exchange rates.
SHARED = {"classification", "regions.toml"}
PROGRAM = """
import json, sys
from tests.benchmarks.bench_estimates import PURPOSES, asked
from chalicelib.customs.estimate import estimate
opened = []
def heard(event, args):
    if event == "open" and str(args[0]).endswith(".toml"):
        opened.append(str(args[0]))
sys.addaudithook(heard)
read = {}
for country in sys.argv[1:]:
    before = len(opened)
    for purpose in (*PURPOSES, *PURPOSES):
        estimate(asked(country, purpose))
    read[country] = opened[before:]
print(json.dumps(read))
"""


@pytest.fixture(scope="module")
def read() -> dict[str, list[str]]:
    """Rule files opened for each country by six estimates, in one new process."""
    command = [sys.executable, "-c", PROGRAM, *COUNTRIES]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, check=True)
    rules = str(ROOT / "customs" / "rules") + "/"
    return {country: [name.removeprefix(rules) for name in names] for country, names in json.loads(done.stdout).items()}


@pytest.mark.parametrize("country", COUNTRIES)
def test_only_the_destinations_own_files_are_read(read: dict[str, list[str]], country: str) -> None:
    own = "eu" if country == "FR" else country.lower()
    assert {name.split("/")[0] for name in read[country]} <= {own, *SHARED}
    assert f"{own}/program" in {name.rpartition("/")[0] for name in read[country]}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_dataset_is_read_in_the_one_vintage_of_the_day(read: dict[str, list[str]], country: str) -> None:
    datasets = Counter(name.rpartition("/")[0] for name in read[country] if "/" in name)
    assert set(datasets.values()) == {1}


def test_no_file_is_read_twice_in_the_life_of_a_process(read: dict[str, list[str]]) -> None:
    every = [name for names in read.values() for name in names]
    assert len(every) == len(set(every))


def test_no_refund_is_read_for_an_estimate(read: dict[str, list[str]]) -> None:
    assert not [name for names in read.values() for name in names if "/refund/" in name]
