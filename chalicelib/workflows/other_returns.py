"""Other returns of the same piece and of the same order: a piece comes home once, and an order was paid once, however
often something of it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.returns.case import Case, ReturnRequest
from chalicelib.returns.disputes import Dispute
from chalicelib.returns.settlement import LIVE, Settlement
from chalicelib.returns.stages import is_past
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.settlement_sight import Sight

# What a piece comes home for without going back to its owner; mended pieces come again.
COMES_TO_STAY = frozenset({"refund", "exchange", "recall", "refused"})
MOST_RETURNS = 50


def seen_before(ports: Ports, request: ReturnRequest) -> list[str]:
    """A serial that another case is bringing home, or that this order brought home to stay, is a mistake or worse, and
    a person's to judge."""
    doubts, to_stay = [], []
    for serial in sorted({item.serial for item in request.items if item.serial}):
        for case in ports.cases.pointed("serial", serial, None, MOST_RETURNS).cases:
            if case.stage == "cancelled":
                continue
            if not is_past(case.stage, "arrived"):
                doubts.append(f"serial {serial} is already coming home under {case.rma}")
            elif case.kind in COMES_TO_STAY:
                to_stay.append((serial, case))
    return doubts + (_of_the_order(ports, request.order.number, to_stay) if to_stay else [])


def with_the_order(ports: Ports, sight: Sight) -> Sight:
    """The case with what its order's other returns have given or bound, and the disputes that are noted there."""
    others = _others(ports, sight.file)
    given = (one for each in others for one in each.parts.of(Settlement) if one.state in LIVE)
    disputes = (one for each in others for one in each.parts.of(Dispute))
    return replace(sight, elsewhere=tuple(given), disputes_elsewhere=tuple(disputes))


def _of_the_order(ports: Ports, number: str, to_stay: list[tuple[str, Case]]) -> list[str]:
    """A piece that was sold again comes home by another order."""
    mine = set(_of_order(ports, number))
    said = "serial {} came home before with this order, under {}: see what was given for it"
    return [said.format(serial, case.rma) for serial, case in to_stay if case.case_id in mine]


def _others(ports: Ports, file: CaseFile) -> list[CaseFile]:
    mine, number = file.case.case_id, file.plan.request.order.number
    found = (ports.cases.file(case_id) for case_id in _of_order(ports, number) if case_id != mine)
    return [each for each in found if each is not None]


def _of_order(ports: Ports, number: str) -> Iterator[str]:
    """Every return of the order: what is given back elsewhere must be known whole."""
    page = ports.cases.pointed("order", number, None, MOST_RETURNS)
    yield from (case.case_id for case in page.cases)
    while page.cursor is not None:
        page = ports.cases.pointed("order", number, page.cursor, MOST_RETURNS)
        yield from (case.case_id for case in page.cases)
