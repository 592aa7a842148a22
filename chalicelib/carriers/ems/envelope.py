"""China Post's envelope: form fields around a JSON text encrypted with SM4, as its contract customers' interface wants.

``logitcsInterface`` (spelled so) is ``|$4|`` and the base64 of SM4-ECB-PKCS7 over the JSON text followed by the sign
key; the sixteen bytes of the cipher's key are the base64 that the sign key spells. There is no other signature: who
can make a text that ends with the sign key has it. The mode encrypts each block for itself, so a bit that was turned
spoils its block, which no JSON survives; but whoever has recorded an envelope could leave whole blocks out of it or
send it again, and nothing in it would tell. A scan told twice is one event.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s
from typing import Any
from urllib.parse import parse_qsl, urlencode

from chalicelib.carriers.channels import Headers, Keys, Opened
from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.json_bodies import read_json
from chalicelib.clock import zone
from chalicelib.errors import CarrierUnreadable, SettingsInvalid, SignatureMismatch

API_CODE = "x-api-code"
FIELD = "logitcsInterface"
MARK = "|$4|"
CHINA_TIME = "Asia/Shanghai"
_FIELDS = (FIELD, "logisticsInterface")
_FORM = "application/x-www-form-urlencoded"
_BLOCK = 16
_MOST_FIELDS = 64
_SENDER = re.compile(r"[0-9A-Za-z_\-]{1,40}\Z")


def seal(text: str, sign_key: str) -> str:
    """The value of ``logitcsInterface`` for a JSON text. Raises ``SettingsInvalid`` for a key that spells no 16 bytes.

    >>> seal('{"waybillNo":"EA123456784CN"}', "MDEyMzQ1Njc4OWFiY2RlZg==")[:20]
    '|$4|llDVA/UCdBA9Ph6Z'
    """
    key = _key(sign_key)
    if key is None:
        raise SettingsInvalid("the sign key of EMS must be the base64 of 16 bytes")
    clear = (text + sign_key).encode()
    short = _BLOCK - len(clear) % _BLOCK
    return MARK + base64.b64encode(_sm4(key, clear + bytes([short]) * short, encrypt=True)).decode()


def dress(request: HttpRequest, keys: Keys, _token: str | None, now: datetime) -> HttpRequest:
    """The request as China Post takes it: who we are, which interface (header ``x-api-code``) and the sealed body."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    form = {
        "apiCode": headers.pop(API_CODE),
        "senderNo": keys["sender_no"],
        "authorization": keys["authorization"],
        "timeStamp": now.astimezone(zone(CHINA_TIME)).strftime("%Y-%m-%d %H:%M:%S"),
        "msgType": "0",
        FIELD: seal(request.body.decode(), keys["sign_key"]),
    }
    return replace(request, headers={**headers, "content-type": _FORM}, body=urlencode(form).encode())


def opened(body: bytes, _headers: Headers, sign_keys: Sequence[str]) -> Opened:
    """The push in clear, without the sign key, and the answer China Post wants.

    Every live key is tried every time. A JSON text that ends with the key which opened it proves its sender; one
    without it is taken only as an object that names a waybill, because chance makes none. Raises
    ``SignatureMismatch`` for anything else and nothing but that.
    """
    wrapper = _wrapper(body)
    sealed = _sealed(wrapper)
    found: bytes | None = None
    for sign_key in sign_keys:
        clear = _open(sealed, sign_key)
        found = clear if clear is not None and found is None else found
    if found is None:
        raise SignatureMismatch("the envelope was not closed with a key of ours")
    sender = wrapper.get("senderNo", "")
    return Opened(found, {
        "serialNo": blake2s(found, digest_size=16).hexdigest(),
        "code": "00000",
        "codeMessage": "success",
        "senderNo": sender if _SENDER.match(sender) else "",
    })  # fmt: skip


def _wrapper(body: bytes) -> Mapping[str, str]:
    """The text fields of a form or of a JSON object; empty when it is neither."""
    try:
        if body.lstrip()[:1] == b"{":
            said = read_json(body)
            pairs: Iterator[tuple[Any, Any]] = iter(said.items() if isinstance(said, dict) else ())
        else:
            pairs = iter(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (CarrierUnreadable, ValueError):
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        if isinstance(value, str):
            found.setdefault(name, value)
    return found


def _sealed(wrapper: Mapping[str, str]) -> bytes:
    """The encrypted bytes; empty when there are none. A ``+`` sent without being encoded arrives as a space."""
    given = next((wrapper[name] for name in _FIELDS if name in wrapper), "")
    if not given.startswith(MARK):
        return b""
    try:
        sealed = base64.b64decode(given.removeprefix(MARK).replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return sealed if len(sealed) % _BLOCK == 0 else b""


def _open(sealed: bytes, sign_key: str) -> bytes | None:
    """The JSON text under this key, or None when this is not the key that closed it."""
    key = _key(sign_key)
    if key is None or not sealed:
        return None
    padded = _sm4(key, sealed, encrypt=False)
    short = padded[-1]
    if not 1 <= short <= _BLOCK or not hmac.compare_digest(padded[-short:], bytes([short]) * short):
        return None
    clear, tail = padded[:-short], sign_key.encode()
    if hmac.compare_digest(clear[-len(tail) :], tail):
        clear = clear[: -len(tail)]
        return clear if isinstance(_json(clear), (dict, list)) else None
    return clear if _names_a_waybill(_json(clear)) else None


def _json(clear: bytes) -> Any:
    try:
        return read_json(clear)
    except CarrierUnreadable:
        return None


def _names_a_waybill(said: object) -> bool:
    if not isinstance(said, dict):
        return False
    listed = [said.get(name) for name in ("responseItems", "traces")]
    items = [said, *(item for some in listed if isinstance(some, list) for item in some if isinstance(item, dict))]
    return any(isinstance(item.get(name), str) and item[name] for item in items for name in ("waybillNo", "traceNo"))


def _key(sign_key: str) -> bytes | None:
    try:
        key = base64.b64decode(sign_key.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _BLOCK else None


def _sm4(key: bytes, text: bytes, *, encrypt: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    cipher = Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305 - China Post's choice
    worker = cipher.encryptor() if encrypt else cipher.decryptor()
    return worker.update(text) + worker.finalize()
