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
from functools import reduce
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


Test = Callable[[Goods], bool]


def _from_places(wanted: Any) -> Test:
    allowed = frozenset(wanted)

    def is_from(goods: Goods) -> bool:
        origin = goods.line.origin or ""
        return origin in allowed or territory_of(origin) in allowed

    return is_from


def _under(wanted: Any) -> Test:
    prefixes = tuple(digits(code) for code in wanted)
    return lambda goods: goods.code.startswith(prefixes)


def _not(test: Test) -> Test:
    return lambda goods: not test(goods)


# Each criterion as what it makes of the row's words: a test that is built once for every row of a file.
CRITERIA: Mapping[str, Callable[[Any], Test]] = {
    "preferences": lambda wanted: lambda goods: goods.preference in wanted,
    "codes": _under,
    "except_codes": lambda wanted: _not(_under(wanted)),
    "origins": _from_places,
    "except_origins": lambda wanted: _not(_from_places(wanted)),
    "members": lambda wanted: lambda goods: goods.destination in wanted,
    "metals": lambda wanted: lambda goods: goods.line.metal in wanted,
    "articles": lambda wanted: lambda goods: goods.line.article in wanted,
    "constructions": lambda wanted: lambda goods: goods.line.construction in wanted,
    "stones": lambda wanted: lambda goods: goods.line.stones in wanted,
    "channels": lambda wanted: lambda goods: goods.channel in wanted,
    "regions": lambda wanted: lambda goods: goods.region in wanted,
    "scrap": lambda wanted: lambda goods: bool(goods.line.scrap) is wanted,
    "min_fineness": lambda wanted: lambda goods: (goods.line.fineness or 0) >= wanted,
    "below_fineness": lambda wanted: lambda goods: goods.line.fineness is not None and goods.line.fineness < wanted,
    "max_per_dozen": lambda wanted: lambda goods: goods.per_dozen is not None and goods.per_dozen <= wanted,
}


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row with the one test that all its criteria make together, built once."""

    row: Row
    fits: Test


def asked(rows: Iterable[Row]) -> tuple[AskedRow, ...]:
    """Rows ready to be asked about goods many times."""
    return tuple(AskedRow(row, _test_of(row)) for row in rows)


def _test_of(row: Row) -> Test:
    """The criteria one after the other; in the order of ``CRITERIA``, where what rarely fits comes first."""
    tests = [make(row[name]) for name, make in CRITERIA.items() if name in row]
    return reduce(_then, reversed(tests)) if tests else _anything


def _anything(_goods: Goods) -> bool:
    return True


def _then(later: Test, earlier: Test) -> Test:
    return lambda goods: earlier(goods) and later(goods)


def fits(row: Row, goods: Goods) -> bool:
    """Whether every criterion the row names fits the goods."""
    return asked((row,))[0].fits(goods)


def first_fitting(rows: Iterable[AskedRow], goods: Goods) -> Row | None:
    """The first row about these goods, or None."""
    return next((each.row for each in rows if each.fits(goods)), None)
