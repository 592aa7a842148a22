"""The page that shows what left the house, and the receivers it stands in for."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import pytest

from infra.local.outbox import Mail, Outbox, mails_of, proof, receiver_secrets

SECRETS = receiver_secrets(["shop-system", "returns-chat"], "http://127.0.0.1:4610")
BODY = b'{"type":"exception.opened","subject":"case/c1"}'


def signed(secret: str, body: bytes = BODY, at: str = "1795400000") -> dict[str, str]:
    key = b64decode(secret.removeprefix("whsec_"))
    told = hmac(key, b"msg_1." + at.encode() + b"." + body, sha256).digest()
    return {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": "v1," + b64encode(told).decode()}


@pytest.fixture
def outbox() -> Outbox:
    mails = [Mail("2026-11-22T10:00:00Z", "camille@example.com", "<b>Votre retour</b>", "Bonjour", "<p>Bonjour</p>")]
    return Outbox(SECRETS, lambda: mails)


def got(outbox: Outbox, path: str) -> tuple[int, str]:
    answer = outbox.handle("GET", path, {}, b"")
    assert answer is not None
    return answer[0], answer[2].decode()


@pytest.mark.parametrize(("place", "told"), [(0, "valid (current secret)"), (1, "valid (previous secret)")])
def test_a_post_is_proven_with_either_secret_of_its_receiver(outbox, place, told):
    headers = {name.title(): value for name, value in signed(SECRETS["shop-system"]["secrets"][place]).items()}
    assert outbox.handle("POST", "/receivers/shop-system", headers, BODY)[0] == 204
    assert [(one.receiver, one.message_id, one.proof) for one in outbox.posts] == [("shop-system", "msg_1", told)]


@pytest.mark.parametrize(
    "headers",
    [signed(SECRETS["returns-chat"]["secrets"][0]), signed(SECRETS["shop-system"]["secrets"][0], BODY + b"\n")],
)
def test_a_post_that_another_secret_or_another_body_signed_is_shown_as_wrong(headers):
    assert proof(headers, BODY, SECRETS["shop-system"]["secrets"]) == "WRONG"


def test_a_post_to_nobody_is_not_found(outbox):
    assert outbox.handle("POST", "/receivers/stranger", {}, BODY)[0] == 404


def test_the_page_lists_mails_and_posts_with_everything_foreign_escaped(outbox):
    outbox.handle("POST", "/receivers/returns-chat", {}, json.dumps({"text": "<script>"}).encode())
    status, page = got(outbox, "/outbox")
    assert status == 200
    assert "&lt;b&gt;Votre retour" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_a_mail_is_shown_as_its_reader_sees_it_and_nothing_in_it_can_run(outbox):
    assert "<iframe sandbox" in got(outbox, "/outbox/mails/0")[1]
    answer: Any = outbox.handle("GET", "/outbox/raw/0", {}, b"")
    assert answer[2] == b"<p>Bonjour</p>"
    assert "default-src 'none'" in answer[1]["content-security-policy"]


@pytest.mark.parametrize("path", ["/outbox/mails/7", "/outbox/posts/0", "/outbox/things/0"])
def test_what_is_not_there_is_not_found(outbox, path):
    assert got(outbox, path)[0] == 404


def test_other_paths_are_left_to_the_carriers(outbox):
    assert outbox.handle("GET", "/fedex/track", {}, b"") is None


def test_the_mails_of_the_embedded_aws_are_read_oldest_first():
    rows = [
        {"Timestamp": 2, "To": ["b@example.com"], "Subject": "later", "BodyText": "", "BodyHtml": None},
        {"Timestamp": 1, "To": ["a@example.com"], "Subject": "earlier", "BodyText": "", "BodyHtml": None},
    ]
    assert [one.subject for one in mails_of({"messages": {"000000000000": rows}})] == ["earlier", "later"]
