"""Low value, mail and personal articles: the regimes that replace the ordinary charges."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.customs.asking import answer, layers


def sold(to: str, value: str, **given: Any) -> dict[str, Any]:
    merged = {
        "purpose": "exchange_replacement",
        "consignee": "consumer",
        "lines": [{"value": value}],
        **given,
    }
    return answer(destination=to, **merged)


@pytest.mark.parametrize(
    ("day", "value", "expected"),
    [
        (date(2026, 6, 30), "150 EUR", {"low_value_150": "0"}),
        (date(2026, 6, 30), "150.01 EUR", {"mfn": "0.025"}),
        (date(2026, 7, 1), "150 EUR", {"flat_duty": None}),
        (date(2026, 7, 1), "150.01 EUR", {"mfn": "0.025"}),
    ],
)
def test_the_union_changed_from_duty_free_to_three_euro_on_the_first_of_july(
    day: date, value: str, expected: dict[str, str | None]
) -> None:
    given = sold("FR", value, entry_on=day)
    assert layers(given) == expected
    assert given["complete"]


def test_three_euro_fall_once_on_each_item_type() -> None:
    ring, silver = {"value": "30 EUR"}, {"value": "20 EUR", "metal": "silver", "fineness": 925}
    given = sold("FR", "1 EUR", lines=[ring, ring, silver])
    assert [[row["amount"] for row in line["duties"]] for line in given["lines"]] == [["3.00"], [], ["3.00"]]
    assert given["total"] == "23.20"


def test_freight_does_not_count_towards_the_low_value_limits() -> None:
    assert "flat_duty" in layers(sold("FR", "150 EUR", freight="30 EUR"))
    assert "low_value_135" in layers(sold("GB", "135 GBP", freight="30 GBP"))


@pytest.mark.parametrize(
    ("purpose", "consignee"), [("warranty_replacement", "consumer"), ("refund_return", "merchant")]
)
def test_what_is_no_distance_sale_bears_the_ordinary_tariff_and_says_so(purpose: str, consignee: str) -> None:
    given = sold("FR", "100 EUR", purpose=purpose, consignee=consignee)
    assert layers(given) == {"mfn": "0.025"}
    assert given["confidence"] == "medium"
    assert "ordinary_tariff_assumed:not_a_distance_sale" in given["reasons"]


def test_british_sales_up_to_135_pounds_bear_vat_that_the_seller_collects() -> None:
    given = sold("GB", "135 GBP")
    assert (layers(given), given["total"]) == ({"low_value_135": "0"}, "27.00")
    assert [(row["collected_by"], row["in_total"]) for row in given["taxes"]] == [("seller", True)]
    assert layers(sold("GB", "135.01 GBP")) == {"mfn": "0.02"}
    business = sold("GB", "135 GBP", purpose="refund_return", consignee="merchant")
    assert [row["collected_by"] for row in business["taxes"]] == ["customs"]


def test_a_single_piece_to_a_chinese_consumer_bears_the_personal_articles_tax() -> None:
    given = sold("CN", "10000 CNY", channel="post", dispatched_from="FR")
    assert [row["code"] for row in given["taxes"]] == ["personal_articles_tax"]
    assert (given["total"], given["confidence"]) == ("1300.00", "medium")


@pytest.mark.parametrize(
    ("value", "sent_from", "total"),
    [
        ("1000 CNY", "FR", "130.00"),
        ("1000.01 CNY", "FR", "220.40"),
        ("1000 CNY", "HK", "220.40"),
        ("800 CNY", "HK", "104.00"),
        ("800.01 CNY", "HK", "176.32"),
        ("384 CNY", "FR", "0.00"),
        ("384.62 CNY", "FR", "0.00"),
        ("385 CNY", "FR", "50.05"),
    ],
)
def test_several_pieces_stay_personal_up_to_the_limit_and_tax_up_to_fifty_is_waived(
    value: str, sent_from: str, total: str
) -> None:
    pair = {"value": value, "article": "earrings", "quantity": 2}
    given = sold("CN", "1 CNY", lines=[pair], dispatched_from=sent_from, channel="post")
    assert given["total"] == total


def test_personal_tax_on_platinum_is_not_guessed() -> None:
    given = sold("CN", "1 CNY", lines=[{"metal": "platinum", "fineness": 950, "value": "5000 CNY"}])
    assert (given["complete"], given["reasons"]) == (False, ["tax_rate_unknown:personal_articles_tax"])


def test_goods_of_united_states_origin_into_china_have_a_layer_nobody_has_read() -> None:
    ring = {"value": "5000 CNY", "origin": "US"}
    given = answer(destination="CN", dispatched_from="US", purpose="refund_return", lines=[ring])
    assert (given["complete"], given["reasons"]) == (False, ["layer_unknown:us_retaliation:US"])


@pytest.mark.parametrize("to", ["FR", "GB"])
def test_russian_gold_may_not_enter_and_is_not_priced(to: str) -> None:
    given = sold(to, "1 EUR", lines=[{"value": "5000 EUR", "origin": "RU"}])
    assert (given["complete"], given["total"]) == (False, None)
    assert "prohibited_origin:RU" in given["reasons"]


@pytest.mark.parametrize("to", ["CN", "GB", "FR", "US"])
def test_an_unknown_origin_gives_no_total_anywhere(to: str) -> None:
    given = sold(to, "1 EUR", lines=[{"value": "5000 EUR", "origin": ""}])
    assert "origin_required" in given["reasons"]
    assert given["total"] is given["total_if_proven"] is given["total_without_relief"] is None


@pytest.mark.parametrize(
    ("to", "day", "rate"),
    [
        ("FI", date(2024, 8, 31), "0.24"),
        ("FI", date(2024, 9, 1), "0.255"),
        ("SK", date(2024, 12, 31), "0.2"),
        ("SK", date(2025, 1, 1), "0.23"),
        ("EE", date(2025, 6, 30), "0.22"),
        ("EE", date(2025, 7, 1), "0.24"),
        ("RO", date(2025, 7, 31), "0.19"),
        ("RO", date(2025, 8, 1), "0.21"),
        ("HU", date(2026, 11, 22), "0.27"),
    ],
)
def test_each_member_has_its_own_vat_on_the_day(to: str, day: date, rate: str) -> None:
    assert [row["rate"] for row in sold(to, "2000 EUR", entry_on=day)["taxes"]] == [rate]


def test_a_country_without_rules_is_said_to_be_one() -> None:
    given = sold("NZ", "100 NZD")
    assert (given["complete"], given["reasons"], given["currency"]) == (
        False,
        ["destination_unsupported"],
        None,
    )
    assert given["total"] is given["customs_value"] is None


@pytest.mark.parametrize("to", ["CN", "GB", "FR"])
def test_before_the_first_vintage_of_a_country_there_is_no_answer(to: str) -> None:
    first = {"CN": date(2024, 12, 1), "GB": date(2021, 1, 1), "FR": date(2024, 1, 1)}[to]
    dataset = f"customs/{'eu' if to == 'FR' else to.lower()}/program"
    value = {"CN": "CNY", "GB": "GBP", "FR": "EUR"}[to]
    early = sold(to, f"2000 {value}", entry_on=date.fromordinal(first.toordinal() - 1))
    assert (early["reasons"], early["total"]) == ([f"rule_not_in_force:{dataset}"], None)
    assert sold(to, f"2000 {value}", entry_on=first)["complete"]
