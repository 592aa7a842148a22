r"""How a language writes days, hours, numbers and money: from the dated file that ``make locales`` makes of CLDR.

Money carries the code of its currency, because "¥" is another money in every language. What the currency's own
decimals cannot say (half a yen, a tenth of a cent) is refused, never rounded: a customer is not told a sum nobody pays.

>>> fr = locale_of("fr")
>>> fr.full_date(date(2026, 11, 5)), fr.money(Money(Decimal("1234.5"), "EUR"))
('jeudi 5 novembre 2026', '1\u202f234,50\xa0EUR')
>>> locale_of("ko").clock(time(14, 30)), locale_of("de-CH").number(Decimal("1234567.89"))
('오후 2:30', '1’234’567.89')
>>> locale_of("ja").money(Money(Decimal("0.5"), "JPY"))
Traceback (most recent call last):
    ...
chalicelib.notices.locales.AmountTooFine: JPY has 0 decimals: this amount cannot be written without changing it
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from chalicelib.clock import zone
from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.money import Money, decimals_of, round_to
from chalicelib.rulebook import effective_dates, load

NO_BREAK = "\u00a0"
_PATTERN = re.compile(r"'([^']*)'|(d+|M+|y+|E+)")


class AmountTooFine(InvalidRequestError):
    """An amount with more decimals than its currency has: give it in whole minor units."""

    code = "amount_too_fine"

    def __init__(self, money: Money) -> None:
        detail = f"{money.currency} has {decimals_of(money.currency)} decimals"
        super().__init__(
            f"{detail}: this amount cannot be written without changing it",
            [FieldFault("refund.amount", self.code, f"{detail}; give an amount with no more", "case")],
        )


@dataclass(frozen=True, slots=True)
class Locale:
    """The ways of one language. Patterns are CLDR's (``d``, ``MMMM``, ``EEEE``, ``y``, text in quotes)."""

    tag: str
    long_pattern: str
    full_pattern: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    hours: tuple[str, ...]
    decimal: str
    group: str
    currency_first: bool
    first_day: str = "1"

    def long_date(self, on: date) -> str:
        """The day without its weekday: ``5 novembre 2026``."""
        return self._written(self.long_pattern, on)

    def full_date(self, on: date) -> str:
        """The day with its weekday, as somebody who waits at home wants it."""
        return self._written(self.full_pattern, on)

    def clock(self, at: time) -> str:
        """Hours and minutes as the language tells them; seconds are dropped."""
        return self.hours[at.hour].format(f"{at.minute:02d}")

    def number(self, value: Decimal) -> str:
        """A number with the language's point and its groups of three."""
        whole, _, rest = format(abs(value), "f").partition(".")
        sign = "-" if value < 0 else ""
        return sign + f"{int(whole):,}".replace(",", self.group) + (self.decimal + rest if rest else "")

    def money(self, money: Money) -> str:
        """The amount with the code of its currency, held together. Raises ``AmountTooFine``."""
        written = round_to(money.amount, decimals_of(money.currency))
        if written != money.amount:
            raise AmountTooFine(money)
        parts = (money.currency, self.number(written))
        return NO_BREAK.join(parts if self.currency_first else reversed(parts))

    def _written(self, pattern: str, on: date) -> str:
        def filled(found: re.Match[str]) -> str:
            quoted, token = found.group(1), found.group(2)
            return quoted if token is None else self._part(token, on)

        return _PATTERN.sub(filled, pattern)

    def _part(self, token: str, on: date) -> str:
        if token[0] == "y":
            return str(on.year)
        if token[0] == "E":
            return self.weekdays[on.weekday()]
        if token[0] == "M":
            return self.months[on.month - 1] if len(token) > 2 else str(on.month)
        return self.first_day if on.day == 1 else str(on.day)


@cache
def locale_of(language: str) -> Locale:
    """The ways of a language that has words; KeyError for any other."""
    row = _rules()["locale"][language]
    return Locale(
        language, row["long_date"], row["full_date"], tuple(row["months"]), tuple(row["weekdays"]),
        tuple(row["hours"]), row["decimal"], row["group"], row["currency_first"], row.get("first_day", "1"),
    )  # fmt: skip


def clock_name(zone_name: str, language: str, at: datetime) -> str:
    """What the clocks of a zone are called; the distance from UTC at that instant where the language has no name.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 5, tzinfo=UTC)
    >>> clock_name("Europe/Paris", "de", at), clock_name("Asia/Kathmandu", "de", at)
    ('Mitteleuropäische Zeit', 'UTC+05:45')
    """
    row = _clocks().get(zone_name)
    if row is not None and language in row:
        return str(row[language])
    minutes = (at.astimezone(zone(zone_name)).utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


@cache
def _clocks() -> Mapping[str, Mapping[str, Any]]:
    return {name: row for row in _rules()["clock"] for name in row["zones"]}


@cache
def _rules() -> Mapping[str, Any]:
    """The newest file: how a language writes is not a matter of the day a case was opened."""
    return load("notices/locales", effective_dates("notices/locales")[-1]).rules
