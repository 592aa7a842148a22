"""How far a return is, as its customer sees it: the stations of its way, and the one step that comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.notices.facts import NoticeFacts
from chalicelib.notices.page_facts import Scan, Station, Step
from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import Inspection
from chalicelib.returns.repair import Quote, RepairOrder
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.stages import OVER, Stage, is_past
from chalicelib.returns.way_out import WayOut
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import Milestone
from chalicelib.shipments.leg import Track
from chalicelib.workflows.gather_notice import Look
from chalicelib.workflows.ports import CaseFile

COMES_BACK = frozenset({"exchange", "repair", "warranty"})
ON_THE_ROAD = frozenset({"approved", "booked", "in_transit", "sending_out"})
MOST_SCANS = 10
UNTOLD: frozenset[Milestone | None] = frozenset({None, "unrecognised"})
_STEP_BY_STAGE: Mapping[Stage, Step] = {
    "review": "review", "evidence_needed": "evidence", "in_transit": "under_way", "arrived": "arrived",
    "received": "arrived", "inspected": "looked_at", "in_repair": "in_repair", "settling": "settling",
    "sending_out": "being_sent", "closed": "closed", "cancelled": "cancelled",
}  # fmt: skip
_STEP_BY_TASK: Mapping[str, Step] = {
    "hand_to_courier": "courier", "take_to_counter": "hand_in", "name_pickup_day": "courier_wanted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides on the next step besides the stage: what the customer is asked to show, whether the case waits for
    it, and how the parcel gets to its carrier."""

    wanted: tuple[str, ...]
    decides: bool
    to_the_road: str


def next_step(look: Look, facts: NoticeFacts, asked: Asked) -> tuple[Step, datetime | None]:
    """The step, and by when it is asked for (None: no day is set). What only the customer can do comes first."""
    stage = look.file.case.stage
    if stage in OVER:
        return _STEP_BY_STAGE[stage], None
    quote = open_quote(look.file)
    if quote is not None:
        return "quote", quote.valid_until
    if _is_held(look):
        return "held", None
    gone = _gone(look)
    if gone is not None:
        return gone, None
    if asked.wanted and asked.decides:
        return "evidence", None
    if stage in ("approved", "booked"):
        return _before_the_road(facts, asked.to_the_road), None
    if stage == "sending_out" and any(one.leg_n == _out_leg(look) for one in look.history.collected):
        return "sending_out", None
    return _STEP_BY_STAGE[stage], _settled_by(look.file) if stage == "settling" else None


def _is_held(look: Look) -> bool:
    return any(hold.until is None for hold in look.history.holds)


def _gone(look: Look) -> Step | None:
    """What became of a parcel that does not arrive, while nothing has been settled about it yet."""
    leg, history = look.leg(), look.history
    if leg is None or look.file.case.stage not in ON_THE_ROAD:
        return None
    if any(one.leg_n == leg.n for one in history.back):
        return "out_back"
    return next((one.how for one in reversed(history.lost) if one.leg_n == leg.n and one.found_at is None), None)


def _before_the_road(facts: NoticeFacts, task: str) -> Step:
    return "courier" if facts.pickup else _STEP_BY_TASK.get(task, "preparing")


def open_quote(file: CaseFile) -> Quote | None:
    """The quote that waits for the customer."""
    return next((one for one in reversed(file.parts.of(Quote)) if one.state == "offered"), None)


def _settled_by(file: CaseFile) -> datetime | None:
    return next((one.deadline for one in reversed(settlements(file)) if one.state not in ("done", "unknown")), None)


def settlements(file: CaseFile) -> tuple[Settlement, ...]:
    """Those that were not taken back, in their order."""
    found = (one for one in file.parts.of(Settlement) if one.state != "withdrawn")
    return tuple(sorted(found, key=lambda one: one.n))


def stations(look: Look) -> tuple[Station, ...]:
    """The stations of this return in order; of one that is over, those it came by."""
    reached = list(_reached(look))
    over = look.file.case.stage in OVER
    here = None if over else next((code for code, done, _ in reached if not done), None)
    found = []
    for code, done, at in reached:
        if done or not over:
            found.append(Station(code, "done" if done else "here" if code == here else "ahead", at if done else None))
    return tuple(found)


