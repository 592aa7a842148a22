"""What an entry costs at the border: facts and a date in, every charge with its rule and source out.

The story: find the country's program -> value and classify -> charge by the ordinary law -> judge every
relief -> three totals, or none with the reasons. Nothing here knows a rate, a country or the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from chalicelib.customs.answer import Charge, Estimate, LineDuties, ReliefRow, incomplete
from chalicelib.customs.assessment import Assessed, assess, entry_kind
from chalicelib.customs.conditions import holds
from chalicelib.customs.doubts import doubts_of
from chalicelib.customs.duty import preference_applies
from chalicelib.customs.entry import Entry, prepare
from chalicelib.customs.facts import EstimateRequest
from chalicelib.customs.program import Program, program_of
from chalicelib.customs.relief import reliefs
from chalicelib.customs.relief_cover import unread_kinds
from chalicelib.customs.valuation import Converter, Rates, converter
from chalicelib.errors import RuleNotInForce
from chalicelib.rulebook import Confidence, weakest


def estimate(request: EstimateRequest, rates: Rates | None = None) -> Estimate:
    """Every charge on this entry. Never raises for what it does not know: the answer says so instead.

    ``rates`` are the caller's own dated exchange rates by (from, to); without one the published reference
    table is used.
    """
    try:
        program = program_of(request.destination, request.entry_on)
        if program is None:
            return incomplete(_blank(request), ("destination_unsupported",))
        return _estimate(request, program, converter(program.currency, request.entry_on, rates))
    except RuleNotInForce as gap:
        return incomplete(_blank(request), (f"rule_not_in_force:{gap.dataset}",))


def without_a_border(request: EstimateRequest) -> Estimate:
    """For goods in free circulation that stay in one customs territory (FR to DE): classified, entered nowhere, and
    nothing is due."""
    entered, nothing = estimate(request), Decimal(0)
    if entered.currency is None:
        return entered
    lines = tuple(LineDuties(line.hs_code, line.why, (), line.alternatives) for line in entered.lines)
    return Estimate(
        entered.destination, entered.entry_on, entered.currency, True, "high", entered.customs_value, lines,
        total_without_relief=nothing, total=nothing, total_if_proven=nothing, reasons=("no_customs_border",),
    )  # fmt: skip


def _estimate(request: EstimateRequest, program: Program, money: Converter) -> Estimate:
    entry = prepare(request, program, money)
    ordinary = assess(entry)
    rows = reliefs(entry, ordinary)
    blocking, said, cautions = _notices(entry)
    answer = _totalled(entry, ordinary, rows, said, cautions, money)
    unpriced = _asked_once(ordinary.gaps, entry)
    gaps = (*_missing_facts(entry, not money.missing), *money.missing, *blocking, *_uncoded(entry), *unpriced)
    if not gaps:
        return answer
    worthless = any(value < 0 for value in entry.values.lines)
    return incomplete(_without_value(answer) if money.missing or worthless else answer, tuple(gaps))


def _asked_once(gaps: tuple[str, ...], entry: Entry) -> tuple[str, ...]:
    """A region that was given and is none of the country's is said by its name, not asked for again."""
    doubt = entry.region_doubt
    return tuple(doubt if doubt and gap == "region_required" else gap for gap in gaps)


def _totalled(
    entry: Entry, ordinary: Assessed, rows: tuple[ReliefRow, ...], said: list[str],
    cautions: list[Confidence], money: Converter,
) -> Estimate:  # fmt: skip
    charges = ordinary.charges
    whole = charges.total
    proven = _best(rows, ("proven",))
    hoped = _best(rows, ("proven", "unproven"))
    used = [row for row in dict.fromkeys((proven, hoped)) if row is not None]
    doubts = doubts_of(entry, ordinary)
    reasons = [*entry.values.assumed, *money.old, *doubts, *_code_doubts(entry), *said, *_unheard(entry, rows)]
    reasons += [text for row in rows if row in used or _free_anyway(row) for text in row.says]
    sure: Iterable[Confidence] = (
        *(charge.confidence for charge in charges.counted), *(row.confidence for row in used),
        *(found.confidence for found in entry.classified), *money.confidences, *cautions,
        *(("medium",) if entry.values.assumed else ()), *(("low",) if doubts else ()),
    )  # fmt: skip
    return Estimate(
        entry.request.destination, entry.request.entry_on, entry.program.currency, True, weakest(sure),
        entry.values.total, charges.lines, charges.taxes, charges.fees, rows, whole, _due(proven, whole),
        _due(hoped, whole), tuple(dict.fromkeys(reasons)), _sources(charges.counted, used),
    )  # fmt: skip


