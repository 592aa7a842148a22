"""What is in force at a border, asked over HTTP as a merchant's customs desk would."""

from datetime import date

import pytest

from chalicelib.customs.tariff_book import programs_held, tariff_book
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop

PATH = "/v1/tariffs/{country}"


@pytest.fixture(scope="module")
def shop():
    return Shop()


def asked(shop, path):
    return shop.get(path)


@pytest.mark.parametrize("territory", programs_held())
def test_every_border_shows_its_rules_as_documented(shop, territory):
    country = "FR" if territory == "EU" else territory
    told = asked(shop, f"/v1/tariffs/{country}?on=2026-11-22")
    assert told.status_code == 200
    assert_as_documented("GET", PATH, 200, told.json_body)
    assert told.json_body["lines"]
    assert told.json_body["relief"]
    assert all(row["source"] for kind in ("lines", "layers", "taxes", "relief") for row in told.json_body[kind])


def test_a_country_without_rules_is_not_found_by_its_own_name(shop):
    told = asked(shop, "/v1/tariffs/ZZ")
    assert (told.status_code, told.json_body["code"]) == (404, "destination_unsupported")


def test_a_day_before_the_first_vintage_is_refused(shop):
    told = asked(shop, "/v1/tariffs/US?on=2001-01-01")
    assert (told.status_code, told.json_body["code"]) == (422, "rule_not_in_force")


@pytest.mark.parametrize("path", ["/v1/tariffs/US?on=2026-02-30", "/v1/tariffs/us", "/v1/tariffs/US?on=tomorrow"])
def test_what_is_no_country_or_no_day_is_refused(shop, path):
    assert asked(shop, path).status_code in (404, 422)


def test_an_act_that_ended_is_not_shown_after_it_and_is_shown_on_its_last_day():
    last, next_day = tariff_book("US", date(2026, 7, 23)), tariff_book("US", date(2026, 7, 24))
    assert "section_122" in {row["layer"] for row in last["layers"]}
    assert "section_122" not in {row["layer"] for row in next_day["layers"]}


def test_a_member_of_the_union_sees_its_own_vat_alone():
    rows = tariff_book("FR", date(2026, 11, 22))["taxes"]
    assert [row["rate"] for row in rows if not {"codes", "regions"} & set(row["about"])] == ["0.2"]


def test_a_table_that_runs_out_without_a_successor_is_seen():
    vintages = {row["dataset"]: row for row in tariff_book("US", date(2026, 9, 1))["vintages"]}
    fees = vintages["customs/us/mpf_formal"]
    assert (fees["ends"], fees["next"]) == ("2026-09-30", "2026-10-01")
    fees = {row["dataset"]: row for row in tariff_book("US", date(2026, 11, 22))["vintages"]}["customs/us/mpf_formal"]
    assert (fees["ends"], fees["next"]) == ("2027-09-30", None)


def test_what_a_country_has_not_and_what_nobody_read_is_shown_apart():
    told = {row["kind"]: row for row in tariff_book("CN", date(2026, 11, 22))["absent"]}
    assert (told["personal_return"]["read"], told["outward_processing"]["read"]) == (True, False)
    assert tariff_book("TH", date(2026, 11, 22))["absent"][-1]["kind"] == "refund"
