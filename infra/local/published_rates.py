"""The publishers of rates and prices, simulated: the very files that they publish, with figures of our own.

/rates/ecb/stats/eurofxref/eurofxref-daily.xml, .../eurofxref-hist.zip     the European Central Bank
/rates/hmrc/api/v2/exchange_rates/files/monthly_xml_2026-11.xml            HMRC
/rates/metals/gold_pm.json, silver.json, platinum_pm.json                  a merchant's feed of fixings

The figures are invented, near those of autumn 2026, and move a little from day to day, the same for the same day.
"""

from __future__ import annotations

import calendar
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import quoteattr

from infra.local.carrier_simulator import Answer

PER_EURO = {
    "USD": "1.1298", "JPY": "178.49", "DKK": "7.4758", "GBP": "0.85373", "PLN": "4.3400", "SEK": "11.2740",
    "CHF": "0.9441", "NOK": "10.7850", "AUD": "1.6194", "CAD": "1.6062", "CNY": "7.5748", "HKD": "8.8518",
    "INR": "110.7285", "KRW": "1568.32", "MYR": "4.7160", "NZD": "2.0042", "SGD": "1.4683", "THB": "38.419",
}  # fmt: skip
PER_POUND = {"AED": "4.86", "EUR": "1.1713", "TWD": "40.30", "SAR": "4.96", "USD": "1.3234", "CNY": "8.8726"}
FIXED = {
    "gold_pm": ("4000.00", "3022.00", "3540.00"),
    "silver": ("50.00", "37.80", "44.20"),
    "platinum_pm": ("1600.00", "1209.00", "1416.00"),
}
DAYS = 90
A_DAY = timedelta(days=1)
_MONTH = re.compile(r"/hmrc/api/v2/exchange_rates/files/monthly_xml_(\d{4})-(\d{1,2})\.xml\Z")
_FIXING = re.compile(r"/metals/(\w+)\.json\Z")


def answered(path: str, today: date) -> Answer:
    """One file, by its path below ``/rates``."""
    month, fixing = _MONTH.match(path), _FIXING.match(path)
    if path == "/ecb/stats/eurofxref/eurofxref-daily.xml":
        return _file("text/xml", _daily(next(_working_days(today))))
    if path == "/ecb/stats/eurofxref/eurofxref-hist.zip":
        return _file("application/zip", _history(today))
    if month and 1 <= int(month[2]) <= 12:
        return _file("application/xml", _month(int(month[1]), int(month[2])))
    if fixing and fixing[1] in FIXED:
        return _file("application/json", _fixings(fixing[1], today))
    return 404, {"content-type": "text/plain"}, b"nothing is published under this path\n"


def _file(media_type: str, body: bytes) -> Answer:
    return 200, {"content-type": media_type}, body


def _working_days(today: date) -> Iterator[date]:
    """Backwards from today."""
    days = (today - A_DAY * back for back in range(DAYS))
    return (day for day in days if day.weekday() < 5)


def _moved(figure: str, day: date) -> str:
    """Within half a percent of the figure, by the day alone."""
    value = Decimal(figure)
    step = Decimal((day.toordinal() * 37) % 101 - 50) / 10000
    return str((value * (1 + step)).quantize(value))


def _daily(day: date) -> bytes:
    rows = "".join(f"<Cube currency='{name}' rate='{_moved(rate, day)}'/>" for name, rate in PER_EURO.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>'
        "<gesmes:Sender><gesmes:name>simulated</gesmes:name></gesmes:Sender>"
        f"<Cube><Cube time='{day}'>{rows}</Cube></Cube></gesmes:Envelope>"
    ).encode()


def _history(today: date) -> bytes:
    lines = [f"Date,{','.join(PER_EURO)},"]
    lines += [f"{day},{','.join(_moved(rate, day) for rate in PER_EURO.values())}," for day in _working_days(today)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", "\n".join(lines) + "\n")
    return packed.getvalue()


def _month(year: int, month: int) -> bytes:
    first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    rows = "".join(
        f"<exchangeRate><currencyCode>{name}</currencyCode><rateNew>{_moved(rate, first)}</rateNew></exchangeRate>"
        for name, rate in PER_POUND.items()
    )
    period = quoteattr(f"{first:%d}/{_short(first)}/{year} to {last:%d}/{_short(last)}/{year}")
    body = f"<exchangeRateMonthList Period={period}>{rows}</exchangeRateMonthList>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()


def _short(day: date) -> str:
    return "JanFebMarAprMayJunJulAugSepOctNovDec"[day.month * 3 - 3 : day.month * 3]


def _fixings(name: str, today: date) -> bytes:
    days = list(_working_days(today - A_DAY))
    told = [
        {"is_cms_locked": 0, "d": day.isoformat(), "v": [float(_moved(price, day)) for price in FIXED[name]]}
        for day in reversed(days)
    ]
    return json.dumps(told).encode()
