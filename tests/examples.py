"""How many examples a law is tried with: a third of what it asks for, or all with ``HYPOTHESIS_PROFILE=explore``.

The gate tries the same ones each time, so what it has found once it finds again; looking for new ones is for whoever
has the time.
"""

from __future__ import annotations

import os

EXPLORES = os.environ.get("HYPOTHESIS_PROFILE") == "explore"


def some(of: int) -> int:
    """So many of these examples."""
    return of if EXPLORES else of // 3
