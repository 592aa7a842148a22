"""Recalls: one campaign each, the sales it reaches, and how far it is."""

from __future__ import annotations

from typing import Protocol


class Recalls(Protocol):
    """Campaigns and their members."""
