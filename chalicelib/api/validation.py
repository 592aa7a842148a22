"""Validating a body against its model: every fault at once, each with the path of its field.

>>> from chalicelib.api.bodies import MoneyBody
>>> validated(MoneyBody, {"amount": "1e5", "currency": "XAU"})
Traceback (most recent call last):
    ...
chalicelib.errors.InvalidRequestError: 2 fields cannot be read as written
"""

from __future__ import annotations

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


def validated(model: type[Model], document: Any) -> Model:
    """The document as ``model``; raises ``InvalidRequestError`` with every fault, never what was sent."""
    try:
        return model.model_validate(document)
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_context=False, include_input=False)
    noun = "field" if len(found) == 1 else "fields"
    raise InvalidRequestError(
        f"{len(found)} {noun} cannot be read as written", [_fault(error) for error in found[:MAX_FAULTS]]
    )


def _fault(error: Any) -> FieldFault:
    path = ".".join(shown(str(step)) for step in error["loc"])
    kind = error["type"]
    code = _CODES.get(kind, "wrong_type" if kind.endswith("_type") else kind)
    return FieldFault(path[:300], code, error["msg"].removeprefix("Value error, "))
