"""What a settlement was to send out reaches nobody: its parcel was called off, is lost or came back to us, and no other
is planned.

The customer then has neither the piece nor money for it. A person is told in the same write, until another parcel is
planned, this one is found and goes on, or the settlement is taken back.

The contrary as well: a parcel that was called off leaves all the same, though nobody wants it to. Who can stop it is
told in the write that notes its first scan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.changes import US, opened, resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception
from chalicelib.errors import ConflictError
from chalicelib.returns.case import worth_of
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.stages import OVER
from chalicelib.returns.way_out import OutState, WayOut
from chalicelib.workflows.alert_words import closing_of
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.right_to_leave import settlement_of

KIND, LEFT = "outcome_not_sent", "called_off_moves"
# Told of a way out by the story of its settlement, whatever its carrier tells.
TOLD = frozenset({KIND, LEFT})
MOVES: frozenset[OutState] = frozenset({"sent", "delivered"})
FALLS_SHORT: frozenset[OutState] = frozenset({"lost", "back"})


def told_by_a_scan(file: CaseFile, before: WayOut, after: WayOut, now: datetime) -> tuple[OpenException, ...]:
    """What a scan of a way out opens and settles besides its new state."""
    news: tuple[OpenException, ...] = ()
    if after.state in FALLS_SHORT:
        news = opened_for(file, after, now)
    elif after.state in MOVES:
        why = f"the parcel of leg {after.leg_n} is {after.state} after all"
        news = _settled(file, [one for one in _standing(file, KIND) if one.leg_n == after.leg_n], US, why, now)
    if before.state == "called_off" and after.state in MOVES:
        return (*news, _left(file, after, now))
    if after.state == "back":
        why = f"the parcel of leg {after.leg_n} is back with us"
        news += _settled(file, [one for one in _standing(file, LEFT) if one.leg_n == after.leg_n], US, why, now)
    return news


def _left(file: CaseFile, way: WayOut, now: datetime) -> OpenException:
    """A parcel that was called off and moves. It is called off once at most, and can leave after that but once."""
    settled = settlement_of(file, way.settlement_n)
    about = f"; settlement {settled.n} ({settled.kind}) is {settled.state}" if settled else ""
    other = [one.leg_n for one in _ways_of(file, settled) if one.leg_n != way.leg_n and _goes(one)] if settled else []
    about += f"; leg {other[0]} goes for it too" if other else ""
    told = open_exception(
        "case", way.case_id, kind=LEFT, episode=f"{LEFT}-{way.leg_n}", reason=None, since=now, now=now,
        case_id=way.case_id, leg_n=way.leg_n, money_at_risk=worth_of(way.items) or file.case.money_at_risk,
        detail=f"leg {way.leg_n} was called off ({way.why or 'no reason given'}) and is {way.state}{about}",
    )  # fmt: skip
    return opened(told, now, sequence=file.case.log_n + 1, country=file.case.customer_country)


def opened_for(file: CaseFile, way: WayOut, now: datetime) -> tuple[OpenException, ...]:
    """What a person is told when this way out is called off, given up as lost or back at our dock; nothing where no
    settlement waits for its parcel, or they were told."""
    settled = settlement_of(file, way.settlement_n)
    if settled is None or settled.state not in LIVE or settled.state == "proposed" or file.case.stage in OVER:
        return ()
    if any(_goes(other) for other in _ways_of(file, settled) if other.leg_n != way.leg_n):
        return ()
    told = [one for one in file.exceptions if one.kind == KIND and one.leg_n == way.leg_n]
    if any(one.status != "resolved" for one in told):
        return ()
    unsent = open_exception(
        "case",
        way.case_id,
        kind=KIND,
        episode=f"unsent-{way.leg_n}" + (f"-{len(told) + 1}" if told else ""),
        reason=None,
        since=now,
        now=now,
        case_id=way.case_id,
        leg_n=way.leg_n,
        money_at_risk=worth_of(way.items) or file.case.money_at_risk,
        detail=f"settlement {settled.n} ({settled.kind}) is {settled.state}, its parcel is {way.state}; none goes",
    )
    return (opened(unsent, now, sequence=file.case.log_n + 1, country=file.case.customer_country),)


def resolved_by(file: CaseFile, way: WayOut, by: str, now: datetime) -> tuple[OpenException, ...]:
    """What was told of earlier parcels of the same settlement, settled by this one."""
    settled = settlement_of(file, way.settlement_n)
    return _settled(file, _open(file, settled) if settled else [], by, f"leg {way.leg_n} is planned", now)


def closings(file: CaseFile, settled: Settlement, now: datetime) -> Iterator[dict[str, Any]]:
    """What was told of a settlement that is taken back."""
    if settled.state == "withdrawn":
        yield from (closing_of(one, "the settlement was taken back", now) for one in _open(file, settled))


def taken_back(file: CaseFile, settled: Settlement, why: str | None, now: datetime) -> Settlement:
    """A settlement that was carried out and under which nothing was given, as taken back: what it was about is settled
    anew. Raises ``ConflictError`` where money or credit was given, or a parcel goes or has arrived, and for a return
    that is over: nothing could be settled anew."""
    if settled.total.amount:
        told = f"{settled.total.amount} {settled.total.currency} was given under it: plan its parcel again"
        raise ConflictError(f"settlement {settled.n} is done, and {told}")
    if settled.sends is None:
        raise ConflictError(f"settlement {settled.n} is done: only one whose parcel never arrived is taken back")
    if file.case.stage in OVER:
        raise ConflictError(f"the return is {file.case.stage}: nothing of it is settled anew, so nothing is taken back")
    ways = _ways_of(file, settled)
    goes = next((one for one in ways if _goes(one)), None)
    if goes is not None:
        hint = "call it off first" if goes.state in ("wanted", "planned") else "it is no longer ours to take back"
        raise ConflictError(f"the parcel of leg {goes.leg_n} is {goes.state}: {hint}")
    if not ways:
        raise ConflictError(f"settlement {settled.n} is done and its parcel is being planned: call that off first")
    return replace(settled, state="withdrawn", why=why or settled.why, changed_at=now, due_at=now)


def _goes(way: WayOut) -> bool:
    return way.is_under_way or way.state == "delivered"


def _ways_of(file: CaseFile, settled: Settlement) -> list[WayOut]:
    return [one for one in file.parts.of(WayOut) if one.settlement_n == settled.n]


def _open(file: CaseFile, settled: Settlement) -> list[OpenException]:
    legs = {one.leg_n for one in _ways_of(file, settled)}
    return [one for one in _standing(file, KIND) if one.leg_n in legs]


def _standing(file: CaseFile, kind: str) -> list[OpenException]:
    """What of this kind still stands before a person."""
    return [one for one in file.exceptions if one.kind == kind and one.status != "resolved"]


def _settled(file: CaseFile, found: list[OpenException], by: str, why: str, now: datetime) -> tuple[OpenException, ...]:
    n = file.case.log_n + 1
    return tuple(resolved(one, now, by, why, version=one.version + 1, sequence=n) for one in found)
