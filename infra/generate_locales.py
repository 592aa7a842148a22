"""Write ``chalicelib/notices/rules/locales/`` from CLDR by way of Babel: how each language writes days, hours, numbers
and money in a notice to the customer.

Run by ``make locales``. Babel is 33 MB and stays in the workbench; what notices need of it is this one file. Where the
house deliberately writes otherwise than CLDR (``OVERRIDES``, and the code of a currency instead of its sign) it is said
here and held by ``tests/notices/test_locales.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_time, get_timezone_name

from chalicelib.rulebook import dictionary

EFFECTIVE = date(2026, 11, 22)
FILE = Path(__file__).parent.parent / "chalicelib" / "notices" / "rules" / "locales" / f"{EFFECTIVE}.toml"
CLDR_OF = {
    "en": "en_GB", "en-US": "en_US", "zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "zh-Hant-HK": "zh_Hant_HK",
    "ja": "ja_JP", "ko": "ko_KR", "fr": "fr_FR", "de": "de_DE", "de-CH": "de_CH", "es": "es_ES", "it": "it_IT",
    "ar": "ar_AE",
}  # fmt: skip
# Countries whose clocks are called by name; of any other the distance from UTC is written.
COUNTRIES = (
    "AD", "AE", "AR", "AT", "AU", "BE", "BG", "BH", "BR", "CA", "CH", "CL", "CN", "CO", "CY", "CZ", "DE", "DK", "DZ",
    "EE", "EG", "ES", "FI", "FR", "GB", "GR", "HK", "HR", "HU", "ID", "IE", "IL", "IN", "IQ", "IS", "IT", "JO", "JP",
    "KR", "KW", "LB", "LI", "LT", "LU", "LV", "MA", "MC", "MO", "MT", "MX", "MY", "NL", "NO", "NZ", "OM", "PE", "PH",
    "PL", "PT", "QA", "RO", "SA", "SE", "SG", "SI", "SK", "SM", "TH", "TN", "TR", "TW", "US", "VA", "VN", "ZA",
)  # fmt: skip
# What CLDR has otherwise than people write it.
OVERRIDES: Mapping[str, Mapping[str, Any]] = {
    "fr": {"first_day": "1er"},  # CLDR: "1 novembre"
    "ko": {"half_days": ("오전", "오후")},  # CLDR as Babel holds it: "AM", "PM"
}


def file_text() -> str:
    """The whole file."""
    return "\n".join([*_head(), *(line for tag in CLDR_OF for line in _locale(tag)), *_zones()]) + "\n"


def zones() -> tuple[str, ...]:
    """The IANA zones that are called by name."""
    held = dictionary("calendars", "zones")
    plain = {held["country"].get(country) for country in COUNTRIES}
    split = {zone for country in COUNTRIES for zone in held["state"].get(country, {})}
    main = {held["main"].get(country) for country in COUNTRIES}
    return tuple(sorted((plain | split | main) - {None}))


def _head() -> list[str]:
    return [
        "# How each language writes days, hours, numbers and money. Written by `make locales`; do not edit by hand.",
        "schema = 1",
        f"effective = {EFFECTIVE}",
        'territory = "*"\n',
        "[[source]]",
        f'title = "Unicode CLDR by way of Babel {version("Babel")}; the differences are named in the program"',
        'where = "infra/generate_locales.py"',
        f"read_on = {EFFECTIVE}\n",
    ]


def _locale(tag: str) -> Iterator[str]:
    cldr, own = Locale.parse(CLDR_OF[tag]), OVERRIDES.get(tag, {})
    pattern = cldr.currency_formats["standard"].pattern.split(";")[0]
    yield f'[locale."{tag}"]'
    yield f"long_date = {quoted(str(cldr.date_formats['long'].pattern))}"
    yield f"full_date = {quoted(str(cldr.date_formats['full'].pattern))}"
    yield f"months = {_array(cldr.months['format']['wide'][month] for month in range(1, 13))}"
    yield f"weekdays = {_array(cldr.days['format']['wide'][day] for day in range(7))}"
    if "first_day" in own:
        yield f"first_day = {quoted(own['first_day'])}"
    yield f"hours = {_array(_hour(tag, cldr, hour) for hour in range(24))}"
    yield f"decimal = {quoted(cldr.number_symbols['latn']['decimal'])}"
    yield f"group = {quoted(cldr.number_symbols['latn']['group'])}"
    yield f"currency_first = {str(pattern.index('¤') < pattern.index('#')).lower()}"
    yield 'confidence = "high"\nsource = "Unicode CLDR"\n'


def _hour(tag: str, cldr: Locale, hour: int) -> str:
    """The hour with a gap for the minutes: ``2:{}\u202fPM``."""
    halves = OVERRIDES.get(tag, {}).get("half_days")
    if halves:
        return f"{halves[hour // 12]} {hour % 12 or 12}:{{}}"
    return format_time(time(hour, 47), "short", locale=cldr).replace("47", "{}")


def _zones() -> Iterator[str]:
    """Each clock once: zones that are called the same in every language share a row."""
    called: dict[tuple[str, ...], list[str]] = {}
    for zone in zones():
        names = tuple(_zone_name(zone, cldr) for cldr in CLDR_OF.values())
        called.setdefault(names, []).append(zone)
    for names, alike in called.items():
        if "/" in names[0]:
            continue  # CLDR has no name for it but that of the zone itself: the distance from UTC is kinder
        yield "[[clock]]"
        yield f"zones = {_array(alike)}"
        yield from (f'"{tag}" = {quoted(name)}' for tag, name in zip(CLDR_OF, names, strict=True))
        yield 'confidence = "high"\nsource = "Unicode CLDR"\n'


def _zone_name(zone: str, locale: str) -> str:
    return get_timezone_name(zone, width="long", locale=locale, zone_variant="generic")


def _array(texts: Any) -> str:
    return f"[{', '.join(quoted(str(text)) for text in texts)}]"


def quoted(text: str) -> str:
    """A TOML basic string, with what cannot be seen written as an escape."""
    seen = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if one in "\u00a0\u202f\u200f\u200e" else one for one in seen) + '"'


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(file_text(), encoding="utf-8")
    print(f"{FILE.name}: {len(CLDR_OF)} languages, {len(zones())} zones, {FILE.stat().st_size} bytes")
