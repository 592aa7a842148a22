"""The register of a case in the table: one small item, written over the version before, read with its case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.case_notices import register_item, register_of_item
from chalicelib.adapters.table import MARK
from chalicelib.errors import StoredItemUnreadable
from chalicelib.notices.register import Entry, Register
from chalicelib.workflows.ports import Pointer
from tests.fakes.pieces import CASE_ID, NOW, an_opening
from tests.metering.sizes import item_size

HOUR = timedelta(hours=1)
SENT = Entry("pickup_booked/1.1-20261124-1000-1600", "sent", NOW, ("accepted",), "fr")
FAILED = Entry("collected/1", "failed", NOW + HOUR, (), None, "address_invalid")
BOTH = Register((SENT, FAILED), version=1)
CUSTOMER = "ab" * 32


def test_what_is_kept_is_read_with_its_case(ports):
    ports.cases.open(an_opening())
    assert ports.cases.file(CASE_ID).notices == Register()
    assert ports.notices.keep(CASE_ID, BOTH)
    assert ports.cases.file(CASE_ID).notices == BOTH


def test_of_two_that_write_over_the_same_version_one_wins(ports):
    assert ports.notices.keep(CASE_ID, Register((SENT,), version=1))
    assert not ports.notices.keep(CASE_ID, Register((FAILED,), version=1))
    assert ports.notices.keep(CASE_ID, replace(BOTH, version=2))
    assert not ports.notices.keep(CASE_ID, replace(BOTH, version=2))


def test_an_opt_out_that_is_taken_back_is_gone_from_the_item(ports):
    ports.cases.open(an_opening())
    ports.notices.keep(CASE_ID, Register().chosen(NOW, opted_out=True))
    ports.notices.keep(CASE_ID, ports.cases.file(CASE_ID).notices.chosen(NOW + HOUR, opted_out=False))
    kept = ports.cases.file(CASE_ID).notices
    assert (kept.opted_out_at, kept.wanted_since, kept.version) == (None, NOW + HOUR, 2)


def a_return(ports, case_id: str, register: Register | None = None) -> None:
    pointers = (Pointer("customer", CUSTOMER, case_id),)
    ports.cases.open(an_opening(case_id, pointers=pointers, notices=register))


def test_a_customer_who_never_chose_wants_notices(ports):
    a_return(ports, "c1")
    assert ports.notices.opted_out_at(CUSTOMER) is None
    assert ports.notices.opted_out_at("nobody") is None


def test_the_last_choice_in_any_return_of_a_customer_counts(ports):
    a_return(ports, "c1", Register(opted_out_at=NOW, version=1))
    a_return(ports, "c2")
    assert ports.notices.opted_out_at(CUSTOMER) == NOW
    ports.notices.keep("c2", Register().chosen(NOW + HOUR, opted_out=False))
    assert ports.notices.opted_out_at(CUSTOMER) is None


def test_a_return_may_be_opened_with_the_choice_of_an_earlier_one(ports):
    a_return(ports, "c3", Register(opted_out_at=NOW, version=1))
    assert ports.cases.file("c3").notices.opted_out_at == NOW


def test_the_register_does_not_show_among_the_returns_of_a_customer(ports):
    a_return(ports, "c4", Register(opted_out_at=NOW, version=1))
    assert [case.case_id for case in ports.cases.pointed("customer", CUSTOMER, None, 20).cases] == ["c4"]


# The whole way of a return with two holds, a courier who was moved once, and a decision.
WHOLE = Register(
    tuple(
        Entry(key, "sent", NOW, (), "zh-Hant-HK")
        for key in (
            "accepted", "pickup_booked/1.1-20261124-1000-1600", "pickup_booked/1.1-20261125-0900-1300", "collected/1",
            "held/a8a140b617a2598d", "held/a8a140b617a2598d:asked", "released/a8a140b617a2598d",
            "held/c8a140b617a2598d", "released/c8a140b617a2598d", "arrived/1", "decision/12",
        )
    ),
    wanted_since=NOW,
    version=22,
)  # fmt: skip


def test_a_whole_return_with_two_holds_stays_below_one_kilobyte():
    assert item_size(register_item(CASE_ID, WHOLE) | {MARK: "x" * 12}) < 1024


@pytest.mark.parametrize("said", [{}, {"notices": ["nonsense"], "version": 1}, {"notices": ["[1]"], "version": 1}])
def test_a_register_that_cannot_be_read_says_so(said):
    with pytest.raises(StoredItemUnreadable):
        register_of_item({"PK": keys.case_pk(CASE_ID), "SK": keys.NOTICES, **said})


def test_what_is_written_is_what_is_read():
    assert register_of_item(register_item(CASE_ID, WHOLE)) == WHOLE
