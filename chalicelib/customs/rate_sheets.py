"""Published rates and prices, read from the publishers' own files into dated sheets.

Three publishers, as their files stand: the European Central Bank's reference rates (units of a currency for one euro;
``eurofxref-daily.xml``, and ``eurofxref-hist`` as CSV or zipped), His Majesty's Revenue and Customs' monthly rates
(units of a currency for one pound, XML with its period), and metal fixings in the public form of the London market: a
list of ``{"d": "2026-11-20", "v": [usd, gbp, eur]}`` per troy ounce. Only currencies this house trades in are kept.

What is not a plain positive figure is left aside with the reason, never taken for a rate; what is no such file raises
``SheetUnreadable``. Whether a sheet may replace what is known is ``admit``'s to say.

>>> read_hmrc(b'<exchangeRateMonthList Period="01/Mar/2025 to 31/Mar/2025"><exchangeRate>'
...     b'<currencyCode>EUR</currencyCode><rateNew>1.1328</rateNew></exchangeRate></exchangeRateMonthList>').until
datetime.date(2025, 3, 31)
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args
from xml.parsers import expat

from chalicelib.errors import ReturnsError
from chalicelib.money import MINOR_UNITS

Publisher = Literal["ecb", "hmrc", "gold", "silver", "platinum"]
PUBLISHERS: tuple[Publisher, ...] = get_args(Publisher)
BASES: Mapping[str, str] = {"ecb": "EUR", "hmrc": "GBP"}
FIXED_IN = ("USD", "GBP", "EUR")
LARGEST_XML = 512 * 1024
LARGEST_TABLE = 8 * 1024 * 1024
MOST_ELEMENTS = 20_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIGURE = re.compile(r"(-?)(\d{1,12})(\.\d{1,12})?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_PERIOD = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}) to (\d{2})/([A-Z][a-z]{2})/(\d{4})\Z", re.ASCII)


class SheetUnreadable(ReturnsError):
    """The bytes are no file of this publisher that we can read; nothing of it is used."""

    code = "sheet_unreadable"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One publisher's figures of one day: by currency, what one euro (ecb) or pound (hmrc) or troy ounce is worth.

    ``until`` is the last day of the period a monthly sheet was published for. ``aside`` says why a figure that stood in
    the file, or should have, is not used.
    """

    publisher: Publisher
    on: date
    values: Mapping[str, Decimal]
    until: date | None = None
    aside: Mapping[str, str] = field(default_factory=dict)

    def per_base(self, currency: str) -> Decimal | None:
        """The figure of a currency; one for the currency that the sheet is told in."""
        return Decimal(1) if currency == BASES.get(self.publisher) else self.values.get(currency)


def read_ecb_daily(body: bytes) -> Sheet:
    """The day's sheet of ``eurofxref-daily.xml``. Raises ``SheetUnreadable``."""
    day: date | None = None
    told: list[tuple[str, str]] = []
    for name, attributes, _ in _elements(body):
        if name == "Cube" and "time" in attributes:
            if day is not None:
                raise SheetUnreadable("the daily file tells of more than one day")
            day = _day(attributes["time"])
        elif name == "Cube" and "currency" in attributes:
            told.append((attributes["currency"], attributes.get("rate", "")))
    if day is None or not told:
        raise SheetUnreadable("no day with rates is in the file")
    return _sheet("ecb", day, told)


def read_ecb_history(body: bytes, since: date) -> tuple[Sheet, ...]:
    """The sheets from that day on, oldest first, of ``eurofxref-hist.csv`` or its zip. Raises ``SheetUnreadable``."""
    text = _text(_unzipped(body) if body[:2] == b"PK" else _within(body, LARGEST_TABLE))
    rows = csv.reader(io.StringIO(text))
    header = [name.strip() for name in next(rows, [])]
    if header[:1] != ["Date"] or "USD" not in header:
        raise SheetUnreadable("the table does not begin with Date and currencies")
    sheets: dict[date, Sheet] = {}
    for row in _whole(rows, len(header)):
        day = _day(row[0].strip())
        if day in sheets:
            raise SheetUnreadable(f"{day} stands in the table twice")
        if day >= since:
            sheets[day] = _sheet("ecb", day, zip(header[1:], row[1:], strict=True))
    return tuple(sheets[day] for day in sorted(sheets))


def read_hmrc(body: bytes) -> Sheet:
    """The month's sheet of HMRC's XML; its day is the first of its period. Raises ``SheetUnreadable``."""
    period: str | None = None
    codes: list[str] = []
    rates: list[str] = []
    for name, attributes, text in _elements(body):
        if name == "exchangeRateMonthList":
            period = attributes.get("Period")
        elif name == "currencyCode":
            codes.append(text.strip())
        elif name == "rateNew":
            rates.append(text)
    if period is None or not codes or len(codes) != len(rates):
        raise SheetUnreadable("no period, or not one rate for each currency")
    begins, ends = _period(period)
    return _sheet("hmrc", begins, zip(codes, rates, strict=True), ends)


