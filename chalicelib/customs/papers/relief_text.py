"""The declaration for returned goods: what the destination wants said, by whom, and what is still to be attached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.customs.papers.document import Block, Checklist, Fields, Heading
from chalicelib.customs.papers.facts import ClaimedRelief, PaperFacts
from chalicelib.customs.papers.goods import goods_data, goods_table, lacking, past, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.statements import Declared, claimed, declared
from chalicelib.customs.papers.wording import day, json_of, money_text, other_language, purpose_text, title

NAME = "relief_declaration"


def relief_declaration(facts: PaperFacts, on: date) -> Paper | None:
    """The declaration, or what it waits for; None where no relief is claimed and the country wants nothing said."""
    reliefs = declared(facts, "relief", on)
    if not reliefs or facts.without_proof:
        return None
    said = (*reliefs, *declared(facts, "agreement", on))
    needed = (name for one in said for name in one.missing)
    missing = tuple(dict.fromkeys((*lacking(facts, on), *needed)))
    if missing:
        return waiting(NAME, missing)
    language = other_language(facts.lane.destination)
    subtitle = title(NAME, language) if language else purpose_text(facts.purpose)
    return ready(NAME, document(facts, NAME, title(NAME), subtitle, _blocks(facts, said)), _data(facts, said))


def _blocks(facts: PaperFacts, said: tuple[Declared, ...]) -> tuple[Block, ...]:
    return (
        Fields(_head(facts)),
        panels(facts),
        Heading("Goods"),
        goods_table(facts, (("Value of the goods", money_text(worth(facts.pieces))),)),
        *(block for relief in claimed(facts) for block in _relief(relief)),
        *(block for one in said for block in one.blocks()),
    )


def _head(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    export, history = facts.export, past(facts)
    return (
        ("Return number", facts.rma),
        ("Date", day(facts.made_on)),
        ("Waybill of the return", facts.waybill or "not yet issued"),
        ("Sale invoice", export.invoice_number or "not stated"),
        ("Waybill of the sale", export.waybill or "not stated"),
        ("Exported on", day(history.exported_on)),
        ("Export declaration", history.export_reference or "not stated"),
        ("Export mode", history.export_mode or "not stated"),
    )


def _relief(relief: ClaimedRelief) -> tuple[Block, ...]:
    rows = (
        ("Relief claimed", relief.code),
        ("Claimant", relief.claimant or "not stated"),
        ("Form and evidence", relief.form or "not stated"),
        ("Claim at the latest on", day(relief.claim_by, "no last day stated")),
    )
    wanted = tuple((_named(name), False) for name in relief.missing)
    return (Fields(rows, columns=1), *((Checklist("Still to be shown to customs", wanted),) if wanted else ()))


def _named(fact: str) -> str:
    """The name of a missing fact as people read it."""
    return fact.rpartition(".")[2].replace("_", " ")


def _data(facts: PaperFacts, said: tuple[Declared, ...]) -> Mapping[str, Any]:
    history = past(facts)
    return {
        "purpose": facts.purpose,
        "destination": facts.lane.destination,
        "shipper": party_data(facts.shipper),
        "consignee": party_data(facts.consignee),
        "importer": party_data(facts.importer),
        "lines": goods_data(facts),
        "exported_on": json_of(history.exported_on),
        "export_reference": history.export_reference,
        "export_mode": history.export_mode,
        "reliefs": [
            {
                "code": one.code,
                "status": one.status,
                "form": one.form,
                "claimant": one.claimant,
                "claim_by": json_of(one.claim_by),
                "missing": list(one.missing),
            }
            for one in claimed(facts)
        ],
        "statements": [one.as_json() for one in said],
    }
