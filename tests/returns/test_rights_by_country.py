"""The right to withdraw by country: from which event it counts, how days are counted, who pays; the worked cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock import end_of_day
from chalicelib.merchant import Merchant
from chalicelib.places import EU_MEMBERS
from chalicelib.returns.eligibility import decide
from chalicelib.returns.grounds import Asked, Ground
from chalicelib.returns.law import every_right, fault_freight_of, withdrawal_right
from chalicelib.returns.settlement_deadlines import Starts, Told, clocks
from chalicelib.returns.settlement_rules import rules_on
from chalicelib.returns.statute import start_of, withdrawal
from chalicelib.returns.windows import Whereabouts, window
from chalicelib.workdays import SATURDAY, SUNDAY, is_rest_day
from tests.returns.requests_of import NOW, asking, merchant, ring

ON = date(2026, 11, 22)
STATUTES = [one for one in every_right(ON) if one.row.basis == "statute"]
COUNTED = [(country, one.row) for one in STATUTES for country in one.row.countries]
IDS = [country for country, _ in COUNTED]
ROLLING = [(country, row) for country, row in COUNTED if row.rolls_over]


def told(**answers) -> Merchant:
    sample = merchant()
    return replace(sample, policy=tuple(replace(policy, **answers) for policy in sample.policy))


def right_of(country, delivered, *, now=NOW, shop=None, reason="change_of_mind", region=None, items=None, **order):
    """The ground of withdrawal alone."""
    request = asking(country=country, delivered=delivered, sold=date(2026, 1, 5), reason=reason, region=region)
    request = replace(request, order=replace(request.order, **order), items=items or request.items)
    found = withdrawal(Asked(request, shop or merchant(), now))
    assert found is not None
    return found


def codes(found: Ground) -> set[str]:
    return {reason.code for reason in found.reasons}


class TestOfTheWorkedCases:
    def test_case_1_the_german_end_on_christmas_day_is_monday_the_28th_at_midnight_in_berlin(self):
        found = right_of("DE", date(2026, 12, 11), now=datetime(2026, 12, 28, 22, 59, tzinfo=UTC))
        assert (found.verdict, found.window_ends_at) == ("granted", datetime(2026, 12, 28, 23, tzinfo=UTC))

    def test_case_4_japans_eight_days_count_the_day_of_receipt_and_a_clause_that_was_shown_wins(self):
        last = datetime(2026, 11, 29, 23, 59, tzinfo=ZoneInfo("Asia/Tokyo"))
        open_ = right_of("JP", ON, now=last, shop=told(return_clause_shown=False))
        assert (open_.verdict, open_.window_ends_at) == ("granted", datetime(2026, 11, 29, 15, tzinfo=UTC))
        clause = right_of("JP", ON, now=last, shop=told(return_clause_shown=True))
        assert (clause.verdict, codes(clause)) == ("denied", {"return_clause_applies"})

    def test_case_5_taiwans_sunday_runs_on_to_monday_and_the_freight_is_ours(self):
        found = right_of("TW", ON)
        assert found.window_ends_at == datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Taipei"))
        assert (found.freight_paid_by, found.freight.code) == ("merchant", "freight_by_law_seller")
        assert found.outbound == "all"

    def test_case_7_a_notice_of_the_22nd_is_paid_by_the_6th_and_may_wait_for_goods_or_proof(self):
        at = datetime(2026, 11, 22, 10, tzinfo=UTC)
        running = clocks(Told("FR", None, withdrawal_right("FR", ON)), Starts(notice=at), rules_on(ON))
        (statute,) = (one for one in running if one.code == "statute")
        assert (statute.last_day, statute.target) == (date(2026, 12, 6), date(2026, 12, 4))
        assert (statute.last_day.weekday(), statute.may_hold) == (SUNDAY, True)

    def test_case_9_an_engraved_ring_goes_to_a_person_with_the_words_of_the_law_and_its_fault_stays_open(self):
        engraved = (ring(engraved=True),)
        found = right_of("FR", ON, items=engraved)
        (why,) = (one for one in found.reasons if one.code == "excluded_custom")
        assert found.verdict == "unsure"
        assert "art. 16(c)" in (why.legal_ground or "")
        fault = asking(reason="quality", items=engraved, evidence=("photo_item", "photo_defect"))
        assert (
            next(one for one in decide(fault, merchant(), NOW).grounds if one.code == "guarantee").verdict == "granted"
        )

    def test_case_10_earrings_whose_box_was_never_sealed_come_back(self):
        assert right_of("DE", ON, items=(ring(article="earrings"),)).verdict == "granted"

    def test_case_17_a_fault_in_australia_needs_no_box(self):
        request = replace(
            asking(reason="quality", country="AU", evidence=("photo_item", "photo_defect")), missing_docs=("box",)
        )
        with_box = decide(replace(request, missing_docs=()), merchant(), NOW)
        without = decide(request, merchant(), NOW)
        assert (without.outcome, without.reasons) == (with_box.outcome, with_box.reasons)
        assert not any("document" in reason.code for reason in without.reasons)


class TestOfWhoPaysTheWayHomeOfAFaultyPiece:
    @pytest.mark.parametrize("country", ["AU", "US", "HK", "AE", "IN", "TH", "CA"])
    def test_where_nobody_has_read_it_a_person_decides_and_it_is_never_silently_the_customer(self, country):
        request = asking(reason="quality", country=country, evidence=("photo_item", "photo_defect"))
        answer = decide(request, told(zone=(), warranty_months=0, warranty=()), NOW).as_json()
        (home,) = (row for row in answer["freight"] if row["way"] == "home")
        assert (answer["freight_paid_by"], home["paid_by"]) == (None, None)
        assert home["reason"]["code"] == "freight_undecided"

    @pytest.mark.parametrize("country", sorted({*EU_MEMBERS, "NO", "IS", "GB", "KR", "JP", "SG", "CH"}))
    def test_where_a_row_says_it_the_seller_pays_and_the_row_is_cited(self, country):
        request = asking(reason="quality", country=country, evidence=("photo_item", "photo_defect"))
        answer = decide(request, merchant(), NOW).as_json()
        cited = fault_freight_of(country, request.order.sold_on)
        assert answer["freight_paid_by"] == "merchant"
        assert cited.row.paid_by == "merchant"
        ground = next(one for one in decide(request, merchant(), NOW).grounds if one.code == "guarantee")
        assert ground.freight.rule == cited.rule

    def test_a_piece_that_was_never_said_to_have_come_is_not_put_on_the_customer_either(self):
        request = asking(reason="quality")
        request = replace(request, order=replace(request.order, delivered_on=None))
        assert decide(request, told(zone=()), NOW).freight_paid_by == "merchant"

    def test_after_a_time_that_may_yet_go_on_it_is_for_a_person(self):
        request = asking(reason="quality", country="CN", delivered=date(2026, 9, 20), sold=date(2026, 9, 1))
        home = decide(request, told(warranty_months=0, warranty=()), NOW).as_json()["freight"][0]
        assert (home["paid_by"], home["reason"]["code"]) == (None, "freight_undecided")


class TestOfTheDayItCountsFrom:
    def test_in_europe_from_the_last_piece_of_a_split_order(self):
        first, last = date(2026, 11, 1), date(2026, 11, 20)
        assert right_of("FR", first).verdict == "denied"
        assert right_of("FR", first, split=True, last_piece_on=last).verdict == "granted"

    def test_a_split_order_whose_last_piece_nobody_knows_of_is_never_over(self):
        found = right_of("FR", date(2026, 9, 1), split=True)
        assert (found.verdict, "last_piece_unknown" in codes(found)) == ("unsure", True)

    @pytest.mark.parametrize("country", ["FR", "GB", "CN", "KR", "TW"])
    def test_who_withdraws_before_the_goods_can_have_been_there_too_long_is_in_time(self, country):
        soon = right_of(country, None, sold_on=NOW.date() - timedelta(days=6))
        assert (soon.verdict, soon.window_ends_at) == ("granted", None)
        assert right_of(country, None, sold_on=NOW.date() - timedelta(days=40)).verdict == "unsure"

    def test_in_china_from_the_day_after_it_was_signed_for(self):
        found = right_of("CN", date(2026, 11, 14), signed_on=date(2026, 11, 16))
        assert found.window_ends_at == datetime(2026, 11, 24, tzinfo=ZoneInfo("Asia/Shanghai"))

    def test_in_korea_from_the_contract_document_where_that_came_later(self):
        assert right_of("KR", date(2026, 11, 5)).verdict == "denied"
        assert right_of("KR", date(2026, 11, 5), contract_copy_on=date(2026, 11, 18)).verdict == "granted"

    def test_a_korean_contract_document_nobody_knows_of_keeps_the_right_from_being_over(self):
        found = right_of("KR", date(2026, 9, 1), shop=told(contract_copy_given=None))
        assert (found.verdict, "contract_copy_unknown" in codes(found)) == ("unsure", True)

    def test_a_korean_seller_who_hid_where_he_is_cannot_say_that_it_is_over(self):
        found = right_of("KR", date(2026, 9, 1), shop=told(seller_address_shown=False))
        assert (found.verdict, "seller_address_hidden" in codes(found)) == ("unsure", True)

    @pytest.mark.parametrize(
        ("seen", "verdict"), [(date(2026, 11, 10), "granted"), (date(2026, 10, 1), "denied"), (None, "unsure")]
    )
    def test_in_korea_a_misdescribed_piece_has_thirty_days_from_knowing_within_three_months(self, seen, verdict):
        request = asking(country="KR", delivered=date(2026, 9, 1), sold=date(2026, 8, 25), reason="not_as_described")
        found = withdrawal(Asked(replace(request, fault_seen_on=seen), merchant(), NOW))
        assert (found.verdict, found.freight_paid_by) == (verdict, "merchant")


class TestOfWhereTheLawGivesNone:
    @pytest.mark.parametrize(
        ("region", "delivered", "verdict"),
        [
            ("CA", date(2026, 10, 23), "granted"), ("NY", date(2026, 10, 22), "unsure"),
            ("FL", date(2026, 11, 15), "granted"), ("FL", date(2026, 11, 13), "unsure"),
            ("TX", date(2026, 11, 20), "denied"),
        ],
    )  # fmt: skip
    def test_an_american_state_gives_days_where_no_clause_was_posted(self, region, delivered, verdict):
        found = right_of("US", delivered, region=region, shop=told(return_clause_shown=False))
        assert found.verdict == verdict

    @pytest.mark.parametrize("region", ["BC", "QC", "ON"])
    def test_a_canadian_province_lets_cancel_where_no_copy_was_given_and_refuses_nobody(self, region):
        shop = told(contract_copy_given=False)
        request = asking(country="CA", region=region, sold=date(2026, 10, 28), delivered=date(2026, 11, 4))
        assert withdrawal(Asked(request, shop, NOW)).verdict == "granted"
        late = replace(request, order=replace(request.order, sold_on=date(2026, 10, 1)))
        assert withdrawal(Asked(late, shop, NOW)).verdict == "unsure"
        assert withdrawal(Asked(late, merchant(), NOW)).verdict == "unsure"

    @pytest.mark.parametrize("country", ["TH", "SA"])
    def test_an_unclear_law_is_for_a_person_who_is_told_when_its_days_end(self, country):
        found = right_of(country, date(2026, 11, 20))
        assert (found.verdict, found.window_ends_at is not None) == ("unsure", True)

    @pytest.mark.parametrize("country", ["AU", "HK", "CH", "MY", "IN", "AE"])
    def test_where_the_shops_own_terms_alone_hold_the_law_is_no_ground(self, country):
        assert right_of(country, ON).verdict == "denied"

    @pytest.mark.parametrize("country", ["SG", "NZ", "GB", "TH", "CA", "SA", "BR"])
    def test_a_row_that_rests_on_memory_denies_nobody(self, country):
        assert right_of(country, date(2026, 2, 2)).verdict == "unsure"


class TestOfTheFreight:
    @pytest.mark.parametrize(
        ("country", "shop", "why"),
        [
            ("FR", {}, "freight_customer_told"), ("FR", {"freight_notice_given": False}, "freight_seller_not_told"),
            ("FR", {"freight_notice_given": None}, "freight_notice_unknown"), ("CN", {}, "freight_by_law_customer"),
            ("KR", {}, "freight_by_law_customer"), ("TW", {}, "freight_by_law_seller"),
        ],
    )  # fmt: skip
    def test_it_says_who_pays_and_why(self, country, shop, why):
        assert right_of(country, ON, shop=told(zone=(), **shop)).freight.code == why

    def test_a_wrong_piece_goes_home_at_our_cost_everywhere(self):
        for country in IDS:
            if country != "JP":
                assert right_of(country, ON, reason="wrong_item").freight_paid_by == "merchant"

    def test_each_way_is_told_with_its_reason_in_two_languages(self):
        rows = decide(asking(), merchant(), NOW).as_json()["freight"]
        assert [(one["way"], one["paid_by"], one["refunded"]) for one in rows] == [
            ("home", "customer", None), ("out", None, "standard_rate"),
        ]  # fmt: skip
        assert all(one["reason"]["rule"].startswith("returns/withdrawal@") for one in rows)


class TestOfEveryRow:
    """Counting, over every country whose law gives days."""

    def test_every_member_and_its_neighbours_are_there(self):
        assert {*EU_MEMBERS, "NO", "IS", "GB", "CN", "KR", "JP", "TW"} <= set(IDS)

    @pytest.mark.parametrize(("country", "row"), COUNTED, ids=IDS)
    @settings(max_examples=12, deadline=None)
    @given(start=st.dates(date(2025, 1, 1), date(2028, 11, 30)))
    def test_the_days_are_all_there_to_the_customers_own_midnight(self, country, row, start):
        where = Whereabouts(country, None)
        found = window(start, row.days, row.count, row.rolls_over, where)
        counted = start + timedelta(days=row.days if row.count == "excl_start" else row.days - 1)
        local = found.sure_until.astimezone(ZoneInfo(where.zone_name))
        # Local midnight whatever the clocks did meanwhile, never before the counted day is over, never far behind it.
        assert (local.hour, local.minute) == (0, 0)
        assert end_of_day(counted, where.zone_name) <= found.sure_until <= found.latest_until
        assert local.date() - counted <= timedelta(days=12)
        if row.rolls_over is None:
            assert local.date() - counted == timedelta(days=1)

    @pytest.mark.parametrize(
        ("country", "row"), [one for one in COUNTED if one[1].rolls_over], ids=lambda one: str(one)
    )
    @settings(max_examples=12, deadline=None)
    @given(start=st.dates(date(2025, 1, 1), date(2027, 11, 30)))
    def test_it_never_ends_on_a_day_of_rest_it_knows_and_rolls_over_nothing_else(self, country, row, start):
        where, last_day = Whereabouts(country, None), start + timedelta(days=row.days)
        found = window(start, row.days, row.count, row.rolls_over, where)
        last = found.sure_until.astimezone(ZoneInfo(where.zone_name)).date() - timedelta(days=1)
        if "holiday_calendar_unknown" in found.doubts:
            assert last.weekday() not in (SATURDAY, SUNDAY)
            return
        assert not is_rest_day(country, last, row.rolls_over)
        between = (last_day + timedelta(days=n) for n in range((last - last_day).days))
        assert all(is_rest_day(country, day, row.rolls_over) for day in between)

    @pytest.mark.parametrize(("country", "row"), COUNTED, ids=IDS)
    @settings(max_examples=8, deadline=None)
    @given(start=st.dates(date(2025, 1, 1), date(2027, 11, 30)), later=st.integers(0, 40))
    def test_a_delivery_that_is_corrected_to_a_later_day_never_shortens_it(self, country, row, start, later):
        where = Whereabouts(country, None)
        before = window(start, row.days, row.count, row.rolls_over, where)
        after = window(start + timedelta(days=later), row.days, row.count, row.rolls_over, where)
        assert after.sure_until >= before.sure_until

    @pytest.mark.parametrize("country", [one for one in IDS if one != "JP"])
    def test_leap_day_counts_as_any_other(self, country):
        row = withdrawal_right(country, ON).row
        there = window(date(2028, 2, 28), row.days, row.count, None, Whereabouts(country, None))
        zone_name = Whereabouts(country, None).zone_name
        last = there.sure_until.astimezone(ZoneInfo(zone_name)).date() - timedelta(days=1)
        assert last == date(2028, 2, 28) + timedelta(days=row.days)

    @given(st.sampled_from(IDS), st.dates(date(2026, 1, 6), date(2026, 11, 22)))
    @settings(max_examples=60, deadline=None)
    def test_a_start_is_never_before_the_goods_came(self, country, delivered):
        request = asking(country=country, sold=date(2026, 1, 5), delivered=delivered)
        start = start_of(Asked(request, merchant(), NOW), withdrawal_right(country, ON).row)
        assert start is not None
        assert start.day >= delivered