def _unheard(entry: Entry, rows: tuple[ReliefRow, ...]) -> tuple[str, ...]:
    """What changes no figure and has to be found out: a region nobody knows, a relief whose law was not read."""
    unread = tuple(f"relief_not_read:{kind}" for kind in unread_kinds(entry, rows))
    return (entry.region_doubt, *unread) if entry.region_doubt else unread


def _best(rows: Iterable[ReliefRow], statuses: tuple[str, ...]) -> ReliefRow | None:
    """The relief that leaves least to pay; of equals the one that lacks least, and none that would cost more."""
    useful = [row for row in rows if row.status in statuses and row.due is not None and (row.saves or 0) > 0]
    return min(useful, key=lambda row: (row.due or Decimal(0), len(row.missing)), default=None)


def _free_anyway(row: ReliefRow) -> bool:
    """A proven relief that saves nothing here still tells what it leaves open."""
    return row.status == "proven" and row.saves == 0


def _due(row: ReliefRow | None, whole: Decimal) -> Decimal:
    return whole if row is None or row.due is None else row.due


def _missing_facts(entry: Entry, converted: bool) -> tuple[str, ...]:
    lines = entry.request.lines
    unknown = ("origin_required",) if any(line.origin is None for line in lines) else ()
    worthless = any(line.value.amount <= 0 for line in lines)
    worthless = worthless or (converted and (entry.values.intrinsic <= 0 or min(entry.values.lines) <= 0))
    return (*unknown, *(("value_required",) if worthless or not lines else ()))


def _uncoded(entry: Entry) -> tuple[str, ...]:
    return tuple(reason for found in entry.classified if found.hs_code is None for reason in found.reasons)


def _code_doubts(entry: Entry) -> tuple[str, ...]:
    return tuple(reason for found in entry.classified if found.hs_code for reason in found.reasons)


def _notices(entry: Entry) -> tuple[tuple[str, ...], list[str], list[Confidence]]:
    """What the program's notices say of this entry: what stops it, what is only said, how sure we stay."""
    heard = [row for row in entry.program.rows("notice") if holds(row["when"], entry.facts)]
    said = [row["code"] for row in heard if not row.get("blocks")]
    said += _preference_doubts(entry)
    if entry.request.entry == "informal" and entry_kind(entry) == "formal":
        said.append("formal_entry_required")
    blocking = tuple(row["code"] for row in heard if row.get("blocks"))
    return blocking, said, [row["confidence"] for row in heard]


def _preference_doubts(entry: Entry) -> list[str]:
    """A claimed preference that fits none of the goods changes nothing, and that is said."""
    claimed = entry.request.preference
    if any(line.origin is None for line in entry.request.lines):
        return []
    columns = entry.program.tariff.vintage.rules.get("column_row", ())
    known = any(claimed in row.get("preferences", ()) for row in columns)
    applied = any(preference_applies(goods, entry.program) for goods in entry.goods)
    return [] if not known or applied else [f"preference_not_applied:{claimed}"]


def _sources(charges: Iterable[Charge], used: Iterable[ReliefRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(charge.source for charge in charges), *(row.source for row in used))))


def _without_value(answer: Estimate) -> Estimate:
    """Without an exchange rate, or below nothing, there is no value, and nothing reckoned on it may be shown."""
    lines = tuple(LineDuties(line.hs_code, line.why, (), line.alternatives) for line in answer.lines)
    return Estimate(
        answer.destination, answer.entry_on, answer.currency, False, answer.confidence, None, lines,
        reasons=answer.reasons, sources=answer.sources,
    )  # fmt: skip


def _blank(request: EstimateRequest) -> Estimate:
    """An answer that holds nothing but the question."""
    lines = tuple(LineDuties(line.hs_code, "not classified") for line in request.lines)
    return Estimate(request.destination, request.entry_on, None, False, "low", None, lines)
