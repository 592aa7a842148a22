"""A carrier that does not answer is one incident, however many parcels wait for it.

It begins with the first interface that is left alone and is told to a person once it has lasted; it is told again when
twice as many parcels wait; it ends by the facts, when the carrier answers. While it lasts nobody is told of each parcel
that nothing is heard of: nothing can be heard.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.carriers.quotas import patience
from chalicelib.carriers.registry import carrier
from chalicelib.clock import stamp
from chalicelib.workflows.alert_words import alert_of_carrier
from chalicelib.workflows.ports import Incident, Ports

TRIES = 10


def not_heard(ports: Ports, name: str, now: datetime) -> None:
    """One more interface, or the same again, was found broken: the incident begins, or has lasted long enough. The
    alert goes out first: an alert twice is one exception."""
    if not in_trouble(ports, name):
        return
    known = ports.carriers.incident(name)
    if known is None or known.over:
        version = known.version if known else 0
        ports.carriers.save_incident(Incident(name, f"silent-{stamp(now)}", now, version=version + 1))
    elif known.told is None and now - known.since >= timedelta(seconds=patience(now.date()).incident_after_s):
        ports.queues.send("alerts", [alert_of_carrier(known, "open", now)])
        ports.carriers.save_incident(replace(known, told=known.waiting, version=known.version + 1))


def still_wait(ports: Ports, name: str, count: int, now: datetime) -> None:
    """So many more parcels could not be asked about; nothing where there is no incident."""
    for _ in range(TRIES if count else 0):
        known = ports.carriers.incident(name)
        if known is None or known.over:
            return
        more = replace(known, waiting=known.waiting + count, version=known.version + 1)
        if known.told is not None and more.waiting >= 2 * max(known.told, 1):
            ports.queues.send("alerts", [alert_of_carrier(more, "update", now)])
            more = replace(more, told=more.waiting)
        if ports.carriers.save_incident(more):
            return


def heard_again(ports: Ports, name: str, now: datetime) -> None:
    """A broken interface answers: the incident is over unless another one still makes it."""
    for _ in range(TRIES):
        known = ports.carriers.incident(name)
        if known is None or known.over or in_trouble(ports, name):
            return
        if known.told is not None:
            ports.queues.send("alerts", [alert_of_carrier(known, "close", now)])
        if ports.carriers.save_incident(replace(known, over=True, version=known.version + 1)):
            return


def in_trouble(ports: Ports, name: str) -> bool:
    """Whether no interface that was used tells where parcels are, or one that takes orders does not answer."""
    of = carrier(name)
    asked = [way.access.secret for way in of.polling]
    ordered = {one.access.secret for one in (of.waybills, of.pickups) if one is not None}
    standings = {way: ports.carriers.standing(name, way) for way in {*asked, *ordered}}
    used = [standings[way] for way in asked if standings[way].version]
    unheard = bool(used) and all(one.is_broken for one in used)
    return unheard or any(standings[way].is_broken for way in ordered)


def unanswered_in_a_row(ports: Ports, name: str) -> int:
    """How many calls to where this carrier takes orders came to nothing, one after another, with no answer between."""
    of = carrier(name)
    ordered = {one.access.secret for one in (of.waybills, of.pickups) if one is not None}
    return max((ports.carriers.standing(name, way).failures for way in ordered), default=0)
