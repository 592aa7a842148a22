"""Who sends, who receives, who imports: as boxes on a paper and as data."""

from __future__ import annotations

from typing import Any

from chalicelib.customs.papers.document import Panel, Panels
from chalicelib.customs.papers.facts import PaperFacts, Party
from chalicelib.customs.papers.wording import code_follows, country_name, from_the_right, han_of


def panels(facts: PaperFacts, titles: tuple[str, str] = ("Shipper / exporter", "Consignee")) -> Panels:
    """Shipper and consignee, and the importer of record where that is somebody else."""
    boxes = [_panel(titles[0], facts.shipper), _panel(titles[1], facts.consignee)]
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
    code, town = (party.postal_code,), tuple(dict.fromkeys((party.city, party.region)))
    city = " ".join(part for part in ((*town, *code) if code_follows(party.country) else (*code, *town)) if part)
    country = country_name(party.country)
    place = (city, country) if from_the_right(city) else (", ".join(part for part in (city, country) if part),)
    reached = ", ".join(part for part in (party.phone, party.email) if part)
    registered = tuple(f"{kind} {number} ({country})" for kind, number, country in party.registrations)
    lines = (party.company, party.name, *party.lines, *place, reached, *registered)
    return Panel(title, tuple(line for line in lines if line), han_of(party.country))
