"""Somebody who guesses ids, and somebody whose token was taken down while it was in use."""

from __future__ import annotations

import json

import pytest

from tests.api.fakes import SCOPES_BY_TOKEN_ID, Shop, bearer
from tests.api.test_http_real_stories import RETURN

KEYLIKE = ["case%231", "..%2F..", "%00", "CASE%23x", "x" * 10_240, "c1%2523LEG", "a b", "%C3%A9", "%ff", "'--"]


def test_a_case_that_is_not_there_and_an_id_that_could_be_none_are_told_in_the_same_words():
    shop = Shop()
    shop.post("/v1/returns", RETURN)
    headers = {**bearer(), "X-Request-Id": "the-same-request"}
    words = set()
    for case_id in ("case9999", "CASE", "PERSON", "x" * 64):
        told = shop.http.get(f"/v1/returns/{case_id}", headers=headers)
        assert told.status_code == 404
        words.add(told.body)
    assert len(words) == 1


@pytest.mark.parametrize("text", KEYLIKE, ids=lambda text: text[:12])
@pytest.mark.parametrize("path", ["/v1/returns/{}", "/v1/shipments/fedex/{}", "/v1/shipments/{}/794612345678"])
def test_an_id_that_tries_to_be_a_key_names_nothing(path, text):
    shop = Shop()
    told = shop.get(path.format(text))
    assert told.status_code == 404
    assert told.headers["Content-Type"] == "application/problem+json"


def test_a_scope_that_was_taken_away_is_gone_with_the_very_next_request():
    shop = Shop()
    case_id = shop.post("/v1/returns", RETURN).json_body["case_id"]
    headers = bearer("reader")
    assert shop.http.get(f"/v1/returns/{case_id}", headers=headers).status_code == 200
    before = SCOPES_BY_TOKEN_ID["reader"]
    try:
        SCOPES_BY_TOKEN_ID["reader"] = ("exceptions:write",)
        refused = shop.http.get(f"/v1/returns/{case_id}", headers=headers)
    finally:
        SCOPES_BY_TOKEN_ID["reader"] = before
    assert refused.status_code == 403


@pytest.mark.parametrize("field", ["stage", "status", "owner", "case_id", "decision", "version", "declared_value"])
def test_a_field_that_is_not_the_callers_to_set_is_refused_by_name(field):
    shop = Shop()
    refused = shop.post("/v1/returns", {**RETURN, field: "approved"})
    assert refused.status_code == 422
    assert field in {fault["field"] for fault in json.loads(refused.body)["errors"]}