def _reached(look: Look) -> Iterator[tuple[str, bool, datetime | None]]:
    """Each station that this return may come by: its code, whether it was reached, and when (None: not known)."""
    file, history = look.file, look.history
    home, out = _home_leg(look), _out_leg(look)
    approved = next((one.at for one in history.decisions if one.outcome == "approved"), history.accepted_at)
    collected = {one.leg_n: one.at for one in history.collected}
    arrived = next((one.at for one in history.arrived if one.leg_n == home), None) or _received_at(file)
    yield "accepted", _is_past(file, "approved"), approved
    yield "collected", _is_past(file, "in_transit"), collected.get(home)
    yield "arrived", _is_past(file, "arrived"), arrived
    yield "checked", _is_past(file, "inspected"), max((one.at for one in file.parts.of(Inspection)), default=None)
    yield from _after_the_look(look, collected.get(out) if out else None, out)


def _after_the_look(
    look: Look, sent_at: datetime | None, out: int | None
) -> Iterator[tuple[str, bool, datetime | None]]:
    file, repairs = look.file, look.file.parts.of(RepairOrder)
    ended = settlements(file)
    if repairs or file.case.kind in ("repair", "warranty"):
        done = [one for one in repairs if one.state in ("done", "unrepaired")]
        yield "repaired", bool(done), max((one.finished_at for one in done if one.finished_at), default=None)
    if ended or file.case.kind not in COMES_BACK:
        paid = [one for one in ended if one.state == "done"]
        yield (
            "settled",
            bool(paid),
            max((one.paid_at or one.changed_at or one.proposed_at for one in paid), default=None),
        )
    if out is not None or file.parts.of(WayOut) or file.case.kind in COMES_BACK:
        home_at = _delivered_at(look.tracks, out)
        yield "sent_out", sent_at is not None or home_at is not None, sent_at
        yield "home", home_at is not None, home_at


def _is_past(file: CaseFile, stage: Stage) -> bool:
    """Whether this was reached: by the stage now, or by one the log tells of (money may be given before the piece)."""
    case = file.case
    if case.stage == "cancelled" or (case.stage in ("settling", "closed") and stage != "approved"):
        past = (entry.what.removeprefix("stage_") for entry in file.log if entry.what.startswith("stage_"))
        by_log = any(one == stage for one in past)
        return by_log or (stage == "inspected" and bool(file.parts.of(Inspection)))
    return is_past(case.stage, stage)


def _received_at(file: CaseFile) -> datetime | None:
    return min((one.received_at for one in file.parts.of(Receipt)), default=None)


def _home_leg(look: Look) -> int:
    return next((leg.n for leg in look.file.legs if leg.direction == "home"), 1)


def _out_leg(look: Look) -> int | None:
    return next((leg.n for leg in reversed(look.file.legs) if leg.direction == "out"), None)


def _delivered_at(tracks: tuple[Track, ...], leg_n: int | None) -> datetime | None:
    track = next((one for one in tracks if one.leg_n == leg_n), None)
    if track is None or track.state.milestone != "delivered":
        return None
    return max((event.at for event in track.events if event.milestone == "delivered"), default=None)


def scans_of(look: Look) -> tuple[Scan, ...]:
    """What the carrier said of the leg that is on its way, the newest first: each milestone when it was first told, and
    no place, for a place is what a stranger would want to know."""
    leg = look.leg()
    track = next((one for one in look.tracks if leg is not None and one.leg_n == leg.n), None)
    found: list[Scan] = []
    for event in sorted(track.events, key=lambda one: one.at) if track is not None else ():
        if event.milestone not in UNTOLD and not (found and found[-1].code == event.milestone):
            found.append(Scan(str(event.milestone), event.at))
    return tuple(reversed(found[-MOST_SCANS:]))


def progress_of(file: CaseFile) -> tuple[Scan, ...]:
    """How far the work is; steps that say the same to a customer are one."""
    words = dictionary("notices", "page")["progress"]
    found: list[Scan] = []
    for step in (step for order in file.parts.of(RepairOrder) for step in order.progress):
        word = words.get(step.code)
        if word and not (found and found[-1].code == word):
            found.append(Scan(word, step.at))
    return tuple(found)
