"""Secrets are kept for five minutes, serve through an outage for an hour, and are never made up."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.secret_store import StoredSecrets
from chalicelib.errors import UnavailableError


class Store:
    def __init__(self):
        self.text, self.fault, self.asked = '{"fedex": ["one"]}', None, 0

    def get_secret_value(self, **_):
        self.asked += 1
        if self.fault:
            raise self.fault
        return {"SecretString": self.text} if self.text is not None else {"SecretBinary": b"x"}


@pytest.fixture
def world():
    store, clock = Store(), [1000.0]
    return StoredSecrets(Clients(lambda _: store), {"webhooks": "arn:w"}, lambda: clock[0]), store, clock


DOWN = EndpointConnectionError(endpoint_url="x")


def test_a_secret_is_asked_for_once_in_five_minutes(world):
    secrets, store, clock = world
    secrets.webhooks()
    clock[0] += 299
    assert secrets.webhooks() == {"fedex": ["one"]}
    assert store.asked == 1
    store.text = '{"fedex": ["two", "one"]}'
    clock[0] += 1
    assert secrets.webhooks() == {"fedex": ["two", "one"]}
    assert store.asked == 2


def test_while_the_store_is_down_what_was_read_serves_for_an_hour_and_no_longer(world):
    secrets, store, clock = world
    secrets.webhooks()
    store.fault = DOWN
    clock[0] += 301
    assert secrets.webhooks() == {"fedex": ["one"]}
    assert secrets.webhooks() == {"fedex": ["one"]}
    assert store.asked == 2, "a store that is down is not asked again for every webhook"
    clock[0] += 3600
    with pytest.raises(UnavailableError):
        secrets.webhooks()


@pytest.mark.parametrize("text", ["not json", "[]", '"x"', "null", None])
def test_what_is_no_json_object_is_no_secret(world, text):
    secrets, store, _ = world
    store.text = text
    with pytest.raises(UnavailableError) as refused:
        secrets.webhooks()
    assert "not json" not in str(refused.value)


@pytest.mark.parametrize(
    "fault",
    [
        DOWN,
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "op"),
        ClientError({"Error": {"Code": "X"}}, "op"),
    ],
)
def test_without_anything_read_before_every_failure_of_the_store_is_unavailable(world, fault):
    secrets, store, _ = world
    store.fault = fault
    with pytest.raises(UnavailableError):
        secrets.webhooks()


def test_a_secret_that_this_function_was_not_given_is_unavailable(world):
    secrets, store, _ = world
    with pytest.raises(UnavailableError, match="carriers"):
        secrets.carriers()
    assert store.asked == 0
