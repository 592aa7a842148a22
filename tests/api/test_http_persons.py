"""A customer's own values over HTTP, with the real stories over memory."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api import examples
from chalicelib.workflows.print_papers import take_paper_work
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, posted
from tests.fakes.presses import PRESS

ERASE = "/v1/returns/{case_id}/erase"


@pytest.fixture
def shop() -> Any:
    shop = Shop()
    shop.case_id = shop.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]  # type: ignore[attr-defined]
    return shop


def test_who_wants_to_be_forgotten_is_told_what_holds_it_up_and_what_stays(shop: Any) -> None:
    told = shop.post(f"/v1/returns/{shop.case_id}/erase", {})
    assert_as_documented("POST", ERASE, told.status_code, told.json_body)
    assert (told.status_code, told.json_body["held_by"]) == (202, ["case_open"])
    read = shop.get(f"/v1/returns/{shop.case_id}/erase")
    assert_as_documented("GET", ERASE, read.status_code, read.json_body)
    assert read.json_body == told.json_body
    assert {"papers", "evidence"} <= {one["what"] for one in told.json_body["kept"]}


def test_a_legal_hold_is_laid_with_a_reason_and_lifted(shop: Any) -> None:
    path = f"/v1/returns/{shop.case_id}/legal-hold"
    assert shop.post(path, {"on": True}).status_code == 422
    laid = shop.post(path, examples.LegalHoldBody)
    assert_as_documented("POST", "/v1/returns/{case_id}/legal-hold", laid.status_code, laid.json_body)
    assert laid.json_body["legal_hold"]["reason"] == "PROC-2026-118"
    assert shop.post(path, {"on": False}).json_body["legal_hold"] is None


@pytest.mark.parametrize("path", ["erase", "legal-hold"])
def test_only_an_admin_may_forget_or_hold(shop: Any, path: str) -> None:
    body = b"{}" if path == "erase" else b'{"on":false}'
    told = shop.http.post(f"/v1/returns/{shop.case_id}/{path}", headers=posted("writer"), body=body)
    assert told.status_code == 403


def test_an_export_is_ordered_made_and_read_by_a_link(shop: Any) -> None:
    ordered = shop.post("/v1/persons/exports", examples.ExportPersonBody)
    assert_as_documented("POST", "/v1/persons/exports", ordered.status_code, ordered.json_body)
    href = ordered.json_body["href"]
    assert shop.get(href).status_code == 409
    shop.world.queues.deliver(
        "papers",
        lambda message: message.get("kind") == "person_export" and take_paper_work(shop.ports, PRESS, message, NOW),
    )
    read = shop.get(href)
    assert_as_documented("GET", "/v1/persons/exports/{export_id}", read.status_code, read.json_body)
    assert read.status_code == 303
    assert ordered.json_body["export_id"] in read.headers["Location"]


def test_of_a_stranger_there_is_nothing_to_export(shop: Any) -> None:
    assert shop.post("/v1/persons/exports", {"email": "nobody@example.com"}).status_code == 404
    assert shop.post("/v1/persons/exports", {"email": "no address"}).status_code == 422
