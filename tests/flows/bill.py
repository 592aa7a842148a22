"""One whole return with its meter running: what each part of it called and cost.

Told once and used by the budget tests and by ``make bench``: opened over HTTP with an Idempotency-Key, booked, twenty
single-scan pushes with a customs hold and its release, arrived; the sweep runs every hour as it does in production.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.flows.house import House, a_return, everything_said
from tests.flows.journey import travel
from tests.metering.meter import Call, Units

SWEEPING = ("sweep_due_work", "on_poll_due")
SHARED = ("CARRIER#", "SENT#receiver", "RECEIVERS")
# Seven notices at two units each, and a hold told to three receivers when it opens and when it ends.
TOLD_UNITS = 40
TOLD = ("SENT#case", "DIGEST#")


@dataclass
class Batch:
    """What one pushed scan cost the worker that took it in."""

    dynamodb_calls: int
    state: Units
    clearing: Units | None
    log_bytes: int


@dataclass
class Bill:
    """``by_part`` are units without the carrier-wide items (``shared``: bearer token, request count, digests) and
    without what telling people costs (``told``: notices to the customer, deliveries to the merchant's receivers)."""

    batches: list[Batch] = field(default_factory=list)
    by_part: dict[str, Units] = field(default_factory=dict)
    shared: Units = field(default_factory=Units)
    told: Units = field(default_factory=Units)
    calls: Counter[str] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    log_bytes: int = 0

    @property
    def return_write_units(self) -> float:
        """Table and index, without what the sweep claims and its polls."""
        told = [units for part, units in self.by_part.items() if part not in SWEEPING]
        return sum(units.table_write + units.index_write for units in told)

    @property
    def told_write_units(self) -> float:
        """Table and index, of all that people were told about this return."""
        return self.told.table_write + self.told.index_write

    @property
    def sweep_write_units(self) -> float:
        told = [self.by_part[part] for part in SWEEPING if part in self.by_part]
        return sum(units.table_write + units.index_write for units in told)


def add_up(calls: list[Call]) -> Units:
    units = Units()
    for call in calls:
        units.add(call.units)
    return units


def is_shared(call: Call) -> bool:
    """Whether a call is about what many returns share: a carrier as a whole, a receiver's digest of a morning."""
    return any(pk.startswith(SHARED) or (pk.startswith("DIGEST#") and "#W#" not in sk) for pk, sk in call.keys)


def is_told(call: Call) -> bool:
    """Whether a call is about telling people of this return; such items are never written together with others."""
    return not is_shared(call) and any(pk.startswith(TOLD) or sk in ("NOTICES", "LINK") for pk, sk in call.keys)


def whole_return(house: House) -> Bill:
    """The bill of one return."""
    bill = Bill()
    with everything_said() as said:
        answer = house.post("/v1/returns", a_return(), **{"Idempotency-Key": "the-key"})
        house.run()
        number = house.case(answer.json_body["case_id"])["legs"][0]["tracking_number"]

        def hourly() -> None:
            house.sweep()
            house.run()

        before = len(house.bills)
        for _ in travel(house, number, between=hourly):
            bill.batches.append(_batch(house, before))
            before = len(house.bills)
        bill.log_bytes = len(said.getvalue().encode())
    assert house.case(answer.json_body["case_id"])["stage"] == "arrived"
    for part, calls, _ in house.bills:
        bill.invocations[part] += 1
        bill.calls.update(call.operation for call in calls)
        own = [call for call in calls if not is_shared(call) and not is_told(call)]
        bill.by_part.setdefault(part, Units()).add(add_up(own))
        bill.shared.add(add_up([call for call in calls if is_shared(call)]))
        bill.told.add(add_up([call for call in calls if is_told(call)]))
    return bill


def _batch(house: House, before: int) -> Batch:
    """The one time since then that the tracking worker ran, and what it and the webhook before it logged."""
    since = house.bills[before:]
    ((_, calls, said),) = [one for one in since if one[0] == "on_tracking_received"]
    ((_, _, at_the_door),) = [one for one in since if one[0] == "webhook"]
    table = [call for call in calls if call.operation.startswith("dynamodb.")]
    saved, *cleared = [call for call in table if call.units.table_write]
    return Batch(len(table), saved.units, add_up(cleared) if cleared else None, said + at_the_door)
