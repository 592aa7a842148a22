"""Write ``docs/PURPOSES.md``, every purpose of a return in each carrier's words: ``python -m infra.purposes_page``.

The page says what ``carriers/rules/*_purposes.toml`` say and no more; a test fails when it says anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.purposes import PURPOSES
from chalicelib.rulebook import ROOT, dictionary

PAGE = Path(ROOT).parent / "docs" / "PURPOSES.md"
NAMES: Mapping[str, str] = {"fedex": "FedEx", "dhl": "DHL Express", "ems": "China Post EMS"}
# What each carrier is told, by the name of the carrier's own field.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "fedex": {"shipment_purpose": "shipmentPurpose", "customs_option": "customsOption", "return_reason": "rma.reason"},
    "dhl": {"reason_type": "exportReasonType", "reason": "exportReason", "invoice_type": "invoiceType"},
    "ems": {"remark": "pickupNotes", "meaning": "which means"},
}
_HEAD = """# What each carrier is told about why the goods travel

Written by `make purposes` from `chalicelib/carriers/rules/*_purposes.toml`; `test_purposes_page` holds it true.
Every purpose is either told in the carrier's own words or refused with the reason; it is never left out.
Confidence is ours: `high` where the carrier explains its value so, `medium` where we chose among values it names, `low`
where the choice is a guess or the words are our own.

| Purpose | Carrier | Told as | Confidence | Source |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [row for purpose in PURPOSES for row in _rows(purpose)]
    notes = [f"{name}: {table_of(carrier)['reach']}" for carrier, name in NAMES.items() if "reach" in table_of(carrier)]
    parts = [_HEAD + "\n".join(rows), *notes, "## Sources", "\n".join(_sources())]
    return "\n\n".join(parts) + "\n"


def table_of(carrier: str) -> Mapping[str, Any]:
    """What we know of a carrier's words for purposes."""
    return dictionary("carriers", f"{carrier}_purposes")


def _rows(purpose: str) -> Iterator[str]:
    """One row for each carrier. KeyError for a purpose that is neither mapped nor refused."""
    for carrier, name in NAMES.items():
        table = table_of(carrier)
        mapped = table["purposes"].get(purpose)
        row = mapped or table["refused"][purpose]
        told = _told(carrier, mapped) if mapped else f"refused: {row['reason']}"
        yield f"| `{purpose}` | {name} | {told} | {row['confidence']} | {carrier}: {row['source']} |"


def _told(carrier: str, row: Mapping[str, Any]) -> str:
    return ", ".join(f"{theirs} `{row[ours]}`" for ours, theirs in FIELDS[carrier].items() if ours in row)


def _sources() -> Iterator[str]:
    """Every source that a row names, once."""
    for carrier in NAMES:
        table = table_of(carrier)
        named = {row["source"] for part in ("purposes", "refused") for row in table.get(part, {}).values()}
        for name in sorted(named):
            source = table["source"][name]
            where = source.get("url") or source["where"]
            yield f"- {carrier}: {name}: {source['title']} ({where}), read {source['read_on'].isoformat()}"


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.name}")


if __name__ == "__main__":
    main()
