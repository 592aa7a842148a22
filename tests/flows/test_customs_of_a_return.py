"""Proof, papers and the duty ledger on the assembled product: who calls what, and that nothing personal is told on
the way, however hostile the customer's name is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

import app as product
from chalicelib.clock import stamp
from chalicelib.customs.papers.make import papers_for
from chalicelib.customs.papers.pdf import render
from chalicelib.workflows.make_papers import Press
from tests.fakes.aws_world import AwsStage
from tests.flows.house import SCHEDULED, House, a_return, everything_said
from tests.flows.test_policies import NEEDED_BY_CALL, POLICY_BY_PART, allowed
from tests.flows.test_privacy import PLANTED, found_in, texts
from tests.metering.meter import Call

# As hostile as a carrier still takes it on a label; what is not printable is refused when the return is opened.
HOSTILE = {
    **PLANTED,
    "name": "=HYPERLINK(0) Zsigmondy 長𝔊",
    "address": {**PLANTED["address"], "lines": ["17 bis </script>", "Bâtiment Q ../..%00"]},
}
ENTRY = {
    "country": "FR", "entry_number": "26FR00012345678901", "paid_on": "2026-11-10", "left_on": "2026-11-20",
    "duty": {"amount": "29.50", "currency": "EUR"}, "tax": {"amount": "241.90", "currency": "EUR"},
    "sold_at_a_distance": True, "used": False, "importer": "merchant", "paid_by": "merchant",
}  # fmt: skip
POLICIES = {**POLICY_BY_PART, "watch_rules": "rules"}


@dataclass(frozen=True)
class Told:
    """The story, told once with the papers as they are really drafted and printed; every test only looks at it."""

    bills: list[tuple[str, list[Call], int]]
    sent: list[tuple[str, str, str]]
    said: str
    answers: list[bytes]
    case: dict[str, Any]
    items: list[dict[str, Any]]
    link: Any


@pytest.fixture(scope="module")
def told(stage: AwsStage) -> Iterator[Told]:
    house = House(stage)
    sent = listened(house)
    product.world.hand_in(house.ports, lambda: house.now, Press(papers_for, render))
    with everything_said() as said:
        case_id, answers = told_of_customs(house)
    link = house.get(f"/v1/returns/{case_id}/papers/return_invoice")
    yield Told(house.bills, sent, said.getvalue(), answers, house.case(case_id), house.items(), link)
    house.close()


def listened(house: House) -> list[tuple[str, str, str]]:
    """Every message: the function that was at work, the queue, what it says."""
    found: list[tuple[str, str, str]] = []
    names = {url: name for name, url in house.queues.items()}
    spending, working = house._spending, [""]

    def remember(params: dict[str, Any], **_: Any) -> None:
        found.extend((working[0], names[params["QueueUrl"]], entry["MessageBody"]) for entry in params["Entries"])

    @contextmanager
    def noted(part: str) -> Iterator[None]:
        working[0] = part
        with spending(part):
            yield

    house._spending = noted  # type: ignore[method-assign]
    house.ports.queues._clients.of("sqs").meta.events.register(  # type: ignore[attr-defined]
        "provide-client-params.sqs.SendMessageBatch", remember
    )
    return found


def patched(house: House, path: str, body: Any) -> Any:
    told = {"Authorization": f"Bearer {house.token}", "Content-Type": "application/json"}
    with house._spending("api_handler"):
        return house.client.http.patch(path, headers=told, body=json.dumps(body).encode())


def read(house: House, path: str) -> Any:
    with house._spending("api_handler"):
        return house.get(path)


def told_of_customs(house: House) -> tuple[str, list[bytes]]:
    """The whole of it: a return that waits for its proof, gets it, is printed, printed again, and a claim on duty that
    is recorded, reminded of and paid; the case and every answer about it."""
    export = {**a_return()["original_export"], "reference": None}
    opened = house.post("/v1/returns", a_return(customer=HOSTILE, original_export=export))
    assert opened.status_code == 201, opened.body
    case = f"/v1/returns/{opened.json_body['case_id']}"
    house.run()
    answers = [opened, patched(house, f"{case}/original-export", {"reference": "310120260000123456"})]
    house.run()
    answers.append(patched(house, f"{case}/original-export", {"vat_refunded": False}))
    house.run()
    answers += [
        house.post(f"{case}/duties", ENTRY),
        read(house, f"{case}/duties"),
        read(house, "/v1/duties?state=open"),
    ]
    entry = answers[-3].json_body["entry_id"]
    for days in (8, 60):
        house.later(days=days)
        house.token = house.new_token("admin")
        house.sweep()
        house.run()
    filed = {"on": str(house.now.date()), "reference": "C-1", "way": "EU-DA-148-3"}
    paid = {"on": str(house.now.date()), "reference": "P-1", "amount": ENTRY["duty"]}
    answers += [
        house.post(f"{case}/duties/{entry}/file", filed), house.post(f"{case}/duties/{entry}/receive", paid),
        read(house, case), read(house, "/v1/tariffs/FR"),
    ]  # fmt: skip
    house.invoke("watch_rules", {"time": stamp(house.now), **SCHEDULED})
    house.run()
    # Last, for the meter takes the signing of a link for a call that was asked and never answered.
    answers += [read(house, f"{case}/papers/{name}") for name in ("return_invoice", "packing_sheet?leg=1", "label")]
    failed = [(place, one.status_code, one.body[:900]) for place, one in enumerate(answers) if one.status_code > 303]
    assert failed == []
    return opened.json_body["case_id"], [one.body + str(one.headers).encode() for one in answers]


def test_no_function_of_the_customs_stories_calls_or_sends_what_its_policy_does_not_allow(told):
    needed: dict[str, set[str]] = {}
    for part, calls, _ in told.bills:
        for call in calls:
            actions = NEEDED_BY_CALL.get(call.operation) or {call.operation.replace(".", ":")}
            needed.setdefault(POLICIES[part], set()).update(actions)
    assert needed.keys() >= {"api", "steps", "papers", "alerts", "sweep", "rules"}
    assert {name: missing for name, wanted in needed.items() if (missing := wanted - allowed(name))} == {}
    reached = {(POLICIES[part], f"{queue.capitalize()}Queue") for part, queue, _ in told.sent}
    assert {(name, queue) for name, queue in reached if queue not in queues_of(name)} == set()
    assert {("api", "StepsQueue"), ("steps", "PapersQueue"), ("sweep", "StepsQueue")} <= reached


def queues_of(policy: str) -> set[str]:
    """The queues that a policy lets its function send to."""
    document = json.loads(Path(f".chalice/policy-{policy}.json").read_text(encoding="utf-8"))
    sends = [one["Resource"] for one in document["Statement"] if "sqs:SendMessage" in one["Action"]]
    return {resource["Fn::GetAtt"][0] for listed in sends for resource in listed}


def test_a_customer_with_a_hostile_name_gets_papers_and_is_named_nowhere_else(told):
    papers = {row["name"]: row["status"] for row in told.case["papers"]}
    assert (papers["return_invoice"], papers["packing_sheet"]) == ("ready", "ready"), papers

    seen = [told.said, *(body for _, _, body in told.sent), *(one.decode("utf-8", "replace") for one in told.answers)]
    assert [found for one in seen if (found := found_in(one))] == []
    assert [word for one in seen for word in ("HYPERLINK", "</script>", "%00") if word in one] == []
    items = {item["SK"]: found_in(texts(item)) for item in told.items}
    assert [name for name, found in items.items() if found] == []
    assert max(len(body.encode()) for _, _, body in told.sent) < 4_000


def test_a_link_to_a_paper_is_for_five_minutes_for_one_object_and_tells_nobody(told):
    address = urlsplit(told.link.headers["Location"])
    asked = dict(parse_qsl(address.query))

    assert (told.link.status_code, asked["X-Amz-Expires"]) == (303, "300")
    assert address.path.startswith(f"/papers/{told.case['case_id']}/1-return_invoice-")
    assert re.fullmatch(r'inline; filename="[A-Za-z0-9._-]+"', asked["response-content-disposition"])
    assert asked["response-content-type"] == "application/pdf"
    assert found_in(unquote(told.link.headers["Location"])) == []
    assert address.query.encode() not in told.link.body
