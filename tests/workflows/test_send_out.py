"""What goes out again: for its own purpose, through the border of its customer, once however often it is asked for."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.ledger import EntryFacts
from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError, StageNotAllowed
from chalicelib.money import Money
from chalicelib.returns.money_noted import MoneyNoted
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import OutFacts
from chalicelib.workflows import keep_repair
from chalicelib.workflows.gather_papers import gather, issued_on
from chalicelib.workflows.note_money import note_money
from chalicelib.workflows.read_ledger import left_on
from chalicelib.workflows.read_ways_out import BOUGHT
from chalicelib.workflows.send_out import call_off_for, call_off_way_out
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Crash, Fault, Gate
from tests.faults.stories import RING
from tests.workflows.out_desk import LATER, PROVEN, OutDesk, receipt

NEW_RING = replace(RING, serial="GT-0077", gross_weight_g=Decimal("5.61"), net_weight_g=Decimal("5.50"))
RETURNED = (("picked_up", "SHENZHEN", "CN", 2), ("RS", "PARIS", "FR", 52), ("delivered", "SHENZHEN", "CN", 90))


def estimate_of(desk: OutDesk) -> Any:
    return desk.way().answer["estimate"]


def relief(desk: OutDesk, code: str) -> Any:
    return next(row for row in estimate_of(desk)["relief"] if row["code"] == code)


def decide(desk: OutDesk, outcome: str) -> None:
    verdict = Verdict("resolve", "anna", note="looked into", outcome=outcome)
    act_on_exception(desk.ports, desk.exception("way_out_wanted").exception_id, verdict, desk.world.now)


def test_a_refused_piece_waits_for_the_proof_of_how_it_left_its_country_and_stands_on_the_work_list() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.ask_out("refused", settlement=1)
    assert (desk.way().state, desk.leg().purpose, str(desk.leg().lane)) == ("wanted", "unaltered_back", "CN->FR")
    assert desk.troubles == [("way_out_wanted", "refused")]
    assert desk.case["ways_out"][0]["next"] == [
        "give facts.export_reference (the export by which the piece left the customer's country) for the return_invoice"
    ]
    desk.world.pump()
    desk.world.sweep_at(LATER + timedelta(hours=2))
    assert (desk.waybill().status, desk.file.case.stage) == ("planned", "settling")


def test_given_its_proof_a_refused_piece_comes_into_its_country_free_and_goes_to_the_door() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.ask_out("refused", settlement=1)
    assert desk.plan("refused", settlement_n=1, facts=PROVEN) == 2
    assert (desk.way().state, desk.file.case.stage, desk.troubles) == ("planned", "sending_out", [])
    assert (estimate_of(desk)["total"], relief(desk, "EU-F05")["status"]) == ("0.00", "proven")
    desk.world.pump()
    desk.goes()
    assert (desk.way().state, desk.case["legs"][1]["tracking"]["milestone"]) == ("delivered", "delivered")
    told = [entry.facts["state"] for entry in desk.file.log if entry.what.startswith("way_out_")]
    assert told == ["wanted", "planned", "sent", "delivered"]


def test_the_waybill_of_a_way_out_goes_from_us_to_the_customer_and_the_merchant_pays_at_the_border() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    orders: list[Any] = []
    desk.interpose(lambda request: orders.append(request) if request.path == "/ship/v1/shipments" else None)
    desk.world.pump()
    (order,) = (json.loads(one.body)["requestedShipment"] for one in orders)
    customs = order["customsClearanceDetail"]
    assert order["shipper"]["address"]["countryCode"] == "CN"
    assert order["recipients"][0]["address"]["countryCode"] == "FR"
    assert customs["dutiesPayment"]["paymentType"] == "SENDER"
    assert customs["commercialInvoice"]["shipmentPurpose"] == "NOT_SOLD"
    assert desk.waybill().reference == f"{desk.file.case.rma}-2W"


def test_a_ring_repaired_under_warranty_comes_in_free_of_duty_and_weighs_what_it_weighs_after_the_work() -> None:
    fair = Money(Decimal(60), "EUR")
    desk = OutDesk("fedex").home().repaired(under_warranty=True, guarantee_proven=True, fair_value=fair)
    desk.ask_out("repaired", repair=1)
    desk.plan("repaired", repair_n=1, facts=OutFacts(back_in_time=True))
    (item,) = desk.way().items
    assert (item.gross_weight_g, item.net_weight_g, item.price.amount) == (
        Decimal("5.60"), Decimal("5.50"), Decimal("1180.00"),
    )  # fmt: skip
    assert (desk.way().state, desk.leg().purpose) == ("planned", "repaired_back")
    assert relief(desk, "EU-OPR-GUARANTEE")["status"] == "proven"
    assert Decimal(estimate_of(desk)["total"]) < Decimal(estimate_of(desk)["total_without_relief"])


def test_of_a_paid_repair_only_the_work_is_dutiable_and_the_piece_is_worth_more_by_it() -> None:
    desk = OutDesk("fedex").home().repaired(paid="180.00")
    desk.plan("repaired", repair_n=1, facts=OutFacts(back_in_time=True))
    found = relief(desk, "EU-OPR")
    assert found["status"] == "proven"
    # 2.5 % of 180, and French VAT of 20 % on both.
    assert estimate_of(desk)["total"] == "41.40"
    assert desk.way().items[0].price == Money(Decimal("1360.00"), "EUR")
    assert desk.way().answer["border"]["pays"] == "merchant"


def test_a_repair_that_is_done_sends_its_ring_home_by_itself_and_the_return_is_closed_at_the_door_once_paid() -> None:
    desk = OutDesk("fedex").home().repaired(paid="180.00", back_by=LATER.date())
    keep_repair.look(desk.ports, "case0001", "1", LATER)
    desk.world.pump()
    assert (desk.waybill().status, desk.file.case.stage) == ("done", "sending_out")
    unpaid = "See that 180.00 EUR of the price of repair 1 is paid, and note it (POST .../money)"
    assert desk.case["next"] == [f"Leg 2: {BOUGHT}", unpaid]
    desk.goes()
    assert (desk.way().state, desk.file.case.stage, desk.troubles) == ("delivered", "sending_out", [])
    paid = MoneyNoted("repair_price", "customer", "merchant", Money(Decimal("180.00"), "EUR"), "TR-1")
    note_money(desk.ports, "case0001", paid, by="fin", now=desk.world.now)
    assert (desk.file.case.stage, desk.case["next"]) == ("closed", [])
    assert {(papers.leg_n, paper.status) for papers in desk.file.papers for paper in papers.papers} == {
        (1, "ready"), (2, "ready"),
    }  # fmt: skip


@pytest.mark.parametrize(("paid_on", "left"), [(date(2026, 9, 14), date(2026, 11, 24)), (date(2026, 12, 5), None)])
def test_duty_paid_on_the_way_out_is_not_reclaimed_by_the_way_home_before_it(paid_on: date, left: date | None) -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    desk.goes()
    assert left_on(desk.ports, desk.file, EntryFacts("FR", "26FR0002", paid_on)) == left


@pytest.mark.parametrize(("duty", "pays", "terms"), [("41.40", "customer", "DAP"), ("0.00", "merchant", "DDP")])
def test_the_customer_pays_at_the_door_what_the_quote_they_approved_says_and_nothing_besides(duty, pays, terms) -> None:
    desk = OutDesk("fedex").home().repaired(paid="180.00", duty=duty)
    desk.plan("repaired", repair_n=1, facts=OutFacts(back_in_time=True))
    assert (desk.way().answer["border"]["pays"], desk.way().answer["border"]["terms"]) == (pays, terms)
    assert estimate_of(desk)["total"] == "41.40"


def test_the_papers_of_a_repaired_piece_say_what_was_done_and_what_it_cost() -> None:
    desk = OutDesk("fedex").home().repaired(paid="180.00")
    desk.plan("repaired", repair_n=1, facts=OutFacts(back_in_time=True, seals=("S-7",)))
    desk.world.pump()
    file, leg = desk.file, desk.leg()
    person = desk.ports.cases.person("case0001")
    facts = gather(file, leg, person, desk.ports.merchant(), issued_on(file, leg, LATER))
    assert facts.repair is not None
    assert (facts.repair.charge, facts.seals) == (Money(Decimal("180.00"), "EUR"), ("S-7",))
    assert facts.work is not None
    assert facts.work.grams_added == Decimal("0.30")
    assert (facts.importer, facts.incoterm) == (facts.consignee, "DDP")
    assert facts.export.reference == "26FR0001"


def test_a_piece_that_was_not_repaired_comes_back_as_it_left_and_is_not_called_repaired() -> None:
    desk = OutDesk("fedex").home().repaired()
    order = replace(desk.file.parts.of(RepairOrder)[0], state="unrepaired", metal_added_g=None, gross_after_g=None)
    desk.put("in_repair", order)
    desk.ask_out("unrepaired", repair=1)
    assert (desk.leg().purpose, desk.way().state) == ("unaltered_back", "planned")
    assert relief(desk, "EU-F05")["status"] == "proven"


def test_a_replacement_waits_until_somebody_has_said_which_piece_goes_with_its_own_weights() -> None:
    desk = OutDesk("fedex").home().settled("exchange")
    desk.ask_out("replacement", settlement=1)
    assert (desk.way().state, desk.leg()) == ("wanted", None)
    assert "items: say which piece goes" in desk.case["ways_out"][0]["next"][0]
    with pytest.raises(ConflictError, match="POST ways-out"):
        decide(desk, "approved")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    assert (desk.way().state, desk.leg().purpose, desk.leg().customs_value) == (
        "planned", "exchange_replacement", NEW_RING.price,
    )  # fmt: skip
    assert desk.troubles == []


def test_a_replacement_in_exchange_is_a_sale_at_its_own_price_and_the_customer_pays_nothing_at_the_door() -> None:
    desk = OutDesk("fedex").home().settled("exchange")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    border = desk.way().answer["border"]
    assert (border["importer"], border["pays"], border["terms"]) == ("customer", "merchant", "DDP")
    assert Decimal(estimate_of(desk)["total"]) > 0
    assert {row["status"] for row in estimate_of(desk)["relief"]} == {"not_eligible"}


@pytest.mark.parametrize(("agreed", "terms"), [("customer", "DAP"), ("merchant", "DDP")])
def test_who_pays_at_the_door_is_what_was_agreed_where_a_person_says_so(agreed: Any, terms: str) -> None:
    desk = OutDesk("fedex").home().settled("exchange")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), facts=OutFacts(pays=agreed))
    assert (desk.way().answer["border"]["pays"], desk.way().answer["border"]["terms"]) == (agreed, terms)


def test_a_faulty_piece_replaced_is_a_replacement_under_warranty() -> None:
    desk = OutDesk("fedex", reason="quality").home().settled("replacement")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    assert desk.leg().purpose == "warranty_replacement"


def test_a_parcel_that_was_refused_at_the_door_has_no_purpose_to_go_again_and_a_person_is_told_why() -> None:
    desk = OutDesk("fedex", kind="refused", reason="refused")
    desk.opened()
    desk.settled("refusal")
    desk.put("settling", receipt(1))
    desk.ask_out("refused", settlement=1)
    assert (desk.way().state, desk.leg()) == ("wanted", None)
    assert desk.case["ways_out"][0]["next"] == [
        "decide: purpose: no purpose is known for what goes out as refused in a return of kind refused"
    ]


def test_asked_for_five_times_it_is_planned_once_and_bought_once() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    for _ in range(5):
        desk.ask_out("refused", settlement=1)
    desk.world.pump()
    for _ in range(5):
        desk.ask_out("refused", settlement=1)
    desk.world.pump()
    assert [leg.n for leg in desk.file.legs] == [1, 2]
    assert desk.world.carrier.bookings(f"{desk.file.case.rma}-2W")[0] == 1


def test_planned_again_with_the_same_words_nothing_is_written() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    before = desk.file.case.version
    desk.plan("refused", settlement_n=1, facts=PROVEN, now=LATER + timedelta(minutes=5))
    assert desk.file.case.version == before


@pytest.mark.parametrize("place", range(12))
def test_wherever_its_planning_dies_it_is_planned_once_when_it_is_told_again(place: int) -> None:
    desk = OutDesk("fedex").home().repaired(paid="180.00", back_by=LATER.date())
    gate: Gate = desk.world.gate
    gate.fault = Fault("crash_after", len(gate.calls) + place)
    with suppress(Crash):
        desk.ask_out("repaired", repair=1)
    gate.fault = None
    desk.ask_out("repaired", repair=1)
    desk.world.pump()
    assert [leg.n for leg in desk.file.legs] == [1, 2]
    assert (desk.way().state, desk.waybill().status) == ("planned", "done")
    assert [entry.what for entry in desk.file.log].count("way_out_planned") == 1


def test_what_was_asked_by_a_settlement_that_was_withdrawn_is_not_sent() -> None:
    desk = OutDesk("fedex").home().settled("refusal", why="changed")
    withdrawn = replace(desk.file.parts.of(Settlement)[0], state="withdrawn")
    desk.put("settling", withdrawn)
    desk.ask_out("refused", settlement=1)
    assert len(desk.file.legs) == 1
    with pytest.raises(NotFoundError):
        desk.plan("refused", settlement_n=9)


def test_a_message_without_its_settlement_or_repair_is_refused() -> None:
    desk = OutDesk("fedex").home()
    step = {"kind": "send_out", "case_id": "case0001", "leg": "-", "cause": "refused"}
    with pytest.raises(InvalidRequestError):
        take_step(desk.ports, step, LATER)


def test_sent_without_proof_its_papers_are_made_and_no_relief_is_claimed() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.ask_out("refused", settlement=1)
    with pytest.raises(ConflictError, match=r"facts\.export_reference"):
        decide(desk, "approved")
    decide(desk, "approved_without_proof")
    desk.world.pump()
    assert (desk.way().state, desk.file.case.stage, desk.waybill().status) == ("planned", "sending_out", "done")
    assert desk.way().answer["proof"] == "waived"
    assert desk.troubles == []


def test_a_way_out_that_is_not_wanted_after_all_is_called_off_with_its_exception() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.ask_out("refused", settlement=1)
    decide(desk, "called_off")
    desk.world.pump()
    assert (desk.way().state, desk.waybill().status, desk.file.case.stage) == ("called_off", "cancelled", "settling")


def test_called_off_after_its_waybill_was_bought_that_is_taken_back_and_the_case_is_settled_again() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    call_off_for(desk.ports, "case0001", 1, why="settlement_withdrawn", holder="anna", now=LATER)
    call_off_for(desk.ports, "case0001", 1, why="settlement_withdrawn", holder="anna", now=LATER)
    desk.world.pump()
    assert (desk.way().state, desk.file.case.stage, desk.waybill().status) == ("called_off", "settling", "cancelled")
    assert [bool(one.cancelled_at) for one in desk.world.carrier.memory.shipments.values()] == [False, True]


def test_called_off_while_its_waybill_is_being_bought_that_is_taken_back_when_it_is_recorded() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)

    def meanwhile(request: Any) -> None:
        if request.path == "/ship/v1/shipments":
            call_off_way_out(desk.ports, "case0001", 2, why="other", holder="anna", now=LATER)

    desk.interpose(meanwhile)
    desk.world.pump()
    assert (desk.way().state, desk.waybill().status) == ("called_off", "cancelled")
    assert [bool(one.cancelled_at) for one in desk.world.carrier.memory.shipments.values()] == [False, True]


def test_once_it_moves_only_the_carrier_can_stop_it() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    desk.goes(("picked_up", "SHENZHEN", "CN", 2))
    with pytest.raises(ConflictError, match="is sent"):
        call_off_way_out(desk.ports, "case0001", 2, why="other", holder="anna", now=LATER)
    with pytest.raises(ConflictError, match="is sent"):
        desk.plan("refused", settlement_n=1, facts=OutFacts(carrier="dhl"))


def test_another_carrier_takes_over_what_was_not_bought_yet() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.plan("refused", settlement_n=1, facts=OutFacts(carrier="dhl"))
    assert (desk.leg().carrier, desk.waybill().reference) == ("dhl", f"{desk.file.case.rma}-2W")
    assert desk.way().facts.export_reference == "26FR0001"
    with pytest.raises(InvalidRequestError):
        desk.plan("refused", settlement_n=1, facts=OutFacts(carrier="nobody"))


def test_what_no_carrier_may_take_out_goes_to_a_person_with_the_reason() -> None:
    desk = OutDesk("fedex").home().settled("exchange", replacement_skus=("BAR-50",))
    bar = replace(NEW_RING, article="bar", sku="BAR-50", stones="none", fineness=999)
    desk.plan("replacement", settlement_n=1, items=(bar,))
    assert (desk.way().state, desk.leg()) == ("wanted", None)
    assert any("no contracted service may carry this" in line for line in desk.case["ways_out"][0]["next"])


def test_a_parcel_that_comes_back_to_us_is_told_of_and_received_again_and_may_go_once_more() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    desk.goes(*RETURNED)
    assert (desk.way().state, desk.file.case.stage) == ("back", "sending_out")
    assert ("going_back", None) in [(kind, None) for kind, _ in desk.troubles]
    desk.put("received", receipt(2))
    desk.put("settling")
    assert desk.plan("refused", settlement_n=1, facts=PROVEN) == 3
    assert (desk.way(3).state, desk.leg(3).purpose, desk.file.case.stage) == (
        "planned", "unaltered_back", "sending_out",
    )  # fmt: skip


def test_a_parcel_that_cannot_be_found_on_its_way_out_starts_the_clocks_of_its_own_cover_and_another_may_go() -> None:
    desk = OutDesk("fedex").home().settled("exchange")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    desk.world.pump()
    desk.goes(("picked_up", "SHENZHEN", "CN", 2), ("lost", "ROISSY", "FR", 60))
    desk.world.sweep_at(LATER + timedelta(hours=61))
    assert ("action_required", "loss_suspected") in desk.troubles
    assert {(claim.leg_n, claim.party) for claim in desk.file.claims} >= {(2, "carrier"), (2, "insurer")}
    other = (replace(NEW_RING, serial="GT-0078"),)
    with pytest.raises(ConflictError, match="is sent"):
        desk.plan("replacement", settlement_n=1, items=other)
    assert desk.plan("replacement", settlement_n=1, items=other, instead=True, **desk.lead) == 3
    assert (desk.way(2).state, desk.way(3).state) == ("lost", "planned")
    assert desk.way(2).items[0].serial == "GT-0077"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        (("moving", "lost"), "lost"), (("lost", "moving"), "lost"), (("moving", "came_back"), "back"),
        (("moving", "arrived", "delivery_withdrawn"), "sent"), (("arrived", "moving"), "delivered"),
        (("lost", "arrived"), "delivered"), (("moving", "arrived", "came_back"), "back"), (("came_back",) * 3, "back"),
    ],
)  # fmt: skip
def test_a_way_out_is_where_its_last_news_says_in_whatever_order_they_come(changes: Any, state: str) -> None:
    desk = OutDesk("fedex").home().settled("refusal", lines=())
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    step = {"kind": "advance_case", "case_id": "case0001", "leg": 2, "milestone": "x", "at": "y", "direction": "out"}
    for change in changes:
        take_step(desk.ports, step | {"change": change}, LATER)
    assert (desk.way().state, desk.file.case.stage) == (state, "sending_out")


def test_a_replacement_in_advance_goes_while_the_first_piece_is_still_on_its_way_home() -> None:
    desk = OutDesk("fedex")
    desk.booked()
    desk.settled("advance_replacement", stage="booked")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), now=desk.world.now)
    desk.world.pump()
    assert (desk.way().advance, desk.file.case.stage, desk.waybill().status) == (True, "booked", "done")
    since = desk.world.now
    desk.goes(("picked_up", "SHENZHEN", "CN", 2), since=since)
    assert (desk.way().state, desk.file.case.stage) == ("sent", "booked")
    desk.goes(("picked_up", "PARIS", "FR", 26), since=since, n=1)
    assert desk.file.case.stage == "in_transit"
    assert [leg["tracking"]["milestone"] for leg in desk.case["legs"]] == ["picked_up", "picked_up"]
    assert [one.status for one in desk.file.bookings if one.kind == "pickup"] == ["done"]


def test_while_a_replacement_goes_in_advance_the_courier_for_the_first_piece_is_still_ordered() -> None:
    desk = OutDesk("fedex")
    desk.opened()
    desk.settled("advance_replacement", stage="settling")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), now=desk.world.now)
    desk.world.pump()
    assert {(one.kind, one.leg_n): one.status for one in desk.file.bookings} == {
        ("waybill", 1): "done", ("pickup", 1): "done", ("waybill", 2): "done",
    }  # fmt: skip
    assert desk.file.case.stage == "settling"


def test_a_cancelled_return_calls_off_what_was_to_go_in_advance() -> None:
    desk = OutDesk("fedex")
    desk.booked()
    desk.settled("advance_replacement", stage="booked")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), now=desk.world.now)
    desk.world.pump()
    desk.cancel()
    desk.world.pump()
    assert (desk.file.case.stage, desk.way().state, desk.waybill().status) == ("cancelled", "called_off", "cancelled")
    with pytest.raises(ConflictError, match="cancelled"):
        desk.plan("replacement", settlement_n=1, items=(NEW_RING,))


def test_a_return_is_not_cancelled_while_its_replacement_is_on_the_road() -> None:
    desk = OutDesk("fedex")
    desk.booked()
    desk.settled("advance_replacement", stage="booked")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), now=desk.world.now)
    desk.world.pump()
    desk.goes(("picked_up", "SHENZHEN", "CN", 2), since=desk.world.now)
    with pytest.raises((ConflictError, StageNotAllowed)):
        desk.cancel()


def test_a_courier_may_be_asked_for_at_our_own_door() -> None:
    desk = OutDesk("fedex").home().settled("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    on = (LATER + timedelta(days=1)).date().isoformat()
    assert desk.ask(on, "10:00", "16:00", leg=2)["leg"] == 2
    desk.world.pump()
    (pickup,) = (one for one in desk.file.bookings if (one.kind, one.leg_n) == ("pickup", 2))
    assert (pickup.status, desk.file.case.stage) == ("done", "sending_out")


def test_nothing_goes_that_is_not_here_yet() -> None:
    desk = OutDesk("fedex")
    desk.booked()
    desk.settled("refusal", stage="settling")
    desk.ask_out("refused", settlement=1)
    assert "decide: custody: the piece is not in our hands yet" in desk.case["ways_out"][0]["next"]
