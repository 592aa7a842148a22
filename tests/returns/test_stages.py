import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import StageNotAllowed
from chalicelib.returns.stages import NEXT, STAGES, Stage, advance, is_past

MEANT_BACK = {
    ("approved", "review"),  # looked at again before anything was bought
    ("settling", "received"), ("sending_out", "received"),  # money first; and what could not be handed over
    ("in_repair", "inspected"), ("sending_out", "settling"),
}  # fmt: skip
ROAD = ("review", "approved", "booked", "in_transit", "arrived")


def test_a_case_walks_from_review_to_arrived_step_by_step():
    stage = ROAD[0]
    for step in ROAD[1:]:
        stage = advance(stage, step)
    assert stage == "arrived"


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_only_what_the_table_allows_can_happen(start, end):
    if end in NEXT[start]:
        assert advance(start, end) == end
    else:
        with pytest.raises(StageNotAllowed) as refused:
            advance(start, end)
        assert (refused.value.from_stage, refused.value.to_stage) == (start, end)
        assert refused.value.code == "stage_not_allowed"


def test_every_stage_has_its_line_in_the_table():
    assert set(NEXT) == set(STAGES)


def reachable(start: Stage) -> set[Stage]:
    """Every stage that can follow, however long it takes."""
    found: set[Stage] = {start}
    while more := {after for stage in found for after in NEXT[stage]} - found:
        found |= more
    return found


@pytest.mark.parametrize("stage", sorted(reachable("review") - {"closed", "cancelled"}))
def test_from_every_stage_a_person_can_close_the_case_at_once(stage):
    assert advance(stage, "closed") == "closed"


def test_every_stage_can_be_reached():
    assert reachable("review") == set(STAGES)


@pytest.mark.parametrize("stage", ["closed", "cancelled"])
def test_what_is_over_stays_over(stage):
    assert NEXT[stage] == frozenset()


@pytest.mark.parametrize("stage", [stage for stage in STAGES if is_past(stage, "in_transit")])
def test_what_is_under_way_cannot_be_cancelled(stage):
    assert "cancelled" not in NEXT[stage]


@pytest.mark.parametrize("stage", ["arrived", "received", "settling", "sending_out"])
def test_a_piece_is_judged_before_it_is_repaired_but_for_one_that_was_settled(stage):
    assert ("in_repair" in NEXT[stage]) is (stage == "settling")


def test_a_scan_that_outruns_the_record_of_the_booking_still_moves_the_case():
    assert advance("approved", "in_transit") == "in_transit"
    assert advance("booked", "arrived") == "arrived"


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_a_stage_is_never_both_before_and_past_another(one, other):
    if one != other:
        assert not (is_past(one, other) and is_past(other, one))


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_no_step_leads_back_to_a_stage_already_passed_but_those_that_are_meant(one, other):
    if other in NEXT[one] and (one, other) not in MEANT_BACK:
        assert not is_past(one, other)


@pytest.mark.parametrize("other", [stage for stage in STAGES if stage != "cancelled"])
def test_a_cancelled_case_has_passed_no_other_stage(other):
    assert not is_past("cancelled", other)
    assert not is_past(other, "cancelled")
