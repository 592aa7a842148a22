"""What it costs while a parcel is held, and the day on which goods that nobody claims are given up.

The carrier's charge goes by the country where the parcel lies and counts from the day the hold began, that day being
the first; the law of that country names the end. Nothing is taken for nought: what is not known is None, and says why.

>>> from datetime import UTC, datetime
>>> kept = storage_of("dhl", "US", datetime(2026, 12, 2, 15, tzinfo=UTC), datetime(2026, 12, 9, 15, tzinfo=UTC))
>>> kept.charged_from.isoformat(), str(kept.so_far.amount), kept.abandoned_on.isoformat()
('2026-12-05', '155', '2027-06-02')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.alerts.playbooks import Language
from chalicelib.clock import add_months, zone
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money
from chalicelib.places import main_zone_of, sure_zone_of, territory_of
from chalicelib.rulebook import Confidence, in_force, weakest
from chalicelib.workdays import is_rest_day

DATASET = "alerts/storage"
ANYWHERE = "*"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Storage:
    """``so_far`` is what has been charged by now, ``at_least`` whether a charge by weight comes on top of it, which
    ``besides`` names. ``abandoned_on`` is the day from which the law lets the goods be given up; the law counts from
    their arrival, which is no later than the hold, so it may be sooner. ``why_not`` says why something is None.
    """

    free_days: int | None
    charged_from: date | None
    per_day: Money | None
    once: Money | None
    so_far: Money | None
    at_least: bool
    besides: str | None
    abandoned_on: date | None
    then: str | None
    why_not: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Confidence


def storage_of(
    carrier: str | None, country: str | None, began: datetime, until: datetime, language: Language = "en"
) -> Storage:
    """What a hold that began then has cost until this moment, and when it ends by law. ``country`` is where the parcel
    lies, None when nobody knows. Raises ``RuleNotInForce`` before the first vintage."""
    rules = in_force(DATASET, until.date()).rules
    charge, law = _charge(rules, carrier, country), _law(rules, country)
    first, last = _local(began, country), _local(until, country)
    starts, why = _charged_from(charge, first, country)
    found = [row for row in (charge, law) if row is not None]
    return Storage(
        free_days=charge["free_days"] if charge else None,
        charged_from=starts,
        per_day=_money(charge, "per_day"),
        once=_money(charge, "once"),
        so_far=_so_far(charge, starts, last),
        at_least=bool(charge and "besides" in charge),
        besides=_worded(charge, "besides", language),
        abandoned_on=_abandoned_on(law, first),
        then=_worded(law, "then", language),
        why_not=tuple(dict.fromkeys([*why, *_no_law(law, country)])),
        sources=tuple(row["source"] for row in found),
        confidence=weakest(row["confidence"] for row in found) if found else "low",
    )


def _charge(rules: Mapping[str, Any], carrier: str | None, country: str | None) -> Mapping[str, Any] | None:
    """The carrier's row for this country, else its row for any."""
    rows = [row for row in rules["charge"] if row["carrier"] == carrier]
    return next((row for wanted in (country, ANYWHERE) for row in rows if row["country"] == wanted), None)


def _law(rules: Mapping[str, Any], country: str | None) -> Mapping[str, Any] | None:
    wanted = territory_of(country) if country else None
    return next((row for row in rules["abandonment"] if row["country"] == wanted), None)


def _charged_from(charge: Mapping[str, Any] | None, first: date, country: str | None) -> tuple[date | None, list[str]]:
    if charge is None:
        return None, ["no_charge_known"]
    if charge["clock"] == "calendar":
        return first + charge["free_days"] * ONE_DAY, []
    try:
        return _after_working_days(country or "", first, charge["free_days"]), []
    except RuleNotInForce:
        return None, ["holiday_calendar_unknown"]


def _after_working_days(country: str, first: date, free: int) -> date:
    """The day after so many working days, the first day among them when it is one."""
    day = first
    while True:
        free -= not is_rest_day(country, day)
        day += ONE_DAY
        if free <= 0:
            return day


def _so_far(charge: Mapping[str, Any] | None, starts: date | None, last: date) -> Money | None:
    """Every day from the first that is charged to this one, both counted; nothing as long as the days are free."""
    if charge is None or starts is None:
        return None
    days = max((last - starts).days + 1, 0)
    amount = Decimal(charge.get("per_day", "0")) * days
    return Money(amount + (Decimal(charge.get("once", "0")) if days else Decimal(0)), charge["currency"])


def _abandoned_on(law: Mapping[str, Any] | None, first: date) -> date | None:
    if law is None:
        return None
    return add_months(first, law["months"]) if "months" in law else first + law["days"] * ONE_DAY


def _no_law(law: Mapping[str, Any] | None, country: str | None) -> tuple[str, ...]:
    if law is not None:
        return ()
    return ("no_law_known",) if country else ("country_unknown",)


def _money(row: Mapping[str, Any] | None, name: str) -> Money | None:
    return Money(Decimal(row[name]), row["currency"]) if row and name in row else None


def _worded(row: Mapping[str, Any] | None, name: str, language: Language) -> str | None:
    return row.get(f"{name}_zh" if language == "zh" else name) if row else None


def _local(at: datetime, country: str | None) -> date:
    """The day it is where the parcel lies; by UTC where that is not known."""
    name = sure_zone_of(country, None) or main_zone_of(country)
    return (at.astimezone(zone(name)) if name else at).date()
