"""The work list over HTTP: chosen from, counted, read, and worked on."""

from __future__ import annotations

import pytest

from chalicelib.api import examples
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop, a_shop
from tests.fakes.pieces import NOW, an_exception

PATH = "/v1/exceptions/{exception_id}"


def one_open(shop: Shop, **changed):
    said = {"subject_kind": "carrier", "subject": "dhl", "case_id": None, "kind": "new_code", "carrier": "dhl"}
    exception = an_exception(**said | changed)
    shop.ports.exceptions.open_alone(exception)
    return exception, f"/v1/exceptions/{exception.exception_id}"


def test_the_counts_are_not_taken_for_an_exception():
    shop = a_shop()
    counted = shop.get("/v1/exceptions/counts")
    assert_as_documented("GET", "/v1/exceptions/counts", 200, counted.json_body)
    assert counted.json_body["severity"]["high"] == 1


def test_an_exception_is_read_with_its_history():
    shop = Shop()
    exception, path = one_open(shop)
    told = shop.get(path)
    assert_as_documented("GET", PATH, 200, told.json_body)
    assert [note["action"] for note in told.json_body["history"]] == ["opened"]
    assert shop.get("/v1/exceptions/Y2FzZXx4fHk").status_code == 404
    assert exception.exception_id == told.json_body["exception_id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("carrier=dhl", 1), ("carrier=ems", 0), ("kind=new_code", 1), ("country=FR", 0), ("status=open", 1),
        ("status=waiting", 0), ("assignee=anna%40desk", 0), ("overdue=true", 0), ("overdue=false", 1),
        ("due_before=2026-11-24T10:00:00Z", 1), ("due_before=2026-11-24T09:59:59Z", 0), ("severity=high", 1),
    ],
)  # fmt: skip
def test_the_work_list_is_chosen_from(query, found):
    shop = Shop()
    one_open(shop)
    told = shop.get(f"/v1/exceptions?{query}")
    assert_as_documented("GET", "/v1/exceptions", 200, told.json_body)
    assert len(told.json_body["items"]) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=resolved", "status"), ("due_before=2026-02-31T10:00:00Z", "due_before"),
        ("due_before=soon", "due_before"), ("overdue=maybe", "overdue"), ("status=asleep", "status"),
    ],
)  # fmt: skip
def test_a_choice_that_there_is_not_is_refused_by_name(query, field):
    told = Shop().get(f"/v1/exceptions?{query}")
    assert (told.status_code, told.json_body["errors"][0]["field"]) == (422, field)


def test_of_a_case_that_there_is_not_nothing_is_listed():
    assert Shop().get("/v1/exceptions?case=nobody").status_code == 404


def test_an_exception_is_given_to_somebody_rests_is_taken_up_and_solved():
    shop = Shop()
    _, path = one_open(shop)
    steps = [
        ("assign", {"assignee": "anna@desk"}, "acknowledged"),
        ("snooze", {"until": "2026-11-23T08:00:00Z"}, "snoozed"),
        ("resume", {}, "acknowledged"),
        ("resolve", {"note": "the code is known now"}, "resolved"),
    ]
    for action, body, status in steps:
        told = shop.post(f"{path}/{action}", body)
        assert_as_documented("POST", PATH + "/{action}", 200, told.json_body)
        assert (told.json_body["status"], told.json_body["assignee"]) == (status, "anna@desk")
    told = shop.world.queues.sent["alerts"]
    assert [message["sequence"] for message in told] == [1, 2, 3, 4]
    assert {message["action"] for message in told} == {"tell"}


def test_everything_that_does_not_belong_is_told_at_once():
    shop = Shop()
    _, path = one_open(shop)
    told = shop.post(f"{path}/acknowledge", {"until": "2026-11-23T08:00:00Z", "assignee": "ben", "outcome": "done"})
    assert told.status_code == 422
    assert {fault["field"] for fault in told.json_body["errors"]} == {"until", "assignee", "outcome"}


def test_a_return_may_wait_for_its_customer():
    shop = Shop()
    shop.post("/v1/returns", _a_return_to_decide())
    (row,) = shop.get("/v1/exceptions").json_body["items"]
    told = shop.post(f"/v1/exceptions/{row['exception_id']}/wait", {"note": "asked for a photograph"})
    assert (told.json_body["status"], told.json_body["until"]) == ("waiting", "2026-11-27T10:00:00Z")
    assert told.json_body["deadline"] == "2026-11-28T10:00:00Z"
    assert told.json_body["waited_s"] == 120 * 3600
    assert NOW.isoformat() == "2026-11-22T10:00:00+00:00"
    (shown,) = shop.get(f"/v1/exceptions?case={row['case_id']}&status=waiting").json_body["items"]
    assert shown["exception_id"] == row["exception_id"]


def _a_return_to_decide():
    unproven = {**examples.OpenReturnBody["original_export"], "reference": None, "mode": None}
    return {**examples.OpenReturnBody, "original_export": unproven}
