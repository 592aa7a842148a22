"""What happened to a return, as far as its customer is told of it, and the facts that a notice is written from.

Both are read off the case file and the tracks of its legs; nothing here asks anybody or decides what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.clock import instant
from chalicelib.customs.text_checks import label_findings
from chalicelib.errors import InvalidRequestError
from chalicelib.merchant import Facility, Merchant
from chalicelib.notices.facts import CustomerTask, MerchantContact, Moment, NoticeFacts, Outcome, PickupHours
from chalicelib.notices.moments import Courier, Decided, History, Hold, Reached
from chalicelib.notices.told_codes import speaks_against, task_of
from chalicelib.pickups.hand_over import hand_over
from chalicelib.places import main_zone_of, sure_zone_of
from chalicelib.returns.case import Person
from chalicelib.shipments.carrier_names import carrier_called
from chalicelib.shipments.events import Event
from chalicelib.shipments.fold import Episode
from chalicelib.shipments.leg import Direction, Leg, Track
from chalicelib.workflows.claim_sight import TAKEN_IN
from chalicelib.workflows.courier import pickups_of, window_of, wish_of
from chalicelib.workflows.customs_lines import channel_of
from chalicelib.workflows.gather_ending import (
    ABOUT_NO_PARCEL,
    come_back,
    come_out,
    marks_of,
    sent_out,
    settled,
    taken_in,
    with_ending,
)
from chalicelib.workflows.gather_losses import lost_named, lost_of, search_ends, searches
from chalicelib.workflows.ports import Booking, CaseFile, LogEntry, Ports
from chalicelib.workflows.verdicts import DECISION_WANTED

BOOKED = frozenset({"pickup_booked", "pickup_changed", "waybill_bought"})
OUTCOMES: dict[str, Outcome] = {
    "approved": "approved", "approved_without_proof": "approved", "refused": "refused",
}  # fmt: skip
NO_ZONE = "Etc/UTC"
ASTRAY = "delivered_to_unexpected_place"


@dataclass(frozen=True, slots=True)
class Look:
    """A case with what its carriers told, and what of it is the customer's to know."""

    file: CaseFile
    tracks: tuple[Track, ...]
    history: History

    def leg(self, n: int | None = None) -> Leg | None:
        """The leg of this number, else the one that is on its way."""
        legs = self.file.legs
        return next((leg for leg in legs if leg.n == n), legs[-1] if legs else None)


def look_at(ports: Ports, file: CaseFile) -> Look:
    """The case with the tracks of its legs: one read for each leg that has a number."""
    found = [_track(ports, leg) for leg in file.legs if leg.number is not None]
    tracks = tuple(track for track in found if track is not None)
    return Look(file, tracks, history_of(file, tracks, tracked=len(tracks) == len(found)))


def history_of(file: CaseFile, tracks: Sequence[Track], *, tracked: bool = True) -> History:
    """What happened, by the case log, the bookings and the carriers' scans."""
    return History(
        accepted_at=_accepted_at(file),
        evidence_wanted_at=_evidence_wanted_at(file),
        decisions=(*_decisions(file), *settled(file)),
        couriers=tuple(_couriers(file)),
        collected=(*_reached(file, "stage_in_transit"), *sent_out(file)),
        holds=(*(hold for track in tracks for hold in _holds(track)), *searches(file, tracks)),
        arrived=(
            *(one for one in _reached(file, "stage_arrived") if _is_with_us(one.leg_n, file, tracks)),
            *(one for one in come_out(file) if _is_delivered(one.leg_n, tracks)),
        ),
        received=tuple(taken_in(file)),
        lost=tuple(lost_of(file, tracks)),
        back=tuple(come_back(file)),
        marks=tuple(marks_of(file)),
        cancelled_at=next((entry.at for entry in file.log if entry.what == "cancelled"), None),
        tracked=tracked,
    )


def _track(ports: Ports, leg: Leg) -> Track | None:
    found = ports.tracks.file(leg.carrier, leg.number or "").tracks
    return next((one for one in found if (one.case_id, one.leg_n) == (leg.case_id, leg.n)), None)


def _accepted_at(file: CaseFile) -> datetime | None:
    """When it was approved without a person: as it was opened, or with the proof that it waited for."""
    opened = file.log[0] if file.log else None
    if opened is not None and opened.facts.get("stage") == "approved":
        return opened.at
    if file.case.stage in ("review", "evidence_needed", "cancelled"):
        return None
    settled = (one.resolved_at for one in file.exceptions if one.kind == DECISION_WANTED)
    return next((at for at in settled if at is not None), None)


