"""The packing and seal sheet: what the one who packs does, in their language, and what never stands on the outside.

It names the contents and so stays with them or inside. Words are the dictionary ``packing_words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.customs.declaration import customs_text, label_text
from chalicelib.customs.papers.document import Blanks, Block, Checklist, Column, Fields, Heading, Table
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.paper import Paper, document, ready
from chalicelib.customs.papers.wording import other_language
from chalicelib.rulebook import dictionary

NAME = "packing_sheet"


def packing_sheet(facts: PaperFacts) -> Paper:
    """The sheet; it waits for nothing."""
    language = language_of(facts)
    words = dictionary("customs", "packing_words")[language]
    blocks = _blocks(facts, words, language)
    made = document(facts, NAME, words["title"], words["subtitle"], blocks, language=bcp47(language))
    return ready(NAME, made, _data(facts, words, language))


def language_of(facts: PaperFacts) -> str:
    """The customer's language on the way home, the workshop's on the way out; English where the sheet has it not."""
    wanted = facts.language if facts.direction == "home" else other_language(facts.lane.origin) or "en"
    short = wanted.replace("_", "-").split("-")[0].lower()
    return short if short in dictionary("customs", "packing_words") else "en"


def bcp47(language: str) -> str:
    """The tag of a language as documents carry it; our Chinese is written in simplified characters.

    >>> bcp47("zh"), bcp47("fr")
    ('zh-Hans', 'fr')
    """
    return "zh-Hans" if language == "zh" else language


def _blocks(facts: PaperFacts, words: Mapping[str, Any], language: str) -> tuple[Block, ...]:
    seals = (Fields(tuple((str(at), seal) for at, seal in enumerate(facts.seals, start=1))),) if facts.seals else ()
    return (
        Heading(words["contents"]),
        _contents(facts, words, language),
        _ticks(words["pack"], words["steps"], facts),
        _ticks(words["seal"], words["sealing"], facts),
        *((Heading(words["seals"]), *seals) if seals else ()),
        Blanks(tuple(words["blanks"])),
        _ticks(words["never"], words["nevers"], facts),
        _ticks(words["hand_over"], words[_way(facts)], facts),
    )


def _contents(facts: PaperFacts, words: Mapping[str, Any], language: str) -> Table:
    columns = (
        Column(words["contents"], share=6),
        Column(words["quantity"], align="right"),
        Column(words["serial"], share=3),
    )
    rows = tuple(
        (customs_text(piece.line, language), str(piece.line.quantity), piece.serial or "") for piece in facts.pieces
    )
    return Table(columns, rows)


def _ticks(title: str, texts: list[str], facts: PaperFacts) -> Checklist:
    return Checklist(title, tuple((text.format(rma=facts.rma), False) for text in texts))


def _way(facts: PaperFacts) -> str:
    return "counter" if facts.channel == "post" else "courier"


def _data(facts: PaperFacts, words: Mapping[str, Any], language: str) -> dict[str, Any]:
    said = {name: [text.format(rma=facts.rma) for text in words[name]] for name in ("steps", "sealing", "nevers")}
    return {
        "language": bcp47(language),
        "outside_text": label_text(),
        **said,
        "hand_over": list(words[_way(facts)]),
        "seals": list(facts.seals),
        "contents": [
            {"text": customs_text(piece.line, language), "quantity": piece.line.quantity, "serial": piece.serial}
            for piece in facts.pieces
        ],
    }
