"""CN 22 or CN 23: by service, weight and worth, and the larger form wherever something is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chalicelib.customs.papers.postal import choose
from chalicelib.money import Money
from tests.customs.papers.leg_facts import ON, leg_facts, paper, text_of, worth


@pytest.mark.parametrize(
    ("amount", "currency", "grams", "service", "form", "why"),
    [
        ("100", "USD", 400, "LETTER", "cn22", "below_limit"),
        ("350", "USD", 400, "LETTER", "cn22", "below_limit"),
        ("380", "USD", 400, "LETTER", "cn23", "value_close_to_limit"),
        ("406.82", "USD", 400, "LETTER", "cn23", "value_close_to_limit"),
        ("406.83", "USD", 400, "LETTER", "cn23", "value_at_or_above_limit"),
        ("100", "USD", 2000, "LETTER", "cn22", "below_limit"),
        ("100", "USD", 2001, "LETTER", "cn23", "above_letter_weight"),
        ("100", "USD", None, "LETTER", "cn23", "weight_unknown"),
        ("100", "CHF", 400, "LETTER", "cn23", "sdr_rate_unknown"),
        ("100", "USD", 400, "CN_EMS_INSURED", "cn23", "parcel_or_ems"),
        ("30000", "JPY", 400, "LETTER", "cn22", "below_limit"),
    ],
)
def test_the_form_and_its_reason(
    amount: str, currency: str, grams: int | None, service: str, form: str, why: str
) -> None:
    weight = None if grams is None else Decimal(grams)
    chosen = choose(Money(Decimal(amount), currency), weight, service, ON)
    assert (chosen.form, chosen.why) == (form, why)


def test_a_postal_return_carries_its_form_with_the_category_ticked() -> None:
    facts = leg_facts(channel="post", service="LETTER", pieces=worth("100 EUR"))
    made = paper("cn22", facts)
    assert made.data["category"] == "Returned goods"
    assert "('Returned goods', True)" in text_of(made)
    assert "('Gift', False)" in text_of(made)
    assert made.data["sdr"] == "84.02"


def test_the_larger_form_names_both_parties_and_the_invoice() -> None:
    made = paper("cn23", leg_facts(channel="post", service="CN_EMS_INSURED"))
    assert "Camille Durand" in text_of(made)
    assert made.data["invoice_number"] == "RMA-1-1"
    assert made.data["why"] == "parcel_or_ems"


def test_a_post_form_waits_for_what_the_invoice_waits_for() -> None:
    made = paper("cn23", leg_facts(channel="post", pieces=worth("0 EUR")))
    assert (made.status, made.missing) == ("waiting", ("line.value",))
