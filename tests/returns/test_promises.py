"""What the shop itself promised: its policy of the day of the order, its warranty by metal and fault, a given word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.merchant import Merchant
from chalicelib.money import Money
from chalicelib.returns.case import Promise
from chalicelib.returns.eligibility import decide
from chalicelib.shop_policy import FreightZone, WarrantyRow
from tests.returns.requests_of import NOW, asking, merchant, ring

SHOWN = ("photo_item", "photo_defect")
SILVER = (ring(metal="silver", fineness=925),)


def told(**answers) -> Merchant:
    sample = merchant()
    return replace(sample, policy=tuple(replace(policy, **answers) for policy in sample.policy))


def ground(decision, code):
    return next(found for found in decision.grounds if found.code == code)


def policy_of(shop=None, *, country="US", now=NOW, sold=date(2026, 10, 20), delivered=date(2026, 11, 10), **said):
    """The ground of the shop's own policy; in America, where the law gives none."""
    request = replace(asking(country=country, region="TX", sold=sold, delivered=delivered), **said)
    return ground(decide(request, shop or merchant(), now), "policy")


def codes(found) -> set[str]:
    return {reason.code for reason in found.reasons}


class TestOfThePolicy:
    @pytest.mark.parametrize(
        ("start", "order", "verdict"),
        [
            ("ordered", {}, "denied"), ("delivered", {}, "granted"),
            ("shipped", {"shipped_on": date(2026, 10, 21)}, "denied"),
            ("shipped", {"shipped_on": date(2026, 10, 23)}, "granted"),
            ("ready", {"ready_on": date(2026, 10, 30)}, "granted"),
        ],
    )  # fmt: skip
    def test_its_window_counts_from_the_event_it_names(self, start, order, verdict):
        request = asking(country="US", region="TX", sold=date(2026, 10, 20), delivered=date(2026, 11, 10))
        request = replace(request, order=replace(request.order, **order))
        assert ground(decide(request, told(start=start), NOW), "policy").verdict == verdict

    def test_an_event_nobody_knows_of_is_for_a_person(self):
        found = policy_of(told(start="shipped"))
        assert (found.verdict, codes(found)) == ("unsure", {"policy_start_unknown"})

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"items": (ring(worn=True),)}, "policy_condition_not_met"),
            ({"items": (ring(incomplete=True),)}, "set_incomplete"),
            ({"missing_docs": ("certificate",)}, "policy_document_missing"),
        ],
    )
    def test_its_own_conditions_give_a_person_pause(self, said, code):
        found = policy_of(**said)
        assert (found.verdict, code in codes(found)) == ("unsure", True)

    @pytest.mark.parametrize("said", [{"items": (ring(worn=True),)}, {"missing_docs": ("certificate", "box")}])
    def test_and_never_stand_in_the_way_of_a_right(self, said):
        assert decide(replace(asking(country="FR"), **said), merchant(), NOW).outcome == "approved"

    def test_a_set_of_which_a_piece_is_missing_is_for_a_person_by_law_too(self):
        decision = decide(asking(country="FR", items=(ring(incomplete=True),)), merchant(), NOW)
        assert (decision.outcome, "set_incomplete" in {one.code for one in decision.reasons}) == ("review", True)

    @pytest.mark.parametrize(("price", "verdict"), [("75000", "unsure"), ("75000.01", "denied")])
    def test_above_its_limit_it_exchanges_and_gives_no_money_back(self, price, verdict):
        dear = (ring(price=Money(Decimal(price), "USD")),)
        assert policy_of(items=dear).verdict == verdict

    def test_what_is_exchange_only_by_policy_is_still_refunded_where_the_law_gives_a_refund(self):
        dear = (ring(price=Money(Decimal(90000), "USD")),)
        assert decide(asking(country="FR", items=dear), merchant(), NOW).outcome == "approved"

    def test_who_pays_is_said_by_zone_before_it_is_said_by_reason(self):
        shop = told(zone=(FreightZone(("US",), "merchant"),))
        assert policy_of(shop).freight.code == "freight_by_policy_seller"
        assert policy_of(told(zone=())).freight.code == "freight_by_policy_customer"

    @pytest.mark.parametrize(("used", "payer"), [(0, "merchant"), (1, "merchant"), (2, "customer"), (None, "merchant")])
    def test_the_first_returns_of_a_year_are_free_and_an_unknown_number_is_no_reason_to_charge(self, used, payer):
        found = policy_of(told(free_returns_per_year=2, zone=()), returns_in_12_months=used)
        assert found.freight_paid_by == payer

    def test_its_terms_are_told_in_the_currency_that_was_paid(self):
        terms = decide(replace(asking(), missing_docs=("box",)), merchant(), NOW).as_json()["terms"]
        assert (terms["policy_version"], terms["rma_valid_days"], terms["docs_missing"]) == ("2026-01", 30, ["box"])
        assert (terms["certificate_fee"], terms["exchange_only_above"]) == (
            {"amount": "50.00", "currency": "EUR"},
            None,
        )


