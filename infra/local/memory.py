"""What one run tells the next: which case must still be readable.

Written only after the embedded AWS has saved its state: a case named here and gone is a fault, not bad luck.
"""

from __future__ import annotations

from pathlib import Path

_NAME = "last-case"


def last_case(state: Path) -> str | None:
    """The case that the last clean run left, if there was one."""
    file = state / _NAME
    return file.read_text().strip() if file.exists() else None


def remember_case(state: Path, case_id: str) -> None:
    """Name the case that the next run must find."""
    (state / _NAME).write_text(f"{case_id}\n")


def forget_last_case(state: Path) -> None:
    """Expect nothing until this run, too, has stopped cleanly."""
    (state / _NAME).unlink(missing_ok=True)
