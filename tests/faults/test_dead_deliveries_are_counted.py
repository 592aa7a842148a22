"""A delivery that is given up is counted, under the name and the dimensions that its alarm watches."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime

import pytest
from chalice.test import Client

import app as product
from chalicelib.workflows.delivery_ports import OutboundAnswer
from chalicelib.workflows.send_deliveries import message_of
from infra.build_template import build_template
from tests.fakes.memory_ports import SECRETS, memory_ports
from tests.workflows.carrying import NOON, RECEIVERS, a_delivery


def worked(status: int) -> list[dict]:
    """What the worker prints of metrics when the receiver answers so."""
    world = memory_ports(secrets=SECRETS | {"receivers": RECEIVERS})
    world.outbound.answering = lambda _url, _headers, _body: OutboundAnswer(status, {}, 12)
    world.ports.deliveries.put_new(a_delivery())
    record = {
        "messageId": "m1", "receiptHandle": "h", "body": json.dumps(message_of(a_delivery())), "attributes": {},
        "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
        "md5OfBody": "", "awsRegion": "us-east-1",
    }  # fmt: skip
    printed = io.StringIO()
    product.world.hand_in(world.ports, lambda: NOON)
    try:
        with redirect_stdout(printed):
            Client(product.app).lambda_.invoke("on_delivery_due", {"Records": [record]})
    finally:
        product.world.hand_in(None, lambda: datetime.now(UTC))
    return [json.loads(line) for line in printed.getvalue().splitlines() if '"_aws"' in line]


def test_a_delivery_that_is_given_up_is_counted_where_its_alarm_looks():
    ((counted,), alarm) = worked(410), build_template("prod")["Resources"]["DeliveriesDeadAlarm"]["Properties"]
    (told,) = counted["_aws"]["CloudWatchMetrics"]

    assert (told["Namespace"], told["Metrics"][0]["Name"]) == (alarm["Namespace"], alarm["MetricName"])
    assert told["Dimensions"] == [[one["Name"] for one in alarm["Dimensions"]]]
    assert counted[alarm["MetricName"]] in (1, [1])


@pytest.mark.parametrize("status", [204, 500])
def test_one_that_arrives_or_is_tried_again_is_not(status):
    assert worked(status) == []
