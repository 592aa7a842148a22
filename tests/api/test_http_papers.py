"""A paper is read by a link that lives for five minutes; until it is there the answer says what it waits for."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.api import examples
from chalicelib.workflows.bookings import KeptPaper
from chalicelib.workflows.made_papers import papers_message
from chalicelib.workflows.make_papers import take_papers
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, World, bearer
from tests.fakes.presses import FakePress

ROUTE = "/v1/returns/{case_id}/papers/{name}"


class PaperShop(Shop):
    """A return that was opened and, where asked for, has a waybill with these papers of its carrier's."""

    def __init__(self, **changed: Any) -> None:
        super().__init__()
        self.case_id = self.post("/v1/returns", examples.OpenReturnBody | changed).json_body["case_id"]

    def bought(self, *papers: KeptPaper, label: str = "kept") -> PaperShop:
        (waybill,) = [one for one in self.ports.cases.file(self.case_id).bookings if one.kind == "waybill"]
        result = {"number": "794612345678", "ship_date": "2026-11-24", "label": label}
        self.ports.cases.save_booking(replace(waybill, status="done", result=result, papers=papers), waybill.status)
        return self

    def made(self, press: FakePress | None = None) -> PaperShop:
        take_papers(self.ports, (press or FakePress()).press, papers_message(self.case_id, 1), NOW)
        return self

    def paper(self, name: str, query: str = "", token: str = "boss") -> Any:
        answer = self.http.get(f"/v1/returns/{self.case_id}/papers/{name}{query}", headers=bearer(token))
        assert_as_documented("GET", ROUTE, answer.status_code, json.loads(answer.body))
        return answer

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        case = self.get(f"/v1/returns/{self.case_id}")
        assert_as_documented("GET", "/v1/returns/{case_id}", 200, case.json_body)
        return {row["name"]: row for row in case.json_body["papers"]}


LABEL = KeptPaper("label-1", "label", "application/pdf", "kept")


def test_a_made_paper_is_answered_with_a_link_and_no_bytes():
    shop = PaperShop().made()
    answer = shop.paper("return_invoice", token="reader")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"https://evidence.example/papers/{shop.case_id}/1-return_invoice-")
    assert answer.json_body["expires_at"] == (NOW + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answer.headers["Location"].endswith("&for=300")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_link_names_case_leg_and_kind_and_nobody():
    shop = PaperShop().made()
    said = shop.paper("packing_sheet").headers["Location"]
    rma = shop.ports.cases.read(shop.case_id).rma
    assert f"filename=packing_sheet-{rma}-1.pdf" in said
    customer = examples.OpenReturnBody["customer"]
    assert [one for one in (customer["name"], customer["email"], "Paris", "Exemple") if one in said] == []


def test_that_a_paper_was_given_is_logged_without_its_link_or_what_is_in_it(caplog):
    shop = PaperShop().made()
    with caplog.at_level(logging.INFO, "goldthread.api"):
        shop.paper("return_invoice")
    (given,) = [one for one in caplog.records if one.getMessage() == "paper given"]
    assert (given.case_id, given.paper, given.leg) == (shop.case_id, "return_invoice", 1)
    assert [one for one in caplog.records if "https://" in str(vars(one))] == []


def test_a_carriers_label_is_served_by_the_same_route_by_kind_and_by_its_own_name():
    shop = PaperShop().bought(LABEL)
    for name in ("label", "label-1"):
        answer = shop.paper(name)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"https://evidence.example/labels/{shop.case_id}/label-1?")


def test_a_paper_that_is_still_with_its_carrier_is_linked_there():
    url = "https://carrier.example/invoice/1"
    shop = PaperShop().bought(LABEL, KeptPaper("invoice-1-1", "invoice", "application/pdf", "with_carrier", url))
    assert shop.paper("invoice").headers["Location"] == url


@pytest.mark.parametrize("url", [None, "http://carrier.example/x", "javascript:alert(1)"])
def test_nobody_is_sent_where_a_carrier_names_no_safe_address(url):
    shop = PaperShop().bought(KeptPaper("invoice-1", "invoice", "application/pdf", "with_carrier", url))
    assert shop.paper("invoice").status_code == 409


def test_a_paper_that_is_not_made_yet_is_pending_and_worth_asking_again():
    answer = PaperShop().paper("return_invoice")
    assert (answer.status_code, answer.json_body["code"]) == (409, "paper_pending")
    assert answer.json_body["errors"][0]["retryable"] is True
    assert int(answer.headers["Retry-After"]) > 0


def test_a_paper_that_waits_lists_every_fact_it_lacks():
    answer = PaperShop().made(FakePress(lacking=("export_reference", "exported_on"))).paper("return_invoice")
    assert (answer.status_code, answer.json_body["code"]) == (409, "paper_waiting")
    wanted = ["original_export.reference", "original_export.exported_on"]
    assert [row["field"] for row in answer.json_body["errors"]] == wanted
    assert {row["retryable"] for row in answer.json_body["errors"]} == {False}
    assert "Retry-After" not in answer.headers


