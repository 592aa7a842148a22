"""Everything that left the house, to be looked at in a browser: mails, chat posts and signed webhooks.

/receivers/<id>        where chat posts and webhooks of the local stage arrive
/outbox                the page; /outbox/mails/<n> and /outbox/posts/<n> show one of them
/outbox.json           the same as data, for the story

Mails are those that the embedded AWS keeps instead of sending. A post that is signed is checked with the secrets of its
receiver, as the merchant's own tool would.
"""

from __future__ import annotations

import json
import secrets as random
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from html import escape
from threading import Lock
from typing import Any

from infra.local.carrier_simulator import Answer

MAILS_PATH = "/_ministack/ses/messages"
MOST_KEPT = 500
PAGE = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
}
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: start; padding: .35rem .7rem; vertical-align: top; }
tr { border-bottom: 1px solid #8884; } td:first-child { white-space: nowrap; } code, pre { font-size: .85rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; } .bad { color: #b00; } .good { color: #070; }
iframe { width: 26rem; height: 46rem; border: 1px solid #8886; border-radius: .5rem; background: #fff; }
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the embedded AWS keeps it."""

    at: str
    to: str
    subject: str
    text: str
    html: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """A chat post or webhook as it arrived. ``proof``: what its signature was found to be."""

    at: str
    receiver: str
    message_id: str
    proof: str
    body: str

    @property
    def first_line(self) -> str:
        """What it says, in short."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return self.body[:120]
        if isinstance(said, dict):
            return str(said.get("text") or " ".join(filter(None, (said.get("type"), said.get("subject")))) or said)[
                :160
            ]
        return str(said)[:160]


@dataclass
class Outbox:
    """``secrets`` are those of the receivers by id; ``mails`` asks the embedded AWS what it kept."""

    secrets: Mapping[str, Mapping[str, Any]]
    mails: Callable[[], Sequence[Mail]]
    posts: list[Post] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """One request; None for a path that is not of the outbox."""
        if path.startswith("/receivers/") and method == "POST":
            return self._take(path.removeprefix("/receivers/"), headers, body)
        if path == "/outbox":
            return 200, PAGE, self._page().encode()
        if path == "/outbox.json":
            told = {"mails": [asdict(one) for one in self.mails()], "posts": [asdict(one) for one in self.posts]}
            return 200, {"content-type": "application/json"}, json.dumps(told).encode()
        kind, _, number = path.removeprefix("/outbox/").partition("/")
        if path.startswith("/outbox/") and number.isdecimal():
            return self._one(kind, int(number))
        return None

    def _take(self, receiver: str, headers: Mapping[str, str], body: bytes) -> Answer:
        known = self.secrets.get(receiver)
        if known is None:
            return 404, {"content-type": "text/plain"}, b"there is no such receiver\n"
        told = {name.lower(): value for name, value in headers.items()}
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        post = Post(
            at, receiver, told.get("webhook-id", ""), proof(told, body, known.get("secrets", ())), body.decode()
        )
        with self.lock:
            self.posts.append(post)
            del self.posts[:-MOST_KEPT]
        return 204, {}, b""

    def _page(self) -> str:
        mails = [(n, one) for n, one in enumerate(self.mails())]
        posts = list(enumerate(self.posts))
        return _html("Outbox", "".join([
            "<h1>What left the house</h1>",
            f"<h2>Mails ({len(mails)})</h2><table><tr><th>when<th>to<th>subject</tr>", *map(_mail_row, reversed(mails)),
            f"</table><h2>Chat posts and webhooks ({len(posts)})</h2>",
            "<table><tr><th>when<th>receiver<th>signature<th>what</tr>", *map(_post_row, reversed(posts)), "</table>",
        ]))  # fmt: skip

    def _one(self, kind: str, number: int) -> Answer:
        found: Sequence[Any] = {"mails": self.mails(), "posts": self.posts, "raw": self.mails()}.get(kind, ())
        if number >= len(found):
            return 404, {"content-type": "text/plain"}, b"nothing here\n"
        one = found[number]
        if kind == "raw":
            return 200, PAGE, (one.html or f"<pre>{escape(one.text)}</pre>").encode()
        return 200, PAGE, (_mail_page(number, one) if kind == "mails" else _post_page(one)).encode()


def proof(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> str:
    """What the signature of a post is worth: ``valid (1st secret)``, ``none`` or ``WRONG``."""
    given = headers.get("webhook-signature")
    if given is None:
        return "none"
    signed = b".".join((headers.get("webhook-id", "").encode(), headers.get("webhook-timestamp", "").encode(), body))
    for place, secret in enumerate(secrets):
        key = b64decode(secret.removeprefix("whsec_"))
        wanted = "v1," + b64encode(hmac(key, signed, sha256).digest()).decode()
        if any(compare_digest(wanted, one) for one in given.split(" ")):
            return f"valid ({('current', 'previous')[place]} secret)"
    return "WRONG"


def receiver_secrets(ids: Sequence[str], url: str) -> dict[str, dict[str, Any]]:
    """Address and two signing secrets for each receiver of the local stage."""
    return {
        one: {"url": f"{url}/receivers/{one}", "secrets": [_secret(), _secret()]}
        for one in ids
    }  # fmt: skip


def mails_of(told: Mapping[str, Any]) -> list[Mail]:
    """The mails in what the embedded AWS tells of them, oldest first."""
    rows = [row for account in told.get("messages", {}).values() for row in account]
    return [
        Mail(
            datetime.fromtimestamp(row["Timestamp"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            ", ".join(row["To"]), row["Subject"], row["BodyText"], row["BodyHtml"],
        )
        for row in sorted(rows, key=lambda one: one["Timestamp"])
    ]  # fmt: skip


def _secret() -> str:
    return "whsec_" + b64encode(random.token_bytes(32)).decode()


def _mail_row(numbered: tuple[int, Mail]) -> str:
    n, mail = numbered
    link = f'<a href="/outbox/mails/{n}"><bdi>{escape(mail.subject)}</bdi></a>'
    return f"<tr><td>{escape(mail.at)}<td>{escape(mail.to)}<td>{link}</tr>"


def _post_row(numbered: tuple[int, Post]) -> str:
    n, post = numbered
    tone = "bad" if post.proof == "WRONG" else "good"
    return (
        f'<tr><td>{escape(post.at)}<td>{escape(post.receiver)}<td class="{tone}">{escape(post.proof)}'
        f'<td><a href="/outbox/posts/{n}">{escape(post.first_line)}</a></tr>'
    )


def _mail_page(number: int, mail: Mail) -> str:
    return _html(mail.subject, "".join([
        f'<p><a href="/outbox">all</a></p><h1><bdi>{escape(mail.subject)}</bdi></h1>',
        f"<p>{escape(mail.at)} to {escape(mail.to)}</p>",
        f'<div style="display:flex;gap:2rem;flex-wrap:wrap"><iframe sandbox src="/outbox/raw/{number}"></iframe>',
        f'<pre dir="auto" style="flex:1;min-width:20rem">{escape(mail.text)}</pre></div>',
    ]))  # fmt: skip


def _post_page(post: Post) -> str:
    try:
        shown = json.dumps(json.loads(post.body), indent=2, ensure_ascii=False)
    except ValueError:
        shown = post.body
    return _html(post.receiver, "".join([
        f'<p><a href="/outbox">all</a></p><h1>{escape(post.receiver)}</h1><p>{escape(post.at)} <code>',
        f"{escape(post.message_id)}</code> signature: {escape(post.proof)}</p><pre>{escape(shown)}</pre>",
    ]))  # fmt: skip


def _html(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}{body}</html>'
