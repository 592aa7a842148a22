"""Pages of customers as they may stand, one for each step and state."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import get_args

from chalicelib.money import Money
from chalicelib.notices.facts import MerchantContact, NoticeFacts, PickupHours
from chalicelib.notices.page_facts import (
    Amount,
    PageFacts,
    PaperToPrint,
    QuoteShown,
    Scan,
    SettlementShown,
    Shown,
    Station,
    Step,
    WithdrawalShown,
)
from chalicelib.pickups.hand_over import hand_over

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
HOUSE = MerchantContact("GTS Europe SAS", "returns@example.com", "+33 1 55 55 01 01")
NOTICE = NoticeFacts(
    "RMA-923-TYK-3NM", "SO-1001", "refund", HOUSE, "Europe/Paris", carrier="FedEx", tracking_number="794987654321"
)
COURIER = PickupHours(date(2026, 11, 24), time(10), time(16), "Europe/Paris")
STEPS: tuple[Step, ...] = get_args(Step)
WAY = (
    Station("accepted", "done", NOW - 6 * DAY),
    Station("collected", "done", NOW - 4 * DAY),
    Station("arrived", "here"),
    Station("checked", "ahead"),
    Station("repaired", "ahead"),
    Station("settled", "ahead"),
    Station("sent_out", "ahead"),
    Station("home", "ahead"),
)
PACKING = tuple(step.key for step in hand_over("ems"))
LINES = (Amount("work", Money(Decimal("85.00"), "EUR")), Amount("material", Money(Decimal("1240.50"), "EUR")))
TOTAL = Money(Decimal("1325.50"), "EUR")
QUOTE = QuoteShown("1-1", "offered", NOW + 14 * DAY)
OPEN_QUOTE = replace(QUOTE, lines=LINES, total=TOTAL)
SETTLEMENT = SettlementShown("refund", "ready", NOW + 9 * DAY)
OPEN_SETTLEMENT = replace(SETTLEMENT, lines=LINES, total=TOTAL)
DECLARED = WithdrawalShown(NOW - 3 * DAY, None, NOW + 11 * DAY, NOW + 11 * DAY)


def page(step: Step = "under_way", **more: object) -> PageFacts:
    """A page at this step with all that can stand beside it."""
    notice = replace(NOTICE, pickup=COURIER, packing=PACKING) if step == "courier" else NOTICE
    plain = PageFacts(
        notice,
        "booked",
        step,
        NOW + 14 * DAY if step in ("quote", "settling") else None,
        WAY,
        scans=tuple(Scan(code, NOW - n * DAY) for n, code in enumerate(("import_customs", "in_transit", "picked_up"))),
        papers=(PaperToPrint("label", 1, True), PaperToPrint("return_invoice", 1, False)),
        packing=PACKING,
        wanted=("photo_packing", "customs_paper", "a_kind_of_tomorrow"),
        sent=(Shown("photo_item", "kept"), Shown("invoice", "refused"), Shown("photo_seal", "uploaded")),
        progress=(Scan("begun", NOW - DAY), Scan("waiting", NOW)),
        quote=QUOTE,
        settlement=SETTLEMENT,
        withdrawal=WithdrawalShown(until=NOW + 5 * DAY),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def opened(**more: object) -> PageFacts:
    """The same once the order number was named."""
    return page("quote", opened=True, quote=OPEN_QUOTE, settlement=OPEN_SETTLEMENT, **more)
