"""Whether a person may refuse a return: a right that the law gives falls only by a row of law that denies it, and the
person must say which.

What the law grants outright nobody refuses. Where a rule was not sure enough for a machine, a person may rest on it. A
fault claimed under the guarantee falls where none was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.errors import FieldFault
from chalicelib.returns.eligibility import Decision
from chalicelib.returns.grounds import Ground
from chalicelib.rulebook import dictionary

FAULT_NOT_FOUND = "fault_not_found"


def standing_rights(decision: Decision) -> tuple[Ground, ...]:
    """The rights of the customer that no sure rule has denied."""
    return tuple(one for one in decision.grounds if one.statutory and one.verdict != "denied")


def rows_against(right: Ground, reasons: Iterable[str]) -> tuple[str, ...]:
    """The rows of law by which a person may refuse this right; none where the law grants it."""
    if right.code == "guarantee" and FAULT_NOT_FOUND in reasons:
        return tuple(dict.fromkeys(one.rule for one in right.reasons if one.rule.startswith("returns/guarantee")))
    if right.verdict in ("granted", "evidence"):
        return ()
    cited = (one.rule for one in right.reasons if not one.code.endswith("_open"))
    return tuple(dict.fromkeys(rule for rule in cited if rule.startswith("returns/")))


def faults_of_refusal(decision: Decision, reasons: tuple[str, ...], legal_grounds: tuple[str, ...]) -> list[FieldFault]:
    """Everything that keeps this refusal from being said: no reason, an unknown one, a right that still stands."""
    known = dictionary("returns", "reasons")["text"]
    faults = [] if reasons else [FieldFault("reasons", "required", "say why, by the codes of a decision's reasons")]
    faults += [
        FieldFault(f"reasons.{at}", "unknown_reason", "one of the codes a decision gives")
        for at, code in enumerate(reasons)
        if code not in known
    ]
    return [*faults, *_standing(decision, reasons, legal_grounds)]


def _standing(decision: Decision, reasons: tuple[str, ...], legal_grounds: tuple[str, ...]) -> Iterator[FieldFault]:
    for right in standing_rights(decision):
        rows = rows_against(right, reasons)
        if not rows:
            told = f"the law grants it ({right.code}): approve it, or ask for evidence"
            yield FieldFault("legal_grounds", "right_stands", told)
        elif not set(rows) & set(legal_grounds):
            told = f"name the row of law that denies the {right.code}: {', '.join(rows)}"
            yield FieldFault("legal_grounds", "legal_ground_required", told)
