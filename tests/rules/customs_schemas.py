"""What a customs rule file may say: one model per kind of table, nothing beyond it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.customs.conditions import TESTS
from chalicelib.customs.facts import EstimateRequest, History, Repair
from chalicelib.customs.refunds import PaidEntry
from chalicelib.customs.relief_cover import KINDS, REFUND
from chalicelib.purposes import PURPOSES

Rate = Annotated[Decimal, Field(ge=0, le=1)]
WideRate = Annotated[Decimal, Field(ge=0, le=2)]
Amount = Annotated[Decimal, Field(ge=0)]
Confidence = Literal["high", "medium", "low"]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, Field(pattern=r"^\d{4}(\.?\d{2}){0,3}$")]
ENTRY_FACTS = {
    *(name for name in EstimateRequest.__dataclass_fields__),
    *(f"history.{name}" for name in History.__dataclass_fields__),
    *(f"repair.{name}" for name in Repair.__dataclass_fields__),
    "intrinsic_value", "customs_value", "pieces", "origins", "metals", "articles", "headings",
    "foreign_origin", "scrap", "intrinsic_value_usd", *(f"paid.{name}" for name in PaidEntry.__dataclass_fields__),
}  # fmt: skip


class Strict(BaseModel):
    """Nothing that the model does not name."""

    model_config = ConfigDict(extra="forbid")


class Source(Strict):
    """Where rows come from; an address or the name of a document."""

    id: str
    title: str
    url: str | None = Field(None, pattern=r"^https://")
    where: str | None = None
    read_on: date

    @model_validator(mode="after")
    def is_found_somewhere(self) -> Source:
        assert self.url or self.where
        return self


class Cited(Strict):
    """Every row says how sure it is and where it is from."""

    confidence: Confidence
    source: str


class Criteria(Cited):
    """What a row may ask of the goods."""

    codes: list[Code] = []
    except_codes: list[Code] = []
    origins: list[Country] = []
    except_origins: list[Country] = []
    members: list[Country] = []
    metals: list[str] = []
    articles: list[str] = []
    constructions: list[str] = []
    stones: list[str] = []
    preferences: list[str] = []
    channels: list[str] = []
    regions: list[str] = []
    scrap: bool | None = None
    min_fineness: int | None = None
    below_fineness: int | None = None
    max_per_dozen: Amount | None = None


class HeadingRow(Criteria):
    code: Code
    why: str
    reason: str | None = None
    no_relief: str | None = None
    alternatives: list[Code] = []


class TariffRow(Criteria):
    code: Code
    what: str
    rate: WideRate | None = None
    unknown: str | None = None
    coded: Confidence | None = None
    alternatives: list[Code] = []

    @model_validator(mode="after")
    def has_a_rate_or_says_it_is_unknown(self) -> TariffRow:
        assert (self.rate is None) != (self.unknown is None)
        return self


class ColumnRow(Criteria):
    column: str
    rate: WideRate | None = None
    unknown: str | None = None


class LayerRow(Criteria):
    kind: Literal["add", "cap_total", "exempt", "per_item_type", "unknown"]
    cites: str
    rate: Rate | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def carries_what_its_kind_needs(self) -> LayerRow:
        assert (self.rate is not None) == (self.kind in ("add", "cap_total"))
        assert (self.amount is not None) == (self.kind == "per_item_type")
        return self


class TaxRow(Criteria):
    cites: str
    rate: Rate | None = None
    fraction: tuple[int, int] | None = None
    above: Amount | None = None
    unknown: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> TaxRow:
        assert sum(given is not None for given in (self.rate, self.fraction, self.unknown)) == 1
        return self


class FeeRow(Criteria):
    cites: str
    rate: Rate | None = None
    min: Amount | None = None
    max: Amount | None = None
    amount: Amount | None = None
    unknown: str | None = None


class ExchangeRow(Cited):
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per_euro: Annotated[Decimal, Field(gt=0)]


class DeclarationRow(Cited):
    needs: list[str] = Field(min_length=1)
    purposes: list[Literal[PURPOSES]] = []  # type: ignore[valid-type]
    destinations: list[Country] = []
    metals: list[str] = []
    statements: list[str] = []
    translated: dict[str, str] = {}


def checked_condition(given: dict[str, Any]) -> dict[str, Any]:
    """A condition names a fact that exists and only tests that the engine knows."""
    if "any" in given:
        for each in given["any"]:
            checked_condition(each)
        assert set(given) <= {"any", "why"}
        return given
    assert given["fact"] in ENTRY_FACTS, given
    assert set(given) - {"fact", "why", "if_unknown", "says", "months", "days"} <= TESTS - {"any"}, given
    assert set(given) & TESTS, given
    assert given.get("within_months_of", given["fact"]) in ENTRY_FACTS
    assert given.get("within_days_of", given["fact"]) in ENTRY_FACTS
    return given


class Condition(BaseModel):
    """Checked by hand: its keys are the engine's tests."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="before")
    @classmethod
    def is_one_the_engine_knows(cls, given: dict[str, Any]) -> dict[str, Any]:
        return checked_condition(given)


