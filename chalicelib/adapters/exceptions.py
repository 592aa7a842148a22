"""Open concerns under their subject: a case, a carrier number, a carrier, a lane or a rule; and how many came lately.

Counting what is open reads so many at most: what people have before them is bounded by what they can work off, and a
figure beyond that is told as "at least". A counter beside the items would cost each exception two more writes, in the
same transaction, on an item that all of them share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import due_attributes, exception_item, exception_of_item, exception_write
from chalicelib.adapters.listing import listed_page
from chalicelib.adapters.table import ABSENT, MARK, IndexEntry, Item, PutNew, Table, Update, fresh_mark
from chalicelib.alerts.exceptions import SEVERITIES, OpenException, subject_and_episode
from chalicelib.alerts.incidents import Counted, Member, Tally
from chalicelib.clock import known_stamp
from chalicelib.errors import StaleVersion
from chalicelib.workflows.exception_ports import ExceptionPage, OpenOnes, Wanted
from chalicelib.workflows.ports import Due

# How many pages are looked through for those that are wanted before the caller is asked to go on.
PAGES_LOOKED_THROUGH = 4
# How many are counted of one severity, and how many are read, before it is said that there are more.
MOST_COUNTED = 500


class TableExceptions:
    """``Exceptions`` over the table; ``mark`` names each write (see ``table``), ``most`` is how many of one severity
    are counted."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark, most: int = MOST_COUNTED) -> None:
        self._table, self._mark, self._most = table, mark, most

    def read(self, exception_id: str) -> OpenException | None:
        """The exception of this public id; raises ``NotFoundError`` for text that is no such id."""
        key = keys.exception_key(*subject_and_episode(exception_id))
        item = None if key is None else self._table.get(*key)
        return None if item is None else exception_of_item(item)

    def open_alone(self, exception: OpenException) -> bool:
        """Open one that has no case; False when it is already there."""
        return self._table.put_new(exception_item(exception) | {MARK: self._mark()})

    def save_alone(self, exception: OpenException) -> None:
        """Save one that has no case and was read one version before; raises ``StaleVersion``."""
        write = exception_write(exception, self._mark())
        if isinstance(write, PutNew) or not self._table.update(write):
            raise StaleVersion("somebody else changed this exception first")

    def listed(
        self,
        severity: str | None,
        cursor: str | None,
        limit: int,
        *,
        until: datetime | None = None,
        wanted: Wanted | None = None,
    ) -> ExceptionPage:
        """Open exceptions of one severity or of all: gravest first, the nearest deadline first within. The index knows
        no more than that: for those that are wanted a few pages are looked through."""
        severities: Sequence[str] = SEVERITIES if severity is None else (severity,)
        shards = [(rank, shard) for rank, one in enumerate(severities) for shard in keys.listing("exception", one)]
        ranks, partitions = [rank for rank, _ in shards], [shard for _, shard in shards]
        found: list[OpenException] = []
        for _ in range(PAGES_LOOKED_THROUGH if wanted else 1):
            items, cursor = listed_page(
                self._table, partitions, cursor, limit - len(found), ranks=ranks, until=known_stamp(until)
            )
            read = map(exception_of_item, items)
            found += [one for one in read if wanted is None or wanted(one)]
            if cursor is None or len(found) >= limit:
                break
        return ExceptionPage(tuple(found), cursor)

    def of_case(self, case_id: str) -> tuple[OpenException, ...]:
        """All of one case, in the order of their episodes."""
        return tuple(map(exception_of_item, self._table.partition(keys.case_pk(case_id), keys.EXCEPTION)))

    def counted(self) -> OpenOnes:
        """How many the index has of each severity, and the gravest of them."""
        found = {severity: self._entries(severity) for severity in SEVERITIES}
        entries = [entry for one in found.values() for entry in one[: self._most]]
        items = self._table.batch_get([(entry.pk, entry.sk) for entry in entries[: self._most]]) if entries else []
        first = tuple(exception_of_item(item) for item in items if "listed_as" in item)
        counts: dict[str, int] = {severity: min(len(one), self._most) for severity, one in found.items()}
        return OpenOnes(counts, first, len(entries) <= self._most and max(map(len, found.values())) <= self._most)

    def of_due(self, due: Due) -> OpenException | None:
        """The exception of this due time; None when it is gone or no longer due then."""
        item = self._table.get(due.pk, due.sk)
        return exception_of_item(item) if item is not None and item.get("due_at", "9999") <= due.due_at else None

    def rest(self, exception: OpenException) -> bool:
        """Move the due time of an exception in the version it was read in."""
        item = exception_item(exception)
        moved = due_attributes(item["PK"], exception.due_at)
        gone = ["attempts", *(() if moved else ("due_shard", "due_at"))]
        return self._table.update(
            Update(item["PK"], item["SK"], moved | {MARK: self._mark()}, gone, {"version": exception.version})
        )

    def tally(self, of: Counted) -> Tally:
        """What was counted so far."""
        item = self._table.get(*keys.tally_key(of.carrier, of.lane, of.kind))
        return Tally(of) if item is None else _tally_of_item(of, item)

    def save_tally(self, tally: Tally) -> bool:
        """Save it over the version before: one small write."""
        pk, sk = keys.tally_key(tally.of.carrier, tally.of.lane, tally.of.kind)
        said: Item = {"members": [_line_of(one, tally.of) for one in tally.members], "count": tally.count}
        said |= {"version": tally.version, MARK: self._mark()} | (
            {"incident": tally.incident} if tally.incident else {}
        )
        before = ABSENT if tally.version == 1 else tally.version - 1
        gone = [] if tally.incident else ["incident"]
        return self._table.update(Update(pk, sk, said, gone, {"version": before}))

    def _entries(self, severity: str) -> list[IndexEntry]:
        """What the index has of one severity: from each part so many at most, and one more to know of it."""
        shards = keys.listing("exception", severity)
        return [entry for shard in shards for entry in self._table.index("listing", shard, limit=self._most + 1)]


def _line_of(member: Member, of: Counted) -> str:
    """A member in as few bytes as can be read: a dozen of them, with their keys, stay below a kilobyte."""
    rest = member.episode.removeprefix(of.kind)
    return f"{int(member.at.timestamp())} {member.case_id} {rest if rest.startswith('-') else member.episode}"


def _tally_of_item(of: Counted, item: Item) -> Tally:
    members = tuple(_member_of(line, of) for line in item["members"])
    return Tally(of, members, item.get("incident"), item["count"], item["version"])


def _member_of(line: str, of: Counted) -> Member:
    at, case_id, rest = line.split(" ", 2)
    episode = f"{of.kind}{rest}" if rest.startswith("-") else rest
    return Member(case_id, episode, datetime.fromtimestamp(int(at), UTC))
