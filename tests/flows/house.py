"""The assembled product on moto: the handlers of app.py, real AWS clients, the simulated FedEx behind the carrier link.

A house has its own table and its own queues with their dead letters; time stands still unless it is moved. Messages are
received from the queues and handed to the handlers as Lambda would, failed ones stay and are received again.
"""

from __future__ import annotations

import io
import itertools
import json
import logging
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalice.test import Client

import app as product
from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.marshal import to_item
from chalicelib.adapters.tokens import mint
from chalicelib.adapters.wiring import build
from chalicelib.carriers.contract import HttpRequest
from chalicelib.clock import stamp
from chalicelib.workflows.ports import HttpResponse
from infra.build_template import MAX_RECEIVE_COUNT
from infra.local.fedex_simulator import FedExSimulator
from tests.fakes.aws_world import AwsStage
from tests.fakes.memory_ports import SECRETS
from tests.fakes.outward import MemoryOutbound
from tests.fakes.presses import PRESS
from tests.metering.meter import Call, Meter

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANDLERS = {
    "tracking": "on_tracking_received", "polls": "on_poll_due", "steps": "on_step_due", "papers": "on_papers_due",
    "alerts": "on_alert_raised", "notices": "on_notice_due", "deliveries": "on_delivery_due",
    "evidence": "on_evidence_due", "payments": "on_payment_due",
}  # fmt: skip
BATCHES = {
    "tracking": 10, "polls": 1, "steps": 1, "papers": 1, "alerts": 10, "notices": 1, "deliveries": 1, "evidence": 1,
    "payments": 1,
}  # fmt: skip
JSON = {"Content-Type": "application/json"}
SIGNING = SECRETS["webhooks"]["fedex"][0]
_numbers = itertools.count(1)

RING: dict[str, Any] = {
    "kind": "refund",
    "reason": "change_of_mind",
    "order": {"number": "SO-1001", "sold_on": "2026-11-01", "delivered_on": "2026-11-12"},
    "original_export": {
        "carrier": "fedex", "tracking_number": "794464790138", "invoice_number": "INV-1001",
        "exported_on": "2026-11-03", "reference": "310120260000123456", "mode": "9610",
    },
    "customer": {
        "name": "Camille Martin", "email": "camille.martin@example.com", "phone": "+33155550202", "language": "fr",
        "address": {
            "lines": ["8 rue de la Paix"], "city": "Paris", "region": None, "postal_code": "75002", "country": "FR",
        },
    },
    "return_to": "SZX-1",
    "items": [{
        "sku": "R-18K-01", "serial": "GT-000184", "description": "18K yellow gold ring, one 0.05 ct diamond",
        "article": "ring", "metal": "gold", "fineness": 750, "construction": "solid", "stones": "diamond",
        "origin": "CN", "hs_code": None, "quantity": 1, "gross_weight_g": "5.30", "net_weight_g": "5.20",
        "price": {"amount": "1180.00", "currency": "EUR"},
    }],
    "carrier": None,
    "pickup": {"on": "2026-11-24", "from": "10:00", "until": "16:00"},
}  # fmt: skip


def a_return(**changed: Any) -> dict[str, Any]:
    """The ring of the stories; what is given replaces its top-level fields."""
    return {**deepcopy(RING), **changed}


def dated(opened_on: date) -> dict[str, Any]:
    """The dates of the story, if it were opened on this Monday."""
    moved = (opened_on - MONDAY.date()).days
    order, export, pickup = (deepcopy(RING[name]) for name in ("order", "original_export", "pickup"))
    for part, name in ((order, "sold_on"), (order, "delivered_on"), (export, "exported_on"), (pickup, "on")):
        part[name] = str(date.fromisoformat(part[name]) + timedelta(days=moved))
    return {"order": order, "original_export": export, "pickup": pickup}


@dataclass
class Wire:
    """The carrier link, straight into the simulator; ``calls`` are the paths called."""

    carrier: FedExSimulator
    calls: list[str]

    def call(self, _name: str, request: HttpRequest) -> HttpResponse:
        self.calls.append(f"{request.method} {request.path}")
        status, headers, body = self.carrier.handle(request.method, request.path, request.headers, request.body)
        return HttpResponse(status, headers, body)


