"""Secrets of the local stage: random, made once, kept beside the state, put where the functions look."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.deployment import Deployed
from infra.local.stack import Ministack

ACCOUNT_DIGITS = 9


def load_or_make(file: Path) -> dict[str, Any]:
    """Read the secrets of this state, or make them when it is new."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(_made(), indent=1))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def webhook_key(values: Mapping[str, Any]) -> str:
    """The key with which the carrier signs what it pushes."""
    key: str = values["webhooks"]["fedex"][0]
    return key


def put(aws: Ministack, deployed: Deployed, values: Mapping[str, Any]) -> None:
    """Put the values into the secrets that the stack made; a value that is there already is left alone."""
    store = aws.client("secretsmanager")
    for output, name in (("WebhooksSecretId", "webhooks"), ("CarriersSecretId", "carriers")):
        secret = deployed.outputs[output]
        text = json.dumps(values[name], sort_keys=True)
        if store.get_secret_value(SecretId=secret)["SecretString"] != text:
            store.put_secret_value(SecretId=secret, SecretString=text)


def _made() -> dict[str, Any]:
    # Two live webhook keys, as during a rotation: the carrier signs with the first.
    return {
        "webhooks": {
            "fedex": [secrets.token_urlsafe(32), secrets.token_urlsafe(32)],
            "customer_digest": secrets.token_hex(32),
        },
        "carriers": {
            "fedex": {
                "account_number": "".join(secrets.choice("123456789") for _ in range(ACCOUNT_DIGITS)),
                "track": _client(),
                "ship": _client(),
            }
        },
    }


def _client() -> dict[str, str]:
    return {"client_id": f"l7{secrets.token_hex(16)}", "client_secret": secrets.token_hex(16)}
