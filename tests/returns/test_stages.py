import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import StageNotAllowed
from chalicelib.returns.stages import NEXT, STAGES, advance, is_past

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


@pytest.mark.parametrize("stage", ["received", "inspected", "in_repair", "settling", "sending_out", "closed"])
def test_stages_of_later_work_have_no_way_in_yet(stage):
    assert all(stage not in ways for ways in NEXT.values())


@pytest.mark.parametrize("stage", ["in_transit", "arrived"])
def test_a_parcel_under_way_cannot_be_cancelled(stage):
    with pytest.raises(StageNotAllowed):
        advance(stage, "cancelled")


def test_a_scan_that_outruns_the_record_of_the_booking_still_moves_the_case():
    assert advance("approved", "in_transit") == "in_transit"
    assert advance("booked", "arrived") == "arrived"


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_a_stage_is_never_both_before_and_past_another(one, other):
    if one != other:
        assert not (is_past(one, other) and is_past(other, one))


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_no_step_leads_back_to_a_stage_already_passed_but_a_second_look(one, other):
    if other in NEXT[one] and (one, other) != ("approved", "review"):
        assert not is_past(one, other)


@pytest.mark.parametrize("other", [stage for stage in STAGES if stage != "cancelled"])
def test_a_cancelled_case_has_passed_no_other_stage(other):
    assert not is_past("cancelled", other)
    assert not is_past(other, "cancelled")
