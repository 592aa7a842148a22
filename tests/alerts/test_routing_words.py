"""What is sent: small, in the receiver's words and on its clock, safe to show, and with nothing of the customer's."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.alerts.bodies import case_delivery, daily_of, delivery_of, digest_of, gathered_of
from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.alerts.gathered import summary
from chalicelib.alerts.overview import overview
from chalicelib.alerts.playbooks import kinds_by_part
from chalicelib.money import Money
from chalicelib.rulebook import dictionary
from tests.alerts.told import NOON, a_receiver, an_alert

WORDS = dictionary("alerts", "alert_words")
CHANGES = (
    "opened", "raised", "updated", "acknowledged", "assigned", "snoozed", "woken", "waiting", "resumed", "resolved",
)  # fmt: skip
CHANNELS = ("webhook", "chat", "mail", "topic")
LONG = "customs papers <!channel> " * 4000


def body(alert, **rules):
    return json.loads(delivery_of(alert, a_receiver(**rules), NOON).body)


def all_text(alert, **rules):
    return delivery_of(alert, a_receiver(**rules), NOON).body


def names(table, before=""):
    for name, value in table.items():
        yield from names(value, f"{before}{name}.") if isinstance(value, dict) else [f"{before}{name}"]


def test_both_languages_have_the_same_words_with_the_same_blanks():
    blanks = {
        language: {name: set(re.findall(r"{(\w+)}", str(value_at(WORDS[language], name)))) for name in names(words)}
        for language, words in WORDS.items()
        if language in ("en", "zh")
    }

    assert blanks["en"] == blanks["zh"]
    assert set(WORDS["sign"]) == set(WORDS["en"]["severity"]) == set(SEVERITIES)
    assert set(CHANGES) <= set(WORDS["en"]["change"])


def value_at(table, name):
    for part in name.split("."):
        table = table[part]
    return table


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_told_in_every_language_by_every_way(change, channel, language):
    told = all_text(an_alert(action=change), channel=channel, language=language)

    assert told == all_text(an_alert(action=change), channel=channel, language=language)
    assert json.loads(told)


@pytest.mark.parametrize("kind", [kind for kinds in kinds_by_part(NOON.date()).values() for kind in kinds])
def test_every_kind_has_words_in_chinese(kind):
    title = body(an_alert(kind=kind, reason=None), language="zh")["text"]

    assert re.search(r"[\u4e00-\u9fff]", title.partition("：")[2])


def test_a_tool_is_told_everything_it_needs_and_under_a_name_that_stays():
    told = body(an_alert(sequence=7, at=NOON), channel="webhook")

    assert told == {
        "schema_version": 1,
        "type": "exception.opened",
        "id": delivery_of(an_alert(sequence=7), a_receiver(channel="webhook"), NOON + timedelta(hours=3)).message_id,
        "occurred_at": "2026-11-23T12:00:00Z",
        "subject": "case/case0001",
        "case_id": "case0001",
        "sequence": 7,
        "data": told["data"],
    }
    data = told["data"]
    assert data["money_at_risk"] == {"amount": "1180.00", "currency": "EUR"}
    assert (data["kind"], data["severity"], data["status"], data["action_by"]) == (
        "customs_hold", "high", "open", "merchant",
    )  # fmt: skip
    assert data["path"] == f"/v1/exceptions/{data['exception_id']}"
    assert data["to_do"]
    assert data["meaning"]


def test_what_has_no_case_is_put_in_order_exception_by_exception():
    said = {"subject_kind": "carrier", "subject": "fedex", "case_id": None, "leg_n": None}
    told = [
        body(an_alert(sequence=n, episode=episode, **said), channel="webhook")
        for episode, n in (("new_code-A|B", 1), ("new_code-A|B", 2), ("carrier_silent-1", 1))
    ]
    assert [(one["subject"], one["sequence"]) for one in told] == [
        ("carrier/fedex/new_code-A|B", 1), ("carrier/fedex/new_code-A|B", 2), ("carrier/fedex/carrier_silent-1", 1),
    ]  # fmt: skip


def test_each_receiver_and_each_change_has_a_name_of_its_own():
    deliveries = [
        delivery_of(alert, a_receiver(name), NOON)
        for alert in (an_alert(), an_alert(sequence=2), an_alert(action="raised"), an_alert(2))
        for name in ("a", "b")
    ]

    assert len({one.message_id for one in deliveries}) == 8
    assert all(re.fullmatch(r"msg_[0-9a-f]{32}", one.message_id) for one in deliveries)


@pytest.mark.parametrize("channel", CHANNELS)
def test_whatever_is_written_in_an_exception_a_message_stays_below_twenty_kilobytes(channel):
    alert = an_alert(
        kind="x" * 60, meaning=LONG, to_do=(LONG,) * 50, opened_at=datetime(2020, 1, 1, tzinfo=UTC), subject="c" * 200
    )  # fmt: skip

    assert len(all_text(alert, channel=channel).encode()) < 20_000


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_note_that_a_person_typed_and_no_name_of_theirs_leaves_the_house(channel):
    alert = an_alert(action="resolved", status="resolved", resolved_by="Claire Exemple", assignee="Claire Exemple")
    note = replace(alert.note, by="Claire Exemple", note="rang claire@example.com, 1 rue Exemple")

    told = all_text(replace(alert, note=note), channel=channel)

    assert "Claire" not in told
    assert "Exemple" not in told


@pytest.mark.parametrize("channel", ["chat", "topic"])
def test_what_a_parcel_is_worth_is_told_to_staff_and_tools_and_not_to_a_room(channel):
    alert = an_alert(money_at_risk=Money(Decimal("98765.43"), "USD"))

    assert "98765" not in all_text(alert, channel=channel)
    assert "98765.43 USD" in all_text(alert, channel="mail")
    assert "98765.43" in all_text(alert, channel="webhook")


def test_a_mail_holds_no_address():
    assert "@" not in all_text(an_alert(), channel="mail")


def test_a_chat_message_calls_nobody_and_draws_no_link():
    hostile = "<!channel> <https://evil.example|click> @here & <@U123>"
    alert = an_alert(subject_kind="number", subject=f"fedex/{hostile}", case_id=None, kind="unknown_number")

    told = body(alert)
    shown = told["text"] + told["blocks"][0]["text"]["text"]

    assert "<" not in shown
    assert ">" not in shown
    assert "@" not in shown
    assert "&lt;!channel&gt;" in shown
    assert told["mrkdwn"] is False
    assert told["blocks"][0]["text"]["type"] == "plain_text"


def test_a_chat_message_is_who_what_and_by_when_on_the_clock_of_the_room():
    lines = body(an_alert(), language="en", time_zone="Asia/Shanghai")["blocks"][0]["text"]["text"].splitlines()

    assert lines[0] == "🟠 high, new: Customs want papers"
    assert lines[2] == "We must act by 2026-11-23 20:00 Asia/Shanghai (2026-11-23 12:00 UTC)"
    assert lines[3].startswith("See /v1/exceptions/")


def test_a_long_digest_is_several_blocks_that_a_room_takes_and_ends_with_where_to_see_all():
    receiver = a_receiver()
    told = summary([gathered_of(an_alert(n, subject=f"{n:0100d}"), receiver) for n in range(100)], 20)

    blocks = json.loads(digest_of("msg_1", told, receiver, NOON, NOON).body)["blocks"]

    assert 1 < len(blocks) < 5
    assert all(0 < len(one["text"]["text"]) < 3000 for one in blocks)
    assert blocks[-1]["text"]["text"].endswith("See /v1/exceptions")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_subject_on_the_topic_is_short_and_every_telephone_shows_it(language):
    alert = an_alert(subject_kind="number", subject="ems/" + "快递" * 90, case_id=None)

    subject = body(alert, channel="topic", language=language)["subject"]

    assert subject.isascii()
    assert subject.isprintable()
    assert 0 < len(subject) <= 100


def test_an_exception_from_before_the_first_playbook_is_told_in_its_own_words():
    told = body(an_alert(opened_at=datetime(2020, 1, 1, tzinfo=UTC)), channel="webhook")

    assert (told["data"]["meaning"], told["data"]["to_do"]) == ("Customs want papers.", ["Ask"])


def waiting(count, receiver, **changed):
    return [
        gathered_of(an_alert(n, severity=SEVERITIES[n % 4], **changed), receiver) for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_digest_of_a_thousand_counts_all_and_spells_out_the_gravest(channel, language):
    receiver = a_receiver(channel=channel, language=language)
    told = summary(waiting(1000, receiver), 20)

    sent = digest_of("msg_1", told, receiver, NOON, NOON).body

    assert len(sent.encode()) < 20_000
    assert {one.severity for one in told.first} == {"critical"}
    assert (told.changes, told.exceptions, sum(told.more.values())) == (1000, 1000, 980)
    assert "1000" in sent
    assert "980" in sent


def test_of_several_changes_of_one_exception_a_digest_spells_out_the_last():
    receiver = a_receiver()
    changes = [
        gathered_of(an_alert(at=NOON + timedelta(minutes=n), action=action, sequence=n), receiver)
        for n, action in enumerate(("opened", "raised", "resolved"))
    ]

    told = summary(changes[::-1], 20)

    assert (told.changes, told.exceptions, [one.change for one in told.first]) == (3, 1, ["resolved"])


def test_the_name_of_many_kinds_does_not_make_a_digest_long():
    receiver = a_receiver(channel="webhook")
    told = summary([gathered_of(an_alert(n, kind=f"kind_{n:04d}" + "x" * 40), receiver) for n in range(900)], 20)

    sent = json.loads(digest_of("msg_1", told, receiver, NOON, NOON).body)

    assert sum(sent["data"]["more"].values()) == 880
    assert len(json.dumps(sent)) < 20_000


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_daily_digest_says_what_is_open_overdue_ending_and_to_be_claimed(channel, language):
    hour = timedelta(hours=1)
    exceptions = [
        an_alert(1, severity="critical", deadline=NOON - hour).exception,
        an_alert(2, deadline=NOON + hour).exception,
        an_alert(3, deadline=NOON + 23 * hour).exception,
        an_alert(4, deadline=NOON + 25 * hour, kind="claim_due").exception,
        an_alert(5, deadline=None, kind="duty_claim_due", severity="low").exception,
        an_alert(6, status="resolved").exception,
    ]
    receiver = a_receiver(channel=channel, language=language)
    told = overview(exceptions, receiver, NOON, has_more=True)

    sent = daily_of("msg_1", told, receiver, NOON, NOON).body

    assert (told.open, told.overdue, told.ending, told.claims, told.duties) == (5, 1, 2, 1, 1)
    assert told.by_severity == {"critical": 1, "high": 3, "low": 1}
    assert [one.case_id for one in told.first] == ["case0002", "case0003"]
    assert "case0002" in sent
    assert "case0006" not in sent


def test_a_day_without_anything_open_is_said_too():
    receiver = a_receiver(channel="mail")
    told = daily_of("msg_1", overview([], receiver, NOON, has_more=False), receiver, NOON, NOON)

    assert json.loads(told.body)["subject"] == "Nothing is open today."


def test_a_step_of_a_case_is_told_with_its_facts():
    told = case_delivery(
        "c1", "stage_changed", 9, NOON, {"from": "booked", "to": "in_transit"}, a_receiver(channel="webhook"), NOON
    )

    sent = json.loads(told.body)
    assert (sent["type"], sent["subject"], sent["sequence"]) == ("case.stage_changed", "case/c1", 9)
    assert sent["data"] == {"from": "booked", "to": "in_transit", "path": "/v1/returns/c1"}
