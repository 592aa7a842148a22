"""What the customer is told before the courier comes, and what a person says who orders him by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.rulebook import dictionary


@dataclass(frozen=True, slots=True)
class Instruction:
    """One thing to do before handing over: the key of its wording, and the English text."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """What to say to whom when a courier must be ordered, moved or called off by telephone; in English and Chinese."""

    call: str
    en: str
    zh: str


def hand_over(carrier: str | None = None) -> tuple[Instruction, ...]:
    """What the customer is told, in order, before the courier comes; with what this carrier adds.

    >>> len(hand_over("ems")) > len(hand_over("fedex")) == len(hand_over())
    True
    """
    steps = dictionary("pickups", "hand_over")["step"]
    return tuple(Instruction(step["key"], step["text"]) for step in steps if step.get("carrier", carrier) == carrier)


def script_for(what: str, country: str, facts: Mapping[str, str]) -> Script:
    """The script for ``order``, ``change`` or ``cancel`` in a country, its gaps filled: day, hours, number. It names no
    goods: whoever answers the telephone need not know.

    >>> script_for("cancel", "CN", {"waybill": "EA123456785CN", "on": "2026-11-24"}).call
    'China Post EMS, telephone 11183 or its app'
    """
    rules: Mapping[str, Any] = dictionary("pickups", "by_person")
    desk = next((row for row in rules["desk"] if row["country"] == country), rules["elsewhere"])
    words = rules["words"][what]
    told = {"waybill": "-", "on": "-", "from": "-", "until": "-", "weight": "-", **facts}
    return Script(desk["call"], words["en"].format(**told), words["zh"].format(**told))
