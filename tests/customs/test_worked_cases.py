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


def test_every_worked_case_of_these_four_territories_is_kept() -> None:
    numbers = {case["number"].split()[0] for case in CASES}
    assert {"1", "2", "4", "10", "14", "20", "23", "24", "26", "28", "31", "33", "34", "36"} <= numbers
    assert {"55", "63", "70"} <= numbers
