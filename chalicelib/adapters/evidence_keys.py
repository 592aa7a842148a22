"""Where the evidence bucket holds what was uploaded: the upload itself, the original, what is shown of it."""

from __future__ import annotations

from chalicelib.adapters import keys


def upload_key(case_id: str, evidence_id: str) -> str:
    """Where a file may be uploaded.

    >>> upload_key("c1", "e0001")
    'uploads/c1/e0001'
    """
    return f"uploads/{keys.part(case_id)}/{keys.part(evidence_id)}"


def original_key(case_id: str, evidence_id: str, digest: str) -> str:
    """Where the evidence bucket holds what was uploaded.

    >>> original_key("c1", "e0001", "abab")
    'evidence/c1/e0001-abab'
    """
    return f"evidence/{keys.part(case_id)}/{keys.part(evidence_id)}-{keys.part(digest)}"


def shown_key(case_id: str, evidence_id: str, what: str, digest: str) -> str:
    """Where the evidence bucket holds what is shown instead of a photo.

    >>> shown_key("c1", "e0001", "copy", "abab")
    'shown/c1/e0001-copy-abab.jpg'
    """
    return f"shown/{keys.part(case_id)}/{keys.part(evidence_id)}-{keys.part(what)}-{keys.part(digest)}.jpg"
