"""A province is known by any name it goes by; a name that is none is said, and never taken for another."""

from __future__ import annotations

import pytest

from chalicelib.customs.regions import region_of
from chalicelib.rulebook import dictionary
from tests.customs.asking import answer

SOLD = {"destination": "CA", "purpose": "exchange_replacement", "lines": [{"value": "1000 CAD"}]}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("ON", "ON"), ("on", "ON"), ("CA-ON", "ON"), (" Ontario ", "ON"), ("Québec", "QC"), ("QUEBEC", "QC"),
        ("P.E.I.", "PE"), ("Île-du-Prince-Édouard", "PE"), ("Newfoundland & Labrador", "NL"),
        ("British  Columbia", "BC"), ("Colombie-Britannique", "BC"), ("yukon territory", "YT"),
    ],
)  # fmt: skip
def test_a_province_is_known_by_its_names_and_codes(given: str, code: str) -> None:
    assert region_of("CA", given).code == code


@pytest.mark.parametrize("given", ["Bavaria", "O N", "Ontarion", "魁北克"])
def test_a_name_that_is_no_province_is_unknown(given: str) -> None:
    assert region_of("CA", given) == region_of("CA", "XX")
    assert region_of("CA", given).is_unknown


@pytest.mark.parametrize("given", [None, "", "  "])
def test_no_name_is_no_unknown_name(given: str | None) -> None:
    assert not region_of("CA", given).is_unknown


def test_only_a_country_whose_list_is_whole_calls_a_name_unknown() -> None:
    assert not region_of("DE", "Bavaria").is_unknown
    assert region_of("US", "California").code is None


@pytest.mark.parametrize("country", sorted(dictionary("customs", "regions")))
def test_no_two_regions_of_a_country_share_a_name(country: str) -> None:
    names = dictionary("customs", "regions")[country]["names"]
    spelled = [(code, name) for code, known in names.items() for name in (code, *known)]
    assert all(region_of(country, name).code == code for code, name in spelled)


def test_the_tax_of_a_province_is_charged_under_its_full_name() -> None:
    by_name, by_code = (answer(**SOLD, consignee="consumer", region=name) for name in ("Nova Scotia", "NS"))
    assert by_name == by_code
    assert by_name["taxes"][0]["rate"] == "0.14"


def test_a_region_nobody_knows_stops_only_the_tax_that_asks_for_it() -> None:
    private = answer(**SOLD, consignee="consumer", region="Bavaria")
    business = answer(**SOLD, region="Bavaria")
    assert (private["complete"], private["reasons"]) == (False, ["region_unknown:Bavaria"])
    assert (business["complete"], business["reasons"]) == (True, ["region_unknown:Bavaria"])
    assert business["confidence"] == answer(**SOLD)["confidence"]
