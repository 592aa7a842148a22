"""What claims against carriers and insurers need of the table."""

from __future__ import annotations

from typing import Protocol


class Claims(Protocol):
    """Claims, under their case."""
