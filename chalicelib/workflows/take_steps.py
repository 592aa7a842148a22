"""The steps queue: a booking to go on with, a case to move, parked events to join."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.errors import InvalidRequestError
from chalicelib.workflows import book_leg, keep_claims, watch_refund
from chalicelib.workflows.case_parts import look_at_part
from chalicelib.workflows.confirm_push import confirm_push
from chalicelib.workflows.follow_case import advance_case
from chalicelib.workflows.keep_ledger import keep_claim
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.send_out import take_send_out
from chalicelib.workflows.take_tracking import join
from chalicelib.workflows.tell_steps import look_for_tools


def take_step(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Hand a step to its story; the leg it was about, as ``case/leg``. One that no story knows is refused and ends in
    the dead letters."""
    match message.get("kind"):
        case "waybill" | "pickup" | "pickup_change" | "pickup_cancel" | "waybill_cancel":
            book_leg.take_booking(ports, message, now)
            look_for_notices(ports, message["case_id"])
            look_for_tools(ports, message["case_id"])
        case "advance_case":
            advance_case(ports, message, now)
            look_for_notices(ports, message["case_id"])
            look_for_tools(ports, message["case_id"])
        case "refund_watch":
            watch_refund.begin(ports, message["case_id"], now)
        case "send_out":
            take_send_out(ports, message, now)
        case "join":
            join(ports, message["carrier"], message["number"], now)
        case "confirm_push":
            confirm_push(ports, message, now)
        case "duty_claim":
            keep_claim(ports, message, now)
        case "claim_watch":
            keep_claims.look(ports, message, now)
        case "part_due":
            look_at_part(ports, message, now)
            look_for_notices(ports, message["case_id"])
        case unknown:
            raise InvalidRequestError(f"no story knows a step of kind {unknown!r}")
    return {f"{message['case_id']}/{message['leg']}"} if "case_id" in message else set()
