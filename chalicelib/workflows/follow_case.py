"""The case follows its parcel: what a leg reached moves the stage of its case, once and never backwards.

A way out never moves the road home: it is sent, delivered, back with us or lost, and the case stands at sending out
until nothing of it is left to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import stamp
from chalicelib.errors import StageNotAllowed
from chalicelib.returns.stages import Stage, advance, is_past
from chalicelib.returns.way_out import OutState
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.leg_plan import way_out_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.send_out import stage_with
from chalicelib.workflows.unsent_outcome import TOLD, told_by_a_scan
from chalicelib.workflows.watch_refund import moved

STAGE_BY_CHANGE: dict[str, Stage] = {"moving": "in_transit", "arrived": "arrived"}
STATE_BY_CHANGE: dict[str, OutState] = {
    "moving": "sent", "arrived": "delivered", "came_back": "back", "lost": "lost", "delivery_withdrawn": "sent",
}  # fmt: skip
# What a way out may become from what it is: scans come in any order, and what was lost may be found.
FROM: dict[OutState, frozenset[OutState]] = {
    "sent": frozenset({"wanted", "planned", "called_off", "delivered", "lost"}),
    "delivered": frozenset({"wanted", "planned", "called_off", "sent", "lost", "back"}),
    "back": frozenset({"wanted", "planned", "called_off", "sent", "lost", "delivered"}),
    "lost": frozenset({"wanted", "planned", "sent"}),
}


def advance_case(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Move the case to the stage its leg has reached. A repeat, and news older than the stage, change nothing; so
    does news for a case that has left the road (cancelled, closed): the log alone tells of it."""
    if message.get("direction") == "out":
        _follow_out(ports, message, now)
        return
    stage = STAGE_BY_CHANGE[message["change"]]

    def decide(file: CaseFile) -> Amendment | None:
        if is_past(file.case.stage, stage):
            return None
        facts = {"leg": str(message["leg"]), "milestone": message["milestone"], "at": message["at"]}
        try:
            after = replace(file.case, stage=advance(file.case.stage, stage))
        except StageNotAllowed:
            return None
        return Amendment(after, f"stage_{stage}", facts, parts=moved(ports, file, f"stage_{stage}", now))

    amend_file(ports, message["case_id"], now, decide)


def come_back(ports: Ports, case_id: str, leg_n: int, at: datetime, now: datetime) -> None:
    """A parcel that had gone out was taken in at our own dock, whether its carrier says so or not; quiet for any that
    did not leave, or has arrived."""
    way = way_out_of(file_of(ports, case_id), leg_n)
    if way is not None and way.state in ("sent", "lost"):
        news = {"case_id": case_id, "leg": leg_n, "change": "came_back", "milestone": "returned", "at": stamp(at)}
        _follow_out(ports, news, now)


def _follow_out(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Note how far a way out is; once its parcel is delivered, the case is closed if nothing else is open."""
    state = STATE_BY_CHANGE[message["change"]]
    # A scan that says "moving" says nothing against an end that was told before it.
    only_from = {"wanted", "planned", "called_off"} if message["change"] == "moving" else FROM[state]

    told: list[OpenException] = []

    def decide(file: CaseFile) -> Amendment | None:
        way = way_out_of(file, int(message["leg"]))
        if way is None or way.state not in only_from:
            return None
        after = replace(way, state=state, changed_at=now)
        facts = {"leg": str(way.leg_n), "state": state, "milestone": message["milestone"], "at": message["at"]}
        # What was called off and leaves all the same nobody sends: the case stays where it stands.
        case = file.case if way.state == "called_off" else replace(file.case, stage=stage_with(file.case, after))
        told[:] = told_by_a_scan(file, way, after, now)
        return Amendment(case, f"way_out_{state}", facts, parts=(after,), exceptions=tuple(told))

    unchanged = amend_file(ports, message["case_id"], now, decide)
    if unchanged is not None:  # a repeat: what an earlier one has written is told again
        told[:] = [one for one in unchanged.exceptions if one.kind in TOLD and one.leg_n == int(message["leg"])]
    send_word(ports, *told)
    if state == "delivered":
        from chalicelib.workflows.close_case import close_if_done  # it asks every part of the case

        close_if_done(ports, message["case_id"], now)
