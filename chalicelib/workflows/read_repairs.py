"""The repairs of a case as the desk reads them: how far each is, what it lacks, its quotes, what customs will ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.customs.answer import Estimate
from chalicelib.errors import NotFoundError
from chalicelib.money import Money
from chalicelib.returns import repair_orders as steps
from chalicelib.returns.quotes import sureness, unknown_in
from chalicelib.returns.repair import CustomsChoice, Progress, Quote, QuoteLine, RepairOrder, TakeIn
from chalicelib.returns.repair_rules import RepairRules
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_quote import Offered, answer_quote, offer_quote
from chalicelib.workflows.keep_repair import act_on_repair, order_repair
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.repair_sight import estimate_back, sight_of


def read_repairs(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """Every repair of a case, oldest first. Raises ``NotFoundError`` without the case."""
    file = file_of(ports, case_id)
    orders = sorted(file.parts.of(RepairOrder), key=lambda one: one.n)
    return {"case_id": case_id, "items": [_row(ports, file, one.n, now) for one in orders]}


def ask_repair(ports: Ports, case_id: str, wish: Any, *, holder: str, now: datetime) -> tuple[bool, dict[str, Any]]:
    """Order a repair; whether it is new, and how it stands."""
    is_new, n = order_repair(ports, case_id, wish, holder=holder, now=now)
    return is_new, _row(ports, file_of(ports, case_id), n, now)


def step_repair(
    ports: Ports, case_id: str, n: int | None, deed: Any, *, holder: str, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """Take a step of a repair (the last one, where none is named); how it stands then."""
    number = n or last_of(file_of(ports, case_id)).n
    act_on_repair(ports, case_id, number, deed, holder=holder, now=now)
    return _row(ports, file_of(ports, case_id), number, now)


def offer(
    ports: Ports, case_id: str, n: int | None, given: Mapping[str, Money], *, dry_run: bool, holder: str, now: datetime
) -> tuple[bool, dict[str, Any]]:
    """Offer a quote, or show what one would say; whether it is new."""
    number = n or last_of(file_of(ports, case_id)).n
    made = offer_quote(ports, case_id, number, given, dry_run=dry_run, holder=holder, now=now)
    return made.is_new, _offered_row(number, made)


def answer(ports: Ports, case_id: str, quote_id: str, *, approve: bool, holder: str, now: datetime) -> dict[str, Any]:
    """Note the customer's answer as the desk heard it; the quote as it stands then."""
    quote = answer_quote(ports, case_id, quote_id, approve=approve, by=holder, now=now)
    return quote_row(quote)


def quote_row(quote: Quote) -> dict[str, Any]:
    """A quote with every line, where it comes from and how sure it is."""
    payable = quote.payable_to_us
    return {
        "quote_id": quote.part_id,
        "repair": quote.repair_n,
        "version": quote.version,
        "state": quote.state,
        "lines": [line_row(line) for line in quote.lines],
        "total": quote.total.as_json() if quote.total else None,
        "payable_to_us": payable.as_json() if payable else None,
        "confidence": sureness(quote.lines),
        "offered_at": stamp(quote.offered_at),
        "offered_by": quote.offered_by,
        "valid_until": stamp(quote.valid_until),
        "metal_price": _price_row(quote),
        "answered_at": known_stamp(quote.answered_at),
        "answered_by": quote.answered_by,
        "consent_id": quote.consent_id,
        "silent_since": known_stamp(quote.silent_since),
        "reminded": quote.reminded,
        "why": quote.why,
    }


def line_row(line: QuoteLine) -> dict[str, Any]:
    """One line of a quote; an amount that is not known is null, and the note says why."""
    return {
        "code": line.code,
        "line": line.line,
        "amount": line.amount.as_json() if line.amount else None,
        "paid_to": line.paid_to,
        "rule": line.rule,
        "source": line.source,
        "note": line.note,
        "grams": _grams(line.grams),
        "fine_g": _grams(line.fine_g),
        "given_by": line.given_by,
        "confidence": line.confidence,
    }


def last_of(file: CaseFile) -> RepairOrder:
    """The last repair of a case that is open, else its last one; raises ``NotFoundError``."""
    orders = file.parts.of(RepairOrder)
    found = steps.newest(one for one in orders if not one.is_over) or steps.newest(orders)
    if found is None:
        raise NotFoundError("this return has no repair; order one first")
    return found


