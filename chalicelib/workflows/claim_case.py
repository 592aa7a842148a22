"""What a claim rests on: what is kept of its leg, what can be made, who holds the right, what may be expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.insurance.claim_evidence import (
    CaseEvidence,
    Evidence,
    Have,
    Right,
    Whom,
    bound_rule,
    checklist,
    right_to_claim,
)
from chalicelib.insurance.claim_states import Claim
from chalicelib.insurance.claims import bound_of, is_theft
from chalicelib.insurance.kept import told
from chalicelib.money import Money, money_from_json
from chalicelib.rulebook import Confidence
from chalicelib.shipments.carrier_names import carrier_name
from chalicelib.workflows.claim_sight import Sight
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.ports import Ports


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that may be asked, by which rule, and what of it is not known."""

    amount: Money | None
    rule: str
    source: str
    confidence: Confidence
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the other party is likely to owe: nobody is bound by it. None where it is not known."""

    amount: Money | None
    why: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """A claim with all it rests on."""

    sight: Sight
    claim: Claim
    checklist: tuple[Evidence, ...]
    right: Right
    bound: Bound
    expected: Expected

    @property
    def against(self) -> str:
        """The other party by its name."""
        return against(self.sight, self.claim)


def case_of(ports: Ports, sight: Sight, claim: Claim, on: date) -> ClaimCase:
    """Everything that this claim rests on today."""
    right = right_to_claim(claim.party, sight.leg.carrier, shipper_of(sight), on)
    evidence = _evidence(ports, sight, right, on)
    return ClaimCase(
        sight, claim, checklist(claim, evidence, on), right, _bound(sight, claim, on), _expected(sight, claim)
    )


def against(sight: Sight, claim: Claim) -> str:
    """The other party by its name."""
    if claim.party == "insurer":
        return sight.policy.insurer if sight.policy else "the insurer"
    return carrier_name(sight.leg.carrier)


def shipper_of(sight: Sight) -> Literal["merchant", "customer"]:
    """Who stands on the waybill as sender: the customer on the way home, whoever pays for it."""
    return "customer" if sight.leg.direction == "home" else "merchant"


def _evidence(ports: Ports, sight: Sight, right: Right, on: date) -> CaseEvidence:
    home = sight.leg.direction == "home"
    sender: Whom = "customer" if home else "merchant"
    consignee: Whom = "merchant" if home else "customer"
    return CaseEvidence(
        papers=_papers(sight),
        label=_label(ports, sight),
        sender=sender,
        consignee=consignee,
        theft=is_theft(sight.named_troubles, on),
        stones=any(item.stones != "none" for item in plan_of(sight.file, sight.leg).request.items),
        right=right,
    )


def _papers(sight: Sight) -> dict[str, Have]:
    papers = sight.file.papers_of(sight.leg.n)
    made = papers.papers if papers else ()
    return {one.name: Have(one.key, one.name, one.made_at, one.sha256) for one in made if one.key is not None}


def _label(ports: Ports, sight: Sight) -> Have | None:
    bought = (one for one in sight.file.bookings if (one.kind, one.leg_n) == ("waybill", sight.leg.n))
    labels = (paper for one in bought for paper in one.papers if (paper.kind, paper.status) == ("label", "kept"))
    paper = next(labels, None)
    if paper is None:
        return None
    return Have(ports.evidence.label_key(sight.leg.case_id, paper.name), f"waybill.{_ending(paper.media_type)}")


def _ending(media_type: str) -> str:
    return {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(media_type, "bin")


def _bound(sight: Sight, claim: Claim, on: date) -> Bound:
    amount, reasons = bound_of(sight.worth, claim.freight)
    rule, source, confidence = bound_rule(on)
    return Bound(amount, rule, source, confidence, reasons)


def _expected(sight: Sight, claim: Claim) -> Expected:
    cover: Mapping[str, Any] = plan_of(sight.file, sight.leg).answer.get("cover") or {}
    if not cover.get("insured_value"):
        return Expected(None, "no cover was recorded", None)
    full = told(cover)
    if claim.party == "insurer":
        insured, borne = _money(full["insured_value"]), _money(full["deductible"])
        less = insured - borne if insured and borne and borne.currency == insured.currency else insured
        return Expected(less, "the sum insured less what is borne by ourselves", full["policy_no"])
    declared = _money(full["carrier_declared_value"])
    if declared is not None and declared.amount > 0:
        return Expected(declared, "the value declared to the carrier", None)
    owes = full["carrier_owes"]
    return Expected(_money(owes["least"]), owes["why"], owes["rule"])


def _money(shape: Mapping[str, str] | None) -> Money | None:
    return money_from_json(dict(shape)) if shape else None
