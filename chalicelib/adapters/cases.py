"""Cases and all that hangs under them: one partition per case, every change of it one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import (
    SEALED,
    answer_item,
    answer_of_item,
    answer_takeover,
    booking_item,
    booking_rest,
    booking_update,
    case_item,
    case_of_item,
    case_update,
    exception_item,
    exception_write,
    file_of_items,
    leg_item,
    leg_of_item,
    log_item,
    part_updates,
    person_item,
    person_of_text,
    person_text,
    plan_item,
    plan_update,
    pointer_item,
)
from chalicelib.adapters.case_notices import register_item
from chalicelib.adapters.case_parts import case_part_update
from chalicelib.adapters.listing import MAX_PAGE, listed_page, read_cursor, write_cursor
from chalicelib.adapters.paper_items import papers_update
from chalicelib.adapters.sealing import DataKeys, seal, unseal
from chalicelib.adapters.table import (
    MARK,
    IndexEntry,
    Item,
    PutNew,
    Table,
    TransactionLost,
    Update,
    Write,
    fresh_mark,
)
from chalicelib.adapters.track_items import track_item
from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import ConflictError, StaleVersion
from chalicelib.returns.case import Case, Person, Plan
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.ports import (
    Booking,
    BookingStatus,
    CaseFile,
    CasePage,
    LegPage,
    LegPapers,
    LogEntry,
    Opening,
    StoredAnswer,
)

NO_INSTANT = "1970-01-01T00:00:00Z"


class TableCases:
    """``Cases`` over the table.

    ``data_keys`` wraps what seals the person; ``mark`` names each write (see ``table``).
    """

    def __init__(self, table: Table, data_keys: DataKeys, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._data_keys, self._mark = table, data_keys, mark

    def open(self, opening: Opening) -> StoredAnswer | None:
        """Write it all at once, or return what was answered before."""
        mark = self._mark()
        writes: list[Write] = [PutNew(item) for item in self._opened(opening, mark)]
        writes += map(case_part_update, opening.parts)
        try:
            self._table.transact(writes)
        except TransactionLost:
            if self._is_ours(opening.case, mark):
                return None
            return self._opened_before(opening, writes)
        return None

    def read(self, case_id: str) -> Case | None:
        """The case itself."""
        item = self._table.get(keys.case_pk(case_id), keys.CASE)
        return None if item is None else case_of_item(item)

    def file(self, case_id: str) -> CaseFile | None:
        """Everything under it, in one query."""
        return file_of_items(self._table.partition(keys.case_pk(case_id)))

    def person(self, case_id: str) -> Person | None:
        """The unsealed personal values; None after an erasure."""
        pk = keys.case_pk(case_id)
        item = self._table.get(pk, keys.PERSON) or {}
        if "sealed" not in item or "wrapped" not in item:
            return None
        key = self._data_keys.unwrap(case_id, item["wrapped"])
        return person_of_text(unseal(key, item["sealed"], case_id))

    def erase(self, case_id: str) -> None:
        """Take the key of the personal values away, and what it sealed: unreadable from now on, in every later backup
        too. The emptied item stays, so that no function needs leave to delete what belongs to a case.
        """
        self._table.update(Update(keys.case_pk(case_id), keys.PERSON, {}, SEALED))

    def commit(
        self,
        case: Case,
        log: Sequence[LogEntry],
        *,
        legs: Sequence[Leg] = (),
        bookings: Sequence[Booking] = (),
        exceptions: Sequence[OpenException] = (),
        tracks: Sequence[Track] = (),
        answer: StoredAnswer | None = None,
        over: Sequence[Booking] = (),
        plan: Plan | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        """Save a case with its log entries and parts, all or nothing. Raises ``StaleVersion``."""
        mark = self._mark()
        writes: list[Write] = [case_update(case, mark)]
        writes += [PutNew(log_item(entry)) for entry in log]
        writes += part_updates(legs, bookings, over)
        writes += [exception_write(exception, mark) for exception in exceptions]
        writes += [plan_update(plan)] if plan else []
        writes += map(case_part_update, parts)
        writes += [self._answer_write(answer, log[-1].at)] if answer else []
        made = {len(writes) + n: PutNew(track_item(track)) for n, track in enumerate(tracks)}
        self._commit(case, writes, made, mark)

    def save_booking(self, booking: Booking, expected: BookingStatus, reference: str | None = None) -> bool:
        """Save one booking alone if it still has this status and reference: how a call to the outside is claimed."""
        expect = {"status": expected, "reference": reference or booking.reference}
        return self._table.update(booking_update(booking, self._mark(), expect))

    def put_to_rest(self, booking: Booking) -> None:
        """Forget when a booking is due, unless its due time was moved meanwhile."""
        self._table.update(booking_rest(booking))

    def save_papers(self, papers: LegPapers) -> bool:
        """Write the papers of a leg over the version before."""
        return self._table.update(papers_update(papers, self._mark()))

    def stored_answer(self, scope: str, key: str) -> StoredAnswer | None:
        """What was answered under this Idempotency-Key. The table forgets late: look at ``expires_at``."""
        item = self._table.get(*keys.answer_key(scope, key))
        return None if item is None else answer_of_item(item)

    def listed(self, stage: str, cursor: str | None, limit: int) -> CasePage:
        """Cases at one stage, newest first."""
        items, further = listed_page(self._table, keys.listing("case", stage), cursor, limit, newest_first=True)
        return CasePage(tuple(map(case_of_item, items)), further)

    def arriving(self, facility_id: str, day: date, cursor: str | None) -> LegPage:
        """Legs whose worth counts towards this address on this day; what a cancelled one was listed by is gone."""
        partitions = keys.listing("leg", keys.arriving_at(facility_id, day))
        items, further = listed_page(self._table, partitions, cursor, MAX_PAGE)
        return LegPage(tuple(map(leg_of_item, items)), further)

    def pointed(self, kind: str, value: str, cursor: str | None, limit: int) -> CasePage:
        """Cases that an order number, invoice, serial or customer digest points to, newest first."""
        limit = max(1, min(limit, MAX_PAGE))
        pk = keys.pointer_pk(kind, value)
        begin = read_cursor(cursor, 1).get(0)
        found = self._table.partition(pk, after=begin.sk if begin else None, limit=limit + 1, newest_first=True)
        page = found[:limit]
        items = self._table.batch_get([(pointer["SK"], keys.CASE) for pointer in page]) if page else []
        return CasePage(tuple(map(case_of_item, items)), _beyond(page[-1]) if len(found) > limit else None)

    def _opened(self, opening: Opening, mark: str) -> list[Item]:
        case_id = opening.case.case_id
        key = self._data_keys.new(case_id)
        items = [case_item(opening.case) | {MARK: mark}]
        items.append(plan_item(opening.plan))
        items += map(leg_item, opening.legs)
        items += map(booking_item, opening.bookings)
        items += map(pointer_item, opening.pointers)
        items += map(exception_item, opening.exceptions)
        sealed = seal(key.plain, person_text(opening.person), case_id)
        items.append(person_item(opening, sealed, key.wrapped))
        items.append(log_item(opening.log))
        items += [register_item(case_id, opening.notices)] if opening.notices else []
        return items + ([answer_item(opening.answer)] if opening.answer else [])

    def _is_ours(self, case: Case, mark: str) -> bool:
        """A transaction that was carried out and never answered fails when it is sent again: that one is
        ours.
        """
        stored = self._table.get(keys.case_pk(case.case_id), keys.CASE)
        return stored is not None and stored.get(MARK) == mark

    def _opened_before(self, opening: Opening, writes: Sequence[Write]) -> StoredAnswer | None:
        answer = opening.answer
        stored = self.stored_answer(answer.scope, answer.key) if answer else None
        if answer is None or stored is None:
            raise ConflictError("a case with this id is open already")
        if stored.expires_at > opening.log.at:
            return stored
        # Run out, and the table has not forgotten it yet. Of several that see this, one takes the key over.
        taken_over = answer_takeover(answer, stored)
        self._table.transact([write for write in writes if write.key != taken_over.key] + [taken_over])
        return None

    def _answer_write(self, answer: StoredAnswer, now: datetime) -> Write:
        """A key is used once, and again when its time has run out and the table has not forgotten it yet."""
        stored = self.stored_answer(answer.scope, answer.key)
        if stored is not None and stored.expires_at <= now:
            return answer_takeover(answer, stored)
        return PutNew(answer_item(answer))

    def _commit(self, case: Case, writes: list[Write], made: dict[int, PutNew], mark: str) -> None:
        """A track that is there already is left alone and the rest is tried again without it."""
        while True:
            places = dict(enumerate([*range(len(writes)), *made]))
            try:
                self._table.transact([*writes, *made.values()])
            except TransactionLost as lost:
                failed = {places[place] for place in lost.failed}
                if not failed <= made.keys():
                    if self._is_ours(case, mark):
                        return
                    raise StaleVersion("somebody else changed this case first") from lost
                made = {place: write for place, write in made.items() if place not in failed}
            else:
                return


def _beyond(pointer: Item) -> str:
    """Pointers have no time of their own: a position among them is a key and no instant in particular."""
    return write_cursor({0: IndexEntry(pointer["PK"], pointer["SK"], NO_INSTANT)})
