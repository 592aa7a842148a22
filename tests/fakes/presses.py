"""A press that needs no font: every leg has a return invoice and a packing sheet, and a page is its words.

``lacking`` names facts that somebody must give before the invoice can be printed; ``refused`` is what the page-maker
says to every paper.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from chalicelib.customs.papers.document import Document, Paragraph
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.errors import ReturnsError
from chalicelib.workflows.make_papers import Press


@dataclass(frozen=True)
class DraftedPaper:
    name: str
    status: Literal["ready", "waiting"]
    missing: tuple[str, ...]
    document: Document | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class FakePress:
    lacking: tuple[str, ...] = ()
    refused: ReturnsError | None = None
    asked: list[PaperFacts] = field(default_factory=list)
    printed: list[Document] = field(default_factory=list)

    def papers_for(self, facts: PaperFacts, on: date) -> tuple[DraftedPaper, ...]:
        self.asked.append(facts)
        said = Document(
            "return_invoice", "Return invoice", facts.rma, facts.language, facts.page, on.isoformat(),
            (Paragraph(f"{facts.waybill} {facts.shipper.name} {facts.consignee.company}"), Paragraph(f"{facts.export}"),
             Paragraph(f"{facts.history}")), barcode=facts.waybill,
        )  # fmt: skip
        sheet = replace(said, name="packing_sheet", blocks=(Paragraph(facts.rma),))
        invoice = DraftedPaper("return_invoice", "waiting", self.lacking, None)
        if not self.lacking:
            invoice = DraftedPaper("return_invoice", "ready", (), said)
        return invoice, DraftedPaper("packing_sheet", "ready", (), sheet)

    def render(self, document: Document) -> bytes:
        if self.refused is not None:
            raise self.refused
        self.printed.append(document)
        return b"%PDF-1.7 " + repr(document).encode()

    @property
    def press(self) -> Press:
        return Press(self.papers_for, self.render)


PRESS = FakePress().press
