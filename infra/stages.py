"""The stage a command works on: the embedded AWS of `make run`, or a stack in an account."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from infra.local.stack import PORT_VARIABLE, Ministack

DEFAULT_PORT = "4566"


def connect_to(stage: str) -> Callable[[str], Any]:
    """Makes clients by service: for ``local`` of the running embedded AWS, else with the account's credentials."""
    return _embedded if stage == "local" else _in_aws


def outputs_of(cloudformation: Any, stage: str) -> dict[str, str]:
    """What the stage's stack says of itself, by name."""
    stack = cloudformation.describe_stacks(StackName=f"goldthread-{stage}")["Stacks"][0]
    return {row["OutputKey"]: row["OutputValue"] for row in stack["Outputs"]}


def resource_of(cloudformation: Any, stage: str, logical_id: str) -> str:
    """The physical id of one resource of the stage's stack; of a queue its URL."""
    found = cloudformation.describe_stack_resource(StackName=f"goldthread-{stage}", LogicalResourceId=logical_id)
    physical: str = found["StackResourceDetail"]["PhysicalResourceId"]
    return physical


def _in_aws(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


def _embedded(service: str) -> Any:
    port = int(os.environ.get(PORT_VARIABLE) or DEFAULT_PORT)
    return Ministack(port, Path()).client(service)
