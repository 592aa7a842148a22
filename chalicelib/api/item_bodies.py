"""One kind of piece, as bodies say it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from chalicelib.api.shapes import (
    Country,
    Fineness,
    Flag,
    HsCode,
    MoneyBody,
    Quantity,
    Reference,
    Shape,
    WeightG,
    code,
    line,
)
from chalicelib.customs.facts import Article, Construction, Stones
from chalicelib.metals import Metal
from chalicelib.returns.case import Item, SaleRecord


class SaleRecordBody(Shape):
    """What was noted of each piece when it was sold; leave out what was not. It tells a swapped stone from an honest
    one when the piece comes home."""

    scale_id: Reference | None = None
    stones: Annotated[int, Field(strict=True, ge=0, le=9999)] | None = None
    report_number: Reference | None = None
    report_ct: WeightG | None = None
    report_mm: WeightG | None = None
    photos_sha256: Annotated[tuple[Annotated[str, code("[0-9a-f]{64}")], ...], Field(max_length=12)] = ()

    def as_record(self) -> SaleRecord:
        """The same as the returns room knows it."""
        return SaleRecord(**self.model_dump())


class ItemBody(Shape):
    """One kind of piece as it was sold: weights and price are of one piece, whatever the quantity. The flags are null
    when nobody has said."""

    sku: Reference
    serial: Reference | None = None
    description: Annotated[str, line(300)]
    article: Article
    metal: Metal
    fineness: Fineness
    construction: Construction
    stones: Stones
    origin: Country | None = None
    hs_code: HsCode | None = None
    quantity: Quantity = 1
    gross_weight_g: WeightG
    net_weight_g: WeightG
    price: MoneyBody
    engraved: Flag | None = None
    resized: Flag | None = None
    made_to_order: Flag | None = None
    seal_broken: Flag | None = None
    stone_loose: Flag | None = None
    scrap: Flag | None = None
    worn: Flag | None = None
    incomplete: Flag | None = None
    repaired_elsewhere: Flag | None = None
    batch: Reference | None = None
    melt: Reference | None = None
    sale: SaleRecordBody | None = None

    @field_validator("fineness")
    @classmethod
    def _of_its_metal(cls, fineness: int, info: ValidationInfo) -> int:
        metal = info.data.get("metal")
        if metal == "base" and fineness != 0:
            raise PydanticCustomError("not_of_this_metal", "a base metal body has fineness 0; name what it is made of")
        if metal not in {None, "base"} and fineness == 0:
            raise PydanticCustomError("not_of_this_metal", "parts of precious metal per thousand, 1 to 1000")
        return fineness

    @field_validator("net_weight_g")
    @classmethod
    def _within_gross(cls, net_weight_g: WeightG, info: ValidationInfo) -> WeightG:
        gross = info.data.get("gross_weight_g")
        if gross is not None and net_weight_g > gross:
            raise PydanticCustomError("heavier_than_gross", "the metal cannot weigh more than the whole piece")
        return net_weight_g

    def as_item(self) -> Item:
        """The piece as the returns room knows it."""
        values = self.model_dump(exclude={"price", "sale"})
        sale = self.sale.as_record() if self.sale else None
        return Item(**values, price=self.price.as_money(), sale=sale)
