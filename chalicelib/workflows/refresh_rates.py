"""The day's rates and prices: ask every publisher, believe what may be believed, keep it by day, tell who must know.

One publisher that fails does not stop another, and is asked again at the next run. Where days are missing between what
is kept and what was published, the European Central Bank's history fills them first: the customs of a whole month go by
one Wednesday. A person is told once when the newest sheet of a publisher has grown too old, and once of figures that
were left aside; that it is too old no more is told by the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.carriers.contract import HttpRequest
from chalicelib.clock import stamp
from chalicelib.customs.rate_admission import GONE, Refused, admit
from chalicelib.customs.rate_choice import publisher_row
from chalicelib.customs.rate_sheets import (
    Publisher,
    Sheet,
    SheetUnreadable,
    read_ecb_daily,
    read_ecb_history,
    read_fixings,
    read_hmrc,
)
from chalicelib.errors import CarrierError
from chalicelib.workflows.ports import Ports

ECB_DAILY, ECB_HISTORY = "/stats/eurofxref/eurofxref-daily.xml", "/stats/eurofxref/eurofxref-hist.zip"
HMRC_MONTH = "/api/v2/exchange_rates/files/monthly_xml_{year}-{month}.xml"
FIXINGS: Mapping[str, str] = {"gold": "/gold_pm.json", "silver": "/silver.json", "platinum": "/platinum_pm.json"}
COMPARED_WITH = 10
# Seven files at most, none of them answered: the function's own time is not over before the last was asked for.
ANSWER_WITHIN_S = 10
# As far back as the Wednesday lies that the customs of this month go by, and some days for a month just over.
FIRST_TIME = timedelta(days=75)
FIRST_FIXINGS = timedelta(days=20)
A_DAY = timedelta(days=1)
# Not wrong, only not there: an estimate says how old the figure is that it used instead.
NO_FIGURE = (GONE, "not_published")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How it went with one publisher: sheets that are new, the newest day, figures left aside, what went wrong."""

    publisher: Publisher
    kept: int
    newest: date | None
    aside: tuple[str, ...] = ()
    fault: str | None = None

    def __str__(self) -> str:
        fault = f", {self.fault}" if self.fault else ""
        return f"{self.publisher} {self.newest.isoformat() if self.newest else 'never'} (+{self.kept}{fault})"


@dataclass(frozen=True, slots=True)
class _Intake:
    """What became of one publisher's file: how it is told, and the sheets to keep, each over the one it was read as."""

    outcome: Refreshed
    fresh: tuple[tuple[Sheet, Sheet | None], ...] = ()
    newest: Sheet | None = None


class NotPublishedError(CarrierError):
    """The publisher answered, and not with its file."""

    code = "not_published"


def refresh(ports: Ports, now: datetime) -> tuple[Refreshed, ...]:
    """Ask every publisher that has an address, and tell of those whose newest sheet has grown too old."""
    done = []
    for publisher in ports.rates.publishers:
        kept = ports.rates.newest(publisher, COMPARED_WITH)
        intake = _one(ports, publisher, kept, now.date())
        outcome = intake.outcome
        messages = [*_aside_alerts(outcome, now), *_age_alerts(outcome, kept, now)]
        # The alerts go out first: twice they are one exception, but what is kept is told no more.
        if messages:
            ports.queues.send("alerts", messages)
        _keep(ports, intake)
        done.append(outcome)
    return tuple(done)


def _one(ports: Ports, publisher: Publisher, kept: Sequence[Sheet], today: date) -> _Intake:
    newest = kept[0].on if kept else None
    try:
        published = _PUBLISHED[publisher](ports, publisher, newest, today)
    except (CarrierError, SheetUnreadable) as fault:
        return _Intake(Refreshed(publisher, 0, newest, fault=fault.code))
    return _taken(publisher, published, kept, today)


def _keep(ports: Ports, intake: _Intake) -> None:
    for sheet, known in intake.fresh:
        ports.rates.keep(sheet, known)
    if intake.newest is not None:
        ports.rates.show(intake.newest)


