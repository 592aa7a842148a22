"""French, Spanish and Italian numerals, as amounts are written out."""

from __future__ import annotations

_FRENCH = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_FRENCH_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_SPANISH = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
    "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós",
    "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
)  # fmt: skip
_SPANISH_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_SPANISH_HUNDREDS = (
    "", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
    "ochocientos", "novecientos",
)  # fmt: skip
_ITALIAN = (
    "zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici",
    "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove",
)  # fmt: skip
_ITALIAN_TENS = (
    "", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta",
)  # fmt: skip


def french(number: int) -> str:
    """The number in French words, in the spelling of before 1990.

    >>> french(80), french(80_000), french(271), french(2_000_200)
    ('quatre-vingts', 'quatre-vingt mille', 'deux cent soixante et onze', 'deux millions deux cents')
    """
    for size, name in ((10**9, "milliard"), (10**6, "million")):
        if number >= size:
            count, rest = divmod(number, size)
            head = f"{french(count)} {name}{'s' if count > 1 else ''}"
            return head + (f" {french(rest)}" if rest else "")
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mille" if count == 1 else f"{_french_below_a_thousand(count, last=False)} mille"
        return head + (f" {_french_below_a_thousand(rest, last=True)}" if rest else "")
    return _french_below_a_thousand(number, last=True)


def _french_below_a_thousand(number: int, *, last: bool) -> str:
    """``last``: nothing but a noun may follow, so that vingt and cent take their s."""
    if number < 100:
        return _french_below_a_hundred(number, last=last)
    count, rest = divmod(number, 100)
    head = "cent" if count == 1 else f"{_FRENCH[count]} cent"
    if not rest:
        return f"{head}s" if count > 1 and last else head
    return f"{head} {_french_below_a_hundred(rest, last=last)}"


def _french_below_a_hundred(number: int, *, last: bool) -> str:
    if number < 20:
        return _FRENCH[number]
    tens, ones = divmod(number, 10)
    if tens in (7, 9):
        tens, ones = tens - 1, ones + 10
    word = _FRENCH_TENS[tens]
    if not ones:
        return f"{word}s" if tens == 8 and last else word
    if tens != 8 and ones in (1, 11):
        return f"{word} et {_FRENCH[ones]}"
    return f"{word}-{_FRENCH[ones]}"


def spanish(number: int) -> str:
    """The number in Spanish words.

    >>> spanish(21_000), spanish(101_001), spanish(1_000_000)
    ('veintiún mil', 'ciento un mil uno', 'un millón')
    """
    if number >= 10**6:
        count, rest = divmod(number, 10**6)
        head = "un millón" if count == 1 else f"{_before_a_noun(spanish(count))} millones"
        return head + (f" {spanish(rest)}" if rest else "")
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mil" if count == 1 else f"{_before_a_noun(_spanish_below_a_thousand(count))} mil"
        return head + (f" {_spanish_below_a_thousand(rest)}" if rest else "")
    return _spanish_below_a_thousand(number)


def _before_a_noun(words: str) -> str:
    """Uno is shortened before the word it counts."""
    if words.endswith("veintiuno"):
        return words.removesuffix("uno") + "ún"
    return words.removesuffix("o") if words.endswith("uno") else words


def _spanish_below_a_thousand(number: int) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return _SPANISH_HUNDREDS[hundreds] + (f" {_spanish_below_a_thousand(rest)}" if rest else "")
    if rest < 30:
        return _SPANISH[rest]
    tens, ones = divmod(rest, 10)
    return _SPANISH_TENS[tens] + (f" y {_SPANISH[ones]}" if ones else "")


def italian(number: int) -> str:
    """The number in Italian words.

    >>> italian(1180), italian(23), italian(23_000), italian(2_000_008)
    ('millecentottanta', 'ventitré', 'ventitremila', 'due milioni otto')
    """
    for size, one, many in ((10**9, "un miliardo", "miliardi"), (10**6, "un milione", "milioni")):
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 else f"{italian(count)} {many}"
            return head + (f" {italian(rest)}" if rest else "")
    word = _italian_below_a_million(number)
    return word.removesuffix("e") + "é" if number > 3 and number % 10 == 3 and word.endswith("tre") else word


def _italian_below_a_million(number: int) -> str:
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mille" if count == 1 else f"{_italian_below_a_million(count)}mila"
        return head + (_italian_below_a_million(rest) if rest else "")
    if number >= 100:
        count, rest = divmod(number, 100)
        head = ("" if count == 1 else _ITALIAN[count]) + "cento"
        tail = _italian_below_a_million(rest) if rest else ""
        return (head.removesuffix("o") if tail.startswith("ott") else head) + tail
    if number < 20:
        return _ITALIAN[number]
    tens, ones = divmod(number, 10)
    word = _ITALIAN_TENS[tens]
    return (word[:-1] if ones in (1, 8) else word) + (_ITALIAN[ones] if ones else "")
