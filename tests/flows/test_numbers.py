"""Carrier numbers that nobody has yet, that two parcels share, and that come back after months."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.flows.house import MONDAY, booked, dated, opened

NEXT_NUMBER = "794644790131"  # the first one that the simulated carrier gives


def push(house, *results, asked):
    """One push of several results under the number that was asked for, signed."""
    whole = {"output": {"completeTrackResults": [{"trackingNumber": asked, "trackResults": list(results)}]}}
    body = json.dumps(whole).encode()
    return house.webhook(body, house.fedex.signed(body)).status_code


def result(house, number):
    body, _ = house.fedex.push_body(number)
    return json.loads(body)["output"]["completeTrackResults"][0]["trackResults"][0]


def parked_in(house):
    return [item for item in house.items() if item["SK"].startswith("PARKED#")]


def events(house, number, ship_date=None):
    query = f"?ship_date={ship_date}" if ship_date else ""
    read = house.get(f"/v1/shipments/fedex/{number}{query}")
    assert read.status_code == 200, read.body
    return [event["code"] for event in read.json_body["events"]]


def wrapped(number):
    """What FedEx says of a parcel before anybody has it."""
    scan = {
        "date": "2026-11-23T10:00:00+01:00", "eventType": "OC", "eventDescription": "Shipment information",
        "scanLocation": {"city": "PARIS", "countryCode": "FR"},
    }  # fmt: skip
    info = {"trackingNumber": number, "carrierCode": "FDXE", "trackingNumberUniqueId": ""}
    return {
        "trackingNumber": number,
        "trackResults": [{
            "trackingNumberInfo": info, "scanEvents": [scan],
            "latestStatusDetail": {"code": "OC", "derivedCode": "IN", "statusByLocale": "Label created"},
        }],
    }  # fmt: skip


def test_a_push_that_is_faster_than_our_own_booking_is_kept_and_joined_when_the_leg_has_its_number(house):
    case_id = opened(house)
    number = NEXT_NUMBER
    told = json.dumps({"output": {"completeTrackResults": [wrapped(number)]}}).encode()
    assert house.webhook(told, house.fedex.signed(told)).status_code == 202
    house.deliver("tracking")
    (parked,) = parked_in(house)
    assert parked["due_at"]
    house.webhook(told, house.fedex.signed(told))
    house.deliver("tracking")
    assert parked_in(house) == [parked]

    house.run()
    assert house.case(case_id)["legs"][0]["tracking_number"] == number
    assert events(house, number) == ["OC"]
    assert parked_in(house) == []


def test_a_number_that_no_leg_ever_has_is_told_to_a_person_after_three_days(house):
    told = json.dumps({"output": {"completeTrackResults": [wrapped("794644790999")]}}).encode()
    house.webhook(told, house.fedex.signed(told))
    house.run()
    assert house.get("/v1/shipments/fedex/794644790999").status_code == 404
    for _ in range(13):
        house.later(hours=6)
        house.sweep()
        house.run()
    (row,) = house.get("/v1/exceptions").json_body["items"]
    assert (row["kind"], row["tracking_number"], row["case_id"]) == ("unknown_number", "794644790999", None)
    assert [item["SK"] for item in house.items() if "due_at" in item and item["PK"].startswith("NUM#")] == []


def test_of_two_parcels_in_one_answer_each_goes_to_its_own_and_a_stranger_to_nobody(house):
    case_id, number = booked(house)
    house.later(hours=24)
    house.fedex.scan(number, "PU", "PARIS", "FR", house.now)
    ours = result(house, number)
    theirs = json.loads(json.dumps(ours).replace("~FX", "~OTHER"))
    theirs["trackingNumberInfo"]["trackingNumberUniqueId"] = f"2400000000~{number}~FX"
    for scan in theirs["scanEvents"]:
        scan["date"] = scan["date"].replace("2026-11-2", "2026-01-2")
    theirs["dateAndTimes"] = [{"type": "SHIP", "dateTime": "2026-01-22T00:00:00-06:00"}]
    assert push(house, theirs, ours, asked=number) == 202
    house.run()
    assert events(house, number) == ["OC", "PU"]
    assert house.case(case_id)["stage"] == "in_transit"


def test_a_number_that_comes_back_after_months_is_two_shipments_told_apart_by_their_date(house):
    first, number = booked(house)
    house.later(hours=24)
    house.scan(number, "PU", "PARIS", "FR")
    house.later(hours=40)
    house.scan(number, "DL", "SHENZHEN", "CN")
    house.run()
    assert house.case(first)["stage"] == "arrived"

    del house.fedex.memory.shipments[number]  # the carrier forgot it, and gives it again
    house.now = MONDAY + timedelta(weeks=14)
    house.token = house.new_token("admin")
    second, again = booked(house, **dated(house.now.date()))
    assert again == number
    house.later(hours=24)
    house.scan(number, "PU", "PARIS", "FR")
    house.run()

    both = house.get(f"/v1/shipments/fedex/{number}")
    assert (both.status_code, both.json_body["code"]) == (409, "ambiguous_number")
    assert both.json_body["ship_dates"] == ["2026-11-24", "2027-03-02"]
    assert events(house, number, "2026-11-24")[-1] == "DL"
    assert events(house, number, "2027-03-02")[-1] == "PU"
    assert (house.case(first)["stage"], house.case(second)["stage"]) == ("arrived", "in_transit")
