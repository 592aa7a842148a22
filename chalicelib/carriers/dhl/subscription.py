"""Asking DHL to push (Shipment Tracking - Unified Push): subscribe, confirm, look, end. Pure requests without keys.

Confirming answers DHL's ``subscription.validate``: the address in its ``self`` is never called, only the subscription's
id is taken from it, and asked for at our own configured host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.dhl.verify import HEADER, LONGEST_TOKEN
from chalicelib.carriers.json_bodies import read_json
from chalicelib.errors import CarrierUnreadable

ROOT = "/tracking/push/v1"
SHIPMENTS_PER_CALL = 10
EVENTS = ("Pre-Transit", "Transit", "Delivered", "Failure", "Unknown")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,79}\Z")
_SELF = re.compile(r"(?:/tracking/push/v1)?/subscription/([0-9A-Za-z][0-9A-Za-z_-]{0,79})\Z")
_PLAIN = re.compile(r"[\x21-\x7e]{1,500}\Z")
_SECRET = re.compile(r"[\x21-\x7e]{1,256}\Z")
_TOKEN = re.compile(rf"[\x21-\x7e]{{16,{LONGEST_TOKEN}}}\Z")
_ACCEPTS = {"accept": "application/json"}
_JSON = {**_ACCEPTS, "content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What ``subscription.validate`` asks us to repeat: the subscription and its secret."""

    subscription: str
    secret: str = field(repr=False)


def subscribe_account_request(uri: str, token: str, account: str) -> HttpRequest:
    """Push every shipment of this account to ``uri`` with our token. Raises ValueError for what DHL could not use."""
    return _subscribe(uri, token, {"type": "Account", "accountID": account})


def subscribe_shipments_requests(uri: str, token: str, numbers: Sequence[str]) -> tuple[HttpRequest, ...]:
    """Push these shipments, ten to a call. Raises ValueError for what DHL could not use."""
    groups = (numbers[at : at + SHIPMENTS_PER_CALL] for at in range(0, len(numbers), SHIPMENTS_PER_CALL))
    return tuple(_subscribe(uri, token, {"type": "Shipment", "shipmentIDs": list(some)}) for some in groups)


def read_handshake(body: bytes) -> Handshake:
    """The subscription and secret of a ``subscription.validate``; raises ``CarrierUnreadable`` for anything else."""
    said = read_json(body)
    if not isinstance(said, dict) or said.get("scope") != "subscription.validate":
        raise CarrierUnreadable("no validation of a subscription")
    secret = said.get("secret")
    if not isinstance(secret, str) or not _SECRET.match(secret):
        raise CarrierUnreadable("a validation without a usable secret")
    return Handshake(_subscription_in(said.get("self")), secret)


def confirm_request(handshake: Handshake) -> HttpRequest:
    """Tell DHL that the subscription is ours (204 is yes)."""
    headers = {**_ACCEPTS, "DHL-API-Hook-Secret": handshake.secret}
    return HttpRequest("POST", _path(handshake.subscription), headers, b"", reads_only=False)


def list_request() -> HttpRequest:
    """All subscriptions of our key."""
    return HttpRequest("GET", f"{ROOT}/subscriptions", _ACCEPTS, b"", reads_only=True)


def get_request(subscription: str) -> HttpRequest:
    """One subscription; raises ValueError for what is no id."""
    return HttpRequest("GET", _path(subscription), _ACCEPTS, b"", reads_only=True)


def delete_request(subscription: str) -> HttpRequest:
    """End a subscription; raises ValueError for what is no id."""
    return HttpRequest("DELETE", _path(subscription), _ACCEPTS, b"", reads_only=False)


def _subscribe(uri: str, token: str, what: dict[str, Any]) -> HttpRequest:
    if not uri.startswith("https://"):
        raise ValueError("DHL pushes to an https address only")
    if not _TOKEN.match(token):
        raise ValueError("a hook token is 16 to 256 printable characters without spaces")
    proof = {"type": "ApiKeyAuthentication", "header": HEADER, "token": token}
    hook = {"uri": uri, "authentication": proof}
    said = {"hook": hook, "format": "Default", "service": "express", "events": list(EVENTS), **what}
    return HttpRequest("POST", f"{ROOT}/subscription", _JSON, json.dumps(said).encode(), reads_only=False)


def _subscription_in(address: object) -> str:
    """The id at the end of ``self``, whatever host it names: only the path's shape counts, with nothing behind it."""
    if not isinstance(address, str) or not _PLAIN.match(address):
        raise CarrierUnreadable("a validation without an address")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise CarrierUnreadable("a validation with an unreadable address") from None
    found = _SELF.match(parts.path)
    if not found or parts.query or parts.fragment:
        raise CarrierUnreadable("a validation whose address names no subscription")
    return found[1]


def _path(subscription: str) -> str:
    if not _ID.match(subscription):
        raise ValueError("no id of a subscription")
    return f"{ROOT}/subscription/{subscription}"
