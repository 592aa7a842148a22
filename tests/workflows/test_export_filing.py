"""An export from the United States that must be declared first waits for a person, unless the carrier declares it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.carriers.small_exports import filing_of
from chalicelib.merchant import Proof
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.rulebook import dictionary
from tests.workflows.desk import REQUEST, Desk

DECLARED = Proof("CARRIER_FILES_EEI", date(2026, 10, 5), "logistics desk", "US")


def asked(*prices: str, country: str = "US", currency: str = "USD", proofs: tuple[Proof, ...] = ()) -> list[str]:
    desk = Desk()
    shop = desk.ports.merchant()
    carriers = tuple(replace(one, proofs=(*one.proofs, *proofs)) for one in shop.carrier)
    shop = replace(shop, carrier=carriers)
    desk.ports = replace(desk.ports, merchant=lambda: shop)
    items = tuple(replace(REQUEST.items[0], serial=None, price=Money(Decimal(price), currency)) for price in prices)
    region = "NY" if country == "US" else None
    told = desk.open(replace(REQUEST, customer_country=country, customer_region=region, items=items), dry_run=True)
    found = [one for one in told.body["next"] if "export_filing_required" in one]
    assert not found or told.body["stage"] == "review"
    return found


def test_2500_dollars_of_one_tariff_number_need_no_declaration():
    assert asked("2500.00") == []


@pytest.mark.parametrize("prices", [("2500.01",), ("1250.00", "1250.01")])
def test_a_cent_more_of_one_tariff_number_waits_for_who_declares_it(prices):
    (told,) = asked(*prices)
    assert "EEI" in told
    assert "ITN" in told


@pytest.mark.parametrize(("price", "waits"), [("1180.00", 0), ("4000.00", 1)])
def test_a_worth_in_another_currency_is_compared_at_the_published_rate(price, waits):
    assert len(asked(price, currency="EUR")) == waits


def test_where_the_carrier_has_agreed_to_declare_nobody_is_asked():
    assert asked("2500.01", proofs=(DECLARED,)) == []


@pytest.mark.parametrize("proof", [replace(DECLARED, country="FR"), replace(DECLARED, checked_on=date(2025, 1, 1))])
def test_an_agreement_of_another_country_or_grown_old_is_none(proof):
    assert len(asked("2500.01", proofs=(proof,))) == 1


def test_exports_of_other_countries_are_no_concern_of_this_law():
    assert asked("2500.01", country="FR") == []
    assert filing_of(Lane("US", "CA")) is None


@pytest.mark.parametrize("carrier", ["fedex", "dhl"])
def test_the_carriers_tables_know_the_same_limit(carrier):
    law, theirs = (dictionary("carriers", name)["exports"]["US"] for name in ("export_filing", f"{carrier}_purposes"))
    same = ("currency", "at_most", "per_tariff_number", "not_to")
    assert {name: law[name] for name in same} == {name: theirs[name] for name in same}
