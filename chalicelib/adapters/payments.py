"""Providers of payments: one by file, where nothing is real, and those that move money."""

from __future__ import annotations

from chalicelib.workflows.payment_ports import PaymentUnreachable, Refunded, RefundOrder


class ProviderPayments:
    """``Payments`` by the provider that each order names."""

    def refund(self, order: RefundOrder) -> Refunded:
        """Pay back."""
        raise PaymentUnreachable(f"no provider is called {order.provider}")

    def find(self, order: RefundOrder) -> Refunded | None:
        """What became of it."""
        raise PaymentUnreachable(f"no provider is called {order.provider}")
