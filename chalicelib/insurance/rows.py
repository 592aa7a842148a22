"""How the rows of this room name what they are about: services, lanes, goods, and where they come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.places import Lane
from chalicelib.rulebook import Vintage

Rates = Mapping[tuple[str, str], Decimal]


def fits(named: Collection[str], one: str | None) -> bool:
    """Whether a row that names these is about this one; an unknown one only fits a row about any.

    >>> fits(["*"], None), fits(["JP_EMS"], None), fits(["JP_EMS"], "JP_EMS")
    (True, False, True)
    """
    return "*" in named or one in named


def lane_fits(row: Mapping[str, Any], lane: Lane, europe: Collection[str] = ()) -> bool:
    """Whether a row is about this way: a country, any (``*``), or ``EUROPE`` as the file lists it."""
    return _is(row["origin"], lane.origin, europe) and _is(row["destination"], lane.destination, europe)


def source_of(vintage: Vintage, row: Mapping[str, Any]) -> str:
    """The title of the source of a row."""
    title: str = vintage.rules["source"][row["source"] - 1]["title"]
    return title


def _is(named: str, country: str, europe: Collection[str]) -> bool:
    return named in ("*", country) or (named == "EUROPE" and country in europe)
