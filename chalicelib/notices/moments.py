"""Of what the customer is owed a word: a function of what has happened, what was told, and the time.

It does not matter which message made somebody look, or how often: who looks sees all that happened and all that was
told, so a message that is lost, late or doubled changes at most when a word is said. One look sends one mail: the
newest moment says what the older ones that nobody told would have said. Of what happened more than a day ago nobody
is told as if it were news: one summary says it, with everything else that waits. A decision, the receipt of a
withdrawal and a recall are owed by law; each is told by itself, whatever its age and whether or not notices are
wanted. A quote waits for an answer as long as it stands, so it is told by itself too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.money import Money
from chalicelib.notices.facts import CustomerTask, Happened, Moment, Outcome, PickupHours
from chalicelib.notices.register import Entry, Register

NEWS_FOR = timedelta(days=1)
ASKED = ":asked"
# How far along the way a moment is. Carriers' clocks and ours differ, so the way decides before the time does.
_FAR: dict[Moment, int] = {
    "withdrawal_receipt": 0, "recall": 0, "evidence_wanted": 0, "accepted": 1, "decision": 1, "pickup_booked": 2,
    "collected": 3, "held": 4, "released": 4, "lost": 4, "arrived": 5, "received": 5, "quote": 6, "quote_reminder": 6,
    "repair_begun": 7, "repair_done": 8, "paid": 8, "sent_out": 3, "out_arrived": 5, "cancelled": 20,
    "credited": 8, "out_back": 6, "seized": 4, "unclaimed": 9,
}  # fmt: skip
# The way out begins where the last of these lies.
_OUT = 8
# What the law wants told, even to a customer who wants no notices.
REQUIRED: frozenset[Moment] = frozenset({"decision", "withdrawal_receipt", "recall"})
# What is told by itself and is no older for waiting: it is asked until it is answered.
ASKING: frozenset[Moment] = frozenset({"quote", "quote_reminder"})
# What must be taken back once it is so no more.
_TROUBLES: frozenset[Moment] = frozenset({"held", "lost", "seized"})
# What is owed however the return ended.
_WHATEVER_CAME: frozenset[Moment] = frozenset({"withdrawal_receipt", "recall", "paid", "credited"})


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about the return; ``episode`` tells several decisions of one case apart. Of a settlement
    that was approved, ``refund`` is what it gives in money and ``settles`` its number; ``outcome`` None: what it ends
    with has no words of its own."""

    outcome: Outcome | None
    at: datetime
    episode: str
    reasons: tuple[str, ...] = ()
    refund: Money | None = None
    settles: int | None = None


@dataclass(frozen=True, slots=True)
class Courier:
    """A courier who is booked and not yet been; ``episode`` names the leg, the pickup and its hours, so that another
    day is another notice."""

    leg_n: int
    episode: str
    at: datetime
    hours: PickupHours | None
    out: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened once, or once for each ``episode``, and needs no more to be told."""

    moment: Moment
    at: datetime
    episode: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A parcel that its carrier lost or destroyed, or that customs keep for good. ``names`` are the scans that told of
    it; ``found_at`` when it was seen on its way again."""

    names: tuple[str, ...]
    leg_n: int
    at: datetime
    how: Literal["lost", "destroyed", "seized"]
    found_at: datetime | None = None
    out: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """A leg that was collected, or that arrived; ``out``: on its way to the customer."""

    leg_n: int
    at: datetime
    out: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A trouble of which the customer is told: a hold, or one where they must act. ``names`` are all the scans that
    told of it, for the one that opened it may come to be another. ``until`` is when it ended, ``freed`` whether the
    parcel went on then. ``asked_at`` is since when the customer must do something about it (None: nothing): a hold of
    which they were told is told once more when it comes to that. ``ends_on`` is the day by which it is usually known
    what became of it."""

    names: tuple[str, ...]
    leg_n: int
    since: datetime
    until: datetime | None
    freed: bool
    reason: str | None
    task: CustomerTask
    asked_at: datetime | None = None
    out: bool = False
    ends_on: date | None = None

    def is_named(self, episode: str) -> bool:
        """Whether a notice of this episode is about it."""
        return episode.removesuffix(ASKED) in self.names


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened to a return of which its customer may be told. ``tracked``: what the carrier told of
    every leg was read, so a hold that is not here is none. ``received`` are the parcels that we took in ourselves;
    ``back`` those that went out and came back to us; ``marks`` what needs no more than its name: receipts, quotes,
    repairs, payments, recalls."""

    accepted_at: datetime | None = None
    evidence_wanted_at: datetime | None = None
    decisions: tuple[Decided, ...] = ()
    couriers: tuple[Courier, ...] = ()
    collected: tuple[Reached, ...] = ()
    holds: tuple[Hold, ...] = ()
    arrived: tuple[Reached, ...] = ()
    received: tuple[Reached, ...] = ()
    lost: tuple[Lost, ...] = ()
    back: tuple[Reached, ...] = ()
    marks: tuple[Mark, ...] = ()
    cancelled_at: datetime | None = None
    tracked: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """One moment that came about. ``also`` are other names that its episode has had; ``tells`` the keys of moments that
    its mail says too; ``out``: it is of a parcel on its way to the customer."""

    moment: Moment
    at: datetime
    episode: str = ""
    also: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    out: bool = False

    @property
    def key(self) -> str:
        """Its name in the register."""
        return f"{self.moment}/{self.episode}" if self.episode else self.moment

    @property
    def names(self) -> frozenset[str]:
        """Every name it may stand under."""
        return frozenset({self.key, *(f"{self.moment}/{one}" for one in self.also)})

    @property
    def required(self) -> bool:
        """Whether the law wants it told, even to a customer who wants no notices."""
        return self.moment in REQUIRED

    @property
    def alone(self) -> bool:
        """Whether it is told in a mail of its own, however old it is."""
        return self.required or self.moment in ASKING


