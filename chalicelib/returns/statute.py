"""The law's right to withdraw: from which day it counts, until when, what it does not reach, who pays which freight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.clock import add_months
from chalicelib.errors import RuleNotInForce
from chalicelib.merchant import Payer
from chalicelib.returns.grounds import (
    AT_FAULT,
    IN_TIME,
    NO_FAULT,
    WORD,
    Asked,
    Ground,
    Reason,
    Refunded,
    Verdict,
    by_law,
    excluded_by,
    exclusion_codes,
    of_all,
    worse,
)
from chalicelib.returns.law import Cited, Exclusion, Right, exclusions_of, withdrawal_right
from chalicelib.returns.windows import Window, ending_on, window

_OUTBOUND: dict[Refunded, str] = {
    "standard_rate": "outbound_standard_rate",
    "all": "outbound_all",
    "none": "outbound_not_refunded",
}


@dataclass(frozen=True, slots=True)
class Start:
    """The day a window counts from, and why it may yet begin later."""

    day: date
    doubts: tuple[str, ...] = ()


def withdrawal(asked: Asked) -> Ground | None:
    """Sending back without a reason because the law says so; None when about something else."""
    if asked.request.kind not in ("refund", "exchange") or asked.request.reason not in NO_FAULT | AT_FAULT:
        return None
    request = asked.request
    try:
        right = withdrawal_right(request.customer_country, request.order.sold_on, request.customer_region)
    except RuleNotInForce as unknown:
        missing = Reason("law_not_known_for_order_date", unknown.dataset, "no vintage in force", "low")
        return Ground("withdrawal", "unsure", True, (missing,))
    if stop := _without_a_window(asked, right):
        return stop
    start = start_of(asked, right.row)
    if start is None:
        return _whenever_they_came(asked, right)
    return _in_time(asked, right, start)


def _whenever_they_came(asked: Asked, right: Cited[Right]) -> Ground:
    """The goods are not known to have come. Who withdraws before they do is in time, and so is everybody while the days
    since the order itself are not over: no goods come before it."""
    earliest = _in_time(asked, right, Start(asked.request.order.sold_on, ("delivered_on_required",)))
    if earliest.verdict == "granted":
        return replace(earliest, window_ends_at=None)
    return Ground("withdrawal", "unsure", True, (by_law("delivered_on_required", right),))


def start_of(asked: Asked, right: Right) -> Start | None:
    """From which day the law counts; None while the goods are not known to have come."""
    order, policy = asked.request.order, asked.policy
    delivered = asked.delivered
    if delivered is None:
        return None
    if right.start == "last_piece":
        last = max(delivered, order.last_piece_on or delivered)
        missing = order.split is True and order.last_piece_on is None
        return Start(last, ("last_piece_unknown",) if missing else ())
    if right.start == "signed":
        return Start(max(delivered, order.signed_on or delivered))
    if right.start == "document_or_goods":
        given = policy.contract_copy_given if policy else None
        sure = order.contract_copy_on is not None or given is True
        return Start(max(delivered, order.contract_copy_on or delivered), () if sure else ("contract_copy_unknown",))
    return Start(delivered)


def window_of(asked: Asked, right: Right, start: Start) -> Window:
    """How long the right lasts, with all that may make it longer."""
    until = window(start.day, right.days, right.count, right.rolls_over, asked.where)
    told = asked.policy.withdrawal_notice_given if asked.policy else None
    if right.uninformed_months and told is not True:
        longer = _uninformed_window(asked, right, start.day)
        until = longer if told is False else until.perhaps_until(longer, "withdrawal_notice_unknown")
    if right.misdescribed_months and asked.request.reason in ("not_as_described", "wrong_item"):
        until = _misdescribed(asked, right, start.day, until)
    if right.hidden_seller_restarts and asked.policy and asked.policy.seller_address_shown is False:
        until = until.without_an_end("seller_address_hidden")
    for doubt in start.doubts:
        until = until.without_an_end(doubt)
    return until


def _without_a_window(asked: Asked, right: Cited[Right]) -> Ground | None:
    """What can be said before any day is counted: no right, a right that hangs on what the shop did, an unclear law."""
    row = right.row
    if row.basis == "unclear":
        return _unclear(asked, right)
    shown = asked.policy.return_clause_shown if asked.policy else None
    if row.basis == "contract_copy":
        return _without_a_copy(asked, right)
    if row.basis == "policy_only":
        return _of_the_shop_alone(asked, right, shown)
    if row.applies == "no_clear_return_clause":
        if shown is None:
            return Ground("withdrawal", "unsure", True, (by_law("return_clause_unknown", right),))
        if shown:
            return Ground("withdrawal", _denied(asked, right), True, (by_law("return_clause_applies", right),))
    return None


def _unclear(asked: Asked, right: Cited[Right]) -> Ground:
    """A law that is not clear enough to decide by; where days are known of it, the person is told when they end."""
    ends = None
    if right.row.days and asked.delivered is not None:
        ends = window(asked.delivered, right.row.days, right.row.count, None, asked.where).sure_until
    return Ground("withdrawal", "unsure", True, (by_law("withdrawal_law_unclear", right),), ends)


def _of_the_shop_alone(asked: Asked, right: Cited[Right], shown: bool | None) -> Ground:
    region, days = asked.request.customer_region, right.row.unposted_days
    if shown is True or not days or (region is not None and region not in days):
        return Ground("withdrawal", _denied(asked, right), True, (by_law("no_statutory_withdrawal", right),))
    if shown is None or region is None or asked.delivered is None:
        return Ground("withdrawal", "unsure", True, (by_law("no_clause_default_possible", right),))
    until = window(asked.delivered, days[region], "excl_start", None, asked.where)
    if until.at(asked.now) != "open":
        return Ground("withdrawal", "unsure", True, (by_law("no_clause_default_over", right),), until.sure_until)
    payer, why = _return_freight(asked, right)
    reasons = (by_law("no_clause_default_open", right),)
    return Ground("withdrawal", "granted", True, reasons, until.sure_until, payer, (), why)


def _without_a_copy(asked: Asked, right: Cited[Right]) -> Ground:
    order = asked.request.order
    given = asked.policy.contract_copy_given if asked.policy else None
    if given is True or order.contract_copy_on is not None:
        return Ground("withdrawal", "unsure", True, (by_law("withdrawal_law_unclear", right),))
    if given is None:
        return Ground("withdrawal", "unsure", True, (by_law("contract_copy_unknown", right),))
    until = window(order.sold_on, right.row.no_copy_days, "excl_start", None, asked.where)
    reasons = (by_law("contract_copy_missing", right),)
    verdict: Verdict = "granted" if until.at(asked.now) == "open" else "unsure"
    payer, why = _return_freight(asked, right)
    return Ground("withdrawal", verdict, True, reasons, until.sure_until, payer, (), why, *_outbound(right))


def _denied(asked: Asked, right: Cited[Right]) -> Verdict:
    return "denied" if right.may_refuse(asked.today) else "unsure"


def _in_time(asked: Asked, right: Cited[Right], start: Start) -> Ground:
    until = window_of(asked, right.row, start)
    position = until.at(asked.now)
    timely = IN_TIME[position] if position != "closed" else _denied(asked, right)
    reach, excluded = _reach(asked, exclusions_of(right))
    payer, why = _return_freight(asked, right)
    unproven = (why,) if why.code == "freight_notice_unknown" else ()
    doubts = tuple(by_law(doubt, right) for doubt in until.doubts) if position != "closed" else ()
    return Ground(
        "withdrawal",
        worse(timely, reach),
        True,
        (by_law(f"withdrawal_window_{WORD[position]}", right), *doubts, *excluded, *unproven),
        until.sure_until,
        payer,
        (),
        why,
        *_outbound(right),
    )


def _uninformed_window(asked: Asked, right: Right, start: date) -> Window:
    counted = start + timedelta(days=right.days) if right.uninformed_from == "window_end" else start
    longer = ending_on(add_months(counted, right.uninformed_months), right.rolls_over, asked.where)
    return Window(longer.sure_until, longer.latest_until, (*longer.doubts, "withdrawal_notice_missing"))


def _misdescribed(asked: Asked, right: Right, start: date, until: Window) -> Window:
    """So many months from the goods, and so many days from knowing, whichever ends first. Nobody knows before the goods
    come, so the days from then on are sure; where the day of knowing is not given, the rest is not."""
    longest = add_months(start, right.misdescribed_months)
    seen = asked.request.fault_seen_on
    known = min(longest, (seen or start) + timedelta(days=right.misdescribed_known_days))
    sure = until.at_least_until(ending_on(known, None, asked.where))
    if seen is not None:
        return sure
    return sure.perhaps_until(ending_on(longest, None, asked.where), "misdescription_known_since_unknown")


def _return_freight(asked: Asked, right: Cited[Right]) -> tuple[Payer, Reason]:
    request, policy = asked.request, asked.policy
    if request.reason in AT_FAULT - {"quality"}:
        return "merchant", by_law("freight_at_fault", right)
    if right.row.return_freight == "merchant":
        return "merchant", by_law("freight_by_law_seller", right)
    if policy and policy.freight_from(request.customer_country, request.reason) == "merchant":
        return "merchant", Reason("freight_by_policy_seller", f"merchant/policy@{policy.version}", "policy", "high")
    if right.row.return_freight == "customer":
        return "customer", by_law("freight_by_law_customer", right)
    told = policy.freight_notice_given if policy else None
    if told:
        return "customer", by_law("freight_customer_told", right)
    return "merchant", by_law("freight_seller_not_told" if told is False else "freight_notice_unknown", right)


def _outbound(right: Cited[Right]) -> tuple[Refunded | None, Reason | None]:
    given = right.row.outbound_freight
    return (given, by_law(_OUTBOUND[given], right)) if given else (None, None)


def _reach(asked: Asked, exclusions: Iterable[Cited[Exclusion]]) -> tuple[Verdict, tuple[Reason, ...]]:
    known = list(exclusions)
    pieces: list[Verdict] = []
    reasons: list[Reason] = []
    for item in asked.request.items:
        hits = [cited for cited in known if cited.row.code in exclusion_codes(item)]
        judged = [(cited, _held(asked, cited)) for cited in hits]
        verdicts = [verdict for _, verdict in judged]
        if item.incomplete:
            verdicts.append("unsure")
            reasons.append(Reason("set_incomplete", "request", "the request itself", "high", item.sku))
        pieces.append(worse("granted", *verdicts))
        for cited, verdict in judged:
            if verdict != "granted":
                reasons.append(excluded_by(cited, item.sku))
            if verdict == "unsure" and cited.row.needs:
                reasons.append(by_law("exclusion_notice_unknown", cited, item.sku))
    return of_all(pieces), tuple(reasons)


def _held(asked: Asked, cited: Cited[Exclusion]) -> Verdict:
    policy = asked.policy
    told = policy.exclusions_told if policy else None
    confirmed = policy.exclusions_confirmed if policy else None
    answers: dict[str | None, bool | None] = {None: True, "told": told, "confirmed": confirmed}
    holds = answers.get(cited.row.needs)
    if holds is False:
        return "granted"
    return "denied" if holds and cited.may_refuse(asked.today) else "unsure"
