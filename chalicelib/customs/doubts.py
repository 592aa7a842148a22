"""What may be otherwise than an answer says, because of something the request does not say or says wrongly.

A doubt changes no figure: it is said beside them, and the answer is as unsure as its doubts.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.customs.assessment import Assessed
from chalicelib.customs.conditions import A_DAY
from chalicelib.customs.entry import Entry
from chalicelib.rule_review import MAX_AGE


def doubts_of(entry: Entry, ordinary: Assessed) -> tuple[str, ...]:
    """Every doubt about this entry, each once: they make the answer low."""
    return tuple(dict.fromkeys((*_limits(entry, ordinary), *_crossings(entry), *_far_ahead(entry))))


def _far_ahead(entry: Entry) -> Iterator[str]:
    """An entry so long after the rules were read that nobody can know them to hold still."""
    read = min(source["read_on"] for source in entry.program.vintage.rules["source"])
    if entry.request.entry_on > read + MAX_AGE:
        yield f"rules_are_of:{read.isoformat()}"


def _limits(entry: Entry, ordinary: Assessed) -> Iterator[str]:
    """A limit on the landed value that holds only because freight or insurance is not known."""
    if "freight_assumed" not in entry.values.assumed:
        return
    row = entry.regime.row
    if row is not None and any(each.get("fact") == "customs_value" for each in row["when"]):
        yield f"limit_depends_on_freight:{row['name']}"
    waived = {tax["code"] for tax in entry.regime.taxes if "waived_up_to" in tax}
    for charge in ordinary.charges.taxes:
        if charge.code in waived and charge.rate and charge.base and not charge.amount:
            yield f"limit_depends_on_freight:{charge.code}"


def _crossings(entry: Entry) -> Iterator[str]:
    """Goods that come back before they left."""
    for name in ("exported_on", "imported_on"):
        day = entry.facts.get(f"history.{name}")
        if day is not None and day > entry.request.entry_on + A_DAY:
            yield f"lies_after_the_entry:{name}"
