"""The whole machine, square by square: what may follow what, and what ends what."""

import pytest

from chalicelib.shipments.events import CONDITIONS, MILESTONES
from chalicelib.shipments.fold import fold
from tests.shipments.journeys import HOME, scan

ROAD = (
    "in_transit export_customs export_cleared import_customs import_cleared "
    "out_for_delivery delivery_attempted ready_for_collection"
)
ENDS = "delivered partially_delivered returning returned lost destroyed seized"
ARRIVED = "in_transit import_customs import_cleared out_for_delivery delivery_attempted ready_for_collection"
DOOR = "in_transit import_customs out_for_delivery delivery_attempted ready_for_collection"

# From each milestone, what a later scan may make of it. Everything else leaves it as it is.
FOLLOWS = {
    None: " ".join(MILESTONES),
    "unrecognised": " ".join(MILESTONES),
    "announced": f"pickup_booked picked_up cancelled {ROAD} {ENDS}",
    "pickup_booked": f"picked_up cancelled {ROAD} {ENDS}",
    "picked_up": f"{ROAD} {ENDS}",
    "in_transit": f"{ROAD} {ENDS}",
    "export_customs": f"{ROAD} {ENDS}",
    "export_cleared": f"{ROAD} {ENDS}",
    "import_customs": f"{ARRIVED} {ENDS}",
    "import_cleared": f"{ARRIVED} {ENDS}",
    "out_for_delivery": f"{DOOR} {ENDS}",
    "delivery_attempted": f"{DOOR} {ENDS}",
    "ready_for_collection": f"{DOOR} {ENDS}",
    "delivered": "returning returned",
    "partially_delivered": "delivered returning returned lost destroyed seized",
    "returning": "returned lost destroyed seized delivered",
    "returned": "",
    "lost": f"picked_up {ROAD} {ENDS}",
    "destroyed": "",
    "seized": "export_cleared import_cleared out_for_delivery ready_for_collection delivered "
    "partially_delivered returning returned destroyed",
    "cancelled": f"picked_up {ROAD} {ENDS}",
}


def test_the_matrix_names_every_milestone():
    assert set(FOLLOWS) == {*MILESTONES, None}


@pytest.mark.parametrize("current", FOLLOWS)
def test_every_milestone_against_every_later_scan(current):
    before = [] if current is None else [scan("a", 1, current, country="CN")]
    for incoming in MILESTONES:
        state = fold([*before, scan("b", 2, incoming, country="CN")], HOME)
        expected = incoming if incoming in FOLLOWS[current].split() else current
        assert state.milestone == expected, f"{current} then {incoming}"


@pytest.mark.parametrize("current", MILESTONES)
@pytest.mark.parametrize("condition", [*CONDITIONS, None])
def test_a_note_without_a_milestone_never_moves_a_leg(current, condition):
    state = fold([scan("a", 1, current, country="CN"), scan("b", 2, None, condition)], HOME)
    assert state.milestone == current


@pytest.mark.parametrize("current", MILESTONES)
def test_only_deliveries_can_be_withdrawn(current):
    state = fold([scan("a", 1, current, country="CN"), scan("b", 2, None, withdraws_delivery=True)], HOME)
    withdrawn = current in ("delivered", "partially_delivered")
    assert state.milestone == ("unrecognised" if withdrawn else current)


@pytest.mark.parametrize("current", MILESTONES)
@pytest.mark.parametrize("earlier", MILESTONES)
def test_an_earlier_scan_told_later_is_read_in_its_place(current, earlier):
    now, late = scan("b", 2, current, country="CN"), scan("a", 1, earlier, country="CN")
    assert fold([now, late], HOME) == fold([late, now], HOME)


OVER = "returning returned lost destroyed seized cancelled"
HANDED = "out_for_delivery ready_for_collection delivered partially_delivered"
MOVED = (
    "picked_up in_transit export_customs export_cleared import_customs import_cleared delivery_attempted "
    f"{HANDED} {OVER}"
)
# A trouble (condition, milestone of its scan, country) and the later milestones that end it.
ENDED_BY = {
    (
        "held",
        "export_customs",
        "FR",
    ): f"export_cleared import_customs import_cleared delivery_attempted {HANDED}",
    ("held", "import_customs", "CN"): f"import_cleared delivery_attempted {HANDED}",
    ("action_required", "import_customs", "CN"): f"import_cleared delivery_attempted {HANDED}",
    ("failed", "import_customs", "CN"): f"import_cleared delivery_attempted {HANDED}",
    ("delayed", "import_customs", "CN"): f"in_transit import_cleared delivery_attempted {HANDED}",
    ("held", "in_transit", "CN"): MOVED,
    ("delayed", "in_transit", "CN"): MOVED,
    ("action_required", "in_transit", "CN"): HANDED,
    ("failed", "delivery_attempted", "CN"): HANDED,
    ("failed", "pickup_booked", "FR"): f"pickup_booked {MOVED}",
    ("delayed", "announced", "FR"): f"pickup_booked {MOVED}",
    ("failed", "delivered", "CN"): "returning returned",
    ("action_required", "delivered", "CN"): "returning returned",
}


@pytest.mark.parametrize("trouble", ENDED_BY, ids="-".join)
def test_every_trouble_against_every_later_scan(trouble):
    condition, milestone, country = trouble
    opened = scan("opens", 1, milestone, condition, country=country)
    for incoming in MILESTONES:
        # The later scan is in the same country, so that nothing has left the country by movement alone.
        state = fold([opened, scan("next", 2, incoming, country=country)], HOME)
        ended = not state.trouble or "opens" not in state.trouble.scans
        expected = incoming in f"{ENDED_BY[trouble]} {OVER}".split()
        if milestone == "delivered":
            expected = incoming in ("returning", "returned")
        elif country == "FR" and incoming in ("import_customs", "import_cleared"):
            continue  # at the origin these are the export scans, tested under their own names
        elif incoming == "cancelled":
            expected = milestone in (
                "pickup_booked",
                "announced",
            )  # no label ends what befell a moving parcel
        assert ended == expected, f"{trouble} then {incoming}"


@pytest.mark.parametrize("milestone", ["returning", "returned", "lost", "destroyed", "seized"])
@pytest.mark.parametrize("condition", [None, "ok"])
def test_an_outcome_that_is_not_arrival_is_a_failure_whatever_the_carrier_calls_it(milestone, condition):
    assert fold([scan("a", 1, milestone, condition)], HOME).condition == "failed"
