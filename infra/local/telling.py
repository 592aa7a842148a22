"""How what the API answers is told in the timeline: one line each, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.local.ring import CHINA, PARIS

Body = Mapping[str, Any]


def judged(route: Body) -> tuple[str, str]:
    """A carrier's service for this parcel, and why or under what it may carry it."""
    said = f"route {route['service']}: {route['outcome'].replace('_', ' ')}"
    if route["outcome"] == "refused":
        first, *others = route["reasons"]
        why = f"{first['detail'] or first['code']}: {first['source']} ({first['rule']})"
        return said, f"{why}; {len(others)} more against it" if others else why
    conditions = [f"- {row['text']}" for row in route["conditions"] if row["state"] != "unmet"]
    by_hand = [] if route["bookable"] else ["- Ordered by a person: no call of ours can."]
    return said, "\n".join(conditions + by_hand)


def decided(opened: Body) -> list[tuple[str, str]]:
    """What the system decided when the return was opened: one line each, and what it asks for."""
    return [
        _decision(opened["decision"]),
        _estimate(opened["estimate"]),
        (f"route: {opened['route']['carrier']} {opened['route']['service']}", ""),
        _cover(opened["cover"]),
        (f"papers: {', '.join(paper['name'] + ' ' + paper['status'] for paper in opened['papers'])}", ""),
    ]


def _decision(decision: Body) -> tuple[str, str]:
    ends = decision["window_ends_at"]
    window = f", the window ends {stamp(datetime.fromisoformat(ends))}" if ends else ""
    return f"decision: {decision['outcome']} by policy {decision['policy_version']}{window}", ""


def _estimate(estimate: Body) -> tuple[str, str]:
    if not estimate["complete"]:
        return f"estimate: not complete ({', '.join(estimate['reasons'])})", "find what is missing"
    money, relief = estimate["currency"], [row for row in estimate["relief"] if row["status"] == "unproven"]
    told = f"estimate: {estimate['total']} {money}, {estimate['total_if_proven']} if relief is proven"
    return told, f"claim {relief[0]['code']}" if relief else ""


def _cover(cover: Body) -> tuple[str, str]:
    value = cover["insured_value"]
    return f"cover: {cover['insured_by']}, {value['amount']} {value['currency']}", ""


def in_short(case: Body) -> tuple[str, str, str]:
    """A case in one look: what customs get now and if relief is proven, and what still must be said or shown."""
    short = case["in_short"]
    if not short["missing"]:
        return "nothing is missing", "", ""
    wanted = "\n".join(f"- {row['what']}: {row['field'] or row['shown']}" for row in short["missing"])
    return f"still to prove for {short['relief'] or 'its papers'}, by {short['claim_by'] or 'no fixed day'}", "", wanted


def event_line(event: Body) -> str:
    """One event of a shipment."""
    place = event["place"]
    where = f"{(place['city'] or '?').title()}, {place['country']}"
    what = event["milestone"] or "-"
    return f"{event['at_local']:<26} {event['code']:<4}{what:<18}{where:<32}{event['source']}"


def by_when(concern: Body) -> str:
    """Who must act, and by when."""
    deadline = concern["deadline"]
    when = f" by {stamp(datetime.fromisoformat(deadline))} in Paris" if deadline else ""
    return f"{concern['action_by']} must act{when}:"


def stamp(at: datetime) -> str:
    """A time on the clock it is on, if that is one of the story's; else on that of Paris."""
    local = at if at.tzinfo in (PARIS, CHINA) else at.astimezone(PARIS)
    return f"{local:%a %d %b %H:%M}"
