"""No parcel leaves that nothing lets go: without its settlement or its repair, with other pieces than were approved,
with what was settled otherwise, or a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotPermitted
from chalicelib.money import Money
from chalicelib.returns.authority import NotTheirs
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.judge_parcel import ParcelSeen
from chalicelib.returns.repair import RepairOrder
from chalicelib.returns.settlement import Settlement, SettlementLine
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.alert_words import opening
from chalicelib.workflows.close_case import open_points
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.keep_settlement import withdraw
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.right_to_leave import NoRightToLeave
from chalicelib.workflows.send_out import call_off_way_out, plan_way_out
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.stories import RING
from tests.workflows.odd_house import DEAR_RING, PAID, STUDS
from tests.workflows.out_desk import LATER, PROVEN, OutDesk, receipt
from tests.workflows.settling import SettlingHouse, eur, paid, request_paid

CASE = "case0001"
NEW_RING = replace(RING, serial="GT-0077")
LOST = (("picked_up", "SHENZHEN", "CN", 2), ("lost", "ROISSY", "FR", 60))
ON_THE_ROAD = (("picked_up", "SHENZHEN", "CN", 2),)


def desk_with(kind: str = "replacement", **said: Any) -> OutDesk:
    return OutDesk("fedex").home().settled(kind, **said)


def refused(desk: OutDesk, cause: str, error: type[Any] = InvalidRequestError, **said: Any) -> set[tuple[str, str]]:
    """The fields and codes of a refusal that has written nothing."""
    before = desk.file.case.version
    with pytest.raises(error) as told:
        desk.plan(cause, **said)
    assert desk.file.case.version == before
    return {(fault.field, fault.code) for fault in told.value.faults}


# What asks for it


@pytest.mark.parametrize("cause", ["replacement", "refused"])
def test_what_no_settlement_lets_go_does_not_leave_and_the_desk_is_told_to_propose_one(cause: str) -> None:
    desk = OutDesk("fedex").home()
    with pytest.raises(InvalidRequestError, match=r"propose .* have it approved"):
        desk.plan(cause, items=(NEW_RING,), without_proof=True)
    assert refused(desk, cause, items=(NEW_RING,), without_proof=True) == {("settlement_id", "required")}
    assert len(desk.file.legs) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"state": "proposed"}, "settlement_proposed"), ({"state": "withdrawn"}, "settlement_withdrawn"),
        ({"state": "refused_by_provider"}, "settlement_refused_by_provider"),
        ({"state": "approved"}, "not_carried_out"), ({"state": "paying", "pays": "provider"}, "not_carried_out"),
    ],
)  # fmt: skip
def test_only_what_was_approved_and_is_carried_out_sends_a_parcel(said: Any, code: str) -> None:
    desk = desk_with(**said)
    told = refused(desk, "replacement", NoRightToLeave, settlement_n=1, items=(NEW_RING,))
    assert told == {("settlement_id", code)}
    desk.ask_out("replacement", settlement=1)
    assert desk.file.parts.of(WayOut) == ()


def test_where_people_pay_by_hand_its_parcel_need_not_wait_for_them() -> None:
    desk = desk_with("exchange", state="approved", pays="person")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    assert desk.way().state == "planned"


@pytest.mark.parametrize(("kind", "sends"), [("refund", None), ("refusal", "refused")])
def test_a_settlement_sends_what_it_says_and_nothing_else(kind: str, sends: Any) -> None:
    desk = desk_with(kind, sends=sends)
    told = refused(desk, "replacement", settlement_n=1, items=(NEW_RING,))
    assert told == {("settlement_id", "other_outcome")}


@pytest.mark.parametrize("cause", ["repaired", "unrepaired"])
def test_a_piece_from_the_bench_leaves_with_its_repair_and_once_that_is_over(cause: str) -> None:
    desk = OutDesk("fedex").home()
    assert refused(desk, cause) == {("repair", "required")}
    desk.repaired()
    desk.put("in_repair", replace(desk.file.parts.of(RepairOrder)[0], state="in_work"))
    assert refused(desk, cause, NoRightToLeave, repair_n=1) == {("repair", "repair_in_work")}


def test_a_mended_piece_leaves_in_one_parcel_whatever_the_next_is_called() -> None:
    desk = OutDesk("fedex").home().repaired()
    desk.plan("repaired", repair_n=1, facts=PROVEN, without_proof=True)
    again = replace(desk.file.parts.of(RepairOrder)[0], state="unrepaired")
    desk.put("sending_out", again)
    assert refused(desk, "unrepaired", NoRightToLeave, repair_n=1) == {("repair", "on_its_way")}
    desk.put("sending_out", replace(again, state="done", handed_back_at=LATER))
    assert refused(desk, "repaired", NoRightToLeave, repair_n=1) == {("repair", "handed_back")}


def test_a_piece_is_lent_by_somebody_who_may_approve() -> None:
    desk = OutDesk("fedex", kind="loan", reason="loan")
    desk.opened()
    with pytest.raises(NotPermitted, match="settlements:approve"):
        desk.plan("loan", items=(NEW_RING,))
    assert refused(desk, "loan", settlement_n=1, **desk.lead) == {("cause", "nothing_asks_for_it")}
    desk.plan("loan", items=(NEW_RING,), **desk.lead)
    assert desk.leg().purpose == "loan_or_sample"


# Which pieces


@pytest.mark.parametrize(
    ("said", "change", "fault"),
    [
        ({}, {"price": eur("9000.00")}, ("items.0.price", "another_price")),
        ({}, {"price": eur("20.00")}, ("items.0.price", "another_price")),
        ({}, {"sku": "R-18K-02"}, ("items.0.sku", "another_piece")),
        ({}, {"quantity": 3}, ("items", "more_pieces")),
        ({"replacement_skus": ("R-18K-02",)}, {}, ("items.0.sku", "another_piece")),
        ({"replacement_skus": ("R-18K-01",)}, {"price": eur("1180.01")}, ("items.0.price", "dearer")),
        ({"replacement_skus": ("R-18K-01", "R-18K-01")}, {}, ("items", "fewer_pieces")),
        ({"replacement_skus": ("R-18K-01",)}, {"quantity": 2}, ("items", "more_pieces")),
        ({"replacement_skus": ("R-18K-01", "E-1")}, {"quantity": 2}, ("items.0.quantity", "more_pieces")),
        ({"replacement_worth": eur("1000.00")}, {}, ("items.0.price", "dearer")),
        ({"replacement_worth": eur("4000.00")}, {"price": eur("4000.01")}, ("items.0.price", "dearer")),
        ({"replacement_worth": eur("4000.00")}, {"quantity": 2}, ("items", "more_pieces")),
        (
            {"replacement_worth": eur("4000.00")}, {"price": Money(Decimal(10), "USD")},
            ("items.0.price", "other_currency"),
        ),
    ],
)  # fmt: skip
def test_another_piece_a_dearer_one_or_more_than_was_approved_does_not_go(said: Any, change: Any, fault: Any) -> None:
    desk = desk_with(**said)
    assert fault in refused(desk, "replacement", settlement_n=1, items=(replace(NEW_RING, **change),))


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ({}, {}),
        ({"replacement_skus": ("R-18K-02",)}, {"sku": "R-18K-02", "price": eur("900.00")}),
        ({"replacement_worth": eur("1500.00")}, {"sku": "R-18K-02", "price": eur("1500.00")}),
    ],
)
def test_what_was_approved_goes(said: Any, change: Any) -> None:
    desk = desk_with(**said)
    assert desk.plan("replacement", settlement_n=1, items=(replace(NEW_RING, **change),)) == 2


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"sku": "R-9"}, ("items.0.sku", "another_piece")), ({"serial": "GT-9"}, ("items.0.serial", "another_piece")),
        ({"quantity": 2}, ("items", "more_pieces")), ({"price": eur("9000.00")}, ("items.0.price", "dearer")),
    ],
)  # fmt: skip
def test_what_goes_back_is_the_customers_own_piece(change: Any, fault: Any) -> None:
    own = (replace(RING, **change),)
    desk = desk_with("refusal")
    assert fault in refused(desk, "refused", settlement_n=1, items=own, facts=PROVEN)
    bench = OutDesk("fedex").home().repaired()
    assert fault in refused(bench, "repaired", repair_n=1, items=own, facts=PROVEN)


def test_another_piece_than_was_sold_goes_back_as_what_it_is_found_to_be_and_no_dearer() -> None:
    desk = desk_with("refusal")
    (looked,) = desk.file.parts.of(Inspection)
    desk.put("settling", replace(looked, pieces=(PieceFound(1, 1, 0, "swapped"),)))
    strange = replace(RING, sku="UNKNOWN", serial="XX-9", price=eur("400.00"))
    dear = replace(strange, price=eur("9000.00"))
    assert refused(desk, "refused", settlement_n=1, items=(dear,)) == {("items.0.price", "dearer")}
    assert desk.plan("refused", settlement_n=1, items=(strange,), facts=PROVEN) == 2


def test_a_dearer_piece_is_proposed_with_its_worth_and_wants_the_approvals_of_that() -> None:
    house = SettlingHouse().back()
    house.propose("replacement", replacement_worth=eur("4000.00"))
    (one,) = house.settlements
    assert (one.stake, set(one.roles_needed)) == (eur("4000.00"), {"finance", "legal"})
    house.withdraw()
    with pytest.raises(InvalidRequestError):
        house.propose("replacement", replacement_worth=Money(Decimal(4000), "USD"))


# Never what was settled otherwise


def two_lines(*settled: Settlement) -> SettlingHouse:
    house = SettlingHouse(request_paid(PAID, items=(DEAR_RING, STUDS)))
    house.arrived()
    house.inspected(
        PieceFound(1, 1, 1, "as_sold", accepted_net_g=Decimal("5.20")),
        PieceFound(2, 2, 2, "as_sold", accepted_net_g=Decimal("6.00")),
    )
    house.put(*settled, stage="settling")
    return house


def settlement(n: int, kind: Any, *lines: tuple[int, int], **said: Any) -> Settlement:
    codes = {"refund": "price", "refusal": "sent_back"}
    bound = tuple(SettlementLine(codes[kind], eur("0"), "r", "s", line, pieces) for line, pieces in lines)
    sends = "refused" if kind == "refusal" else None
    told: Any = {"sends": sends} | said
    return Settlement(CASE, n, kind, "done", eur("0"), bound, "worn", "ann", "agent", LATER, **told)


def goes_back(house: SettlingHouse, n: int) -> list[tuple[str, int]]:
    plan_way_out(house.ports, CASE, OutWish("refused", "ann", n, facts=PROVEN, without_proof=True), house.now)
    (way,) = house.file.parts.of(WayOut)
    return [(item.sku, item.quantity) for item in way.items]


@pytest.mark.parametrize("lines", [((2, 2),), ()])
def test_a_refusal_sends_back_its_own_lines_and_not_the_one_that_was_refunded(lines: Any) -> None:
    house = two_lines(settlement(1, "refund", (1, 1)), settlement(2, "refusal", *lines))
    assert goes_back(house, 2) == [("E-18K-02", 2)]


def test_of_a_line_of_which_one_piece_was_refunded_the_other_goes_back() -> None:
    house = two_lines(settlement(1, "refund", (1, 1), (2, 1)), settlement(2, "refusal", (2, 1)))
    assert goes_back(house, 2) == [("E-18K-02", 1)]


def test_what_was_refunded_all_of_it_leaves_nothing_to_send() -> None:
    house = two_lines(settlement(1, "refund", (1, 1), (2, 2)), settlement(2, "refusal"))
    assert goes_back(house, 2) == []
    assert house.file.parts.of(WayOut)[0].state == "wanted"


def test_no_persons_word_lets_a_mended_piece_go_for_which_money_was_given() -> None:
    desk = OutDesk("fedex").home().repaired()
    desk.settled("refund", sends=None, lines=(SettlementLine("price", eur("1180.00"), "r", "s", 1, 1),))
    desk.ask_out("repaired", repair=1)
    assert desk.way().state == "wanted"
    verdict = Verdict("resolve", "anna", note="looked into", outcome="approved_without_proof")
    with pytest.raises(ConflictError, match="settlement: 1"):
        act_on_exception(desk.ports, desk.exception("way_out_wanted").exception_id, verdict, desk.world.now)
    assert desk.way().state == "wanted"


def test_what_waits_for_a_person_does_not_go_once_its_settlement_is_withdrawn() -> None:
    desk = desk_with("refusal")
    desk.ask_out("refused", settlement=1)
    desk.put("settling", replace(desk.file.parts.of(Settlement)[0], state="withdrawn"))
    verdict = Verdict("resolve", "anna", note="looked into", outcome="approved_without_proof")
    with pytest.raises(NoRightToLeave, match="is withdrawn"):
        act_on_exception(desk.ports, desk.exception("way_out_wanted").exception_id, verdict, desk.world.now)


# A second one


def on_its_way(*scans: Any) -> OutDesk:
    desk = desk_with()
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,))
    desk.world.pump()
    if scans:
        desk.goes(*scans)
        desk.world.sweep_at(LATER + timedelta(hours=61))
    return desk


def second(desk: OutDesk, error: type[Any] = NoRightToLeave, **said: Any) -> str:
    wish: Any = {"settlement_n": 1, "items": (replace(NEW_RING, serial="GT-0078"),), "instead": True} | desk.lead | said
    before = desk.file.case.version
    with pytest.raises(error) as told:
        desk.plan("replacement", **wish)
    assert desk.file.case.version == before
    return str(told.value)


def test_nothing_goes_in_place_of_what_is_planned_sent_or_delivered() -> None:
    assert "is planned" in second(on_its_way())
    assert "is sent" in second(on_its_way(*ON_THE_ROAD))
    desk = on_its_way()
    desk.put("sending_out", replace(desk.way(), state="delivered"))
    assert "is delivered" in second(desk)


def test_in_place_of_a_lost_piece_another_goes_as_somebody_approves_it_who_did_not_propose_it() -> None:
    desk = on_its_way(*LOST)
    assert "settlements:approve" in second(desk, NotPermitted, may_approve=False)
    assert "ask another person" in second(desk, NotTheirs, by="anna")
    assert "manager" in second(desk, NotTheirs, role="lead")
    assert "say which piece" in second(desk, InvalidRequestError, items=())
    assert "is sent and reported lost" in second(desk, instead=False)
    wish = {"settlement_n": 1, "items": (replace(NEW_RING, serial="GT-0078"),), "instead": True} | desk.lead
    assert desk.plan("replacement", **wish) == 3
    assert (desk.way(2).state, desk.way(3).state) == ("lost", "planned")
    assert "is planned" in second(desk)


def test_a_second_piece_that_was_approved_is_not_changed_by_who_may_not_approve() -> None:
    desk = on_its_way(*LOST)
    wish: Any = {"settlement_n": 1, "items": (replace(NEW_RING, serial="GT-0078"),)}
    bare = replace(desk.way(2), leg_n=3, state="wanted", items=(), answer=None)
    desk.put("sending_out", replace(desk.way(2), state="lost"), bare)
    with pytest.raises(NotPermitted):
        desk.plan("replacement", **wish)
    desk.plan("replacement", **wish, **desk.lead)
    assert desk.way(3).state == "planned"


def test_of_the_customers_own_piece_there_is_no_second_one() -> None:
    desk = desk_with("refusal")
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.put("sending_out", replace(desk.way(), state="lost"))
    told = refused(desk, "refused", NoRightToLeave, settlement_n=1, instead=True, **desk.lead)
    assert told == {("instead", "piece_lost")}


# What was to go and does not


def called_off(kind: str = "refusal") -> OutDesk:
    desk = desk_with(kind)
    items = () if kind == "refusal" else (NEW_RING,)
    desk.plan("refused" if kind == "refusal" else "replacement", settlement_n=1, items=items, facts=PROVEN)
    desk.world.pump()
    call_off_way_out(desk.ports, CASE, 2, why="piece_not_there", holder="ann", now=LATER)
    desk.world.pump()
    return desk


def open_kinds(desk: OutDesk) -> list[str]:
    return [one.kind for one in desk.file.exceptions if one.status != "resolved"]


@pytest.mark.parametrize("kind", ["refusal", "replacement", "exchange"])
def test_a_settled_outcome_whose_parcel_was_called_off_stands_before_a_person_until_another_is_planned(kind) -> None:
    desk = called_off(kind)
    assert open_kinds(desk) == ["outcome_not_sent"]
    items = () if kind == "refusal" else (NEW_RING,)
    desk.plan("refused" if kind == "refusal" else "replacement", settlement_n=1, items=items, facts=PROVEN)
    assert (desk.way(3).state, open_kinds(desk)) == ("planned", [])


def test_called_off_by_a_verdict_it_stands_there_too_and_each_time_anew() -> None:
    desk = desk_with("refusal")
    for _ in range(2):
        desk.plan("refused", settlement_n=1)
        verdict = Verdict("resolve", "anna", note="not now", outcome="called_off")
        (wanted,) = (one for one in desk.file.exceptions if one.kind == "way_out_wanted" and one.status != "resolved")
        act_on_exception(desk.ports, wanted.exception_id, verdict, desk.world.now)
        assert open_kinds(desk) == ["outcome_not_sent"]
    told = [one for one in desk.file.exceptions if one.kind == "outcome_not_sent"]
    assert [one.leg_n for one in told] == [2, 3]
    assert told[0].status == "resolved"


def test_called_off_because_its_settlement_was_withdrawn_nobody_is_asked() -> None:
    house = SettlingHouse(request_paid(paid(provider=None, payment_reference=None))).back()
    house.approved(kind="exchange", replacement_worth=eur("400.00"))
    house.work()
    house.work("steps")
    house.withdraw()
    house.work()
    assert (house.file.parts.of(WayOut)[0].state, house.open_kinds()) == ("called_off", [])


def settled_and_called_off(kind: str, **wish: Any) -> SettlingHouse:
    house = SettlingHouse().back()
    house.propose(kind, **wish)
    for by, role in (("max", "manager"), ("lea", "lead")):
        if house.settlements[0].state == "proposed":
            house.approve(by, role)
    house.work()
    house.work("steps")
    call_off_way_out(house.ports, CASE, 2, why="other", holder="ann", now=house.now)
    house.work()
    return house


@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        ("refusal", {"customer_agreed": True}), ("replacement", {}),
        ("exchange", {"replacement_worth": eur("1180.00")}),
    ],
)  # fmt: skip
def test_an_outcome_that_never_reached_the_customer_is_taken_back_and_money_given_instead(kind: str, wish: Any) -> None:
    house = settled_and_called_off(kind, **wish)
    assert house.settlements[0].state == "done"
    with pytest.raises(InvalidRequestError):
        house.propose("refund")
    house.withdraw()
    house.withdraw()
    house.work()
    assert (house.settlements[0].state, house.open_kinds()) == ("withdrawn", [])
    assert house.propose("refund")["total"]["amount"] == "1195.00"


def test_an_outcome_is_not_taken_back_while_its_parcel_goes_or_money_was_given_under_it() -> None:
    desk = desk_with("refusal")

    def takes_back() -> None:
        withdraw(desk.ports, CASE, "1", by="ann", now=desk.world.now)

    with pytest.raises(ConflictError, match="is being planned"):
        takes_back()
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    with pytest.raises(ConflictError, match="call it off first"):
        takes_back()
    desk.put("sending_out", replace(desk.way(), state="delivered"))
    with pytest.raises(ConflictError, match="no longer ours"):
        takes_back()
    house = settled_and_called_off("exchange", replacement_worth=eur("1000.00"))
    with pytest.raises(ConflictError, match=r"180\.00 EUR was given under it"):
        house.withdraw()


def test_a_case_is_not_closed_over_a_parcel_that_fell_short_without_saying_so() -> None:
    desk = called_off("replacement")
    assert "not_sent" in {point.code for point in open_points(desk.file)}


def test_a_parcel_that_came_back_goes_once_more_without_an_approval() -> None:
    desk = on_its_way()
    desk.put("sending_out", replace(desk.way(), state="back"), receipt(2))
    assert desk.plan("replacement", settlement_n=1, items=(NEW_RING,)) == 3


# Lost, back, and gone though it was called off


SCANNED = ("picked_up", "SHENZHEN", "CN", 2)


def test_given_up_as_lost_by_a_person_what_was_settled_stands_before_one_until_it_is_found() -> None:
    desk = on_its_way(SCANNED)
    take_alert(desk.ports, opening(CASE, "possible_loss", "possible_loss-2", LATER, leg=2), desk.world.now)
    verdict = Verdict("resolve", "anna", note="the carrier gave it up", outcome="lost")
    act_on_exception(desk.ports, desk.exception("possible_loss").exception_id, verdict, desk.world.now)
    desk.world.pump()
    assert desk.way().state == "lost"
    assert "outcome_not_sent" in open_kinds(desk)
    desk.goes(("delivered", "PARIS", "FR", 200))
    assert desk.way().state == "delivered"
    assert "outcome_not_sent" not in open_kinds(desk)


def test_back_at_our_dock_it_stands_there_too_whether_its_carrier_says_so_or_not() -> None:
    desk = on_its_way(SCANNED)
    told = TakenIn(2, ParcelSeen(weight_g=Decimal(430), contents="as_listed"))
    for _ in range(2):
        take_in(desk.ports, CASE, told, corrects=False, why=None, by="dock-1", now=desk.world.now)
    desk.world.pump()
    assert desk.way().state == "back"
    assert "outcome_not_sent" in open_kinds(desk)
    assert [one.facts["leg"] for one in desk.file.log if one.what == "way_out_back"] == ["2"]
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), facts=PROVEN)
    assert "outcome_not_sent" not in open_kinds(desk)


def test_its_carrier_that_brings_it_back_opens_it_in_the_same_write() -> None:
    desk = on_its_way(SCANNED)
    change = {"case_id": CASE, "direction": "out", "leg": 2, "change": "came_back", "milestone": "returned"}
    for _ in range(2):
        advance_case(desk.ports, {**change, "at": "2026-12-10T09:00:00Z"}, desk.world.now)
    assert desk.way().state == "back"
    assert open_kinds(desk).count("outcome_not_sent") == 1


def test_a_parcel_that_was_called_off_and_moves_is_told_until_it_is_back() -> None:
    desk = called_off("replacement")
    stage = desk.file.case.stage
    change = {"case_id": CASE, "direction": "out", "leg": 2, "change": "moving", "milestone": "picked_up"}
    for _ in range(2):
        advance_case(desk.ports, {**change, "at": "2026-12-04T09:00:00Z"}, desk.world.now)
    assert (desk.way().state, open_kinds(desk), desk.file.case.stage) == ("sent", ["called_off_moves"], stage)
    (told,) = (one for one in desk.file.exceptions if one.kind == "called_off_moves")
    assert (told.severity, told.leg_n) == ("critical", 2)
    back = {**change, "change": "came_back", "milestone": "returned", "at": "2026-12-09T09:00:00Z"}
    advance_case(desk.ports, back, desk.world.now)
    assert (desk.way().state, open_kinds(desk)) == ("back", ["outcome_not_sent"])


def test_called_off_and_gone_beside_the_one_that_took_its_place_both_are_named() -> None:
    desk = called_off("replacement")
    desk.plan("replacement", settlement_n=1, items=(NEW_RING,), facts=PROVEN)
    change = {"case_id": CASE, "direction": "out", "leg": 2, "change": "arrived", "milestone": "delivered"}
    advance_case(desk.ports, {**change, "at": "2026-12-04T09:00:00Z"}, desk.world.now)
    (told,) = (one for one in desk.file.exceptions if one.kind == "called_off_moves")
    assert "leg 3 goes for it too" in (told.history[0].note or "")
