"""Claims are kept: watched once something is wrong, prepared and filed by a person, answered, paid, ended.

Every change is one transaction of claims, watch and case log. What people are told is told by the watch alone, and
never by who changes something: a change makes the watch due at once, and the look that follows opens, raises and
closes reminders by what is so then. After it has told anything it looks once more, so that what was still on its way
when a claim moved is taken back too. A look asked for twice, late or by a stale index tells the same again, under the
same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.exceptions import SEVERITIES, OpenException
from chalicelib.alerts.playbooks import playbook
from chalicelib.clock import EARLIEST_CLOCK, stamp
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError, StaleVersion
from chalicelib.insurance.claim_deeds import Deed, done
from chalicelib.insurance.claim_states import ALL_WELL, BY_THE_RULES, ENDED, UNFILED, Claim, Party, Watch, moved
from chalicelib.insurance.claims import (
    DUE,
    Reminder,
    bound_of,
    kind_of,
    lapses,
    next_after,
    overpaid_reminder,
    to_tell,
    told_discovered,
)
from chalicelib.workflows import case_log
from chalicelib.workflows.alert_words import closing_of, is_of, opening
from chalicelib.workflows.claim_ports import PACK_TO_MAKE
from chalicelib.workflows.claim_sight import Sight, sight_of
from chalicelib.workflows.freeze_evidence import thaw
from chalicelib.workflows.ports import Ports

STEP = "claim_watch"
TRIES = 6
LOOK_AGAIN = timedelta(minutes=30)
PACK_AGAIN = timedelta(minutes=15)
# A person is told once it is late, and it is tried on: a schedule may stand still for six hours.
PACK_LATE, PACK_GIVEN_UP = timedelta(hours=12), timedelta(days=3)


def step_of(case_id: str, leg_n: int) -> dict[str, Any]:
    """The message that has the claims of a leg looked at."""
    return {"kind": STEP, "case_id": case_id, "leg": leg_n}


def pack_message(claim: Claim) -> dict[str, Any]:
    """The message that has the pack of a claim made."""
    return {"kind": PACK_TO_MAKE, "case_id": claim.case_id, "leg": claim.leg_n, "party": claim.party}


def look(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Look at the claims of a leg: begin to watch it where something is wrong, tell what is to be told, let it rest
    where nothing is. Raises ``NotFoundError`` for a leg there is not."""
    case_id, leg_n = message["case_id"], int(message["leg"])
    for _ in range(TRIES):
        sight = sight_of(ports, case_id, leg_n, now)
        if sight.watch is None and not sight.troubles:
            return
        if thaw(ports, sight.file, now):
            continue
        after = brought_up(sight, now)
        alerts = [*_openings(sight, after, now), *_closings(sight, after, now)]
        if alerts:
            ports.queues.send("alerts", alerts)
        if packs := [pack_message(one) for one in after if _pack_is_owed(sight, one, now)]:
            ports.queues.send("papers", packs)
        if _written(ports, sight, after, now, told=bool(alerts)):
            return
    raise StaleVersion("the case is being written by others; try again")


def act_on_claim(
    ports: Ports, case_id: str, leg_n: int, party: Party, deed: Deed, *, holder: str, now: datetime
) -> bool:
    """Note what somebody did to a claim, and have the leg looked at; whether the claim was begun by it. The same again
    is quiet. A claim that nobody watched yet is begun by ``prepare``. Raises ``NotFoundError`` and what
    ``claim_deeds.done`` raises."""
    is_new = False

    def decide(sight: Sight) -> Claim | None:
        nonlocal is_new
        claim = _claim_for(sight, party, deed, now)
        is_new = all(one.party != party for one in sight.claims)
        bound, _ = bound_of(sight.worth, deed.freight or claim.freight)
        return done(claim, deed, bound, (now + EARLIEST_CLOCK).date(), now, holder)

    after = _change(ports, case_id, leg_n, now, holder, decide, deed.why)
    ports.queues.send("steps", [step_of(case_id, leg_n)])
    if after is not None and deed.action == "prepare":
        ports.queues.send("papers", [pack_message(after)])
    return is_new


def want_pack(ports: Ports, case_id: str, leg_n: int, party: Party, *, holder: str, now: datetime) -> Claim:
    """Ask for the pack of a claim to be made, or made anew; quiet while it is being made."""
    wanted: list[Claim] = []

    def decide(sight: Sight) -> Claim | None:
        claim = _found(sight, party)
        wanted[:] = [claim]
        if _pack_is_owed(sight, claim, now, at_once=True):
            return None
        wanted[:] = [replace(claim, pack_wanted_at=now)]
        return wanted[0]

    _change(ports, case_id, leg_n, now, holder, decide, None, what="claim_pack_wanted")
    ports.queues.send("papers", [pack_message(wanted[0])])
    return wanted[0]


