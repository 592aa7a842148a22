"""The API with the real stories behind it, over memory: what they answer is what is documented."""

import hashlib
import hmac
from base64 import b64encode
from copy import deepcopy
from dataclasses import replace

import pytest

from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.api import examples
from chalicelib.errors import UnavailableError
from chalicelib.shipments.fold import fold
from tests.api.contract import assert_as_documented
from tests.api.fakes import Shop
from tests.fakes.memory_ports import SECRETS
from tests.fakes.pieces import a_hold, a_scan, a_track, an_exception

RETURN = examples.OpenReturnBody


def test_a_return_is_opened_read_and_listed_as_documented():
    shop = Shop()

    opened = shop.post("/v1/returns", RETURN)
    assert opened.status_code == 201
    assert_as_documented("POST", "/v1/returns", 201, opened.json_body)

    case_id = opened.json_body["case_id"]
    read = shop.get(f"/v1/returns/{case_id}")
    assert read.status_code == 200
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, read.json_body)
    assert read.json_body["stage"] == opened.json_body["stage"]

    for query in ("order=SO-1001", "serial=GT-000184", f"stage={opened.json_body['stage']}"):
        listed = shop.get(f"/v1/returns?{query}")
        assert_as_documented("GET", "/v1/returns", 200, listed.json_body)
        assert [row["case_id"] for row in listed.json_body["items"]] == [case_id]


def test_no_answer_about_a_case_holds_a_personal_value():
    shop = Shop()
    opened = shop.post("/v1/returns", RETURN)
    case_id = opened.json_body["case_id"]

    told = opened.body + shop.get(f"/v1/returns/{case_id}").body + shop.get("/v1/returns?order=SO-1001").body

    customer = RETURN["customer"]
    for personal in (customer["name"], customer["email"], customer["phone"], *customer["address"]["lines"]):
        assert personal.encode() not in told


def test_a_dry_run_opens_nothing():
    shop = Shop()

    tried = shop.post("/v1/returns?validate=true", RETURN)

    assert tried.status_code == 200
    assert_as_documented("POST", "/v1/returns", 200, tried.json_body)
    assert tried.json_body["case_id"] is None
    assert shop.get("/v1/returns?order=SO-1001").json_body["items"] == []
    assert shop.world.queues.sent == {}


