"""The public door with the proof of each carrier: what opens it, what does not, and what a recorded push can do.

FedEx signs the bytes. DHL sends back a token and signs nothing. China Post encrypts with SM4 block by block and signs
nothing either. What the last two leave open is written down here as what happens, not as what should be.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any
from urllib.parse import quote_plus

import pytest

from chalicelib.api.json_bodies import WEBHOOK_LIMIT
from chalicelib.carriers.dhl.verify import HEADER as TOKEN
from chalicelib.carriers.ems.envelope import MARK, seal
from chalicelib.carriers.fedex.verify import HEADER as SIGNATURE
from chalicelib.carriers.fedex.verify import sign
from chalicelib.carriers.registry import read_tracking
from chalicelib.errors import CarrierUnreadable, UnavailableError
from chalicelib.shipments.fold import fold
from chalicelib.workflows.confirm_push import confirm_push
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.take_tracking import take_body
from tests.api.fakes import NOW, Shop
from tests.carriers.ems_pieces import sample
from tests.fakes.memory_ports import SECRETS
from tests.fakes.pieces import a_track
from tests.faults.test_webhook_door import pushed, taken_in

FEDEX_KEY, DHL_TOKEN, EMS_KEY = (SECRETS["webhooks"][name][0] for name in ("fedex", "dhl", "ems"))
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DELIVERED = json.dumps(sample("ems_push"), ensure_ascii=False)
CLEAR = {
    "fedex": json.dumps(sample("fedex_push")),
    "dhl": json.dumps(sample("dhl_push")),
    "ems": DELIVERED,
}
NUMBERS = {"fedex": "794644790138", "dhl": "4818240420", "ems": "EA123456785CN"}


def envelope(sealed: str, **more: str) -> str:
    said = {"apiCode": "040002", "senderNo": "1100000000001", "logitcsInterface": sealed, **more}
    return "&".join(f"{name}={quote_plus(value)}" for name, value in said.items())


def push_of(carrier: str, clear: str) -> tuple[str, dict[str, str]]:
    """This text as the carrier would push it: body and headers."""
    if carrier == "ems":
        return envelope(seal(clear, EMS_KEY)), {"content-type": FORM}
    proof = {SIGNATURE: sign(clear.encode(), FEDEX_KEY)} if carrier == "fedex" else {TOKEN: DHL_TOKEN}
    return clear, {"content-type": JSON, **proof}


def told(shop: Shop, carrier: str, body: str | None, headers: dict[str, str], **more: Any) -> int:
    """The status of the answer, which is never one of ours going wrong."""
    answer = pushed(shop, body, headers, carrier=carrier, **more)
    code: int = answer["statusCode"]
    assert code < 500, answer
    return code


class Counted:
    """A port that remembers every call made of it."""

    def __init__(self, name: str, port: Any, calls: list[str]) -> None:
        self._name, self._port, self._calls = name, port, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)

        def call(*args: Any, **named: Any) -> Any:
            self._calls.append(f"{self._name}.{name}")
            return found(*args, **named)

        return call if callable(found) else found


def counted(shop: Shop) -> list[str]:
    """From now on every call of every port of the shop is written down here."""
    calls: list[str] = []
    ports = {
        one.name: port if callable(port := getattr(shop.ports, one.name)) else Counted(one.name, port, calls)
        for one in fields(shop.ports)
    }
    shop.ports = replace(shop.ports, **ports)
    return calls


def worked(shop: Shop) -> None:
    """The worker takes everything that was queued."""
    shop.world.queues.deliver("tracking", lambda message: take_body(shop.ports, message, NOW))


@pytest.mark.parametrize("carrier", CLEAR)
def test_the_push_of_each_carrier_is_taken_and_queued_as_what_is_to_be_read(carrier: str) -> None:
    shop = Shop()
    answer = pushed(shop, *push_of(carrier, CLEAR[carrier]), carrier=carrier)
    assert answer["statusCode"] == (200 if carrier == "ems" else 202)
    assert taken_in(shop) == [CLEAR[carrier].encode()]
    assert {message["source"] for message in shop.world.queues.sent["tracking"]} == {f"{carrier}_push"}


def test_the_receipt_of_china_post_is_the_four_fields_it_asks_for_and_nothing_of_the_push() -> None:
    answer = pushed(Shop(), *push_of("ems", DELIVERED), carrier="ems")
    receipt = json.loads(answer["body"])
    assert set(receipt) == {"serialNo", "code", "codeMessage", "senderNo"}
    assert (receipt["code"], receipt["senderNo"]) == ("00000", "1100000000001")
    assert all(isinstance(value, str) for value in receipt.values())
    assert "EA123456785CN" not in answer["body"]


NO_PROOF: dict[str, Callable[[str], tuple[str, dict[str, str]]]] = {
    "no header": lambda body: (body, {}),
    "empty": lambda body: (body, {SIGNATURE: "", TOKEN: ""}),
    "guessed": lambda body: (body, {SIGNATURE: "guessed", TOKEN: "guessed"}),
    "not ascii": lambda body: (body, {SIGNATURE: "é" * 44, TOKEN: "é" * 20}),
    "100 kB": lambda body: (body, {SIGNATURE: "A" * 100_000, TOKEN: "A" * 100_000}),
    "cut": lambda body: (body, {SIGNATURE: sign(body.encode(), FEDEX_KEY)[:-2], TOKEN: DHL_TOKEN[:-1]}),
    "blank behind": lambda body: (body, {SIGNATURE: f"{sign(body.encode(), FEDEX_KEY)} x", TOKEN: f"{DHL_TOKEN} "}),
    "as a bearer": lambda body: (body, {"authorization": f"Bearer {DHL_TOKEN}"}),
    "in the body": lambda body: (json.dumps({TOKEN: DHL_TOKEN, SIGNATURE: FEDEX_KEY, "said": body}), {}),
    "the customers' key": lambda body: (body, {SIGNATURE: sign(body.encode(), "digest-key"), TOKEN: "digest-key"}),
    "our own keys to them": lambda body: (body, {SIGNATURE: "track-secret", TOKEN: "unified-key"}),
    "other headers": lambda body: (body, {"dhl-api-key": DHL_TOKEN, "x-fdx": sign(body.encode(), FEDEX_KEY)}),
    "no cipher": lambda body: (envelope(MARK + base64.b64encode(body.encode()).decode()), {"content-type": FORM}),
    "a key of nobody": lambda body: (envelope(seal(body, "MTExMTExMTExMTExMTExMQ==")), {"content-type": FORM}),
}  # fmt: skip


@pytest.mark.parametrize("carrier", CLEAR)
@pytest.mark.parametrize("forgery", NO_PROOF)
def test_a_forgery_is_refused_and_costs_no_call_but_one_look_at_the_kept_secret(carrier: str, forgery: str) -> None:
    shop = Shop()
    calls = counted(shop)
    body, headers = NO_PROOF[forgery](CLEAR[carrier])
    assert told(shop, carrier, body, headers) == 401
    assert calls == ["secrets.webhooks"]


@pytest.mark.parametrize("door", CLEAR)
@pytest.mark.parametrize("carrier", CLEAR)
def test_the_proof_of_one_carrier_opens_no_other_door(carrier: str, door: str) -> None:
    shop = Shop()
    body, headers = push_of(carrier, CLEAR[carrier])
    expected = 401 if carrier != door else 200 if carrier == "ems" else 202
    assert told(shop, door, body, headers) == expected
    assert len(taken_in(shop)) == (carrier == door)


@pytest.mark.parametrize("carrier", CLEAR)
@pytest.mark.parametrize(
    "door", ["pigeon", "dhl_push", "mydhl", "dhl_unified", "ems_push", "upu", "DHL", "dhl%00", ".."]
)
def test_a_door_that_no_carrier_has_is_not_there(carrier: str, door: str) -> None:
    shop = Shop()
    calls = counted(shop)
    assert told(shop, door, *push_of(carrier, CLEAR[carrier])) == 404
    assert calls == []


@pytest.mark.parametrize("carrier", ["dhl"])
@pytest.mark.parametrize(
    "several",
    [
        {TOKEN: ["guessed", DHL_TOKEN]}, {TOKEN: [DHL_TOKEN, "guessed"]}, {TOKEN: [DHL_TOKEN, DHL_TOKEN]},
        {TOKEN.title(): [DHL_TOKEN]}, {TOKEN.upper(): ["guessed"]},
    ],
)  # fmt: skip
def test_a_token_that_came_twice_is_none(carrier: str, several: dict[str, list[str]]) -> None:
    shop = Shop()
    body, headers = push_of(carrier, CLEAR[carrier])
    assert told(shop, carrier, body, headers, several=several) == 401
    assert told(shop, carrier, body, {**headers, TOKEN: f"{DHL_TOKEN},{DHL_TOKEN}"}) == 401
    assert taken_in(shop) == []


@pytest.mark.parametrize("name", [TOKEN, TOKEN.title(), TOKEN.upper()])
def test_the_token_is_found_in_whatever_case_the_gateway_gives_its_header(name: str) -> None:
    shop = Shop()
    assert told(shop, "dhl", CLEAR["dhl"], {name: DHL_TOKEN}) == 202
    assert taken_in(shop) == [CLEAR["dhl"].encode()]


@pytest.mark.parametrize("carrier", CLEAR)
def test_a_push_in_base64_is_the_push(carrier: str) -> None:
    shop = Shop()
    body, headers = push_of(carrier, CLEAR[carrier])
    assert told(shop, carrier, base64.b64encode(body.encode()).decode(), headers, is_base64=True) in (200, 202)
    assert taken_in(shop) == [CLEAR[carrier].encode()]


@pytest.mark.parametrize("carrier", CLEAR)
def test_a_body_over_the_limit_is_refused_before_any_proof_is_looked_at(carrier: str) -> None:
    shop = Shop()
    calls = counted(shop)
    _, headers = push_of(carrier, CLEAR[carrier])
    assert told(shop, carrier, "x" * (WEBHOOK_LIMIT + 1), headers) == 413
    assert calls == []


@pytest.mark.parametrize("carrier", CLEAR)
@pytest.mark.parametrize(
    "kind", ["text/xml", "multipart/form-data; boundary=x", "application/json, text/xml", "*/*", "x"]
)
def test_a_kind_of_body_that_no_carrier_sends_is_refused(carrier: str, kind: str) -> None:
    shop = Shop()
    body, headers = push_of(carrier, CLEAR[carrier])
    assert told(shop, carrier, body, {**headers, "content-type": kind}) == 415
    assert taken_in(shop) == []


@pytest.mark.parametrize(
    "kind", [f"{JSON}; charset=utf-16", f"{JSON};charset=iso-8859-1", FORM, f"{FORM}; charset=GBK"]
)
@pytest.mark.parametrize("carrier", CLEAR)
def test_what_a_sender_says_of_its_charset_changes_nothing_for_the_bytes_are_proven(carrier: str, kind: str) -> None:
    shop = Shop()
    body, headers = push_of(carrier, CLEAR[carrier])
    assert told(shop, carrier, body, {**headers, "content-type": kind}) in (200, 202)
    assert taken_in(shop) == [CLEAR[carrier].encode()]


@pytest.mark.parametrize("body", [None, "", " ", "\x00", "logitcsInterface=", "{}"])
def test_an_empty_push_is_no_proof_but_to_dhl_whose_token_binds_no_bytes(body: str | None) -> None:
    for carrier in ("fedex", "ems"):
        shop = Shop()
        assert told(shop, carrier, body, push_of(carrier, CLEAR[carrier])[1]) == 401
        assert taken_in(shop) == []
    shop = Shop()
    assert told(shop, "dhl", body, {TOKEN: DHL_TOKEN}) == 202
    worked(shop)
    assert [alert["kind"] for alert in shop.world.queues.sent["alerts"]] == ["carrier_unreadable"]


def test_a_compressed_push_is_never_unpacked_only_told_to_a_person() -> None:
    """Nothing at the door or behind it inflates what a sender packed."""
    packed = gzip.compress(CLEAR["dhl"].encode())
    headers = {TOKEN: DHL_TOKEN, "content-encoding": "gzip", "content-type": JSON}
    shop = Shop()
    assert told(shop, "dhl", base64.b64encode(packed).decode(), headers, is_base64=True) == 202
    assert taken_in(shop) == [packed]
    worked(shop)
    assert [alert["kind"] for alert in shop.world.queues.sent["alerts"]] == ["carrier_unreadable"]
    sealed = base64.b64encode(gzip.compress(push_of("ems", DELIVERED)[0].encode())).decode()
    assert told(Shop(), "ems", sealed, {"content-type": FORM}, is_base64=True) == 401


@pytest.mark.parametrize("carrier", ["dhl", "ems"])
def test_while_the_secret_store_is_down_or_lacks_the_carrier_it_is_asked_to_come_again(carrier: str) -> None:
    shop = Shop()
    push = push_of(carrier, CLEAR[carrier])
    shop.world.secrets.down = True
    assert pushed(shop, *push, carrier=carrier)["statusCode"] == 503
    shop.world.secrets.down = False
    for nothing in ({}, {carrier: []}, {carrier: None}):
        shop.world.secrets.values["webhooks"] = nothing
        assert pushed(shop, *push, carrier=carrier)["statusCode"] == 503
    assert taken_in(shop) == []


@pytest.mark.parametrize("carrier", ["dhl", "ems"])
def test_while_a_secret_is_rotated_both_are_taken_and_afterwards_the_old_one_is_not(carrier: str) -> None:
    shop = Shop()
    push = push_of(carrier, CLEAR[carrier])
    taken = told(shop, carrier, *push)
    new = "bmV4dC1rZXktMTYtYnRlcw==" if carrier == "ems" else "next-hook-token-0001"
    shop.world.secrets.values["webhooks"] = {carrier: [new, SECRETS["webhooks"][carrier][0]]}
    assert told(shop, carrier, *push) == taken
    shop.world.secrets.values["webhooks"] = {carrier: [new]}
    assert told(shop, carrier, *push) == 401


@pytest.mark.parametrize("carrier", CLEAR)
def test_a_refused_push_leaves_none_of_its_bytes_in_the_log_or_the_answer(carrier: str, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    planted = "PLANTED-IN-BODY"
    headers = {SIGNATURE: "PLANTED-IN-HEADER", TOKEN: "PLANTED-IN-HEADER" * 9}
    for body in (json.dumps({"name": planted}), envelope(seal(planted, "MTExMTExMTExMTExMTExMQ=="), senderNo=planted)):
        answer = pushed(Shop(), body, headers, carrier=carrier)
        assert answer["statusCode"] == 401
        assert "PLANTED" not in caplog.text + json.dumps(answer)


@pytest.mark.parametrize("carrier", CLEAR)
def test_a_push_replayed_says_nothing_new_at_any_age_whatever_envelope_it_comes_in(carrier: str) -> None:
    """No carrier of ours dates its pushes: what makes a replay harmless is that an event is known by what it says."""
    shop = Shop()
    blank = a_track(carrier=carrier, number=NUMBERS[carrier])
    shop.ports.tracks.save(replace(blank, events=(), state=fold((), blank.facts)))
    told(shop, carrier, *push_of(carrier, CLEAR[carrier]))
    worked(shop)
    before = shop.ports.tracks.file(carrier, NUMBERS[carrier])
    (grown,) = before.tracks
    assert grown.events
    sent = {queue: list(messages) for queue, messages in shop.world.queues.sent.items() if queue != "tracking"}
    for _ in range(3):
        told(shop, carrier, *push_of(carrier, CLEAR[carrier]))
        if carrier == "ems":  # another envelope, hence other bytes, around the same words
            told(shop, carrier, envelope(seal(json.dumps(json.loads(DELIVERED)), EMS_KEY)), {"content-type": FORM})
        worked(shop)
    assert shop.ports.tracks.file(carrier, NUMBERS[carrier]) == before
    assert {q: list(m) for q, m in shop.world.queues.sent.items() if q != "tracking"} == sent


TIMES = (
    "1e9", "nan", "１７６３８０００００", " 1763800000", ".5", "2099-01-01 00:00:00", "1970-01-01 00:00:00",
    "2026-11-22 18:04:59", "2026-11-22 18:05:01", "2026-11-22 17:54:59", "Sun, 31 Feb 2099 99:99:99", "", "x" * 900,
)  # fmt: skip


@pytest.mark.parametrize("carrier", CLEAR)
@pytest.mark.parametrize("time", TIMES, ids=range(len(TIMES)))
def test_no_carrier_signs_a_time_so_none_that_comes_with_a_push_is_believed_or_held_against_it(
    carrier: str, time: str
) -> None:
    """Neither a header nor the open field of China Post's envelope opens a door or shuts one: both are anybody's."""
    body, headers = push_of(carrier, CLEAR[carrier])
    stamped = envelope(seal(DELIVERED, EMS_KEY), timeStamp=time) if carrier == "ems" else body
    dated = {"date": time, "x-timestamp": time, "webhook-timestamp": time}
    shop = Shop()
    assert told(shop, carrier, stamped, {**headers, **dated}) in (200, 202)
    assert taken_in(shop) == [CLEAR[carrier].encode()]
    assert told(shop, carrier, envelope(MARK, timeStamp=time) if carrier == "ems" else body, dated) == 401
    assert len(taken_in(shop)) == 1


def blocks(sealed: str) -> list[bytes]:
    raw = base64.b64decode(sealed.removeprefix(MARK))
    return [raw[at : at + 16] for at in range(0, len(raw), 16)]


def joined(some: list[bytes]) -> str:
    return MARK + base64.b64encode(b"".join(some)).decode()


def test_blocks_of_two_recorded_envelopes_put_together_are_believed_for_china_post_seals_no_whole() -> None:
    """What its cipher leaves open: who has recorded two pushes can tell of one parcel what was said of another, where
    the words stand in the same blocks. Nothing in the envelope betrays it; only the poll of the other number does."""
    other = DELIVERED.replace("EA123456785CN", "EA987654321CN")
    ours, theirs = blocks(seal(DELIVERED, EMS_KEY)), blocks(seal(other, EMS_KEY))
    differing = [at for at, (one, another) in enumerate(zip(ours, theirs, strict=True)) if one != another]
    spliced = [theirs[at] if at in differing else block for at, block in enumerate(ours)]
    shop = Shop()
    assert told(shop, "ems", envelope(joined(spliced)), {"content-type": FORM}) == 200
    (tracking,) = read_tracking("ems_push", taken_in(shop)[0], NOW).trackings
    assert tracking.number == "EA987654321CN"


def test_a_block_moved_dropped_or_told_twice_is_refused_unless_it_still_spells_the_same_kind_of_words() -> None:
    """Every single block left out, told twice or changed for its neighbour, of a push of twenty-odd blocks."""
    sealed = blocks(seal(DELIVERED, EMS_KEY))
    shop, believed = Shop(), []
    for at in range(len(sealed)):
        without = sealed[:at] + sealed[at + 1 :]
        doubled = [*sealed[:at], sealed[at], *sealed[at:]]
        swapped = [*sealed[:at], *sealed[at : at + 2][::-1], *sealed[at + 2 :]]
        for kind, some in (("without", without), ("doubled", doubled), ("swapped", swapped)):
            if some != sealed and told(shop, "ems", envelope(joined(some)), {"content-type": FORM}) == 200:
                believed.append((kind, at))
    for body in taken_in(shop):
        try:
            reading = read_tracking("ems_push", body, NOW)
        except CarrierUnreadable:
            continue
        assert reading.trackings or reading.problems
    # Blocks that lie within one text of the JSON can be left out, doubled and swapped; no other can.
    assert 0 < len(believed) < 3 * len(sealed)
    assert all(json.loads(body)["waybillNo"] == "EA123456785CN" for body in taken_in(shop))


VALIDATE = {"scope": "subscription.validate", "secret": "abc-123"}
AT_DHL = "https://api-eu.dhl.com/tracking/push/v1/subscription/8f1c-22"


def asked(shop: Shop, address: Any, headers: dict[str, str] | None = None) -> int:
    """DHL's question whether its pushes are wanted, and the worker behind the door."""
    body = json.dumps({**VALIDATE, "self": address})
    status = told(shop, "dhl", body, {TOKEN: DHL_TOKEN} if headers is None else headers)
    worked(shop)
    return status


