"""Clocks of payment disputes by scheme and code: until when we must answer.

>>> row_for("visa", "13.7", date(2026, 11, 22)).id
'D-VISA-137'
>>> row_for("nobody", None, date(2026, 11, 22)) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, get_args

from pydantic import ConfigDict

from chalicelib.clock import EARLIEST_CLOCK
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.money import Money
from chalicelib.returns.disputes import PAID_BY_THE_BANK, Dispute, DisputeState
from chalicelib.returns.rule_rows import rows_of
from chalicelib.rulebook import Confidence, in_force

Action = Literal["answer", "win", "lose", "give_up"]
ACTIONS: tuple[Action, ...] = get_args(Action)
AFTER: Mapping[Action, DisputeState] = {"answer": "answered", "win": "won", "lose": "lost", "give_up": "given_up"}
FROM: Mapping[Action, frozenset[DisputeState]] = {
    "answer": frozenset({"open", "answered"}),
    "win": frozenset({"open", "answered"}),
    "lose": frozenset({"open", "answered"}),
    "give_up": frozenset({"open", "answered"}),
}


class DisputeNotAllowed(ConflictError):
    """The dispute is not where this can be done; nothing was changed."""

    code = "dispute_not_allowed"


class DisputeDiffers(ConflictError):
    """A dispute with this id is noted with other particulars."""

    code = "dispute_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """What a scheme says of one kind of dispute; ``answer_days`` None: the notice itself names the day."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    scheme: str
    code: str
    about: str
    ask_days: int
    proof: tuple[str, ...]
    confidence: Confidence
    source: int
    ask_cap_days: int | None = None
    bank_waits_days: int | None = None
    answer_days: int | None = None
    escalate_days: int | None = None
    pay_days: int | None = None
    rounds: int | None = None
    overrides_policy_in: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bank or the wallet wrote. ``answer_by`` is the last day that its notice names (None: it names none)."""

    scheme: str
    code: str | None
    opened_on: date
    amount: Money | None
    provider_reference: str
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person knows of money that a bank gave back: how much (None: all that was disputed, or as was said
    before), and for which pieces by line (None: as was said before)."""

    amount: Money | None = None
    lines: tuple[tuple[int, int], ...] | None = None


NOTHING_SAID = Said()


def row_for(scheme: str, code: str | None, on: date) -> DisputeRow | None:
    """The row of this scheme and code, else the scheme's own for any code; None where none speaks of it."""
    rows = [row for row in _rows(on) if row.scheme == scheme]
    exact = next((row for row in rows if row.code == code), None)
    return exact or next((row for row in rows if row.code == "*"), None)


def opened(case_id: str, notice: Notice, now: datetime, by: str) -> Dispute:
    """The dispute as it is noted. The day that the notice names counts; without one the scheme's, if it has one. Raises
    ``InvalidRequestError`` for a day of opening in the future, and for a last day before it."""
    faults = []
    if notice.opened_on > (now + EARLIEST_CLOCK).date():
        faults.append(FieldFault("opened_on", "in_future", "the day on which it was opened cannot lie ahead"))
    if notice.answer_by is not None and notice.answer_by < notice.opened_on:
        faults.append(FieldFault("answer_by", "before_opened", "the last day to answer lies before the opening"))
    if faults:
        raise InvalidRequestError("the dispute cannot be noted so", faults)
    row = row_for(notice.scheme, notice.code, now.date())
    last = notice.answer_by
    if last is None and row is not None and row.answer_days is not None:
        last = notice.opened_on + timedelta(days=row.answer_days)
    return Dispute(
        case_id=case_id,
        dispute_id=id_of(notice.scheme, notice.provider_reference),
        scheme=notice.scheme,
        code=notice.code,
        state="open",
        amount=notice.amount,
        opened_at=datetime.combine(notice.opened_on, time(), UTC),
        noted_by=by,
        # A day binds us where it ends first on Earth: who answers by then is in time everywhere.
        answer_by=datetime.combine(last, time(), UTC) + timedelta(days=1) - EARLIEST_CLOCK if last else None,
        rule=f"returns/disputes@{_vintage(now.date())}#{row.id}" if row else None,
        provider_reference=notice.provider_reference,
        changed_at=now,
    )


def acted(
    dispute: Dispute, action: Action, why: str | None, now: datetime, said: Said = NOTHING_SAID
) -> Dispute | None:
    """The dispute after it; None when it is there already and nothing new is said of it. What the bank gave of one that
    is lost may be said later, and corrected. Raises ``DisputeNotAllowed``, and ``InvalidRequestError`` for money given
    back in one that is not lost."""
    if AFTER[action] not in PAID_BY_THE_BANK and said != NOTHING_SAID:
        told = "only in a dispute that is lost or given up the bank gives money back"
        field = "lines" if said.amount is None else "gave_back"
        raise InvalidRequestError("nothing was given back", [FieldFault(field, "not_lost", told)])
    if said.amount is not None and said.amount.amount <= 0:
        told = "give what the bank gave back; a dispute in which it gave nothing is won"
        raise InvalidRequestError("this is no amount", [FieldFault("gave_back", "out_of_bounds", told)])
    if dispute.state != AFTER[action] and dispute.state not in FROM[action]:
        raise DisputeNotAllowed(f"a dispute that is {dispute.state} cannot be told to {action}")
    lines = dispute.lines if said.lines is None else said.lines
    known = replace(dispute, gave_back=said.amount or dispute.gave_back, lines=lines)
    if dispute.state == AFTER[action]:
        return known if known != dispute else None
    return replace(known, state=AFTER[action], why=why or dispute.why, changed_at=now)


def id_of(scheme: str, reference: str) -> str:
    """The id of a dispute in its case: the scheme and their reference, so that noting it twice is one.

    >>> id_of("visa", "CB 12/3")
    'visa-CB-12-3'
    """
    return f"{scheme}-" + "".join(sign if sign.isalnum() else "-" for sign in reference)[:80]


def _vintage(on: date) -> str:
    return in_force("returns/disputes", on).effective.isoformat()


@cache
def _rows(on: date) -> tuple[DisputeRow, ...]:
    return rows_of(in_force("returns/disputes", on), "dispute", DisputeRow)
