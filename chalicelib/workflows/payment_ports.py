"""Paying back: one call to the provider of the payment, with our own reference, and a question what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.errors import ReturnsError
from chalicelib.money import Money

PaymentState = Literal["done", "pending", "refused"]


class PaymentOutcomeUnknown(ReturnsError):
    """The provider may have paid; it is asked by our reference, and never told again."""

    code = "payment_outcome_unknown"


class PaymentUnreachable(ReturnsError):
    """The provider was not reached: nothing was paid."""

    code = "payment_unreachable"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What to pay back: to the payment it was paid with, in its own currency. ``reference`` is ours, and the provider's
    idempotency key."""

    provider: str
    payment_reference: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Refunded:
    """What the provider said. ``provider_reference`` is theirs; ``why`` their reason for refusing."""

    state: PaymentState
    provider_reference: str | None = None
    why: str | None = None


class Payments(Protocol):
    """Providers of payments."""

    def refund(self, order: RefundOrder) -> Refunded:
        """Pay back. Raises ``PaymentUnreachable`` and ``PaymentOutcomeUnknown``."""

    def find(self, order: RefundOrder) -> Refunded | None:
        """What became of a refund with our reference; None: the provider knows none. Raises ``PaymentUnreachable``."""
