"""Ways out over HTTP: asked for with what only a person can say, shown whole, called off with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import ConflictError, FieldFault
from chalicelib.workflows.right_to_leave import NoRightToLeave
from tests.api.contract import assert_as_documented
from tests.api.fakes import World, bearer, posted
from tests.workflows.out_desk import PROVEN, OutDesk

PATH = "/v1/returns/c-01/ways-out"


def asked(world: World) -> tuple[str, Any, Any]:
    name, args, named = world.asked[-1]
    return name, args[1:], named


def test_a_way_out_is_planned_as_its_body_says():
    world = World()
    body = {"cause": "refused", "settlement_id": "3", "facts": {"export_reference": "26FR01", "pays": "customer"}}
    told = world.client().post(PATH, headers=posted(), body=json.dumps(body).encode())
    assert told.status_code == 200
    name, (case_id, wish), _ = asked(world)
    assert (name, case_id, wish.cause, wish.settlement_n, wish.by) == ("ask_way_out", "c-01", "refused", 3, "boss@desk")
    assert (wish.facts.export_reference, wish.facts.pays, wish.without_proof) == ("26FR01", "customer", False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "cause"), ({"cause": "gift"}, "cause"), ({"cause": "refused", "settlement_id": "1", "repair": 1}, None),
        ({"cause": "refused", "state": "delivered"}, "state"), ({"cause": "loan", "items": [{}]}, "items.0.sku"),
        ({"cause": "refused", "facts": {"pays": "nobody"}}, "facts.pays"),
        ({"cause": "refused", "facts": {"freight": {"amount": "1,5", "currency": "EUR"}}}, "facts.freight.amount"),
        ({"cause": "refused", "settlement_id": "0"}, "settlement_id"),
    ],
)  # fmt: skip
def test_a_body_that_is_wrong_is_refused_by_field(body, field):
    world = World()
    told = world.client().post(PATH, headers=posted(), body=json.dumps(body).encode())
    assert told.status_code == 422
    assert field is None or field in {one["field"] for one in told.json_body["errors"]}
    assert world.asked == []


def test_one_that_is_on_its_way_is_not_called_off():
    world = World(raises={"end_way_out": ConflictError("this way out is sent: only the carrier can stop it now")})
    told = world.client().post(f"{PATH}/2/call-off", headers=posted(), body=b'{"why": "other"}')
    assert told.status_code == 409


def test_who_asks_is_told_to_the_story_with_their_role_and_whether_they_may_approve():
    world, body = World(), json.dumps({"cause": "replacement", "settlement_id": "1", "instead": True}).encode()
    for token, may in (("writer", False), ("boss", True)):
        world.client().post(PATH, headers=posted(token), body=body)
        _, (_, wish), _ = asked(world)
        assert (wish.instead, wish.may_approve) == (True, may)


def test_what_nothing_lets_go_is_refused_by_field_with_what_to_do_first():
    refused = NoRightToLeave([FieldFault("settlement_id", "settlement_proposed", "have it approved first")])
    world = World(raises={"ask_way_out": refused})
    told = world.client().post(PATH, headers=posted(), body=b'{"cause": "replacement", "settlement_id": "1"}')
    assert (told.status_code, told.json_body["code"]) == (409, "no_right_to_leave")
    assert told.json_body["errors"][0]["detail"] == "have it approved first"


@pytest.mark.parametrize("leg", ["0", "1", "x", "100"])
def test_a_leg_that_no_way_out_has_is_refused_at_the_door(leg):
    told = World().client().post(f"{PATH}/{leg}/call-off", headers=posted(), body=b'{"why": "other"}')
    assert told.status_code in (404, 422)


def test_a_reader_sees_ways_out_and_plans_none():
    world = World()
    assert world.client().get(PATH, headers=bearer("reader")).status_code == 200
    told = world.client().post(PATH, headers=posted("reader"), body=b'{"cause": "refused"}')
    assert told.status_code == 403


def test_what_the_story_says_of_real_ways_out_is_what_the_document_promises():
    from chalicelib.workflows.read_ways_out import ways_out

    desk = OutDesk("fedex").home().settled("refusal")
    desk.ask_out("refused", settlement=1)
    assert_as_documented("GET", "/v1/returns/{case_id}/ways-out", 200, ways_out(desk.ports, "case0001"))
    desk.plan("refused", settlement_n=1, facts=PROVEN)
    desk.world.pump()
    told = ways_out(desk.ports, "case0001")
    assert_as_documented("GET", "/v1/returns/{case_id}/ways-out", 200, told)
    (row,) = told["items"]
    assert (row["tracking_number"], row["border"]["terms"], row["estimate"]["total"]) == (
        desk.leg().number, "DDP", "0.00",
    )  # fmt: skip
    assert {(paper["name"], paper["status"]) for paper in row["papers"]} >= {("label", "ready")}
    assert row["next"][0].startswith("Print label and papers")
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, desk.case)
