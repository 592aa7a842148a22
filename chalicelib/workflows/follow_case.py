"""The case follows its parcel: what a leg reached moves the stage of its case, once and never backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import StageNotAllowed
from chalicelib.returns.case import Case
from chalicelib.returns.stages import Stage, advance, is_past
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.ports import Ports

STAGE_BY_CHANGE: dict[str, Stage] = {"moving": "in_transit", "arrived": "arrived"}


def advance_case(ports: Ports, message: Mapping[str, Any], now: datetime) -> None:
    """Move the case to the stage its leg has reached. A repeat, and news older than the stage, change nothing; so
    does news for a case that has left the road (cancelled, closed): the log alone tells of it."""
    change = message["change"]

    def decide(case: Case) -> Amendment | None:
        stage = STAGE_BY_CHANGE[change]
        if is_past(case.stage, stage):
            return None
        facts = {"leg": str(message["leg"]), "milestone": message["milestone"], "at": message["at"]}
        try:
            return Amendment(replace(case, stage=advance(case.stage, stage)), f"stage_{stage}", facts)
        except StageNotAllowed:
            return None

    amend(ports, message["case_id"], now, decide)