class House:
    """One merchant's Goldthread."""

    def __init__(self, stage: AwsStage) -> None:
        self.stage, self.now = stage, MONDAY
        clients = Clients(stage.make_client)
        self.bills: list[tuple[str, list[Call], int]] = []
        self.meter = Meter(peek=stage.make_client("dynamodb"))
        for service in ("dynamodb", "sqs", "s3", "secretsmanager", "kms", "sesv2", "sns"):
            self.meter.attach(clients.of(service))
        self.sqs = stage.make_client("sqs")
        self.queues = dict(zip(HANDLERS, map(self._new_queue, HANDLERS), strict=True))
        self.table_name = stage.new_table()
        self.table = DynamoTable(Clients(stage.make_client), self.table_name, wait=lambda _: None)
        dead = {name: f"{url}-dead" for name, url in self.queues.items()}
        settings = replace(stage.settings(self.table_name), queues=self.queues, dead_letters=dead)
        self.fedex = FedExSimulator(SIGNING, account=SECRETS["carriers"]["fedex"]["account_number"])
        self.wire = Wire(self.fedex, [])
        ports = build(settings, make_client=clients.of, monotonic=self._seconds, wait=lambda _: None)
        self.outside = MemoryOutbound()
        self.ports = replace(ports, link=self.wire, outbound=self.outside)
        product.world.hand_in(self.ports, lambda: self.now, PRESS)
        self.token = self.new_token("admin")
        self.client = Client(product.app)

    # -- the way in over HTTP

    def new_token(self, *scopes: str) -> str:
        return mint(self.table, "boss@desk", "support", scopes, self.now, 30, secrets.token_bytes(30))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        told = {"Authorization": f"Bearer {self.token}", **JSON, **headers}
        with self._spending("api_handler"):
            return self.client.http.post(path, headers=told, body=json.dumps(body).encode())

    def get(self, path: str) -> Any:
        return self.client.http.get(path, headers={"Authorization": f"Bearer {self.token}"})

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Any:
        with self._spending("webhook"):
            return self.client.http.post("/v1/webhooks/fedex", headers=dict(headers), body=body)

    # -- what the carrier and the clock do

    def scan(self, number: str, code: str, city: str, country: str, *, push: bool = True, **more: Any) -> None:
        """A scan now; pushed as a signed webhook, or only told when FedEx is asked."""
        self.fedex.scan(number, code, city, country, self.now, **more)
        if push:
            assert self.webhook(*self.fedex.push_body(number)).status_code == 202

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def sweep(self) -> dict[str, Any]:
        """The schedule runs now."""
        return self.invoke("sweep_due_work", {"time": stamp(self.now), **SCHEDULED})

    # -- the way of the messages

    def run(self) -> None:
        """Hand on every message until all queues are empty; none may fail."""
        while any(self.deliver(queue) for queue in HANDLERS):
            continue

    def deliver(self, queue: str, *, failing: bool = False) -> int:
        """Receive one batch and hand it to its handler; how many messages there were."""
        found = self.receive(queue)
        if found:
            failed = self.handle(queue, found)
            assert failing or not failed, f"{queue}: {failed}"
            self.delete(queue, [one for one in found if one["MessageId"] not in failed])
        return len(found)

    def receive(self, queue: str) -> list[dict[str, Any]]:
        most = BATCHES[queue]
        told = self.sqs.receive_message(
            QueueUrl=self.queues[queue], MaxNumberOfMessages=most, MessageAttributeNames=["All"]
        )
        return told.get("Messages", [])

    def handle(self, queue: str, messages: list[dict[str, Any]]) -> set[str]:
        """The ids that the handler reports as failed."""
        event = {"Records": [record_of(one) for one in messages]}
        answer = self.invoke(HANDLERS[queue], event)
        return {one["itemIdentifier"] for one in answer["batchItemFailures"]}

    def delete(self, queue: str, messages: list[dict[str, Any]]) -> None:
        for one in messages:
            self.sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=one["ReceiptHandle"])

    def dead(self, queue: str) -> list[str]:
        """The bodies in the dead-letter queue."""
        url = self.queues[queue] + "-dead"
        return [
            one["Body"] for one in self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ]

    def waiting(self, queue: str) -> int:
        told = self.sqs.get_queue_attributes(
            QueueUrl=self.queues[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(told["Attributes"]["ApproximateNumberOfMessages"])

    def invoke(self, handler: str, event: dict[str, Any]) -> Any:
        with self._spending(handler):
            return self.client.lambda_.invoke(handler, event).payload

    # -- what can be looked at

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table; for assertions only, the product has no scan."""
        pages = self.stage.make_client("dynamodb").get_paginator("scan").paginate(TableName=self.table_name)
        return [to_item(item) for page in pages for item in page["Items"]]

    def case(self, case_id: str) -> dict[str, Any]:
        read = self.get(f"/v1/returns/{case_id}")
        assert read.status_code == 200, read.body
        told: dict[str, Any] = read.json_body
        return told

    def close(self) -> None:
        self.stage.make_client("dynamodb").delete_table(TableName=self.table_name)
        product.world.hand_in(None, lambda: datetime.now(UTC))

    @contextmanager
    def _spending(self, part: str) -> Iterator[None]:
        """Keep a bill of what is called meanwhile, and how many bytes are logged where somebody listens."""
        before, written = len(self.meter.log), told_so_far()
        yield
        self.bills.append((part, self.meter.log[before:], told_so_far() - written))

    def _seconds(self) -> float:
        return (self.now - MONDAY).total_seconds()

    def _new_queue(self, name: str) -> str:
        """A queue whose messages are visible again at once, with the dead letters that the template gives it."""
        full = f"h{next(_numbers)}-{name}"
        dead = self.sqs.create_queue(QueueName=f"{full}-dead")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVE_COUNT})
        attributes = {"VisibilityTimeout": "0", "RedrivePolicy": redrive}
        url: str = self.sqs.create_queue(QueueName=full, Attributes=attributes)["QueueUrl"]
        return url


SCHEDULED = {
    "version": "0", "account": "000000000000", "region": "us-east-1", "detail": {}, "detail-type": "Scheduled Event",
    "source": "aws.events", "id": "e", "resources": ["rule"],
}  # fmt: skip


def record_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """One message as Lambda hands it over."""
    noted = {
        name: {"dataType": value["DataType"], "stringValue": value["StringValue"]}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
        "attributes": {}, "messageAttributes": noted, "eventSource": "aws:sqs", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q", "md5OfBody": "",
    }  # fmt: skip


def told_so_far() -> int:
    """Bytes written so far to where ``everything_said`` listens; 0 while nobody does."""
    return len(sys.stdout.getvalue().encode()) if isinstance(sys.stdout, io.StringIO) else 0


@contextmanager
def everything_said() -> Iterator[io.StringIO]:
    """All that the process prints and logs meanwhile, as its log group would hold it."""
    said = io.StringIO()
    handlers = [one for one in logging.getLogger("goldthread").handlers if isinstance(one, logging.StreamHandler)]
    other = logging.StreamHandler(said)
    other.addFilter(lambda record: not record.name.startswith("goldthread"))
    logging.getLogger().addHandler(other)
    with ExitStack() as undo:
        undo.callback(logging.getLogger().removeHandler, other)
        undo.enter_context(redirect_stdout(said))
        undo.enter_context(redirect_stderr(said))
        for handler in handlers:
            before = handler.setStream(said)
            undo.callback(handler.setStream, before)
        yield said


def opened(house: House, **changed: Any) -> str:
    """A return opened over HTTP, of another piece each time; its case id."""
    changed.setdefault("items", [RING["items"][0] | {"serial": f"GT-{next(_numbers):06d}"}])
    answer = house.post("/v1/returns", a_return(**changed))
    assert answer.status_code == 201, answer.body
    case_id: str = answer.json_body["case_id"]
    return case_id


def booked(house: House, **changed: Any) -> tuple[str, str]:
    """A return with its waybill bought and its courier ordered: case id and tracking number."""
    case_id = opened(house, **changed)
    house.run()
    case = house.case(case_id)
    assert case["stage"] == "booked", case["stage"]
    return case_id, case["legs"][0]["tracking_number"]
