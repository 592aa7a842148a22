"""What is left after a bad day: dead letters that go back to work, tracks made anew from what carriers sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.adapters.tracks import TableTracks
from infra import redrive as redriving
from infra.redrive import Wish, redrive
from infra.replay import Wish as ReplayWish
from infra.replay import replay, wished
from tests.fakes.aws_world import AwsStage
from tests.flows.house import House, booked
from tests.flows.journey import travel

# What moto keeps is dated by the real clock and not by the house's.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def dead_letters(house: House, *reasons: str | None) -> None:
    for n, reason in enumerate(reasons):
        told = {"reason": {"DataType": "String", "StringValue": reason}} if reason else {}
        body = json.dumps({"kind": "poll", "carrier": "fedex", "numbers": [str(n)]})
        house.sqs.send_message(QueueUrl=dead_of(house), MessageBody=body, MessageAttributes=told)


def dead_of(house: House) -> str:
    return house.queues["polls"] + "-dead"


def driven(house: House, wish: Wish) -> tuple[dict[str, int], list[str]]:
    said: list[str] = []
    became = redrive(house.sqs, house.queues["polls"], dead_of(house), wish, said.append)
    return dict(became), said


def lying(house: House, url: str) -> int:
    told = house.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


def test_without_go_dead_letters_are_counted_by_reason_and_stay_where_they_are(house):
    dead_letters(house, "carrier_unavailable", "carrier_unavailable", None)
    became, said = driven(house, Wish("polls"))
    assert became == {"would be sent back": 3}
    assert said[0] == "polls: 3 dead letters"
    assert any(line.split() == ["2", "carrier_unavailable"] for line in said)
    assert lying(house, dead_of(house)) == 3
    assert lying(house, house.queues["polls"]) == 0


def test_with_go_those_of_one_reason_go_back_and_the_others_stay(house):
    dead_letters(house, "carrier_unavailable", "not_found", "carrier_unavailable")
    became, _ = driven(house, Wish("polls", go=True, reason="carrier_unavailable"))
    assert became == {"sent back": 2, "another reason": 1}
    assert lying(house, dead_of(house)) == 1
    assert lying(house, house.queues["polls"]) == 2


def test_no_more_go_back_than_were_asked_for(house):
    dead_letters(house, *["carrier_unavailable"] * 15)
    became, _ = driven(house, Wish("polls", go=True, most=4))
    assert became == {"sent back": 4, "left for the next time": 11}
    assert lying(house, house.queues["polls"]) == 4


def test_a_letter_that_came_back_three_times_is_left_for_a_person(house):
    poison = "{not json"
    house.sqs.send_message(QueueUrl=house.queues["polls"], MessageBody=poison)
    for _ in range(redriving.MOST_RETURNS):
        house.run()
        assert driven(house, Wish("polls", go=True))[0] == {"sent back": 1}
    house.run()
    assert driven(house, Wish("polls", go=True))[0] == {"came back too often": 1}
    assert driven(house, Wish("polls", go=True, again=True))[0] == {"sent back": 1}


@pytest.mark.parametrize(
    ("asked", "told"),
    [({}, "QUEUE="), ({"QUEUE": "poll"}, "polls"), ({"QUEUE": "polls", "MOST": "0"}, "MOST=0")],
)
def test_a_wish_that_names_no_queue_or_no_number_moves_nothing(asked, told):
    with pytest.raises(ValueError, match=told):
        redriving.wished(asked)


# --- replay ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def travelled(stage: AwsStage) -> Iterator[tuple[House, str]]:
    """A return that was pushed and polled home, a hold on its way; a test that damages it mends it."""
    house = House(stage)
    _, number = booked(house)
    for _ in travel(house, number, between=lambda: house.sweep() and None):
        house.run()
    yield house, number
    house.close()


def replayed(house: House, number: str, *, write: bool = False) -> tuple[bool, list[str]]:
    said: list[str] = []
    wish = ReplayWish("fedex", number, *ALWAYS, write)
    bucket = house.stage.bucket
    same = replay(tracks_of(house), house.stage.make_client("s3"), bucket, wish, house.now, said.append)
    return same, said


def tracks_of(house: House) -> TableTracks:
    return TableTracks(house.table)


def test_replaying_the_raw_bodies_gives_the_state_that_is_kept(travelled):
    house, number = travelled
    same, said = replayed(house, number)
    assert same
    assert "the same" in said[-1]


def test_a_track_that_was_damaged_is_told_apart_and_mended(travelled):
    house, number = travelled
    tracks = tracks_of(house)
    (kept,) = tracks.file("fedex", number).tracks
    tracks.save(replace(kept, events=kept.events[:3], version=kept.version + 1))
    same, said = replayed(house, number)
    assert not same
    assert [line for line in said if line.startswith("  + ")]
    assert replayed(house, number, write=True)[1][-1] == "  written"
    assert replayed(house, number)[0] is True
    (mended,) = tracks.file("fedex", number).tracks
    assert (mended.events, mended.state) == (kept.events, kept.state)


@pytest.mark.parametrize("asked", [{}, {"CARRIER": "fedex"}, {"CARRIER": "fedex", "NUMBER": "1", "SINCE": "yesterday"}])
def test_a_replay_must_be_told_which_track_and_real_dates(asked):
    with pytest.raises(ValueError, match=r"CARRIER|SINCE"):
        wished(asked)
