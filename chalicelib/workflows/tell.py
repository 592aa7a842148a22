"""Who is told of an alert, by which way, and when.

Each delivery has a name that is made of the alert and the receiver, so that an alert which is told again makes the
deliveries that are there already. What waits for a digest is kept under the same name. The deliveries worker does the
rest; a process that dies in between has its message again, and tells again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.bodies import case_delivery, delivery_of, gathered_of
from chalicelib.alerts.deliveries import Delivery
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.gathered import message_id_of
from chalicelib.alerts.routing import Routed, after_storm, route, window_end
from chalicelib.alerts.told import Alert
from chalicelib.errors import NotFoundError
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.send_deliveries import message_of

# Shorter than a queue hides the message of a worker that died, longer than a worker lives.
ON_ITS_WAY = timedelta(minutes=1)


def tell(ports: Ports, alert: Alert, now: datetime) -> None:
    """Make the deliveries that the merchant's routes ask for and send them on their way; the same alert again is
    harmless. What is decided follows when the change was made, so that it is decided the same each time."""
    routed = route(alert, ports.merchant().receiver, alert.note.at, _incident(ports, alert))
    told = (_carried_out(ports, alert, one, now) for one in routed if one.how != "no")
    send_on(ports, [delivery for delivery in told if delivery is not None])


def tell_case(
    ports: Ports, case_id: str, what: str, sequence: int, at: datetime, facts: Mapping[str, Any], now: datetime
) -> None:
    """A step of a case, for the tools that want every one: ``case.stage_changed`` for ``what`` ``stage_changed``.
    ``sequence`` is the number of its entry in the case log; ``facts`` hold codes and ids, never a personal value.
    Nothing is read or written when nobody asked."""
    told = [
        case_delivery(case_id, what, sequence, at, facts, receiver, now)
        for receiver in ports.merchant().receiver
        if "case" in receiver.events
    ]
    kept = (_kept(ports, delivery, now) for delivery in told)
    send_on(ports, [delivery for delivery in kept if delivery is not None])


def send_on(ports: Ports, deliveries: Iterable[Delivery]) -> None:
    """Hand deliveries that are kept to their worker, which drops what has arrived."""
    if messages := [message_of(delivery) for delivery in deliveries]:
        ports.queues.send("deliveries", messages)


def _carried_out(ports: Ports, alert: Alert, routed: Routed, now: datetime) -> Delivery | None:
    """The delivery, kept; None when it was gathered."""
    receiver, until = routed.receiver, routed.until
    if until is None and not _is_admitted(ports, alert, routed):
        until = after_storm(alert, receiver, alert.note.at)
    if until is not None:
        ports.digests.gather(receiver.id, until, gathered_of(alert, receiver), now)
        return None
    return _kept(ports, delivery_of(alert, receiver, now), now)


def _kept(ports: Ports, delivery: Delivery, now: datetime) -> Delivery | None:
    """The delivery, kept and to be sent on its way. One that was there before is left to whoever made it, whose message
    comes again if it died; only when that has had its time is it sent on anew."""
    if ports.deliveries.put_new(delivery):
        return delivery
    before = ports.deliveries.read(delivery.subject, delivery.receiver, delivery.message_id)
    is_left = before is not None and before.state == "waiting" and before.due_at is None
    return before if before is not None and is_left and now - before.created_at >= ON_ITS_WAY else None


def _is_admitted(ports: Ports, alert: Alert, routed: Routed) -> bool:
    """Whether the receiver has not yet been told enough for now. What is critical is counted apart: small things must
    not keep it waiting."""
    receiver, storm = routed.receiver, routed.receiver.storm
    if storm is None:
        return True
    window = "critical" if alert.severity == "critical" else "other"
    until = window_end(alert.note.at, storm.minutes)
    return ports.digests.admit(receiver.id, window, until, message_id_of(alert, receiver.id), storm.messages)


def _incident(ports: Ports, alert: Alert) -> OpenException | None:
    """The exception that stands for many, where this is one of them."""
    if alert.incident_id is None or alert.incident_id == alert.exception.exception_id:
        return None
    try:
        return ports.exceptions.read(alert.incident_id)
    except NotFoundError:
        return None
