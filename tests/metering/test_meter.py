"""The meter against sums done by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.marshal import typed
from chalicelib.adapters.table import Delete, PutNew, TransactionLost, Update
from tests.fakes.aws_world import client_maker, table_definition
from tests.metering.meter import Meter, write_units
from tests.metering.sizes import item_size, value_size


@pytest.fixture
def metered():
    with mock_aws():
        make = client_maker()
        make("dynamodb").create_table(**table_definition("pieces"))
        clients = Clients(make)
        meter = Meter(peek=make("dynamodb")).attach(clients.of("dynamodb"))
        yield DynamoTable(clients, "pieces", wait=lambda _: None), meter


def item(size=0, sk="A", **said):
    """An item of exactly this many bytes: names and keys 2 + 6 + 2 + 1, and text under a name of one byte."""
    whole = {"PK": "CASE#1", "SK": sk, **said}
    return whole | ({"t": "x" * (size - item_size(whole) - 1)} if size else {})


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("abc", 3), ("é", 2), ("深", 3), ("", 0), (True, 1), (None, 1), (b"\x00\x01", 2),
        (0, 1), (7, 2), (12, 2), (123, 3), (-123, 4), (1000, 2), (Decimal("1.50"), 2), (1700000000, 2), (1795341600, 5),
        ([], 3), (["ab", 7], 3 + 2 + 2 + 2), ({}, 3), ({"ab": "c"}, 3 + 1 + 2 + 1),
        ([{"a": [1]}], 3 + 1 + (3 + 1 + 1 + (3 + 1 + 2))),
    ],
)  # fmt: skip
def test_a_value_is_as_large_as_the_guide_says(value, size):
    assert value_size(value) == size


def test_an_item_is_its_names_and_values():
    assert item_size({"PK": "CASE#1", "SK": "A", "n": 7}) == 2 + 6 + 2 + 1 + 1 + 2


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1024, 1), (1025, 2), (3000, 3)])
def test_a_put_costs_its_kilobytes(metered, size, units):
    table, meter = metered
    table.put_new(item(size))
    assert (meter.table_write_units, meter.index_write_units, meter.read_units) == (units, 0, 0)
    assert meter.calls == {"dynamodb.PutItem": 1}


def test_an_update_costs_the_larger_of_before_and_after(metered):
    table, meter = metered
    table.put_new(item(3000))
    meter.reset()
    table.update(Update("CASE#1", "A", {}, ["t"]))
    assert meter.table_write_units == 3
    table.update(Update("CASE#1", "A", {"t": "x" * 1500}))
    assert meter.table_write_units == 3 + 2


def test_a_failed_condition_costs_the_larger_of_what_is_and_what_was_meant(metered):
    table, meter = metered
    table.put_new(item(100, n=1))
    meter.reset()
    assert not table.put_new(item(2500))
    assert meter.table_write_units == 3
    assert not table.update(Update("CASE#1", "A", {"t": "x" * 1500}, expect={"n": 2}))
    assert meter.table_write_units == 3 + 2
    assert meter.calls == {"dynamodb.PutItem": 1, "dynamodb.UpdateItem": 1}


def test_a_delete_costs_what_was_there(metered):
    table, meter = metered
    table.put_new(item(2500))
    meter.reset()
    table.delete("CASE#1", "A")
    table.delete("CASE#1", "A")
    assert meter.table_write_units == 3 + 1


def test_a_transaction_costs_twice_also_when_it_fails(metered):
    table, meter = metered
    table.put_new(item(1500, "OLD"))
    meter.reset()
    table.transact([PutNew(item(1100, "A")), PutNew(item(50, "B")), Delete("CASE#1", "OLD")])
    assert meter.table_write_units == 2 * (2 + 1 + 2)
    meter.reset()
    with pytest.raises(TransactionLost):
        table.transact([PutNew(item(1100, "A")), PutNew(item(50, "C"))])
    assert meter.table_write_units == 2 * (2 + 1)
    assert meter.calls == {"dynamodb.TransactWriteItems": 1}


def test_an_index_entry_costs_one_to_appear_two_to_move_one_to_go_and_nothing_to_stay(metered):
    table, meter = metered
    due = {"due_shard": "DUE#1", "due_at": "2026-11-22T10:00:00Z"}
    costs = []
    for write in (
        lambda: table.put_new(item(n=1)),
        lambda: table.update(Update("CASE#1", "A", due)),
        lambda: table.update(Update("CASE#1", "A", due | {"n": 2})),
        lambda: table.update(Update("CASE#1", "A", {"due_at": "2026-11-22T11:00:00Z"})),
        lambda: table.update(Update("CASE#1", "A", {"listed_as": "case:x#1", "listed_at": "2026"})),
        lambda: table.update(Update("CASE#1", "A", {}, ["due_shard", "due_at"])),
        lambda: table.delete("CASE#1", "A"),
    ):
        meter.reset()
        write()
        costs.append(meter.index_write_units)
    assert costs == [0, 1, 0, 2, 1, 1, 1]


def test_a_read_costs_one_for_four_kilobytes_and_an_index_half(metered):
    table, meter = metered
    for n in range(3):
        table.put_new(item(3000, f"LOG#{n}", due_shard="DUE#1", due_at=f"2026-11-2{n}T10:00:00Z"))
    costs = []
    for read in (
        lambda: table.get("CASE#1", "LOG#1"),
        lambda: table.get("CASE#1", "nothing"),
        lambda: table.partition("CASE#1"),
        lambda: table.partition("CASE#9"),
        lambda: table.batch_get([("CASE#1", "LOG#0"), ("CASE#1", "LOG#1"), ("CASE#1", "nothing")]),
        lambda: table.index("due", "DUE#1", limit=9),
    ):
        meter.reset()
        read()
        costs.append(meter.read_units)
    assert costs == [1, 1, 3, 1, 3, 0.5]


def test_a_call_that_fails_before_it_is_sent_is_a_call_and_costs_nothing(metered):
    table, meter = metered

    def throttled(**_):
        raise ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "PutItem")

    client = table._client
    client.meta.events.register("before-send.dynamodb.PutItem", throttled)
    with pytest.raises(ClientError):
        table.put_new(item(3000))
    assert meter.calls == {"dynamodb.PutItem": 1}
    assert meter.table_write_units == 0


class ProcessDied(BaseException):
    pass


@pytest.mark.parametrize("fault", [ConnectionError, ProcessDied])
def test_a_write_whose_answer_was_lost_is_charged_because_it_is_there(metered, fault):
    table, meter = metered

    def answer_lost(**_):
        raise fault

    table._client.meta.events.register("before-parse.dynamodb.PutItem", answer_lost)
    with pytest.raises(fault):
        table.put_new(item(3000))
    table.get("CASE#1", "A")
    assert meter.table_write_units == 3
    assert meter.calls == {"dynamodb.PutItem": 1, "dynamodb.GetItem": 1}


def test_calls_are_kept_in_order_with_what_they_wrote(metered):
    table, meter = metered
    table.put_new(item())
    table.get("CASE#1", "A")
    assert [(call.operation, call.keys) for call in meter.log] == [
        ("dynamodb.PutItem", (("CASE#1", "A"),)),
        ("dynamodb.GetItem", ()),
    ]


def test_other_services_are_counted_and_cost_no_units():
    with mock_aws():
        make = client_maker()
        sqs = make("sqs")
        meter = Meter(peek=make("dynamodb")).attach(sqs)
        sqs.create_queue(QueueName="q")
        assert meter.calls == {"sqs.CreateQueue": 1}
        assert meter.calls_to("sqs") == 1
        assert meter.table_write_units == 0


def test_every_client_that_a_session_makes_can_be_counted():
    import boto3

    with mock_aws():
        session = boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
        meter = Meter(peek=client_maker()("dynamodb")).attach(session)
        session.client("sqs").create_queue(QueueName="q")
        dynamo = session.client("dynamodb")
        dynamo.create_table(**table_definition("pieces"))
        dynamo.put_item(TableName="pieces", Item=typed(item(1500)))
        assert meter.calls["sqs.CreateQueue"] == 1
        assert meter.table_write_units == 2


def test_nothing_is_not_free():
    assert write_units(None, None) == 1
