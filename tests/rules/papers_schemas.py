"""What the rule files of papers may say: statements, postal forms, special drawing rights, and their dictionaries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from chalicelib.customs.facts import History, Repair
from chalicelib.purposes import PURPOSES
from tests.rules.customs_schemas import Cited, Country, Head, Strict

Language = Literal["en", "zh", "ja", "ko", "ar", "de", "fr", "es", "it"]
CLAIM_FACTS = {
    *(f"history.{name}" for name in History.__dataclass_fields__),
    *(f"repair.{name}" for name in Repair.__dataclass_fields__),
}
NEEDED_FACTS = {"invoice_number", "waybill", *History.__dataclass_fields__}
# The facts a statement's text may be filled with.
PLACES = {
    "shipper", "consignee", "destination", "exported_on", "imported_on", "export_reference", "export_mode", "permit",
    "invoice_number", "waybill", "order_number", "reason", "relief", "authorisation", "under_warranty",
}  # fmt: skip


class ClaimRow(Strict):
    """One thing claimed; without a fact only a person can say so."""

    fact: str | None = None
    is_: bool | None = Field(None, alias="is")
    in_: list[str] | None = Field(None, alias="in")
    text: dict[Language, str]

    @model_validator(mode="after")
    def asks_one_test_of_a_fact_that_exists(self) -> ClaimRow:
        tests = [self.is_ is not None, self.in_ is not None]
        assert sum(tests) == (self.fact is not None)
        assert self.fact is None or self.fact in CLAIM_FACTS
        assert "en" in self.text
        return self


class StatementRow(Cited):
    id: Annotated[str, Field(pattern=r"^[A-Z]{2,5}(-[A-Z0-9]+)+$")]
    kind: Literal["relief", "agreement", "repair", "export"]
    countries: list[Country] = Field(default=[])
    origins: list[Country] = Field(default=[])
    purposes: list[Literal[PURPOSES]] = Field(min_length=1)  # type: ignore[valid-type]
    reliefs: list[Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9.\-]+$")]] = Field(default=[])
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    always: bool = False
    fallback: bool = False
    signer: Literal["shipper", "importer", "repairer", "both"] | None = None
    needs: list[str] = Field(default=[])
    claims: list[str] = Field(default=[])
    may_fail: list[str] = Field(default=[])
    blanks: list[str] = Field(default=[])
    cites: str
    text: dict[Language, str]

    @model_validator(mode="after")
    def is_filled_with_facts_that_papers_have(self) -> StatementRow:
        places = {name for text in self.text.values() for _, name, _, _ in Formatter().parse(text) if name}
        assert places <= PLACES, places - PLACES
        assert set(self.needs) <= NEEDED_FACTS
        assert set(self.may_fail) <= set(self.claims)
        assert "en" in self.text
        return self


class Statements(Head):
    claims: dict[str, ClaimRow]
    statement: list[StatementRow] = Field(min_length=1)

    @model_validator(mode="after")
    def names_each_statement_once_and_only_claims_it_defines(self) -> Statements:
        ids = [row.id for row in self.statement]
        assert len(ids) == len(set(ids))
        used = {name for row in self.statement for name in row.claims}
        assert used == set(self.claims)
        return self


class PostalRow(Cited):
    form: Literal["cn22", "cn23", "margin"]
    below_sdr: int | None = None
    max_weight_g: int | None = None
    not_services: list[str] = Field(default=[])
    near: Decimal | None = None
    stale_days: int | None = None
    near_stale: Decimal | None = None


class PostalForms(Head):
    row: list[PostalRow]

    @model_validator(mode="after")
    def knows_each_form_once(self) -> PostalForms:
        assert sorted(row.form for row in self.row) == ["cn22", "cn23", "margin"]
        return self


SCHEMAS: dict[str, type[Head]] = {
    "customs/statements": Statements,
    "customs/postal_forms": PostalForms,
}
DICTIONARIES = {
    "paper_words.toml",
    "packing_words.toml",
    "description_words.toml",
    "vague_words.toml",
    "claim_words.toml",
}


def same_shape(one: Any, other: Any) -> bool:
    """Whether two languages of a dictionary say the same things: the same keys, as many texts."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_shape(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other)
    return type(one) is type(other)
