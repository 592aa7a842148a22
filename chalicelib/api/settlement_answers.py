"""What settlements may say: line by line with the rule of each, who approved, until when it is due, the case's
money."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api.told import DayText, Decimals, MoneyTold, Stamp, Told
from chalicelib.returns.money_noted import OpenCode
from chalicelib.returns.payment import DutyTaker, Method
from chalicelib.returns.settlement import Account, Pays, SettlementKind, SettlementState
from chalicelib.returns.settlement_deadlines import Because, ClockCode, Event, Unit
from chalicelib.returns.stages import Stage
from chalicelib.rulebook import Confidence


class SettledLineTold(Told):
    """One line; what is taken off is negative. ``line`` is the line of the return, counted from 1."""

    code: str
    amount: MoneyTold
    rule: str
    source: str
    line: int | None
    pieces: int | None


class ApprovalTold(Told):
    """Who approved, in which role."""

    by: str
    role: str
    at: Stamp


class SettlementAnswer(Told):
    """One settlement. ``settlement_id`` is null for a dry run; ``lacks`` are facts nobody has given, for which nothing
    was put in; ``beside`` is owed or to be had in another way than by this payment."""

    settlement_id: str | None
    case_id: str
    kind: SettlementKind
    state: SettlementState
    ground: str | None
    reason: str
    why: str | None
    total: MoneyTold
    stake: MoneyTold
    lines: list[SettledLineTold]
    beside: list[SettledLineTold]
    lacks: list[str]
    pays: Pays
    proposed_by: str
    proposed_role: str
    proposed_at: Stamp
    approvals_needed: int
    roles_needed: list[str]
    approvals: list[ApprovalTold]
    needs_yes: bool
    agreed_at: Stamp | None
    deadline: Stamp | None
    deadline_rule: str | None
    alert_at: Stamp | None
    provider: str | None
    reference: str | None
    provider_reference: str | None
    paid_at: Stamp | None
    problem: str | None
    replacement_skus: list[str]
    credit_code: str | None
    inspection: int | None


class RefundClockTold(Told):
    """One clock of a refund: from which event, its last day, when people are told. ``may_hold``: the law lets us wait
    for the goods or the proof that they were sent; ``because``: what set it to an earlier day (``we_collect``: a
    courier of ours counts as our offer to collect the goods); ``assumed``: no calendar of that year is known, or nobody
    has decided what the earlier day rests on."""

    code: ClockCode
    starts: Event
    began_at: Stamp
    days: int
    unit: Unit
    last_day: DayText
    target: DayText
    ends_at: Stamp
    alert_at: Stamp
    time_zone: str
    may_hold: bool
    assumed: bool
    because: Because | None
    rule: str
    source: str
    confidence: Confidence


class PostingTold(Told):
    """Money that went from one account to another."""

    n: int
    at: Stamp
    by: str
    giver: Annotated[Account, Field(alias="from")]
    taker: Annotated[Account, Field(alias="to")]
    amount: MoneyTold
    why: str
    reference: str | None
    settlement_id: str | None
    repair: int | None


class BalanceTold(Told):
    """What an account has got more than it gave; those of one currency sum to zero."""

    account: Account
    amount: MoneyTold


class OpenMoneyTold(Told):
    """Money that somebody still has to give, or of which somebody still has to say something: the price of a
    ``repair``, or what became of a dispute. ``amount`` null: nobody has said."""

    code: OpenCode
    amount: MoneyTold | None
    repair: int | None
    dispute_id: str | None


class DiscountTold(Told):
    """A reduction over several pieces."""

    code: str
    amount: MoneyTold
    given_on: MoneyTold
    pieces: int
    least_pieces: int | None
    least_worth: MoneyTold | None


class GiftTold(Told):
    """Something given for nothing."""

    sku: str
    retail: MoneyTold | None


class PaymentTold(Told):
    """How the order was paid, as far as anybody has said; ``unsaid`` names what a settlement may want and nobody
    has."""

    total: MoneyTold
    provider: str | None
    payment_reference: str | None
    method: Method | None
    scheme: str | None
    paid_on: DayText | None
    tax: MoneyTold | None
    tax_included: bool | None
    freight: MoneyTold | None
    express_extra: MoneyTold | None
    duty: MoneyTold | None
    duty_paid_to: DutyTaker | None
    rate: Decimals | None
    pieces: int | None
    discounts: list[DiscountTold] | None
    gifts: list[GiftTold] | None
    unsaid: list[str]


class SettlementsAnswer(Told):
    """The settlements of one case, the clocks of its refund, how it was paid, and its money."""

    case_id: str
    items: list[SettlementAnswer]
    clocks: list[RefundClockTold]
    payment: PaymentTold | None
    postings: list[PostingTold]
    balances: list[BalanceTold]
    open: list[OpenMoneyTold]


class MoneyAnswer(Told):
    """An entry of the case's money as it was noted, with what each account has now and what is still open."""

    case_id: str
    posting: PostingTold
    balances: list[BalanceTold]
    open: list[OpenMoneyTold]


class PaymentAnswer(Told):
    """The payment as it is known now."""

    case_id: str
    payment: PaymentTold | None


class ClosedAnswer(Told):
    """A closed case, and what of it was still open."""

    case_id: str
    stage: Stage
    open: list[str]


class SettlementInShort(Told):
    """A settlement in a few words."""

    settlement_id: str
    kind: SettlementKind
    state: SettlementState
    total: MoneyTold
    deadline: Stamp | None
    approvals_missing: Annotated[int, Field(ge=0)]
