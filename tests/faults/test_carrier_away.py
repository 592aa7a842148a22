"""A carrier that is away for days: its parcels wait, one person is told once, and nothing is lost or asked too often.

The schedule runs as in production, every five minutes; messages are delivered at once, and none may fail.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.quotas import Quota, patience
from chalicelib.carriers.registry import carrier
from chalicelib.carriers.standing import Standing
from chalicelib.errors import CarrierUnavailable
from chalicelib.merchant import AgreedQuota
from chalicelib.workflows.carrier_calls import NotAskedNow, open_line
from chalicelib.workflows.poll_tracking import TimeLeft, poll
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.put_back import quota_for
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.send_deliveries import take_delivery
from chalicelib.workflows.sweep_due_work import sweep
from tests.fakes.memory_ports import SECRETS, ScriptedLink, World, memory_ports
from tests.fakes.pieces import NOW, a_scan, a_track
from tests.faults.test_asking_carriers import answered
from tests.workflows.desk import MONDAY, Desk

TICK = timedelta(minutes=5)
TRACK = carrier("fedex").polling[0].access
NUMBERS = [f"7946447{n:05d}" for n in range(45)]
DOWN = answered(503, b"<html>down</html>")


class Away:
    """Parcels under way, and a carrier that is down or answers that it knows no news."""

    def __init__(self, parcels: int = 45, **changed: Any) -> None:
        self.down = True
        self.asked: list[datetime] = []
        self.now = NOW
        self.world: World = memory_ports(link=ScriptedLink(self._answer))
        for number in NUMBERS[:parcels]:
            said = {"due_at": NOW, "poll_after": NOW, "number": number} | changed
            self.world.ports.tracks.save(a_track(a_scan(-5), **said))

    def _answer(self, _carrier: str, request: HttpRequest) -> HttpResponse:
        if request.path == "/oauth/token":
            return answered(200, {"access_token": "t", "token_type": "bearer", "expires_in": 999_999})
        self.asked.append(self.now)
        if self.down:
            return DOWN
        return answered(200, {"output": {"completeTrackResults": [no_news(number) for number in NUMBERS]}})

    def run(self, span: timedelta) -> None:
        ports, end = self.world.ports, self.now + span
        while self.now < end:
            sweep(ports, self.now)
            self.world.queues.deliver("polls", lambda message: poll(ports, message, self.now))
            self.world.queues.deliver("alerts", lambda message: take_alert(ports, message, self.now))
            self.world.queues.deliver("deliveries", lambda message: take_delivery(ports, message, self.now))
            self.now += TICK

    @property
    def tracks(self):
        return [self.world.ports.tracks.file("fedex", number).tracks[0] for number in NUMBERS]

    @property
    def told(self):
        return list(self.world.queues.sent.get("alerts", ()))

    @property
    def incident(self):
        return self.world.ports.exceptions.listed(None, None, 100).exceptions


def no_news(number: str) -> dict[str, Any]:
    error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."}
    return {"trackingNumber": number, "trackResults": [{"error": error}]}


def test_three_days_without_a_carrier_are_one_incident_and_no_dead_letter():
    away = Away()
    away.run(timedelta(days=3))
    (incident,) = away.incident
    assert (incident.subject_kind, incident.subject, incident.kind) == ("carrier", "fedex", "carrier_silent")
    assert {one["kind"] for one in away.told} == {"carrier_silent"}
    assert away.world.ports.carriers.incident("fedex").waiting == 45
    assert away.world.queues.buried == []


def test_a_carrier_that_is_away_is_asked_less_and_less_and_by_one_question_at_a_time():
    away = Away()
    away.run(timedelta(days=3))
    assert len(away.asked) < 72 * 2 + 20, "about twice an hour"
    rules = patience(NOW.date())
    calm = away.asked[-20:]
    gaps = [later - earlier for earlier, later in pairwise(calm) if later != earlier]
    least = timedelta(seconds=rules.longest_wait_s * (100 - rules.jitter_percent) // 100)
    assert min(gaps) >= least
    assert max(Counter(calm).values()) <= 2, "one question, and its one repeat"


def test_every_parcel_is_asked_about_soon_after_the_carrier_is_back_and_the_incident_closes_by_itself():
    away = Away()
    away.run(timedelta(days=3))
    away.down, back = False, away.now
    away.asked.clear()
    away.run(timedelta(minutes=50))
    assert away.world.ports.carriers.incident("fedex").over
    assert "carrier_silent" not in {one.kind for one in away.incident}, "nothing is open for it any more"
    assert len(away.asked) >= 2, "45 parcels are two questions"
    assert all(track.poll_after > back for track in away.tracks)
    assert away.world.ports.carriers.standing("fedex", "track").failures == 0


def test_silence_is_not_told_of_parcels_whose_carrier_is_away_and_is_told_after_if_it_is_still_so():
    away = Away(3)
    away.run(timedelta(days=3))
    assert {one["kind"] for one in away.told} == {"carrier_silent"}
    away.down = False
    away.run(timedelta(hours=1))
    told = Counter(one["kind"] for one in away.told if one["action"] == "open")
    assert told["carrier_silent"] == 1
    kinds = {one["number"] for one in away.told if one["kind"] == "silence"}
    assert kinds == set(NUMBERS[:3]), "never lost"
    track = away.world.ports.tracks.file("fedex", NUMBERS[0]).tracks[0]
    assert track.unheard_since is None


def test_an_incident_says_how_many_wait_when_twice_as_many_do():
    away = Away(1)
    away.run(timedelta(minutes=30))
    for number in NUMBERS[1:]:
        away.world.ports.tracks.save(a_track(a_scan(-5), number=number, due_at=away.now, poll_after=away.now))
    away.run(timedelta(hours=1))
    (incident,) = away.incident
    notes = [note.note for note in incident.history]
    assert any("45 parcels to be asked about waiting" in note for note in notes)
    assert len(notes) <= 8


def test_a_hiccup_of_a_minute_is_told_to_nobody():
    away = Away()
    away.run(timedelta(minutes=5))
    away.down = False
    away.run(timedelta(hours=2))
    assert away.told == []


def broken(world: World, until: datetime) -> None:
    standing = Standing(1, failures=5, opened=1, broken_since=NOW, open_until=until)
    assert world.ports.carriers.save_standing("fedex", "track", standing)


def test_one_worker_probes_and_the_others_wait():
    away = Away()
    broken(away.world, NOW)
    line = open_line(away.world.ports, "fedex", TRACK, NOW)
    for _ in range(3):
        with pytest.raises(NotAskedNow):
            open_line(away.world.ports, "fedex", TRACK, NOW)
    away.down = False
    line.call(carrier("fedex").polling[0].requests(NUMBERS[:1])[0])
    open_line(away.world.ports, "fedex", TRACK, NOW)
    assert away.world.ports.carriers.standing("fedex", "track").failures == 0


def test_a_probe_whose_worker_died_is_made_by_another_when_its_lease_has_run_out():
    away = Away()
    broken(away.world, NOW)
    open_line(away.world.ports, "fedex", TRACK, NOW)
    later = NOW + timedelta(seconds=patience(NOW.date()).probe_s)
    with pytest.raises(NotAskedNow):
        open_line(away.world.ports, "fedex", TRACK, later - timedelta(seconds=1))
    open_line(away.world.ports, "fedex", TRACK, later)


def test_a_failed_probe_leaves_the_carrier_alone_for_longer():
    away = Away()
    broken(away.world, NOW)
    line = open_line(away.world.ports, "fedex", TRACK, NOW)
    with pytest.raises(CarrierUnavailable):
        line.call(carrier("fedex").polling[0].requests(NUMBERS[:1])[0])
    standing = away.world.ports.carriers.standing("fedex", "track")
    assert standing.open_until - NOW >= timedelta(seconds=96)
    assert (standing.opened, standing.probe_until) == (2, None)


def test_while_it_answers_nothing_is_written_but_the_count():
    away = Away()
    away.down = False
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS}, NOW)
    before = away.world.table.writes
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS[:30]}, NOW + TICK)
    assert away.world.table.writes == before + 1


def test_a_worker_short_of_time_stops_early_and_puts_the_rest_back():
    away = Away()
    away.down = False
    left = iter([60.0, 60.0, 60.0, *[10.0] * 100])
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS}, NOW, TimeLeft(lambda: next(left)))
    assert len(away.asked) == 1
    due = sorted(track.due_at for track in away.tracks)
    assert due[:30] == [NOW] * 30, "what was asked was left as it was"
    assert all(NOW < at <= NOW + timedelta(minutes=2) for at in due[30:])


def test_a_read_that_came_to_nothing_is_repeated_once_when_there_is_time():
    away = Away()
    waited: list[float] = []
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS[:2]}, NOW, TimeLeft(lambda: 60.0, waited.append))
    assert len(away.asked) == 2
    (pause,) = waited
    assert 0 <= pause <= 2


def test_what_the_quota_has_no_room_for_comes_when_it_has_and_is_never_a_failure():
    away = Away()
    away.down = False
    standing = Standing(1, day=NOW.date(), count=100_000)
    assert away.world.ports.carriers.save_standing("fedex", "track", standing)
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS}, NOW)
    assert away.asked == []
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert all(midnight <= track.due_at <= midnight + timedelta(hours=1) for track in away.tracks)
    assert all(track.unheard_since is None for track in away.tracks), "a busy carrier is no silent one"


def test_one_bad_number_costs_its_neighbours_nothing():
    away = Away()
    bad = NUMBERS[7]
    refusal = answered(400, {"errors": [{"code": "TRACKING.BAD", "message": "no"}]})
    plain = away._answer

    def picky(name: str, request: HttpRequest) -> HttpResponse:
        return refusal if bad.encode() in request.body else plain(name, request)

    away.down, away.world.link.answer = False, picky
    poll(away.world.ports, {"carrier": "fedex", "numbers": NUMBERS[:30]}, NOW)
    (alert,) = away.told
    assert bad in alert["detail"]


def test_a_quota_that_the_merchant_agreed_with_the_carrier_counts():
    world = memory_ports()
    merchant = world.ports.merchant()
    contract = merchant.contract_with("fedex")
    agreed = replace(contract, quota=(AgreedQuota("fedex", 7, 1, 1, "A-1"),))
    ports = replace(world.ports, merchant=lambda: replace(merchant, carrier=(agreed,)))
    assert quota_for(ports, "fedex", "fedex", NOW) == Quota("fedex", 7, 1, 1, None, 20, 20)
    assert quota_for(world.ports, "fedex", "fedex", NOW).per_day == 100_000


class Dhl:
    """A DHL parcel or many, MyDHL as told, and Unified that knows none of them yet."""

    def __init__(self, parcels: int, mydhl: HttpResponse | None, keys: Any = SECRETS) -> None:
        self.asked: Counter[str] = Counter()
        self.mydhl = mydhl
        self.world = memory_ports(link=ScriptedLink(self._answer), secrets=keys)
        self.numbers = [f"{n:010d}" for n in range(parcels)]
        for number in self.numbers:
            self.world.ports.tracks.save(a_track(a_scan(-5), carrier="dhl", number=number, due_at=NOW, poll_after=NOW))

    def _answer(self, host: str, _request: HttpRequest) -> HttpResponse:
        self.asked[host] += 1
        nothing = answered(404, {"title": "No result found", "status": 404, "detail": "No shipment found"})
        return nothing if host == "dhl_unified" or self.mydhl is None else self.mydhl

    def poll(self, now: datetime = NOW, time: TimeLeft | None = None) -> None:
        poll(self.world.ports, {"carrier": "dhl", "numbers": self.numbers}, now, time)

    def waiting(self) -> list[datetime]:
        due = [self.world.ports.tracks.file("dhl", number).tracks[0].due_at for number in self.numbers]
        return sorted(at for at in due if at > NOW)


def test_dhl_is_asked_through_mydhl_in_one_call_and_numbers_it_does_not_know_yet_trouble_nobody():
    dhl = Dhl(150, None)
    dhl.poll()
    assert dhl.asked == {"mydhl": 1}
    assert dhl.world.queues.sent == {}
    assert dhl.waiting() == []


def test_without_credentials_for_mydhl_unified_is_asked_one_number_a_call():
    secrets = {**SECRETS, "carriers": {"dhl": {"unified": {"api_key": "k"}}}}
    dhl = Dhl(3, None, secrets)
    clock = iter([60.0 - second * 0.7 for second in range(200)])
    dhl.poll(time=TimeLeft(lambda: next(clock)))
    assert dhl.asked["mydhl"] == 0
    assert 0 < dhl.asked["dhl_unified"] <= 3


def test_while_mydhl_is_broken_unified_is_asked_within_its_quota_and_the_rest_waits_its_turn():
    dhl = Dhl(100, DOWN)
    broken_dhl = Standing(1, failures=5, opened=1, broken_since=NOW, open_until=NOW + timedelta(hours=1))
    assert dhl.world.ports.carriers.save_standing("dhl", "mydhl", broken_dhl)
    dhl.poll()
    assert dhl.asked == {"dhl_unified": 1}, "one a second, and this worker does not wait"
    standing = dhl.world.ports.carriers.standing("dhl", "unified")
    assert standing.count == 1
    assert len(dhl.waiting()) == 99
    assert dhl.world.queues.sent == {}, "DHL is not silent: another way in answers"


def test_a_used_up_day_of_unified_is_no_dead_letter_and_its_numbers_come_the_next_day():
    dhl = Dhl(40, DOWN, {**SECRETS, "carriers": {"dhl": {"unified": {"api_key": "k"}}}})
    used = Standing(1, day=NOW.date(), count=250)
    assert dhl.world.ports.carriers.save_standing("dhl", "unified", used)
    dhl.poll()
    assert dhl.asked == {}
    waiting = dhl.waiting()
    assert len(waiting) == 40
    assert waiting[0] >= NOW.replace(hour=0) + timedelta(days=1)


def test_an_order_stays_planned_while_its_carrier_is_away_and_is_no_stuck_booking():
    desk = Desk()
    desk.open()
    now = MONDAY
    for _ in range(12):
        standing = desk.ports.carriers.standing("fedex", "ship")
        away = Standing(standing.version + 1, failures=5, broken_since=now, open_until=now + timedelta(minutes=50))
        assert desk.ports.carriers.save_standing("fedex", "ship", away)
        sweep(desk.ports, now)
        desk.step("waybill", now)
        desk.step("pickup", now)
        now += timedelta(hours=1)
    booking = desk.booking("waybill")
    assert (booking.status, booking.attempts) == ("planned", 0)
    assert booking.due_at > now - timedelta(hours=1)
    assert not [body for body in desk.waiting("alerts") if "stuck" in body]
    assert desk.world.carrier.bookings(booking.reference)[0] == 0
