"""Entries drawn at random for the laws that hold of every estimate: all borders, old days and new, known or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from chalicelib.customs.facts import EstimateRequest, History, Line, Repair
from chalicelib.money import Money
from chalicelib.purposes import PURPOSES

CURRENCY = {
    "CN": "CNY", "US": "USD", "GB": "GBP", "FR": "EUR", "DE": "EUR", "SE": "EUR", "SG": "SGD", "HK": "HKD", "CH": "CHF",
    "JP": "JPY", "KR": "KRW", "AU": "AUD", "CA": "CAD", "AE": "AED", "IN": "INR", "TH": "THB", "MY": "MYR", "ZZ": "USD",
}  # fmt: skip
maybe = st.none() | st.booleans()
days = st.dates(date(2018, 1, 1), date(2029, 12, 31))
cents = st.integers(0, 5_000_000).map(lambda value: Decimal(value) / 100)
histories = st.none() | st.builds(
    History,
    imported_on=st.none() | days,
    duty_paid_on_import=maybe,
    exported_on=st.none() | days,
    export_reference=st.none() | st.just("X1"),
    export_mode=st.sampled_from([None, "9610", "1210", "1300", "0110"]),
    same_state=maybe,
    importer_is_exporter=maybe,
    sold_to_consumer=maybe,
    drawback_claimed=maybe,
    export_rebate=maybe,
    vat_refunded=maybe,
    return_reason=st.sampled_from([None, "quality", "change_of_mind", "recall"]),
    permit=st.none() | st.just("P1"),
)


@st.composite
def repairs(draw: st.DrawFn, currency: str) -> Repair | None:
    if draw(st.booleans()):
        return None
    amount = st.none() | cents.map(lambda value: Money(value, currency))
    names = ("charge", "parts", "fair_value", "freight_out", "freight_in", "insurance")
    return Repair(
        draw(maybe), draw(maybe), draw(maybe), **{name: draw(amount) for name in names},
        authorisation=draw(st.none() | st.just("OP")), back_in_time=draw(maybe),
    )  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, currency: str) -> Line:
    return Line(
        article=draw(st.sampled_from(["ring", "necklace", "chain_by_length", "clasp", "bar", "watch", "other"])),
        metal=draw(st.sampled_from(["gold", "silver", "platinum", "base"])),
        construction=draw(st.sampled_from(["solid", "clad", "plated"])),
        value=Money(draw(cents), draw(st.sampled_from([currency, currency, currency, "EUR"]))),
        hs_code=draw(st.sampled_from([None, None, None, "7113.19", "7117.19.00"])),
        fineness=draw(st.sampled_from([None, 10, 375, 750, 925, 999])),
        stones=draw(st.sampled_from(["none", "diamond", "pearl"])),
        origin=draw(st.sampled_from([None, "CN", "US", "IT", "GB", "IN", "KR", "MX", "BR", "RU", "TH"])),
        quantity=draw(st.integers(1, 24)),
        value_basis=draw(st.sampled_from(["fob", "cif"])),
        scrap=draw(st.sampled_from([None, None, None, False, True])),
    )


@st.composite
def requests(draw: st.DrawFn) -> EstimateRequest:
    destination = draw(st.sampled_from(sorted(CURRENCY)))
    currency = CURRENCY[destination]
    transport = st.none() | st.integers(0, 5000).map(lambda value: Money(Decimal(value) / 100, currency))
    return EstimateRequest(
        destination=destination,
        dispatched_from=draw(st.sampled_from(["CN", "FR", "US", "HK", "MX"])),
        entry_on=draw(st.dates(date(2024, 1, 1), date(2028, 12, 31))),
        purpose=draw(st.sampled_from(PURPOSES)),
        lines=tuple(draw(st.lists(lines(currency), min_size=1, max_size=3))),
        entry=draw(st.sampled_from([None, "formal", "informal"])),
        channel=draw(st.sampled_from(["express", "post"])),
        consignee=draw(st.sampled_from(["consumer", "merchant"])),
        region=draw(st.sampled_from([None, "ON", "QC", "AB"])),
        retail_price_own_use=draw(maybe),
        preference=draw(st.sampled_from([None, None, None, "USMCA", "KORUS", "ChAFTA"])),
        freight=draw(transport),
        insurance=draw(transport),
        history=draw(histories),
        repair=draw(repairs(currency)),
    )
