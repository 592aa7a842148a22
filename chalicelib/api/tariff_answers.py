"""What ``GET /v1/tariffs/{country}`` may say: what is in force at one border on a day, each row with its source."""

from __future__ import annotations

from pydantic import Field

from chalicelib.api.told import DayText, Decimals, Told
from chalicelib.rulebook import Confidence

About = dict[str, list[str] | str | bool | int]


class RuleTold(Told):
    """One row of a rule file: how sure it is and where it is from."""

    confidence: Confidence
    source: str


class TariffLineTold(RuleTold):
    """One national tariff line and its ordinary rate, a fraction; ``unknown`` says why there is none."""

    hs_code: str
    what: str
    rate: Decimals | None
    unknown: str | None
    about: About


class ColumnTold(RuleTold):
    """A rate that origin or a claimed preference moves goods into."""

    column: str
    rate: Decimals | None
    unknown: str | None
    about: About


class LayerTold(RuleTold):
    """A duty on top of the ordinary one; ``kind`` is add, cap_total, exempt, per_item_type or unknown."""

    layer: str
    kind: str
    rate: Decimals | None
    amount: Decimals | None
    from_: DayText | None = Field(alias="from")
    until: DayText | None
    rule: str
    about: About


class TaxTold(RuleTold):
    """A tax: its rate (or the part it is of another tax), what it is reckoned on, who collects it."""

    code: str
    rate: Decimals | None
    fraction: str | None
    unknown: str | None
    base: list[str]
    collected_by: str
    waived_up_to: Decimals | None
    rule: str
    about: About


class FeeTold(RuleTold):
    """A fee of one kind of entry; the amount is null where nobody stated it."""

    code: str
    entry: str | None
    rate: Decimals | None
    amount: Decimals | None
    min: Decimals | None
    max: Decimals | None
    in_total: bool
    unknown: str | None
    rule: str


class RegimeTold(RuleTold):
    """What replaces the ordinary charges: low value, mail, personal articles."""

    name: str
    rule: str
    from_: DayText | None = Field(alias="from")
    until: DayText | None


class NoticeTold(RegimeTold):
    """Something an answer says beside its figures, or that stops it."""

    blocks: bool


class ReliefRuleTold(RuleTold):
    """A relief the country has: for which purposes, who claims, by which form."""

    code: str
    what: str
    purposes: list[str]
    claimant: str
    form: str


class RefundRuleTold(RuleTold):
    """A way to duty or tax once paid, when the goods have left again."""

    code: str
    what: str
    covers: list[str]
    claimant: str
    form: str
    evidence: list[str]


class AbsentTold(RuleTold):
    """A kind of relief, or ``refund``: where ``read`` is true the law knows none, else nobody has read it."""

    kind: str
    read: bool
    why: str


class VintageTold(Told):
    """One rule file: since when, until when, when its successor begins (``ends`` without one: it runs out), when its
    sources were read, and whether somebody should look again."""

    dataset: str
    effective: DayText
    ends: DayText | None
    next: DayText | None
    review_after: DayText | None
    read_on: DayText | None
    due: bool
    due_because: list[str]


class TariffAnswer(Told):
    """Everything in force there on that day. ``unread`` names what the border needs and no table holds."""

    country: str
    on: DayText
    currency: str
    value_basis: str
    lines: list[TariffLineTold]
    columns: list[ColumnTold]
    layers: list[LayerTold]
    taxes: list[TaxTold]
    fees: list[FeeTold]
    regimes: list[RegimeTold]
    notices: list[NoticeTold]
    relief: list[ReliefRuleTold]
    refunds: list[RefundRuleTold]
    absent: list[AbsentTold]
    unread: list[str]
    vintages: list[VintageTold]
