"""The page about the rules names every dataset there is, and no other."""

from __future__ import annotations

import re

from chalicelib.rulebook import ROOT

PAGE = (ROOT.parent / "docs" / "RULES.md").read_text(encoding="utf-8")


def datasets() -> set[str]:
    """Every dataset by the name the page gives it: within its room in a room's own table, else with its room."""
    found = set()
    for file in ROOT.glob("*/rules/**/*.toml"):
        room, inside = file.relative_to(ROOT).parts[0], file.relative_to(ROOT).parts[2:]
        dated = re.fullmatch(r"\d{4}-\d\d-\d\d", file.stem)
        name = "/".join(inside[:-1]) if dated else file.stem
        if room == "calendars":
            name = "calendars/<country>" if dated else "calendars/zones"
        found.add(name if room in ("customs", "returns", "carriers", "calendars") else f"{room}/{name}")
    return found


def test_the_page_names_every_dataset_and_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == datasets()


def test_every_test_the_page_names_is_there() -> None:
    tests = {file.stem for file in (ROOT.parent / "tests").rglob("test_*.py")}
    named = {name for line in PAGE.splitlines() for name in re.findall(r"`(test_\w+)`", line)}
    assert named <= tests
