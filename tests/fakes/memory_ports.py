"""All the ports over memory, built like the real ones: the stores are the same, only what lies below differs.

world = memory_ports()
world.ports.queues.send("alerts", [{"id": "a"}])
assert world.queues.sent["alerts"] == [{"id": "a"}]
"""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from chalicelib.adapters.carrier_states import TableCarrierStates
from chalicelib.adapters.case_notices import TableNotices
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.claims import TableClaims
from chalicelib.adapters.day_rates import TableDayRates
from chalicelib.adapters.deliveries import TableDeliveries
from chalicelib.adapters.digests import TableDigests
from chalicelib.adapters.due import TableDueWork
from chalicelib.adapters.duty_entries import TableDuties
from chalicelib.adapters.exceptions import TableExceptions
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.pickup_days import TablePickupDays
from chalicelib.adapters.queues import message_text
from chalicelib.adapters.recalls import TableRecalls
from chalicelib.adapters.sealing import DataKey, SealBroken, seal, unseal
from chalicelib.adapters.table import Table
from chalicelib.adapters.tokens import TableTokens
from chalicelib.adapters.tracks import TableTracks
from chalicelib.carriers.contract import HttpRequest
from chalicelib.customs.rate_sheets import PUBLISHERS
from chalicelib.errors import CarrierUnavailable, NotFoundError, UnavailableError
from chalicelib.merchant import load_merchant
from chalicelib.workflows.ports import HttpResponse, Ports, Upload
from tests.fakes.memory_table import MemoryTable
from tests.fakes.outward import MemoryMail, MemoryOutbound, MemoryPayments, MemoryTopic

SECRETS: dict[str, dict[str, Any]] = {
    "webhooks": {
        "fedex": ["current-secret", "previous-secret"],
        "dhl": ["current-hook-token", "previous-hook-token"],
        "ems": ["MDEyMzQ1Njc4OWFiY2RlZg==", "ZmVkY2JhOTg3NjU0MzIxMA=="],
        "customer_digest": "digest-key",
    },
    "carriers": {
        "fedex": {
            "account_number": "740561073",
            "track": {"client_id": "track-id", "client_secret": "track-secret"},
            "ship": {"client_id": "ship-id", "client_secret": "ship-secret"},
        },
        "dhl": {
            "account_number": "951234567",
            "mydhl": {"user": "mydhl-user", "password": "mydhl-password"},
            "unified": {"api_key": "unified-key"},
        },
        "ems": {
            "account_number": "",
            "open_api": {
                "sender_no": "1100000000001",
                "authorization": "open-api-authorization",
                "sign_key": "MDEyMzQ1Njc4OWFiY2RlZg==",
            },
        },
    },
    "payments": {"stripe": {"api_key": "sk_test_goldthread"}},
    "receivers": {
        "returns-chat": {"url": "https://chat.example/hooks/returns"},
        "shop-system": {
            "url": "https://shop.example/hooks/goldthread",
            "secrets": ["whsec_Z29sZHRocmVhZC1jdXJyZW50LXNpZ25pbmctc2VjcmV0"],
        },
    },
}


class MemoryQueues:
    """Records what was sent, as it would travel; ``deliver`` hands waiting messages to a handler."""

    def __init__(self) -> None:
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.waiting: dict[str, deque[dict[str, Any]]] = {}
        self.buried: list[tuple[str, str, dict[str, str]]] = []
        self.down = False

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        if self.down:
            raise UnavailableError("the queue is down")
        for message in messages:
            travelled = json.loads(message_text(message))
            self.sent.setdefault(queue, []).append(travelled)
            self.waiting.setdefault(queue, deque()).append(travelled)

    def bury(self, queue: str, body: str, reason: Mapping[str, str]) -> None:
        if self.down:
            raise UnavailableError("the queue is down")
        self.buried.append((queue, body, dict(reason)))

    def deliver(self, queue: str, handle: Callable[[dict[str, Any]], object]) -> int:
        """Every waiting message once, those sent meanwhile too; how many. One whose handling fails waits again."""
        delivered = 0
        waiting = self.waiting.setdefault(queue, deque())
        while waiting:
            handle(waiting[0])
            waiting.popleft()
            delivered += 1
        return delivered


