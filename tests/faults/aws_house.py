"""The house of ``world`` over the real table, queues, bucket, secret store and key service on moto, every call of it
seen twice: once as the primitive that the product asks for (the gate) and once as the AWS call that botocore makes.

``WireFault`` is a fault on the wire: it strikes the n-th AWS call of the run at botocore's own events, below everything
that the product knows of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.carrier_states import TableCarrierStates
from chalicelib.adapters.case_notices import TableNotices
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.claims import TableClaims
from chalicelib.adapters.day_rates import TableDayRates
from chalicelib.adapters.deliveries import TableDeliveries
from chalicelib.adapters.digests import TableDigests
from chalicelib.adapters.due import TableDueWork
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.exceptions import TableExceptions
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.pickup_days import TablePickupDays
from chalicelib.adapters.queues import batches, message_text
from chalicelib.adapters.recalls import TableRecalls
from chalicelib.adapters.sealing import KmsKeys
from chalicelib.adapters.tokens import TableTokens
from chalicelib.adapters.tracks import TableTracks
from chalicelib.adapters.wiring import build
from chalicelib.customs.rate_sheets import PUBLISHERS
from chalicelib.workflows.ports import Ports
from tests.fakes.aws_world import AwsStage
from tests.fakes.memory_ports import marks
from tests.faults.gate import Crash, Gate, Gated
from tests.faults.world import Waiting, World

SERVICES = ("dynamodb", "sqs", "s3", "secretsmanager", "kms", "sns", "ses", "sesv2")
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
THROTTLED = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"), "sqs": (403, "RequestThrottled"),
    "s3": (503, "SlowDown"), "secretsmanager": (400, "ThrottlingException"), "kms": (400, "ThrottlingException"),
    "sns": (400, "ThrottledException"), "sesv2": (429, "TooManyRequestsException"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WireFault:
    """What goes wrong on the wire, and at which AWS call of the run (0 is the first)."""

    kind: str
    at: int


@dataclass
class Answered:
    """As much of an HTTP response as botocore looks at when a handler answers in the service's place."""

    status_code: int


@dataclass
class WireGate(Gate):
    """A gate that also keeps which AWS calls each primitive made: ``made`` holds (primitive, calls), in the order in
    which they began. A call that no primitive made is kept under an empty name, so that nothing is missed."""

    made: list[tuple[str, list[str]]] = field(default_factory=list)
    wire: list[str] = field(default_factory=list)
    strike: WireFault | None = None
    _open: list[list[str]] = field(default_factory=list)

    def through(self, name: str, call: Callable[[], Any], request: Any = None) -> Any:
        calls: list[str] = []
        self.made.append((name, calls))
        self._open.append(calls)
        try:
            return super().through(name, call, request)
        finally:
            self._open.pop()

    def asked(self, operation: str) -> None:
        """An AWS call begins."""
        self.wire.append(operation)
        if self._open:
            self._open[-1].append(operation)
        else:
            self.made.append(("", [operation]))

    @property
    def strikes_now(self) -> str | None:
        """The kind of fault that this very call meets; None for a call that goes well."""
        if self.strike is None or self.strike.at != len(self.wire) - 1:
            return None
        return self.strike.kind


