from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.money import Money
from chalicelib.purposes import PURPOSES
from chalicelib.returns.case import (
    KINDS,
    Order,
    PurposeUnknown,
    is_rma,
    purpose_of,
    rma_of,
    worth_of,
)
from tests.returns.requests_of import ring


@pytest.mark.parametrize(
    ("kind", "direction", "replaced", "purpose"),
    [
        ("refund", "home", False, "refund_return"),
        ("exchange", "home", False, "exchange_return"),
        ("repair", "home", False, "repair_out"),
        ("warranty", "home", False, "warranty_repair_out"),
        ("recall", "home", False, "recall_return"),
        ("refused", "home", False, "refused_return"),
        ("loan", "home", False, "loan_or_sample"),
        ("repair", "out", False, "repaired_back"),
        ("exchange", "out", False, "exchange_replacement"),
        ("exchange", "out", True, "exchange_replacement"),
        ("warranty", "out", False, "repaired_back"),
        ("warranty", "out", True, "warranty_replacement"),
        ("recall", "out", True, "warranty_replacement"),
        ("loan", "out", False, "loan_or_sample"),
    ],
)
def test_each_kind_crosses_the_border_for_its_own_purpose(kind, direction, replaced, purpose):
    assert purpose_of(kind, direction, replaced=replaced) == purpose


@pytest.mark.parametrize("kind", ["refund", "refused"])
def test_what_sends_nothing_out_is_refused_a_purpose_with_the_reason(kind):
    with pytest.raises(PurposeUnknown, match=f"a {kind} return sends nothing out"):
        purpose_of(kind, "out")


def test_every_purpose_is_reached_by_some_kind():
    reached = {purpose_of(kind, "home") for kind in KINDS}
    reached |= {
        purpose_of(k, "out", replaced=r) for k in KINDS if k not in ("refund", "refused") for r in (True, False)
    }
    # What goes back unaltered belongs to no kind of return: see returns.way_out.
    assert reached == set(PURPOSES) - {"unaltered_back"}


@given(st.text(min_size=1, max_size=40))
def test_an_rma_is_well_formed_and_always_the_same_for_one_case(case_id):
    assert rma_of(case_id) == rma_of(case_id)
    assert is_rma(rma_of(case_id))
    assert is_rma(rma_of(case_id).lower().replace("-", " "))


@given(st.text(min_size=1, max_size=20), st.integers(0, 8), st.sampled_from("23456789ABCDEFGHJKMNPQRSTWXYZ"))
def test_one_misread_sign_makes_an_rma_invalid(case_id, place, sign):
    signs = rma_of(case_id).removeprefix("RMA-").replace("-", "")
    misread = signs[:place] + sign + signs[place + 1 :]
    assert is_rma(misread) == (misread == signs)


@given(st.text(min_size=1, max_size=20), st.integers(0, 6))
def test_two_swapped_signs_make_an_rma_invalid(case_id, place):
    signs = rma_of(case_id).removeprefix("RMA-").replace("-", "")
    swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    assert is_rma(swapped) == (swapped == signs)


def test_different_cases_have_different_rmas():
    assert len({rma_of(str(n)) for n in range(5_000)}) == 5_000


def test_a_line_is_worth_its_price_times_its_pieces():
    assert ring(quantity=3).worth == Money(Decimal("3540.00"), "EUR")


def test_pieces_paid_in_two_currencies_have_no_single_worth():
    assert worth_of((ring(), ring(price=Money(Decimal(5), "USD")))) is None
    assert worth_of(()) is None


def test_the_carriers_instant_is_read_on_the_customers_calendar():
    late = Order("S", date(2026, 11, 1), None, datetime(2026, 11, 12, 23, 30, tzinfo=UTC))
    assert late.delivered_day("Europe/Paris") == date(2026, 11, 13)
    assert late.delivered_day("America/New_York") == date(2026, 11, 12)


def test_of_two_delivery_dates_the_later_one_counts_for_the_customer():
    order = Order("S", date(2026, 11, 1), date(2026, 11, 10), datetime(2026, 11, 12, 9, 0, tzinfo=UTC))
    assert order.delivered_day("Europe/Paris") == date(2026, 11, 12)
