"""A lost parcel while somebody is not there: no schedule for six hours, receivers that hang, are gone or broken, no
mail for a day. Each run ends with everybody told of everything, and late only where it could not be otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

import pytest

from chalicelib.errors import OutboundFailed, UnavailableError
from chalicelib.workflows.delivery_ports import Letter, OutboundAnswer
from chalicelib.workflows.replay_deliveries import ReplayWish, enable_receiver, replay_deliveries
from tests.fakes.outward import MemoryMail, MemoryOutbound
from tests.faults.gate import Gate
from tests.faults.lost_endings import Ending, all_deliveries, assert_sound, ending, to_the_customer
from tests.faults.lost_parcel import (
    HOUR,
    PARTS,
    LostWorld,
    Run,
    comes_to_rest,
    file_of,
    lose,
    run,
    sets_out,
)
from tests.faults.world import MONDAY

SHOP, CHAT = "https://shop.example", "https://chat.example"
FINE = OutboundAnswer(204, {}, 12)


@cache
def undisturbed() -> Ending:
    return ending(run().world)


def kinds(ended: Ending) -> set[tuple[str, str]]:
    return {(kind, status) for kind, _, status, _ in ended.exceptions}


def assert_as_ever(world: LostWorld, besides: frozenset[str] = frozenset()) -> None:
    """Everybody was told of everything; days count from when trouble was known, so a reminder may name another day."""
    assert_sound(Run(world, (), None), twice=None)
    ended, wanted = ending(world), undisturbed()
    assert {row for row in kinds(ended) if row[0] not in besides} == kinds(wanted)
    assert (ended.claims, ended.packs, ended.occasions) == (wanted.claims, wanted.packs, wanted.occasions)
    assert ended.due == wanted.due


# The schedule

AROUND = (49.0, 51.0, 53.0, 53.9)


def silent_since(world: LostWorld) -> datetime:
    return next(one.opened_at for one in file_of(world).exceptions if one.kind == "silence")


def test_after_six_hours_without_a_schedule_the_silence_is_found_by_the_first_sweep():
    """The parcel is silent for a day at the 54th hour; the last sweep before the outage was just before that."""
    late = run(schedule=(*AROUND, 60.0)).world
    assert_as_ever(late)
    assert MONDAY + 60 * HOUR <= silent_since(late) < MONDAY + 60.2 * HOUR


def test_an_outage_while_it_is_lost_and_claimed_loses_no_reminder():
    world = LostWorld(Gate())
    sweep_at, asleep = world.sweep_at, (MONDAY + 79 * HOUR, MONDAY + 85 * HOUR)

    def sweep_unless_asleep(at: datetime) -> None:
        if asleep[0] <= at < asleep[1]:
            return
        sweep_at(at)

    world.sweep_at = sweep_unless_asleep  # type: ignore[method-assign]
    lose(world)
    comes_to_rest(world)
    assert_as_ever(world)


# Receivers


@dataclass
class Moody(MemoryOutbound):
    """Receivers who answer as ``moods`` says of each, by the time that ``clock`` tells."""

    moods: dict[str, Callable[[datetime], OutboundAnswer]] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: MONDAY
    at: list[tuple[datetime, str]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        self.at.append((self.clock(), url))
        mood = next((mood for host, mood in self.moods.items() if url.startswith(host)), None)
        answer = mood(self.clock()) if mood else FINE
        if answer.status == FINE.status:
            self.calls.append((url, dict(headers), body))
        return answer


def hangs(_now: datetime) -> OutboundAnswer:
    raise OutboundFailed("timeout", 10_000)


def answers(status: int) -> Callable[[datetime], OutboundAnswer]:
    return lambda _now: OutboundAnswer(status, {}, 12)


def until(end: datetime, mood: Callable[[datetime], OutboundAnswer]) -> Callable[[datetime], OutboundAnswer]:
    return lambda now: mood(now) if now < end else FINE


def with_receivers(moods: dict[str, Callable[[datetime], OutboundAnswer]]) -> LostWorld:
    outbound = Moody(moods=moods)
    world = LostWorld(Gate(), outbound=outbound)
    outbound.clock = lambda: world.now
    lose(world)
    return world


ABOUT_RECEIVERS = frozenset({"receiver_failing", "receiver_gone", "delivery_dead"})


@pytest.mark.parametrize("mood", [hangs, answers(500), answers(503)], ids=["hangs", "500", "503"])
def test_what_a_receiver_missed_for_a_day_reaches_it_under_its_first_id(mood):
    world = with_receivers({SHOP: until(MONDAY + 78 * HOUR, mood)})
    comes_to_rest(world)
    assert_as_ever(world, ABOUT_RECEIVERS)


def test_who_waits_for_one_receiver_keeps_no_other_waiting():
    world = with_receivers({SHOP: hangs})
    others = [one for one in all_deliveries(world) if one.receiver != "shop-system"]
    assert len(others) > 20
    waited = [one.tries[-1].at - one.created_at for one in others]
    assert max(waited) < timedelta(minutes=10)


@pytest.mark.parametrize("mood", [answers(410), answers(500)], ids=["410", "500 for good"])
def test_what_was_given_up_is_told_to_a_person_and_arrives_when_it_is_replayed(mood):
    world = with_receivers({SHOP: mood})
    comes_to_rest(world)
    assert {one.receiver for one in all_deliveries(world) if one.state == "dead"} == {"shop-system"}
    assert asked_of_people(world) & ABOUT_RECEIVERS
    world.outbound.moods.clear()  # type: ignore[attr-defined]
    enable_receiver(world.ports, "shop-system", world.now)
    replayed_to_the_shop(world)
    for hours in (1, 8, 30, 31):
        world.sweep_at(world.now + hours * HOUR)
    assert_as_ever(world, ABOUT_RECEIVERS)


def asked_of_people(world: LostWorld) -> set[str]:
    return {kind for kind, *_ in ending(world).exceptions}


def replayed_to_the_shop(world: LostWorld) -> None:
    wish, cursor, more = ReplayWish(receiver="shop-system", since=MONDAY, state="dead"), None, True
    while more:
        told = replay_deliveries(world.ports, wish, cursor, holder="boss@desk", now=world.now)
        cursor = told["cursor"]
        more = cursor is not None
    world.pump()


# The mail


@dataclass
class NoMail(MemoryMail):
    """The mail service takes nothing between these hours."""

    away: tuple[datetime, datetime] = (MONDAY, MONDAY)
    clock: Callable[[], datetime] = lambda: MONDAY

    def send(self, letter: Letter) -> str:
        if self.away[0] <= self.clock() < self.away[1]:
            raise UnavailableError("the mail service takes nothing from us now")
        return super().send(letter)


def without_mail(begin: float, end: float) -> LostWorld:
    mail = NoMail(away=(MONDAY + begin * HOUR, MONDAY + end * HOUR))
    world = LostWorld(Gate(), mail=mail, buries=True)
    mail.clock = lambda: world.now
    return world


def test_after_a_day_without_mail_the_customer_gets_one_summary_and_no_old_news():
    world = without_mail(0, 51)
    sets_out(world)
    assert world.mail.sent == []
    assert {one.queue for one in world.dead} == {"notices"}, "dead letters raise their alarm"
    world.now = MONDAY + 52 * HOUR
    world.redrive()
    (letter,) = to_the_customer(world)
    (entry,) = file_of(world).notices
    assert (entry.moment, entry.status) == ("summary", "sent")
    assert {name.partition("/")[0] for name in entry.covers} == {"accepted", "pickup_booked", "collected"}
    for part in PARTS[1:]:
        part(world)
    comes_to_rest(world)
    assert len(to_the_customer(world)) == 4, "and later the hold, the release and the search"
    assert letter.language == "fr"
    assert_as_ever(world)


def test_staff_who_could_not_be_written_to_for_a_day_get_every_mail_all_the_same():
    world = without_mail(51, 76)
    for part in PARTS[:3]:
        part(world)
    world.now = MONDAY + 77 * HOUR
    world.redrive()
    for part in PARTS[3:]:
        part(world)
    comes_to_rest(world)
    assert_as_ever(world, ABOUT_RECEIVERS)
