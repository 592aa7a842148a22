"""Every kind of relief in every country: a row, or a word about why there is none. Nothing stays silent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.customs.program import table
from chalicelib.customs.relief_cover import KINDS, REFUND, absent_rows, gives
from chalicelib.customs.tariff_book import programs_held, tariff_book
from chalicelib.rulebook import effective_dates
from tests.customs.asking import answer
from tests.customs.drawn import CURRENCY

NOW = date(2026, 11, 22)
VINTAGES = [(cc, day) for cc in programs_held() for day in effective_dates(f"customs/{cc.lower()}/relief")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("territory", "day"), VINTAGES, ids=str)
def test_every_kind_has_a_row_or_a_word_about_its_absence_and_never_both(territory: str, day: date, kind: str) -> None:
    rules = table(f"customs/{territory.lower()}/relief", day)
    words = [row for row in absent_rows(rules) if row["kind"] == kind]
    assert len(words) == (0 if any(gives(row, kind) for row in rules.rows) else 1)


@pytest.mark.parametrize("territory", programs_held())
def test_every_country_says_whether_duty_once_paid_comes_back(territory: str) -> None:
    rules = table(f"customs/{territory.lower()}/refund", NOW)
    assert bool(rules.rows) != (REFUND in [row["kind"] for row in absent_rows(rules)])


@pytest.mark.parametrize(("territory", "day"), VINTAGES, ids=str)
def test_no_kind_is_called_absent_twice(territory: str, day: date) -> None:
    kinds = [row["kind"] for row in absent_rows(table(f"customs/{territory.lower()}/relief", day))]
    assert len(kinds) == len(set(kinds))


def asked(to: str, purpose: str, **given: Any) -> dict[str, Any]:
    return answer(destination=to, purpose=purpose, lines=[{"value": f"1000 {CURRENCY[to]}"}], **given)


def unread(given: dict[str, Any]) -> list[str]:
    return [reason for reason in given["reasons"] if reason.startswith("relief_not_read")]


@pytest.mark.parametrize(
    ("to", "purpose", "said"),
    [
        ("MY", "refund_return", ["relief_not_read:returned_goods", "relief_not_read:personal_return"]),
        ("MY", "refused_return", ["relief_not_read:refused_parcel"]),
        ("IN", "warranty_replacement", ["relief_not_read:replacement"]),
        ("JP", "warranty_replacement", []),
        ("US", "warranty_replacement", []),
        ("SG", "refund_return", []),
        ("US", "refund_return", []),
    ],
)
def test_a_purpose_whose_relief_was_not_read_is_said(to: str, purpose: str, said: list[str]) -> None:
    assert unread(asked(to, purpose)) == said


def test_what_was_not_read_changes_no_figure_and_no_confidence() -> None:
    replaced, exchanged = asked("IN", "warranty_replacement"), asked("IN", "exchange_replacement")
    same = ("complete", "confidence", "total", "total_if_proven")
    assert [replaced[name] for name in same] == [exchanged[name] for name in same]


@pytest.mark.parametrize(("warranty", "said"), [(True, 1), (False, 0), (None, 1)])
def test_a_repair_known_to_be_paid_is_not_asked_about_warranty(warranty: bool | None, said: int) -> None:
    done = {"under_warranty": warranty, "charge": "0 AED", "replaced": True}
    assert unread(asked("AE", "repaired_back", repair=done)).count("relief_not_read:warranty_repair") == said


def test_while_a_relief_that_was_read_is_open_no_other_is_asked_for() -> None:
    assert unread(asked("AU", "repair_out")) == []


@pytest.mark.parametrize("territory", programs_held())
def test_the_tariff_shows_what_is_absent_and_why(territory: str) -> None:
    told = tariff_book("FR" if territory == "EU" else territory, NOW)["absent"]
    assert all(row["why"] and row["source"] and row["kind"] in (*KINDS, REFUND) for row in told)
    assert {row["confidence"] for row in told if not row["read"]} <= {"low"}
