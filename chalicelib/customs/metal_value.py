"""What the metal in a piece is worth, and whether what is declared of the piece can be.

Fine weight is net metal weight times fineness; a troy ounce is 31.1034768 g. A declared value far below the metal, a
fineness that nobody marks on that metal, a net weight above the gross one or outside what such an article can weigh is
a finding with both figures, the declared and the reckoned. Some stop the papers until a person has looked
(``customs/value_checks``). Without a price nothing is judged and nothing is blocked: that is said once per metal.
Plated and clad pieces are not reckoned: their fineness is the layer's.

>>> metal_value(Decimal("5.20"), 750, Decimal(4000), "USD")
Money(amount=Decimal('501.55'), currency='USD')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.customs.facts import Line
from chalicelib.customs.rate_choice import OLD_AFTER, RateBook, cited, market_rate
from chalicelib.customs.rate_sheets import FIXED_IN
from chalicelib.errors import RuleNotInForce
from chalicelib.metals import TROY_OUNCE_G, fine_weight_g
from chalicelib.money import Money, text_of
from chalicelib.rulebook import Confidence, in_force, weakest

PRICED = ("gold", "silver", "platinum")


@dataclass(frozen=True, slots=True)
class MetalPrice:
    """A dated price for one troy ounce of fine metal; ``said`` goes into the reasons of what it was used for."""

    per_ounce: Decimal
    currency: str
    on: date
    source: str
    confidence: Confidence = "high"
    said: tuple[str, ...] = ()


_WORDS = {
    "value_below_metal": "is declared at {declared}, and its metal alone is worth {reckoned}",
    "weight_cannot_be": "is said to hold {declared} of metal; such a piece holds {reckoned}",
    "net_above_gross": "is said to hold {declared} g of metal, and to weigh {reckoned} in all",
    "fineness_not_marked": "is said to be {declared}, which nobody marks; the nearest mark is {reckoned}",
}
Prices = Callable[[str, str], MetalPrice | None]
"""Metal and currency -> the price that counts, or None."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One line as it is judged: weights in grams and the value are of the whole line; None is unknown."""

    article: str
    metal: str
    construction: str
    value: Money
    stones: str = "none"
    fineness: int | None = None
    quantity: int = 1
    net_weight_g: Decimal | None = None
    gross_weight_g: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Implausible:
    """Something that cannot be so, or hardly: both figures as text, the line it is about, whether papers wait.

    >>> str(Implausible("value_below_metal", 0, "90.00", "<", "501.55 USD", stops=True))
    'value_below_metal:90.00<501.55 USD'
    """

    code: str
    line: int
    declared: str
    sign: str
    reckoned: str
    stops: bool

    def __str__(self) -> str:
        return f"{self.code}:{self.declared}{self.sign}{self.reckoned}"

    @property
    def words(self) -> str:
        """The same as a person is told, with the piece it is about."""
        said = _WORDS.get(self.code, "{declared}{sign}{reckoned}")
        told = said.format(declared=self.declared, sign=self.sign, reckoned=self.reckoned)
        return f"items.{self.line} {told} ({self.code})"


def metal_value(net_weight_g: Decimal, fineness: int, per_ounce: Decimal, currency: str) -> Money:
    """What the metal alone is worth, in the currency's own decimals. ValueError for a fineness outside 1..1000."""
    return Money(fine_weight_g(net_weight_g, fineness) * per_ounce / TROY_OUNCE_G, currency).rounded()


def metal_of(line: Weighed, prices: Prices, currency: str) -> Money | None:
    """What the metal of a line is worth in a currency; None where it cannot be reckoned or has no price."""
    price = prices(line.metal, currency) if _is_reckoned(line) else None
    if price is None or line.net_weight_g is None or line.fineness is None:
        return None
    return metal_value(line.net_weight_g, line.fineness, price.per_ounce, currency)


def weighed(line: Line) -> Weighed:
    """A line of an estimate; the gross weight is not among its facts."""
    return Weighed(
        line.article, line.metal, line.construction, line.value, line.stones, line.fineness, line.quantity,
        line.net_weight_g,
    )  # fmt: skip


def plausibility(lines: Sequence[Weighed], prices: Prices, on: date) -> tuple[Implausible, ...]:
    """Everything that stands against the lines, in their order."""
    return tuple(found for at, line in enumerate(lines) for found in _judged(at, line, prices, on))


def unpriced(lines: Iterable[Weighed], prices: Prices) -> tuple[str, ...]:
    """What is said once of a metal without a price, and of a price that is old."""
    said: list[str] = []
    for line in lines:
        if not _is_reckoned(line):
            continue
        price = prices(line.metal, line.value.currency)
        said += [f"metal_price_unknown:{line.metal}"] if price is None else price.said
    return tuple(dict.fromkeys(said))


