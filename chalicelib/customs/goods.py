"""Which row of a rule table is about these goods: the first one whose every criterion fits.

A row names only what it cares about: ``codes`` (tariff prefixes), ``except_codes``, ``origins`` (``EU``
stands for its members), ``members`` (destinations), ``metals``, ``articles``, ``constructions``, ``stones``,
``preferences``, ``channels``, ``regions`` (province or state of the consignee), ``scrap`` (good for its metal alone),
``min_fineness``, ``below_fineness``, ``max_per_dozen`` (value of twelve pieces).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from chalicelib.customs.facts import EstimateRequest, Line
from chalicelib.places import territory_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Goods:
    """One line as the rule tables see it. ``code`` is the tariff code in digits; ``per_dozen`` its value by
    twelve.
    """

    line: Line
    destination: str
    code: str = ""
    preference: str | None = None
    channel: str = "express"
    per_dozen: Decimal | None = None
    region: str | None = None

    def coded(self, code: str | None) -> Goods:
        """The same goods under a tariff code."""
        return replace(self, code=digits(code or ""))


def goods_of(line: Line, request: EstimateRequest) -> Goods:
    """One line of a request, not yet classified."""
    return Goods(
        line, request.destination, preference=request.preference, channel=request.channel, region=request.region
    )


def digits(code: str) -> str:
    """A tariff code without its dots.

    >>> digits("7113.19.50")
    '71131950'
    """
    return code.replace(".", "").replace(" ", "")


def _one_of(goods: Goods, allowed: Iterable[str]) -> bool:
    origin = goods.line.origin or ""
    return origin in allowed or territory_of(origin) in allowed


CRITERIA: Mapping[str, Callable[[Goods, Any], bool]] = {
    "codes": lambda goods, wanted: any(goods.code.startswith(digits(code)) for code in wanted),
    "except_codes": lambda goods, wanted: not any(goods.code.startswith(digits(code)) for code in wanted),
    "origins": _one_of,
    "except_origins": lambda goods, wanted: not _one_of(goods, wanted),
    "members": lambda goods, wanted: goods.destination in wanted,
    "metals": lambda goods, wanted: goods.line.metal in wanted,
    "articles": lambda goods, wanted: goods.line.article in wanted,
    "constructions": lambda goods, wanted: goods.line.construction in wanted,
    "stones": lambda goods, wanted: goods.line.stones in wanted,
    "preferences": lambda goods, wanted: goods.preference in wanted,
    "channels": lambda goods, wanted: goods.channel in wanted,
    "regions": lambda goods, wanted: goods.region in wanted,
    "scrap": lambda goods, wanted: bool(goods.line.scrap) is wanted,
    "min_fineness": lambda goods, wanted: (goods.line.fineness or 0) >= wanted,
    "below_fineness": lambda goods, wanted: goods.line.fineness is not None and goods.line.fineness < wanted,
    "max_per_dozen": lambda goods, wanted: goods.per_dozen is not None and goods.per_dozen <= wanted,
}


def fits(row: Row, goods: Goods) -> bool:
    """Whether every criterion the row names fits the goods."""
    return all(test(goods, row[name]) for name, test in CRITERIA.items() if name in row)


def first_fitting(rows: Iterable[Row], goods: Goods) -> Row | None:
    """The first row about these goods, or None."""
    return next((row for row in rows if fits(row, goods)), None)
