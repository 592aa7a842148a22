"""Every call of stories A, B and C x every kind of fault: each run ends where the undisturbed one does, or in a visible
unknown with a person asked and the carrier having acted at most once.

What was tried is listed in the test ids; ``python -m pytest tests/faults -v`` shows the list.
"""

from __future__ import annotations

import dataclasses

import pytest

from tests.faults.gate import KINDS, Fault, Gate, possible
from tests.faults.stories import Picture, picture, tell
from tests.faults.world import World


def run(fault: Fault | None = None) -> tuple[Gate, Picture, tuple[str, ...]]:
    world = World(Gate(fault))
    tell(world)
    calls = tuple(world.gate.calls)
    return world.gate, picture(world), calls


_, UNDISTURBED, CALLS = run()
TRIED = [(kind, at) for kind in KINDS for at, name in enumerate(CALLS) if possible(kind, name)]
NAMES = [f"{kind}-{at:03d}-{CALLS[at].replace(' ', '_')}" for kind, at in TRIED]


def test_the_undisturbed_run_takes_the_ring_home():
    assert UNDISTURBED.stage == "arrived"
    assert (UNDISTURBED.milestone, UNDISTURBED.condition) == ("delivered", "ok")
    statuses = {kind: status for kind, (status, _) in UNDISTURBED.bookings.items()}
    assert statuses == {"waybill": "done", "pickup": "done"}
    assert (UNDISTURBED.waybills_bought, UNDISTURBED.pickups_booked) == (1, 1)
    assert [(kind, status) for kind, status, _ in UNDISTURBED.exceptions] == [("customs_hold", "resolved")]
    assert (UNDISTURBED.owed, UNDISTURBED.parked) == (0, 0)


def test_the_script_makes_every_kind_of_call_of_the_three_stories():
    made = {name.split(" ")[0] for name in CALLS}
    assert made >= {
        "table.get", "table.partition", "table.update", "table.transact", "table.put_new", "table.delete",
        "table.index", "queues.send", "evidence.keep_raw", "evidence.raw", "evidence.keep_label",
        "keys.new", "keys.unwrap", "secrets.webhooks", "secrets.carriers", "carrier.call",
    }  # fmt: skip
    asked = {name.split(" ", 1)[1] for name in CALLS if name.startswith("carrier.call")}
    assert asked == {
        "POST /oauth/token", "POST /ship/v1/shipments", "POST /pickup/v1/pickups/availabilities",
        "POST /pickup/v1/pickups", "POST /track/v1/trackingnumbers",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "at"), TRIED, ids=NAMES)
def test_one_call_goes_wrong_and_the_run_ends_well(kind, at):
    gate, ended, _ = run(Fault(kind, at))
    assert gate.struck
    assert_ends_well(ended)


def assert_ends_well(ended: Picture) -> None:
    """The end of the undisturbed run, or a visible unknown; nothing lost and nothing twice either way."""
    assert ended.waybills_bought <= 1
    assert ended.pickups_booked <= 1
    assert ended.owed == 0
    unknown = [kind for kind, (status, _) in ended.bookings.items() if status == "unknown"]
    if not unknown:
        assert without_lost_label(ended) == without_lost_label(UNDISTURBED)
        return
    asked = {kind for kind, status, _ in ended.exceptions if status == "open"}
    assert {f"{kind}_unknown" for kind in unknown} <= asked, "an unknown outcome must stand before a person"
    assert max(ended.log.values()) == 1, "nothing may be logged twice"


def without_lost_label(ended: Picture) -> Picture:
    """A carrier gives a label once. When it was lost the number is good all the same, and a person is told to print
    it: that, and nothing else, may differ."""
    _, result = ended.bookings["waybill"]
    lost = ("label", "lost") in result
    told = [row for row in ended.exceptions if row[0] == "label_lost"]
    assert lost == bool(told), "a lost label is told, and only a lost one"
    bookings = ended.bookings | {"waybill": ("done", tuple(pair for pair in result if pair[0] != "label"))}
    exceptions = dataclasses.replace(ended).exceptions.copy()
    log = ended.log.copy()
    for row in told:
        del exceptions[row]
    for what, facts in list(log):
        if ("kind", "label_lost") in facts:
            del log[what, facts]
    return dataclasses.replace(ended, bookings=bookings, exceptions=exceptions, log=log)
