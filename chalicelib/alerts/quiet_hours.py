"""When a receiver reads what is sent, and when what has waited is told.

Hours are those on the receiver's own wall: a day that changes the clocks has them like any other. Where no calendar is
held for a day it is taken for a working day: told too early is better than too late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from chalicelib.clock import zone
from chalicelib.errors import RuleNotInForce
from chalicelib.receivers import MIDNIGHT, WEEKDAYS, OpenHours, Receiver
from chalicelib.workdays import calendar_of

ONE_DAY = timedelta(days=1)


def waits_until(receiver: Receiver, at: datetime) -> datetime | None:
    """When this receiver is told what happened at this moment; None within its hours: at once."""
    hours = receiver.hours
    if hours is None or _is_open(hours, at.astimezone(zone(receiver.time_zone))):
        return None
    return next_telling(receiver, at)


def next_telling(receiver: Receiver, at: datetime) -> datetime:
    """The first moment after this one when what waited is told: a time of its digest on a working day, or when its
    hours begin."""
    first = at.astimezone(zone(receiver.time_zone)).date() - ONE_DAY
    days = (first + n * ONE_DAY for n in count())
    return next(moment for day in days for moment in sorted(_tellings(receiver, day)) if moment > at)


def last_daily(receiver: Receiver, at: datetime) -> tuple[date, datetime]:
    """The day whose daily digest is the latest that should have been told by now, and when: at the first time of the
    digest, on working days alone."""
    last = at.astimezone(zone(receiver.time_zone)).date() + ONE_DAY
    days = (last - n * ONE_DAY for n in count())
    return next((day, told[0]) for day in days if (told := sorted(_tellings(receiver, day))) and told[0] <= at)


def _tellings(receiver: Receiver, day: date) -> Iterator[datetime]:
    hours = receiver.hours
    if hours is not None and not _works(hours, day):
        return
    times = receiver.digest_at or ((hours.opens,) if hours is not None else (MIDNIGHT,))
    for at in times:
        yield _instant(day, at, receiver.time_zone)


def _is_open(hours: OpenHours, local: datetime) -> bool:
    now = local.time()
    return _works(hours, local.date()) and hours.opens <= now and (hours.closes == MIDNIGHT or now < hours.closes)


def _works(hours: OpenHours, day: date) -> bool:
    usual = WEEKDAYS[day.weekday()] in hours.days
    if hours.holidays_of is None:
        return usual
    try:
        calendar = calendar_of(hours.holidays_of, day)
    except RuleNotInForce:
        return usual
    return day in calendar.worked or (usual and not calendar.is_holiday(day, None))


def _instant(day: date, at: time, zone_name: str) -> datetime:
    """A time that the clocks skip is as much later as they were put forward; one that they show twice is the first."""
    return datetime.combine(day, at, tzinfo=zone(zone_name)).astimezone(UTC)
