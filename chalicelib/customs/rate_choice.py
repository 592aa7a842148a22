"""Which exchange rate counts for an entry, out of every sheet that is known.

A country's customs say themselves which rate they take (``customs/rate_sources``): HMRC's rate of the month of entry in
Great Britain, the European Central Bank's of the penultimate Wednesday of the month before in the Union (Implementing
Regulation (EU) 2015/2447, article 146). Where the law names a rate that no reader of ours reads, the market's rate of
the nearest day stands in, and the quote says that it is not the customs' own. Every rate goes through one sheet, so
that there and back is the same; a day never uses a later sheet, nor an earlier one when a later one is known.

Without any sheet from the table the shipped vintages of ``customs/exchange`` answer, said with their day and never
surer than medium. Currencies that a central bank holds to another (``customs/currency_pegs``) go through that one.

>>> penultimate_wednesday(date(2026, 11, 22)), third_wednesday(date(2026, 11, 22))
(datetime.date(2026, 10, 21), datetime.date(2026, 10, 21))
>>> penultimate_wednesday(date(2027, 1, 4))
datetime.date(2026, 12, 23)
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from chalicelib.customs.facts import RateQuote
from chalicelib.customs.program import source_text
from chalicelib.customs.rate_sheets import Sheet
from chalicelib.errors import RuleNotInForce
from chalicelib.money import MINOR_UNITS
from chalicelib.rulebook import Confidence, Vintage, effective_dates, in_force, load, weakest

EXCHANGE, SOURCES, PEGS, WHO = (
    "customs/exchange", "customs/rate_sources", "customs/currency_pegs", "customs/rate_publishers",
)  # fmt: skip
# A sheet that stands in for one of a day on which none was published lies at most so far before it.
HOLIDAYS = timedelta(days=6)
# A rate or a price that is older shows the order of money only, and the answer says so.
OLD_AFTER = timedelta(days=35)
A_DAY = timedelta(days=1)
Pair = tuple[str, str]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RateBook:
    """Every sheet known for one day of entry; ``out_of_reach``: the table could not be asked."""

    sheets: tuple[Sheet, ...] = ()
    out_of_reach: bool = False


NOTHING = RateBook()


@dataclass(frozen=True, slots=True)
class Quotes(Mapping[Pair, RateQuote]):
    """The rates of one entry, made as they are asked for. ``home`` is the currency the duty is reckoned in: towards it
    the customs' own rule holds, towards any other the market's rate of the day."""

    book: RateBook
    on: date
    home: str | None = None
    made: dict[Pair, RateQuote | None] = field(default_factory=dict)

    def __getitem__(self, pair: Pair) -> RateQuote:
        if pair not in self.made:
            choose = customs_rate if pair[1] == self.home else market_rate
            self.made[pair] = choose(self.book, *pair, self.on)
        found = self.made[pair]
        if found is None:
            raise KeyError(pair)
        return found

    def __iter__(self) -> Iterator[Pair]:
        pairs = ((one, other) for one in MINOR_UNITS for other in MINOR_UNITS if one != other)
        return (pair for pair in pairs if self.get(pair) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def customs_rate(book: RateBook, source: str, target: str, on: date) -> RateQuote | None:
    """What customs reckoning in ``target`` would take for an entry on that day, or the nearest to it; None where no
    sheet knows both currencies."""
    row = rule_for(target, on)
    if row is None:
        return market_rate(book, source, target, on)
    day = _DAYS[row["day"]](on)
    return _own(book, row, day, source, target, on) or _nearest(book, row, day, source, target, on)


def market_rate(book: RateBook, source: str, target: str, on: date) -> RateQuote | None:
    """The cross rate of the newest sheet up to that day that knows both currencies."""
    for sheet in sorted(_before(book, "ecb", on), key=lambda sheet: sheet.on, reverse=True):
        shipped_on = _shipped_on(on)
        if shipped_on is not None and shipped_on > sheet.on:
            break
        rate = cross(sheet, source, target)
        if rate is not None:
            return _quote(sheet, rate)
    shipped = _shipped_rate(source, target, on, book.out_of_reach)
    if shipped is not None:
        return shipped
    return _by_month(book, source, target, on) or _through_a_peg(book, source, target, on)


def cross(sheet: Sheet, source: str, target: str) -> Decimal | None:
    """What one unit of ``source`` is worth in ``target`` by one sheet.

    >>> cross(Sheet("ecb", date(2026, 10, 1), {"USD": Decimal("1.25"), "GBP": Decimal("0.8")}), "GBP", "USD")
    Decimal('1.5625')
    """
    ours, theirs = sheet.per_base(source), sheet.per_base(target)
    return None if ours is None or theirs is None else theirs / ours


def rule_for(currency: str, on: date) -> Row | None:
    """The row of ``customs/rate_sources`` for the customs that reckon in this currency."""
    try:
        rows = in_force(SOURCES, on).rules["row"]
    except RuleNotInForce:
        return None
    return next((row for row in rows if row["currency"] == currency), None)


def publisher_row(publisher: str) -> Row:
    """What is known of a publisher: its title, how old its newest sheet may grow, which change is not believed."""
    found: Row = next(row for row in _publishers().rules["row"] if row["publisher"] == publisher)
    return found


def cited(publisher: str, day: date) -> str:
    """A publisher's sheet as answers cite it."""
    row = publisher_row(publisher)
    address = source_text(_publishers(), row["source"]).rpartition(" <")[2]
    return f"{row['title']}, {day.isoformat()} <{address}"


