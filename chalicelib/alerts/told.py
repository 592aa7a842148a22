"""What people and their tools are told: one change of one exception, under a name that stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from chalicelib.alerts.exceptions import ExceptionNote, OpenException


@dataclass(frozen=True, slots=True)
class Alert:
    """One change of an exception: ``note`` says which (opened, raised, updated, acknowledged, assigned, snoozed, woken,
    resolved) and when. ``country`` is the customer's, None where no case stands behind it. ``incident_id`` is the
    exception that stands for many of which this is one, None where it stands alone.
    """

    exception: OpenException
    note: ExceptionNote
    country: str | None = None
    incident_id: str | None = None

    @property
    def message_id(self) -> str:
        """The same for the same change, however often it is told; holds no dot, which would end it where it is
        signed."""
        named = f"{self.exception.exception_id}/{self.note.action}/{self.note.sequence}"
        return "msg_" + sha256(named.encode()).hexdigest()[:32]
