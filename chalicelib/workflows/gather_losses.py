"""Parcels that do not arrive, as their customer is told of it: searched for, lost, destroyed, kept by customs.

"Lost" is never said before the carrier or a person of ours has said so. Until then, once a search has gone on for as
long as the rules of the watch give it, the customer hears that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import end_of_day
from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.claims_clock import row_for
from chalicelib.insurance.weekend import business_days_after
from chalicelib.notices.facts import Moment
from chalicelib.notices.moments import History, Hold, Lost
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.fold import Episode
from chalicelib.shipments.leg import Track
from chalicelib.shipments.transitions import SEEN
from chalicelib.workflows.parcels import is_taken_in, receipts_of
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.verdicts import LOST

_LOST_AS: Mapping[str, Literal["lost", "destroyed", "seized"]] = {
    "lost": "lost", "destroyed": "destroyed", "seized": "seized",
}  # fmt: skip
SEARCHED = "loss_suspected"


def lost_of(file: CaseFile, tracks: Sequence[Track]) -> Iterator[Lost]:
    """What a carrier says is lost, destroyed or seized, and what a person said of a parcel whose carrier says
    nothing: one story, whoever of the two said so first."""
    said, told = dict(_said_lost(file)), set[int]()
    for track in tracks:
        for at, episode in enumerate(track.state.episodes):
            how = _LOST_AS.get(episode.milestone or "")
            if how is not None and episode.ground == "over":
                by_hand = () if track.leg_n in told else _names_by_hand(track.leg_n)
                told.add(track.leg_n)
                names = tuple(dict.fromkeys((episode.id, *episode.scans, *by_hand)))
                found_at = _found_at(track.state.episodes, at)
                yield Lost(names, track.leg_n, episode.since, how, found_at, track.direction == "out")
    for leg_n, since in said.items():
        if leg_n not in told:
            found_at = _seen_after(leg_n, since, tracks)
            yield Lost(_names_by_hand(leg_n), leg_n, since, "lost", found_at, out=_is_out(file, leg_n))


def _names_by_hand(leg_n: int) -> tuple[str, ...]:
    return (f"leg-{leg_n}",)


def _said_lost(file: CaseFile) -> Iterator[tuple[int, datetime]]:
    """The legs that a person gave up, and when: by resolving what stood open as lost, or by sending another parcel in
    the place of one that went out."""
    legs = {one.episode: one.leg_n for one in file.exceptions}
    for way in file.parts.of(WayOut):
        if way.state == "lost":
            yield way.leg_n, way.changed_at or way.asked_at
    for entry in reversed(file.log):
        leg_n = legs.get(entry.facts.get("episode", ""))
        if entry.what == "exception_resolved" and entry.facts.get("outcome") == LOST and leg_n is not None:
            yield leg_n, entry.at


def _is_out(file: CaseFile, leg_n: int) -> bool:
    return any(leg.n == leg_n and leg.direction == "out" for leg in file.legs)


def _found_at(episodes: Sequence[Episode], at: int) -> datetime | None:
    """When it was on its way again; not where one bad end only took the place of another."""
    after = episodes[at + 1] if at + 1 < len(episodes) else None
    worse = after is not None and after.ground == "over" and after.since == episodes[at].until
    return None if worse else episodes[at].until


def _seen_after(leg_n: int, at: datetime, tracks: Sequence[Track]) -> datetime | None:
    """When a carrier first saw the parcel again."""
    events = (event for track in tracks if track.leg_n == leg_n for event in track.events)
    return min((one.at for one in events if one.at > at and one.milestone in SEEN), default=None)


def lost_named(history: History, moment: Moment, episode: str) -> Lost | None:
    """The loss that a notice of this episode is about."""
    if moment not in ("lost", "seized", "released"):
        return None
    return next((one for one in history.lost if episode in one.names), None)


def searches(file: CaseFile, tracks: Sequence[Track]) -> Iterator[Hold]:
    """Searches for parcels that were handed over: those that stand open at one time are one."""
    legs = {leg.n for leg in file.legs if is_taken_in(file, leg.n)}
    taken_in = {n: max(one.received_at for one in receipts_of(file, n)) for n in legs}
    for track in tracks:
        if track.state.moving_since is None:
            continue
        of_leg = (one for one in file.exceptions if one.leg_n == track.leg_n and _is_search(one))
        for n, together in enumerate(_overlapping(sorted(of_leg, key=lambda one: (one.opened_at, one.episode))), 1):
            yield _search(track, n, together, tracks, taken_in.get(track.leg_n))


def _is_search(one: OpenException) -> bool:
    """What the watch tells once a suspicion has stood for as long as its rules say, and not the first word of it."""
    return one.kind == "possible_loss" or (one.kind == "unanswered" and one.reason == SEARCHED)


def _overlapping(found: Sequence[OpenException]) -> Iterator[list[OpenException]]:
    together: list[OpenException] = []
    for one in found:
        if together and not any(each.resolved_at is None or each.resolved_at >= one.opened_at for each in together):
            yield together
            together = []
        together.append(one)
    if together:
        yield together


def _search(
    track: Track, n: int, together: Sequence[OpenException], tracks: Sequence[Track], taken_in: datetime | None
) -> Hold:
    since = together[0].opened_at
    ended = [one.resolved_at for one in together]
    until = taken_in if None in ended else max(at for at in ended if at is not None)
    freed = _seen_after(track.leg_n, since, tracks) is not None
    # Alerts come in any order, so a search is named by its leg and number and by none of them.
    names = (f"search-{track.leg_n}-{n}",)
    return Hold(
        names, track.leg_n, since, until, freed, SEARCHED, "nothing", out=track.direction == "out",
        ends_on=_ends_on(track.carrier, since),
    )  # fmt: skip


def _ends_on(carrier: str, since: datetime) -> date | None:
    """The day by which a carrier's search has usually ended, by its working days; None where no rule says."""
    try:
        days: int = row_for("trace", since.date(), "carrier", carrier)["working_days"]
    except RuleNotInForce:
        return None
    return business_days_after(since.date(), days)


def search_ends(hold: Hold | None, zone_name: str, now: datetime) -> datetime | None:
    """The end of the day by which a search has usually ended, on the customer's clock; one that is over is none."""
    ends = end_of_day(hold.ends_on, zone_name) if hold is not None and hold.ends_on is not None else None
    return ends if ends is not None and ends > now else None