def days_wanted(on: date) -> tuple[tuple[str, date], ...]:
    """The sheets that an entry on that day may need, by publisher and day: those of the days up to it, those of the
    Wednesdays that the Union and China go by, the month's of HMRC, and the fixings of the days before. None before
    the first rule: no sheet was ever published for it."""
    if on < effective_dates(WHO)[0]:
        return ()
    days = [on - A_DAY * back for back in range(6)]
    days += [day - A_DAY * back for day in (penultimate_wednesday(on), third_wednesday(on)) for back in range(3)]
    fixed = [(metal, on - A_DAY * back) for metal in ("gold", "silver", "platinum") for back in range(1, 7)]
    return (*(("ecb", day) for day in dict.fromkeys(days)), ("hmrc", on.replace(day=1)), *fixed)


def penultimate_wednesday(on: date) -> date:
    """The penultimate Wednesday of the month before the month of that day."""
    return _wednesdays_before(on)[-2]


def third_wednesday(on: date) -> date:
    """The third Wednesday of the month before the month of that day."""
    return _wednesdays_before(on)[2]


def _wednesdays_before(on: date) -> list[date]:
    last = on.replace(day=1) - A_DAY
    days = (last.replace(day=day) for day in range(1, last.day + 1))
    return [day for day in days if day.weekday() == 2]


_DAYS: Mapping[str, Callable[[date], date]] = {
    "entry_day": lambda on: on,
    "day_before": lambda on: on - A_DAY,
    "entry_month": lambda on: on,
    "penultimate_wednesday": penultimate_wednesday,
    "third_wednesday": third_wednesday,
}
_MONTHLY = ("penultimate_wednesday", "third_wednesday")


def _own(book: RateBook, row: Row, day: date, source: str, target: str, on: date) -> RateQuote | None:
    """The customs' own rate, where we read it and the table holds it."""
    for sheet in book.sheets if row["own"] else ():
        covers = sheet.on == day if row["day"] in _MONTHLY else sheet.on <= day <= (sheet.until or sheet.on)
        rate = cross(sheet, source, target) if covers and sheet.publisher == row["publisher"] else None
        if rate is not None:
            return replace(_quote(sheet, rate), until=_last_of_month(on), confidence=row["confidence"])
    return None


