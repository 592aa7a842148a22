"""One small engine for "does this hold": conditions are rows of a rule file, facts are names with values.

A condition holds, does not hold, or cannot be judged because a fact is unknown; the third answer names the
fact. Limits are inclusive and months are calendar months: three years to the day is still inside.

>>> judge({"fact": "same_state", "is": True}, {"same_state": None}).missing
('same_state',)
>>> judge({"fact": "exported_on", "within_months": 12},
...       {"exported_on": date(2025, 11, 22), "entry_on": date(2026, 11, 22)}).holds
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.clock import add_months

Condition = Mapping[str, Any]
# A day of tolerance: it may already be tomorrow where the goods left.
A_DAY = timedelta(days=1)
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition came to. ``holds`` is None when ``missing`` facts decide; ``deadline`` is its last good day;
    ``assumed`` says what was taken for granted because nobody said otherwise (``if_unknown``, ``says``).
    """

    holds: bool | None
    missing: tuple[str, ...] = ()
    why: str = ""
    deadline: date | None = None
    assumed: tuple[str, ...] = ()


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "all_in": lambda value, wanted: bool(value) and all(each in wanted for each in value),
    "any_in": lambda value, wanted: any(each in wanted for each in value),
    "known": lambda value, wanted: (value is not None) is wanted,
    "none_in": lambda value, wanted: not any(each in wanted for each in value),
    "from": lambda value, wanted: value >= wanted,
    "until": lambda value, wanted: value <= wanted,
    "at_most": lambda value, wanted: value <= wanted,
    "above": lambda value, wanted: value > wanted,
}
TESTS: frozenset[str] = frozenset(_TESTS) | {
    "within_months",
    "within_days",
    "within_months_of",
    "within_days_of",
    "any",
}


def judge(condition: Condition, facts: Facts) -> Finding:
    """One condition against the facts; ``any`` holds when one of its conditions does."""
    if "any" in condition:
        return _judge_any(condition, facts)
    name = condition["fact"]
    value = facts.get(name)
    assumed = value is None and "if_unknown" in condition
    if assumed:
        value = condition["if_unknown"]
    if value is None or value == ():
        return Finding(None, (_public(name),))
    if "within_months_of" in condition or "within_days_of" in condition:
        return _judge_span(condition, value, facts)
    deadline = _last_day(condition, value)
    if deadline is not None and facts["entry_on"] > deadline:
        return Finding(False, why=_why(condition, name, value), deadline=deadline)
    if deadline is not None and value > facts["entry_on"] + A_DAY:
        return Finding(False, why=f"{_public(name)} lies after the entry")
    holds = all(test(value, condition[key]) for key, test in _TESTS.items() if key in condition)
    said = (condition["says"],) if assumed and holds else ()
    return Finding(holds, why="" if holds else _why(condition, name, value), deadline=deadline, assumed=said)


def judge_all(conditions: Iterable[Condition], facts: Facts) -> Finding:
    """All of them together: false if one is false, else unknown with every missing fact, else true."""
    findings = [judge(condition, facts) for condition in conditions]
    deadline = min((each.deadline for each in findings if each.deadline), default=None)
    refused = [each.why for each in findings if each.holds is False]
    if refused:
        return Finding(False, why="; ".join(refused), deadline=deadline)
    missing = tuple(dict.fromkeys(name for each in findings for name in each.missing))
    assumed = tuple(dict.fromkeys(text for each in findings for text in each.assumed))
    return Finding(None if missing else True, missing, deadline=deadline, assumed=assumed)


def holds(conditions: Iterable[Condition], facts: Facts) -> bool:
    """Whether all of them certainly hold."""
    return judge_all(conditions, facts).holds is True


def _judge_any(condition: Condition, facts: Facts) -> Finding:
    findings = [judge(each, facts) for each in condition["any"]]
    if any(each.holds is True for each in findings):
        return Finding(True, deadline=max((f.deadline for f in findings if f.holds and f.deadline), default=None))
    missing = tuple(dict.fromkeys(name for each in findings for name in each.missing))
    if missing:
        return Finding(None, missing)
    return Finding(False, why=condition.get("why") or " and ".join(each.why for each in findings))


def _judge_span(condition: Condition, value: date, facts: Facts) -> Finding:
    """Two earlier dates apart by no more than so many months or days; says nothing about the last day to claim."""
    name = condition.get("within_days_of") or condition["within_months_of"]
    start = facts.get(name)
    if start is None:
        return Finding(None, (_public(name),))
    in_days = "within_days_of" in condition
    inside = value <= (start + timedelta(days=condition["days"]) if in_days else add_months(start, condition["months"]))
    return Finding(inside, why="" if inside else _why(condition, condition["fact"], value))


def _last_day(condition: Condition, start: Any) -> date | None:
    if "within_months" in condition:
        return add_months(start, condition["within_months"])
    return start + timedelta(days=condition["within_days"]) if "within_days" in condition else None


def _why(condition: Condition, name: str, value: Any) -> str:
    return str(condition.get("why") or f"{_public(name)} is {_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ", ".join(str(each) for each in value)
    return str(value)


def _public(name: str) -> str:
    """History fields go by their bare name in answers; others keep their prefix."""
    return name.removeprefix("history.")
