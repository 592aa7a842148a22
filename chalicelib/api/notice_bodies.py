"""Bodies about a customer's notices."""

from __future__ import annotations

from chalicelib.api.shapes import Flag, Shape


class ChooseNoticesBody(Shape):
    """Whether the customer wants no more notices."""

    opted_out: Flag
