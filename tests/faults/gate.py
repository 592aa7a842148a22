"""Every call of the product to the world goes through one gate, which counts them and lets one go wrong.

A fault is a kind and the place of a call in the run: ``crash_before`` and ``crash_after`` end the process there,
``throttle`` is a refusal before anything happened, ``timeout_after_commit`` carries the call out and loses the answer,
and ``sent_twice`` carries a write out and sends it again, as a client library does when the first answer is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnavailable, UnavailableError
from chalicelib.workflows.ports import HttpResponse

KINDS = ("crash_before", "crash_after", "throttle", "timeout_after_commit", "sent_twice")
TABLE_WRITES = frozenset({"put_new", "update", "delete", "transact"})
CALLS = {
    "table": frozenset({"get", "partition", "batch_get", "index"}) | TABLE_WRITES,
    "queues": frozenset({"send"}),
    "evidence": frozenset({"keep_raw", "raw", "keep_label"}),
    "secrets": frozenset({"webhooks", "carriers"}),
    "keys": frozenset({"new", "unwrap"}),
    "carrier": frozenset({"call"}),
}


class Crash(BaseException):
    """The process ends here. No handler may catch it: a dead process catches nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and at which call of the run (0 is the first)."""

    kind: str
    at: int


@dataclass
class Gate:
    """Counts calls and strikes once."""

    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)
    struck: bool = False

    def through(self, name: str, call: Callable[[], Any], request: Any = None) -> Any:
        place = len(self.calls)
        self.calls.append(name)
        if self.fault is None or self.fault.at != place:
            return call()
        self.struck = True
        return STRIKES[self.fault.kind](name, call, request)


class Gated:
    """Something of the world behind the gate."""

    def __init__(self, gate: Gate, room: str, thing: Any) -> None:
        self._gate, self._room, self._thing = gate, room, thing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if name not in CALLS[self._room]:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            request = args[1] if self._room == "carrier" else None
            label = f"{self._room}.{name}" + (f" {request.method} {request.path}" if request else "")
            return self._gate.through(label, lambda: found(*args, **kwargs), request)

        return call


def possible(kind: str, name: str) -> bool:
    """Only what a client library sends again by itself can be sent twice: writes to the table."""
    return kind != "sent_twice" or (name.startswith("table.") and name.removeprefix("table.") in TABLE_WRITES)


def _crash_before(_name: str, _call: Callable[[], Any], _request: Any) -> Any:
    raise Crash


def _crash_after(_name: str, call: Callable[[], Any], _request: Any) -> Any:
    call()
    raise Crash


def _throttle(name: str, _call: Callable[[], Any], request: Any) -> Any:
    if request is not None:
        body = b'{"errors":[{"code":"TOO.MANY.REQUESTS","message":"slow down"}]}'
        return HttpResponse(429, {"content-type": "application/json"}, body)
    raise UnavailableError(f"{name} is throttled")


def _timeout_after_commit(name: str, call: Callable[[], Any], request: Any) -> Any:
    call()
    if request is None:
        raise UnavailableError(f"{name} does not answer")
    if request.reads_only:
        raise CarrierUnavailable("no answer")
    raise CarrierOutcomeUnknown("no answer")


def _sent_twice(_name: str, call: Callable[[], Any], _request: Any) -> Any:
    call()
    return call()


STRIKES: dict[str, Callable[[str, Callable[[], Any], Any], Any]] = {
    "crash_before": _crash_before,
    "crash_after": _crash_after,
    "throttle": _throttle,
    "timeout_after_commit": _timeout_after_commit,
    "sent_twice": _sent_twice,
}
