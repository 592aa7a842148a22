"""What holds of every cover, whatever the parcel and the policy."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.insurance.cover import plan
from chalicelib.insurance.parcel import CarrierCover
from chalicelib.insurance.sums import sum_insured
from chalicelib.insurance.terms import conditions, failures, unwritten
from chalicelib.insurers import SIGNATURES, InsuredLane
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.insurance.parcels import HOME, ON, POLICY, money, ring_of

RATES = {("USD", "EUR"): Decimal("0.9")}
worths = st.decimals("0.01", 10**6, places=2).map(lambda amount: Money(amount, "EUR"))
maybe = st.sampled_from([True, False, None])
goods = st.sets(st.sampled_from(["GOLD_JEWELLERY", "STONE_SET_JEWELLERY", "BULLION", "COSTUME"]), min_size=1)
parcels = st.builds(
    lambda value, others, **facts: ring_of(
        value=value, address_day_value=None if others is None else value + others, **facts
    ),
    value=worths,
    others=st.none() | worths,
    goods=goods.map(frozenset),
    home=st.booleans(),
    weekend_in_transit=maybe,
    gross_weight_g=st.none() | st.decimals(1, 5000, places=1),
    packing=st.none() | st.sets(st.sampled_from(["DOUBLE_BOX", "PLAIN_PACK"])).map(frozenset),
    signature=st.none() | st.sampled_from(SIGNATURES),
    scanned_in=maybe,
    drop_point=maybe,
    described_outside=maybe,
)
# Each makes a policy stricter and leaves all else as it was.
STRICTER = (
    {"covers_returns": False},
    {"services": ("INTERNATIONAL_FIRST",)},
    {"lanes": (InsuredLane("FR", "CN"),)},
    {"excluded_countries": ("DE",)},
    {"goods": ("STONE_SET_JEWELLERY",)},
    {"consignees": ("merchant",)},
    {"packing": (*(POLICY.packing or ()), "SEAL_NUMBERS")},
    {"signature": "adult"},
    {"per_parcel": (money("900"),)},
    {"per_weekend": (money("900"),)},
    {"per_address_day": (money("900"),)},
    {"carriers": ("dhl",)},
)
policies = st.lists(st.sampled_from(STRICTER), max_size=3).map(
    lambda changes: replace(POLICY, **{name: value for change in changes for name, value in change.items()})
)
ways = st.sampled_from([("fedex", HOME), ("dhl", Lane("FR", "DE")), ("ems", Lane("CN", "FR")), ("pigeon", HOME)])
owns = st.sampled_from([
    None, CarrierCover("fedex", False, (money("3000"),)), CarrierCover("ems", True, (money("3000"),)),
    CarrierCover("ems", True, None),
])  # fmt: skip


@given(parcels, st.lists(policies, max_size=3), ways, owns)
def test_a_parcel_has_one_cover_or_none_and_never_two(parcel, held, way, own):
    cover = plan(parcel, way[0], way[1], held, ON, own, RATES)
    assert not (cover.policy_no and cover.carrier_declared_value.amount)
    assert (cover.insured_by is None) == (cover.who_pays == "merchant")
    assert (cover.policy_no is not None) == (cover.who_pays == "insurer")
    assert cover.uncovered.amount + cover.insured_value.amount == parcel.value.amount
    assert cover.uncovered.amount >= 0


@given(parcels, st.lists(policies, max_size=3), ways, owns)
def test_what_is_not_insured_whole_always_needs_a_person(parcel, held, way, own):
    cover = plan(parcel, way[0], way[1], held, ON, own, RATES)
    assert cover.insurable or cover.needs_review


@given(parcels, policies, st.sampled_from(STRICTER), ways)
def test_one_more_condition_never_makes_a_parcel_insurable(parcel, policy, change, way):
    named = {"services", "lanes", "goods", "consignees"} & set(change)
    stricter = replace(policy, **({} if named and any(getattr(policy, name) for name in named) else change))
    if stricter == policy or any(name.startswith("per_") for name in change):
        return
    before = failures(policy, parcel, way[0], way[1], ON)
    after = failures(stricter, parcel, way[0], way[1], ON)
    assert bool(before) <= bool(after)


@given(parcels, st.decimals("0.01", 10**6, places=2), st.decimals("0.01", 10**6, places=2))
def test_a_lower_limit_never_makes_a_parcel_insurable(parcel, one, other):
    low, high = sorted((one, other))
    for name in ("per_parcel", "per_weekend", "per_address_day"):
        strict, lax = (replace(POLICY, **{name: (Money(limit, "EUR"),)}) for limit in (low, high))
        assert bool(failures(lax, parcel, "fedex", HOME, ON)) <= bool(failures(strict, parcel, "fedex", HOME, ON))


@given(parcels, worths, st.lists(policies, max_size=2), ways, owns, st.sampled_from([None, "void", "up_to_limit"]))
def test_a_higher_worth_never_leaves_less_uncovered(parcel, more, held, way, own, over_limit):
    held = [replace(policy, over_limit=over_limit) for policy in held]
    others = parcel.address_day_value
    dearer = replace(parcel, value=parcel.value + more, address_day_value=None if others is None else others + more)
    before = plan(parcel, way[0], way[1], held, ON, own, RATES).uncovered.amount
    assert plan(dearer, way[0], way[1], held, ON, own, RATES).uncovered.amount >= before


@given(st.lists(worths, min_size=1, max_size=6), st.decimals(1, 10**6, places=2))
def test_parcels_of_a_split_never_pass_a_limit_on_the_day_that_the_whole_does_not(pieces, limit):
    """However the pieces are put into parcels, each is judged with all of them counted."""
    whole = sum((piece.amount for piece in pieces), Decimal(0))
    for name in ("per_weekend", "per_address_day"):
        policy = replace(POLICY, **{"per_weekend": (), "per_address_day": (), name: (Money(limit, "EUR"),)})
        together = Money(whole, "EUR")
        parts = (ring_of(value=piece, address_day_value=together, weekend_in_transit=True) for piece in pieces)
        stopped = [bool(failures(policy, part, "fedex", HOME, ON)) for part in parts]
        assert stopped == [whole > limit or piece.amount > Decimal(50000) for piece in pieces]


@given(parcels, policies)
def test_every_condition_of_a_policy_is_told_and_nothing_unwritten_is_called_met(parcel, policy):
    told = {one.code for one in conditions(policy, parcel)}
    assert set(policy.packing or ()) <= told
    assert not {"packing", "signature"} & {code.removeprefix("policy_") for code in unwritten(policy, parcel)}


@given(worths, worths)
def test_metal_stones_and_work_make_up_the_sum_or_it_is_said_why_not(worth, metal):
    found = sum_insured([worth], metal, "invoice", ON)
    if found.stones_and_work is None:
        assert found.reasons
    else:
        assert metal + found.stones_and_work == worth
        assert found.stones_and_work.amount >= 0
