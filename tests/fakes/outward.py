"""The ways out of the house, in memory: mails, the topic, receivers that answer as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.workflows.delivery_ports import Letter, OutboundAnswer

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