def answered(shop: Shop, status: int = 204) -> list[tuple[str, Any]]:
    """What the worker says yes to, at DHL's own configured host."""
    shop.world.link.answer = lambda _host, _request: HttpResponse(status, {}, b"")
    for step in shop.world.queues.sent.get("steps", ()):
        confirm_push(shop.ports, step, NOW)
    return shop.world.link.calls


@pytest.mark.parametrize("headers", [{}, {TOKEN: "guessed"}, {"dhl-api-hook-secret": DHL_TOKEN}])
def test_the_question_of_a_stranger_whether_pushes_are_wanted_is_answered_to_nobody(headers: dict[str, str]) -> None:
    shop = Shop()
    assert asked(shop, AT_DHL, headers) == 401
    assert answered(shop) == []


@pytest.mark.parametrize(
    "address",
    [
        AT_DHL, "https://elsewhere.example/tracking/push/v1/subscription/8f1c-22", "/subscription/8f1c-22",
        "http://169.254.169.254/subscription/8f1c-22", "https://user:pass@elsewhere.example:99/subscription/8f1c-22",
    ],
)  # fmt: skip
def test_a_question_that_names_another_address_is_answered_at_dhls_own(address: str) -> None:
    shop = Shop()
    assert asked(shop, address) == 202
    ((host, request),) = answered(shop)
    assert (host, request.path) == ("dhl_unified", "/tracking/push/v1/subscription/8f1c-22")
    assert "elsewhere" not in repr(request)


