"""The document around a page: head, header, languages, footer; one stylesheet inside, and nothing fetched."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape

from chalicelib.notices.facts import MerchantContact, NoticeFacts
from chalicelib.notices.language import chain_of
from chalicelib.notices.pages.words import Speaker, page_languages
from chalicelib.notices.safe_text import one_line
from chalicelib.rulebook import ROOT

# Of whom a page speaks that belongs to no return.
NOBODY = NoticeFacts("", "", "refund", MerchantContact("", "", ""), "Etc/UTC")
_MARKED = ' aria-current="true"'


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: how its forms and links are addressed from there, relative, so that no address holds more
    than the browser has already. ``home`` is the page itself, ``acts`` what stands before the name of an act."""

    home: str
    acts: str

    def act(self, name: str) -> str:
        """The address of an act."""
        return escape(f"{self.acts}{name}")


def document(say: Speaker, title: str, body: str, languages: str = "") -> str:
    """The whole document. ``title`` and ``body`` are HTML."""
    house = escape(one_line(say.facts.merchant.name) or "")
    return (
        f'<!DOCTYPE html><html lang="{say.language}" dir="{say.direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex,nofollow,noarchive">'
        '<meta name="format-detection" content="telephone=no,date=no,address=no">'
        f"<title>{title}</title><style>{stylesheet()}</style></head>"
        f'<body><a class="skip" href="#content">{say.say("page.top.skip")}</a>'
        f'<header><div class="wrap"><span class="house">{house}</span>{languages}</div></header>'
        f'<main id="content" class="wrap">{body}</main>'
        f'<footer><div class="wrap"><p>{say.say("page.top.private")}</p></div></footer></body></html>'
    )


def languages_of(say: Speaker, place: Place) -> str:
    """The list of languages, as links to the same page."""
    shown = page_languages()
    current = next(one for one in chain_of(say.language) if one in shown)
    rows = "".join(
        f'<li><a href="{escape(place.home)}?language={tag}" lang="{tag}" hreflang="{tag}"'
        f"{_MARKED if tag == current else ''}>{escape(name)}</a></li>"
        for tag, name in shown.items()
    )
    label = say.plain("page.top.language")
    return (
        f'<nav class="tongues" aria-label="{label}"><details><summary><span class="sr">{label}: </span>'
        f"{escape(shown[current])}</summary><ul>{rows}</ul></details></nav>"
    )


@cache
def stylesheet() -> str:
    """The one stylesheet."""
    text = (ROOT / "notices" / "pages" / "style.css").read_text(encoding="utf-8")
    return "".join(line.strip() for line in text.splitlines())


@cache
def style_digest() -> str:
    """What a content security policy names the stylesheet by."""
    return "sha256-" + b64encode(sha256(stylesheet().encode()).digest()).decode()
