"""Relief around the days of its limits; what is missing; who may claim; what a repair pays on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.customs.asking import answer, relief

CN_PAST = {"export_mode": "9610", "export_reference": "X1", "same_state": True, "export_rebate": False}
US_PAST = {
    "imported_on": date(2022, 1, 31), "duty_paid_on_import": True, "export_reference": "X1",
    "same_state": True, "importer_is_exporter": True, "sold_to_consumer": True, "drawback_claimed": False,
}  # fmt: skip
GB_PAST = {"export_reference": "X1", "same_state": True, "importer_is_exporter": True, "vat_refunded": False}
CURRENCY = {"CN": "CNY", "US": "USD", "GB": "GBP", "FR": "EUR"}


def home(to: str, on: date, past: dict[str, Any], purpose: str = "refund_return", **given: Any) -> dict[str, Any]:
    value = f"1000 {CURRENCY[to]}"
    ring = {"value": value, "value_basis": "cif", **given.pop("line", {})}
    return answer(
        destination=to,
        dispatched_from="JP",
        entry_on=on,
        purpose=purpose,
        lines=[ring],
        history=past,
        **given,
    )


BOUNDARIES = [
    # relief, destination, what is known, exported, last good day
    ("CN-2026-16", "CN", CN_PAST, date(2026, 6, 1), date(2026, 12, 1)),
    ("CN-2026-16", "CN", CN_PAST, date(2026, 8, 31), date(2027, 2, 28)),
    ("CN-2026-16", "CN", CN_PAST, date(2027, 8, 29), date(2028, 2, 29)),
    ("CN-GENERAL-1Y", "CN", CN_PAST | {"return_reason": "quality"}, date(2025, 11, 22), date(2026, 11, 22)),
    ("CN-GENERAL-1Y", "CN", CN_PAST | {"return_reason": "quality"}, date(2028, 2, 29), date(2029, 2, 28)),
    ("US-9801.00.26", "US", US_PAST, date(2024, 2, 29), date(2025, 2, 28)),
    ("US-9801.00.10", "US", US_PAST, date(2023, 11, 22), date(2026, 11, 22)),
    ("GB-F05", "GB", GB_PAST, date(2024, 2, 29), date(2027, 2, 28)),
    ("EU-F05", "FR", GB_PAST, date(2023, 11, 22), date(2026, 11, 22)),
]


@pytest.mark.parametrize(("code", "to", "past", "exported", "last"), BOUNDARIES, ids=lambda value: str(value)[:12])
def test_a_limit_is_inclusive_and_counted_in_calendar_months(
    code: str, to: str, past: dict[str, Any], exported: date, last: date
) -> None:
    known = past | {"exported_on": exported}
    before, after = last.toordinal() - 1, last.toordinal() + 1
    for day, status in ((before, "proven"), (last.toordinal(), "proven"), (after, "not_eligible")):
        row = relief(home(to, date.fromordinal(day), known), code)
        assert (row["status"], row["claim_by"]) == (status, last.isoformat())


@pytest.mark.parametrize(
    ("exported", "status"),
    [
        (date(2025, 12, 31), "not_eligible"),
        (date(2026, 1, 1), "proven"),
        (date(2027, 12, 31), "proven"),
        (date(2028, 1, 1), "not_eligible"),
    ],
)
def test_the_e_commerce_policy_covers_exports_of_two_years(exported: date, status: str) -> None:
    entry = date(exported.year + (exported.month == 12), exported.month % 12 + 1, 1)
    assert relief(home("CN", entry, CN_PAST | {"exported_on": exported}), "CN-2026-16")["status"] == status


def test_the_e_commerce_policy_is_not_listed_before_its_first_day() -> None:
    given = home("CN", date(2025, 12, 31), CN_PAST | {"exported_on": date(2025, 11, 1)})
    assert "CN-2026-16" not in [row["code"] for row in given["relief"]]


def test_an_export_three_years_to_the_day_after_import_still_makes_a_personal_return() -> None:
    for exported, status in ((date(2025, 1, 31), "proven"), (date(2025, 2, 1), "not_eligible")):
        given = home("US", date(2025, 6, 1), US_PAST | {"exported_on": exported})
        assert relief(given, "US-9801.00.26")["status"] == status


def test_after_six_months_the_list_return_is_offered_but_never_counted_as_proven() -> None:
    given = home("CN", date(2026, 12, 2), CN_PAST | {"exported_on": date(2026, 6, 1), "return_reason": "size"})
    row = relief(given, "CN-9610-LIST")
    assert (row["status"], row["missing"], row["confidence"]) == ("unproven", ["customs_acceptance"], "low")
    assert given["total"] == given["total_without_relief"] == "220.40"
    assert (given["total_if_proven"], given["confidence"]) == ("0.00", "low")
    in_time = home("CN", date(2026, 12, 1), CN_PAST | {"exported_on": date(2026, 6, 1)})
    assert "CN-9610-LIST" not in [row["code"] for row in in_time["relief"]]


@pytest.mark.parametrize(
    ("code", "to", "past", "exported"), [case[:4] for case in BOUNDARIES], ids=lambda value: str(value)[:12]
)
def test_each_unknown_fact_is_named_and_each_wrong_fact_refuses(
    code: str, to: str, past: dict[str, Any], exported: date
) -> None:
    known = past | {"exported_on": exported}
    entry = max(exported, date(2024, 2, 29))
    without = {name: relief(home(to, entry, known | {name: None}), code)["status"] for name in known}
    decisive = [name for name, status in without.items() if status != "proven"]
    assert {"export_reference", "same_state", "exported_on"} <= set(decisive)
    for name in decisive:
        row = relief(home(to, entry, known | {name: None}), code)
        assert (row["status"], name in row["missing"]) == ("unproven", True)
        if isinstance(known[name], bool):
            refused = relief(home(to, entry, known | {name: not known[name]}), code)
            assert (refused["status"], refused["saves"]) == ("not_eligible", "0.00")
            assert refused["why"]


def test_a_rebate_that_was_kept_bars_the_chinese_return() -> None:
    given = home("CN", date(2026, 7, 1), CN_PAST | {"exported_on": date(2026, 6, 1), "export_rebate": True})
    assert relief(given, "CN-2026-16")["why"] == "the export rebate was taken and is not repaid"
    assert given["total"] == given["total_if_proven"] == "220.40"


def test_a_change_of_mind_is_no_reason_for_the_general_chinese_return() -> None:
    known = {"exported_on": date(2026, 6, 1), "return_reason": "change_of_mind", "export_mode": "0110"}
    row = relief(home("CN", date(2026, 7, 1), CN_PAST | known), "CN-GENERAL-1Y")
    assert (row["status"], row["why"]) == ("not_eligible", "only for quality or specification reasons")


@pytest.mark.parametrize("to", ["GB", "FR"])
def test_another_importer_than_the_exporter_keeps_duty_relief_and_loses_vat_relief(to: str) -> None:
    past = GB_PAST | {"exported_on": date(2026, 3, 1), "importer_is_exporter": False}
    given = home(to, date(2026, 11, 22), past)
    duty_only = relief(given, "GB-F01" if to == "GB" else "EU-F01")
    assert duty_only["status"] == "proven"
    assert given["total"] == "200.00"
    assert relief(given, duty_only["code"].replace("F01", "F05"))["status"] == "not_eligible"


def test_vat_refunded_at_export_leaves_duty_relief_at_medium_and_says_so() -> None:
    given = home("GB", date(2026, 11, 22), GB_PAST | {"exported_on": date(2026, 3, 1), "vat_refunded": True})
    assert [row["status"] for row in given["relief"] if row["code"] == "GB-F01"] == ["proven"]
    assert (given["total"], given["confidence"]) == ("200.00", "medium")
    assert "vat_relief_reduced" in given["reasons"]


def test_goods_of_us_origin_return_at_any_time() -> None:
    past = {
        "export_reference": "X1",
        "same_state": True,
        "drawback_claimed": False,
        "exported_on": date(2001, 1, 1),
    }
    given = home("US", date(2026, 11, 22), past, line={"origin": "US"})
    assert relief(given, "US-9801.00.10")["status"] == "proven"
    assert given["total"] == "0.00"
    assert "US-9801.00.26" not in [row["code"] for row in given["relief"]]


def test_drawback_taken_bars_every_return_line() -> None:
    given = home("US", date(2026, 11, 22), US_PAST | {"exported_on": date(2026, 3, 1), "drawback_claimed": True})
    assert {row["status"] for row in given["relief"] if row["code"].startswith("US-9801")} == {"not_eligible"}


def test_a_replacement_going_out_is_no_return() -> None:
    given = home("US", date(2026, 11, 22), US_PAST | {"exported_on": date(2026, 3, 1)}, "exchange_replacement")
    assert {row["status"] for row in given["relief"]} == {"not_eligible"}
    assert relief(given, "US-9801.00.26")["why"] == "not for exchange_replacement"


def test_a_piece_coming_home_to_the_british_workshop_unaltered_is_returned_goods() -> None:
    past = GB_PAST | {"exported_on": date(2026, 3, 1)}
    assert home("GB", date(2026, 11, 22), past, "warranty_repair_out")["total"] == "0.00"


def back(to: str, repair: dict[str, Any], **given: Any) -> dict[str, Any]:
    ring = {"value": f"1000 {CURRENCY[to]}", "value_basis": "cif"}
    return answer(destination=to, purpose="repaired_back", lines=[ring], repair=repair, **given)


def test_a_repair_free_under_warranty_is_dutiable_on_its_fair_value_in_the_united_states() -> None:
    free = {"under_warranty": True, "replaced": False, "charge": "0 USD", "fair_value": "200 USD"}
    given = back("US", free)
    assert relief(given, "US-9802.00.40")["status"] == "proven"
    assert given["total"] == "51.00"
    assert [row["code"] for row in relief(given, "US-9802.00.40")["charges"]] == [
        "mfn",
        "list_4a",
        "s301_2026",
    ]


def test_a_repair_of_unknown_cost_is_not_priced_at_nothing() -> None:
    given = back("US", {"under_warranty": True, "replaced": False})
    row = relief(given, "US-9802.00.40")
    assert (row["status"], row["missing"], row["due"]) == ("unproven", ["repair.fair_value"], None)
    assert given["total"] == given["total_if_proven"] == "255.00"


def test_a_repair_in_mexico_saves_only_the_ordinary_duty_on_the_repair() -> None:
    paid = {"under_warranty": False, "replaced": False, "charge": "200 USD"}
    assert back("US", paid, dispatched_from="MX")["total"] == "40.00"
    assert back("US", paid, dispatched_from="CN")["total"] == "51.00"


@pytest.mark.parametrize("to", ["US", "GB", "FR"])
def test_a_replaced_body_is_a_new_article(to: str) -> None:
    currency = CURRENCY[to]
    done = {
        "under_warranty": False, "replaced": True, "charge": f"200 {currency}",
        "authorisation": "OP", "back_in_time": True,
    }  # fmt: skip
    given = back(to, done)
    assert {row["status"] for row in given["relief"]} == {"not_eligible"}
    assert given["total"] == given["total_without_relief"]


def test_a_proven_guarantee_frees_the_british_repair_from_duty_and_vat() -> None:
    done = {
        "under_warranty": True, "guarantee_proven": True, "replaced": False, "charge": "0 GBP",
        "parts": "0 GBP", "freight_out": "10 GBP", "freight_in": "12 GBP", "insurance": "3 GBP", "authorisation": "OP",
        "back_in_time": True,
    }  # fmt: skip
    assert back("GB", done)["total"] == "0.00"
    late = back("GB", done | {"back_in_time": False})
    assert late["total"] == late["total_without_relief"]


def test_outward_processing_without_its_authorisation_is_only_possible() -> None:
    done = {
        "replaced": False,
        "charge": "200 EUR",
        "back_in_time": True,
        "freight_in": "0 EUR",
        "insurance": "0 EUR",
    }
    given = back("FR", done)
    assert relief(given, "EU-OPR")["missing"] == ["repair.authorisation"]
    assert (given["total"], given["total_if_proven"]) == ("230.00", "46.00")


def test_freight_that_the_repair_papers_do_not_state_is_said_to_be_assumed() -> None:
    given = back("FR", {"replaced": False, "charge": "200 EUR", "back_in_time": True, "authorisation": "OP"})
    assert given["total"] == "46.00"
    assert "repair_freight_assumed" in given["reasons"]


def test_a_personal_return_names_its_last_day_its_claimant_and_what_is_missing() -> None:
    past = US_PAST | {"imported_on": date(2025, 11, 1), "exported_on": date(2026, 3, 10)}
    past |= {"export_reference": None, "same_state": None}
    row = relief(home("US", date(2026, 11, 22), past), "US-9801.00.26")
    assert (row["status"], row["missing"]) == ("unproven", ["export_reference", "same_state"])
    assert (row["claim_by"], row["claimant"], row["saves"]) == ("2027-03-10", "exporter", "255.00")


@pytest.mark.parametrize("fair_value", [None, "150 CNY"])
def test_free_work_abroad_is_never_proven_to_be_worth_nothing_in_china(fair_value: str | None) -> None:
    repair = {"charge": "0 CNY", "back_in_time": True} | ({"fair_value": fair_value} if fair_value else {})
    past = {"export_mode": "1300", "export_reference": "X2"}
    given = home("CN", date(2026, 11, 22), past, "repaired_back", repair=repair)
    row = relief(given, "CN-1300")
    unsaid = [] if fair_value else ["repair.fair_value"]
    assert (row["status"], row["missing"]) == ("unproven", [*unsaid, "customs_valuation_of_free_repair"])
    assert (row["confidence"], row["due"]) == ("low", "33.06" if fair_value else None)
    assert given["total"] == given["total_without_relief"]


def test_what_customs_must_confirm_is_named_beside_what_is_missing() -> None:
    given = home("CN", date(2026, 11, 22), CN_PAST | {"exported_on": date(2026, 5, 1), "export_reference": None})
    assert relief(given, "CN-9610-LIST")["missing"] == ["export_reference", "customs_acceptance"]


def test_a_rejected_import_without_either_date_names_both() -> None:
    past = US_PAST | {"imported_on": None, "exported_on": None, "return_reason": "quality"}
    assert relief(home("US", date(2026, 11, 22), past), "US-9801.00.25")["missing"] == ["imported_on", "exported_on"]


@pytest.mark.parametrize(("entry", "sure"), [("informal", "high"), ("formal", "medium")])
def test_a_processing_fee_waived_with_the_duty_is_no_surer_than_its_waiver(entry: str, sure: str) -> None:
    past = US_PAST | {"imported_on": date(2025, 11, 1), "exported_on": date(2026, 3, 10)}
    given = home("US", date(2026, 11, 22), past, entry=entry)
    assert (given["total"], relief(given, "US-9801.00.26")["confidence"]) == ("0.00", sure)


@pytest.mark.parametrize(("to", "code"), [("FR", "EU-F05"), ("FR", "EU-F01")])
def test_law_that_was_not_read_itself_is_never_sure(to: str, code: str) -> None:
    row = relief(home(to, date(2026, 11, 22), GB_PAST | {"exported_on": date(2026, 3, 10)}), code)
    assert (row["status"], row["confidence"]) == ("proven", "medium")


@pytest.mark.parametrize("value", ["100 GBP", "900 GBP"])
def test_a_british_return_whose_vat_was_refunded_says_so_also_where_no_duty_is_due(value: str) -> None:
    past = GB_PAST | {"exported_on": date(2026, 3, 10), "vat_refunded": True}
    given = home("GB", date(2026, 11, 22), past, line={"value": value})
    assert ("vat_relief_reduced" in given["reasons"], given["confidence"]) == (True, "medium")


def test_a_proven_relief_says_what_it_is_and_one_with_its_own_base_shows_what_is_still_charged() -> None:
    given = home("CN", date(2026, 7, 1), CN_PAST | {"exported_on": date(2026, 6, 1)})
    proven = relief(given, "CN-2026-16")
    assert proven["status"] == "proven"
    assert proven["why"]
    assert proven["charges"] == []
