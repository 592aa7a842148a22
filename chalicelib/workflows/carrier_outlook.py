"""How a carrier may be asked now, as the sweep sees it: it makes no call and holds no credentials, and yet need not
queue questions that no worker could ask.

What was never used is not known: it may be another way in to a carrier that does not answer, or one that we have no
credentials for. One question is let through to it, and from then on it is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.carriers.channels import Polling
from chalicelib.carriers.registry import carrier
from chalicelib.carriers.standing import Standing, room, shut_until
from chalicelib.shipments.leg import Track
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.put_back import Wait, quota_for


@dataclass(frozen=True, slots=True)
class Outlook:
    """``room`` is for how many numbers there is room (None: for all), ``is_silent`` that no way in that was used
    answers, ``wait`` when and why the rest waits."""

    room: int | None
    is_silent: bool
    wait: Wait

    def put_off(self, track: Track, place: int, now: datetime) -> Track:
        """The track, to be asked about when there is room again, ``place`` others before it."""
        at = self.wait.ends(track.number, place, now)
        silent = (track.unheard_since or self.wait.unheard_since) if self.is_silent else None
        return replace(track, poll_after=at, unheard_since=silent)

    def looked_at(self, track: Track) -> Track:
        """The track, which can be asked about again unless nobody answers still."""
        return track if self.is_silent else replace(track, unheard_since=None)


OPEN = Outlook(None, is_silent=False, wait=Wait(datetime(1970, 1, 1, tzinfo=UTC)))


def outlook(ports: Ports, name: str, now: datetime) -> Outlook:
    """How this carrier may be asked now."""
    ways = carrier(name).polling
    standings = [ports.carriers.standing(name, way.access.secret) for way in ways]
    used = [(way, standing) for way, standing in zip(ways, standings, strict=True) if standing.version]
    if not used:
        return OPEN
    rooms, waits = zip(*(_one(ports, name, way, standing, now) for way, standing in used), strict=True)
    return Outlook(
        room=sum(rooms) + len(ways) - len(used),
        is_silent=all(standing.is_broken for _, standing in used),
        wait=min(waits, key=lambda wait: wait.until),
    )


def _one(ports: Ports, name: str, way: Polling, standing: Standing, now: datetime) -> tuple[int, Wait]:
    """For how many numbers one way in has room, and when the rest waits. Of a broken one that may be probed, for one
    question."""
    until = shut_until(standing, now)
    if until is not None:
        return 0, Wait(until, standing=standing)
    if standing.is_broken:
        return way.numbers_per_call, Wait(now, standing=standing)
    quota = quota_for(ports, name, way.source, now)
    return room(standing, quota, now) * way.numbers_per_call, Wait(now, quota, standing)
