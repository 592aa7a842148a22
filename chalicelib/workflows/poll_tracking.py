"""Asking a carrier where parcels are, as many in one call as it allows; what it answers goes the way of story A.

Nothing is written for a number that has no news. A number the carrier does not know yet is awaiting its first scan,
not lost; the watch rules decide when that is too long. What could not be asked (no room in the quota, a carrier that is
left alone or does not answer, no time left) is put back: due again when it can be asked. So a message is done when it
was dealt with, and a carrier that is away for days makes no dead letters.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.carriers.channels import Polling
from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.quotas import Quota
from chalicelib.carriers.registry import carrier, read_tracking
from chalicelib.carriers.standing import share_of
from chalicelib.clock import stamp
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnreadable, UnavailableError
from chalicelib.shipments.events import Problem, Reading
from chalicelib.workflows.alert_words import alert_of_unreadable
from chalicelib.workflows.carrier_calls import Line, NotAskedNow, TooMany, keys_of, open_line
from chalicelib.workflows.ports import HttpResponse, Ports
from chalicelib.workflows.put_back import Wait, after_failure, put_back, quota_for
from chalicelib.workflows.take_tracking import apply_reading

# Waiting so long inside a worker is cheaper than putting back and coming again.
SHORT = timedelta(seconds=6)
WAITS = 3
# What a worker keeps for itself at the end, and for each number that it may have to put back; seconds.
RESERVE_S = 5.0
PUT_BACK_S = 0.03
# So many refusals in one message are no longer the fault of single numbers.
REFUSALS = 12
# What asking again at once cannot mend.
NO_SECOND_TRY = (CarrierRefused, NotAskedNow, TokenRejected, TooMany)
# Between a read that came to nothing and its one repeat, at most; seconds.
PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long this worker may still work, in seconds, and how it waits. By default there is time without end."""

    left: Callable[[], float] = lambda: 3600.0
    wait: Callable[[float], None] = lambda _seconds: None


@dataclass(slots=True)
class Round:
    """One message being worked off: what is still to be asked, in batches, and what came of the rest."""

    ports: Ports
    name: str
    time: TimeLeft
    began: datetime
    began_with: float
    waiting: deque[list[str]] = field(default_factory=deque)
    legs: set[str] = field(default_factory=set)
    asked: int = 0
    refused: int = 0

    @property
    def now(self) -> datetime:
        """The moment, told by the time that is gone."""
        return self.began + timedelta(seconds=max(self.began_with - self.time.left(), 0.0))

    @property
    def numbers(self) -> list[str]:
        """What was not asked yet."""
        return [number for batch in self.waiting for number in batch]

    def has_time(self, quota: Quota) -> bool:
        """Whether one more call, answered as late as may be, leaves the time to end in order."""
        return self.time.left() > quota.answer_within_s + RESERVE_S + PUT_BACK_S * len(self.numbers)


def poll(ports: Ports, message: Mapping[str, Any], now: datetime, time: TimeLeft | None = None) -> set[str]:
    """Ask for every number of ``{carrier, numbers}``, the first ones first; the legs that were answered about, as
    ``case/leg``. Raises ``UnavailableError`` when our secret holds no credentials to ask this carrier."""
    time = time or TimeLeft()
    turn = Round(ports, message["carrier"], time, now, time.left())
    turn.waiting.append(list(dict.fromkeys(message["numbers"])))
    waits = []
    for way in _ways_to_ask(ports, turn.name):
        wait = _ask_by(turn, way)
        if wait is None:
            return turn.legs
        waits.append(wait)
        if not wait.ask_elsewhere:
            break
    put_back(ports, turn.name, turn.numbers, min(waits, key=lambda one: one.until), turn.now)
    return turn.legs


def _ways_to_ask(ports: Ports, name: str) -> list[Polling]:
    """The ways of asking for which our secret holds credentials, in the carrier's order of preference."""
    ways = [way for way in carrier(name).polling if keys_of(ports, name, way.access) is not None]
    if not ways:
        raise UnavailableError(f"no credentials to ask {name} where parcels are")
    return ways


def _ask_by(turn: Round, way: Polling) -> Wait | None:
    """Ask by this way as long as it can be asked and there is time, at least once; None when everything was asked,
    else until when the rest waits."""
    quota = quota_for(turn.ports, turn.name, way.source, turn.now)
    turn.waiting = deque(_batches(turn.numbers, way.numbers_per_call))
    while turn.waiting:
        if turn.asked and not turn.has_time(quota):
            return Wait(turn.now)
        try:
            answered = _asked(turn, way, quota, turn.waiting[0])
        except NotAskedNow as shut:
            return Wait(shut.until, quota if shut.by_quota else None, shut.standing, ask_elsewhere=True)
        except CarrierRefused as refusal:
            _part(turn, way, refusal)
            continue
        except CarrierError:
            return after_failure(turn.ports.carriers.standing(turn.name, way.access.secret), turn.now)
        turn.legs |= answered
        turn.waiting.popleft()
    return None


