"""The deliveries queue: one message to one receiver, or the digest of one.

A delivery is sent first and recorded after, under an id that stays the same: a process that dies between the two sends
it again, and a receiver that has seen the id drops it. So it is sent at least once and never lost. What is told to a
person (a receiver that is gone, a delivery that is dead) is queued before it is recorded, for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.deliveries import (
    AWAY_TOO_LONG,
    GONE,
    NO_SECRETS,
    UNUSABLE,
    Delivery,
    Patience,
    Verdict,
    after_try,
    given_up,
    is_too_old,
    patience,
    put_off,
)
from chalicelib.alerts.receiver_health import ReceiverHealth, failed, gone, probed, told_of, well_again
from chalicelib.clock import stamp
from chalicelib.errors import NotFoundError, UnavailableError
from chalicelib.workflows.carry_out import carry_out
from chalicelib.workflows.ports import Ports

TRIES = 5
SECRETS_AGAIN = timedelta(minutes=15)
SECRETS = "secrets-"


def take_delivery(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Try the delivery that ``message`` names; the receiver and what came of it, as ``shop-system/sent``.

    A message that was queued for an earlier try, or for a delivery that has arrived or is dead, changes nothing.
    """
    if message["kind"] == "digest":
        from chalicelib.workflows.digests import send_digest

        return send_digest(ports, message, now)
    delivery = ports.deliveries.read(message["subject"], message["receiver"], message["message_id"])
    if delivery is None:
        raise NotFoundError("no delivery has these keys")
    if delivery.state != "waiting" or message.get("turn", 1) != delivery.turn:
        return set()
    return {f"{delivery.receiver}/{_attempt(ports, delivery, now, patience(now.date()))}"}


def message_of(delivery: Delivery) -> dict[str, Any]:
    """The queue message that drives the next try of a delivery."""
    return {
        "kind": "delivery",
        "subject": delivery.subject,
        "receiver": delivery.receiver,
        "message_id": delivery.message_id,
        "turn": delivery.turn,
    }


def _attempt(ports: Ports, delivery: Delivery, now: datetime, rules: Patience) -> str:
    health = ports.deliveries.health(delivery.receiver)
    if health.gone_at is not None:
        _tell_gone(ports, health, now)
        ports.deliveries.save(given_up(delivery, GONE, now))
        return "dead"
    if health.rests(now):
        return _wait(ports, delivery, health, now, rules)
    if health.has_rested:
        probing = probed(health, now, rules)
        if not ports.deliveries.save_health(probing):
            return _wait(ports, delivery, probing, now, rules)
        health = probing
    try:
        verdict = carry_out(ports, delivery, now, rules)
    except UnavailableError:
        return _without_secrets(ports, delivery, health, now, rules)
    return _recorded(ports, delivery, health, verdict, now, rules)


def _without_secrets(ports: Ports, delivery: Delivery, health: ReceiverHealth, now: datetime, rules: Patience) -> str:
    """The secrets cannot be read: no try of the receiver's, and no failure of it. If that lasts a person is told, and
    in the end it is given up: a secret that somebody mistyped must not leave every chat and tool silent for ever."""
    if is_too_old(delivery, now, rules):
        return _dead(ports, delivery, given_up(delivery, NO_SECRETS, now), now)
    is_lasting = now - delivery.asked_at >= timedelta(seconds=rules.told_after_s)
    if is_lasting and not any(episode.startswith(SECRETS) for episode in health.told):
        # Named by the day: of many workers that meet it at once all tell the same.
        episode, detail = f"{SECRETS}{now.date().isoformat()}", "the secret of the receivers cannot be read"
        alert = alert_about(health.receiver, "open", "receiver_unusable", episode, now, detail)
        ports.queues.send("alerts", [alert])
        ports.deliveries.save_health(told_of(health, episode))
    ports.deliveries.save(put_off(delivery, now + SECRETS_AGAIN, rules))
    return "put_off"


def _wait(ports: Ports, delivery: Delivery, health: ReceiverHealth, now: datetime, rules: Patience) -> str:
    """Its receiver rests: it is due when the rest is over, and given up when that has gone on for days."""
    if is_too_old(delivery, now, rules):
        return _dead(ports, delivery, given_up(delivery, AWAY_TOO_LONG, now), now)
    ports.deliveries.save(put_off(delivery, health.rest_until or now, rules))
    return "put_off"


