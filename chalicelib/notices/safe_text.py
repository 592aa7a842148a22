r"""What customers and carriers wrote, made safe to stand in a mail: one line, no control signs, not cut in a character.

Directional controls and invisible signs are taken out, joiners of emoji and of scripts that need them stay. A text that
holds a web address is no name: mail programs would make a link of it.

>>> one_line("Zo\u00eb\r\nBcc: all@example.com\u202e"), one_line(" \u200b "), name_of("Win now: www.example.com")
('Zoë Bcc: all@example.com', None, None)
>>> isolated("794987654321")
'\u2068794987654321\u2069'
"""

from __future__ import annotations

import re
import unicodedata

from chalicelib.shipments.text import clip

LONGEST = 80
OPEN, CLOSE = "\u2068", "\u2069"
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800")


def one_line(text: str | None, limit: int = LONGEST) -> str | None:
    """The text as one clean line of at most ``limit`` code points; None where nothing to be seen is left."""
    if text is None:
        return None
    kept = "".join(_kept(sign) for sign in text)
    line = clip(" ".join(kept.split()), limit).strip(_JOINERS + " ")
    return line if any(_seen(sign) for sign in line) else None


def name_of(text: str | None) -> str | None:
    """A person's name; None where there is none, or where it would work as a link."""
    line = one_line(text)
    return None if line is None or _ADDRESS.search(line) else line


def isolated(text: str) -> str:
    """The text between isolates, so that its direction and its neighbours leave each other alone."""
    return f"{OPEN}{text}{CLOSE}"


def runs_from_the_right(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in text)


def _kept(sign: str) -> str:
    if sign in _JOINERS or "\U000e0020" <= sign <= "\U000e007f":
        return sign
    if sign in _INVISIBLE:
        return ""
    category = unicodedata.category(sign)
    if category == "Cc" or category in ("Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cf", "Co", "Cn") else sign


def _seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "ZCM"
