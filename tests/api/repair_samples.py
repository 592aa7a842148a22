"""Answers of the bench's stories, in the shapes that the stories give."""

from typing import Any

EUR = {"amount": "38.00", "currency": "EUR"}
LINE: dict[str, Any] = {
    "code": "work.resize", "line": 1, "amount": EUR, "paid_to": "merchant", "rule": "r", "source": "s", "note": None,
    "grams": None, "fine_g": None, "given_by": None, "confidence": "high",
}  # fmt: skip
QUOTE: dict[str, Any] = {
    "quote_id": "1-1", "repair": 1, "version": 1, "state": "offered", "lines": [LINE], "total": EUR,
    "payable_to_us": EUR, "confidence": "high", "offered_at": "2026-11-22T10:00:00Z", "offered_by": "boss@desk",
    "valid_until": "2026-12-06T10:00:00Z",
    "metal_price": {"metal": "gold", "per_ounce": "2000.00", "currency": "EUR", "on": "2026-11-20", "source": "s"},
    "answered_at": None, "answered_by": None, "consent_id": None, "silent_since": "2026-11-22T10:00:00Z",
    "reminded": 0, "why": None,
}  # fmt: skip
REPAIR: dict[str, Any] = {
    "repair": 1, "state": "taken_in", "line": 1, "place": "SZX-1", "country": "CN", "partner": False,
    "under_warranty": None,
    "operations": [{"code": "resize", "title": "Make a ring larger or smaller", "facts": {"sizes": "2"}}],
    "ordered_at": "2026-11-22T10:00:00Z", "ordered_by": "boss@desk",
    "take_in": {
        "at": "2026-11-22T10:00:00Z", "by": "boss@desk", "gross_g": "4.20", "scale_id": "S-1", "stones": 1,
        "marks": "750", "condition": ["scratched"], "evidence_ids": ["e1"], "photos_kept": 1,
        "replacement_value": None,
    },
    "lacking": [{"field": "consent", "code": "required", "detail": "d"}], "consent": None,
    "progress": [{"code": "at_the_bench", "text": "t", "at": "2026-11-22T10:00:00Z", "by": "boss@desk"}],
    "started_at": None, "promised_on": None, "metal_added_g": None, "metal_removed_g": None, "gross_after_g": None,
    "expected_low_g": None, "expected_high_g": None, "tested_ok": None, "tested_by": None,
    "weight_accepted_by": None, "finished_at": None, "asked_out_at": None, "handed_back_at": None,
    "unclaimed_since": None, "told": 0, "why": None,
    "customs": {
        "relief": None, "authorisation": None, "permit": None, "export_reference": None, "export_mode": None,
        "back_by": None, "guarantee_proven": None, "guarantee_proof": None, "fair_value": None, "freight_out": None,
        "insurance": None, "chosen_by": None, "chosen_at": None,
    },
    "way_back": {
        "destination": "FR", "currency": "EUR", "complete": True, "confidence": "medium", "customs_value": "1180.00",
        "total": "294.57", "total_if_proven": "0.00", "reasons": [],
        "relief": [{
            "code": "EU-OP", "kind": "repair", "status": "unproven", "saves": "294.57", "due": "0.00",
            "missing": ["repair.authorisation"], "claim_by": None, "claimant": "importer", "form": "f", "why": "w",
            "confidence": "medium",
        }],
    },
    "possible": ["start", "unrepaired"], "quotes": [QUOTE],
}  # fmt: skip
OPTIONS: dict[str, Any] = {
    "case_id": "c-01", "on": "2026-11-22", "currency": "EUR",
    "options": [{
        "code": "repair_here", "place": "ATELIER-FR", "possible": True, "why_not": [],
        "costs": [{
            "code": "work.resize", "amount": EUR, "if_proven": None, "paid_by": "customer", "rule": "r",
            "source": "s", "note": None, "confidence": "high",
        }],
        "total": EUR, "total_if_proven": EUR, "customer_pays": EUR,
        "merchant_pays": {"amount": "0.00", "currency": "EUR"}, "days_min": 6, "days_max": 6, "legs": [],
        "risk": {"crossings": 0, "uncovered": EUR, "reasons": []}, "keeps": "customer", "metal_worth": None,
        "unknown": [], "confidence": "high",
    }],
    "order": [{"option": 0, "code": "repair_here", "why": ["costs 38.00 EUR in all"]}],
}  # fmt: skip
IN_SHORT: dict[str, Any] = {
    "repair": 1, "state": "taken_in", "line": 1, "place": "SZX-1", "progress": None, "promised_on": None,
    "quote_id": "1-1", "quote_state": "offered", "total": EUR,
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "read_repairs": {"case_id": "c-01", "items": [REPAIR]},
    "order_repair": (True, REPAIR),
    "step_repair": REPAIR,
    "offer_quote": (
        True,
        {"repair": 1, "offered": True, "lines": [LINE], "total": EUR, "unknown": [], "quote": QUOTE},
    ),
    "answer_quote": QUOTE,
    "compare_repairs": OPTIONS,
    "compare_unopened": {**OPTIONS, "case_id": None},
}
