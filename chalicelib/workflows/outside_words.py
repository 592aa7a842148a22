"""What stands outside on a parcel and comes from us: it must not tell a thief what is inside.

The labels of all carriers carry the facility's company and its contact as they stand in the merchant file; references
are numbers of ours, and a carrier's free text is a fixed one. What the customer is called and where they live is
theirs: a Mr Gold in the rue de l'Or gets his label like anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.customs.papers.wording import other_language
from chalicelib.customs.text_checks import Finding, label_findings
from chalicelib.merchant import Merchant


def label_doubts(merchant: Merchant, facility_id: str) -> list[str]:
    """What the label of a return to this facility would give away, for a person to decide: a word of the goods, of a
    worth, or a brand of the merchant file, and the entry of the file in which it stands."""
    facility = merchant.facility_called(facility_id)
    if facility is None:
        return []
    languages = dict.fromkeys(("en", other_language(facility.country) or "en"))
    texts = {"company": facility.company, "contact": facility.contact}
    told = (
        f"label_tells: {finding.word} (return_to {entry})"
        for entry, text in texts.items()
        for finding in _findings(text, tuple(languages), merchant.brands)
    )
    return list(dict.fromkeys(told))


def _findings(text: str, languages: tuple[str, ...], brands: tuple[str, ...]) -> Iterator[Finding]:
    for language in languages:
        yield from label_findings(text, language, brands)
