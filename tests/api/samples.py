"""Answers of the stories, in the shapes that the stories give."""

from typing import Any

MONEY = {"amount": "1180.00", "currency": "EUR"}
SUMMARY: dict[str, Any] = {
    "case_id": "c-01",
    "rma": "RMA-2026-0001",
    "kind": "refund",
    "reason": "change_of_mind",
    "stage": "approved",
    "order_number": "SO-1001",
    "customer_country": "FR",
    "return_to": "SZX-1",
    "money_at_risk": MONEY,
    "created_at": "2026-11-22T10:00:00Z",
    "version": 1,
}
SHIPMENT: dict[str, Any] = {
    "carrier": "fedex",
    "tracking_number": "794987654321",
    "ship_date": "2026-11-24",
    "case_id": "c-01",
    "leg": 1,
    "direction": "home",
    "milestone": "import_customs",
    "condition": "held",
    "reason": "customs_documents_missing",
    "responsible": "customs",
    "action_by": "merchant",
    "eta": None,
    "last_event_at": "2026-11-26T08:00:00Z",
    "next_poll_at": "2026-11-26T12:00:00Z",
    "problems": [],
}
EVENT: dict[str, Any] = {
    "id": "a1",
    "at": "2026-11-26T08:00:00Z",
    "at_local": "2026-11-26T16:00:00+08:00",
    "tz_source": "offset",
    "code": "CD",
    "exception_code": None,
    "milestone": "import_customs",
    "condition": "held",
    "reason": "customs_documents_missing",
    "text": "Clearance delay",
    "place": {"city": "SHENZHEN", "country": "CN"},
    "source": "fedex",
    "told_by": ["fedex"],
    "cancelled": False,
}
EXCEPTION: dict[str, Any] = {
    "exception_id": "Y2FzZXxjLTAxfGhvbGQtYTE",
    "case_id": "c-01",
    "leg": 1,
    "carrier": "fedex",
    "tracking_number": "794987654321",
    "kind": "customs_hold",
    "severity": "high",
    "status": "open",
    "reason": "customs_documents_missing",
    "meaning": "Customs wait for papers.",
    "to_do": ["Send the commercial invoice to the broker"],
    "action_by": "merchant",
    "deadline": "2026-11-28T08:00:00Z",
    "opened_at": "2026-11-26T08:00:00Z",
    "resolved_at": None,
    "resolved_by": None,
    "money_at_risk": MONEY,
    "history": [{"at": "2026-11-26T08:00:00Z", "by": "goldthread", "action": "opened", "note": None}],
}
ESTIMATE: dict[str, Any] = {
    "destination": "CN",
    "entry_on": "2026-11-22",
    "currency": "CNY",
    "complete": False,
    "confidence": "medium",
    "customs_value": "9200.00",
    "lines": [
        {
            "hs_code": "7113.19.19",
            "why": "gold ring, solid",
            "alternatives": [],
            "duties": [
                {
                    "layer": "mfn",
                    "rate": "0.08",
                    "base": "9200.00",
                    "amount": "736.00",
                    "rule": "r",
                    "source": "s",
                    "confidence": "medium",
                }
            ],
        }
    ],
    "taxes": [
        {
            "code": "vat",
            "rate": "0.13",
            "base": None,
            "amount": None,
            "rule": "r",
            "source": "s",
            "confidence": "medium",
            "collected_by": "customs",
            "in_total": True,
        }
    ],
    "fees": [],
    "relief": [],
    "total_without_relief": None,
    "total": None,
    "total_if_proven": None,
    "reasons": ["export_reference_required"],
    "sources": ["s"],
}
DECISION: dict[str, Any] = {
    "outcome": "approved",
    "grounds": [
        {
            "code": "withdrawal",
            "verdict": "granted",
            "statutory": True,
            "window_ends_at": "2026-11-26T23:00:00Z",
            "freight_paid_by": "customer",
            "evidence_wanted": [],
            "reasons": ["within_window"],
        }
    ],
    "reasons": [
        {
            "code": "within_window",
            "text": "The window is open.",
            "text_key": "within_window",
            "rule": "r",
            "source": "s",
            "confidence": "high",
            "item": None,
        }
    ],
    "window_ends_at": "2026-11-26T23:00:00Z",
    "policy_version": "2026-01-01",
    "freight_paid_by": "customer",
    "evidence_wanted": [],
    "statutory": True,
    "confidence": "high",
}
CONDITION: dict[str, Any] = {
    "code": "DOUBLE_BOX",
    "text": "Inner box taped and fixed inside an oversized outer box.",
    "state": "to_do",
    "by": "sender",
    "rules": ["FDX-010"],
    "proven_on": None,
}
ROUTE: dict[str, Any] = {
    "carrier": "fedex",
    "service": "INTERNATIONAL_PRIORITY",
    "lane": "FR->CN",
    "bookable": True,
    "outcome": "conditional",
    "conditions": [CONDITION],
    "reasons": [],
    "rules": [
        {
            "id": "FDX-011",
            "decision": "conditional",
            "outcome": "allowed",
            "reason": "DECLARED_CAP",
            "limit": {
                "limit": {"amount": "500.00", "currency": "USD"},
                "basis": "shipment",
                "of": "carrier_declared_value",
                "amount": {"amount": "0.00", "currency": "EUR"},
                "applies": True,
                "passed": False,
            },
            "lifted_by": None,
            "source": "fcx.co.im; reship",
            "as_of": None,
            "checked_on": "2026-11-22",
            "age_days": 2,
            "confidence": "medium",
        }
    ],
    "confidence": "medium",
    "transit": None,
}
BRIEF: dict[str, Any] = {name: ROUTE[name] for name in ("carrier", "service", "bookable", "outcome", "reasons")}
COVER: dict[str, Any] = {
    "insured_by": "Specie",
    "policy_no": "P-1",
    "insured_value": MONEY,
    "carrier_declared_value": {"amount": "0.00", "currency": "EUR"},
    "limit": {"amount": "50000.00", "currency": "EUR"},
    "deductible": None,
    "who_pays": "insurer",
    "gaps": [],
    "claim_clocks": [],
    "liability_floor": {
        "regime": "montreal", "sdr_per_kg": "26", "sdr": "4.68", "source": "s", "confidence": "high",
    },
    "not_checked": [],
    "complete": True,
    "confidence": "medium",
}  # fmt: skip
PICKUP: dict[str, Any] = {
    "pickup_id": "1-1",
    "case_id": "c-01",
    "leg": 1,
    "carrier": "fedex",
    "service": "INTERNATIONAL_PRIORITY",
    "state": "change_requested",
    "on": "2026-11-24",
    "from": "10:00",
    "until": "16:00",
    "time_zone": "Europe/Paris",
    "not_before": None,
    "confirmations": ["3001"],
    "location": "ORYA",
    "ready_by": None,
    "offered": [],
    "parcels": 1,
    "requested": {"status": "planned", "on": "2026-11-25", "from": "09:00", "until": "13:00"},
    "problem": None,
    "next": ["Nothing is asked of anybody: the courier is being moved; until then the old hours stand"],
}
LEG: dict[str, Any] = {
    "leg": 1,
    "direction": "home",
    "carrier": "fedex",
    "service": "INTERNATIONAL_PRIORITY",
    "lane": {"from": "FR", "to": "CN"},
    "purpose": "refund_return",
    "tracking_number": "794987654321",
    "ship_date": "2026-11-24",
    "tracking": SHIPMENT,
    "bookings": [
        {
            "kind": "waybill",
            "pickup_id": None,
            "status": "done",
            "reference": "RMA-2026-0001-1W",
            "not_before": None,
            "result": {"number": "794987654321"},
            "problem": None,
        }
    ],
    "pickups": [PICKUP],
    "carrier_papers": [
        {"name": "label-1", "kind": "label", "media_type": "application/pdf", "status": "kept", "url": None},
    ],
}
PLANNED: dict[str, Any] = {
    "decision": DECISION,
    "estimate": ESTIMATE,
    "route": {**ROUTE, "rules": ["FDX-011"]},
    "cover": COVER,
    "papers": [{"name": "commercial_invoice", "status": "pending", "missing": [], "statements": []}],
    "pickup": {
        "status": "wait",
        "on": "2026-11-24",
        "from": "10:00",
        "until": "16:00",
        "time_zone": "Europe/Paris",
        "not_before": "2026-11-23T09:00:00Z",
        "reasons": [],
        "rule": "pickups/fedex",
    },
    "hand_over": [{"key": "photograph", "text": "Photograph the piece."}],
    "next": ["Nothing is asked of anybody"],
}
PLANNED_LEG = ("leg", "direction", "carrier", "service", "lane", "purpose", "tracking_number")
OPENED: dict[str, Any] = {
    "case_id": "c-01",
    "rma": "RMA-2026-0001",
    "stage": "approved",
    **PLANNED,
    "routes": [BRIEF],
    "legs": [{name: LEG[name] for name in LEG if name in PLANNED_LEG}],
}
CASE: dict[str, Any] = {
    **SUMMARY,
    **PLANNED,
    "legs": [LEG],
    "exceptions": [EXCEPTION],
    "log": [
        {"n": 1, "at": "2026-11-22T10:00:00Z", "by": "boss@desk", "what": "opened", "facts": {"stage": "approved"}}
    ],
    "order": {"number": "SO-1001", "sold_on": "2026-11-01", "delivered_on": "2026-11-12"},
    "original_export": {
        "carrier": "fedex",
        "tracking_number": "794644790132",
        "invoice_number": "INV-1",
        "exported_on": "2026-11-03",
        "reference": "530120260000000001",
        "mode": "9610",
    },
    "items": [
        {
            "sku": "R-18K-01",
            "serial": None,
            "description": "18K yellow gold ring",
            "article": "ring",
            "metal": "gold",
            "fineness": 750,
            "construction": "solid",
            "stones": "none",
            "origin": "CN",
            "quantity": 1,
            "gross_weight_g": "5.30",
            "net_weight_g": "5.20",
            "price": {"amount": "1180.00", "currency": "EUR"},
        }
    ],
}
HAND_OVER = [{"key": "photograph", "text": "Photograph the piece."}]
WINDOWS: dict[str, Any] = {
    "carrier": "fedex",
    "service": None,
    "country": "FR",
    "region": None,
    "time_zone": "Europe/Paris",
    "booked_by": "call",
    "change": "cancel_rebook",
    "change_until": "pickup_day",
    "rule": "pickups/horizons@2025-01-01#fedex-EXPRESS",
    "confidence": "low",
    "days": [
        {
            "on": "2026-11-24",
            "status": "held",
            "held_until": "2026-11-23T05:00:00Z",
            "reasons": [],
            "cut_off": "15:00",
            "cut_off_at": "2026-11-24T14:00:00Z",
            "earliest": "09:00",
            "latest": "17:00",
            "min_window_minutes": 240,
            "source": "carrier",
            "asked_at": "2026-11-22T09:00:00Z",
            "age_minutes": 60,
            "confidence": "low",
        }
    ],
    "hand_over": HAND_OVER,
}
ANSWERS: dict[str, Any] = {
    "open_return": OPENED,
    "read_case": CASE,
    "list_cases": {"items": [SUMMARY], "cursor": None},
    "cancel_case": {
        "case_id": "c-01",
        "stage": "cancelled",
        "calling_off": [{"kind": "pickup_cancel", "leg": 1, "pickup_id": "1-1", "status": "planned"}],
        "next": [],
    },
    "pickup_windows": WINDOWS,
    "book_pickup": {**PICKUP, "hand_over": HAND_OVER},
    "change_pickup": {**PICKUP, "hand_over": HAND_OVER},
    "cancel_pickup": {**PICKUP, "hand_over": HAND_OVER},
    "estimate": ESTIMATE,
    "routes": {
        "on": "2026-11-24",
        "routes": [{**ROUTE, "cover": COVER}],
        "chosen": ROUTE,
        "proposals": [],
        "not_contracted": [],
    },
    "carriers": {"on": "2026-11-24", "origin": "FR", "destination": "CN", "carriers": []},
    "read_shipment": {**SHIPMENT, "events": [EVENT]},
    "list_shipments": {"items": [SHIPMENT], "cursor": "bmV4dA"},
    "list_exceptions": {"items": [EXCEPTION], "cursor": None},
    "act_on_exception": {**EXCEPTION, "status": "acknowledged"},
    "accept_webhook": None,
}
