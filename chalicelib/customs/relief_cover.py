"""Which kinds of relief a country has, which it has not, and which nobody has read yet: nothing stays silent.

A kind is what people ask for: goods that come back, a repair under warranty, a parcel that was refused. A country
either has a row for it in its relief table, or an ``[[absent]]`` row there: ``read`` true where the law knows no such
relief, false where it was not read and a person must find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chalicelib.customs.answer import ReliefRow
from chalicelib.customs.conditions import judge_all
from chalicelib.customs.entry import Entry
from chalicelib.customs.program import Row, Table, table

REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of relief: the purposes it is asked for, the kinds of row that give it (None: any), what is then known
    of the repair."""

    purposes: frozenset[str]
    rows: frozenset[str] | None
    known: Mapping[str, Any] = field(default_factory=dict)


_BACK = frozenset({"refund_return", "exchange_return", "recall_return"})
_IN_FOR_REPAIR = frozenset({"repair_out", "warranty_repair_out"})
_REPAIRED = frozenset({"repaired_back"})
_FREE_WORK = {
    "repair.under_warranty": True, "repair.replaced": False, "repair.charge": Decimal(0),
    "repair.fair_value": Decimal(1), "repair.guarantee_proven": True,
}  # fmt: skip
_PAID_WORK = {"repair.under_warranty": False, "repair.replaced": False, "repair.charge": Decimal(1)}
_REPLACED = {"repair.under_warranty": True, "repair.replaced": True, "repair.charge": Decimal(0)}
KINDS: Mapping[str, Asked] = {
    "returned_goods": Asked(_BACK, frozenset({"returned_goods"})),
    "personal_return": Asked(_BACK, frozenset({"personal_return"})),
    "refused_parcel": Asked(frozenset({"refused_return"}), frozenset({"returned_goods", "personal_return"})),
    "warranty_repair": Asked(_REPAIRED, frozenset({"repair"}), _FREE_WORK),
    "paid_repair": Asked(_REPAIRED, frozenset({"repair", "outward_processing"}), _PAID_WORK),
    "replacement": Asked(frozenset({"warranty_replacement"}), frozenset({"replacement"}), _REPLACED),
    "temporary_import": Asked(_IN_FOR_REPAIR, frozenset({"temporary_import"})),
    "inward_processing": Asked(_IN_FOR_REPAIR, frozenset({"inward_processing"})),
    "outward_processing": Asked(_REPAIRED, frozenset({"outward_processing"}), {"repair.replaced": False}),
    "loan": Asked(frozenset({"loan_or_sample"}), None),
}


def gives(row: Row, kind: str) -> bool:
    """Whether a row of a relief table can be this kind of relief: its purpose, its kind, and no condition against it.

    >>> gives({"kind": "repair", "purposes": ["repaired_back"], "conditions": [
    ...     {"fact": "repair.charge", "above": 0}]}, "warranty_repair")
    False
    """
    asked = KINDS[kind]
    if not asked.purposes & set(row["purposes"]) or (asked.rows is not None and row.get("kind") not in asked.rows):
        return False
    told = (*row["conditions"], *row.get("variant", ()))
    barred = "unless" in row and judge_all(row["unless"], asked.known).holds is True
    return judge_all(told, asked.known).holds is not False and not barred


def absent_rows(rules: Table) -> tuple[Row, ...]:
    """What a relief or refund table says that the country has not, or that nobody has read."""
    return tuple(rules.vintage.rules.get("absent", ()))


def unread_kinds(entry: Entry, judged: Iterable[ReliefRow]) -> tuple[str, ...]:
    """The kinds of relief that this entry's purpose asks for and whose law in the destination was not read; none
    while a relief that was read is still open to it.

    Raises ``RuleNotInForce`` for a day before the first relief table.
    """
    if any(row.status != "not_eligible" for row in judged):
        return ()
    rules = table(entry.program.vintage.rules["relief"], entry.request.entry_on)
    unread = (str(row["kind"]) for row in absent_rows(rules) if not row["read"])
    return tuple(kind for kind in unread if _is_asked(KINDS[kind], entry))


def _is_asked(asked: Asked, entry: Entry) -> bool:
    if entry.request.purpose not in asked.purposes:
        return False
    warranty = entry.facts.get("repair.under_warranty")
    return warranty is None or asked.known.get("repair.under_warranty", warranty) is warranty
