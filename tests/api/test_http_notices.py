"""The customer's notices over HTTP, against the real stories."""

from __future__ import annotations

import json

import pytest

from chalicelib.api import examples, notices
from chalicelib.notices.facts import MOMENTS
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop, bearer, posted

BASE = "/v1/returns/{case_id}/notices"


@pytest.fixture
def shop() -> Shop:
    opened = Shop()
    assert opened.post("/v1/returns", examples.OpenReturnBody).status_code == 201
    return opened


def patch(shop: Shop, body: object, token: str = "boss"):
    return shop.http.patch("/v1/returns/case0001/notices", headers=posted(token), body=json.dumps(body).encode())


def test_the_routes_know_the_moments_of_the_notices():
    assert notices.MOMENTS == MOMENTS


def test_the_notices_of_a_case_are_answered_as_documented(shop):
    told = shop.get("/v1/returns/case0001/notices")
    assert told.status_code == 200, told.body
    assert_as_documented("GET", BASE, 200, told.json_body)
    assert [row["moment"] for row in told.json_body["items"]] == ["accepted"]


def test_an_opt_out_is_answered_as_documented(shop):
    told = patch(shop, {"opted_out": True})
    assert told.status_code == 200, told.body
    assert_as_documented("PATCH", BASE, 200, told.json_body)
    assert told.json_body["opted_out"] is True


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_preview_is_answered_as_documented(shop, moment):
    told = shop.get(f"/v1/returns/case0001/notices/{moment}?language=zh-Hant")
    assert told.status_code == 200, told.body
    assert_as_documented("GET", f"{BASE}/{{moment}}", 200, told.json_body)
    assert told.json_body["language"].startswith("zh-Hant")


@pytest.mark.parametrize("body", [{}, {"opted_out": "yes"}, {"opted_out": 1}, {"opted_out": True, "why": "x"}])
def test_a_choice_that_cannot_be_read_names_the_field(shop, body):
    told = patch(shop, body)
    assert told.status_code == 422
    assert told.json_body["errors"][0]["field"] in ("opted_out", "why")


def test_a_choice_needs_the_right_to_write(shop):
    assert patch(shop, {"opted_out": True}, "reader").status_code == 403


@pytest.mark.parametrize("path", ["accepted2", "..", "HELD"])
def test_a_moment_that_there_is_not_is_not_found(shop, path):
    assert shop.http.get(f"/v1/returns/case0001/notices/{path}", headers=bearer()).status_code in (403, 404)


@pytest.mark.parametrize("language", ["x", "fr_", "a" * 40, "fr--", "%3Cscript%3E"])
def test_a_language_that_is_no_tag_is_refused(shop, language):
    told = shop.get(f"/v1/returns/case0001/notices/held?language={language}")
    assert told.status_code == 422
