"""What claims may say: where each stands, its clocks, its evidence, the right to it, and the money that came."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, MoneyTold, Stamp, Told
from chalicelib.insurance.claim_evidence import Status, Whom
from chalicelib.insurance.claim_states import ClaimKind, Party, State
from chalicelib.insurance.claims_clock import Act, Start
from chalicelib.rulebook import Confidence


class DeadlineTold(Told):
    """The last day by the clock that ends first; ``ends_at`` is the first instant after it. ``file_by``: even if
    nothing is certain. ``assumed``: its start is not known and the earliest was taken."""

    last_day: DayText
    ends_at: Stamp
    file_by: DayText
    clock: str
    starts: Start
    began_at: Stamp
    time_zone: str
    assumed: bool


class FiledClaimTold(Told):
    """How a claim was handed in."""

    on: DayText
    by: str
    protective: bool
    reference: str | None


class ClaimBrief(Told):
    """A claim as it was last written; ``received`` is by currency and never added across."""

    claim_id: str
    case_id: str
    leg: int
    party: Party
    kind: ClaimKind
    state: State
    why: str | None
    deadline: DeadlineTold | None
    claimed: MoneyTold | None
    filed: FiledClaimTold | None
    until: DayText | None
    offer: MoneyTold | None
    received: list[MoneyTold]
    opened_at: Stamp
    changed_at: Stamp


class ClockTold(Told):
    """One clock that runs: for a claim in writing, for a suit, or from when the right exists."""

    id: str
    act: Act
    starts: Start
    began_at: Stamp
    began_on: DayText
    began_by: str
    time_zone: str
    not_before: DayText | None
    last_day: DayText | None
    ends_at: Stamp | None
    file_by: DayText | None
    assumed: bool
    source: str
    confidence: Confidence


class WaitingClockTold(Told):
    """A clock whose beginning has not come."""

    id: str
    starts: Start
    source: str


class AtMostTold(Told):
    """The most that may be asked, and by which rule; ``reasons`` name what of it is not known."""

    amount: MoneyTold | None
    rule: str
    source: str
    confidence: Confidence
    reasons: list[str]


class ExpectedTold(Told):
    """What the other party is likely to owe; it bounds nothing."""

    amount: MoneyTold | None
    why: str
    rule: str | None


class RightTold(Told):
    """Who holds the right to claim; ``by_assignment``: it must be signed over first."""

    holder: Literal["merchant", "customer"]
    by_assignment: bool
    why: str
    source: str
    confidence: Confidence


class HaveTold(Told):
    """Something that is kept."""

    name: str
    sha256: str | None
    at: Stamp | None


class EvidenceTold(Told):
    """One line of the checklist: had, made for the pack, or to be got from ``whom``."""

    id: str
    text: str
    status: Status
    whom: Whom | None
    signed: bool
    photo: bool
    have: HaveTold | None
    source: str
    confidence: Confidence


class PaymentTold(Told):
    """Money that came."""

    reference: str
    on: DayText
    amount: MoneyTold


class PackTold(Told):
    """The pack as it was last made; ``missing`` names the items of the checklist that are not in it."""

    status: Literal["ready", "pending"]
    wanted_at: Stamp
    made_at: Stamp | None
    sha256: str | None
    size: int | None
    missing: list[str]
    href: str | None


class ClaimLineTold(Told):
    """One change of a claim."""

    at: Stamp
    by: str
    what: str
    state: State
    facts: dict[str, str]


class ClaimAnswer(ClaimBrief):
    """One claim with all it rests on, as reckoned now."""

    against: str
    policy_no: str | None
    discovered_on: DayText | None
    not_before: DayText | None
    clocks: list[ClockTold]
    waiting: list[WaitingClockTold]
    unknown: str | None
    freight: MoneyTold | None
    at_most: AtMostTold
    expected: ExpectedTold
    right: RightTold
    checklist: list[EvidenceTold]
    wanted: list[str]
    payments: list[PaymentTold]
    pack: PackTold | None
    history: list[ClaimLineTold]


class ClaimedLegTold(Told):
    """What was lost on a leg and what came for it from everybody. ``double_recovery``: more came than was lost, or two
    parties paid and the amounts cannot be compared."""

    leg: int
    loss: MoneyTold | None
    reasons: list[str]
    received: list[MoneyTold]
    double_recovery: Literal["more_than_lost", "not_comparable"] | None
    next_look_at: Stamp | None
    troubles: list[str]


class ClaimsAnswer(Told):
    """The claims of one case."""

    case_id: str
    items: list[ClaimAnswer]
    legs: list[ClaimedLegTold]


class ClaimPageAnswer(Told):
    """Claims in one state."""

    items: list[ClaimBrief]
    cursor: str | None


class PackOrderedAnswer(Told):
    """A pack that is being made."""

    case_id: str
    claim_id: str
    wanted_at: Stamp


class ClaimInShort(Told):
    """A claim in a few words; ``last_day`` while it is not handed in."""

    claim_id: str
    kind: ClaimKind
    state: State
    last_day: DayText | None
