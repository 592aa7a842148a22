"""Whichever messages are lost, late or doubled: every moment is told, each in one mail, none as news when it is old."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.moments import NEWS_FOR, Courier, Decided, History, Hold, Reached, occasions, owed
from chalicelib.notices.register import LEASE, Entry, Register

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
END = START + timedelta(days=14)
HOURS = st.integers(0, 24 * 10).map(lambda hours: START + timedelta(hours=hours))
LOOKS = st.lists(st.tuples(HOURS, st.sampled_from(["done", "done", "done", "dies_before", "dies_after"])), max_size=25)


@st.composite
def histories(draw) -> History:
    """A return up to any point of its way, with its dates in the order in which such a way goes."""
    times = sorted(draw(st.lists(HOURS, min_size=9, max_size=9)))
    holds = tuple(
        Hold((f"h{n}",), 1, times[3 + 2 * n], draw(st.sampled_from([times[4 + 2 * n], None])), True, None, "nothing")
        for n in range(draw(st.integers(0, 2)))
    )
    if len(holds) == 2 and holds[0].until is None:
        holds = (holds[1],)
    return History(
        accepted_at=times[0],
        decisions=(Decided("approved", times[0], "2"),) if draw(st.booleans()) else (),
        couriers=(Courier(1, "1.1", times[1], None),) if draw(st.booleans()) else (),
        collected=(Reached(1, times[2]),) if draw(st.booleans()) else (),
        holds=holds,
        arrived=(Reached(1, times[8]),) if draw(st.booleans()) else (),
    )


def as_of(history: History, now: datetime) -> History:
    """What of it has happened by now."""
    return History(
        accepted_at=history.accepted_at if history.accepted_at and history.accepted_at <= now else None,
        decisions=tuple(one for one in history.decisions if one.at <= now),
        couriers=tuple(one for one in history.couriers if one.at <= now),
        collected=tuple(one for one in history.collected if one.at <= now),
        holds=tuple(
            replace(one, until=one.until if one.until and one.until <= now else None)
            for one in history.holds
            if one.since <= now
        ),
        arrived=tuple(one for one in history.arrived if one.at <= now),
    )


def run(history: History, looks: list[tuple[datetime, str]]) -> tuple[Register, list[tuple[str, datetime]]]:
    """Every look in turn, and one at the end; the mails that went, and when."""
    register, mails = Register(), []
    for now, fate in [*sorted(looks), (END, "done"), (END + LEASE, "done")]:
        for one in owed(as_of(history, now), register, now):
            register = register.with_entry(Entry(one.key, "claimed", now, one.covers))
            if fate == "dies_before":
                break
            mails.append((one.key, now))
            if fate == "dies_after":
                break
            register = register.with_entry(Entry(one.key, "sent", now, one.covers))
    return register, mails


@given(histories(), LOOKS)
def test_every_moment_is_told_in_exactly_one_mail(history, looks):
    register, _ = run(history, looks)
    told = [name for entry in register for name in entry.names if not name.startswith("summary/")]
    came = {one.key for one in occasions(history, Register(), END)}
    assert sorted(told) == sorted(came)
    assert {entry.status for entry in register} <= {"sent"}


@given(histories(), LOOKS)
def test_no_mail_goes_twice_but_after_a_death_and_then_under_its_own_name(history, looks):
    _, mails = run(history, looks)
    deaths = sum(fate == "dies_after" for _, fate in looks)
    assert len(mails) - len({key for key, _ in mails}) <= deaths


@given(histories(), LOOKS)
def test_nothing_older_than_a_day_is_told_as_news(history, looks):
    _, mails = run(history, looks)
    came = {one.key: one.at for one in occasions(history, Register(), END)}
    late = [key for key, at in mails if key in came and at - came[key] > NEWS_FOR]
    assert [key for key in late if not key.startswith("decision/")] == []


@given(histories(), LOOKS)
def test_one_look_sends_one_mail_besides_decisions(history, looks):
    register = Register()
    for now, _ in sorted(looks):
        due = owed(as_of(history, now), register, now)
        assert sum(not one.required for one in due) <= 1
        for one in due:
            register = register.with_entry(Entry(one.key, "sent", now, one.covers))


@given(histories(), LOOKS, st.randoms())
def test_the_order_in_which_things_are_listed_does_not_matter(history, looks, chance):
    register, _ = run(history, looks)
    shuffled = list(register.entries)
    chance.shuffle(shuffled)
    mixed = replace(history, holds=tuple(reversed(history.holds)))
    assert owed(mixed, replace(register, entries=tuple(shuffled)), END) == owed(history, register, END)
