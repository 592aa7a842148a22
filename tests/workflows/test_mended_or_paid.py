"""A piece goes back to its owner from its repair, or is settled: never both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.keep_settlement import approve, propose
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.workflows.out_desk import PROVEN, OutDesk

CASE = "case0001"


def mended() -> OutDesk:
    return OutDesk("fedex").home().repaired()


def is_proposed(desk: OutDesk) -> None:
    propose(desk.ports, CASE, Wish("refund", "as_agreed"), by="ann", role="agent", now=desk.world.now)


def goes_back(desk: OutDesk) -> None:
    desk.plan("repaired", repair_n=1, facts=PROVEN, without_proof=True)


def test_nothing_is_refunded_for_a_piece_that_goes_back_mended():
    desk = mended()
    goes_back(desk)
    assert desk.way().state == "planned"
    with pytest.raises(InvalidRequestError):
        is_proposed(desk)


def test_a_refund_that_was_proposed_before_is_not_approved_once_the_piece_goes_back():
    desk = mended()
    desk.ask_out("repaired", repair=1)
    goes_back(desk)
    way = desk.way()
    desk.put("in_repair", replace(way, state="called_off"))
    is_proposed(desk)
    desk.put("sending_out", way)
    with pytest.raises(SettlementBlocked, match="goes back to its owner"):
        approve(desk.ports, CASE, "1", by="max", role="manager", now=desk.world.now)


def test_a_piece_that_is_being_refunded_goes_back_only_by_a_persons_word():
    desk = mended()
    is_proposed(desk)
    desk.ask_out("repaired", repair=1)
    assert desk.way().state == "wanted"
    assert any("settlement: 1 (refund) is about this piece too" in point for point in desk.way().answer["next"])
    assert ("way_out_wanted", "repaired") in desk.troubles
    desk.world.pump()
    desk.world.sweep_at(desk.world.now + timedelta(hours=2))
    assert len(desk.world.carrier.memory.shipments) == 1
