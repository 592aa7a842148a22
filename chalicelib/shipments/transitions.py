"""What one scan does to what was known before it: the whole machine is the tables on this page.

``TAKES_OVER`` says which milestones may follow which, for scans read in the order of their instants:

* data is not movement: ``announced``, ``pickup_booked`` and ``cancelled`` never undo a parcel that has been
  scanned;
* what rests stays at rest: a delivered parcel is moved only by going back, a lost one by being seen again;
* what goes back keeps going back: movement scans on the way home do not turn ``returning`` into
  ``in_transit``.

``ENDS`` says which milestones end a trouble. A trouble is a condition other than ok, on the ground where it
arose: a hold by export customs ends when the parcel clears or leaves the country, a hold by import customs
only when it is cleared or handed over, a wrong address only at the door. Data (a label, an estimate) ends
nothing but a delay that is withdrawn.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.shipments.events import MILESTONES, Condition, Milestone

Ground = Literal["before_pickup", "road", "export", "import", "delivered", "over"]
Milestones = frozenset[Milestone]

_ALL: Milestones = frozenset(MILESTONES)
_EXPORT: Milestones = frozenset({"export_customs", "export_cleared"})
_IMPORT: Milestones = frozenset({"import_customs", "import_cleared"})
_DOOR: Milestones = frozenset({"out_for_delivery", "ready_for_collection", "delivered", "partially_delivered"})
_ROAD: Milestones = _EXPORT | _IMPORT | {"in_transit", "out_for_delivery", "delivery_attempted", "ready_for_collection"}
_GONE: Milestones = frozenset({"lost", "destroyed", "seized"})
_OUTCOMES: Milestones = _GONE | {"delivered", "partially_delivered", "returning", "returned"}
_AFTER_ARRIVAL: Milestones = (_ROAD - _EXPORT) | _OUTCOMES
_NEAR_DOOR: Milestones = _AFTER_ARRIVAL - {"import_cleared"}

BEFORE_PICKUP: Milestones = frozenset({"announced", "pickup_booked"})
CUSTOMS: Milestones = _EXPORT | _IMPORT
OVER: Milestones = _GONE | {"returning", "returned", "cancelled"}
MOVING: Milestones = _ROAD | _OUTCOMES | {"picked_up"}
"""Anything at or after the pickup: the first of these means that the parcel is under way."""
SEEN: Milestones = MOVING - _GONE
"""A scan of one of these proves that the parcel was somewhere."""

TAKES_OVER: dict[Milestone, Milestones] = {
    "unrecognised": _ALL - {"unrecognised"},
    "announced": _ALL - {"unrecognised", "announced"},
    "pickup_booked": _ALL - {"unrecognised", "announced", "pickup_booked"},
    "picked_up": _ROAD | _OUTCOMES,
    "in_transit": (_ROAD | _OUTCOMES) - {"in_transit"},
    "export_customs": (_ROAD | _OUTCOMES) - {"export_customs"},
    "export_cleared": (_ROAD | _OUTCOMES) - {"export_cleared"},
    "import_customs": _AFTER_ARRIVAL - {"import_customs"},
    "import_cleared": _AFTER_ARRIVAL - {"import_cleared"},
    "out_for_delivery": _NEAR_DOOR - {"out_for_delivery"},
    "delivery_attempted": _NEAR_DOOR - {"delivery_attempted"},
    "ready_for_collection": _NEAR_DOOR - {"ready_for_collection"},
    "delivered": frozenset({"returning", "returned"}),
    "partially_delivered": _GONE | {"delivered", "returning", "returned"},
    "returning": _GONE | {"returned", "delivered"},
    "returned": frozenset(),
    "lost": MOVING - {"lost"},
    "destroyed": frozenset(),
    "seized": _DOOR | {"export_cleared", "import_cleared", "returning", "returned", "destroyed"},
    "cancelled": MOVING,
}

_PHYSICAL: Milestones = MOVING | OVER
_PAST_IMPORT: Milestones = _DOOR | OVER | {"import_cleared", "delivery_attempted"}
_PAST_EXPORT: Milestones = _PAST_IMPORT | {"export_cleared", "import_customs"}
_HANDED_OVER: Milestones = _DOOR | OVER
_MOVED: Milestones = frozenset({"in_transit"})
_BACK: Milestones = frozenset({"returning", "returned"})

ENDS: dict[tuple[Condition, Ground], Milestones] = {
    ("held", "export"): _PAST_EXPORT,
    ("held", "import"): _PAST_IMPORT,
    ("held", "before_pickup"): _PHYSICAL,
    ("held", "road"): _PHYSICAL,
    ("held", "delivered"): _BACK,
    ("action_required", "export"): _PAST_EXPORT,
    ("action_required", "import"): _PAST_IMPORT,
    ("action_required", "before_pickup"): _PHYSICAL | {"pickup_booked"},
    ("action_required", "road"): _HANDED_OVER,
    ("action_required", "delivered"): _BACK,
    ("failed", "export"): _PAST_EXPORT,
    ("failed", "import"): _PAST_IMPORT,
    ("failed", "before_pickup"): _PHYSICAL | {"pickup_booked"},
    ("failed", "road"): _HANDED_OVER,
    ("failed", "delivered"): _BACK,
    ("delayed", "export"): _PAST_EXPORT | _MOVED,
    ("delayed", "import"): _PAST_IMPORT | _MOVED,
    ("delayed", "before_pickup"): _PHYSICAL | {"pickup_booked"},
    ("delayed", "road"): _PHYSICAL,
    ("delayed", "delivered"): _BACK | {"delivered"},
}
"""Ground ``over`` (lost, returning ...) has no row: it ends when a milestone outside ``OVER`` takes over."""

WEIGHT: dict[Condition, int] = {"ok": 0, "delayed": 1, "action_required": 2, "failed": 2, "held": 3}
"""A heavier trouble replaces a lighter one that is open; of equal weight the later does, but a hold is only
ended.
"""

IMPLIED: dict[Milestone, Condition] = {
    "lost": "failed", "destroyed": "failed", "seized": "failed", "returning": "failed", "returned": "failed",
}  # fmt: skip
"""A scan that says the goods will not arrive is a failure of the leg, whatever the carrier calls it."""

_JOURNEY = {milestone: place for place, milestone in enumerate(MILESTONES)}


def place_on_journey(milestone: Milestone | None) -> int:
    """Breaks ties between scans of one instant: what comes earlier on a journey is read earlier.

    >>> place_on_journey("picked_up") < place_on_journey("delivered"), place_on_journey("unrecognised")
    (True, -1)
    """
    return -1 if milestone is None or milestone == "unrecognised" else _JOURNEY[milestone]


def takes_over(current: Milestone | None, incoming: Milestone) -> bool:
    """Whether a scan read after ``current`` moves the leg to ``incoming``."""
    return current is None or incoming in TAKES_OVER[current]
