"""The desk sees what a customer was told, how a notice reads before it goes, and keeps that they want none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import MailRefused, NotFoundError
from chalicelib.notices.facts import MOMENTS
from chalicelib.workflows.read_notices import choose_notices, preview_notice, read_notices
from chalicelib.workflows.send_notices import take_notice
from tests.workflows.desk import HOUR, MONDAY, Desk

CASE = {"case_id": "case0001"}
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    opened = Desk()
    opened.open()
    return opened


def told(desk: Desk, now=MONDAY):
    return read_notices(desk.ports, "case0001", now)


def rows(desk: Desk, now=MONDAY) -> list[tuple[str, str, str | None]]:
    return [(row["moment"], row["status"], row["told_with"]) for row in told(desk, now)["items"]]


def choose(desk: Desk, *, opted_out: bool, now=MONDAY):
    return choose_notices(desk.ports, "case0001", opted_out=opted_out, holder="anna@desk", now=now)


def test_what_waits_what_was_sent_and_what_comes_next(desk):
    assert rows(desk) == [("accepted", "waiting", None)]
    take_notice(desk.ports, CASE, MONDAY)
    assert rows(desk) == [("accepted", "sent", None)]
    assert told(desk)["next"] == ["pickup_booked", "collected", "arrived", "decision", "paid"]


def test_a_moment_that_another_mail_told_names_that_mail(desk):
    desk.step("waybill")
    desk.step("pickup")
    take_notice(desk.ports, CASE, MONDAY)
    assert rows(desk) == [("accepted", "sent", "pickup_booked"), ("pickup_booked", "sent", None)]
    assert [row["message_id"] is None for row in told(desk)["items"]] == [True, False]


def test_a_summary_is_shown_beside_what_it_told(desk):
    take_notice(desk.ports, CASE, MONDAY + 3 * DAY)
    assert rows(desk, MONDAY + 3 * DAY) == [("accepted", "sent", "summary"), ("summary", "sent", None)]


def test_a_notice_that_failed_says_why(desk):
    desk.world.mail.fails.append(MailRefused("no such mailbox"))
    take_notice(desk.ports, CASE, MONDAY)
    (row,) = told(desk)["items"]
    assert (row["status"], row["why"]) == ("failed", "mail_refused")


def test_what_is_not_wanted_is_shown_as_not_wanted(desk):
    assert choose(desk, opted_out=True)["opted_out"] is True
    assert rows(desk) == [("accepted", "not_wanted", None)]


def test_a_choice_is_kept_and_logged_once_however_often_it_is_told(desk):
    for at in (MONDAY, MONDAY + HOUR):
        choose(desk, opted_out=True, now=at)
    assert told(desk)["opted_out_at"] == "2026-11-23T09:00:00Z"
    assert [(entry.what, entry.by) for entry in desk.file.log[1:]] == [("notices_refused", "anna@desk")]


def test_to_want_what_one_never_refused_writes_nothing(desk):
    choose(desk, opted_out=False)
    assert (desk.file.notices.version, len(desk.file.log)) == (0, 1)


def test_a_choice_taken_back_is_kept_too(desk):
    choose(desk, opted_out=True)
    assert choose(desk, opted_out=False, now=MONDAY + HOUR)["opted_out"] is False
    assert [entry.what for entry in desk.file.log[1:]] == ["notices_refused", "notices_wanted"]


def test_a_choice_whose_writer_died_before_the_log_is_logged_by_the_repeat(desk):
    desk.ports.notices.keep("case0001", desk.file.notices.chosen(MONDAY, opted_out=True))
    choose(desk, opted_out=True)
    assert [entry.what for entry in desk.file.log[1:]] == ["notices_refused"]


def test_a_case_that_there_is_not_is_not_found():
    for asked in (
        lambda ports: read_notices(ports, "c", MONDAY),
        lambda ports: preview_notice(ports, "c", "held", None, MONDAY),
        lambda ports: choose_notices(ports, "c", opted_out=True, holder="h", now=MONDAY),
    ):
        with pytest.raises(NotFoundError):
            asked(Desk().ports)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("language", ["en", "zh-TW", "ar", "xx"])
def test_every_moment_can_be_looked_at_before_anything_was_sent(desk, moment, language):
    shown = preview_notice(desk.ports, "case0001", moment, language, MONDAY)
    assert (shown["moment"], shown["dir"]) == (moment, "rtl" if language == "ar" else "ltr")
    assert shown["subject"]
    assert "{" not in shown["text"]
    assert desk.world.mail.sent == []


def test_what_has_come_is_shown_as_it_is_and_what_has_not_as_an_example(desk):
    shown = {one: preview_notice(desk.ports, "case0001", one, None, MONDAY)["sample"] for one in ("accepted", "held")}
    assert shown == {"accepted": False, "held": True}


def test_a_preview_is_in_the_customers_language_and_names_nobody(desk):
    shown = preview_notice(desk.ports, "case0001", "accepted", None, MONDAY)
    assert shown["language"] == "fr"
    assert "Claire" not in shown["text"] + shown["html"]
    assert desk.file.case.rma in shown["text"]


class NoUnsealing:
    """Cases as the desk's own function may read them: it may not unseal a person."""

    def __init__(self, cases) -> None:
        self.file, self.read, self.commit = cases.file, cases.read, cases.commit


def test_the_desk_needs_nobody_unsealed(desk):
    ports = replace(desk.ports, cases=NoUnsealing(desk.ports.cases))
    preview_notice(ports, "case0001", "accepted", None, MONDAY)
    assert read_notices(ports, "case0001", MONDAY)["case_id"] == "case0001"
