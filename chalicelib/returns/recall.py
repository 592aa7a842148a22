"""A recall: which pieces it reaches, what the law wants offered and said, and one line for every sale it reached.

>>> Reach(skus=("R-1",)).takes(sku="R-1", serial=None, batch=None, melt=None)
'sku'
>>> Reach(sku_from="R-100", sku_to="R-199").takes(sku="R-150", serial=None, batch=None, melt=None)
'sku_range'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.returns.case import Item
from chalicelib.rulebook import in_force

Remedy = Literal["repair", "replacement", "refund"]
RecallState = Literal["prepared", "running", "stopped", "done"]
MemberState = Literal["opened", "refused"]
Action = Literal["start", "stop", "resume", "finish"]
FROM: Mapping[Action, frozenset[RecallState]] = {
    "start": frozenset({"prepared"}),
    "stop": frozenset({"running"}),
    "resume": frozenset({"stopped"}),
    "finish": frozenset({"running", "stopped"}),
}
AFTER: Mapping[Action, RecallState] = {"start": "running", "stop": "stopped", "resume": "running", "finish": "done"}


class RecallNotAllowed(ConflictError):
    """The recall is not where this can be done; nothing was changed."""

    code = "recall_not_allowed"


class RecallDiffers(ConflictError):
    """A recall with this id was prepared with other particulars."""

    code = "recall_differs"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which pieces are recalled: by serial, batch, melt, SKU, or a range of SKUs (text order, both ends included)."""

    serials: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    melts: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    sku_from: str | None = None
    sku_to: str | None = None

    def takes(self, *, sku: str, serial: str | None, batch: str | None, melt: str | None) -> str | None:
        """By what this piece is recalled; None when it is not."""
        hits = {
            "serial": serial in self.serials if serial else False,
            "batch": batch in self.batches if batch else False,
            "melt": melt in self.melts if melt else False,
            "sku": sku in self.skus,
            "sku_range": self._in_range(sku),
        }
        return next((by for by, hit in hits.items() if hit), None)

    def of(self, item: Item) -> str | None:
        """By what this line of a sale is recalled."""
        return self.takes(sku=item.sku, serial=item.serial, batch=item.batch, melt=item.melt)

    @property
    def names_nothing(self) -> bool:
        """Whether it would reach no piece at all."""
        return not (self.serials or self.batches or self.melts or self.skus or self.sku_from)

    def _in_range(self, sku: str) -> bool:
        return self.sku_from is not None and self.sku_to is not None and self.sku_from <= sku <= self.sku_to


@dataclass(frozen=True, slots=True)
class Product:
    """What the notice calls the product: its name by language, as it stands on the shop's pages, and its brand."""

    name: Mapping[str, str]
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One recall. ``hazard`` is what is wrong and what it may do, by language, as the notice says it.

    ``version`` is the one to be written; ``opened`` and ``refused`` count the sales it reached.
    """

    recall_id: str
    announced_on: date
    hazard: Mapping[str, str]
    reach: Reach
    remedies: tuple[Remedy, ...]
    return_to: str
    state: RecallState
    prepared_by: str
    prepared_at: datetime
    changed_at: datetime
    version: int = 1
    opened: int = 0
    refused: int = 0
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One sale that a recall reached: the case that was opened, or why none could be. Names nobody."""

    recall_id: str
    order_number: str
    country: str
    state: MemberState
    by: str
    at: datetime
    case_id: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """A case that a recall reached, opened for it or under way when it was announced."""

    KIND: ClassVar[str] = "RECALLED"

    case_id: str
    recall_id: str
    by: str
    at: datetime
    remedies: tuple[Remedy, ...]
    under_way: bool = False

    @property
    def part_id(self) -> str:
        """Its place in the case."""
        return self.recall_id

    @property
    def due_at(self) -> datetime | None:
        """Nothing is ever due."""
        return None


def faults_of(campaign: Campaign, languages: tuple[str, ...]) -> list[FieldFault]:
    """Everything that keeps a recall from being announced: it reaches nothing, offers too little, or its notice lacks a
    language or makes the hazard small."""
    found = []
    on = campaign.announced_on
    if campaign.reach.names_nothing:
        found.append(FieldFault("reach", "names_nothing", "name serials, batches, melts, SKUs or a range of SKUs"))
    if (campaign.reach.sku_from is None) is not (campaign.reach.sku_to is None):
        found.append(FieldFault("reach", "half_a_range", "a range of SKUs has two ends"))
    least = max(int(row["least_remedies"]) for row in in_force("returns/recall", on).rules["demand"])
    if len(set(campaign.remedies)) < least:
        found.append(FieldFault("remedies", "too_few", f"offer at least {least} of repair, replacement, refund"))
    missing = [tag for tag in languages if tag not in campaign.hazard]
    found += [FieldFault(f"hazard.{tag}", "missing", "the notice must say it in this language") for tag in missing]
    return found + [
        FieldFault(f"hazard.{tag}", "makes_hazard_small", f"leave out: {', '.join(words)}")
        for tag, text in campaign.hazard.items()
        if (words := forbidden_in(text, tag, on))
    ]


def missing_of(campaign: Campaign, languages: tuple[str, ...]) -> list[str]:
    """What the notice of Implementing Regulation (EU) 2024/1435 wants and this recall does not hold. Nothing of it
    keeps the notice back: a name that is missing is the one on the customer's bill. Mails fetch nothing from elsewhere,
    and no pictures are kept, so the picture is for the shop's own page.

    >>> now = datetime(2026, 11, 22)
    >>> missing_of(Campaign("R", now.date(), {}, Reach(), (), "", "prepared", "", now, now), ("en",))
    ['picture', 'product.name.en', 'product.brand']
    """
    product = campaign.product or Product({})
    names = [f"product.name.{tag}" for tag in languages if tag not in product.name]
    return ["picture", *names, *([] if product.brand else ["product.brand"])]


def forbidden_in(text: str, language: str, on: date) -> list[str]:
    """Words of a hazard's description that make it sound smaller than it is.

    >>> forbidden_in("A voluntary recall; no accidents so far", "en", date(2026, 11, 22))
    ['voluntary', 'no accidents']
    """
    rows = in_force("returns/recall", on).rules["forbidden"]
    words = [word for row in rows if row["language"] == language.split("-")[0] for word in row["words"]]
    return [word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)]


def authorities(on: date) -> list[dict[str, Any]]:
    """Which authorities must be told of a recall that reaches these countries, and how soon."""
    return [
        {
            "countries": list(row["countries"]),
            "tell": row["tell"],
            "within": row["within"],
            "rule": row["id"],
            "confidence": row["confidence"],
        }
        for row in in_force("returns/recall", on).rules["authority"]
    ]


def moved(campaign: Campaign, action: Action, now: datetime) -> dict[str, Any] | None:
    """What changes of a campaign by this; None when it is there already. Raises ``RecallNotAllowed``."""
    if campaign.state == AFTER[action]:
        return None
    if campaign.state not in FROM[action]:
        raise RecallNotAllowed(f"a recall that is {campaign.state} cannot {action}")
    return {"state": AFTER[action], "changed_at": now, "version": campaign.version + 1}


def refuse(faults: list[FieldFault]) -> None:
    """Raise ``InvalidRequestError`` when there are any."""
    if faults:
        raise InvalidRequestError("the recall cannot be announced so", faults)
