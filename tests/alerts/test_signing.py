"""Signatures of outbound webhooks, held against the scheme's own published example and against its own library."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.alerts.signing import SecretUnreadable, signed

AT = datetime(2026, 11, 22, 10, 0, 7, 600_000, tzinfo=UTC)
CURRENT = "whsec_" + base64.b64encode(b"c" * 24).decode()
PREVIOUS = "whsec_" + base64.b64encode(b"p" * 64).decode()
BODY = json.dumps({"type": "exception.opened", "text": "扣关 – مجوهرات"}, ensure_ascii=False).encode()


def test_the_published_example_comes_out():
    """From the tests of the reference libraries: the scheme's one known answer."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)

    told = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [secret])

    assert told == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_library_of_the_scheme_signs_the_same():
    told = signed("msg_1", AT, BODY, [CURRENT])

    assert told["webhook-signature"] == Webhook(CURRENT).sign("msg_1", AT, BODY.decode())


@pytest.mark.parametrize("held", [CURRENT, PREVIOUS])
def test_while_a_secret_is_replaced_the_library_accepts_with_either(held):
    # The library reads the clock itself and refuses what is five minutes old.
    told = signed("msg_1", datetime.now(UTC), BODY, [CURRENT, PREVIOUS])

    assert told["webhook-signature"].count(" ") == 1
    assert Webhook(held).verify(BODY, dict(told)) == json.loads(BODY)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body", "secret"])
def test_the_library_refuses_whatever_was_changed_on_the_way(changed):
    now = datetime.now(UTC)
    told = dict(signed("msg_1", now, BODY, [CURRENT]))
    body = BODY + b" " if changed == "body" else BODY
    if changed == "webhook-id":
        told[changed] = "msg_2"
    if changed == "webhook-timestamp":
        told[changed] = str(int(now.timestamp()) - 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(PREVIOUS if changed == "secret" else CURRENT).verify(body, told)


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        [CURRENT, PREVIOUS, CURRENT],
        ["plain"],
        [CURRENT.removeprefix("whsec_")],
        ["whsec_"],
        ["whsec_" + base64.b64encode(b"k" * 23).decode()],
        ["whsec_" + base64.b64encode(b"k" * 65).decode()],
        ["whsec_not base64!"],
        ["whsec_Zé"],
        [CURRENT, "whsec_"],
    ],
)
def test_a_secret_that_is_none_is_refused_and_never_repeated(secrets):
    with pytest.raises(SecretUnreadable) as refused:
        signed("msg_1", AT, BODY, secrets)

    assert not any(secret.removeprefix("whsec_") in str(refused.value) for secret in secrets if len(secret) > 6)


def test_an_id_with_a_dot_is_refused_for_it_would_move_what_is_signed():
    with pytest.raises(ValueError, match="dot"):
        signed("msg_1.5", AT, BODY, [CURRENT])
