"""How the papers of a leg lie in the table: one item, each paper one line of JSON, so that a leg with every paper it
may need stays below one kilobyte and is written for one unit. The bytes are in the evidence bucket under a key that
follows from case, leg, name and digest, and is not kept twice.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.table import ABSENT, MARK, Item, Update
from chalicelib.clock import instant, known_stamp
from chalicelib.errors import StoredItemUnreadable
from chalicelib.workflows.made_papers import LegPapers, MadePaper, stem_of


def papers_update(papers: LegPapers, mark: str) -> Update:
    """Write the papers of a leg for the first time, or over the version before."""
    said: Item = {
        "facts": papers.facts_digest,
        "papers": [_line(paper) for paper in papers.papers],
        "version": papers.version,
        MARK: mark,
    }
    before = {"version": ABSENT if papers.version == 1 else papers.version - 1}
    return Update(keys.case_pk(papers.case_id), keys.papers_sk(papers.leg_n), said, (), before)


def papers_of_item(item: Item) -> LegPapers:
    """Read the papers of a leg; raises ``StoredItemUnreadable``."""
    case_id = keys.case_of_pk(item["PK"])
    try:
        leg_n = int(item["SK"].removeprefix(keys.PAPERS))
        papers = tuple(_paper(case_id, leg_n, json.loads(line)) for line in item["papers"])
        return LegPapers(case_id, leg_n, item["facts"], papers, item["version"])
    except (ValueError, KeyError, TypeError) as fault:
        raise StoredItemUnreadable(f"stored papers cannot be read ({type(fault).__name__})") from None


def _line(paper: MadePaper) -> str:
    told: list[Any] = [paper.name, paper.status, list(paper.missing)]
    if paper.sha256 is not None:
        told += [paper.sha256, paper.size, known_stamp(paper.made_at), paper.language]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _paper(case_id: str, leg_n: int, told: list[Any]) -> MadePaper:
    name, status, missing, *kept = told
    if not kept:
        return MadePaper(name, status, tuple(missing))
    digest, size, made_at, language = kept
    at: datetime | None = instant(made_at) if made_at else None
    key = keys.paper_key(case_id, stem_of(leg_n, name, digest))
    return MadePaper(name, status, tuple(missing), digest, size, at, language, key)
