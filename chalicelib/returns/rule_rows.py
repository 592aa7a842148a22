"""Rows of a rule file, read as what they are in the trade: one reader for every dataset of returns.

An unknown key, a misspelt code or a source that is not there refuses the whole file: a limit that was misread would be
no limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from chalicelib.errors import RuleFileInvalid
from chalicelib.rulebook import Vintage


class Sourced(Protocol):
    """A row that says where it comes from: the number of its source in the file, counted from 1."""

    @property
    def source(self) -> int:
        """Which of the file's sources."""


R = TypeVar("R", bound=Sourced)


def rows_of(
    vintage: Vintage, table: str, shape: type[R], given: Iterable[Mapping[str, Any]] | None = None
) -> tuple[R, ...]:
    """The rows of one table, none where the file has no such table; ``given`` are its rows where they were renamed on
    the way. A table that is one row by itself is read as that row. Raises ``RuleFileInvalid``."""
    rows = vintage.rules.get(table, ()) if given is None else given
    read = TypeAdapter(shape).validate_python
    try:
        found = tuple(read(row) for row in ([rows] if isinstance(rows, Mapping) else rows))
    except ValidationError as invalid:
        raise RuleFileInvalid(f"{vintage.name}: {table}: {invalid}") from invalid
    if any(not 1 <= row.source <= len(vintage.rules["source"]) for row in found):
        raise RuleFileInvalid(f"{vintage.name}: a row of {table} cites a source that is not there")
    return found
