"""The repair statement: what was done to which piece, what it cost, and what the workshop answers for with its name."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.customs.facts import Repair
from chalicelib.customs.papers.document import Blanks, Block, Fields, Heading, Paragraph
from chalicelib.customs.papers.facts import PaperFacts, Work
from chalicelib.customs.papers.first_export import first_export
from chalicelib.customs.papers.goods import goods_data, goods_table, lacking, past, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.repair_value import REPAIRED, cost_data, cost_rows, repair_lacks
from chalicelib.customs.papers.statements import Declared, declared
from chalicelib.customs.papers.wording import (
    BLANK,
    day,
    grams,
    json_of,
    money_text,
    purpose_text,
    service_name,
    subtitle,
    title,
)

NAME = "repair_statement"


def repair_statement(facts: PaperFacts, on: date) -> Paper:
    """The statement, or what it still waits for; its own statements wait for the facts they name."""
    said = (*declared(facts, "repair", on), *declared(facts, "export", on))
    needed = (name for one in said for name in one.missing)
    missing = tuple(dict.fromkeys((*lacking(facts, on), *repair_lacks(facts), *needed)))
    if missing:
        return waiting(NAME, missing)
    beside = subtitle(NAME, facts.lane.destination, purpose_text(facts.purpose))
    return ready(NAME, document(facts, NAME, title(NAME), beside, _blocks(facts, said)), _data(facts, said))


def _blocks(facts: PaperFacts, said: tuple[Declared, ...]) -> tuple[Block, ...]:
    return (
        Fields(_head(facts)),
        panels(facts),
        first_export(facts),
        goods_table(facts, (("Value of the goods", money_text(worth(facts.pieces))),)),
        *_work(facts),
        *(block for one in said for block in one.blocks()),
    )


def _head(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    work, history = facts.work or Work(), past(facts)
    return (
        ("Repair order", work.order_number or facts.rma),
        ("Date", day(facts.made_on)),
        ("Why the goods cross", purpose_text(facts.purpose)),
        ("Waybill", facts.waybill or "not yet issued"),
        ("Carrier and service", service_name(facts.carrier, facts.service, facts.service_title)),
        ("Permit or authorisation", (facts.repair.authorisation if facts.repair else None) or history.permit or BLANK),
    )


def _work(facts: PaperFacts) -> tuple[Block, ...]:
    """What was done and what it cost; before the repair, what is asked for."""
    if facts.purpose != REPAIRED or facts.repair is None:
        fault = facts.reason.replace("_", " ")
        return (
            Heading("Repair asked for"),
            Paragraph(f"Reported by the customer: {fault}. Nothing has been charged yet; the charge follows the work."),
            Blanks(("Work to be done", "Estimated charge and currency"), columns=2),
        )
    work = facts.work or Work()
    told = _told(work)
    known = tuple((name, text) for name, text in told if text is not None)
    blanks = tuple(name for name, text in told if text is None)
    return (
        *((Fields(known, columns=2, title="Work done"),) if known else ()),
        *((Blanks(blanks, 2, "" if known else "Work done"),) if blanks else ()),
        Fields(cost_rows(facts, facts.repair), title="Cost of the repair"),
    )


def _told(work: Work) -> tuple[tuple[str, str | None], ...]:
    added = None
    if work.metal_added and work.grams_added is not None:
        fine = f" {work.fineness_added}/1000" if work.fineness_added else ""
        added = f"{grams(work.grams_added)} {work.metal_added}{fine}"
    return (
        ("What was done", work.done),
        ("Metal added (kind, fineness, grams)", added),
        ("Received for repair on", day(work.received_on) if work.received_on else None),
        ("Finished on", day(work.finished_on) if work.finished_on else None),
    )


def _data(facts: PaperFacts, said: tuple[Declared, ...]) -> dict[str, Any]:
    work, history = facts.work or Work(), past(facts)
    return {
        "purpose": facts.purpose,
        "repair_order": work.order_number or facts.rma,
        "waybill": facts.waybill,
        "shipper": party_data(facts.shipper),
        "consignee": party_data(facts.consignee),
        "lines": goods_data(facts),
        "goods_value": json_of(worth(facts.pieces)),
        "cost": cost_data(facts.repair or Repair()) if facts.purpose == REPAIRED else None,
        "work": {
            "done": work.done,
            "received_on": json_of(work.received_on),
            "finished_on": json_of(work.finished_on),
            "metal_added": work.metal_added,
            "fineness_added": work.fineness_added,
            "grams_added": json_of(work.grams_added),
        },
        "exported_on": json_of(history.exported_on),
        "export_reference": history.export_reference,
        "statements": [one.as_json() for one in said],
    }
