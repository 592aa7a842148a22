"""One paper of a leg: ready with its document and its data, or waiting with what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.customs.papers.document import Block, Document
from chalicelib.customs.papers.facts import PaperFacts

Status = Literal["ready", "waiting"]


@dataclass(frozen=True, slots=True)
class Paper:
    """``data`` is the same paper as JSON-able data; both it and ``document`` are there once nothing is missing."""

    name: str
    status: Status
    missing: tuple[str, ...]
    document: Document | None
    data: Mapping[str, Any]


def waiting(name: str, missing: tuple[str, ...]) -> Paper:
    """A paper that lacks something; nothing of it is made, so that nobody sends half of it."""
    return Paper(name, "waiting", missing, None, {})


def ready(name: str, document: Document, data: Mapping[str, Any]) -> Paper:
    """A paper that may be sent."""
    return Paper(name, "ready", (), document, {"name": name, "made_on": document.made_on, **data})


def document(
    facts: PaperFacts, name: str, title: str, subtitle: str, blocks: tuple[Block, ...], language: str = "en"
) -> Document:
    """A document of this leg: the waybill as barcode, the case as QR code, its references at the foot."""
    return Document(
        name=name,
        title=title,
        subtitle=subtitle,
        language=language,
        page=facts.page,
        made_on=facts.made_on.isoformat(),
        blocks=blocks,
        barcode=facts.waybill,
        qr=facts.case_id,
        footer=f"{facts.rma} - {facts.case_id}",
    )
