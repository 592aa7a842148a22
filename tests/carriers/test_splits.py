"""A shipment as several parcels: no piece divided, none lost, and always the same parcels."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.splits import MOST_PIECES, split

WORTHS = st.lists(st.decimals(1, 9000, places=2), min_size=2, max_size=9)


def within(worths, limit):
    return lambda parcel: sum(worths[piece] for piece in parcel) <= limit


@given(WORTHS, st.decimals(1, 20000, places=2))
def test_every_piece_is_in_one_parcel_and_every_parcel_of_several_may_go(worths, limit):
    made = split(worths, within(worths, limit))
    if made is None:
        return
    assert sorted(piece for parcel in made for piece in parcel) == list(range(len(worths)))
    assert all(within(worths, limit)(parcel) for parcel in made if len(parcel) > 1)


@given(WORTHS, st.decimals(1, 20000, places=2))
def test_nothing_is_proposed_only_when_it_helps_no_piece_or_all_go_together(worths, limit):
    may_go = within(worths, limit)
    pointless = may_go(tuple(range(len(worths)))) or not any(may_go((piece,)) for piece in range(len(worths)))
    assert (split(worths, may_go) is None) is pointless


def test_the_dearest_are_placed_first_and_the_rest_fill_up():
    worths = [Decimal(one) for one in (1, 4, 3, 2)]
    assert split(worths, within(worths, 5)) == ((0, 1), (2, 3))


def test_one_piece_and_too_many_are_not_for_us_to_split():
    assert split([Decimal(9)], lambda parcel: False) is None
    assert split([Decimal(1)] * (MOST_PIECES + 1), lambda parcel: len(parcel) == 1) is None
