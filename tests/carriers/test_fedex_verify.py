"""Who sent a push: a corpus of signatures that are not FedEx's, and none that raises anything else."""

from __future__ import annotations

import base64
import hmac
import random

import pytest

from chalicelib.carriers.contract import UnknownSource
from chalicelib.carriers.fedex.verify import sign
from chalicelib.carriers.registry import open_push
from chalicelib.errors import SignatureMismatch

BODY = b'{"output":{"completeTrackResults":[]}}\n'
SECRET, PREVIOUS = "current-token", "previous-token"
LIVE = (SECRET, PREVIOUS)
GOOD = sign(BODY, SECRET)


def accepted(headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = LIVE) -> bool:
    try:
        open_push("fedex", body, headers, secrets)
    except SignatureMismatch:
        return False
    return True


def test_fedex_signature_is_base64_of_hmac_sha256_over_the_raw_bytes() -> None:
    expected = base64.b64encode(hmac.new(SECRET.encode(), BODY, "sha256").digest()).decode()
    assert expected == GOOD
    assert accepted({"fdx-signature": expected})


@pytest.mark.parametrize("name", ["fdx-signature", "FDX-Signature", "Fdx-Signature", "FDX-SIGNATURE"])
def test_the_header_may_be_written_in_any_case(name: str) -> None:
    assert accepted({name: GOOD})


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_hex_is_taken_too(spelling) -> None:
    assert accepted({"fdx-signature": spelling(hmac.digest(SECRET.encode(), BODY, "sha256").hex())})


def test_both_live_secrets_are_taken_and_one_that_ran_out_is_not() -> None:
    old = sign(BODY, PREVIOUS)
    assert accepted({"fdx-signature": old})
    assert not accepted({"fdx-signature": old}, secrets=(SECRET,))


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"fdx-signature": ""}, {"fdx-signature": " "}, {"fdx-signature": "v1"}, {"fdx-signature": "v1,"},
        {"fdx-signature": "v1,a,b"}, {"fdx-signature": "sïgnätüre"}, {"fdx-signature": "签名"},
        {"fdx-signature": "A" * 100_000}, {"fdx-signature": GOOD[:-1]}, {"fdx-signature": GOOD + "="},
        {"fdx-signature": GOOD + "\n"}, {"fdx-signature": f" {GOOD}"}, {"fdx-signature": GOOD.swapcase()},
        {"fdx-signature": f"{GOOD},{GOOD}"}, {"fdx-signature": "\x00" * 44}, {"fdx-signature": "\ud800"},
        {"x-signature": GOOD}, {"fdx-signature": GOOD, "FDX-Signature": GOOD}, {"fdx-signature": None},
        {"fdx-signature": 7}, {"fdx-signature": sign(BODY, "wrong")}, {"fdx-signature": sign(BODY + b" ", SECRET)},
        {"fdx-signature": base64.b64encode(b"").decode()}, {"fdx-signature": GOOD.rstrip("=")},
    ],
)  # fmt: skip
def test_anything_else_is_a_mismatch_and_never_another_error(headers) -> None:
    with pytest.raises(SignatureMismatch):
        open_push("fedex", BODY, headers, LIVE)


@pytest.mark.parametrize(
    "body",
    [BODY[:-1], BODY + b"\n", b"\xef\xbb\xbf" + BODY, BODY.replace(b"[]", b"[ ]"), b"", BODY.replace(b"o", b"O")],
)
def test_one_byte_more_less_or_different_is_a_forgery(body: bytes) -> None:
    assert not accepted({"fdx-signature": GOOD}, body)


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_without_a_secret_nothing_is_accepted(secrets) -> None:
    assert not accepted({"fdx-signature": sign(BODY, "")}, secrets=secrets)
    assert not accepted({"fdx-signature": ""}, secrets=secrets)


def test_the_mismatch_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(SignatureMismatch) as refused:
        open_push("fedex", b"secret body", {"fdx-signature": "given"}, LIVE)
    assert "given" not in str(refused.value)
    assert "secret body" not in str(refused.value)


def test_a_carrier_that_is_not_registered_pushes_nothing() -> None:
    with pytest.raises(UnknownSource):
        open_push("pigeon", BODY, {"fdx-signature": GOOD}, LIVE)


def test_random_signatures_near_the_right_one_are_never_taken_and_never_raise_otherwise() -> None:
    chance = random.Random(20261122)
    tried = 0
    while tried < 50_000:
        letters = list(GOOD)
        for _ in range(chance.randint(1, 3)):
            letters[chance.randrange(len(letters))] = chr(chance.randrange(1, 0x2FF))
        near = "".join(letters)
        if near == GOOD:
            continue
        tried += 1
        assert not accepted({"fdx-signature": near}), near
