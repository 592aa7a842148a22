"""The papers of a leg are made once, kept under their digest, and what they lack is told: never silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.errors import InvalidRequestError, NotFoundError, ReturnsError, RuleNotInForce, UnavailableError
from chalicelib.workflows.made_papers import LegPapers, papers_message
from chalicelib.workflows.make_papers import take_papers
from tests.fakes.presses import FakePress
from tests.faults.world import MONDAY, World
from tests.workflows.couriers import CourierDesk

LATER = MONDAY + timedelta(days=2)


class PageTooNarrow(ReturnsError):
    code = "page_too_narrow"


class PapersDesk(CourierDesk):
    """A ring in Paris whose waybill was bought and whose papers nobody has made yet."""

    def __init__(self, **changed: Any) -> None:
        super().__init__("fedex", **changed)
        self.opened()
        world: World = self.world
        while world.queues.waiting:
            message = world.queues.waiting.popleft()
            if message.queue != "papers":
                world.deliver(message)
        self.alerts = AlertsKept()
        self.ports = replace(world.ports, queues=self.alerts)  # type: ignore[arg-type]

    def make(self, press: FakePress, now: Any = LATER) -> LegPapers | None:
        assert take_papers(self.ports, press.press, papers_message(self.case_id, 1), now) == {f"{self.case_id}/1"}
        return self.file.papers_of(1)

    @property
    def case_id(self) -> str:
        return self.world.case_id

    @property
    def kept(self) -> dict[str, bytes]:
        return {key: body for key, body in self.world.evidence.objects.items() if key.startswith("papers/")}


class AlertsKept:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, queue: str, messages: Any) -> None:
        assert queue == "alerts"
        self.sent += messages


def status(made: LegPapers) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {paper.name: (paper.status, paper.missing) for paper in made.papers}


def test_each_paper_is_kept_under_its_digest_and_noted_with_hash_size_and_language():
    desk, press = PapersDesk(), FakePress()
    made = desk.make(press)
    assert status(made) == {"return_invoice": ("ready", ()), "packing_sheet": ("ready", ())}
    for paper in made.papers:
        body = desk.kept[paper.key]
        assert (paper.sha256, paper.size) == (sha256(body).hexdigest(), len(body))
        assert paper.key == f"papers/{desk.case_id}/1-{paper.name}-{paper.sha256[:16]}.pdf"
        assert (paper.language, paper.made_at) == ("fr", LATER)


def test_the_same_facts_on_another_day_make_nothing_again():
    desk, press = PapersDesk(), FakePress()
    first = desk.make(press)
    printed, writes = len(press.printed), desk.world.table.writes
    assert desk.make(press, LATER + timedelta(days=9)) == first
    assert (len(press.printed), desk.world.table.writes) == (printed, writes)


def test_papers_carry_the_day_their_waybill_was_recorded_so_that_a_repeat_makes_the_same_bytes():
    desk = PapersDesk()
    one, other = FakePress(), FakePress()
    desk.make(one)
    twin = PapersDesk()
    twin.make(other, LATER + timedelta(days=3))
    assert {one.asked[0].made_on, other.asked[0].made_on} == {MONDAY.date()}
    assert sorted(desk.kept) == sorted(twin.kept)


def test_a_fact_that_changed_makes_the_papers_again_and_keeps_what_says_the_same():
    desk, press = PapersDesk(), FakePress()
    first = desk.make(press)
    leg = desk.file.legs[0]
    pk, sk = keys.case_pk(desk.case_id), keys.leg_sk(1)
    item = desk.world.table.get(pk, sk)
    item["original_export"] = {**item["original_export"], "invoice_number": "INV-2"}
    desk.world.table.delete(pk, sk)
    desk.world.table.put_new(item)
    again = desk.make(press, LATER + timedelta(days=1))
    assert desk.file.legs[0] != leg
    assert (again.version, first.version) == (2, 1)
    assert again.facts_digest != first.facts_digest
    assert press.asked[-1].made_on == (LATER + timedelta(days=1)).date(), "it is another paper, of today"


def test_a_paper_that_lacks_a_fact_waits_for_it_and_a_person_is_told_which():
    desk, press = PapersDesk(), FakePress(lacking=("export_reference", "exported_on"))
    made = desk.make(press)
    assert status(made)["return_invoice"] == ("waiting", ("export_reference", "exported_on"))
    assert status(made)["packing_sheet"] == ("ready", ())
    (told,) = desk.alerts.sent
    assert (told["action"], told["kind"], told["leg"]) == ("open", "papers_waiting", 1)
    assert told["detail"] == "return_invoice: export_reference, exported_on"


@pytest.mark.parametrize(
    ("fault", "code"), [(PageTooNarrow("x"), "page_too_narrow"), (RuleNotInForce("x", "y"), "rule_not_in_force")]
)
def test_what_stands_against_printing_is_told_and_tried_again_with_the_next_message(fault, code):
    desk, press = PapersDesk(), FakePress(refused=fault)
    made = desk.make(press)
    assert set(status(made).values()) == {("waiting", (code,))}
    assert [told["kind"] for told in desk.alerts.sent] == ["papers_waiting"]
    press.refused = None
    assert {state for state, _ in status(desk.make(press)).values()} == {"ready"}


def test_facts_that_cannot_be_gathered_leave_every_paper_waiting_with_the_reason():
    desk, press = PapersDesk(), FakePress()
    nowhere = replace(desk.ports.merchant(), facility=())
    desk.ports = replace(desk.ports, merchant=lambda: nowhere)
    assert set(status(desk.make(press)).values()) == {("waiting", ("invalid_request",))}


def test_an_erased_customer_gets_no_papers_and_loses_none_that_were_made():
    desk, press = PapersDesk(), FakePress()
    erased = PapersDesk()
    made = desk.make(press)
    for one in (desk, erased):
        one.ports.cases.erase(one.case_id)
    assert desk.make(press) == made
    assert set(status(erased.make(press)).values()) == {("waiting", ("customer_erased",))}


def test_a_cancelled_return_gets_none_and_is_asked_about_no_more():
    desk, press = PapersDesk(), FakePress()
    desk.ports = desk.world.ports
    desk.cancel()
    assert desk.make(press) is None
    assert desk.kept == {}
    assert desk.booking("waybill").due_at is None


def test_the_waybill_is_due_until_its_papers_are_made():
    desk, press = PapersDesk(), FakePress()
    assert desk.booking("waybill").due_at is not None
    desk.make(press)
    assert desk.booking("waybill").due_at is None


def test_a_lost_message_is_sent_again_by_the_sweep():
    desk = PapersDesk()
    desk.ports = desk.world.ports
    assert desk.file.papers == ()
    desk.world.sweep_at(MONDAY + timedelta(minutes=40))
    assert {state for state, _ in status(desk.file.papers_of(1)).values()} == {"ready"}
    assert desk.booking("waybill").due_at is None


def test_papers_that_are_never_made_are_told_to_a_person():
    desk = PapersDesk()
    for hours in range(1, 60, 2):
        now = MONDAY + timedelta(hours=hours)
        desk.world.now = now
        from chalicelib.workflows.sweep_due_work import sweep

        sweep(desk.world.ports, now)
        waiting, desk.world.queues.waiting = list(desk.world.queues.waiting), type(desk.world.queues.waiting)()
        for message in waiting:
            if message.queue in ("steps", "alerts"):
                desk.world.deliver(message)
    assert [kind for kind, _ in desk.troubles if kind == "papers_stuck"] == ["papers_stuck"]


def test_papers_that_wait_no_more_settle_the_exception_about_them():
    desk = PapersDesk()
    desk.ports = desk.world.ports
    take_papers(desk.ports, FakePress(lacking=("export_reference",)).press, papers_message(desk.case_id, 1), LATER)
    desk.world.pump()
    (waiting,) = [one for one in desk.file.exceptions if one.kind == "papers_waiting"]
    assert waiting.status == "open"
    item = desk.world.table.get(keys.case_pk(desk.case_id), keys.papers_sk(1))
    desk.world.table.delete(item["PK"], item["SK"])
    desk.world.table.put_new(item | {"facts": "other"})
    take_papers(desk.ports, FakePress().press, papers_message(desk.case_id, 1), LATER)
    desk.world.pump()
    assert [one.status for one in desk.file.exceptions if one.kind == "papers_waiting"] == ["resolved"]


def test_the_bucket_away_means_nothing_is_noted_and_the_message_comes_again():
    desk, press = PapersDesk(), FakePress()

    class Away:
        def keep_paper(self, *_: object) -> str:
            raise UnavailableError("the evidence bucket")

    ports, desk.ports = desk.ports, replace(desk.ports, evidence=Away())  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        desk.make(press)
    desk.ports = ports
    assert desk.file.papers == ()
    assert {state for state, _ in status(desk.make(press)).values()} == {"ready"}


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"kind": "waybill", "case_id": "case0001", "leg": 1}, InvalidRequestError),
        (papers_message("case0001", 2), NotFoundError), (papers_message("nobody", 1), NotFoundError),
    ],
)  # fmt: skip
def test_a_message_about_nothing_is_refused(message, error):
    desk = PapersDesk()
    with pytest.raises(error):
        take_papers(desk.ports, FakePress().press, message, LATER)