def prices_of(book: RateBook, on: date) -> Prices:
    """The fixing of the newest day before that one, as the trade goes by; in a currency that is not fixed by the
    dollar price and the market's rate. A price more than 35 days old says so."""
    made: dict[tuple[str, str], MetalPrice | None] = {}

    def price(metal: str, currency: str) -> MetalPrice | None:
        if (metal, currency) not in made:
            made[metal, currency] = _price(book, metal, currency, on)
        return made[metal, currency]

    return price


def _price(book: RateBook, metal: str, currency: str, on: date) -> MetalPrice | None:
    fixed_in = currency if currency in FIXED_IN else "USD"
    known = [one for one in book.sheets if one.publisher == metal and one.on < on and fixed_in in one.values]
    if not known:
        return None if fixed_in == "USD" else _exchanged(_price(book, metal, "USD", on), book, currency, on)
    sheet = max(known, key=lambda one: one.on)
    old = (f"metal_price_old:{metal}:{sheet.on.isoformat()}",) if on - sheet.on > OLD_AFTER else ()
    sure: Confidence = "low" if old else "high"
    found = MetalPrice(sheet.values[fixed_in], fixed_in, sheet.on, cited(metal, sheet.on), sure, old)
    return _exchanged(found, book, currency, on)


def _exchanged(price: MetalPrice | None, book: RateBook, currency: str, on: date) -> MetalPrice | None:
    if price is None or price.currency == currency:
        return price
    quote = market_rate(book, price.currency, currency, on)
    if quote is None:
        return None
    sure = weakest([price.confidence, quote.confidence])
    source = f"{price.source} and {quote.source}"
    return replace(price, per_ounce=price.per_ounce * quote.rate, currency=currency, source=source, confidence=sure)


def _judged(at: int, line: Weighed, prices: Prices, on: date) -> Iterator[Implausible]:
    net, gross = line.net_weight_g, line.gross_weight_g
    if net is not None and gross is not None and net > gross:
        yield Implausible("net_above_gross", at, _grams(net), ">", f"{_grams(gross)} g", stops=True)
    if net is not None:
        yield from _outside_its_band(at, line, net, on)
    if line.metal in PRICED and line.fineness is not None:
        yield from _unknown_mark(at, line, line.fineness, on)
    if _is_reckoned(line):
        yield from _value_against_metal(at, line, prices, on)


def _is_reckoned(line: Weighed) -> bool:
    known = line.net_weight_g is not None and line.fineness is not None and 1 <= line.fineness <= 1000
    return known and line.metal in PRICED and line.construction == "solid"


def _value_against_metal(at: int, line: Weighed, prices: Prices, on: date) -> Iterator[Implausible]:
    reckoned = metal_of(line, prices, line.value.currency)
    if reckoned is None:
        return
    declared, worth = line.value.amount, reckoned.amount
    for row in _rows("customs/value_checks", on):
        sign = _sign(row, declared, worth)
        if sign is not None and line.stones in row.get("stones", (line.stones,)):
            told = f"{text_of(worth, reckoned.currency)} {reckoned.currency}"
            yield Implausible(row["code"], at, text_of(declared, reckoned.currency), sign, told, stops=row["stops"])
            return


def _sign(row: Mapping[str, Any], declared: Decimal, worth: Decimal) -> str | None:
    """How the declared value stands to the metal where the row holds."""
    if "below" in row:
        return "<" if declared < row["below"] * worth else None
    return ">" if declared > row["above"] * worth else None


def _outside_its_band(at: int, line: Weighed, net: Decimal, on: date) -> Iterator[Implausible]:
    row = next((row for row in _rows("customs/article_weights", on) if row["article"] == line.article), None)
    each = net / max(line.quantity, 1)
    if row is not None and not row["at_least_g"] <= each <= row["at_most_g"]:
        band = f"{row['at_least_g']} to {row['at_most_g']} g"
        yield Implausible(
            "weight_cannot_be", at, f"{_grams(each)} g", " not in ", f"{band} a {line.article}", stops=True
        )


def _unknown_mark(at: int, line: Weighed, fineness: int, on: date) -> Iterator[Implausible]:
    marks = sorted({mark for row in _rows("customs/fineness_marks", on) if row["metal"] == line.metal
                    for mark in row["marks"]})  # fmt: skip
    if marks and fineness not in marks:
        near = min(marks, key=lambda mark: abs(mark - fineness))
        yield Implausible(
            "fineness_not_marked", at, f"{line.metal} {fineness}", " not a mark, nearest ", str(near), stops=True
        )


def _rows(dataset: str, on: date) -> Sequence[Mapping[str, Any]]:
    try:
        rows: Sequence[Mapping[str, Any]] = in_force(dataset, on).rules["row"]
    except RuleNotInForce:
        return ()
    return rows


def _grams(weight: Decimal) -> str:
    """A weight as written, without an exponent and with no more than three decimals."""
    return format(round(weight, 3).normalize(), "f")