def _evidence_wanted_at(file: CaseFile) -> datetime | None:
    """Since when it waits for what only the customer can show; the link to the export is the merchant's own to give."""
    if file.case.stage != "evidence_needed" or not evidence_of(file):
        return None
    waits = (entry.at for entry in reversed(file.log) if _sets_stage(entry, "evidence_needed"))
    return next(waits, file.case.created_at)


def _sets_stage(entry: LogEntry, stage: str) -> bool:
    return entry.what == f"stage_{stage}" or (entry.what == "opened" and entry.facts.get("stage") == stage)


def evidence_of(file: CaseFile) -> tuple[str, ...]:
    """The codes of what the customer is asked to show."""
    decision = file.plan.answer.get("decision", {})
    return tuple(decision.get("evidence_wanted", ())) if decision.get("outcome") == "evidence_needed" else ()


def _decisions(file: CaseFile) -> Iterator[Decided]:
    for entry in file.log:
        if entry.what == "exception_resolved" and entry.facts.get("kind") == DECISION_WANTED:
            outcome = OUTCOMES.get(entry.facts.get("outcome", ""))
            if outcome is not None:
                yield Decided(outcome, entry.at, str(entry.n), _against(file) if outcome == "refused" else ())
        if entry.what == "decided" and (outcome := OUTCOMES.get(entry.facts.get("outcome", ""))) is not None:
            given = tuple(entry.facts.get("reasons", "").split())
            yield Decided(outcome, entry.at, str(entry.n), given if outcome == "refused" else ())


def _against(file: CaseFile) -> tuple[str, ...]:
    codes = [reason["code"] for reason in file.plan.answer.get("decision", {}).get("reasons", ())]
    return tuple(dict.fromkeys(filter(speaks_against, codes)))


def _couriers(file: CaseFile) -> Iterator[Courier]:
    for leg in file.legs:
        pickup = next(reversed(pickups_of(file.bookings, leg.n)), None)
        if pickup is None or pickup.status != "done":
            continue
        booked = next((entry for entry in reversed(file.log) if _books(entry, leg)), None)
        if booked is not None and _was_collected(file, leg, booked):
            continue
        hours = _hours(pickup, file)
        at = booked.at if booked else file.case.created_at
        yield Courier(leg.n, _episode_of(pickup, hours), at, hours, out=leg.direction == "out")


def _books(entry: LogEntry, leg: Leg) -> bool:
    return entry.what in BOOKED and entry.facts.get("leg") == str(leg.n)


def _was_collected(file: CaseFile, leg: Leg, booked: LogEntry) -> bool:
    """Whether the parcel was on its way before anybody could say that its courier was booked: nobody comes any more."""
    moved = (entry.n for entry in file.log if entry.what == "stage_in_transit" and entry.facts.get("leg") == str(leg.n))
    return any(n < booked.n for n in moved)


def _episode_of(pickup: Booking, hours: PickupHours | None) -> str:
    """The pickup and its hours: at other hours it is told anew."""
    name = f"{pickup.leg_n}.{pickup.n}"
    return f"{name}-{hours.on:%Y%m%d}-{hours.ready_from:%H%M}-{hours.until:%H%M}" if hours else name


def _hours(pickup: Booking, file: CaseFile) -> PickupHours | None:
    """The hours booked, else those asked for; None: nobody named any."""
    window = window_of(pickup.result)
    if window is not None:
        return PickupHours(window.on, window.ready_from, window.until, window.time_zone)
    wish, planned = wish_of(pickup, file.plan), file.plan.answer.get("pickup") or {}
    if wish is None or not planned.get("time_zone"):
        return None
    on = date.fromisoformat(pickup.result["on"]) if pickup.result.get("on") else wish.on
    return PickupHours(on, time.fromisoformat(wish.ready_from), time.fromisoformat(wish.until), planned["time_zone"])


def _reached(file: CaseFile, what: str) -> Iterator[Reached]:
    seen: set[int] = set()
    for entry in file.log:
        leg_n = int(entry.facts.get("leg", "1"))
        if entry.what == what and leg_n not in seen:
            seen.add(leg_n)
            told = entry.facts.get("at")
            yield Reached(leg_n, instant(told) if told else entry.at)


