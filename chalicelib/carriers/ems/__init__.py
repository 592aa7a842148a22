"""EMS by China Post: one carrier, put together. One interface (``open_api``) does everything, one call at a time.

There are no ``pickups``: the order of a waybill sends the courier. There is no ``lookup``: an unknown outcome goes to a
person.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.carriers.channels import Access, Carrier, Keys, Polling, Push, Waybills
from chalicelib.carriers.contract import HttpRequest
from chalicelib.carriers.ems import envelope, errors, order_checks, orders, trace
from chalicelib.carriers.numbers import judge_ems


def _dress(request: HttpRequest, keys: Keys, token: str | None, now: datetime) -> HttpRequest:
    return envelope.dress(orders.dated(request, now), keys, token, now)


OPEN_API = Access(
    host="ems",
    secret="open_api",  # noqa: S106 - the name of an entry
    needs=("sender_no", "authorization", "sign_key"),
    dress=_dress,
    read_error=errors.read_error,
)

EMS = Carrier(
    name="ems",
    judge_number=judge_ems,
    polling=(Polling("ems", OPEN_API, trace.NUMBERS_PER_CALL, trace.track_requests),),
    push=Push("ems_push", envelope.opened),
    waybills=Waybills(
        access=OPEN_API,
        check=order_checks.checked,
        request=orders.order_request,
        read=orders.read_order,
        cancel=orders.cancel_request,
        read_cancelled=orders.read_cancelled,
        dry_run=orders.range_request,
        read_dry_run=orders.read_range,
        brings_courier=True,
        label=orders.label_request,
        read_label=orders.read_label,
    ),
)
