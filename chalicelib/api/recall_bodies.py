"""Bodies of recalls: which pieces, what is wrong with them, what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from chalicelib.api.shapes import Day, Reference, Shape, code, line

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.returns.recall import Campaign

Names = Annotated[list[Reference], Field(max_length=500)]
Tag = Annotated[str, code("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", 35)]


class ReachBody(Shape):
    """Which pieces are recalled; a range of SKUs is in text order and holds both ends."""

    serials: Names = Field(default_factory=list)
    batches: Names = Field(default_factory=list)
    melts: Names = Field(default_factory=list)
    skus: Names = Field(default_factory=list)
    sku_from: Reference | None = None
    sku_to: Reference | None = None


class ProductBody(Shape):
    """What the notice calls the product: its name by language as customers know it, and its brand."""

    name: Annotated[dict[Tag, Annotated[str, line(200)]], Field(min_length=1, max_length=20)]
    brand: Annotated[str, line(80)] | None = None


class PrepareRecallBody(Shape):
    """A recall. ``hazard`` says by language what is wrong and what it may do, as the notice will: every language of the
    shop's is needed, and no word that makes it sound small."""

    announced_on: Day
    hazard: Annotated[dict[Tag, Annotated[str, line(600)]], Field(min_length=1, max_length=20)]
    reach: ReachBody
    remedies: Annotated[list[Literal["repair", "replacement", "refund"]], Field(min_length=1, max_length=3)]
    return_to: Reference
    product: ProductBody | None = None

    def as_campaign(self, recall_id: str, holder: str, now: datetime) -> Campaign:
        """The recall as the room of returns knows it."""
        from chalicelib.returns.recall import Campaign, Product, Reach  # the rules of recalls: only for these routes

        reach: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in self.reach}
        return Campaign(
            recall_id,
            self.announced_on,
            dict(self.hazard),
            Reach(**reach),
            tuple(dict.fromkeys(self.remedies)),
            self.return_to,
            "prepared",
            holder,
            now,
            now,
            product=Product(dict(self.product.name), self.product.brand) if self.product else None,
        )