def test_the_same_key_and_body_is_answered_the_same_and_opens_one_case():
    shop = Shop()
    first = shop.post("/v1/returns", RETURN, **{"Idempotency-Key": "key-1"})
    again = shop.post("/v1/returns", dict(reversed(RETURN.items())), **{"Idempotency-Key": "key-1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json_body == again.json_body
    assert len(shop.get("/v1/returns?order=SO-1001").json_body["items"]) == 1


def test_the_same_key_with_another_body_is_a_conflict():
    shop = Shop()
    shop.post("/v1/returns", RETURN, **{"Idempotency-Key": "key-1"})

    other = shop.post("/v1/returns", {**RETURN, "reason": "size"}, **{"Idempotency-Key": "key-1"})

    assert (other.status_code, other.json_body["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"return_to": "NOWHERE"}, "return_to"), ({"carrier": "pigeon"}, "carrier")],
)
def test_what_the_merchant_does_not_have_is_refused_by_field(change, field):
    shop = Shop()

    refused = shop.post("/v1/returns", {**RETURN, **change})

    assert refused.status_code == 422
    assert refused.json_body["errors"][0]["field"] == field
    assert shop.world.queues.sent == {}


def test_a_parcel_with_two_currencies_is_refused():
    body = deepcopy(RETURN)
    body["items"].append({**body["items"][0], "price": {"amount": "1", "currency": "USD"}})

    assert Shop().post("/v1/returns", body).status_code == 422


def test_an_estimate_and_routes_are_as_documented():
    shop = Shop()
    for path, body in (("/v1/estimates", examples.EstimateBody), ("/v1/routes", examples.RoutesBody)):
        told = shop.post(path, body)
        assert told.status_code == 200
        assert_as_documented("POST", path, 200, told.json_body)


@pytest.mark.parametrize("query", ["", "?origin=FR&destination=CN", "?origin=CN", "?destination=FR", "?origin=ZZ"])
def test_what_each_carrier_can_do_is_as_documented(query):
    told = Shop().get(f"/v1/carriers{query}")

    assert told.status_code == 200
    assert_as_documented("GET", "/v1/carriers", 200, told.json_body)
    assert told.json_body["carriers"][0]["carrier"] == "fedex"


@pytest.mark.parametrize("query", ["?origin=fr", "?origin=FRA", "?destination=", "?lane=FR-CN"])
def test_a_lane_that_is_none_is_refused_by_field(query):
    assert Shop().get(f"/v1/carriers{query}").status_code == 422


def test_the_conditions_of_the_way_stand_in_the_case():
    shop = Shop()
    opened = shop.post("/v1/returns", RETURN).json_body
    read = shop.get(f"/v1/returns/{opened['case_id']}").json_body

    assert (opened["route"]["outcome"], opened["stage"]) == ("conditional", "approved")
    assert {"DOUBLE_BOX", "PLAIN_PACK"} <= {one["code"] for one in read["route"]["conditions"]}


def test_a_return_of_which_one_piece_may_not_go_waits_for_a_person_who_is_told_of_the_split():
    body = deepcopy(RETURN)
    body["items"].append({**body["items"][0], "article": "coin", "stones": "none", "serial": "GT-COIN"})

    opened = Shop().post("/v1/returns", body).json_body

    assert opened["stage"] == "review"
    assert "possible: as 2 parcels by fedex INTERNATIONAL_PRIORITY some of the pieces may go" in opened["next"]


def test_a_return_that_is_too_much_for_one_address_that_day_is_told_the_gap_in_money_and_no_split():
    body = deepcopy(RETURN)
    body["items"][0] |= {"quantity": 3, "price": {"amount": "8000.00", "currency": "EUR"}}

    opened = Shop().post("/v1/returns", body).json_body

    assert opened["stage"] == "review"
    assert not [point for point in opened["next"] if point.startswith("possible: as")]
    assert opened["cover"]["uncovered"] == {"amount": "24000.00", "currency": "EUR"}
    assert "weekend_limit_exceeded" in {gap["code"] for gap in opened["cover"]["gaps"]}


@pytest.mark.parametrize("destination", ["US", "CN", "GB", "FR", "DE", "ZZ", "AQ"])
@pytest.mark.parametrize("entry_on", ["2000-01-01", "2026-11-22", "2099-12-31"])
def test_an_estimate_for_any_place_and_day_is_an_answer_or_a_typed_problem(destination, entry_on):
    body = {**examples.EstimateBody, "destination": destination, "entry_on": entry_on}

    told = Shop().post("/v1/estimates", body)

    assert told.status_code in (200, 422)
    assert_as_documented("POST", "/v1/estimates", told.status_code, told.json_body)
    assert told.status_code != 200 or told.json_body["complete"] or told.json_body["reasons"]


def test_a_held_shipment_is_read_and_listed_as_documented():
    shop = Shop()
    blank = a_track()
    events = (a_scan(), a_hold(1))
    track = replace(blank, events=events, state=fold(events, blank.facts))
    shop.ports.tracks.save(track)

    read = shop.get(f"/v1/shipments/{track.carrier}/{track.number}")
    listed = shop.get(f"/v1/shipments?condition={track.state.condition}")

    assert_as_documented("GET", "/v1/shipments/{carrier}/{tracking_number}", 200, read.json_body)
    assert_as_documented("GET", "/v1/shipments", 200, listed.json_body)
    assert read.json_body["condition"] == listed.json_body["items"][0]["condition"] == "held"
    assert shop.get(f"/v1/shipments/{track.carrier}/{track.number}?ship_date=2001-01-01").status_code == 404


def test_an_exception_is_listed_and_resolved_once():
    shop = Shop()
    exception = an_exception(subject_kind="carrier", subject="fedex", case_id=None, leg_n=None, kind="new_code")
    shop.ports.exceptions.open_alone(exception)
    path = f"/v1/exceptions/{exception.exception_id}"

    listed = shop.get("/v1/exceptions")
    unsaid = shop.post(f"{path}/resolve", {})
    resolved = shop.post(f"{path}/resolve", {"note": "the code is known now"})
    snoozed = shop.post(f"{path}/snooze", {"until": "2026-12-01T00:00:00Z"})

    assert_as_documented("GET", "/v1/exceptions", 200, listed.json_body)
    assert [row["exception_id"] for row in listed.json_body["items"]] == [exception.exception_id]
    assert (unsaid.status_code, unsaid.json_body["errors"][0]["field"]) == (422, "note")
    assert_as_documented("POST", "/v1/exceptions/{exception_id}/{action}", 200, resolved.json_body)
    assert (resolved.json_body["status"], resolved.json_body["resolved_by"]) == ("resolved", "boss@desk")
    assert snoozed.status_code == 409
    assert shop.get("/v1/exceptions").json_body["items"] == []


def signed(body, secret):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_signed_push_is_queued_and_a_forged_one_calls_nothing():
    shop = Shop()
    body = b'{"output": {}}'
    kind = {"Content-Type": "application/json;charset=UTF-8"}
    good = {**kind, "fdx-signature": signed(body, SECRETS["webhooks"]["fedex"][1])}
    forged = {**kind, "fdx-signature": signed(body, "guessed")}

    accepted = shop.http.post("/v1/webhooks/fedex", headers=good, body=body)
    tampered = shop.http.post("/v1/webhooks/fedex", headers=good, body=body + b" ")
    refused = shop.http.post("/v1/webhooks/fedex", headers=forged, body=body)

    assert (accepted.status_code, tampered.status_code, refused.status_code) == (202, 401, 401)
    assert len(shop.world.queues.sent["tracking"]) == 1


def test_while_the_secrets_are_away_nothing_is_accepted():
    shop = Shop()
    shop.world.secrets.down = True

    told = shop.http.post("/v1/webhooks/fedex", headers={"Content-Type": "application/json"}, body=b"{}")

    assert (told.status_code, told.json_body["code"]) == (503, UnavailableError.code)
    assert told.json_body["errors"][0]["retryable"] is True
    assert shop.world.queues.sent == {}


@pytest.mark.parametrize("path", ["/v1/webhooks/nobody", "/v1/webhooks/post"])
def test_a_carrier_that_does_not_push_is_unknown(path):
    told = Shop().http.post(path, headers={"Content-Type": "application/json"}, body=b"{}")

    assert told.status_code == 404


@pytest.mark.parametrize("cursor", ["zzz", "abcd", "eyJh", b64encode(b"{}").decode().rstrip("="), "0"])
@pytest.mark.parametrize("path", ["/v1/returns?stage=review", "/v1/shipments?condition=held", "/v1/exceptions?limit=5"])
def test_an_invented_cursor_is_refused(path, cursor):
    told = Shop().get(f"{path}&cursor={cursor}")

    assert (told.status_code, told.json_body["errors"][0]["field"]) == (422, "cursor")


def test_a_long_work_list_is_read_to_its_end_by_the_cursors_it_gives():
    shop = Shop()
    many = [(severity, n) for severity in SEVERITIES for n in range(60)]
    for severity, n in many:
        shop.world.ports.exceptions.open_alone(
            replace(
                an_exception(),
                subject=f"{n:032x}", case_id=f"{n:032x}", severity=severity,
                episode=f"delivery_withdrawn-{severity}-{n:016x}-critical",
            )
        )  # fmt: skip
    seen, cursor = [], ""
    while True:
        page = shop.get(f"/v1/exceptions?limit=50{cursor}")
        assert page.status_code == 200
        seen += [row["exception_id"] for row in page.json_body["items"]]
        if page.json_body["cursor"] is None:
            break
        cursor = f"&cursor={page.json_body['cursor']}"
    assert len(seen) == len(set(seen)) == len(many)
