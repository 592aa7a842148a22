"""Special drawing rights: the unit in which conventions and posts set their limits, in money and back.

The International Monetary Fund prints what one is worth in a currency, or what a unit of a currency is worth in them;
``currencies/sdr`` holds what was printed, dated, and nothing is made up between.

>>> right = drawing_right("USD", date(2026, 7, 1))
>>> str(right.per_sdr), right.as_of.isoformat(), f"{right.of(Decimal('203.415')):f}"
('1.3561', '2026-06-30', '150')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any

from chalicelib.rulebook import Vintage, effective_dates, load

DATASET = "currencies/sdr"
# As many digits as the Fund prints.
_PRINTED = Context(prec=6)


@dataclass(frozen=True, slots=True)
class DrawingRight:
    """What one special drawing right was worth in a currency, as ``row`` of a vintage says, used from ``as_of`` on."""

    currency: str
    vintage: Vintage
    row: Mapping[str, Any]

    @property
    def as_of(self) -> date:
        """The day from which the figure is used."""
        return self.vintage.effective

    @property
    def per_sdr(self) -> Decimal:
        """Units of the currency for one right; six digits where the Fund printed it the other way round."""
        if "per_sdr" in self.row:
            return Decimal(self.row["per_sdr"])
        return _PRINTED.divide(Decimal(1), Decimal(self.row["sdr_per_unit"]))

    def of(self, amount: Decimal) -> Decimal:
        """How many rights an amount of the currency comes to, unrounded."""
        if "per_sdr" in self.row:
            return amount / Decimal(self.row["per_sdr"])
        return amount * Decimal(self.row["sdr_per_unit"])


def drawing_right(currency: str, on: date) -> DrawingRight | None:
    """The latest figure for a currency up to that day; None where none was printed until then."""
    return held(on).get(currency)


def held(on: date) -> Mapping[str, DrawingRight]:
    """The latest figure of every currency up to that day."""
    found: dict[str, DrawingRight] = {}
    for day in (one for one in effective_dates(DATASET) if one <= on):
        vintage = load(DATASET, day)
        found |= {row["currency"]: DrawingRight(row["currency"], vintage, row) for row in vintage.rules["rate"]}
    return found
