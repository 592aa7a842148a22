"""The day's rates: every publisher asked, nothing doubtful used silently, one alert where somebody must know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierUnavailable
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.refresh_rates import Refreshed, refresh
from tests.customs.published import ecb_daily, ecb_history, fixings, hmrc, zipped
from tests.fakes.memory_ports import ScriptedLink, World, memory_ports

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
LATER = datetime(2026, 11, 27, tzinfo=UTC)
DAILY, HISTORY = "/stats/eurofxref/eurofxref-daily.xml", "/stats/eurofxref/eurofxref-hist.zip"
MONTH = "/api/v2/exchange_rates/files/monthly_xml_2026-11.xml"
GOLD = fixings({"2026-11-18": [3990, 3000, 3400], "2026-11-19": [4000, 3010, 3410]})
SILVER = fixings({"2026-11-19": [50, 38, 43]})
PLATINUM = fixings({"2026-11-19": [1600, 1200, 1380]})


def history(*days: str) -> bytes:
    return zipped(ecb_history({day: {} for day in days}))


def weekdays(first: date, last: date) -> list[str]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day.isoformat() for day in days if day.weekday() < 5]


FILES: dict[tuple[str, str], bytes | int] = {
    ("ecb", DAILY): ecb_daily("2026-11-20"),
    ("ecb", HISTORY): history(*weekdays(date(2026, 8, 3), date(2026, 11, 20))),
    ("hmrc", MONTH): hmrc(2026, 11),
    ("metals", "/gold_pm.json"): GOLD,
    ("metals", "/silver.json"): SILVER,
    ("metals", "/platinum_pm.json"): PLATINUM,
}


Changed = Mapping[tuple[str, str], bytes | int]


def published(changed: Changed | None = None) -> Callable[[str, HttpRequest], HttpResponse]:
    files = FILES | dict(changed or {})

    def answer(host: str, request: HttpRequest) -> HttpResponse:
        assert (request.method, request.reads_only, request.body) == ("GET", True, b"")
        found = files.get((host, request.path), 404)
        if isinstance(found, int):
            if found == 0:
                raise CarrierUnavailable("nobody answers")
            return HttpResponse(found, {}, b"<html>no</html>")
        return HttpResponse(200, {}, found)

    return answer


@pytest.fixture
def world() -> World:
    return memory_ports(link=ScriptedLink(published()))


def run(world: World, now: datetime = NOW, changed: Changed | None = None) -> dict[str, Refreshed]:
    world.link.answer = published(changed)
    world.link.calls.clear()
    return {one.publisher: one for one in refresh(world.ports, now)}


def alerts(world: World) -> list[tuple[str, str, str, str]]:
    """What somebody is told; that there was a first sheet is not among it."""
    told = world.queues.sent.get("alerts", [])
    found = [(one["action"], one["subject"], one["kind"], one["episode"]) for one in told]
    return [one for one in found if one[0] != "close" or one[3] != "rates_stale-None"]


def asked(world: World) -> list[str]:
    return [f"{host}{request.path}" for host, request in world.link.calls]


def test_the_first_run_fills_the_days_that_customs_go_by_and_keeps_the_month_and_the_prices(world: World) -> None:
    done = run(world)
    assert {name: (one.newest, one.fault) for name, one in done.items()} == {
        "ecb": (date(2026, 11, 20), None), "hmrc": (date(2026, 11, 1), None), "gold": (date(2026, 11, 19), None),
        "silver": (date(2026, 11, 19), None), "platinum": (date(2026, 11, 19), None),
    }  # fmt: skip
    book = world.ports.rates.book(date(2026, 11, 22))
    days = {(sheet.publisher, sheet.on) for sheet in book.sheets}
    assert {("ecb", date(2026, 10, 21)), ("ecb", date(2026, 11, 20)), ("hmrc", date(2026, 11, 1))} <= days
    assert alerts(world) == []
    assert str(done["gold"]) == "gold 2026-11-19 (+2)"


def test_a_second_run_reads_the_day_alone_and_writes_nothing(world: World) -> None:
    run(world)
    before = world.table.writes  # type: ignore[attr-defined]
    done = run(world)
    assert [one.kept for one in done.values()] == [0] * 5
    assert world.table.writes == before  # type: ignore[attr-defined]
    assert asked(world)[:2] == [f"ecb{DAILY}", f"hmrc{MONTH}"]


def test_days_that_were_missed_are_filled_before_the_newest_is_taken(world: World) -> None:
    run(world)
    later = {
        ("ecb", DAILY): ecb_daily("2026-11-26", USD="1.16"),
        ("ecb", HISTORY): history(*weekdays(date(2026, 8, 3), date(2026, 11, 26))),
    }
    done = run(world, NOW + timedelta(days=6), later)
    assert done["ecb"].kept == 4
    assert [sheet.on.day for sheet in world.ports.rates.newest("ecb", 5)] == [26, 25, 24, 23, 20]
    assert world.ports.rates.newest("ecb", 1)[0].values["USD"] == Decimal("1.16")


def test_a_gap_is_filled_or_nothing_is_taken_so_that_it_is_filled_at_the_next_run(world: World) -> None:
    run(world)
    later = {("ecb", DAILY): ecb_daily("2026-11-26"), ("ecb", HISTORY): 503}
    done = run(world, NOW + timedelta(days=6), later)
    assert (done["ecb"].newest, done["ecb"].fault) == (date(2026, 11, 20), "not_published")
    mended = later | {("ecb", HISTORY): history(*weekdays(date(2026, 8, 3), date(2026, 11, 26)))}
    assert run(world, NOW + timedelta(days=6, hours=6), mended)["ecb"].kept == 4


def test_after_a_weekend_no_history_is_read(world: World) -> None:
    run(world)
    run(world, NOW + timedelta(days=3), {("ecb", DAILY): ecb_daily("2026-11-23")})
    assert f"ecb{HISTORY}" not in asked(world)
    assert world.ports.rates.newest("ecb", 1)[0].on == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("file", "what", "publisher", "fault"),
    [
        (("ecb", DAILY), 0, "ecb", "carrier_unavailable"),
        (("ecb", DAILY), 503, "ecb", "not_published"),
        (("ecb", DAILY), 301, "ecb", "not_published"),
        (("ecb", DAILY), b"<html>maintenance</html>", "ecb", "sheet_unreadable"),
        (("ecb", DAILY), ecb_daily("2026-11-21"), "ecb", "dated_in_the_future:2026-11-21"),
        (("hmrc", MONTH), 404, "hmrc", "not_published"),
        (("hmrc", MONTH), hmrc(2026, 10), "hmrc", "over:2026-10-31"),
        (("hmrc", MONTH), hmrc(2026, 12), "hmrc", "dated_in_the_future:2026-12-01"),
        (("metals", "/gold_pm.json"), b"[]", "gold", "sheet_unreadable"),
        (("metals", "/silver.json"), 0, "silver", "carrier_unavailable"),
    ],
)
def test_one_publisher_that_fails_stops_no_other(
    world: World, file: tuple[str, str], what: bytes | int, publisher: str, fault: str
) -> None:
    done = run(world, changed={file: what})
    assert done[publisher].fault == fault
    assert [name for name, one in done.items() if one.fault] == [publisher]
    assert run(world)[publisher].fault is None


def test_an_older_file_than_the_one_kept_changes_nothing(world: World) -> None:
    run(world)
    done = run(world, changed={("ecb", DAILY): ecb_daily("2026-11-19", USD="9")})
    assert done["ecb"].fault == "older_than_kept:2026-11-19<2026-11-20"
    assert world.ports.rates.newest("ecb", 1)[0].values["USD"] == Decimal("1.1539")


def test_a_jump_is_left_aside_told_once_and_taken_the_second_day(world: World) -> None:
    run(world)
    monday, tuesday = NOW + timedelta(days=3), NOW + timedelta(days=4)
    for _ in range(2):
        done = run(world, monday, {("ecb", DAILY): ecb_daily("2026-11-23", USD="2.5")})
    assert "USD" not in world.ports.rates.newest("ecb", 1)[0].values
    assert alerts(world) == [("open", "ecb", "rate_set_aside", "rate_set_aside-2026-11-23")]
    assert world.queues.sent["alerts"][-1]["detail"] == "2026-11-23 USD jump:2.5:1.1539"
    done = run(world, tuesday, {("ecb", DAILY): ecb_daily("2026-11-24", USD="2.4")})
    assert (done["ecb"].kept, done["ecb"].aside) == (1, ())
    assert world.ports.rates.newest("ecb", 1)[0].values["USD"] == Decimal("2.4")


def test_an_old_sheet_is_told_once_however_often_it_is_seen_and_over_when_a_new_one_comes(world: World) -> None:
    run(world)
    gone = dict.fromkeys(FILES, 0)
    for hours in (0, 6, 12):
        run(world, datetime(2026, 11, 26, 1, tzinfo=UTC) + timedelta(hours=hours), gone)
    for message in world.queues.sent["alerts"]:
        take_alert(world.ports, message, LATER)
    open_ones = world.ports.exceptions.listed(None, None, 50).exceptions
    assert sorted((one.subject, one.kind) for one in open_ones) == [
        ("ecb", "rates_stale"), ("gold", "rates_stale"), ("platinum", "rates_stale"), ("silver", "rates_stale"),
    ]  # fmt: skip
    assert all("go on with the last one" in one.meaning for one in open_ones)
    world.queues.sent["alerts"].clear()
    back = {
        ("ecb", DAILY): ecb_daily("2026-11-26"),
        ("ecb", HISTORY): history(*weekdays(date(2026, 8, 3), date(2026, 11, 26))),
    }
    run(world, datetime(2026, 11, 26, 19, tzinfo=UTC), gone | back)
    for message in world.queues.sent["alerts"]:
        take_alert(world.ports, message, LATER)
    open_ones = world.ports.exceptions.listed(None, None, 50).exceptions
    assert "ecb" not in {one.subject for one in open_ones}


@pytest.mark.parametrize(("day", "told"), [(date(2026, 12, 11), False), (date(2026, 12, 12), True)])
def test_a_month_may_be_forty_days_old(world: World, day: date, told: bool) -> None:
    run(world)
    world.queues.sent.clear()
    run(world, datetime(day.year, day.month, day.day, tzinfo=UTC), dict.fromkeys(FILES, 0))
    assert (("open", "hmrc", "rates_stale", "rates_stale-2026-11-01") in alerts(world)) is told


def test_where_nothing_was_ever_kept_that_is_told_too(world: World) -> None:
    done = run(world, changed=dict.fromkeys(FILES, 0))
    assert {one.newest for one in done.values()} == {None}
    assert ("open", "hmrc", "rates_stale", "rates_stale-None") in alerts(world)
    assert str(done["ecb"]) == "ecb never (+0, carrier_unavailable)"


def test_a_publisher_without_an_address_is_not_asked_and_not_missed(world: World) -> None:
    world.ports.rates.publishers = ("ecb", "hmrc")  # type: ignore[misc]
    done = run(world)
    assert set(done) == {"ecb", "hmrc"}
    assert not [one for one in asked(world) if one.startswith("metals")]
    assert alerts(world) == []


def test_nothing_read_of_the_outside_is_in_an_alert_but_figures_and_codes(world: World) -> None:
    run(world, changed={("ecb", DAILY): ecb_daily("2026-11-20", USD="<b>")})
    details: list[Any] = [one["detail"] for one in world.queues.sent["alerts"]]
    assert not any("<" in detail for detail in details)


@pytest.mark.parametrize("spelled", ["2027-1", "2027-01"])
def test_a_month_of_one_digit_is_found_however_it_is_spelled(world: World, spelled: str) -> None:
    path = f"/api/v2/exchange_rates/files/monthly_xml_{spelled}.xml"
    done = run(world, datetime(2027, 1, 4, tzinfo=UTC), {("hmrc", path): hmrc(2027, 1)})
    assert (done["hmrc"].newest, done["hmrc"].fault) == (date(2027, 1, 1), None)
