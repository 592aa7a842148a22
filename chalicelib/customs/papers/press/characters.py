"""Characters as a typesetter meets them: what is dropped as harmful, what stays together, where a line may end.

Line ends follow the Unicode line breaking rules (UAX 14) as far as papers need them: at spaces, after hyphens and
slashes between letters, between Chinese and Japanese characters except where their punctuation forbids it, and
before the leading vowels that begin a Thai syllable. Korean is kept in words, as it is written today.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n") | {ord("\t"): " "}
JOINERS = "\u200c\u200d"
# Marks of category Cf that are seen: number signs written before Arabic and Syriac figures.
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
# Letters by category, blank by nature: fillers of Hangul, joiners of graphemes, selectors of Mongolian.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_MARKS_IN_A_STACK = 4
DOTTED_CIRCLE = "\u25cc"
_SPACES = frozenset(" \u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000")
_OPENING = frozenset("([{〈《「『【〔〖〘〚（［｛｟｢“‘«‹¿¡$£€¥￥＄￡")
_NEVER_FIRST = frozenset(
    ")]}〉》」』】〕〗〙〛）］｝｠｣”’»›!?:;,.、。，．：；！？…‥·・ー～々ゝゞヽヾ％%‰℃°"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
_HYPHENS = frozenset("-‐–—/")
_THAI_LEADING = frozenset("เแโใไ")
# Thai and Lao write these after their consonant and never apart from it, though Unicode calls them letters.
_FOLLOWING_LETTERS = frozenset("ะาำๅຳະາ")
_WIDE = (
    (0x2E80, 0x2FDF),
    (0x2FF0, 0x30FF),
    (0x3100, 0x312F),
    (0x31A0, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
# Scripts in which an invisible joiner changes the letters beside it, and emoji, which are joined into one picture.
_JOINING = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x1800, 0x18AF), (0x203C, 0x3299), (0x1F000, 0x1FAFF))


def within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Say whether a character lies in one of the ranges of code points, ends included."""
    point = ord(character)
    return any(first <= point <= last for first, last in ranges)


@lru_cache(maxsize=4096)
def is_wide(character: str) -> bool:
    """Say whether a character is Chinese or Japanese writing, punctuation and full-width forms included."""
    return character not in "￥￦" and within(character, _WIDE)


@lru_cache(maxsize=4096)
def is_hangul(character: str) -> bool:
    """Say whether a character is Korean writing."""
    return within(character, _HANGUL)


@lru_cache(maxsize=4096)
def is_kana(character: str) -> bool:
    """Say whether a character is one that only Japanese has."""
    return within(character, _KANA)


def harmless(text: str) -> str:
    r"""Give text without what acts on the page unseen: overrides and isolates of direction, zero-width characters,
    soft hyphens, tags; every kind of line end becomes one. Controls stay, for the page shows them by their number.

    >>> harmless("18K\u202e gold\u200b ring\r\nM\u00adilano")
    '18K gold ring\nMilano'
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS)
    kept: list[str] = []
    marks = 0
    for character in unified:
        if not _is_kept(character, kept[-1] if kept else " "):
            continue
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") and not _selects(character) else 0
        if marks > _MARKS_IN_A_STACK:
            # Taller stacks would cover the lines above; nothing is lost, the marks go on upon a circle of their own.
            kept.append(DOTTED_CIRCLE)
            marks = 1
        kept.append(character)
    return "".join(kept)


def _is_kept(character: str, before: str) -> bool:
    if character in JOINERS:
        return within(before, _JOINING) or _selects(before)
    if _selects(character):
        return unicodedata.category(before) in ("So", "Sm", "Lo", "Po", "Nd")
    return character in _SEEN_FORMATS or (unicodedata.category(character) != "Cf" and character not in _BLANKS)


def _selects(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def is_ignorable(character: str) -> bool:
    """Say whether a typeface need not have this character to show the cluster it stands in."""
    return character in JOINERS or _selects(character)


def clusters(text: str) -> Iterator[str]:
    r"""Cut text into what a reader takes for one character: a letter with its marks, a syllable, a joined emoji.

    >>> [len(cluster) for cluster in clusters("e\u0301a\U0001f469\u200d\U0001f527")]
    [2, 1, 3]
    """
    begun = 0
    for at in range(1, len(text)):
        if not _belongs(text[at], text[at - 1], text[begun:at]):
            yield text[begun:at]
            begun = at
    if text:
        yield text[begun:]


def _belongs(character: str, before: str, cluster: str) -> bool:
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or is_ignorable(character):
        return True
    if character in _FOLLOWING_LETTERS:
        return "\u0e00" <= before <= "\u0eff"
    if "\U0001f3fb" <= character <= "\U0001f3ff":
        return within(before, _JOINING[3:])
    if before == "\u200d" and within(character, _JOINING[3:]):
        return True
    if _is_flag(character) and _is_flag(before):
        return len(cluster) == 1
    return "\u1160" <= character <= "\u11ff" and "\u1100" <= before <= "\u11ff"


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def is_space(cluster: str) -> bool:
    """Say whether a line may end at this cluster and swallow it."""
    return cluster in _SPACES


@lru_cache(maxsize=8192)
def may_break(before: str, after: str) -> bool:
    """Say whether a line may end between two neighbouring clusters.

    >>> may_break("金", "链"), may_break("链", "。"), may_break(" ", "a"), may_break("a", "b"), may_break("t", " ")
    (True, False, True, False, False)
    """
    left, right = before[0], after[0]
    if is_space(after) or right in _NEVER_FIRST:
        return False
    if is_space(before):
        return True
    if left in _OPENING:
        return False
    if left in _HYPHENS:
        return right.isalpha()
    if is_wide(left) or is_wide(right):
        return "\u00a0" not in (left, right)
    return right in _THAI_LEADING and "\u0e00" <= left <= "\u0e7f" and left not in _THAI_LEADING
