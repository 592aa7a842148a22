"""The simulated publishers write what the product reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.customs.rate_admission import admit
from chalicelib.customs.rate_choice import publisher_row
from chalicelib.customs.rate_sheets import Sheet, read_ecb_daily, read_ecb_history, read_fixings, read_hmrc
from chalicelib.workflows.refresh_rates import ECB_DAILY, ECB_HISTORY, FIXINGS, HMRC_MONTH
from infra.local.published_rates import answered

SUNDAY = date(2026, 11, 22)


def body(path: str, today: date = SUNDAY) -> bytes:
    status, _, found = answered(path, today)
    assert status == 200, path
    return found


def test_the_daily_file_is_of_the_last_working_day_and_stands_in_the_history() -> None:
    daily = read_ecb_daily(body(f"/ecb{ECB_DAILY}"))
    assert daily.on == date(2026, 11, 20)
    assert read_ecb_history(body(f"/ecb{ECB_HISTORY}"), daily.on) == (daily,)


def test_the_month_is_hmrcs_own_form() -> None:
    sheet = read_hmrc(body("/hmrc" + HMRC_MONTH.format(year=2026, month=11)))
    assert (sheet.on, sheet.until) == (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("metal", FIXINGS)
def test_every_metal_is_fixed_on_every_working_day_until_yesterday(metal: str) -> None:
    sheets = read_fixings(body(f"/metals{FIXINGS[metal]}"), metal, SUNDAY - timedelta(days=9))  # type: ignore[arg-type]
    assert [sheet.on.day for sheet in sheets] == [13, 16, 17, 18, 19, 20]


def test_no_day_is_so_far_from_the_one_before_that_it_is_doubted() -> None:
    kept: list[Sheet] = []
    for sheet in read_ecb_history(body(f"/ecb{ECB_HISTORY}"), date(2026, 1, 1)):
        found = admit(sheet, kept, SUNDAY, publisher_row("ecb")["jump_above"])
        assert isinstance(found, Sheet)
        assert found.aside == {}
        kept.insert(0, found)


@pytest.mark.parametrize("path", ["/ecb/", "/hmrc" + HMRC_MONTH.format(year=2026, month=13), "/metals/tin.json"])
def test_what_is_not_published_is_not_found(path: str) -> None:
    assert answered(path, SUNDAY)[0] == 404
