"""German numerals: one word up to a million, as amounts are written out in German."""

from __future__ import annotations

_ONES = (
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
    "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")


def german(number: int) -> str:
    """The number in German words.

    >>> german(1180), german(21_001), german(2_000_000)
    ('eintausendeinhundertachtzig', 'einundzwanzigtausendeins', 'zwei Millionen')
    """
    for size, one, many in ((10**9, "eine Milliarde", "Milliarden"), (10**6, "eine Million", "Millionen")):
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 else f"{_below_a_million(count)} {many}"
            return head + (f" {german(rest)}" if rest else "")
    return _below_a_million(number)


def _below_a_million(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return (f"{_joined(ones)}und" if ones else "") + _TENS[tens]
    size, name = (1000, "tausend") if number >= 1000 else (100, "hundert")
    count, rest = divmod(number, size)
    return _joined(count) + name + (_below_a_million(rest) if rest else "")


def _joined(number: int) -> str:
    """Before another part of the word "eins" loses its s."""
    word = _below_a_million(number)
    return word.removesuffix("s") if word.endswith("eins") else word
