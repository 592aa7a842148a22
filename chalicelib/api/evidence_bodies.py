"""Bodies about evidence: one file that is announced before it is uploaded."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api.shapes import Shape, code
from chalicelib.returns.evidence import EvidenceKind, EvidenceWish


class OfferEvidenceBody(Shape):
    """One file: what it shows, its media type, its size in bytes and its SHA-256; ``line`` is the line of the order and
    ``leg`` the leg that it is about. Its name is not asked for."""

    kind: EvidenceKind
    media_type: Annotated[str, code("[a-z]+/[a-z0-9.+-]+", 64)]
    size: Annotated[int, Field(strict=True, ge=1, le=5_000_000_000)]
    sha256: Annotated[str, code("[0-9a-f]{64}")]
    line: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None
    leg: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None

    def as_wish(self) -> EvidenceWish:
        """The same as the stories know it."""
        return EvidenceWish(**self.model_dump())
