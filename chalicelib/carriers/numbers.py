"""Tracking numbers: written as they are printed, compared as they are meant.

The carrier a label names always wins over a guess from digits: a bare check digit is weak evidence, and
calling a good number bad costs more than the reverse. Formats after jkeen/tracking_number_data, but for FedEx's 32
digits (ASTRA), which are assumed: see ``_astra``.

>>> normalise(" 9865 7878-8855 ")
'986578788855'
>>> judge_fedex("986578788855"), judge_fedex("996578788855"), judge_fedex("1234")
('valid', 'wrong_check_digit', 'unknown_format')
>>> judge_dhl("3318810025"), judge_dhl("3318810010"), judge_ems("EA123456785CN")
('valid', 'unproven', 'valid')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

from chalicelib.places import main_zone_of, sure_zone_of

Verdict = Literal["valid", "unproven", "unknown_format", "wrong_check_digit"]
"""``valid``: a format of the carrier's, and its check digit fits where it has one. ``unproven``: the format fits and
the check digit does not, but this carrier also carries numbers of partners without one: warn, never refuse.
``wrong_check_digit``: mistyped. ``unknown_format``: not of this carrier, as far as is known."""

_SEPARATORS = re.compile(r"[\s\-–—.]+")
_FIT_FOR_A_KEY = re.compile(r"[0-9A-Z]{4,40}\Z")
_EXPRESS_WEIGHTS = (3, 1, 7)
_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})\Z")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_SERVICES: Mapping[str, str] = {
    "C": "parcel", "E": "ems", "H": "ecommerce_parcel", "L": "express_letter", "M": "m_bag",
    "R": "registered", "U": "other_letter", "V": "insured_letter",
}  # fmt: skip
_DHL_PIECE = re.compile(r"(?:JD[0-9]{18}|JJD[0-9]{10,20}|JVGL[0-9]{9,20}|J[A-Z]{2,3}[0-9]{9,10})\Z")
_PRINTED_MARKS = str.maketrans("", "", "()[]*")


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


def could_be(number: str) -> tuple[str, ...]:
    """The carriers that a normalised number can be of, those whose check digit it passes first.

    A guess for somebody who only has the number: it never overrules the carrier that a leg or a label names.

    >>> could_be("EA123456785CN"), could_be("3318810010"), could_be("986578788855"), could_be("HELLO")
    (('ems',), ('dhl',), ('fedex',), ())
    """
    verdicts = {name: judge(number) for name, judge in _JUDGES.items()}
    return tuple(name for wanted in ("valid", "unproven") for name, verdict in verdicts.items() if verdict == wanted)


def waybill_in(barcode: str) -> str | None:
    """The number that a scanned barcode stands for: its own, or the one inside a longer FedEx code whose check digit
    fits. None for what is no number of ours.

    >>> waybill_in("1001921334250001000300779017972697"), waybill_in("9611020987654312345672")
    ('779017972697', '987654312345672')
    >>> waybill_in("(J) JD01 4600 0062 8123 0704"), waybill_in("https://example.com")
    ('JJD014600006281230704', None)
    """
    scanned = normalise(barcode.translate(_PRINTED_MARKS))
    if scanned is None:
        return None
    inside = _inside(scanned) if _is_digits(scanned) else None
    return inside or (scanned if could_be(scanned) else None)


def judge_dhl(number: str) -> Verdict:
    """Whether a normalised number can be DHL Express's: a waybill of 10 or 11 digits (the last is the rest of the
    others by seven) or a piece (JD, JJD, JVGL and their kin, which have no known check digit).

    A wrong check digit is only ``unproven``: numbers of partners are carried under DHL waybills.
    """
    if _DHL_PIECE.match(number):
        return "valid"
    if not _is_digits(number) or len(number) not in (10, 11):
        return "unknown_format"
    return "valid" if int(number[:-1]) % 7 == int(number[-1]) else "unproven"


def judge_ems(number: str) -> Verdict:
    """Whether a normalised number can be of the posts: an S10 item number of an existing country, or the 13 digits
    of a domestic waybill of China Post, which have no public check digit.

    >>> judge_ems("EA123456784CN"), judge_ems("EA123456785XX"), judge_ems("1234567890123")
    ('wrong_check_digit', 'unknown_format', 'valid')
    """
    if _is_digits(number):
        return "valid" if len(number) == 13 else "unknown_format"
    item = _S10.match(number)
    if item is None or not is_country(item[4]):
        return "unknown_format"
    return "valid" if item[3] == s10_check_digit(item[2]) else "wrong_check_digit"


def s10_check_digit(serial: str) -> str:
    """The ninth digit of an S10 item number (UPU standard S10).

    >>> [s10_check_digit(serial) for serial in ("47312482", "12345678", "00000000", "00000001", "73905242")]
    ['9', '5', '5', '4', '2']
    """
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return str({10: 0, 11: 5}.get(rest, rest))


def s10_service(number: str) -> str | None:
    """What kind of item an S10 number names by its first letters; EX to EZ are for use between two posts that agreed
    on it. None: no S10 number, or letters for use inside one country.

    >>> s10_service("EA123456785CN"), s10_service("EX123456785CN"), s10_service("ZZ123456785CN")
    ('ems', 'ems_bilateral', None)
    """
    if not _S10.match(number):
        return None
    if number[0] == "E" and number[1] in "XYZ":
        return "ems_bilateral"
    return _S10_SERVICES.get(number[0])


def s10_country(number: str) -> str | None:
    """The country whose post gave out an S10 number.

    >>> s10_country("EG688165502JP"), s10_country("3318810025")
    ('JP', None)
    """
    item = _S10.match(number)
    return item[4] if item and is_country(item[4]) else None


def is_country(code: str) -> bool:
    """Whether a country with a clock has this ISO 3166-1 alpha-2 code."""
    return sure_zone_of(code, None) is not None or main_zone_of(code) is not None


def judge_fedex(number: str) -> Verdict:
    """Whether a normalised number can be FedEx's: 12 (Express), 15, 18, 20 and 22 digits (Ground), 32 and 34
    (barcodes).
    """
    if not _is_digits(number):
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


def _is_digits(number: str) -> bool:
    return number.isascii() and number.isdigit()


def _inside(digits: str) -> str | None:
    """The number in a longer FedEx code: 34 digits end with 14 of which two zeros are filling, 32 (ASTRA) hold it
    after the sixteenth, 22 beginning 96 end with a Ground number."""
    if len(digits) == 34 and _fourteen(digits[-14:]):
        return digits[-14:].removeprefix("00")
    if len(digits) == 32 and _express(digits[16:28]):
        return digits[16:28]
    if len(digits) == 22 and digits.startswith("96") and _mod10(digits[-15:]):
        return digits[-15:]
    return None


def _express(number: str) -> bool:
    return number[-1] == express_check_digit(number[:-1])


def _fourteen(number: str) -> bool:
    """14 digits of a FedEx Express barcode: weights 1, 7, 3 over the first 13."""
    total = sum(int(digit) * (1, 7, 3)[at % 3] for at, digit in enumerate(number[:-1]))
    return number[-1] == str(total % 11 % 10)


def _mod10(number: str) -> bool:
    """Weights 3 and 1 alternating, 3 next to the check digit (Ground 15 and 20, SSCC)."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(number[:-1])))
    return number[-1] == str(-total % 10)


