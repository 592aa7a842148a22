"""Values from Secrets Manager, kept in the process for five minutes.

While the store cannot be reached, what was read within the last hour still serves: a sender that was trusted
five minutes ago is not turned away for an outage of ours, and a value that was rotated out is not trusted for
longer than that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.aws import Clients, code_of, reaching
from chalicelib.errors import UnavailableError

KEPT_S = 300
SERVES_S = 3600
ASK_AGAIN_S = 15


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    value: Mapping[str, Any]
    read_at: float
    ask_from: float


class StoredSecrets:
    """``Secrets`` over Secrets Manager.

    ``ids`` names only the secrets that this function may read; ``monotonic`` gives seconds that never jump.
    """

    def __init__(self, clients: Clients, ids: Mapping[str, str], monotonic: Callable[[], float]) -> None:
        self._clients, self._ids, self._monotonic = clients, ids, monotonic
        self._kept: dict[str, _Kept] = {}

    def webhooks(self) -> Mapping[str, Any]:
        """What webhooks are verified with, and the key of customer digests."""
        return self._value("webhooks")

    def carriers(self) -> Mapping[str, Any]:
        """Accounts and credentials by carrier."""
        return self._value("carriers")

    def receivers(self) -> Mapping[str, Any]:
        """Addresses and signing secrets of the merchant's receivers."""
        return self._value("receivers")

    def payments(self) -> Mapping[str, Any]:
        """What each provider of payments asks to be shown."""
        return self._value("payments")

    def _value(self, name: str) -> Mapping[str, Any]:
        now, kept = self._monotonic(), self._kept.get(name)
        if kept is not None and now < kept.ask_from:
            return kept.value
        try:
            value = self._read(name)
        except UnavailableError:
            if kept is None or now > kept.read_at + SERVES_S:
                raise
            self._kept[name] = _Kept(kept.value, kept.read_at, now + ASK_AGAIN_S)
            return kept.value
        self._kept[name] = _Kept(value, now, now + KEPT_S)
        return value

    def _read(self, name: str) -> Mapping[str, Any]:
        """Whatever is wrong with the store, nothing unverified may pass: every failure is the same to the
        caller.
        """
        from botocore.exceptions import ClientError

        if name not in self._ids:
            raise UnavailableError(f"this function was given no secret {name}")
        try:
            with reaching("the secret store"):
                text = self._clients.of("secretsmanager").get_secret_value(SecretId=self._ids[name])["SecretString"]
            value = json.loads(text)
        except ClientError as refused:
            raise UnavailableError(f"the secret {name} cannot be read ({code_of(refused)})") from refused
        except (KeyError, ValueError):
            raise UnavailableError(f"the secret {name} is not JSON text") from None
        if not isinstance(value, dict):
            raise UnavailableError(f"the secret {name} is not a JSON object")
        return value
