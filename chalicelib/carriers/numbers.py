"""Tracking numbers: written as they are printed, compared as they are meant.

The carrier a label names always wins over a guess from digits: a bare check digit is weak evidence, and
calling a good number bad costs more than the reverse. Formats after jkeen/tracking_number_data.

>>> normalise(" 9865 7878-8855 ")
'986578788855'
>>> judge_fedex("986578788855"), judge_fedex("996578788855"), judge_fedex("1234")
('valid', 'wrong_check_digit', 'unknown_format')
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Verdict = Literal["valid", "unknown_format", "wrong_check_digit"]

_SEPARATORS = re.compile(r"[\s\-–—.]+")
_FIT_FOR_A_KEY = re.compile(r"[0-9A-Z]{4,40}\Z")
_EXPRESS_WEIGHTS = (3, 1, 7)


def normalise(sent: str) -> str | None:
    """The number without spaces, dashes and dots, in capitals; full-width digits made plain. None: fit for
    no key.

    >>> normalise("１２３４５６７８９０１２"), normalise("<script>")
    ('123456789012', None)
    """
    if _FIT_FOR_A_KEY.match(sent):
        return sent
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", sent[:80])).upper()
    return plain if _FIT_FOR_A_KEY.match(plain) else None


def judge_fedex(number: str) -> Verdict:
    """Whether a normalised number can be FedEx's: 12 (Express), 15, 20 and 22 digits (Ground), 34
    (barcode).
    """
    if not (number.isascii() and number.isdigit()):
        return "unknown_format"
    check = _FEDEX_CHECKS.get(len(number))
    if check is None:
        return "unknown_format"
    return "valid" if check(number) else "wrong_check_digit"


def express_check_digit(first_eleven: str) -> str:
    """The twelfth digit of a FedEx Express number.

    >>> express_check_digit("98657878885")
    '5'
    """
    total = sum(int(digit) * _EXPRESS_WEIGHTS[at % 3] for at, digit in enumerate(first_eleven))
    return str(total % 11 % 10)


def _express(number: str) -> bool:
    return number[-1] == express_check_digit(number[:-1])


def _mod10(number: str) -> bool:
    """Weights 3 and 1 alternating, 3 next to the check digit (Ground 15 and 20, SSCC)."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(number[:-1])))
    return number[-1] == str(-total % 10)


def _ground_96(number: str) -> bool:
    """22 digits beginning 96: application id and mailer, then a 15-digit Ground number."""
    return _mod10(number[-15:]) if number.startswith("96") else _mod10(number)


def _barcode(number: str) -> bool:
    """The scanned 34 digits end with the 14 digits that hold the number: Express (00 + 12) or Ground."""
    return _express(number[-12:]) or _mod10(number[-15:]) or _mod10(number)


_FEDEX_CHECKS = {12: _express, 15: _mod10, 20: _mod10, 22: _ground_96, 34: _barcode}
