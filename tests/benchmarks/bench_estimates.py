"""What an estimate takes: ``python -m tests.benchmarks.bench_estimates``. Five lines into every country we hold.

Warm: best of many rounds of processor time in this process. First: processor time of the first estimate of a new
interpreter, with the engine imported and no rule file read; best of a few.
"""

from __future__ import annotations

import subprocess
import sys
import timeit
from collections.abc import Iterator
from datetime import date
from time import process_time
from typing import Any

from chalicelib.customs.estimate import estimate
from chalicelib.customs.facts import EstimateRequest
from chalicelib.customs.tariff_book import programs_held
from tests.customs.asking import request
from tests.customs.drawn import CURRENCY

WARM_BAR_MS = 1
FIRST_BAR_MS = 60
STARTS = 3
ROUNDS = 15
NUMBER = 20
COUNTRIES = tuple("FR" if each == "EU" else each for each in programs_held())
PURPOSES = ("refund_return", "repaired_back", "exchange_replacement")
FIRST = """
import sys, time
sys.path.insert(0, ".")
from tests.benchmarks.bench_estimates import asked
from chalicelib.customs.estimate import estimate
from chalicelib.rulebook import dictionary, effective_dates, load
for cached in (dictionary, effective_dates, load):
    cached.cache_clear()
question = asked({country!r}, {purpose!r})
began = time.process_time()
estimate(question)
print(time.process_time() - began)
"""
PIECES: tuple[dict[str, Any], ...] = (
    {"metal": "gold"},
    {"metal": "silver", "fineness": 925},
    {"article": "necklace", "stones": "diamond"},
    {"article": "bracelet", "origin": "IT"},
    {"article": "brooch", "construction": "clad"},
)
PAST = {
    "imported_on": date(2025, 11, 1), "duty_paid_on_import": True, "exported_on": date(2026, 3, 10),
    "export_reference": "X1", "same_state": True, "importer_is_exporter": True, "sold_to_consumer": True,
    "drawback_claimed": False, "export_rebate": False, "vat_refunded": False, "return_reason": "quality",
}  # fmt: skip


def asked(country: str, purpose: str) -> EstimateRequest:
    """Five different pieces, everything known of their past, so that reliefs are priced and not only refused."""
    currency = CURRENCY[country]
    work = {"under_warranty": False, "replaced": False, "charge": f"180 {currency}", "parts": f"20 {currency}"}
    return request(
        destination=country,
        dispatched_from="CN" if country != "CN" else "FR",
        purpose=purpose,
        region="Ontario" if country == "CA" else None,
        lines=[{"value": f"1200 {currency}", **piece} for piece in PIECES],
        history=PAST,
        repair={**work, "authorisation": "OP", "back_in_time": True} if purpose == "repaired_back" else None,
    )


def warm_ms(question: EstimateRequest) -> float:
    """Milliseconds of processor time of one more estimate."""
    estimate(question)
    rounds = timeit.repeat(lambda: estimate(question), number=NUMBER, repeat=ROUNDS, timer=process_time)
    return min(rounds) / NUMBER * 1000


def first_ms(country: str, purpose: str) -> float:
    """Milliseconds of processor time of the first estimate in a new interpreter, its rule files read and all."""
    program = FIRST.format(country=country, purpose=purpose)
    command = [sys.executable, "-c", program]
    took = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(STARTS)]
    return min(map(float, took)) * 1000


def slowest() -> tuple[tuple[str, float], tuple[str, float]]:
    """The slowest warm estimate and the slowest first one of all countries, each with its country."""
    warm = {country: max(warm_ms(asked(country, purpose)) for purpose in PURPOSES) for country in COUNTRIES}
    first = {country: first_ms(country, "refund_return") for country in COUNTRIES}
    return (max(warm.items(), key=lambda row: row[1]), max(first.items(), key=lambda row: row[1]))


def rows() -> Iterator[str]:
    """One row for each country: warm by purpose, and first."""
    for country in COUNTRIES:
        warm = [warm_ms(asked(country, purpose)) for purpose in PURPOSES]
        first = first_ms(country, "refund_return")
        ok = "ok" if max(warm) <= WARM_BAR_MS and first <= FIRST_BAR_MS else "MISSED"
        yield f"{country:4}" + "".join(f"{took:12.3f}" for took in warm) + f"{first:12.1f}  {ok}"


def main() -> None:
    """Print the table."""
    print(f"milliseconds of processor time, five lines; bars: warm {WARM_BAR_MS}, first {FIRST_BAR_MS}")
    print("    " + "".join(f"{purpose[:11]:>12}" for purpose in PURPOSES) + f"{'first':>12}")
    for row in rows():
        print(row)


if __name__ == "__main__":
    main()