@dataclass(frozen=True, slots=True)
class Owed:
    """A mail to be sent. ``covers`` are the moments that it tells besides its own; ``past`` what a summary lists."""

    moment: Moment
    episode: str
    at: datetime
    covers: tuple[str, ...] = ()
    past: tuple[Happened, ...] = field(default=())
    required: bool = False

    @property
    def key(self) -> str:
        """Its name in the register."""
        return f"{self.moment}/{self.episode}" if self.episode else self.moment


def occasions(history: History, register: Register, now: datetime) -> tuple[Occasion, ...]:
    """Every moment that has come about and still means something, told or not, in the order of the way."""
    found = [_decision(one) for one in history.decisions]
    found += [_marked(one) for one in history.marks if one.moment in _WHATEVER_CAME]
    if history.cancelled_at is not None:
        found.append(Occasion("cancelled", history.cancelled_at))
    elif all(one.outcome != "refused" for one in history.decisions):
        found += _under_way(history, register, now)
    return tuple(sorted(found, key=_place))


def owed(history: History, register: Register, now: datetime) -> tuple[Owed, ...]:
    """The mails to be sent now: at most one for each that is told by itself, and one for everything else."""
    came = occasions(history, register, now)
    again = _left_behind(came, register, now)
    done = {name for entry in register if entry.status != "claimed" or not entry.is_left(now) for name in entry.names}
    done |= {name for one in again for name in (one.key, *one.covers)}
    untold = [one for one in came if not one.names & done and (one.required or register.wants(one.at))]
    keys = {one.key for one in untold}
    told = {key for one in untold if one.alone for key in one.tells if key in keys}
    apart = [_apart(one, told) for one in untold if one.alone and one.key not in told]
    return (*again, *apart, *_in_one(tuple(one for one in untold if not one.alone and one.key not in told), now))


def _apart(one: Occasion, told: set[str]) -> Owed:
    covers = tuple(key for key in one.tells if key in told)
    return Owed(one.moment, one.episode, one.at, covers, required=one.required)


def _decision(one: Decided) -> Occasion:
    """A refund that is paid, or a credit that is there, before anybody told of its decision is told with it."""
    paid = (
        (f"paid/{one.settles}", f"credited/{one.settles}") if one.settles is not None and one.refund is not None else ()
    )
    return Occasion("decision", one.at, one.episode, tells=paid)


def _marked(one: Mark) -> Occasion:
    """A recall says what an acceptance would have said; who hears of a quote for the first time needs no reminder."""
    tells = {"recall": ("accepted",), "quote": (f"quote_reminder/{one.episode}",)}.get(one.moment, ())
    return Occasion(one.moment, one.at, one.episode, tells=tells)


