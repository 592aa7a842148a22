"""The customer is told: in their language, once, by whoever looks; and a person is, where no mail can reach them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import MailRefused, NotFoundError, UnavailableError
from chalicelib.notices.register import LEASE, Entry, Register, message_id
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.read_notices import choose_notices
from chalicelib.workflows.send_notices import take_notice
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.stories import CLAIRE, REQUEST, RING
from tests.faults.world import MONDAY
from tests.workflows.desk import Desk

CASE = {"kind": "notices", "case_id": "case0001"}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DOUBTED = replace(REQUEST, items=(replace(RING, hs_code="7117.19"),))


@pytest.fixture
def desk() -> Desk:
    return Desk()


class Known:
    """Cases whose customer has this address of mail."""

    def __init__(self, cases, address: str) -> None:
        self.file, self.address = cases.file, address

    def person(self, _case_id: str):
        return replace(CLAIRE, email=self.address)


def opened(desk: Desk, *, person=CLAIRE, request=REQUEST, now=MONDAY) -> None:
    open_return(
        desk.ports, request, person, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=now
    )


def look(desk: Desk, now=MONDAY) -> None:
    take_notice(desk.ports, CASE, now)


def subjects(desk: Desk) -> list[str]:
    return [letter.subject for letter in desk.world.mail.sent]


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(entry.key, entry.status) for entry in desk.file.notices]


def alerts(desk: Desk) -> list[dict]:
    return [json.loads(one) for one in desk.waiting("alerts")]


def test_a_return_that_is_accepted_is_told_to_its_customer_in_their_language(desk):
    opened(desk)
    look(desk)
    (letter,) = desk.world.mail.sent
    assert (letter.to, letter.language) == ("claire@example.com", "fr")
    assert letter.message_id == message_id("case0001", "accepted")
    assert letter.reply_to == "returns@example.com"
    assert "Claire Exemple" in letter.text


def test_nothing_in_a_notice_tells_what_the_parcel_holds_or_is_worth(desk):
    opened(desk)
    look(desk)
    desk.step("waybill")
    desk.step("pickup")
    look(desk)
    for letter in desk.world.mail.sent:
        said = f"{letter.sender_name} {letter.subject} {letter.text} {letter.html}".lower()
        for word in ("gold", "bijou", "bague", "diamant", "1180", "1 180", "jewel"):
            assert word not in said, (letter.subject, word)


def test_every_story_that_may_owe_a_word_has_somebody_look(desk):
    desk.open()
    desk.step("waybill")
    desk.step("pickup")
    assert [json.loads(one) for one in desk.waiting("notices")] == [CASE] * 3


def test_a_look_too_many_sends_nothing(desk):
    opened(desk)
    look(desk)
    look(desk)
    assert len(subjects(desk)) == 1


def test_a_courier_is_told_with_the_hours_and_how_to_pack(desk):
    opened(desk)
    desk.step("waybill")
    desk.step("pickup")
    look(desk)
    (letter,) = desk.world.mail.sent
    assert "24 novembre 2026" in letter.text
    assert "10:00" in letter.text
    assert desk.file.notices.entry("pickup_booked/1.1-20261124-1000-1600").covers == ("accepted",)


def test_a_look_at_no_case_is_refused(desk):
    with pytest.raises(NotFoundError):
        take_notice(desk.ports, CASE, MONDAY)


def test_an_erased_customer_gets_no_notice_and_that_is_recorded(desk):
    opened(desk)
    desk.ports.cases.erase("case0001")
    look(desk)
    assert (subjects(desk), told(desk)) == ([], [("accepted", "erased")])


@pytest.mark.parametrize(
    ("address", "why"),
    [("", "no_address"), ("  ", "no_address"), ("claire", "address_invalid"), ("a@b\r\nBcc: x@y.z", "address_invalid")],
)
def test_a_customer_who_cannot_be_written_to_is_to_be_telephoned(desk, address, why):
    opened(desk)
    take_notice(replace(desk.ports, cases=Known(desk.ports.cases, address)), CASE, MONDAY)
    assert (subjects(desk), told(desk)) == ([], [("accepted", "failed")])
    (alert,) = alerts(desk)
    assert (alert["kind"], alert["reason"], alert["action"]) == ("notice_failed", why, "open")


def test_a_mail_that_never_goes_is_recorded_and_given_to_a_person(desk):
    opened(desk)
    desk.world.mail.fails.append(MailRefused("no such mailbox"))
    look(desk)
    assert told(desk) == [("accepted", "failed")]
    assert [one["kind"] for one in alerts(desk)] == ["notice_failed"]


def test_what_a_person_is_told_of_a_failed_notice_names_nobody(desk):
    opened(desk)
    desk.world.mail.fails.append(MailRefused("claire@example.com is unknown"))
    look(desk)
    assert "claire" not in json.dumps(alerts(desk)).lower()


def test_a_second_notice_that_fails_joins_the_task_that_waits_already(desk):
    opened(desk)
    desk.world.mail.fails += [MailRefused("no"), MailRefused("no")]
    look(desk)
    desk.alerts()
    desk.step("waybill")
    desk.step("pickup")
    look(desk)
    desk.alerts()
    assert [one.kind for one in desk.file.exceptions] == ["notice_failed"]
    assert [status for _, status in told(desk)] == ["failed", "failed"]


def test_a_mail_that_may_not_have_gone_is_sent_again_under_the_same_name(desk):
    opened(desk)
    desk.world.mail.fails.append(UnavailableError("no answer"))
    with pytest.raises(UnavailableError):
        look(desk)
    look(desk, MONDAY + MINUTE)
    assert subjects(desk) == []
    look(desk, MONDAY + LEASE)
    assert [one.message_id for one in desk.world.mail.sent] == [message_id("case0001", "accepted")]


def test_who_wants_no_notices_gets_none(desk):
    opened(desk)
    choose_notices(desk.ports, "case0001", opted_out=True, holder="desk", now=MONDAY)
    look(desk)
    assert subjects(desk) == []


def test_a_later_return_of_who_wants_no_notices_begins_without_them(desk):
    opened(desk)
    choose_notices(desk.ports, "case0001", opted_out=True, holder="desk", now=MONDAY)
    ports = replace(desk.ports, new_id=lambda: "case0002")
    again = replace(CLAIRE, email=" CLAIRE@example.com ")
    request = replace(REQUEST, items=(replace(RING, serial="GT-0002"),))
    open_return(
        ports, request, again, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY + DAY
    )
    take_notice(ports, {"case_id": "case0002"}, MONDAY + DAY)
    assert subjects(desk) == []
    assert ports.cases.file("case0002").notices.opted_out_at == MONDAY


def test_what_a_person_decided_is_told_even_to_who_wants_no_notices(desk):
    opened(desk, request=DOUBTED)
    choose_notices(desk.ports, "case0001", opted_out=True, holder="desk", now=MONDAY)
    (waiting,) = desk.file.exceptions
    verdict = Verdict("resolve", "boss", note="seen before", outcome="refused")
    act_on_exception(desk.ports, waiting.exception_id, verdict, MONDAY)
    look(desk)
    assert [key.partition("/")[0] for key, _ in told(desk)] == ["decision"]
    assert "seen before" not in desk.world.mail.sent[0].text


def test_after_three_days_without_a_worker_one_summary_tells_it_all(desk):
    opened(desk)
    desk.step("waybill")
    desk.step("pickup")
    look(desk, MONDAY + 3 * DAY)
    assert [entry.key for entry in desk.file.notices] == ["summary/accepted"]
    assert len(subjects(desk)) == 1


class LateOther:
    """Another worker that is at the same case: it does what it does just before we write."""

    def __init__(self, notices, meanwhile) -> None:
        self.notices, self.meanwhile = notices, [meanwhile]

    def keep(self, case_id: str, register: Register) -> bool:
        if self.meanwhile:
            self.meanwhile.pop()()
        return self.notices.keep(case_id, register)


def test_of_two_workers_at_once_one_sends(desk):
    opened(desk)
    late = LateOther(desk.ports.notices, lambda: look(desk))
    take_notice(replace(desk.ports, notices=late), CASE, MONDAY)
    assert len(subjects(desk)) == 1


def test_an_opt_out_while_a_mail_is_under_way_is_not_lost(desk):
    opened(desk)

    class Meanwhile:
        def send(self, letter) -> str:
            choose_notices(desk.ports, "case0001", opted_out=True, holder="desk", now=MONDAY)
            return desk.world.mail.send(letter)

    take_notice(replace(desk.ports, mail=Meanwhile()), CASE, MONDAY)
    assert told(desk) == [("accepted", "sent")]
    assert desk.file.notices.opted_out_at == MONDAY


def test_what_a_dead_worker_claimed_is_sent_by_the_next_that_looks(desk):
    opened(desk)
    desk.ports.notices.keep("case0001", Register().with_entry(Entry("accepted", "claimed", MONDAY)))
    look(desk, MONDAY + LEASE)
    assert told(desk) == [("accepted", "sent")]
