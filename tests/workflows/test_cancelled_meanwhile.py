"""What is given to a person while its return is cancelled ends with that person told to call it off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.workflows.cancel_case import cancel_case
from tests.workflows.test_courier_by_telephone import PostDesk


class Racing:
    """Cases at one call of which somebody else does something, first or right after."""

    def __init__(self, cases, name, happens, *, first) -> None:
        self._cases, self._name, self._happens, self._first = cases, name, happens, first

    def __getattr__(self, name):
        found = getattr(self._cases, name)
        if name != self._name:
            return found

        def call(*args, **kwargs):
            happens, self._happens = self._happens, lambda: None
            if self._first:
                happens()
            try:
                return found(*args, **kwargs)
            finally:
                if not self._first:
                    happens()

        return call


@pytest.mark.parametrize("first", [True, False])
def test_a_courier_to_be_telephoned_for_is_called_off_though_the_return_is_cancelled_meanwhile(first):
    desk = PostDesk(number="EA123456785CN")
    plain = desk.ports

    def cancel() -> None:
        cancel_case(plain, "case0001", reason="customer_keeps_it", holder="anna", now=desk.world.now)

    desk.world.ports = desk.ports = replace(plain, cases=Racing(plain.cases, "save_booking", cancel, first=first))
    desk.go_on("pickup")
    assert desk.file.case.stage == "cancelled"
    assert "pickup_cancel_by_person" in [kind for kind, _ in desk.troubles]
    assert len(desk.all_bookings("pickup_cancel")) == 1


def test_a_cancellation_that_read_the_case_before_the_person_was_asked_looks_once_more():
    desk = PostDesk(number="EA123456785CN")
    plain = desk.ports

    def hand_over() -> None:
        desk.go_on("pickup")

    racing = replace(plain, cases=Racing(plain.cases, "commit", hand_over, first=True))
    cancel_case(racing, "case0001", reason="customer_keeps_it", holder="anna", now=desk.world.now)
    desk.world.pump()
    assert desk.file.case.stage == "cancelled"
    assert "pickup_cancel_by_person" in [kind for kind, _ in desk.troubles]
    cancel_case(plain, "case0001", reason="customer_keeps_it", holder="anna", now=desk.world.now)
    assert len(desk.all_bookings("pickup_cancel")) == 1


def test_a_waybill_to_be_ordered_by_hand_is_taken_from_that_person_when_the_return_is_cancelled():
    desk = PostDesk()
    given = replace(desk.booking("waybill"), status="with_person")
    assert desk.ports.cases.save_booking(given, "planned")
    desk.cancel()
    desk.world.pump()
    assert ("waybill_cancel_by_person", "by_person") in desk.troubles
    assert "waybill_by_person" not in [kind for kind, _ in desk.troubles]
    desk.verdict("waybill_cancel_by_person", "done")
    assert desk.booking("waybill").status == "cancelled"
