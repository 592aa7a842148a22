"""Mails as they leave: whole, in any language, with no header that somebody else wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.mail import SesMail, address_of, written
from chalicelib.errors import MailRefused, UnavailableError
from chalicelib.workflows.delivery_ports import Letter
from tests.fakes.aws_world import REGION, client_maker

LETTER = Letter(
    message_id="msg_1", to="claire@example.com", subject="Votre bague est arrivée", text="Bonjour,\nelle est là.",
    html="<p>Bonjour, elle est là.</p>", language="fr", sender_name="Maison Élodie",
    reply_to="retours@example.com", sent_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    unsubscribe="https://example.com/no?u=1",
)  # fmt: skip


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        make = client_maker()
        make("sesv2").create_email_identity(EmailIdentity="example.com")
        yield Clients(make)


class Refusing:
    """A provider that answers with one error."""

    def __init__(self, code, status=400):
        self.refusal = ClientError(
            {"Error": {"Code": code, "Message": "claire@example.com"}, "ResponseMetadata": {"HTTPStatusCode": status}},
            "SendEmail",
        )

    def send_email(self, **_):
        raise self.refusal


def read(letter):
    return message_from_bytes(written(letter, "example.com").as_bytes(), policy=default)


def test_a_mail_goes_out_and_its_id_comes_back(clients):
    sent = SesMail(clients, "example.com").send(LETTER)

    (kept,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert sent == kept.id
    assert set(kept.destinations) == {"claire@example.com"}
    assert "Auto-Submitted: auto-generated" in kept.raw_data


def test_every_header_says_what_it_should():
    mail = read(LETTER)

    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == (
        "Maison Élodie", "returns@example.com",
    )  # fmt: skip
    assert {name: str(mail[name]) for name in (
        "To", "Subject", "Reply-To", "Date", "Message-ID", "X-Entity-Ref-ID", "Auto-Submitted", "Content-Language",
        "List-Unsubscribe",
    )} == {
        "To": "claire@example.com", "Subject": "Votre bague est arrivée", "Reply-To": "retours@example.com",
        "Date": "Sun, 22 Nov 2026 10:00:00 +0000", "Message-ID": "<msg_1@example.com>", "X-Entity-Ref-ID": "msg_1",
        "Auto-Submitted": "auto-generated", "Content-Language": "fr", "List-Unsubscribe": "<https://example.com/no?u=1>",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("您的戒指已到达", "您好\n戒指已到。"),
        ("وصل خاتمك", "مرحباً"),
        ("指輪が届きました", "こんにちは"),
        ("Ihr Ring", "Grüße " * 400),
    ],
)
def test_any_language_survives_seven_bit_relays(subject, text):
    letter = replace(LETTER, subject=subject, text=text, html=f"<p>{text}</p>")
    raw = written(letter, "example.com").as_bytes()
    mail = message_from_bytes(raw, policy=default)

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert mail["Subject"] == subject
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    said = [part.get_content().replace("\r\n", "\n").strip() for part in mail.iter_parts()]
    assert said == [text.strip(), f"<p>{text}</p>"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\x00", "\r\n\r\n"])
@pytest.mark.parametrize("field", ["subject", "sender_name", "message_id", "language", "unsubscribe"])
def test_nothing_that_is_typed_begins_a_header_or_a_body(field, end):
    mail = read(replace(LETTER, **{field: f"a{end}Bcc: everybody@example.com{end}X-Forged: 1"}))

    assert mail["Bcc"] is None
    assert mail["X-Forged"] is None
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "address",
    [
        "", "claire", "@example.com", "claire@", "claire@example", "a b@example.com", "a@b@example.com",
        "claire@example.com\r\nBcc: x@example.com", "claire@example.com, x@example.com", "<claire@example.com>",
        "claire@exam ple.com", '"a"@example.com', "claire@-", "é@example.com", "a..b@example.com", ".a@example.com",
        "a" * 65 + "@example.com", "a@" + "b" * 64 + ".com", "a@[127.0.0.1]", "claire@example..com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["to", "reply_to", "also_to"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent_and_not_repeated(field, address):
    given = (address,) if field == "also_to" else address
    with pytest.raises(MailRefused) as refused:
        SesMail(Clients(lambda _: Refusing("NeverCalled")), "example.com").send(replace(LETTER, **{field: given}))

    assert len(address) < 3 or address not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["claire+returns@example.com", "o'neill@example.co.uk", "a.b-c_d@sub.example.com", "1@example.com"]
)
def test_an_address_that_is_one_is_taken(address):
    assert address_of(address).addr_spec == address


def test_staff_at_several_addresses_are_one_mail():
    mail = read(replace(LETTER, to="a@example.com", also_to=("b@example.com", "c@example.com")))

    assert [one.addr_spec for one in mail["To"].addresses] == ["a@example.com", "b@example.com", "c@example.com"]


def test_a_mail_without_html_is_plain_and_one_without_a_date_gets_the_providers():
    mail = read(Letter("msg_1", "claire@example.com", "Held", "Customs want papers."))

    assert (mail.get_content_type(), mail["Date"], mail["List-Unsubscribe"]) == ("text/plain", None, None)


@pytest.mark.parametrize("address", ["http://example.com/no", "javascript:x", "https://example.com/ x", "https://a>b"])
def test_an_unsubscribe_address_that_is_none_is_left_out(address):
    assert read(replace(LETTER, unsubscribe=address))["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("MessageRejected", 400, MailRefused), ("BadRequestException", 400, MailRefused),
        ("TooManyRequestsException", 429, UnavailableError), ("LimitExceededException", 400, UnavailableError),
        ("AccountSuspendedException", 400, UnavailableError), ("SendingPausedException", 400, UnavailableError),
        ("MailFromDomainNotVerifiedException", 400, UnavailableError), ("InternalFailure", 500, UnavailableError),
        ("AccessDeniedException", 403, ClientError),
    ],
)  # fmt: skip
def test_what_is_for_good_and_what_passes_are_told_apart(code, status, raised):
    mail = SesMail(Clients(lambda _: Refusing(code, status)), "example.com")

    with pytest.raises(raised) as failed:
        mail.send(LETTER)

    if raised is MailRefused:
        assert "claire" not in str(failed.value)
        assert failed.value.__cause__ is None
