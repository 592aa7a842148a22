"""Which tariff code the goods belong under: chapter 71 from plain facts, then the country's own subdivision.

The six digits are the same everywhere (Harmonized System 2022, chapter 71 notes); the rest is the first row
of the destination's tariff that fits. A code given with the request is checked against the facts and a
contradiction is said, never silently corrected: customs charges what is declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.customs.facts import Line
from chalicelib.customs.goods import Goods, Row, digits, first_fitting, fits
from chalicelib.customs.program import Table, program_of, table
from chalicelib.rulebook import Confidence, weakest

HARMONIZED = "customs/classification"


@dataclass(frozen=True, slots=True)
class Classification:
    """A code with its reasoning. ``hs_code`` is None when a person must decide; ``reasons`` then says why.
    ``no_relief`` says why goods of this kind get no relief for returned goods (scrap is not what left)."""

    hs_code: str | None
    why: str
    alternatives: tuple[str, ...]
    confidence: Confidence
    reasons: tuple[str, ...] = ()
    no_relief: str | None = None


def classify(line: Line, destination: str, on: date) -> Classification:
    """The code of this line there on that day; raises ``RuleNotInForce`` before the first vintage."""
    program = program_of(destination, on)
    return classify_goods(Goods(line, destination), program.tariff if program else None, on)


def classify_goods(goods: Goods, tariff: Table | None, on: date) -> Classification:
    """The same for goods already prepared, under a tariff already chosen (None: the six digits only)."""
    found = _from_facts(goods, tariff, on)
    given = goods.line.hs_code
    return found if given is None else _checked(given, found, goods, tariff)


def _from_facts(goods: Goods, tariff: Table | None, on: date) -> Classification:
    rule = table(HARMONIZED, on).first(goods)
    if rule is None or "reason" in rule:
        reason = rule["reason"] if rule else "manual_classification"
        return Classification(None, rule["why"] if rule else "no heading fits", (), "low", (str(reason),))
    national = _national(goods, rule["code"], tariff)
    why = str(rule["why"]) if national is None else f"{rule['why']}; {national['what']}"
    confidence = weakest([rule["confidence"], *([national["coded"]] if national and "coded" in national else [])])
    alternatives = (*rule.get("alternatives", ()), *(national.get("alternatives", ()) if national else ()))
    code = national["code"] if national else rule["code"]
    return Classification(code, why, tuple(alternatives), confidence, no_relief=rule.get("no_relief"))


def _national(goods: Goods, heading: str, tariff: Table | None) -> Row | None:
    if tariff is None:
        return None
    wanted = digits(heading)
    within = (each for each in tariff.asked if digits(each.row["code"]).startswith(wanted))
    return first_fitting(within, goods)


def _checked(given: str, found: Classification, goods: Goods, tariff: Table | None) -> Classification:
    ours, theirs = digits(found.hs_code or ""), digits(given)
    if found.hs_code and ours.startswith(theirs) and len(theirs) >= 6:
        return found
    if found.hs_code and theirs.startswith(ours):
        return Classification(given, f"{found.why}; as declared", found.alternatives, found.confidence)
    if _also_fits(theirs, ours, goods, tariff):
        return Classification(given, "as declared; the facts allow it", (found.hs_code or "",), "medium")
    expected = found.hs_code or "a person's decision"
    reason = f"hs_code_contradicts_facts:{given}:{expected}"
    alternatives = (found.hs_code,) if found.hs_code else ()
    return Classification(given, f"as declared; the facts say {expected}", alternatives, "low", (reason,))


def _also_fits(theirs: str, ours: str, goods: Goods, tariff: Table | None) -> bool:
    """Within one subheading an article called "other" may be any of its national lines."""
    if tariff is None or theirs[:6] != ours[:6] or not ours:
        return False
    rows = [row for row in tariff.rows if theirs.startswith(digits(row["code"]))]
    if goods.line.article == "other":
        rows = [{key: value for key, value in row.items() if key != "articles"} for row in rows]
    return any(fits(row, goods) for row in rows)
