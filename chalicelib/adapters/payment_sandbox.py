"""A provider of payments in a folder: one file for each refund, so that a story can be told and looked at.

The file of a reference is made once and whole, or not at all: a second call with the same reference finds the first one
and pays nothing again. ``fail.json`` in the folder says which references (``*``: any) go wrong, and how:
``unreachable``, ``unknown_before`` and ``unknown_after`` (the answer is lost before or after it was paid), ``pending``,
``refused:<why>``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from chalicelib.workflows.payment_ports import (
    PaymentOutcomeUnknown,
    PaymentState,
    PaymentUnreachable,
    Refunded,
    RefundOrder,
)

FAILS = "fail.json"
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class SandboxPayments:
    """``Payments`` by files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def refund(self, order: RefundOrder) -> Refunded:
        """Write the refund down, once for each reference."""
        fault, _, why = self._fault(order.reference).partition(":")
        if fault == "unreachable":
            raise PaymentUnreachable("the sandbox is away")
        if fault == "unknown_before":
            raise PaymentOutcomeUnknown("the sandbox hung up")
        if fault == "refused":
            return Refunded("refused", why=why or "declined")
        self._write(order, "pending" if fault == "pending" else "done")
        if fault == "unknown_after":
            raise PaymentOutcomeUnknown("the sandbox hung up")
        found = self.find(order)
        if found is None:
            raise PaymentOutcomeUnknown("another refund is written under this reference")
        return found

    def find(self, order: RefundOrder) -> Refunded | None:
        """The refund of this reference, as it was written; None for none, or one that is another."""
        kept = self._read(self._file(order.reference))
        if kept is None or kept.get("amount") != order.amount.as_json():
            return None
        state: PaymentState = kept["state"]
        return Refunded(state, kept["id"])

    def _file(self, reference: str) -> Path:
        if not REFERENCE.fullmatch(reference):
            raise PaymentUnreachable("this reference names no file")
        return self._folder / f"{reference}.json"

    def _fault(self, reference: str) -> str:
        told = self._read(self._folder / FAILS) or {}
        return str(told.get(reference, told.get("*", "")))

    def _read(self, file: Path) -> dict[str, Any] | None:
        try:
            kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise PaymentUnreachable("the sandbox cannot be read") from None
        return kept

    def _write(self, order: RefundOrder, state: str) -> None:
        """Made aside and then given its name, which fails where the name is taken: no half file is ever found."""
        said = {
            "id": f"sandbox_{order.reference}",
            "reference": order.reference,
            "payment": order.payment_reference,
            "amount": order.amount.as_json(),
            "state": state,
        }
        target = self._file(order.reference)
        aside = self._folder / f".{uuid4().hex}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(said, indent=1), encoding="utf-8")
            os.link(aside, target)
        except FileExistsError:
            return
        except OSError:
            raise PaymentUnreachable("the sandbox cannot be written") from None
        finally:
            aside.unlink(missing_ok=True)
