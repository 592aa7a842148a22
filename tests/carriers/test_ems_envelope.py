"""China Post's envelope: the published cipher vector, what we send, and what of what arrives is believed."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest

from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.ems import EMS
from chalicelib.carriers.ems.envelope import _sm4, opened, seal
from chalicelib.carriers.registry import open_push, read_tracking
from chalicelib.errors import SettingsInvalid, SignatureMismatch
from tests.carriers.ems_pieces import NOW, NUMBER, OLD_KEY, OTHER_KEY, SIGN_KEY, sample

LIVE = (SIGN_KEY, OLD_KEY)
CLEAR = json.dumps(sample("ems_push"), ensure_ascii=False)
SEALED = seal(CLEAR, SIGN_KEY)
KEYS = {"sender_no": "1100000000000", "authorization": "a-token", "sign_key": SIGN_KEY}


def form(sealed: str = SEALED, field: str = "logitcsInterface", **fields: str) -> bytes:
    return urlencode({"apiCode": "040002", "senderNo": "1100000000000", field: sealed, **fields}).encode()


def closed(clear: bytes, key: str = SIGN_KEY, *, with_key: bool = False) -> str:
    """An envelope whose clear text is exactly this, with the sign key behind it or without."""
    padded = clear + (key.encode() if with_key else b"")
    short = 16 - len(padded) % 16
    return (
        "|$4|" + base64.b64encode(_sm4(base64.b64decode(key), padded + bytes([short]) * short, encrypt=True)).decode()
    )


def accepted(body: bytes, keys: tuple[str, ...] = LIVE) -> bool:
    try:
        open_push("ems", body, {}, keys)
    except SignatureMismatch:
        return False
    return True


def test_the_cipher_gives_the_published_vector_of_sm4() -> None:
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    assert _sm4(block, block, encrypt=True).hex() == "681edf34d206965e86b3e94f536e4246"
    assert _sm4(block, _sm4(block, block, encrypt=True), encrypt=False) == block


def test_an_envelope_is_made_as_the_documented_vector() -> None:
    assert seal('{"waybillNo":"EA123456784CN"}', SIGN_KEY) == (
        "|$4|llDVA/UCdBA9Ph6ZKQ7WoAh5w8BaUH5PcX03JwVqF+n++Q9qL82C2jxcJhNmorLUMl1QH9ahSF9rrKTItnvJYA=="
    )


@pytest.mark.parametrize("key", ["", "short", "MDEyMw==", "ü", "MDEyMzQ1Njc4OWFiY2RlZjA="])
def test_a_sign_key_that_spells_no_16_bytes_is_a_fault_of_the_settings_and_is_not_repeated(key: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        seal("{}", key)
    assert not key or key not in str(refused.value)


def test_a_question_goes_out_as_a_form_that_survives_its_own_encoding() -> None:
    (question,) = EMS.polling[0].requests([NUMBER])
    sent = EMS.polling[0].access.dress(question, KEYS, None, datetime(2026, 11, 22, 20, 30, tzinfo=UTC))
    fields = dict(parse_qsl(sent.body.decode(), strict_parsing=True))
    assert set(fields) == {"apiCode", "senderNo", "authorization", "timeStamp", "msgType", "logitcsInterface"}
    assert (fields["apiCode"], fields["senderNo"], fields["msgType"]) == ("040001", "1100000000000", "0")
    assert fields["timeStamp"] == "2026-11-23 04:30:00"  # China's clock
    assert json.loads(opened(sent.body, {}, [SIGN_KEY]).body) == {"waybillNo": NUMBER}
    assert sent.headers == {"content-type": "application/x-www-form-urlencoded"}
    assert sent.reads_only
    assert "x-api-code" in question.headers


def test_one_number_is_asked_at_a_time() -> None:
    polling = EMS.polling[0]
    assert [json.loads(request.body) for request in polling.requests(["A1234", "B1234"])] == [
        {"waybillNo": "A1234"}, {"waybillNo": "B1234"},
    ]  # fmt: skip
    assert polling.numbers_per_call == 1


def test_an_order_is_dated_by_the_clock_of_its_call() -> None:
    order = HttpRequest("POST", "/", {"x-api-code": "020003"}, b'[{"createdTime":"2026-11-22 00:00:00"}]', False)
    assert EMS.waybills is not None
    sent = EMS.waybills.access.dress(order, KEYS, None, datetime(2026, 11, 22, 4, tzinfo=UTC))
    assert json.loads(opened(sent.body, {}, [SIGN_KEY]).body) == [{"createdTime": "2026-11-22 12:00:00"}]


@pytest.mark.parametrize("key", LIVE)
def test_a_push_is_opened_with_either_live_key_and_read(key: str) -> None:
    found = open_push("ems", form(seal(CLEAR, key)), {}, LIVE)
    assert found.body == CLEAR.encode()
    (tracking,) = read_tracking("ems_push", found.body, NOW).trackings
    assert (tracking.number, tracking.events[0].milestone) == (NUMBER, "delivered")


def test_a_push_is_answered_as_china_post_wants_and_the_same_each_time() -> None:
    found = open_push("ems", form(), {}, LIVE)
    assert found.answer is not None
    assert set(found.answer) == {"serialNo", "code", "codeMessage", "senderNo"}
    assert (found.answer["code"], found.answer["senderNo"]) == ("00000", "1100000000000")
    assert open_push("ems", form(apiVersion="2"), {}, LIVE).answer == found.answer
    other = open_push("ems", form(seal(CLEAR.replace("12:42:20", "12:42:21"), SIGN_KEY)), {}, LIVE)
    assert other.answer["serialNo"] != found.answer["serialNo"]


@pytest.mark.parametrize("sender", ["", "<script>", "1" * 41, "a b", "号"])
def test_a_sender_that_is_no_number_is_not_echoed(sender: str) -> None:
    found = open_push("ems", form(senderNo=sender), {}, LIVE)
    assert found.answer is not None
    assert found.answer["senderNo"] == ""


@pytest.mark.parametrize(
    "body",
    [
        form(field="logisticsInterface"),
        json.dumps({"logitcsInterface": SEALED, "senderNo": "1"}).encode(),
        json.dumps({"logisticsInterface": SEALED}).encode(),
        b"\n " + json.dumps({"logitcsInterface": SEALED}).encode(),
        f"logitcsInterface={SEALED}".encode(),  # sent without form encoding: every + arrives as a space
        form(closed(CLEAR.encode())),  # without the key behind the text, but a waybill in it
        form(closed(b'{"traces":[{"traceNo":"9800000000017"}]}')),
        form(closed(b'{"responseItems":[{"waybillNo":"EA123456785CN"}]}')),
    ],
)
def test_every_wrapping_that_occurs_is_opened(body: bytes) -> None:
    assert accepted(body)


_RAW = base64.b64decode(SEALED.removeprefix("|$4|"))
_WITHOUT = (
    b"", b" ", b"{", b"{}", b"[]", b"null", b"7", b'"x"', b"\x00", b"\xff\xfe", b"=", b"&", b"&&&&", b"a=b",
    b"logitcsInterface", b"logitcsInterface=", b"logitcsInterface=%", b"logitcsInterface=%00", b"%FF=%FF",
    b'{"logitcsInterface":null}', b'{"logitcsInterface":7}', b'{"logitcsInterface":[]}', b'{"logitcsInterface":{}}',
    b'{"logitcsInterface":""}', b'{"logitcsInterface":"|$4|"}', b'{"logitcsInterface":"\\ud800"}', b"[" * 10_000,
    b'{"a":' * 200 + b"1" + b"}" * 200, b'{"logitcsInterface":"a","logitcsInterface":"b"}', b"a=1&" * 100_000,
)  # fmt: skip
_FORGED = (
    SEALED.removeprefix("|$4|"), SEALED.replace("|$4|", "|$3|"), SEALED.replace("|$4|", "$4"), " " + SEALED,
    SEALED + "=", SEALED[:-1], SEALED[:-4], SEALED + "AAAA", SEALED.swapcase(), SEALED + "\n", SEALED.replace("A", "*"),
    "|$4|" + _RAW.hex(), "|$4|" + base64.b64encode(_RAW[:-1]).decode(), "|$4|" + base64.b64encode(_RAW[:16]).decode(),
    "|$4|" + base64.b64encode(_RAW[16:-16]).decode(), "|$4|" + base64.b64encode(_RAW + _RAW[:16]).decode(),
    "|$4|" + base64.b64encode(_RAW[::-1]).decode(), "|$4|" + base64.urlsafe_b64encode(b"\xff" * 32).decode(),
    "|$4|" + base64.b64encode(bytes(16)).decode(), "|$4|" + base64.b64encode(bytes(160)).decode(), "|$4|签名",
    "|$4|\x00", closed(b"no json", with_key=True), closed(b"", with_key=True), closed(b"null", with_key=True),
    seal(CLEAR, OTHER_KEY), seal("{}", OTHER_KEY), closed(CLEAR.encode(), OTHER_KEY), CLEAR, f"|$4|{CLEAR}",
    closed(b""), closed(b"{}"), closed(b"[]"), closed(b"null"), closed(b"7"), closed(b"\xff"), closed(b"not json"),
    closed(b'{"waybillNo":null}'), closed(b'{"waybillNo":""}'), closed(b'{"waybillNo":7}'),
    closed(b'{"waybill":"EA1"}'), closed(b'["EA123456785CN"]'), closed(b'[{"waybillNo":"EA123456785CN"}]'),
    closed(b'{"traces":[{"opCode":"704"}]}'),
    closed(b'{"traces":"EA123456785CN"}'), closed(b'{"waybillNo":"EA123456785CN"'), closed(b"x" * 200),
    closed(CLEAR.encode() + OTHER_KEY.encode()), closed(CLEAR.encode() + SIGN_KEY[:-1].encode()),
    closed(CLEAR.encode() + SIGN_KEY.encode() + b" "), "A" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize(
    "body", [*_WITHOUT, *(form(sealed) for sealed in _FORGED)], ids=range(len(_WITHOUT) + len(_FORGED))
)
def test_anything_else_is_a_mismatch_and_never_another_error(body: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        open_push("ems", body, {}, LIVE)


def test_the_corpus_holds_at_least_60() -> None:
    assert len(_WITHOUT) + len(_FORGED) >= 60


@pytest.mark.parametrize("keys", [(), ("",), ("", ""), ("no key",), ("ü",), (OTHER_KEY, "MDEyMw==")])
def test_without_the_right_key_nothing_is_accepted(keys: tuple[str, ...]) -> None:
    assert not accepted(form(), keys)


def test_a_spoiled_key_beside_the_right_one_does_no_harm() -> None:
    assert accepted(form(), ("", "no key", SIGN_KEY))


def test_the_mismatch_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(SignatureMismatch) as refused:
        open_push("ems", form("|$4|secretbody"), {}, LIVE)
    assert "secretbody" not in str(refused.value)
    assert SIGN_KEY not in str(refused.value)


def test_fuzzed_envelopes_are_never_opened_and_raise_nothing_else() -> None:
    """100,000 bodies: bits turned in the cipher text, blocks moved, lengths changed, bytes at random."""
    chance = random.Random(20261122)
    tried = wrong = 0
    while tried < 100_000:
        raw = bytearray(_RAW)
        kind = chance.randrange(4)
        if kind == 0:
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        elif kind == 1:
            start = 16 * chance.randrange(len(raw) // 16)
            raw = raw[start:] + raw[:start] if start else raw[:-16]
        elif kind == 2:
            raw = bytearray(chance.randbytes(16 * chance.randrange(1, 6)))
        else:
            raw = raw[: chance.randrange(len(raw))]
        tried += 1
        wrong += accepted(b"logitcsInterface=" + urlencode({"": "|$4|" + base64.b64encode(raw).decode()})[1:].encode())
    assert wrong == 0
