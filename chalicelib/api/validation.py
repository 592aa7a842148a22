"""Validating a body against its model: every fault at once, each with the path of its field.

>>> from chalicelib.api.shapes import MoneyBody
>>> validated(MoneyBody, {"amount": "1e5", "currency": "XAU"})
Traceback (most recent call last):
    ...
chalicelib.errors.InvalidRequestError: 2 fields cannot be read as written
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.api.entrance import shown
from chalicelib.errors import FieldFault, InvalidRequestError

MAX_FAULTS = 100
Model = TypeVar("Model", bound=BaseModel)
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_one_of",
    "string_pattern_mismatch": "malformed",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
}
_CHOICES = re.compile(r"match pattern '\^\(\?:([A-Z]+(?:\|[A-Z]+)+)\)\$'")
_WORDS = {
    "missing": "this field is needed",
    "extra_forbidden": "this request has no such field",
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def validated(model: type[Model], document: Any) -> Model:
    """The document as ``model``; raises ``InvalidRequestError`` with every fault, never what was sent."""
    try:
        return model.model_validate(document)
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_input=False)
    noun = "field" if len(found) == 1 else "fields"
    raise InvalidRequestError(
        f"{len(found)} {noun} cannot be read as written", [_fault(error) for error in found[:MAX_FAULTS]]
    )


def _fault(error: Any) -> FieldFault:
    """One fault; a rule over several fields names the one to change."""
    named = error.get("ctx", {}).get("field")
    path = ".".join(shown(str(step)) for step in (*error["loc"], *((named,) if named else ())))
    kind = error["type"]
    code = _CODES.get(kind, "wrong_type" if kind.endswith("_type") else kind)
    return FieldFault(path[:300], code, _in_our_words(kind, error["msg"]))


def _in_our_words(kind: str, told: str) -> str:
    """What to send, without the library's way of saying it.

    >>> _in_our_words("literal_error", "Input should be 'express' or 'post'")
    'one of express, post'
    >>> _in_our_words("too_short", "List should have at least 1 item after validation, not 0")
    'at least 1 item'
    """
    if kind in _WORDS:
        return _WORDS[kind]
    for start in (
        "Value error, ",
        "Input should be ",
        "String should have ",
        "List should have ",
        "Tuple should have ",
    ):
        told = told.removeprefix(start)
    if kind == "literal_error":
        return "one of " + told.replace("' or '", "', '").replace("'", "")
    choices = _CHOICES.search(told)
    if choices:
        return "one of " + choices[1].replace("|", ", ")
    return told.partition(" after validation")[0].replace("String should match pattern", "text that matches")