def _nearest(book: RateBook, row: Row, day: date, source: str, target: str, on: date) -> RateQuote | None:
    """The market's rate of the day that the customs' own rate is of; of the newest day where none is known near it."""
    found = market_rate(book, source, target, day)
    if found is not None and row["day"] in _MONTHLY:
        near = found.on >= day - HOLIDAYS
        found = replace(found, until=_last_of_month(on)) if near else market_rate(book, source, target, on)
    if found is None:
        return None
    said = (f"exchange_rate_not_customs_own:{row['territory']}", *found.said)
    return replace(found, said=said, confidence=weakest([found.confidence, "medium"]))


def _by_month(book: RateBook, source: str, target: str, on: date) -> RateQuote | None:
    """A monthly sheet knows currencies that the daily one does not."""
    for sheet in sorted(_before(book, "hmrc", on), key=lambda sheet: sheet.on, reverse=True):
        rate = cross(sheet, source, target)
        if rate is not None:
            return replace(_quote(sheet, rate), until=sheet.until, confidence="medium")
    return None


def _through_a_peg(book: RateBook, source: str, target: str, on: date) -> RateQuote | None:
    for row, told in _pegs(on):
        held, other, units = row["currency"], row["held_to"], Decimal(row["units"])
        if held not in (source, target):
            continue
        far = target if held == source else source
        fixed = RateQuote(Decimal(1), on, told, row["confidence"])
        leg = fixed if far == other else market_rate(book, other, far, on)
        if leg is None:
            return None
        rate = leg.rate / units if held == source else units / leg.rate
        texts = " and ".join(dict.fromkeys((leg.source, told)))
        return replace(leg, rate=rate, source=texts, confidence=weakest([leg.confidence, row["confidence"]]))
    return None


def _pegs(on: date) -> list[tuple[Row, str]]:
    """The currencies held to another, each with its source."""
    try:
        vintage = in_force(PEGS, on)
    except RuleNotInForce:
        return []
    return [(row, source_text(vintage, row["source"])) for row in vintage.rules["row"]]


def _publishers() -> Vintage:
    return load(WHO, effective_dates(WHO)[-1])


def _before(book: RateBook, publisher: str, on: date) -> Iterator[Sheet]:
    return (sheet for sheet in book.sheets if sheet.publisher == publisher and sheet.on <= on)


def _quote(sheet: Sheet, rate: Decimal) -> RateQuote:
    return RateQuote(rate, sheet.on, cited(sheet.publisher, sheet.on), publisher_row(sheet.publisher)["confidence"])


def _shipped_on(on: date) -> date | None:
    """The day of the newest shipped table up to that day."""
    return max((day for day in effective_dates(EXCHANGE) if day <= on), default=None)


def _shipped_rate(source: str, target: str, on: date, out_of_reach: bool) -> RateQuote | None:
    day = _shipped_on(on)
    if day is None:
        return None
    sheet, confidence, told = _shipped(day)
    rate = cross(sheet, source, target)
    if rate is None:
        return None
    said = [*(["day_rates_unavailable"] if out_of_reach else []), f"exchange_rate_shipped:{day.isoformat()}"]
    return RateQuote(rate, day, told, weakest([confidence, "medium"]), said=tuple(said))


@cache
def _shipped(day: date) -> tuple[Sheet, Confidence, str]:
    """One vintage of ``customs/exchange`` as a sheet, the least sure of its rows, and its source."""
    vintage = load(EXCHANGE, day)
    rows = vintage.rules["row"]
    values = {row["currency"]: Decimal(row["per_euro"]) for row in rows}
    sure = weakest(row["confidence"] for row in rows)
    return Sheet("ecb", day, values), sure, source_text(vintage, rows[0]["source"])


def _last_of_month(on: date) -> date:
    return on.replace(day=monthrange(on.year, on.month)[1])
