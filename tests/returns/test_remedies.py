"""The legal guarantee as it stands for one piece: its end, its order of remedies, who must prove what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.returns.case import EarlierRepair
from chalicelib.returns.eligibility import decide
from chalicelib.returns.faults import remedies_now
from chalicelib.returns.grounds import Asked
from chalicelib.returns.law import every_guarantee
from tests.returns.requests_of import asking, merchant, ring

SHOWN = ("photo_item", "photo_defect")
DELIVERED = date(2026, 3, 2)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def claim(country, *, delivered=DELIVERED, region=None, items=None, **said):
    request = asking(
        kind="warranty", reason="quality", country=country, sold=delivered - timedelta(days=5), delivered=delivered,
        region=region, items=items, evidence=SHOWN,
    )  # fmt: skip
    return replace(request, **said)


def remedies(country, on, **said):
    found = remedies_now(Asked(claim(country, **said), merchant(), at(on)))
    assert found is not None
    return found


def codes(country, on, **said) -> set[str]:
    decision = decide(claim(country, **said), merchant(), at(on))
    ground = next(one for one in decision.grounds if one.code == "guarantee")
    return {reason.code for reason in ground.reasons}


@pytest.mark.parametrize(
    ("country", "months", "burden"),
    [
        ("DE", 24, 12), ("FR", 24, 24), ("ES", 36, 24), ("PT", 36, 24), ("SE", 36, 24), ("NL", 24, 12), ("FI", 24, 12),
        ("GB", 72, 6), ("CH", 24, None), ("NO", 60, None), ("IS", 60, None), ("SG", 6, 6), ("KR", 6, 6),
        ("JP", 12, None),
    ],
)  # fmt: skip
def test_each_country_says_how_long_and_who_must_prove_it(country, months, burden):
    row = remedies(country, DELIVERED + timedelta(days=20)).law.row
    assert (row.months, row.burden_months) == (months, burden)


def test_no_row_of_the_guarantee_denies_anybody():
    assert [one.row.id for one in every_guarantee(date(2026, 11, 22)) if one.row.denies] == []


def test_in_the_first_year_a_german_seller_must_prove_that_it_was_sound_and_then_the_buyer():
    assert remedies("DE", date(2027, 3, 1)).burden_on == "seller"
    assert remedies("DE", date(2027, 3, 3)).burden_on == "customer"
    assert remedies("CH", date(2027, 3, 3)).burden_on is None


class TestOfTheRepairBonus:
    REPAIRED = (EarlierRepair(date(2026, 9, 1), date(2026, 9, 20)),)

    def test_a_repair_since_the_end_of_july_2026_makes_it_twelve_months_longer(self):
        found = remedies("DE", date(2028, 6, 1), earlier_repairs=self.REPAIRED)
        assert (found.bonus, found.until.sure_until) == (True, datetime(2029, 3, 2, 23, tzinfo=UTC))
        assert "repair_bonus" in codes("DE", date(2028, 6, 1), earlier_repairs=self.REPAIRED)

    def test_two_repairs_make_it_longer_once(self):
        twice = (*self.REPAIRED, EarlierRepair(date(2027, 5, 1), date(2027, 5, 9)))
        assert remedies("DE", date(2028, 6, 1), earlier_repairs=twice).until.sure_until.year == 2029

    @pytest.mark.parametrize("given", [date(2026, 7, 30), date(2028, 3, 3)])
    def test_one_before_the_law_or_after_the_guarantee_makes_it_no_longer(self, given):
        found = remedies("DE", date(2028, 6, 1), earlier_repairs=(EarlierRepair(given, given),))
        assert (found.bonus, found.until.sure_until.year) == (False, 2028)

    def test_the_seller_must_tell_of_it(self):
        assert set(remedies("FR", date(2026, 9, 30)).law.row.tell) >= {"choice_of_repair", "repair_bonus"}


class TestOfTheBritishLadder:
    def test_for_thirty_days_it_may_be_rejected_at_once(self):
        found = remedies("GB", date(2026, 4, 1))
        assert found.reject_until == datetime(2026, 4, 1, 23, tzinfo=UTC)
        assert found.open_steps == ("reject_within_30_days", "one_repair_or_replacement")
        assert "early_rejection_open" in codes("GB", date(2026, 4, 1))

    def test_after_them_there_is_one_repair(self):
        assert remedies("GB", date(2026, 4, 2)).open_steps == ("one_repair_or_replacement",)

    def test_the_clock_stands_still_while_it_is_in_repair_and_goes_on_after(self):
        there = (EarlierRepair(date(2026, 3, 12)),)
        waits = remedies("GB", date(2026, 5, 30), earlier_repairs=there)
        assert (waits.reject_until, waits.reject_paused) == (None, True)
        back = (EarlierRepair(date(2026, 3, 12), date(2026, 3, 22)),)
        assert remedies("GB", date(2026, 4, 5), earlier_repairs=back).reject_until == datetime(
            2026, 4, 11, 23, tzinfo=UTC
        )

    def test_after_one_repair_comes_the_end_of_the_ladder(self):
        once = (EarlierRepair(date(2026, 5, 1), date(2026, 5, 9)),)
        found = remedies("GB", date(2026, 6, 1), earlier_repairs=once)
        assert (found.repairs_left, found.open_steps) == (0, ("final_rejection_or_price_cut",))


def test_in_europe_the_price_comes_down_only_when_a_repair_did_not_help():
    assert remedies("FR", date(2026, 4, 1)).open_steps == ("repair_or_replace",)
    tried = (EarlierRepair(date(2026, 3, 20), date(2026, 3, 30)),)
    assert remedies("FR", date(2026, 4, 1), earlier_repairs=tried).open_steps == (
        "repair_or_replace", "price_cut_or_refund",
    )  # fmt: skip


def test_in_australia_a_major_fault_leaves_the_choice_to_the_customer_and_a_minor_one_to_the_seller():
    found = remedies("AU", date(2026, 4, 1)).as_json()
    assert [(one["remedy"], one["chosen_by"]) for one in found["ladder"]] == [
        ("major_refund_or_replacement", "customer"), ("minor_repair", "seller"),
    ]  # fmt: skip
    assert (found["until"], found["tell"]) == (None, ["no_box_needed", "no_credit_note"])


def test_japans_year_runs_from_knowing():
    assert remedies("JP", date(2027, 2, 1)).until.sure_until.year == 2027
    seen = remedies("JP", date(2028, 1, 10), fault_seen_on=date(2027, 12, 20))
    assert seen.until.sure_until == datetime(2028, 12, 20, 15, tzinfo=UTC)


class TestOfChinasFirstDays:
    def test_for_seven_days_the_buyer_chooses(self):
        (early,) = remedies("CN", date(2026, 3, 9)).early
        assert (early.law.row.code, early.law.row.remedies) == ("fault_days", ("refund", "exchange", "repair"))
        assert remedies("CN", date(2026, 3, 11)).early == ()

    def test_in_shanghai_gold_with_a_named_fault_goes_back_at_the_invoice_price_within_seven_days_of_the_sale(self):
        found = remedies("CN", date(2026, 3, 3), region="上海", fault="sand_hole")
        assert {one.law.row.code for one in found.early} == {"fault_days", "gold_days"}
        row = next(one.law.row for one in found.early if one.law.row.code == "gold_days")
        assert row.refund_at == "invoice_price"
        assert "gold_days_open" in codes("CN", date(2026, 3, 3), region="上海", fault="sand_hole")

    @pytest.mark.parametrize(
        "other",
        [{"region": "广东"}, {"fault": None}, {"fault": "size"}, {"items": (ring(metal="silver", fineness=925),)}],
    )
    def test_nowhere_else_for_no_other_metal_and_no_unnamed_fault(self, other):
        found = remedies("CN", date(2026, 3, 3), **({"region": "上海", "fault": "clasp"} | other))
        assert {one.law.row.code for one in found.early} == {"fault_days"}
