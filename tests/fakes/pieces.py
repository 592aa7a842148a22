"""One ring that comes home, as every part of the table sees it. Change what matters with keywords."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.alerts.exceptions import ExceptionNote, OpenException
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import (
    Address,
    Case,
    Item,
    Order,
    Person,
    PickupWish,
    Plan,
    ReturnRequest,
    rma_of,
)
from chalicelib.shipments.events import Event, LegFacts, Place
from chalicelib.shipments.fold import fold, merge
from chalicelib.shipments.leg import Effect, ExportLink, Leg, Track
from chalicelib.workflows.ports import Booking, LogEntry, Opening, Parked, Pointer, StoredAnswer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CASE_ID = "01KAKS3W0000000000000000RG"
NUMBER = "794612345678"
PRICE = Money(Decimal("1180.00"), "EUR")


def a_case(case_id: str = CASE_ID, **changed: Any) -> Case:
    said: dict[str, Any] = {
        "case_id": case_id,
        "rma": rma_of(case_id),
        "kind": "refund",
        "reason": "change_of_mind",
        "stage": "approved",
        "order_number": "SO-1001",
        "customer_country": "FR",
        "language": "fr",
        "return_to": "SZX-1",
        "money_at_risk": PRICE,
        "created_at": NOW,
        "log_n": 1,
        "log_hash": "h1",
        "effects": (an_effect("book"),),
    }
    return Case(**said | changed)


def an_effect(effect_id: str = "e1") -> Effect:
    return Effect(effect_id, "steps", {"case_id": CASE_ID, "step": "book", "note": None})


def a_request() -> ReturnRequest:
    return ReturnRequest(
        kind="refund",
        reason="change_of_mind",
        order=Order("SO-1001", date(2026, 9, 1), None),
        original_export=ExportLink(carrier="fedex", exported_on=date(2026, 9, 3)),
        customer_country="FR",
        customer_region=None,
        language="fr",
        return_to="SZX-1",
        items=(a_ring(),),
        pickup=PickupWish(date(2026, 11, 24), "10:00", "16:00"),
    )


def an_answer_body() -> dict[str, Any]:
    return {"decision": {"allowed": True}, "estimate": {"total": "306.00"}, "papers": []}


def a_ring() -> Item:
    return Item(
        sku="R-18K-01",
        description="18K yellow gold ring",
        article="ring",
        metal="gold",
        fineness=750,
        construction="solid",
        stones="diamond",
        origin=None,
        quantity=1,
        gross_weight_g=Decimal("5.30"),
        net_weight_g=Decimal("5.20"),
        price=PRICE,
        serial="S-77",
    )


def a_leg(case_id: str = CASE_ID, **changed: Any) -> Leg:
    said: dict[str, Any] = {
        "case_id": case_id,
        "n": 1,
        "direction": "home",
        "carrier": "fedex",
        "service": "FEDEX_INTERNATIONAL_PRIORITY",
        "lane": Lane("FR", "CN"),
        "purpose": "refund_return",
        "customs_value": PRICE,
        "gross_weight_g": Decimal("5.30"),
        "original_export": ExportLink(),
        "return_to": "SZX-1",
    }
    return Leg(**said | changed)


def a_booking(case_id: str = CASE_ID, **changed: Any) -> Booking:
    said: dict[str, Any] = {
        "case_id": case_id, "leg_n": 1, "kind": "waybill", "status": "planned", "reference": "ref-1",
    }  # fmt: skip
    return Booking(**said | changed)


def a_person() -> Person:
    address = Address(("12 rue de la Paix",), "Paris", None, "75002", "FR")
    return Person("Élodie Durand", "elodie@example.com", "+33 1 23 45 67 89", "fr", address)


def a_log_line(n: int = 1, case_id: str = CASE_ID, **changed: Any) -> LogEntry:
    said: dict[str, Any] = {
        "case_id": case_id, "n": n, "at": NOW, "by": "desk", "what": "opened", "facts": {"stage": "approved"},
        "previous_hash": f"h{n - 1}", "hash": f"h{n}",
    }  # fmt: skip
    return LogEntry(**said | changed)


def an_answer(case_id: str = CASE_ID, **changed: Any) -> StoredAnswer:
    said: dict[str, Any] = {
        "scope": "desk", "key": "k-1", "body_digest": "d1", "case_id": case_id,
        "expires_at": NOW + timedelta(days=1),
    }  # fmt: skip
    return StoredAnswer(**said | changed)


def an_opening(case_id: str = CASE_ID, answer: StoredAnswer | None = None, **changed: Any) -> Opening:
    said: dict[str, Any] = {
        "case": a_case(case_id),
        "plan": Plan(case_id, a_request(), an_answer_body()),
        "legs": (a_leg(case_id),),
        "bookings": (a_booking(case_id), a_booking(case_id, kind="pickup", reference="ref-2")),
        "pointers": (Pointer("order", "SO-1001", case_id), Pointer("serial", "S#77", case_id)),
        "person": a_person(),
        "log": a_log_line(1, case_id),
        "answer": answer,
    }  # fmt: skip
    return Opening(**said | changed)


def an_exception(**changed: Any) -> OpenException:
    said: dict[str, Any] = {
        "subject_kind": "case",
        "subject": CASE_ID,
        "episode": "hold-ab12",
        "kind": "customs_hold",
        "severity": "high",
        "status": "open",
        "reason": "customs_documents_missing",
        "meaning": "Customs wait for the original export declaration.",
        "to_do": ("send the export declaration",),
        "action_by": "merchant",
        "deadline": NOW + timedelta(days=2),
        "opened_at": NOW,
        "case_id": CASE_ID,
        "money_at_risk": PRICE,
        "history": (ExceptionNote(NOW, "system", "opened"),),
    }
    return OpenException(**said | changed)


def a_scan(n: int = 0, **changed: Any) -> Event:
    at = NOW + timedelta(hours=n)
    said: dict[str, Any] = {
        "id": f"ev{n:010d}",
        "at": at,
        "at_local": at.isoformat(),
        "tz_source": "offset",
        "code": "IT",
        "exception_code": None,
        "milestone": "in_transit",
        "condition": None,
        "reason": None,
        "text": "Left FedEx origin facility",
        "place": Place("PARIS", "FR"),
        "source": "fedex",
    }
    return Event(**said | changed)


def a_hold(n: int) -> Event:
    return a_scan(
        n, code="CD", milestone="import_customs", condition="held", reason="customs_documents_missing",
        responsible="customs", action_by="merchant", place=Place("SHENZHEN", "CN"), text="Clearance delay",
    )  # fmt: skip


def a_track(*events: Event, **changed: Any) -> Track:
    """A track whose state is what its events mean."""
    known = merge((), events)
    said: dict[str, Any] = {
        "carrier": "fedex",
        "number": NUMBER,
        "ship_date": date(2026, 11, 20),
        "case_id": CASE_ID,
        "leg_n": 1,
        "direction": "home",
        "lane": Lane("FR", "CN"),
        "created_at": NOW,
        "state": fold(known, LegFacts("home", "FR", "CN")),
        "events": known,
        "value": PRICE,
        "due_at": NOW + timedelta(hours=4),
    }
    return Track(**said | changed)


def a_parked(**changed: Any) -> Parked:
    said: dict[str, Any] = {
        "carrier": "fedex", "number": NUMBER, "digest": "ab" * 32, "source": "fedex_push", "received_at": NOW,
        "raw_digest": "cd" * 32, "due_at": NOW + timedelta(hours=1),
    }  # fmt: skip
    return Parked(**said | changed)
