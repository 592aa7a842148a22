"""Which rule files must be looked at again: ``python -m infra.rules_due [YYYY-MM-DD]`` (today when no day is given).

A file is due when its ``review_after`` lies before that day, or when one of its sources was read (``read_on``,
``checked_on``) more than 365 days before it. A vintage that another has replaced, or that has ended, is listed
last: it still answers for older dates, but no new fact is waited for. It is a report, not a gate: it always
exits 0, because rules grow old by the calendar and a build must not.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from chalicelib.rule_review import due_since
from chalicelib.rulebook import ROOT, read_toml


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A rule file to look at again: since when, and why. ``history``: only for older dates by now."""

    history: bool
    since: date
    file: str
    why: str


def due(on: date, files: list[Path] | None = None) -> list[Due]:
    """Every rule file that is due on this day, those in force first, the longest overdue first."""
    known = sorted(ROOT.glob("*/rules/**/*.toml")) if files is None else files
    found = (_of_file(file, on, known) for file in known)
    return sorted(each for each in found if each)


def _of_file(file: Path, on: date, known: list[Path]) -> Due | None:
    rules = read_toml(file)
    passed = due_since(rules, on)
    if not passed:
        return None
    why = ", ".join(passed)
    return Due(_is_history(file, rules, on, known), min(passed.values()), file.relative_to(ROOT).as_posix(), why)


def _is_history(file: Path, rules: Any, on: date, known: list[Path]) -> bool:
    """Whether the file has ended by this day, or a later vintage beside it holds instead."""
    if "effective" not in rules:
        return False
    later = (other.stem for other in known if other.parent == file.parent and other.stem > file.stem)
    return rules.get("ends", on) < on or any(stem <= on.isoformat() for stem in later)


def main(arguments: list[str]) -> int:
    """Print the list. Always 0."""
    try:
        on = date.fromisoformat(arguments[0]) if arguments else datetime.now(UTC).date()
    except ValueError:
        print(f"{arguments[0]} is not a day (YYYY-MM-DD)")
        return 0
    found = due(on)
    for row in found:
        print(f"{row.since}  {row.file}  ({row.why}{'; history' if row.history else ''})")
    waiting = sum(not row.history for row in found)
    print(f"{waiting} rule files in force to look at on {on}, {len(found) - waiting} of history")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
