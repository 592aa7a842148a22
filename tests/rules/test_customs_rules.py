"""Every customs rule file against its schema, its name, its sources and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chalicelib.places import EU_MEMBERS
from chalicelib.rulebook import ROOT, effective_dates, load, read_toml
from tests.rules import customs_schemas as schemas
from tests.rules import papers_schemas

FOLDER = ROOT / "customs" / "rules"
FILES = sorted(FOLDER.rglob("????-??-??.toml"))
DATASETS = sorted({file.parent.relative_to(FOLDER).as_posix() for file in FILES})
PROGRAMS = [file for file in FILES if file.parent.name == "program"]
READ_ON = date(2026, 11, 22)


def named(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def tables_of(kind: str) -> set[str]:
    """Datasets that some program uses as this kind."""
    return {row["dataset"] for file in PROGRAMS for row in read_toml(file).get(kind, []) if "dataset" in row}


def schema_of(file: Path) -> type[schemas.Head]:
    dataset = "customs/" + file.parent.relative_to(FOLDER).as_posix()
    if dataset.endswith("/refund"):
        return schemas.RefundTable
    roles: dict[str, type[schemas.Head]] = dict.fromkeys(tables_of("layer"), schemas.LayerTable)
    roles |= dict.fromkeys(tables_of("tax"), schemas.TaxTable)
    roles |= dict.fromkeys(tables_of("fee"), schemas.FeeTable)
    for program in map(read_toml, PROGRAMS):
        roles |= {program["tariff"]: schemas.Tariff, program["relief"]: schemas.Relief}
    return schemas.Program if file in PROGRAMS else (schemas.BY_DATASET | papers_schemas.SCHEMAS | roles)[dataset]


def rows_of(rules: Any) -> Iterator[dict[str, Any]]:
    for kind in ("row", "column_row", "regime", "notice", "valuation", "statement", "absent"):
        yield from rules.get(kind, [])


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_rule_file_says_only_what_its_schema_knows(file: Path) -> None:
    schema_of(file).model_validate(dict(read_toml(file)))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_vintage_is_named_for_the_day_it_takes_effect(file: Path) -> None:
    rules = read_toml(file)
    assert rules["effective"].isoformat() == file.stem
    assert rules.get("ends", rules["effective"]) >= rules["effective"]


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_row_names_a_source_of_its_own_file_and_no_source_is_idle(file: Path) -> None:
    rules = read_toml(file)
    known = [source["id"] for source in rules["source"]]
    assert len(known) == len(set(known))
    assert {row["source"] for row in rows_of(rules)} <= set(known)
    assert set(known) <= {row["source"] for row in rows_of(rules)} or file in PROGRAMS
    assert all(source["read_on"] == READ_ON for source in rules["source"])


@pytest.mark.parametrize("dataset", DATASETS)
def test_vintages_of_a_dataset_do_not_overlap(dataset: str) -> None:
    days = effective_dates(f"customs/{dataset}")
    vintages = [load(f"customs/{dataset}", day) for day in days]
    assert list(days) == sorted(set(days))
    for older, newer in pairwise(vintages):
        assert older.ends is None or older.ends < newer.effective


@pytest.mark.parametrize("file", PROGRAMS, ids=named)
def test_a_program_points_only_at_tables_that_exist(file: Path) -> None:
    program = read_toml(file)
    datasets = [program["tariff"], program["relief"]]
    rows = [row for kind in ("layer", "tax", "fee") for row in program.get(kind, [])]
    datasets += [row["dataset"] for row in rows if "dataset" in row]
    assert all(effective_dates(dataset) for dataset in datasets)


@pytest.mark.parametrize("file", PROGRAMS, ids=named)
def test_a_program_names_only_layers_taxes_and_fees_that_it_defines(file: Path) -> None:
    program = read_toml(file)
    for plural, kind in (("layers", "layer"), ("taxes", "tax"), ("fees", "fee")):
        defined = {row["name"] for row in program.get(kind, [])}
        wanted = set(program[plural]).union(*(regime.get(plural, []) for regime in program.get("regime", [])))
        assert wanted <= defined


@pytest.mark.parametrize("file", PROGRAMS, ids=named)
def test_a_layer_has_a_vintage_on_its_first_and_last_day(file: Path) -> None:
    program = read_toml(file)
    for layer in program["layer"]:
        if "from" in layer:
            days = [day for day in effective_dates(layer["dataset"]) if day <= layer["from"]]
            assert days, f"{layer['name']} begins before its first vintage"
        if "until" in layer:
            last = load(layer["dataset"], effective_dates(layer["dataset"])[-1])
            assert last.ends == layer["until"], f"{layer['name']} ends on another day than its table"


def test_every_member_of_the_union_has_exactly_one_standard_rate() -> None:
    for day in effective_dates("customs/eu/vat"):
        rows = load("customs/eu/vat", day).rules["row"]
        members = [member for row in rows if "regions" not in row for member in row.get("members", [])]
        assert sorted(members) == sorted(EU_MEMBERS)


def test_no_rule_file_lies_outside_the_schemas() -> None:
    loose = {file for file in FOLDER.rglob("*.toml") if file not in FILES}
    known = {"label_words.toml", "explain_words.toml", "regions.toml", "asked_facts.toml", *papers_schemas.DICTIONARIES}
    assert {file.name for file in loose} == known
