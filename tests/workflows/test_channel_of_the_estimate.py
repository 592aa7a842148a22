"""A return is estimated as it enters: by the post where a post brings it, else by express."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.money import Money
from tests.workflows.desk import REQUEST, Desk

LODGED = "import_declaration_within_14_days"


def brought_to_hong_kong_by(carrier: str) -> Any:
    desk = Desk()
    shop = desk.ports.merchant()
    there = tuple(replace(one, country="HK", region=None, postal_code=None) for one in shop.facility)
    shop = replace(shop, facility=there)
    desk.ports = replace(desk.ports, merchant=lambda: shop)
    small = replace(REQUEST.items[0], price=Money(Decimal(200), "EUR"))
    return desk.open(replace(REQUEST, carrier=carrier, items=(small,)), dry_run=True).body["estimate"]


@pytest.mark.parametrize(("carrier", "lodged"), [("fedex", True), ("dhl", True), ("ems", False)])
def test_a_small_post_item_needs_no_import_declaration_in_hong_kong_and_what_a_courier_brings_does(carrier, lodged):
    given = brought_to_hong_kong_by(carrier)
    assert (LODGED in given["reasons"]) is lodged
