"""The pieces are looked at: what agrees is accepted, what does not is held, and nothing is overwritten in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.judge_inspection import InspectionOver, SamePerson
from chalicelib.returns.repair import Operation, RepairOrder, TakeIn
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.inspect_pieces import InspectionDiffers, NotReceived
from chalicelib.workflows.read_custody import next_of_custody, read_inspections
from chalicelib.workflows.sweep_due_work import sweep
from tests.workflows.desk import REQUEST
from tests.workflows.dock import AT_THE_DOOR, CASE, DEAR, MODEST, RING, Dock, ring_seen, weighed

PAIR = replace(REQUEST, items=(replace(RING, quantity=2, serial=None),))
CHAIN = replace(
    RING, description="24K chain", article="necklace", fineness=999, stones="none", serial=None, sale=None,
    gross_weight_g=Decimal("10.00"), net_weight_g=Decimal("10.00"),
)  # fmt: skip
UP_TWO = Operation("resize", 1, {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"})


def here(request=MODEST) -> Dock:
    made = Dock(request)
    made.pack()
    made.receive()
    return made


@pytest.fixture
def dock() -> Dock:
    return here()


def troubles(dock: Dock) -> list[str]:
    dock.work()
    return [one for one in dock.kinds() if not one.startswith("claim")]


# What agrees


def test_a_ring_002_g_below_its_weight_is_accepted_and_its_case_inspected(dock):
    row = dock.inspect().row
    assert (row["outcome"], row["holds"], row["same_state"]) == ("accepted", False, True)
    assert row["pieces"][0]["accepted_net_g"] == "5.18"
    assert (dock.file.case.stage, troubles(dock), broken_at(dock.file.log)) == ("inspected", [], None)


def test_the_same_finding_again_is_quiet(dock):
    dock.inspect()
    before = dock.file.case.version
    assert not dock.inspect(by="dock-2").is_new
    assert dock.file.case.version == before


def test_an_honest_resize_is_accepted_by_its_formula_and_customs_are_not_told_the_same_state():
    dock = here(replace(MODEST, items=(replace(RING, gross_weight_g=Decimal("4.20"), net_weight_g=Decimal("4.10")),)))
    row = dock.inspect(ring_seen("4.63", changes=(UP_TWO,))).row
    assert (row["outcome"], row["pieces"][0]["verdict"], row["same_state"]) == ("accepted", "altered", False)


# What does not


def test_an_engraving_that_nobody_sold_goes_to_a_person_and_customs_are_told_nothing_of_the_same_state(dock):
    row = dock.inspect(ring_seen(inscription="Anna 2026")).row
    assert (row["outcome"], row["same_state"], row["reasons"]) == ("held", None, ["inscription_nobody_sold"])
    assert troubles(dock) == ["weight_doubt"]
    dock.sign()
    dock.release({1: 1})
    assert (dock.inspection().outcome, dock.inspection().same_state) == ("accepted", None)


def test_a_24k_chain_of_which_038_g_are_missing_holds_the_refund():
    dock = here(replace(MODEST, items=(CHAIN,)))
    row = dock.inspect(ring_seen("9.62", stones=None, serial=None, hallmark="999")).row
    assert (row["outcome"], row["pieces"][0]["accepted"]) == ("held", 0)
    assert troubles(dock) == ["shortfall"]
    assert {one.party for one in dock.file.claims} == {"carrier", "insurer"}


def test_two_per_cent_too_light_and_14k_for_18k_is_held_with_its_evidence_frozen(dock):
    dock.evidence()
    readings = (Decimal(585),) * 3
    row = dock.inspect(ring_seen("5.19", hallmark="585", readings_ppt=readings)).row
    assert (row["outcome"], row["pieces"][0]["verdict"]) == ("held", "swapped")
    assert all(one.frozen for one in dock.file.parts.of(Evidence))
    assert troubles(dock) == ["fineness_doubt", "swapped_piece"]


def test_of_two_pieces_of_which_one_came_the_other_is_asked_for():
    dock = here(PAIR)
    row = dock.inspect(ring_seen(serial=None)).row
    assert (row["outcome"], row["pieces"][0]["accepted"], row["pieces"][0]["verdict"]) == ("held", 1, "missing")
    assert troubles(dock) == ["shortfall"]


def test_what_the_customer_keeps_makes_it_partial_and_holds_nothing():
    dock = here(PAIR)
    assert dock.inspect(ring_seen(serial=None, kept=1)).row["outcome"] == "partial"
    assert troubles(dock) == []


def test_a_parcel_of_which_nothing_came_is_empty(dock):
    assert dock.inspect(ring_seen(None, came=0, stones=None, serial=None, hallmark=None)).row["outcome"] == "held"
    assert troubles(dock) == ["empty_parcel"]


def test_what_was_not_weighed_is_never_accepted(dock):
    row = dock.inspect(ring_seen(None)).row
    assert (row["outcome"], row["pieces"][0]["accepted"]) == ("held", 0)
    assert troubles(dock) == ["weight_doubt"]


# Two people


def test_above_the_house_limit_one_person_and_no_video_hold_the_money_and_not_the_door():
    dock = here(DEAR)
    row = dock.inspect().row
    assert (row["outcome"], row["waits_for"]) == ("held", ["second_person", "opening_video"])
    assert (dock.file.case.stage, troubles(dock)) == ("inspected", ["signature_wanted"])


def test_a_second_holder_and_the_video_lift_it_and_end_its_word():
    dock = here(DEAR)
    dock.inspect()
    troubles(dock)
    row = dock.sign(video=dock.evidence())
    assert (row["outcome"], row["second"], row["waits_for"], row["same_state"]) == ("accepted", "dock-2", [], True)
    assert troubles(dock) == []


def test_a_video_that_the_receipt_names_is_not_asked_for_again():
    dock = Dock(DEAR)
    dock.receive(opening_video=dock.evidence())
    assert dock.inspect().row["waits_for"] == ["second_person"]


def test_a_video_that_comes_after_the_signature_is_taken():
    dock = here(DEAR)
    dock.inspect()
    assert dock.sign()["waits_for"] == ["opening_video"]
    assert dock.sign(video=dock.evidence())["outcome"] == "accepted"


def test_nobody_signs_or_releases_what_they_found_themselves(dock):
    dock.inspect(ring_seen("5.22"))
    with pytest.raises(SamePerson):
        dock.sign(by="dock-1")
    with pytest.raises(SamePerson):
        dock.release({1: 1}, by="dock-1")


def test_a_weight_in_doubt_is_accepted_when_a_second_person_agrees(dock):
    held = dock.inspect(ring_seen("5.22")).row
    assert (held["outcome"], held["waits_for"], troubles(dock)) == ("held", ["second_person"], ["weight_doubt"])
    row = dock.sign()
    assert (row["outcome"], row["pieces"][0]["verdict"], row["pieces"][0]["accepted"]) == ("accepted", "as_sold", 1)
    assert troubles(dock) == []


def test_a_second_person_who_disagrees_holds_it(dock):
    dock.inspect(ring_seen("5.22"))
    row = dock.sign(agrees=False)
    assert (row["outcome"], row["holds"], row["reasons"][-1]) == ("held", True, "second_person_disagrees")


def test_a_signature_does_not_lift_what_wants_a_decision(dock):
    dock.inspect(ring_seen("4.00"))
    assert dock.sign()["holds"]


def test_signing_twice_is_quiet(dock):
    dock.inspect(ring_seen("5.22"))
    assert dock.sign() == dock.sign()
    assert dock.logged.count("inspection_signed") == 1


# A release


def test_another_person_releases_what_is_held_and_says_what_is_accepted():
    dock = here(PAIR)
    dock.inspect(ring_seen(serial=None))
    row = dock.release({1: (1, Decimal("5.18"))})
    assert (row["outcome"], row["holds"], row["released_by"]) == ("partial", False, "lead-1")
    assert (row["pieces"][0]["accepted"], row["pieces"][0]["accepted_net_g"]) == (1, "5.18")
    assert dock.file.log[-1].facts["why"] == "customer_agrees"


def test_a_release_ends_a_doubt_and_leaves_a_shortfall_to_whoever_works_on_it():
    dock = here(PAIR)
    dock.inspect(ring_seen(serial=None, readings_ppt=(Decimal(740),) * 3))
    assert troubles(dock) == ["fineness_doubt", "shortfall"]
    dock.release({1: 1})
    assert troubles(dock) == ["shortfall"]
    assert dock.file.claims


def test_a_release_is_said_twice_in_quiet_and_not_otherwise(dock):
    dock.inspect(ring_seen("4.00"))
    assert dock.release({1: 0}) == dock.release({1: 0})
    with pytest.raises(InspectionOver):
        dock.release({1: 1})


def test_a_release_names_every_line_that_is_held_and_no_more_than_came(dock):
    dock.inspect(ring_seen("4.00"))
    with pytest.raises(InvalidRequestError) as refused:
        dock.release({2: 1})
    assert {fault.code for fault in refused.value.faults} == {"line_wanted", "no_such_line"}
    with pytest.raises(InvalidRequestError) as refused:
        dock.release({1: (2, None)})
    assert {fault.code for fault in refused.value.faults} == {"more_than_came"}
    with pytest.raises(InvalidRequestError) as refused:
        dock.release({1: (1, Decimal("4.01"))})
    assert {fault.code for fault in refused.value.faults} == {"heavier_than_weighed"}


def test_there_is_nothing_to_release_where_nothing_is_held(dock):
    dock.inspect()
    with pytest.raises(InspectionOver):
        dock.release({1: 1})


# Looked at again


def test_another_finding_replaces_the_first_with_a_word_of_why_and_both_digests_are_kept(dock):
    dock.inspect(ring_seen("5.10"))
    assert troubles(dock) == ["shortfall"]
    with pytest.raises(InspectionDiffers):
        dock.inspect(ring_seen("5.29"))
    dock.inspect(ring_seen("5.29"), corrects=True, why="other_scale", by="dock-2")
    assert troubles(dock) == []
    assert (dock.inspection(1).replaced_by, dock.inspection(2).outcome) == (2, "accepted")
    noted = next(entry for entry in dock.file.log if entry.what == "inspected_again")
    assert (noted.facts["was"], noted.facts["why"]) == (dock.inspection(1).digest, "other_scale")
    with pytest.raises(InspectionOver):
        dock.sign(n=1)


def test_weighed_three_times_only_the_last_counts_and_nothing_told_stays_behind(dock):
    dock.inspect(ring_seen("5.19"))
    troubles(dock)
    dock.inspect(ring_seen("5.18"), corrects=True, why="other_scale")
    dock.inspect(ring_seen("5.30"), corrects=True, why="other_scale_again")
    assert troubles(dock) == []
    rows = read_inspections(dock.ports, CASE)
    assert [(row["inspection"], row["replaced_by"]) for row in rows["items"]] == [(1, 2), (2, 3), (3, None)]
    assert rows["same_state"] is True


# What cannot be


def test_nothing_is_looked_into_before_its_parcel_was_taken_in():
    with pytest.raises(NotReceived):
        Dock().inspect()


def test_a_parcel_that_was_empty_holds_no_piece():
    dock = Dock()
    dock.receive(contents="empty")
    with pytest.raises(ConflictError, match="correct the receipt"):
        dock.inspect()


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({"came": 2}, {"more_than_sold"}),
        ({"came": 0}, {"nothing_came"}),
        ({"line": 3}, {"line_wanted", "no_such_line"}),
        ({"second_agrees": True}, {"required"}),
        ({"weighing": replace(weighed("5.28"), net_g=Decimal("5.40"))}, {"heavier_than_gross"}),
        (
            {"weighing": replace(weighed("5.28"), calibrated_on=(AT_THE_DOOR + timedelta(days=9)).date())},
            {"in_the_future"},
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(dock, told, codes):
    with pytest.raises(InvalidRequestError) as refused:
        dock.inspect(ring_seen(**told))
    assert {fault.code for fault in refused.value.faults} == codes


def test_an_inspection_there_is_not_cannot_be_signed(dock):
    with pytest.raises(NotFoundError):
        dock.sign(n=4)


# After a repair


def repaired(dock: Dock, weight: str = "4.20") -> None:
    taken = TakeIn(AT_THE_DOOR, "bench", Decimal(weight), "SCALE-1", 1, "750", (), ())
    order = RepairOrder(CASE, 1, "SZX-1", "in_work", (UP_TWO,), AT_THE_DOOR, "desk", take_in=taken)
    amend_file(dock.ports, CASE, AT_THE_DOOR, lambda file: Amendment(file.case, "repair_ordered", {}, parts=(order,)))


def test_after_a_repair_the_ring_is_held_against_its_work_order_and_its_stage_is_the_repairs(dock):
    dock.inspect()
    repaired(dock)
    row = dock.inspect(ring_seen("4.63"), after_repair=1).row
    assert (row["outcome"], row["inspection"], row["after_repair"]) == ("accepted", 2, 1)
    assert dock.file.case.stage == "inspected"
    assert dock.inspection(1).replaced_by is None


def test_metal_that_went_at_the_bench_is_told_and_starts_no_carriers_clock(dock):
    dock.inspect()
    repaired(dock)
    dock.inspect(ring_seen("4.20"), after_repair=1)
    assert troubles(dock) == ["shortfall"]
    assert dock.file.claims == ()


# Nothing lost, nothing twice


def test_a_word_that_was_not_sent_is_sent_by_the_sweep(dock):
    dock.inspect(ring_seen("4.00"))
    dock.world.queues.waiting.clear()
    sweep(dock.ports, AT_THE_DOOR + timedelta(minutes=1))
    assert "shortfall" in troubles(dock)


def test_what_was_told_twice_is_one_trouble(dock):
    dock.inspect(ring_seen("4.00"))
    dock.inspect(ring_seen("4.00"))
    troubles(dock)
    dock.inspect(ring_seen("4.00"))
    assert troubles(dock) == ["shortfall"]
    assert dock.logged.count("inspection_told") == 1


def test_the_desk_is_told_what_an_inspection_waits_for():
    dock = here(DEAR)
    dock.inspect()
    words = next_of_custody(dock.file)
    assert [("second person" in words[0]), ("video" in words[1])] == [True, True]


def test_a_claim_stays_when_a_person_has_done_with_the_word_of_the_shortfall():
    from chalicelib.alerts.changes import resolved
    from chalicelib.workflows.keep_claims import look
    from chalicelib.workflows.keep_exceptions import change

    dock = here()
    dock.inspect(ring_seen("4.00"))
    troubles(dock)
    told = next(one for one in dock.file.exceptions if one.kind == "shortfall")
    later = AT_THE_DOOR + timedelta(hours=2)
    change(
        dock.ports, told.exception_id,
        lambda one, n: resolved(one, later, "desk", "claimed", version=one.version + 1, sequence=n), later,
    )  # fmt: skip
    look(dock.ports, {"case_id": CASE, "leg": 1}, later)
    assert {one.state for one in dock.file.claims} == {"watched"}
