"""Ready-made return requests and the sample merchant, for tests of the return rules."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import chalicelib
from chalicelib.merchant import Merchant, load_merchant
from chalicelib.money import Money
from chalicelib.returns.case import Item, Order, ReturnRequest
from chalicelib.shipments.leg import ExportLink

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SAMPLE_FILE = Path(chalicelib.__file__).parent / "merchant.toml"


@cache
def merchant() -> Merchant:
    return load_merchant(SAMPLE_FILE)


def ring(**changes) -> Item:
    facts = {
        "sku": "R-18K-01",
        "description": "18K yellow gold ring, one 0.05 ct diamond",
        "article": "ring",
        "metal": "gold",
        "fineness": 750,
        "construction": "solid",
        "stones": "diamond",
        "origin": "CN",
        "quantity": 1,
        "gross_weight_g": Decimal("5.30"),
        "net_weight_g": Decimal("5.20"),
        "price": Money(Decimal("1180.00"), "EUR"),
    }
    return Item(**(facts | changes))


def asking(
    kind="refund",
    reason="change_of_mind",
    country="FR",
    delivered=date(2026, 11, 12),
    sold=date(2026, 11, 1),
    *,
    region=None,
    items=None,
    evidence=(),
    delivered_at=None,
) -> ReturnRequest:
    return ReturnRequest(
        kind=kind,
        reason=reason,
        order=Order("SO-1001", sold, delivered, delivered_at),
        original_export=ExportLink(),
        customer_country=country,
        customer_region=region,
        language="fr",
        return_to="SZX-1",
        items=items or (ring(),),
        evidence_offered=evidence,
    )
