"""Examples of request bodies, as the OpenAPI document shows them; a test holds each against its model."""

from __future__ import annotations

from typing import Any

_RING: dict[str, Any] = {
    "sku": "R-18K-01",
    "serial": "GT-000184",
    "description": "18K yellow gold ring, one 0.05 ct diamond",
    "article": "ring",
    "metal": "gold",
    "fineness": 750,
    "construction": "solid",
    "stones": "diamond",
    "origin": "CN",
    "hs_code": None,
    "quantity": 1,
    "gross_weight_g": "5.30",
    "net_weight_g": "5.20",
    "price": {"amount": "1180.00", "currency": "EUR"},
}
OpenReturnBody: dict[str, Any] = {
    "kind": "refund",
    "reason": "change_of_mind",
    "order": {"number": "SO-1001", "sold_on": "2026-11-01", "delivered_on": "2026-11-12"},
    "original_export": {
        "carrier": "fedex",
        "tracking_number": "794987654321",
        "invoice_number": "INV-1001",
        "exported_on": "2026-11-03",
        "reference": "310120260000123456",
        "mode": "9610",
    },
    "customer": {
        "name": "A. Customer",
        "email": "customer@example.com",
        "phone": "+33 1 00 00 00 00",
        "language": "fr",
        "address": {
            "lines": ["1 rue de l'Exemple"],
            "city": "Paris",
            "region": None,
            "postal_code": "75002",
            "country": "FR",
        },
    },
    "return_to": "SZX-1",
    "items": [_RING],
    "carrier": None,
    "pickup": {"on": "2026-11-24", "from": "10:00", "until": "16:00"},
}
ExportBody: dict[str, Any] = {"reference": "310120260000123456", "mode": "9610", "export_rebate": False}
EstimateBody: dict[str, Any] = {
    "destination": "US",
    "dispatched_from": "DE",
    "entry_on": "2026-11-22",
    "purpose": "refund_return",
    "entry": "informal",
    "channel": "express",
    "consignee": "merchant",
    "region": None,
    "preference": None,
    "freight": {"amount": "0.00", "currency": "USD"},
    "insurance": {"amount": "0.00", "currency": "USD"},
    "lines": [
        {
            "article": "ring",
            "hs_code": None,
            "metal": "gold",
            "fineness": 750,
            "construction": "solid",
            "stones": "none",
            "origin": "CN",
            "quantity": 1,
            "net_weight_g": "5.20",
            "value": {"amount": "1200.00", "currency": "USD"},
            "value_basis": "fob",
        }
    ],
    "history": {
        "imported_on": "2025-11-01",
        "duty_paid_on_import": True,
        "exported_on": "2026-03-10",
        "export_reference": None,
        "export_mode": None,
        "same_state": None,
        "importer_is_exporter": True,
        "sold_to_consumer": True,
        "drawback_claimed": False,
        "export_rebate": None,
        "vat_refunded": None,
        "return_reason": "change_of_mind",
        "permit": None,
    },
    "repair": None,
}
RoutesBody: dict[str, Any] = {
    "lane": {"from": "FR", "to": "CN"},
    "on": "2026-11-24",
    "carrier": None,
    "service": None,
    "parcel": {"items": [_RING], "gross_weight_g": "180"},
}
DecideReturnBody: dict[str, Any] = {
    "outcome": "refused",
    "reasons": ["excluded_custom"],
    "legal_grounds": ["returns/withdrawal@2021-01-01#X-EU-CUSTOM"],
    "note": "engraved on both sides, by the order",
}
DeclareWithdrawalBody: dict[str, Any] = {"lines": [1], "language": "fr"}
CancelReturnBody: dict[str, Any] = {"reason": "customer_keeps_it"}
BookPickupBody: dict[str, Any] = {"leg": 1, "on": "2026-11-24", "from": "10:00", "until": "16:00"}
ChangePickupBody: dict[str, Any] = {"on": "2026-11-25", "from": "09:00", "until": "13:00"}
ChooseNoticesBody: dict[str, Any] = {"opted_out": True}
RecordDutyBody: dict[str, Any] = {
    "country": "FR",
    "entry_number": "26FR00012345678901",
    "number_kind": "entry",
    "paid_on": "2026-11-10",
    "duty": {"amount": "29.50", "currency": "EUR"},
    "tax": {"amount": "241.90", "currency": "EUR"},
    "fees": None,
    "paid_by": "carrier_account",
    "importer": "customer",
    "declared_by": "carrier",
    "carrier": "fedex",
    "invoice_number": "3-123-45678",
    "left_on": None,
    "export_reference": None,
    "used": False,
    "same_state": True,
    "sold_at_a_distance": True,
    "value": {"amount": "1180.00", "currency": "EUR"},
    "channel": "express",
    "corrects": False,
    "why": None,
}
DutyActionBody: dict[str, Any] = {
    "on": "2026-11-20",
    "reference": "REP-2026-0001",
    "way": None,
    "amount": {"amount": "271.40", "currency": "EUR"},
    "final": True,
    "why": None,
    "corrects": False,
}
PrepareClaimBody: dict[str, Any] = {
    "leg": 1,
    "party": "carrier",
    "kind": "loss",
    "amount": {"amount": "1180.00", "currency": "EUR"},
    "freight": {"amount": "42.00", "currency": "EUR"},
    "discovered_on": "2026-11-20",
}
PrepareRecallBody: dict[str, Any] = {
    "announced_on": "2026-11-22",
    "hazard": {
        "en": "The clasp of this necklace may release nickel and cause an allergic reaction.",
        "fr": "Le fermoir de ce collier peut libérer du nickel et provoquer une réaction allergique.",
        "de": "Der Verschluss dieser Kette kann Nickel abgeben und eine Allergie auslösen.",
        "zh-Hans": "该项链的搭扣可能释放镍，引起过敏反应。",
    },
    "product": {
        "name": {"en": "Necklace Aurora", "fr": "Collier Aurora", "de": "Kette Aurora", "zh-Hans": "Aurora 项链"},
        "brand": "Goldthread",
    },
    "reach": {"serials": ["GT-000184"], "skus": ["N-18K-07"]},
    "remedies": ["refund", "replacement"],
    "return_to": "SZX-1",
}
RecallSalesBody: dict[str, Any] = {
    "sales": [{name: OpenReturnBody[name] for name in ("order", "original_export", "customer", "items")}]
}
NoteDisputeBody: dict[str, Any] = {
    "scheme": "visa",
    "code": "13.7",
    "opened_on": "2026-12-20",
    "reference": "CB-2026-118",
    "amount": {"amount": "1180.00", "currency": "EUR"},
    "answer_by": "2027-01-09",
}
DisputeActionBody: dict[str, Any] = {"why": None}
CompareRepairsBody: dict[str, Any] = {
    "operations": [
        {"code": "resize", "line": 1, "facts": {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"}},
    ],
    "under_warranty": None,
}
RepairOptionsBody: dict[str, Any] = {
    **CompareRepairsBody,
    "request": {**OpenReturnBody, "kind": "repair", "reason": "repair"},
}
OrderRepairBody: dict[str, Any] = {
    **CompareRepairsBody,
    "place": "SZX-1",
    "customs": {"authorisation": "OP-FR-2026-118", "back_by": "2027-05-22"},
}
RepairStepBody: dict[str, Any] = {
    "repair": 1,
    "operations": [],
    "gross_g": "4.20",
    "scale_id": "SZX-S1",
    "stones": 1,
    "marks": "750",
    "condition": ["scratched"],
    "evidence_ids": [],
    "replacement_value": {"amount": "1180.00", "currency": "EUR"},
    "progress": None,
    "added_g": None,
    "removed_g": None,
    "ready_on": None,
    "why": None,
}
OfferQuoteBody: dict[str, Any] = {
    "repair": 1,
    "given": {"freight_back": {"amount": "42.00", "currency": "EUR"}},
    "dry_run": False,
}
LegalHoldBody: dict[str, Any] = {"on": True, "reason": "PROC-2026-118"}
ExportPersonBody: dict[str, Any] = {"email": "customer@example.com"}
HandOverBody: dict[str, Any] = {
    "given_by": "facility",
    "taken_by": "workshop",
    "place": "SZX-1/bench-2",
    "of": "pieces",
    "at": "2026-11-22T09:30:00Z",
    "grams": "5.28",
    "scale_id": "SCALE-1",
    "seal": None,
    "seal_state": "none_used",
    "evidence_ids": [],
    "leg": 1,
    "parcel": 1,
    "note": "for_repair",
}
ReceiptBody: dict[str, Any] = {
    "leg": 1,
    "parcel": 1,
    "facility": "SZX-1",
    "at": None,
    "weight_g": "181.5",
    "scale_id": "DOCK-1",
    "scale_tolerance_g": "0.5",
    "seal": "S-1001",
    "seal_state": "intact",
    "damage": [],
    "packing_g": "176.1",
    "contents": "as_listed",
    "remarks_on_receipt": False,
    "opened_by": ["Li Wei", "Chen Yu"],
    "opening_video": None,
    "evidence_ids": [],
    "covert_mark": "present",
    "inner_label": "matches",
    "sender_differs": False,
    "corrects": False,
    "why": None,
}
InspectionBody: dict[str, Any] = {
    "leg": 1,
    "pieces": [
        {
            "line": 1,
            "came": 1,
            "kept": 0,
            "weighing": {
                "readings_g": ["5.281", "5.280", "5.281"],
                "net_g": None,
                "scale_id": "SCALE-1",
                "calibrated_on": "2026-09-01",
                "tolerance_g": "0.005",
            },
            "changes": [],
            "stones": 1,
            "stone": {"carat": "0.05", "mm": "2.40", "report_active": None},
            "serial": "GT-0001",
            "inscription": "none",
            "hallmark": "Au750",
            "fineness": {
                "readings_ppt": ["751", "750", "749"],
                "second_method": None,
                "second_agrees": None,
                "other_peaks": False,
            },
            "condition": "as_sold",
            "grade": "A",
        }
    ],
    "after_repair": None,
    "opening_video": None,
    "evidence_ids": [],
    "at": None,
    "corrects": False,
    "why": None,
}
CountersignBody: dict[str, Any] = {"agrees": True, "opening_video": None}
ReleaseBody: dict[str, Any] = {
    "why": "customer_agrees",
    "lines": [{"line": 1, "accepted": 1, "net_g": "5.18"}],
}
ClaimActionBody: dict[str, Any] = {
    "on": "2026-11-22",
    "reference": "CLM-2026-0001",
    "amount": {"amount": "1180.00", "currency": "EUR"},
    "protective": True,
    "until": None,
    "wanted": [],
    "final": True,
    "why": None,
    "corrects": False,
}
OfferEvidenceBody: dict[str, Any] = {
    "kind": "photo_item",
    "media_type": "image/jpeg",
    "size": 482113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "line": 1,
    "leg": None,
}
PaymentBody: dict[str, Any] = {
    "total": {"amount": "1195.00", "currency": "EUR"},
    "provider": "stripe",
    "payment_reference": "pi_3P0000000000000000000001",
    "method": "card",
    "scheme": "visa",
    "paid_on": "2026-11-01",
    "tax": {"amount": "199.17", "currency": "EUR"},
    "tax_included": True,
    "freight": {"amount": "15.00", "currency": "EUR"},
    "express_extra": {"amount": "5.00", "currency": "EUR"},
    "duty": {"amount": "0.00", "currency": "EUR"},
    "duty_paid_to": None,
    "discounts": [],
    "rate": None,
    "pieces": 1,
    "gifts": [],
}
SettlementBody: dict[str, Any] = {
    "kind": "refund",
    "reason": "withdrawal",
    "lines": [{"line": 1, "pieces": 1}],
    "ground": None,
    "amount": None,
    "deductions": [],
    "replacement_skus": [],
    "replacement_worth": None,
    "buy_back": None,
    "customer_agreed": None,
    "why": None,
}
SettlementActionBody: dict[str, Any] = {"why": "proposed for the wrong piece"}
ReconcileBody: dict[str, Any] = {"outcome": "paid", "reference": "re_3P0000000000000000000001", "on": "2026-11-30"}
NoteMoneyBody: dict[str, Any] = {
    "from": "customer",
    "to": "merchant",
    "amount": {"amount": "66.89", "currency": "EUR"},
    "why": "repair_price",
    "reference": "TR-2026-0118",
    "on": "2026-11-20",
    "repair": 1,
}
CloseCaseBody: dict[str, Any] = {"reason": "settled_elsewhere", "even_though": False}
ReplayBody: dict[str, Any] = {
    "case_id": None,
    "receiver": "shop-system",
    "since": "2026-11-22T00:00:00Z",
    "until": None,
    "state": "dead",
    "cursor": None,
}
ExceptionActionBody: dict[str, Any] = {
    "note": "The carrier found the booking under our reference",
    "until": None,
    "outcome": "booked",
    "tracking_number": "794987654321",
    "confirmation": None,
    "assignee": None,
}
PlanWayOutBody: dict[str, Any] = {
    "cause": "replacement",
    "settlement_id": "1",
    "repair": None,
    "items": [_RING],
    "facts": {"pays": "merchant", "carrier": None, "freight": None, "seals": ["S-20417"]},
    "without_proof": False,
    "instead": False,
}
CallOffWayOutBody: dict[str, Any] = {"why": "settlement_withdrawn"}
