"""Which of China Post's words may be kept: names and telephone numbers of couriers and receivers are in most of them.

Nothing is cut out of a scan's sentence, because a name has no shape: a sentence that may hold a person is dropped
whole, and the operation's own name stands for it. Who takes in, carries to the door, or receives is never kept, so
those scans lose their sentence always.

>>> scan_text("投递邮件接收-下段", "如有疑问请电联快递员【王小明，电话:13800000000】", (), near_people=True)
'投递邮件接收-下段'
>>> scan_text("邮件到达处理中心", "邮件到达【上海市国际互换局】", (), near_people=False)
'邮件到达【上海市国际互换局】'
"""

from __future__ import annotations

import re
from functools import lru_cache

from chalicelib.carriers.scan_fields import says_who

MAX_TEXT = 200
_VALUE = re.compile(r"[【\[(（「“\"'‘][^】\])）」”\"'’]*[】\])）」”\"'’]?|[:：=]\s*[^,，;；。]+|\d{4,}")


@lru_cache(maxsize=4096)
def scan_text(name: str, sentence: str, names: tuple[str, ...], *, near_people: bool) -> str:
    """The sentence, else the operation's name, else nothing, as one printable line of at most 200 characters.

    ``names`` are those the scan itself gives (the operator's): a text with one of them is dropped.
    """
    for sent in (name,) if near_people else (sentence, name):
        text = _line(sent)
        if text and not says_who(text, names):
            return text
    return ""


def kept_text(sent: str) -> str:
    """A refusal's words with every value in them (after a colon, in brackets or quotes, four digits or more) left out:
    they say which field was wrong, and may repeat what was in it.

    >>> kept_text("收件人电话格式错误:13800000000"), kept_text("寄件人【王小明】不在揽收范围")
    ('收件人电话格式错误…', '寄件人…不在揽收范围')
    """
    return _VALUE.sub("…", _line(sent))


def _line(sent: str) -> str:
    text = " ".join(sent.split())
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable())
    return text[:MAX_TEXT].strip()
