"""Mail over SES, written by the standard library and handed over as it stands.

Nothing that somebody typed can begin a header of its own: what goes into one is a single line first, and an address
that is none is refused before anything is sent. SES writes a Message-ID of its own over ours; ``X-Entity-Ref-ID`` keeps
it, so that a mail sent twice can be told from two mails.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from chalicelib.adapters.aws import Clients, code_of, reaching
from chalicelib.errors import MailRefused, UnavailableError
from chalicelib.workflows.delivery_ports import Letter

SENDER = "returns"
# Seven bits throughout: every relay on the way takes it, whatever the language.
_POLICY = SMTP.clone(cte_type="7bit")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_UNSUBSCRIBE = re.compile(r"(https://|mailto:)[\x21-\x3b\x3d\x3f-\x7e]{1,900}\Z")
# What SES will say again of the same mail, and what says that we may not send at all just now.
_FOR_GOOD = frozenset({"MessageRejected", "BadRequestException"})
_CLOSED = frozenset({"AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException"})


class SesMail:
    """``Mail`` over SES, sent from ``returns@`` the verified domain."""

    def __init__(self, clients: Clients, domain: str) -> None:
        self._clients, self._domain = clients, domain

    def send(self, letter: Letter) -> str:
        """Send it; the provider's id. Raises ``MailRefused`` for an address that is none or a mail that SES will never
        take, ``UnavailableError`` for what passes."""
        from botocore.exceptions import ClientError

        message = written(letter, self._domain)
        to = [address_of(one).addr_spec for one in (letter.to, *letter.also_to)]
        try:
            with reaching("the mail service"):
                told = self._clients.of("sesv2").send_email(
                    FromEmailAddress=str(message["From"]),
                    Destination={"ToAddresses": to},
                    Content={"Raw": {"Data": message.as_bytes()}},
                )
        except ClientError as refused:
            code = code_of(refused)
            if code in _CLOSED:
                raise UnavailableError(f"the mail service takes nothing from us now ({code})") from None
            if code not in _FOR_GOOD:
                raise
            # Its words may repeat the address: they go no further, not even as a cause.
            raise MailRefused(f"the mail service refused it ({code})") from None
        return str(told["MessageId"])


def written(letter: Letter, domain: str) -> EmailMessage:
    """The mail as it goes out; raises ``MailRefused`` for an address that is none."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(one_line(letter.sender_name), SENDER, domain)
    message["To"] = [address_of(one) for one in (letter.to, *letter.also_to)]
    if letter.reply_to is not None:
        message["Reply-To"] = address_of(letter.reply_to)
    message["Subject"] = one_line(letter.subject)
    if letter.sent_at is not None:
        message["Date"] = format_datetime(letter.sent_at.astimezone(UTC))
    reference = _reference(letter.message_id)
    message["Message-ID"] = f"<{reference}@{domain}>"
    message["X-Entity-Ref-ID"] = reference
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None and _UNSUBSCRIBE.match(letter.unsubscribe):
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    if _LANGUAGE.match(letter.language):  # last: what is said of the content before goes down into its first part
        message["Content-Language"] = letter.language
    return message


def address_of(text: str) -> Address:
    """An address, a domain of other letters in its ASCII form; raises ``MailRefused``, which never repeats it.

    >>> address_of("claire@bücher.example").domain
    'xn--bcher-kva.example'
    """
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if len(local) > 64 or not _LOCAL.match(local) or not _DOMAIN.match(ascii_domain):
        raise MailRefused("this is no address that a mail can be sent to")
    return Address("", local, ascii_domain)


def one_line(text: str) -> str:
    r"""Text fit for a header: no line break of any kind, no control character.

    >>> one_line("Return accepted\r\nBcc: everybody@example.com")
    'Return accepted Bcc: everybody@example.com'
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _reference(message_id: str) -> str:
    return message_id if _REFERENCE.match(message_id) else sha256(message_id.encode()).hexdigest()
