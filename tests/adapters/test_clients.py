"""How long a call to AWS may take and how often it is made, before the queue or the caller tries again."""

from __future__ import annotations

import pytest

from chalicelib.adapters.aws import boto3_client
from infra.build_template import MAX_RECEIVE_COUNT


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "s3", "secretsmanager", "kms"])
def test_a_call_is_tried_a_few_times_with_short_timeouts_and_then_given_up(monkeypatch, service):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = boto3_client(service).meta.config
    assert config.retries["mode"] == "standard"
    assert 2 <= config.retries["total_max_attempts"] <= 4
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert MAX_RECEIVE_COUNT >= 5, "the queue goes on where the client ends"
