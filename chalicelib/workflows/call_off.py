"""What must be called off, as bookings of their own: each outside call is claimed alone, under its own reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.carriers.registry import carrier as carrier_named
from chalicelib.returns.case import Case, PickupWish
from chalicelib.workflows.leg_plan import is_called_off
from chalicelib.workflows.ports import Booking, BookingKind, CaseFile, Ports

SUFFIXES: dict[BookingKind, str] = {"pickup_change": "PC", "pickup_cancel": "PX", "waybill_cancel": "WX"}
# The reference of the booking as it was when its change was asked for: a pickup booked anew since then is another one.
MEANT = "meant"


def undoing(
    kind: BookingKind,
    target: Booking,
    bookings: Iterable[Booking],
    rma: str,
    now: datetime,
    wish: PickupWish | None = None,
) -> Booking:
    """The next booking of this kind, about ``target``; planned, and due at once."""
    n = 1 + max((one.n for one in bookings if (one.kind, one.leg_n) == (kind, target.leg_n)), default=0)
    reference = f"{rma}-{target.leg_n}{SUFFIXES[kind]}{n if n > 1 else ''}"
    return Booking(
        target.case_id,
        target.leg_n,
        kind,
        "planned",
        reference,
        due_at=now,
        n=n,
        of=target.n,
        wish=wish,
        result={MEANT: target.reference},
    )


def called_off(ports: Ports, case: Case, made: Sequence[Booking], now: datetime) -> list[Booking]:
    """What must be called off of what was just made, because the case was cancelled meanwhile, or its way out called
    off; nothing otherwise. The first leg goes home: of that the case itself says it."""
    if case.stage != "cancelled" and all(one.leg_n == 1 for one in made):
        return []
    file = ports.cases.file(case.case_id)
    return undoings(file, [one for one in made if is_called_off(file, one.leg_n)], now) if file is not None else []


def not_yet_called_off(file: CaseFile, made: Sequence[Booking], now: datetime) -> list[Booking]:
    """As ``undoings``, of what nothing of the kind was asked for yet, whatever became of it."""
    asked = {(one.leg_n, one.kind, one.of) for one in file.bookings}
    return [one for one in undoings(file, made, now) if (one.leg_n, one.kind, one.of) not in asked]


def undoings(file: CaseFile, made: Sequence[Booking], now: datetime) -> list[Booking]:
    """A cancellation for each of these bookings that stands, once: one whose outcome is unknown is with a person, and
    not asked for a second time. Where the order of the waybill brought the courier,
    taking it back takes him too."""
    found: list[Booking] = []
    for one in made:
        kind: BookingKind = "waybill_cancel" if one.kind == "waybill" else "pickup_cancel"
        if one.kind == "pickup" and _goes_with_its_waybill(file, one):
            continue
        asked = (b for b in file.bookings if (b.kind, b.leg_n, b.of) == (kind, one.leg_n, one.n))
        if not any(
            b.status in ("planned", "claimed", "unknown") and b.result.get(MEANT) == one.reference for b in asked
        ):
            found.append(undoing(kind, one, (*file.bookings, *found), file.case.rma, now))
    return found


def _goes_with_its_waybill(file: CaseFile, pickup: Booking) -> bool:
    leg = next(leg for leg in file.legs if leg.n == pickup.leg_n)
    carrier = carrier_named(leg.carrier)
    brings = carrier.waybills is not None and carrier.waybills.brings_courier and carrier.waybills.cancel is not None
    return brings and carrier.pickups is None and pickup.status == "done"
