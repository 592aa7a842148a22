"""Reading a form as a browser sends it: few short fields, strictly UTF-8, or a refusal that says what is wrong.

>>> read_form(b"order=SO-1001&language=fr")
{'order': ['SO-1001'], 'language': ['fr']}
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from chalicelib.errors import FieldFault, UnreadableBody

CONTENT_TYPE_FORM = "application/x-www-form-urlencoded"
FORM_LIMIT = 8 * 1024
MAX_FIELDS = 24


def read_form(body: bytes) -> Mapping[str, list[str]]:
    """Every value by the name of its field; empty fields, which a browser sends too, are left out. Raises
    ``UnreadableBody``."""
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        detail = f"the body is not a form of at most {MAX_FIELDS} fields in UTF-8"
        raise UnreadableBody(detail, [FieldFault("", "not_a_form", detail)]) from None
    for name, text in pairs:
        if text.strip():
            found.setdefault(name, []).append(text.strip())
    return found
