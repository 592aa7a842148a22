"""The two ways into DHL: MyDHL API (Basic authentication on every call) and Shipment Tracking Unified (one API key).

Neither has a token that ends, so there is nothing to refresh: what DHL does not take is a wrong credential, for a
person.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5

from chalicelib.carriers.channels import Access, Keys
from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.dhl.errors import read_mydhl_error, read_unified_error

VERSION = "3.1.0"
REFERENCE = "Message-Reference"


def message_reference(reference: str) -> str:
    """36 characters that stand for our reference: the same for a repeat, so that DHL's support finds both.

    >>> message_reference("RMA-1001-1") == message_reference("RMA-1001-1"), len(message_reference("RMA-1001-1"))
    (True, 36)
    """
    return str(uuid5(NAMESPACE_URL, f"goldthread:{reference}"))


def dress_mydhl(request: HttpRequest, keys: Keys, _token: str | None, now: datetime) -> HttpRequest:
    """The call with user and password, the version of the interface, a message reference and the time it is made."""
    credentials = b64encode(f"{keys['user']}:{keys['password']}".encode()).decode("ascii")
    question = f"{request.method} {request.path} {request.body.decode('utf-8', 'replace')}"
    headers = {
        REFERENCE: message_reference(question),
        **request.headers,
        "Authorization": f"Basic {credentials}",
        "x-version": VERSION,
        "Message-Reference-Date": format_datetime(now.astimezone(UTC), usegmt=True),
    }
    return replace(request, headers=headers)


def dress_unified(request: HttpRequest, keys: Keys, _token: str | None, _now: datetime) -> HttpRequest:
    """The call with our API key."""
    return replace(request, headers={**request.headers, "DHL-API-Key": keys["api_key"]})


MYDHL = Access("mydhl", "mydhl", ("user", "password"), dress_mydhl, read_mydhl_error)
UNIFIED = Access("dhl_unified", "unified", ("api_key",), dress_unified, read_unified_error)
