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
    if newest is not None and newest.on == sheet.on:
        moved = [name for name, value in sheet.values.items() if _is_far(value, newest.values.get(name), jump_above)]
        if moved:
            return Refused(f"correction_jumps:{','.join(sorted(moved))}")
    before = sorted((one for one in earlier if one.on < sheet.on), key=lambda one: one.on, reverse=True)
    jumps = {currency: why for currency in sheet.values if (why := _jump(sheet, currency, before, jump_above))}
    gone = dict.fromkeys(_known(before[0]) - _known(sheet), GONE) if before else {}
    kept = {currency: value for currency, value in sheet.values.items() if currency not in jumps}
    if not kept:
        return Refused("no_usable_figure")
    return replace(sheet, values=kept, aside={**gone, **sheet.aside, **jumps})


def _is_far(value: Decimal, last: Decimal | None, above: Decimal) -> bool:
    """Whether a figure moved by more than the limit; a first one never did."""
    return last is not None and abs(value - last) > above * last


def _jump(sheet: Sheet, currency: str, before: Sequence[Sheet], above: Decimal) -> str | None:
    """Why this figure is not believed yet: ``jump:<figure>:<the one before>``."""
    value = sheet.values[currency]
    last = next((one.values[currency] for one in before if currency in one.values), None)
    if not _is_far(value, last, above):
        return None
    doubted = before[0].aside.get(currency, "").split(":")
    if doubted[0] == JUMP and not _is_far(value, Decimal(doubted[1]), above):
        return None
    return f"{JUMP}:{value}:{last}"


def _known(sheet: Sheet) -> set[str]:
    """Currencies that the publisher told of, usable or not."""
    return {*sheet.values, *(name for name, why in sheet.aside.items() if why != GONE)}
