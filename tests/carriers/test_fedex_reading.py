"""FedEx answers and pushes: the documented shapes, and every trap its recorded payloads hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.carriers.contract import UnknownSource
from chalicelib.carriers.registry import CARRIERS, carrier, read_tracking
from chalicelib.errors import CarrierUnreadable, NotFoundError
from chalicelib.shipments.events import LegFacts, Place
from chalicelib.shipments.fold import fold
from tests.carriers.fedex_pieces import NOW, NUMBER, answer, event_of, read, result, sample, scan


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


def only(said, source: str = "fedex"):
    (tracking,) = read(said, source).trackings
    return tracking


def test_the_documented_answer_is_read_with_its_facts() -> None:
    reading = read(sample("fedex_track_documented"))
    (tracking,) = reading.trackings
    assert (tracking.number, tracking.unique_id) == (NUMBER, f"2461364000~{NUMBER}~FX")
    assert (tracking.service, tracking.weight_g, tracking.pieces) == ("INTERNATIONAL_PRIORITY", Decimal("500.0"), 1)
    assert (tracking.origin_country, tracking.destination_country) == ("FR", "CN")
    assert tracking.ship_date == "2026-11-19"
    assert tracking.eta == datetime(2026, 11, 24, 10, tzinfo=UTC)
    held, picked_up = tracking.events
    assert (held.milestone, held.condition, held.reason) == ("import_customs", "held", "customs_documents_missing")
    assert held.at == datetime(2026, 11, 20, 3, 5, tzinfo=UTC)
    assert held.at_local == "2026-11-20T11:05:00+08:00"
    assert held.place == Place("GUANGZHOU", "CN")
    assert (picked_up.code, picked_up.milestone, picked_up.condition) == ("PU", "picked_up", "ok")


def test_a_number_not_found_inside_a_200_is_a_problem_that_may_be_asked_again() -> None:
    problems = read(sample("fedex_track_documented")).problems
    not_found = next(problem for problem in problems if problem.code == "TRACKING.TRACKINGNUMBER.NOTFOUND")
    assert (not_found.number, not_found.retryable) == ("794644790149", True)


def test_a_result_with_an_error_and_data_gives_both() -> None:
    reading = read(answer(result(scan(), error={"code": "TRACKING.TRACKINGNUMBER.EMPTY", "message": "Please"})))
    assert len(reading.trackings[0].events) == 1
    assert codes(reading.problems) == ["TRACKING.TRACKINGNUMBER.EMPTY"]
    assert not reading.problems[0].retryable


@pytest.mark.parametrize(
    "alerts",
    [
        "TRACKING.DATA.NOTFOUND -  Tracking data unavailable",
        [{"code": "TRACKING.DATA.NOTFOUND", "alertType": "WARNING", "message": "Tracking data unavailable"}],
    ],
)
def test_alerts_come_as_one_string_or_as_a_list(alerts) -> None:
    said = answer(result(scan()))
    said["output"]["alerts"] = alerts
    (problem,) = read(said).problems
    assert (problem.code, problem.text) == ("TRACKING.DATA.NOTFOUND", "Tracking data unavailable")


def test_a_note_is_no_problem() -> None:
    said = answer(result(scan()))
    said["output"]["alerts"] = [{"code": "VIRTUAL.RESPONSE", "alertType": "NOTE", "message": "virtual"}]
    assert read(said).problems == ()


def test_two_shipments_that_share_a_number_are_told_apart() -> None:
    late = result(scan(), trackingNumberInfo={"trackingNumber": NUMBER, "trackingNumberUniqueId": "2460425000~1~FX"})
    done = result(scan(eventType="DL"), dateAndTimes=[{"type": "SHIP", "dateTime": "2026-11-19T00:00:00-06:00"}])
    found = read(answer(late, done)).trackings
    assert [(one.unique_id, one.ship_date) for one in found] == [
        ("2460425000~1~FX", "2024-04-24"),
        (f"2461364000~{NUMBER}~FX", "2026-11-19"),
    ]


def test_the_ship_date_is_the_day_as_sent_whatever_its_false_offset() -> None:
    dated = [{"type": "SHIP", "dateTime": "2026-11-19T00:00:00-06:00"}]
    assert only(answer(result(scan(), dateAndTimes=dated))).ship_date == "2026-11-19"
    picked = [{"type": "ACTUAL_PICKUP", "dateTime": "2026-11-18T16:14:00+01:00"}]
    assert only(answer(result(scan(), dateAndTimes=picked))).ship_date == "2026-11-18"


@pytest.mark.parametrize(
    "unique_id", ["", "245822~123456789012~FDEG", "9999999999~1~FX", "x", None, "２４６０４２５０００~1~FX"]
)
def test_a_unique_id_without_a_day_gives_no_ship_date(unique_id) -> None:
    info = {"trackingNumber": NUMBER, "trackingNumberUniqueId": unique_id}
    assert only(answer(result(scan(), trackingNumberInfo=info))).ship_date is None


def test_a_number_that_is_not_the_one_asked_for_is_noted_and_the_one_asked_for_is_kept() -> None:
    reading = read(answer(result(scan()), number="123456789012"))
    assert reading.trackings[0].number == "123456789012"
    assert codes(reading.problems) == ["number_differs"]


def test_a_push_is_read_like_an_answer_and_gives_the_same_events() -> None:
    said = {**answer(result(scan())), "outputMetaData": ["2026-11-22T03:00:00Z", 1]}
    polled, pushed = only(answer(result(scan()))), only(said, "fedex_push")
    assert [event.id for event in polled.events] == [event.id for event in pushed.events]
    assert (polled.events[0].source, pushed.events[0].source) == ("fedex", "fedex_push")


def test_a_flat_push_is_read_too() -> None:
    pushed = only({"trackResults": [result(scan())]}, "fedex_push")
    assert pushed.events[0].id == only(answer(result(scan()))).events[0].id


@pytest.mark.parametrize("source", ["pigeon", "", "fedex_", "FEDEX", "fedex_push "])
def test_a_source_that_is_not_registered_is_unknown(source) -> None:
    with pytest.raises(UnknownSource) as unknown:
        read_tracking(source, b"{}", NOW)
    assert isinstance(unknown.value, NotFoundError)


def test_only_what_works_is_registered() -> None:
    assert CARRIERS["fedex"] is carrier("fedex")
    with pytest.raises(UnknownSource):
        carrier("pigeon")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"x"', b"7", b"{}", b'{"output":null}', b'{"output":{}}', b'{"output":[]}',
        b"<html>502 Bad Gateway</html>", b'{"output":{"completeTrackResults":[', b"{}{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["fedex", "fedex_push"])
def test_a_body_that_is_no_tracking_answer_is_unreadable(source, body) -> None:
    with pytest.raises(CarrierUnreadable):
        read_tracking(source, body, NOW)


@pytest.mark.parametrize(
    "said",
    [
        {"output": {"completeTrackResults": []}},
        {"output": {"completeTrackResults": None}},
        {"output": {"completeTrackResults": 7}},
        {"output": {"completeTrackResults": [None]}},
        {"output": {"completeTrackResults": [{}]}},
        {"output": {"completeTrackResults": [{"trackingNumber": NUMBER, "trackResults": []}]}},
        {"output": {"completeTrackResults": [{"trackingNumber": NUMBER, "trackResults": [None]}]}},
        {"output": {"completeTrackResults": [{"trackResults": [{}]}]}},
        {"trackResults": []},
        {"trackResults": {}},
        {"errors": [{"code": "INTERNAL.SERVER.ERROR", "message": "We encountered an unexpected error"}]},
    ],
)
def test_an_answer_with_nothing_in_it_is_a_problem_and_never_success_with_nothing(said) -> None:
    reading = read(said)
    assert reading.trackings == ()
    assert reading.problems


def test_a_result_without_scans_says_so() -> None:
    reading = read(answer(result(latestStatusDetail={"code": "IN"})))
    assert codes(reading.problems) == ["no_scans"]
    assert reading.problems[0].retryable
    assert codes(read(answer(result())).problems) == ["no_tracking_data"]


# ---- what a scan means


@pytest.mark.parametrize(
    ("code", "milestone", "condition"),
    [
        ("OC", "announced", "ok"), ("EP", "pickup_booked", "ok"), ("PU", "picked_up", "ok"), ("DO", "picked_up", "ok"),
        ("AR", "in_transit", "ok"), ("Ow", "in_transit", "ok"), ("CP", "import_customs", "ok"),
        ("CC", "import_cleared", "ok"), ("CD", "import_customs", "held"), ("OD", "out_for_delivery", "ok"),
        ("AD", "out_for_delivery", "ok"), ("DL", "delivered", "ok"), ("HL", "ready_for_collection", "ok"),
        ("DE", "delivery_attempted", "delayed"), ("SE", None, "delayed"), ("DY", None, "delayed"),
        ("PD", None, "delayed"), ("RS", "returning", "action_required"), ("CA", "cancelled", "ok"),
        ("AE", None, None), ("US", None, None), ("RR", None, None), ("RD", None, None), ("SP", None, None),
    ],
)  # fmt: skip
def test_fedex_letters_mean_what_fedex_says(code, milestone, condition) -> None:
    event = event_of(scan(eventType=code, eventDescription=""))
    assert (event.code, event.milestone, event.condition) == (code, milestone, condition)


def test_an_unknown_code_is_kept_raw_and_is_never_in_transit() -> None:
    event = event_of(scan(eventType="Q9", eventDescription="Something new", exceptionCode="55"))
    assert (event.code, event.exception_code, event.milestone) == ("Q9", "55", "unrecognised")
    assert (event.condition, event.reason, event.text) == (None, None, "Something new")


def test_the_coarse_derived_code_never_outranks_the_scan() -> None:
    for code, milestone in (("OD", "out_for_delivery"), ("HP", "ready_for_collection"), ("DL", "delivered")):
        assert event_of(scan(eventType=code, derivedStatusCode="IT")).milestone == milestone
    assert event_of(scan(eventType="OC", derivedStatusCode="IN")).milestone == "announced"


def test_export_approved_and_en_route_to_airport_share_a_code() -> None:
    assert event_of(scan(eventType="EA", eventDescription="US export approved")).milestone == "export_cleared"
    assert event_of(scan(eventType="EA", eventDescription="Enroute to airport")).milestone == "in_transit"


def test_a_customs_scan_that_names_its_direction_keeps_it() -> None:
    said = {"eventType": "CC", "eventDescription": "International shipment release - Export"}
    assert event_of(scan(**said)).milestone == "export_cleared"
    assert event_of(scan(eventType="CD", eventDescription="Clearance delay - Export")).milestone == "export_customs"
    assert event_of(scan(eventType="CD", eventDescription="Clearance delay - Import")).milestone == "import_customs"


def test_code_and_exception_code_are_read_together() -> None:
    said = {"exceptionCode": "A25", "exceptionDescription": "Package available for clearance"}
    event = event_of(scan(eventType="PU", eventDescription="Picked Up", **said))
    assert (event.milestone, event.condition, event.reason) == ("import_customs", None, "customs_submitted")


@pytest.mark.parametrize("code", ["8", "08", "008", "0008"])
def test_exception_codes_are_compared_without_leading_zeros(code) -> None:
    event = event_of(scan(eventType="DE", exceptionCode=code))
    assert (event.reason, event.exception_code) == ("recipient_absent", code)
    assert event.id == event_of(scan(eventType="DE", exceptionCode="08")).id


def test_a_local_restriction_is_no_attempt() -> None:
    event = event_of(scan(eventType="DE", exceptionCode="083"))
    assert (event.milestone, event.condition, event.reason) == (None, "delayed", "local_restriction")


@pytest.mark.parametrize(
    ("words", "reason", "action_by"),
    [
        ("Commercial invoice missing", "customs_documents_missing", "merchant"),
        ("Duties and taxes are due", "customs_duty_due", "consignee"),
        ("Importer tax ID required", "customs_importer_id_missing", "consignee"),
        ("Held for regulatory agency inspection", "customs_inspection", "customs"),
        ("Import permit required", "customs_permit_required", "merchant"),
    ],
)
def test_a_clearance_delay_is_explained_by_fedex_words(words, reason, action_by) -> None:
    event = event_of(scan(eventType="CD", eventDescription="Clearance delay", exceptionDescription=words))
    assert (event.condition, event.reason, event.action_by) == ("held", reason, action_by)


def test_a_clearance_delay_without_a_reason_is_held_and_its_reason_unknown() -> None:
    event = event_of(scan(eventType="CD", eventDescription="Clearance delay"))
    assert (event.milestone, event.condition, event.reason) == ("import_customs", "held", None)
    assert (event.responsible, event.action_by) == ("customs", "merchant")


def test_delivered_damaged_and_partly_delivered_are_not_plain_delivered() -> None:
    damaged = event_of(scan(eventType="DL", eventDescription="Delivered", exceptionDescription="Package damaged"))
    assert (damaged.milestone, damaged.condition, damaged.reason) == ("delivered", "action_required", "damaged")
    partly = event_of(scan(eventType="DL", eventDescription="Partial delivery"))
    assert (partly.milestone, partly.condition) == ("partially_delivered", "action_required")


def test_an_exception_number_on_a_delivery_is_not_read_as_an_exception() -> None:
    event = event_of(scan(eventType="DL", exceptionCode="015", eventDescription="Delivered"))
    assert (event.milestone, event.condition, event.reason) == ("delivered", "ok", None)


def test_ready_for_collection_with_only_a_description_is_read() -> None:
    event = event_of(scan(eventType="HP", exceptionCode="", exceptionDescription="Package available at FedEx location"))
    assert (event.milestone, event.exception_code) == ("ready_for_collection", None)
    assert "available at FedEx location" in event.text


def test_running_late_comes_as_a_derived_code_with_a_delay_without_a_type() -> None:
    latest = {"code": "FD", "derivedCode": "RL", "delayDetail": {"status": "DELAYED"}}
    event = event_of(scan(eventType="FD"), latestStatusDetail=latest)
    assert (event.milestone, event.condition, event.reason) == ("in_transit", "delayed", "carrier_delay")


def test_a_delay_for_weather_blames_the_weather_and_on_time_is_no_delay() -> None:
    delayed = event_of(scan(delayDetail={"type": "WEATHER", "subType": "SNOW", "status": "DELAYED"}))
    assert (delayed.condition, delayed.reason, delayed.responsible) == ("delayed", "weather", "weather")
    assert event_of(scan(delayDetail={"type": "WEATHER", "status": "ON_TIME"})).condition == "ok"


def test_a_delay_does_not_cover_a_hold_nor_a_delivery() -> None:
    delay = {"type": "GENERAL", "status": "DELAYED"}
    assert event_of(scan(eventType="CD", delayDetail=delay)).condition == "held"
    assert event_of(scan(eventType="DL", delayDetail=delay)).condition == "ok"


def test_the_headline_delays_only_the_newest_scan_of_its_code() -> None:
    old, new = scan(eventType="IT", date="2026-11-19T09:00:00+08:00"), scan(eventType="IT")
    latest = {"code": "IT", "delayDetail": {"type": "OPERATIONAL", "status": "DELAYED"}}
    events = only(answer(result(new, old, latestStatusDetail=latest))).events
    assert [event.condition for event in events] == ["delayed", "ok"]


# ---- what only the headline says


def test_a_delivery_that_only_the_headline_tells_is_an_event_where_its_time_is_given() -> None:
    latest = {"code": "DL", "description": "Delivered", "scanLocation": {"city": "SHENZHEN", "countryCode": "CN"}}
    dates = [{"type": "ACTUAL_DELIVERY", "dateTime": "2026-11-22T10:04:00+08:00"}]
    events = only(answer(result(scan(), latestStatusDetail=latest, dateAndTimes=dates))).events
    assert [event.code for event in events] == ["AR", "DL"]
    told = scan(
        eventType="DL", date="2026-11-22T10:04:00+08:00", scanLocation={"city": "Shenzhen", "countryCode": "CN"}
    )
    assert events[1].id == event_of(told).id


def test_a_headline_that_a_scan_tells_already_adds_no_event() -> None:
    latest = {"code": "AR", "description": "Arrived"}
    assert len(only(answer(result(scan(), latestStatusDetail=latest))).events) == 1


def test_a_headline_without_a_time_adds_nothing_and_loses_nothing() -> None:
    reading = read(answer(result(scan(), latestStatusDetail={"code": "CD", "description": "Clearance delay"})))
    assert (len(reading.trackings[0].events), reading.problems) == (1, ())


def test_the_headline_explains_the_newest_scan_without_changing_which_scan_it_is() -> None:
    held = scan(eventType="CD", eventDescription="Clearance delay")
    latest = {"code": "CD", "ancillaryDetails": [{"reason": "050", "reasonDescription": "Improper paperwork"}]}
    explained = event_of(held, latestStatusDetail=latest)
    assert explained.reason == "customs_documents_missing"
    assert explained.id == event_of(held).id


# ---- time


@pytest.mark.parametrize(
    ("sent", "place", "expected", "tz_source"),
    [
        ("2026-11-20T09:20:00+08:00", {"countryCode": "CN"}, "2026-11-20T01:20:00", "offset"),
        ("2026-11-20T09:20:00Z", {"countryCode": "CN"}, "2026-11-20T09:20:00", "offset"),
        ("2026-11-20T09:20:00", {"countryCode": "CN"}, "2026-11-20T01:20:00", "place"),
        ("2024-08-15T00:00:00", {"countryCode": "US", "stateOrProvinceCode": "MN"}, "2024-08-15T05:00:00", "place"),
        ("2024-08-15T00:00:00", {"countryCode": "US"}, "2024-08-15T04:00:00", "assumed"),
        ("2024-08-15T00:00:00", {"countryCode": "CA", "stateOrProvinceCode": "BC"}, "2024-08-15T07:00:00", "place"),
        ("2024-01-15T00:00:00", {"countryCode": "AU", "stateOrProvinceCode": "QLD"}, "2024-01-14T14:00:00", "place"),
        ("2024-08-15T00:00:00", {}, "2024-08-15T00:00:00", "assumed"),
        ("2024-08-15T00:00:00", {"countryCode": "QQ"}, "2024-08-15T00:00:00", "assumed"),
        ("2024-02-29T12:00:00+01:00", {"countryCode": "FR"}, "2024-02-29T11:00:00", "offset"),
        ("2024-07-01T12:00:00.123+02:00", {"countryCode": "FR"}, "2024-07-01T10:00:00.123000", "offset"),
    ],
)
def test_a_scan_is_placed_in_time_by_offset_else_place_else_assumed(sent, place, expected, tz_source) -> None:
    event = event_of(scan(date=sent, scanLocation=place))
    assert event.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert (event.at_local, event.tz_source) == (sent, tz_source)


@pytest.mark.parametrize(
    "sent",
    [
        "2026-11-20T24:00:00+08:00", "2026-11-20T09:20:60+08:00", "2026-02-29T09:20:00", "2026-11-20T09:20:00+25:00",
        "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z",
        "", "zz", "20.11.2026 09:20", "2026-11-20T09:20:00+08:00x", "２０２６-11-20T09:20:00", "nan", "1e9",
    ],
)  # fmt: skip
def test_a_time_that_no_clock_shows_is_a_problem_and_costs_no_neighbour(sent) -> None:
    reading = read(answer(result(scan(date=sent), scan(eventType="PU"))))
    assert [event.code for event in reading.trackings[0].events] == ["PU"]
    assert codes(reading.problems) == ["event_time_unreadable"]


def test_the_last_instant_of_the_calendar_is_from_the_future_and_no_overflow() -> None:
    reading = read(answer(result(scan(date="9999-12-31T23:59:59"))))
    assert codes(reading.problems) in (["event_from_future"], ["event_time_unreadable"])


def test_a_scan_more_than_a_day_ahead_is_kept_aside() -> None:
    ahead = (NOW + timedelta(hours=25)).isoformat()
    reading = read(answer(result(scan(eventType="DL", date=ahead), scan())))
    told = reading.trackings[0].events[0]
    assert (told.code, told.milestone, told.condition, told.reason) == ("DL", None, None, "from_future")
    assert codes(reading.problems) == ["event_from_future"]
    soon = (NOW + timedelta(hours=23)).isoformat()
    assert event_of(scan(eventType="DL", date=soon)).milestone == "delivered"


def test_a_pickup_scan_in_the_midst_of_the_journey_takes_nothing_back() -> None:
    """Recorded: PU after OD and DE, when a courier brings the parcel back for another attempt."""
    out = scan(eventType="OD", date="2026-11-20T08:00:00+08:00")
    wrong = scan(eventType="DE", exceptionCode="03", date="2026-11-20T11:00:00+08:00")
    again = scan(eventType="PU", date="2026-11-20T18:00:00+08:00")
    state = fold(only(answer(result(out, wrong, again))).events, LegFacts("home", "FR", "CN"))
    assert (state.milestone, state.condition) == ("delivery_attempted", "action_required")


def test_a_leap_day_is_a_day() -> None:
    assert event_of(scan(date="2024-02-29T09:20:00+08:00")).at == datetime(2024, 2, 29, 1, 20, tzinfo=UTC)


def test_a_naive_pickup_before_its_order_stays_as_sent_amid_offsets() -> None:
    ordered = scan(eventType="OC", date="2024-08-15T10:36:00-05:00", scanLocation={"countryCode": "US"})
    picked = scan(
        eventType="PU", date="2024-08-15T00:00:00", scanLocation={"countryCode": "US", "stateOrProvinceCode": "MN"}
    )
    events = only(answer(result(ordered, picked))).events
    assert [(event.code, event.tz_source) for event in events] == [("OC", "offset"), ("PU", "place")]
    assert events[1].at < events[0].at


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (
            {"begins": "2026-11-24T08:00:00", "ends": "2026-11-24T18:00:00+08:00"},
            datetime(2026, 11, 24, 10, tzinfo=UTC),
        ),
        ({"begins": "2026-11-24T08:00:00+08:00"}, datetime(2026, 11, 24, 0, tzinfo=UTC)),
        ({}, None),
    ],
)
def test_the_promise_is_the_end_of_the_window(window, expected) -> None:
    assert only(answer(result(scan(), estimatedDeliveryTimeWindow={"window": window}))).eta == expected


def test_a_naive_promise_is_on_the_clock_of_the_destination() -> None:
    dates = [{"type": "ESTIMATED_DELIVERY", "dateTime": "2026-11-24T18:00:00"}]
    address = {"address": {"countryCode": "CN"}}
    tracking = only(answer(result(scan(), dateAndTimes=dates, recipientInformation=address)))
    assert tracking.eta == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_an_unreadable_promise_is_a_problem_and_unknown_rather_than_none_said() -> None:
    window = {"window": {"ends": "soon"}}
    reading = read(answer(result(scan(), estimatedDeliveryTimeWindow=window)))
    assert reading.trackings[0].eta is None
    assert codes(reading.problems) == ["part_unreadable"]


@pytest.mark.parametrize(
    ("weights", "grams"),
    [
        ([{"unit": "LB", "value": "1.1"}, {"unit": "KG", "value": "0.5"}], "500.0"),
        ([{"unit": "LB", "value": 2}], "907.18474"),
        ([{"unit": "KG", "value": 0.25}], "250.00"),
        ([{"unit": "OZ", "value": "3"}], None),
    ],
)
def test_weight_is_read_by_its_unit(weights, grams) -> None:
    package = {"weightAndDimensions": {"weight": weights}}
    assert only(answer(result(scan(), packageDetails=package))).weight_g == (Decimal(grams) if grams else None)


@pytest.mark.parametrize("value", ["NaN", "-1", "1,5", "Infinity", "heavy"])
def test_a_weight_that_is_none_is_a_problem_and_never_zero(value) -> None:
    package = {"weightAndDimensions": {"weight": [{"unit": "KG", "value": value}]}}
    reading = read(answer(result(scan(), packageDetails=package)))
    assert reading.trackings[0].weight_g is None
    assert codes(reading.problems) == ["part_unreadable"]


# ---- identity and privacy


def test_the_same_scan_with_more_data_is_the_same_event() -> None:
    bare = scan(eventDescription="Arrived")
    richer = scan(
        eventDescription="Arrived at FedEx hub", locationId="CANR", delayDetail={"status": "DELAYED"},
        scanLocation={"city": " Guangzhou ", "countryCode": "cn", "stateOrProvinceCode": "GD"},
    )  # fmt: skip
    assert event_of(bare).id == event_of(richer).id


def test_mending_a_time_zone_makes_no_new_event() -> None:
    naive, zoned = scan(date="2026-11-20T09:20:00"), scan(date="2026-11-20T09:20:00+08:00")
    assert event_of(naive).id == event_of(zoned).id


@pytest.mark.parametrize(
    "other",
    [
        {"eventType": "DP"}, {"date": "2026-11-20T09:21:00+08:00"}, {"exceptionCode": "84"},
        {"scanLocation": {"city": "SHENZHEN", "countryCode": "CN"}}, {"scanLocation": {"city": "GUANGZHOU"}},
    ],
)  # fmt: skip
def test_another_code_time_exception_or_place_is_another_event(other) -> None:
    assert event_of(scan()).id != event_of(scan(**other)).id


def test_an_identity_is_sixteen_hex_digits_and_belongs_to_its_number() -> None:
    mine = event_of(scan()).id
    (other,) = read(answer(result(scan()), number="123456789012")).trackings
    assert len(mine) == 16
    assert int(mine, 16)
    assert other.events[0].id != mine


def test_no_name_or_address_survives_in_event_text() -> None:
    delivered = scan(eventType="DL", eventDescription="Delivered. Signed for by: A.EXEMPLE")
    left = scan(
        eventType="DE", eventDescription="Left with Camille Martin at the door", date="2026-11-19T09:00:00+08:00"
    )
    said = result(
        delivered, left,
        deliveryDetails={"receivedByName": "A.EXEMPLE", "signedByName": "A.EXEMPLE"},
        shipperInformation={"contact": {"personName": "Camille Martin"}, "address": {"countryCode": "FR"}},
    )  # fmt: skip
    texts = " ".join(event.text for event in only(answer(said)).events)
    assert "EXEMPLE" not in texts
    assert "Camille" not in texts
    assert "Delivered" in texts


def test_the_headline_is_cleared_of_names_too() -> None:
    latest = {"code": "DL", "description": "Handed to Camille Martin"}
    dates = [{"type": "ACTUAL_DELIVERY", "dateTime": "2026-11-22T10:04:00+08:00"}]
    said = result(
        scan(), latestStatusDetail=latest, dateAndTimes=dates, deliveryDetails={"receivedByName": "camille martin"}
    )
    assert "Martin" not in only(answer(said)).events[1].text


def test_text_is_one_printable_line() -> None:
    event = event_of(scan(eventDescription="Arrived\x00 at\n\tFedEx\u2028 hub" + "x" * 500))
    assert event.text.startswith("Arrived at FedEx")
    assert event.text.isprintable()
    assert len(event.text) <= 200


@pytest.mark.parametrize(("field", "value"), [("receivedByName", ""), ("receivedByName", None), ("signedByName", " ")])
def test_blank_names_are_no_names(field, value) -> None:
    assert event_of(scan(), deliveryDetails={field: value}).text == "Arrived at FedEx hub"


# ---- size


def test_a_flood_of_scans_is_read_up_to_a_cap_and_says_so() -> None:
    flood = [scan(date=f"2026-11-{1 + n // 1440 % 20:02d}T{n // 60 % 24:02d}:{n % 60:02d}:00Z") for n in range(1_500)]
    reading = read(answer(result(*flood)))
    assert len(reading.trackings[0].events) == 1_000
    assert codes(reading.problems) == ["too_many_scans"]


def test_a_code_too_long_to_be_one_is_a_problem() -> None:
    reading = read(answer(result(scan(eventType="X" * 17), scan(eventType=""), scan())))
    assert [event.code for event in reading.trackings[0].events] == ["AR"]
    assert codes(reading.problems) == ["event_unreadable", "event_unreadable"]


def test_a_part_of_a_scan_that_is_no_part_costs_only_itself() -> None:
    reading = read(answer(result(scan(eventType="DL", delayDetail=7, eventDescription=["x"]))))
    (event,) = reading.trackings[0].events
    assert event.milestone == "delivered"
    assert sorted(problem.text for problem in reading.problems) == [
        "delayDetail of a scan",
        "eventDescription of a scan",
    ]


def test_a_number_where_text_is_documented_is_taken_as_text() -> None:
    assert event_of(scan(eventType="DE", exceptionCode=8)).reason == "recipient_absent"


def test_reading_changes_nothing_in_what_was_handed_in_and_repeats_itself() -> None:
    body = json.dumps(sample("fedex_track_documented")).encode()
    assert read_tracking("fedex", body, NOW) == read_tracking("fedex", body, NOW)


def test_a_description_of_any_length_is_read_at_the_price_of_its_beginning():
    long = "-" * 400_000 + " signed for by A.EXEMPLE"
    (tracking,) = read(answer(result(scan(eventDescription=long)))).trackings
    assert len(tracking.events[0].text) <= 200


@pytest.mark.parametrize("words", ["Delivered - Signed for by: A.EXEMPLE", "Delivered. Received by A.EXEMPLE"])
def test_who_signed_is_cut_off_with_what_stands_before_the_name(words):
    (tracking,) = read(answer(result(scan(eventDescription=words)))).trackings
    assert tracking.events[0].text == "Delivered"