def test_what_was_planned_as_waiting_waits_before_anything_is_made():
    shop = PaperShop(original_export={"carrier": None, "tracking_number": None, "invoice_number": None,
                                      "exported_on": None, "reference": None, "mode": None})  # fmt: skip
    answer = shop.paper("return_invoice")
    assert (answer.status_code, answer.json_body["code"]) == (409, "paper_waiting")
    assert len(answer.json_body["errors"]) > 1


def test_a_lost_label_says_that_it_must_be_printed_at_the_carrier():
    shop = PaperShop().bought(replace(LABEL, status="lost"), label="lost")
    answer = shop.paper("label")
    assert (answer.status_code, answer.json_body["errors"][0]["code"]) == (409, "label_lost")


@pytest.mark.parametrize("name", ["label", "return_invoice"])
def test_while_a_person_must_decide_no_paper_is_said_to_be_in_the_making(name):
    item = examples.OpenReturnBody["items"][0]
    answer = PaperShop(items=[{**item, "hs_code": "711790"}]).paper(name)
    assert (answer.json_body["code"], answer.json_body["errors"][0]["code"]) == ("paper_waiting", "decision_wanted")
    assert answer.json_body["errors"][0]["retryable"] is False


@pytest.mark.parametrize("name", ["nothing", "cn23"])
def test_a_paper_that_no_leg_has_is_not_found(name):
    assert PaperShop().made().paper(name).status_code == 404


@pytest.mark.parametrize("name", ["..%2Fraw", "Label", "a/b", "%00"])
def test_a_name_outside_its_grammar_names_nothing(name):
    shop = PaperShop().made()
    assert shop.get(f"/v1/returns/{shop.case_id}/papers/{name}").status_code in (403, 404)


def test_another_leg_than_the_one_that_has_it_is_not_found_and_a_leg_must_be_a_number():
    shop = PaperShop().made()
    assert shop.paper("return_invoice", "?leg=1").status_code == 303
    assert shop.paper("return_invoice", "?leg=2").status_code == 404
    assert shop.paper("return_invoice", "?leg=0").status_code == 422


def test_the_latest_leg_that_has_it_is_meant_where_none_is_named():
    shop = PaperShop().made()
    leg = shop.ports.cases.file(shop.case_id).legs[0]
    table = shop.world.table
    table.put_new({**table.get(keys.case_pk(shop.case_id), keys.leg_sk(1)), "SK": keys.leg_sk(2), "n": 2})
    assert shop.paper("return_invoice").json_body["leg"] == leg.n
    shop.ports.cases.save_papers(replace(shop.ports.cases.file(shop.case_id).papers[0], leg_n=2))
    assert shop.paper("return_invoice").json_body["leg"] == 2


def test_only_who_may_read_returns_may_read_papers():
    assert PaperShop().made().paper("return_invoice", token="clerk").status_code == 403


def test_a_cancelled_return_has_no_paper_to_wait_for():
    shop = PaperShop()
    shop.post(f"/v1/returns/{shop.case_id}/cancel", {"reason": "customer_keeps_it"})
    assert shop.paper("return_invoice").status_code == 404


def test_the_case_shows_each_paper_with_its_state_hash_and_address():
    shop = PaperShop()
    assert {name: row["status"] for name, row in shop.rows.items()} == {"label": "pending", "return_invoice": "pending"}
    assert {row["href"] for row in shop.rows.values()} == {None}
    shop.bought(LABEL).made(FakePress(lacking=("export_reference",)))
    rows = shop.rows
    assert (rows["label"]["status"], rows["label"]["href"]) == (
        "ready", f"/v1/returns/{shop.case_id}/papers/label?leg=1",
    )  # fmt: skip
    assert (rows["return_invoice"]["status"], rows["return_invoice"]["missing"]) == ("waiting", ["export_reference"])
    assert rows["return_invoice"]["statements"]
    assert (rows["return_invoice"]["sha256"], rows["return_invoice"]["href"]) == (None, None)
    assert len(rows["packing_sheet"]["sha256"]) == 64
    assert rows["packing_sheet"]["made_at"] == "2026-11-22T10:00:00Z"


def test_every_address_in_a_case_can_be_asked_for():
    shop = PaperShop().bought(LABEL).made()
    for row in shop.rows.values():
        assert shop.get(row["href"]).status_code == 303


def test_the_document_says_that_the_link_stands_in_the_head():
    paths = World().client().get("/openapi.json").json_body["paths"]
    found = paths[ROUTE]["get"]["responses"]
    assert found["303"]["headers"]["Location"]["schema"] == {"type": "string", "format": "uri"}
    assert {"401", "403", "404", "409", "422"} <= set(found)
