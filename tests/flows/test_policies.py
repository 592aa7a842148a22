"""What each function calls on the way of a return is within its own policy: moto itself refuses nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.house import House, booked
from tests.flows.journey import travel

POLICY_BY_PART = {
    "api_handler": "api", "webhook": "api", "on_tracking_received": "tracking", "on_poll_due": "polls",
    "on_step_due": "steps", "on_papers_due": "papers", "on_alert_raised": "alerts", "sweep_due_work": "sweep",
    "on_notice_due": "notices", "on_delivery_due": "deliveries",
}  # fmt: skip
# What AWS asks for under another name than the call's; a transaction of ours puts and updates.
NEEDED_BY_CALL = {
    "dynamodb.TransactWriteItems": {"dynamodb:PutItem", "dynamodb:UpdateItem"},
    "sqs.SendMessageBatch": {"sqs:SendMessage"},
    # A whole MIME message is asked for under the older call's name too.
    "sesv2.SendEmail": {"ses:SendEmail", "ses:SendRawEmail"},
}


def allowed(policy: str) -> set[str]:
    document: dict[str, Any] = json.loads(Path(f".chalice/policy-{policy}.json").read_text(encoding="utf-8"))
    return {action for statement in document["Statement"] for action in statement["Action"]}


def called(house: House) -> dict[str, set[str]]:
    """By policy, every action that was needed so far."""
    found: dict[str, set[str]] = {}
    for part, calls, _ in house.bills:
        for call in calls:
            needed = NEEDED_BY_CALL.get(call.operation) or {call.operation.replace(".", ":")}
            found.setdefault(POLICY_BY_PART[part], set()).update(needed)
    return found


@pytest.fixture
def busy(house: House) -> House:
    """A return brought home, pushed and polled; an unknown number; a work list; every list of the desk."""
    case_id, number = booked(house)
    house.webhook(*house.fedex.push_body(number))
    for _ in travel(house, number, between=lambda: house.sweep() and None):
        house.run()
    parked = house.fedex.push_body(number)[0].replace(number.encode(), b"794600000017")
    assert house.webhook(parked, house.fedex.signed(parked)).status_code == 202
    house.run()
    for path in (f"/v1/returns/{case_id}", "/v1/returns?stage=arrived", "/v1/returns?order=SO-1001",
                 f"/v1/shipments/fedex/{number}", "/v1/shipments?condition=held", "/v1/exceptions"):  # fmt: skip
        with house._spending("api_handler"):
            assert house.get(path).status_code == 200
    house.later(days=4)
    house.sweep()
    house.run()
    with house._spending("api_handler"):
        (row, *_) = house.get("/v1/exceptions").json_body["items"]
    done = house.post(f"/v1/exceptions/{row['exception_id']}/acknowledge", {"note": "seen"})
    assert done.status_code == 200
    return house


def test_no_function_calls_what_its_policy_does_not_allow(busy):
    found = called(busy)
    assert found.keys() == set(POLICY_BY_PART.values())
    assert {policy: missing for policy, needed in found.items() if (missing := needed - allowed(policy))} == {}
