"""A piece that was replaced before it came back: watched until it is here.

The days of the rule count from when the customer had the new piece, as far as anybody knows: its delivery, else the
road, else the settlement. After them a person is told once; the settlement is looked at on, so that what was told
closes by itself when the old piece is received. A person who resolves it has decided, and it is asked for no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.returns.custody import Receipt
from chalicelib.returns.judge_parcel import is_empty
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.stages import OVER
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.settlement_sight import BINDS, Sight

KIND = "original_not_back"


def next_look(sight: Sight, one: Settlement, now: datetime) -> datetime | None:
    """When it is looked at again; None where nothing is awaited of it. The same until that time has come, so that a
    look too many writes nothing."""
    watch = sight.rules.watch_of(one.kind)
    if watch is None or not is_awaited(sight, one):
        return None
    day = _day(sight, one, watch.days)
    again = timedelta(days=watch.again_days)
    return day if now < day else day + again * ((now - day) // again + 1)


def is_awaited(sight: Sight, one: Settlement) -> bool:
    """Whether the piece it replaced is still to come, and nobody has decided that it need not."""
    watched = one.state == "done" and sight.rules.watch_of(one.kind) is not None
    told = _told(sight, one)
    decided = told is not None and told.status == "resolved"
    return watched and not decided and sight.file.case.stage not in OVER and not _is_back(sight, one)


def openings(sight: Sight, one: Settlement, now: datetime) -> Iterator[dict[str, Any]]:
    """What a person is told of it now: once, when its day has come."""
    watch = sight.rules.watch_of(one.kind)
    if watch is None or not is_awaited(sight, one) or _told(sight, one) is not None:
        return
    day = _day(sight, one, watch.days)
    if now >= day:
        worth = (one.stake or one.total).as_json()
        said = f"settlement {one.n} replaced it; {watch.days} days by {sight.rules.cite(watch)} ended {day.date()}"
        yield opening(one.case_id, KIND, _episode(one), day, money_at_risk=worth, detail=said)


def closings(sight: Sight, now: datetime) -> Iterator[dict[str, Any]]:
    """What was told of pieces that are here by now."""
    for one in sight.settlements:
        told = _told(sight, one)
        if told is not None and told.status != "resolved" and not is_awaited(sight, one):
            yield closing_of(told, "the piece is here, or the case is over", now)


def _is_back(sight: Sight, one: Settlement) -> bool:
    """Whether its pieces came, besides those that other settlements were made on; a parcel that nobody has looked into
    yet is taken for them, an empty one is not."""
    looked_at = {each.leg_n: each.at for each in sight.inspections}
    unopened = (got for got in sight.file.parts.of(Receipt) if not _is_looked_into(got, looked_at.get(got.leg_n)))
    if any(sight.is_home(got.leg_n) and not is_empty(got) for got in unopened):
        return True
    came: Counter[int | None] = Counter()
    for each in sight.inspections:
        came.update({piece.line: piece.came for piece in each.pieces})
    settled: Counter[int | None] = Counter()
    for other in sight.settlements:
        if other.n == one.n or (other.state in LIVE and sight.rules.kind(other.kind).needs_inspection):
            settled.update({line.line: line.pieces or 0 for line in other.lines if line.code in BINDS})
    mine = {line.line for line in one.lines if line.code in BINDS}
    return all(came[line] >= settled[line] for line in mine)


def _is_looked_into(got: Receipt, looked_at: datetime | None) -> bool:
    """Whether somebody has looked at the pieces of this way home since this parcel of it came."""
    return looked_at is not None and (got.parcel == 1 or got.received_at <= looked_at)


def _day(sight: Sight, one: Settlement, days: int) -> datetime:
    return _since(sight, one) + timedelta(days=days)


def _since(sight: Sight, one: Settlement) -> datetime:
    """Since when the customer has the new piece, or should soon have it."""
    mine = {way.state: way.changed_at for way in sight.file.parts.of(WayOut) if way.settlement_n == one.n}
    log = (entry for entry in sight.file.log if entry.what == "settlement_done")
    done = (entry.at for entry in log if entry.facts.get("settlement") == one.part_id)
    known = (mine.get("delivered"), mine.get("sent"), one.paid_at, next(done, None))
    return next((at for at in known if at is not None), one.proposed_at)


def _told(sight: Sight, one: Settlement) -> OpenException | None:
    return next((each for each in sight.file.exceptions if each.episode == _episode(one)), None)


def _episode(one: Settlement) -> str:
    return f"original-{one.n}"
