"""What a case has told: claims that run out, choices, names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.notices.facts import MOMENTS
from chalicelib.notices.register import LEASE, Entry, Register, message_id

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLAIMED = Entry("held/ab", "claimed", NOON)


def test_a_claim_outlives_its_worker_and_is_over_when_its_message_comes_again():
    config = json.loads(Path(".chalice/config.json").read_text(encoding="utf-8"))
    timeout = timedelta(seconds=next(_timeouts(config)))
    assert timeout < LEASE < 6 * timeout


def _timeouts(config: object):
    if isinstance(config, dict):
        for name, value in config.items():
            if name == "on_notice_due":
                yield value["lambda_timeout"]
            else:
                yield from _timeouts(value)


@pytest.mark.parametrize(("after", "left"), [(LEASE - timedelta(seconds=1), False), (LEASE, True)])
def test_a_claim_is_left_when_its_time_has_run_out(after, left):
    assert CLAIMED.is_left(NOON + after) is left


def test_what_has_ended_is_never_left():
    assert not replace(CLAIMED, status="sent").is_left(NOON + 9 * LEASE)


def test_an_entry_takes_the_place_of_the_one_of_its_name_and_of_claims_that_it_tells_too():
    before = Register((CLAIMED, Entry("accepted", "sent", NOON)), version=1)
    after = before.with_entry(Entry("released/ab", "claimed", NOON, ("held/ab",)))
    assert [entry.key for entry in after] == ["accepted", "released/ab"]
    assert after.version == 2


def test_what_was_sent_stays_though_another_mail_tells_it_again():
    before = Register((Entry("held/ab", "sent", NOON),), version=1)
    after = before.with_entry(Entry("summary/held/ab", "claimed", NOON, ("held/ab",)))
    assert [entry.key for entry in after] == ["held/ab", "summary/held/ab"]


def test_an_entry_knows_its_moment_and_its_episode():
    summary = Entry("summary/held/ab", "sent", NOON)
    assert (summary.moment, summary.episode) == ("summary", "held/ab")


def test_no_two_notices_have_one_name():
    names = {message_id(case, key) for case in ("c1", "c2") for key in (*MOMENTS, "held/ab", "held/ab:asked")}
    assert len(names) == 2 * (len(MOMENTS) + 2)
