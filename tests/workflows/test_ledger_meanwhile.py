"""Two at once on one entry: whatever one does is done before each call of the other, and all ends as it should: every
reminder that is due stands open and no other, every sum is that of its entries, every open claim is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import permutations
from typing import Any

import pytest

from chalicelib.customs.ledger import CLAIM_STATES, Sums, sums_of
from chalicelib.errors import ReturnsError
from chalicelib.workflows.keep_ledger import TOLD_BY_RULE, _look
from chalicelib.workflows.sweep_due_work import sweep
from tests.fakes.entries import eur
from tests.workflows.test_keep_ledger import House

REMINDED = datetime(2027, 1, 20, 12, 0, tzinfo=UTC)
DEEDS: dict[str, Callable[[House], Any]] = {
    "file": lambda house: house.filed(reference="C-1", way="EU-DA-148-3"),
    "correct": lambda house: house.record(corrects=True, fees=eur("99")),
    "correct_days": lambda house: house.record(corrects=True, left_on=date(2026, 12, 1), paid_on=date(2026, 12, 1)),
    "remind": lambda house: house.work(),
    "give_up": lambda house: house.act("give-up", why="not_worth_it"),
    "record_another": lambda house: house.record(entry_number="26FR0002"),
}


class Stopped:
    """A table before one call of which somebody else gets to work."""

    def __init__(self, table: Any, at: int, meanwhile: Callable[[], Any]) -> None:
        self._table, self._left, self._meanwhile, self.calls = table, at, meanwhile, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._table, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._left, self.calls = self._left - 1, self.calls + 1
            if self._left == -1:
                with suppress(ReturnsError):
                    self._meanwhile()
            return found(*args, **kwargs)

        return call


def told(at: int, one: str, other: str) -> tuple[House, int]:
    """A claim that is due to be reminded of; ``one`` is done, and ``other`` before its call of this place."""
    house = House()
    house.record()
    house.now = REMINDED
    sweep(house.ports, house.now)
    rooms = [house.ports.duties, house.ports.cases, house.ports.exceptions, house.ports.tracks]
    plain = house.ports.duties._table  # type: ignore[attr-defined]
    stopped = Stopped(plain, at, lambda: (restore(rooms, plain), DEEDS[other](house)))
    restore(rooms, stopped)
    with suppress(ReturnsError):
        DEEDS[one](house)
    restore(rooms, plain)
    for _ in range(4):
        house.now += timedelta(minutes=40)
        house.pump()
    return house, stopped.calls


def restore(rooms: list[Any], table: Any) -> None:
    for room in rooms:
        room._table = table


@cache
def calls_of(one: str) -> int:
    """How often it calls the table when nobody disturbs it."""
    return told(10_000, one, "correct")[1]


RACES = [(one, other, at) for one, other in permutations(DEEDS, 2) for at in range(calls_of(one))]


@pytest.mark.parametrize(("one", "other", "at"), RACES)
def test_two_at_once_leave_the_reminders_that_are_due_and_the_sums_of_what_is_there(one, other, at):
    house, _ = told(at, one, other)
    file = house.file
    for entry in file.duties:
        look = _look(house.ports, file, entry, house.now)
        due = look.deadlines.to_tell(house.now) if entry.state in TOLD_BY_RULE else ()
        assert {found.episode for found in look.told()} == {reminder.episode(entry.entry_id) for reminder in due}
        assert entry.due_at == (look.deadlines.next_after(house.now) if entry.state == "open" else None)
    counted: dict[str | None, Sums] = {}
    for state in CLAIM_STATES:
        for currency, sums in house.ports.duties.sums(state, None).items():
            counted[currency] = counted.get(currency, Sums()).plus(sums)
    assert counted == sums_of(file.duties)
