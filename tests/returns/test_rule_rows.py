"""Rows of a rule file are read whole or the file is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from pydantic import ConfigDict

from chalicelib.errors import RuleFileInvalid
from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Vintage


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    amount: Decimal
    source: int


def vintage(**rules: Any) -> Vintage:
    return Vintage("returns/fees", date(2026, 1, 1), None, None, {"source": [{"title": "the only one"}], **rules})


ROW = {"id": "F-1", "amount": "4.20", "source": 1}


def test_rows_are_read_in_their_order_and_one_row_by_itself_is_one():
    assert [one.id for one in rows_of(vintage(fee=[ROW, {**ROW, "id": "F-2"}]), "fee", Fee)] == ["F-1", "F-2"]
    assert rows_of(vintage(fee=ROW), "fee", Fee) == (Fee(id="F-1", amount=Decimal("4.20"), source=1),)
    assert rows_of(vintage(), "fee", Fee) == ()


@pytest.mark.parametrize(
    "wrong", [{"amuont": "1"}, {"amount": "much"}, {"source": 0}, {"source": 2}], ids=["key", "value", "none", "beyond"]
)
def test_a_row_that_is_misread_or_cites_nothing_refuses_the_file_by_name(wrong):
    with pytest.raises(RuleFileInvalid, match=r"returns/fees@2026-01-01: .*fee"):
        rows_of(vintage(fee=[ROW, {**ROW, **wrong}]), "fee", Fee)
