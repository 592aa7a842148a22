"""Claims over HTTP, with the real stories over memory."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from chalicelib.api import claim_bodies, claims, examples
from chalicelib.insurance import claim_states
from chalicelib.workflows.print_papers import take_paper_work
from chalicelib.workflows.take_steps import take_step
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, World, bearer, posted
from tests.fakes.presses import PRESS

EUR = {"amount": "500.00", "currency": "EUR"}


class Desk(Shop):
    """A shop with one case, and its claims."""

    def __init__(self) -> None:
        super().__init__()
        self.case_id = self.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]
        self.path = f"/v1/returns/{self.case_id}/claims"

    def prepare(self, **changed: Any) -> Any:
        body = {"leg": 1, "party": "carrier", "kind": "loss", "amount": EUR} | changed
        told = self.post(self.path, body)
        assert_as_documented("POST", "/v1/returns/{case_id}/claims", told.status_code, told.json_body)
        return told

    def act(self, action: str, claim_id: str = "1-carrier", **body: Any) -> Any:
        told = self.post(f"{self.path}/{claim_id}/{action}", body)
        path = "/v1/returns/{case_id}/claims/{claim_id}/{action}"
        assert_as_documented("POST", path, told.status_code, told.json_body)
        return told

    def work(self) -> None:
        queues = self.world.queues
        about = ("claim_watch",)
        queues.deliver("steps", lambda message: message["kind"] in about and take_step(self.ports, message, NOW))
        queues.deliver("papers", lambda message: take_paper_work(self.ports, PRESS, message, NOW))


def faults(told: Any) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in told.json_body["errors"]}


def test_the_routes_know_every_state_act_party_and_kind_there_is_and_no_other():
    assert claim_states.CLAIM_STATES == claims.STATES
    assert ("prepare", *claims.ACTIONS) == get_args(claim_states.Action)
    assert get_args(claim_bodies.PartyWord) == claim_states.PARTIES
    assert get_args(claim_bodies.KindWord) == claim_states.CLAIM_KINDS


def test_a_claim_is_prepared_once_and_repeated_in_quiet():
    desk = Desk()
    assert [desk.prepare().status_code for _ in range(3)] == [201, 200, 200]
    told = desk.get(desk.path).json_body
    assert_as_documented("GET", "/v1/returns/{case_id}/claims", 200, told)
    (row,) = told["items"]
    assert (row["claim_id"], row["state"], row["claimed"]) == ("1-carrier", "prepared", EUR)
    assert row["right"]["by_assignment"]
    assert len(row["history"]) == 1


def test_a_claim_goes_its_way_over_http_and_the_case_says_so_in_short():
    desk = Desk()
    desk.prepare()
    answers = [
        desk.act("file", on="2026-11-22", protective=True, reference="C-1"),
        desk.act("file", on="2026-11-22", protective=True, reference="C-1"),
        desk.act("acknowledge", on="2026-11-22"),
        desk.act("want_evidence", on="2026-11-22", wanted=["trace"], until="2026-12-01"),
        desk.act("offer", on="2026-11-22", amount=EUR),
        desk.act("accept", on="2026-11-22"),
        desk.act("pay", on="2026-11-22", reference="P-1", amount=EUR),
        desk.act("pay", on="2026-11-22", reference="P-1", amount=EUR),
        desk.act("close", why="settled"),
        desk.act("accept", on="2026-11-22"),
    ]
    assert [one.status_code for one in answers] == [200] * 10
    assert answers[7].json_body["received"] == [EUR]
    case = desk.get(f"/v1/returns/{desk.case_id}").json_body
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, case)
    assert case["claims"] == [{"claim_id": "1-carrier", "kind": "loss", "state": "closed", "last_day": None}]


def test_what_cannot_be_done_now_is_a_conflict_and_changes_nothing():
    desk = Desk()
    desk.prepare()
    told = desk.act("accept", on="2026-11-22")
    assert (told.status_code, told.json_body["code"]) == (409, "claim_not_allowed")


def test_every_fault_of_an_act_is_told_at_once():
    desk = Desk()
    desk.prepare()
    told = desk.act("file", on="2099-01-01", amount={"amount": "9999999", "currency": "EUR"}, why="because")
    assert told.status_code == 422
    assert faults(told) == {
        ("on", "in_the_future"), ("amount", "more_than_lost"), ("protective", "required"), ("why", "not_one_of"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [({"leg": 0}, "leg"), ({"party": "customs"}, "party"), ({"kind": "theft"}, "kind"), ({"state": "paid"}, "state"),
     ({"amount": {"amount": "1.5e3", "currency": "EUR"}}, "amount.amount")],
)  # fmt: skip
def test_a_body_that_means_nothing_is_refused_by_field(body, field):
    told = Desk().prepare(**body)
    assert told.status_code == 422
    assert field in {name for name, _ in faults(told)}


def test_the_pack_is_asked_for_made_and_linked_to_for_five_minutes():
    desk = Desk()
    desk.prepare()
    early = desk.get(f"{desk.path}/1-carrier/pack")
    assert (early.status_code, early.json_body["code"]) == (409, "paper_pending")
    desk.work()
    ready = desk.get(f"{desk.path}/1-carrier/pack")
    assert_as_documented("GET", "/v1/returns/{case_id}/claims/{claim_id}/pack", 303, ready.json_body)
    assert ready.headers["Location"].startswith(f"https://evidence.example/claims/{desk.case_id}/1-carrier-")
    again = desk.post(f"{desk.path}/1-carrier/pack", {})
    assert_as_documented("POST", "/v1/returns/{case_id}/claims/{claim_id}/pack", 202, again.json_body)


@pytest.mark.parametrize("path", ["/1-insurer/pack", "/7-carrier/pack"])
def test_a_claim_there_is_not_is_not_found(path):
    desk = Desk()
    desk.prepare()
    assert desk.get(desk.path + path).status_code == 404


@pytest.mark.parametrize("claim_id", ["carrier", "1-bank", "0-carrier", "1-carrier-2", "%2e%2e"])
def test_a_malformed_claim_id_reaches_no_story(claim_id):
    world = World()
    told = world.client().get(f"/v1/returns/c-01/claims/{claim_id}/pack", headers=bearer())
    assert told.status_code == 404
    assert world.asked == []


def test_claims_are_listed_by_state():
    desk = Desk()
    desk.prepare()
    told = desk.get("/v1/claims?state=prepared")
    assert_as_documented("GET", "/v1/claims", told.status_code, told.json_body)
    assert [one["claim_id"] for one in told.json_body["items"]] == ["1-carrier"]
    assert desk.get("/v1/claims").status_code == 422


def test_only_who_may_write_returns_may_claim():
    world = World()
    told = world.client().post("/v1/returns/c-01/claims", headers=posted("reader"), body=b"{}")
    assert told.status_code == 403
    assert world.asked == []
