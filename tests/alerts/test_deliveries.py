"""What an answer means, and when a delivery is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.alerts.deliveries import (
    Delivery,
    after_try,
    asked_for,
    is_too_old,
    keys_of,
    patience,
    public_id,
    put_off,
    replayed,
    verdict_on,
    verdict_without_answer,
)
from chalicelib.errors import NotFoundError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RULES = patience(NOON.date())
HOUR = timedelta(hours=1)


def a_delivery(message_id: str = "msg_1", **changed) -> Delivery:
    plain = Delivery(
        "shop-system", message_id, "webhook", "exception.opened", "case/c1", 3, occurred_at=NOON, created_at=NOON,
        body='{"a":1}',
    )  # fmt: skip
    return replace(plain, **changed)


def answered(status: int, **headers: str):
    return verdict_on(status, headers, 12, NOON, RULES.retry_after_longest_s)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_two_hundreds_have_arrived(status):
    assert answered(status).is_sent


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 422, 429, 500, 503]
)
def test_everything_else_has_not(status):
    assert not answered(status).is_sent


@pytest.mark.parametrize(
    ("status", "rests"),
    [(400, False), (401, False), (404, False), (302, False), (408, True), (425, True), (429, True), (500, True),
     (502, True), (503, True), (504, True)],
)  # fmt: skip
def test_a_receiver_rests_when_the_next_message_would_meet_the_same(status, rests):
    assert answered(status).rests is rests


@pytest.mark.parametrize("word", ["timeout", "no_connection", "not_resolved", "tls_failed", "hung_up", "unavailable"])
def test_a_receiver_that_is_not_there_rests(word):
    assert verdict_without_answer(word).rests


@pytest.mark.parametrize("word", ["address_refused", "not_configured", "secret_unreadable"])
def test_a_wrong_setting_is_not_the_receivers_absence(word):
    assert not verdict_without_answer(word).rests


def test_twelve_tries_take_about_three_days_and_the_twelfth_failure_is_the_end():
    delivery, now, gaps = a_delivery(), NOON, []
    while delivery.state == "waiting":
        delivery = after_try(delivery, answered(500), now, RULES)
        if delivery.due_at is not None:
            gaps.append(delivery.due_at - now)
            now = delivery.due_at

    assert (delivery.state, len(delivery.tries), delivery.due_at) == ("dead", 12, None)
    assert timedelta(hours=66) <= now - NOON <= timedelta(hours=73)
    assert gaps == sorted(gaps)


def test_jitter_only_adds_differs_by_message_and_is_the_same_each_time():
    dues = [after_try(a_delivery(f"msg_{n}"), answered(500), NOON, RULES).due_at for n in range(50)]

    assert all(timedelta(minutes=5) <= due - NOON <= timedelta(minutes=5.5) for due in dues)
    assert len(set(dues)) > 10
    assert dues[0] == after_try(a_delivery("msg_0"), answered(500), NOON, RULES).due_at


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0", NOON), ("120", NOON + timedelta(seconds=120)), (" 7 ", NOON + timedelta(seconds=7)),
        ("86400", NOON + 24 * HOUR), ("86401", NOON + 24 * HOUR), ("9" * 400, NOON + 24 * HOUR),
        ("Sun, 22 Nov 2026 13:00:00 GMT", NOON + HOUR), ("Sunday, 22-Nov-26 13:00:00 GMT", NOON + HOUR),
        ("Sun, 22 Nov 2026 14:00:00 +0100", NOON + HOUR), ("Sun, 22 Nov 2026 13:00:00 -0000", NOON + HOUR),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOON + 24 * HOUR),
        ("Sun, 22 Nov 2026 11:00:00 GMT", None),
        ("", None), (None, None), ("-5", None), ("1.5", None), ("soon", None), ("٣٠", None), ("²", None),
        ("Sun, 99 Nov 2026 13:00:00 GMT", None), ("Mon, 1 Jan 99999 00:00:00 GMT", None), ("\x00", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_its_forms_and_bounded(text, wanted):
    assert asked_for(text, NOON, 86_400) == wanted


def test_a_receiver_that_names_a_later_time_is_not_called_before_it():
    later = after_try(a_delivery(), answered(429, **{"retry-after": "3600"}), NOON, RULES)
    sooner = after_try(a_delivery(), answered(429, **{"retry-after": "1"}), NOON, RULES)

    assert later.due_at == NOON + HOUR
    assert sooner.due_at >= NOON + timedelta(minutes=5)


@pytest.mark.parametrize("verdict", [answered(410), verdict_without_answer("refused")])
def test_what_can_never_do_better_is_given_up_at_once(verdict):
    assert after_try(a_delivery(), verdict, NOON, RULES).state == "dead"


def test_a_receiver_that_asks_for_patience_without_end_gets_four_days():
    delivery, now = a_delivery(), NOON
    while delivery.state == "waiting":
        patient = verdict_on(503, {"retry-after": "86400"}, 3, now, RULES.retry_after_longest_s)
        delivery = after_try(delivery, patient, now, RULES)
        now = delivery.due_at or now

    assert now - NOON <= timedelta(days=4)
    assert len(delivery.tries) < RULES.most_tries


def test_a_put_off_costs_no_try_and_spreads_those_that_wait_together():
    rested = [put_off(a_delivery(f"msg_{n}"), NOON + HOUR, RULES) for n in range(50)]

    assert all(one.tries == () and one.state == "waiting" for one in rested)
    assert all(NOON + HOUR <= one.due_at <= NOON + HOUR + timedelta(minutes=1) for one in rested)
    assert len({one.due_at for one in rested}) > 10


def test_a_replay_keeps_the_message_and_begins_anew():
    dead = after_try(a_delivery(), answered(410), NOON, RULES)
    again = replayed(dead, "boss@desk", NOON + 90 * HOUR, NOON + 91 * HOUR)

    assert (again.message_id, again.body, again.turn, again.state) == ("msg_1", '{"a":1}', 1, "waiting")
    assert is_too_old(replace(dead, state="waiting"), NOON + 100 * HOUR, RULES)
    assert not is_too_old(again, NOON + 100 * HOUR, RULES)


@pytest.mark.parametrize("subject", ["case/c1", "number/fedex/794", "a|b|c", "résumé", "case/" + "x" * 300, ""])
def test_a_public_id_tells_where_a_delivery_is_kept(subject):
    assert keys_of(public_id(subject, "shop-system", "msg_1")) == (subject, "shop-system", "msg_1")


@pytest.mark.parametrize("text", ["", "x", "Y2FzZQ", "Y2FzZS9jMXxzaG9w", "a|b|c", "é", "====", "A" * 500])
def test_text_that_is_no_public_id_names_no_delivery(text):
    with pytest.raises(NotFoundError):
        keys_of(text)
