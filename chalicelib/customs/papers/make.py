"""Which papers a leg needs, each made from the same facts: ready, or waiting with the list of what it lacks.

The invoice goes with every leg that crosses a customs border, and with it what the channel, the purpose and the relief
add. A packing sheet goes with every leg. The same facts always give the same papers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.goods import coded
from chalicelib.customs.papers.insurance_paper import insurance_declaration
from chalicelib.customs.papers.invoice import invoice
from chalicelib.customs.papers.packing import packing_sheet
from chalicelib.customs.papers.paper import Paper
from chalicelib.customs.papers.postal import postal_declaration
from chalicelib.customs.papers.relief_text import relief_declaration
from chalicelib.customs.papers.repair_statement import repair_statement

REPAIRS = frozenset({"repair_out", "warranty_repair_out", "repaired_back"})

__all__ = ["Paper", "papers_for"]


def papers_for(facts: PaperFacts, on: date) -> tuple[Paper, ...]:
    """Every paper of this leg by the rules in force on that day, in the order they are handed over.

    Raises ``RuleNotInForce`` for a day before the rules for papers begin.
    """
    return tuple(paper for paper in _papers(coded(facts, on), on) if paper is not None)


def _papers(facts: PaperFacts, on: date) -> Iterator[Paper | None]:
    if facts.lane.crosses_customs:
        yield invoice(facts, on)
        if facts.channel == "post":
            yield postal_declaration(facts, on)
        if facts.purpose in REPAIRS:
            yield repair_statement(facts, on)
        yield relief_declaration(facts, on)
    yield insurance_declaration(facts)
    yield packing_sheet(facts)
