"""Write ``docs/PLAYBOOKS.md``, what to do about every kind of exception: ``python -m infra.playbooks_page``.

The page says what ``chalicelib/alerts/rules/playbooks`` and ``storage`` say and no more, English with the Chinese
beneath; a test fails when it says anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from chalicelib.alerts.playbooks import ANY, DATASET, NamedPaper, Playbook, Said, every_playbook, kinds_by_part
from chalicelib.alerts.storage import DATASET as STORAGE
from chalicelib.rulebook import ROOT, effective_dates, load

PAGE = Path(ROOT).parent / "docs" / "PLAYBOOKS.md"
ROOMS = {
    "customs": "Customs 海关",
    "carrier": "What the carrier reports 承运人通报",
    "watch": "What the watch finds 系统监控发现",
    "booking": "Waybills, couriers and papers 运单、取件与单证",
    "claims": "Claims 索赔",
    "withdrawal": "Withdrawals 撤销合同",
    "settlement": "Money 结算",
    "dock": "The receiving dock 收货",
    "bench": "The bench 维修",
    "house": "Our own house 系统自身",
}
_HEAD = """# Playbooks: what to do about each exception

Written by `make playbooks` from `chalicelib/alerts/rules/playbooks` and `storage`; `test_playbooks_page` holds it true.
The same words stand beside each exception in the API (`playbook`; `?language=zh` for Chinese), looked up as of the day
it was opened. Hours count from the beginning of the trouble. Papers in *italics* are made by us and linked there once
they are made; the others a person must get. How sure a row is, and where it comes from, stands at its end: most hours
are house proposals that the merchant signs off.
"""


def page() -> str:
    """The whole page, by the newest rules."""
    on = newest()
    rows, parts = every_playbook(on), kinds_by_part(on)
    found = [_HEAD, *_contents(parts, rows)]
    for part, kinds in parts.items():
        found.append(f"\n## {ROOMS[part]}\n")
        found += [line for kind in kinds for line in _kind(kind, [row for row in rows if row.kind == kind])]
    found += ["\n## Any other kind 其他\n", *_row(next(row for row in rows if row.kind == ANY))]
    return "\n".join([*found, *_storage()]) + "\n"


def _contents(parts: Mapping[str, Iterable[str]], rows: Iterable[Playbook]) -> Iterator[str]:
    titles = {kind: len(list(group)) for kind, group in groupby(rows, key=lambda row: row.kind)}
    for part, kinds in parts.items():
        told = ", ".join(f"[`{kind}`](#{kind}) ({titles[kind]})" for kind in kinds)
        yield f"- {ROOMS[part]}: {told}"


def _kind(kind: str, rows: Iterable[Playbook]) -> Iterator[str]:
    yield f"### {kind}\n"
    for row in rows:
        yield from _row(row)


def _row(row: Playbook) -> Iterator[str]:
    reason = f"`{row.reason}`" if row.reason else "any reason"
    hours = f"{row.deadline_hours} h" if row.deadline_hours < 100 else f"{row.deadline_hours // 24} days"
    yield f"#### {row.title} {row.chinese.title}\n"
    storage = ", storage may run" if row.storage else ""
    yield f"{reason}, {row.severity}, {row.action_by} acts within {hours}{storage}"
    if row.follows:
        yield f"\nGoes on with the words for its reason of {' or '.join(f'`{kind}`' for kind in row.follows)}."
    yield from _said(row.english, "Papers", "Customer", "Offer")
    yield from _said(row.chinese, "单证", "告知客户", "补救")
    yield f"\n<sub>{row.confidence}: {row.source}</sub>\n"


def _said(said: Said, papers: str, customer: str, offer: str) -> Iterator[str]:
    yield f"\n{said.meaning}\n"
    yield from (f"{number}. **{step.name}**: {step.text}" for number, step in enumerate(said.steps, 1))
    yield ""
    if said.papers:
        yield f"- {papers}: {'; '.join(map(_paper, said.papers))}"
    yield f"- {customer}: {said.customer}"
    yield f"- {offer}: {said.offer.when}"


def _paper(paper: NamedPaper) -> str:
    return paper.title if paper.made_by == "person" else f"*{paper.title}*"


def _storage() -> Iterator[str]:
    rules = load(STORAGE, effective_dates(STORAGE)[-1]).rules
    yield "\n## What storage costs, and when goods are given up 仓储费与弃货期限\n"
    yield "What is not here is not known, and the answer says so.\n"
    yield "| carrier | country of the hold | free days | a day | once | besides | source |"
    yield "|---" * 7 + "|"
    for row in rules["charge"]:
        each, once = (f"{row['currency']} {row[name]}" if name in row else "" for name in ("per_day", "once"))
        free = f"{row['free_days']} {row['clock']}"
        where = "any other" if row["country"] == "*" else row["country"]
        cells = (row["carrier"], where, free, each, once, row.get("besides", ""), _source(row))
        yield f"| {' | '.join(cells)} |"
    yield "\n| country | given up after | which means | source |\n|---|---|---|---|"
    for row in rules["abandonment"]:
        term = f"{row['months']} months" if "months" in row else f"{row['days']} days"
        yield f"| {row['country']} | {term} | {row['then']} {row['then_zh']} | {_source(row)} |"


def _source(row: dict[str, Any]) -> str:
    return f"{row['confidence']}: {row['source']}"


def newest() -> date:
    """The day from which the words of the page hold."""
    return effective_dates(DATASET)[-1]


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.name}")


if __name__ == "__main__":
    main()
