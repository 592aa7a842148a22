"""DHL asks whether its pushes are wanted (Shipment Tracking - Unified Push), and is told yes. Pure, without keys. The
subscription itself is made once, by whoever runs the account, at DHL: with our header and one of our tokens.

Confirming answers DHL's ``subscription.validate``: the address in its ``self`` is never called, only the subscription's
id is taken from it, and asked for at our own configured host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.json_bodies import read_json
from chalicelib.errors import CarrierUnreadable

ROOT = "/tracking/push/v1"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,79}\Z")
_SELF = re.compile(r"(?:/tracking/push/v1)?/subscription/([0-9A-Za-z][0-9A-Za-z_-]{0,79})\Z")
_PLAIN = re.compile(r"[\x21-\x7e]{1,500}\Z")
_SECRET = re.compile(r"[\x21-\x7e]{1,256}\Z")
_ACCEPTS = {"accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What ``subscription.validate`` asks us to repeat: the subscription and its secret."""

    subscription: str
    secret: str = field(repr=False)


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
