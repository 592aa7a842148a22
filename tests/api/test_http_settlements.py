"""Settlements over HTTP, with the real stories over memory: proposed, approved by others, paid, closed."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from chalice.test import Client

from chalicelib.api import examples, settlement_bodies
from chalicelib.api.desk import Desk, workflows
from chalicelib.returns.amount_facts import DeductionCode
from chalicelib.returns.settlement import SettlementKind
from chalicelib.returns.settlement_rules import GroundOn
from chalicelib.workflows.read_case import read_case
from tests.api.contract import assert_as_documented
from tests.api.fakes import SECRET, Shop, World, posted
from tests.workflows.settling import SettlingHouse, request_paid

CASE = "/v1/returns/case0001"
TOKENS = {
    "ann": ("agent", ("returns:read", "returns:write")),
    "max": ("manager", ("returns:read", "returns:write", "settlements:approve")),
    "lea": ("lead", ("returns:read", "settlements:approve")),
}


class Tokens:
    """People with their roles."""

    def read(self, token_id: str) -> Any:
        role, scopes = TOKENS[token_id]
        text = f"gt_{token_id}_{SECRET}"
        return SimpleNamespace(
            token_id=token_id, token_hash=sha256(text.encode()).hexdigest(), holder=token_id, role=role, scopes=scopes,
            expires_at=SettlingHouse().now + timedelta(days=90),
        )  # fmt: skip


class Office:
    """A house whose ring is back, and its desk behind HTTP."""

    def __init__(self, house: SettlingHouse | None = None) -> None:
        self.house = house or SettlingHouse().back()
        ports = replace(self.house.ports, tokens=Tokens())
        self.http = Client(World().app(Desk(lambda: ports, lambda: self.house.now, workflows))).http

    def ask(self, method: str, path: str, who: str = "ann", body: Any = None, route: str | None = None) -> Any:
        raw = json.dumps(body).encode() if body is not None else b""
        told = self.http.request(method, CASE + path, headers=posted(who), body=raw)
        assert_as_documented(
            method, "/v1/returns/{case_id}" + (route or path.partition("?")[0]), told.status_code, told.json_body
        )
        return told

    def propose(self, who: str = "ann", query: str = "", **body: Any) -> Any:
        return self.ask("POST", f"/settlement{query}", who, {"kind": "refund", "reason": "withdrawal"} | body)

    def act(self, action: str, who: str, body: Any = None, n: str = "1") -> Any:
        route = f"/settlement/{{settlement_id}}/{action if action in ('approve', 'reconcile') else '{action}'}"
        return self.ask("POST", f"/settlement/{n}/{action}", who, body, route)

    def read(self) -> Any:
        return self.ask("GET", "/settlements").json_body


@pytest.fixture
def office() -> Office:
    return Office()


def faults(told: Any) -> set[tuple[str | None, str]]:
    return {(one["field"], one["code"]) for one in told.json_body["errors"]}


def test_the_bodies_know_every_outcome_ground_and_deduction_there_is_and_no_other():
    assert set(get_args(settlement_bodies.KindWord)) == set(get_args(SettlementKind)) - {"repair"}
    assert get_args(settlement_bodies.GroundWord) == get_args(GroundOn)
    assert get_args(settlement_bodies.DeductionWord) == get_args(DeductionCode)


def test_a_refund_goes_its_way_over_http(office):
    shown = office.propose(query="?validate=true")
    assert (shown.status_code, shown.json_body["settlement_id"]) == (200, None)
    assert office.propose().status_code == 201
    assert [office.act("approve", who).json_body["state"] for who in ("max", "lea")] == ["proposed", "approved"]
    office.house.work()
    told = office.read()
    (one,) = told["items"]
    assert (one["state"], one["total"]["amount"]) == ("done", "1195.00")
    assert [row["code"] for row in told["clocks"]] == ["policy", "statute", "chargeback"]
    assert {row["account"]: row["amount"]["amount"] for row in told["balances"]} == {
        "customer": "0.00", "merchant": "0.00",
    }  # fmt: skip
    case = read_case(office.house.ports, "case0001")
    assert (case["stage"], case["settlements"][0]["state"]) == ("closed", "done")


def test_who_lacks_the_scope_approves_nothing(office):
    office.propose()
    assert office.act("approve", "ann").status_code == 403
    assert office.act("reconcile", "ann", {"outcome": "not_paid"}).status_code == 403


def test_who_proposed_it_is_told_to_ask_another(office):
    office.propose("max")
    refused = office.act("approve", "max")
    assert (refused.status_code, refused.json_body["code"]) == (409, "not_theirs_to_approve")


def test_what_is_in_the_way_is_told_with_what_to_do(office):
    office.propose()
    refused = office.propose()
    assert (refused.status_code, refused.json_body["code"]) == (409, "settlement_blocked")
    assert faults(refused) == {("settlement", "another_settlement")}


def test_what_cannot_be_taken_off_is_refused_by_field(office):
    box = {"code": "worn", "amount": {"amount": "10.00", "currency": "EUR"}}
    assert faults(office.propose(deductions=[box])) == {("deductions.0.why", "required")}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "repair"}, "kind"),
        ({"amount": {"amount": "1.00", "currency": "EUR"}}, "amount"),
        ({"lines": [{"line": 1}, {"line": 1}]}, "lines"),
        ({"lines": [{"line": 0}]}, "lines.0.line"),
        ({"total": {"amount": "1.00", "currency": "EUR"}}, "total"),
        ({"reason": "Because!"}, "reason"),
    ],
)
def test_a_body_that_says_what_is_not_its_to_say_is_refused(office, body, field):
    refused = office.propose(**body)
    assert refused.status_code == 422
    assert field in {one["field"] for one in refused.json_body["errors"]}
    assert office.house.settlements == ()


def test_taken_back_and_agreed_by_their_routes(office):
    office.propose(kind="store_credit")
    assert office.act("agree", "ann", {}).json_body["agreed_at"] is not None
    assert office.act("withdraw", "ann", {"why": "the customer wants money"}).json_body["state"] == "withdrawn"
    assert office.act("dance", "ann", {}).status_code == 404


def test_what_a_person_found_out_is_noted(office):
    house = SettlingHouse(request_paid(replace(request_paid().order.payment, provider=None))).back()  # type: ignore[type-var]
    by_hand = Office(house)
    by_hand.propose()
    for who in ("max", "lea"):
        by_hand.act("approve", who)
    house.work()
    assert faults(by_hand.act("reconcile", "lea", {"outcome": "paid"})) == {("reference", "required")}
    told = by_hand.act("reconcile", "lea", {"outcome": "paid", "reference": "SEPA-7"})
    assert (told.json_body["state"], told.json_body["provider_reference"]) == ("done", "SEPA-7")


def test_a_case_is_closed_by_a_person_who_may(office):
    office.propose()
    refused = office.ask("POST", "/close", "ann", {"reason": "no_answer"})
    assert (refused.status_code, faults(refused)) == (409, {("settlement", "settlement_open")})
    forced = {"reason": "no_answer", "even_though": True}
    assert office.ask("POST", "/close", "ann", forced).status_code == 403
    closed = office.ask("POST", "/close", "max", forced).json_body
    assert (closed["stage"], closed["open"]) == ("closed", ["settlement 1 (refund) is proposed"])


def test_how_it_was_paid_is_told_later(office):
    told = office.ask("PATCH", "/payment", "ann", {"scheme": "mastercard"})
    assert (told.status_code, told.json_body["payment"]["scheme"]) == (200, "mastercard")
    assert office.ask("PATCH", "/payment", "ann", {}).status_code == 422
    strange = {"freight": {"amount": "5.00", "currency": "USD"}}
    assert faults(office.ask("PATCH", "/payment", "ann", strange)) == {("freight", "other_currency")}


def test_a_return_may_be_opened_with_its_payment():
    shop = Shop()
    body = deepcopy(examples.OpenReturnBody)
    body["order"]["payment"] = examples.PaymentBody
    opened = shop.post("/v1/returns", body)
    assert opened.status_code == 201
    told = shop.get(f"/v1/returns/{opened.json_body['case_id']}/settlements").json_body
    assert told["payment"]["total"] == {"amount": "1195.00", "currency": "EUR"}
    assert told["payment"]["unsaid"] == []
    assert [row["why"] for row in told["postings"]] == ["sale"]


def test_the_parts_of_a_payment_are_in_its_own_currency():
    body = deepcopy(examples.OpenReturnBody)
    body["order"]["payment"] = {
        "total": {"amount": "10.00", "currency": "EUR"}, "tax": {"amount": "1.00", "currency": "USD"},
    }  # fmt: skip
    assert Shop().post("/v1/returns", body).status_code == 422
