"""Reading order of lines that mix right-to-left and left-to-right writing: the Unicode bidirectional algorithm
(UAX 9) for text without embeddings, overrides and isolates, which ``characters.harmless`` has taken out.

Levels: even is left to right, odd is right to left. The names of the rules (W1 ... L2) are the annex's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_BRACKETS = "()[]{}⁅⁆⁽⁾₍₎⟦⟧⟨⟩⟪⟫〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"
_CLOSING_BY_OPENING = dict(zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True))
_NEUTRAL = ("B", "S", "WS", "ON")
_OPEN_AT_MOST = 63
_HYPHENS = "-\u2010\u2011"


def base_level(text: str) -> int:
    """Level of a paragraph by its first letter (P2, P3): 1 when it is of a right-to-left script.

    >>> base_level("12 عقد"), base_level("18K عقد"), base_level("123")
    (1, 0, 0)
    """
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def levels(text: str, base: int) -> list[int]:
    """Level of every character of one paragraph.

    >>> levels("ab عقد 12", 0)
    [0, 0, 0, 1, 1, 1, 1, 2, 2]
    """
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    if base == 0 and not any(kind in ("R", "AL", "AN") for kind in kinds):
        return [0] * len(text)
    start = "R" if base else "L"
    original = list(kinds)
    _weak(kinds, start)
    _brackets(text, original, kinds, start)
    _neutral(kinds, start)
    return [_implicit(kind, base) for kind in kinds]


def figures_held(text: str, found: Sequence[int]) -> list[int]:
    """The same levels, with figures joined by hyphens read as one (HL3): the algorithm would turn the parts of 12-45, a
    house number or a reference, round between Arabic words.

    >>> figures_held("عقد 12-45", levels("عقد 12-45", 1))
    [1, 1, 1, 1, 2, 2, 2, 2, 2]
    """
    held = list(found)
    for at in range(1, len(text) - 1):
        before, after = text[at - 1], text[at + 1]
        if text[at] in _HYPHENS and before.isdecimal() and after.isdecimal() and held[at - 1] == held[at + 1]:
            held[at] = held[at - 1]
    return held


def _weak(kinds: list[str], start: str) -> None:
    before = start
    for at, kind in enumerate(kinds):  # W1
        if kind in ("NSM", "BN"):
            kinds[at] = before
        before = kinds[at]
    _numbers_after(kinds, start, "AL", "AN")  # W2
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, len(kinds) - 1):  # W4
        left, right = kinds[at - 1], kinds[at + 1]
        if left == right and ((kinds[at] in ("ES", "CS") and left == "EN") or (kinds[at] == "CS" and left == "AN")):
            kinds[at] = left
    _terminators(kinds)  # W5
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]  # W6
    _numbers_after(kinds, start, "L", "L")  # W7


def _numbers_after(kinds: list[str], start: str, strong: str, becomes: str) -> None:
    last = start
    for at, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            last = kind
        elif kind == "EN" and last == strong:
            kinds[at] = becomes


def _terminators(kinds: list[str]) -> None:
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > at and ((at and kinds[at - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")):
            kinds[at:end] = ["EN"] * (end - at)
        at = max(end, at + 1)


def _brackets(text: str, original: Sequence[str], kinds: list[str], start: str) -> None:
    """N0: a pair of brackets takes the direction of what stands inside it, or of what stands before it."""
    for opened, closed in _pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[opened + 1 : closed]} - {None}
        if not inside:
            continue
        if start in inside:
            kind = start
        else:
            found = (_strong(kind) for kind in reversed(kinds[:opened]))
            before = next((kind for kind in found if kind), start)
            kind = before if before != start else start
        for at in (opened, closed):
            kinds[at] = kind
            _marks_follow(original, kinds, at)


def _marks_follow(original: Sequence[str], kinds: list[str], at: int) -> None:
    for after in range(at + 1, len(kinds)):
        if original[after] not in ("NSM", "BN"):
            break
        kinds[after] = kinds[at]


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    stack: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if kinds[at] != "ON":
            continue
        if character in _CLOSING_BY_OPENING:
            if len(stack) == _OPEN_AT_MOST:
                return sorted(found)
            stack.append((_CLOSING_BY_OPENING[character], at))
        elif character in (closing for closing, _ in stack):
            while stack[-1][0] != character:
                stack.pop()
            found.append((stack.pop()[1], at))
    return sorted(found)


def _strong(kind: str) -> str | None:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind)


def _neutral(kinds: list[str], start: str) -> None:
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > at:
            left = (_strong(kinds[at - 1]) if at else None) or start
            right = (_strong(kinds[end]) if end < len(kinds) else None) or start
            kinds[at:end] = [left if left == right else start] * (end - at)
        at = max(end, at + 1)


def _implicit(kind: str, base: int) -> int:
    if base % 2:
        return base + (kind != "R")
    return base + {"L": 0, "R": 1}.get(kind, 2)


def visual_order(line_levels: Sequence[int]) -> list[int]:
    """Order in which the pieces of one line stand on paper, from the left (L2).

    >>> visual_order([0, 1, 1, 2, 0])
    [0, 3, 2, 1, 4]
    """
    order = list(range(len(line_levels)))
    odd = [level for level in line_levels if level % 2]
    for level in range(max(line_levels, default=0), min(odd, default=1) - 1, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and line_levels[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return order
