"""Secrets of the local stage: random, made once, kept beside the state, put where the functions look."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.merchant import load_merchant
from chalicelib.settings import MERCHANT_FILE
from infra.local.deployment import Deployed
from infra.local.outbox import receiver_secrets
from infra.local.stack import ROOT, Ministack

MAIL_DOMAIN = "example.com"
ACCOUNT_DIGITS = 9
SM4_KEY_BYTES = 16


def load_or_make(file: Path, outside: str) -> dict[str, Any]:
    """Read the secrets of this state, or make them; those of a carrier or receiver that an older state lacks are added.
    ``outside`` is where the receivers of chat and webhooks answer this time."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text("{}")
    found: dict[str, Any] = json.loads(file.read_text())
    if _completed(found, outside):
        file.write_text(json.dumps(found, indent=1))
    return found


def prove_sender(aws: Ministack) -> None:
    """Mails may only be sent from a domain that is known to be ours."""
    mail = aws.client("sesv2")
    known = {row["IdentityName"] for row in mail.list_email_identities()["EmailIdentities"]}
    if MAIL_DOMAIN not in known:
        mail.create_email_identity(EmailIdentity=MAIL_DOMAIN)


def put(aws: Ministack, deployed: Deployed, values: Mapping[str, Any]) -> None:
    """Put the values into the secrets that the stack made; a value that is there already is left alone."""
    store = aws.client("secretsmanager")
    for name in ("webhooks", "carriers", "receivers", "payments"):
        output = f"{name.title()}SecretId"
        secret = deployed.outputs[output]
        text = json.dumps(values[name], sort_keys=True)
        if store.get_secret_value(SecretId=secret)["SecretString"] != text:
            store.put_secret_value(SecretId=secret, SecretString=text)


def _completed(found: dict[str, Any], outside: str) -> bool:
    """Add what is missing; whether anything was."""
    missing = False
    for group, entries in _made(outside).items():
        kept = found.setdefault(group, {})
        for name, value in entries.items():
            missing |= name not in kept
            kept.setdefault(name, value)
    for name, receiver in found["receivers"].items():
        missing |= receiver["url"] != (url := f"{outside}/receivers/{name}")
        receiver["url"] = url
    # What opens China Post's pushes closes our calls: one key, known to both functions.
    found["carriers"]["ems"]["open_api"]["sign_key"] = found["webhooks"]["ems"][0]
    return missing


def _made(outside: str) -> dict[str, dict[str, Any]]:
    ids = [one.id for one in load_merchant(ROOT / MERCHANT_FILE).receiver if one.channel in ("chat", "webhook")]
    # Two live keys of each carrier, as during a rotation: the carrier uses the first.
    return {
        "webhooks": {
            "fedex": [secrets.token_urlsafe(32), secrets.token_urlsafe(32)],
            "dhl": [secrets.token_urlsafe(32), secrets.token_urlsafe(32)],
            "ems": [_sign_key(), _sign_key()],
            "customer_digest": secrets.token_hex(32),
        },
        "carriers": {
            "fedex": {"account_number": _account(), "track": _client(), "ship": _client()},
            "dhl": {
                "account_number": _account(),
                "mydhl": {"user": f"ap{secrets.token_hex(6)}", "password": secrets.token_urlsafe(16)},
                "unified": {"api_key": secrets.token_urlsafe(24)},
            },
            "ems": {
                "account_number": "",
                "open_api": {
                    "sender_no": "".join(secrets.choice("0123456789") for _ in range(13)),
                    "authorization": secrets.token_hex(16),
                },
            },
        },
        "receivers": receiver_secrets(ids, outside),
        "payments": {"stripe": {"api_key": f"sk_test_{secrets.token_hex(16)}"}},
    }


def _account() -> str:
    return "".join(secrets.choice("123456789") for _ in range(ACCOUNT_DIGITS))


def _sign_key() -> str:
    return b64encode(secrets.token_bytes(SM4_KEY_BYTES)).decode()


def _client() -> dict[str, str]:
    return {"client_id": f"l7{secrets.token_hex(16)}", "client_secret": secrets.token_hex(16)}
