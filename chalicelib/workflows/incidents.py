"""Many exceptions of one kind at one carrier, or on one lane of it, are one incident.

Each that opens is counted once, in one small write (see ``alerts.incidents``). The one that makes the number full opens
the incident; those that come later carry its id and join it quietly, those that made it are given its id when it is
first looked at. Its number is told anew in steps that grow. It is over when none of the last dozen is open any more, or
when nothing new has come for a while: the count begins anew first, so that nobody joins what is being closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.alerts import incidents as rooms
from chalicelib.alerts.changes import US, joined, opened, resolved, updated
from chalicelib.alerts.escalation import timed
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.incidents import KINDS, Counted, Group, Member, Tally
from chalicelib.alerts.playbooks import open_exception
from chalicelib.alerts.told import Alert
from chalicelib.errors import StaleVersion
from chalicelib.returns.case import Case
from chalicelib.workflows.keep_exceptions import change
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.tell import tell

TRIES = 10
SAYS = frozenset({"opened", "updated"})


def join(ports: Ports, fresh: OpenException, case: Case, now: datetime) -> str | None:
    """Count an exception that is about to be opened; the public id of the incident that it is one of, None where there
    is none. Asked again for the same one it counts nothing."""
    rules = rooms.rules(now.date())
    group = rules.groups.get(fresh.kind)
    if group is None or fresh.carrier is None or fresh.leg_n is None:
        return None
    of = Counted(fresh.kind, fresh.carrier, _lane(ports, case) if group.by == "lane" else None)
    member = Member(case.case_id, fresh.episode, now)
    for _ in range(TRIES):
        before = ports.exceptions.tally(of)
        if before.holds(member):
            _bring_up(ports, before, group, now)
            return before.incident_id
        after = before.plus(member, group)
        if not ports.exceptions.save_tally(after):
            continue
        if after.incident != before.incident or rules.said(after.count) > rules.said(before.count):
            _bring_up(ports, after, group, now)
        return after.incident_id
    raise StaleVersion("many are counted at this moment; try again")


def look(ports: Ports, incident: OpenException, now: datetime) -> OpenException:
    """An incident whose time has come: those that made it join it, its number is told, or it is over."""
    of = counted_of(incident)
    tally = ports.exceptions.tally(of)
    if tally.incident != incident.episode:
        return _closed(ports, incident, "it was followed by another", now)
    group = rooms.rules(now.date()).groups.get(of.kind)
    still = [one for one in tally.members if _joined(ports, one, incident, now)]
    why = _why_over(tally, still, now)
    if why is None:
        return _bring_up(ports, tally, group, now) or incident
    if not ports.exceptions.save_tally(tally.over()):
        return incident
    return _closed(ports, incident, f"{why}; {tally.count} in all", now)


def begin_anew(ports: Ports, incident: OpenException) -> None:
    """A person closes an incident: what comes from now on is counted towards another one."""
    for _ in range(TRIES):
        tally = ports.exceptions.tally(counted_of(incident))
        if tally.incident != incident.episode or ports.exceptions.save_tally(tally.over()):
            return
    raise StaleVersion("many are counted at this moment; try again")


def counted_of(incident: OpenException) -> Counted:
    """What an incident counts: its reason is the kind of its members."""
    carrier, _, lane = incident.subject.partition("/")
    return Counted(incident.reason or "", carrier, lane or None)


def _lane(ports: Ports, case: Case) -> str:
    """Between the customer's country and the one the piece comes home to, ``FR-CN``."""
    home = ports.merchant().facility_called(case.return_to)
    return f"{case.customer_country}-{home.country if home else 'unknown'}"


def _why_over(tally: Tally, still: list[Member], now: datetime) -> str | None:
    if not still:
        return "none of the last ones is open any more"
    quiet = rooms.rules(now.date()).quiet
    return f"nothing new for {quiet.total_seconds() / 3600:.0f} hours" if now - tally.last_at >= quiet else None


def _joined(ports: Ports, member: Member, incident: OpenException, now: datetime) -> bool:
    """Whether a member is still open; one that came before the incident is given its id."""
    found = ports.exceptions.read(member.exception_id)
    if found is None or found.status == "resolved":
        return False
    if found.incident_id is None:
        change(ports, member.exception_id, lambda one, sequence: _with_id(one, incident, now, sequence), now)
    return True


def _with_id(
    found: OpenException, incident: OpenException, now: datetime, sequence: int | None
) -> OpenException | None:
    if found.status == "resolved" or found.incident_id is not None:
        return None
    return joined(found, now, incident.exception_id, sequence=sequence)


def _bring_up(ports: Ports, tally: Tally, group: Group | None, now: datetime) -> OpenException | None:
    """Open the incident of a count, or tell its number where that has passed a step; told again where it is done."""
    if tally.incident_id is None or group is None:
        return None
    fresh = _incident(tally, group, now)
    if ports.exceptions.open_alone(fresh):
        tell(ports, Alert(fresh, fresh.history[-1]), now)
        return fresh
    kept = change(ports, fresh.exception_id, lambda one, _: _with_number(one, tally, now), now)
    last = kept.exception.history[-1]
    if last.action in SAYS:  # again where it was written before: nobody knows whether it was told
        tell(ports, Alert(kept.exception, last), now)
    return kept.exception


def _incident(tally: Tally, group: Group, now: datetime) -> OpenException:
    hours = group.within.total_seconds() / 3600
    rules = rooms.rules(now.date())
    fresh = open_exception(
        tally.of.subject_kind,
        tally.of.subject,
        kind=KINDS[tally.of.subject_kind],
        episode=tally.incident or "",
        reason=tally.of.kind,
        since=min((one.at for one in tally.members), default=now),
        now=now,
        severity=group.severity,
        carrier=tally.of.carrier,
        detail=f"{tally.count} of {tally.of.kind} within {hours:.0f} hours",
    )
    return replace(opened(fresh, now), members=tally.count, due_at=now + rules.first_look_after)


def _with_number(found: OpenException, tally: Tally, now: datetime) -> OpenException | None:
    """The incident with its number, where that has passed a step since it was last told."""
    rules = rooms.rules(now.date())
    said, known = rules.said(tally.count), found.members or 0
    if found.status == "resolved" or said <= known or rules.said(known) == said:
        return None
    after = updated(replace(found, members=tally.count), now, f"{tally.count} of {tally.of.kind} by now")
    return timed(after, now)


def _closed(ports: Ports, incident: OpenException, why: str, now: datetime) -> OpenException:
    def step(one: OpenException, sequence: int | None) -> OpenException | None:
        if one.status == "resolved":
            return None
        return resolved(one, now, US, why, version=one.version + 1, sequence=sequence)

    kept = change(ports, incident.exception_id, step, now)
    if kept.sequence is not None:
        tell(ports, Alert(kept.exception, kept.exception.history[-1]), now)
    return kept.exception
