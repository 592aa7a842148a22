"""One moto per module, one house per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.fakes.aws_world import AwsStage, client_maker
from tests.flows.house import House


@pytest.fixture(scope="module")
def stage() -> Iterator[AwsStage]:
    with mock_aws():
        yield AwsStage(client_maker())


@pytest.fixture
def house(stage: AwsStage) -> Iterator[House]:
    built = House(stage)
    yield built
    built.close()
