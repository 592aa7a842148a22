"""Whether a published sheet may be believed, against what is already kept.

A sheet dated in the future, one older than the newest kept, and one without a single usable figure are refused. A
figure that moved by more than the publisher's limit since it was last known is left aside, and taken when the next
day's sheet repeats it: a slip does not come twice, a devaluation does. A currency that stood in the sheet before and is
gone is named. A correction of a day that is kept replaces it, unless it moves a figure that far: then one of both is
wrong, and the one that was used stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.customs.rate_sheets import Sheet

JUMP, GONE = "jump", "gone"


@dataclass(frozen=True, slots=True)
class Refused:
    """A sheet that is not used, and why."""

    why: str


def admit(sheet: Sheet, earlier: Sequence[Sheet], today: date, jump_above: Decimal) -> Sheet | Refused:
    """The sheet as it may be kept. ``earlier`` are the newest kept of the same publisher, newest first.

    >>> sheet = Sheet("ecb", date(2026, 11, 20), {"USD": Decimal("1.15")})
    >>> admit(sheet, (), date(2026, 11, 19), Decimal("0.2"))
    Refused(why='dated_in_the_future:2026-11-20')
    """
    newest = max(earlier, key=lambda one: one.on, default=None)
    if sheet.on > today:
        return Refused(f"dated_in_the_future:{sheet.on}")
    if newest is not None and sheet.on < newest.on:
        return Refused(f"older_than_kept:{sheet.on}<{newest.on}")
    if sheet.until is not None and sheet.until < today:
        return Refused(f"over:{sheet.until}")
    before = sorted(earlier, key=lambda one: one.on, reverse=True)
    jumps = {currency: why for currency in sheet.values if (why := _jump(sheet, currency, before, jump_above))}
    if jumps and newest is not None and newest.on == sheet.on:
        return Refused(f"correction_jumps:{','.join(sorted(jumps))}")
    gone = {} if newest is None else dict.fromkeys(_known(newest) - _known(sheet), GONE)
    kept = {currency: value for currency, value in sheet.values.items() if currency not in jumps}
    if not kept:
        return Refused("no_usable_figure")
    return replace(sheet, values=kept, aside={**gone, **sheet.aside, **jumps})


def _jump(sheet: Sheet, currency: str, before: Sequence[Sheet], above: Decimal) -> str | None:
    """Why this figure is not believed yet: ``jump:<figure>:<the one before>``."""
    value = sheet.values[currency]
    last = next((one.values[currency] for one in before if currency in one.values), None)
    if last is None or abs(value - last) <= above * last:
        return None
    previous = before[0]
    said = previous.aside.get(currency, "").split(":")
    if said[0] == JUMP and previous.on < sheet.on and abs(value - Decimal(said[1])) <= above * Decimal(said[1]):
        return None
    return f"{JUMP}:{value}:{last}"


def _known(sheet: Sheet) -> set[str]:
    """Currencies that the publisher told of, usable or not."""
    return {*sheet.values, *(name for name, why in sheet.aside.items() if why != GONE)}
