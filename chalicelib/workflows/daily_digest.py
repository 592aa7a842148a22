"""Once a day each receiver that asked for it is told what is open, what ends soon and what waits for a claim.

It may be run at any time and any number of times: whose time has come since its last one gets one, and where it did not
run for days it gets one and not several. What is open is read once for all of them, the gravest first, up to a bound;
what is beyond it is said to be there and not counted. The delivery has a name made of receiver and day.
"""

from __future__ import annotations

from datetime import date, datetime

from chalicelib.alerts.bodies import daily_of
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.gathered import daily_id
from chalicelib.alerts.overview import overview
from chalicelib.alerts.quiet_hours import last_daily
from chalicelib.alerts.routing import routing_rules
from chalicelib.receivers import Receiver
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.tell import send_on

PAGE = 100


def digest(ports: Ports, now: datetime) -> tuple[str, ...]:
    """The receivers that were written to."""
    asked = [receiver for receiver in ports.merchant().receiver if "digest" in receiver.events]
    wanted = [(receiver, *last_daily(receiver, now)) for receiver in asked]
    owed = [one for one in wanted if _is_owed(ports, one[0], one[1])]
    if not owed:
        return ()
    exceptions, has_more = _open(ports)
    for receiver, day, at in owed:
        told = overview(exceptions, receiver, now, has_more=has_more)
        delivery = daily_of(daily_id(receiver.id, day.isoformat()), told, receiver, at, now)
        ports.deliveries.put_new(delivery)
        send_on(ports, [delivery])
        ports.digests.daily_sent(receiver.id, day)
    return tuple(receiver.id for receiver, _, _ in owed)


def _is_owed(ports: Ports, receiver: Receiver, day: date) -> bool:
    sent = ports.digests.daily_of(receiver.id)
    return sent is None or sent < day


def _open(ports: Ports) -> tuple[tuple[OpenException, ...], bool]:
    """What is open, the gravest first, and whether more is than was read."""
    found: list[OpenException] = []
    cursor: str | None = None
    for _ in range(routing_rules()["digest"]["pages"]):
        page = ports.exceptions.listed(None, cursor, PAGE)
        found += page.exceptions
        cursor = page.cursor
        if cursor is None:
            return tuple(found), False
    return tuple(found), True
