"""The watch in its stories: the sweep finds, news closes, the merchant writes rows of his own, a schedule sleeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.places import Lane
from chalicelib.shipments.events import Place, Reading, Tracking
from chalicelib.shipments.leg import Leg
from chalicelib.watch_rows import Span, WatchRow
from chalicelib.workflows.courier import retime
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_tracking import apply_reading
from tests.fakes.memory_ports import World, memory_ports
from tests.fakes.pieces import NOW, NUMBER, PRICE, a_hold, a_leg, a_scan, a_track

SWEEP = timedelta(minutes=15)
HOUR = timedelta(hours=1)  # NOW is a Sunday


class Watched:
    """One parcel, its sweeps and what people are told; the carrier has no news unless it is said."""

    def __init__(self, *rows: WatchRow, **changed: Any) -> None:
        self.world: World = memory_ports()
        merchant = replace(self.world.ports.merchant(), watch=tuple(rows))
        self.ports = replace(self.world.ports, merchant=lambda: merchant)
        self.said: list[tuple[datetime, str, str, str | None]] = []
        events = changed.pop("events", (a_scan(0),))
        self.ports.tracks.save(a_track(*events, **({"poll_after": NOW + timedelta(days=90), "due_at": NOW} | changed)))

    def run(self, hours: Iterable[float]) -> Watched:
        """Sweep at these hours after the beginning."""
        for after in hours:
            now = NOW + after * HOUR
            sweep(self.ports, now)
            self.deliver(now)
        return self

    def news(self, now: datetime, *events: Any) -> Watched:
        """The carrier pushes these scans."""
        apply_reading(self.ports, "fedex", "fedex_push", Reading((Tracking(NUMBER, None, events),), ()), "0" * 64, now)
        self.deliver(now)
        return self

    def deliver(self, now: datetime) -> None:
        sent = self.world.queues.sent.pop("alerts", [])
        for one in sent:
            self.said.append((now, one["action"], one.get("episode", ""), one.get("severity")))
            take_alert(self.ports, one, now)

    def exceptions(self) -> list[Any]:
        found = [one for grave in ("critical", "high", "medium", "low")
                 for one in self.ports.exceptions.listed(grave, None, 50).exceptions]  # fmt: skip
        return [one for one in found if one.kind not in ("receiver_unusable",)]

    def first_told(self) -> dict[tuple[str, str | None], datetime]:
        told: dict[tuple[str, str | None], datetime] = {}
        for at, action, episode, severity in self.said:
            if action == "open":
                told.setdefault((episode, severity), at)
        return told


def every(minutes: int, until: int) -> list[float]:
    return [minute / 60 for minute in range(minutes, until * 60 + 1, minutes)]


def test_a_silence_is_one_exception_that_becomes_critical_and_its_scan_resolves_it():
    parcel = Watched().run(every(15, 24 * 4))
    (silence,) = [one for one in parcel.exceptions() if one.kind == "silence"]
    assert (silence.severity, silence.status) == ("critical", "open")
    assert Counter(note.action for note in silence.history)["raised"] == 1
    parcel.news(NOW + timedelta(days=5), a_scan(24 * 5 - 1))
    assert [one.kind for one in parcel.exceptions() if one.kind == "silence"] == []


def test_a_schedule_that_slept_six_hours_tells_of_everything_at_its_next_turn_and_of_nothing_twice():
    awake = Watched().run(every(15, 24 * 5))
    asleep = Watched().run(hour for hour in every(15, 24 * 5) if not 38 <= hour % 48 < 44)
    ends = awake.first_told()
    assert asleep.first_told().keys() == ends.keys()
    for told, at in asleep.first_told().items():
        assert timedelta(0) <= at - ends[told] <= timedelta(hours=6) + SWEEP
    assert [(one.kind, one.severity, [note.action for note in one.history]) for one in asleep.exceptions()] == [
        (one.kind, one.severity, [note.action for note in one.history]) for one in awake.exceptions()
    ]


def test_a_hold_a_release_and_a_hold_again_are_two_troubles_each_with_its_own_clock():
    parcel = Watched().news(NOW + HOUR, a_hold(1)).run(every(15, 36))
    parcel.news(NOW + 40 * HOUR, a_scan(40, milestone="import_cleared", place=Place("SHENZHEN", "CN")))
    parcel.news(NOW + 50 * HOUR, a_hold(50)).run(hour for hour in every(15, 24 * 4) if hour > 50)
    opened = [
        episode for _, action, episode, _ in parcel.said if action == "open" and episode.startswith("hold_too_old")
    ]
    assert len(set(opened)) == 2
    assert [one.kind for one in parcel.exceptions() if one.kind == "hold_too_old"] == ["hold_too_old"]


def test_the_merchants_own_row_is_what_the_sweep_and_the_worker_go_by():
    row = WatchRow(kind="silence", destination="CN", critical=Span(3, "calendar", "critical"))
    parcel = Watched(row).news(NOW + HOUR, a_scan(1)).run(every(15, 6))
    (silence,) = parcel.exceptions()
    assert (silence.kind, silence.severity) == ("silence", "critical")
    assert next(iter(parcel.first_told().values())) == NOW + 4 * HOUR
    other = Watched(replace(row, destination="US")).news(NOW + HOUR, a_scan(1)).run(every(15, 6))
    assert other.exceptions() == []


def test_a_message_says_whose_clock_it_was_what_was_assumed_and_when_it_is_critical():
    parcel = Watched(lane=Lane("FR", "BR"), eta=NOW + HOUR)
    sweep(parcel.ports, NOW + 41 * HOUR)
    (late,) = [one for one in parcel.world.queues.sent["alerts"] if one["kind"] == "promise_passed"]
    assert (late["country"], late["deadline"]) == ("BR", "2026-11-25T03:00:00Z")
    assert late["detail"] == "assumed zone:BR, calendar:BR-2026"


@pytest.mark.parametrize("until", [NOW + 60 * HOUR, None])
def test_a_courier_who_comes_another_day_closes_what_his_being_missed_had_opened(until):
    parcel = Watched(events=(), pickup_until=NOW + 2 * HOUR, lane=Lane("FR", "CN")).run(every(15, 6))
    assert [one.kind for one in parcel.exceptions()] == ["pickup_missed"]
    leg: Leg = replace(a_leg(), number=NUMBER, carrier="fedex")
    retime(parcel.ports, leg, until, NOW + 6 * HOUR)
    parcel.run([6.5, 7])
    assert parcel.exceptions() == []


def test_a_sweep_that_died_before_it_told_is_made_good_although_news_came_in_between():
    parcel = Watched(value=PRICE).run([1])
    risen = NOW + 38 * HOUR + SWEEP * 3
    (due,) = [one for one in parcel.ports.due.due(NOW + timedelta(days=9), 9) if one.kind == "track"]
    assert parcel.ports.due.claim(due, risen + SWEEP)  # and the sweep dies here
    parcel.news(risen, a_scan(37, milestone=None, code="NOTE"))
    parcel.run([40])
    assert [one.kind for one in parcel.exceptions()] == ["silence"]
