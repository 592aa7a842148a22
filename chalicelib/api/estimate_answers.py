"""What ``POST /v1/estimates`` may say: every charge with its rate, base, rule and source, and three totals or
none.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import DayText, Decimals, Told
from chalicelib.rulebook import Confidence


class DutyTold(Told):
    """One layer of duty: rate as a fraction, base, amount, and the rule it comes from."""

    layer: str
    rate: Decimals | None
    base: Decimals | None
    amount: Decimals | None
    rule: str
    source: str
    confidence: Confidence


class ChargeTold(Told):
    """One tax or fee; ``in_total`` says whether it counts, ``collected_by`` who asks for it."""

    code: str
    rate: Decimals | None
    base: Decimals | None
    amount: Decimals | None
    rule: str
    source: str
    confidence: Confidence
    collected_by: str
    in_total: bool


class LineTold(Told):
    """One line of the parcel: its code, why, and the duties on it."""

    hs_code: str | None
    why: str
    alternatives: list[str]
    duties: list[DutyTold]


class ReliefTold(Told):
    """One relief, judged: what it saves, what proof is missing, and the last day to claim it."""

    code: str
    kind: str
    status: Literal["proven", "unproven", "not_eligible"]
    saves: Decimals | None
    due: Decimals | None
    missing: list[str]
    claim_by: DayText | None
    claimant: str
    form: str
    why: str
    confidence: Confidence
    source: str
    charges: list[ChargeTold]


class ExplainTold(Told):
    """The answer in plain words, for an agent to read to a customer."""

    en: str
    zh: str


class EstimateAnswer(Told):
    """What an entry costs as far as it can be known; when something needed is unknown the totals are null."""

    destination: str
    entry_on: DayText
    currency: str | None
    complete: bool
    confidence: Confidence
    customs_value: Decimals | None
    lines: list[LineTold]
    taxes: list[ChargeTold]
    fees: list[ChargeTold]
    relief: list[ReliefTold]
    total_without_relief: Decimals | None
    total: Decimals | None
    total_if_proven: Decimals | None
    reasons: list[str]
    sources: list[str]
    explain: ExplainTold
