"""The rulebook: dated TOML files ("vintages") that hold every rate, limit and policy, with source and confidence.

A dataset is a folder, ``<room>/rules/<dataset>/``; each file in it is one vintage named for the day it takes effect
(``2026-07-24.toml``). The vintage in force on a date is the latest one effective on or before it, unless that one has
ended. A date before the first vintage raises ``RuleNotInForce``: borrowing the nearest rate would be a guess.
Old vintages are never edited; the next date replaces the whole file.

Every vintage begins with::

    schema = 1
    effective = 2026-07-24
    ends = 2026-12-31          # optional, last day in force
    territory = "US"
    review_after = 2026-11-22  # optional, when to look again
    [[source]]
    title = "..."
    url = "..."                # or where = "..." for a document without an address
    read_on = 2026-11-22

and every row carries ``confidence`` (high, medium, low) and ``source``. Files are read when first needed and kept for
the life of the process; a request parses only what it uses.

>>> weakest(["high", "low", "medium"])
'low'
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from chalicelib.errors import RuleFileInvalid, RuleNotInForce

Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Vintage:
    """One dated rule file: ``name`` such as ``customs/duty/us@2026-07-24`` goes into answers and the case log."""

    dataset: str
    effective: date
    ends: date | None
    review_after: date | None
    rules: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Dataset and date, as answers cite it."""
        return f"{self.dataset}@{self.effective.isoformat()}"


def in_force(dataset: str, on: date) -> Vintage:
    """The vintage of ``dataset`` (``<room>/<name>``) that holds on the day that legally matters.

    Raises ``RuleNotInForce`` before the first vintage, after one that has ended, and for a dataset without files.
    """
    dates = effective_dates(dataset)
    candidates = [day for day in dates if day <= on]
    if not candidates:
        raise RuleNotInForce(dataset, on, f"the first one held begins on {dates[0].isoformat()}" if dates else None)
    vintage = load(dataset, candidates[-1])
    if vintage.ends is not None and on > vintage.ends:
        raise RuleNotInForce(dataset, on, f"the last one held ended on {vintage.ends.isoformat()}")
    return vintage


@cache
def effective_dates(dataset: str) -> tuple[date, ...]:
    """Every effective date of the dataset, oldest first; empty when the dataset does not exist."""
    folder = _folder(dataset)
    return tuple(sorted(date.fromisoformat(file.stem) for file in folder.glob("*.toml"))) if folder.is_dir() else ()


def datasets_of(room: str) -> tuple[str, ...]:
    """Every dataset of a room that has vintages.

    >>> "alerts/playbooks" in datasets_of("alerts")
    True
    """
    rules = ROOT / room / "rules"
    folders = {file.parent.relative_to(rules).as_posix() for file in rules.rglob("????-??-??.toml")}
    return tuple(f"{room}/{name}" for name in sorted(folders))


@cache
def load(dataset: str, effective: date) -> Vintage:
    """One vintage by its date; raises ``RuleFileInvalid`` when its head is missing or names another date."""
    rules = read_toml(_folder(dataset) / f"{effective.isoformat()}.toml")
    if rules.get("effective") != effective or not rules.get("source") or rules.get("schema") != 1:
        raise RuleFileInvalid(f"{dataset}/{effective}: schema, effective and source must head the file")
    return Vintage(dataset, effective, rules.get("ends"), rules.get("review_after"), rules)


@cache
def dictionary(room: str, name: str) -> Mapping[str, Any]:
    """A table that is not dated (carrier codes, number shapes): ``<room>/rules/<name>.toml``."""
    return read_toml(ROOT / room / "rules" / f"{name}.toml")


def read_toml(path: Path) -> Mapping[str, Any]:
    """Parse one rule file with Decimals; raises ``RuleFileInvalid`` naming the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise RuleFileInvalid(f"{path.relative_to(ROOT)}: {broken}") from broken


def weakest(confidences: Iterable[Confidence]) -> Confidence:
    """The least sure of those used; an answer is never surer than its weakest row. Nothing used means high."""
    return max(confidences, key=CONFIDENCES.index, default="high")


def _folder(dataset: str) -> Path:
    room, _, name = dataset.partition("/")
    return ROOT / room / "rules" / name