def _holds(track: Track) -> Iterator[Hold]:
    """The troubles of a leg that are the customer's to know. One that ended because the parcel was lost, destroyed or
    sent back did not free it."""
    episodes = track.state.episodes
    for at, episode in enumerate(episodes):
        asked = _asks_customer(episode, track.direction)
        if episode.condition != "held" and not asked:
            continue
        after = episodes[at + 1] if at + 1 < len(episodes) else None
        worse = after is not None and after.ground == "over" and after.since == episode.until
        task = task_of(episode.reason) if asked else "nothing"
        names = tuple(dict.fromkeys((episode.id, *episode.scans)))
        asked_at = _asked_at(track, names, episode) if asked else None
        out = track.direction == "out"
        yield Hold(names, track.leg_n, episode.since, episode.until, not worse, episode.reason, task, asked_at, out)


def _asked_at(track: Track, names: Sequence[str], episode: Episode) -> datetime:
    asks = [event.at for event in track.events if event.id in names and _asks_customer(event, track.direction)]
    return min(asks, default=episode.since)


def _asks_customer(told: Episode | Event, direction: Direction) -> bool:
    """Who a carrier calls consignee is the customer only on the way out."""
    return told.action_by == "customer" or (told.action_by == "consignee" and direction == "out")


def _is_with_us(leg_n: int, file: CaseFile, tracks: Sequence[Track]) -> bool:
    """Whether the delivery that was told may be told on: not one that the carrier took back, or that went to a locker
    or a stranger. Who writes that it has come acknowledges what perhaps nobody holds."""
    return file.case.stage in TAKEN_IN or _is_delivered(leg_n, tracks)


def _is_delivered(leg_n: int, tracks: Sequence[Track]) -> bool:
    track = next((one for one in tracks if one.leg_n == leg_n), None)
    if track is None or track.state.milestone is None:
        return True
    astray = (one for one in track.state.episodes if one.until is None and one.reason == ASTRAY)
    return track.state.milestone == "delivered" and not any(astray)


@dataclass(frozen=True, slots=True)
class Told:
    """Of what a notice tells: the moment, its episode, when it was; ``names`` are the scans of a hold's episode."""

    moment: Moment
    episode: str
    at: datetime | None


def facts_of(look: Look, told: Told, merchant: Merchant, person: Person | None, now: datetime) -> NoticeFacts:
    """What a notice of this moment is written from, but for the address of the customer's page. ``person`` is None
    where nobody may read them: a preview. Raises ``InvalidRequestError`` when the merchant file no longer has the
    facility."""
    file, history = look.file, look.history
    facility = _facility(merchant, file)
    country, region = _home(file, person)
    leg = None if told.moment in ABOUT_NO_PARCEL or _settles(told) else look.leg(_leg_n(told, history))
    hold, courier = _hold(told, history), _courier(told, look, leg, now)
    decided = next((one for one in history.decisions if one.episode == told.episode), None)
    track = next((one for one in look.tracks if leg is not None and one.leg_n == leg.n), None)
    task = _task(told, look, hold, courier, leg)
    sure = sure_zone_of(country, region)
    facts = NoticeFacts(
        rma=file.case.rma,
        order_number=file.case.order_number,
        kind=file.case.kind,
        merchant=MerchantContact(house_name(merchant, facility), facility.email, facility.phone),
        zone=sure or main_zone_of(country) or NO_ZONE,
        zone_is_sure=sure is not None,
        customer_name=person.name if person else None,
        at=told.at,
        carrier=carrier_called(leg.carrier) if leg else None,
        tracking_number=leg.number if leg else None,
        pickup=courier.hours if courier else None,
        packing=_packing(task, leg),
        reason=hold.reason if hold else None,
        deadline=search_ends(hold, sure or main_zone_of(country) or NO_ZONE, now),
        task=task,
        wanted=evidence_of(file) if task == "send_photos" else (),
        expected_at=None if leg is None or _has_come(leg, history) else _expected_at(track, now),
        expected_in=facility.time_zone if leg is not None and leg.direction == "home" else None,
        outcome=decided.outcome if decided else None,
        outcome_reasons=decided.reasons if decided else (),
        refund=decided.refund if decided else None,
        direction=leg.direction if leg is not None else "home",
    )
    return with_ending(facts, file, history, told.moment, told.episode)


def _settles(told: Told) -> bool:
    """Whether it is the decision of a settlement, and not on whether the return may begin."""
    return told.moment == "decision" and told.episode.startswith("s")


def _has_come(leg: Leg, history: History) -> bool:
    return any(one.leg_n == leg.n for one in (*history.arrived, *history.received))


def _expected_at(track: Track | None, now: datetime) -> datetime | None:
    """The day that the carrier names; one that is over, such as the estimate from before a hold, is none."""
    eta = track.eta if track is not None else None
    return eta if eta is not None and eta > now else None


