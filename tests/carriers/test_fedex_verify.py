"""Who sent a push: a corpus of signatures that are not FedEx's, and none that raises anything else."""

from __future__ import annotations

import base64
import hashlib
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


DIGEST = hmac.digest(SECRET.encode(), BODY, "sha256")
HEX = DIGEST.hex()
MALFORMED: tuple[object, ...] = (
    # nothing, or nothing of a signature's shape
    "", " ", "\t", "\n", "null", "None", "undefined", "0", "v1", "v1,", "v1,a,b", "Bearer", "=", "==", "====",
    None, 7, 1.5, True, b"bytes", [], {}, [GOOD], ("a",), object(),
    # letters no signature has
    "s\u00efgn\u00e4t\u00fcre", "\u7b7e\u540d", "\x00" * 44, "\ud800", "\u202e" + GOOD, GOOD.replace("=", "\uff1d"),
    "".join(chr(ord(sign_) + 0xFEE0) for sign_ in HEX), "\u200b" + GOOD,
    # the right one, cut, stretched, quoted, labelled, doubled
    GOOD[:-1], GOOD[1:], GOOD + "=", GOOD + "A", GOOD + "\n", GOOD + "\r\n", f" {GOOD}", f"{GOOD} ", f'"{GOOD}"',
    f"sha256={GOOD}", f"v1,{GOOD}", f"{GOOD},{GOOD}", GOOD * 2, GOOD[::-1], GOOD.swapcase(), GOOD.rstrip("="),
    HEX[:-1], HEX[1:], f"0x{HEX}", HEX + "0", ":".join(HEX[at : at + 2] for at in range(0, 64, 2)),
    # other digests, other spellings
    base64.b64encode(b"").decode(), base64.b64encode(HEX.encode()).decode(), base64.b32encode(DIGEST).decode(),
    base64.b85encode(DIGEST).decode(), DIGEST.decode("latin-1"), hmac.new(SECRET.encode(), BODY, "sha1").hexdigest(),
    hmac.new(SECRET.encode(), BODY, "sha512").hexdigest(), hmac.new(BODY, SECRET.encode(), "sha256").hexdigest(),
    hashlib.sha256(BODY).hexdigest(), hashlib.sha256(SECRET.encode() + BODY).hexdigest(), sign(BODY, "wrong"),
    sign(BODY, ""), sign(BODY, SECRET.upper()), sign(BODY, f"{SECRET} "), sign(BODY + b" ", SECRET), sign(b"", SECRET),
    sign(BODY.strip(), SECRET), "A" * 44, "A" * 64, "A" * 65, "A" * 100_000, "0" * 64, "=" * 44,
)  # fmt: skip


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(MALFORMED) >= 60


@pytest.mark.parametrize("given", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_signature_is_a_mismatch_and_never_another_error(given) -> None:
    with pytest.raises(SignatureMismatch):
        open_push("fedex", BODY, {"fdx-signature": given}, LIVE)


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"x-signature": GOOD}, {"fdx_signature": GOOD}, {"fdx-signature ": GOOD}, {"": GOOD},
        {"fdx-signature": GOOD, "FDX-Signature": GOOD}, {"authorization": f"Bearer {GOOD}"},
    ],
)  # fmt: skip
def test_a_signature_elsewhere_or_twice_is_none(headers) -> None:
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


def test_a_hundred_thousand_signatures_near_the_right_one_are_never_taken_and_never_raise_otherwise() -> None:
    """Seeded: letters changed, cut, repeated or put in anywhere, in base64 and in hex, over changed bodies too."""
    chance = random.Random(20261122)
    taken = []
    for _ in range(100_000):
        right = GOOD if chance.random() < 0.7 else HEX
        near, body = mangled(right, chance), BODY
        if chance.random() < 0.1:
            near, body = right, BODY + bytes([chance.randrange(256)])
        is_right = body == BODY and (near == GOOD or near.lower() == HEX)
        if accepted({"fdx-signature": near}, body) and not is_right:
            taken.append((near, body))
    assert taken == []


def mangled(right: str, chance: random.Random) -> str:
    letters = list(right)
    for _ in range(chance.randint(1, 3)):
        at, letter = chance.randrange(len(letters)), chr(chance.randrange(1, 0x2FF))
        letters[at : at + chance.randint(0, 2)] = [letter] * chance.randint(0, 2)
    return "".join(letters)


def test_a_push_comes_as_it_was_sent_and_wants_no_answer_of_its_own() -> None:
    opened = open_push("fedex", BODY, {"fdx-signature": GOOD}, LIVE)
    assert (opened.body, opened.answer) == (BODY, None)
