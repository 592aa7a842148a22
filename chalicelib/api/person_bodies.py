"""Bodies about a customer's own values: a legal hold, and whose everything is wanted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api.shapes import Flag, Reference, Shape


class LegalHoldBody(Shape):
    """``on`` lays a hold, false lifts it; ``reason`` is the reference of the procedure and names nobody."""

    on: Flag
    reason: Reference | None = None


class ExportPersonBody(Shape):
    """The customer's mail address as it was given with their returns."""

    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
