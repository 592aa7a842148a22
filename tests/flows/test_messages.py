"""What comes in from outside and must not get far: forged pushes, poisoned messages, bodies nobody can read."""

from __future__ import annotations

import json

import pytest

from infra.build_template import MAX_RECEIVE_COUNT
from tests.fakes.memory_ports import SECRETS
from tests.flows.house import BATCHES, booked
from tests.flows.test_numbers import wrapped


def told(number):
    return json.dumps({"output": {"completeTrackResults": [wrapped(number)]}}).encode()


def test_a_good_push_costs_one_call_and_a_forged_one_none(house):
    body = told("794644790555")
    signed = house.fedex.signed(body)
    header = next(name for name in signed if name != "content-type")
    assert house.webhook(body, signed).status_code == 202
    assert house.meter.calls == {"secretsmanager.GetSecretValue": 1, "sqs.SendMessageBatch": 1}
    house.meter.reset()
    forgeries = [
        (body, house.fedex.signed(body, "guessed")),
        (body + b" ", signed),
        (body, signed | {header: ""}),
        (body, signed | {header: signed[header][:-1]}),
        (body, signed | {header: "é" * 64}),
        (body, {"content-type": "application/json"}),
        (b"", house.fedex.signed(b"x")),
    ]
    for forged, headers in forgeries * 3:
        refused = house.webhook(forged, headers)
        assert (refused.status_code, refused.json_body["code"]) == (401, "untrusted_sender")
    assert house.meter.calls == {}
    assert house.webhook(body, house.fedex.signed(body, SECRETS["webhooks"]["fedex"][1])).status_code == 202
    assert house.meter.calls == {"sqs.SendMessageBatch": 1}


def test_nothing_that_is_not_admitted_costs_more_than_its_token(house):
    house.meter.reset()
    for body in (b"", b"{", b"[" * 10_000, b'{"a":NaN}', b'{"a":1,"a":2}', b"x" * 300_000):
        refused = house.client.http.post(
            "/v1/returns", headers={"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"},
            body=body,
        )  # fmt: skip
        assert refused.status_code in (400, 413)
    assert set(house.meter.calls) == {"dynamodb.GetItem"}
    house.meter.reset()
    assert house.client.http.post("/v1/returns", headers={}, body=b"{}").status_code == 401
    assert house.meter.calls == {}


def test_a_body_too_large_for_a_message_is_kept_first_and_read_all_the_same(house):
    case_id, number = booked(house)
    house.later(hours=24)
    house.fedex.scan(number, "PU", "PARIS", "FR", house.now)
    body, _ = house.fedex.push_body(number)
    large = body[:-1] + b',"padding":"' + b"x" * 400_000 + b'"}'
    assert house.webhook(large, house.fedex.signed(large)).status_code == 202
    house.run()
    assert house.case(case_id)["stage"] == "in_transit"


POISON = [
    "not json", "[]", "{}", '{"source":"nobody","received_at":"2026-11-23T09:00:00Z","body_b64":"e30="}',
    '{"source":"fedex_push","received_at":"2026-11-23T09:00:00Z","body_b64":"%%"}',
    '{"source":"fedex_push","received_at":"2026-11-23T09:00:00Z","body_sha256":"../../etc"}',
]  # fmt: skip


def test_a_poisoned_message_fails_alone_and_ends_in_the_dead_letters(house):
    case_id, number = booked(house)
    house.later(hours=24)
    house.fedex.scan(number, "PU", "PARIS", "FR", house.now)
    for poison in POISON:
        house.sqs.send_message(QueueUrl=house.queues["tracking"], MessageBody=poison)
    house.webhook(*house.fedex.push_body(number))
    assert len(POISON) + 1 <= BATCHES["tracking"]

    found = house.receive("tracking")
    failed = house.handle("tracking", found)
    assert {one["Body"] for one in found if one["MessageId"] in failed} < set(POISON), (
        "what is no JSON is buried at once"
    )
    house.delete("tracking", [one for one in found if one["MessageId"] not in failed])
    house.deliver("steps")
    assert house.case(case_id)["stage"] == "in_transit"

    receives = 1
    while house.deliver("tracking", failing=True):
        receives += 1
    assert receives == MAX_RECEIVE_COUNT
    assert sorted(house.dead("tracking")) == sorted(POISON)


@pytest.mark.parametrize("queue", ["steps", "polls", "alerts"])
def test_a_message_that_no_story_knows_is_not_lost(house, queue):
    for body in ("{}", '{"kind":"nonsense"}', "null"):
        house.sqs.send_message(QueueUrl=house.queues[queue], MessageBody=body)
    while house.deliver(queue, failing=True):
        continue
    assert len(house.dead(queue)) == 3


def test_a_signed_body_that_is_no_tracking_answer_is_kept_and_told_to_a_person_once(house):
    for body in (b"<html>busy</html>", b"[1]", b"<html>busy</html>"):
        assert house.webhook(body, house.fedex.signed(body)).status_code == 202
    house.run()
    rows = house.get("/v1/exceptions").json_body["items"]
    assert [row["kind"] for row in rows] == ["carrier_unreadable"] * 2
    assert house.stage.make_client("s3").list_objects_v2(Bucket=house.stage.bucket)["KeyCount"] >= 2


def test_a_queue_that_is_away_is_told_to_the_carrier_so_that_it_comes_again(house):
    body = told("794644790556")
    signed = house.fedex.signed(body)
    house.sqs.delete_queue(QueueUrl=house.queues["tracking"])
    answer = house.webhook(body, signed)
    assert answer.status_code >= 500
    assert answer.json_body["errors"] == [] or answer.json_body["errors"][0]["detail"]