def _recorded(
    ports: Ports, delivery: Delivery, health: ReceiverHealth, verdict: Verdict, now: datetime, rules: Patience
) -> str:
    if verdict.is_sent:
        _save_sent(ports, delivery, verdict, now, rules)
        _answered(ports, health, now)
        return "sent"
    after = after_try(delivery, verdict, now, rules)
    if verdict.is_gone:
        _disable(ports, health, now)
        ports.deliveries.save(after)
        return "dead"
    _note_failure(ports, health, verdict, now, rules)
    if after.state == "dead":
        return _dead(ports, delivery, after, now)
    ports.deliveries.save(after)
    return "again"


def _save_sent(ports: Ports, delivery: Delivery, verdict: Verdict, now: datetime, rules: Patience) -> None:
    """It has arrived: that stands, whoever else wrote of a failure meanwhile."""
    standing: Delivery | None = delivery
    for _ in range(TRIES):
        if standing is None or standing.state == "sent":
            return
        if ports.deliveries.save(after_try(standing, verdict, now, rules)):
            return
        standing = ports.deliveries.read(delivery.subject, delivery.receiver, delivery.message_id)


def _answered(ports: Ports, health: ReceiverHealth, now: datetime) -> None:
    """A success ends a failing; what a person was told of it is closed by the facts."""
    if health.is_well:
        return
    if closings := [closing_of(health.receiver, episode, "it answers again", now) for episode in health.told]:
        ports.queues.send("alerts", closings)
    ports.deliveries.save_health(well_again(health))


def _note_failure(ports: Ports, health: ReceiverHealth, verdict: Verdict, now: datetime, rules: Patience) -> None:
    after = failed(health, verdict, now, rules)
    # Who lost the race need not write: somebody else met the same receiver at the same time. Nor does it tell: its
    # episode would be another than the one that stands, and nothing would ever close it.
    if ports.deliveries.save_health(after) and after.is_to_be_told(now, rules):
        _tell_failing(ports, after, verdict, now)


def _tell_failing(ports: Ports, health: ReceiverHealth, verdict: Verdict, now: datetime) -> None:
    episode = health.failing_episode
    if episode is None:
        return
    kind = "receiver_unusable" if verdict.outcome in UNUSABLE else "receiver_failing"
    detail = f"failing since {stamp(health.failing_since or now)}: {verdict.outcome}"
    ports.queues.send("alerts", [alert_about(health.receiver, "open", kind, episode, now, detail)])
    ports.deliveries.save_health(told_of(health, episode))


def _disable(ports: Ports, health: ReceiverHealth, now: datetime) -> None:
    """A 410: nothing goes to this receiver until a person enables it again."""
    for _ in range(TRIES):
        if health.gone_at is not None or ports.deliveries.save_health(after := gone(health, now)):
            _tell_gone(ports, health if health.gone_at else after, now)
            return
        health = ports.deliveries.health(health.receiver)


def _tell_gone(ports: Ports, health: ReceiverHealth, now: datetime) -> None:
    episode = health.gone_episode
    if episode is None or episode in health.told:
        return
    detail = "it answered 410: nothing is sent to it until somebody enables it again"
    ports.queues.send("alerts", [alert_about(health.receiver, "open", "receiver_gone", episode, now, detail)])
    ports.deliveries.save_health(told_of(health, episode))


def _dead(ports: Ports, delivery: Delivery, after: Delivery, now: datetime) -> str:
    """Given up: told once a day and receiver, however many there are; each of them is in the dead list."""
    detail = f"{delivery.event} about {delivery.subject}: {after.tries[-1].outcome} at try {len(after.tries)}"
    episode = f"dead-{now.date().isoformat()}"
    ports.queues.send("alerts", [alert_about(delivery.receiver, "open", "delivery_dead", episode, now, detail)])
    ports.deliveries.save(after)
    return "dead"


def closing_of(receiver: str, episode: str, detail: str, now: datetime) -> dict[str, Any]:
    """The alert that closes what a person was told of a receiver."""
    kind = "receiver_gone" if episode.startswith("gone-") else "receiver_failing"
    return alert_about(receiver, "close", kind, episode, now, detail)


def alert_about(receiver: str, action: str, kind: str, episode: str, now: datetime, detail: str) -> dict[str, Any]:
    """An alert about a receiver, and so never told to that receiver (``about_receiver``)."""
    return {
        "action": action,
        "subject_kind": "receiver",
        "subject": receiver,
        "about_receiver": receiver,
        "kind": kind,
        "episode": episode,
        "since": stamp(now),
        "detail": detail,
    }
