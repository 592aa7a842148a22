"""What proves a claim: each item had, made here, or to be got from whom; and who holds the right to claim at all.

The rows are data (``rules/claim_evidence``). An item that is there says which object and since when; what can be made
is made for the pack; the rest names the one who has it. Nothing is ticked on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from chalicelib.insurance.claim_states import Claim, Party
from chalicelib.insurance.rows import source_of
from chalicelib.rulebook import Confidence, in_force

DATASET = "insurance/claim_evidence"
Whom = Literal["merchant", "customer", "carrier", "insurer", "workshop"]
Status = Literal["have", "make", "ask"]


@dataclass(frozen=True, slots=True)
class Have:
    """Something that is kept: its key in the evidence, its digest where known, and since when."""

    key: str
    name: str
    at: datetime | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """Who may claim. ``by_assignment``: it is not the merchant, who needs it signed over."""

    holder: Literal["merchant", "customer"]
    why: str
    source: str
    confidence: Confidence

    @property
    def by_assignment(self) -> bool:
        """Whether somebody must sign it over before the merchant claims."""
        return self.holder != "merchant"


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """What the checklist asks of the case: our papers and the carrier's label as kept, by name; who sent and who
    received; whether it looks like a theft, and whether stones are set."""

    papers: Mapping[str, Have]
    label: Have | None
    sender: Whom
    consignee: Whom
    theft: bool
    stones: bool
    right: Right


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of the checklist. ``signed``: what we make must still be signed by whom it names; ``photo``: it is
    wanted as a picture or video."""

    id: str
    text: str
    status: Status
    whom: Whom | None
    have: Have | None = None
    signed: bool = False
    photo: bool = False
    confidence: Confidence = "low"
    source: str = ""


def checklist(claim: Claim, evidence: CaseEvidence, on: date) -> tuple[Evidence, ...]:
    """Every item that this claim wants; raises ``RuleNotInForce`` before the first vintage."""
    vintage = in_force(DATASET, on)
    wanted = (row for row in vintage.rules["item"] if claim.kind in row["claims"] and claim.party in row["parties"])
    return tuple(_line(row, evidence, source_of(vintage, row)) for row in wanted if _applies(row, evidence))


def right_to_claim(party: Party, carrier: str, shipper: Literal["merchant", "customer"], on: date) -> Right:
    """Who holds the right against this party; ``shipper`` is who stands as sender on the waybill."""
    vintage = in_force(DATASET, on)
    row = next(row for row in vintage.rules["right"] if row["party"] == party and {"*", carrier} & set(row["carriers"]))
    holder = shipper if row["holder"] == "shipper" else "merchant"
    return Right(holder, row["why"], source_of(vintage, row), row["confidence"])


def bound_rule(on: date) -> tuple[str, str, Confidence]:
    """By which rule what is claimed is bounded: the rule, its source, how sure."""
    vintage = in_force(DATASET, on)
    row = vintage.rules["bound"]
    return row["rule"], source_of(vintage, row), row["confidence"]


def _applies(row: Mapping[str, Any], evidence: CaseEvidence) -> bool:
    when = {
        "customer_holds": evidence.right.by_assignment, "theft": evidence.theft, "stones": evidence.stones,
    }  # fmt: skip
    return when.get(row.get("when", ""), True)


def _line(row: Mapping[str, Any], evidence: CaseEvidence, source: str) -> Evidence:
    have = evidence.label if row.get("label") else evidence.papers.get(row.get("paper", ""))
    whom = _whom(row["ask"], evidence)
    status: Status = "have" if have else "make" if "made" in row else "ask"
    signed = bool(row.get("signed"))
    return Evidence(
        id=row["id"],
        text=row["text"],
        status=status,
        whom=whom if status == "ask" or signed else None,
        have=have,
        signed=signed,
        photo=bool(row.get("photo")),
        confidence=row["confidence"],
        source=source,
    )


def _whom(ask: str, evidence: CaseEvidence) -> Whom:
    placed: Mapping[str, Whom] = {"sender": evidence.sender, "consignee": evidence.consignee}
    found: Whom = placed.get(ask, ask)  # type: ignore[arg-type]
    return found
