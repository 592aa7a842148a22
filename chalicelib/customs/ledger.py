"""The duty ledger: duty and tax that a country took when the parcel came in, and what became of asking for it back.

An entry holds what was told of one customs entry; figures nobody told are None, never zero. Its claim moves by one
table: open -> filed -> received or refused; an open one may lapse or be given up, and what ended may be filed again
where a person says why. Nothing is overwritten in silence: every change is a line of its history with what was before.

>>> entry_id_of("FR", "25fr 0001"), entry_id_of("FR", "25FR0001") == entry_id_of("FR", "25fr 0001")
('c0b770eaf4409590', True)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal, get_args

from chalicelib.errors import ConflictError, FieldFault
from chalicelib.money import Money

Party = Literal["customer", "merchant", "carrier", "broker"]
Payer = Literal["customer", "merchant", "carrier_account"]
NumberKind = Literal["entry", "invoice", "receipt"]
Channel = Literal["express", "post"]
ClaimState = Literal["open", "filed", "received", "refused", "lapsed", "given_up", "not_reclaimable"]
CLAIM_STATES: tuple[ClaimState, ...] = get_args(ClaimState)
# Decided by rules and dates alone; the others by what a person did.
BY_RULE: frozenset[ClaimState] = frozenset({"open", "lapsed", "not_reclaimable"})
# Who writes what rules and dates decide.
BY_THE_RULES = "goldthread"
FIGURES = ("duty", "tax", "fees")
MISTAKE = "recorded_by_mistake"
# A case is read whole with each look at it, and answered whole: 20 entries of 100 lines are some three megabytes.
MOST_LINES = 100
MOST_ENTRIES = 20


class EntryDiffers(ConflictError):
    """This entry is recorded with other particulars; a correction must say that it is one."""

    code = "entry_differs"


class HistoryFull(ConflictError):
    """An entry with so many changes is no ordinary entry; a person must look at it."""

    code = "history_full"


class LedgerFull(ConflictError):
    """A case with so many entries is no ordinary case; what is recorded of it belongs to another."""

    code = "ledger_full"


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What was told of one customs entry. ``paid_on`` is the day of payment, or of the entry where only that is known.

    ``number_kind`` says what ``entry_number`` is: only an ``entry`` number (MRN, CBP entry, import permit) is one that
    customs know. ``importer`` and ``declared_by`` are who they are to this house, never a name. ``left_on`` is the day
    the goods left that country again; ``value`` what customs took them to be worth.
    """

    country: str
    entry_number: str
    paid_on: date
    number_kind: NumberKind = "entry"
    duty: Money | None = None
    tax: Money | None = None
    fees: Money | None = None
    paid_by: Payer | None = None
    importer: Party | None = None
    declared_by: Party | None = None
    carrier: str | None = None
    invoice_number: str | None = None
    left_on: date | None = None
    export_reference: str | None = None
    used: bool | None = None
    same_state: bool | None = None
    sold_at_a_distance: bool | None = None
    value: Money | None = None
    channel: Channel | None = None

    @property
    def currency(self) -> str | None:
        """The currency customs charged in; None while no figure is known."""
        return next((one.currency for one in (self.duty, self.tax, self.fees, self.value) if one), None)


@dataclass(frozen=True, slots=True)
class Filing:
    """A claim as it was handed in: the day, the number it got (None: not known yet), under which instrument."""

    on: date
    reference: str | None = None
    way: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came back, under the number of its decision or payment."""

    reference: str
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One change: who, when, what was done, the state it led to, and particulars; ``was`` is what they were before."""

    at: datetime
    by: str
    what: str
    state: ClaimState
    facts: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """One entry of a case. ``claim_by`` and ``at_most`` are as the rules said when it was last written: the next last
    day of a way still possible, and the most that can come back (None: not known)."""

    case_id: str
    entry_id: str
    facts: EntryFacts
    state: ClaimState
    recorded_at: datetime
    changed_at: datetime
    claim_by: date | None = None
    at_most: Money | None = None
    filing: Filing | None = None
    receipts: tuple[Receipt, ...] = ()
    why: str | None = None
    history: tuple[LedgerLine, ...] = ()
    due_at: datetime | None = None
    attempts: int = 0

    @property
    def received(self) -> Money | None:
        """All that came back; None while nothing did. Receipts of one entry are in one currency."""
        if not self.receipts:
            return None
        return Money(sum((one.amount.amount for one in self.receipts), Decimal(0)), self.receipts[0].amount.currency)

    @property
    def to_come(self) -> Money | None:
        """The most that may still come: of an open or filed claim what is left, else None."""
        if self.state not in ("open", "filed") or self.at_most is None:
            return None
        if self.received is None or self.received.currency != self.at_most.currency:
            return self.at_most
        return max(self.at_most - self.received, Money(Decimal(0), self.at_most.currency), key=lambda one: one.amount)

    @property
    def is_void(self) -> bool:
        """Recorded by mistake: it stays in sight and counts for nothing."""
        return self.state == "given_up" and self.why == MISTAKE


