"""The parts of a case that come after the parcel: evidence, hand-overs, receipt, inspection, repair, quotes,
settlement, money, disputes, erasure. Each is a frozen dataclass of ``returns`` with its own item under the case.

All are written the same way: with the case and its log entry, in one transaction that the version of the case guards
(``amend``). A part with a ``due_at`` is looked at by the sweep then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

# Who is asked when a part of this kind is due: module and function, called with ``(ports, case_id, part_id, now)``.
LOOKED_AT_BY: Mapping[str, str] = {
    "EVIDENCE": "take_evidence",
    "RECEIPT": "take_in",
    "INSPECTION": "tell_inspection",
    "REPAIR": "keep_repair",
    "QUOTE": "keep_quote",
    "SETTLEMENT": "keep_settlement",
    "REFUND": "watch_refund",
    "WITHDRAWAL": "declare_withdrawal",
    "ERASURE": "erase_person",
}


class Part(Protocol):
    """What every part says of itself. ``KIND`` is how its key begins, ``part_id`` how it goes on; letters, digits and
    ``-._`` in both. A part whose class has ``listed`` (text or None) is found by that among all cases."""

    KIND: ClassVar[str]

    @property
    def case_id(self) -> str:
        """The case it belongs to."""

    @property
    def part_id(self) -> str:
        """Its place among the parts of its kind."""

    @property
    def due_at(self) -> datetime | None:
        """When it is to be looked at; None: nothing would change by itself."""


P = TypeVar("P")


class Parts(Protocol):
    """The parts of one case, read with it and decoded when they are asked for."""

    def of(self, kind: type[P], /) -> tuple[P, ...]:
        """All parts of this class, in the order of their ids."""


class NoParts:
    """A case without any."""

    def of(self, _kind: type[P], /) -> tuple[P, ...]:
        """None of them."""
        return ()


Look = Callable[..., None]


def look_at_part(ports: Any, message: Mapping[str, Any], now: datetime) -> None:
    """A part asked to be looked at: hand it to its story. A kind that no story knows is left alone."""
    from importlib import import_module

    module = LOOKED_AT_BY.get(message["part"])
    if module is not None:
        look: Look = import_module(f"chalicelib.workflows.{module}").look
        look(ports, message["case_id"], message["part_id"], now)


def part_of(part: Part) -> str:
    """How an alert names the part it is about."""
    return f"{part.KIND}/{part.part_id}"


def stands(ports: Any, file: Any, part: str, episode: str, now: datetime) -> bool:
    """Whether the trouble of this name is still one of its part. An opening may be overtaken by whatever ended it: the
    story that ended it closes what is open, and what is not open yet must not become so afterwards."""
    from importlib import import_module

    kind, _, part_id = part.partition("/")
    still: Callable[..., bool] = import_module(f"chalicelib.workflows.{LOOKED_AT_BY[kind]}").stands
    return still(ports, file, part_id, episode, now)
