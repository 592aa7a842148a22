"""Carrier wording cut to length without breaking a character as a reader sees it (a grapheme)."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def clip(text: str, limit: int) -> str:
    """At most ``limit`` code points, cut before the grapheme that does not fit whole; lone surrogates, which
    cannot be stored, become the replacement character. One endless grapheme is cut hard.

    >>> clip("cafe\u0301s", 4), clip("ab\U0001f469\u200d\U0001f527", 3)
    ('caf', 'ab')
    """
    if text.isascii():
        return text[:limit]
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    if len(text) <= limit:
        return text
    cut = limit
    while cut and not _may_cut(text, cut):
        cut -= 1
    return text[: cut or limit]


def _may_cut(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if before == _JOINER or _extends(after) or before + after == "\r\n":
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        return _flag_halves_before(text, cut) % 2 == 0
    return not (_is_conjoining(before) and _is_conjoining(after))


def _extends(character: str) -> bool:
    """Marks, joiners, skin tones and tags belong to the character before them."""
    if character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    return unicodedata.category(character) in ("Mn", "Me", "Mc")


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_halves_before(text: str, cut: int) -> int:
    start = cut
    while start and _is_flag_half(text[start - 1]):
        start -= 1
    return cut - start


def _is_conjoining(character: str) -> bool:
    """Hangul letters that build one syllable."""
    return "\u1100" <= character <= "\u11ff"
