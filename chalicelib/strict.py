"""Entries of a file that a person writes: no key is ignored, no text is empty."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$")]


class Strict:
    """Unknown keys are refused: a misspelt limit must not become no limit."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
