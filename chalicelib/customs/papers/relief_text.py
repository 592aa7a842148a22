"""The declaration for returned goods: what the destination wants said, by whom, and what is still to be attached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chalicelib.customs.asked_facts import asked
from chalicelib.customs.papers.document import Block, Checklist, Column, Fields, Table
from chalicelib.customs.papers.facts import ClaimedRelief, PaperFacts
from chalicelib.customs.papers.first_export import first_export
from chalicelib.customs.papers.goods import goods_data, goods_table, lacking, past, worth
from chalicelib.customs.papers.paper import Paper, document, ready, waiting
from chalicelib.customs.papers.parties import panels, party_data
from chalicelib.customs.papers.statements import Declared, claimed, declared
from chalicelib.customs.papers.wording import NOT_STATED, day, json_of, money_text, purpose_text, subtitle, title

NAME = "relief_declaration"
_CLAIMED = (
    Column("Relief claimed", share=3),
    Column("Claimant", share=2),
    Column("Form and evidence", share=6),
    Column("Last day", share=2, align="right"),
)


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
    beside = subtitle(NAME, facts.lane.destination, purpose_text(facts.purpose))
    return ready(NAME, document(facts, NAME, title(NAME), beside, _blocks(facts, said)), _data(facts, said))


def _blocks(facts: PaperFacts, said: tuple[Declared, ...]) -> tuple[Block, ...]:
    return (
        Fields(_head(facts)),
        panels(facts),
        first_export(facts),
        goods_table(facts, (("Value of the goods", money_text(worth(facts.pieces))),)),
        *_reliefs(claimed(facts)),
        *(block for one in said for block in one.blocks()),
    )


def _head(facts: PaperFacts) -> tuple[tuple[str, str], ...]:
    return (
        ("Return number", facts.rma),
        ("Date", day(facts.made_on)),
        ("Waybill of the return", facts.waybill or "not yet issued"),
    )


def _reliefs(reliefs: tuple[ClaimedRelief, ...]) -> Iterator[Block]:
    """What is claimed, a line for each relief, and what is still to be shown for all of them."""
    if reliefs:
        yield Table(_CLAIMED, tuple(_row(relief) for relief in reliefs))
    wanted = dict.fromkeys(_named(name) for relief in reliefs for name in relief.missing)
    if wanted:
        yield Checklist("Still to be shown to customs", tuple((name, False) for name in wanted), columns=3)


def _row(relief: ClaimedRelief) -> tuple[str, ...]:
    last_day = day(relief.claim_by, "none stated")
    return relief.code, relief.claimant or NOT_STATED, relief.form or NOT_STATED, last_day


def _named(fact: str) -> str:
    """What is missing, in the words that also ask for it."""
    return asked(fact.removeprefix("history.")).what


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
