"""Every call of every carrier's stories x every kind of fault: each run ends where the undisturbed one does, or in a
visible unknown with a person asked and the carrier having acted at most as often.

The suite tries every fault of a call to a carrier, every kind of fault of each other kind of call, and one in turn at
every sixth call of the story that FedEx tells and at every twenty-fourth of the others; ``make faults`` tries
everything, and so does this file with ``FAULTS=all`` in the environment. What was tried is listed in the test ids;
``python -m pytest tests/faults -v`` shows the list.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.faults.carrier_stories import STORIES, Story
from tests.faults.endings import assert_ends_well
from tests.faults.gate import ALL_KINDS, Fault, spread, told_apart
from tests.faults.stories import Picture

RING = STORIES[0]
NAMED = {f"{story.carrier}-{story.name}": story for story in STORIES}
_, UNDISTURBED, CALLS = RING.run()
ASKED = {
    "fedex-ring": {
        "POST /oauth/token", "POST /ship/v1/shipments", "POST /pickup/v1/pickups/availabilities",
        "POST /pickup/v1/pickups", "POST /track/v1/trackingnumbers",
    },
    "fedex-undone": {
        "POST /oauth/token", "POST /ship/v1/shipments/packages/validate", "POST /ship/v1/shipments",
        "POST /pickup/v1/pickups/availabilities", "POST /pickup/v1/pickups", "PUT /pickup/v1/pickups/cancel",
        "PUT /ship/v1/shipments/cancel",
    },
    "dhl-ring": {"POST /shipments", "GET /products", "POST /pickups", "GET /shipments/5793765515/tracking"},
    "dhl-undone": {
        "POST /shipments", "GET /products", "POST /pickups", "PATCH /pickups/CDG261124000001",
        "DELETE /pickups/CDG261124000001",
    },
    "ems-ring": {"POST 020003", "POST 010004", "POST 040001"},
    "ems-undone": {"POST 030005", "POST 020003", "POST 010004", "POST 020006"},
    "ems-by_hand": {"POST 040001"},
}  # fmt: skip
# Waybills bought, couriers sent, moved, called off, waybills taken back, couriers at once, orders in all: DHL takes no
# waybill back, FedEx moves no courier, and what a person orders for the mail abroad goes over no wire.
ACTS = {
    "fedex-ring": (1, 1, 0, 0, 0, 1, 2), "fedex-undone": (1, 2, 0, 2, 1, 1, 6),
    "dhl-ring": (1, 1, 0, 0, 0, 1, 2), "dhl-undone": (1, 1, 1, 1, 0, 1, 4),
    "ems-ring": (1, 1, 0, 0, 0, 1, 1), "ems-undone": (1, 1, 0, 1, 1, 1, 2), "ems-by_hand": (1, 1, 0, 0, 0, 1, 0),
}  # fmt: skip


@cache
def undisturbed(name: str) -> tuple[Picture, tuple[str, ...]]:
    _, ended, calls = NAMED[name].run()
    return ended, calls


def tried(story: Story, calls: tuple[str, ...]) -> list[Fault]:
    """What the suite tries of a story."""
    return spread(calls, EVERY_OF_RING if story is RING else EVERY)


EVERY_OF_RING, EVERY = 6, 24
TRIED = [
    pytest.param(name, fault, id=f"{name}-{fault.kind}-{fault.at:03d}-{calls[fault.at].replace(' ', '_')}")
    for name, story in NAMED.items()
    for calls in (undisturbed(name)[1],)
    for fault in tried(story, calls)
]


def test_the_undisturbed_run_takes_the_ring_home():
    assert UNDISTURBED.stage == "arrived"
    assert (UNDISTURBED.milestone, UNDISTURBED.condition) == ("delivered", "ok")
    statuses = {kind: status for kind, (status, _) in UNDISTURBED.bookings.items()}
    assert statuses == {"waybill": "done", "pickup": "done"}
    assert [(kind, status) for kind, status, _ in UNDISTURBED.exceptions] == [("customs_hold", "resolved")]
    assert (UNDISTURBED.owed, UNDISTURBED.parked) == (0, 0)


def test_the_script_makes_every_kind_of_call_of_the_three_stories():
    made = {name.split(" ")[0] for name in CALLS}
    assert made >= {
        "table.get", "table.partition", "table.update", "table.transact", "table.put_new", "table.delete",
        "table.index", "queues.send", "evidence.keep_raw", "evidence.raw", "evidence.keep_label", "evidence.keep_paper",
        "keys.new", "keys.unwrap", "secrets.webhooks", "secrets.carriers", "carrier.call",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_undisturbed_each_story_ends_as_it_should_with_every_kind_of_call_to_its_carrier(name):
    ended, calls = undisturbed(name)
    asked = {call.split(" ", 1)[1] for call in calls if call.startswith("carrier.call")}
    assert ASKED[name] <= asked
    assert ended.acts == ACTS[name]
    assert (ended.owed, ended.parked) == (0, 0)
    assert ended.stage == ("cancelled" if name.endswith("undone") else "arrived")
    told = {(kind, status) for kind, status, _ in ended.exceptions}
    expected = {("customs_hold", "resolved")} if name in ("fedex-ring", "dhl-ring", "ems-by_hand") else set()
    if name.startswith("ems"):  # a return inside China a person let go; what is ordered by hand has no label of ours
        expected |= {("decision_wanted", "open")} if name != "ems-by_hand" else {
            ("waybill_by_person", "resolved"), ("pickup_by_person", "resolved"), ("label_lost", "open"),
        }  # fmt: skip
    assert told == expected


@pytest.mark.parametrize(("name", "fault"), TRIED)
def test_one_call_goes_wrong_and_the_run_ends_well(name, fault):
    gate, ended, _ = NAMED[name].run(fault)
    assert gate.struck
    assert_ends_well(ended, undisturbed(name)[0])


def test_every_kind_of_fault_is_tried_with_every_carrier():
    for carrier in ("fedex", "dhl", "ems"):
        kinds = {one.values[1].kind for one in TRIED if str(one.values[0]).startswith(carrier)}
        assert kinds == set(ALL_KINDS)


@pytest.mark.parametrize("name", NAMED)
def test_every_kind_of_fault_is_tried_at_every_kind_of_call(name):
    calls = undisturbed(name)[1]
    met = {(calls[one.values[1].at], one.values[1].kind) for one in TRIED if one.values[0] == name}
    assert met == {(call, kind) for call in calls for kind in told_apart(call)}
