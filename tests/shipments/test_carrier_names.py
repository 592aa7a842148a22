"""Every carrier has one name on papers, and one that customers know."""

from __future__ import annotations

import pytest

from chalicelib.carriers.registry import CARRIERS
from chalicelib.rulebook import dictionary
from chalicelib.shipments.carrier_names import carrier_called

NAMES = dictionary("shipments", "carrier_names")


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carrier_we_order_from_is_named_on_papers_and_to_customers(carrier):
    assert NAMES["name"][carrier]
    assert carrier_called(carrier)


def test_what_customers_call_otherwise_has_a_name_of_its_own():
    assert set(NAMES["to_customers"]) <= set(NAMES["name"])


@pytest.mark.parametrize("carrier", ["post", "pigeon", ""])
def test_what_has_no_name_of_ours_is_not_named_to_a_customer(carrier):
    assert carrier_called(carrier) is None
