"""The merchant's receivers: everything wrong with them is told at once."""

from __future__ import annotations

import pytest

from chalicelib.merchant import MerchantFileInvalid, read_merchant
from tests.returns.requests_of import SAMPLE_FILE, merchant

SAMPLE = SAMPLE_FILE.read_text(encoding="utf-8")
WHOLE = """
[[receiver]]
id = "night-desk"
channel = "mail"
to = ["night@example.com"]
time_zone = "Europe/Paris"
events = ["exception", "digest"]
hours = { days = ["mon"], opens = "09:00", closes = "18:00" }
digest_at = ["08:00"]
storm = { messages = 5, minutes = 10 }
"""


def faults_of(text: str) -> set[tuple[str, str]]:
    with pytest.raises(MerchantFileInvalid) as refused:
        read_merchant(SAMPLE + text)
    return {(fault.field, fault.code) for fault in refused.value.faults}


def test_the_sample_has_a_receiver_of_each_channel():
    assert {one.channel for one in merchant().receiver} == {"chat", "mail", "webhook", "topic"}
    assert any("digest" in one.events for one in merchant().receiver)


def test_a_whole_receiver_is_taken():
    assert read_merchant(SAMPLE + WHOLE).receiver[-1].id == "night-desk"


@pytest.mark.parametrize(
    ("find", "put", "where", "code"),
    [
        ('"night-desk"', '"on-call"', "receiver.id", "repeated"),
        ('"night-desk"', '"fallback"', "receiver.fallback", "reserved"),
        ('to = ["night@example.com"]', "", "receiver.night-desk", "missing"),
        ('channel = "mail"', 'channel = "chat"', "receiver.night-desk", "says_nothing"),
        ('channel = "mail"\nto = ["night@example.com"]', 'channel = "topic"', "receiver", "repeated"),
        ("storm = { messages = 5, minutes = 10 }", "", "receiver.night-desk", "missing"),
        ('digest_at = ["08:00"]', "", "receiver.night-desk", "missing"),
        ('["08:00"]', '["08:00", "08:00"]', "receiver.night-desk", "repeated"),
        ('["exception", "digest"]', '["exception", "case", "digest"]', "receiver.night-desk", "contradicts"),
        ('closes = "18:00"', 'closes = "09:00"', "receiver.night-desk", "ends_before_start"),
        ('["mon"]', '["mon", "mon"]', "receiver.night-desk", "repeated"),
    ],
)
def test_a_receiver_that_contradicts_itself_is_refused(find, put, where, code):
    assert find in WHOLE
    assert (where, code) in faults_of(WHOLE.replace(find, put, 1))


def test_times_of_a_digest_for_which_nothing_waits_are_refused():
    idle = WHOLE.replace('"exception", "digest"', '"exception"').replace("hours = {", "# {")

    assert faults_of(idle) == {("receiver.night-desk", "says_nothing")}


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ('"Europe/Paris"', '"Europe/Atlantis"'),
        ('"night-desk"', '"Night Desk"'),
        ("night@example.com", "night, and day"),
        ('channel = "mail"', 'channel = "pigeon"'),
        ('"exception", "digest"', '"everything"'),
        ('opens = "09:00"', 'opens = "09:00:30"'),
        ('opens = "09:00"', 'opens = "09:00+01:00"'),
        ('["mon"]', "[]"),
        ("messages = 5", "messages = 0"),
        ("messages = 5", "message = 5"),
        ('channel = "mail"', 'channel = "mail"\nkinds = ["*_hold"]'),
        ('channel = "mail"', 'channel = "mail"\nkinds = [""]'),
        ('channel = "mail"', 'channel = "mail"\ncountries = ["France"]'),
    ],
)
def test_what_no_receiver_can_have_is_refused(find, put):
    assert find in WHOLE
    assert all(field.startswith("receiver.4") for field, _ in faults_of(WHOLE.replace(find, put, 1)))


def test_every_fault_is_told_at_once():
    broken = WHOLE.replace("to = [", "# [").replace("storm", "# storm").replace("digest_at", "# digest_at")

    assert len([one for one in faults_of(broken) if one[0] == "receiver.night-desk"]) == 1
    with pytest.raises(MerchantFileInvalid) as refused:
        read_merchant(SAMPLE + broken)
    assert len(refused.value.faults) == 3
