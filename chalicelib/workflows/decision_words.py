"""A decision with its reasons in the customer's language beside English, from the one place that has the words: the
templates of the notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.notices.language import template_of
from chalicelib.notices.told_codes import reason_in
from chalicelib.returns.case import ReturnRequest


def in_their_words(decision: Mapping[str, Any], request: ReturnRequest) -> dict[str, Any]:
    """The decision as callers get it; nothing of it is kept, for the words can always be found again."""
    language = template_of(request.language, request.customer_country)
    freight = [{**row, "reason": _told(row["reason"], language)} for row in decision.get("freight", ())]
    return {
        **decision,
        "language": language,
        "reasons": [_told(row, language) for row in decision["reasons"]],
        "freight": freight,
    }


def _told(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {**row, "told": reason_in(language, row["code"])}