@pytest.mark.parametrize(
    "address",
    [
        None, 7, [], "", "x", "https://api-eu.dhl.com/", f"{AT_DHL}/../../../x", f"{AT_DHL}?a=b", f"{AT_DHL}#x", "//[",
        f"{AT_DHL}%2f..", "https://api-eu.dhl.com/tracking/push/v1/subscription/", "\n", f"{AT_DHL}\r\nhost: elsewhere",
    ],
)  # fmt: skip
def test_a_question_that_names_no_subscription_is_called_nowhere(address: Any) -> None:
    shop = Shop()
    assert asked(shop, address) == 202
    shop.world.link.answer = lambda _host, _request: HttpResponse(204, {}, b"")
    for step in shop.world.queues.sent.get("steps", ()):
        with pytest.raises(CarrierUnreadable):
            confirm_push(shop.ports, step, NOW)
    assert shop.world.link.calls == []


def test_a_question_asked_twice_is_answered_the_same_and_without_our_key_not_at_all() -> None:
    shop = Shop()
    for _ in range(2):
        asked(shop, AT_DHL)
    first, second = answered(shop)
    assert first == second
    lacking = Shop()
    asked(lacking, AT_DHL)
    lacking.world.secrets.values["carriers"] = {"dhl": {"account_number": "1", "unified": {"api_key": ""}}}
    with pytest.raises(UnavailableError):
        answered(lacking)
    assert lacking.world.link.calls == []
