"""Who sends, who receives, who imports: as boxes on a paper and as data."""

from __future__ import annotations

from typing import Any

from chalicelib.customs.papers.document import Panel, Panels
from chalicelib.customs.papers.facts import PaperFacts, Party
from chalicelib.customs.papers.wording import country_name


def panels(facts: PaperFacts) -> Panels:
    """Shipper and consignee, and the importer of record where that is somebody else."""
    boxes = [_panel("Shipper / exporter", facts.shipper), _panel("Consignee", facts.consignee)]
    if facts.importer is not None and facts.importer != facts.consignee:
        boxes.append(_panel("Importer of record", facts.importer))
    return Panels(tuple(boxes))


def party_line(party: Party) -> str:
    """A party in one line: whom a statement names."""
    return ", ".join(part for part in (party.company, party.name) if part)


def party_data(party: Party | None) -> dict[str, Any] | None:
    """A party as data for a carrier's interface."""
    if party is None:
        return None
    return {
        "company": party.company,
        "name": party.name,
        "lines": list(party.lines),
        "city": party.city,
        "region": party.region,
        "postal_code": party.postal_code,
        "country": party.country,
        "phone": party.phone,
        "email": party.email,
        "registrations": [
            {"kind": kind, "number": number, "issued_by": country} for kind, number, country in party.registrations
        ],
    }


def _panel(title: str, party: Party) -> Panel:
    city = " ".join(part for part in (party.postal_code, party.city, party.region) if part)
    known = (party.company, party.name, *party.lines, city, country_name(party.country), party.phone, party.email)
    registered = tuple(f"{kind} {number} ({country})" for kind, number, country in party.registrations)
    return Panel(title, tuple(line for line in (*known, *registered) if line))
