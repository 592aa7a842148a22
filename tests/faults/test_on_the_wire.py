"""The crash harness runs over memory; here its memory is held against AWS calls as botocore makes them.

The same script over the real table, queues, bucket, secret store and key service (moto) makes the same calls in the
same order, and one call of the harness is one AWS call, but for what ``WIRE`` says. So a fault at every call of the
harness is a fault at every AWS call. A sample of the faults is struck on the wire itself, below all of our code: at
each kind of AWS call; with ``FAULTS=all`` in the environment, all kinds of fault at every one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.fakes.aws_world import AwsStage, client_maker
from tests.faults.aws_house import SERVICES, WRITES, AwsHouse, Tap, WireFault, WireGate
from tests.faults.endings import assert_ends_well
from tests.faults.gate import KINDS
from tests.faults.stories import Picture, picture, tell
from tests.faults.test_every_call_may_fail import CALLS, UNDISTURBED

WIRE = {
    "table.get": "GetItem",
    "table.partition": "Query",  # one per page of 1 MB; no partition of a case or a number comes near that
    "table.batch_get": "BatchGetItem",  # one per hundred keys, none for no key, and again for keys that were put off
    "table.index": "Query",
    "table.put_new": "PutItem",
    "table.update": "UpdateItem",
    "table.delete": "DeleteItem",
    "table.transact": "TransactWriteItems",
    "queues.send": "SendMessageBatch",  # one per ten messages, and none for no message
    "evidence.keep_raw": "PutObject",
    "evidence.raw": "GetObject",
    "evidence.keep_label": "PutObject",
    "evidence.keep_paper": "PutObject",
    "secrets.webhooks": "GetSecretValue",  # a process keeps it for five minutes; the house of these tests never does
    "secrets.carriers": "GetSecretValue",
    "mail.send": "SendEmail",
    "keys.new": "GenerateDataKey",
    "keys.unwrap": "Decrypt",
}
OUTSIDE = ("carrier.", "outbound.")


class Aws:
    """One moto for the module: clients that are tapped, and clients to look with."""

    def __init__(self) -> None:
        make = client_maker()
        self.tap, self._look = Tap(make), {service: make(service) for service in SERVICES}

    def house(self, strike: WireFault | None = None) -> AwsHouse:
        """An empty house of its own: nothing of another run can mend what this one lost."""
        return AwsHouse(WireGate(strike=strike), tap=self.tap, stage=AwsStage(self._look.__getitem__))


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with mock_aws():
        yield Aws()


@pytest.fixture(scope="module")
def undisturbed(aws: Aws) -> tuple[list[tuple[str, list[str]]], Picture]:
    house = aws.house()
    tell(house)
    assert isinstance(house.gate, WireGate)
    made = list(house.gate.made)
    return made, picture(house)


def test_over_aws_the_script_makes_the_calls_that_the_harness_breaks(undisturbed):
    made, _ = undisturbed
    assert tuple(name for name, _ in made) == CALLS, "a call that no gate saw has an empty name"


def test_one_call_of_the_harness_is_one_aws_call(undisturbed):
    made, _ = undisturbed
    for name, calls in made:
        if name.startswith(OUTSIDE):
            assert calls == [], "neither the carrier nor a receiver is AWS"
        elif name in ("queues.send", "table.batch_get"):
            assert calls in ([WIRE[name]], [])
        else:
            assert calls == [WIRE[name]], name
    assert {name for name, _ in made if not name.startswith(OUTSIDE)} == set(WIRE), "every row is tried"


def test_over_aws_the_ring_ends_where_it_ends_over_memory(undisturbed):
    assert undisturbed[1] == UNDISTURBED


def strikes() -> list[WireFault]:
    """Each kind of AWS call of the run once, somewhere in it, by one kind of fault in turn; a write by all of them that
    carry it out.

    All of them are all kinds at every call, over memory done in full: a run over moto costs two seconds.
    """
    wire = [WIRE[name] for name in CALLS if name in WIRE]
    if os.environ.get("FAULTS") == "all":
        return [WireFault(kind, at) for at, call in enumerate(wire) for kind in possible_at(call)]
    found = []
    for turn, call in enumerate(sorted(set(wire))):
        places = [at for at, one in enumerate(wire) if one == call]
        kinds = AFTERWARDS if call in WRITES else [possible_at(call)[turn % 4]]
        found += [WireFault(kind, places[(turn + n) % 7 * len(places) // 7]) for n, kind in enumerate(kinds)]
    return found


AFTERWARDS = ("crash_after", "timeout_after_commit", "sent_twice")


def possible_at(call):
    """Only a write is sent twice: whatever only reads may be asked as often as one likes."""
    return [kind for kind in KINDS if kind != "sent_twice" or call in WRITES]


def test_every_kind_of_fault_and_every_kind_of_call_is_in_the_sample():
    wire = [WIRE[name] for name in CALLS if name in WIRE]
    assert {strike.kind for strike in strikes()} == set(KINDS)
    assert {wire[strike.at] for strike in strikes()} == set(WIRE.values())


@pytest.mark.parametrize("strike", strikes(), ids=lambda strike: f"{strike.kind}-{strike.at:03d}")
def test_one_aws_call_goes_wrong_and_the_run_ends_well(aws, strike):
    house = aws.house(strike)
    tell(house)
    assert house.gate.struck
    assert_ends_well(picture(house), UNDISTURBED)
