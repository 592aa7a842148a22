"""Who sent a push: a corpus of tokens that are not ours, and none that raises anything else."""

from __future__ import annotations

import hmac
import random

import pytest

from chalicelib.carriers.dhl import verify
from chalicelib.carriers.dhl.verify import HEADER, open_push
from chalicelib.errors import SignatureMismatch

BODY = b'{"scope":"subscription.push","shipments":[]}\n'
TOKEN, PREVIOUS = "current-hook-token-7f3a", "previous-hook-token-91c2"
LIVE = (TOKEN, PREVIOUS)


def accepted(headers, secrets=LIVE) -> bool:
    try:
        open_push(BODY, headers, secrets)
    except SignatureMismatch:
        return False
    return True


def test_our_own_token_in_our_own_header_opens_the_push_as_it_came() -> None:
    opened = open_push(BODY, {HEADER: TOKEN}, LIVE)
    assert (opened.body, opened.answer) == (BODY, None)


@pytest.mark.parametrize("name", [HEADER, HEADER.title(), HEADER.upper(), "Goldthread-hook-Token"])
def test_the_header_may_be_written_in_any_case(name) -> None:
    assert accepted({name: TOKEN})


def test_both_live_tokens_are_taken_and_one_that_ran_out_is_not() -> None:
    assert accepted({HEADER: PREVIOUS})
    assert not accepted({HEADER: PREVIOUS}, (TOKEN,))


def test_the_token_is_bound_to_no_bytes() -> None:
    """DHL signs nothing: whoever has the token may say anything, so the address is a secret too."""
    assert open_push(b"", {HEADER: TOKEN}, LIVE).body == b""


ODD = (
    "", " ", "v1", "null", "None", "true", "0", "[]", "{}", "Bearer", "*", "%", "../..", "' OR 1=1", "\x00", "\n", "\t",
    "\ud800", "签名", "tökén", "\u202e", "\ufeff" + TOKEN, TOKEN[:-1], TOKEN[1:], TOKEN + "=", TOKEN + "\n",
    TOKEN + "\x00",
    f" {TOKEN}", f"{TOKEN} ", f"\t{TOKEN}", f'"{TOKEN}"', f"'{TOKEN}'", f"Bearer {TOKEN}", f"Basic {TOKEN}",
    f"token={TOKEN}", f"{TOKEN},{TOKEN}", f"{TOKEN};{PREVIOUS}", f"{TOKEN} {PREVIOUS}", TOKEN + PREVIOUS, TOKEN.upper(),
    TOKEN.title(), TOKEN.swapcase(), TOKEN[::-1], TOKEN * 2, TOKEN.replace("-", "_"), TOKEN.replace("-", ""),
    TOKEN.replace("-", "‐"), TOKEN.replace("o", "о"), TOKEN.replace("k", "K"), "A" * 100_000, "A" * 257, "\x00" * 23,
)  # fmt: skip
SHAPES = (
    {}, {HEADER: None}, {HEADER: 7}, {HEADER: True}, {HEADER: 1.5}, {HEADER: b"x"}, {HEADER: TOKEN.encode()},
    {HEADER: [TOKEN]}, {HEADER: (TOKEN,)}, {HEADER: {TOKEN}}, {HEADER: {"token": TOKEN}}, {HEADER: bytearray(b"x")},
    {HEADER: TOKEN, HEADER.upper(): TOKEN}, {HEADER: TOKEN, HEADER.title(): PREVIOUS}, {HEADER: "",
    HEADER.upper(): TOKEN},
    {f"x-{HEADER}": TOKEN}, {f"{HEADER} ": TOKEN}, {f" {HEADER}": TOKEN}, {HEADER.replace("-", "_"): TOKEN},
    {"authorization": TOKEN}, {"DHL-API-Key": TOKEN}, {"DHL-API-Hook-Secret": TOKEN}, {TOKEN: HEADER}, {"": TOKEN},
    {7: TOKEN}, {None: TOKEN}, {("a",): TOKEN}, {HEADER.encode(): TOKEN},
)  # fmt: skip


@pytest.mark.parametrize("headers", [*({HEADER: odd} for odd in ODD), *SHAPES], ids=range(len(ODD) + len(SHAPES)))
def test_anything_else_is_a_mismatch_and_never_another_error(headers) -> None:
    with pytest.raises(SignatureMismatch):
        open_push(BODY, headers, LIVE)


def test_the_corpus_is_large() -> None:
    assert len(ODD) + len(SHAPES) >= 60


@pytest.mark.parametrize("secrets", [(), ("",), ("", ""), (None,), (7,), (b"x",), ("\ud800",)])
@pytest.mark.parametrize("given", ["", "None", "7", "x", "?", "\ud800"])
def test_without_a_usable_secret_nothing_is_accepted(secrets, given) -> None:
    assert not accepted({HEADER: given}, secrets)


def test_the_mismatch_repeats_nothing_that_was_sent() -> None:
    with pytest.raises(SignatureMismatch) as refused:
        open_push(b"secret body", {HEADER: "given-token"}, LIVE)
    assert "given-token" not in str(refused.value)
    assert "secret body" not in str(refused.value)


def test_every_live_token_is_compared_in_constant_time_whichever_fits() -> None:
    """The comparison goes through ``hmac.compare_digest`` alone, once for every secret."""
    assert verify.hmac is hmac
    names = open_push.__code__.co_names
    assert "compare_digest" in names
    counted = []

    class Watched(str):
        def encode(self, *said):
            counted.append(str(self))
            return str.encode(self, *said)

    assert accepted({HEADER: TOKEN}, [Watched(TOKEN), Watched(PREVIOUS)])
    assert counted == [TOKEN, PREVIOUS]


def test_random_tokens_near_the_right_one_are_never_taken_and_never_raise_otherwise() -> None:
    chance = random.Random(20261122)
    tried = 0
    while tried < 100_000:
        letters = list(chance.choice(LIVE))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(letters))
            letters[at] = chance.choice(("", chr(chance.randrange(1, 0x2FF)), letters[at] * 2))
        near = "".join(letters)
        if near in LIVE:
            continue
        tried += 1
        assert not accepted({HEADER: near}), near