def read_fixings(body: bytes, metal: Publisher, since: date) -> tuple[Sheet, ...]:
    """The fixings of one metal from that day on, oldest first. Raises ``SheetUnreadable``."""
    try:
        rows = json.loads(
            _text(_within(body, LARGEST_TABLE)), parse_float=str, parse_int=str, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise SheetUnreadable("the fixings are no JSON") from None
    if not isinstance(rows, list) or not rows:
        raise SheetUnreadable("the fixings are no list")
    sheets: dict[date, Sheet] = {}
    for row in rows:
        day, figures = _fixing(row)
        if day in sheets:
            raise SheetUnreadable(f"{day} stands in the list twice")
        if day >= since:
            sheets[day] = _sheet(metal, day, ((name, text) for name, text in figures if text is not None))
    return tuple(sheets[day] for day in sorted(sheets))


def figure(text: str) -> Decimal | str:
    """A published figure, or why it is none.

    >>> figure("1.1539"), figure("N/A"), figure("0.00"), figure("-3"), figure("1e5")
    (Decimal('1.1539'), 'not_published', 'zero', 'negative', 'not_a_figure')
    """
    if text.strip() in ("", "N/A"):
        return "not_published"
    found = _FIGURE.match(text.strip())
    if found is None:
        return "not_a_figure"
    if found[1]:
        return "negative"
    value = Decimal(text.strip())
    return value if value else "zero"


def _sheet(publisher: Publisher, day: date, told: Iterable[tuple[str, str]], until: date | None = None) -> Sheet:
    values: dict[str, Decimal] = {}
    aside: dict[str, str] = {}
    for currency, text in told:
        read = figure(text) if currency in MINOR_UNITS else None
        if isinstance(read, str):
            aside[currency] = read
        elif read is not None and values.setdefault(currency, read) != read:
            aside[currency] = "two_figures"
    kept = {currency: value for currency, value in values.items() if currency not in aside}
    return Sheet(publisher, day, kept, until, aside)


def _elements(body: bytes) -> Sequence[tuple[str, Mapping[str, str], str]]:
    """Every element with its attributes and own text, in the order they begin. A document type is refused, and with it
    every entity of somebody's own."""
    found: list[tuple[str, Mapping[str, str], list[str]]] = []
    open_ones: list[list[str]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(found) >= MOST_ELEMENTS:
            raise SheetUnreadable("the file has too many elements")
        texts: list[str] = []
        found.append((name, attributes, texts))
        open_ones.append(texts)

    def refuse(*_: object) -> None:
        raise SheetUnreadable("the file declares a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begin, refuse
    parser.EndElementHandler = lambda _name: open_ones.pop()
    parser.CharacterDataHandler = lambda text: open_ones[-1].append(text)
    try:
        parser.Parse(_within(body, LARGEST_XML), True)
    except (expat.ExpatError, ValueError, LookupError) as broken:
        raise SheetUnreadable(f"the file is no XML ({type(broken).__name__})") from None
    return [(name, attributes, "".join(texts)) for name, attributes, texts in found]


def _unzipped(body: bytes) -> bytes:
    """The one file in the archive; read no further than a table may be long, whatever the archive says of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(_within(body, LARGEST_TABLE))) as archive:
            (name,) = archive.namelist()
            with archive.open(name) as packed:
                return _within(packed.read(LARGEST_TABLE + 1), LARGEST_TABLE)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, NotImplementedError, EOFError, OSError):
        raise SheetUnreadable("the archive does not hold one table") from None


def _whole(rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    try:
        for row in rows:
            if row and len(row) != width:
                raise SheetUnreadable("a line of the table is cut short")
            if row:
                yield row
    except csv.Error:
        raise SheetUnreadable("the table is no CSV") from None


def _fixing(row: Any) -> tuple[date, Sequence[tuple[str, str | None]]]:
    if not isinstance(row, dict) or not isinstance(row.get("v"), list) or not isinstance(row.get("d"), str):
        raise SheetUnreadable("a fixing has no day or no prices")
    prices = row["v"]
    if len(prices) != len(FIXED_IN) or not all(price is None or isinstance(price, str) for price in prices):
        raise SheetUnreadable("a fixing is three prices, in dollars, pounds and euros")
    return _day(row["d"]), tuple(zip(FIXED_IN, prices, strict=True))


def _period(text: str) -> tuple[date, date]:
    found = _PERIOD.match(text.strip())
    if found is None or found[2] not in MONTHS or found[5] not in MONTHS:
        raise SheetUnreadable("the period is not two dates")
    try:
        begins = date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
        ends = date(int(found[6]), MONTHS.index(found[5]) + 1, int(found[4]))
    except ValueError:
        raise SheetUnreadable("the period is not two dates") from None
    if (begins.year, begins.month, begins.day) != (ends.year, ends.month, 1) or ends <= begins:
        raise SheetUnreadable("the period is not one month")
    return begins, ends


def _day(text: str) -> date:
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise SheetUnreadable("a day is not written as one")


def _within(body: bytes, largest: int) -> bytes:
    if len(body) > largest:
        raise SheetUnreadable(f"the file is larger than {largest} bytes")
    return body


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetUnreadable("the file is no text") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