def _taken(publisher: Publisher, published: Iterable[Sheet], kept: Sequence[Sheet], today: date) -> _Intake:
    """The sheets to keep, in the order of their days; each is compared with those before it."""
    earlier, fault = list(kept), None
    aside: list[str] = []
    fresh: list[tuple[Sheet, Sheet | None]] = []
    for sheet in published:
        admitted = admit(sheet, earlier, today, publisher_row(publisher)["jump_above"])
        if isinstance(admitted, Refused):
            fault = admitted.why
            continue
        known = next((one for one in earlier if one.on == admitted.on), None)
        if admitted != known:
            fresh.append((admitted, known))
            aside += [f"{admitted.on} {name} {why}" for name, why in admitted.aside.items() if why not in NO_FIGURE]
        earlier = [admitted, *(one for one in earlier if one.on != admitted.on)][:COMPARED_WITH]
    newest = earlier[0] if earlier else None
    outcome = Refreshed(publisher, len(fresh), newest.on if newest else None, tuple(aside), fault)
    return _Intake(outcome, tuple(fresh), newest)


def _ecb(ports: Ports, publisher: Publisher, newest: date | None, today: date) -> Iterable[Sheet]:
    daily = read_ecb_daily(_file(ports, publisher, ECB_DAILY))
    if newest is not None and not _weekdays_between(newest, daily.on):
        return (daily,)
    since = newest + A_DAY if newest else today - FIRST_TIME
    history = read_ecb_history(_file(ports, publisher, ECB_HISTORY), since)
    return (*(sheet for sheet in history if sheet.on < daily.on), daily)


def _hmrc(ports: Ports, publisher: Publisher, newest: date | None, today: date) -> Iterable[Sheet]:
    del newest
    # Readers in public use spell January both 2026-1 and 2026-01; which the service prefers is nowhere said.
    spelled = dict.fromkeys(HMRC_MONTH.format(year=today.year, month=month) for month in (today.month, f"{today:%m}"))
    *others, last = spelled
    for path in others:
        try:
            return (read_hmrc(_file(ports, publisher, path)),)
        except NotPublishedError:
            continue
    return (read_hmrc(_file(ports, publisher, last)),)


def _fixings(ports: Ports, publisher: Publisher, newest: date | None, today: date) -> Iterable[Sheet]:
    return read_fixings(_file(ports, "metals", FIXINGS[publisher]), publisher, newest or today - FIRST_FIXINGS)


_PUBLISHED: Mapping[str, Callable[[Ports, Publisher, date | None, date], Iterable[Sheet]]] = {
    "ecb": _ecb, "hmrc": _hmrc, "gold": _fixings, "silver": _fixings, "platinum": _fixings,
}  # fmt: skip


def _file(ports: Ports, host: str, path: str) -> bytes:
    headers = {"user-agent": "goldthread"}
    asked = HttpRequest("GET", path, headers, b"", reads_only=True, answer_within_s=ANSWER_WITHIN_S)
    answer = ports.link.call(host, asked)
    if answer.status != 200:
        raise NotPublishedError(f"{host} answered {answer.status}")
    return answer.body


def _weekdays_between(first: date, last: date) -> int:
    """Working days after the first and before the last: days a sheet may have been published for."""
    days = (first + A_DAY * n for n in range(1, (last - first).days))
    return sum(day.weekday() < 5 for day in days)


def _aside_alerts(outcome: Refreshed, now: datetime) -> list[dict[str, Any]]:
    if not outcome.aside:
        return []
    return [_alert("open", outcome.publisher, "rate_set_aside", str(outcome.newest), now, "; ".join(outcome.aside))]


def _age_alerts(outcome: Refreshed, before: Sequence[Sheet], now: datetime) -> list[dict[str, Any]]:
    """Once too old a person is told, in one episode; once new again the episode ends."""
    limit = timedelta(days=publisher_row(outcome.publisher)["max_age_days"])
    was = before[0].on if before else None
    told: list[dict[str, Any]] = []
    if outcome.newest is None or now.date() - outcome.newest > limit:
        detail = f"the newest sheet is of {outcome.newest or 'no day'}; just now: {outcome.fault or 'no newer one'}"
        told.append(_alert("open", outcome.publisher, "rates_stale", str(outcome.newest), now, detail))
    if outcome.newest != was and (was is None or now.date() - was > limit):
        detail = f"the sheet of {outcome.newest} is kept"
        told.append(_alert("close", outcome.publisher, "rates_stale", str(was), now, detail))
    return told


def _alert(action: str, publisher: str, kind: str, day: str, now: datetime, detail: str) -> dict[str, Any]:
    return {
        "action": action,
        "subject_kind": "rule",
        "subject": publisher,
        "kind": kind,
        "episode": f"{kind}-{day}",
        "since": stamp(now),
        "detail": detail,
    }
