"""Parcels that do not arrive, as their customer is told: searched for, given up, seized, come back to us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError
from chalicelib.workflows.alert_words import closing_of, opening
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.gather_losses import lost_of
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.show_page import page_facts
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.fakes.pieces import a_scan, a_track
from tests.workflows.desk import MONDAY, Desk
from tests.workflows.dock import Dock
from tests.workflows.out_desk import LATER, OutDesk
from tests.workflows.test_gather_ending import facts, letters, moments

HOUR = timedelta(hours=1)
SEEN = LATER + 24 * HOUR
SUSPECTED = {"reason": "loss_suspected", "leg": 2, "carrier": "fedex"}


def out() -> OutDesk:
    """A repaired ring is on its way to Paris with FedEx, which cannot find it."""
    desk = OutDesk("fedex").home().repaired(paid="180.00", back_by=LATER.date())
    desk.ask_out("repaired", repair=1)
    desk.world.pump()
    desk.goes(("picked_up", "SHENZHEN", "CN", 2), ("lost", "ROISSY", "FR", 24))
    return desk


def lasting(desk: Any, kind: str = "unanswered", **changed: Any) -> None:
    """The watch tells that the suspicion has lasted."""
    told = opening("case0001", kind, f"{kind}-x", SEEN, **(SUSPECTED | changed))
    take_alert(desk.ports, told, SEEN + HOUR)
    desk.world.now = SEEN + HOUR
    desk.world.pump()


def resolve(desk: Any, kind: str, outcome: str | None = "lost", at: Any = SEEN + 2 * HOUR) -> None:
    one = next(one for one in desk.file.exceptions if one.kind == kind and one.leg_n == 2)
    verdict = Verdict("resolve", "anna", note="the trace found nothing", outcome=outcome)
    act_on_exception(desk.ports, one.exception_id, verdict, at)
    desk.world.now = at
    desk.world.pump()


def subjects(desk: Any) -> list[str]:
    return [one.subject for one in letters(desk)]


class TestASearch:
    def test_the_first_suspicion_is_told_to_nobody(self) -> None:
        desk = out()
        assert not [key for key in moments(desk.ports) if key.startswith(("held/search-", "lost/"))]

    @pytest.mark.parametrize("kind", ["unanswered", "possible_loss"])
    def test_one_that_has_lasted_is_told_soberly_with_its_usual_end(self, kind: str) -> None:
        desk = out()
        lasting(desk, kind)
        letter = letters(desk)[-1]
        assert letter.subject == "Nous recherchons votre colis"
        assert "au plus tard le vendredi 18 décembre 2026." in letter.text
        assert "introuvable" not in letter.text

    def test_two_suspicions_of_one_parcel_are_one_word(self) -> None:
        desk = out()
        lasting(desk)
        lasting(desk, "possible_loss")
        assert subjects(desk).count("Nous recherchons votre colis") == 1

    def test_other_questions_that_nobody_answers_are_no_search(self) -> None:
        desk = out()
        before = subjects(desk)
        lasting(desk, reason="customs_duty_due")
        assert subjects(desk) == before

    def test_who_was_told_of_it_hears_that_the_parcel_moves_again(self) -> None:
        desk = out()
        lasting(desk)
        desk.goes(("departed", "ROISSY", "FR", 40))
        one = next(one for one in desk.file.exceptions if one.kind == "unanswered")
        take_alert(desk.ports, closing_of(one, "seen", desk.world.now), desk.world.now)
        desk.world.pump()
        assert subjects(desk)[-1] == "Votre colis repart"

    def test_of_what_was_never_handed_over_none_is_told(self) -> None:
        dock = Dock()
        take_alert(dock.ports, opening("case0001", "possible_loss", "x", MONDAY, leg=1, carrier="fedex"), MONDAY)
        assert not [key for key in moments(dock.ports) if key.startswith("held/")]


class TestAParcelThatAPersonGivesUp:
    def test_its_customer_is_told_once_and_the_way_out_is_lost(self) -> None:
        desk = out()
        lasting(desk)
        resolve(desk, "unanswered")
        assert (desk.way().state, desk.way().why) == ("lost", "said_so")
        assert subjects(desk)[-1] == "Votre colis est introuvable"
        assert page_facts(desk.ports, desk.file, SEEN + 2 * HOUR, opened=False).step == "lost"
        assert [key for key in moments(desk.ports) if key.startswith("lost/")] == ["lost/leg-2"]

    def test_without_that_word_nothing_is_told_as_lost(self) -> None:
        desk = out()
        resolve(desk, "action_required", None)
        assert (desk.way().state, [key for key in moments(desk.ports) if key.startswith("lost/")]) == ("sent", [])

    def test_found_again_it_is_told_as_found(self) -> None:
        desk = out()
        resolve(desk, "action_required")
        desk.goes(("departed", "ROISSY", "FR", 60))
        assert subjects(desk)[-1] == "Votre colis est retrouvé"

    def test_on_its_way_home_it_is_told_too(self) -> None:
        dock = Dock()
        told = opening("case0001", "silence", "silence-x", MONDAY, leg=1, carrier="fedex")
        take_alert(dock.ports, told, MONDAY)
        (one,) = dock.file.exceptions
        said = Verdict("resolve", "anna", note="nobody has it", outcome="lost")
        act_on_exception(dock.ports, one.exception_id, said, MONDAY)
        assert "lost/leg-1" in moments(dock.ports)
        assert facts(dock.ports, "lost", "leg-1").direction == "home"

    def test_what_lies_at_our_dock_is_not_lost(self) -> None:
        dock = Dock()
        told = opening("case0001", "action_required", "a-1", MONDAY, leg=1, carrier="fedex", reason="loss_suspected")
        take_alert(dock.ports, told, MONDAY)
        dock.receive()
        (one,) = dock.file.exceptions
        with pytest.raises(ConflictError, match="not lost"):
            act_on_exception(dock.ports, one.exception_id, Verdict("resolve", "a", note="n", outcome="lost"), MONDAY)

    def test_only_a_parcel_that_may_be_lost_can_be_given_up(self) -> None:
        desk = Desk()
        desk.open()
        take_alert(desk.ports, opening("case0001", "hold", "h-1", MONDAY, leg=1, reason="damaged"), MONDAY)
        (one,) = desk.file.exceptions
        with pytest.raises(InvalidRequestError):
            act_on_exception(desk.ports, one.exception_id, Verdict("resolve", "a", note="n", outcome="lost"), MONDAY)

    def test_the_carriers_own_word_later_tells_it_no_second_time(self) -> None:
        desk = out()
        resolve(desk, "action_required")
        scan = a_scan(99, milestone="lost", condition="failed", reason="lost", text="Lost")
        (one,) = lost_of(desk.file, [a_track(scan, leg_n=2, direction="out")])
        assert "leg-2" in one.names


class TestSeizedByCustoms:
    def test_it_is_told_as_seized_and_never_as_lost(self) -> None:
        desk = Desk()
        desk.open()
        scan = a_scan(1, milestone="seized", condition="failed", reason="customs_seized", text="Seized")
        (one,) = lost_of(desk.file, [a_track(scan)])
        assert (one.how, one.found_at) == ("seized", None)

    def test_on_its_way_out_the_lost_way_is_the_same_story(self) -> None:
        desk = out()
        desk.put("sending_out", replace(desk.way(), state="lost", changed_at=LATER))
        scan = a_scan(99, milestone="seized", condition="failed", reason="customs_seized", text="Seized")
        (one,) = lost_of(desk.file, [a_track(scan, leg_n=2, direction="out")])
        assert one.how == "seized"


class TestAParcelThatCameBackToUs:
    def test_it_is_told_with_what_is_wanted_to_send_it_again(self) -> None:
        desk = out()
        change = {"kind": "advance_case", "case_id": "case0001", "leg": 2, "direction": "out", "at": LATER.isoformat()}
        advance_case(desk.ports, {**change, "change": "came_back", "milestone": "returned"}, LATER)
        assert "out_back/2" in moments(desk.ports)
        told = facts(desk.ports, "out_back", "2")
        assert (told.task, told.direction) == ("check_address", "out")
        assert page_facts(desk.ports, desk.file, LATER, opened=False).step == "out_back"
        desk.put("sending_out", replace(desk.way(), leg_n=3, state="sent"))
        assert "out_back/2" not in moments(desk.ports)
