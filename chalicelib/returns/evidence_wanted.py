"""What is still wanted of a case: from whom, why, by when; by its kind, reason, stage, outcome and what is claimed.

What the merchant's own policy asks for with a reason decides whether the return is looked at (``decides``). All other
rows ask for what proves something later: nobody's right depends on them, and a statutory one least of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from chalicelib.returns.evidence import Evidence, EvidenceKind
from chalicelib.returns.evidence_rules import EvidenceRules, Giver, Moment, WantRow
from chalicelib.rulebook import Confidence

# What counts as given: it is there, or is about to be looked at.
GIVEN = frozenset({"uploaded", "kept"})
BY_POLICY = "asked_by_the_policy"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides on what is wanted: of the request (``kind``, ``reason``), of the case as it stands, and what hangs
    under it. ``policy_asks`` are the kinds that the merchant's policy wants and nobody has offered; ``above`` names
    the merchant's thresholds that the worth exceeds; ``by_moment`` the days that are known."""

    kind: str
    reason: str
    stage: str
    policy_asks: tuple[EvidenceKind, ...] = ()
    outcomes: frozenset[str] = frozenset()
    verdicts: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    true_of_it: frozenset[str] = frozenset()
    by_moment: Mapping[Moment, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing still wanted: so many of a kind (``missing`` of ``count``), from whom, by when (``on``: None where the
    day is not known), why. ``decides``: the case waits for it."""

    id: str
    kind: EvidenceKind
    count: int
    missing: int
    giver: Giver
    by: Moment
    on: date | None
    text: str
    why: str
    decides: bool
    rule: str
    source: str
    confidence: Confidence


def still_wanted(facts: CaseFacts, given: Iterable[Evidence], rules: EvidenceRules) -> tuple[Wanted, ...]:
    """Everything that is still missing; what the case waits for comes first.

    A piece that a customer must give may also be given by the desk for them; what the merchant must give is never taken
    from the customer.
    """
    pieces = [one for one in given if one.state in GIVEN]
    asked = [_by_policy(kind, facts, rules) for kind in facts.policy_asks]
    asked += [_by_row(row, facts, rules) for row in rules.wants if _applies(row, facts)]
    counted = [_with_missing(one, pieces) for one in asked]
    return tuple(one for one in counted if one.missing > 0)


def for_the_customer(wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """What the customer is asked for: each kind once, as many as the row that wants most of it."""
    by_kind: dict[EvidenceKind, Wanted] = {}
    for one in wanted:
        known = by_kind.get(one.kind)
        if one.giver == "customer" and (known is None or one.missing > known.missing):
            by_kind[one.kind] = one
    return tuple(by_kind.values())


def _applies(row: WantRow, facts: CaseFacts) -> bool:
    """Whether everything that narrows the row holds of the case."""
    narrowed = (
        not row.cases or facts.kind in row.cases,
        not row.reasons or facts.reason in row.reasons,
        not row.stages or facts.stage in row.stages,
        not row.outcomes or bool(facts.outcomes & set(row.outcomes)),
        not row.verdicts or bool(facts.verdicts & set(row.verdicts)),
        not row.claims or bool(facts.claims & set(row.claims)),
        not row.above or row.above in facts.above,
        not row.when or row.when in facts.true_of_it,
    )
    return all(narrowed)


def _by_policy(kind: EvidenceKind, facts: CaseFacts, rules: EvidenceRules) -> Wanted:
    words = rules.vintage.rules["policy_text"]
    return Wanted(
        id=BY_POLICY,
        kind=kind,
        count=1,
        missing=1,
        giver="customer",
        by="decision",
        on=facts.by_moment.get("decision"),
        text=str(words.get(kind, words["other"])),
        why=str(words["why"]),
        decides=True,
        rule="merchant/policy",
        source="the merchant's return policy",
        confidence="high",
    )


def _by_row(row: WantRow, facts: CaseFacts, rules: EvidenceRules) -> Wanted:
    return Wanted(
        id=row.id,
        kind=row.kind,
        count=row.count,
        missing=row.count,
        giver=row.giver,
        by=row.by,
        on=facts.by_moment.get(row.by),
        text=row.text,
        why=row.why,
        decides=False,
        rule=f"{rules.vintage.name}#{row.id}",
        source=rules.source_of(row),
        confidence=row.confidence,
    )


def _with_missing(wanted: Wanted, pieces: Iterable[Evidence]) -> Wanted:
    have = sum(one.kind == wanted.kind and _counts(one, wanted) for one in pieces)
    return replace(wanted, missing=max(wanted.count - have, 0))


def _counts(piece: Evidence, wanted: Wanted) -> bool:
    """Whether a piece answers a want: what the merchant must give is not answered by the customer's own."""
    return wanted.giver == "customer" or not piece.by_customer
