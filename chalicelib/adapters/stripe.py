"""Refunds by Stripe: form-encoded calls under our own idempotency key, and a search by our reference.

Wire format as read on 2026-11-22 in Stripe's API reference (refunds: create, list, object; idempotent requests):
amounts are integers of the currency's smallest unit, statuses are pending, requires_action, succeeded, failed and
canceled, a key is kept for at least 24 hours and a call that conflicts with one in hand is answered 409. From memory
and not read again: the error envelope ``{"error": {"type", "code"}}`` with types such as ``idempotency_error``, and
which of its codes a refund may have (``charge_already_refunded``); whatever else they say is told on as it came.

A key outlives its day by chance alone, so a call is never made again on its strength: what may have been carried out is
looked up by ``metadata[reference]``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnavailable
from chalicelib.money import Money, decimals_of
from chalicelib.workflows.payment_ports import (
    PaymentOutcomeUnknown,
    PaymentState,
    PaymentUnreachable,
    Refunded,
    RefundOrder,
)
from chalicelib.workflows.ports import CarrierLink, HttpResponse

HOST = "stripe"
PATH = "/v1/refunds"
PAGE = 100
MOST_PAGES = 20
STATES: Mapping[str, PaymentState] = {
    "succeeded": "done",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "refused",
    "canceled": "refused",
}
# What was found first counts least where several are found under one reference: money that went, then money on its way.
WEIGHT: Mapping[PaymentState, int] = {"refused": 0, "pending": 1, "done": 2}


class StripePayments:
    """``Payments`` by Stripe's API. ``key`` is the account's secret key."""

    def __init__(self, link: CarrierLink, key: str) -> None:
        self._link, self._key = link, key

    def refund(self, order: RefundOrder) -> Refunded:
        """Pay back, under our reference as the idempotency key. Raises ``PaymentUnreachable`` where nothing can have
        been done, ``PaymentOutcomeUnknown`` where something can."""
        form = {
            _paid_by(order): order.payment_reference,
            "amount": str(minor_units(order.amount)),
            "metadata[reference]": order.reference,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "idempotency-key": order.reference}
        request = HttpRequest("POST", PATH, self._headers(headers), urlencode(form).encode(), reads_only=False)
        try:
            answer = self._link.call(HOST, request)
        except CarrierUnavailable as away:
            raise PaymentUnreachable(str(away)) from None
        except CarrierOutcomeUnknown as lost:
            raise PaymentOutcomeUnknown(str(lost)) from None
        return _told(order, answer)

    def find(self, order: RefundOrder) -> Refunded | None:
        """The refund of this payment that bears our reference; None: there is none. Raises ``PaymentUnreachable``."""
        found: list[Refunded] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = self._page(order, after)
            rows = [row for row in page.get("data", ()) if isinstance(row, Mapping)]
            found += [_refunded(row) for row in rows if _is_ours(row, order)]
            if not page.get("has_more") or not rows:
                return max(found, key=lambda one: WEIGHT[one.state], default=None)
            after = str(rows[-1].get("id"))
        raise PaymentUnreachable("this payment has more refunds than are read")

    def _page(self, order: RefundOrder, after: str | None) -> Mapping[str, Any]:
        query = {_paid_by(order): order.payment_reference, "limit": str(PAGE)}
        query |= {"starting_after": after} if after else {}
        request = HttpRequest("GET", f"{PATH}?{urlencode(query)}", self._headers({}), b"", reads_only=True)
        try:
            answer = self._link.call(HOST, request)
        except (CarrierUnavailable, CarrierOutcomeUnknown) as away:
            raise PaymentUnreachable(str(away)) from None
        page = _json(answer)
        if answer.status != 200 or page is None or not isinstance(page.get("data"), list):
            raise PaymentUnreachable(f"stripe answered {answer.status} to a question")
        return page

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key}", "accept": "application/json", **more}


def minor_units(money: Money) -> int:
    """The amount in the smallest unit of its currency; ``ValueError`` for a part of one.

    >>> minor_units(Money(Decimal("10.50"), "USD")), minor_units(Money(Decimal(500), "JPY"))
    (1050, 500)
    """
    return units_of(money.amount, decimals_of(money.currency))


def units_of(amount: Decimal, decimals: int) -> int:
    """The same by how many decimals a currency has. Of three the last must be nought: Stripe takes no finer ones.

    >>> units_of(Decimal("5.120"), 3)
    5120
    """
    units = amount.scaleb(decimals)
    if units != units.to_integral_value() or units <= 0 or (decimals == 3 and units % 10):
        raise ValueError("an amount to pay is a whole number of its currency's smallest unit")
    return int(units)


def _paid_by(order: RefundOrder) -> str:
    """What a payment reference is: an older one names the charge itself."""
    return "charge" if order.payment_reference.startswith(("ch_", "py_")) else "payment_intent"


def _told(order: RefundOrder, answer: HttpResponse) -> Refunded:
    """What an answer to a refund says."""
    said = _json(answer)
    if said is not None and answer.status == 200:
        if _is_ours(said, order):
            return _refunded(said)
        raise PaymentOutcomeUnknown("stripe answered with another refund than was asked for")
    error = said.get("error") if said is not None else None
    if answer.status in (401, 403, 429):
        raise PaymentUnreachable(f"stripe did not take the call ({answer.status})")
    if answer.status in (400, 402, 404) and isinstance(error, Mapping) and error.get("type") != "idempotency_error":
        return Refunded("refused", why=str(error.get("code") or error.get("type") or answer.status)[:80])
    raise PaymentOutcomeUnknown(f"stripe answered {answer.status}")


def _is_ours(row: Mapping[str, Any], order: RefundOrder) -> bool:
    """Whether this is the refund that was asked for: our reference, and the very amount."""
    marked = row.get("metadata")
    return (
        isinstance(marked, Mapping)
        and marked.get("reference") == order.reference
        and row.get("amount") == minor_units(order.amount)
        and str(row.get("currency", "")).upper() == order.amount.currency
        and row.get("status") in STATES
    )


def _refunded(row: Mapping[str, Any]) -> Refunded:
    state = STATES[str(row["status"])]
    why = str(row.get("failure_reason") or row["status"])[:80] if state == "refused" else None
    return Refunded(state, str(row.get("id") or "") or None, why)


def _json(answer: HttpResponse) -> dict[str, Any] | None:
    try:
        said = json.loads(answer.body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
