"""What people and their tools are told: one change of one exception, under a name that stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from chalicelib.alerts.exceptions import SEVERITIES, ExceptionNote, OpenException, Severity


@dataclass(frozen=True, slots=True)
class Alert:
    """One change of an exception: ``note`` says which (opened, raised, updated, acknowledged, assigned, snoozed, woken,
    resolved) and when.

    What decides who is told follows the history up to ``note``: a change that is told again, when the exception has
    gone on, is told to the same people.
    """

    exception: OpenException
    note: ExceptionNote

    @property
    def country(self) -> str | None:
        """The customer's; None where no case stands behind it."""
        return self.exception.country

    @property
    def severity(self) -> Severity:
        """How grave it was when this line was written: what it was raised from later, else what it is."""
        graver = next((note for note in self._since if note.action == "raised"), None)
        before = (graver.note or "").partition(" -> ")[0] if graver else ""
        return next((severity for severity in SEVERITIES if severity == before), self.exception.severity)

    @property
    def incident_id(self) -> str | None:
        """The exception that stood for many of which this was one when the line was written; None: it stood alone."""
        return None if any(note.action == "joined" for note in self._since) else self.exception.incident_id

    @property
    def _since(self) -> tuple[ExceptionNote, ...]:
        history = self.exception.history
        return history[history.index(self.note) + 1 :] if self.note in history else ()

    @property
    def message_id(self) -> str:
        """The same for the same change, however often it is told; holds no dot, which would end it where it is
        signed."""
        named = f"{self.exception.exception_id}/{self.note.action}/{self.note.sequence}"
        return "msg_" + sha256(named.encode()).hexdigest()[:32]
