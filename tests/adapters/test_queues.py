"""Messages go out ten at a time, and those that SQS did not take go out again."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.queues import BYTES_PER_CALL, SqsQueues, batches
from chalicelib.errors import SettingsInvalid, UnavailableError


class Sqs:
    """Refuses the bodies it is told to, as often as it is told to."""

    def __init__(self, refuse=None, times=0):
        self.refuse, self.times, self.calls = refuse, times, []

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803 - SQS's own names
        self.calls.append((QueueUrl, [entry["MessageBody"] for entry in Entries]))
        failed = (
            [entry for entry in Entries if self.refuse and self.refuse in entry["MessageBody"]] if self.times else []
        )
        self.times -= 1 if failed else 0
        return {"Failed": [{"Id": entry["Id"], "SenderFault": False} for entry in failed]}


def queues_over(sqs):
    return SqsQueues(
        Clients(lambda _: sqs), {"alerts": "https://sqs/alerts"}, {"alerts": "https://sqs/dead"}, lambda _: None
    )


def test_all_messages_go_out_ten_at_a_time_in_order():
    sqs = Sqs()
    queues_over(sqs).send("alerts", [{"n": n} for n in range(23)])
    assert [len(bodies) for _, bodies in sqs.calls] == [10, 10, 3]
    assert [json.loads(body)["n"] for _, bodies in sqs.calls for body in bodies] == list(range(23))
    assert {url for url, _ in sqs.calls} == {"https://sqs/alerts"}


def test_what_sqs_did_not_take_is_sent_again_and_nothing_else():
    sqs = Sqs(refuse='"n":4', times=2)
    queues_over(sqs).send("alerts", [{"n": n} for n in range(10)])
    assert [len(bodies) for _, bodies in sqs.calls] == [10, 1, 1]


def test_what_sqs_never_takes_is_an_error_and_never_silence():
    with pytest.raises(UnavailableError, match="1 of 10"):
        queues_over(Sqs(refuse='"n":4', times=99)).send("alerts", [{"n": n} for n in range(10)])


def test_a_batch_is_never_larger_than_one_call_may_be():
    bodies = ["x" * (BYTES_PER_CALL // 2 - 1)] * 5
    assert [len(batch) for batch in batches(bodies)] == [2, 2, 1]


def test_control_characters_and_chinese_travel_as_ascii():
    sqs = Sqs()
    queues_over(sqs).send("alerts", [{"text": "\x00\x0b 深圳"}])
    (body,) = sqs.calls[0][1]
    assert body.isascii()
    assert body.isprintable()
    assert json.loads(body)["text"] == "\x00\x0b 深圳"


def test_a_queue_that_this_function_was_not_given_is_refused_by_name():
    with pytest.raises(SettingsInvalid, match="polls"):
        queues_over(Sqs()).send("polls", [{}])


def test_nothing_to_send_is_no_call():
    sqs = Sqs()
    queues_over(sqs).send("alerts", [])
    assert sqs.calls == []


def test_a_buried_message_lies_in_its_dead_letters_with_the_reason_beside_it():
    sqs = Recorder()
    queues = SqsQueues(Clients(lambda _: sqs), {}, {"steps": "https://sqs/dead"}, lambda _: None)

    queues.bury("steps", '{"kind":"waybill"}', {"reason": "stale_version", "where": ""})

    assert sqs.sent == {
        "QueueUrl": "https://sqs/dead",
        "MessageBody": '{"kind":"waybill"}',
        "MessageAttributes": {"reason": {"DataType": "String", "StringValue": "stale_version"}},
    }


def test_a_function_buries_only_in_the_dead_letters_it_was_given():
    with pytest.raises(SettingsInvalid):
        SqsQueues(Clients(lambda _: Recorder()), {}, {}).bury("steps", "{}", {})


class Recorder:
    """An SQS client that remembers the one message it was given."""

    def __init__(self) -> None:
        self.sent: dict[str, object] = {}

    def send_message(self, **said: object) -> None:
        self.sent = said
