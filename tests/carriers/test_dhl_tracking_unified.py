"""DHL Unified, polled and pushed: the documented shapes, the express recordings, the handshake, every trap of both."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.carriers.dhl.subscription import (
    Handshake,
    confirm_request,
    read_handshake,
)
from chalicelib.carriers.dhl.unified_track import unified_requests
from chalicelib.carriers.registry import carrier_of
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import LegFacts, Place
from chalicelib.shipments.fold import fold
from tests.carriers.dhl_pieces import (
    NUMBER,
    at_area,
    codes,
    entry,
    event_of,
    only,
    read,
    sample,
    scan,
    unified,
    unified_event,
)

HOME = LegFacts("home", "FR", "CN")
SELF = "https://api-eu.dhl.com/tracking/push/v1/subscription/0b9c7d2e-1f7a"
TOKEN = "hook-token-0123456789"


def test_one_number_is_one_question_and_always_for_express() -> None:
    first, second = unified_requests([NUMBER, "5584773180"])
    asked = parse_qs(urlsplit(first.path).query)
    assert (first.method, urlsplit(first.path).path, first.reads_only) == ("GET", "/track/shipments", True)
    assert (asked["trackingNumber"], asked["service"], asked["language"]) == ([NUMBER], ["express"], ["en"])
    assert "5584773180" in second.path
    assert "dhl-api-key" not in {name.lower() for name in first.headers}


def test_the_documented_answer_is_read_with_its_facts() -> None:
    reading = read(sample("dhl_unified_documented"), "dhl_unified")
    (tracking,) = reading.trackings
    assert (tracking.number, tracking.unique_id, tracking.service) == (NUMBER, None, "EXPRESS WORLDWIDE")
    assert (tracking.weight_g, tracking.pieces, tracking.ship_date) == (Decimal("253.5"), 1, "2026-11-19")
    assert (tracking.origin_country, tracking.destination_country) == ("FR", "CN")
    assert tracking.eta == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert [event.code for event in tracking.events] == ["CD", "IC", "AF", "PU", "DUMMY_PU"]
    held = tracking.events[0]
    assert (held.condition, held.reason, held.place) == ("held", "customs_documents_missing", Place("Shenzhen", "CN"))
    assert carrier_of("dhl_unified") == carrier_of("dhl_push") == "dhl"


def test_an_express_recording_without_any_code_is_read_by_dhl_sentences() -> None:
    events = only(sample("dhl_unified_express"), "dhl_unified").events
    assert {event.milestone for event in events} == {
        None, "picked_up", "in_transit", "import_cleared", "out_for_delivery", "delivered",
    }  # fmt: skip
    assert [event.code for event in events][:4] == ["OK", "WC", "CR", "AF"]
    assert all(event.tz_source == "place" for event in events)
    calgary = events[0]
    assert (calgary.place, calgary.at) == (Place("CALGARY", "CA"), datetime(2021, 5, 5, 21, 42, tzinfo=UTC))
    state = fold(events, LegFacts("out", "PK", "CA"))
    assert (state.milestone, state.condition) == ("delivered", "ok")


def test_two_scans_of_one_second_are_two_events() -> None:
    events = only(sample("dhl_unified_express"), "dhl_unified").events
    assert {event.code for event in events if event.at_local == "2021-04-28T16:55:00"} == {"PU", "SA"}


def test_an_id_may_be_an_integer() -> None:
    assert only(unified(entry(), id=4818240420), "dhl_unified").number == NUMBER


def test_a_missing_status_code_costs_nothing_and_an_event_without_any_code_is_kept() -> None:
    assert unified_event(statusCode=...).milestone == "in_transit"
    bare = unified_event(statusCode=..., status=..., description="Something nobody has seen")
    assert (bare.code, bare.milestone, bare.text) == ("no_code", "unrecognised", "Something nobody has seen")


@pytest.mark.parametrize(
    ("status_code", "milestone", "condition"),
    [
        ("pre-transit", "announced", "ok"), ("transit", "in_transit", None), ("delivered", "delivered", "ok"),
        ("failure", None, "action_required"), ("unknown", None, None), ("novel", "unrecognised", None),
    ],
)  # fmt: skip
def test_the_coarse_status_code_is_read_only_where_nothing_else_speaks(status_code, milestone, condition) -> None:
    event = unified_event(statusCode=status_code, status=..., description="words of another kind")
    assert (event.milestone, event.condition) == (milestone, condition)
    assert unified_event(statusCode=status_code, status="WC").milestone == "out_for_delivery"


@pytest.mark.parametrize("status", ["HX", "LX", "DELIVERED_AT_NEIGHBOUR", "Q9"])
@pytest.mark.parametrize("status_code", ["transit", "delivered"])
def test_an_unknown_code_is_kept_raw_whatever_the_coarse_one_says(status, status_code) -> None:
    event = unified_event(status=status, statusCode=status_code, description="Delivered")
    assert (event.code, event.milestone) == (status, "unrecognised")


def test_letters_of_another_division_are_not_checkpoints_of_express() -> None:
    """At parcel-de DD is a data service and PO the delivery round."""
    reading = read(unified(entry(status="DD"), service="parcel-de"), "dhl_unified")
    (event,) = reading.trackings[0].events
    assert (event.code, event.milestone) == ("DD", "unrecognised")
    assert codes(reading) == ["other_service"]


def test_delivered_at_the_shipper_is_returned_even_under_a_headline_in_transit() -> None:
    back = entry(status="DELIVERED_AT_SHIPPER", statusCode="delivered", description="x")
    headline = entry(status="transit", statusCode="transit", description="x")
    events = only(unified(back, status=headline), "dhl_unified").events
    state = fold(events, LegFacts("out", "CN", "FR"))
    assert (state.milestone, state.goes_back_to) == ("returned", "merchant")


def test_delivered_at_a_parcel_shop_is_no_delivery() -> None:
    event = unified_event(status="DELIVERED_AT_PARCELSHOP", statusCode="delivered", description="x")
    assert (event.milestone, event.action_by) == ("ready_for_collection", "consignee")


def test_fields_that_contradict_each_other_decide_nothing_and_are_told() -> None:
    reading = read(unified(entry(statusCode="pre-transit", status="DELIVERED", description="")), "dhl_unified")
    (event,) = reading.trackings[0].events
    assert (event.code, event.milestone, event.reason) == ("DELIVERED", None, "status_conflict")
    assert codes(reading) == ["status_conflict"]
    checkpoint = read(unified(entry(statusCode="pre-transit", status="OK", description="Delivered")), "dhl_unified")
    assert checkpoint.trackings[0].events[0].milestone == "delivered"
    assert codes(checkpoint) == ["status_conflict"]


def test_the_newest_entry_is_not_the_state() -> None:
    """Recorded: "created", an estimate or a pre-transit line entered after the delivery; one second for both ends."""
    told = [
        entry(timestamp="2026-11-20T15:00:00", status="DUMMY_PU", statusCode="pre-transit", description=""),
        entry(timestamp="2026-11-20T14:30:00", status=..., statusCode="unknown", description="An estimate"),
        entry(timestamp="2026-11-20T14:00:00", status="OK", statusCode="delivered", description="Delivered"),
        entry(timestamp="2026-11-20T14:00:00", status="PU", statusCode="transit", description="Shipment picked up"),
    ]
    for order in (told, told[::-1]):
        state = fold(only(unified(*order), "dhl_unified").events, HOME)
        assert (state.milestone, state.condition) == ("delivered", "ok")


def test_scans_of_one_status_code_are_told_apart_by_status() -> None:
    one, other = entry(status="AF", description=""), entry(status="PL", description="")
    assert len(only(unified(one, other), "dhl_unified").events) == 2
    assert len(only(unified(one, one), "dhl_unified").events) == 1


@pytest.mark.parametrize(
    ("sent", "place", "expected", "tz_source"),
    [
        ("2026-11-20T09:20:00", {"countryCode": "DE"}, "2026-11-20T08:20:00", "place"),
        ("2026-11-20T09:20:00Z", {"countryCode": "DE"}, "2026-11-20T09:20:00", "offset"),
        ("2026-11-20T09:20:00-05:00", {"countryCode": "DE"}, "2026-11-20T14:20:00", "offset"),
        ("2026-11-20T09:20:00.250", {"countryCode": "CN"}, "2026-11-20T01:20:00.250000", "place"),
        ("2026-11-20T09:20:00.123+08:00", {"countryCode": "CN"}, "2026-11-20T01:20:00.123000", "offset"),
        ("2026-11-20", {"countryCode": "CN"}, "2026-11-19T16:00:00", "place"),
        ("2026-11-20T09:20:00", {"addressLocality": "CINCINNATI HUB, OH - USA"}, "2026-11-20T14:20:00", "place"),
        ("2026-11-20T09:20:00", {"addressLocality": "SOMEWHERE - USA"}, "2026-11-20T14:20:00", "assumed"),
        (
            "2026-11-20T09:20:00",
            {"addressLocality": "HONG KONG - HONG KONG SAR, CHINA"},
            "2026-11-20T01:20:00",
            "place",
        ),
        ("2026-11-20T09:20:00", {}, "2026-11-20T09:20:00", "assumed"),
    ],
)
def test_mixed_timestamps_are_placed_by_offset_else_place_else_assumed(sent, place, expected, tz_source) -> None:
    event = unified_event(timestamp=sent, location={"address": place})
    assert event.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert (event.at_local, event.tz_source) == (sent, tz_source)


def test_a_date_without_a_place_is_assumed_and_kept() -> None:
    event = unified_event(location=...)
    assert (event.place, event.tz_source, event.milestone) == (Place(None, None), "assumed", "in_transit")


@pytest.mark.parametrize("sent", ["2026-11-20T24:00:00", "soon", "0001-01-01T00:00:00", "2026-02-29T10:00:00Z", "1e9"])
def test_a_time_that_no_clock_shows_costs_no_neighbour(sent) -> None:
    reading = read(unified(entry(timestamp=sent), entry(status="PU")), "dhl_unified")
    assert [event.code for event in reading.trackings[0].events] == ["PU"]
    assert codes(reading) == ["event_time_unreadable"]


def test_a_headline_in_z_over_a_naive_scan_adds_no_event() -> None:
    headline = entry(timestamp="2026-11-20T09:20:00Z")
    (event,) = only(unified(entry(), status=headline), "dhl_unified").events
    assert event.tz_source == "place"


def test_what_only_the_headline_tells_is_an_event() -> None:
    headline = entry(timestamp="2026-11-21T15:00:00", status="OK", statusCode="delivered", description="Delivered")
    assert [one.code for one in only(unified(entry(), status=headline), "dhl_unified").events] == ["AF", "OK"]
    assert [one.code for one in only(unified(status=headline), "dhl_unified").events] == ["OK"]


def test_the_promise_is_the_end_of_the_window_on_the_clock_of_the_destination() -> None:
    there = {"address": {"countryCode": "CN"}}
    frame = {"estimatedFrom": "2026-11-25T09:00:00", "estimatedThrough": "2026-11-25T18:00:00"}
    for said, promised in (
        ({"estimatedDeliveryTimeFrame": frame}, datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ({"estimatedTimeOfDelivery": "2026-11-25T18:00:00+01:00"}, datetime(2026, 11, 25, 17, tzinfo=UTC)),
        ({"estimatedTimeOfDelivery": "2026-11-25"}, datetime(2026, 11, 25, 16, tzinfo=UTC)),
    ):
        assert only(unified(entry(), destination=there, **said), "dhl_unified").eta == promised


def test_shipments_that_share_an_id_are_told_apart_by_their_references() -> None:
    def one(references):
        return {"id": NUMBER, "service": "express", "events": [entry()], "details": {"references": references}}

    first, second = (
        {"number": "RMA-1", "type": "customer-reference"},
        [{"number": "RMA-2", "type": "customer-reference"}],
    )
    both = read({"shipments": [one(first), one(second)]}, "dhl_unified")
    ids = [tracking.unique_id for tracking in both.trackings]
    assert len(set(ids)) == 2
    assert None not in ids
    assert not any("RMA" in (unique or "") for unique in ids)
    assert read({"shipments": [one(first)]}, "dhl_unified").trackings[0].unique_id is None
    assert codes(read({"shipments": [one(None), one(7)]}, "dhl_unified")) == ["ambiguous_number"] * 2


def test_a_return_flag_without_a_scan_that_says_so_is_told() -> None:
    assert codes(read(unified(entry(), returnFlag=True), "dhl_unified")) == ["return_flag"]
    assert codes(read(unified(entry(status="RT"), returnFlag=True), "dhl_unified")) == []
    assert codes(read(unified(entry(), returnFlag=False), "dhl_unified")) == []


def test_more_pages_and_more_shipments_are_told() -> None:
    said = {**unified(entry()), "nextUrl": "/shipments?offset=5", "possibleAdditionalShipmentsUrl": ["/x"]}
    assert codes(read(said, "dhl_unified")) == ["more_pages", "more_shipments"]
    assert codes(read({**unified(entry()), "nextUrl": "", "possibleAdditionalShipmentsUrl": []}, "dhl_unified")) == []


@pytest.mark.parametrize(
    ("said", "code", "retryable"),
    [
        (
            {"status": 404, "title": "No result found", "detail": "No shipment with given tracking number found."},
            "404",
            True,
        ),
        ({"status": 401, "title": "Unauthorized", "detail": "Unauthorized for given resource."}, "401", False),
        ({"status": 429, "title": "Too Many Requests", "detail": "Too many requests"}, "429", True),
        ({"status": 400, "title": "Invalid input", "detail": "language"}, "400", False),
    ],
)
def test_a_problem_body_is_a_problem(said, code, retryable) -> None:
    reading = read(said, "dhl_unified")
    assert reading.trackings == ()
    assert [(problem.code, problem.retryable) for problem in reading.problems] == [(code, retryable)]


def test_no_name_survives_in_event_text() -> None:
    person = {"name": "Alix Exemple", "givenName": "Alix", "familyName": "Exemple"}
    details = {"proofOfDelivery": {"signed": person}, "receiver": person, "sender": {"name": "Camille Martin"}}
    told = [
        entry(status="OK", description="Delivered - Signed for by: ALIX EXEMPLE"),
        entry(status="NH", description="Card left for ALIX", remark="Ask Camille Martin"),
    ]
    events = only(unified(*told, details=details), "dhl_unified").events
    texts = " ".join(event.text for event in events).lower()
    assert not {"alix", "exemple", "camille"} & set(texts.replace("…", " ").split())
    withheld = {"proofOfDelivery": {"signed": {"name": "Delivered"}}}
    assert only(unified(entry(status="OK", description="Delivered"), details=withheld), "dhl_unified").events[0].text


def test_the_same_scan_from_both_interfaces_counts_once() -> None:
    polled = event_of(scan(typeCode="NH", **at_area("LEJ", "Leipzig-DE")))
    pushed = only(unified(entry(status="NH", description="")), "dhl_push").events[0]
    assert fold([polled, pushed], HOME).attempts == 1


# ---- the push


def test_a_push_holds_the_present_status_and_nothing_of_the_past() -> None:
    reading = read(sample("dhl_push"), "dhl_push")
    assert [(one.number, [event.code for event in one.events]) for one in reading.trackings] == [
        (NUMBER, ["CD"]),
        ("5584773180", ["OK"]),
    ]
    assert reading.problems == ()
    assert reading.trackings[0].events[0].source == "dhl_push"


def test_a_pushed_status_that_the_poll_tells_too_is_the_same_event() -> None:
    pushed = read(sample("dhl_push"), "dhl_push").trackings[0].events[0]
    polled = only(sample("dhl_unified_documented"), "dhl_unified").events[0]
    assert pushed.id == polled.id


@pytest.mark.parametrize("step", ["validate", "activate", "ready"])
def test_a_handshake_is_no_tracking_and_says_which_it_is(step) -> None:
    said = {
        "scope": f"subscription.{step}",
        "self": SELF,
        "secret": "s",
        "shipments": [{"id": NUMBER, "status": entry()}],
    }
    reading = read(said, "dhl_push")
    assert reading.trackings == ()
    assert codes(reading) == [f"subscription_{step}"]


@pytest.mark.parametrize("scope", ["", "subscription", "subscription.novel", 7, [], {}, True])
def test_a_message_of_another_scope_is_a_problem(scope) -> None:
    reading = read({"scope": scope, "shipments": [{"id": NUMBER, "status": entry()}]}, "dhl_push")
    assert (reading.trackings, codes(reading)) == ((), ["subscription_unknown"])


def test_a_push_without_shipments_is_a_problem() -> None:
    assert codes(read({"scope": "subscription.push"}, "dhl_push")) == ["no_results"]


# ---- the subscription


def test_confirming_answers_at_our_own_host_with_the_secret() -> None:
    handshake = read_handshake(
        json.dumps({"scope": "subscription.validate", "self": SELF, "secret": "a-secret"}).encode()
    )
    request = confirm_request(handshake)
    assert (request.method, request.path) == ("POST", "/tracking/push/v1/subscription/0b9c7d2e-1f7a")
    assert request.headers["DHL-API-Hook-Secret"] == "a-secret"
    assert (request.body, request.reads_only) == (b"", False)
    assert "a-secret" not in repr(handshake)


@pytest.mark.parametrize(
    "host", ["https://evil.example", "http://169.254.169.254", "https://api-eu.dhl.com@evil.example", ""]
)
def test_whatever_host_the_address_names_only_the_id_is_used(host) -> None:
    body = json.dumps({"scope": "subscription.validate", "self": f"{host}/subscription/abc-1", "secret": "s"}).encode()
    assert confirm_request(read_handshake(body)).path == "/tracking/push/v1/subscription/abc-1"


@pytest.mark.parametrize(
    "address",
    [
        None, 7, [], {}, "", "/", "subscription/abc", f"{SELF}/", f"{SELF}/..", f"{SELF}?x=1", f"{SELF}#x", f"{SELF}\n",
        "https://h/tracking/push/v1/subscription/", "https://h/tracking/push/v1/subscription/a b",
        "https://h/tracking/push/v1/subscription/%2e%2e", "https://h/tracking/push/v1/subscription/../shipments",
        "https://h/other/subscription/abc", "https://h/tracking/push/v1/subscriptions/abc",
        "https://[/subscription/abc",
        "https://h/subscription/-abc", "https://h/subscription/" + "a" * 81, "https://h/" + "a" * 600,
        "https://h/subscription/abc\x00", "https://h/subscription/ábc", "https://h//subscription/abc",
    ],
)  # fmt: skip
def test_an_address_that_names_no_subscription_confirms_nothing(address) -> None:
    body = json.dumps({"scope": "subscription.validate", "self": address, "secret": "s"}).encode()
    with pytest.raises(CarrierUnreadable):
        read_handshake(body)


@pytest.mark.parametrize(
    "said",
    [
        {"scope": "subscription.push", "self": SELF, "secret": "s"}, {"self": SELF, "secret": "s"}, [], 7, None,
        {"scope": "subscription.validate", "self": SELF}, {"scope": "subscription.validate", "self": SELF,
        "secret": ""},
        {"scope": "subscription.validate", "self": SELF, "secret": 7},
        {"scope": "subscription.validate", "self": SELF, "secret": "a\r\nx-evil: 1"},
        {"scope": "subscription.validate", "self": SELF, "secret": "s" * 257},
        {"scope": "subscription.validate", "self": SELF, "secret": "schlüssel"},
    ],
)  # fmt: skip
def test_a_handshake_that_could_not_be_answered_is_refused(said) -> None:
    with pytest.raises(CarrierUnreadable):
        read_handshake(json.dumps(said).encode())


@pytest.mark.parametrize("odd", ["", "../x", "a/b", "a?b", "a\n", "-a"])
def test_no_path_is_made_of_what_is_no_id_of_a_subscription(odd) -> None:
    with pytest.raises(ValueError, match="subscription"):
        confirm_request(Handshake(odd, "s"))
