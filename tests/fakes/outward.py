"""The ways out of the house, in memory: mails, the topic, receivers that answer as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.workflows.delivery_ports import Letter, OutboundAnswer
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable, Refunded, RefundOrder

Answering = Callable[[str, Mapping[str, str], bytes], OutboundAnswer]


def _fine(_url: str, _headers: Mapping[str, str], _body: bytes) -> OutboundAnswer:
    return OutboundAnswer(204, {}, 12)


@dataclass
class MemoryMail:
    """Keeps every letter; ``fails`` is raised instead, once each."""

    sent: list[Letter] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def send(self, letter: Letter) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(letter)
        return f"mail-{len(self.sent)}"


@dataclass
class MemoryTopic:
    """Keeps what was published."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def publish(self, subject: str, text: str) -> None:
        self.said.append((subject, text))


@dataclass
class MemoryOutbound:
    """Keeps every call and answers as ``answering`` says."""

    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answering: Answering = _fine

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundAnswer:
        self.calls.append((url, dict(headers), body))
        return self.answering(url, headers, body)


@dataclass
class MemoryPayments:
    """A provider of payments that pays at once and once for each reference; ``refused`` are references it refuses;
    ``lost``: what it is told never reaches it, and nobody knows that."""

    paid: dict[str, RefundOrder] = field(default_factory=dict)
    asked: list[RefundOrder] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    down: bool = False
    lost: bool = False

    def refund(self, order: RefundOrder) -> Refunded:
        if self.down:
            raise PaymentUnreachable("nobody answers")
        self.asked.append(order)
        if self.lost:
            raise PaymentOutcomeUnknown("no answer")
        if order.reference in self.refused:
            return Refunded("refused", why="charge_already_refunded")
        self.paid.setdefault(order.reference, order)
        return Refunded("done", f"re_{order.reference}")

    def find(self, order: RefundOrder) -> Refunded | None:
        if self.down:
            raise PaymentUnreachable("nobody answers")
        return Refunded("done", f"re_{order.reference}") if order.reference in self.paid else None
