"""Every call of the product to the world goes through one gate, which counts them and lets one go wrong.

A fault is a kind and the place of a call in the run: ``crash_before`` and ``crash_after`` end the process there,
``throttle`` is a refusal before anything happened, ``timeout_after_commit`` carries the call out and loses the answer,
and ``sent_twice`` carries a write out and sends it again, as a client library does when the first answer is lost.

A carrier has four ways more to go wrong: ``hangs_up_before`` and ``hangs_up_after`` (its own: it had not acted, or it
had), ``fault_after`` (a 503 from something before it, though it had acted) and ``page`` (a 404 that is a page of HTML
and none of its envelopes; it was not reached).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierUnavailable, UnavailableError
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable
from chalicelib.workflows.ports import HttpResponse

KINDS = ("crash_before", "crash_after", "throttle", "timeout_after_commit", "sent_twice")
CARRIER_KINDS = ("hangs_up_before", "hangs_up_after", "fault_after", "page")
ALL_KINDS = KINDS + CARRIER_KINDS
PAGE = b"<html><head><title>404</title></head><body>Not here.</body></html>"
TABLE_WRITES = frozenset({"put_new", "update", "delete", "transact"})
READS = frozenset({
    "table.get", "table.partition", "table.batch_get", "table.index", "evidence.raw", "evidence.kept",
    "evidence.upload_size", "evidence.uploaded",
    "secrets.webhooks", "secrets.carriers", "secrets.receivers", "keys.unwrap", "payments.find",
})  # fmt: skip
CALLS = {
    "table": frozenset({"get", "partition", "batch_get", "index"}) | TABLE_WRITES,
    "queues": frozenset({"send"}),
    "evidence": frozenset({"keep_raw", "raw", "keep_label", "keep_paper", "keep_claim_pack", "kept"})
    | {"upload_size", "uploaded", "keep_evidence", "keep_shown"},
    "secrets": frozenset({"webhooks", "carriers", "receivers"}),
    "keys": frozenset({"new", "unwrap"}),
    "carrier": frozenset({"call"}),
    "publishers": frozenset({"call"}),
    "mail": frozenset({"send"}),
    "topic": frozenset({"publish"}),
    "outbound": frozenset({"post"}),
    "payments": frozenset({"refund", "find"}),
}


class Crash(BaseException):
    """The process ends here. No handler may catch it: a dead process catches nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and at which call of the run (0 is the first)."""

    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class Struck:
    """A call that goes wrong; ``call`` carries it out. ``request`` is there when a carrier is asked."""

    name: str
    call: Callable[[], Any]
    request: HttpRequest | None = None
    carrier: Any = None


@dataclass
class Gate:
    """Counts calls and strikes once. ``carrier`` is the simulated one, which can go wrong by itself."""

    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)
    struck: bool = False
    carrier: Any = None

    def through(self, name: str, call: Callable[[], Any], request: Any = None) -> Any:
        place = len(self.calls)
        self.calls.append(name)
        if self.fault is None or self.fault.at != place:
            return call()
        self.struck = True
        return STRIKES[self.fault.kind](Struck(name, call, request, self.carrier))


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
            label = f"{self._room}.{name}" + (f" {asked(request)}" if request else "")
            return self._gate.through(label, lambda: found(*args, **kwargs), request)

        return call


def asked(request: HttpRequest) -> str:
    """What a carrier is asked, in a few words: China Post has one address and a code for each thing.

    >>> asked(HttpRequest("GET", "/tracking?shipmentTrackingNumber=1", {}, b"", True))
    'GET /tracking'
    >>> asked(HttpRequest("POST", "/", {}, b"apiCode=020003&senderNo=1", False))
    'POST 020003'
    """
    path = request.path.partition("?")[0]
    if path in ("", "/"):
        path = parse_qs(request.body.decode())["apiCode"][0]
    return f"{request.method} {path}"


def possible(kind: str, name: str) -> bool:
    """Only what a client library sends again by itself can be sent twice: writes to the table. Only a carrier hangs up
    or has a page before it."""
    if kind in CARRIER_KINDS:
        return name.startswith("carrier.")
    return kind != "sent_twice" or (name.startswith("table.") and name.removeprefix("table.") in TABLE_WRITES)


def told_apart(name: str) -> tuple[str, ...]:
    """The kinds of fault at this call that can end differently: of a call that only reads it is all one whether it
    was carried out before its process died or its answer was lost."""
    if name in READS:
        return ("crash_before", "throttle")
    return tuple(kind for kind in ALL_KINDS if possible(kind, name))


def spread(calls: Sequence[str], every: int) -> list[Fault]:
    """A sample of all faults of these calls, the same each time: all of each call to a carrier; of each other kind of
    call all kinds, spread over the run; and at every so manyth call one kind in turn. ``FAULTS=all`` in the environment
    makes it all that can be told apart."""
    whole = {Fault(kind, at) for at, name in enumerate(calls) for kind in told_apart(name)}
    if os.environ.get("FAULTS") == "all":
        return _in_order(whole)
    found = {fault for fault in whole if calls[fault.at].startswith("carrier.")}
    for name in set(calls):
        places, kinds = [at for at, one in enumerate(calls) if one == name], told_apart(name)
        found |= {Fault(kind, places[n * len(places) // len(kinds)]) for n, kind in enumerate(kinds)}
    for turn, at in enumerate(range(0, len(calls), every)):
        kinds = told_apart(calls[at])
        found.add(Fault(kinds[turn % len(kinds)], at))
    return _in_order(found)


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.at, fault.kind))


def _crash_before(_: Struck) -> Any:
    raise Crash


def _crash_after(struck: Struck) -> Any:
    struck.call()
    raise Crash


def _throttle(struck: Struck) -> Any:
    if struck.name.startswith("payments."):
        raise PaymentUnreachable("the provider is busy")
    if struck.request is None:
        raise UnavailableError(f"{struck.name} is throttled")
    struck.carrier.faults.too_many = 1
    return struck.call()


def _timeout_after_commit(struck: Struck) -> Any:
    struck.call()
    if struck.name == "payments.refund":
        raise PaymentOutcomeUnknown("the provider was asked and gave no answer")
    if struck.request is None:
        raise UnavailableError(f"{struck.name} does not answer")
    raise unanswered(struck.request)


def _sent_twice(struck: Struck) -> Any:
    struck.call()
    return struck.call()


def _hangs_up_before(struck: Struck) -> Any:
    struck.carrier.faults.dropped_before = 1
    return struck.call()


def _hangs_up_after(struck: Struck) -> Any:
    struck.carrier.faults.dropped_after = 1
    return struck.call()


def _fault_after(struck: Struck) -> Any:
    struck.call()
    return HttpResponse(503, {"content-type": "text/html"}, PAGE)


def _page(_: Struck) -> Any:
    return HttpResponse(404, {"content-type": "text/html"}, PAGE)


def unanswered(request: HttpRequest) -> CarrierError:
    """What the wire says when an answer never came: of a call that only reads, that it may be asked again."""
    return CarrierUnavailable("no answer") if request.reads_only else CarrierOutcomeUnknown("no answer")


STRIKES: dict[str, Callable[[Struck], Any]] = {
    "crash_before": _crash_before,
    "crash_after": _crash_after,
    "throttle": _throttle,
    "timeout_after_commit": _timeout_after_commit,
    "sent_twice": _sent_twice,
    "hangs_up_before": _hangs_up_before,
    "hangs_up_after": _hangs_up_after,
    "fault_after": _fault_after,
    "page": _page,
}
