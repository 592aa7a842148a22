"""A simulated Stripe: refunds over the real wire format, with idempotency keys, lists by pages, and faults on demand.

Form-encoded ``POST /v1/refunds`` and ``GET /v1/refunds?payment_intent=...``; answers and errors are shaped as Stripe's.
It keeps what it was told in memory and moves no money.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]
JSON = {"content-type": "application/json"}
PAGE = 10


@dataclass
class StripeSimulator:
    """One account. ``charged`` is what each payment was, in smallest units, and its currency; ``statuses`` are given to
    the next refunds in turn, ``answers`` are given in the place of the next ones."""

    key: str
    charged: dict[str, tuple[int, str]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    _kept: dict[str, tuple[dict[str, str], Answer]] = field(default_factory=dict)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One call."""
        parts = urlsplit(target)
        self.asked.append((method, target))
        if self.answers:
            return self.answers.pop(0)
        if headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "invalid_request_error", None)
        if parts.path != "/v1/refunds":
            return _error(404, "invalid_request_error", "resource_missing")
        if method == "GET":
            return self._listed({name: texts[0] for name, texts in parse_qs(parts.query).items()})
        if headers.get("content-type") != "application/x-www-form-urlencoded":
            return _error(400, "invalid_request_error", "parameter_missing")
        form = {name: texts[0] for name, texts in parse_qs(body.decode()).items()}
        return self._once(headers.get("idempotency-key"), form)

    def _once(self, key: str | None, form: dict[str, str]) -> Answer:
        if key is None:
            return self._made(form)
        if key not in self._kept:
            self._kept[key] = form, self._made(form)
        before, answer = self._kept[key]
        return answer if before == form else _error(400, "idempotency_error", None)

    def _made(self, form: dict[str, str]) -> Answer:
        name = next((one for one in ("payment_intent", "charge") if one in form), None)
        if name is None or form[name] not in self.charged:
            return _error(404, "invalid_request_error", "resource_missing")
        charged, currency = self.charged[form[name]]
        back = sum(one["amount"] for one in self.refunds if one[name] == form[name] and one["status"] != "failed")
        amount = int(form["amount"])
        if back >= charged:
            return _error(400, "invalid_request_error", "charge_already_refunded")
        if amount > charged - back:
            return _error(400, "invalid_request_error", "amount_too_large")
        status = self.statuses.pop(0) if self.statuses else "succeeded"
        made = {
            "id": f"re_{len(self.refunds) + 1:024d}",
            "object": "refund",
            "amount": amount,
            "charge": form.get("charge"),
            "payment_intent": form.get("payment_intent"),
            "currency": currency,
            "metadata": {key[9:-1]: text for key, text in form.items() if key.startswith("metadata[")},
            "status": status,
            "failure_reason": "expired_or_canceled_card" if status == "failed" else None,
        }
        self.refunds.append(made)
        return 200, JSON, json.dumps(made).encode()

    def _listed(self, query: dict[str, str]) -> Answer:
        """Newest first, by pages of at most ten whatever was asked for, so that paging is tried."""
        name = "charge" if "charge" in query else "payment_intent"
        found = [one for one in reversed(self.refunds) if one[name] == query.get(name)]
        after = query.get("starting_after")
        start = next((n + 1 for n, one in enumerate(found) if one["id"] == after), 0)
        page = found[start : start + min(PAGE, int(query.get("limit", PAGE)))]
        more = start + len(page) < len(found)
        said = {"object": "list", "url": "/v1/refunds", "has_more": more, "data": page}
        return 200, JSON, json.dumps(said).encode()


def _error(status: int, kind: str, code: str | None) -> Answer:
    said = {"error": {"type": kind, "message": "simulated", **({"code": code} if code else {})}}
    return status, JSON, json.dumps(said).encode()
