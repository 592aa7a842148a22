"""A repair from its order to the way home: what is lacking is said at once, what is illegal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.money_noted import MoneyNoted
from chalicelib.returns.repair import CustomsChoice, Operation, RepairOrder
from chalicelib.returns.repair_orders import RepairStepNotAllowed
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.note_money import note_money
from tests.workflows.bench import DAY, MONDAY, PHOTOS, THE_RING, UP_TWO, Bench, euros

POLISH = Operation("polish", 1, {})


def faults(refused: pytest.ExceptionInfo[InvalidRequestError]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refused.value.faults}


def test_check_case_11_a_ring_two_sizes_up_passes_at_4_63_g_and_is_sent_out_once() -> None:
    bench = Bench()
    bench.agreed()
    bench.tested("4.63")
    assert (bench.repair.expected_low_g, bench.repair.expected_high_g) == (Decimal("4.55"), Decimal("4.71"))
    bench.act("done")
    assert bench.repair.due_at == MONDAY
    bench.look_when_due(MONDAY)
    bench.look("REPAIR", "1", MONDAY + DAY)
    assert bench.sent_out == [("repaired", 1)]
    assert bench.repair.due_at is None
    assert bench.repair.is_at_rest
    assert bench.file.case.stage == "in_repair"


def test_the_way_out_is_asked_for_again_when_the_worker_died_before_it_wrote_that_down() -> None:
    bench = Bench()
    bench.agreed()
    bench.tested()
    bench.act("done")
    before = bench.repair
    bench.look_when_due(MONDAY)
    bench.put("in_repair", before)
    bench.look_when_due(MONDAY)
    assert bench.sent_out == [("repaired", 1)] * 2


@pytest.mark.parametrize("gross", ["4.54", "4.72", "4.20"])
def test_a_weight_that_the_work_does_not_explain_is_held_and_only_another_person_accepts_it(gross: str) -> None:
    bench = Bench()
    bench.agreed()
    bench.tested(gross)
    with pytest.raises(ConflictError):
        bench.act("done")
    bench.look_when_due(MONDAY)
    bench.alerts()
    assert bench.open_kinds() == ["repair_weight_doubt"]
    with pytest.raises(ConflictError, match="another person"):
        bench.act("accept_weight", by="bench", why="filings_weighed")
    bench.act("accept_weight", by="second", why="filings_weighed")
    bench.look_when_due(MONDAY)
    bench.alerts()
    assert bench.open_kinds() == []
    bench.act("done")
    assert bench.repair.weight_accepted_by == "second"


def test_work_that_no_rule_can_weigh_is_judged_by_the_grams_the_bench_noted() -> None:
    bench = Bench()
    bench.order(Operation("restring", 1, {}), under_warranty=True)
    bench.take_in()
    bench.act("start")
    bench.act("test", gross_g=Decimal("4.20"), scale_id="S-1")
    assert bench.repair.tested_ok is False
    bench.act("start")
    bench.act("metal", added_g=Decimal("0.10"), removed_g=Decimal("0.10"))
    bench.act("test", gross_g=Decimal("4.22"), scale_id="S-1")
    assert bench.repair.tested_ok is True


def test_no_work_begins_before_weight_photos_stones_and_a_yes_are_there_and_all_that_lacks_is_told_at_once() -> None:
    bench = Bench()
    bench.put("inspected", bench.photo("E5", state="uploaded"), bench.photo("E6", kind="certificate"))
    bench.order()
    bench.take_in(stones=None, photos=("E1", "E2", "E5", "E6"))
    before = bench.file.case.version
    with pytest.raises(InvalidRequestError) as refused:
        bench.act("start")
    assert faults(refused) == {
        ("take_in.stones", "required"), ("take_in.evidence_ids", "too_few_photos"), ("consent", "required"),
    }  # fmt: skip
    assert bench.file.case.version == before


def test_evidence_that_is_not_of_this_case_is_refused_by_name() -> None:
    bench = Bench()
    bench.order()
    with pytest.raises(InvalidRequestError) as refused:
        bench.take_in(photos=("E1", "E9"))
    assert faults(refused) == {("evidence_ids", "no_such_evidence")}


@pytest.mark.parametrize("beyond", [None, "yes"])
def test_a_warranty_needs_no_yes_but_for_what_it_does_not_cover(beyond: str | None) -> None:
    bench = Bench("warranty", "quality")
    facts = dict(UP_TWO.facts) | ({"beyond_warranty": beyond} if beyond else {})
    bench.order(Operation("resize", 1, facts), POLISH)
    bench.take_in()
    assert bench.repair.under_warranty is True
    if beyond:
        with pytest.raises(InvalidRequestError):
            bench.act("start")
        lines = {one.code: one for one in bench.offer().lines}
        assert lines["work.polish"].note == "paid_by_the_warranty"
        assert lines["work.resize"].amount == euros("38.00")
        bench.answer()
    bench.act("start")
    assert bench.repair.state == "in_work"


def test_a_warranty_that_pays_for_all_has_nothing_to_quote() -> None:
    bench = Bench("warranty", "quality")
    bench.order(POLISH)
    with pytest.raises(ConflictError, match="nothing to quote"):
        bench.offer()


def test_a_piece_that_nobody_has_looked_at_or_that_is_held_does_not_go_to_the_bench() -> None:
    bench = Bench(stage="received")
    bench.order()
    with pytest.raises(ConflictError, match="inspect"):
        bench.take_in()
    held = Inspection(bench.case_id, 1, 1, MONDAY, "a", None, "held", ())
    bench.put("inspected", held)
    with pytest.raises(ConflictError, match="holds"):
        bench.take_in()
    assert bench.repair.state == "ordered"


@pytest.mark.parametrize("stage", ["review", "evidence_needed", "closed", "cancelled"])
def test_no_repair_is_ordered_of_a_return_that_is_not_decided_or_is_over(stage: str) -> None:
    bench = Bench(stage=stage)  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        bench.order()


def test_the_same_order_again_is_quiet_and_another_of_the_same_line_is_refused() -> None:
    bench = Bench()
    assert [bench.order(), bench.order()] == [(True, 1), (False, 1)]
    with pytest.raises(ConflictError, match="repair 1 of this line"):
        bench.order(POLISH)
    bench.act("withdraw", why="customer_asked")
    assert bench.order(POLISH) == (True, 2)


@pytest.mark.parametrize(
    ("kind", "reason"), [("refund", "quality"), ("repair", "repair"), ("warranty", "quality"), ("recall", "recall")]
)
def test_a_return_of_any_kind_may_end_in_a_repair(kind: str, reason: str) -> None:
    bench = Bench(kind, reason)
    assert bench.order(POLISH) == (True, 1)


def test_check_case_9_an_engraved_ring_that_may_not_be_withdrawn_may_still_be_mended_as_a_fault() -> None:
    bench = Bench("warranty", "quality", item=replace(THE_RING, engraved=True, made_to_order=True))
    bench.order(Operation("retip", 1, {"count": "2"}))
    bench.take_in()
    bench.act("start")
    assert bench.repair.state == "in_work"


def test_other_work_than_was_agreed_takes_a_new_yes() -> None:
    bench = Bench()
    bench.agreed()
    bench.act("change", operations=(UP_TWO, POLISH))
    assert bench.repair.consent is None
    assert [one.state for one in bench.quotes] == ["replaced"]
    with pytest.raises(InvalidRequestError):
        bench.act("start")
    bench.offer()
    bench.answer("1-2")
    bench.act("start")


def test_progress_is_kept_for_the_customer_to_see_and_the_same_twice_is_quiet() -> None:
    bench = Bench()
    bench.agreed()
    bench.act("start")
    for code in ("at_the_bench", "at_the_bench", "stones_out"):
        bench.act("progress", progress=code)
    assert [one.code for one in bench.repair.progress] == ["at_the_bench", "stones_out"]
    with pytest.raises(InvalidRequestError):
        bench.act("progress", progress="flying")


def test_a_late_repair_is_told_once_and_the_word_is_closed_when_it_is_done() -> None:
    bench = Bench()
    bench.agreed()
    bench.act("start")
    assert bench.repair.promised_on == date(2026, 12, 7)
    late = MONDAY + 16 * DAY
    assert bench.repair.due_at is not None
    assert bench.repair.due_at <= late
    bench.look_when_due(late)
    bench.look("REPAIR", "1", late)
    bench.alerts(late)
    assert bench.open_kinds() == ["repair_late"]
    bench.act("test", gross_g=Decimal("4.63"), scale_id="S-1", now=late)
    bench.act("done", now=late)
    bench.look_when_due(late)
    bench.alerts(late)
    assert bench.open_kinds() == []


def test_a_repair_is_asked_for_by_a_number_that_there_is() -> None:
    with pytest.raises(NotFoundError):
        Bench().act("start", n=3)


def test_a_partner_mends_without_a_border_and_what_was_planned_for_the_road_is_not_bought() -> None:
    bench = Bench(stage="approved")
    bench.order(place="ATELIER-FR")
    lines = {one.code: one for one in bench.offer().lines}
    assert (lines["duty_back"].amount, lines["duty_back"].note) == (euros("0"), "no_customs_border")
    assert lines["work.resize"].amount == euros("65.00")
    bench.answer()
    bench.take_in()
    assert bench.file.case.stage == "in_repair"
    assert {one.status for one in bench.file.bookings} == {"cancelled"}
    bench.tested()
    bench.act("done")
    bench.look_when_due(MONDAY)
    assert bench.sent_out == []
    bench.act("hand_back")
    assert bench.repair.is_at_rest
    bench.look_when_due(MONDAY)
    assert bench.file.case.stage == "in_repair"  # until it is paid
    price = bench.quotes[-1].payable_to_us
    assert price is not None
    paid = MoneyNoted("repair_price", "customer", "merchant", price, "TR-1")
    note_money(bench.ports, bench.case_id, paid, by="fin", now=MONDAY)
    assert bench.file.case.stage == "closed"
    bench.act("hand_back")
    with pytest.raises(ConflictError):
        bench.act("declare", customs=CustomsChoice(guarantee_proven=True))


def test_a_partner_takes_nothing_in_while_a_waybill_that_was_bought_stands() -> None:
    bench = Bench(stage="approved")
    waybill = next(one for one in bench.file.bookings if one.kind == "waybill")
    assert bench.ports.cases.save_booking(replace(waybill, status="claimed"), "planned")
    bench.order(place="ATELIER-FR")
    with pytest.raises(ConflictError, match="call it off"):
        bench.take_in()
    assert bench.file.case.stage == "approved"


def test_a_partner_is_asked_for_what_it_does() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        Bench(stage="approved").order(Operation("stone_set", 1, {"carat": "0.05"}), place="ATELIER-FR")
    assert faults(refused) == {("operations", "not_done_there")}


def test_a_piece_nobody_fetches_is_never_disposed_of_and_a_person_is_told_on_four_days() -> None:
    bench = Bench()
    bench.agreed()
    bench.act("unrepaired", why="not_possible")
    bench.look_when_due(MONDAY)
    bench.act("unclaimed", why="came_back_twice")
    for days, told in ((0, 0), (29, 0), (30, 1), (60, 2), (90, 3), (180, 4), (2000, 4)):
        at = MONDAY + timedelta(days=days)
        bench.look_when_due(at)
        assert (bench.repair.state, bench.repair.told) == ("unclaimed", told), days
        bench.alerts(at)
        assert bench.open_kinds() == ["piece_unclaimed"]
    assert bench.repair.due_at is None
    bench.act("claimed", now=MONDAY + 2001 * DAY)
    bench.look_when_due(MONDAY + 2001 * DAY)
    assert bench.sent_out == [("unrepaired", 1)] * 2


def test_a_partners_piece_that_nobody_fetches_becomes_unclaimed_by_the_clock_and_can_still_be_handed_over() -> None:
    bench = Bench(stage="approved")
    bench.order(place="ATELIER-FR", under_warranty=True)
    bench.take_in()
    bench.tested()
    bench.act("done")
    bench.look_when_due(MONDAY + 31 * DAY)
    assert (bench.repair.state, bench.repair.told) == ("unclaimed", 1)
    bench.act("claimed", now=MONDAY + 32 * DAY)
    bench.act("hand_back", now=MONDAY + 32 * DAY)
    assert bench.repair.is_at_rest


def test_what_customs_must_be_told_before_the_piece_leaves_cannot_be_chosen_after() -> None:
    bench = Bench(stage="approved")
    bench.order()
    chosen = CustomsChoice(authorisation="OP-1", back_by=date(2027, 5, 1))
    bench.act("declare", customs=chosen)
    bench.act("declare", customs=chosen)
    assert (bench.repair.customs.authorisation, bench.repair.customs.chosen_by) == ("OP-1", "bench")
    leg = replace(bench.file.legs[0], number="794", ship_date=MONDAY.date())
    amend(
        bench.ports, bench.case_id, MONDAY,
        lambda case: Amendment(replace(case, stage="in_transit"), "moved", legs=(leg,)),
    )  # fmt: skip
    with pytest.raises(ConflictError, match="authorisation had to be chosen before"):
        bench.act("declare", customs=CustomsChoice(authorisation="OP-2"))
    bench.act("declare", customs=CustomsChoice(guarantee_proven=True, fair_value=euros("40")))
    assert bench.repair.customs.guarantee_proven is True


def test_two_lines_are_two_repairs_and_go_back_together_when_both_are_over() -> None:
    bench = Bench()
    two = replace(bench.file.plan.request, items=(THE_RING, replace(THE_RING, serial="GT-2")))
    amend(
        bench.ports, bench.case_id, MONDAY,
        lambda case: Amendment(case, "two_lines", plan=replace(bench.file.plan, request=two)),
    )  # fmt: skip
    bench.order(POLISH, under_warranty=True)
    bench.order(Operation("polish", 2, {}), under_warranty=True)
    for n in (1, 2):
        bench.act("take_in", n, gross_g=Decimal("4.20"), scale_id="S-1", stones=1, evidence_ids=PHOTOS)
        bench.act("start", n)
    for n in (1, 2):
        bench.act("test", n, gross_g=Decimal("4.18"), scale_id="S-1")
        bench.act("done", n)
        bench.look_when_due(MONDAY)
        assert bench.sent_out == ([] if n == 1 else [("repaired", 2), ("repaired", 1)])
    assert all(one.is_at_rest for one in bench.file.parts.of(RepairOrder))


@pytest.mark.parametrize(
    "step", ["done", "hand_back", "claimed", "test", "progress", "metal", "accept_weight", "start"]
)
def test_a_step_too_early_is_refused_with_the_state_and_writes_nothing(step: str) -> None:
    bench = Bench()
    bench.order()
    version = bench.file.case.version
    deed = {"gross_g": Decimal(4), "scale_id": "S", "progress": "stones_out", "added_g": Decimal(1), "why": "w"}
    with pytest.raises((RepairStepNotAllowed, ConflictError)) as refused:
        bench.act(step, **deed)
    assert refused.value.code in ("repair_step_not_allowed", "conflict")
    assert bench.file.case.version == version


def test_nothing_is_due_or_told_of_a_repair_whose_return_a_person_has_closed() -> None:
    bench = Bench()
    bench.agreed()
    bench.act("start")
    bench.put("closed")
    bench.look_when_due(MONDAY + 40 * DAY)
    bench.alerts(MONDAY + 40 * DAY)
    assert (bench.repair.due_at, bench.open_kinds(), bench.sent_out) == (None, [], [])