class TestOfTheWarranty:
    ROWS = (
        WarrantyRow(24, metals=("silver", "gold")),
        WarrantyRow(6, metals=("silver",), faults=("plating", "tarnish")),
        WarrantyRow(0, metals=("leather",)),
    )

    def of(self, items, *, fault, months, rows=ROWS):
        delivered = date(2025, 1, 10)
        request = asking(
            kind="warranty", reason="quality", country="BR", sold=date(2025, 1, 5), delivered=delivered, items=items,
            evidence=SHOWN,
        )  # fmt: skip
        shop = told(warranty=rows, warranty_months=12)
        now = NOW.replace(year=2025, month=1, day=10) + timedelta(days=30 * months)
        return ground(decide(replace(request, fault=fault), shop, now), "warranty")

    @pytest.mark.parametrize(
        ("fault", "months", "verdict"),
        [("clasp", 20, "granted"), ("plating", 5, "granted"), ("plating", 8, "denied"), ("clasp", 26, "denied")],
    )
    def test_the_row_that_says_most_of_metal_and_fault_decides(self, fault, months, verdict):
        assert self.of(SILVER, fault=fault, months=months).verdict == verdict

    def test_a_fault_nobody_has_named_leaves_the_longer_time_in_doubt(self):
        assert self.of(SILVER, fault=None, months=5).verdict == "granted"
        late = self.of(SILVER, fault=None, months=8)
        assert (late.verdict, codes(late)) == ("unsure", {"warranty_fault_unknown"})

    def test_a_metal_that_no_row_names_has_the_months_of_the_policy(self):
        platinum = (ring(metal="platinum", fineness=950),)
        assert self.of(platinum, fault="clasp", months=11).verdict == "granted"
        assert self.of(platinum, fault="clasp", months=13).verdict == "denied"

    def test_what_it_does_not_cover_it_says(self):
        none = (WarrantyRow(0, metals=("gold",)),)
        found = self.of((ring(),), fault="clasp", months=1, rows=none)
        assert (found.verdict, codes(found)) == ("denied", {"warranty_not_covered"})

    @pytest.mark.parametrize(("elsewhere", "verdict"), [(True, "denied"), (False, "granted"), (None, "granted")])
    def test_it_ends_with_the_work_of_another_workshop_where_it_says_so(self, elsewhere, verdict):
        rows = (WarrantyRow(24, void_if=("repaired_elsewhere",)),)
        assert self.of((ring(repaired_elsewhere=elsewhere),), fault="clasp", months=3, rows=rows).verdict == verdict


class TestOfAnAgentsWord:
    def asked(self, until, *, price="1180.00", freight="merchant"):
        word = Promise("note-77", date(2026, 11, 1), until, freight)
        late = asking(country="US", region="TX", sold=date(2026, 8, 1), delivered=date(2026, 8, 10),
                      items=(ring(price=Money(Decimal(price), "EUR")),))  # fmt: skip
        return decide(replace(late, promise=word), merchant(), NOW)

    def test_it_lets_come_back_what_neither_law_nor_policy_would(self):
        decision = self.asked(date(2026, 11, 30))
        assert (decision.outcome, decision.statutory, decision.freight_paid_by) == ("approved", False, "merchant")
        assert {one.code for one in decision.reasons} == {"promise_open"}
        assert decision.freight[0]["reason"]["rule"] == "promise/note-77"

    def test_when_its_day_is_over_the_refusal_names_it_with_the_others(self):
        decision = self.asked(date(2026, 11, 20))
        assert decision.outcome == "refused"
        assert {one.code for one in decision.reasons} == {
            "promise_over", "policy_window_over", "no_statutory_withdrawal",
        }  # fmt: skip

    def test_above_the_shops_own_limit_a_person_looks(self):
        assert self.asked(date(2026, 11, 30), price="20000.00").outcome == "review"

    def test_it_takes_nothing_from_what_the_law_grants(self):
        word = Promise("note-78", date(2026, 11, 1), date(2026, 11, 2))
        assert decide(replace(asking(), promise=word), merchant(), NOW).outcome == "approved"


def test_the_most_favourable_of_law_policy_and_promise_decides_and_their_conditions_are_not_mixed():
    word = Promise("note-79", date(2026, 11, 1), date(2026, 12, 24), "customer")
    decision = decide(replace(asking(items=(ring(worn=True),)), promise=word), merchant(), NOW)
    verdicts = {one.code: one.verdict for one in decision.grounds}
    assert verdicts == {"withdrawal": "granted", "policy": "unsure", "promise": "granted"}
    assert (decision.outcome, decision.window_ends_at) == ("approved", ground(decision, "promise").window_ends_at)