def _under_way(history: History, register: Register, now: datetime) -> Iterable[Occasion]:
    if history.evidence_wanted_at is not None:
        yield Occasion("evidence_wanted", history.evidence_wanted_at)
    if history.accepted_at is not None and all(one.settles is not None for one in history.decisions):
        yield Occasion("accepted", history.accepted_at)
    yield from (Occasion("pickup_booked", one.at, one.episode, out=one.out) for one in history.couriers)
    yield from (_reached("sent_out" if one.out else "collected", one) for one in history.collected)
    for hold in history.holds:
        yield _held(hold)
        if hold.until is not None and hold.freed:
            yield Occasion("released", hold.until, hold.names[0], hold.names, out=hold.out)
    for lost in history.lost:
        how: Moment = "seized" if lost.how == "seized" else "lost"
        yield Occasion(how, lost.at, lost.names[0], lost.names, out=lost.out)
        if lost.found_at is not None:
            yield Occasion("released", lost.found_at, lost.names[0], lost.names, out=lost.out)
    yield from _withdrawn(history, register, now)
    yield from _at_their_end(history, register)
    yield from (_marked(one) for one in history.marks if one.moment not in _WHATEVER_CAME)


def _at_their_end(history: History, register: Register) -> Iterable[Occasion]:
    """Parcels that came to where they go. That ours is here is told once, by its carrier's word or by our own."""
    here = {one.leg_n for one in history.received}
    known = {n for n in here | {one.leg_n for one in history.arrived} if register.told(frozenset({f"arrived/{n}"}))}
    for one in history.arrived:
        if one.out:
            yield _reached("out_arrived", one)
        elif one.leg_n in known or one.leg_n not in here:
            yield _reached("arrived", one)
    yield from (_reached("received", one) for one in history.received if one.leg_n not in known)
    yield from (_reached("out_back", one) for one in history.back)


def _reached(moment: Moment, one: Reached) -> Occasion:
    return Occasion(moment, one.at, str(one.leg_n), out=one.out)


def _held(hold: Hold) -> Occasion:
    asked = tuple(f"{name}{ASKED}" for name in hold.names)
    if hold.asked_at is not None:
        return Occasion("held", hold.asked_at, asked[0], asked, out=hold.out)
    return Occasion("held", hold.since, hold.names[0], (*hold.names, *asked), out=hold.out)


def _withdrawn(history: History, register: Register, now: datetime) -> Iterable[Occasion]:
    """A hold or a loss that was told and that the carrier has since taken back altogether: whoever was told of it must
    hear that there is none."""
    told = [entry.episode for entry in register if entry.moment in _TROUBLES and entry.status == "sent"]
    known = {name for hold in history.holds for name in hold.names}
    known |= {name for lost in history.lost for name in lost.names}
    gone = (episode for episode in told if _plain(episode) not in known)
    if history.tracked:
        yield from (Occasion("released", now, episode) for episode in dict.fromkeys(map(_plain, gone)))


def _plain(episode: str) -> str:
    return episode.removesuffix(ASKED)


def _left_behind(came: Sequence[Occasion], register: Register, now: datetime) -> tuple[Owed, ...]:
    """Mails that somebody claimed and never ended: sent again as they were, under the same name. One whose moment is no
    news any more, or is not wanted, is left to the summary."""
    found = (_again(entry, came, register, now) for entry in register if entry.is_left(now))
    return tuple(one for one in found if one is not None)


def _again(entry: Entry, came: Sequence[Occasion], register: Register, now: datetime) -> Owed | None:
    if entry.moment == "summary":
        told = [one for one in came if one.names & entry.names]
        if not told or not register.wants(max(one.at for one in told)):
            return None
        return Owed("summary", entry.episode, told[-1].at, entry.covers, _listed(told))
    own = next((one for one in came if entry.key in one.names), None)
    if own is None or not (own.required or ((own.alone or _is_news(own, now)) and register.wants(own.at))):
        return None
    return Owed(entry.moment, entry.episode, own.at, entry.covers, required=own.required)


def _in_one(untold: tuple[Occasion, ...], now: datetime) -> tuple[Owed, ...]:
    if not untold:
        return ()
    *older, newest = untold
    if all(_is_news(one, now) for one in untold):
        return (Owed(newest.moment, newest.episode, newest.at, tuple(one.key for one in older)),)
    covers = tuple(one.key for one in untold)
    return (Owed("summary", untold[0].key, newest.at, covers, _listed(untold)),)


def _listed(told: Sequence[Occasion]) -> tuple[Happened, ...]:
    return tuple(Happened(one.moment, one.at) for one in sorted(told, key=lambda one: (one.at, _place(one))))


def _is_news(one: Occasion, now: datetime) -> bool:
    return now - one.at <= NEWS_FOR


def _place(one: Occasion) -> tuple[int, datetime, str]:
    return _FAR[one.moment] + (_OUT if one.out else 0), one.at, one.episode
