"""What keeping a held parcel costs and when it is given up: by rule where one is known, else null and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.alerts.storage import storage_of
from chalicelib.money import Money
from chalicelib.rulebook import CONFIDENCES, in_force

BEGAN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
RULES = in_force("alerts/storage", date(2026, 11, 22)).rules


def days(count: int) -> datetime:
    return BEGAN + timedelta(days=count)


@pytest.mark.parametrize(("after", "owed"), [(0, "0"), (2, "0"), (3, "31"), (4, "62"), (13, "341")])
def test_dhl_charges_from_the_fourth_day(after: int, owed: str) -> None:
    kept = storage_of("dhl", "US", BEGAN, days(after))
    assert kept.charged_from == date(2026, 12, 4)
    assert kept.per_day == Money(Decimal("31"), "USD")
    assert kept.so_far == Money(Decimal(owed), "USD")


def test_in_another_country_the_charge_is_taken_from_the_american_one_and_said_to_be_a_guess() -> None:
    kept = storage_of("dhl", "FR", BEGAN, days(5))
    assert kept.so_far == Money(Decimal("93"), "USD")
    assert kept.confidence == "low"
    assert kept.at_least
    assert kept.besides is not None


def test_days_that_are_free_by_the_working_calendar_leave_out_the_weekend() -> None:
    thursday = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    assert storage_of("dhl", "SI", thursday, thursday).charged_from == date(2026, 12, 8)


def test_a_charge_that_is_made_once_does_not_grow() -> None:
    first, later = (storage_of("fedex", "US", BEGAN, days(count)) for count in (2, 20))
    assert first.charged_from == date(2026, 12, 3)
    assert first.so_far == later.so_far == Money(Decimal("20"), "USD")
    assert (first.per_day, first.at_least) == (None, True)


@pytest.mark.parametrize(("carrier", "country"), [("fedex", "CN"), ("ems", "CN"), (None, "US")])
def test_a_charge_that_nobody_knows_is_null_and_never_nought(carrier: str | None, country: str) -> None:
    kept = storage_of(carrier, country, BEGAN, days(30))
    assert (kept.charged_from, kept.per_day, kept.so_far) == (None, None, None)
    assert "no_charge_known" in kept.why_not


@pytest.mark.parametrize(
    ("country", "given_up"),
    [
        ("FR", date(2027, 3, 1)), ("GB", date(2027, 3, 1)), ("US", date(2027, 6, 1)), ("CN", date(2027, 3, 1)),
        ("IN", date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_the_law_of_the_country_names_the_day_on_which_it_is_given_up(country: str, given_up: date) -> None:
    assert storage_of("ems", country, BEGAN, days(1)).abandoned_on == given_up


@pytest.mark.parametrize(("country", "why"), [("JP", "no_law_known"), (None, "country_unknown")])
def test_where_no_law_is_known_no_day_is_named(country: str | None, why: str) -> None:
    kept = storage_of("dhl", country, BEGAN, days(1))
    assert (kept.abandoned_on, kept.then) == (None, None)
    assert why in kept.why_not


def test_the_first_day_is_the_one_it_is_where_the_parcel_lies() -> None:
    late = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    assert storage_of("dhl", "CN", late, late).charged_from == date(2026, 12, 5)
    assert storage_of("dhl", None, late, late).charged_from == date(2026, 12, 4)


def test_month_ends_stay_within_the_month() -> None:
    began = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    assert storage_of("ems", "CN", began, began).abandoned_on == date(2027, 2, 28)


def test_what_is_said_of_it_is_said_in_chinese_too() -> None:
    told = [storage_of("dhl", "SI", BEGAN, BEGAN, language) for language in ("en", "zh")]
    assert told[0].then != told[1].then
    assert told[1].besides is not None
    assert "公斤" in told[1].besides


@pytest.mark.parametrize("row", [*RULES["charge"], *RULES["abandonment"]], ids=lambda row: row["source"][:40])
def test_every_row_names_its_source_and_is_whole(row: dict[str, object]) -> None:
    assert row["source"]
    assert row["confidence"] in CONFIDENCES
    assert ("besides" in row) == ("besides_zh" in row)
    assert ("then" in row) == ("then_zh" in row)
    if "carrier" in row:
        assert "per_day" in row or "once" in row
    else:
        assert ("days" in row) != ("months" in row)