def _container(number: str) -> bool:
    """18 digits: two for the kind of container, then 15 and their check digit."""
    return _mod10(number[2:])


def _ground_20(number: str) -> bool:
    """Ground, or SmartPost printed without the 92 that belongs before it."""
    return _mod10(number) or _mod10(f"92{number}")


def _ground_96(number: str) -> bool:
    """22 digits beginning 96: application id and mailer, then a 15-digit Ground number."""
    return _mod10(number[-15:]) if number.startswith("96") else _mod10(number)


def _astra(number: str) -> bool:
    """The 32 digits of an ASTRA code hold an Express number in places 17 to 28.

    Assumed: no published list has these places. The check digit of the number inside keeps a wrong guess out ten times
    of eleven; confirm with the first real label.
    """
    return _express(number[16:28])


def _barcode(number: str) -> bool:
    """The scanned 34 digits end with the 14 digits that hold the number: Express (00 + 12) or Ground."""
    return _express(number[-12:]) or _fourteen(number[-14:]) or _mod10(number[-15:]) or _mod10(number)


_FEDEX_CHECKS = {
    12: _express, 15: _mod10, 18: _container, 20: _ground_20, 22: _ground_96, 32: _astra, 34: _barcode,
}  # fmt: skip
_JUDGES: Mapping[str, Callable[[str], Verdict]] = {"fedex": judge_fedex, "dhl": judge_dhl, "ems": judge_ems}
