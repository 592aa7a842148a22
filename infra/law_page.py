"""Write ``docs/LAW.md``, the rights of consumers as this house holds them: ``python -m infra.law_page``.

The page says what ``chalicelib/returns/rules/withdrawal`` and ``guarantee`` say and no more; a test fails when it says
anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chalicelib.returns.law import (
    Cited,
    Collecting,
    Exclusion,
    FaultFreight,
    Guarantee,
    Right,
    collecting_by_courier,
    every_guarantee,
    every_right,
    exclusions_of,
    fault_freight_of,
)
from chalicelib.rulebook import ROOT, effective_dates

PAGE = Path(ROOT).parent / "docs" / "LAW.md"
STARTS = {
    "delivered": "the goods",
    "last_piece": "the last piece of the order",
    "signed": "the signed receipt",
    "document_or_goods": "the contract document or the goods, whichever is later",
}
RESTS = {
    "none": "stays where it falls",
    "sun_hol": "moves past Sundays and holidays",
    "sat_sun_hol": "moves past Saturdays, Sundays and holidays",
    "statutory_rest": "moves past official days of rest",
}
_HEAD = """# Rights of consumers, as held here

Written by `make law` from `chalicelib/returns/rules/withdrawal` and `guarantee`; `test_law_page` holds it true. The
version in force when the order was placed decides. This is what the program acts on and no legal advice: **may refuse:
no** stands at every row that rests on memory, on a copy, or on a law that is not clear. Such a row lets goods come
back; before anybody is refused on it a person decides, and a lawyer should have confirmed it. The same holds for every
row whose source was read more than a year ago.
"""


def page() -> str:
    """The whole page, by the newest rules."""
    rights = every_right(effective_dates("returns/withdrawal")[-1])
    guarantees = every_guarantee(effective_dates("returns/guarantee")[-1])
    parts = [_HEAD, "\n## Sending back without a reason\n"]
    parts += [line for cited in rights for line in _right(cited)]
    parts += _collecting(collecting_by_courier(effective_dates("returns/withdrawal")[-1]))
    parts.append("\n## What is not as it should be\n")
    parts += [line for cited in guarantees for line in _guarantee(cited)]
    return "\n".join(parts) + "\n"


def _right(cited: Cited[Right]) -> Iterator[str]:
    row = cited.row
    yield f"### {row.id}\n"
    yield f"{_places(row)}. {_given(row)}"
    yield from (f"- {text}" for text in _terms(row))
    yield from (f"- {_exclusion(one)}" for one in exclusions_of(cited))
    yield _end(cited)


def _given(row: Right) -> str:
    if row.basis == "unclear":
        days = f"; {row.days} days are spoken of" if row.days else ""
        return f"The law is not clear enough to decide by{days}: a person decides."
    if row.basis == "contract_copy":
        days = f"within {row.no_copy_days} days of the sale"
        return f"To cancel {days} where no copy of the contract was given; else a person decides."
    if row.basis == "policy_only":
        unposted = ", ".join(f"{region} {days} days" for region, days in row.unposted_days.items())
        more = f" Where no clause of its own was posted: {unposted}." if unposted else ""
        return f"No right by law; the shop's own terms.{more}"
    first = "the day after is day 1" if row.count == "excl_start" else "the day itself is day 1"
    only = " Only where no clear return clause was shown." if row.applies == "no_clear_return_clause" else ""
    return f"{row.days} days from {STARTS[row.start]}, {first}; the last day {RESTS[row.rest]}.{only}"


def _terms(row: Right) -> Iterator[str]:
    if row.uninformed_months:
        whence = "after that" if row.uninformed_from == "window_end" else "after delivery"
        yield f"not told of it: {row.uninformed_months} months {whence}"
    if row.misdescribed_months:
        yield f"misdescribed: {row.misdescribed_months} months, and {row.misdescribed_known_days} days from knowing"
    if row.basis == "statute" or row.return_freight == "merchant":
        yield f"the way home is paid by: {row.return_freight.replace('_', ' ')}"
    if row.outbound_freight:
        yield f"of the first delivery is given back: {row.outbound_freight.replace('_', ' ')}"
    if row.send_back_days:
        yield f"to be sent within {row.send_back_days} days of the notice"
    if row.refund_days and row.refund_from:
        hold = ", which may wait for goods or proof of sending" if row.withhold_until else ""
        unit = "working days" if row.refund_unit == "business" else "days"
        yield f"refund within {row.refund_days} {unit} of: {row.refund_from.replace('_', ' ')}{hold}"
    if row.when_collected:
        yield f"where we offered to collect the goods, counted from: {row.when_collected}, and nothing is waited for"
    if row.late_rate:
        yield f"late interest {row.late_rate * 100:f} % a year"
    if row.function_from:
        yield f"a withdrawal function online from {row.function_from.isoformat()}"


def _collecting(cited: Cited[Collecting] | None) -> Iterator[str]:
    if cited is not None:
        yield f"### {cited.row.id}\n"
        yield "A courier of ours who is to come to the customer's door counts as our offer to collect the goods."
        yield _end(cited)


def _exclusion(cited: Cited[Exclusion]) -> str:
    row = cited.row
    needs = f"; needs: {row.needs.replace('_', ' ')}" if row.needs else ""
    return f"not for {row.code.replace('_', ' ')}: {row.ground}{needs} (`{row.id}`, may refuse: {_yes(cited)})"


def _guarantee(cited: Cited[Guarantee]) -> Iterator[str]:
    row = cited.row
    yield f"### {row.id}\n"
    long = {"period": f"{row.months} months", "reasonable_time": "a reasonable time, which a person judges"}
    at_least = f"at least {row.months} months" if row.months else f"at least {row.days} days"
    yield f"{', '.join(row.countries)}. {long.get(row.basis, at_least).capitalize()}."
    yield f"- remedies in order: {', then '.join(one.replace('_', ' ') for one in row.ladder)}"
    if row.burden_months is not None:
        yield f"- the seller must prove that it was sound for {row.burden_months} months"
    if row.reject_days:
        pause = ", standing still during a repair" if row.reject_pauses else ""
        yield f"- to reject at once: {row.reject_days} days{pause}; repairs: {row.max_repairs}"
    if row.bonus_months and row.bonus_from:
        yield f"- {row.bonus_months} months more once after a repair, from {row.bonus_from.isoformat()}"
    home = fault_freight_of(row.countries[0], cited.vintage.effective)
    yield f"- the way home is paid by: {_payer(home) if home else 'not known, a person decides'}"
    if row.tell:
        yield f"- the seller tells: {', '.join(one.replace('_', ' ') for one in row.tell)}"
    yield _end(cited)


def _payer(cited: Cited[FaultFreight]) -> str:
    return f"{cited.row.paid_by} (`{cited.row.id}`; {cited.source}; confidence {cited.row.confidence})"


def _places(row: Right) -> str:
    named = ", ".join("every other country" if one == "*" else one for one in row.countries)
    return f"{named} ({', '.join(row.regions)})" if row.regions else named


def _end(cited: Cited[Right] | Cited[Guarantee] | Cited[Collecting]) -> str:
    return f"\n*{cited.source}. Confidence {cited.row.confidence}; may refuse: {_yes(cited)}.*\n"


def _yes(cited: Cited[Right] | Cited[Guarantee] | Cited[Exclusion] | Cited[Collecting]) -> str:
    return "yes" if cited.row.denies else "no"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