def _batches(numbers: Sequence[str], most: int) -> Iterable[list[str]]:
    return (list(numbers[start : start + most]) for start in range(0, len(numbers), most))


def _asked(turn: Round, way: Polling, quota: Quota, batch: Sequence[str]) -> set[str]:
    """One batch asked, a second time when the first came to nothing and there is time; the legs it was about."""
    legs: set[str] = set()
    for request in way.requests(batch):
        within = replace(request, answer_within_s=quota.answer_within_s)
        try:
            legs |= _once(turn, way, quota, within, batch)
        except NO_SECOND_TRY:
            raise
        except CarrierError:
            if not turn.has_time(quota):
                raise
            turn.time.wait(PAUSE_S * share_of(f"{stamp(turn.now)}{batch[0]}"))
            legs |= _once(turn, way, quota, within, batch)
    return legs


def _once(turn: Round, way: Polling, quota: Quota, request: HttpRequest, batch: Sequence[str]) -> set[str]:
    """One call, which is one request of the quota."""
    line = _line(turn, way, quota)
    turn.asked += 1
    response = line.ask(request, way.no_such_number)
    if response.status in way.no_such_number:
        fault = way.access.read_error(response.status, response.headers, response.body, turn.now)
        if isinstance(fault, CarrierUnreadable):  # the page of something before the carrier knows of no number at all
            line.failed(fault)
            raise fault
        line.answered()
        return set()
    return _take_answer(turn, line, way, response, batch)


def _line(turn: Round, way: Polling, quota: Quota) -> Line:
    """A line with a request taken; a short wait is waited out when there is time."""
    for _ in range(WAITS):
        now = turn.now
        try:
            return open_line(turn.ports, turn.name, way.access, now, quota)
        except NotAskedNow as shut:
            if shut.until - now > SHORT or not turn.has_time(quota) or shut.standing.is_broken:
                raise
            turn.time.wait(max((shut.until - now).total_seconds(), 0.01))
    return open_line(turn.ports, turn.name, way.access, turn.now, quota)


def _take_answer(turn: Round, line: Line, way: Polling, response: HttpResponse, asked: Sequence[str]) -> set[str]:
    """Apply one answer. A number that was asked for and is not in it at all is a problem like any other, not a parcel
    without news; but an interface that is asked about one number at a time may say so by saying nothing of any."""
    ports, name, now, source = turn.ports, turn.name, turn.now, way.source
    digest = ports.evidence.keep_raw(response.body, source, now)
    try:
        reading = read_tracking(source, response.body, now)
    except CarrierUnreadable as unreadable:
        line.failed(unreadable)
        ports.queues.send("alerts", [alert_of_unreadable(name, digest, now, f"{unreadable} (kept as raw/{digest})")])
        return set()
    line.answered()
    alone = way.numbers_per_call == 1
    refused = any(one.number is None and (one.code != "no_results" or alone) for one in reading.problems)
    told = {tracking.number for tracking in reading.trackings} | {problem.number for problem in reading.problems}
    passed_over = tuple(
        Problem(number, "not_answered", "asked for and passed over in the answer", retryable=False)
        for number in asked
        if number not in told and not refused
    )
    whole = Reading(reading.trackings, (*reading.problems, *passed_over))
    return apply_reading(ports, name, source, whole, digest, now)


def _part(turn: Round, way: Polling, refusal: CarrierRefused) -> None:
    """The carrier refuses a whole question. One bad number must not cost its neighbours: they are asked in halves. A
    number refused alone, or a question that is refused however small, is told to a person; it is due again anyway."""
    batch = turn.waiting.popleft()
    turn.refused += 1
    if len(batch) > 1 and turn.refused < REFUSALS:
        half = len(batch) // 2
        turn.waiting.extendleft([batch[half:], batch[:half]])
        return
    about = batch[0] if len(batch) == 1 else f"{len(batch)} numbers"
    told = f"{way.source}/{refusal.carrier_code}/{about}/{stamp(turn.now)[:10]}"
    detail = f"{way.source} refuses to tell of {about}: {refusal.carrier_code}"
    turn.ports.queues.send("alerts", [alert_of_unreadable(turn.name, _digest(told), turn.now, detail)])


def _digest(told: str) -> str:
    """A name for what is told, the same for the same."""
    return hashlib.sha256(told.encode()).hexdigest()
