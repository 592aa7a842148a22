"""Whether an export must be declared before a parcel goes, by what our own figures prove."""

from __future__ import annotations

from typing import Any

from chalicelib.carriers.requirements import holding_proof
from chalicelib.carriers.small_exports import are_small, filing_of
from chalicelib.merchant import CarrierContract
from chalicelib.money import Money
from chalicelib.workflows.find_routes import Shipment, rates_from


def unfiled_export(estimated: dict[str, Any], sent: Shipment, contract: CarrierContract | None) -> list[str]:
    """An export that must be declared before it goes, unless the carrier has agreed to do so: its number is then the
    carrier's business. What our figures do not prove to be small is not taken for small."""
    row = filing_of(sent.lane)
    if row is None or holding_proof(row["files"], contract, sent.lane.origin, sent.on) is not None:
        return []
    currency = row["currency"]
    rates = rates_from(sent.items[0].price.currency, sent.on, sent.book)

    def compared(worth: Money) -> Money:
        rate = rates.get((worth.currency, currency))
        return Money(worth.amount * rate, currency) if rate is not None else worth

    pairs = zip(sent.items, estimated["lines"], strict=True)
    if are_small(((line["hs_code"] or item.hs_code or "", compared(item.worth)) for item, line in pairs), row):
        return []
    limit = f"{row['at_most']} {row['currency']} per tariff number"
    return [f"export_filing_required: above {limit}, or not proven to be within it: {row['needs']}"]
