"""What a repair cost, for customs: the charge, the parts, and what free work would have cost on the market.

Free work is not worthless: where nothing was charged its fair value is declared, or the papers wait for it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.customs.facts import Repair
from chalicelib.customs.papers.document import Block, Fields
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.goods import worth
from chalicelib.customs.papers.wording import json_of, known_money, known_rows, money_text
from chalicelib.money import Money

REPAIRED = "repaired_back"


def repair_lacks(facts: PaperFacts) -> tuple[str, ...]:
    """What goods on their way back from a repair still lack; nothing for any other leg."""
    if facts.purpose != REPAIRED:
        return ()
    repair = facts.repair or Repair()
    if repair.charge is None and not (repair.under_warranty and repair.fair_value):
        return ("repair.charge",)
    if not _above(repair.charge) and not _above(repair.parts) and not _above(repair.fair_value):
        return ("repair.fair_value",)
    return ("repair.parts",) if repair.parts is None and _above(repair.charge) else ()


def repair_worth(repair: Repair) -> Money | None:
    """What the repair is declared at: charge and parts, or the fair value of free work with the parts that were paid.

    None where that is not known, or not in one currency.
    """
    work = repair.charge if _above(repair.charge) else repair.fair_value
    parts = [amount for amount in (work, repair.parts) if amount is not None]
    if not parts or len({amount.currency for amount in parts}) > 1:
        return None
    return Money(sum((amount.amount for amount in parts[1:]), parts[0].amount), parts[0].currency).rounded()


def repair_fields(facts: PaperFacts) -> tuple[Block, ...]:
    """The cost of the repair beside the value of the goods; nothing for any other leg."""
    if facts.purpose != REPAIRED or facts.repair is None:
        return ()
    return (Fields(cost_rows(facts, facts.repair), title="Repair, included in the value of the goods"),)


def cost_rows(facts: PaperFacts, repair: Repair) -> tuple[tuple[str, str], ...]:
    """Labour, parts, free work and transport apart, and what the goods are worth as they cross now."""
    fair = (("Fair value of work not charged", known_money(repair.fair_value)),)
    return known_rows(
        (
            ("Labour charged", known_money(repair.charge)),
            ("Parts and metal charged", known_money(repair.parts)),
            *(fair if repair.fair_value or not _above(repair.charge) else ()),
            ("Declared value of the repair", known_money(repair_worth(repair))),
            ("Value of the goods, repair included", money_text(worth(facts.pieces))),
            ("Under warranty", {True: "yes", False: "no", None: None}[repair.under_warranty]),
            ("Freight outward", known_money(repair.freight_out)),
            ("Freight inward", known_money(repair.freight_in)),
            ("Insurance", known_money(repair.insurance)),
        )
    )


def cost_data(repair: Repair) -> dict[str, Any]:
    """The same as data."""
    return {
        "under_warranty": repair.under_warranty,
        "labour": json_of(repair.charge),
        "parts": json_of(repair.parts),
        "fair_value": json_of(repair.fair_value),
        "declared": json_of(repair_worth(repair)),
        "freight_out": json_of(repair.freight_out),
        "freight_in": json_of(repair.freight_in),
        "insurance": json_of(repair.insurance),
        "authorisation": repair.authorisation,
    }


def _above(amount: Money | None) -> bool:
    return amount is not None and amount.amount > 0
