"""Two writers at once, on the embedded AWS (moto is not atomic under threads): one wins, nobody is told otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from chalicelib.alerts.incidents import Counted, Member, rules
from chalicelib.carriers.quotas import Quota
from chalicelib.carriers.registry import carrier
from chalicelib.carriers.standing import Standing
from chalicelib.errors import ConflictError, ReturnsError, StaleVersion
from chalicelib.workflows.carrier_calls import NotAskedNow, _usable, taken
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.adapters.conftest import aws_store
from tests.fakes.memory_ports import MemoryQueues
from tests.fakes.pieces import (
    CASE_ID,
    NOW,
    NUMBER,
    a_booking,
    a_case,
    a_log_line,
    a_scan,
    a_track,
    an_answer,
    an_exception,
    an_opening,
)

pytestmark = pytest.mark.embedded
WRITERS = 6


@pytest.fixture
def ports(embedded_stage):
    for store in aws_store(embedded_stage):
        yield store.ports


def at_once(write):
    """Run ``write(n)`` in several threads from the same moment; what each gave, or its error."""
    start = Barrier(WRITERS)

    def one(n):
        start.wait(timeout=30)
        try:
            return write(n)
        except ReturnsError as fault:
            return fault

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_of_many_saves_of_one_track_one_wins_and_the_others_know(ports):
    ports.tracks.save(a_track())
    for version in range(2, 7):
        told = at_once(lambda n, version=version: ports.tracks.save(a_track(a_scan(n), version=version)))
        assert [answer for answer in told if answer is None] == [None]
        assert all(isinstance(answer, StaleVersion) for answer in told if answer is not None)
    assert ports.tracks.file("fedex", NUMBER).tracks[0].version == 6


def test_of_many_commits_of_one_case_one_wins_and_the_log_has_no_fork(ports):
    ports.cases.open(an_opening())
    for version in range(2, 6):
        told = at_once(
            lambda n, version=version: ports.cases.commit(
                a_case(version=version, log_n=version, log_hash=f"h{version}-{n}"),
                [a_log_line(version, hash=f"h{version}-{n}")],
            )
        )
        assert told.count(None) == 1
    file = ports.cases.file(CASE_ID)
    assert [line.n for line in file.log] == [1, 2, 3, 4, 5]
    assert file.log[-1].hash == file.case.log_hash


def test_of_many_claims_of_one_booking_one_is_told_yes(ports):
    ports.cases.open(an_opening())
    claimed = a_booking(status="claimed", claimed_at=NOW)
    assert sorted(at_once(lambda _: ports.cases.save_booking(claimed, "planned"))) == [False] * 5 + [True]


def test_of_many_sweeps_one_claims_what_is_due(ports):
    ports.tracks.save(a_track(due_at=NOW))
    (due,) = ports.due.due(NOW, 10)
    assert sorted(at_once(lambda _: ports.due.claim(due, a_track().due_at))) == [False] * 5 + [True]
    assert ports.tracks.file("fedex", NUMBER).tracks[0].attempts == 1


def test_of_many_who_act_on_one_exception_who_is_told_yes_stands_in_its_history_and_nobody_else(ports):
    ports.cases.open(an_opening())
    ports.cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], exceptions=[an_exception(kind="papers_stuck")])
    ports = replace(ports, queues=MemoryQueues())
    exception_id = an_exception().exception_id
    told = at_once(lambda n: act_on_exception(ports, exception_id, Verdict("acknowledge", f"p{n}", note="mine"), NOW))
    # Who came so late that the first was written already is heard after it.
    won = {f"p{n}" for n, answer in enumerate(told) if isinstance(answer, dict)}
    assert all(isinstance(answer, dict | ConflictError) for answer in told)
    by = [note.by for note in ports.exceptions.read(exception_id).history]
    assert (by[0], set(by[1:]), len(by) - 1) == ("system", won, len(won))


def test_of_many_workers_each_counts_its_own_once(ports):
    of, group = Counted("silence", "fedex"), rules(NOW.date()).groups["silence"]

    def count(n):
        while not ports.exceptions.save_tally(
            ports.exceptions.tally(of).plus(Member(f"c-{n}", "silence-1", NOW), group)
        ):
            pass

    at_once(count)
    tally = ports.exceptions.tally(of)
    assert (tally.count, len(tally.members), tally.version) == (WRITERS, WRITERS, WRITERS)


def test_of_many_requests_under_one_idempotency_key_one_case_comes(ports):
    told = at_once(lambda n: ports.cases.open(an_opening(f"01C{n}", answer=an_answer(f"01C{n}"))))
    (opened,) = [n for n, answer in enumerate(told) if answer is None]
    assert all(answer == an_answer(f"01C{opened}") for answer in told if answer is not None)
    assert [case.case_id for case in ports.cases.listed("approved", None, 10).cases] == [f"01C{opened}"]


def test_of_many_requests_under_one_key_that_ran_out_one_case_comes(ports):
    ports.cases.open(an_opening("01OLD", answer=an_answer("01OLD", expires_at=NOW - timedelta(hours=1))))
    told = at_once(lambda n: ports.cases.open(an_opening(f"01C{n}", answer=an_answer(f"01C{n}"))))
    (opened,) = [n for n, answer in enumerate(told) if answer is None]
    assert ports.cases.stored_answer("desk", "k-1").case_id == f"01C{opened}"
    assert {case.case_id for case in ports.cases.listed("approved", None, 10).cases} == {"01OLD", f"01C{opened}"}


def test_of_many_workers_one_fetches_a_new_token_and_the_quota_is_never_overdrawn(ports):
    assert at_once(lambda _: ports.carriers.claim_refresh("fedex", "track", 0, NOW)).count(True) == 1
    track, quota = carrier("fedex").polling[0].access, Quota("fedex", 4, 100, 1)
    told = at_once(lambda _: taken(ports, "fedex", track, quota, NOW, Standing()))
    assert sum(isinstance(one, NotAskedNow) and one.by_quota for one in told) == WRITERS - 4
    assert ports.carriers.standing("fedex", "track").count == 4


def test_of_many_workers_one_probes_a_carrier_that_did_not_answer(ports):
    track = carrier("fedex").polling[0].access
    ended = NOW - timedelta(minutes=1)
    ports.carriers.save_standing("fedex", "track", Standing(1, failures=5, broken_since=ended, open_until=ended))
    told = at_once(lambda _: _usable(ports, "fedex", track, NOW))
    assert [isinstance(one, NotAskedNow) for one in told].count(False) == 1
