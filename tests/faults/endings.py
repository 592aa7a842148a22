"""How a run with one fault may end: as the undisturbed one, with no act of the carrier's missing or repeated; or with
a booking that is visibly ``unknown``, a person asked about it, and no act more than in the undisturbed run."""

from __future__ import annotations

from dataclasses import fields, replace

from tests.faults.carrier_stories import Story
from tests.faults.gate import Fault, told_apart
from tests.faults.stories import Picture
from tests.faults.world import DeadLetter

UNKNOWN = "unknown"


def assert_ends_well(ended: Picture, wanted: Picture) -> None:
    """The end of the undisturbed run, or a visible unknown; nothing lost and nothing twice either way."""
    assert all(done <= most for done, most in zip(ended.acts, wanted.acts, strict=True)), (
        f"the carrier acted {ended.acts} times, undisturbed {wanted.acts}"
    )
    assert ended.owed == 0, "something is still to be told"
    if not (unknown := unknown_kinds(ended)):
        assert without_lost_label(ended) == without_lost_label(wanted), difference(ended, wanted)
        return
    asked = {kind for kind, status, _ in ended.exceptions if status == "open"}
    assert {f"{kind}_unknown" for kind in unknown} <= asked, "an unknown outcome must stand before a person"
    assert max(ended.log.values()) <= max(wanted.log.values()), "nothing may be logged twice"


def difference(ended: Picture, wanted: Picture) -> str:
    """The parts that are not as they should be, in one line."""
    parts = ((one.name, getattr(ended, one.name), getattr(wanted, one.name)) for one in fields(Picture))
    return "; ".join(f"{name}: {seen} and not {due}" for name, seen, due in parts if seen != due)


def unknown_kinds(ended: Picture) -> set[str]:
    """The kinds of the bookings of which it is not known whether they were carried out."""
    return {name.partition(".")[0] for name, (status, _) in ended.bookings.items() if status == UNKNOWN}


def is_label_lost(ended: Picture, wanted: Picture) -> bool:
    """The waybill is good and its label, which the undisturbed run has, is gone."""
    lost = [any(kind == "label_lost" for kind, _, _ in one.exceptions) for one in (ended, wanted)]
    return lost == [True, False]


def without_lost_label(ended: Picture) -> Picture:
    """A carrier gives a label once. When it was lost the number is good all the same, and a person is told to print
    it: that, and nothing else, may differ."""
    status, result = ended.bookings["waybill"]
    lost = ("label", "lost") in result
    told = [row for row in ended.exceptions if row[0] == "label_lost"]
    assert lost == bool(told), "a lost label is told, and only a lost one"
    bookings = ended.bookings | {"waybill": (status, tuple(pair for pair in result if pair[0] != "label"))}
    exceptions, log = ended.exceptions.copy(), ended.log.copy()
    for row in told:
        del exceptions[row]
    for what, facts in list(log):
        if ("kind", "label_lost") in facts:
            del log[what, facts]
    return replace(ended, bookings=bookings, exceptions=exceptions, log=log)


def every_fault(calls: tuple[str, ...]) -> list[Fault]:
    """Every kind of fault at every call that it can strike, as far as they can be told apart."""
    return [Fault(kind, at) for at, name in enumerate(calls) for kind in told_apart(name)]


def ending(story: Story, wanted: Picture, fault: Fault) -> tuple[str, str]:
    """``same``, ``label``, ``unknown`` or ``wrong``, and what was seen of a wrong one."""
    try:
        _, ended, _ = story.run(fault)
        assert_ends_well(ended, wanted)
    except (AssertionError, DeadLetter) as wrong:
        return "wrong", str(wrong)
    return UNKNOWN if unknown_kinds(ended) else "label" if is_label_lost(ended, wanted) else "same", ""
