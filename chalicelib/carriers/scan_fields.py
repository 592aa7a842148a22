"""The loose fields of postal scans: taken as text, and judged for whether they name a person.

>>> says_who("投递员:李四"), says_who("离开【广州国际中心】"), says_who("call 010-65280000")
(True, False, True)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_SAYS_WHO = re.compile(
    r"快递员|投递员|揽投员|揽收员|收寄员|派送员|派件员|配送员|邮递员|业务员|经办人|操作员|营业员|司机|联系人|客服|签收|代收|代签|本人|"
    r"收件人|寄件人|收货人|发货人|收方|寄方|先生|女士|小姐|"
    r"电话|手机|微信|身份证号|护照号|"
    r"\bsign|\breceived by\b|\baccepted by\b|\bdelivered to\b|\bcollected by\b|\bhanded\b|"
    r"\brecipient|\baddressee|\bcourier|\bpostman|\boperator|\bdriver|\btel\b|\bphone|\bmobile|\bm[rs]s?\.? |@",
    re.IGNORECASE,
)
_NUMBER_OF_A_PERSON = re.compile(r"\d(?:[\s\-()]*\d){6,}")
_CONTACT = re.compile(r"[^\s@]{0,64}@\S*|(?!\d{4}-\d\d-\d\d(?!\d))(?<!\d)\+?\d(?:[\s\-().]{0,3}\d){6,}")


class Sent(NamedTuple):
    """A field as text: None when it was not sent, ``wrong`` when what was sent is no text."""

    found: str | None
    wrong: bool


def text_of(scan: Mapping[str, Any], name: str) -> Sent:
    """A field of a scan; numbers where text is documented are taken as text.

    >>> text_of({"opCode": 704}, "opCode"), text_of({"opCode": []}, "opCode"), text_of({}, "opCode").found
    (Sent(found='704', wrong=False), Sent(found=None, wrong=True), None)
    """
    sent = scan.get(name)
    if isinstance(sent, str):
        return Sent(sent.strip(), False)
    if sent is None:
        return Sent(None, False)
    if isinstance(sent, int) and not isinstance(sent, bool):
        return Sent(str(sent), False)
    return Sent(None, True)


def texts_of(scan: Mapping[str, Any], names: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """These fields as text, empty where they were not sent, and the names of those that are no text.

    >>> texts_of({"opCode": 704, "opName": []}, ("opCode", "opName", "opDesc"))
    ({'opCode': '704', 'opName': '', 'opDesc': ''}, ['opName'])
    """
    said: dict[str, str] = {}
    wrong: list[str] = []
    for name in names:
        sent = scan.get(name, "")
        if sent.__class__ is not str:  # the rare way costs more, so it is not taken for every field
            found, is_wrong = text_of(scan, name)
            sent = found or ""
            if is_wrong:
                wrong.append(name)
        said[name] = sent.strip()
    return said, wrong


def says_who(text: str, names: tuple[str, ...] = ()) -> bool:
    """Whether a text may name a person: by a role, a telephone number (seven digits or more) or a name given."""
    if any(name and name in text for name in names):
        return True
    return bool(_SAYS_WHO.search(text) or _NUMBER_OF_A_PERSON.search(text))


def without_contacts(line: str) -> str:
    """The line without mail addresses and telephone numbers (seven digits or more; a date is none).

    >>> without_contacts("Call +33 6 12 34 56 78 or a.b@example.com before 2026-11-24")
    'Call … or … before 2026-11-24'
    """
    return _CONTACT.sub("…", line) if "@" in line or _NUMBER_OF_A_PERSON.search(line.replace(".", "")) else line