def _row(ports: Ports, file: CaseFile, n: int, now: datetime) -> dict[str, Any]:
    sight = sight_of(file, n, ports.merchant(), now)
    order, rules = sight.order, sight.rules
    begun = order.state in ("ordered", "taken_in")
    lacks = steps.lacks_before_work(order, sight.photos, rules) if begun else []
    back = estimate_back(ports, sight, now.date())
    return {
        "repair": order.n,
        "state": order.state,
        "line": order.line,
        "place": order.place,
        "country": sight.place.country,
        "partner": order.partner,
        "under_warranty": order.under_warranty,
        "operations": [
            {"code": one.code, "title": _title(rules, one.code), "facts": dict(one.facts)} for one in order.operations
        ],
        "ordered_at": stamp(order.ordered_at),
        "ordered_by": order.ordered_by,
        "take_in": _take_in(order.take_in, sight.photos),
        "lacking": [{"field": one.field, "code": one.code, "detail": one.detail} for one in lacks],
        "consent": order.consent,
        "progress": [_progress(one, rules) for one in order.progress],
        **_work(order),
        "customs": _customs(order.customs),
        "way_back": _way_back(back),
        "possible": [one for one in steps.REPAIR_STEPS if order.state in steps.STEPS[one]],
        "quotes": [quote_row(one) for one in sight.quotes],
    }


def _work(order: RepairOrder) -> dict[str, Any]:
    return {
        "started_at": known_stamp(order.started_at),
        "promised_on": order.promised_on.isoformat() if order.promised_on else None,
        "metal_added_g": _grams(order.metal_added_g),
        "metal_removed_g": _grams(order.metal_removed_g),
        "gross_after_g": _grams(order.gross_after_g),
        "expected_low_g": _grams(order.expected_low_g),
        "expected_high_g": _grams(order.expected_high_g),
        "tested_ok": order.tested_ok,
        "tested_by": order.tested_by,
        "weight_accepted_by": order.weight_accepted_by,
        "finished_at": known_stamp(order.finished_at),
        "asked_out_at": known_stamp(order.asked_out_at),
        "handed_back_at": known_stamp(order.handed_back_at),
        "unclaimed_since": known_stamp(order.unclaimed_since),
        "told": order.told,
        "why": order.why,
    }


def _take_in(found: TakeIn | None, photos: int) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "at": stamp(found.at),
        "by": found.by,
        "gross_g": str(found.gross_g),
        "scale_id": found.scale_id,
        "stones": found.stones,
        "marks": found.marks,
        "condition": list(found.condition),
        "evidence_ids": list(found.evidence_ids),
        "photos_kept": photos,
        "replacement_value": found.replacement_value.as_json() if found.replacement_value else None,
    }


def _customs(chosen: CustomsChoice) -> dict[str, Any]:
    return {
        "relief": chosen.relief,
        "authorisation": chosen.authorisation,
        "permit": chosen.permit,
        "export_reference": chosen.export_reference,
        "export_mode": chosen.export_mode,
        "back_by": chosen.back_by.isoformat() if chosen.back_by else None,
        "guarantee_proven": chosen.guarantee_proven,
        "guarantee_proof": chosen.guarantee_proof,
        "fair_value": chosen.fair_value.as_json() if chosen.fair_value else None,
        "freight_out": chosen.freight_out.as_json() if chosen.freight_out else None,
        "insurance": chosen.insurance.as_json() if chosen.insurance else None,
        "chosen_by": chosen.chosen_by,
        "chosen_at": known_stamp(chosen.chosen_at),
    }


def _way_back(found: Estimate | None) -> dict[str, Any] | None:
    """What the border of the way back will ask, and every relief with what it still lacks."""
    if found is None:
        return None
    told = found.as_json()
    names = (
        "destination",
        "currency",
        "complete",
        "confidence",
        "customs_value",
        "total",
        "total_if_proven",
        "reasons",
    )
    rows = [row for row in told["relief"] if row["status"] != "not_eligible"]
    kept = ("code", "kind", "status", "saves", "due", "missing", "claim_by", "claimant", "form", "why", "confidence")
    return {name: told[name] for name in names} | {"relief": [{name: row[name] for name in kept} for row in rows]}


def _offered_row(n: int, made: Offered) -> dict[str, Any]:
    return {
        "repair": n,
        "offered": made.quote is not None,
        "lines": [line_row(line) for line in made.lines],
        "total": made.total.as_json() if made.total else None,
        "unknown": [{"field": one.field, "code": one.code, "detail": one.detail} for one in unknown_in(made.lines)],
        "quote": quote_row(made.quote) if made.quote else None,
    }


def _price_row(quote: Quote) -> dict[str, Any] | None:
    if quote.metal_price is None or quote.metal is None or quote.total is None:
        return None
    return {
        "metal": quote.metal,
        "per_ounce": str(quote.metal_price),
        "currency": quote.total.currency,
        "on": quote.metal_price_on,
        "source": quote.metal_price_source,
    }


def _title(rules: RepairRules, code: str) -> str:
    """What work of a rule that has gone since was called is its code."""
    row = rules.operations.get(code)
    return row.title if row else code


def _progress(one: Progress, rules: RepairRules) -> dict[str, Any]:
    row = rules.progress.get(one.code)
    return {"code": one.code, "text": row.text if row else one.code, "at": stamp(one.at), "by": one.by}


def _grams(weight: Decimal | None) -> str | None:
    return None if weight is None else format(weight, "f")