class MemoryEvidence:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.raw_notes: dict[str, tuple[str, datetime]] = {}

    def keep_raw(self, body: bytes, source: str, at: datetime) -> str:
        digest = sha256(body).hexdigest()
        self.objects.setdefault(f"raw/{digest}", body)
        self.raw_notes.setdefault(digest, (source, at))
        return digest

    def raw(self, digest: str) -> bytes:
        if f"raw/{digest}" not in self.objects:
            raise NotFoundError("no raw body is kept under this digest")
        return self.objects[f"raw/{digest}"]

    def note_erased(self, case_id: str, at: datetime) -> None:
        self.objects.setdefault(f"erased/{case_id}", at.isoformat().encode())

    def keep_export(self, export_id: str, content: bytes) -> None:
        self.objects[f"exports/{export_id}.zip"] = content

    def export_link(self, export_id: str, seconds: int) -> str | None:
        key = f"exports/{export_id}.zip"
        return f"https://evidence.example/{key}?for={seconds}" if key in self.objects else None

    def keep_label(self, case_id: str, name: str, content: bytes, content_type: str) -> str:
        self.objects[f"labels/{case_id}/{name}"] = content
        return f"labels/{case_id}/{name}"

    def keep_paper(self, case_id: str, stem: str, content: bytes) -> str:
        key = f"papers/{case_id}/{stem}.pdf"
        if key in self.objects:
            assert self.objects[key] == content, "a name that carries a digest holds one paper"
        self.objects[key] = content
        return key

    def keep_claim_pack(self, case_id: str, stem: str, content: bytes) -> str:
        key = f"claims/{case_id}/{stem}.zip"
        if key in self.objects:
            assert self.objects[key] == content, "a name that carries a digest holds one pack"
        self.objects[key] = content
        return key

    def kept(self, key: str) -> bytes:
        if not key.startswith(("labels/", "papers/")) or key not in self.objects:
            raise NotFoundError("nothing is kept under this key")
        return self.objects[key]

    def label_key(self, case_id: str, name: str) -> str:
        return f"labels/{case_id}/{name}"

    def paper_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        return f"https://evidence.example/{key}?filename={filename}&type={media_type}&for={seconds}"

    def offer_put(self, upload: Upload, *, media_type: str, size: int, sha256: str, seconds: int) -> Mapping[str, Any]:
        headers = {"Content-Type": media_type, "Content-Length": str(size), "x-amz-checksum-sha256": sha256}
        url = f"https://evidence.example/uploads/{upload.case_id}/{upload.evidence_id}?for={seconds}"
        return {"method": "PUT", "url": url, "headers": headers}

    def offer_form(
        self, upload: Upload, *, media_type: str, sizes: tuple[int, int], redirect_to: str, seconds: int
    ) -> Mapping[str, Any]:
        fields = {
            "key": f"uploads/{upload.case_id}/{upload.evidence_id}", "Content-Type": media_type,
            "success_action_redirect": redirect_to, "policy": f"{sizes[0]}-{sizes[1]} for {seconds}",
        }  # fmt: skip
        return {"url": "https://evidence.example/", "fields": fields}

    def upload(self, case_id: str, evidence_id: str, content: bytes) -> None:
        """What somebody uploads, whatever was offered."""
        self.objects[f"uploads/{case_id}/{evidence_id}"] = content

    def upload_size(self, upload: Upload) -> int | None:
        content = self.objects.get(f"uploads/{upload.case_id}/{upload.evidence_id}")
        return None if content is None else len(content)

    def uploaded(self, upload: Upload, most: int) -> bytes:
        content = self.objects.get(f"uploads/{upload.case_id}/{upload.evidence_id}")
        if content is None:
            raise NotFoundError("nothing was uploaded")
        return content[: most + 1]

    def keep_evidence(self, upload: Upload, digest: str, content: bytes) -> str:
        return self._keep_once(f"evidence/{upload.case_id}/{upload.evidence_id}-{digest}", content)

    def keep_shown(self, upload: Upload, what: str, digest: str, content: bytes) -> str:
        return self._keep_once(f"shown/{upload.case_id}/{upload.evidence_id}-{what}-{digest}.jpg", content)

    def evidence_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        files = ("application/pdf", "video/mp4", "video/quicktime")
        if not key.startswith("shown/") and not (key.startswith("evidence/") and media_type in files):
            raise NotFoundError("this is served to nobody")
        return f"https://evidence.example/{key}?filename={filename}&type={media_type}&for={seconds}"

    def _keep_once(self, key: str, content: bytes) -> str:
        assert self.objects.get(key, content) == content, "a name that carries a digest holds one thing"
        self.objects[key] = content
        return key


