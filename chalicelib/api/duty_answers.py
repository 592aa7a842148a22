"""What the duty ledger may say: entries, the ways to their money, where each claim stands, and sums by currency."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Decimals, MoneyTold, Stamp, Told
from chalicelib.customs.ledger import Channel, ClaimState, NumberKind, Party, Payer
from chalicelib.rulebook import Confidence


class FiledTold(Told):
    """A claim as it was handed in."""

    on: DayText
    reference: str | None
    way: str | None


class DutyBrief(Told):
    """An entry and where its claim stands. ``claim_by`` is the soonest last day of a way still possible; ``to_come``
    the most that may still come; null: not known, or nothing is to come."""

    entry_id: str
    case_id: str
    country: str
    entry_number: str
    number_kind: NumberKind
    paid_on: DayText
    duty: MoneyTold | None
    tax: MoneyTold | None
    fees: MoneyTold | None
    paid_by: Payer | None
    importer: Party | None
    declared_by: Party | None
    carrier: str | None
    state: ClaimState
    why: str | None
    claim_by: DayText | None
    to_come: MoneyTold | None
    received: MoneyTold | None
    filed: FiledTold | None
    changed_at: Stamp


class WayTold(Told):
    """One instrument. ``claimants`` are those who may claim as far as known; ``ours`` whether the merchant may (null:
    say who the importer is); ``at_most`` the share of what it covers, null with ``reasons``."""

    code: str
    status: Literal["open", "unproven", "not_eligible"]
    what: str
    claimant: str
    claimants: list[Party]
    ours: bool | None
    form: str
    evidence: list[str]
    covers: list[str]
    share: Decimals | None
    at_most: MoneyTold | None
    reasons: list[str]
    missing: list[str]
    why: str
    claim_by: DayText | None
    confidence: Confidence
    source: str


class ReceiptTold(Told):
    """Money that came back."""

    reference: str
    on: DayText
    amount: MoneyTold


class LedgerLineTold(Told):
    """One change of an entry; ``was`` is what its particulars were before."""

    at: Stamp
    by: str
    what: str
    state: ClaimState
    facts: dict[str, str]
    was: dict[str, str]


class DutyAnswer(DutyBrief):
    """One entry with every way to its money as judged today, its receipts and its history. ``asks`` are the facts
    without which the last day of a way cannot be told."""

    invoice_number: str | None
    left_on: DayText | None
    left_on_by: Literal["told", "carrier"] | None
    export_reference: str | None
    used: bool | None
    same_state: bool | None
    sold_at_a_distance: bool | None
    value: MoneyTold | None
    channel: Channel | None
    ways: list[WayTold]
    asks: list[str]
    reasons: list[str]
    receipts: list[ReceiptTold]
    history: list[LedgerLineTold]


class UnknownTold(Told):
    """How many figures nobody told, and of how many claims nobody can say how much may come."""

    duty: int
    tax: int
    fees: int
    reclaimable: int


class DutyTotal(Told):
    """Sums of one currency; the row without one counts entries of which no figure is known. A sum is of what is known,
    null when nothing of it is; ``unknown`` counts what is missing in it."""

    currency: str | None
    entries: int
    duty: Decimals | None
    tax: Decimals | None
    fees: Decimals | None
    paid: Decimals | None
    reclaimable: Decimals | None
    received: Decimals | None
    unknown: UnknownTold


class DutiesAnswer(Told):
    """The ledger of one case."""

    case_id: str
    items: list[DutyAnswer]
    totals: list[DutyTotal]


class DutyPageAnswer(Told):
    """Entries in one state; ``totals`` are of all of them, not of this page."""

    items: list[DutyBrief]
    cursor: str | None
    totals: list[DutyTotal]


class DutiesInShort(Told):
    """The ledger of a case in a few figures. ``payable`` is what the return itself owes by its estimate (null: not
    known)."""

    payable: MoneyTold | None
    entries: int
    open_claims: int
    claim_by: DayText | None
    totals: list[DutyTotal]
