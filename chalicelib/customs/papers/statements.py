"""What is declared on a paper: the statement of a country for a purpose, filled with the facts, each claim ticked only
where its fact shows it.

Rows of ``customs/statements``. A claim whose fact is not known stands unticked, to be ticked and signed by hand; a
statement one of whose claims is untrue is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chalicelib.customs.papers.document import Blanks, Block, Checklist, Statement
from chalicelib.customs.papers.facts import ClaimedRelief, PaperFacts
from chalicelib.customs.papers.goods import past
from chalicelib.customs.papers.parties import party_line
from chalicelib.customs.papers.wording import BLANK, country_name, day, other_language, reason_text
from chalicelib.customs.program import source_text
from chalicelib.places import territory_of
from chalicelib.rulebook import Confidence, Vintage, in_force

DATASET = "customs/statements"
Kind = Literal["relief", "agreement", "repair", "export"]
CLAIMABLE = ("proven", "unproven")
TICKS = "True of these goods where ticked; tick by hand what you can answer for"
_SIGNED = ("Name and position", "Place and date", "Signature")
_BOTH = ("Signature of the sender", "Signature of the recipient", "Place and date")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing claimed: ``holds`` is True where the facts show it, None where a person must say so."""

    name: str
    texts: Mapping[str, str]
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Declared:
    """One statement, filled in: ``version`` names the row and its vintage, ``missing`` what it needs and lacks."""

    id: str
    version: str
    texts: Mapping[str, str]
    claims: tuple[Claim, ...]
    blanks: tuple[str, ...]
    signer: str
    cites: str
    source: str
    confidence: Confidence
    missing: tuple[str, ...]

    def blocks(self) -> tuple[Block, ...]:
        """The statement in each language, what is claimed, and the lines to fill in and sign."""
        cites = f"{self.version}; {self.cites}"
        first, *others = self.texts.items()
        said: list[Block] = [Statement(first[1], cites, first[0], tuple((text, name) for name, text in others))]
        if self.claims:
            rows = tuple(("\n".join(claim.texts.values()), claim.holds is True) for claim in self.claims)
            said.append(Checklist(TICKS, rows))
        if self.signer:
            lines = _BOTH if self.signer == "both" else (f"Signed by the {self.signer}", *_SIGNED)
            said.append(Blanks((*self.blanks, *lines)))
        return tuple(said)

    def as_json(self) -> dict[str, Any]:
        """The statement as data."""
        return {
            "id": self.id,
            "version": self.version,
            "texts": dict(self.texts),
            "claims": [
                {"name": one.name, "texts": dict(one.texts), "shown_by_facts": one.holds is True} for one in self.claims
            ],
            "signer": self.signer or None,
            "cites": self.cites,
            "source": self.source,
            "confidence": self.confidence,
        }


def declared(facts: PaperFacts, kind: Kind, on: date) -> tuple[Declared, ...]:
    """Every statement of this kind for this leg; the fallback only where a country has none of its own.

    Raises ``RuleNotInForce`` before the first vintage.
    """
    vintage = in_force(DATASET, on)
    rows = [row for row in vintage.rules["statement"] if row["kind"] == kind and _about(row, facts, on)]
    own = [row for row in rows if not row.get("fallback")]
    return tuple(_filled(row, vintage, facts) for row in own or rows if _true_to_facts(row, vintage, facts))


def claimed(facts: PaperFacts) -> tuple[ClaimedRelief, ...]:
    """The reliefs that may be claimed: what the estimate ruled out is not."""
    return tuple(relief for relief in facts.relief if relief.status in CLAIMABLE)


def _about(row: Mapping[str, Any], facts: PaperFacts, on: date) -> bool:
    codes = {relief.code for relief in claimed(facts)}
    return (
        facts.purpose in row["purposes"]
        and _among(facts.lane.destination, row.get("countries"))
        and _among(facts.lane.origin, row.get("origins"))
        and row.get("from", on) <= on <= row.get("until", on)
        and (row["kind"] != "relief" or row.get("always", False) or bool(codes & set(row.get("reliefs", codes))))
    )


def _among(country: str, places: Iterable[str] | None) -> bool:
    return places is None or bool({country, territory_of(country)} & set(places))


def _true_to_facts(row: Mapping[str, Any], vintage: Vintage, facts: PaperFacts) -> bool:
    may_fail = row.get("may_fail", ())
    return all(_holds(vintage.rules["claims"][name], facts) is not False for name in _claims(row, may_fail))


def _claims(row: Mapping[str, Any], without: Iterable[str] = ()) -> list[str]:
    return [name for name in row.get("claims", ()) if name not in without]


def _holds(claim: Mapping[str, Any], facts: PaperFacts) -> bool | None:
    """Whether the facts show it; None when they do not say, or when only a person can."""
    if "fact" not in claim:
        return None
    room, _, name = claim["fact"].partition(".")
    value = getattr(past(facts) if room == "history" else facts.repair, name, None)
    if value is None:
        return None
    return value in claim["in"] if "in" in claim else value is claim["is"]


def _filled(row: Mapping[str, Any], vintage: Vintage, facts: PaperFacts) -> Declared:
    languages = _languages(facts)
    texts = {name: row["text"][name] for name in languages if name in row["text"]}
    claims = [(name, vintage.rules["claims"][name]) for name in row.get("claims", ())]
    return Declared(
        id=row["id"],
        version=f"{row['id']}@{vintage.effective.isoformat()}",
        texts={name: text.format_map(_words(facts, row, name)) for name, text in texts.items()},
        claims=tuple(
            Claim(name, {one: claim["text"][one] for one in languages if one in claim["text"]}, _holds(claim, facts))
            for name, claim in claims
            if _holds(claim, facts) is not False
        ),
        blanks=tuple(row.get("blanks", ())),
        signer=row.get("signer", ""),
        cites=row["cites"],
        source=source_text(vintage, row["source"]),
        confidence=row["confidence"],
        missing=tuple(name for name in row.get("needs", ()) if _fact(name, facts) is None),
    )


def _languages(facts: PaperFacts) -> tuple[str, ...]:
    other = other_language(facts.lane.destination)
    return ("en",) if other is None else ("en", other)


def _fact(name: str, facts: PaperFacts) -> Any:
    if name in ("invoice_number", "waybill"):
        return getattr(facts.export, name)
    return getattr(past(facts), name)


def _day(on: date | None, language: str) -> str:
    """Between Arabic words hyphens would turn the parts of a day round; slashes keep them in order."""
    return day(on, BLANK).replace("-", "/" if language == "ar" else "-")


def _words(facts: PaperFacts, row: Mapping[str, Any], language: str) -> dict[str, str]:
    history, repair = past(facts), facts.repair
    codes = [one.code for one in claimed(facts) if one.code in row.get("reliefs", (one.code,))]
    under_warranty = None if repair is None else repair.under_warranty
    given = {
        "shipper": party_line(facts.shipper),
        "consignee": party_line(facts.consignee),
        "destination": country_name(facts.lane.destination),
        "exported_on": _day(history.exported_on, language),
        "imported_on": _day(history.imported_on, language),
        "export_reference": history.export_reference,
        "export_mode": history.export_mode,
        "permit": history.permit,
        "invoice_number": facts.export.invoice_number,
        "waybill": facts.export.waybill,
        "order_number": facts.order_number,
        "reason": reason_text(facts.purpose, facts.reason, language),
        "relief": ", ".join(codes),
        "authorisation": None if repair is None else repair.authorisation,
        "under_warranty": None if under_warranty is None else ("yes" if under_warranty else "no"),
    }
    return {name: value or BLANK for name, value in given.items()}
