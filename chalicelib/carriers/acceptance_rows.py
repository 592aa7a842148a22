"""The acceptance rows as read from their dated file: whom they speak of, and how old they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import Confidence, dictionary, in_force

DATASET = "carriers/acceptance"
MAX_AGE = timedelta(days=365)
Basis = Literal["item", "package", "shipment", "address_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """Up to what amount; ``field`` is the amount tested (None: the goods' value). It bites ``when`` a fact holds and
    not where one of ``unless`` does."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    amount: Decimal
    currency: str
    basis: Basis
    field: Literal["carrier_declared_value"] | None = None
    when: str | None = None
    unless: tuple[str, ...] = ()

    @property
    def limit(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of what a carrier takes."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    carrier: str
    service: str
    origin: tuple[str, ...]
    dest: tuple[str, ...]
    goods: tuple[str, ...]
    decision: Literal["deny", "allow", "conditional", "review"]
    checked_on: date
    confidence: Confidence
    source: int
    max_value: Cap | None = None
    requires: tuple[str, ...] = ()
    reason: str | None = None
    as_of: str | None = None
    source_title: str = ""

    @property
    def is_specific(self) -> bool:
        """Whether it names a place: only such a row silences a default."""
        return "*" not in self.origin or "*" not in self.dest

    def matches(self, carrier: str, service: str, lane: Lane, goods: Iterable[str]) -> bool:
        """Whether the row speaks of this parcel: any one of its goods is enough."""
        return (
            _fits((self.carrier,), carrier)
            and _fits((self.service,), service)
            and _fits(self.origin, lane.origin)
            and _fits(self.dest, lane.destination)
            and any(_fits(self.goods, kind) for kind in goods)
        )


def is_stale(row: Row, on: date) -> bool:
    """Whether nobody has looked at the row's source for more than a year."""
    return on - row.checked_on > MAX_AGE


def rows_in_force(on: date) -> tuple[Row, ...]:
    """Every row of the vintage in force; raises ``RuleNotInForce`` and ``RuleFileInvalid``."""
    return _rows(in_force(DATASET, on).effective)


def requirement(code: str) -> Mapping[str, Any] | None:
    """What a code of a row asks (``text``), how it is met (``kind``) and, where it is work, ``by`` whom; None for a
    code that no dictionary explains."""
    found: Mapping[str, Any] | None = dictionary("carriers", "requirements")["requirement"].get(code)
    return found


def limit_of_requirement(code: str) -> Money:
    """From which amount on a requirement asks something."""
    above: dict[str, str] = dictionary("carriers", "requirements")["requirement"][code]["above"]
    return Money(Decimal(above["amount"]), above["currency"])


def words_of(code: str, detail: str | None) -> str:
    """What a reason means, in sentences for who works with it; one that nobody explained is told by its code.

    >>> words_of("carrier_bans_goods", "INSURED_ONLY")
    'The carrier does not take such goods this way. It goes insured only.'
    """
    known = dictionary("carriers", "requirements")
    asked = known["requirement"].get(detail, {}).get("text")
    more = f"Asked: {asked}" if asked else known["because"].get(detail)
    told: str = known["reason"].get(code, code)
    return f"{told} {more}" if more else told


@cache
def _rows(effective: date) -> tuple[Row, ...]:
    vintage = in_force(DATASET, effective)
    titles = [source["title"] for source in vintage.rules["source"]]
    try:
        rows = TypeAdapter(tuple[Row, ...]).validate_python(vintage.rules["row"])
        return tuple(replace(row, source_title=titles[row.source - 1]) for row in rows)
    except (ValidationError, IndexError) as invalid:
        raise RuleFileInvalid(f"{vintage.name}: {invalid}") from invalid


def _fits(patterns: tuple[str, ...], value: str) -> bool:
    """``*`` fits all, ``FOO_*`` what begins with it.

    >>> _fits(("INTERNATIONAL_*",), "INTERNATIONAL_PRIORITY"), _fits(("US", "CA"), "CN")
    (True, False)
    """
    return any(value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern for pattern in patterns)
