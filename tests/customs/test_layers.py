"""Additional duties of the United States on each side of every day they changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.customs.asking import answer, layers


def into_us(origin: str, on: date, **given: Any) -> dict[str, Any]:
    ring = {"origin": origin, "value": "5000 USD", **given.pop("line", {})}
    return answer(destination="US", purpose="exchange_replacement", entry_on=on, lines=[ring], **given)


SWITCHES = [
    # origin, day, layers on that day beside the ordinary 5.5 %
    ("CN", date(2020, 2, 14), {"list_4a": "0.075"}),
    ("CN", date(2025, 2, 3), {"list_4a": "0.075"}),
    ("CN", date(2025, 2, 4), {"list_4a": "0.075", "ieepa_fentanyl": "0.1"}),
    ("CN", date(2025, 3, 3), {"list_4a": "0.075", "ieepa_fentanyl": "0.1"}),
    ("CN", date(2025, 3, 4), {"list_4a": "0.075", "ieepa_fentanyl": "0.2"}),
    ("CN", date(2025, 4, 4), {"list_4a": "0.075", "ieepa_fentanyl": "0.2"}),
    ("CN", date(2025, 4, 5), {"list_4a": "0.075", "ieepa_fentanyl": "0.2", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2025, 4, 8), {"list_4a": "0.075", "ieepa_fentanyl": "0.2", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2025, 5, 14), {"list_4a": "0.075", "ieepa_fentanyl": "0.2", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2025, 11, 9), {"list_4a": "0.075", "ieepa_fentanyl": "0.2", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2025, 11, 10), {"list_4a": "0.075", "ieepa_fentanyl": "0.1", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2026, 2, 23), {"list_4a": "0.075", "ieepa_fentanyl": "0.1", "ieepa_reciprocal": "0.1"}),
    ("CN", date(2026, 2, 24), {"list_4a": "0.075", "section_122": "0.1"}),
    ("CN", date(2026, 7, 23), {"list_4a": "0.075", "section_122": "0.1"}),
    ("CN", date(2026, 7, 24), {"list_4a": "0.075", "s301_2026": "0.125"}),
    ("HK", date(2025, 3, 4), {"ieepa_fentanyl": "0.2"}),
    ("HK", date(2026, 7, 24), {"s301_2026": "0.125"}),
    ("IT", date(2025, 4, 4), {}),
    ("IT", date(2025, 8, 6), {"ieepa_reciprocal": "0.1"}),
    ("IT", date(2025, 8, 7), {"ieepa_reciprocal": "0.095"}),
    ("IT", date(2026, 7, 24), {"s301_2026": "0.045"}),
    ("JP", date(2025, 8, 7), {"ieepa_reciprocal": "0.095"}),
    ("JP", date(2026, 7, 24), {"s301_2026": "0.07"}),
    ("GB", date(2025, 8, 7), {"ieepa_reciprocal": "0.1"}),
    ("GB", date(2026, 7, 24), {"s301_2026": "0.1"}),
    ("IN", date(2025, 8, 26), {"ieepa_reciprocal": "0.25"}),
    ("IN", date(2025, 8, 27), {"ieepa_reciprocal": "0.25", "ieepa_russia_oil": "0.25"}),
    ("IN", date(2026, 1, 31), {"ieepa_reciprocal": "0.25", "ieepa_russia_oil": "0.25"}),
    ("CH", date(2025, 11, 13), {"ieepa_reciprocal": "0.39"}),
    ("CH", date(2025, 11, 14), {"ieepa_reciprocal": "0.095"}),
    ("CH", date(2026, 7, 24), {"s301_2026": "0.07"}),
    ("BR", date(2026, 7, 21), {"section_122": "0.1"}),
    ("BR", date(2026, 7, 22), {"section_122": "0.1", "s301_brazil": "0.25"}),
    ("BR", date(2026, 7, 24), {"s301_brazil": "0.25", "s301_2026": "0.125"}),
    ("TW", date(2026, 7, 24), {"s301_2026": "0.045"}),
    ("KR", date(2026, 7, 24), {"s301_2026": "0.07"}),
    ("US", date(2026, 11, 22), {}),
    ("IS", date(2026, 11, 22), {}),
]


@pytest.mark.parametrize(("origin", "day", "expected"), SWITCHES, ids=lambda value: str(value))
def test_the_layers_on_a_gold_ring_are_those_of_its_entry_day(origin: str, day: date, expected: dict[str, str]) -> None:
    assert layers(into_us(origin, day)) == {"mfn": "0.055"} | expected


@pytest.mark.parametrize(
    ("origin", "day", "layer"),
    [
        ("CN", date(2025, 4, 9), "ieepa_reciprocal"),
        ("CN", date(2025, 5, 13), "ieepa_reciprocal"),
        ("HK", date(2025, 4, 9), "ieepa_reciprocal"),
        ("HK", date(2025, 5, 13), "ieepa_reciprocal"),
        ("TH", date(2025, 8, 7), "ieepa_reciprocal"),
        ("TH", date(2026, 2, 23), "ieepa_reciprocal"),
        ("IN", date(2026, 2, 1), "ieepa_reciprocal"),
        ("IN", date(2026, 2, 23), "ieepa_reciprocal"),
        ("CA", date(2025, 3, 4), "ieepa_reciprocal"),
    ],
)
def test_a_layer_whose_rate_is_not_known_gives_no_total_and_is_never_zero(origin: str, day: date, layer: str) -> None:
    given = into_us(origin, day)
    assert not given["complete"]
    assert f"layer_unknown:{layer}:{origin}" in given["reasons"]
    assert given["total"] is given["total_without_relief"] is given["total_if_proven"] is None


def test_the_days_around_an_unknown_period_are_known() -> None:
    assert into_us("CN", date(2025, 4, 8), entry="informal")["lines"][0]["duties"][-1]["rate"] == "0.1"
    assert not any("layer_unknown" in reason for reason in into_us("CN", date(2025, 5, 14))["reasons"])
    assert into_us("TH", date(2026, 2, 24))["complete"]


def test_brazil_is_less_sure_on_the_two_days_where_stacking_is_not_stated() -> None:
    assert into_us("BR", date(2026, 7, 23))["confidence"] == "low"
    assert into_us("BR", date(2026, 7, 24))["confidence"] != "low"


def test_before_the_first_vintage_there_is_no_answer() -> None:
    given = into_us("CN", date(2020, 2, 13))
    assert (given["complete"], given["total"], given["customs_value"]) == (False, None, None)
    assert given["reasons"] == ["rule_not_in_force:customs/us/program"]


@pytest.mark.parametrize(
    ("day", "least"),
    [
        (date(2023, 10, 1), "31.67"),
        (date(2024, 9, 30), "31.67"),
        (date(2024, 10, 1), "32.71"),
        (date(2025, 9, 30), "32.71"),
        (date(2025, 10, 1), "33.58"),
        (date(2026, 9, 30), "33.58"),
        (date(2026, 10, 1), "34.58"),
    ],
)
def test_the_least_formal_fee_is_that_of_its_fiscal_year(day: date, least: str) -> None:
    assert [fee["amount"] for fee in into_us("IT", day)["fees"]] == [least]


def test_a_formal_entry_before_the_first_known_fee_year_is_not_summed() -> None:
    given = into_us("IT", date(2023, 9, 30))
    assert not given["complete"]
    assert "rule_not_in_force:customs/us/mpf_formal" in given["reasons"]


def test_korea_under_its_agreement_is_lifted_to_the_ceiling_itself() -> None:
    given = into_us("KR", date(2026, 11, 22), preference="KORUS")
    assert layers(given) == {"mfn": "0", "s301_2026": "0.125"}
    assert given["fees"] == []


def test_usmca_goods_escape_the_surcharges_but_the_same_goods_without_the_claim_do_not() -> None:
    assert layers(into_us("MX", date(2026, 11, 22), preference="USMCA")) == {"mfn": "0"}
    assert layers(into_us("MX", date(2026, 11, 22))) == {"mfn": "0.055", "s301_2026": "0.1"}
    assert layers(into_us("MX", date(2026, 3, 1), preference="USMCA")) == {"mfn": "0"}


def test_a_preference_that_is_not_known_stops_the_sum() -> None:
    given = into_us("CN", date(2026, 11, 22), preference="ChAFTA")
    assert given["reasons"] == ["preference_unknown:ChAFTA"]
    assert given["total"] is None


def test_a_preference_of_another_country_is_not_applied_and_that_is_said() -> None:
    given = into_us("CN", date(2026, 11, 22), preference="KORUS")
    assert layers(given)["mfn"] == "0.055"
    assert "preference_not_applied:KORUS" in given["reasons"]
    assert [fee["code"] for fee in given["fees"]] == ["mpf_formal"]


def test_column_two_applies_to_cuba_and_to_russia_from_its_day() -> None:
    assert layers(into_us("CU", date(2026, 11, 22)))["mfn"] == "0.8"
    assert layers(into_us("RU", date(2022, 4, 8)))["mfn"] == "0.055"
    assert layers(into_us("RU", date(2022, 4, 9)))["mfn"] == "0.8"


def test_goods_of_column_two_have_no_preference_that_waives_the_fee() -> None:
    cuban = answer(destination="US", purpose="refund_return", lines=[{"value": "4000 USD", "origin": "CU"}])
    assert [fee["code"] for fee in cuban["fees"]] == ["mpf_formal"]


def test_bullion_escapes_the_surcharges_but_chinese_bullion_is_on_list_three() -> None:
    bar = {"article": "bar", "fineness": 999}
    assert layers(into_us("CH", date(2026, 11, 22), line=bar)) == {"mfn": "0"}
    assert layers(into_us("CN", date(2026, 11, 22), line=bar)) == {"mfn": "0", "list_3": "0.25"}


@pytest.mark.parametrize(
    ("origin", "day", "free"),
    [
        ("CN", date(2025, 5, 1), True),
        ("CN", date(2025, 5, 2), False),
        ("HK", date(2025, 5, 2), False),
        ("TH", date(2025, 5, 2), True),
        ("TH", date(2025, 8, 28), True),
        ("TH", date(2025, 8, 29), False),
    ],
)
def test_the_low_value_exemption_ended_for_china_first_and_then_for_all(origin: str, day: date, free: bool) -> None:
    given = into_us(origin, day, line={"value": "800 USD"})
    assert ("de_minimis_800" in layers(given)) is free
    assert (given["total"] == "0.00") is free


def test_one_cent_over_the_low_value_limit_is_dutiable() -> None:
    assert layers(into_us("TH", date(2025, 5, 1), line={"value": "800.01 USD"}))["mfn"] == "0.055"


def test_mail_between_the_exemption_and_the_surcharge_is_not_guessed() -> None:
    small = {"value": "200 USD"}
    lost = into_us("IT", date(2025, 9, 1), line=small, channel="post")
    assert (lost["complete"], lost["reasons"]) == (False, ["layer_unknown:mail_method"])
    assert layers(into_us("IT", date(2026, 3, 1), line=small, channel="post")) == {"section_122": "0.1"}
    assert layers(into_us("IT", date(2026, 7, 24), line=small, channel="post"))["mfn"] == "0.055"


@pytest.mark.parametrize(
    ("value", "asked", "fee", "says"),
    [
        ("2500 USD", None, "mpf_informal", []),
        ("2500.01 USD", None, "mpf_formal", []),
        ("100 USD", "formal", "mpf_formal", []),
        ("2500.01 USD", "informal", "mpf_formal", ["formal_entry_required"]),
    ],
)
def test_an_entry_is_informal_up_to_2500_dollars(value: str, asked: str | None, fee: str, says: list[str]) -> None:
    given = into_us("IT", date(2026, 11, 22), line={"value": value}, entry=asked)
    assert [row["code"] for row in given["fees"]] == [fee]
    assert given["reasons"] == says


def test_an_informal_fee_whose_amount_is_unknown_is_listed_and_stops_nothing() -> None:
    given = into_us("CN", date(2026, 11, 22), line={"value": "1200 USD"})
    (fee,) = given["fees"]
    assert (fee["code"], fee["amount"], fee["in_total"]) == ("mpf_informal", None, False)
    assert given["complete"]
    known = into_us("CN", date(2026, 9, 30), line={"value": "1200 USD"}, channel="post")["fees"][0]
    assert (known["amount"], known["in_total"]) == ("7.39", False)


def test_fob_systems_leave_freight_out_even_of_a_cif_price() -> None:
    given = into_us("CN", date(2026, 11, 22), line={"value": "1200 USD"}, freight="100 USD")
    assert given["customs_value"] == "1200.00"
    cif = into_us("CN", date(2026, 11, 22), line={"value": "1300 USD", "value_basis": "cif"}, freight="100 USD")
    assert cif["customs_value"] == "1200.00"


def test_indian_bullion_stayed_exempt_in_the_month_whose_rate_on_other_goods_is_not_known() -> None:
    bar = {"article": "bar", "fineness": 999, "origin": "IN", "value": "1200 USD"}
    given = answer(destination="US", purpose="exchange_replacement", entry_on=date(2026, 2, 10), lines=[bar])
    assert (given["complete"], given["total"]) == (True, "0.00")
    ring = answer(
        destination="US",
        purpose="exchange_replacement",
        entry_on=date(2026, 2, 10),
        lines=[{"origin": "IN", "value": "1200 USD"}],
    )
    assert (ring["complete"], ring["total"]) == (False, None)


def test_a_rate_kept_from_memory_never_makes_a_sure_answer() -> None:
    necklace = {"article": "necklace", "origin": "CN", "value": "1200 USD"}
    given = answer(destination="US", purpose="exchange_replacement", lines=[necklace])
    assert (given["total"], given["confidence"]) == ("306.00", "medium")
