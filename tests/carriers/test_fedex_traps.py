"""The traps of FedEx's documents and recordings that no other test here is named for, each in its own test."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.carriers.registry import FEDEX, read_tracking
from chalicelib.errors import CarrierRefused, CarrierUnavailable
from chalicelib.shipments.events import LegFacts
from chalicelib.shipments.fold import fold
from tests.carriers.fedex_pieces import NOW, NUMBER, answer, read, result, scan

HOME = LegFacts("home", "FR", "CN")


def events(*scans: dict[str, Any], **fields: Any):
    (tracking,) = read(answer(result(*scans, **fields))).trackings
    return tracking.events


def test_a_late_report_of_an_older_scan_does_not_reopen_a_delivery() -> None:
    delivered = scan(eventType="DL", date="2026-11-22T10:04:00+08:00")
    older = scan(eventType="OC", date="2026-11-18T09:00:00+01:00")
    assert fold((*events(delivered), *events(older)), HOME).milestone == "delivered"


def test_a_parcel_delivered_and_then_sent_back_is_on_its_way_back() -> None:
    delivered = scan(eventType="DL", date="2026-11-20T10:04:00+08:00")
    back = scan(eventType="RS", eventDescription="Returning package to shipper", date="2026-11-21T10:04:00+08:00")
    assert fold(events(back, delivered), HOME).milestone == "returning"


def test_of_two_shipments_under_one_number_one_may_run_late_while_the_other_is_delivered() -> None:
    """Recorded: one entry with derivedCode RL, the other delivered, told apart by the unique id alone."""
    late = result(
        scan(eventType="FD"),
        trackingNumberInfo={"trackingNumber": NUMBER, "trackingNumberUniqueId": f"2460425000~{NUMBER}~FX"},
        latestStatusDetail={"code": "FD", "derivedCode": "RL", "delayDetail": {"status": "DELAYED"}},
    )
    done = result(scan(eventType="DL"), latestStatusDetail={"code": "DL", "derivedCode": "DL"})
    first, second = read(answer(late, done)).trackings
    assert first.unique_id != second.unique_id
    assert (first.events[0].condition, second.events[0].milestone) == ("delayed", "delivered")


def test_the_derived_code_of_the_headline_does_not_outrank_its_code_either() -> None:
    (event,) = events(scan(eventType="HP"), latestStatusDetail={"code": "HP", "derivedCode": "IT"})
    assert event.milestone == "ready_for_collection"


def test_initiated_is_only_ever_a_derived_code_of_an_order() -> None:
    (event,) = events(scan(eventType="OC", derivedStatusCode="IN", derivedStatus="Initiated"))
    assert (event.code, event.milestone) == ("OC", "announced")


@pytest.mark.parametrize(
    ("code", "milestone"),
    [("CC", "import_cleared"), ("CD", "import_customs"), ("RD", None), ("PD", None), ("DD", None)],
)
def test_letters_that_mean_the_opposite_at_another_carrier_are_read_as_fedex_means_them(code, milestone) -> None:
    """CC awaits collection, RD is refused and PD partly delivered at DHL."""
    assert events(scan(eventType=code, eventDescription=""))[0].milestone == milestone


def test_midnight_of_a_date_without_a_time_stays_the_day_it_names() -> None:
    (event,) = events(scan(eventType="PU", date="2026-11-19", scanLocation={"city": "PARIS", "countryCode": "FR"}))
    assert (event.at, event.at_local) == (datetime(2026, 11, 18, 23, tzinfo=UTC), "2026-11-19")


def test_a_window_with_only_a_naive_beginning_is_on_the_clock_of_the_destination() -> None:
    said = result(
        scan(),
        estimatedDeliveryTimeWindow={"window": {"begins": "2026-11-24T08:00:00"}},
        recipientInformation={"address": {"countryCode": "CN"}},
    )
    (tracking,) = read(answer(said)).trackings
    assert tracking.eta == datetime(2026, 11, 24, 0, tzinfo=UTC)


def test_a_clearance_fee_in_the_notes_takes_nothing_from_the_reading() -> None:
    notes = [{"code": "CLEARANCE_ENTRY_FEE_APPLIES", "description": "this shipment may be subject to clearance fees"}]
    reading = read(answer(result(scan(eventType="CP"), informationNotes=notes)))
    assert reading.problems == ()
    assert reading.trackings[0].events[0].milestone == "import_customs"


def test_a_refused_item_costs_its_neighbours_in_the_batch_nothing() -> None:
    good = answer(result(scan()))["output"]["completeTrackResults"][0]
    bad = {"code": "TRACKING.TRACKINGNUMBER.EMPTY", "message": "Please provide tracking number."}
    refused = {"trackingNumber": "123456789012", "trackResults": [{"error": bad}]}
    reading = read({"output": {"completeTrackResults": [refused, good]}})
    assert [tracking.number for tracking in reading.trackings] == [NUMBER]
    assert [(one.number, one.retryable) for one in reading.problems] == [("123456789012", False)]


def test_pushed_state_updates_of_one_scan_are_one_event_whatever_order_they_come_in() -> None:
    bare, richer = scan(eventType="CD"), scan(eventType="CD", exceptionDescription="Commercial invoice missing")
    first, second = ([*events(bare)], [*events(richer)])
    assert first[0].id == second[0].id
    assert fold((*first, *second), HOME) == fold((*second, *first), HOME)


def test_a_repeated_delivery_of_a_push_reads_the_same_though_its_attempt_number_differs() -> None:
    said = answer(result(scan()))
    tries = [{**said, "outputMetaData": ["2026-11-22T03:00:00Z", attempt]} for attempt in (1, 2)]
    first, second = (read_tracking("fedex_push", json.dumps(one).encode(), NOW) for one in tries)
    assert first == second


def test_a_pickup_for_a_day_that_has_passed_is_refused_in_fedex_words() -> None:
    body = {"errors": [{"code": "PICKUP.REQUESTED.PREVIOUS.DAY", "message": "The pickup date is in the past."}]}
    with pytest.raises(CarrierRefused, match=r"PICKUP\.REQUESTED\.PREVIOUS\.DAY"):
        FEDEX.pickups.read(400, {}, json.dumps(body).encode(), NOW)


def test_the_two_kinds_of_too_many_wait_differently() -> None:
    kinds = {
        "We have received too many requests in a short duration.": 10,
        "Daily transaction quota exceeded. Retry after 12:00AM GMT": 21 * 3600,
    }
    for text, seconds in kinds.items():
        body = json.dumps({"errors": [{"code": "TOO.MANY.REQUESTS", "message": text}]}).encode()
        found = FEDEX.polling[0].access.read_error(429, {}, body, NOW)
        assert isinstance(found, CarrierUnavailable)
        assert found.retry_after == seconds


def test_a_token_is_put_on_just_before_the_call_and_nothing_else_changes() -> None:
    (request,) = FEDEX.polling[0].requests([NUMBER])
    dressed = FEDEX.polling[0].access.dress(request, {"client_id": "a", "client_secret": "b"}, "abc", NOW)
    assert dressed == replace(request, headers={**request.headers, "authorization": "Bearer abc"})
    assert "authorization" not in request.headers
