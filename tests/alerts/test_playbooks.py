"""The playbooks are whole in both languages, name papers and people that there are, and ask for sane things."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import pytest

from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.alerts.playbooks import LANGUAGES, MadeBy, Offered, Playbook, every_playbook, playbook
from chalicelib.customs.papers import insurance_paper, invoice, packing, relief_text, repair_statement
from chalicelib.customs.papers.postal import Form
from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import CONFIDENCES, datasets_of, in_force
from chalicelib.shipments.events import Party
from chalicelib.workflows.serve_papers import LABEL
from tests.carriers.test_reasons import DAY

ROWS = [pytest.param(row, id=f"{row.kind}-{row.reason}") for row in every_playbook(DAY)]
SHARED = in_force("alerts/playbooks", DAY).rules
OURS = {
    invoice.NAME, relief_text.NAME, insurance_paper.NAME, packing.NAME, repair_statement.NAME, *get_args(Form),
}  # fmt: skip
# What stays as it is in Chinese: names of carriers, forms and currencies; our own codes are written with an underscore.
KEPT = {"DHL", "FedEx", "EMS", "CITES", "CN", "EUR", "USD", "https"}
A_YEAR = 366 * 24
PLACEHOLDER = re.compile(r"[{}<>]|\bTODO\b|\bTBD\b|\bXXX\b|lorem|\?\?", re.IGNORECASE)


def words(row: Playbook, language: str) -> list[str]:
    said = row.said(language)  # type: ignore[arg-type]
    steps = [text for step in said.steps for text in (step.text, step.name)]
    return [said.title, said.meaning, *steps, said.customer, said.offer.when, *(one.title for one in said.papers)]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_says_all_that_a_person_needs_in_both_languages(row: Playbook) -> None:
    for language in LANGUAGES:
        assert all(text.strip() == text and text for text in words(row, language))
    assert 1 <= len(row.steps) <= 5
    assert len(row.said("zh").steps) == len(row.steps)
    assert row.source.strip()
    assert row.confidence in CONFIDENCES


@pytest.mark.parametrize("row", ROWS)
def test_no_placeholder_is_left(row: Playbook) -> None:
    for language in LANGUAGES:
        assert [text for text in words(row, language) if PLACEHOLDER.search(text)] == []


@pytest.mark.parametrize("row", ROWS)
def test_the_chinese_is_chinese_but_for_names_and_codes(row: Playbook) -> None:
    for text in words(row, "zh"):
        assert {word for word in re.findall(r"[A-Za-z_]+", text) if "_" not in word} <= KEPT, text
        assert re.search(r"[\u4e00-\u9fff]", text), text
        assert not re.search(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.", text), f"punctuation of English: {text}"


@pytest.mark.parametrize("row", ROWS)
def test_the_english_holds_no_chinese(row: Playbook) -> None:
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", " ".join(words(row, "en")))


@pytest.mark.parametrize("row", ROWS)
def test_severity_and_deadline_are_sane(row: Playbook) -> None:
    assert row.severity in SEVERITIES
    assert 0 < row.deadline_hours < A_YEAR
    if row.severity == "critical":
        assert row.deadline_hours <= 24
    if row.severity == "low":
        assert row.deadline_hours >= 72
    assert row.action_by in get_args(Party)


@pytest.mark.parametrize("row", ROWS)
def test_a_house_proposal_is_never_called_sure(row: Playbook) -> None:
    if row.source.startswith("House proposal"):
        assert row.confidence == "low"


@pytest.mark.parametrize("row", ROWS)
def test_what_the_customer_is_offered_is_nothing_or_has_a_condition(row: Playbook) -> None:
    for language in LANGUAGES:
        offer = row.said(language).offer
        assert offer.what in get_args(Offered)
        assert offer.after_days is None or 0 <= offer.after_days <= 60
        assert offer.what != "nothing" or offer.after_days is None


def test_each_paper_made_by_us_is_one_that_our_workers_make_and_each_of_those_is_named() -> None:
    made = {name for row in SHARED["paper"] if row["made_by"] == "us" for name in row["names"]}
    assert made == OURS
    assert [row["names"] for row in SHARED["paper"] if row["made_by"] == "carrier"] == [[LABEL]]


def test_a_paper_that_a_person_must_get_has_no_name_in_the_case() -> None:
    for row in SHARED["paper"]:
        assert row["made_by"] in get_args(MadeBy)
        assert bool(row.get("names")) == (row["made_by"] != "person"), row["code"]


@pytest.mark.parametrize("table", ["whom", "customer", "offer", "paper"])
def test_every_shared_word_is_used_and_none_is_there_twice(table: str) -> None:
    codes = [row["code"] for row in SHARED[table]]
    parts = [name for name in datasets_of("alerts") if name.startswith("alerts/playbooks")]
    rows = [row for part in parts for row in in_force(part, DAY).rules["playbook"]]
    used = {
        "whom": {step["whom"] for row in rows for step in row["steps"]},
        "customer": {row["customer"] for row in rows},
        "offer": {row["offer"] for row in rows},
        "paper": {code for row in rows for code in row["papers"]},
    }[table]
    assert len(codes) == len(set(codes))
    assert set(codes) == used


def test_what_must_not_be_said_of_gold_stands_nowhere_in_what_a_customer_is_told() -> None:
    """What the customer is told may lie open in a mail box: it names no goods and no value."""
    told = " ".join(row[language] for row in SHARED["customer"] for language in LANGUAGES)
    assert not re.search(r"gold|jewel|ring|黄金|首饰|金价", re.sub(r"during|bring\w*", "", told, flags=re.IGNORECASE))


def test_before_the_first_vintage_there_are_no_playbooks() -> None:
    with pytest.raises(RuleNotInForce):
        playbook("silence", None, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("kind", "reason", "never"),
    [
        ("failed", "seized", "being checked"), ("customs_hold", "customs_seized", "being checked"),
        ("failed", "destroyed", "could not find"), ("failed", None, "could not find"),
        ("no_first_scan", None, "did not collect"), ("pickup_missed", None, "did not collect"),
        ("repacked", None, "reports damage"), ("hold_too_old", None, "customs"),
        ("hold", "security_screening", "customs"),
    ],
)  # fmt: skip
def test_the_customer_is_told_nothing_that_nobody_knows(kind, reason, never):
    assert never not in playbook(kind, reason, DAY).english.customer