def house_name(merchant: Merchant, facility: Facility) -> str:
    """Who signs a mail: the house's own name, unless it tells what the house sells; then the name on its labels."""
    return facility.company if label_findings(merchant.name, "en", merchant.brands) else merchant.name


def _facility(merchant: Merchant, file: CaseFile) -> Facility:
    facility = merchant.facility_called(file.case.return_to)
    if facility is None:
        raise InvalidRequestError("the merchant file no longer has the facility of this return")
    return facility


def _home(file: CaseFile, person: Person | None) -> tuple[str, str | None]:
    """Where the customer's clock hangs."""
    if person is not None:
        return person.address.country, person.address.region
    return file.case.customer_country, file.plan.request.customer_region


def _leg_n(told: Told, history: History) -> int | None:
    if told.moment in ("collected", "arrived", "received", "sent_out", "out_arrived", "out_back") and told.episode:
        return int(told.episode)
    trouble = _hold(told, history) or lost_named(history, told.moment, told.episode)
    return trouble.leg_n if trouble else None


def _hold(told: Told, history: History) -> Hold | None:
    """The hold that is told of; in a summary the one that still stands."""
    if told.moment == "summary":
        return next((hold for hold in reversed(history.holds) if hold.until is None), None)
    if told.moment not in ("held", "released"):
        return None
    return next((hold for hold in history.holds if hold.is_named(told.episode)), None)


def _courier(told: Told, look: Look, leg: Leg | None, now: datetime) -> Courier | None:
    """The courier who is told of; in a summary and a hold only one who is still to come."""
    found = next((one for one in look.history.couriers if leg is not None and one.leg_n == leg.n), None)
    if told.moment == "pickup_booked" or found is None:
        return found
    gone = any(one.leg_n == found.leg_n for one in look.history.collected)
    is_over = found.hours is None or found.hours.on < now.date() or look.file.case.stage == "cancelled"
    return found if told.moment == "summary" and not gone and not is_over else None


def _task(told: Told, look: Look, hold: Hold | None, courier: Courier | None, leg: Leg | None) -> CustomerTask:
    """What is asked of the customer now."""
    if told.moment == "evidence_wanted":
        return "send_photos"
    if told.moment == "held":
        return hold.task if hold else "nothing"
    if told.moment == "pickup_booked":
        return "nothing" if leg is not None and leg.direction == "out" else "hand_to_courier"
    if told.moment == "sent_out":
        return "receive_parcel"
    if told.moment == "cancelled":
        bought = any(one.kind == "waybill" and one.status in ("done", "cancelled") for one in look.file.bookings)
        return "destroy_label" if bought else "nothing"
    if told.moment == "summary":
        return _standing(look, hold, courier, leg)
    if told.moment == "recall":
        leg = next((one for one in look.file.legs if one.direction == "home"), None)
    approved = told.moment == "accepted" or look.file.case.stage == "approved"
    asks = told.moment in ("accepted", "decision", "recall") and approved and not _settles(told)
    return _before_the_road(look, leg) if asks else "nothing"


def _standing(look: Look, hold: Hold | None, courier: Courier | None, leg: Leg | None) -> CustomerTask:
    """What is still asked for after all that a summary lists."""
    if look.file.case.stage == "cancelled":
        return "nothing"
    if hold is not None:
        return hold.task
    if look.history.evidence_wanted_at is not None:
        return "send_photos"
    if leg is not None and leg.direction == "out":
        under_way = any(one.leg_n == leg.n for one in look.history.collected) and not _has_come(leg, look.history)
        return "receive_parcel" if under_way else "nothing"
    return "hand_to_courier" if courier else "nothing"


def _before_the_road(look: Look, leg: Leg | None) -> CustomerTask:
    """How the parcel gets to its carrier: a courier who is being booked, the counter of the post, or a day that the
    customer has still to name."""
    if leg is None:
        return "nothing"
    pickup = next(reversed(pickups_of(look.file.bookings, leg.n)), None)
    if pickup is not None and pickup.status not in ("refused", "cancelled"):
        return "hand_to_courier" if pickup.status == "done" else "await_courier_day"
    by_post = channel_of(leg.carrier, look.file.case.created_at.date()) == "post"
    return "take_to_counter" if by_post else "name_pickup_day"


def _packing(task: CustomerTask, leg: Leg | None) -> tuple[str, ...]:
    if leg is None or task not in ("hand_to_courier", "take_to_counter"):
        return ()
    return tuple(step.key for step in hand_over(leg.carrier))
