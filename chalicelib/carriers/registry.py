"""Every carrier that works, by name. What is not registered is refused, typed.

>>> read_tracking("pigeon", b"{}", datetime(2026, 11, 22))
Traceback (most recent call last):
    ...
chalicelib.carriers.contract.UnknownSource: no carrier source is called pigeon
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from chalicelib.carriers.channels import Carrier, Opened
from chalicelib.carriers.contract import UnknownSource
from chalicelib.carriers.dhl import DHL
from chalicelib.carriers.dhl.mydhl_track import read_mydhl
from chalicelib.carriers.dhl.unified_track import read_unified
from chalicelib.carriers.ems import EMS
from chalicelib.carriers.ems.trace import read_answer as read_ems
from chalicelib.carriers.fedex import FEDEX
from chalicelib.carriers.fedex.track import read_answer as read_fedex
from chalicelib.carriers.upu.items import read_answer as read_upu
from chalicelib.shipments.events import Reading

CARRIERS: Mapping[str, Carrier] = {FEDEX.name: FEDEX, DHL.name: DHL, EMS.name: EMS}

_READERS: Mapping[str, Callable[[bytes, datetime, str], Reading]] = {
    "fedex": read_fedex,
    "fedex_push": read_fedex,
    "ems": read_ems,
    "ems_push": read_ems,
    "upu": read_upu,
    "mydhl": read_mydhl,
    "dhl_unified": read_unified,
    "dhl_push": read_unified,
}
# The carrier whose numbers a source speaks of.
CARRIER_OF: Mapping[str, str] = {
    "fedex": "fedex",
    "fedex_push": "fedex",
    "ems": "ems",
    "ems_push": "ems",
    "upu": "ems",
    "mydhl": "dhl",
    "dhl_unified": "dhl",
    "dhl_push": "dhl",
}


def carrier(name: str) -> Carrier:
    """The carrier of this name; raises ``UnknownSource``."""
    try:
        return CARRIERS[name]
    except KeyError:
        raise UnknownSource(f"no carrier is called {name[:40]}") from None


def carrier_of(source: str) -> str:
    """The name of the carrier whose numbers this source speaks of; raises ``UnknownSource``."""
    try:
        return CARRIER_OF[source]
    except KeyError:
        raise UnknownSource(f"no carrier source is called {source[:40]}") from None


def read_tracking(source: str, body: bytes, now: datetime) -> Reading:
    """What a carrier sent, as events: the same for a live answer, a push, a test and a benchmark.

    Raises ``UnknownSource`` for a source that is not registered and ``CarrierUnreadable`` for a body that
    is no tracking answer at all.
    """
    try:
        reader = _READERS[source]
    except KeyError:
        raise UnknownSource(f"no carrier source is called {source[:40]}") from None
    return reader(body, now, source)


def open_push(name: str, body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> Opened:
    """Prove that these raw bytes come from the carrier, and open them. Raises ``SignatureMismatch``, and
    ``UnknownSource`` for a carrier that does not push."""
    push = carrier(name).push
    if push is None:
        raise UnknownSource(f"{name} does not push")
    return push.open(body, headers, secrets)
