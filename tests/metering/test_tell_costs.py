"""What telling costs in write units, counted from the calls themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from moto import mock_aws

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.workflows.digests import digest_due, send_digest
from chalicelib.workflows.tell import tell
from tests.alerts.told import NOON, PARIS_HOURS, a_receiver, an_alert, shop_with
from tests.fakes.aws_world import client_maker, table_definition
from tests.fakes.memory_ports import memory_ports
from tests.metering.meter import Meter

NIGHT, MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DESK = a_receiver("desk", hours=PARIS_HOURS, digest_at=(time(9),))


@pytest.fixture
def metered():
    with mock_aws():
        make = client_maker()
        make("dynamodb").create_table(**table_definition("pieces"))
        clients = Clients(make)
        meter = Meter(peek=make("dynamodb")).attach(clients.of("dynamodb"))
        yield memory_ports(DynamoTable(clients, "pieces", wait=lambda _: None)).ports, meter


def cost(meter):
    found = (meter.table_write_units, meter.index_write_units, meter.read_units)
    meter.reset()
    return found


@pytest.mark.parametrize(
    ("channel", "units"), [("webhook", (1, 1, 0)), ("chat", (2, 1, 1)), ("mail", (2, 1, 1)), ("topic", (2, 1, 1))]
)
def test_what_is_told_at_once_costs_its_put_and_the_list_of_its_window(metered, channel, units):
    ports, meter = metered
    tell(replace(ports, merchant=lambda: shop_with(a_receiver(channel=channel))), an_alert(), NOON)

    assert cost(meter) == units


def test_what_waits_costs_one_unit_each_and_its_digest_a_handful(metered):
    ports, meter = metered
    ports = replace(ports, merchant=lambda: shop_with(DESK))
    tell(ports, an_alert(1, at=NIGHT), NIGHT)
    assert cost(meter) == (2, 1, 1)
    for n in range(2, 12):
        tell(ports, an_alert(n, at=NIGHT), NIGHT)
    assert cost(meter)[:2] == (10, 0)

    (due,) = ports.due.due(MORNING, 10)
    outbox = {"alerts": [], "deliveries": []}
    meter.reset()
    digest_due(ports, due, MORNING, outbox)
    assert cost(meter)[:2] == (1, 2)
    send_digest(ports, outbox["deliveries"][0], MORNING)
    assert meter.calls["dynamodb.Query"] == 1
    assert cost(meter)[:2] <= (6, 2)


def test_what_nobody_asked_for_costs_nothing(metered):
    ports, meter = metered
    tell(replace(ports, merchant=lambda: shop_with(a_receiver(kinds=("x",)))), an_alert(severity="low"), NOON)

    assert (cost(meter), meter.calls) == ((0, 0, 0), {})
