"""MyDHL's questions and answers: the documented shapes, and every trap its recorded payloads hold."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.carriers.dhl.mydhl_track import mydhl_requests
from chalicelib.carriers.registry import carrier_of
from chalicelib.shipments.events import LegFacts, Place
from chalicelib.shipments.fold import fold
from tests.carriers.dhl_pieces import NOW, NUMBER, answer, at_area, codes, event_of, only, read, sample, scan, shipment

HOME = LegFacts("home", "AU", "DE")


# ---- the questions


def test_two_hundred_numbers_go_into_one_question_and_the_next_into_another() -> None:
    numbers = [f"{number:010}" for number in range(201)]
    many, single = mydhl_requests(numbers)
    asked = parse_qs(urlsplit(many.path).query)
    assert (many.method, urlsplit(many.path).path, many.reads_only) == ("GET", "/tracking", True)
    assert asked["shipmentTrackingNumber"] == numbers[:200]
    assert asked["trackingView"] == ["all-checkpoints-with-remarks"]
    assert asked["levelOfDetail"] == ["all"]
    assert "requestGMTOffsetPerEvent" not in asked
    assert urlsplit(single.path).path == f"/shipments/{numbers[200]}/tracking"


def test_a_number_alone_is_asked_with_the_offset_of_each_event() -> None:
    (request,) = mydhl_requests([NUMBER])
    asked = parse_qs(urlsplit(request.path).query)
    assert asked["requestGMTOffsetPerEvent"] == ["true"]
    assert request.headers["x-version"] == "3.1.0"
    assert not {name.lower() for name in request.headers} & {"authorization", "message-reference"}
    assert mydhl_requests([]) == ()


def test_a_number_cannot_break_out_of_its_place() -> None:
    (request,) = mydhl_requests(["1/../2?x=1#"])
    assert urlsplit(request.path).path == "/shipments/1%2F..%2F2%3Fx%3D1%23/tracking"


# ---- the documented answer


def test_the_documented_answer_is_read_with_its_facts() -> None:
    reading = read(sample("dhl_mydhl_documented"))
    (tracking,) = reading.trackings
    assert reading.problems == ()
    assert (tracking.number, tracking.unique_id, tracking.service) == (NUMBER, None, "P")
    assert (tracking.weight_g, tracking.pieces, tracking.ship_date) == (Decimal("250.00"), 2, "2026-11-18")
    assert (tracking.origin_country, tracking.destination_country) == ("FR", "CN")
    held = tracking.events[-1]
    assert (held.code, held.milestone, held.condition, held.reason) == (
        "CD", "import_customs", "held", "customs_documents_missing",
    )  # fmt: skip
    assert (held.at, held.tz_source) == (datetime(2026, 11, 21, 2, 45, tzinfo=UTC), "offset")
    assert (held.place, held.source) == (Place("Hong Kong", "HK"), "mydhl")
    assert carrier_of("mydhl") == "dhl"


def test_what_the_pieces_repeat_becomes_one_event_each() -> None:
    events = only(sample("dhl_mydhl_documented")).events
    assert [event.code for event in events] == ["PU", "DF", "AF", "IC", "CD"]


def test_what_only_a_piece_tells_is_added() -> None:
    pieces = [{"trackingNumber": "JD014600006281230701", "events": [scan(), scan(typeCode="MS", time="11:00:00")]}]
    assert [event.code for event in only(answer(shipment(scan(), pieces=pieces))).events] == ["AF", "MS"]


def test_a_telling_with_an_offset_is_kept_over_the_same_one_without() -> None:
    event = event_of(scan(), pieces=[{"events": [scan(GMTOffset="+01:00")]}])
    assert (event.tz_source, event.at_local) == ("offset", "2026-11-20T09:20:00+01:00")


def test_one_piece_of_two_delivered_is_not_the_shipment_delivered() -> None:
    done, missing = scan(typeCode="OK", time="15:00:00"), scan(typeCode="MS", time="15:00:00")
    said = shipment(scan(), numberOfPieces=2, pieces=[{"events": [done]}, {"events": [missing]}])
    delivered = next(event for event in only(answer(said)).events if event.code == "OK")
    assert (delivered.milestone, delivered.condition) == ("partially_delivered", "action_required")
    said["pieces"][1]["events"] = [done]
    both = next(event for event in only(answer(said)).events if event.code == "OK")
    assert both.milestone == "delivered"


def test_success_is_the_result_of_the_call_and_never_a_state() -> None:
    assert fold(only(answer(shipment(scan(), status="Success"))).events, HOME).milestone == "in_transit"
    reading = read(answer(shipment(status="Success")))
    assert (reading.trackings[0].events, codes(reading)) == ((), ["no_scans"])
    assert codes(read(answer(shipment(scan(), status="Failure")))) == ["not_success"]


@pytest.mark.parametrize(
    ("said", "code", "number", "retryable"),
    [
        ({"instance": "/expressapi/tracking?shipmentTrackingNumber=1",
        "detail": "No Shipments Found for ReferenceID | 1",
          "title": "No Shipment Found", "message": "Not found", "status": "404"}, "404", None, True),
        ({"instance": f"/expressapi/shipments/{NUMBER}/tracking?x=1", "detail": "No data found",
          "title": "Not data found", "message": "Not Found", "status": 404}, "404", NUMBER, True),
        ({"detail": "Missing mandatory parameters: shipperAccountNumber", "title": "Missing parameters",
          "message": "Bad request", "status": "400"}, "400", None, False),
        ({"detail": "998: ShipTimeStamp is not well formatted", "title": "Bad request", "status": "400"},
         "998", None, False),
        ({"title": "Too Many Requests", "detail": "Too many requests", "status": 429}, "429", None, True),
        ({"title": "Unauthorized", "detail": "Invalid credentials", "status": "401"}, "401", None, False),
        ({"title": "Oops", "status": [1]}, "unnamed_fault", None, False),
    ],
)  # fmt: skip
def test_a_problem_body_is_a_problem(said, code, number, retryable) -> None:
    reading = read(said)
    (problem,) = reading.problems
    assert reading.trackings == ()
    assert (problem.code, problem.number, problem.retryable) == (code, number, retryable)
    assert problem.text.isprintable()


# ---- time and order


def test_the_journey_from_sydney_to_freiburg_is_read_in_true_order_whatever_order_it_comes_in() -> None:
    """Recorded: Bahrain 21:21:58 comes before Leipzig 20:26:04 of the same day, for Bahrain is an hour ahead."""
    events = only(sample("dhl_mydhl_journey")).events
    departed = next(event for event in events if event.code == "DF" and event.place.country == "BH")
    answered = next(event for event in events if event.code == "RR")
    assert departed.at_local > answered.at_local
    assert departed.at < answered.at
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.tz_source for event in events} == {"place"}


def test_the_state_of_that_journey_is_the_same_for_any_order_and_no_hold_of_customs() -> None:
    events = list(only(sample("dhl_mydhl_journey")).events)
    state = fold(events, HOME)
    assert (state.milestone, state.condition, state.attempts) == ("delivered", "ok", 1)
    assert [(one.ground, one.reason) for one in state.episodes] == [("road", "on_hold"), ("road", "recipient_absent")]
    chance = random.Random(7)
    for _ in range(20):
        chance.shuffle(events)
        assert fold(events, HOME) == state


def test_a_hold_after_the_clearance_is_on_the_road_until_the_parcel_moves() -> None:
    events = only(sample("dhl_mydhl_journey")).events
    held = fold(events[: [event.code for event in events].index("OH") + 1], HOME)
    assert (held.condition, held.reason, held.trouble.ground) == ("held", "on_hold", "road")
    moved = fold(events[: [event.code for event in events].index("OH") + 2], HOME)
    assert moved.condition == "ok"


def test_the_list_may_come_newest_first_or_sorted_by_wall_clock() -> None:
    said = sample("dhl_mydhl_journey")
    whole = only(said).events
    told = said["shipments"][0]["events"]
    for order in (told[::-1], sorted(told, key=lambda one: (one["date"], one["time"]))):
        said["shipments"][0]["events"] = order
        assert set(only(said).events) == set(whole)


@pytest.mark.parametrize(
    ("fields", "expected", "tz_source"),
    [
        ({"GMTOffset": "+09:00"}, "2026-11-20T00:20:00", "offset"),
        (at_area("LEJ", "Leipzig-DE"), "2026-11-20T08:20:00", "place"),
        (at_area("BAH", "Bahrain-BH"), "2026-11-20T06:20:00", "place"),
        (at_area("HKG", ""), "2026-11-20T01:20:00", "place"),
        (at_area("LAX", "Los Angeles-US"), "2026-11-20T17:20:00", "place"),
        (at_area("LAP", "La Paz-MX"), "2026-11-20T16:20:00", "place"),
        (at_area("LPB", "La Paz-BO"), "2026-11-20T13:20:00", "place"),
        (at_area("LAP", "La Paz-BO"), "2026-11-20T13:20:00", "place"),
        (at_area("ZZX", "Somewhere-FR"), "2026-11-20T08:20:00", "place"),
        (at_area("ZZX", "Somewhere-US"), "2026-11-20T14:20:00", "assumed"),
        (at_area("ZZX", "Somewhere"), "2026-11-20T09:20:00", "assumed"),
        ({"serviceArea": []}, "2026-11-20T09:20:00", "assumed"),
        ({"serviceArea": None, "GMTOffset": None}, "2026-11-20T09:20:00", "assumed"),
    ],
)
def test_an_event_is_placed_in_time_by_offset_else_area_else_country_else_assumed(fields, expected, tz_source) -> None:
    event = event_of(scan(**fields))
    assert event.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert event.tz_source == tz_source


def test_an_offset_that_is_none_costs_only_itself() -> None:
    reading = read(answer(shipment(scan(GMTOffset="soon"))))
    assert reading.trackings[0].events[0].at == datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
    assert codes(reading) == ["event_part_unreadable"]


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-11-20", "24:00:00"), ("2026-11-20", "09:20:60"), ("2026-02-29", "09:20:00"), ("0001-01-01", "00:00:00"),
        ("1970-01-01", "00:00:00"), ("20.11.2026", "09:20"), ("2026-11-20T09:20:00", "09:20:00"),
        ("２０２６-11-20", "09:20:00"),
    ],
)  # fmt: skip
def test_a_time_that_no_clock_shows_is_a_problem_and_costs_no_neighbour(date, time) -> None:
    reading = read(answer(shipment(scan(date=date, time=time), scan(typeCode="PU"))))
    assert [event.code for event in reading.trackings[0].events] == ["PU"]
    assert codes(reading) == ["event_time_unreadable"]


def test_a_leap_day_is_a_day() -> None:
    assert event_of(scan(date="2024-02-29")).at == datetime(2024, 2, 29, 8, 20, tzinfo=UTC)


def test_a_scan_more_than_a_day_ahead_is_kept_aside() -> None:
    reading = read(answer(shipment(scan(typeCode="OK", date="2026-11-24"), scan())))
    ahead = reading.trackings[0].events[0]
    assert (ahead.code, ahead.milestone, ahead.reason) == ("OK", None, "from_future")
    assert codes(reading) == ["event_from_future"]


def test_the_promise_is_on_the_clock_of_the_destination_and_a_day_lasts_until_its_end() -> None:
    receiver = {"postalAddress": {"countryCode": "CN"}, "serviceArea": [{"code": "SZX", "description": "Shenzhen-CN"}]}
    for sent, promised in (
        ("2026-11-25T18:00:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25", datetime(2026, 11, 25, 16, tzinfo=UTC)),
    ):
        said = shipment(scan(), receiverDetails=receiver, estimatedDeliveryDate=sent)
        assert only(answer(said)).eta == promised
    reading = read(answer(shipment(scan(), estimatedDeliveryDate="soon")))
    assert (reading.trackings[0].eta, codes(reading)) == (None, ["part_unreadable"])


@pytest.mark.parametrize(
    ("weight", "unit", "grams"),
    [
        (0.58, "metric", "580.00"), (10, "metric", "10000"), (1.1, "imperial", "498.951607"), ("0.25",
        "METRIC", "250.00"),
        (0, "metric", None), (None, "metric", None),
    ],
)  # fmt: skip
def test_weight_is_read_by_its_unit_and_nothing_is_never_zero(weight, unit, grams) -> None:
    found = only(answer(shipment(scan(), totalWeight=weight, unitOfMeasurements=unit))).weight_g
    assert found == (Decimal(grams) if grams else None)


@pytest.mark.parametrize(("weight", "unit"), [("NaN", "metric"), (-1, "metric"), ("heavy", "metric"), (1, "stone")])
def test_a_weight_that_is_none_is_a_problem(weight, unit) -> None:
    reading = read(answer(shipment(scan(), totalWeight=weight, unitOfMeasurements=unit)))
    assert (reading.trackings[0].weight_g, codes(reading)) == (None, ["part_unreadable"])


# ---- identity and privacy


def test_the_same_scan_with_more_data_is_the_same_event() -> None:
    richer = scan(
        GMTOffset="+01:00", remarks=[{"value": "More", "details": "x"}], description="Other words", signedBy=""
    )
    assert event_of(scan()).id == event_of(richer).id
    assert event_of(scan()).id == event_of(scan(**at_area(" lej ", "LEIPZIG - DE"))).id


@pytest.mark.parametrize(
    "other", [{"typeCode": "PL"}, {"time": "09:21:00"}, {"date": "2026-11-19"}, at_area("BER", "Berlin-DE")]
)
def test_another_code_time_or_place_is_another_event(other) -> None:
    assert event_of(scan()).id != event_of(scan(**other)).id


def test_no_name_survives_in_event_text() -> None:
    names = {"signedBy": "ALIX EXEMPLE"}
    one = scan(typeCode="OK", description="Delivered - Signed for by: ALIX EXEMPLE", **names)
    two = scan(typeCode="NH", time="08:00:00", description="Left a card for Camille Martin", **names)
    three = scan(
        typeCode="AD", time="07:00:00", remarks=[{"value": "Asked for by Alix Exemple", "details": "Call Alix"}]
    )
    side = {"name": "Camille Martin", "serviceArea": []}
    events = only(answer(shipment(one, two, three, shipperDetails=side))).events
    texts = " ".join(event.text for event in events).lower()
    assert "exemple" not in texts
    assert "camille" not in texts
    assert "delivered" in texts


def test_blank_names_are_no_names() -> None:
    for blank in ("", None, " "):
        side = {"name": blank}
        assert event_of(scan(signedBy=blank), receiverDetails=side).text.startswith("Arrived at DHL Sort Facility")


def test_text_is_one_printable_line_and_advice_is_left_out() -> None:
    said = scan(description="Held\x00 at\n\tDHL " + "x" * 500, remarks=[{"value": "Why", "details": "visit https://x"}])
    text = event_of(said).text
    assert text.isprintable()
    assert len(text) <= 200
    assert "https" not in text


def test_a_flood_of_scans_is_read_up_to_a_cap_and_says_so() -> None:
    clocks = itertools.islice(
        (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=n) for n in itertools.count()), 1_500
    )
    flood = [scan(date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M:%S}") for at in clocks]
    reading = read(answer(shipment(*flood)))
    assert len(reading.trackings[0].events) == 1_000
    assert codes(reading) == ["too_many_scans"]


def test_reading_repeats_itself() -> None:
    assert read(sample("dhl_mydhl_documented")) == read(sample("dhl_mydhl_documented"), now=NOW)
