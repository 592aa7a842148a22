"""An estimate in plain words, for an agent to read to a customer: what is charged, why, and what would make it less.

It says nothing that the figures do not say: every amount, day and reason is taken from the answer. Words are the
dictionary ``customs/rules/explain_words.toml``; what has no word there is shown as its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.customs.answer import rate_text
from chalicelib.rulebook import dictionary

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def explained(answer: Mapping[str, Any]) -> dict[str, str]:
    """The text in every language agents speak to customers; ``answer`` is an estimate as it is answered and kept."""
    return {language: explain(answer, language) for language in LANGUAGES}


def explain(answer: Mapping[str, Any], language: Language) -> str:
    """The text in one language."""
    words = dictionary("customs", "explain_words")[language]
    if "no_customs_border" in answer["reasons"]:
        return str(words["say"]["no_border"])
    sentences = [*_charged(answer, words, language), *_relief(answer, words, language)]
    sentences += [*_apart(answer, words), *_notes(answer, words)]
    if answer["complete"]:
        sentences.append(words["say"][f"confidence_{answer['confidence']}"])
    return ("" if language == "zh" else " ").join(sentences)


def day_in_words(day: date, language: Language) -> str:
    """A date as people say it.

    >>> day_in_words(date(2026, 11, 22), "en"), day_in_words(date(2026, 11, 22), "zh")
    ('22 November 2026', '2026年11月22日')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _charged(answer: Mapping[str, Any], words: Mapping[str, Any], language: Language) -> Iterable[str]:
    say = words["say"]
    if answer["total"] is None:
        yield say["incomplete"].format(reasons=say["join"].join(_reason(each, words) for each in answer["reasons"]))
        return
    whole, total = answer["total_without_relief"], answer["total"]
    filled = {
        "country": _word(words, "country", answer["destination"]),
        "day": day_in_words(date.fromisoformat(answer["entry_on"]), language),
        "value": _money(answer["customs_value"], answer),
        "total": _money(whole, answer),
    }
    yield say["charge" if Decimal(whole) else "nothing"].format(**filled)
    counted = [charge for charge in _charges(answer) if charge.get("in_total", True) and Decimal(charge["amount"] or 0)]
    if counted:
        yield say["made_of"].format(parts=say["join"].join(_part(charge, answer, words) for charge in counted))
    for charge in counted:
        if charge.get("collected_by") == "seller":
            yield say["seller"].format(amount=_money(charge["amount"], answer))
    if Decimal(total) < Decimal(whole):
        relief = _relief_name(_row(answer, "proven", total), words)
        yield say["relieved"].format(whole=_money(whole, answer), relief=relief, total=_money(total, answer))


def _charges(answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Duties of all lines added up by layer and rate, then taxes and fees."""
    added: dict[tuple[str, str | None], dict[str, Any]] = {}
    for line in answer["lines"]:
        for duty in line["duties"]:
            so_far = added.setdefault((duty["layer"], duty["rate"]), {**duty, "code": duty["layer"], "amount": "0"})
            so_far["amount"] = str(Decimal(so_far["amount"]) + Decimal(duty["amount"]))
    return (*added.values(), *answer["taxes"], *answer["fees"])


def _part(charge: Mapping[str, Any], answer: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    filled = {"name": _word(words, "charge", charge["code"]), "amount": _money(charge["amount"], answer)}
    if charge["rate"] is None:
        return str(words["say"]["part_plain"].format(**filled))
    return str(words["say"]["part"].format(rate=_percent(charge["rate"]), **filled))


def _relief(answer: Mapping[str, Any], words: Mapping[str, Any], language: Language) -> Iterable[str]:
    """The best relief that only lacks proof, where it would save something."""
    total, hoped_for = answer["total"], answer["total_if_proven"]
    if total is None or Decimal(hoped_for) >= Decimal(total):
        return
    hoped = _row(answer, "unproven", hoped_for)
    missing = words["say"]["and"].join(_word(words, "fact", name) for name in hoped["missing"])
    said = words["say"]["could_be" if Decimal(hoped_for) else "could_be_free"]
    yield said.format(total=_money(hoped_for, answer), relief=_relief_name(hoped, words), missing=missing)
    yield words["say"]["claimant"].format(claimant=_word(words, "claimant", hoped["claimant"]))
    if hoped["claim_by"]:
        yield words["say"]["claim_by"].format(day=day_in_words(date.fromisoformat(hoped["claim_by"]), language))


def _row(answer: Mapping[str, Any], status: str, due: str) -> Mapping[str, Any]:
    return next(row for row in answer["relief"] if row["status"] == status and row["due"] == due)


def _apart(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    for fee in answer["fees"]:
        if not fee["in_total"]:
            known = fee["amount"] is not None
            said = words["say"]["fee_apart" if known else "fee_unknown"]
            name = _word(words, "charge", fee["code"])
            yield said.format(name=name, amount=_money(fee["amount"], answer) if known else "")


def _notes(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    if answer["complete"] and answer["reasons"]:
        notes = words["say"]["join"].join(_reason(each, words) for each in answer["reasons"])
        yield words["say"]["notes"].format(notes=notes)


def _reason(reason: str, words: Mapping[str, Any]) -> str:
    code, *told = reason.split(":")
    said = words["reason"].get(code)
    named = (_word(words, "country", each) for each in told)
    return reason if said is None else str(said.format(*named, "", ""))


def _relief_name(row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return str(words["kind"].get(row.get("kind"), words["kind"]["relief"]).format(code=row["code"]))


def _word(words: Mapping[str, Any], table: str, name: str) -> str:
    return str(words[table].get(name, name))


def _money(amount: str, answer: Mapping[str, Any]) -> str:
    return f"{answer['currency']} {amount}"


def _percent(rate: str) -> str:
    return f"{rate_text(Decimal(rate) * 100)} %"
