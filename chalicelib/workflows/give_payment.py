"""How an order was paid is told later, or corrected: what a refund goes back to, and the most it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.money import Money, total
from chalicelib.returns.payment import Payment, merged
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.stages import OVER
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.read_settlements import payment_row


def give_payment(ports: Ports, case_id: str, given: Mapping[str, Any], *, by: str, now: datetime) -> dict[str, Any]:
    """Take what is now known of the payment: what is given counts, the rest stays. The same again changes nothing.
    Raises ``NotFoundError``, ``InvalidRequestError``, and ``ConflictError`` while a settlement stands on what would be
    changed, or more was given back than would then have been paid."""

    def decide(file: CaseFile) -> Amendment | None:
        order = file.plan.request.order
        if order.payment is None and given.get("total") is None:
            fault = FieldFault("total", "required", "say what was charged in all: a refund is never above it")
            raise InvalidRequestError("this tells no payment", [fault])
        after = merged(order.payment, dict(given))
        if after == order.payment:
            return None
        _refuse_strange(after)
        _refuse_settled(file, after)
        request = replace(file.plan.request, order=replace(order, payment=after))
        fields = ", ".join(sorted(name for name, value in given.items() if value is not None))
        return Amendment(
            file.case, "payment_given", {"fields": fields}, by=by, plan=replace(file.plan, request=request)
        )

    amend_file(ports, case_id, now, decide)
    file = file_of(ports, case_id)
    return {"case_id": case_id, "payment": payment_row(file)}


def _refuse_strange(after: Payment) -> None:
    told = f"give it in {after.total.currency}, the currency that was charged"
    faults = [FieldFault(name, "other_currency", told) for name in after.strange_currencies]
    if faults:
        raise InvalidRequestError("the parts of a payment are in its own currency", faults)


def _refuse_settled(file: CaseFile, after: Payment) -> None:
    if file.case.stage in OVER:
        raise ConflictError(f"the return is {file.case.stage}: nothing is paid back for it any more")
    for one in file.parts.of(Settlement):
        if one.is_under_way:
            raise ConflictError(f"settlement {one.n} is {one.state} and was reckoned from it: withdraw it first")
    gave = [one.gave for one in file.parts.of(Settlement) if one.gave is not None and one.gave.amount]
    if any(one.currency != after.total.currency for one in gave):
        raise ConflictError("money was given back in another currency: the currency that was charged stands")
    given = total(gave, after.total.currency) if gave else Money(after.total.amount * 0, after.total.currency)
    if after.total.amount < given.amount:
        raise ConflictError(f"{given.amount} {given.currency} was given back already: no less can have been paid")
