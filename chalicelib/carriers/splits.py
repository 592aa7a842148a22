"""One shipment as several parcels, when a limit is passed by the whole and not by its pieces.

A piece is never divided. The dearest piece is placed first, into the first parcel that may still go with it; so the
same pieces always give the same parcels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

# Enough for any customer's return; beyond it a person packs better than we guess.
MOST_PIECES = 60

Parcel = tuple[int, ...]


def split(worths: Sequence[Decimal], may_go: Callable[[Parcel], bool]) -> tuple[Parcel, ...] | None:
    """Parcels of piece numbers, each in order; None when there are not two to make, or when it would help no piece.

    A piece that may not even go alone gets a parcel of its own, to be judged by itself.

    >>> split([Decimal(4), Decimal(4), Decimal(4)], lambda parcel: len(parcel) < 3)
    ((0, 1), (2,))
    >>> split([Decimal(4), Decimal(4)], lambda parcel: False) is None
    True
    """
    if not 2 <= len(worths) <= MOST_PIECES:
        return None
    dearest_first = sorted(range(len(worths)), key=lambda piece: (-worths[piece], piece))
    alone = {piece for piece in dearest_first if may_go((piece,))}
    if not alone:
        return None
    parcels: list[list[int]] = []
    for piece in (one for one in dearest_first if one in alone):
        room = next((parcel for parcel in parcels if may_go(tuple(sorted((*parcel, piece))))), None)
        if room is None:
            parcels.append([piece])
        else:
            room.append(piece)
    made = [
        *(tuple(sorted(parcel)) for parcel in parcels),
        *((piece,) for piece in dearest_first if piece not in alone),
    ]
    return tuple(sorted(made)) if len(made) > 1 else None