def brought_up(sight: Sight, now: datetime) -> tuple[Claim, ...]:
    """The claims of a leg as clocks and facts have them: begun, reckoned anew, lapsed, at rest."""
    known = {claim.party: claim for claim in sight.claims}
    begun = [_watched(sight, party, now) for party in sight.parties if party not in known and sight.troubles]
    return tuple(_brought_up(sight, claim, now) for claim in (*known.values(), *begun))


def alert_of_stuck(watch: Watch, now: datetime) -> dict[str, Any]:
    """Five times the claims of a leg could not be looked at: somebody must watch their days by hand."""
    episode = f"claim-{watch.leg_n}-stuck-{now.date().isoformat()}"
    detail = f"the claims of leg {watch.leg_n} cannot be looked at"
    return opening(
        watch.case_id, DUE, episode, now, leg=watch.leg_n, reason="stuck", severity="critical", detail=detail
    )


def _brought_up(sight: Sight, claim: Claim, now: datetime) -> Claim:
    if claim.state == "closed" and claim.why == ALL_WELL and sight.troubles:
        claim = moved(replace(claim, opened_at=now), "watched", now)
    if claim.state in ("watched", "lapsed") and not sight.troubles:
        return moved(claim, "closed", now, ALL_WELL)
    if claim.state == "watched":
        claim = replace(claim, kind=_kind(sight, now))
    if claim.state not in (*UNFILED, "lapsed"):
        return claim
    deadline = sight.standing(claim).deadline
    if claim.state == "lapsed" and deadline is not None and deadline.ends_at > now and deadline != claim.deadline:
        claim = moved(claim, "watched", now, "last_day_moved")
    claim = replace(claim, deadline=deadline)
    return moved(claim, "lapsed", now) if lapses(claim, deadline, now) else claim


def _watched(sight: Sight, party: Party, now: datetime) -> Claim:
    return Claim(sight.leg.case_id, sight.leg.n, party, _kind(sight, now), "watched", now, now)


def _kind(sight: Sight, now: datetime) -> Any:
    return kind_of(sight.named_troubles, now.date(), arrived=sight.facts.has_arrived)


def _wanted(sight: Sight, after: Sequence[Claim], now: datetime) -> list[tuple[Claim | None, Reminder]]:
    """Everything that a person must know of this leg now."""
    told: list[tuple[Claim | None, Reminder]] = []
    for claim in after:
        facts = told_discovered(sight.facts, claim)
        told += [(claim, one) for one in to_tell(claim, sight.standing(claim), facts, now)]
        if claim.pack_wanted_at is not None and _pack_is_late(sight, claim, now):
            detail = f"the pack of claim {claim.claim_id} could not be made"
            episode = f"claim-{claim.claim_id}-pack-{stamp(claim.pack_wanted_at)}"
            told.append((claim, Reminder(DUE, episode, "pack_stuck", "high", claim.pack_wanted_at, detail)))
    bound, _ = bound_of(sight.worth, _freight(after))
    over = overpaid_reminder(tuple(after), bound)
    return told + ([(None, over)] if over else [])


def _freight(claims: Sequence[Claim]) -> Any:
    return next((one.freight for one in claims if one.freight), None)


def _openings(sight: Sight, after: Sequence[Claim], now: datetime) -> list[dict[str, Any]]:
    """Reminders that nobody was told of, or not as grave as they are."""
    alerts = []
    for _, reminder in _wanted(sight, after, now):
        told = [one for one in sight.reminders() if is_of(one, reminder.episode)]
        standing_ones = [one for one in told if one.status != "resolved"]
        ours = [one for one in told if one.resolved_by == BY_THE_RULES]
        if standing_ones and not any(_graver(reminder, one) for one in standing_ones):
            continue
        if not standing_ones and len(ours) < len(told) and not all(_graver(reminder, one) for one in told):
            continue  # a person has resolved it, and it is no graver than it was
        episode = standing_ones[0].episode if standing_ones else reminder.episode
        if ours and len(ours) == len(told):
            episode = f"{reminder.episode}.{len(ours) + 1}"
        alerts.append(_opening(sight, reminder, episode, now))
    return alerts


def _opening(sight: Sight, reminder: Reminder, episode: str, now: datetime) -> dict[str, Any]:
    leg, since = sight.leg, reminder.at
    if reminder.ends_at is not None:  # the exception ends when the claim does
        since = reminder.ends_at - timedelta(hours=playbook(reminder.kind, reminder.reason, now.date()).deadline_hours)
    return opening(
        leg.case_id,
        reminder.kind,
        episode,
        since,
        leg=leg.n,
        carrier=leg.carrier,
        number=leg.number,
        reason=reminder.reason,
        severity=reminder.severity,
        money_at_risk=sight.worth.as_json(),
        detail=reminder.detail,
    )


def _closings(sight: Sight, after: Sequence[Claim], now: datetime) -> list[dict[str, Any]]:
    """Reminders that are over: the claim has moved on, its day has, or nothing is wrong any more."""
    names = [reminder.episode for _, reminder in _wanted(sight, after, now)]
    states = ", ".join(f"{one.claim_id} is {one.state}" for one in after)
    over = (one for one in sight.reminders() if one.status != "resolved")
    return [closing_of(one, states, now) for one in over if not any(is_of(one, name) for name in names)]


