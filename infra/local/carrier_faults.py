"""What can go wrong with a carrier, switched on from the desk and counted down call by call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, TypeVar

Item = TypeVar("Item")
BEFORE, AFTER = "before", "after"


class AnswerDropped(Exception):
    """The carrier hung up without an answer. ``acted`` says whether it had done what it was asked."""

    def __init__(self, *, acted: bool) -> None:
        super().__init__("the carrier hung up " + ("after it had acted" if acted else "before it did anything"))
        self.acted = acted


@dataclass
class Faults:
    """The numbers are how many of the next calls go wrong so; the switches stay until they are set back.

    A call that goes wrong in two ways goes wrong in the first of them, in the order of the fields.
    """

    dropped_before: int = 0
    """The connection closes and nothing was done."""
    too_many: int = 0
    """429."""
    retry_after_s: int | None = 2
    """What a 429 or 503 says in Retry-After; None leaves the header out."""
    daily: bool = False
    """The 429 is the quota of the day, not the burst."""
    unauthorised: int = 0
    """The credentials are refused."""
    down: int = 0
    """503."""
    dropped_after: int = 0
    """It is done, and the connection closes."""
    delay_s: float = 0.0
    """Each answer waits so long (over HTTP only)."""
    doubled: bool = False
    """Every scan is told twice."""
    shuffled: bool = False
    """Scans are told in no order."""

    def take(self, name: str) -> bool:
        """Whether this call goes wrong so; counts it."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0

    def told(self, items: Sequence[Item]) -> list[Item]:
        """A list of scans as these faults leave it: the same for the same list, whatever the hour."""
        told = [item for item in items for _ in range(2 if self.doubled else 1)]
        if self.shuffled:
            told.sort(key=lambda item: sha256(repr(item).encode()).digest())
        return told

    def as_said(self) -> dict[str, Any]:
        """The switches as the desk shows them."""
        return asdict(self)


def faults_from(said: Mapping[str, Any], before: Faults) -> Faults:
    """The switches after this; raises ValueError for one that does not exist or has a value of another kind."""
    kinds = {one.name: type(getattr(Faults(), one.name)) for one in fields(Faults)}
    for name, value in said.items():
        if name not in kinds:
            raise ValueError(f"there is no fault {name}; there is {', '.join(kinds)}")
        if name == "retry_after_s" and value is None:
            continue
        if kinds[name] is bool and not isinstance(value, bool):
            raise ValueError(f"{name} is true or false")
        if kinds[name] is not bool and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ValueError(f"{name} is a number, 0 or more")
    return Faults(**{**before.as_said(), **said})
