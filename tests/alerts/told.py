"""Alerts and receivers for tests; change what matters with keywords."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from chalicelib.alerts.exceptions import ExceptionNote, OpenException
from chalicelib.alerts.told import Alert
from chalicelib.merchant import Merchant
from chalicelib.receivers import OpenHours, Receiver, StormLimit
from tests.fakes.pieces import PRICE
from tests.returns.requests_of import merchant

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday, within everybody's hours below
WEEK = ("mon", "tue", "wed", "thu", "fri")
PARIS_HOURS = OpenHours(WEEK, time(9), time(18), "FR")


def an_alert(
    n: int = 1,
    *,
    at: datetime = NOON,
    action: str = "opened",
    country: str | None = "FR",
    sequence: int = 1,
    **changed: Any,
) -> Alert:
    """A change of the exception of case ``n``."""
    case_id = f"case{n:04d}"
    note = ExceptionNote(at, "goldthread", action, None, sequence)
    said: dict[str, Any] = {
        "subject_kind": "case", "subject": case_id, "episode": "ev1", "kind": "customs_hold", "severity": "high",
        "status": "open", "reason": "customs_documents_missing", "meaning": "Customs want papers.", "to_do": ("Ask",),
        "action_by": "merchant", "deadline": at, "opened_at": at, "case_id": case_id, "leg_n": 1, "carrier": "fedex",
        "money_at_risk": PRICE, "history": (note,), "country": country,
    }  # fmt: skip
    return Alert(OpenException(**said | changed), note)


def a_receiver(receiver_id: str = "desk", **changed: Any) -> Receiver:
    """A chat room without hours, told of everything."""
    said: dict[str, Any] = {
        "id": receiver_id, "channel": "chat", "time_zone": "Europe/Paris", "storm": StormLimit(5, 10),
    }  # fmt: skip
    said |= {"storm": None} if changed.get("channel") == "webhook" else {}
    said |= {"to": ("desk@example.com",)} if changed.get("channel") == "mail" else {}
    return Receiver(**said | changed)


def shop_with(*receivers: Receiver) -> Merchant:
    """The sample shop with these receivers alone."""
    return replace(merchant(), receiver=receivers)
