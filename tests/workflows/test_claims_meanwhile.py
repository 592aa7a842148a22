"""Two at once on one claim: whatever one does is done before each call of the other, and all ends as it should: what is
due to be told stands open and nothing else, money is counted once, and what is not handed in is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import permutations
from typing import Any

import pytest

from chalicelib.errors import ReturnsError
from chalicelib.insurance.claim_states import UNFILED
from chalicelib.insurance.claims import to_tell, told_discovered
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.claim_sight import sight_of
from chalicelib.workflows.keep_claims import look, step_of
from tests.workflows.claim_house import DAY, TAKEN, ClaimHouse, eur

DEEDS: dict[str, Callable[[ClaimHouse], Any]] = {
    "look": lambda house: look(house.ports, step_of("case0001", 1), house.now),
    "file": lambda house: house.filed(on=date(2026, 12, 9), protective=True),
    "file_with_the_insurer": lambda house: house.filed("insurer", on=date(2026, 12, 9)),
    "pay": lambda house: house.act("pay", "insurer", on=date(2026, 12, 9), reference="P", amount=eur("50.00")),
    "found": lambda house: house.trouble(action="close"),
    "prepare": lambda house: house.act("prepare"),
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


def raced(at: int, one: str, other: str) -> tuple[ClaimHouse, int]:
    """A parcel whose first reminder is due; ``one`` is done, and ``other`` before its call of this place."""
    house = ClaimHouse()
    house.taken()
    house.world.now = TAKEN + 3 * DAY
    house.trouble()
    house.filed("insurer", on=date(2026, 11, 27))
    house.world.now = TAKEN + 16 * DAY
    ports = house.ports
    rooms = [ports.claims, ports.cases, ports.exceptions, ports.tracks]
    plain = ports.claims._table  # type: ignore[attr-defined]
    stopped = Stopped(plain, at, lambda: (restore(rooms, plain), DEEDS[other](house)))
    restore(rooms, stopped)
    with suppress(ReturnsError):
        DEEDS[one](house)
    restore(rooms, plain)
    for _ in range(4):
        house.until((house.now + DAY).date().isoformat(), timedelta(hours=8))
    return house, stopped.calls


def restore(rooms: list[Any], table: Any) -> None:
    for room in rooms:
        room._table = table


@cache
def calls_of(one: str) -> int:
    """How often it calls the table when nobody disturbs it."""
    return raced(10_000, one, "look")[1]


RACES = [(one, other, at) for one, other in permutations(DEEDS, 2) for at in range(0, calls_of(one), 2)]


@pytest.mark.parametrize(("one", "other", "at"), RACES)
def test_two_at_once_leave_what_is_due_told_and_money_counted_once(one, other, at):
    house, _ = raced(at, one, other)
    sight = sight_of(house.ports, "case0001", 1, house.now)
    due = {
        reminder.episode
        for claim in sight.claims
        for reminder in to_tell(claim, sight.standing(claim), told_discovered(sight.facts, claim), house.now)
    }
    standing = {found.episode for found in sight.reminders() if found.status != "resolved"}
    assert standing == due
    assert broken_at(house.file.log) is None
    assert house.claim("insurer").received in ({}, {"EUR": Decimal(50)})
    if any(claim.state in UNFILED for claim in sight.claims):
        assert sight.watch.due_at is not None
    assert len(house.file.packs) == ("prepare" in (one, other) and house.claim().pack_wanted_at is not None)
