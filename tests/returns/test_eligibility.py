from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.merchant import Merchant, Recall
from chalicelib.money import Money
from chalicelib.returns.case import KINDS, REASONS
from chalicelib.returns.eligibility import decide, sentence
from tests.returns.requests_of import NOW, asking, merchant, ring

ENGRAVED = (ring(engraved=True),)


def told(**answers) -> Merchant:
    """The sample merchant, with other answers in every policy."""
    sample = merchant()
    return replace(sample, policy=tuple(replace(policy, **answers) for policy in sample.policy))


def codes(decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def ground(decision, code):
    return next(found for found in decision.grounds if found.code == code)


def only_law(country, delivered, *, now=NOW, items=None, reason="change_of_mind", **answers):
    """What the law alone says: the shop's own window is closed and its warranty empty."""
    shop = told(**({"window_days": 0, "window_days_by_country": {}, "warranty_months": 0, "warranty": ()} | answers))
    request = asking(
        country=country, delivered=delivered, sold=delivered - timedelta(days=5), items=items, reason=reason
    )
    return decide(request, shop, now)


@pytest.mark.parametrize(
    ("country", "delivered", "ends_at"),
    [
        ("DE", date(2026, 12, 11), datetime(2026, 12, 28, 23, 0, tzinfo=UTC)),
        ("TW", date(2026, 11, 22), datetime(2026, 11, 30, 16, 0, tzinfo=UTC)),
        ("FR", date(2026, 11, 12), datetime(2026, 11, 26, 23, 0, tzinfo=UTC)),
        ("CN", date(2026, 11, 16), datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        ("GB", date(2026, 12, 12), datetime(2026, 12, 27, 0, 0, tzinfo=UTC)),
    ],
)
def test_the_statutory_window_is_open_to_its_last_instant_and_not_after(country, delivered, ends_at):
    before = only_law(country, delivered, now=ends_at - timedelta(seconds=1))
    after = only_law(country, delivered, now=ends_at)
    assert (before.outcome, ground(before, "withdrawal").window_ends_at) == ("approved", ends_at)
    assert after.outcome in ("refused", "review")
    assert "withdrawal_window_over" in codes(after)


def test_a_window_that_is_over_by_law_and_by_policy_is_refused_with_both_reasons():
    decision = decide(asking(delivered=date(2026, 9, 12), sold=date(2026, 9, 1)), merchant(), NOW)
    assert decision.outcome == "refused"
    assert codes(decision) == {"withdrawal_window_over", "policy_window_over"}
    assert decision.freight_paid_by is None


def test_the_british_row_is_not_sure_enough_to_refuse_on():
    decision = decide(asking(country="GB", delivered=date(2026, 9, 12), sold=date(2026, 9, 1)), merchant(), NOW)
    assert decision.outcome == "review"


def test_a_rule_nobody_has_looked_at_for_a_year_grants_but_no_longer_refuses():
    later = datetime(2027, 11, 23, 12, tzinfo=UTC)
    old = decide(asking(delivered=date(2027, 9, 1), sold=date(2027, 8, 1)), merchant(), later)
    fresh = decide(asking(delivered=date(2027, 11, 20), sold=date(2027, 11, 1)), merchant(), later)
    assert (old.outcome, fresh.outcome) == ("review", "approved")


def test_japans_default_holds_only_where_no_return_clause_was_shown():
    now = datetime(2026, 11, 29, 14, 59, tzinfo=UTC)
    assert only_law("JP", date(2026, 11, 22), now=now, return_clause_shown=False).outcome == "approved"
    shown = only_law("JP", date(2026, 11, 22), now=now, return_clause_shown=True)
    assert (shown.outcome, "return_clause_applies" in codes(shown)) == ("refused", True)
    unknown = only_law("JP", date(2026, 11, 22), now=now, return_clause_shown=None)
    assert (unknown.outcome, "return_clause_unknown" in codes(unknown)) == ("review", True)


@pytest.mark.parametrize(
    ("region", "shown", "outcome"),
    [
        ("CA", True, "refused"),
        ("NY", None, "review"),
        (None, False, "review"),
        ("TX", False, "refused"),
    ],
)
def test_an_american_shop_that_showed_no_clause_refuses_nobody_where_the_state_may_give_a_time(region, shown, outcome):
    shop = told(window_days=0, window_days_by_country={}, return_clause_shown=shown)
    decision = decide(
        asking(country="US", delivered=date(2026, 11, 1), sold=date(2026, 10, 25), region=region), shop, NOW
    )
    assert decision.outcome == outcome
    assert ("no_clause_default_possible" in codes(decision)) is (outcome == "review")


def test_taiwan_makes_the_seller_pay_the_return_freight():
    assert ground(only_law("TW", date(2026, 11, 20)), "withdrawal").freight_paid_by == "merchant"


@pytest.mark.parametrize(("notice", "payer"), [(True, "customer"), (False, "merchant"), (None, "merchant")])
def test_in_europe_the_customer_pays_return_freight_only_when_told_before(notice, payer):
    assert only_law("FR", date(2026, 11, 20), freight_notice_given=notice).freight_paid_by == payer


def test_a_european_never_told_of_the_right_has_twelve_months_more():
    decision = only_law("FR", date(2026, 3, 2), withdrawal_notice_given=False)
    assert decision.outcome == "approved"
    assert decision.window_ends_at == datetime(2027, 3, 16, 23, 0, tzinfo=UTC)
    assert "withdrawal_notice_missing" in codes(decision)


def test_nobody_is_refused_while_it_is_unknown_whether_he_was_told():
    decision = only_law("FR", date(2026, 3, 2), withdrawal_notice_given=None)
    assert (decision.outcome, "withdrawal_notice_unknown" in codes(decision)) == ("review", True)


def test_an_unknown_day_of_delivery_is_never_a_refusal():
    decision = decide(asking(delivered=None), merchant(), NOW)
    assert (decision.outcome, codes(decision)) == ("review", {"delivered_on_required"})


@pytest.mark.parametrize(
    ("delivered", "sold", "code"),
    [
        (date(2026, 11, 24), date(2026, 11, 1), "delivered_in_future"),
        (date(2026, 10, 1), date(2026, 11, 1), "delivered_before_sale"),
        (None, date(2026, 12, 1), "sold_in_future"),
    ],
)
def test_dates_that_contradict_each_other_go_to_a_person(delivered, sold, code):
    decision = decide(asking(delivered=delivered, sold=sold), merchant(), NOW)
    assert (decision.outcome, code in codes(decision)) == ("review", True)


def test_a_delivery_that_is_tomorrow_in_utc_can_be_today_in_tokyo():
    now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    decision = decide(asking(country="JP", delivered=date(2026, 11, 23)), merchant(), now)
    assert decision.outcome == "approved"


def test_a_reason_of_another_kind_goes_to_a_person():
    decision = decide(asking(kind="refund", reason="repair"), merchant(), NOW)
    assert (decision.outcome, codes(decision)) == ("review", {"reason_does_not_fit_kind"})


def test_the_policy_of_the_day_of_the_order_decides_not_todays():
    delivered, now = date(2026, 1, 8), datetime(2026, 1, 30, 12, tzinfo=UTC)
    old = decide(asking(country="US", sold=date(2025, 12, 30), delivered=delivered), merchant(), now)
    new = decide(asking(country="US", sold=date(2026, 1, 2), delivered=delivered), merchant(), now)
    assert (old.policy_version, old.outcome) == ("2024-01", "refused")
    assert (new.policy_version, new.outcome) == ("2026-01", "approved")


def test_an_order_older_than_every_policy_and_every_rule_goes_to_a_person():
    decision = decide(asking(sold=date(2020, 1, 5), delivered=date(2020, 1, 9)), merchant(), NOW)
    assert decision.outcome == "review"
    assert codes(decision) == {"law_not_known_for_order_date", "policy_not_in_force"}
    assert decision.policy_version is None


@pytest.mark.parametrize("country", ["TH", "CA", "SA", "BR"])
def test_a_country_whose_law_is_unclear_is_never_refused(country):
    late = decide(asking(country=country, delivered=date(2026, 5, 1), sold=date(2026, 4, 1)), merchant(), NOW)
    assert late.outcome == "review"


@pytest.mark.parametrize(
    ("country", "item", "outcome", "reason"),
    [
        ("FR", ring(engraved=True), "review", "excluded_custom"),  # a person confirms before Europe refuses
        ("GB", ring(made_to_order=True), "review", "excluded_custom"),
        ("CN", ring(engraved=True), "refused", "excluded_custom"),
        ("KR", ring(engraved=True), "review", "excluded_custom"),  # written consent cannot be known
        ("TW", ring(engraved=True), "refused", "excluded_custom"),
        ("FR", ring(article="bar", stones="none"), "refused", "excluded_bullion"),
        ("GB", ring(article="coin", stones="none"), "refused", "excluded_bullion"),
        ("CN", ring(article="bar", stones="none"), "review", "excluded_bullion"),
        ("FR", ring(article="earrings", seal_broken=True), "review", "excluded_pierced_unsealed"),
        ("CN", ring(article="earrings", seal_broken=True), "refused", "excluded_pierced_unsealed"),
        ("FR", ring(resized=True), "review", "excluded_resized"),
    ],
)
def test_what_the_right_does_not_reach(country, item, outcome, reason):
    decision = only_law(
        country,
        date(2026, 11, 20),
        items=(item,),
        excluded=("custom", "pierced_unsealed", "bullion", "resized"),
    )
    assert (decision.outcome, reason in codes(decision)) == (outcome, True)
    assert {found.item for found in decision.reasons if found.code == reason} == {"R-18K-01"}


@pytest.mark.parametrize(
    "item",
    [
        ring(article="earrings"),
        ring(article="earrings", seal_broken=False),
        ring(engraved=False, made_to_order=False, resized=False),
        ring(),
    ],
)
def test_what_nobody_said_or_what_was_denied_excludes_nothing(item):
    assert only_law("FR", date(2026, 11, 20), items=(item,)).outcome == "approved"


def test_an_exclusion_that_needs_a_word_before_the_sale_falls_when_it_was_not_said():
    assert only_law("TW", date(2026, 11, 20), items=ENGRAVED, exclusions_told=False).outcome == "approved"
    unknown = only_law("TW", date(2026, 11, 20), items=ENGRAVED, exclusions_told=None)
    assert (unknown.outcome, "exclusion_notice_unknown" in codes(unknown)) == ("review", True)


def test_one_excluded_piece_among_others_is_for_a_person_to_split():
    mixed = (ring(sku="A"), ring(sku="B", article="bar", stones="none"))
    decision = only_law("FR", date(2026, 11, 20), items=mixed)
    assert decision.outcome == "review"
    assert {reason.item for reason in decision.reasons if reason.code == "excluded_bullion"} == {"B"}


def test_an_engraved_ring_with_a_fault_still_has_its_guarantee():
    request = asking(reason="quality", items=ENGRAVED, evidence=("photo_item", "photo_defect"))
    decision = decide(request, merchant(), NOW)
    assert ground(decision, "guarantee").verdict == "granted"
    assert decision.outcome == "approved"


def test_a_quality_claim_without_photographs_is_asked_for_them():
    decision = decide(asking(reason="quality", delivered=date(2026, 9, 12), sold=date(2026, 9, 1)), merchant(), NOW)
    assert (decision.outcome, decision.evidence_wanted) == ("evidence_needed", ("photo_item", "photo_defect"))
    assert decision.freight_paid_by == "merchant"


def test_only_the_photographs_still_missing_are_asked_for():
    request = asking(reason="quality", delivered=date(2026, 9, 12), sold=date(2026, 9, 1), evidence=("photo_item",))
    assert decide(request, merchant(), NOW).evidence_wanted == ("photo_defect",)


def test_a_claimed_fault_that_only_lacks_photographs_still_puts_the_freight_on_the_seller():
    assert decide(asking(reason="quality"), merchant(), NOW).freight_paid_by == "merchant"
    assert decide(asking(reason="change_of_mind"), merchant(), NOW).freight_paid_by == "customer"


def test_a_right_to_withdraw_that_is_open_is_not_held_up_by_photographs():
    decision = decide(asking(reason="quality"), merchant(), NOW)
    assert (decision.outcome, decision.statutory) == ("approved", True)
    assert decision.evidence_wanted == ("photo_item", "photo_defect")


@pytest.mark.parametrize(
    ("country", "months"),
    [("FR", 24), ("DE", 24), ("ES", 36), ("PT", 36), ("SE", 36), ("GB", 72), ("CH", 24)],
)
def test_the_legal_guarantee_lasts_as_the_country_says(country, months):
    delivered = date(2022, 3, 1)
    request = asking(
        kind="warranty", reason="quality", country=country, sold=date(2022, 2, 20), delivered=delivered,
        evidence=("photo_item", "photo_defect"),
    )  # fmt: skip
    year, month = divmod(2022 * 12 + 2 + months, 12)
    last = datetime(year, month + 1, 1, 10, tzinfo=UTC)
    assert ground(decide(request, merchant(), last), "guarantee").verdict == "granted"
    assert ground(decide(request, merchant(), last + timedelta(days=2)), "guarantee").verdict == "unsure"


def test_a_guarantee_by_reasonable_time_is_for_a_person_and_asks_for_no_box():
    decision = only_law("AU", date(2026, 5, 1), reason="quality")
    assert (decision.outcome, "guarantee_reasonable_time" in codes(decision)) == ("review", True)


def test_above_the_shops_limit_a_promise_needs_a_person_but_a_right_does_not():
    dear = (ring(price=Money(Decimal(15000), "EUR")),)
    promise = decide(asking(country="US", items=dear), merchant(), NOW)
    right = decide(asking(country="FR", items=dear), merchant(), NOW)
    assert (promise.outcome, "value_above_review_limit" in codes(promise)) == ("review", True)
    assert (right.outcome, right.statutory) == ("approved", True)


@pytest.mark.parametrize(("price", "outcome"), [("10000.00", "approved"), ("10000.01", "review")])
def test_the_shops_limit_itself_needs_nobody(price, outcome):
    items = (ring(price=Money(Decimal(price), "EUR")),)
    assert decide(asking(country="US", items=items), merchant(), NOW).outcome == outcome


def test_a_currency_without_a_limit_is_not_below_every_limit():
    yen = (ring(price=Money(Decimal(90000), "JPY")),)
    decision = decide(asking(country="US", items=yen), merchant(), NOW)
    assert (decision.outcome, "review_limit_currency_missing" in codes(decision)) == ("review", True)


def test_a_listed_recall_comes_home_at_our_cost_whatever_the_window():
    recalled = replace(merchant(), recall=(Recall("RC-1", date(2026, 10, 1), "nickel", skus=("R-18K-01",)),))
    request = asking(kind="recall", reason="recall", delivered=date(2024, 1, 9), sold=date(2024, 1, 5))
    assert decide(request, recalled, NOW).outcome == "approved"
    assert decide(request, recalled, NOW).freight_paid_by == "merchant"
    assert decide(request, merchant(), NOW).outcome == "review"


def test_a_parcel_never_accepted_comes_home_without_a_day_of_delivery():
    assert decide(asking(kind="refused", reason="refused", delivered=None), merchant(), NOW).outcome == "approved"
    contradicted = decide(asking(kind="refused", reason="refused"), merchant(), NOW)
    assert (contradicted.outcome, codes(contradicted)) == ("review", {"was_delivered"})


def test_a_paid_repair_follows_the_policy():
    request = asking(kind="repair", reason="repair", delivered=None)
    assert decide(request, merchant(), NOW).freight_paid_by == "customer"
    assert decide(request, told(paid_repairs=False), NOW).outcome == "refused"


def test_a_loan_comes_home_when_the_policy_knows_loans():
    request = asking(kind="loan", reason="loan", delivered=None)
    assert decide(request, merchant(), NOW).outcome == "approved"
    assert decide(request, told(loans=False), NOW).outcome == "review"


def test_korea_gives_three_months_for_a_piece_not_as_described_but_a_person_looks():
    found = ground(only_law("KR", date(2026, 10, 1), reason="not_as_described"), "withdrawal")
    told_why = {reason.code for reason in found.reasons}
    assert (found.verdict, "misdescription_known_since_unknown" in told_why) == ("unsure", True)


COUNTRIES = ["FR", "DE", "GB", "CN", "US", "JP", "TW", "KR", "AU", "CA", "SA", "NO", "BR"]
UNSAID = st.sampled_from([None, True, False])
FLAGS = st.fixed_dictionaries({"engraved": UNSAID, "resized": UNSAID, "seal_broken": UNSAID})


@given(
    st.sampled_from(KINDS), st.sampled_from(REASONS), st.sampled_from(COUNTRIES), FLAGS,
    st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 6, 1))),
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
)  # fmt: skip
def test_every_request_gets_one_answer_with_reasons_that_have_words(kind, reason, country, flags, delivered, sold):
    decision = decide(asking(kind, reason, country, delivered, sold, items=(ring(**flags),)), merchant(), NOW)
    assert decision.reasons
    assert decision.as_json()["outcome"] == decision.outcome
    assert all(sentence(found.code) for found in decision.reasons)
    if decision.outcome == "refused":
        assert all(found.verdict == "denied" for found in decision.grounds)
    if delivered is None and kind in ("refund", "exchange") and reason != "repair":
        assert decision.outcome != "refused"


