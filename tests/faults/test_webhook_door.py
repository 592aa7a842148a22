"""The public door, as API Gateway calls it: whatever is wrong with a push, nothing is taken in and nothing breaks.

FedEx signs no time with its pushes, so a push is as good after a week as after a second: what keeps a replay harmless
is that it says nothing new.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
from typing import Any

import pytest

from chalicelib.carriers.fedex.verify import sign
from tests.api.fakes import Shop
from tests.fakes.memory_ports import SECRETS

CURRENT, PREVIOUS = SECRETS["webhooks"]["fedex"]
BODY = b'{"output":{"completeTrackResults":[]}}'
GOOD = sign(BODY, CURRENT)


def pushed(
    shop: Shop,
    body: str | None,
    headers: dict[str, str] | None = None,
    *,
    several: dict[str, list[str]] | None = None,
    is_base64: bool = False,
    carrier: str = "fedex",
) -> Any:
    """One call as the gateway hands it over: of a header that came twice, ``headers`` holds the last alone."""
    headers = {"content-type": "application/json", **(headers or {})}
    event = {
        "requestContext": {
            "httpMethod": "POST", "resourcePath": "/v1/webhooks/{carrier}", "path": f"/v1/webhooks/{carrier}",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "headers": headers, "multiValueHeaders": {name: [text] for name, text in headers.items()} | (several or {}),
        "pathParameters": {"carrier": carrier}, "queryStringParameters": None,
        "multiValueQueryStringParameters": None, "stageVariables": None, "body": body, "isBase64Encoded": is_base64,
    }  # fmt: skip
    return shop.app(event, None)


def status(shop: Shop, *args: Any, **named: Any) -> int:
    answer = pushed(shop, *args, **named)
    code: int = answer["statusCode"]
    assert code < 500, answer
    return code


def taken_in(shop: Shop) -> list[bytes]:
    """The bodies that were queued."""
    return [base64.b64decode(message["body_b64"]) for message in shop.world.queues.sent.get("tracking", ())]


@pytest.mark.parametrize("name", ["fdx-signature", "FDX-Signature", "Fdx-signature"])
def test_the_header_is_found_in_whatever_case_the_gateway_gives_it(name):
    shop = Shop()
    assert status(shop, BODY.decode(), {name: GOOD}) == 202
    assert taken_in(shop) == [BODY]


@pytest.mark.parametrize(
    "several",
    [
        {"fdx-signature": ["forged", GOOD]}, {"fdx-signature": [GOOD, "forged"]}, {"fdx-signature": [GOOD, GOOD]},
        {"fdx-signature": [GOOD], "FDX-Signature": [GOOD]}, {"FDX-Signature": ["forged"]},
    ],
)  # fmt: skip
def test_a_signature_that_came_twice_is_none(several):
    shop = Shop()
    assert status(shop, BODY.decode(), {"fdx-signature": GOOD}, several=several) == 401
    assert status(shop, BODY.decode(), {"fdx-signature": f"{GOOD},{GOOD}"}) == 401
    assert taken_in(shop) == []


def test_a_body_that_came_as_base64_is_verified_and_kept_as_its_raw_bytes():
    shop = Shop()
    raw = BODY + b"\x00\xff\n"
    encoded = base64.b64encode(raw).decode()
    assert status(shop, encoded, {"fdx-signature": sign(raw, CURRENT)}, is_base64=True) == 202
    assert taken_in(shop) == [raw]
    assert status(shop, encoded, {"fdx-signature": sign(encoded.encode(), CURRENT)}, is_base64=True) == 401


@pytest.mark.parametrize("body", ["abc", BODY.decode(), "é", "YWJj=YWJj=", "a"])
def test_a_body_that_is_not_the_base64_it_is_said_to_be_is_refused(body):
    shop = Shop()
    assert status(shop, body, {"fdx-signature": GOOD}, is_base64=True) in (400, 401)
    assert taken_in(shop) == []


def test_broken_base64_is_a_typed_problem():
    answer = pushed(Shop(), "abc", {"fdx-signature": GOOD}, is_base64=True)
    assert answer["statusCode"] == 400
    assert [fault["code"] for fault in json.loads(answer["body"])["errors"]] == ["not_base64"]


def test_base64_that_is_not_said_to_be_any_is_another_body():
    shop = Shop()
    assert status(shop, base64.b64encode(BODY).decode(), {"fdx-signature": GOOD}) == 401


def test_the_same_words_written_anew_are_other_bytes():
    shop = Shop()
    for again in (json.dumps(json.loads(BODY)), BODY.decode() + "\n", "\ufeff" + BODY.decode(), BODY.decode()[:-1]):
        assert status(shop, again, {"fdx-signature": GOOD}) == 401
    assert taken_in(shop) == []


@pytest.mark.parametrize(
    ("carrier", "refused"),
    [("dhl", 401), ("ems", 401), ("pigeon", 404), ("mydhl", 404), ("fedex_push", 404), ("customer_digest", 404)],
)
def test_a_good_signature_at_another_carriers_door_opens_nothing(carrier, refused):
    shop = Shop()
    assert status(shop, BODY.decode(), {"fdx-signature": GOOD}, carrier=carrier) == refused
    assert taken_in(shop) == []


def test_no_other_secret_of_the_house_signs_a_push():
    shop = Shop()
    others = [SECRETS["webhooks"]["customer_digest"], *(
        text for keys in SECRETS["carriers"]["fedex"].values()
        for text in (keys.values() if isinstance(keys, dict) else [keys])
    )]  # fmt: skip
    assert len(others) > 3
    for secret in others:
        assert status(shop, BODY.decode(), {"fdx-signature": sign(BODY, secret)}) == 401
    sha1 = base64.b64encode(hmac.digest(CURRENT.encode(), BODY, "sha1")).decode()
    assert status(shop, BODY.decode(), {"fdx-signature": sha1}) == 401
    assert taken_in(shop) == []


def test_while_a_secret_is_rotated_both_are_taken_and_afterwards_the_old_one_is_not():
    shop = Shop()
    assert [status(shop, BODY.decode(), {"fdx-signature": sign(BODY, one)}) for one in (CURRENT, PREVIOUS)] == [202] * 2
    shop.world.secrets.values["webhooks"] = {"fedex": ["next-secret", CURRENT]}
    told = [status(shop, BODY.decode(), {"fdx-signature": sign(BODY, one)}) for one in (CURRENT, PREVIOUS)]
    assert told == [202, 401]


@pytest.mark.parametrize("secrets", [{}, {"fedex": []}, {"fedex": ""}, {"fedex": None}])
def test_a_carrier_whose_secret_is_not_there_is_asked_to_come_again_and_never_believed(secrets):
    shop = Shop()
    shop.world.secrets.values["webhooks"] = secrets
    for signature in (GOOD, sign(BODY, ""), ""):
        assert pushed(shop, BODY.decode(), {"fdx-signature": signature})["statusCode"] == 503
    assert taken_in(shop) == []


def test_while_the_secret_store_is_down_the_sender_is_asked_to_come_again():
    shop = Shop()
    shop.world.secrets.down = True
    assert pushed(shop, BODY.decode(), {"fdx-signature": GOOD})["statusCode"] == 503
    shop.world.secrets.down = False
    assert status(shop, BODY.decode(), {"fdx-signature": GOOD}) == 202


def test_a_refused_push_leaves_none_of_its_bytes_in_the_log_or_the_answer(caplog):
    caplog.set_level(logging.DEBUG)
    shop = Shop()
    planted = "PLANTED-IN-BODY"
    answer = pushed(shop, json.dumps({"name": planted}), {"fdx-signature": "PLANTED-IN-HEADER" * 6000})
    assert answer["statusCode"] == 401
    assert "PLANTED" not in caplog.text + json.dumps(answer)
