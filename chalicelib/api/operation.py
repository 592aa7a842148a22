"""What a route is, as data: one ``Operation`` drives the way in (entrance), the OpenAPI document and the
tests.

Models are named, not imported: the pydantic classes behind them are loaded by the first request that needs
them, and never in a queue worker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

from chalicelib.api.json_bodies import API_LIMIT

Where = Literal["path", "query", "header", "form"]


@dataclass(frozen=True)
class Parameter:
    """One value from the path, the query, a header or a form. ``pattern`` or ``choices`` is its whole grammar."""

    name: str
    where: Where
    about: str
    pattern: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 128
    example: str = ""
    format: str | None = None
    required: bool = False

    def takes(self, text: str) -> bool:
        """True when the text is within the grammar."""
        if self.choices:
            return text in self.choices
        if len(text) > self.max_length or not self._grammar.match(text):
            return False
        return self.format != "date" or _is_a_day(text)

    @cached_property
    def _grammar(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self.pattern})\Z")


@dataclass(frozen=True)
class Operation:
    """One method on one path. ``answers`` maps each good status to the name of its model in ``answers.py``;
    ``problems`` are the statuses of this operation's own refusals, beyond those every route of its kind has.
    ``page``: it is read by a person in a browser, and answers and refuses in HTML; its body is a form where it has
    parameters of one.
    """

    operation_id: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    summary: str
    answers: Mapping[int, str]
    scope: str | None = None
    body: str | None = None
    raw_body: bool = False
    body_limit: int = API_LIMIT
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    page: bool = False

    @property
    def form(self) -> bool:
        """Whether its body is a form."""
        return any(parameter.where == "form" for parameter in self.parameters)

    def taken_from(self, where: Where) -> dict[str, Parameter]:
        """Its parameters of one kind, by name."""
        return {parameter.name: parameter for parameter in self.parameters if parameter.where == where}

    def refusals(self) -> tuple[int, ...]:
        """Every status a caller may be answered instead of a good one."""
        found = {*self.problems, 422, 500, 503}
        if self.scope:
            found |= {401, 403}
        if self.body or self.raw_body or self.form:
            found |= {400, 413, 415}
        if self.taken_from("path"):
            found |= {404}
        return tuple(sorted(found))


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def model_named(room: Literal["bodies", "answers", "examples"], name: str) -> Any:
    """The model (or the example for it) of this name, imported now."""
    return getattr(import_module(f"chalicelib.api.{room}"), name)


# Who holds a token, as ``make token`` takes it.
HOLDER = r"[A-Za-z0-9][A-Za-z0-9 ._@:+-]*"
CASE_ID = Parameter("case_id", "path", "The case.", pattern=r"[A-Za-z0-9][A-Za-z0-9_-]*", max_length=64)
READ_IN = Parameter(
    "language",
    "query",
    "The language of what is wrong and what to do: English if left out, or Simplified Chinese.",
    choices=("en", "zh"),
    example="zh",
)
EXCEPTION_ID = Parameter("exception_id", "path", "The exception.", pattern=r"[A-Za-z0-9_-]+", max_length=400)
CARRIER = Parameter("carrier", "path", "The carrier.", pattern=r"[a-z][a-z0-9_]*", max_length=32, example="fedex")
TRACKING_NUMBER = Parameter(
    "tracking_number",
    "path",
    "The number on the waybill.",
    pattern=r"[A-Za-z0-9]{4,40}",
    example="794987654321",
)
# A cursor holds a position in each of a listing's parts: the work list has sixteen.
CURSOR = Parameter(
    "cursor",
    "query",
    "Where the page before ended, as it was answered.",
    pattern=r"[A-Za-z0-9_.=~-]+",
    max_length=8192,
)
LIMIT = Parameter(
    "limit", "query", "Rows on the page, 1 to 100; 50 if left out.", pattern=r"[1-9][0-9]?|100", example="20"
)
SHIP_DATE = Parameter(
    "ship_date", "query", "The day it was shipped, when the number was used before.",
    pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", example="2026-11-24", format="date",
)  # fmt: skip
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key", "header", "The same key with the same body is answered with the same answer.",
    pattern=r"[A-Za-z0-9._:~+/=-]+", example="3f0c1b9e-6a57-4a52-9a0f-6cf2f4f0a1de",
)  # fmt: skip
