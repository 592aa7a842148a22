"""A notice as plain text and as HTML: one column, phone first, inline styles, light and dark, nothing fetched.

Everything that is not ours goes through ``escape``; codes, sums and names are isolated wherever their direction could
turn the words beside them round. There is no picture and no script in a notice, and no link but the one to the
customer's own page.
"""

from __future__ import annotations

from functools import cache
from html import escape
from string import Template
from typing import Literal

from chalicelib.notices.letter import Ask, Block, Letter, Link, Listing
from chalicelib.notices.safe_text import isolated, runs_from_the_right
from chalicelib.notices.wording import Phrase, Piece, direction_of
from chalicelib.rulebook import ROOT

Direction = Literal["ltr", "rtl"]
# A number or a sum of up to so many signs is not broken over two lines; it fits the narrowest telephone.
_KEPT_WHOLE = 24
# Ink on ground, light then dark; each pair is held at 4.5 : 1 or better.
LIGHT = {
    "page": "#f1f3f5",
    "card": "#ffffff",
    "ink": "#1c2530",
    "quiet": "#55606e",
    "asked": "#eaf1fb",
    "edge": "#2b62b0",
    "label": "#ffffff",
}
DARK = {
    "page": "#101418",
    "card": "#1b2128",
    "ink": "#e9edf1",
    "quiet": "#b3bdc8",
    "asked": "#233349",
    "edge": "#8db6f2",
    "label": "#101418",
}
_FONT = (
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','PingFang SC',"
    "'Hiragino Sans','Malgun Gothic','Microsoft YaHei',sans-serif"
)


def text_of_letter(letter: Letter) -> str:
    """The plain text: paragraphs with one empty line between them."""
    write = _Plain(direction_of(letter.language))
    parts = [letter.sample, letter.title, letter.greeting, *letter.blocks]
    blocks = [write.block(part) for part in parts if part is not None]
    closing = "\n".join(write.phrase(phrase) for phrase in letter.closing[1:])
    rows = "\n".join(write.phrase(row) for row in letter.rows)
    notes = [write.phrase(note) for note in letter.notes]
    return "\n\n".join([*blocks, write.phrase(letter.closing[0]), closing, rows, *notes]) + "\n"


def html_of_letter(letter: Letter) -> str:
    """The HTML document, complete in itself."""
    write = _Html(letter.language, direction_of(letter.language))
    sample = f'<p class="quiet" style="{_FIRST}">{write.phrase(letter.sample)}</p>' if letter.sample else ""
    body = [
        sample,
        f'<h1 class="ink" style="{_TITLE}{_TITLE_BREAKS.get(letter.language, "")}">{write.phrase(letter.title)}</h1>',
        write.block(letter.greeting),
        *(write.block(block) for block in letter.blocks),
        write.block(letter.closing[0]),
        f'<p class="ink" style="{_BODY}">{"<br>".join(write.phrase(phrase) for phrase in letter.closing[1:])}</p>',
        f'<p class="quiet rule" style="{_ROWS}">{"<br>".join(write.phrase(row) for row in letter.rows)}</p>',
        *(f'<p class="quiet" style="{_SMALL}">{write.phrase(note)}</p>' for note in letter.notes),
    ]
    return _page().substitute(
        lang=letter.language,
        dir=write.direction,
        breaks=_BREAKS.get(letter.language, ""),
        start="right" if write.direction == "rtl" else "left",
        title=escape(letter.title.plain),
        preheader=write.phrase(letter.preheader),
        body="\n".join(part for part in body if part),
    )


