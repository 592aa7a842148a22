"""A piece is to go to an address that speaks for calling the customer back: held, and never refused."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.alerts.exceptions import OpenException
from chalicelib.returns.way_out import OutFacts
from chalicelib.workflows.read_ways_out import way_row
from tests.faults.stories import CLAIRE
from tests.workflows.out_desk import PROVEN, OutDesk

AT_A_HOTEL = replace(CLAIRE, address=replace(CLAIRE.address, lines=("Hôtel Aurore, chambre 12", "7 quai des Ours")))
CALLED = replace(PROVEN, called_back=True)


def desk_of(person=CLAIRE) -> OutDesk:
    desk = OutDesk("fedex")
    desk.person = person
    return desk.home().settled()


def open_wishes(desk: OutDesk) -> list[OpenException]:
    return [one for one in desk.file.exceptions if one.kind == "way_out_wanted" and one.status != "resolved"]


def test_a_piece_that_is_to_go_to_a_hotel_waits_until_somebody_has_called_the_customer_back():
    desk = desk_of(AT_A_HOTEL)
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    (held,) = [one for one in desk.way().answer["next"] if one.startswith("decide: address")]
    assert (desk.way().state, "hotel" in held, "called_back" in held) == ("wanted", True, True)
    assert desk.waybill() is None or desk.waybill().due_at is None


def test_called_back_it_goes_and_the_answer_says_so():
    desk = desk_of(AT_A_HOTEL)
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.plan("refused", settlement_n=1, facts=OutFacts(called_back=True))
    assert (desk.way().state, open_wishes(desk)) == ("planned", [])
    assert way_row(desk.file, desk.way())["facts"]["called_back"] is True


def test_who_was_called_and_did_not_want_it_there_has_it_held():
    desk = desk_of(AT_A_HOTEL)
    desk.plan("refused", settlement_n=1, facts=replace(PROVEN, called_back=False))
    assert desk.way().state == "wanted"


def test_what_a_machine_sends_out_waits_as_well_and_no_word_of_the_address_is_told():
    desk = desk_of(AT_A_HOTEL)
    desk.ask_out("refused", settlement=1)
    (wanted,) = open_wishes(desk)
    told = str([desk.file.plan.answer, desk.file.log, wanted, desk.way(), list(desk.world.queues.waiting)]).lower()
    assert "address: hotel" in told
    assert not [word for word in ("aurore", "chambre", "quai des ours") if word in told]


def test_an_ordinary_address_asks_nobody():
    desk = desk_of()
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    assert desk.way().state == "planned"


def test_what_spoke_in_the_address_goes_with_the_person():
    desk = desk_of(AT_A_HOTEL)
    assert desk.file.address_signals == ("hotel",)
    desk.ports.cases.erase("case0001")
    assert desk.file.address_signals == ()
