"""Every customs rule file by what its schema cannot see; and each such fault, put into a real file, is found."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.rulebook import effective_dates, load, read_toml
from tests.rules.customs_words import faults_of, freed_by_nobody
from tests.rules.test_customs_rules import FILES, FOLDER, PROGRAMS, named

Spoil = Callable[[dict[str, Any]], None]


def dataset_of(file: Path) -> str:
    return file.parent.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_rule_file_has_no_word_from_no_list_no_row_twice_and_no_condition_that_never_holds(file: Path) -> None:
    assert faults_of(dataset_of(file), read_toml(file)) == []


@pytest.mark.parametrize("file", PROGRAMS, ids=named)
def test_a_relief_frees_only_what_its_country_charges(file: Path) -> None:
    program = read_toml(file)
    for day in effective_dates(program["relief"]):
        assert freed_by_nobody(load(program["relief"], day).rules, program) == []


def at(*path: Any, to: Any) -> Spoil:
    def spoil(rules: dict[str, Any]) -> None:
        for step in path[:-1]:
            rules = rules[step]
        rules[path[-1]] = to

    return spoil


def doubled(name: str) -> Spoil:
    return lambda rules: rules[name].append(deepcopy(rules[name][0]))


def first_condition(rules: dict[str, Any], fact: str) -> dict[str, Any]:
    tables = (rules.get(kind, ()) for kind in ("row", "regime", "notice"))
    rows = (row for table in tables for row in table)
    every = (one for row in rows for name in ("conditions", "when", "variant") for one in row.get(name, ()))
    return next(one for one in every if one.get("fact") == fact)


def asked(fact: str, **changed: Any) -> Spoil:
    return lambda rules: first_condition(rules, fact).update(changed)


SPOILED: dict[str, tuple[str, Spoil]] = {
    "another territory": ("us/mfn", at("territory", to="CN")),
    "a table of the world for one country": ("exchange", at("territory", to="US")),
    "looked at before it was read": ("us/program", at("review_after", to=date(1926, 11, 22))),
    "looked at in a hundred years": ("us/program", at("review_after", to=date(2126, 11, 22))),
    "a layer that ends before it begins": ("us/program", at("layer", 1, "until", to=date(2001, 1, 1))),
    "a regime of another century": ("us/program", at("regime", 0, "from", to=date(1926, 1, 1))),
    "a metal that is none": ("classification", at("row", 0, "metals", to=["goold"])),
    "an article that is none": ("classification", at("row", 0, "articles", to=["anklet"])),
    "a weight of an article that is none": ("article_weights", at("row", 0, "article", to="anklet")),
    "a fact that nobody can give": ("declaration", at("row", 0, "needs", to=["export_modus"])),
    "a regime that ends in a hundred years": ("us/program", at("regime", 0, "until", to=date(2126, 1, 1))),
    "a stone that is none": ("classification", at("row", 0, "stones", to=["diamont"])),
    "a province that is none": ("ca/gst_hst", at("row", 0, "regions", to=["ONT"])),
    "no reason": ("ae/tariff", at("row", 0, "what", to=" ")),
    "a row told twice": ("us/mfn", doubled("row")),
    "a relief told twice": ("us/relief", doubled("row")),
    "a condition told twice": ("us/relief", lambda rules: rules["row"][0]["conditions"].append(
        deepcopy(rules["row"][0]["conditions"][0]))),
    "a layer told twice": ("us/program", doubled("layer")),
    "a tax told twice": ("gb/program", doubled("tax")),
    "a currency that is none": ("exchange", at("row", 0, "currency", to="USX")),
    "a fee whose least is above its most": ("us/mpf_formal", at("row", 0, "min", to=Decimal(10**6))),
    "a fraction above one": ("kr/education_tax", at("row", 0, "fraction", to=[30, 3])),
    "a fineness above a thousand": ("ae/vat", at("row", 0, "min_fineness", to=9900)),
    "a refund that nobody may claim": ("gb/refund", at("row", 0, "claimant", to="somebody")),
    "a tax reckoned on nothing": ("gb/program", lambda rules: rules["tax"][0].pop("base")),
    "a tax reckoned on a word of no meaning": ("gb/program", at("tax", 0, "base", to=["valeu"])),
    "a purpose that is none": ("cn/program", asked("purpose", **{"is": "refund"})),
    "a channel that is none": ("us/program", asked("channel", **{"is": "mail"})),
    "a yes or no told as a word": ("us/relief", asked("history.same_state", **{"is": "true"})),
    "a limit below nothing": ("eu/program", asked("intrinsic_value", at_most=-150)),
    "a span of no months": ("us/relief", asked("history.exported_on", within_months=0)),
    "a span of a thousand years": ("us/relief", asked("history.exported_on", within_months=12_000)),
    "a day counted from what is no day": ("us/relief", asked("history.same_state", within_months=12)),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_file_is_found_out(name: str) -> None:
    dataset, spoil = SPOILED[name]
    rules = deepcopy(dict(load(f"customs/{dataset}", effective_dates(f"customs/{dataset}")[-1]).rules))
    assert faults_of(dataset, rules) == []

    spoil(rules)

    assert faults_of(dataset, rules) != []


def test_a_relief_that_frees_what_nobody_charges_is_found_out() -> None:
    program = load("customs/us/program", effective_dates("customs/us/program")[-1]).rules
    relief = deepcopy(dict(load(program["relief"], effective_dates(program["relief"])[-1]).rules))
    relief["row"][0]["frees"] = ["dutys"]

    assert freed_by_nobody(relief, program) == [f"{relief['row'][0]['code']} frees dutys"]
