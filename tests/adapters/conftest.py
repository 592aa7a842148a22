"""The same ports over memory, over moto, and over the embedded AWS where it is installed or named by
GOLDTHREAD_TEST_ENDPOINT.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.table import Table
from chalicelib.adapters.wiring import build
from chalicelib.workflows.ports import Ports
from infra.local.child import free_port
from infra.local.stack import PYTHON, Ministack
from tests.fakes.aws_world import AwsStage, client_maker
from tests.fakes.memory_ports import memory_ports
from tests.fakes.memory_table import MemoryTable

NAMED = os.environ.get("GOLDTHREAD_TEST_ENDPOINT")
WORLDS = ["memory", "moto", pytest.param("embedded", marks=pytest.mark.embedded)]


@dataclass(frozen=True)
class Store:
    """Ports and the table below them; ``stage`` is None in memory."""

    ports: Ports
    table: Table
    stage: AwsStage | None = None
    table_name: str = ""


@pytest.fixture(scope="session")
def embedded_endpoint(tmp_path_factory: Any) -> Iterator[str]:
    if NAMED:
        yield NAMED
        return
    if not PYTHON.exists():
        pytest.skip("not installed: make .venv-local/made")
    with Ministack(free_port(), tmp_path_factory.mktemp("embedded"), keep=False) as aws:
        yield aws.endpoint


@pytest.fixture(scope="session")
def embedded_stage(embedded_endpoint: str) -> AwsStage:
    return AwsStage(client_maker(embedded_endpoint))


@pytest.fixture(scope="module")
def moto_stage() -> Iterator[AwsStage]:
    with mock_aws():
        yield AwsStage(client_maker())


@pytest.fixture(params=WORLDS)
def store(request: Any) -> Iterator[Store]:
    """The ports, all of them over one world."""
    if request.param == "memory":
        world = memory_ports(MemoryTable())
        yield Store(world.ports, world.table)
        return
    stage: AwsStage = request.getfixturevalue(f"{request.param}_stage")
    yield from aws_store(stage)


def aws_store(stage: AwsStage) -> Iterator[Store]:
    name = stage.new_table()
    clients = Clients(stage.make_client)
    ports = build(stage.settings(name), make_client=clients.of, wait=lambda _: None)
    yield Store(ports, DynamoTable(clients, name, wait=lambda _: None), stage, name)
    stage.make_client("dynamodb").delete_table(TableName=name)


@pytest.fixture
def ports(store: Store) -> Ports:
    return store.ports


@pytest.fixture
def table(store: Store) -> Table:
    return store.table