class _Plain:
    """Writes phrases as text."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction

    def block(self, block: Block) -> str:
        if isinstance(block, Listing):
            marks = (f"{n}." for n in range(1, 100)) if block.ordered else ("-" for _ in block.entries)
            lines = [f"{mark} {self.phrase(entry)}" for mark, entry in zip(marks, block.entries, strict=False)]
            return "\n".join([self.phrase(block.heading), *lines])
        if isinstance(block, Ask):
            return f"{self.phrase(block.heading)}\n{self.phrase(block.what)}"
        if isinstance(block, Link):
            return f"{self.phrase(block.label)}\n{block.url}"
        return self.phrase(block)

    def phrase(self, phrase: Phrase) -> str:
        return "".join(self._piece(piece) for piece in phrase.pieces)

    def _piece(self, piece: Piece) -> str:
        return isolated(piece.text) if needs_isolation(piece, self.direction) else piece.text


class _Html:
    """Writes phrases as HTML."""

    def __init__(self, language: str, direction: Direction) -> None:
        self.language, self.direction = language, direction

    def block(self, block: Block) -> str:
        if isinstance(block, Listing):
            return self._listing(block)
        if isinstance(block, Ask):
            side = "right" if self.direction == "rtl" else "left"
            return (
                f'<div class="asked" style="{_ASKED}border-{side}:4px solid {LIGHT["edge"]};">'
                f'<p class="quiet" style="{_ASK_HEAD}">{self.phrase(block.heading)}</p>'
                f'<p class="ink" style="{_ASK_BODY}">{self.phrase(block.what)}</p></div>'
            )
        if isinstance(block, Link):
            return f'<p style="{_LINK_ROW}"><a class="link" href="{escape(block.url)}" style="{_LINK}">' + (
                f"{self.phrase(block.label)}</a></p>"
            )
        return f'<p class="ink" style="{_BODY}">{self.phrase(block)}</p>'

    def phrase(self, phrase: Phrase) -> str:
        inside = "".join(self._piece(piece) for piece in phrase.pieces)
        if phrase.language == self.language:
            return inside
        return f'<span lang="{phrase.language}" dir="{direction_of(phrase.language)}">{inside}</span>'

    def _listing(self, listing: Listing) -> str:
        tag = "ol" if listing.ordered else "ul"
        side = "0 30px 0 0" if self.direction == "rtl" else "0 0 0 30px"
        entries = "".join(f'<li style="margin:0 0 8px;">{self.phrase(entry)}</li>' for entry in listing.entries)
        return (
            f'<h2 class="ink" style="{_HEAD}">{self.phrase(listing.heading)}</h2>'
            f'<{tag} class="ink" style="{_LIST}padding:{side};">{entries}</{tag}>'
        )

    def _piece(self, piece: Piece) -> str:
        if piece.kind == "code":
            whole = ' style="white-space:nowrap;"' if len(piece.text) <= _KEPT_WHOLE else ""
            return f'<bdi dir="ltr"{whole}>{escape(piece.text)}</bdi>'
        return f"<bdi>{escape(piece.text)}</bdi>" if needs_isolation(piece, self.direction) else escape(piece.text)


def needs_isolation(piece: Piece, direction: Direction) -> bool:
    """Codes, sums and names in a text that is read from the right; a name that is, in any other.

    >>> needs_isolation(Piece("EA123456785CN", "code"), "ltr"), needs_isolation(Piece("ليلى", "name"), "ltr")
    (False, True)
    """
    if piece.kind == "said":
        return False
    return direction == "rtl" or runs_from_the_right(piece.text)


# Korean breaks between words, and a Japanese title between phrases; browsers would break both at any sign.
_BREAKS = {"ko": "word-break:keep-all;"}
_TITLE_BREAKS = {"ja": "word-break:auto-phrase;"}
_BODY = f"margin:0 0 16px;font-size:17px;line-height:1.55;color:{LIGHT['ink']};"
_TITLE = f"margin:0 0 18px;font-size:24px;line-height:1.3;font-weight:600;text-wrap:balance;color:{LIGHT['ink']};"
_HEAD = f"margin:24px 0 10px;font-size:17px;line-height:1.4;font-weight:600;color:{LIGHT['ink']};"
_LIST = f"margin:0 0 16px;font-size:17px;line-height:1.5;color:{LIGHT['ink']};"
_ASKED = f"margin:4px 0 20px;padding:14px 16px;border-radius:6px;background-color:{LIGHT['asked']};"
_ASK_HEAD = f"margin:0 0 4px;font-size:14px;line-height:1.4;color:{LIGHT['quiet']};"
_ASK_BODY = f"margin:0;font-size:17px;line-height:1.5;font-weight:600;color:{LIGHT['ink']};"
_LINK_ROW = "margin:4px 0 22px;"
_LINK = (
    f"display:inline-block;padding:13px 22px;border-radius:6px;background-color:{LIGHT['edge']};color:{LIGHT['label']};"
    "font-size:17px;line-height:1.3;font-weight:600;text-decoration:none;"
)
_ROWS = (
    f"margin:24px 0 0;padding:16px 0 0;border-top:1px solid #d8dde3;font-size:14px;line-height:1.7;"
    f"color:{LIGHT['quiet']};word-break:break-word;"
)
_FIRST = f"margin:0 0 14px;font-size:13px;line-height:1.5;color:{LIGHT['quiet']};"
_SMALL = f"margin:10px 0 0;font-size:13px;line-height:1.5;color:{LIGHT['quiet']};"


@cache
def _page() -> Template:
    """The document around every notice, with its colours."""
    text = (ROOT / "notices" / "templates" / "page.html").read_text(encoding="utf-8")
    colours = {f"{way}_{name}": tone for way, all_ in (("light", LIGHT), ("dark", DARK)) for name, tone in all_.items()}
    return Template(Template(text).safe_substitute(colours, font=_FONT))
