"""The worker against real receivers on this machine: whatever they do, nothing is lost and nobody else waits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from chalicelib.adapters.outbound import GuardedOutbound
from chalicelib.alerts.deliveries import Delivery
from chalicelib.workflows.send_deliveries import message_of, take_delivery
from chalicelib.workflows.sweep_due_work import sweep
from tests.adapters.receivers import receiver
from tests.fakes.memory_ports import SECRETS, MemorySecrets, memory_ports

# The library that checks the signatures reads the clock itself.
NOW = datetime.now(UTC)
CURRENT, PREVIOUS = "whsec_" + "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj", "whsec_" + "cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw"
BODY = json.dumps({"type": "exception.opened", "text": "扣关 – مجوهرات"}, ensure_ascii=False)


def a_delivery(name: str, message_id: str = "msg_1") -> Delivery:
    return Delivery(
        name, message_id, "webhook", "exception.opened", "case/c1", 1, occurred_at=NOW, created_at=NOW, body=BODY
    )


class House:
    """The worker, with a receiver for each path of one server."""

    def __init__(self, server, guard="private_addresses_allowed", times_s=(3.0, 0.5, 0.4, 1.0)):
        self.server, self.now = server, NOW
        self.world = memory_ports(secrets=SECRETS | {"receivers": {}})
        self.secrets = self.world.secrets.values["receivers"]
        self.ports = replace(self.world.ports, outbound=GuardedOutbound(guard, times_s=times_s))

    def receiver_at(self, name, path):
        url = path if "://" in path else f"http://127.0.0.1:{self.server.server_port}{path}"
        self.secrets[name] = {"url": url, "secrets": [CURRENT, PREVIOUS]}

    def tell(self, *deliveries):
        for one in deliveries:
            self.ports.deliveries.put_new(one)
        return [sorted(take_delivery(self.ports, message_of(one), self.now)) for one in deliveries]

    def later(self, span):
        self.now += span
        sweep(self.ports, self.now)
        self.world.queues.deliver("deliveries", lambda message: take_delivery(self.ports, message, self.now))

    def one(self, delivery):
        return self.ports.deliveries.read(delivery.subject, delivery.receiver, delivery.message_id)


@pytest.fixture
def house():
    with receiver() as server:
        yield House(server)


@pytest.mark.parametrize("held", [CURRENT, PREVIOUS])
def test_what_arrives_is_accepted_by_the_library_of_the_scheme_with_either_secret(house, held):
    house.receiver_at("shop", "/status/200")
    house.now = datetime.now(UTC)  # the library asks the real clock, and minutes may lie behind the import of this file
    house.tell(a_delivery("shop"))

    ((_, headers, body),) = house.server.seen
    assert Webhook(held).verify(body, headers) == json.loads(BODY)


@pytest.mark.parametrize(
    ("path", "outcome", "state"),
    [
        ("/status/500", "500", "resting"), ("/status/400", "400", "failing"), ("/status/404", "404", "failing"),
        ("/elsewhere/302", "302", "failing"), ("/elsewhere/308", "308", "failing"), ("/busy", "429", "resting"),
        ("/silence", "timeout", "resting"), ("/late", "timeout", "resting"), ("/drip", "timeout", "resting"),
        ("/hangup", "hung_up", "resting"), ("/rubbish", "hung_up", "resting"), ("/status/410", "410", "gone"),
        ("http://127.0.0.1:1/", "no_connection", "resting"), ("https://nobody.invalid/", "not_resolved", "resting"),
        ("http://10.0.0.1/", "address_refused", "failing"), ("https://user@hooks.example.com/", "address_refused",
         "failing"),
    ],
)  # fmt: skip
def test_each_bad_receiver_is_recorded_as_what_it_is_and_costs_the_next_nothing(house, path, outcome, state):
    house.receiver_at("bad", path)
    house.receiver_at("good", "/status/204")
    told = house.tell(a_delivery("bad"), a_delivery("good"))

    bad = house.one(a_delivery("bad"))
    assert told[1] == ["good/sent"]
    assert [one.outcome for one in bad.tries] == [outcome]
    assert house.ports.deliveries.health("bad").state(house.now) == state
    assert bad.state == ("dead" if state == "gone" else "waiting")


@pytest.mark.parametrize("path", ["/status/500", "/silence", "/drip", "/hangup", "/elsewhere/307", "/busy"])
def test_when_it_is_mended_the_same_message_arrives(house, path):
    house.receiver_at("shop", path)
    house.tell(a_delivery("shop"))
    house.receiver_at("shop", "/status/200")
    house.later(timedelta(minutes=6))

    assert house.one(a_delivery("shop")).state == "sent"
    assert {headers["webhook-id"] for _, headers, _ in house.server.seen} == {"msg_1"}


@pytest.mark.parametrize("path", ["/endless", "/slow_body"])
def test_a_good_status_before_a_body_without_end_has_arrived(house, path):
    house.receiver_at("shop", path)

    assert house.tell(a_delivery("shop")) == [["shop/sent"]]


def test_one_that_hangs_is_called_once_and_the_others_are_served_at_once(house):
    house.receiver_at("bad", "/silence")
    house.receiver_at("good", "/status/200")
    many = [a_delivery("bad", f"msg_{n}") for n in range(50)]
    house.tell(*many, a_delivery("good"))

    paths = [path for path, _, _ in house.server.seen]
    assert paths.count("/silence") == 1
    assert paths.count("/status/200") == 1
    assert all(house.one(one).state == "waiting" for one in many)


def test_a_deployed_stage_calls_nothing_on_this_machine():
    with receiver() as server:
        house = House(server, guard="shut")
        for n, host in enumerate(("http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://[::1]")):
            house.receiver_at(f"r{n}", f"{host}:{server.server_port}/status/200")
            house.tell(a_delivery(f"r{n}"))
            assert house.one(a_delivery(f"r{n}")).tries[-1].outcome in {"address_refused", "not_resolved"}

    assert server.seen == []


def test_the_secrets_of_one_receiver_never_sign_for_another(house):
    other = "whsec_" + "b29vb29vb29vb29vb29vb29vb29vb29v"
    house.receiver_at("one", "/status/200")
    house.secrets["two"] = {**house.secrets["one"], "secrets": [other]}
    assert isinstance(house.world.secrets, MemorySecrets)
    house.tell(a_delivery("one"), a_delivery("two"))

    signatures = [headers["webhook-signature"] for _, headers, _ in house.server.seen]
    assert not set(signatures[0].split()) & set(signatures[1].split())
