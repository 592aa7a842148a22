"""The pieces a page is built of: sections, forms, fields, drawings. What comes in as text is escaped here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

from chalicelib.rulebook import ROOT, read_toml


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown beside the facts: ``said`` is the code of what was just done, ``wrong`` of what went wrong with the
    order number, ``order`` the order number that opened the page, carried along by its forms."""

    said: str | None = None
    wrong: str | None = None
    order: str | None = None


def section(name: str, title: str, body: str) -> str:
    """A part of the page under a heading of its own."""
    heading = f'<h2 id="{name}-title">{title}</h2>'
    return f'<section class="card" id="{name}" aria-labelledby="{name}-title">{heading}{body}</section>'


def hero(kicker: str, title: str, rest: str = "") -> str:
    """The top of a page; all HTML."""
    above = f'<p class="kicker">{kicker}</p>' if kicker else ""
    return f'<section class="hero" aria-labelledby="step">{above}<h1 id="step">{title}</h1>{rest}</section>'


def form(action: str, inside: str, *, new_tab: bool = False) -> str:
    """A form that is sent to us. What it opens in a new tab cannot reach back to the page."""
    aside = ' target="_blank" rel="noopener noreferrer"' if new_tab else ""
    return f'<form method="post" action="{action}"{aside}>{inside}</form>'


def hidden(**fields: str) -> str:
    """What a form carries along."""
    return "".join(f'<input type="hidden" name="{name}" value="{escape(text)}">' for name, text in fields.items())


def button(words: str, *, plain: bool = False) -> str:
    """What sends a form; ``words`` are HTML. ``plain``: not the one thing to do."""
    return f"<button{' class=plain' if plain else ''}>{words}</button>"


def field(name: str, label: str, more: str = "") -> str:
    """One line to write in, under its label; ``label`` and ``more`` are HTML."""
    return f'<label for="{name}">{label}</label><input id="{name}" name="{name}" autocomplete="off"{more}>'


def drawing(key: str) -> str:
    """The picture of a packing step; it says nothing that its words do not say."""
    lines = _drawings().get(key, _drawings()["other"])
    return f'<svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">{lines}</svg>'


@cache
def _drawings() -> Mapping[str, str]:
    named: Mapping[str, str] = read_toml(ROOT / "notices" / "pages" / "drawings.toml")["drawing"]
    return named