Kind = Literal[
    "returned_goods", "personal_return", "repair", "replacement", "temporary_import", "inward_processing",
    "outward_processing", "loan",
]  # fmt: skip


class ReliefRow(Cited):
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9.\-]+$")]
    what: str
    kind: Kind | None = None
    variant: list[Condition] = []
    unless: list[Condition] = []
    instead_of: str | None = None
    purposes: list[Literal[PURPOSES]]  # type: ignore[valid-type]
    frees: list[str] = []
    fees_confidence: Confidence | None = None
    duty_base: list[Literal["charge", "parts", "fair_value", "freight_in", "freight_out", "insurance"]] = []
    tax_base: list[Literal["charge", "parts", "fair_value", "freight_in", "freight_out", "insurance", "duty"]] = []
    says: list[str] = []
    conditions: list[Condition] = Field(min_length=1)
    to_confirm: list[str] = []
    claimant: str
    form: str


class AbsentRow(Cited):
    """A kind of relief that the law does not know (``read``), or whose law nobody has read."""

    kind: str
    read: bool
    why: str

    @model_validator(mode="after")
    def what_was_not_read_is_not_sure(self) -> AbsentRow:
        assert self.kind in (*KINDS, REFUND)
        assert self.read or (self.confidence == "low" and self.why.startswith("not read"))
        return self


class ClaimLimit(Strict):
    from_: Literal["paid_on", "left_on"] = Field(alias="from")
    months: int | None = Field(None, ge=1)
    days: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def counts_in_one_unit(self) -> ClaimLimit:
        assert (self.months is None) != (self.days is None)
        return self


