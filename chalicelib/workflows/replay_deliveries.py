"""Sending again what was sent or given up, trying a receiver, and enabling one that had gone.

A replay keeps the message id, so that a receiver that has it drops it, and begins the tries anew. It is written first
and queued after; if the message is lost in between the delivery is due by itself a quarter of an hour later.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.deliveries import DeliveryState, replayed
from chalicelib.alerts.receiver_health import well_again
from chalicelib.alerts.trial import trial_of
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError, StaleVersion
from chalicelib.workflows.delivery_ports import DeliveryPage, DeliveryQuery
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.read_deliveries import delivery_called, delivery_row, receiver_called, receiver_row
from chalicelib.workflows.send_deliveries import closing_of, message_of

MOST_AT_ONCE = 100
TRIES = 5
AGAIN = timedelta(minutes=15)


class ReceiverGone(ConflictError):
    """This receiver answered 410 and is sent nothing; enable it first."""

    code = "receiver_gone"


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """What is sent again: all of a case, or all to a receiver that was made in a span of time. ``state``: only what is
    dead, or only what was sent; None: both."""

    case_id: str | None = None
    receiver: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: DeliveryState | None = None


def replay_delivery(ports: Ports, delivery_id: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """Send one delivery again. One that was not tried yet stays as it is. Raises ``NotFoundError``, ``ReceiverGone``
    and, when it was changed at this very moment, ``StaleVersion``."""
    delivery = delivery_called(ports, delivery_id)
    _refuse_gone(ports, delivery.receiver)
    if delivery.state == "waiting" and not delivery.tries:
        ports.queues.send("deliveries", [message_of(delivery)])
        return delivery_row(delivery)
    after = replayed(delivery, holder, now, now + AGAIN)
    if not ports.deliveries.save(after):
        raise StaleVersion("this delivery was tried at this very moment; read it again")
    ports.queues.send("deliveries", [message_of(after)])
    return delivery_row(after)


def replay_deliveries(
    ports: Ports, wish: ReplayWish, cursor: str | None, *, holder: str, now: datetime
) -> dict[str, Any]:
    """Send many again, a hundred at a call; the cursor goes on. What waits for its turn anyway is left alone. Raises
    ``NotFoundError`` for a case that is none, ``ReceiverGone``, ``InvalidRequestError`` for a cursor that is not ours.
    """
    page = _of_case(ports, wish, cursor) if wish.case_id is not None else _of_receiver(ports, wish, cursor)
    wanted = [one for one in page.deliveries if one.state != "waiting" and wish.state in (None, one.state)]
    sent = [after for one in wanted if ports.deliveries.save(after := replayed(one, holder, now, now + AGAIN))]
    if sent:
        ports.queues.send("deliveries", [message_of(one) for one in sent])
    return {"replayed": len(sent), "left_alone": len(page.deliveries) - len(sent), "cursor": page.cursor}


def try_receiver(ports: Ports, name: str, now: datetime) -> dict[str, Any]:
    """Queue a test event to this receiver; the delivery says what came of it as soon as it was tried. Raises
    ``NotFoundError`` and ``ReceiverGone``."""
    receiver = receiver_called(ports, name)
    _refuse_gone(ports, name)
    delivery = trial_of(receiver, f"msg_{ports.new_id()}", now)
    ports.deliveries.put_new(delivery)
    ports.queues.send("deliveries", [message_of(delivery)])
    return delivery_row(delivery)


def enable_receiver(ports: Ports, name: str, now: datetime) -> dict[str, Any]:
    """Send to this receiver again, after a 410 or before its rest is over; what was given up meanwhile is sent again by
    a replay. Raises ``NotFoundError``, and ``StaleVersion`` when it changes at this very moment."""
    receiver = receiver_called(ports, name)
    for _ in range(TRIES):
        health = ports.deliveries.health(name)
        if health.is_well:
            return dict(receiver_row(ports, receiver, health, now))
        over = dict.fromkeys((*health.told, *((health.gone_episode,) if health.gone_episode else ())))
        if over:
            ports.queues.send("alerts", [closing_of(name, one, "enabled by a person", now) for one in over])
        after = well_again(health)
        if ports.deliveries.save_health(after):
            return dict(receiver_row(ports, receiver, after, now))
    raise StaleVersion("this receiver is being tried at this very moment; ask again")


def _of_case(ports: Ports, wish: ReplayWish, cursor: str | None) -> DeliveryPage:
    if wish.case_id is None or ports.cases.read(wish.case_id) is None:
        raise NotFoundError("no case has this id")
    page = ports.deliveries.of_subject(f"case/{wish.case_id}", _place(cursor), MOST_AT_ONCE)
    further = base64.urlsafe_b64encode(page.cursor.encode()).decode() if page.cursor else None
    return DeliveryPage(page.deliveries, further)


def _of_receiver(ports: Ports, wish: ReplayWish, cursor: str | None) -> DeliveryPage:
    name = wish.receiver or ""
    receiver_called(ports, name)
    _refuse_gone(ports, name)
    return ports.deliveries.listed(DeliveryQuery(name, wish.state, wish.since, wish.until), cursor, MOST_AT_ONCE)


def _place(cursor: str | None) -> str | None:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii") if cursor else None
    except (binascii.Error, ValueError):
        fault = FieldFault("cursor", "cursor_invalid", "use a cursor that a replay gave")
        raise InvalidRequestError("the cursor is not one that a replay gave", [fault]) from None


def _refuse_gone(ports: Ports, receiver: str) -> None:
    if ports.deliveries.health(receiver).gone_at is not None:
        raise ReceiverGone(f"{receiver} answered 410 and is sent nothing; enable it first")
