"""How fine the metal of a piece is taken to be where it is bought by its weight: the mark, unless something was found
that speaks against it.

X-rays see the surface and refuse nobody: a piece that read below its mark, beyond the limit of the method, is taken at
what was read until a person stands for another figure. Another method that agrees with the mark settles it.

>>> from chalicelib.returns.inspection import PieceFound
>>> below = FinenessReading((Decimal("584"), Decimal("585"), Decimal("586")), Decimal("745"))
>>> in_doubt(PieceFound(1, 1, 1, "as_sold", fineness=below))
True
"""

from __future__ import annotations

from decimal import Decimal

from chalicelib.returns.case import Item
from chalicelib.returns.inspection import FinenessReading, PieceFound

# What an inspection says of a piece that speaks against its mark, whatever its readings are.
AGAINST_THE_MARK = frozenset(
    {"hallmark_differs", "another_metal_shows", "fineness_wants_an_assay", "fineness_wants_another_method"}
)


def in_doubt(found: PieceFound) -> bool:
    """Whether anything that was found speaks against the mark, and no other method for it."""
    read = found.fineness
    if AGAINST_THE_MARK & set(found.reasons):
        return True
    if read is None or read.second_agrees is not None:
        return read is not None and read.second_agrees is False
    return bool(read.readings) and _mean(read) < read.limit_ppt


def fineness_of(item: Item, found: PieceFound, said: int | None) -> tuple[int, bool]:
    """Whole parts per thousand to buy a piece at, and whether that is sure: what a person said, else the mark; where
    that is in doubt the lower of it and what was read, and it is not sure."""
    if said is not None or not in_doubt(found):
        return item.fineness if said is None else said, True
    read = found.fineness
    known = read is not None and read.readings
    return (min(item.fineness, max(int(_mean(read)), 1)) if read is not None and known else item.fineness), False


def _mean(read: FinenessReading) -> Decimal:
    return sum(read.readings, Decimal(0)) / len(read.readings)
