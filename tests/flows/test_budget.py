"""What a return may cost, counted exactly and held."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.bill import TOLD_UNITS, Bill, whole_return
from tests.flows.house import House, booked


@pytest.fixture(scope="module")
def bill(stage) -> Iterator[Bill]:
    house = House(stage)
    yield whole_return(house)
    house.close()


def test_a_batch_of_events_takes_one_read_and_one_write_and_one_more_when_it_told_somebody(bill):
    assert len(bill.batches) == 20
    assert [batch.dynamodb_calls for batch in bill.batches if batch.clearing is None] == [2] * 16
    assert [batch.dynamodb_calls for batch in bill.batches if batch.clearing is not None] == [3] * 4


def test_writing_the_state_stays_within_two_and_a_half_units_and_half_an_index_unit_per_event(bill):
    assert sum(batch.state.table_write for batch in bill.batches) <= 2.5 * 20
    assert sum(batch.state.index_write for batch in bill.batches) <= 0.5 * 20


def test_forgetting_what_was_sent_stays_within_four_units_and_two_index_units(bill):
    cleared = [batch.clearing for batch in bill.batches if batch.clearing is not None]
    assert max(units.table_write for units in cleared) <= 4
    assert max(units.index_write for units in cleared) <= 2


def test_a_whole_return_stays_within_a_hundred_and_fifty_write_units(bill):
    assert bill.return_write_units <= 150


def test_telling_people_of_a_return_stays_within_forty_more(bill):
    assert bill.told_write_units <= TOLD_UNITS


def test_an_event_on_the_happy_path_logs_no_more_than_four_hundred_bytes(bill):
    happy = [batch.log_bytes for batch in bill.batches if batch.clearing is None]
    assert min(happy) > 0
    assert max(happy) <= 400


def test_ten_scans_in_one_push_cost_what_one_costs(house):
    _, number = booked(house)
    house.later(hours=24)
    for hours in range(10):
        house.later(hours=1)
        house.fedex.scan(number, "IT", "PARIS" if hours % 2 else "ROISSY", "FR", house.now)
    house.webhook(*house.fedex.push_body(number))
    house.meter.reset()
    house.deliver("tracking")
    assert house.meter.calls_to("dynamodb") == 3
    assert house.meter.calls["dynamodb.UpdateItem"] == 2


def test_a_poll_without_news_writes_nothing_but_its_count(house):
    _, number = booked(house)
    house.later(hours=24)
    house.scan(number, "PU", "PARIS", "FR")
    house.run()
    house.later(hours=24)
    house.sweep()
    house.run()
    house.later(hours=24)
    house.sweep()
    house.meter.reset()
    assert house.deliver("polls") == 1
    wrote = {pk for call in house.meter.log if call.units.table_write for pk, _ in call.keys}
    assert wrote <= {"CARRIER#fedex"}


def test_a_sweep_with_nothing_due_asks_the_index_and_nothing_else(house):
    booked(house)
    house.meter.reset()
    assert house.sweep()["due"] == 0
    assert house.meter.calls == {"dynamodb.Query": 8}
    assert house.meter.read_units == 4
