"""What could not be asked comes again: when, and written where.

A number is due again at the moment from which it can be asked: spread after the end of a pause or of an outage, in the
order of asking after the next free places of a day's quota. Its track says since when nothing could be heard of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.carriers.quotas import Quota, patience, quota_of
from chalicelib.carriers.standing import Standing, next_slot, share_of, shut_until
from chalicelib.shipments.leg import Track
from chalicelib.shipments.thresholds import Thresholds
from chalicelib.shipments.watch import next_due, untold
from chalicelib.workflows.carrier_incidents import still_wait
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.watched_by import rules_at

AFTER_A_FAILURE = timedelta(minutes=5)
SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a number was not asked: nobody may ask until then; with a ``quota``, because it has no room. ``standing`` is
    how we stand with the way in that was tried; ``ask_elsewhere``: another one may be tried at once."""

    until: datetime
    quota: Quota | None = None
    standing: Standing | None = None
    ask_elsewhere: bool = False

    def ends(self, number: str, place: int, now: datetime) -> datetime:
        """When this number, asked after ``place`` others, is to be asked; always after now."""
        if self.standing is None:
            return max(self.until, now + SOON)
        if self.quota is not None:
            return max(self.until, next_slot(self.standing, self.quota, place, now), now + SOON)
        spread = round(patience(now.date()).spread_s * share_of(number))
        return max(self.until, now + SOON) + timedelta(seconds=spread)

    @property
    def unheard_since(self) -> datetime | None:
        """Since when the carrier does not answer; None when it is well and only busy."""
        return self.standing.broken_since if self.standing else None


def after_failure(standing: Standing, now: datetime) -> Wait:
    """What was asked and not answered: again when it may be asked, before that a little later."""
    until = shut_until(standing, now) or now + AFTER_A_FAILURE
    return Wait(until, standing=standing, ask_elsewhere=standing.is_broken)


def quota_for(ports: Ports, name: str, source: str, now: datetime) -> Quota:
    """What this source allows: what the merchant's contract says, else what the rules say."""
    quota = quota_of(source, now.date())
    contract = ports.merchant().contract_with(name)
    agreed = next((one for one in contract.quota if one.source == source), None) if contract else None
    if agreed is None:
        return quota
    return replace(quota, per_day=agreed.per_day, burst=agreed.burst, burst_seconds=agreed.burst_seconds)


def put_back(ports: Ports, name: str, numbers: Sequence[str], wait: Wait, now: datetime) -> None:
    """Make the tracks of these numbers due again; quiet where somebody else moved one meanwhile."""
    fresh = 0
    for place, number in enumerate(numbers):
        for track in ports.tracks.file(name, number).tracks:
            if track.due_at is None:
                continue
            fresh += track.attempts == 0
            ports.tracks.settle(_again(track, wait, wait.ends(number, place, now), now, rules_at(ports, now)))
    if wait.unheard_since is not None:
        still_wait(ports, name, fresh, now)


def _again(track: Track, wait: Wait, at: datetime, now: datetime, rules: Thresholds) -> Track:
    """The track, to be asked about at that time. What it still has to tell keeps its place."""
    attempts = 1 if wait.unheard_since is not None else 0
    later = replace(track, poll_after=at, attempts=attempts, unheard_since=track.unheard_since or wait.unheard_since)
    if track.effects or untold(track, now, rules):
        return replace(later, attempts=track.attempts)
    return replace(later, due_at=next_due(later, now, rules))
