"""Recalls in the table: one campaign, one item for every sale, each counted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.returns.recall import Campaign, Member, Reach
from chalicelib.workflows.ports import Ports
from tests.fakes.pieces import NOW

CAMPAIGN = Campaign(
    "RC-1", date(2026, 11, 22), {"en": "Nickel."}, Reach(serials=("S#1",)), ("refund", "repair"), "SZX-1", "prepared",
    "boss", NOW, NOW,
)  # fmt: skip


def a_member(order: str = "SO-1", **changed: Any) -> Member:
    said: dict[str, Any] = {"state": "opened", "by": "serial", "at": NOW, "case_id": "c1"} | changed
    return Member("RC-1", order, "FR", **said)


@pytest.fixture
def campaign(ports: Ports) -> Ports:
    assert ports.recalls.save(CAMPAIGN)
    return ports


def test_a_campaign_is_made_once_and_changed_by_whoever_read_it_last(campaign: Ports) -> None:
    assert not campaign.recalls.save(replace(CAMPAIGN, hazard={"en": "Lead."}))
    running = replace(CAMPAIGN, state="running", version=2)
    assert campaign.recalls.save(running)
    assert not campaign.recalls.save(replace(CAMPAIGN, state="stopped", version=2))
    assert campaign.recalls.read("RC-1") == running


def test_a_sale_is_kept_and_counted_once_and_one_that_was_refused_may_be_opened(campaign: Ports) -> None:
    refused = a_member(state="refused", case_id=None, reasons=("value_required",))
    for member in (refused, refused, a_member(), a_member(), refused):
        campaign.recalls.keep(member)
    found = campaign.recalls.read("RC-1")
    assert found is not None
    assert (found.opened, found.refused) == (1, 0)
    assert campaign.recalls.member("RC-1", "SO-1") == a_member()


def test_counting_does_not_disturb_who_changes_the_campaign(campaign: Ports) -> None:
    campaign.recalls.keep(a_member())
    assert campaign.recalls.save(replace(CAMPAIGN, state="running", version=2))
    found = campaign.recalls.read("RC-1")
    assert found is not None
    assert (found.state, found.opened) == ("running", 1)


def test_sales_come_page_by_page_in_their_order_whatever_they_are_called(campaign: Ports) -> None:
    orders = ["A 1", "B#2", "C/3", "D~4"]
    for order in orders:
        campaign.recalls.keep(a_member(order))
    found, cursor = [], None
    while True:
        page = campaign.recalls.members("RC-1", cursor, 3)
        found += [one.order_number for one in page.members]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == orders
