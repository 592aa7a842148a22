"""The worked cases: what a customs broker would reckon by hand, as data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.customs.asking import answer, cases, relief

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']} {case['number']}")
def test_the_answer_is_what_the_worked_case_says(case: dict[str, Any]) -> None:
    given = answer(**case["request"])
    expected = {name: None if value == "null" else value for name, value in case.get("expect", {}).items()}
    assert {name: given[name] for name in expected} == expected
    assert {row["layer"]: row["amount"] for row in given["lines"][0]["duties"]} == case.get(
        "layers", {row["layer"]: row["amount"] for row in given["lines"][0]["duties"]}
    )
    assert case.get("taxes", {}).items() <= {row["code"]: row["amount"] for row in given["taxes"]}.items()
    assert case.get("fees", {}).items() <= {row["code"]: row["amount"] for row in given["fees"]}.items()
    for code, status in case.get("relief", {}).items():
        assert relief(given, code)["status"] == status
    for code, missing in case.get("missing", {}).items():
        assert relief(given, code)["missing"] == missing


# The totals of the list that the numbers are from. Case 51 is no entry (``test_metal_value``), case 63 is of fees.
LISTED = {
    "1": "306.00", "2": "809.58", "4": "834.58", "10": "0.00", "14": "45.90", "20": "0.00", "23": "1905.55",
    "24": "330.60", "26": "206.08", "28": "0.00", "31": "49.56", "33": "137.35", "34": "19.72", "36 FR": "460.00",
    "36 IT": "501.00", "36 ES": "480.50", "36 NL": "480.50", "39": "243.00", "39 of CHF 61": "0.00",
    "39 of CHF 62": "5.02", "40": "47000", "44": "180.00", "44 repaired": "13.50", "47a": "410.00", "47b": "14.00",
    "55": "null", "70": "206.08",
}  # fmt: skip
FEES = {
    "63 minimum": "34.58", "63 between": "34.64", "63 maximum": "670.86", "63 the day before": "33.58",
}  # fmt: skip


def test_every_worked_case_of_the_list_is_kept_to_the_cent() -> None:
    assert {number: case_of(number)["expect"]["total"] for number in LISTED} == LISTED
    assert {number: case_of(number)["fees"]["mpf_formal"] for number in FEES} == FEES


def case_of(number: str) -> dict[str, Any]:
    (case,) = [each for each in CASES if each["number"] == number]
    return case
