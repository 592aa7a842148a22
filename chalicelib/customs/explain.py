"""An estimate in plain words, for an agent to read to a customer: what is charged, why, and what would make it less.

It says nothing that the figures do not say: every amount, day and reason is taken from the answer. Words are the
dictionary ``customs/rules/explain_words.toml``; what has no word there is shown as its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from chalicelib.customs.answer import rate_text
from chalicelib.customs.duty import ORDINARY
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
    words = _words(language)
    if "no_customs_border" in answer["reasons"]:
        return str(words["say"]["no_border"])
    sentences = [*_charged(answer, words), *_relief(answer, words)]
    sentences += [*_apart(answer, words), *_notes(answer, words)]
    if answer["complete"]:
        sentences.append(words["say"][f"confidence_{answer['confidence']}"])
    return ("" if language == "zh" else " ").join(sentences)


def _words(language: Language) -> Mapping[str, Any]:
    """The words of one language, with the language itself and the reasons that stop an answer."""
    held = dictionary("customs", "explain_words")
    return {**held[language], "language": language, "stops": held["stops"]}


def day_in_words(day: date, language: Language) -> str:
    """A date as people say it.

    >>> day_in_words(date(2026, 11, 22), "en"), day_in_words(date(2026, 11, 22), "zh")
    ('22 November 2026', '2026年11月22日')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _charged(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    say = words["say"]
    if answer["total"] is None:
        yield say["incomplete"].format(
            reasons=say["join"].join(_reason(each, words) for each in _causes(answer, words))
        )
        return
    yield _headline(answer, words)
    yield from (say["regime"].format(name=_word(words, "charge", name)) for name in _regimes(answer))
    counted = [charge for charge in _charges(answer) if charge.get("in_total", True)]
    yield from _made_of(answer["total_without_relief"], counted, answer, words)
    for charge in counted:
        if charge.get("collected_by") == "seller" and Decimal(charge["amount"]):
            yield say["seller"].format(amount=_money(charge["amount"], answer))
    if Decimal(answer["total"]) < Decimal(answer["total_without_relief"]):
        yield from _made_of(answer["total"], _row(answer, "proven", answer["total"])["charges"], answer, words)


def _headline(answer: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """What is payable now, first; and what it would be without a relief that is proven."""
    whole, total = answer["total_without_relief"], answer["total"]
    relieved = Decimal(total) < Decimal(whole)
    said = ("relieved" if Decimal(total) else "relieved_to_nothing") if relieved else "charge"
    filled = {
        "country": _word(words, "country", answer["destination"]),
        "day": day_in_words(date.fromisoformat(answer["entry_on"]), words["language"]),
        "value": _money(answer["customs_value"], answer),
        "whole": _money(whole, answer),
        "total": _money(total, answer),
        "relief": _relief_name(_row(answer, "proven", total), words) if relieved else "",
    }
    return str(words["say"][said if Decimal(whole) else "nothing"].format(**filled))


def _regimes(answer: Mapping[str, Any]) -> Iterable[str]:
    """The regimes that leave a line without duty: such a line bears one row, without an amount."""
    alone = (line["duties"][0] for line in answer["lines"] if len(line["duties"]) == 1)
    names = (row["layer"] for row in alone if row["layer"] != ORDINARY and not Decimal(row["amount"] or 0))
    return dict.fromkeys(names)


def _made_of(
    whole: str, charges: Iterable[Mapping[str, Any]], answer: Mapping[str, Any], words: Mapping[str, Any]
) -> Iterable[str]:
    say = words["say"]
    parts = [_part(charge, answer, words) for charge in charges if Decimal(charge["amount"] or 0)]
    if parts:
        yield say["made_of"].format(sum=_money(whole, answer), parts=say["join"].join(parts))


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
    number = rate_text(Decimal(charge["rate"]) * 100)
    return str(words["say"]["part"].format(rate=words["say"]["percent"].format(number=number), **filled))


def _relief(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    """The best relief that only lacks proof, where it would save something; else what may still come of one, or that
    its last day is over."""
    total, hoped_for = answer["total"], answer["total_if_proven"]
    if total is None:
        return
    if Decimal(hoped_for) >= Decimal(total):
        yield from _unpriced(answer, words)
        return
    hoped = _row(answer, "unproven", hoped_for)
    said = words["say"]["could_be" if Decimal(hoped_for) else "could_be_free"]
    relief = _relief_name(hoped, words)
    yield said.format(total=_money(hoped_for, answer), relief=relief, missing=_missing(hoped, words))
    yield words["say"]["claimant"].format(claimant=_word(words, "claimant", hoped["claimant"]))
    if hoped["claim_by"]:
        yield words["say"]["claim_by"].format(day=_day(hoped["claim_by"], words))


def _unpriced(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    """A relief that cannot be priced yet, or one that came too late; nothing where another relief is proven."""
    if Decimal(answer["total"]) < Decimal(answer["total_without_relief"]) or not Decimal(answer["total"]):
        return
    open_rows = [row for row in answer["relief"] if row["status"] == "unproven" and row["due"] is None]
    if open_rows:
        relief, missing = _relief_name(open_rows[0], words), _missing(open_rows[0], words)
        yield words["say"]["not_priced"].format(relief=relief, missing=missing)
        return
    late = (row for row in answer["relief"] if row["claim_by"] and row["claim_by"] < answer["entry_on"])
    for row in list(late)[:1]:
        yield words["say"]["too_late"].format(relief=_relief_name(row, words), day=_day(row["claim_by"], words))


def _missing(row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return str(words["say"]["and"].join(_word(words, "fact", name) for name in row["missing"]))


def _row(answer: Mapping[str, Any], status: str, due: str) -> Mapping[str, Any]:
    """The relief that leaves this much to pay; of several the one that lacks least."""
    rows = [row for row in answer["relief"] if row["status"] == status and row["due"] == due]
    return min(rows, key=lambda row: len(row["missing"]))


def _apart(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    for fee in answer["fees"]:
        if not fee["in_total"]:
            known = fee["amount"] is not None
            said = words["say"]["fee_apart" if known else "fee_unknown"]
            name = _word(words, "charge", fee["code"])
            yield said.format(name=name, amount=_money(fee["amount"], answer) if known else "")


def _notes(answer: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    causes = [] if answer["complete"] else _causes(answer, words)
    reasons = [each for each in answer["reasons"] if each not in causes and not each.endswith(":")]
    if reasons:
        notes = words["say"]["join"].join(_reason(each, words) for each in reasons)
        yield words["say"]["notes"].format(notes=notes)


def _causes(answer: Mapping[str, Any], words: Mapping[str, Any]) -> list[str]:
    """The reasons why there is no total; all of them where none is known to stop an answer. One that names nothing
    ("the duty rate of ...") says no more than the one before it."""
    said = [each for each in answer["reasons"] if not each.endswith(":")]
    return [each for each in said if each.split(":")[0] in words["stops"]] or said


def _reason(reason: str, words: Mapping[str, Any]) -> str:
    code, *told = reason.split(":")
    said = words["reason"].get(code)
    named = [_token(each, words) for each in told]
    return reason if said is None else str(said.format(*named, "", "", all=" ".join(named)))


def _token(told: str, words: Mapping[str, Any]) -> str:
    """What stands behind a reason's colon: a country, a charge, a day, a pair of currencies or a word of its own."""
    for table in ("country", "charge", "term"):
        if told in words[table]:
            return str(words[table][told])
    if _is_day(told):
        return _day(told, words)
    return told.replace("->", words["say"]["to"])


def _is_day(told: str) -> bool:
    """Somebody's own word (a preference they claim) may look like a day and be none."""
    try:
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", told) is not None and bool(date.fromisoformat(told))
    except ValueError:
        return False


def _day(told: str, words: Mapping[str, Any]) -> str:
    return day_in_words(date.fromisoformat(told), words["language"])


def _relief_name(row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return str(words["kind"].get(row.get("kind"), words["kind"]["relief"]).format(code=row["code"]))


def _word(words: Mapping[str, Any], table: str, name: str) -> str:
    return str(words[table].get(name, name))


def _money(amount: str, answer: Mapping[str, Any]) -> str:
    return f"{answer['currency']} {amount}"
