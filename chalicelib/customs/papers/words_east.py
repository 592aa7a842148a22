"""Chinese financial capitals and Japanese formal numerals, which cannot be altered by a stroke."""

from __future__ import annotations

from chalicelib.customs.papers.wording import currency_name

_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_FORMAL = "〇壱弐参四五六七八九"
_JAPANESE_PLACES = ("", "拾", "百", "千")
_JAPANESE_GROUPS = ("", "万", "億")


def chinese_amount(whole: int, hundredths: int, currency: str) -> str:
    """By the rules for bank bills: 整 after yuan and jiao, never after fen; one 零 for any run of empty places.

    >>> chinese_amount(16409, 2, "CNY"), chinese_amount(107000, 0, "CNY"), chinese_amount(0, 50, "CNY")
    ('人民币壹万陆仟肆佰零玖元零贰分', '人民币壹拾万零柒仟元整', '人民币伍角整')
    """
    jiao, fen = divmod(hundredths, 10)
    said = f"{_chinese(whole)}元" if whole or not hundredths else ""
    if jiao:
        said += f"{_CAPITALS[jiao]}角"
    elif fen and whole:
        said += "零"
    said += f"{_CAPITALS[fen]}分" if fen else "整"
    return currency_name(currency, "zh") + said


def japanese_amount(whole: int, hundredths: int | None, currency: str) -> str:
    """Between 金 and 也; the four numerals that the law protects are formal.

    >>> japanese_amount(12_345, None, "JPY"), japanese_amount(1180, 50, "EUR")
    ('金壱万弐千参百四拾五円也', '金壱千壱百八拾ユーロ50/100也')
    """
    fraction = f"{hundredths:02d}/100" if hundredths else ""
    return f"金{_japanese(whole)}{currency_name(currency, 'ja')}{fraction}也"


def _chinese(number: int) -> str:
    if number == 0:
        return "零"
    said, gap = "", False
    for group in range(2, -1, -1):
        four = number // 10000**group % 10000
        if four == 0:
            gap = bool(said)
            continue
        said += ("零" if said and (gap or four < 1000) else "") + _chinese_four(four) + _GROUPS[group]
        gap = four % 10 == 0
    return said


def _chinese_four(four: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = four // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + _CAPITALS[digit] + _PLACES[place]
        gap = digit == 0
    return said


def _japanese(number: int) -> str:
    if number == 0:
        return "零"
    said = ""
    for group in range(2, -1, -1):
        four = number // 10000**group % 10000
        digits = "".join(
            _FORMAL[four // 10**place % 10] + _JAPANESE_PLACES[place]
            for place in range(3, -1, -1)
            if four // 10**place % 10
        )
        said += digits + (_JAPANESE_GROUPS[group] if digits else "")
    return said
