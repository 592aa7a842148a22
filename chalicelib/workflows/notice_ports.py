"""What telling the customer needs of the table: which notices a case has sent, and whether any are wanted."""

from __future__ import annotations

from typing import Protocol


class Notices(Protocol):
    """The notices of a case."""
