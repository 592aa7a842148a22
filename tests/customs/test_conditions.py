"""The small engine under relief and regimes: true, false, or which fact is unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.conditions import TESTS, holds, judge, judge_all

FACTS = {
    "flag": True, "mode": "9610", "amount": Decimal(150), "origins": ("CN", "HK"), "day": date(2026, 1, 31),
    "start": date(2023, 1, 31), "entry_on": date(2026, 11, 22), "nothing": None, "none_yet": (),
}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"fact": "flag", "is": True}, True),
        ({"fact": "flag", "is": False}, False),
        ({"fact": "mode", "in": ["1210", "9610"]}, True),
        ({"fact": "mode", "not_in": ["9610"]}, False),
        ({"fact": "origins", "all_in": ["CN", "HK", "MO"]}, True),
        ({"fact": "origins", "all_in": ["CN"]}, False),
        ({"fact": "origins", "any_in": ["HK"]}, True),
        ({"fact": "origins", "none_in": ["HK"]}, False),
        ({"fact": "mode", "known": True}, True),
        ({"fact": "amount", "at_most": 150}, True),
        ({"fact": "amount", "at_most": Decimal("149.99")}, False),
        ({"fact": "amount", "above": 150}, False),
        ({"fact": "amount", "above": 149}, True),
        ({"fact": "day", "from": date(2026, 1, 31), "until": date(2026, 1, 31)}, True),
        ({"fact": "day", "from": date(2026, 2, 1)}, False),
        ({"fact": "day", "until": date(2026, 1, 30)}, False),
        ({"fact": "day", "within_months": 10}, True),
        ({"fact": "day", "within_months": 9}, False),
        ({"fact": "day", "within_days": 295}, True),
        ({"fact": "day", "within_days": 294}, False),
        ({"fact": "day", "within_months_of": "start", "months": 36}, True),
        ({"fact": "day", "within_months_of": "start", "months": 35}, False),
        ({"fact": "day", "within_months_of": "nothing", "months": 35}, None),
        ({"fact": "day", "within_days_of": "start", "days": 1096}, True),
        ({"fact": "day", "within_days_of": "start", "days": 1095}, False),
        ({"fact": "day", "within_days_of": "nothing", "days": 30}, None),
        ({"fact": "nothing", "is": True}, None),
        ({"fact": "none_yet", "none_in": ["CN"]}, None),
        ({"any": [{"fact": "flag", "is": False}, {"fact": "mode", "is": "9610"}]}, True),
        ({"any": [{"fact": "flag", "is": False}, {"fact": "nothing", "is": 1}]}, None),
        ({"any": [{"fact": "flag", "is": False}, {"fact": "mode", "is": "x"}]}, False),
    ],
    ids=str,
)
def test_a_condition_holds_fails_or_waits_for_a_fact(condition: dict[str, Any], expected: bool | None) -> None:
    assert judge(condition, FACTS).holds is expected


def test_every_test_of_the_engine_is_tried_here() -> None:
    tried = {"is", "in", "not_in", "all_in", "any_in", "none_in", "known", "at_most", "above", "from", "until"}
    assert tried | {"within_months", "within_days", "within_months_of", "within_days_of", "any"} == TESTS


def test_one_false_outweighs_any_unknown_and_unknowns_are_all_named_once() -> None:
    unknown = [{"fact": "history.a", "is": True}, {"fact": "repair.b", "is": True}, {"fact": "history.a", "is": True}]
    assert judge_all(unknown, FACTS).missing == ("a", "repair.b")
    refused = judge_all([*unknown, {"fact": "flag", "is": False, "why": "because"}], FACTS)
    assert (refused.holds, refused.why) == (False, "because")
    assert not holds(unknown, FACTS)


def test_the_earliest_deadline_of_several_is_the_one_that_counts() -> None:
    both = [{"fact": "day", "within_months": 24}, {"fact": "day", "within_months": 12}]
    assert judge_all(both, FACTS).deadline == date(2027, 1, 31)
