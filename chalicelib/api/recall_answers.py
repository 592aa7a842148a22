"""What recalls may say: how far each is, and what became of every sale it reached."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Stamp, Told
from chalicelib.returns.recall import RecallState, Remedy
from chalicelib.returns.stages import Stage
from chalicelib.rulebook import Confidence


class ReachTold(Told):
    """Which pieces are recalled."""

    serials: list[str]
    batches: list[str]
    melts: list[str]
    skus: list[str]
    sku_from: str | None
    sku_to: str | None


class AuthorityTold(Told):
    """Whom the house must tell of a recall, and how soon."""

    countries: list[str]
    tell: str
    within: str
    rule: str
    confidence: Confidence


class RecallProductTold(Told):
    """What the notice calls the product."""

    name: dict[str, str]
    brand: str | None


class RecallAnswer(Told):
    """A recall; ``opened`` and ``refused`` count the sales it reached. ``missing`` is what the EU's form of the notice
    wants and this recall does not hold, such as the picture."""

    recall_id: str
    state: RecallState
    announced_on: DayText
    hazard: dict[str, str]
    product: RecallProductTold | None
    missing: list[str]
    reach: ReachTold
    remedies: list[Remedy]
    return_to: str
    opened: int
    refused: int
    prepared_at: Stamp
    changed_at: Stamp
    authorities: list[AuthorityTold]


class JudgedSale(Told):
    """What became of one sale; ``reasons`` why no return could be opened for it."""

    order: str
    outcome: Literal["not_recalled", "recalled", "opened", "opened_before", "refused"]
    reached_by: str | None
    case_id: str | None
    reasons: list[str]


class RecallSalesAnswer(Told):
    """Every sale that was handed in, in its order."""

    recall_id: str
    dry_run: bool
    items: list[JudgedSale]


class ReachedSale(Told):
    """One sale that a recall reached, with the stage its return is at."""

    order: str
    country: str
    outcome: Literal["opened", "refused"]
    reached_by: str
    at: Stamp
    case_id: str | None
    stage: Stage | None
    reasons: list[str]


class RecallSalesPage(Told):
    """Sales that a recall reached, by their order numbers."""

    recall_id: str
    items: list[ReachedSale]
    cursor: str | None


class RecallInShort(Told):
    """The recall that reached a case; ``under_way``: its return was opened before, for another reason."""

    recall_id: str
    reached_by: str
    at: Stamp
    remedies: list[Remedy]
    under_way: bool
