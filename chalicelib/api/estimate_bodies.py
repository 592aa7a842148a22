"""The body of ``POST /v1/estimates``: plain facts of one entry, which become
``customs.facts.EstimateRequest``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from chalicelib.api.shapes import (
    Country,
    Day,
    Fineness,
    Flag,
    HsCode,
    MoneyBody,
    Quantity,
    Reference,
    Shape,
    WeightG,
    Word,
    line,
    money_of,
)
from chalicelib.customs.facts import (
    Article,
    Construction,
    EstimateRequest,
    History,
    Line,
    Repair,
    Stones,
    ValueBasis,
)
from chalicelib.metals import Metal
from chalicelib.purposes import Purpose

MAX_LINES = 100
_REPAIR_MONEY = ("charge", "parts", "fair_value", "freight_out", "freight_in", "insurance")


class LineBody(Shape):
    """One kind of article in the parcel; ``value`` is the line's total worth as the goods cross now."""

    article: Article
    hs_code: HsCode | None = None
    metal: Metal
    fineness: Fineness | None = None
    construction: Construction
    stones: Stones = "none"
    origin: Country | None = None
    quantity: Quantity = 1
    net_weight_g: WeightG | None = None
    value: MoneyBody
    value_basis: ValueBasis = "fob"
    scrap: Flag | None = None

    def as_line(self) -> Line:
        """The line as the customs room knows it."""
        return Line(**self.model_dump(exclude={"value"}), value=self.value.as_money())


class HistoryBody(Shape):
    """What is known of the goods' earlier crossings; every field may be unknown."""

    imported_on: Day | None = None
    duty_paid_on_import: Flag | None = None
    exported_on: Day | None = None
    export_reference: Reference | None = None
    export_mode: Reference | None = None
    same_state: Flag | None = None
    importer_is_exporter: Flag | None = None
    sold_to_consumer: Flag | None = None
    drawback_claimed: Flag | None = None
    export_rebate: Flag | None = None
    vat_refunded: Flag | None = None
    return_reason: Word | None = None
    permit: Reference | None = None


class RepairBody(Shape):
    """What was done abroad and what it cost."""

    under_warranty: Flag | None = None
    guarantee_proven: Flag | None = None
    replaced: Flag | None = None
    charge: MoneyBody | None = None
    parts: MoneyBody | None = None
    fair_value: MoneyBody | None = None
    freight_out: MoneyBody | None = None
    freight_in: MoneyBody | None = None
    insurance: MoneyBody | None = None
    authorisation: Reference | None = None
    back_in_time: Flag | None = None

    def as_repair(self) -> Repair:
        """The repair as the customs room knows it."""
        values: dict[str, Any] = self.model_dump(exclude=set(_REPAIR_MONEY))
        values |= {name: money_of(getattr(self, name)) for name in _REPAIR_MONEY}
        return Repair(**values)


class EstimateBody(Shape):
    """One entry into one country on one day."""

    destination: Country
    dispatched_from: Country
    entry_on: Day
    purpose: Purpose
    entry: Literal["formal", "informal"] | None = None
    channel: Literal["express", "post"] = "express"
    consignee: Literal["consumer", "merchant"] = "merchant"
    region: Annotated[str, line(50)] | None = None
    preference: Annotated[str, line(40)] | None = None
    freight: MoneyBody | None = None
    insurance: MoneyBody | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MAX_LINES)]
    history: HistoryBody | None = None
    repair: RepairBody | None = None
    retail_price_own_use: Flag | None = None

    @field_validator("lines")
    @classmethod
    def _worth_more_than_its_carriage(cls, lines: list[LineBody], info: ValidationInfo) -> list[LineBody]:
        """Told cif, the goods hold their carriage: what is left of them is compared with limits below which a country
        charges nothing, and must be something."""
        parts = [part for name in ("freight", "insurance") if (part := info.data.get(name)) is not None]
        told = {one.value.currency for one in lines} | {part.currency for part in parts if part.amount}
        carriage, worth = sum(part.amount for part in parts), sum(one.value.amount for one in lines)
        comparable = len(told) == 1 and all(one.value_basis == "cif" for one in lines)
        if comparable and 0 < carriage >= worth:
            raise PydanticCustomError("less_than_its_carriage", "a cif value holds freight and insurance, and more")
        return lines

    @field_validator("history")
    @classmethod
    def _before_this_entry(cls, history: HistoryBody | None, info: ValidationInfo) -> HistoryBody | None:
        """An earlier crossing is earlier: one that lies ahead would prove a relief that nobody has."""
        entry_on = info.data.get("entry_on")
        for name in ("imported_on", "exported_on"):
            day = getattr(history, name, None)
            if entry_on and day and day > entry_on:
                raise PydanticCustomError("after_entry", "an earlier crossing, not after entry_on", {"field": name})
        return history

    def as_request(self) -> EstimateRequest:
        """The facts as the customs room asks for them."""
        plain = self.model_dump(exclude={"freight", "insurance", "lines", "history", "repair"})
        return EstimateRequest(
            **plain,
            lines=tuple(line.as_line() for line in self.lines),
            freight=money_of(self.freight),
            insurance=money_of(self.insurance),
            history=History(**self.history.model_dump()) if self.history else None,
            repair=self.repair.as_repair() if self.repair else None,
        )