class Tap:
    """Clients whose every call is told to the gate of the present run, and is struck there if that is its turn.

    A throttled call is answered in the service's place with its own error, after botocore's retries as it were: three
    refusals in a row. A crash and a lost answer are raised where the answer would come. ``sent_twice`` carries out the
    very bytes of the request once before they are sent, as when a first answer is lost and botocore sends them again.
    """

    def __init__(self, make_client: Callable[[str], Any]) -> None:
        self.gate = WireGate()
        self._clients = {service: make_client(service) for service in SERVICES}
        for client in self._clients.values():
            events = client.meta.events
            events.register_first("provide-client-params.*.*", self._asked)
            events.register_last("before-call.*.*", self._before)
            events.register_first("before-send.*.*", self._sending)
            events.register_last("after-call.*.*", self._after)

    def of(self, service: str) -> Any:
        return self._clients[service]

    def _asked(self, model: Any, **_: Any) -> None:
        self.gate.asked(model.name)

    def _before(self, model: Any, **_: Any) -> Any:
        kind = self.gate.strikes_now
        if kind == "crash_before":
            self.gate.struck = True
            raise Crash
        if kind != "throttle":
            return None
        self.gate.struck = True
        status, code = THROTTLED[model.service_model.service_name]
        error = {"Error": {"Code": code, "Message": "slow down"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return Answered(status), error

    def _sending(self, event_name: str, request: Any, **_: Any) -> None:
        if self.gate.strikes_now == "sent_twice" and not self.gate.struck:
            self.gate.struck = True
            botocore_stubber(event_name, request)

    def _after(self, **_: Any) -> None:
        kind = self.gate.strikes_now
        if kind == "crash_after":
            self.gate.struck = True
            raise Crash
        if kind == "timeout_after_commit":
            self.gate.struck = True
            raise ReadTimeoutError(endpoint_url="https://aws")


class SqsLine:
    """The four queues: sends go through the product's own adapter, receives come in the order of sending."""

    def __init__(self, sender: Any, urls: Mapping[str, str], look: Any) -> None:
        self._sender, self._urls, self._look = sender, urls, look
        self._sent: deque[str] = deque()
        self._line: deque[Waiting] = deque()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sender, name)

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        self._sent.extend([queue] * len(list(batches([message_text(message) for message in messages]))))
        self._sender.send(queue, messages)

    @property
    def waiting(self) -> deque[Waiting]:
        """Everything that has come to the queues by now, taken over from them."""
        while self._sent:
            queue = self._sent.popleft()
            self._line.extend(Waiting(queue, body) for body in self._received(self._urls[queue]))
        return self._line

    def _received(self, url: str) -> Iterator[str]:
        for message in self._look.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
            self._look.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]


@dataclass
class AwsHouse(World):
    """``World`` with AWS below it. It keeps no secret from one call to the next, so that each asking is a call."""

    tap: Tap = None  # type: ignore[assignment]
    stage: AwsStage = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.tap.gate = self.gate  # type: ignore[assignment]
        self.table_name = self.stage.new_table()
        super().__post_init__()

    @property
    def papers_kept(self) -> int:
        found = self.stage.make_client("s3").list_object_versions(Bucket=self.stage.bucket, Prefix="papers/")
        return len(found.get("Versions", ()))

    def _ports(self) -> Ports:
        def gated(room: str, thing: Any) -> Any:
            return Gated(self.gate, room, thing)

        clients, mark, clock = Clients(self.tap.of), marks(), count(step=301)
        real = build(
            self.stage.settings(self.table_name), make_client=self.tap.of, monotonic=lambda: float(next(clock)),
            wait=lambda _: None, mark=mark,
        )  # fmt: skip
        table = gated("table", DynamoTable(clients, self.table_name, wait=lambda _: None))
        secrets = gated("secrets", real.secrets)
        self.queues = SqsLine(real.queues, self.stage.queues, self.stage.make_client("sqs"))  # type: ignore[assignment]
        return replace(
            real,
            cases=TableCases(table, gated("keys", KmsKeys(clients, self.stage.key)), mark),
            tracks=TableTracks(table, mark),
            exceptions=TableExceptions(table, mark),
            due=TableDueWork(table, mark),
            queues=gated("queues", self.queues),
            evidence=gated("evidence", real.evidence),
            secrets=secrets,
            link=gated("carrier", self.wire),
            carriers=TableCarrierStates(table, secrets.carriers, mark),
            pickup_days=TablePickupDays(table, mark),
            rates=TableDayRates(table, PUBLISHERS, lambda: 0.0),
            deliveries=TableDeliveries(table, mark),
            digests=TableDigests(table, mark),
            notices=TableNotices(table, mark),
            claims=TableClaims(table, mark),
            links=TableLinks(table, gated("keys", KmsKeys(clients, self.stage.key))),
            payments=gated("payments", self.payments),
            recalls=TableRecalls(table, mark),
            mail=gated("mail", real.mail),
            topic=gated("topic", real.topic),
            outbound=gated("outbound", self.outbound),
            tokens=TableTokens(table),
            new_id=lambda: "case0001",
        )
