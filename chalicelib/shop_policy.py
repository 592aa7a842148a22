"""What a shop promises beyond the law, row by row: its own warranty by metal and fault, who pays the way home from
where, free resizing. Days count on the customer's calendar; an amount is given per currency and never converted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.money import Money
from chalicelib.strict import Code, Country, Strict

# Where a window of the shop begins: the order, the day it was shipped or ready to be, or the delivery.
PolicyStart = Literal["ordered", "shipped", "ready", "delivered"]


@dataclass(frozen=True, slots=True)
class WarrantyRow(Strict):
    """The shop's warranty for pieces of these metals (none: any), these articles and these faults. ``months`` 0: it
    does not cover them. ``void_if`` names what ends it."""

    months: Annotated[int, Field(ge=0, le=1200)]
    metals: tuple[Code, ...] = ()
    articles: tuple[Code, ...] = ()
    faults: tuple[Code, ...] = ()
    void_if: tuple[Literal["repaired_elsewhere", "resized"], ...] = ()

    def narrowness(self) -> int:
        """How much it names: the row that says most of a piece decides."""
        return sum(bool(one) for one in (self.metals, self.articles, self.faults))

    def covers(self, metal: str, article: str, fault: str | None) -> bool | None:
        """Whether it speaks of this piece and fault; None where it depends on a fault nobody has named."""
        if (self.metals and metal not in self.metals) or (self.articles and article not in self.articles):
            return False
        if not self.faults:
            return True
        return None if fault is None else fault in self.faults


@dataclass(frozen=True, slots=True)
class FreightZone(Strict):
    """Who pays the way home from these countries, whatever the policy says of a reason elsewhere."""

    countries: Annotated[tuple[Country, ...], Field(min_length=1)]
    payer: Literal["merchant", "customer"]


@dataclass(frozen=True, slots=True)
class Resize(Strict):
    """Free resizing: within how many days of delivery, how often, and what it costs after that."""

    free_days: Annotated[int, Field(ge=0, le=3650)]
    free_times: Annotated[int, Field(ge=0, le=99)] = 1
    fee: tuple[Money, ...] = ()