@dataclass(frozen=True, slots=True)
class DutyChange:
    """An entry as it was (None: it is new) and as it shall be."""

    before: DutyEntry | None
    after: DutyEntry


def entry_id_of(country: str, entry_number: str) -> str:
    """The same for one entry number of one country, however it was spaced or typed."""
    return sha256(f"{country}|{''.join(entry_number.upper().split())}".encode()).hexdigest()[:16]


def faults_of(facts: EntryFacts, latest: date) -> list[FieldFault]:
    """Everything about these particulars that cannot be; ``latest`` is today where it is already tomorrow."""
    faults = [
        FieldFault(name, "in_the_future", "a day that has come")
        for name, day in (("paid_on", facts.paid_on), ("left_on", facts.left_on))
        if day is not None and day > latest
    ]
    if facts.duty and facts.tax and facts.duty.currency != facts.tax.currency:
        faults.append(FieldFault("tax", "other_currency", "customs charge duty and tax of one entry in one currency"))
    return faults


def differing(one: EntryFacts, other: EntryFacts) -> list[str]:
    """The names of what is not the same; the number is, by its entry id."""
    names = (each.name for each in fields(EntryFacts) if each.name != "entry_number")
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def noted(
    entry: DutyEntry, now: datetime, by: str, what: str, facts: Mapping[str, str], was: Mapping[str, str] | None = None
) -> DutyEntry:
    """The entry with one more line of history; raises ``HistoryFull``, but not for what the rules themselves say: a
    claim that lapses must be told."""
    if len(entry.history) >= MOST_LINES and by != BY_THE_RULES:
        raise HistoryFull(f"this entry has been changed {MOST_LINES} times")
    line = LedgerLine(now, by, what, entry.state, dict(facts), dict(was or {}))
    return replace(entry, history=(*entry.history, line))


def told_of(facts: EntryFacts) -> dict[str, str]:
    """What is known, as text for the history."""
    return {each.name: _text(value) for each in fields(facts) if (value := getattr(facts, each.name)) is not None}


def _text(value: object) -> str:
    if isinstance(value, Money):
        told = value.as_json()
        return f"{told['amount']} {told['currency']}"
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Sums:
    """Entries of one currency added up. ``unknown_duty`` and its like count figures that nobody told, and
    ``unknown_to_come`` claims of which nobody can say how much may come: the sums are of what is known, and less than
    what is so where one of these is not zero."""

    entries: int = 0
    unknown_duty: int = 0
    unknown_tax: int = 0
    unknown_fees: int = 0
    unknown_to_come: int = 0
    duty: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    to_come: Decimal = Decimal(0)
    received: Decimal = Decimal(0)

    def plus(self, other: Sums, sign: int = 1) -> Sums:
        """Both together, or with ``sign`` -1 what is left without the other."""
        return Sums(*(getattr(self, one.name) + sign * getattr(other, one.name) for one in fields(Sums)))


def sums_of(entries: Iterable[DutyEntry]) -> dict[str | None, Sums]:
    """What all of them come to, by currency; under None are entries of which no figure is known.

    An amount is counted in its own currency and never converted. Entries recorded by mistake count for nothing.
    """
    found: dict[str | None, Sums] = {}
    for entry in entries:
        for currency, one in _parts(entry):
            found[currency] = found.get(currency, Sums()).plus(one)
    return found


def _parts(entry: DutyEntry) -> Iterable[tuple[str | None, Sums]]:
    if entry.is_void:
        return
    counted: dict[str, Any] = {f"unknown_{name}": int(getattr(entry.facts, name) is None) for name in FIGURES}
    counted["unknown_to_come"] = int(entry.state in ("open", "filed") and entry.to_come is None)
    yield entry.facts.currency, replace(Sums(entries=1), **counted)
    amounts: dict[str, Money | None] = {name: getattr(entry.facts, name) for name in FIGURES}
    for name, money in (amounts | {"to_come": entry.to_come, "received": entry.received}).items():
        if money is not None:
            amount: dict[str, Any] = {name: money.amount}
            yield money.currency, Sums(**amount)
