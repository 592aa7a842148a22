"""A customer is forgotten when they ask and nothing holds it up, or by the clock; the case still verifies."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.clock import stamp
from chalicelib.errors import InvalidRequestError, NotFoundError, PaperPending, UnavailableError
from chalicelib.money import Money
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.close_case import close_if_done
from chalicelib.workflows.erase_person import AlreadyErased, ask_erasure, erasure_of, lay_hold, look, read_erasure
from chalicelib.workflows.export_person import ask_export, export_link, take_export
from chalicelib.workflows.keep_link import make_link
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from infra.erase_again import erase_again
from tests.workflows.desk import MONDAY, Desk

CASE = "case0001"
DAY = timedelta(days=1)


class Asked:
    """A return that was opened, and perhaps called off."""

    def __init__(self, *, cancelled: bool) -> None:
        self.desk = Desk()
        self.desk.open()
        self.ports, self.now = self.desk.ports, MONDAY
        if cancelled:
            cancel_case(self.ports, CASE, reason="changed my mind", holder="desk", now=self.now)

    def ask(self) -> dict[str, Any]:
        return ask_erasure(self.ports, CASE, holder="boss", now=self.now)

    def work(self, now: datetime | None = None) -> None:
        for body in self.desk.waiting("steps"):
            message = json.loads(body)
            if message["kind"] == "part_due":
                take_step(self.ports, message, now or self.now)

    def write(self, what: str, *parts: Any) -> None:
        amend(self.ports, CASE, self.now, lambda case: Amendment(case, what, parts=parts))

    def trouble(self, action: str, episode: str, kind: str) -> None:
        said = {"subject_kind": "case", "subject": CASE, "kind": kind, "episode": episode, "since": stamp(self.now)}
        take_alert(self.ports, {"action": action, **said}, self.now)

    @property
    def is_erased(self) -> bool:
        return self.ports.cases.person(CASE) is None

    def state(self) -> Any:
        return erasure_of(self.desk.file)


def test_who_asks_when_all_is_over_is_forgotten_at_once_and_the_log_still_verifies() -> None:
    one = Asked(cancelled=True)
    token = one.ports.links.make(CASE, "desk", one.now, one.now + 30 * DAY)
    told = one.ask()
    one.work()
    assert one.is_erased
    assert (told["held_by"], one.state().state) == ([], "done")
    assert broken_at(one.desk.file.log) is None
    assert one.ports.links.open(token, one.now) is None
    assert f"erased/{CASE}" in one.desk.world.evidence.objects
    assert [entry.what for entry in one.desk.file.log][-2:] == ["erasure_asked", "person_erased"]


def test_who_asks_while_the_return_is_open_is_forgotten_by_itself_when_it_is_over() -> None:
    one = Asked(cancelled=False)
    assert one.ask()["held_by"] == ["case_open"]
    look(one.ports, CASE, "person", one.now)
    assert not one.is_erased
    assert one.state().due_at == one.now + DAY
    cancel_case(one.ports, CASE, reason="changed my mind", holder="desk", now=one.now)
    assert one.state().state == "asked"
    sweep(one.ports, one.now + DAY)
    one.work(one.now + DAY)
    assert one.is_erased


def test_what_people_wrote_in_their_own_words_goes_and_what_they_decided_stays() -> None:
    asked = Asked(cancelled=False)
    asked.trouble("open", "inspection-1-weight_doubt", "weight_doubt")
    (doubt,) = [one for one in asked.desk.file.exceptions if one.kind == "weight_doubt"]
    note = "Mme Duval of 1 rue du Secret says the ring was never hers"
    act_on_exception(asked.ports, doubt.exception_id, Verdict("resolve", "lead", note), asked.now)
    said = Settlement(
        CASE, 1, "goodwill", "withdrawn", Money(Decimal(20), "EUR"), (), "goodwill", "ann", "agent", asked.now, why=note
    )
    looked = Inspection(CASE, 1, 1, asked.now, "dock", None, "accepted", (PieceFound(1, 1, 1, "as_sold"),))
    engraved = replace(looked, pieces=(replace(looked.pieces[0], inscription="M. Duval 1998"),))
    asked.write("test", said, replace(said, n=2, why="case_closed"), engraved)
    asked.write("test", *(replace(said, n=n) for n in range(3, 90)))
    cancel_case(asked.ports, CASE, reason="changed my mind", holder="desk", now=asked.now)
    asked.ask()
    asked.work()
    assert asked.is_erased
    assert "Duval" not in repr(asked.desk.file)
    assert {one.why for one in asked.desk.file.parts.of(Settlement)} == {None, "case_closed"}
    assert broken_at(asked.desk.file.log) is None


def test_nobody_is_given_a_link_to_the_page_of_somebody_who_was_forgotten() -> None:
    asked = Asked(cancelled=True)
    asked.ask()
    asked.work()
    with pytest.raises(AlreadyErased):
        make_link(asked.ports, CASE, holder="desk", now=asked.now)


def test_asking_twice_changes_nothing() -> None:
    one = Asked(cancelled=True)
    one.ask()
    version = one.desk.file.case.version
    one.ask()
    assert one.desk.file.case.version == version


def test_nobody_asks_and_the_clock_forgets_them() -> None:
    one = Asked(cancelled=True)
    due = one.state().due_at
    assert read_erasure(one.ports, CASE, one.now)["state"] == "clock"
    look(one.ports, CASE, "person", due - DAY)
    assert not one.is_erased
    sweep(one.ports, due)
    one.work(due)
    assert one.is_erased


def test_an_open_dispute_holds_it_up() -> None:
    one = Asked(cancelled=True)
    dispute = Dispute(CASE, "d1", "visa", "13.7", "open", None, one.now, "desk")
    amend(one.ports, CASE, one.now, lambda case: Amendment(case, "dispute_opened", parts=(dispute,)))
    assert one.ask()["held_by"] == ["dispute_open"]
    look(one.ports, CASE, "person", one.now)
    assert not one.is_erased


def test_a_legal_hold_holds_it_up_until_it_is_lifted() -> None:
    one = Asked(cancelled=True)
    lay_hold(one.ports, CASE, on=True, reason="PROC-1", holder="counsel", now=one.now)
    assert one.ask()["legal_hold"]["reason"] == "PROC-1"
    look(one.ports, CASE, "person", one.now)
    assert not one.is_erased
    lay_hold(one.ports, CASE, on=False, reason=None, holder="counsel", now=one.now)
    look(one.ports, CASE, "person", one.now + DAY)
    assert one.is_erased


def test_a_hold_says_why_and_comes_too_late_for_what_is_erased() -> None:
    one = Asked(cancelled=True)
    with pytest.raises(InvalidRequestError):
        lay_hold(one.ports, CASE, on=True, reason=None, holder="counsel", now=one.now)
    one.ask()
    one.work()
    with pytest.raises(AlreadyErased):
        lay_hold(one.ports, CASE, on=True, reason="PROC-1", holder="counsel", now=one.now)


@pytest.mark.parametrize("call", ["note_erased", "revoke", "erase"])
def test_who_dies_between_two_steps_leaves_it_to_the_next_look(call: str) -> None:
    one = Asked(cancelled=True)
    one.ask()
    where = {"note_erased": one.ports.evidence, "revoke": one.ports.links, "erase": one.ports.cases}[call]
    kept = getattr(where, call)

    def dies(*_given: Any) -> None:
        raise UnavailableError("gone")

    try:
        object.__setattr__(where, call, dies)
    except AttributeError:
        vars(where)[call] = dies
    with pytest.raises(UnavailableError):
        look(one.ports, CASE, "person", one.now)
    object.__setattr__(where, call, kept)
    assert one.state().state == "asked"
    look(one.ports, CASE, "person", one.now)
    assert one.is_erased
    assert one.state().state == "done"


def test_after_a_restore_whoever_was_forgotten_is_forgotten_again() -> None:
    one = Asked(cancelled=True)
    before = dict(one.desk.world.table.get(keys.case_pk(CASE), keys.PERSON) or {})
    one.ask()
    one.work()
    one.desk.world.table.delete(before["PK"], before["SK"])
    one.desk.world.table.put_new(before)
    assert not one.is_erased
    told: list[str] = []
    done = erase_again(one.desk.world.table, [CASE, "case-nobody-has"], told.append)
    assert (done.noted, done.erased, one.is_erased) == (2, 1, True)
    assert erase_again(one.desk.world.table, [CASE], told.append).erased == 0


def test_everything_about_a_person_is_gathered_by_the_worker_and_the_queue_names_nobody() -> None:
    one = Asked(cancelled=True)
    person = one.ports.cases.person(CASE)
    assert person is not None
    asked = ask_export(one.ports, person.email.upper(), now=one.now)
    (body,) = (body for body in one.desk.waiting("papers") if "person_export" in body)
    assert person.email not in body
    with pytest.raises(PaperPending):
        export_link(one.ports, asked["export_id"], one.now)
    take_export(one.ports, json.loads(body), one.now)
    content = one.desk.world.evidence.objects[f"exports/{asked['export_id']}.zip"]
    case = json.loads(zipfile.ZipFile(io.BytesIO(content)).read(f"{CASE}/case.json"))
    assert case["person"]["email"] == person.email
    assert export_link(one.ports, asked["export_id"], one.now)["url"]


def test_an_export_after_an_erasure_says_so_and_of_a_stranger_there_is_none() -> None:
    one = Asked(cancelled=True)
    email = one.ports.cases.person(CASE).email  # type: ignore[union-attr]
    one.ask()
    one.work()
    asked = ask_export(one.ports, email, now=one.now)
    (body,) = (body for body in one.desk.waiting("papers") if "person_export" in body)
    take_export(one.ports, json.loads(body), one.now)
    content = one.desk.world.evidence.objects[f"exports/{asked['export_id']}.zip"]
    assert json.loads(zipfile.ZipFile(io.BytesIO(content)).read(f"{CASE}/case.json"))["person"] == "erased"
    assert email.encode() not in content
    with pytest.raises(NotFoundError):
        ask_export(one.ports, "nobody@example.com", now=one.now)


class Frozen(Asked):
    """A return whose evidence an inspection froze, over the heads of people who still work on it."""

    def __init__(self) -> None:
        super().__init__(cancelled=False)
        piece = Evidence(CASE, "e0001", "photo_item", "image/jpeg", 9, "kept", "desk", MONDAY, MONDAY + DAY)
        self.write("inspected", replace(piece, frozen=True))
        self.trouble("open", "inspection-1-swapped_piece", "swapped_piece")
        cancel_case(self.ports, CASE, reason="changed my mind", holder="desk", now=self.now)

    @property
    def frozen(self) -> list[bool]:
        return [one.frozen for one in self.desk.file.parts.of(Evidence)]


def test_frozen_evidence_holds_an_erasure_up_with_its_reason_until_what_it_proves_is_over() -> None:
    one = Frozen()
    assert one.ask()["held_by"] == ["evidence_frozen"]
    look(one.ports, CASE, "person", one.now)
    assert (one.is_erased, one.frozen) == (False, [True])
    one.trouble("close", "inspection-1-swapped_piece", "swapped_piece")
    assert read_erasure(one.ports, CASE, one.now)["held_by"] == []
    look(one.ports, CASE, "person", one.now + DAY)
    assert (one.is_erased, one.frozen) == (True, [False])
    assert broken_at(one.desk.file.log) is None


def test_evidence_thaws_with_the_word_of_who_resolves_the_last_trouble_after_the_end() -> None:
    one = Frozen()
    (found,) = (each for each in one.desk.file.exceptions if each.kind == "swapped_piece")
    verdict = Verdict("resolve", "desk", "the customer has the other ring back")
    act_on_exception(one.ports, found.exception_id, verdict, one.now)
    assert one.frozen == [False]
    assert "evidence_thawed" in [entry.what for entry in one.desk.file.log]


def test_an_open_dispute_keeps_evidence_frozen_though_the_trouble_is_over() -> None:
    one = Frozen()
    one.write("dispute_opened", Dispute(CASE, "d1", "visa", "13.7", "open", None, one.now, "desk"))
    one.trouble("close", "inspection-1-swapped_piece", "swapped_piece")
    close_if_done(one.ports, CASE, one.now)
    assert (one.frozen, one.ask()["held_by"]) == ([True], ["dispute_open", "evidence_frozen"])


def test_evidence_of_a_case_that_ends_in_peace_thaws_with_its_end() -> None:
    one = Asked(cancelled=False)
    piece = Evidence(CASE, "e0001", "photo_item", "image/jpeg", 9, "kept", "desk", MONDAY, MONDAY + DAY, frozen=True)
    amend(one.ports, CASE, one.now, lambda case: Amendment(case, "inspected", parts=(piece,)))
    assert one.ask()["held_by"] == ["case_open", "evidence_frozen"]
    cancel_case(one.ports, CASE, reason="changed my mind", holder="desk", now=one.now)
    assert [each.frozen for each in one.desk.file.parts.of(Evidence)] == [False]
    assert read_erasure(one.ports, CASE, one.now)["held_by"] == []