class MemorySecrets:
    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self.values = dict(values)
        self.down = False

    def webhooks(self) -> Mapping[str, Any]:
        return self._value("webhooks")

    def receivers(self) -> Mapping[str, Any]:
        return self._value("receivers")

    def payments(self) -> Mapping[str, Any]:
        return self._value("payments")

    def carriers(self) -> Mapping[str, Any]:
        return self._value("carriers")

    def _value(self, name: str) -> Mapping[str, Any]:
        if self.down or name not in self.values:
            raise UnavailableError("the secret store is down")
        return self.values[name]


@dataclass
class ScriptedLink:
    """A carrier that answers by ``answer`` (raising what it likes) and remembers every call."""

    answer: Callable[[str, HttpRequest], HttpResponse] | None = None
    calls: list[tuple[str, HttpRequest]] = field(default_factory=list)

    def call(self, carrier: str, request: HttpRequest) -> HttpResponse:
        self.calls.append((carrier, request))
        if self.answer is None:
            raise CarrierUnavailable("nobody answers in this test")
        return self.answer(carrier, request)


class MemoryKeys:
    """Data keys wrapped by a master key in memory, bound to their case like KMS's encryption context."""

    def __init__(self, master: bytes = b"m" * 32) -> None:
        self._master = master
        self._made = itertools.count(1)

    def new(self, case_id: str) -> DataKey:
        plain = sha256(f"{case_id}/{next(self._made)}".encode()).digest()
        return DataKey(plain, seal(self._master, plain, case_id))

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        try:
            return unseal(self._master, wrapped, case_id)
        except SealBroken:
            raise PermissionError("this key was wrapped for another case") from None


@dataclass(frozen=True)
class World:
    """The ports and what stands behind them."""

    ports: Ports
    table: Table
    queues: MemoryQueues
    evidence: MemoryEvidence
    secrets: MemorySecrets
    link: ScriptedLink
    mail: MemoryMail = field(default_factory=MemoryMail)
    topic: MemoryTopic = field(default_factory=MemoryTopic)
    outbound: MemoryOutbound = field(default_factory=MemoryOutbound)
    payments: MemoryPayments = field(default_factory=MemoryPayments)


def marks() -> Callable[[], str]:
    """Marks that count, so that a run is the same every time."""
    numbers: Iterator[int] = itertools.count(1)
    return lambda: f"w{next(numbers)}"


def memory_ports(
    table: Table | None = None,
    *,
    link: ScriptedLink | None = None,
    secrets: Mapping[str, Mapping[str, Any]] = SECRETS,
    mark: Callable[[], str] | None = None,
) -> World:
    """A whole world in memory; give a table of your own to look below it or to let it lag."""
    table = table if table is not None else MemoryTable()
    mark = mark or marks()
    queues, evidence, store = MemoryQueues(), MemoryEvidence(), MemorySecrets(secrets)
    link = link or ScriptedLink()
    mail, topic, outbound, payments = MemoryMail(), MemoryTopic(), MemoryOutbound(), MemoryPayments()
    ports = Ports(
        cases=TableCases(table, MemoryKeys(), mark),
        tracks=TableTracks(table, mark),
        exceptions=TableExceptions(table, mark),
        due=TableDueWork(table, mark),
        queues=queues,
        evidence=evidence,
        secrets=store,
        link=link,
        carriers=TableCarrierStates(table, store.carriers, mark),
        pickup_days=TablePickupDays(table, mark),
        rates=TableDayRates(table, PUBLISHERS, lambda: 0.0),
        duties=TableDuties(table, mark),
        deliveries=TableDeliveries(table, mark),
        digests=TableDigests(table, mark),
        notices=TableNotices(table, mark),
        claims=TableClaims(table, mark),
        links=TableLinks(table, MemoryKeys()),
        payments=payments,
        recalls=TableRecalls(table, mark),
        mail=mail,
        topic=topic,
        outbound=outbound,
        tokens=TableTokens(table),
        merchant=lambda: load_merchant(Path("chalicelib/merchant.toml")),
        new_id=(f"case{n:04d}" for n in itertools.count(1)).__next__,
        public_url="https://returns.example.com",
    )
    return World(ports, table, queues, evidence, store, link, mail, topic, outbound, payments)
