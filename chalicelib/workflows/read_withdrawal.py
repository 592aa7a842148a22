"""A declared withdrawal as it is told: the receipt that the law asks for, and the clocks it started."""

from __future__ import annotations

from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.notices.language import template_of
from chalicelib.notices.told_codes import reason_in
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.ports import CaseFile, Ports


def receipt(ports: Ports, file: CaseFile, part: Withdrawal) -> dict[str, Any]:
    """The content, the day and the hour of one declaration, who pays the way home, until when it must be sent and the
    money be back; its doubts in the words of the customer."""
    items = file.plan.request.items
    language = template_of(part.language, file.case.customer_country)
    place = ports.merchant().facility_called(file.case.return_to)
    return {
        "case_id": file.case.case_id,
        "rma": file.case.rma,
        "order_number": file.case.order_number,
        **withdrawal_row(part),
        "items": [
            {"line": n, "sku": item.sku, "description": item.description, "quantity": item.quantity}
            for n, item in enumerate(items, 1)
            if not part.lines or n in part.lines
        ],
        "merchant": ports.merchant().name,
        "return_to": place.id if place else None,
        "doubts": [{"code": code, "text": reason_in(language, code)} for code in part.doubts],
    }


def withdrawal_row(part: Withdrawal) -> dict[str, Any]:
    """One declaration as a case tells it."""
    return {
        "withdrawal_id": part.part_id,
        "declared_at": stamp(part.declared_at),
        "taken_at": stamp(part.taken_at or part.declared_at),
        "declared_by": part.declared_by,
        "language": part.language,
        "content": list(part.content),
        "lines": list(part.lines),
        "in_time": part.in_time,
        "rule": part.rule,
        "freight_paid_by": part.freight_paid_by,
        "send_back_by": known_stamp(part.send_back_by),
        "refund_from": part.refund_from,
        "refund_by": known_stamp(part.refund_by),
        "refund_target": known_stamp(part.refund_target),
        "may_hold_for_goods": part.may_hold,
    }


def withdrawals_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """The declarations of a case, in their order."""
    ordered = sorted(file.parts.of(Withdrawal), key=lambda one: one.n)
    return [{**withdrawal_row(part), "doubts": list(part.doubts)} for part in ordered]
