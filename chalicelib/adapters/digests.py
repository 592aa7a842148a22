"""What waits for a receiver, in one partition each, by the time of its digest.

``DIGEST#2026-11-23T01:00:00Z`` is in the due index while something waits; ``SLOT#<time>#W#<message>`` is one change
that waits, ``SLOT#<time>#P#<n>`` what the n-th part of that digest holds. Whoever gathers writes the change first and
looks at the slot after it; whoever makes the digest says so first and reads after it: so one of the two sees the
other. Nothing is deleted: what was told is forgotten by the table, long after it could be told again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load
from chalicelib.adapters.table import ABSENT, MARK, Item, Table, Update, fresh_mark
from chalicelib.alerts.gathered import Gathered, short_name
from chalicelib.alerts.routing import routing_rules
from chalicelib.clock import instant, stamp
from chalicelib.errors import StaleVersion
from chalicelib.workflows.digest_ports import Slot, SlotFile
from chalicelib.workflows.ports import Due

ATTEMPTS = 8


class TableDigests:
    """``Digests`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def gather(self, receiver: str, at: datetime, one: Gathered, now: datetime) -> None:
        """Keep it until then, once, and see that somebody looks."""
        pk = keys.digest_pk(receiver)
        key = {"PK": pk, "SK": keys.waiting_sk(stamp(at), one.name)}
        self._table.put_new(key | dump(one) | _kept(max(at, now)))
        for _ in range(ATTEMPTS):
            if self._is_looked_after(pk, at, max(at, now)):
                return
        raise StaleVersion("many gather for this digest at once")

    def admit(self, receiver: str, window: str, until: datetime, message_id: str, most: int) -> bool:
        """Whether this message is among the first so many of its window."""
        pk, sk, name = keys.digest_pk(receiver), keys.storm_sk(stamp(until), window), short_name(message_id)
        for _ in range(ATTEMPTS):
            told: list[str] = (self._table.get(pk, sk) or {}).get("told", [])
            if name in told or len(told) >= most:
                return name in told
            said = {"told": [*told, name], "n": len(told) + 1, MARK: self._mark()} | _kept(until)
            if self._table.update(Update(pk, sk, said, expect={"n": len(told) or ABSENT})):
                return True
        raise StaleVersion("many tell this receiver at once")

    def of_due(self, due: Due) -> Slot | None:
        """The slot of this due time; None when it is gone or no longer due then."""
        item = self._table.get(due.pk, due.sk)
        return _slot(item) if item is not None and item.get("due_at", "9999") <= due.due_at else None

    def begin(self, receiver: str, at: datetime) -> Slot | None:
        """Take up a slot: who gathers for it from now on rings."""
        pk, sk = keys.digest_pk(receiver), keys.digest_sk(stamp(at))
        for _ in range(ATTEMPTS):
            item = self._table.get(pk, sk)
            if item is None or "due_at" not in item:
                return None
            if "looked" in item or self._table.update(
                Update(pk, sk, {"looked": True, MARK: self._mark()}, expect=_as_read(item))
            ):
                return _slot(item)
        raise StaleVersion("many look at this digest at once")

    def file(self, receiver: str, at: datetime) -> SlotFile:
        """Everything of a slot, read consistently."""
        items = self._table.partition(keys.digest_pk(receiver), keys.slot_prefix(stamp(at)))
        parts = sorted((item for item in items if "holds" in item), key=lambda item: int(item["part"]))
        return SlotFile(
            tuple(load(Gathered, item) for item in items if "holds" not in item),
            tuple(frozenset(item["holds"].split()) for item in parts),
        )

    def plan(self, receiver: str, at: datetime, part: int, names: Sequence[str]) -> frozenset[str]:
        """Settle for good what this part of a digest holds."""
        key = {"PK": keys.digest_pk(receiver), "SK": keys.part_sk(stamp(at), part)}
        holds = " ".join(names)
        if self._table.put_new(key | {"part": part, "holds": holds, MARK: self._mark()} | _kept(at)):
            return frozenset(holds.split())
        settled = self._table.get(key["PK"], key["SK"])
        if settled is None:
            raise StaleVersion("this part of the digest is gone")
        return frozenset(settled["holds"].split())

    def close(self, slot: Slot, done: int) -> bool:
        """Nothing waits any more; False when somebody rang meanwhile."""
        pk, sk = keys.digest_pk(slot.receiver), keys.digest_sk(stamp(slot.at))
        expect = {"due_at": stamp(slot.due_at) if slot.due_at else ABSENT, "rung": slot.rung or ABSENT}
        said = {"done": done, MARK: self._mark()} | _kept(slot.at)
        gone = ("due_shard", "due_at", "attempts")
        return self._table.update(Update(pk, sk, said, gone, expect))

    def daily_of(self, receiver: str) -> date | None:
        """The last day whose daily digest was sent to this receiver."""
        item = self._table.get(*_daily_key(receiver))
        return None if item is None else date.fromisoformat(item["day"])

    def daily_sent(self, receiver: str, day: date) -> None:
        """The daily digest of this day was sent."""
        pk, sk = _daily_key(receiver)
        for _ in range(ATTEMPTS):
            kept = (self._table.get(pk, sk) or {}).get("day")
            if kept is not None and kept >= day.isoformat():
                return
            said = {"day": day.isoformat(), MARK: self._mark()}
            if self._table.update(Update(pk, sk, said, expect={"day": kept or ABSENT})):
                return
        raise StaleVersion("many write this digest at once")

    def _is_looked_after(self, pk: str, at: datetime, due_at: datetime) -> bool:
        """Whether somebody looks at the slot after this moment: it is due and not yet taken up, or is made so now."""
        sk = keys.digest_sk(stamp(at))
        due = {"due_shard": keys.due_shard(pk), "due_at": stamp(due_at)}
        item = self._table.get(pk, sk)
        if item is None:
            return self._table.put_new({"PK": pk, "SK": sk, MARK: self._mark()} | due)
        if "due_at" in item and "looked" not in item:
            return True
        rung = item.get("rung", 0)
        said = due | {"rung": rung + 1, MARK: self._mark()}
        return self._table.update(Update(pk, sk, said, ("looked", "attempts", "expires_at"), {"rung": rung or ABSENT}))


def _slot(item: Item) -> Slot:
    return Slot(
        receiver=keys.receiver_of_pk(item["PK"]),
        at=instant(item["SK"].partition("#")[2]),
        due_at=instant(item["due_at"]) if "due_at" in item else None,
        is_looked_at="looked" in item,
        done=item.get("done", 0),
        rung=item.get("rung", 0),
        attempts=item.get("attempts", 0),
    )


def _as_read(item: Item) -> Mapping[str, Any]:
    return {name: item.get(name, ABSENT) for name in ("due_at", "rung")}


def _kept(at: datetime) -> Item:
    days = routing_rules()["digest"]["remembered_days"]
    return {"expires_at": int((at + timedelta(days=days)).timestamp())}


def _daily_key(receiver: str) -> tuple[str, str]:
    return keys.digest_pk(receiver), "DAILY"
