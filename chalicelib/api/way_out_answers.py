"""What ways out may say: what goes and why, the customer's border, carrier and cover, papers, and what is open."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.case_answers import PaperTold, PieceTold
from chalicelib.api.cover_answers import CoverTold
from chalicelib.api.estimate_answers import EstimateAnswer
from chalicelib.api.pickup_answers import InstructionTold
from chalicelib.api.route_answers import KeptRouteTold, RouteBriefTold
from chalicelib.api.told import DayText, MoneyTold, Stamp, Told
from chalicelib.api.way_out_brief import WayOutInShort
from chalicelib.returns.way_out import Payer
from chalicelib.rulebook import Confidence


class BorderTold(Told):
    """Who stands at the customer's border: who imports, who pays duty and tax, under which term, and why."""

    importer: Payer
    pays: Payer
    terms: Literal["DAP", "DDP"]
    why: str
    rule: str
    source: str
    confidence: Confidence


class OutFactsTold(Told):
    """What a person said of it; null where nobody has."""

    export_reference: str | None
    exported_on: DayText | None
    export_mode: str | None
    imported_on: DayText | None
    duty_paid_on_import: bool | None
    drawback_claimed: bool | None
    vat_refunded: bool | None
    authorisation: str | None
    back_in_time: bool | None
    guarantee_proven: bool | None
    freight: MoneyTold | None
    insurance: MoneyTold | None
    pays: Payer | None
    carrier: str | None
    service: str | None
    seals: list[str]
    called_back: bool | None


class WayOutAnswer(WayOutInShort):
    """A way out with all that was decided of it."""

    asked_by: str
    asked_at: Stamp
    changed_at: Stamp
    why: str | None
    items: list[PieceTold]
    facts: OutFactsTold
    border: BorderTold | None
    estimate: EstimateAnswer | None
    route: KeptRouteTold | None
    routes: list[RouteBriefTold]
    cover: CoverTold | None
    papers: list[PaperTold]
    without_proof: bool
    hand_over: list[InstructionTold]


class WaysOutAnswer(Told):
    """Every way out of a case, in the order they were asked for."""

    case_id: str
    items: list[WayOutAnswer]
