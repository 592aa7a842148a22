"""Arabic numerals in words, and amounts between "فقط" and "لا غير", which close them against additions."""

from __future__ import annotations

from chalicelib.customs.papers.wording import currency_name

_ONES = (
    "صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة", "أحد عشر", "اثنا عشر",
    "ثلاثة عشر", "أربعة عشر", "خمسة عشر", "ستة عشر", "سبعة عشر", "ثمانية عشر", "تسعة عشر",
)  # fmt: skip
_TENS = ("", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون")
_HUNDREDS = (
    "", "مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة",
)  # fmt: skip
# One, two, three to ten, eleven to ninety-nine, whole hundreds.
_GROUPS = (
    (10**9, "مليار", "ملياران", "مليارات", "مليارًا"),
    (10**6, "مليون", "مليونان", "ملايين", "مليونًا"),
    (1000, "ألف", "ألفان", "آلاف", "ألفًا"),
)


def arabic(number: int) -> str:
    """The number in Arabic words, as masculine nouns are counted.

    >>> arabic(1180), arabic(2000), arabic(21_000), arabic(3_005)
    ('ألف ومئة وثمانون', 'ألفان', 'واحد وعشرون ألفًا', 'ثلاثة آلاف وخمسة')
    """
    if number == 0:
        return _ONES[0]
    parts = []
    for size, one, two, few, many in _GROUPS:
        count, number = divmod(number, size)
        if count:
            parts += _counted(count, one, two, few, many)
    return " و".join((*parts, *_below_a_thousand(number)))


def arabic_amount(whole: int, hundredths: int | None, currency: str) -> str:
    """The currency, then the amount closed on both sides."""
    fraction = "" if hundredths is None else f" و{hundredths:02d}/100"
    return f"{currency_name(currency, 'ar')}: فقط {arabic(whole)}{fraction} لا غير"


def _counted(count: int, one: str, two: str, few: str, many: str) -> list[str]:
    """A count of thousands or more: its noun follows the last two digits, one and two stand alone."""
    hundreds, rest = divmod(count, 100)
    if rest in (1, 2):
        lone = one if rest == 1 else two
        return [*(_counted(hundreds * 100, one, two, few, many) if hundreds else ()), lone]
    words = " و".join(_below_a_thousand(count))
    if rest == 0:
        return [f"{words.removesuffix('ن') if words == 'مئتان' else words} {one}"]
    return [f"{words} {few if rest <= 10 else many}"]


def _below_a_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    parts = [_HUNDREDS[hundreds]] if hundreds else []
    if 0 < rest < 20:
        parts.append(_ONES[rest])
    elif rest:
        tens, ones = divmod(rest, 10)
        parts += [_ONES[ones], _TENS[tens]] if ones else [_TENS[tens]]
    return parts
