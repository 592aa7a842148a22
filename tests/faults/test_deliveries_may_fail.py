"""Every call of the deliveries' story x every kind of fault: a receiver that is well, one that is away and comes back,
one that is gone and is enabled, a chat, a mail and the topic, a replay.

Each run ends where the undisturbed one does: all that was owed has arrived, under the id it had from the beginning; a
receiver may hear an id again and drops it, and hears none but those; who must be told of a receiver is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.workflows.replay_deliveries import ReplayWish, enable_receiver, replay_deliveries
from tests.faults.gate import KINDS, Fault, Gate, possible
from tests.workflows.carrying import House, a_delivery, answers, gives_none

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
LETTER = '{"subject":"Held","text":"Customs want papers."}'


@dataclass(frozen=True)
class Ending:
    """Where a run ended, without its clock."""

    states: tuple[tuple[str, str], ...]
    heard: tuple[tuple[str, frozenset[str]], ...]
    mails: frozenset[str]
    said: frozenset[str]
    receivers: tuple[tuple[str, str], ...]
    told: frozenset[tuple[str, str, str]]


def well(house: House) -> None:
    house.tell(a_delivery("msg_1"), a_delivery("msg_2", "crm"))
    house.work()


def every_channel(house: House) -> None:
    house.tell(
        a_delivery("msg_1"),
        a_delivery("msg_2", "returns-chat", channel="chat"),
        a_delivery("msg_3", "europe-mail", channel="mail", body=LETTER),
        a_delivery("msg_4", "on-call", channel="topic", body=LETTER),
    )
    house.work()


def away_and_back(house: House) -> None:
    house.behaves["crm"] = gives_none("timeout", 10)
    house.tell(a_delivery("msg_1", "crm"), a_delivery("msg_2", "crm"), a_delivery("msg_3"))
    house.work()
    house.wait(2 * HOUR, step=HALF)
    house.behaves.clear()
    house.wait(3 * HOUR, step=HALF)


def gone_and_enabled(house: House) -> None:
    house.behaves["crm"] = answers(410)
    deliveries = (a_delivery("msg_1", "crm"), a_delivery("msg_2", "crm"))
    house.tell(*deliveries)
    house.work()
    house.behaves.clear()
    house.until_done(lambda: enable_receiver(house.ports, "crm", house.now))
    wish = ReplayWish(receiver="crm", since=deliveries[0].created_at)
    house.until_done(lambda: replay_deliveries(house.ports, wish, None, holder="boss@desk", now=house.now))
    house.work()


def given_up(house: House) -> None:
    house.behaves["crm"] = answers(500)
    house.tell(a_delivery("msg_1", "crm"))
    house.work()
    house.wait(90 * HOUR, step=6 * HOUR)


STORIES: dict[str, Callable[[House], None]] = {
    "well": well, "every_channel": every_channel, "away_and_back": away_and_back, "gone_and_enabled": gone_and_enabled,
}  # fmt: skip
LONG = {"given_up": given_up}


def run(story: str, fault: Fault | None = None) -> tuple[House, Ending]:
    house = House(gate=Gate())
    house.knows_every_receiver()
    house.gate.fault = fault
    (STORIES | LONG)[story](house)
    house.gate.fault = None
    house.behaves.clear() if story != "given_up" else None
    # Whatever was lost on its way is due by itself, and a message whose worker died comes again.
    house.wait(2 * HOUR, step=HALF)
    return house, ending(house)


def ending(house: House) -> Ending:
    items = [item for item in house.table.all_items() if item["SK"].startswith("DELIVERY#")]
    health = house.world.ports.deliveries.healths()
    return Ending(
        states=tuple(sorted((item["SK"].rpartition("#")[2], item["state"]) for item in items)),
        heard=tuple(sorted((name, frozenset(ids)) for name, ids in house.heard.items())),
        mails=frozenset(letter.message_id for letter in house.world.mail.sent),
        said=frozenset(subject for subject, _ in house.world.topic.said),
        receivers=tuple(sorted((one.receiver, one.state(house.now)) for one in health if not one.is_well)),
        told=frozenset(house.told()),
    )


@cache
def undisturbed(story: str) -> tuple[Ending, tuple[str, ...]]:
    house, ended = run(story)
    return ended, tuple(house.gate.calls)


def faults(story: str, every: int = 1) -> list[Fault]:
    calls = undisturbed(story)[1]
    return [Fault(kind, at) for kind in KINDS for at in range(0, len(calls), every) if possible(kind, calls[at])]


@pytest.mark.parametrize("story", STORIES)
def test_undisturbed_everything_arrives(story):
    ended, _ = undisturbed(story)

    assert {state for _, state in ended.states} == {"sent"}
    assert ended.receivers == ()


@pytest.mark.parametrize("story", STORIES)
def test_whatever_goes_wrong_with_any_call_everything_is_sent_under_its_id_and_nothing_is_lost(story):
    wanted, _ = undisturbed(story)
    wrong = []
    for fault in faults(story):
        house, ended = run(story, fault)
        if not house.gate.struck:
            continue
        if (ended.states, ended.heard, ended.mails, ended.said, ended.receivers) != (
            wanted.states, wanted.heard, wanted.mails, wanted.said, wanted.receivers,
        ):  # fmt: skip
            wrong.append((fault, house.gate.calls[fault.at], ended))
        opened = {one for one in wanted.told if one[0] == "open"}
        if not opened <= ended.told:
            wrong.append((fault, house.gate.calls[fault.at], ended.told))

    assert wrong == []


def test_one_that_is_given_up_is_told_whatever_goes_wrong_at_the_last_try():
    wanted, calls = undisturbed("given_up")
    assert wanted.states == (("msg_1", "dead"),)
    for fault in (Fault(kind, at) for kind in KINDS for at in range(len(calls) - 40, len(calls))):
        if possible(fault.kind, calls[fault.at]):
            _, ended = run("given_up", fault)

            assert ended.states == wanted.states
            assert ("open", "delivery_dead", "crm") in ended.told
