"""What the legal guarantee gives for a fault: how long, in which order, who must prove what, and what must be told.

A repair under the guarantee makes it longer once where the law says so; a rejection at once waits while the piece is in
repair. Nothing here refuses: where a law names no end, or the end is past, a person says what holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.clock import add_months, known_stamp
from chalicelib.returns.grounds import Asked
from chalicelib.returns.law import Cited, EarlyFault, Guarantee, early_faults_of
from chalicelib.returns.windows import Window, ending_on, months_window, window


@dataclass(frozen=True, slots=True)
class Early:
    """A short first time in which the buyer chooses the remedy, still open."""

    law: Cited[EarlyFault]
    until: datetime


@dataclass(frozen=True, slots=True)
class Remedies:
    """How the guarantee stands for this piece. ``until`` None: the law names no end. ``burden_on`` says who must prove
    whether it was sound (None: the row does not say); ``reject_until`` ends a rejection at once, None where there is
    none or where its clock stands still (``reject_paused``)."""

    law: Cited[Guarantee]
    until: Window | None
    bonus: bool
    burden_until: datetime | None
    burden_on: str | None
    reject_until: datetime | None
    reject_paused: bool
    repairs_left: int | None
    early: tuple[Early, ...]
    open_steps: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the decision tells it."""
        row = self.law.row
        chosen = (*row.chosen_by, *(None for _ in row.ladder[len(row.chosen_by) :]))
        return {
            "rule": self.law.rule,
            "source": self.law.source,
            "confidence": row.confidence,
            "until": known_stamp(self.until.sure_until if self.until else None),
            "bonus_months": row.bonus_months if self.bonus else 0,
            "ladder": [
                {"remedy": remedy, "chosen_by": by, "open": remedy in self.open_steps}
                for remedy, by in zip(row.ladder, chosen, strict=True)
            ],
            "burden_on": self.burden_on,
            "burden_until": known_stamp(self.burden_until),
            "reject_until": known_stamp(self.reject_until),
            "reject_paused": self.reject_paused,
            "repairs_left": self.repairs_left,
            "early": [_early_json(one) for one in self.early],
            "excludable": row.excludable,
            "tell": list(row.tell),
        }


def remedies_of(asked: Asked, law: Cited[Guarantee], delivered: date) -> Remedies:
    """Everything the law gives for a fault shown now."""
    row, repairs = law.row, asked.request.earlier_repairs
    until, bonus = _window(asked, row, delivered)
    burden = None
    if row.burden_months is not None:
        burden = ending_on(add_months(delivered, row.burden_months), None, asked.where).sure_until
    reject_until, paused = _rejection(asked, row, delivered)
    left = None if row.max_repairs is None else max(0, row.max_repairs - len(repairs))
    can_reject = paused or (reject_until is not None and asked.now < reject_until)
    return Remedies(
        law=law,
        until=until,
        bonus=bonus,
        burden_until=burden,
        burden_on=None if burden is None else "seller" if asked.now < burden else "customer",
        reject_until=reject_until,
        reject_paused=paused,
        repairs_left=left,
        early=_early(asked, delivered),
        open_steps=_open_steps(row, left, can_reject=can_reject, repaired=bool(repairs)),
    )


def _window(asked: Asked, row: Guarantee, delivered: date) -> tuple[Window | None, bool]:
    if row.basis == "reasonable_time":
        return None, False
    if not row.months:
        return window(delivered, row.days, "excl_start", None, asked.where), False
    until = months_window(delivered, row.months, asked.where)
    seen = asked.request.fault_seen_on
    if row.knowing_months and seen is not None and seen <= asked.today:
        until = until.at_least_until(months_window(max(seen, delivered), row.knowing_months, asked.where))
    last = add_months(delivered, row.months)
    chosen = [one for one in asked.request.earlier_repairs if delivered <= one.given_on <= last]
    if row.bonus_from is None or not any(one.given_on >= row.bonus_from for one in chosen):
        return until, False
    return months_window(delivered, row.months + row.bonus_months, asked.where), True


def _rejection(asked: Asked, row: Guarantee, delivered: date) -> tuple[datetime | None, bool]:
    """Until when it may be rejected at once; the clock stands still from the day it is given to repair to the day it is
    back, for a repair that began in time."""
    if row.reject_days is None:
        return None, False
    last = delivered + timedelta(days=row.reject_days)
    for repair in sorted(asked.request.earlier_repairs, key=lambda one: one.given_on):
        if row.reject_pauses != "repair" or not delivered <= repair.given_on <= last:
            continue
        if repair.back_on is None:
            return None, True
        last += repair.back_on - repair.given_on
    return ending_on(last, None, asked.where).sure_until, False


def _open_steps(row: Guarantee, left: int | None, *, can_reject: bool, repaired: bool) -> tuple[str, ...]:
    """The steps of the ladder that may be taken now: an early rejection while it lasts, then the first remedy, and the
    next one when a repair did not help. Where the law parts major from minor faults, a person says which it is."""
    if row.reject_days is not None:
        first, repair, final = row.ladder
        return (*((first,) if can_reject else ()), repair if left else final)
    if row.basis == "reasonable_time" or not repaired:
        return row.ladder[:1] if row.basis != "reasonable_time" else row.ladder
    return row.ladder


def _early(asked: Asked, delivered: date) -> tuple[Early, ...]:
    request = asked.request
    found = []
    for law in early_faults_of(request.customer_country, request.customer_region, request.order.sold_on):
        row = law.row
        if row.metals and not all(item.metal in row.metals for item in request.items):
            continue
        if row.faults and request.fault not in row.faults:
            continue
        start = request.order.sold_on if row.start == "sale" else delivered
        until = window(start, row.days, "excl_start", None, asked.where)
        if until.at(asked.now) == "open":
            found.append(Early(law, until.sure_until))
    return tuple(found)


def _early_json(early: Early) -> dict[str, Any]:
    row = early.law.row
    return {
        "code": row.code,
        "until": known_stamp(early.until),
        "remedies": list(row.remedies),
        "refund_at": row.refund_at,
        "rule": early.law.rule,
        "source": early.law.source,
        "confidence": row.confidence,
    }
