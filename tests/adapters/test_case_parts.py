"""Parts of a case in the table: written with it or not at all, read when asked for, due when they say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import StaleVersion
from chalicelib.returns.custody import HandOver
from chalicelib.returns.repair import Quote, QuoteLine
from chalicelib.workflows.ports import Ports
from tests.fakes.pieces import CASE_ID, NOW, PRICE, a_case, a_log_line, an_opening

HOUR = timedelta(hours=1)


def a_quote(version: int = 1, **changed: Any) -> Quote:
    lines = (QuoteLine("work", PRICE), QuoteLine("duty", None, note="origin_required"))
    said = {"state": "offered", "lines": lines, "total": None, "offered_at": NOW, "offered_by": "desk"} | changed
    return Quote(CASE_ID, 1, version, valid_until=NOW + HOUR, **({"due_at": NOW + HOUR} | said))  # type: ignore[arg-type]


def a_hand_over(n: int) -> HandOver:
    return HandOver(CASE_ID, n, NOW, "customer", "carrier", "Paris", "customer", "parcel", Decimal("312.40"), "S-1")


def keep(ports: Ports, version: int, *parts: Any) -> None:
    ports.cases.commit(a_case(version=version, log_n=version), (a_log_line(version),), parts=parts)


@pytest.fixture
def case(ports: Ports) -> Ports:
    ports.cases.open(an_opening())
    keep(ports, 2, a_quote(), a_hand_over(2), a_hand_over(1))
    return ports


def dues(ports: Ports, now: datetime) -> Any:
    return [one for one in ports.due.due(now, 50) if one.kind == "part"]


def test_parts_are_read_with_their_case_as_they_were_written_in_the_order_of_their_ids(case: Ports) -> None:
    file = case.cases.file(CASE_ID)
    assert file is not None
    assert file.parts.of(Quote) == (a_quote(),)
    assert file.parts.of(HandOver) == (a_hand_over(1), a_hand_over(2))


def test_a_part_that_says_less_than_before_forgets_what_it_said(case: Ports) -> None:
    answered = a_quote(state="approved", answered_by="customer", due_at=None)
    keep(case, 3, answered)
    keep(case, 4, replace(answered, answered_by=None))
    (read,) = case.cases.file(CASE_ID).parts.of(Quote)  # type: ignore[union-attr]
    assert (read.state, read.answered_by, read.due_at) == ("approved", None, None)
    assert dues(case, NOW + 9 * HOUR) == []


def test_parts_of_a_case_that_moved_are_not_written(case: Ports) -> None:
    with pytest.raises(StaleVersion):
        keep(case, 2, a_quote(2))
    assert [one.version for one in case.cases.file(CASE_ID).parts.of(Quote)] == [1]  # type: ignore[union-attr]


def test_a_due_part_is_found_counted_and_found_again_until_it_is_put_to_rest(case: Ports) -> None:
    (due,) = dues(case, NOW + HOUR)
    part = case.due.part_of(due)
    assert part is not None
    assert (part.case_id, part.kind, part.part_id, part.attempts) == (CASE_ID, "QUOTE", "1-1", 0)
    assert case.due.claim(due, NOW + 2 * HOUR)
    assert case.due.part_of(due) is None
    (again,) = dues(case, NOW + 2 * HOUR)
    assert case.due.part_of(again).attempts == 1  # type: ignore[union-attr]
    keep(case, 3, a_quote(due_at=NOW + 3 * HOUR))
    (rearmed,) = dues(case, NOW + 3 * HOUR)
    assert case.due.part_of(rearmed).attempts == 0  # type: ignore[union-attr]
