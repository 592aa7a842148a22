"""What a piece ought to weigh: as sold, resized, polished, worked on; and what nobody can compute is unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.returns.expected_weight import Expected, change_of, expected, weighed
from chalicelib.returns.repair import Operation
from tests.returns.requests_of import ring
from tests.returns.weighing import DAY, g, on_the_scale


def work(code: str, **facts: str) -> Operation:
    return Operation(code, 1, facts)


UP_TWO = work("resize", sizes="2", width_mm="3.0", thickness_mm="1.8")


def test_an_18k_ring_made_two_sizes_larger_ought_to_weigh_463_within_008():
    found = expected(ring(gross_weight_g=g("4.20"), net_weight_g=g("4.20")), 1, DAY, "FR", [UP_TWO])
    assert (found.gross_low_g, found.gross_high_g, found.pass_g) == (g("4.63"), g("4.63"), g("0.08"))
    assert "I-WT-RESIZE" in found.rules


@pytest.mark.parametrize(
    ("metal", "fineness", "narrow", "usual", "broad"),
    [
        ("gold", 999, "0.15", "0.27", "0.49"),
        ("gold", 750, "0.12", "0.21", "0.40"),
        ("gold", 585, "0.10", "0.18", "0.33"),
        ("platinum", 950, "0.16", "0.29", "0.53"),
        ("silver", 925, "0.08", "0.14", "0.27"),
    ],
)
def test_one_size_is_the_metal_that_the_table_of_the_trade_says(metal, fineness, narrow, usual, broad):
    def one(width: str, thickness: str) -> Decimal:
        size = work("resize", sizes="1", width_mm=width, thickness_mm=thickness)
        return change_of(size, g("4"), metal, fineness, DAY).low_g

    assert (one("2.0", "1.5"), one("3.0", "1.8"), one("5.0", "2.0")) == (g(narrow), g(usual), g(broad))


def test_a_ring_made_smaller_weighs_less():
    down = work("resize", sizes="-1", width_mm="3.0", thickness_mm="1.8")
    assert change_of(down, g("4.20"), "gold", 750, DAY).high_g == g("-0.21")


def test_a_polish_takes_up_to_one_per_cent_and_adds_nothing():
    found = expected(ring(), 1, DAY, "FR", [work("polish")])
    assert (found.gross_low_g, found.gross_high_g) == (g("5.2470"), g("5.30"))


def test_stones_that_were_set_change_the_gross_weight_and_not_the_metal():
    before, after = expected(ring(), 1, DAY, "FR"), expected(ring(), 1, DAY, "FR", [work("stone_set", carat="0.50")])
    assert after.gross_low_g - before.gross_low_g == g("0.100")
    assert after.net_g == before.net_g


def test_after_a_repair_it_is_held_against_the_weight_at_take_in_and_not_against_the_sale():
    found = expected(ring(), 1, DAY, "CN", [work("retip", count="2")], taken_in_g=g("5.10"))
    assert (found.gross_low_g, found.gross_high_g) == (g("5.110"), g("5.16"))


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (work("resize", sizes="2"), "resize_needs_width_mm"),
        (work("resize", sizes="two", width_mm="3", thickness_mm="2"), "resize_needs_sizes"),
        (work("resize", sizes="NaN", width_mm="3", thickness_mm="2"), "resize_needs_sizes"),
        (work("resize", sizes="2", width_mm="0", thickness_mm="2"), "resize_needs_width_mm"),
        (work("stone_set"), "stone_set_needs_carat"),
        (work("retip", count="-3"), "retip_needs_count"),
        (work("restring"), "restring_has_no_weight_row"),
    ],
)
def test_what_nobody_can_compute_is_unknown_and_says_what_is_lacking(operation, why):
    found = expected(ring(), 1, DAY, "FR", [operation])
    assert (found.gross_low_g, found.net_g, found.unknown) == (None, None, (why,))


def test_an_alloy_whose_density_nobody_holds_is_not_taken_for_its_neighbour():
    assert expected(ring(fineness=916), 1, DAY, "FR", [UP_TWO]).unknown == ("density_unknown",)


def test_a_ring_that_was_resized_nobody_knows_how_ought_to_weigh_nobody_knows_what():
    assert expected(ring(resized=True), 1, DAY, "FR").unknown == ("resized_without_measures",)
    assert expected(ring(resized=True), 1, DAY, "FR", [UP_TWO]).unknown == ()


def test_a_piece_sold_in_china_may_have_been_off_by_what_its_standard_lets_it():
    found = expected(ring(), 1, DAY, "CN")
    assert (found.gross_low_g, found.gross_high_g) == (g("5.29"), g("5.33"))
    assert "I-WT-CN" in found.rules


@pytest.mark.parametrize(
    ("grams", "band"),
    [
        ("5.28", "pass"), ("5.25", "pass"), ("5.24", "second_person"), ("5.20", "second_person"), ("5.19", "hold"),
        ("5.35", "pass"), ("5.36", "second_person"), ("5.41", "hold"), ("0.01", "hold"),
    ],
)  # fmt: skip
def test_a_ring_of_530_passes_within_005_and_is_held_beyond_two_per_cent(grams, band):
    assert weighed(expected(ring(), 1, DAY, "FR"), on_the_scale(grams), DAY).band == band


@pytest.mark.parametrize(
    ("grams", "band"), [("99.71", "pass"), ("99.70", "pass"), ("99.69", "hold"), ("100.31", "hold")]
)
def test_of_a_heavy_chain_no_share_lets_more_than_030_go(grams, band):
    chain = ring(gross_weight_g=g("100"), net_weight_g=g("100"), stones="none")
    assert weighed(expected(chain, 1, DAY, "FR"), on_the_scale(grams), DAY).band == band


@pytest.mark.parametrize(
    ("weighing", "why"),
    [
        (on_the_scale("5.30", tolerance="0.10"), "scale_too_coarse"),
        (on_the_scale("5.30", calibrated_on=date(2025, 11, 20)), "calibration_too_old"),
        (on_the_scale("5.30", "5.33", "5.30"), "readings_differ"),
    ],
)
def test_a_scale_that_cannot_tell_tells_nothing(weighing, why):
    found = weighed(expected(ring(), 1, DAY, "FR"), weighing, DAY)
    assert (found.band, found.reasons) == ("unknown", (why,))


def test_what_was_not_weighed_is_unknown():
    assert weighed(expected(ring(), 1, DAY, "FR"), None, DAY).band == "unknown"


GRAMS = st.decimals("0.5", "300", places=2)
BANDS = ["pass", "second_person", "hold"]


@given(sold=GRAMS, first=GRAMS, second=GRAMS)
@settings(max_examples=60, deadline=None)
def test_the_further_off_the_graver_the_band(sold, first, second):
    known = expected(ring(gross_weight_g=sold, net_weight_g=sold), 1, DAY, "FR")
    near, far = sorted((first, second), key=lambda grams: abs(grams - sold))
    bands = [BANDS.index(weighed(known, on_the_scale(str(one)), DAY).band) for one in (near, far)]
    assert bands == sorted(bands)


@given(sizes=st.integers(-6, 6), width=st.decimals("1", "8", places=1), thickness=st.decimals("1", "3", places=1))
@settings(max_examples=40, deadline=None)
def test_a_size_more_never_weighs_less(sizes, width, thickness):
    def of(n: int) -> Expected:
        return expected(
            ring(), 1, DAY, "FR", [work("resize", sizes=f"{n}", width_mm=f"{width}", thickness_mm=f"{thickness}")]
        )

    assert of(sizes + 1).gross_low_g >= of(sizes).gross_low_g
