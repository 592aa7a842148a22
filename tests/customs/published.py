"""Published files as their publishers write them, with figures of our own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

HEADER = "Date,USD,JPY,BGN,GBP,CHF,CNY,HKD,SGD,KRW,"
RATES = {"USD": "1.1539", "JPY": "178.86", "GBP": "0.85580", "CHF": "0.9441", "CNY": "7.7444", "HKD": "9.0518"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ecb_daily(day: str, **rates: str) -> bytes:
    """The daily file; ``USD="1.2"`` changes a rate, an empty text leaves it out."""
    told = {name: rate for name, rate in {**RATES, **rates}.items() if rate}
    rows = "".join(f"\t\t\t<Cube currency='{name}' rate='{rate}'/>\n" for name, rate in told.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
        "\t<gesmes:subject>Reference rates</gesmes:subject>\n"
        "\t<gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n"
        f"\t<Cube>\n\t\t<Cube time='{day}'>\n{rows}\t\t</Cube>\n\t</Cube>\n</gesmes:Envelope>"
    ).encode()


def ecb_history(rows: Mapping[str, Mapping[str, str]]) -> bytes:
    """The table, newest first, N/A where nothing is said."""
    names = HEADER.rstrip(",").split(",")[1:]
    lines = [HEADER]
    for day in sorted(rows, reverse=True):
        told = {**RATES, **rows[day]}
        lines.append(",".join([day, *(told.get(name, "N/A") for name in names), ""]))
    return ("\n".join(lines) + "\n").encode()


def zipped(body: bytes, *names: str) -> bytes:
    """The table as it is published: one file in an archive, or the same under several names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("eurofxref-hist.csv",):
            archive.writestr(name, body)
    return packed.getvalue()


def hmrc(year: int, month: int, **rates: str) -> bytes:
    """The month's file."""
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    told = {"EUR": "1.1441", "USD": "1.3260", "AED": "4.8698", "TWD": "40.31", **rates}
    rows = "".join(
        f"<exchangeRate><countryName>{name} land</countryName><countryCode>XX</countryCode>"
        f"<currencyName>{name}</currencyName><currencyCode>{name}</currencyCode><rateNew>{rate}</rateNew></exchangeRate>\n"
        for name, rate in told.items()
    )
    name = MONTHS[month - 1]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<exchangeRateMonthList Period="01/{name}/{year} to {last}/{name}/{year}">'
        f"\n{rows}</exchangeRateMonthList>\n"
    ).encode()


def fixings(rows: Mapping[str, Sequence[str | float | None]]) -> bytes:
    """The public form of the London market."""
    told = [{"is_cms_locked": 0, "d": day, "v": list(prices)} for day, prices in rows.items()]
    return json.dumps(told).encode()


def decimals(values: Mapping[str, str]) -> dict[str, Decimal]:
    """Texts as figures."""
    return {name: Decimal(text) for name, text in values.items()}
