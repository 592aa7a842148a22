"""Write ``docs/CHECKS.md``, what is assumed and who must look before production: ``python -m infra.checks_page``.

The list is every row of the newest customs, insurance, carrier and return rules whose confidence is ``low``; nothing is
kept by hand but who looks at which part. A test fails when the page says anything else than the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.customs.tariff_book import datasets_of_every_border, programs_held
from chalicelib.rulebook import ROOT, datasets_of, dictionary, effective_dates, load

PAGE = Path(ROOT).parent / "docs" / "CHECKS.md"
ROOMS = ("customs", "insurance", "carriers", "returns", "pickups", "shipments", "currencies", "alerts")
# What a kind of relief that nobody has read is called stands in docs/RELIEF.md.
ELSEWHERE = frozenset({"absent"})
LABELS = ("code", "name", "id", "article", "column", "kind", "service", "carrier", "publisher", "reason")
SAYS = ("unknown", "cites", "what", "meaning", "text", "why")
HIDDEN = frozenset({"confidence", "source", "when"})
LONGEST = 150
# These rows ask for a fact; they are unsure of nothing.
ASKS = frozenset({"region_required"})
WHO = (
    ("a customs broker in each country", "the rows below; `customs/statements`; `customs/declaration`",
     "rates come from tariff databases where the official table was not read; what your name is signed under is our "
     "wording of the law that each statement cites"),
    ("a broker in Japan", "heading 7113: `jp/tariff`",
     "sources put the rate at 5.2 or 5.4 %; every estimate says `duty_rate_between`"),
    ("a broker in Malaysia", "`my/sales_tax`",
     "the orders of 2025 were not read: no total but for sales to consumers up to RM 500"),
    ("a broker in India", "`in/tariff` for heading 7113 after 2026-05-12, the import licence",
     "that the rate did not change is assumed"),
    ("your customs desk", "`original_export` of each sale: number, mode, rebate",
     "no relief is proven without them, and no carrier tells them"),
    ("your insurer", "`[[insurer]]` of `merchant.toml`, line by line against the policy",
     "the one delivered is a sample; what is left out is told as `not_checked`"),
    ("each carrier", "`[[carrier]]` and its dated `proofs`; `carriers/acceptance`, `carriers/quotas`",
     "jewellery goes by contract; without a dated answer a service needs a person"),
    ("a lawyer", "`returns/withdrawal`, `returns/guarantee`", "national acts by secondary sources"),
    (
        "your counsel for claims",
        "`insurance/claim_evidence`, the assignment of claim rights",
        "its nine languages are our wording; who may claim was read of DHL and of one post, and assumed of FedEx",
    ),
    ("whoever buys data", "a licence for metal fixings, then `MetalsUrl`",
     "LBMA's prices need one; without a feed no value is compared with its metal, and the answer says so"),
    ("whoever answers for privacy", "how long persons and papers are kept (seven years)", "the house's own choice"),
)  # fmt: skip
_HEAD = """# What to check before production

Written by `make checks` from the confidence of the rules; `test_checks_page` holds it true. An answer that used one of
these rows has confidence `low` or no total, and says so by itself; this page is for who wants them gone. Which *kinds*
of relief nobody has read is in [RELIEF.md](RELIEF.md), every dataset with its source in [RULES.md](RULES.md), what has
grown old in `make rules-due`.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *_table(("who", "looks at", "because"), WHO), "\n## How many rows are not sure\n"]
    parts += [*_table(("rules", "rows in force", "of them low"), _counted()), *_customs()]
    return "\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _counted() -> Iterator[tuple[str, str, str]]:
    for room in ROOMS:
        found = Counter(row.get("confidence") for name in datasets_of(room) for _, row in _rows(name))
        yield f"`{room}`", str(sum(found.values())), str(found["low"])


def _customs() -> Iterator[str]:
    for territory in programs_held():
        yield from _part(territory, [name for name in datasets_of("customs") if _is_of(name, territory)])
    yield from _part("All countries", datasets_of_every_border())


def _is_of(dataset: str, territory: str) -> bool:
    return dataset.startswith(f"customs/{territory.lower()}/")


def _part(title: str, datasets: Iterable[str]) -> Iterator[str]:
    listed: dict[tuple[str, str], list[str]] = {}
    for name in datasets:
        for table, row in _rows(name):
            if row["confidence"] == "low" and table not in ELSEWHERE and row.get("reason") not in ASKS:
                listed.setdefault((_file(name), _said(row)), []).append(_label(row))
    yield f"\n## {title}\n"
    if not listed:
        yield "Nothing is low."
        return
    rows = ((file, ", ".join(dict.fromkeys(labels)), said) for (file, said), labels in listed.items())
    yield from _table(("file", "row", "what is not sure"), rows)


def _rows(dataset: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of the newest vintage that say how sure they are, with the table they stand in; none of one that has
    ended."""
    vintage = load(dataset, effective_dates(dataset)[-1])
    if vintage.ends is not None:
        return
    for table, rows in vintage.rules.items():
        if isinstance(rows, list):
            yield from ((table, row) for row in rows if _is_held(row))


def _is_held(row: Any) -> bool:
    """Whether it is a row that says how sure it is, and holds still."""
    return isinstance(row, Mapping) and "confidence" in row and "until" not in row


def _file(dataset: str) -> str:
    return f"`{dataset.removeprefix('customs/')}@{effective_dates(dataset)[-1].isoformat()}`"


def _label(row: Mapping[str, Any]) -> str:
    named = next((str(row[name]) for name in LABELS if name in row), "")
    return named or ", ".join(row.get("codes", row.get("purposes", ())))


def _said(row: Mapping[str, Any]) -> str:
    """What the row says, in words where it has any, else in its figures."""
    said = next((row[name] for name in SAYS if isinstance(row.get(name), str)), "")
    told = said or _notice(str(row.get("code", ""))) or _figures(row)
    return (told if len(told) <= LONGEST else told[:LONGEST].rsplit(" ", 1)[0] + " ...").replace("|", "/")


def _notice(code: str) -> str:
    """What an estimate says of a notice of this code; nothing for any other code."""
    name, *given = code.split(":")
    words = dictionary("customs", "explain_words")["en"]["reason"].get(name, "")
    return str(words).format(*given, "", "", all=" ".join(given))


def _figures(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_shown(value)}" for name, value in row.items() if name not in {*LABELS, *HIDDEN})


def _shown(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.name}")


if __name__ == "__main__":
    main()
