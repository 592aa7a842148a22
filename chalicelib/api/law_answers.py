"""What a return may say of law and promises: reasons with their rules, who pays which freight and why, how the
guarantee stands, the shop's terms, and a declared withdrawal with its receipt."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import MoneyTold, Stamp, Told
from chalicelib.rulebook import Confidence


class ReasonTold(Told):
    """One reason of a decision with the rule and source it rests on; ``item`` is the piece it is about, ``told`` what
    it means to the customer, in their language. An exclusion says its ``legal_ground`` and what the shop ``must_have``
    done before the sale: told the customer, had it confirmed, or have a written consent."""

    code: str
    text: str
    text_key: str | None
    rule: str | None
    source: str | None
    confidence: Confidence
    item: str | None
    legal_ground: str | None
    must_have: Literal["told", "confirmed", "written_consent"] | None
    told: str


class FreightTold(Told):
    """Who pays the way home (``home``), or what is given back of the first delivery (``out``), and why."""

    way: Literal["home", "out"]
    paid_by: Literal["merchant", "customer"] | None
    refunded: Literal["standard_rate", "all", "none"] | None
    reason: ReasonTold


class LadderStepTold(Told):
    """One remedy in its order; ``open``: it may be asked for now."""

    remedy: str
    chosen_by: Literal["customer", "seller", "law"] | None
    open: bool


class EarlyRemedyTold(Told):
    """A short first time in which the customer chooses the remedy."""

    code: str
    until: Stamp
    remedies: list[str]
    refund_at: Literal["invoice_price"] | None
    rule: str
    source: str
    confidence: Confidence


class RemediesTold(Told):
    """How the legal guarantee stands: until when (null: the law names no end), the remedies in their order, who must
    prove what until when, until when it may be rejected at once (``reject_paused``: its clock stands still while the
    piece is in repair), what the seller must tell."""

    rule: str
    source: str
    confidence: Confidence
    until: Stamp | None
    bonus_months: int
    ladder: list[LadderStepTold]
    burden_on: Literal["seller", "customer"] | None
    burden_until: Stamp | None
    reject_until: Stamp | None
    reject_paused: bool
    repairs_left: int | None
    early: list[EarlyRemedyTold]
    excludable: bool
    tell: list[str]


class TermsTold(Told):
    """The terms of the shop's policy of that day; they bind its promise, never a right. Fees in the currency that was
    paid; null: the policy says nothing of it."""

    policy_version: str
    counts_from: Literal["ordered", "shipped", "ready", "delivered"]
    window_days: int
    send_within_days: int | None
    rma_valid_days: int | None
    refund_business_days: int | None
    conditions: list[str]
    docs: list[str]
    docs_missing: list[str]
    certificate_fee: MoneyTold | None
    engraving_fee: MoneyTold | None
    exchange_only_above: MoneyTold | None
    free_returns_per_year: int | None
    resize_free_days: int | None
    resize_free_times: int | None
    resize_fee: MoneyTold | None
    insured_only_with_our_label: bool | None


class _Declared(Told):
    """A declared withdrawal. ``content`` are codes of the words that were shown and confirmed; ``lines`` count from 1,
    none means all. ``in_time``: true by rule or by a person, null while a person must say, false where one said no.
    ``refund_by`` is the law's last instant as far as it runs from the notice; ``refund_from`` is the event."""

    withdrawal_id: str
    declared_at: Stamp
    taken_at: Stamp
    declared_by: str
    language: str
    content: list[str]
    lines: list[int]
    in_time: bool | None
    rule: str | None
    freight_paid_by: Literal["merchant", "customer"] | None
    send_back_by: Stamp | None
    refund_from: Literal["notice", "goods_received", "goods_or_proof", "agreed"] | None
    refund_by: Stamp | None
    refund_target: Stamp | None
    may_hold_for_goods: bool


class WithdrawalTold(_Declared):
    """One declaration as its case tells it; ``doubts`` are what a person must judge."""

    doubts: list[str]


class WithdrawnItemTold(Told):
    """A line of the return that the customer withdrew from."""

    line: int
    sku: str
    description: str
    quantity: int


class DoubtTold(Told):
    """What a person must judge, in the words of the customer's language."""

    code: str
    text: str


class WithdrawalAnswer(_Declared):
    """The receipt of a withdrawal: its content, its day and hour, and the clocks it started."""

    case_id: str
    rma: str
    order_number: str
    items: list[WithdrawnItemTold]
    merchant: str
    return_to: str | None
    doubts: list[DoubtTold]
