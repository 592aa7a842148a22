"""Shapes from outside, read leniently: one part of a wrong type costs that part alone, never its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError


def salvage(adapter: TypeAdapter[Any], raw: object, needed: frozenset[str]) -> tuple[Any, tuple[str, ...]]:
    """The value without the parts that could not be read, and their names; None when a needed one is among them or
    ``raw`` is no object at all."""
    try:
        return adapter.validate_python(raw), ()
    except ValidationError as refused:
        faults = refused.errors(include_url=False, include_context=False, include_input=False)
        lost = {str(fault["loc"][0]) for fault in faults if fault["loc"]}
    if not isinstance(raw, Mapping) or lost & needed:
        return None, tuple(sorted(lost))
    return adapter.validate_python({key: raw[key] for key in raw if key not in lost}), tuple(sorted(lost))
