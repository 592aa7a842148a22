"""The embedded AWS, once per session: it takes many writers at once, which moto does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.child import free_port
from infra.local.stack import PYTHON, Ministack
from tests.fakes.aws_world import AwsStage, client_maker

NAMED = os.environ.get("GOLDTHREAD_TEST_ENDPOINT")


@pytest.fixture(scope="session")
def embedded_stage(tmp_path_factory: Any) -> Iterator[AwsStage]:
    if NAMED:
        yield AwsStage(client_maker(NAMED))
        return
    if not PYTHON.exists():
        pytest.skip("the embedded AWS is not installed: make .venv-local/made")
    with Ministack(free_port(), tmp_path_factory.mktemp("embedded"), keep=False) as aws:
        yield AwsStage(client_maker(aws.endpoint))
