"""The evidence bucket as the stories need it: what carriers sent, labels and papers, what was uploaded and is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Upload:
    """One piece of evidence as the bucket knows it: the case and the piece."""

    case_id: str
    evidence_id: str


class Evidence(Protocol):
    """The evidence bucket."""

    def keep_raw(self, body: bytes, source: str, at: datetime) -> str:
        """Keep what a carrier sent under its SHA-256, with where it came from and when, so that it can be read again;
        the same bytes twice are one object. Returns the digest."""

    def raw(self, digest: str) -> bytes:
        """What was kept under this digest; raises ``NotFoundError``."""

    def note_erased(self, case_id: str, at: datetime) -> None:
        """Note outside the table that the person of this case is erased; noted once."""

    def keep_export(self, export_id: str, content: bytes) -> None:
        """Keep what was gathered about a person, for the few days in which it is fetched."""

    def export_link(self, export_id: str, seconds: int) -> str | None:
        """An address under which an export may be read for so long; None while there is none."""

    def keep_label(self, case_id: str, name: str, content: bytes, content_type: str) -> str:
        """Keep a carrier's label under its name and return its key."""

    def keep_paper(self, case_id: str, stem: str, content: bytes) -> str:
        """Keep a PDF of our own and return its key; the same stem holds the same bytes, so a repeat writes nothing."""

    def keep_claim_pack(self, case_id: str, stem: str, content: bytes) -> str:
        """Keep the pack of a claim and return its key; the same stem holds the same bytes."""

    def kept(self, key: str) -> bytes:
        """A label or a paper of our own by its key; raises ``NotFoundError``."""

    def label_key(self, case_id: str, name: str) -> str:
        """Where a label of this name is kept."""

    def paper_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        """An address under which whoever has it may read this paper for so long; no call is made."""

    def offer_put(self, upload: Upload, *, media_type: str, size: int, sha256: str, seconds: int) -> Mapping[str, Any]:
        """How one file may be uploaded by PUT (``method``, ``url``, ``headers``): only this type, these many bytes,
        this digest, for so long; no call is made."""

    def offer_form(
        self,
        upload: Upload,
        *,
        media_type: str,
        sizes: tuple[int, int],
        redirect_to: str,
        seconds: int,
    ) -> Mapping[str, Any]:
        """How one file may be uploaded by a form of a page (``url``, ``fields``, the file last): from so many to so
        many bytes, then on to ``redirect_to``; no call is made."""

    def upload_size(self, upload: Upload) -> int | None:
        """How many bytes were uploaded; None: nothing is there."""

    def uploaded(self, upload: Upload, most: int) -> bytes:
        """What was uploaded, of a larger file its beginning with one byte more than ``most``; raises
        ``NotFoundError``."""

    def keep_evidence(self, upload: Upload, digest: str, content: bytes) -> str:
        """Keep what was uploaded, unserved, and return its key, which carries its digest: kept once."""

    def keep_shown(self, upload: Upload, what: str, digest: str, content: bytes) -> str:
        """Keep what is shown instead of a photo (``what``: copy or thumbnail) and return its key: kept once."""

    def evidence_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        """An address under which whoever has it may read a shown copy in the browser, or get a paper or a video as a
        file, for so long; no call is made. Raises ``NotFoundError`` for the original of a photo."""
