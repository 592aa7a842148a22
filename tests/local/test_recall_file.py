"""A file of sales is handed in to a recall a few at a time, and every fault of it is said with its line."""

from __future__ import annotations

from typing import Any

import pytest

from infra.recall import AT_ONCE, HandInFailed, Line, hand_in, sales_of


def opened(body: Any) -> tuple[int, Any]:
    return 200, {"items": [{"order": one["order"], "outcome": "opened", "reasons": []} for one in body["sales"]]}


def test_all_sales_are_handed_in_a_few_at_a_time_with_a_line_of_progress() -> None:
    sizes, told = [], list[str]()

    def send(body: Any) -> tuple[int, Any]:
        sizes.append(len(body["sales"]))
        return opened(body)

    ended = hand_in(iter([{"order": str(n)} for n in range(25)]), send, told.append, lambda _: None)
    assert (sizes, ended["opened"]) == ([AT_ONCE, AT_ONCE, 5], 25)
    assert told[-1] == "  25 sales: 25 opened"


def test_a_line_that_is_no_sale_is_named_and_its_neighbours_are_handed_in() -> None:
    wrong: list[Line] = []
    assert list(sales_of(['{"order": 1}\n', "\n", "{oops\n", '{"order": 2}'], wrong)) == [{"order": 1}, {"order": 2}]
    assert [one.number for one in wrong] == [3]


def test_an_api_that_is_away_for_a_moment_is_asked_again() -> None:
    answers, waited = [(503, None), (429, {}), (200, {"items": []})], list[float]()
    hand_in(iter([{"order": 1}]), lambda _body: answers.pop(0), [].append, waited.append)
    assert waited == [1.0, 2.0]


@pytest.mark.parametrize("status", [401, 409, 422])
def test_what_the_api_refuses_is_not_asked_again_and_says_why(status: int) -> None:
    said = {"code": "recall_not_allowed", "errors": [{"field": None, "detail": "the recall is stopped"}]}
    with pytest.raises(HandInFailed, match="the recall is stopped"):
        hand_in(iter([{"order": 1}]), lambda _body: (status, said), [].append, lambda _: None)
