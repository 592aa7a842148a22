"""Money that was moved outside, a dispute that was lost, a purchase by weight: over HTTP, with the real stories."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest

from chalicelib.api import settlement_bodies
from chalicelib.returns.inspection import FinenessReading, Inspection
from chalicelib.returns.money_noted import ACCOUNTS, MoneyWhy
from chalicelib.returns.settlement import Account
from tests.api.test_http_settlements import Office, faults

FREIGHT = {
    "from": "merchant", "to": "carrier", "amount": {"amount": "41.20", "currency": "EUR"}, "why": "freight",
    "reference": "AWB-1",
}  # fmt: skip
DISPUTE = {"scheme": "visa", "code": "13.7", "opened_on": "2026-11-20", "reference": "CB-1"}


@pytest.fixture
def office() -> Office:
    return Office()


def lost(office: Office, **body: Any) -> Any:
    path = "/disputes/visa-CB-1/lose"
    return office.ask("POST", path, "ann", body, "/disputes/{dispute_id}/{action}")


def test_the_bodies_know_every_purpose_and_account_there_is_and_no_other():
    assert set(get_args(settlement_bodies.MoneyWord)) == set(get_args(MoneyWhy)) == set(ACCOUNTS)
    assert get_args(settlement_bodies.AccountWord) == get_args(Account)


def test_money_is_noted_once_and_stands_in_the_money_of_the_case(office):
    told = [office.ask("POST", "/money", "ann", FREIGHT) for _ in range(2)]
    assert [one.status_code for one in told] == [201, 200]
    assert (told[0].json_body["posting"]["to"], told[0].json_body["open"]) == ("carrier", [])
    noted = [one for one in office.read()["postings"] if one["why"] == "freight"]
    assert [(one["from"], one["reference"], one["by"]) for one in noted] == [("merchant", "AWB-1", "ann")]


def test_another_amount_under_the_same_reference_is_refused_and_so_are_accounts_that_do_not_fit(office):
    office.ask("POST", "/money", "ann", FREIGHT)
    other = office.ask("POST", "/money", "ann", FREIGHT | {"amount": {"amount": "1.00", "currency": "EUR"}})
    assert (other.status_code, other.json_body["code"]) == (409, "money_differs")
    odd = office.ask("POST", "/money", "ann", FREIGHT | {"from": "insurer", "reference": "AWB-2"})
    assert (odd.status_code, faults(odd)) == (422, {("from", "not_its_account")})
    assert office.ask("POST", "/money", "ann", {"why": "gift"}).status_code == 422


def test_what_the_bank_gave_back_is_told_with_the_action_and_the_case_is_settled_with_the_rest(office):
    noted = office.ask("POST", "/disputes", "ann", DISPUTE).json_body
    assert noted["lacks"] == ["amount_unknown"]
    assert lost(office).json_body["lacks"] == ["amount_unknown", "lines_unknown"]
    refused = office.propose()
    assert (refused.status_code, faults(refused)) == (
        409, {("dispute.amount", "amount_unknown"), ("dispute.lines", "lines_unknown")},
    )  # fmt: skip
    assert {one["code"] for one in office.read()["open"]} == {"amount_unknown", "lines_unknown"}
    told = lost(office, gave_back={"amount": "195.00", "currency": "EUR"}, lines=[]).json_body
    assert (told["gave_back"]["amount"], told["lines"], told["lacks"]) == ("195.00", [], [])
    assert office.propose(query="?validate=true").json_body["total"]["amount"] == "1000.00"


def test_a_person_says_how_fine_metal_is_that_read_below_its_mark(office):
    (look,) = office.house.file.parts.of(Inspection)
    read = FinenessReading((Decimal("585"),) * 3, Decimal("745"))
    office.house.put(replace(look, pieces=(replace(look.pieces[0], fineness=read),)))
    terms = {
        "per_gram": {"amount": "95.50", "currency": "EUR"}, "fee": {"amount": "20.00", "currency": "EUR"},
        "priced_on": "2026-11-20", "source": "LBMA gold PM",
    }  # fmt: skip
    bare = office.propose(kind="buy_back", buy_back=terms, query="?validate=true").json_body
    assert (bare["total"]["amount"], bare["lacks"]) == ("270.51", ["fineness"])
    said = terms | {"fineness": [{"line": 1, "ppt": 748}]}
    assert office.propose(kind="buy_back", buy_back=said, query="?validate=true").json_body["lacks"] == []
    old = office.propose(kind="buy_back", buy_back=terms | {"priced_on": "2026-10-01"})
    assert faults(old) == {("buy_back.priced_on", "too_old")}
