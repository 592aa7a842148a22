"""How a receiver is: when it rests, for how long, and when a person hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.alerts.deliveries import patience, verdict_on, verdict_without_answer
from chalicelib.alerts.receiver_health import ReceiverHealth, failed, gone, probed, well_again

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RULES = patience(NOON.date())
MINUTE = timedelta(minutes=1)
HUNG = verdict_without_answer("timeout", 10_000)
WELL = ReceiverHealth("crm")


def test_each_failure_in_a_row_doubles_the_rest_up_to_an_hour():
    health, rests = WELL, []
    for _ in range(20):
        health = failed(health, HUNG, NOON, RULES)
        rests.append((health.rest_until - NOON) // MINUTE)

    assert rests[:6] == [5, 10, 20, 40, 60, 60]
    assert max(rests) == 60


def test_a_rest_is_never_longer_than_what_its_own_message_waits_anyway():
    gaps = [RULES.rest_first_s * 2**n for n in range(len(RULES.gaps_s))]

    assert all(min(rest, RULES.rest_longest_s) <= gap for rest, gap in zip(gaps, RULES.gaps_s, strict=True))


def test_a_receiver_that_says_how_long_rests_so_long():
    asked = verdict_on(429, {"retry-after": "7200"}, 3, NOON, RULES.retry_after_longest_s)

    assert failed(WELL, asked, NOON, RULES).rest_until == NOON + 120 * MINUTE


def test_a_refusal_is_a_failure_and_no_absence():
    refused = failed(WELL, verdict_on(400, {}, 3, NOON, 60), NOON, RULES)

    assert (refused.state(NOON), refused.failures, refused.has_rested) == ("failing", 1, False)


def test_one_message_tries_it_and_keeps_the_others_waiting_for_a_minute():
    trying = probed(failed(WELL, HUNG, NOON, RULES), NOON + 5 * MINUTE, RULES)

    assert trying.rests(NOON + 5.9 * MINUTE)
    assert not trying.rests(NOON + 6 * MINUTE)


def test_a_person_hears_of_an_hour_of_failing_once_and_of_a_wrong_setting_at_once():
    health = failed(WELL, HUNG, NOON, RULES)
    assert not health.is_to_be_told(NOON + 59 * MINUTE, RULES)
    assert health.is_to_be_told(NOON + 60 * MINUTE, RULES)
    told = ReceiverHealth("crm", failing_since=NOON, told=(health.failing_episode,))
    assert not told.is_to_be_told(NOON + 600 * MINUTE, RULES)

    assert failed(WELL, verdict_without_answer("address_refused"), NOON, RULES).is_to_be_told(NOON, RULES)


def test_gone_is_gone_until_a_person_says_otherwise():
    health = gone(failed(WELL, HUNG, NOON, RULES), NOON)

    assert health.state(NOON + 1000 * MINUTE) == "gone"
    assert well_again(health) == ReceiverHealth("crm", version=health.version + 1)
