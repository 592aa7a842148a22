"""What is logged is one line per record whatever is written into it; what is measured has only values that we name."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.test import Client

import app as product
from chalicelib.adapters.tokens import mint
from infra.alarms import NAMESPACE
from infra.build_template import build_template
from tests.architecture.tree import product as modules
from tests.fakes.memory_ports import World, memory_ports
from tests.fakes.pieces import NOW

QUEUES = {
    "tracking": "on_tracking_received",
    "polls": "on_poll_due",
    "steps": "on_step_due",
    "alerts": "on_alert_raised",
    "notices": "on_notice_due",
    "deliveries": "on_delivery_due",
    "evidence": "on_evidence_due",
    "payments": "on_payment_due",
}
SCHEDULED = {
    "version": "0", "account": "", "region": "", "detail": {}, "detail-type": "", "source": "",
    "id": "", "resources": [],
}  # fmt: skip
HOSTILE = 'x"}\r\n{"level":"ERROR","message":"forged"}\x1b[31m\u2028\x00\x85red'
DIMENSIONS = {"service", "queue"}


@pytest.fixture
def world() -> Iterator[World]:
    built = memory_ports()
    product.world.hand_in(built.ports, lambda: NOW)
    yield built
    product.world.hand_in(None, lambda: datetime.now(UTC))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    said = io.StringIO()
    handlers = [one for one in logging.getLogger("goldthread").handlers if isinstance(one, logging.StreamHandler)]
    assert handlers
    before = [one.setStream(said) for one in handlers]
    yield said
    for one, stream in zip(handlers, before, strict=True):
        one.setStream(stream)


def handled(queue: str, bodies: list[str]) -> Any:
    records = [
        {
            "messageId": f"m{n}", "receiptHandle": "h", "body": body, "attributes": {}, "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q", "md5OfBody": "",
            "awsRegion": "us-east-1",
        }
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    return Client(product.app).lambda_.invoke(QUEUES[queue], {"Records": records})


def hostile_messages() -> list[str]:
    words = (HOSTILE, "794612345678", {"kind": HOSTILE}, [HOSTILE])
    return [json.dumps({name: word}) for name in ("kind", "source", "carrier", "request_id") for word in words] + [
        HOSTILE
    ]


@pytest.mark.parametrize("queue", QUEUES)
def test_whatever_a_message_holds_each_record_is_one_line_of_json(world, logged, queue):
    handled(queue, hostile_messages())
    lines = logged.getvalue().split("\n")
    assert lines.pop() == ""
    assert len(lines) >= len(hostile_messages())
    for line in lines:
        assert isinstance(json.loads(line), dict)
        assert not any(ord(letter) < 32 for letter in line)
    assert {json.loads(line)["message"] for line in lines} <= {"message failed", "done", "not buried"}


def test_a_buried_message_says_why_and_nothing_that_it_does_not_know(world):
    handled("steps", [HOSTILE])
    ((queue, _body, why),) = world.queues.buried
    assert (queue, why["defect"], why["reason"]) == ("steps", "JSONDecodeError", "")


def test_a_request_cannot_write_its_own_line_into_the_log(world, logged):
    token = mint(world.table, HOSTILE, "support", ["admin"], NOW, 1, bytes(range(30)))
    client = Client(product.app).http
    headers = {"X-Request-Id": HOSTILE, "Authorization": f"Bearer {token}", "Content-Type": HOSTILE}
    client.get("/v1/returns/nobody", headers=headers)
    client.post("/v1/returns", headers=headers, body=HOSTILE.encode())
    client.post("/v1/webhooks/fedex", headers={"fdx-signature": HOSTILE}, body=HOSTILE.encode())
    lines = [line for line in logged.getvalue().split("\n") if line]
    assert len(lines) >= 3
    for line in lines:
        assert "forged" not in json.loads(line)["message"]
        assert "\x1b" not in line


@pytest.mark.parametrize("queue", QUEUES)
def test_a_metric_is_split_by_the_four_queues_and_by_nothing_that_a_parcel_brings(world, queue):
    printed = io.StringIO()
    with redirect_stdout(printed):
        handled(queue, hostile_messages())
    found = [json.loads(line) for line in printed.getvalue().splitlines() if '"_aws"' in line]
    assert found
    for record in found:
        for metric in record["_aws"]["CloudWatchMetrics"]:
            assert {name for one in metric["Dimensions"] for name in one} <= DIMENSIONS
        assert record["queue"] in QUEUES
        assert set(record) <= {"_aws", *DIMENSIONS, "MessagesFailed", "MessagesBuried"}


def counted(printed: str) -> set[tuple[str, frozenset[str]]]:
    """The metrics that were printed, each with the names of its dimensions."""
    records = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    return {
        (metric["Name"], frozenset(dimensions))
        for record in records
        for told in record["_aws"]["CloudWatchMetrics"]
        for dimensions in told["Dimensions"]
        for metric in told["Metrics"]
        if told["Namespace"] == NAMESPACE
    }


def shown() -> set[tuple[str, frozenset[str]]]:
    """The metrics of our own on the dashboard and behind alarms, each with the names of its dimensions."""
    resources = build_template("prod")["Resources"]
    board = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    rows = [row for widget in board["widgets"] for row in widget["properties"]["metrics"] if row[0] == NAMESPACE]
    watched = [
        metric["MetricStat"]["Metric"]
        for resource in resources.values()
        for metric in resource.get("Properties", {}).get("Metrics", ())
        if metric.get("MetricStat", {}).get("Metric", {}).get("Namespace") == NAMESPACE
    ]
    behind = {(one["MetricName"], frozenset(part["Name"] for part in one["Dimensions"])) for one in watched}
    return {(row[1], frozenset(row[2::2])) for row in rows} | behind


def test_what_is_shown_and_watched_of_our_own_is_exactly_what_is_counted(world):
    printed = io.StringIO()
    with redirect_stdout(printed):
        for queue in QUEUES:
            handled(queue, ["{}", HOSTILE])
        Client(product.app).lambda_.invoke("sweep_due_work", {**SCHEDULED, "time": "2026-11-23T09:00:00Z"})
    assert counted(printed.getvalue()) == shown()


def calls_to(name: str) -> Iterator[ast.Call]:
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield node


def test_a_dimension_is_named_in_the_source_and_only_by_these_names():
    named = [call.args[0].value for call in calls_to("add_dimension") if isinstance(call.args[0], ast.Constant)]
    assert len(named) == len(list(calls_to("add_dimension"))) > 0, "a name that is computed has no bound"
    assert set(named) <= DIMENSIONS
    for forbidden in ("set_default_dimensions", "add_metadata", "single_metric"):
        assert list(calls_to(forbidden)) == []
