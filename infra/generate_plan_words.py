"""What the plans of returns have in common, as a dictionary that they are deflated with (``adapters/plan_words.1``).

Run once: a dictionary that plans were written with may never change, so a new one gets a new number. It is made of the
plans of different returns over different lanes, each piece of text once, the commonest last, as deflate wants it.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

MOST = 24_000
OWN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{6,}|RMA-[A-Z0-9-]+|case[0-9]+|SO-[0-9]+|INV-[0-9]+|GT-[0-9]+")


def words_of(texts: list[str]) -> bytes:
    """Every piece of text that more than one plan has, or that is a key; what belongs to one case is left out."""
    counted: Counter[str] = Counter()
    for text in texts:
        pieces = {OWN.sub("", piece) for piece in re.findall(r'"[^"\\]{3,}":?(?:null|true|false)?,?', text)}
        counted.update(piece for piece in pieces if len(piece) > 4)
    shared = [piece for piece, count in counted.items() if count > 1 or piece.endswith(":")]
    chosen = sorted(shared, key=lambda piece: (counted[piece], len(piece), piece))
    return "".join(chosen).encode()[-MOST:]


def plans() -> list[str]:
    """The plans of returns that differ in country, kind, reason, metal and carrier."""
    from chalicelib.adapters import keys
    from chalicelib.adapters.case_items import inflated
    from tests.workflows.desk import REQUEST, Desk

    found = []
    asked: list[dict[str, Any]] = [
        {"customer_country": "DE", "language": "de"}, {"customer_country": "GB", "language": "en"},
        {"customer_country": "US", "customer_region": "CA", "language": "en"},
        {"customer_country": "FR", "kind": "repair", "reason": "repair"},
        {"customer_country": "GB", "kind": "refund", "reason": "quality", "evidence_offered": ("photo_item",)},
        {"customer_country": "JP", "language": "ja"}, {"customer_country": "AU", "language": "en"},
        {"customer_country": "KR", "language": "ko"}, {"customer_country": "CH", "language": "de-CH"},
        {"customer_country": "IT", "kind": "exchange", "reason": "size", "carrier": "dhl"},
    ]  # fmt: skip
    for changed in asked:
        desk = Desk()
        item = replace(REQUEST.items[0], description="18K white gold necklace", article="necklace", stones="none")
        desk.open(replace(REQUEST, items=(item,), **changed))
        stored = desk.world.table.get(keys.case_pk("case0001"), keys.PLAN)
        if stored is not None:
            found.append(json.dumps(json.loads(inflated(stored)), ensure_ascii=False, separators=(",", ":")))
    return found


def main() -> int:
    """Write the dictionary of the next number; refuses to write over one."""
    number = sys.argv[1]
    file = Path(f"chalicelib/adapters/plan_words.{number}")
    if file.exists():
        print(f"{file} is written already: plans may lie deflated with it; take the next number", file=sys.stderr)
        return 1
    words = words_of([text.replace('\\"', '"') for text in plans()])
    file.write_bytes(words)
    print(f"{file}: {len(words)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
