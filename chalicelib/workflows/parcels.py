"""The parcels of one leg: one as a rule, more where a customer sends two boxes under one number, or one beside it by
another way. What is asked of a leg is asked of all of them.
"""

from __future__ import annotations

from chalicelib.errors import FieldFault
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.workflows.ports import CaseFile


def receipts_of(file: CaseFile, leg_n: int | None) -> tuple[Receipt, ...]:
    """The parcels of a leg that our places took in, by their number."""
    return tuple(sorted((one for one in file.parts.of(Receipt) if one.leg_n == leg_n), key=lambda one: one.parcel))


def parcels_of(file: CaseFile, leg_n: int | None) -> int:
    """How many parcels of a leg anybody knows of: packed, or taken in; one if nobody has said more."""
    packed = (one.parcel for one in file.parts.of(HandOver) if one.leg_n == leg_n)
    return max((1, *packed, *(one.parcel for one in receipts_of(file, leg_n))))


def awaited(file: CaseFile, leg_n: int | None, with_this: int | None = None) -> tuple[int, ...]:
    """The parcels of a leg that are known of and were not taken in; ``with_this`` is being taken in now."""
    here = {one.parcel for one in receipts_of(file, leg_n)} | {with_this}
    return tuple(n for n in range(1, max(parcels_of(file, leg_n), with_this or 1) + 1) if n not in here)


def is_taken_in(file: CaseFile, leg_n: int | None) -> bool:
    """Whether the parcel of this leg is in our hands: all of them that are known of."""
    return not awaited(file, leg_n)


def parcel_faults(file: CaseFile, leg_n: int | None, parcel: int) -> list[FieldFault]:
    """The parcels of a leg are counted through: a number that was mistyped would be waited for for ever."""
    following = parcels_of(file, leg_n) + 1
    return [FieldFault("parcel", "out_of_order", f"the next of this leg is {following}")] if parcel > following else []