class RefundRow(Cited):
    """Duty or tax once paid that can be asked back."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9.\-]+$")]
    what: str
    covers: list[Literal["duty", "tax", "fees"]] = Field(min_length=1)
    share: Rate | None = None
    conditions: list[Condition] = Field(min_length=1)
    to_confirm: list[str] = []
    claim_within: list[ClaimLimit] = []
    evidence: list[str] = Field(min_length=1)
    claimant: str
    form: str


class Step(Strict):
    """How a country rounds: to what step, and which way."""

    step: Annotated[Decimal, Field(gt=0)]
    way: Literal["down", "half_up"]


class Rounding(Strict):
    duty_base: Step | None = None
    duty: Step | None = None


class ValuationRow(Cited):
    """A part of the stated value that customs take."""

    share: Rate
    says: str
    when: list[Condition] = Field(min_length=1)
    from_: date | None = Field(None, alias="from")
    until: date | None = None


class Layer(Strict):
    name: str
    dataset: str | None = None
    per_item_type: bool = False
    from_: date | None = Field(None, alias="from")
    until: date | None = None


class Tax(Strict):
    name: str
    code: str
    dataset: str
    base: list[str] = []
    of: str | None = None
    method: Literal["inside"] | None = None
    collected_by: Literal["customs", "seller", "carrier"] = "customs"
    waived_up_to: Amount | None = None
    base_to: Step | None = None
    amount_to: Step | None = None


class Fee(Strict):
    name: str
    dataset: str
    entry: Literal["formal", "informal"] | None = None
    in_total: bool = True
    waived_by_preference: bool = False


class Regime(Cited):
    name: str
    cites: str
    when: list[Condition] = Field(min_length=1)
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    layers: list[str] | None = None
    taxes: list[str] | None = None
    fees: list[str] | None = None
    unknown: bool = False


class Notice(Cited):
    code: str
    when: list[Condition] = Field(min_length=1)
    blocks: bool = False
    from_: date | None = Field(None, alias="from")
    until: date | None = None


class Head(Strict):
    schema_: Literal[1] = Field(alias="schema")
    effective: date
    ends: date | None = None
    territory: str
    review_after: date | None = None
    source: list[Source] = Field(min_length=1)


class Program(Head):
    currency: str
    basis: Literal["fob", "cif"]
    informal_up_to: Amount | None = None
    tariff: str
    relief: str
    layers: list[str]
    taxes: list[str]
    fees: list[str]
    layer: list[Layer]
    tax: list[Tax] = []
    fee: list[Fee] = []
    regime: list[Regime] = []
    notice: list[Notice] = []
    rounding: Rounding | None = None
    valuation: list[ValuationRow] = []
    limits_in: list[Literal["USD"]] = []


class Headings(Head):
    row: list[HeadingRow]


class Tariff(Head):
    row: list[TariffRow]
    column_row: list[ColumnRow] = []


class LayerTable(Head):
    row: list[LayerRow]


class TaxTable(Head):
    row: list[TaxRow]


class FeeTable(Head):
    row: list[FeeRow]


class Exchange(Head):
    row: list[ExchangeRow]


class PublisherRow(Cited):
    publisher: Literal["ecb", "hmrc", "gold", "silver", "platinum"]
    title: str
    max_age_days: Annotated[int, Field(gt=0)]
    jump_above: Rate


class Publishers(Head):
    row: list[PublisherRow]


class RateSourceRow(Cited):
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    territory: Country
    publisher: Literal["ecb", "hmrc"]
    day: Literal["entry_month", "penultimate_wednesday", "third_wednesday", "day_before", "entry_day"]
    own: bool


class RateSources(Head):
    row: list[RateSourceRow]


class PegRow(Cited):
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    held_to: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    units: Annotated[Decimal, Field(gt=0)]


class Pegs(Head):
    row: list[PegRow]


class ValueCheckRow(Cited):
    code: str
    stops: bool
    below: Annotated[Decimal, Field(gt=0, le=1)] | None = None
    above: Annotated[Decimal, Field(gt=1)] | None = None
    stones: list[str] = []

    @model_validator(mode="after")
    def has_one_bound(self) -> ValueCheckRow:
        assert (self.below is None) != (self.above is None)
        return self


class ValueChecks(Head):
    row: list[ValueCheckRow]


class ArticleWeightRow(Cited):
    article: str
    at_least_g: Annotated[Decimal, Field(gt=0)]
    at_most_g: Annotated[Decimal, Field(gt=0)]

    @model_validator(mode="after")
    def is_a_band(self) -> ArticleWeightRow:
        assert self.at_least_g < self.at_most_g
        return self


class ArticleWeights(Head):
    row: list[ArticleWeightRow]


class FinenessRow(Cited):
    metal: Literal["gold", "silver", "platinum"]
    marks: list[Annotated[int, Field(ge=1, le=1000)]] = Field(min_length=1)


class FinenessMarks(Head):
    row: list[FinenessRow]


class Declaration(Head):
    row: list[DeclarationRow]


class Relief(Head):
    row: list[ReliefRow]
    absent: list[AbsentRow] = []


class RefundTable(Head):
    row: list[RefundRow] = []
    absent: list[AbsentRow] = []

    @model_validator(mode="after")
    def says_something(self) -> RefundTable:
        assert self.row or self.absent
        return self


# Datasets that no program points at, by name. A new one adds its line here.
BY_DATASET: dict[str, type[Head]] = {
    "customs/classification": Headings,
    "customs/exchange": Exchange,
    "customs/declaration": Declaration,
    "customs/rate_publishers": Publishers,
    "customs/rate_sources": RateSources,
    "customs/currency_pegs": Pegs,
    "customs/value_checks": ValueChecks,
    "customs/article_weights": ArticleWeights,
    "customs/fineness_marks": FinenessMarks,
}
