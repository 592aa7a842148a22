"""What is given freely: beside what the pieces cost, and beside the gifts that other returns of the same customer had.

No right and no promise rests on it, so it alone is held to a share and counted. Other returns are read only when
somebody proposes another gift. A customer who is not known any more, and one with more returns than are read, count as
unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.clock import add_months
from chalicelib.money import Money, total
from chalicelib.returns.authority import Freely
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.workflows.other_returns import MOST_RETURNS
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_sight import Sight


def with_gifts(ports: Ports, sight: Sight, kind: str, now: datetime) -> Sight:
    """The case with how many gifts the customer's other returns had, where another is proposed; as it was for anything
    else, and where the merchant counts none."""
    since = _since(sight, now)
    if since is None or not _is_free(sight, kind):
        return sight
    return replace(sight, gifts_elsewhere=_elsewhere(ports, sight, since))


def gift_with(sight: Sight, kind: str, own: Money, now: datetime) -> Freely | None:
    """What the case would give freely with this; None for what a right or a promise gives."""
    if not _is_free(sight, kind):
        return None
    since, elsewhere = _since(sight, now), sight.gifts_elsewhere
    here = _counted(sight, sight.file, since) if since is not None else 0
    return _freely(sight, own, sight.settlements, None if elsewhere is None else elsewhere + here)


def gift_of(sight: Sight, one: Settlement) -> Freely | None:
    """The same of one that was proposed; how many there were before it was asked then."""
    if not _is_free(sight, one.kind):
        return None
    return _freely(sight, one.total, [each for each in sight.settlements if each.n < one.n], None)


def _is_free(sight: Sight, kind: str) -> bool:
    row = sight.rules.kinds.get(kind)
    return row is not None and row.freely


def _freely(sight: Sight, own: Money, earlier: Sequence[Settlement], before: int | None) -> Freely:
    gave = (one.total for one in earlier if one.state in LIVE and _is_free(sight, one.kind))
    given = total([own, *(one for one in gave if one.currency == own.currency)], own.currency)
    return Freely(given, sight.basis(sight.ground()).worth, before)


def _since(sight: Sight, now: datetime) -> date | None:
    gifts = sight.merchant.authority.gifts
    return add_months(now.date(), -gifts.months) if gifts is not None else None


def _elsewhere(ports: Ports, sight: Sight, since: date) -> int | None:
    customer, own = sight.file.customer, sight.file.case.case_id
    if customer is None:
        return None
    page = ports.cases.pointed("customer", customer, None, MOST_RETURNS)
    if page.cursor is not None:
        return None
    found = (ports.cases.file(case.case_id) for case in page.cases if case.case_id != own)
    return sum(_counted(sight, file, since) for file in found if file is not None)


def _counted(sight: Sight, file: CaseFile, since: date) -> int:
    live = (one for one in file.parts.of(Settlement) if one.state in LIVE and _is_free(sight, one.kind))
    return sum(one.proposed_at.date() >= since for one in live)
