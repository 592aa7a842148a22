"""The rule files of returns, acceptance, insurance and pickups: every row sourced, dated and read by the code."""

from datetime import date

import pytest

from chalicelib.carriers.acceptance_rows import rows_in_force
from chalicelib.places import EU_MEMBERS, zone_of_place
from chalicelib.returns.law import exclusions_of, guarantee_of, withdrawal_right
from chalicelib.rulebook import CONFIDENCES, ROOT, dictionary, effective_dates, in_force, load

ON = date(2026, 11, 22)
DATASETS = {
    "returns/withdrawal": ("right", "exclusion"),
    "returns/guarantee": ("guarantee", "freight", "early"),
    "returns/weighing": (
        "sale_weight",
        "marked_weight",
        "scale",
        "bench",
        "density",
        "operation",
        "xrf",
        "stone_report",
        "karat",
        "damage",
    ),
    "carriers/acceptance": ("row",),
    "shipments/transit": ("norm",),
    "insurance/claim_clocks": ("clock", "legal", "ladder", "trace", "answer"),
    "insurance/claim_evidence": ("item", "right"),
    "insurance/liability": ("floor", "applies"),
    "insurance/declared_value": ("cap",),
    "currencies/sdr": ("rate",),
    "pickups/horizons": ("horizon",),
}
ROWS = [
    pytest.param(vintage, row, id=f"{vintage.name}#{row.get('id', row.get('carrier'))}")
    for dataset, tables in DATASETS.items()
    for vintage in (load(dataset, day) for day in effective_dates(dataset))
    for table in tables
    for row in vintage.rules[table]
]


@pytest.mark.parametrize(("vintage", "row"), ROWS)
def test_every_row_says_where_it_comes_from_when_it_was_read_and_how_sure_it_is(vintage, row):
    source = vintage.rules["source"][row["source"] - 1]
    assert source["title"]
    assert source.get("url") or source.get("where")
    assert source["read_on"] <= ON
    assert row["confidence"] in CONFIDENCES


@pytest.mark.parametrize(("vintage", "row"), [p for p in ROWS if "denies" in p.values[1]])
def test_no_row_of_low_confidence_may_refuse_anybody(vintage, row):
    assert not (row["denies"] and row["confidence"] == "low")


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_ids_are_unique_in_every_vintage(dataset):
    for day in effective_dates(dataset):
        ids = [row["id"] for table in DATASETS[dataset] for row in load(dataset, day).rules[table] if "id" in row]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("country", sorted(EU_MEMBERS))
def test_every_member_of_the_union_has_its_right_and_its_guarantee_its_calendar_and_its_zone(country):
    assert withdrawal_right(country, ON).row.id == "W-EU"
    assert guarantee_of(country, ON) is not None
    assert in_force(f"calendars/{country.lower()}", ON)
    assert zone_of_place(country, None)


def test_every_exclusion_belongs_to_a_right_that_is_there():
    rules = in_force("returns/withdrawal", ON).rules
    assert {right for row in rules["exclusion"] for right in row["rights"]} <= {row["id"] for row in rules["right"]}
    assert {cited.row.code for cited in exclusions_of(withdrawal_right("FR", ON))} == {
        "custom", "pierced_unsealed", "bullion", "resized",
    }  # fmt: skip


def test_no_country_has_two_rights_or_two_guarantees():
    rights = in_force("returns/withdrawal", ON).rules["right"]
    named = [(c, place) for row in rights for c in row["countries"] for place in row.get("regions", [""])]
    covered = [c for row in in_force("returns/guarantee", ON).rules["guarantee"] for c in row["countries"]]
    assert len(named) == len(set(named))
    assert len(covered) == len(set(covered))


def test_the_acceptance_file_holds_the_rows_that_are_known():
    ids = {row.id for row in rows_in_force(ON)}
    assert len(ids) == 68
    assert {"FDX-001", "FDX-002", "FDX-010", "FDX-011", "FDX-012", "FDX-013", "FDX-014"} <= ids
    assert {"ANY-SCRAP", "ANY-POLICY", "ANY-WEEKEND", "EMS-DEF"} <= ids


def test_every_reason_a_ground_can_give_has_its_words():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "returns").glob("*.py")]
    words = dictionary("returns", "reasons")["text"]
    early = tuple(row["code"] for row in in_force("returns/guarantee", ON).rules["early"])
    composed = ("excluded_", "withdrawal_window_", "policy_window_", *early)
    unused = [c for c in words if not c.startswith(composed) and not any(f'"{c}"' in text for text in sources)]
    assert unused == []