@given(st.sampled_from(COUNTRIES), st.dates(date(2025, 1, 2), date(2026, 11, 21)))
def test_who_may_return_today_could_have_yesterday(country, delivered):
    request = asking(country=country, delivered=delivered, sold=delivered - timedelta(days=1))
    today = decide(request, merchant(), NOW)
    before = decide(request, merchant(), NOW - timedelta(days=1))
    if today.outcome == "approved" and delivered < date(2026, 11, 21):
        assert before.outcome == "approved"


def test_an_approval_rests_only_on_the_grounds_that_grant_it():
    promised = decide(asking(delivered=date(2026, 11, 2)), merchant(), NOW)  # the law's fourteen days are over
    assert promised.outcome == "approved"
    assert ground(promised, "withdrawal").verdict != "granted"
    assert not any(code.startswith("withdrawal_") for code in codes(promised))
    assert (promised.statutory, promised.window_ends_at) == (False, ground(promised, "policy").window_ends_at)


def test_the_longest_of_the_windows_that_count_is_told():
    both = decide(asking(), merchant(), NOW)
    ends = [ground(both, code).window_ends_at for code in ("withdrawal", "policy")]
    assert (both.statutory, both.window_ends_at) == (True, max(ends))
    assert ends[0] != ends[1]


def test_a_claim_that_waits_for_photographs_gives_only_the_reasons_of_that_claim():
    waiting = decide(asking(reason="quality", delivered=date(2026, 9, 12), sold=date(2026, 9, 1)), merchant(), NOW)
    assert waiting.outcome == "evidence_needed"
    assert not any(code.startswith("withdrawal_") for code in codes(waiting))


def test_goods_delivered_on_the_day_of_the_order_are_no_contradiction():
    same_day = decide(asking(delivered=date(2026, 11, 12), sold=date(2026, 11, 12)), merchant(), NOW)
    assert same_day.outcome == "approved"


def test_a_window_is_answered_in_utc_and_one_that_does_not_exist_as_null():
    told_of = decide(asking(), merchant(), NOW).as_json()
    windows = {found["code"]: found["window_ends_at"] for found in told_of["grounds"]}
    assert windows["withdrawal"] == "2026-11-26T23:00:00Z"
    assert told_of["window_ends_at"] == max(windows.values())
    never_taken = decide(asking(kind="refused", reason="refused", delivered=None), merchant(), NOW).as_json()
    assert never_taken["window_ends_at"] is None
    assert never_taken["grounds"][0]["window_ends_at"] is None
