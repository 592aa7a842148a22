"""Writing a change of an exception: with its case's log entry where it has a case, alone where it has none; again when
somebody else wrote first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.alerts.changes import US
from chalicelib.alerts.exceptions import ExceptionNote, OpenException
from chalicelib.errors import NotFoundError, StaleVersion
from chalicelib.returns.case import Case
from chalicelib.workflows.amend import TRIES, Amendment, amend
from chalicelib.workflows.ports import Ports

# What is made of an exception as it stands, under this number of the case log (None: it has no case); None: nothing.
Step = Callable[[OpenException, int | None], OpenException | None]


@dataclass(slots=True)
class Kept:
    """How an exception stands, and under which number its last change was written now (None: nothing was written)."""

    exception: OpenException
    sequence: int | None = None

    @property
    def notes(self) -> list[ExceptionNote]:
        """The lines that were written now."""
        return [note for note in self.exception.history if note.sequence == self.sequence]


def found_by(ports: Ports, exception_id: str) -> OpenException:
    """The exception of this id; raises ``NotFoundError``."""
    found = ports.exceptions.read(exception_id)
    if found is None:
        raise NotFoundError("no exception has this id")
    return found


def amendment_of(case: Case, after: OpenException, by: str = US) -> Amendment:
    """A change of an exception as the case log tells of it: that it is open, or what was done last."""
    action = after.history[-1].action
    facts = {"episode": after.episode, "kind": after.kind, "status": after.status}
    if action == "raised":
        facts["severity"] = after.severity
    if after.reason:
        facts["reason"] = after.reason
    return Amendment(case, f"exception_{'open' if action == 'opened' else action}", facts, by=by, exceptions=(after,))


def send_word(ports: Ports, *exceptions: OpenException) -> None:
    """Have the alerts worker tell of the last change of these, which was made elsewhere; again is harmless."""
    told = [
        {"action": "tell", "exception_id": one.exception_id, "sequence": one.history[-1].sequence} for one in exceptions
    ]
    if told:
        ports.queues.send("alerts", told)


def change(ports: Ports, exception_id: str, step: Step, now: datetime) -> Kept:
    """Write what ``step`` makes of the exception; it is asked again after each lost race. Raises ``NotFoundError``, and
    ``StaleVersion`` when the races never end."""
    found = found_by(ports, exception_id)
    if found.case_id is None:
        return _alone(ports, found, step)
    kept = Kept(found)

    def decide(case: Case) -> Amendment | None:
        kept.exception, kept.sequence = found_by(ports, exception_id), None
        after = step(kept.exception, case.log_n + 1)
        if after is None:
            return None
        kept.exception, kept.sequence = after, case.log_n + 1
        return amendment_of(case, after)

    amend(ports, found.case_id, now, decide)
    return kept


def _alone(ports: Ports, found: OpenException, step: Step) -> Kept:
    for _ in range(TRIES):
        after = step(found, None)
        if after is None:
            return Kept(found)
        try:
            ports.exceptions.save_alone(after)
        except StaleVersion:
            found = found_by(ports, found.exception_id)
            continue
        return Kept(after, after.history[-1].sequence)
    raise StaleVersion("the exception is being written by others; try again")
