"""The duty ledger over HTTP, with the real stories over memory."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api import duties, examples
from chalicelib.customs import claim_acts, ledger
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop, World, bearer, posted

ENTRY: dict[str, Any] = examples.RecordDutyBody


class Desk(Shop):
    """A shop with one case, and its ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.case_id = self.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]
        self.path = f"/v1/returns/{self.case_id}/duties"

    def record(self, **changed: Any) -> Any:
        told = self.post(self.path, ENTRY | changed)
        assert_as_documented("POST", "/v1/returns/{case_id}/duties", told.status_code, told.json_body)
        return told

    def act(self, action: str, **body: Any) -> Any:
        entry_id = self.get(self.path).json_body["items"][0]["entry_id"]
        told = self.post(f"{self.path}/{entry_id}/{action}", body)
        path = "/v1/returns/{case_id}/duties/{entry_id}/{action}"
        assert_as_documented("POST", path, told.status_code, told.json_body)
        return told

    def listed(self, query: str) -> Any:
        told = self.get(f"/v1/duties{query}")
        assert_as_documented("GET", "/v1/duties", told.status_code, told.json_body)
        return told


def faults(told: Any) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in told.json_body["errors"]}


def test_the_routes_know_every_state_and_act_of_the_ledger_and_no_other():
    assert (duties.STATES, duties.ACTIONS) == (ledger.CLAIM_STATES, claim_acts.ACTIONS)


def test_an_entry_is_made_once_repeated_in_quiet_and_refused_when_it_differs():
    desk = Desk()

    assert desk.record().status_code == 201
    assert desk.record().status_code == 200
    differs = desk.record(duty={"amount": "30.00", "currency": "EUR"})
    assert (differs.status_code, differs.json_body["code"]) == (409, "entry_differs")
    fixed = desk.record(duty={"amount": "30.00", "currency": "EUR"}, corrects=True, why="typed_wrong")
    assert (fixed.status_code, fixed.json_body["duty"]["amount"]) == (200, "30.00")


def test_a_claim_goes_its_way_and_the_case_says_so_in_short():
    desk = Desk()
    desk.record()
    filed = desk.act("file", on="2026-11-22", reference="REP-1")
    part = desk.act(
        "receive", on="2026-11-22", reference="P-1", final=False, amount={"amount": "100", "currency": "EUR"}
    )
    refused = desk.act("refuse", on="2026-11-22", why="evidence_missing")
    twice = desk.act("refuse", on="2026-11-22", why="evidence_missing")
    late = desk.act("give-up", why="not_worth_it")

    assert [one.status_code for one in (filed, part, refused, twice, late)] == [200, 200, 200, 200, 409]
    assert filed.json_body["filed"] == {"on": "2026-11-22", "reference": "REP-1", "way": "EU-DA-148-3"}
    assert part.json_body["to_come"] == {"amount": "171.40", "currency": "EUR"}
    assert late.json_body["code"] == "claim_not_allowed"
    case = desk.get(f"/v1/returns/{desk.case_id}").json_body
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, case)
    (total,) = case["duties"]["totals"]
    assert (total["paid"], total["received"], total["reclaimable"], total["fees"]) == ("271.40", "100.00", "0.00", None)
    assert case["duties"]["payable"]["currency"] == "CNY"


def test_the_ledger_of_a_case_is_told_whole():
    desk = Desk()
    desk.record()

    told = desk.get(desk.path)

    assert_as_documented("GET", "/v1/returns/{case_id}/duties", 200, told.json_body)
    (row,) = told.json_body["items"]
    assert {way["code"]: (way["ours"], way["claimants"]) for way in row["ways"]} == {
        "EU-DA-148-3": (False, ["carrier"]), "EU-UCC-118": (False, ["customer"]),
    }  # fmt: skip
    assert all(way["source"] and way["confidence"] for way in row["ways"])


def test_entries_of_all_cases_are_listed_by_state_and_country():
    desk = Desk()
    desk.record()

    assert [row["case_id"] for row in desk.listed("?state=open").json_body["items"]] == [desk.case_id]
    assert desk.listed("?state=open&country=DE").json_body == {"items": [], "cursor": None, "totals": []}
    assert desk.listed("?state=filed").json_body["items"] == []


@pytest.mark.parametrize("query", ["", "?state=lost", "?state=open&country=fr", "?state=open&cursor=nonsense"])
def test_a_listing_asked_for_wrongly_is_refused_by_field(query):
    told = Desk().listed(query)

    assert told.status_code == 422
    assert told.json_body["errors"]


def test_every_fault_of_a_body_is_told_at_once():
    told = Desk().record(
        country="France", paid_on="10.11.2026", duty={"amount": "1e3", "currency": "XAU"}, importer="me"
    )

    assert told.status_code == 422
    assert {field for field, _ in faults(told)} == {"country", "paid_on", "duty.amount", "duty.currency", "importer"}


def test_what_cannot_be_of_an_entry_is_told_at_once():
    told = Desk().record(paid_on="2027-01-01", left_on="2027-02-01", tax={"amount": "5", "currency": "CNY"})

    assert faults(told) == {
        ("paid_on", "in_the_future"), ("left_on", "in_the_future"), ("tax", "other_currency"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("corrects", "why"), [(True, None), (False, "typed_wrong"), (True, "because Mrs Durand said so")]
)
def test_a_correction_says_why_in_a_word_and_nothing_else_does(corrects, why):
    assert Desk().record(corrects=corrects, why=why).status_code == 422


def test_a_filing_of_tomorrow_under_no_way_is_refused_with_both():
    desk = Desk()
    desk.record()

    assert faults(desk.act("file", on="2026-12-24", way="US-NONE")) == {("on", "out_of_range"), ("way", "not_one_of")}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/returns/nobody/duties", 404), ("/v1/returns/nobody/duties/c0b770eaf4409590/file", 404)],
)
def test_a_case_that_is_not_there_is_told(path, status):
    body = ENTRY if path.endswith("duties") else {"on": "2026-11-20"}

    assert Desk().post(path, body).status_code == status


@pytest.mark.parametrize("entry_id", ["c0b770eaf4409590", "..", "%2e", "zz"])
def test_an_entry_that_is_not_there_is_told(entry_id):
    desk = Desk()

    assert desk.post(f"{desk.path}/{entry_id}/file", {"on": "2026-11-20"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/returns/c-01/duties"), ("POST", "/v1/returns/c-01/duties/c0b770eaf4409590/give-up")],
)
def test_who_may_read_may_not_write(method, path):
    body = b"{}"

    assert World().client().request(method, path, headers=posted("reader"), body=body).status_code == 403
    assert World().client().get("/v1/duties?state=open", headers=bearer("reader")).status_code == 200
    assert World().client().get("/v1/duties?state=open", headers=bearer("clerk")).status_code == 403
