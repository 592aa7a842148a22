"""Stories A, B and C end to end, through the handlers that are deployed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.clock import instant
from tests.api.contract import assert_as_documented
from tests.flows.house import MONDAY, a_return, booked, opened
from tests.flows.journey import HELD_AT, RELEASED_AT, travel


def exceptions_of(case):
    return [(one["kind"], one["status"]) for one in case["exceptions"]]


def test_a_ring_is_opened_booked_followed_held_released_and_arrives(house):
    case_id = opened(house)
    assert house.case(case_id)["stage"] == "approved"
    house.run()
    case = house.case(case_id)
    (leg,) = case["legs"]
    assert case["stage"] == "booked"
    assert {one["kind"]: one["status"] for one in leg["bookings"]} == {"waybill": "done", "pickup": "done"}
    assert (house.fedex.bookings(f"{case['rma']}-1W")[0], house.fedex.bookings(f"{case['rma']}-1P")[1]) == (1, 1)

    seen = []
    for place in travel(house, leg["tracking_number"]):
        case = house.case(case_id)
        tracking = case["legs"][0]["tracking"]
        seen.append((case["stage"], tracking["milestone"], tracking["condition"]))
        if place == HELD_AT:
            assert exceptions_of(case) == [("customs_hold", "open")]
        if place == RELEASED_AT:
            assert exceptions_of(case) == [("customs_hold", "resolved")]
    assert seen[0] == ("in_transit", "picked_up", "ok")
    assert seen[HELD_AT] == seen[HELD_AT + 1] == ("in_transit", "import_customs", "held")
    assert seen[RELEASED_AT] == ("in_transit", "import_cleared", "ok")
    assert seen[-1] == ("arrived", "delivered", "ok")
    assert [entry["what"] for entry in case["log"]] == [
        "opened", "waybill_bought", "pickup_booked", "stage_in_transit", "exception_open", "exception_resolved",
        "stage_arrived",
    ]  # fmt: skip
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, case)
    assert house.wire.calls.count("POST /ship/v1/shipments") == house.wire.calls.count("POST /pickup/v1/pickups") == 1


def test_a_hold_that_nobody_pushed_is_found_by_the_sweep_and_says_what_to_do_and_by_when(house):
    case_id, number = booked(house)
    house.later(hours=24)
    house.scan(number, "PU", "PARIS", "FR")
    house.run()
    house.later(hours=20)
    house.scan(number, "CD", "GUANGZHOU", "CN", push=False, exception_description="Incorrect or missing paperwork")
    assert house.get("/v1/shipments?condition=held").json_body["items"] == []

    for _ in range(18):
        house.later(hours=1)
        house.sweep()
        house.run()

    (hold,) = house.get("/v1/exceptions").json_body["items"]
    (shipment,) = house.get("/v1/shipments?condition=held").json_body["items"]
    assert (shipment["tracking_number"], shipment["case_id"]) == (number, case_id)
    assert (hold["kind"], hold["case_id"], hold["tracking_number"]) == ("customs_hold", case_id, number)
    assert hold["to_do"]
    assert hold["action_by"] == "merchant"
    assert instant(hold["deadline"]) > MONDAY + timedelta(hours=44)
    assert house.case(case_id)["next"] == hold["to_do"]
    assert house.wire.calls.count("POST /track/v1/trackingnumbers") <= 12

    house.scan(number, "CC", "GUANGZHOU", "CN", push=False)
    house.later(hours=3)
    house.sweep()
    house.run()
    assert house.get("/v1/exceptions").json_body["items"] == []
    assert set(exceptions_of(house.case(case_id))) == {("customs_hold", "resolved")}


def test_parcels_that_are_due_together_are_asked_for_together_and_once(house):
    numbers = {booked(house, order=dict(a_return()["order"], number=f"SO-{n}"))[1] for n in range(3)}
    house.later(hours=8)
    first, second = house.sweep(), house.sweep()
    assert (first["claimed"], second["claimed"]) == (3, 0)
    (message,) = house.receive("polls")
    assert all(number in message["Body"] for number in numbers)


def test_the_same_push_again_writes_nothing_and_tells_nobody(house):
    case_id, number = booked(house)
    house.later(hours=24)
    house.scan(number, "PU", "PARIS", "FR")
    house.run()
    before = house.items(), house.case(case_id)
    house.meter.reset()
    for _ in range(3):
        house.webhook(*house.fedex.push_body(number))
    assert house.deliver("tracking") == 3
    assert (house.meter.table_write_units, house.meter.index_write_units) == (0, 0)
    assert [house.waiting(queue) for queue in ("steps", "alerts", "polls")] == [0, 0, 0]
    assert (house.items(), house.case(case_id)) == before


def test_the_same_steps_again_book_nothing_again(house):
    case_id, _ = booked(house)
    for kind in ("waybill", "pickup", "waybill"):
        house.ports.queues.send("steps", [{"kind": kind, "case_id": case_id, "leg": 1}])
    house.run()
    rma = house.case(case_id)["rma"]
    assert (house.fedex.bookings(f"{rma}-1W")[0], house.fedex.bookings(f"{rma}-1P")[1]) == (1, 1)
    assert house.case(case_id)["version"] == 3


def test_a_first_step_that_was_lost_is_found_by_the_sweep(house):
    case_id = opened(house)
    house.delete("steps", house.receive("steps"))
    house.later(minutes=11)
    house.sweep()
    house.run()
    assert house.case(case_id)["stage"] == "booked"
    assert house.wire.calls.count("POST /ship/v1/shipments") == 1


def test_the_same_key_is_answered_the_same_and_with_another_body_is_a_conflict(house):
    first = house.post("/v1/returns", a_return(), **{"Idempotency-Key": "key-1"})
    again = house.post("/v1/returns", a_return(), **{"Idempotency-Key": "key-1"})
    other = house.post("/v1/returns", a_return(reason="size"), **{"Idempotency-Key": "key-1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.body == again.body
    assert house.waiting("steps") == 1
    assert len(house.get("/v1/returns?order=SO-1001").json_body["items"]) == 1
    house.run()
    after = house.post("/v1/returns", a_return(), **{"Idempotency-Key": "key-1"})
    assert after.body == first.body
    assert house.wire.calls.count("POST /ship/v1/shipments") == 1


def test_a_return_that_a_machine_may_not_decide_waits_for_a_person_and_buys_nothing(house):
    dear = a_return()["items"]
    dear[0]["price"]["amount"] = "60000.00"
    answer = house.post("/v1/returns", a_return(items=dear))
    assert (answer.status_code, answer.json_body["stage"]) == (201, "review")
    assert any(step.startswith("decide: ") for step in answer.json_body["next"])
    house.run()
    house.later(hours=6)
    house.sweep()
    house.run()
    assert house.wire.calls == []
    (row,) = house.get("/v1/returns?stage=review").json_body["items"]
    assert row["case_id"] == answer.json_body["case_id"]


def test_a_refused_return_names_every_reason_and_keeps_nothing(house):
    late = a_return()["order"]
    late |= {"sold_on": "2026-08-01", "delivered_on": "2026-08-10"}
    before = house.items()
    refused = house.post("/v1/returns", a_return(order=late))
    assert refused.status_code == 422
    assert refused.json_body["errors"]
    assert_as_documented("POST", "/v1/returns", 422, refused.json_body)
    assert house.items() == before
    assert house.waiting("steps") == 0


def test_nobody_without_a_good_token_learns_or_changes_anything(house):
    case_id = opened(house)
    reader = house.new_token("returns:read")
    path, before = f"/v1/returns/{case_id}", house.items()
    for shown in (None, "Bearer ", "Bearer gt_000000000000_no", f"Bearer {house.token[:-1]}x", house.token):
        headers = {} if shown is None else {"Authorization": shown}
        assert house.client.http.get(path, headers=headers).status_code == 401
    posted = house.client.http.post(
        "/v1/returns", headers={"Authorization": f"Bearer {reader}", "Content-Type": "application/json"}, body=b"{}"
    )
    assert posted.status_code == 403
    house.later(days=31)
    assert house.get(path).status_code == 401
    assert house.items() == before


def test_a_method_that_a_route_does_not_have_is_a_problem_too(house):
    told = house.client.http.delete("/v1/returns", headers={})
    assert (told.status_code, told.json_body["code"]) == (405, "method_not_allowed")


def test_a_step_told_twice_leaves_a_call_that_another_worker_has_in_hand_alone(house):
    case_id = opened(house)
    house.delete("steps", house.receive("steps"))
    planned = house.ports.cases.file(case_id).bookings
    waybill = next(one for one in planned if one.kind == "waybill")
    claimed = replace(waybill, status="claimed", claimed_at=house.now, attempts=1)
    assert house.ports.cases.save_booking(claimed, "planned")
    step = {"kind": "waybill", "case_id": case_id, "leg": 1}

    house.later(seconds=90)
    house.ports.queues.send("steps", [step])
    house.run()
    assert house.wire.calls == []
    assert exceptions_of(house.case(case_id)) == []

    house.later(minutes=10)  # nobody lives so long: it is looked up, not bought again
    house.ports.queues.send("steps", [step])
    house.run()
    assert "POST /ship/v1/shipments" not in house.wire.calls
    assert exceptions_of(house.case(case_id)) == [("waybill_unknown", "open")]


def test_good_news_that_was_pushed_brings_no_poll_nearer_and_a_hold_does(house):
    _, number = booked(house)
    house.later(hours=24)
    polls = []
    for code, city, country in (("PU", "PARIS", "FR"), ("OD", "SHENZHEN", "CN"), ("CD", "GUANGZHOU", "CN")):
        house.later(hours=1)
        house.scan(number, code, city, country)
        house.run()
        polls.append(house.get(f"/v1/shipments/fedex/{number}").json_body["next_poll_at"])
    assert polls[1] >= polls[0]
    assert polls[2] < polls[1]
