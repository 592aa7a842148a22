"""What is wrong with a customs rule file that its schema cannot see: words from no list, rows told twice, dates and
figures that cannot be, conditions that could never hold. A misspelt word is a rule that silently never applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from chalicelib.customs.claims import _WORDS as CLAIMANTS
from chalicelib.customs.facts import Article, Construction, EstimateRequest, History, Line, Repair, Stones
from chalicelib.customs.ledger import Party
from chalicelib.customs.refunds import PaidEntry
from chalicelib.metals import Metal
from chalicelib.money import MINOR_UNITS
from chalicelib.purposes import PURPOSES
from chalicelib.returns.case import REASONS
from chalicelib.rulebook import dictionary

Rules = Mapping[str, Any]
READ_ON, FAR = date(2026, 11, 22), date(2031, 1, 1)
WHOLE_WORLD = {"*", "world"}
UNION_PARTS = {one for country, table in dictionary("customs", "regions").items() for one in (country, *table["names"])}
WORDS: dict[str, frozenset[str]] = {
    "metals": frozenset(get_args(Metal)),
    "articles": frozenset(get_args(Article)),
    "constructions": frozenset(get_args(Construction)),
    "stones": frozenset(get_args(Stones)),
    "channels": frozenset({"express", "post"}),
    "regions": frozenset(UNION_PARTS | {"NI"}),
    "channel": frozenset({"express", "post"}),
    "consignee": frozenset({"consumer", "merchant"}),
    "entry": frozenset({"formal", "informal"}),
    "purpose": frozenset(PURPOSES),
    "region": frozenset(UNION_PARTS | {"NI"}),
    "history.return_reason": frozenset(REASONS),
    "paid.reason": frozenset(REASONS),
    "paid.importer": frozenset(get_args(Party)),
    "paid.declared_by": frozenset(get_args(Party)),
    "paid.channel": frozenset({"express", "post"}),
}
BY_PREFIX = {"": EstimateRequest, "history.": History, "repair.": Repair, "paid.": PaidEntry}
KINDS = {
    f"{prefix}{one.name}": str(one.type) for prefix, shape in BY_PREFIX.items() for one in fields(shape)
} | {"foreign_origin": "bool", "scrap": "bool", "pieces": "int"}  # fmt: skip
ASKED_FOR = {"invoice_number", "waybill", *(one.name for one in fields(History))} | {
    f"line.{one.name}" for one in fields(Line)
}
SPANS = ("within_months", "within_days", "months", "days")
PLAIN_FREES = {"duties", "mfn", "taxes", "fees"}
PLAIN_BASES = {"value", "duty", "transport"}


def faults_of(dataset: str, rules: Rules) -> list[str]:
    """Everything wrong with one file of ``customs/rules/<dataset>``, each as ``where: what``."""
    found = [*_territory(dataset, rules), *_days(rules), *_each(rules, ""), *_told_twice(rules)]
    return found + (_references(rules) if "tariff" in rules and "relief" in rules else [])


def _territory(dataset: str, rules: Rules) -> Iterator[str]:
    head, _, rest = dataset.partition("/")
    wanted = {head.upper()} if rest else WHOLE_WORLD
    if rules["territory"] not in wanted:
        yield f"territory: {rules['territory']} is not {' or '.join(sorted(wanted))}"


def _days(rules: Rules) -> Iterator[str]:
    review = rules.get("review_after")
    if review is not None and not READ_ON <= review < FAR:
        yield f"review_after: {review}"
    if not date(2017, 1, 1) <= rules["effective"] <= FAR:
        yield f"effective: {rules['effective']}"
    for kind in ("layer", "regime", "notice", "valuation"):
        for row in rules.get(kind, ()):
            first, last = row.get("from", date.min), row.get("until", date.max)
            told = [day for day in (first, last) if day not in (date.min, date.max)]
            if first > last or last < rules["effective"] or any(not date(2015, 1, 1) < day < FAR for day in told):
                yield f"{kind}: from {first} until {last}"


def _each(value: Any, where: str) -> Iterator[str]:
    """Faults of every value below one."""
    if isinstance(value, Mapping):
        yield from _row(value, where)
        for name, one in value.items():
            if name in ("when", "conditions", "variant", "unless"):
                yield from [f"{where}.{name}: the same twice"] if _repeats(one) else []
                yield from (fault for condition in one for fault in _condition(condition, f"{where}.{name}"))
            else:
                yield from _each(one, f"{where}.{name}")
    elif isinstance(value, list):
        if _repeats(value):
            yield f"{where}: the same twice"
        for one in value:
            yield from _each(one, where)
    elif isinstance(value, str) and not value.strip():
        yield f"{where}: empty"


def _row(row: Mapping[str, Any], where: str) -> Iterator[str]:
    for name in ("metals", "articles", "constructions", "stones", "channels", "regions"):
        unknown = set(row.get(name, ())) - WORDS[name]
        if unknown and not isinstance(row.get(name), str):
            yield f"{where}.{name}: {', '.join(sorted(unknown))} is no word of ours"
    if "article" in row and row["article"] not in WORDS["articles"]:
        yield f"{where}.article: {row['article']}"
    yield from (f"{where}.needs: {one}" for one in row.get("needs", ()) if one not in ASKED_FOR)
    if "currency" in row and row["currency"] not in MINOR_UNITS:
        yield f"{where}.currency: {row['currency']}"
    if row.get("min", 0) > row.get("max", Decimal("Infinity")):
        yield f"{where}: min above max"
    upper, lower = row.get("fraction", (1, 1))[::-1]
    if not 0 <= lower <= upper or upper == 0:
        yield f"{where}.fraction: {lower} of {upper}"
    marks = [row[name] for name in ("min_fineness", "below_fineness") if name in row]
    if any(not 1 <= mark <= 1000 for mark in marks):
        yield f"{where}: fineness {marks}"
    if "claim_within" in row and not any(word in row["claimant"].lower() for word in CLAIMANTS):
        yield f"{where}.claimant: nobody that an entry knows"


def _condition(condition: Mapping[str, Any], where: str) -> Iterator[str]:
    if _repeats(condition.get("any", [])):
        yield f"{where}: the same twice"
    for each in condition.get("any", ()):
        yield from _condition(each, where)
    if "any" in condition:
        return
    name, kind = condition["fact"], KINDS.get(condition["fact"], "")
    if not condition.get("why", "said").strip():
        yield f"{where}.why: empty"
    yield from _span(condition, kind, where)
    for test in ("is", "in", "not_in", "all_in", "any_in", "none_in", "known", "from", "until", "at_most", "above"):
        if test in condition and not _fits(name, kind, test, condition[test]):
            yield f"{where}: {name} {test} {condition[test]}"


def _span(condition: Mapping[str, Any], kind: str, where: str) -> Iterator[str]:
    spans = [condition[name] for name in SPANS if name in condition]
    if spans and ("date" not in kind or any(not 1 <= span <= 3660 for span in spans)):
        yield f"{where}: {condition}"
    for since, unit in (("within_months_of", "months"), ("within_days_of", "days")):
        if (since in condition) != (unit in condition):
            yield f"{where}: {since} needs {unit}"


def _fits(name: str, kind: str, test: str, wanted: Any) -> bool:
    """Whether a fact of this kind could ever pass this test."""
    if test == "known":
        return wanted is True
    if "bool" in kind:
        return test == "is" and isinstance(wanted, bool)
    if "date" in kind:
        return test in ("from", "until") and isinstance(wanted, date)
    if test in ("at_most", "above", "from", "until"):
        return isinstance(wanted, (int, Decimal)) and not isinstance(wanted, bool) and wanted >= 0
    texts = wanted if isinstance(wanted, list) else [wanted]
    return bool(texts) and all(_may_be(name, text) for text in texts)


def _may_be(name: str, text: Any) -> bool:
    if name == "pieces":
        return isinstance(text, int) and text > 0
    if not isinstance(text, str) or not text:
        return False
    if name in ("origins", "dispatched_from", "destination"):
        return len(text) == 2 and text.isascii() and text.isupper()
    if name == "headings":
        return len(text) == 4 and text.isascii() and text.isdecimal()
    if name == "history.export_mode":
        return len(text) == 4 and text.isdecimal()
    return text in WORDS[name] if name in WORDS else True


def _told_twice(rules: Rules) -> Iterator[str]:
    one_of_each: Mapping[str, Callable[[Any], Any]] = {
        "layer": lambda row: row["name"], "tax": lambda row: row["name"], "fee": lambda row: row["name"],
        "source": lambda row: row["id"], "absent": lambda row: row["kind"],
    }  # fmt: skip
    for kind, named in one_of_each.items():
        names = [named(row) for row in rules.get(kind, ()) if isinstance(row, Mapping)]
        yield from (f"{kind}: {name} twice" for name in sorted({name for name in names if names.count(name) > 1}))


def _references(program: Rules) -> list[str]:
    """What a program says of its own names."""
    taxes = {row["name"] for row in program.get("tax", ())}
    found = []
    for tax in program.get("tax", ()):
        found += [f"tax.base: {one}" for one in tax.get("base", ()) if one not in PLAIN_BASES | taxes]
        found += [f"tax.of: {tax['of']}"] if "of" in tax and tax["of"] not in taxes else []
        found += [] if tax.get("base") or "of" in tax else [f"tax: {tax['name']} is reckoned on nothing"]
    layers = {row["name"] for row in program["layer"]}
    found += [] if "mfn" in layers else ["layer: no ordinary duty"]
    return found


def freed_by_nobody(relief: Rules, program: Rules) -> list[str]:
    """What a relief claims to free and its country does not charge."""
    known = PLAIN_FREES | {row["name"] for kind in ("layer", "tax", "fee") for row in program.get(kind, ())}
    known |= {row["code"] for row in program.get("tax", ())}
    return [f"{row['code']} frees {one}" for row in relief["row"] for one in row.get("frees", ()) if one not in known]


def _repeats(values: list[Any]) -> bool:
    texts = [repr(one) for one in values]
    return len(texts) != len(set(texts))
