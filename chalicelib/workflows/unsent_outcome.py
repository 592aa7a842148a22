"""What a settlement was to send out goes no more: its parcel was called off, and no other is planned.

The customer then has neither the piece nor money for it. A person is told in the same write, until another parcel is
planned or the settlement is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.changes import opened, resolved
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception
from chalicelib.errors import ConflictError
from chalicelib.returns.case import worth_of
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.stages import OVER
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.alert_words import closing_of
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.right_to_leave import settlement_of

KIND = "outcome_not_sent"


def episode_of_unsent(leg_n: int) -> str:
    """The exception of one parcel that was called off."""
    return f"unsent-{leg_n}"


def opened_for(file: CaseFile, way: WayOut, now: datetime) -> tuple[OpenException, ...]:
    """What a person is told when this way out is called off; nothing where no settlement waits for its parcel."""
    settled = settlement_of(file, way.settlement_n)
    if settled is None or settled.state not in LIVE or settled.state == "proposed" or file.case.stage in OVER:
        return ()
    if any(_goes(other) for other in _ways_of(file, settled) if other.leg_n != way.leg_n):
        return ()
    unsent = open_exception(
        "case",
        way.case_id,
        kind=KIND,
        episode=episode_of_unsent(way.leg_n),
        reason=None,
        since=now,
        now=now,
        case_id=way.case_id,
        leg_n=way.leg_n,
        money_at_risk=worth_of(way.items) or file.case.money_at_risk,
        detail=f"settlement {settled.n} ({settled.kind}) is {settled.state}, and nothing goes out for it",
    )
    return (opened(unsent, now, sequence=file.case.log_n + 1, country=file.case.customer_country),)


def resolved_by(file: CaseFile, way: WayOut, by: str, now: datetime) -> tuple[OpenException, ...]:
    """What was told of earlier parcels of the same settlement, settled by this one."""
    settled = settlement_of(file, way.settlement_n)
    return tuple(
        resolved(
            one, now, by, f"leg {way.leg_n} is planned", version=one.version + 1, sequence=file.case.log_n + 1
        )
        for one in (_open(file, settled) if settled else ())
    )  # fmt: skip


def closings(file: CaseFile, settled: Settlement, now: datetime) -> Iterator[dict[str, Any]]:
    """What was told of a settlement that is taken back."""
    if settled.state == "withdrawn":
        yield from (closing_of(one, "the settlement was taken back", now) for one in _open(file, settled))


def taken_back(file: CaseFile, settled: Settlement, why: str | None, now: datetime) -> Settlement:
    """A settlement that was carried out and under which nothing was given, as taken back: what it was about is settled
    anew. Raises ``ConflictError`` where money or credit was given, or a parcel goes or has arrived."""
    if settled.total.amount:
        told = f"{settled.total.amount} {settled.total.currency} was given under it: plan its parcel again"
        raise ConflictError(f"settlement {settled.n} is done, and {told}")
    if settled.sends is None:
        raise ConflictError(f"settlement {settled.n} is done: only one whose parcel never arrived is taken back")
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
    episodes = {episode_of_unsent(one.leg_n) for one in _ways_of(file, settled)}
    return [one for one in file.exceptions if one.episode in episodes and one.status != "resolved"]