def _graver(reminder: Reminder, than: OpenException) -> bool:
    return SEVERITIES.index(reminder.severity) < SEVERITIES.index(than.severity)


def _pack_is_owed(sight: Sight, claim: Claim, now: datetime, *, at_once: bool = False) -> bool:
    """Whether a pack was asked for and is not made: at once, or when its message may have been lost."""
    wanted = claim.pack_wanted_at
    if wanted is None or now - wanted >= PACK_GIVEN_UP:
        return False
    made = next((one for one in sight.file.packs if one.claim_id == claim.claim_id), None)
    return (made is None or made.wanted_at < wanted) and (at_once or now - wanted >= PACK_AGAIN)


def _pack_is_late(sight: Sight, claim: Claim, now: datetime) -> bool:
    wanted = claim.pack_wanted_at
    made = next((one for one in sight.file.packs if one.claim_id == claim.claim_id), None)
    return wanted is not None and (made is None or made.wanted_at < wanted) and now - wanted >= PACK_LATE


def _next(sight: Sight, after: Sequence[Claim], now: datetime, *, told: bool) -> datetime | None:
    """When to look again; None when nothing will come by itself."""
    at = [next_after(one, sight.standing(one), told_discovered(sight.facts, one), now) for one in after]
    again = [one.changed_at + LOOK_AGAIN for one in after] + ([now + LOOK_AGAIN] if told else [])
    owed = [one.pack_wanted_at for one in after if _pack_is_owed(sight, one, now, at_once=True)]
    for wanted in filter(None, owed):
        again += [now + max(PACK_AGAIN, now - wanted), wanted + PACK_LATE]
    return min([one for one in (*at, *again) if one is not None and one > now], default=None)


def _written(ports: Ports, sight: Sight, after: Sequence[Claim], now: datetime, *, told: bool) -> bool:
    """Write what time has changed, or only when to look again; False when somebody else wrote first."""
    until = _next(sight, after, now, told=told)
    before = {one.claim_id: one for one in sight.claims}
    changed = [one for one in after if before.get(one.claim_id) != one]
    if sight.watch is not None and not changed and sight.watch.discovered_at == sight.facts.discovered_at:
        return ports.claims.rest(sight.watch, until)
    opened = sight.watch.opened_at if sight.watch else now
    watch = Watch(sight.leg.case_id, sight.leg.n, opened, sight.facts.discovered_at, until)
    facts = {one.claim_id: _in_short(one) for one in changed}
    what = "claim_watched" if sight.watch else "claim_watch_begun"
    case, entry = case_log.noted(sight.file.case, now, BY_THE_RULES, what, {"leg": str(sight.leg.n), **facts})
    try:
        ports.claims.keep(case, entry, changed, watch)
    except StaleVersion:
        return False
    return True


def _in_short(claim: Claim) -> str:
    last = claim.deadline.last_day.isoformat() if claim.deadline and claim.state not in ENDED else None
    return f"{claim.state}, {claim.kind}" + (f", last day {last}" if last else "")


def _claim_for(sight: Sight, party: Party, deed: Deed, now: datetime) -> Claim:
    """The claim that a person acts on; a new one where they prepare what nobody watched."""
    known = next((one for one in sight.claims if one.party == party), None)
    if known is not None:
        return known
    if deed.action != "prepare":
        raise NotFoundError("this leg has no such claim; prepare it first")
    if party not in sight.parties:
        fault = FieldFault("party", "not_insured", "no policy covers this parcel: claim against its carrier")
        raise InvalidRequestError("there is nobody to claim from", [fault])
    return _watched(sight, party, now)


def _found(sight: Sight, party: Party) -> Claim:
    found = next((one for one in sight.claims if one.party == party), None)
    if found is None:
        raise NotFoundError("this leg has no such claim")
    return found


def _change(
    ports: Ports,
    case_id: str,
    leg_n: int,
    now: datetime,
    holder: str,
    decide: Callable[[Sight], Claim | None],
    why: str | None,
    what: str | None = None,
) -> Claim | None:
    """Write what ``decide`` makes of a claim with the watch due at once; again when somebody else was faster. The claim
    as it is now; None where nothing had to change."""
    for _ in range(TRIES):
        sight = sight_of(ports, case_id, leg_n, now)
        after = decide(sight)
        if after is None:
            return None
        opened = sight.watch.opened_at if sight.watch else now
        watch = Watch(case_id, leg_n, opened, sight.facts.discovered_at, now)
        facts = {"claim": after.claim_id, "state": after.state} | ({"why": why} if why else {})
        case, entry = case_log.noted(sight.file.case, now, holder, what or f"claim_{after.state}", facts)
        try:
            ports.claims.keep(case, entry, [after], watch)
        except StaleVersion:
            continue
        return after
    raise StaleVersion("the case is being written by others; try again")
