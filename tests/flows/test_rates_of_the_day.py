"""The rates of the day on real AWS calls: how many, through which function, and what they change."""

from __future__ import annotations

from dataclasses import replace

import pytest

import app as product
from chalicelib.clock import stamp
from chalicelib.workflows.ports import HttpResponse
from infra.local.published_rates import answered
from tests.flows.house import MONDAY, SCHEDULED, House, a_return
from tests.flows.test_policies import allowed

ESTIMATE = {
    "destination": "US", "dispatched_from": "DE", "entry_on": "2026-11-23", "purpose": "refund_return",
    "lines": [{
        "article": "ring", "metal": "gold", "fineness": 750, "construction": "solid", "stones": "none", "origin": "CN",
        "quantity": 1, "net_weight_g": "5.20", "value": {"amount": "1000.00", "currency": "EUR"}, "value_basis": "fob",
    }],
}  # fmt: skip
READ = "dynamodb.BatchGetItem"


class Publishers:
    """The carrier link, straight into the simulated publishers."""

    def call(self, host, request):
        return HttpResponse(*answered(f"/{host}{request.path}", MONDAY.date()))


@pytest.fixture
def refreshed(house: House) -> House:
    """A house whose schedule ran once."""
    house.ports.rates.publishers = ("ecb", "hmrc", "gold", "silver", "platinum")
    product.world.hand_in(replace(house.ports, link=Publishers()), lambda: house.now)
    house.told = house.invoke("refresh_rates", {"time": stamp(house.now), **SCHEDULED})
    product.world.hand_in(house.ports, lambda: house.now)
    house.meter.reset()
    return house


def test_the_schedule_keeps_what_every_publisher_told(refreshed):
    assert {name: told.split(" (")[0] for name, told in refreshed.told.items()} == {
        "ecb": "ecb 2026-11-23", "hmrc": "hmrc 2026-11-01", "gold": "gold 2026-11-20", "silver": "silver 2026-11-20",
        "platinum": "platinum 2026-11-20",
    }  # fmt: skip
    (part, calls, _) = refreshed.bills[-1]
    assert part == "refresh_rates"
    needed = {call.operation.replace(".", ":") for call in calls} - {"sqs:SendMessageBatch"}
    assert needed <= allowed("rates")


def test_a_refresh_that_finds_nothing_new_writes_nothing_and_asks_the_table_a_few_times(refreshed):
    product.world.hand_in(replace(refreshed.ports, link=Publishers()), lambda: refreshed.now)
    refreshed.invoke("refresh_rates", {"time": stamp(refreshed.now), **SCHEDULED})
    assert set(refreshed.meter.calls) <= {"dynamodb.Query", "dynamodb.GetItem"}
    assert refreshed.meter.calls_to("dynamodb") == 5 * 2


def test_an_estimate_reads_the_rates_in_one_call_and_the_next_in_none(refreshed):
    answer = refreshed.post("/v1/estimates", ESTIMATE)
    assert answer.status_code == 200, answer.body
    assert refreshed.meter.calls[READ] == 1
    assert refreshed.meter.calls_to("dynamodb") == 2  # the caller's token is the other
    again = refreshed.post("/v1/estimates", ESTIMATE)
    assert refreshed.meter.calls[READ] == 1
    assert again.json_body == answer.json_body
    assert answer.json_body["reasons"][0] == "exchange_rate_not_customs_own:US"
    assert not [reason for reason in answer.json_body["reasons"] if "shipped" in reason or "unknown" in reason]


def test_opening_a_return_reads_the_rates_once_for_customs_limits_and_metal(refreshed):
    answer = refreshed.post("/v1/returns", a_return())
    assert answer.status_code == 201, answer.body
    assert refreshed.meter.calls[READ] == 1
    low = a_return()
    low["items"][0]["price"]["amount"] = "90.00"
    low["items"][0]["serial"] = "GT-000999"
    told = refreshed.post("/v1/returns", low).json_body
    assert told["stage"] == "review"
    assert any("items.0 is declared at 90.00" in point for point in told["next"])


def test_routes_read_the_rates_once(refreshed):
    parcel = {"items": a_return()["items"], "gross_weight_g": "180"}
    body = {"lane": {"from": "FR", "to": "CN"}, "on": "2026-11-24", "parcel": parcel}
    answer = refreshed.post("/v1/routes", body)
    assert answer.status_code == 200, answer.body
    assert refreshed.meter.calls[READ] == 1


def test_no_figure_and_no_address_is_in_the_log_but_days_and_counts(refreshed):
    (_, _, logged) = refreshed.bills[-1]
    assert logged < 2_000
