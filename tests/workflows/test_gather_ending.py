"""The end of a return as its customer reads it: off the case's parts and tracks, with the way to their own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.errors import UnavailableError
from chalicelib.notices.facts import RecalledPiece
from chalicelib.notices.messages import render
from chalicelib.notices.moments import occasions
from chalicelib.notices.register import Register
from chalicelib.returns.recall import Campaign, Product, Reach, Recalled
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.gather_ending import with_recall
from chalicelib.workflows.gather_losses import lost_of
from chalicelib.workflows.gather_notice import Told, facts_of, look_at
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.read_notices import choose_notices, preview_notice
from chalicelib.workflows.send_notices import take_notice
from chalicelib.workflows.show_page import page_facts
from tests.fakes.pieces import a_scan, a_track
from tests.faults.stories import CLAIRE
from tests.workflows.bench import Bench
from tests.workflows.desk import MONDAY, REQUEST, Desk
from tests.workflows.out_desk import LATER, OutDesk
from tests.workflows.settling import SettlingHouse

CASE = {"case_id": "case0001"}
DAY = timedelta(days=1)
URL = "https://returns.example.com"


def moments(ports: Any) -> list[str]:
    file = ports.cases.file("case0001")
    return [one.key for one in occasions(look_at(ports, file).history, Register(), LATER)]


def facts(ports: Any, moment: str, episode: str, *, now=LATER) -> Any:
    look = look_at(ports, ports.cases.file("case0001"))
    return facts_of(look, Told(moment, episode, now), ports.merchant(), CLAIRE, now)  # type: ignore[arg-type]


def letters(desk: Any) -> list[Any]:
    return [one for one in desk.world.mail.sent if one.to == CLAIRE.email]


class Refusing:
    """Links that cannot be had now."""

    def make(self, *_: Any, **__: Any) -> str:
        raise UnavailableError("no keys")


def with_page(desk: Any, **changed: Any) -> Any:
    return replace(desk.ports, public_url=URL, **changed)


class TestTheLink:
    def test_every_mail_carries_the_same_link_as_text_and_as_a_button(self) -> None:
        desk = Desk()
        desk.open()
        ports = with_page(desk)
        take_notice(ports, CASE, MONDAY)
        token = ports.links.current("case0001", MONDAY)
        (letter,) = letters(desk)
        assert f"\n{URL}/v1/c/{token}\n" in letter.text
        assert f'href="{URL}/v1/c/{token}"' in letter.html

    def test_a_mail_whose_link_cannot_be_made_goes_all_the_same(self) -> None:
        desk = Desk()
        desk.open()
        take_notice(with_page(desk, links=Refusing()), CASE, MONDAY)
        (letter,) = letters(desk)
        assert "/v1/c/" not in letter.text + letter.html

    def test_neither_previews_nor_the_register_nor_the_log_hold_it(self) -> None:
        desk = Desk()
        desk.open()
        ports = with_page(desk)
        take_notice(ports, CASE, MONDAY)
        token = ports.links.current("case0001", MONDAY) or "none"
        shown = preview_notice(ports, "case0001", "accepted", None, MONDAY)
        assert token not in str(shown) + str(desk.file.notices) + str(desk.file.log) + str(desk.world.queues.waiting)

    def test_of_an_erased_customer_none_is_made(self) -> None:
        desk = Desk()
        desk.open()
        desk.ports.cases.erase("case0001")
        ports = with_page(desk)
        take_notice(ports, CASE, MONDAY)
        assert ports.links.current("case0001", MONDAY) is None


class TestAWithdrawal:
    def test_its_receipt_goes_at_once_with_content_day_and_hour_even_to_who_wants_no_notices(self) -> None:
        desk = Desk()
        desk.open()
        choose_notices(desk.ports, "case0001", opted_out=True, holder="desk", now=MONDAY)
        declare(desk.ports, "case0001", by="customer", language="fr", now=MONDAY)
        take_notice(desk.ports, CASE, MONDAY)
        (letter,) = letters(desk)
        assert "lundi 23 novembre 2026 à 10:00" in letter.text
        assert f"Je renonce au contrat pour tout ce qui figure au retour {desk.file.case.rma}" in letter.text
        assert "remboursé au plus tard le lundi 7 décembre 2026" in letter.text

    def test_its_receipt_speaks_the_language_in_which_it_was_declared(self) -> None:
        desk = Desk()
        desk.open()
        declare(desk.ports, "case0001", by="customer", language="it", now=MONDAY)
        take_notice(desk.ports, CASE, MONDAY)
        assert [one.language for one in letters(desk)] == ["it", "fr"]

    def test_declared_on_paper_it_is_dated_as_it_was_declared(self) -> None:
        desk = Desk()
        desk.open()
        declare(desk.ports, "case0001", by="anna", now=MONDAY, declared_at=MONDAY - 3 * DAY)
        told = facts(desk.ports, "withdrawal_receipt", "1", now=MONDAY)
        assert (told.at, told.task) == (MONDAY - 3 * DAY, "send_back")
        assert told.deadline is not None

    def test_where_a_person_must_say_so_first_no_end_of_the_contract_is_confirmed(self) -> None:
        desk = Desk()
        desk.open()
        declare(desk.ports, "case0001", by="customer", now=MONDAY + 90 * DAY)
        told = facts(desk.ports, "withdrawal_receipt", "1", now=MONDAY + 90 * DAY)
        assert (told.in_time, told.refund_by, told.task) == (False, None, "nothing")


def asked() -> Bench:
    bench = Bench()
    bench.order()
    bench.take_in()
    bench.offer()
    return bench


class TestARepair:
    def test_a_quote_that_waits_asks_for_an_answer_by_its_day(self) -> None:
        bench = asked()
        assert "quote/1-1" in moments(bench.ports)
        told = facts(bench.ports, "quote", "1-1")
        assert (told.task, told.deadline) == ("answer_quote", bench.quotes[0].valid_until)

    def test_a_quote_names_no_sum(self) -> None:
        bench = asked()
        take_notice(bench.ports, CASE, MONDAY)
        assert all("395" not in one.text for one in letters(bench))


class TestASettlement:
    def test_an_approved_refund_is_told_with_its_sum_and_once_it_is_paid_with_that(self) -> None:
        house = SettlingHouse().back()
        house.approved()
        assert "decision/s1" in moments(house.ports)
        told = facts(house.ports, "decision", "s1")
        assert (told.outcome, told.refund) == ("refund", house.settlements[0].total)
        assert (told.carrier, told.task) == (None, "nothing")
        house.work()
        assert "paid/1" in moments(house.ports)
        assert facts(house.ports, "paid", "1").refund == house.settlements[0].total

    def test_what_was_only_proposed_is_not_told(self) -> None:
        house = SettlingHouse().back()
        house.propose()
        assert not [key for key in moments(house.ports) if key.startswith("decision/s")]

    def test_its_decision_is_dated_when_it_was_approved_whatever_became_of_it_since(self) -> None:
        house = SettlingHouse().back()
        house.approved()
        before = look_at(house.ports, house.file).history.decisions
        house.now = MONDAY + DAY
        house.work()
        assert look_at(house.ports, house.file).history.decisions == before

    def test_our_own_take_in_is_told_where_the_carrier_never_said_that_it_came(self) -> None:
        house = SettlingHouse()
        house.arrived()
        assert "received/1" in moments(house.ports)


class TestTheWayOut:
    def test_a_piece_goes_out_and_every_word_is_of_the_customers_door(self) -> None:
        desk = OutDesk("fedex").home().repaired(paid="180.00", back_by=LATER.date())
        desk.ask_out("repaired", repair=1)
        desk.world.pump()
        desk.goes(("picked_up", "SHENZHEN", "CN", 2))
        assert "sent_out/2" in moments(desk.ports)
        told = facts(desk.ports, "sent_out", "2")
        assert (told.direction, told.task, told.tracking_number) == ("out", "receive_parcel", desk.leg().number)
        desk.goes(("delivered", "PARIS", "FR", 56))
        assert "out_arrived/2" in moments(desk.ports)
        said = [one.subject for one in letters(desk)][-2:]
        assert said == ["Votre colis est en route vers vous", "Votre colis est livré"]

    def test_a_parcel_that_a_person_gives_up_on_its_way_out_is_told_as_lost(self) -> None:
        desk = OutDesk("fedex").home().repaired(paid="180.00", back_by=LATER.date())
        desk.ask_out("repaired", repair=1)
        desk.world.pump()
        desk.goes(("picked_up", "SHENZHEN", "CN", 2))
        desk.put("sending_out", replace(desk.way(), state="lost", why="said_so", changed_at=LATER))
        assert "lost/leg-2" in moments(desk.ports)
        told = facts(desk.ports, "lost", "leg-2")
        assert (told.direction, told.reason) == ("out", "lost")

    def test_what_a_carrier_lost_and_found_again_is_told_as_both(self) -> None:
        desk = Desk()
        desk.open()
        lost = a_scan(1, milestone="lost", condition="failed", reason="lost", text="Lost")
        (one,) = lost_of(desk.file, [a_track(lost)])
        assert (one.how, one.leg_n, one.found_at, one.out) == ("lost", 1, None, False)
        (found,) = lost_of(desk.file, [a_track(lost, a_scan(9))])
        assert found.found_at == a_scan(9).at


class TestARecall:
    def test_it_says_what_is_wrong_in_the_customers_language_and_what_they_may_choose(self) -> None:
        desk = Desk()
        desk.open()
        hazard = {"en": "The clasp has a sharp edge.", "fr-FR": "Le fermoir a un bord coupant."}
        campaign = Campaign(
            "R-2026-1", date(2026, 11, 20), hazard, Reach(skus=("R-18K-01",)), ("repair", "refund"), "SZX-1", "running",
            "anna", MONDAY, MONDAY, product=Product({"en": "Ring Aurora", "fr-FR": "Bague Aurora"}, "Goldthread"),
        )  # fmt: skip
        desk.ports.recalls.save(campaign)
        house = SettlingHouse()
        house.desk, house.world, house.ports = desk, desk.world, desk.ports
        house.put(Recalled("case0001", "R-2026-1", "sku", MONDAY, ("repair", "refund"), under_way=True))
        take_notice(desk.ports, CASE, MONDAY)
        letter = letters(desk)[0]
        assert letter.subject == "Rappel de produit pour des raisons de sécurité"
        for said in ("Le fermoir a un bord coupant.", "- une réparation", "- un remboursement", "+"):
            assert said in letter.text
        assert [entry.key for entry in desk.file.notices] == ["recall/R-2026-1"]

    def test_it_names_the_product_as_the_law_wants_it(self) -> None:
        desk = Desk()
        desk.open()
        desk.ports.recalls.save(a_campaign(product=Product({"en": "Ring Aurora", "fr-FR": "Bague Aurora"}, "Aurora")))
        told = with_recall(facts(desk.ports, "recall", "R-2026-1"), desk.ports, desk.file, "R-2026-1", "fr")
        item = desk.file.plan.request.items[0]
        sold_on = desk.file.plan.request.order.sold_on
        assert told.recalled == (RecalledPiece("Bague Aurora", "Aurora", item.sku, item.serial, None, sold_on),)
        text = render("recall", "fr", told).text
        for said in ("Produit : Bague Aurora", "Marque : Aurora", f"Référence : {item.sku}"):
            assert said in text.replace("⁨", "").replace("⁩", "")

    def test_a_product_that_the_recall_does_not_name_is_called_as_on_the_bill(self) -> None:
        desk = Desk()
        desk.open()
        desk.ports.recalls.save(a_campaign())
        told = with_recall(facts(desk.ports, "recall", "R-2026-1"), desk.ports, desk.file, "R-2026-1", "fr")
        assert [(one.name, one.brand) for one in told.recalled] == [(desk.file.plan.request.items[0].description, None)]

    def test_a_return_that_a_recall_opens_knows_it_before_anybody_can_tell_anything_else(self) -> None:
        desk = Desk()
        part = Recalled("case0001", "R-2026-1", "sku", MONDAY, ("repair", "refund"))
        open_return(
            desk.ports, REQUEST, CLAIRE, holder="recall R-2026-1", idempotency_key="k", body_digest="d", dry_run=False,
            now=MONDAY, with_it=lambda _: (part,),
        )  # fmt: skip
        take_notice(desk.ports, CASE, MONDAY)
        assert [entry.key for entry in desk.file.notices] == ["recall/R-2026-1"]
        assert [entry.covers for entry in desk.file.notices] == [("accepted",)]


class TestACredit:
    def test_its_code_stands_in_no_mail_and_behind_the_order_number_alone(self) -> None:
        house = SettlingHouse().back()
        house.propose("store_credit", by="lea", role="lead")
        house.approve("max", "manager")
        house.approve("tom", "lead")
        house.agree()
        house.work()
        assert "credited/1" in moments(house.ports)
        take_notice(house.ports, CASE, MONDAY)
        code = house.settlements[0].credit_code
        assert code
        assert all(code not in one.text + one.html for one in letters(house))
        assert code not in str(house.world.queues.waiting)
        closed = page_facts(house.ports, house.file, MONDAY, opened=False)
        (shown,) = closed.credits
        assert (shown.code, shown.sum, closed.has_something_to_open) == (None, None, True)
        (shown,) = page_facts(house.ports, house.file, MONDAY, opened=True).credits
        assert (shown.code, shown.sum) == (code, house.settlements[0].total)


class TestAPieceThatNobodyFetches:
    def test_its_owner_is_written_to_when_it_begins_and_at_each_day_of_its_clock(self) -> None:
        bench = Bench()
        bench.agreed()
        bench.tested()
        bench.act("done")
        bench.act("unclaimed", why="moved_away")
        (first,) = [key for key in moments(bench.ports) if key.startswith("unclaimed/")]
        bench.look_when_due(MONDAY + 31 * DAY)
        (second,) = [key for key in moments(bench.ports) if key.startswith("unclaimed/")]
        assert (first, second) == ("unclaimed/1-20261123-0", "unclaimed/1-20261123-1")
        told = facts(bench.ports, "unclaimed", second)
        assert (told.task, told.reason, told.tracking_number) == ("claim_piece", "ours", None)


def a_campaign(**changed: Any) -> Campaign:
    hazard = {"en": "The clasp has a sharp edge."}
    reach = Reach(skus=(REQUEST.items[0].sku,))
    return Campaign(
        "R-2026-1", date(2026, 11, 20), hazard, reach, ("repair", "refund"), "SZX-1", "running", "anna", MONDAY, MONDAY,
        **changed,
    )  # fmt: skip


@pytest.mark.parametrize("moment", ["quote", "recall", "sent_out", "withdrawal_receipt"])
def test_what_has_not_come_is_shown_as_an_example(moment: Any) -> None:
    desk = Desk()
    desk.open()
    shown = preview_notice(desk.ports, "case0001", moment, "en", MONDAY)
    assert shown["sample"] is True
