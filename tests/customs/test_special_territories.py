"""Places whose law is not their country's: outside its customs or its tax territory, or with a rate of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.customs.asking import answer


def sold(to: str, region: str | None, currency: str = "EUR") -> dict[str, Any]:
    ring = {"value": f"2000 {currency}", "value_basis": "cif"}
    return answer(destination=to, purpose="exchange_replacement", region=region, lines=[ring])


@pytest.mark.parametrize(
    ("to", "region", "reason"),
    [
        ("ES", "Ceuta", "outside_customs_territory"), ("ES", "ES-ML", "outside_customs_territory"),
        ("IT", "Livigno", "outside_customs_territory"), ("DE", "Helgoland", "outside_customs_territory"),
        ("DE", "Büsingen am Hochrhein", "outside_customs_territory"), ("ES", "Islas Canarias", "outside_vat_territory"),
        ("FR", "La Réunion", "outside_vat_territory"), ("FR", "972", "outside_vat_territory"),
        ("GR", "Mount Athos", "outside_vat_territory"), ("IT", "Campione d'Italia", "outside_vat_territory"),
    ],
)  # fmt: skip
def test_a_place_outside_has_no_total_and_says_why(to: str, region: str, reason: str) -> None:
    given = sold(to, region)
    assert (given["complete"], given["total"], given["reasons"]) == (False, None, [reason])


@pytest.mark.parametrize(
    ("region", "vat"), [("Madeira", "451.00"), ("Açores", "328.00"), ("Lisboa", "471.50"), (None, "471.50")]
)
def test_the_islands_of_portugal_have_rates_of_their_own(region: str | None, vat: str) -> None:
    # duty 2.5 % of 2,000 is 50.00; 2,050 x 22 %, 16 %, 23 %
    given = sold("PT", region)
    assert [row["amount"] for row in given["taxes"]] == [vat]


def test_a_greek_island_is_told_that_a_lower_rate_may_apply() -> None:
    island, mainland = sold("GR", "Kos"), sold("GR", "Attica")
    assert (island["total"], island["reasons"]) == (mainland["total"], ["regional_vat_may_apply"])
    assert (island["confidence"], mainland["reasons"]) == ("medium", [])


def test_northern_ireland_is_told_that_the_duty_may_be_that_of_the_union() -> None:
    given = sold("GB", "Northern Ireland", "GBP")
    assert (given["complete"], given["reasons"], given["confidence"]) == (
        True,
        ["northern_ireland_duty_may_be_eu"],
        "low",
    )


@pytest.mark.parametrize(("to", "currency"), [("GB", "GBP"), ("FR", "EUR")])
def test_whether_a_gold_coin_is_investment_gold_is_not_guessed(to: str, currency: str) -> None:
    coin = {"article": "coin", "value": f"2000 {currency}", "fineness": 900}
    given = answer(destination=to, purpose="exchange_replacement", lines=[coin])
    assert (given["complete"], given["reasons"]) == (False, ["tax_rate_unknown:gold_coin"])
