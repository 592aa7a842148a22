"""What was paid on the way out, told through the ledger: recorded, claimed, received, and summed over all cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from infra.local.door import Door
from infra.local.ring import Tale

Body = Mapping[str, Any]
Row = Callable[..., None]
Answered = Callable[[int, Any, str], Body]
CREATED, OK = 201, 200


def tell_ledger(door: Door, expect: Answered, row: Row, case_id: str, tale: Tale, today: date) -> None:
    """Record the entry of the sale, file its claim where there is one, and note the money; each told in one line."""
    path = f"/v1/returns/{case_id}/duties"
    entry = expect(CREATED, door.call("POST", path, tale.paid(today)), "recording duty paid")
    row("", f"duty ledger: {_paid(entry)} paid on entry {entry['entry_number']}", tale.city, mark="plain")
    way = next((one for one in entry["ways"] if one["status"] != "not_eligible"), None)
    if way is None or entry["to_come"] is None:
        why = ", ".join(entry["reasons"]) or "; ".join(one["why"] for one in entry["ways"])
        row("", f"claim: {entry['state'].replace('_', ' ')} ({why})", mark="plain")
        return
    row("", f"up to {_money(entry['to_come'])} can come back: {way['code']}", "", _wanted(entry, way), mark="warn")
    filed = {"on": str(today), "reference": "CLAIM-0001", "way": way["code"]}
    expect(OK, door.call("POST", f"{path}/{entry['entry_id']}/file", filed), "filing the claim")
    came = {"on": str(today), "reference": "PAYMENT-0001", "amount": entry["to_come"]}
    done = expect(OK, door.call("POST", f"{path}/{entry['entry_id']}/receive", came), "noting the money")
    row("", f"claim filed and paid: {_money(done['received'])} received", mark="plain")
    summed = expect(OK, door.call("GET", "/v1/duties?state=received"), "summing the ledger")["totals"]
    told = ", ".join(f"{one['received']} {one['currency']}" for one in summed)
    row("", f"GET /v1/duties?state=received: {told} in all cases", mark="plain")


def _paid(entry: Body) -> str:
    return " and ".join(_money(entry[name]) for name in ("duty", "tax") if entry[name])


def _wanted(entry: Body, way: Body) -> str:
    who = " or ".join(way["claimants"]) or way["claimant"]
    return f"{who} claims it by {entry['claim_by']}, with {', '.join(way['evidence']).replace('_', ' ')}"


def _money(money: Body) -> str:
    return f"{money['amount']} {money['currency']}"
