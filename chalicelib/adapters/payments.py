"""Providers of payments by name: a folder where nothing is real, and those that move money.

Every provider answers two questions: pay this back under our reference, and what became of it. What cannot be known is
an error of its own, never a guess: ``PaymentUnreachable`` where nothing was paid, ``PaymentOutcomeUnknown`` where it
may have been.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from chalicelib.adapters.payment_sandbox import SandboxPayments
from chalicelib.adapters.stripe import StripePayments
from chalicelib.errors import UnavailableError
from chalicelib.workflows.payment_ports import PaymentUnreachable, Refunded, RefundOrder
from chalicelib.workflows.ports import CarrierLink

SANDBOX, STRIPE = "sandbox", "stripe"


class Provider(Protocol):
    """One provider."""

    def refund(self, order: RefundOrder) -> Refunded:
        """Pay back."""

    def find(self, order: RefundOrder) -> Refunded | None:
        """What became of it."""


class ProviderPayments:
    """``Payments`` by the provider that each order names. ``secrets`` are read when a provider is asked; ``sandbox`` is
    the folder of the provider that pays nothing, None where there is none."""

    def __init__(self, link: CarrierLink, secrets: Callable[[], Mapping[str, Any]], sandbox: str | None = None) -> None:
        self._link, self._secrets, self._sandbox = link, secrets, sandbox

    def refund(self, order: RefundOrder) -> Refunded:
        """Pay back. Raises ``PaymentUnreachable`` and ``PaymentOutcomeUnknown``."""
        return self._provider(order.provider).refund(order)

    def find(self, order: RefundOrder) -> Refunded | None:
        """What became of a refund with our reference; None: the provider knows none. Raises ``PaymentUnreachable``."""
        return self._provider(order.provider).find(order)

    def _provider(self, name: str) -> Provider:
        if name == SANDBOX and self._sandbox is not None:
            return SandboxPayments(Path(self._sandbox))
        if name == STRIPE:
            return StripePayments(self._link, self._key(STRIPE))
        raise PaymentUnreachable(f"no provider is called {name}")

    def _key(self, name: str) -> str:
        """The secret key of a provider; without one nothing was asked and nothing was paid."""
        try:
            known = self._secrets().get(name)
        except UnavailableError:
            raise PaymentUnreachable("the secrets of payments cannot be read") from None
        key = known.get("api_key") if isinstance(known, Mapping) else None
        if not isinstance(key, str) or not key:
            raise PaymentUnreachable(f"no key of {name} is in the secret of payments")
        return key
