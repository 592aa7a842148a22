"""What FedEx is asked for and how its answers are read: tokens, tracking, waybills, pickups, refusals."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.contract import Document, FoundWaybill, OrderNotAccepted, PickupConfirmation, TokenRejected
from chalicelib.carriers.fedex.oauth import bearer
from chalicelib.carriers.fedex.wording import exact
from chalicelib.carriers.registry import FEDEX
from chalicelib.errors import (
    CarrierError,
    CarrierOutcomeUnknown,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from chalicelib.money import Money
from chalicelib.purposes import Purpose
from tests.carriers.fedex_pieces import (
    ACCOUNT,
    CUSTOMER,
    FACILITY,
    HOURS,
    NOW,
    NUMBER,
    ORDER,
    PICKUP,
    RING,
    answer,
    priced,
    result,
    scan,
)

(POLLING,) = FEDEX.polling
TRACK, WAYBILLS, PICKUPS = POLLING.access, FEDEX.waybills, FEDEX.pickups
SHIP, LOOKUP = WAYBILLS.access, WAYBILLS.lookup


def said(request) -> Any:
    return json.loads(request.body)


def shipment(order=ORDER) -> dict[str, Any]:
    return said(WAYBILLS.request(order, ACCOUNT))["requestedShipment"]


def faults(order) -> dict[str, str]:
    with pytest.raises(OrderNotAccepted) as refused:
        WAYBILLS.request(order, ACCOUNT)
    return {fault.field: fault.code for fault in refused.value.faults}


def line(**changes: Any):
    return replace(ORDER, lines=(replace(RING, **changes),))


# ---- tokens


def test_a_token_is_asked_for_by_form() -> None:
    request = TRACK.token_request({"client_id": "id & 1", "client_secret": "s=cret"})
    assert (request.method, request.path, request.reads_only) == ("POST", "/oauth/token", True)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"], "client_id": ["id & 1"], "client_secret": ["s=cret"],
    }  # fmt: skip


@pytest.mark.parametrize(("life", "kept"), [(3599, 3299), ("3599", 3299), (100, 50), (10**30, 86_100)])
def test_a_token_is_used_until_shortly_before_it_ends(life, kept) -> None:
    body = json.dumps({"access_token": "abc", "token_type": "bearer", "expires_in": life}).encode()
    token = TRACK.read_token(body, NOW)
    assert (token.value, token.expires_at) == ("abc", NOW + timedelta(seconds=kept))
    assert bearer(token.value) == {"authorization": "Bearer abc"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>",
        b'{"access_token":"a"}',
        b'{"access_token":"","expires_in":9}',
        b'{"access_token":7,"expires_in":9}',
        b'{"access_token":"a b","expires_in":9}',
        b'{"access_token":"a\\r\\nx: y","expires_in":9}',
        b'{"access_token":"a","expires_in":0}',
        b'{"access_token":"a","expires_in":-5}',
        b'{"access_token":"a","expires_in":true}',
        b'{"access_token":"a","expires_in":"soon"}',
    ],
)
def test_an_answer_without_a_usable_token_is_unreadable(body) -> None:
    with pytest.raises(CarrierUnreadable):
        TRACK.read_token(body, NOW)


def test_a_token_and_a_label_do_not_show_when_printed() -> None:
    token = TRACK.read_token(b'{"access_token":"abcdef","expires_in":3599}', NOW)
    assert "abcdef" not in repr(token)
    assert "Camille" not in repr(ORDER)
    assert "Camille" not in repr(WAYBILLS.request(ORDER, ACCOUNT))


# ---- asking where parcels are


@pytest.mark.parametrize(("count", "calls"), [(0, []), (1, [1]), (30, [30]), (31, [30, 1]), (61, [30, 30, 1])])
def test_thirty_numbers_go_into_one_call(count, calls) -> None:
    requests = POLLING.requests([str(10**11 + n) for n in range(count)])
    assert [len(said(request)["trackingInfo"]) for request in requests] == calls
    assert all(request.path == "/track/v1/trackingnumbers" and request.reads_only for request in requests)


def test_a_tracking_question_is_as_documented() -> None:
    (request,) = POLLING.requests([NUMBER])
    assert said(request) == {
        "includeDetailedScans": True,
        "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": NUMBER}}],
    }
    assert request.headers == {"content-type": "application/json", "x-locale": "en_US"}


def test_a_reference_is_looked_up_in_our_account_over_the_days_it_can_have_been_used() -> None:
    request = LOOKUP.request("RMA-1001-1", NOW, ACCOUNT)
    assert (request.path, request.reads_only) == ("/track/v1/referencenumbers", True)
    assert said(request)["referencesInformation"] == {
        "type": "CUSTOMER_REFERENCE", "value": "RMA-1001-1", "accountNumber": ACCOUNT, "carrierCode": "FDXE",
        "shipDateBegin": "2026-10-23", "shipDateEnd": "2026-12-06",
    }  # fmt: skip


class Wire:
    def __init__(self, said: Any) -> None:
        self.body = json.dumps(said).encode()


def test_the_one_waybill_under_our_reference_settles_an_unknown_outcome() -> None:
    found = LOOKUP.read(Wire(answer(result(scan(eventType="OC")))), NOW)
    assert found == FoundWaybill(NUMBER, date(2026, 11, 19))


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "TRACKING.REFERENCENUMBER.NOTFOUND", "message": "Reference number cannot be found."}]},
        answer(result(scan(eventType="CA"))),
        {"output": {"completeTrackResults": [
            answer(result(scan()), number=number)["output"]["completeTrackResults"][0]
            for number in ("123456789012", "123456789023")
        ]}},
    ],
    ids=["none", "cancelled", "several"],
)  # fmt: skip
def test_no_waybill_a_cancelled_one_and_several_are_left_to_a_person(body) -> None:
    assert LOOKUP.read(Wire(body), NOW) is None


# ---- waybills


def test_a_waybill_request_says_who_what_why_and_whose_reference() -> None:
    request = WAYBILLS.request(ORDER, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("POST", "/ship/v1/shipments", False)
    assert request.headers["x-customer-transaction-id"] == "RMA-1001-1"
    body = said(request)
    assert (body["accountNumber"], body["labelResponseOptions"]) == ({"value": ACCOUNT}, "LABEL")
    wanted = body["requestedShipment"]
    assert wanted["shipper"]["address"]["countryCode"] == "FR"
    assert wanted["shipper"]["contact"]["phoneNumber"] == "+33155550202"
    assert wanted["recipients"][0]["address"]["city"] == "Shenzhen"
    (package,) = wanted["requestedPackageLineItems"]
    assert package["weight"] == {"units": "KG", "value": 0.25}
    assert package["customerReferences"] == [
        {"customerReferenceType": "CUSTOMER_REFERENCE", "value": "RMA-1001-1"},
        {"customerReferenceType": "RMA_ASSOCIATION", "value": "RMA-1001"},
    ]


def test_a_return_is_linked_to_the_shipment_that_took_the_goods_out() -> None:
    wanted = shipment()
    detail = wanted["shipmentSpecialServices"]["returnShipmentDetail"]
    assert wanted["shipmentSpecialServices"]["specialServiceTypes"] == ["RETURN_SHIPMENT"]
    assert detail["returnAssociationDetail"] == {"trackingNumber": "794644790149", "shipDatestamp": "2026-11-02"}
    invoice = wanted["customsClearanceDetail"]["commercialInvoice"]
    assert invoice["comments"] == ["Exported 2026-11-02 under waybill 794644790149", "Return authorisation RMA-1001"]
    assert invoice["customerReferences"] == [{"customerReferenceType": "INVOICE_NUMBER", "value": "INV-77"}]


@pytest.mark.parametrize(
    ("purpose", "shipment_purpose", "customs_option", "returns"),
    [
        ("refund_return", "NOT_SOLD", "REJECTED", True),
        ("recall_return", "NOT_SOLD", "FAULTY_ITEM", True),
        ("repair_out", "REPAIR_AND_RETURN", "FOR_REPAIR", True),
        ("repaired_back", "REPAIR_AND_RETURN", "FOLLOWING_REPAIR", False),
        ("unaltered_back", "NOT_SOLD", "REJECTED", False),
        ("exchange_replacement", "SOLD", "REPLACEMENT", False),
        ("loan_or_sample", "NOT_SOLD", "ITEM_FOR_LOAN", False),
    ],
)
def test_the_purpose_is_never_lost_on_the_way(purpose, shipment_purpose, customs_option, returns) -> None:
    wanted = shipment(replace(ORDER, purpose=purpose))
    customs = wanted["customsClearanceDetail"]
    assert customs["commercialInvoice"]["shipmentPurpose"] == shipment_purpose
    assert customs["customsOption"] == {"type": customs_option}
    assert ("shipmentSpecialServices" in wanted) is returns


def test_every_purpose_of_the_house_has_fedex_words() -> None:
    for purpose in get_args(Purpose):
        assert shipment(replace(ORDER, purpose=purpose))["customsClearanceDetail"]["customsOption"]["type"]


def test_a_purpose_without_fedex_words_is_refused_with_the_reason() -> None:
    assert faults(replace(ORDER, purpose="gift")) == {"purpose": "not_offered"}


def test_customs_are_told_metal_fineness_article_origin_weight_and_value() -> None:
    customs = shipment()["customsClearanceDetail"]
    (commodity,) = customs["commodities"]
    assert commodity == {
        "description": "18 carat gold ring with one diamond", "harmonizedCode": "71131950",
        "countryOfManufacture": "CN", "numberOfPieces": 1, "quantity": 1, "quantityUnits": "PCS",
        "weight": {"units": "KG", "value": 0.0053}, "unitPrice": {"amount": 1180, "currency": "EUR"},
        "customsValue": {"amount": 1180, "currency": "EUR"},
    }  # fmt: skip
    assert customs["totalCustomsValue"] == {"amount": 1180, "currency": "EUR"}


def test_nothing_but_the_customs_lines_speaks_of_gold() -> None:
    wanted = shipment()
    assert "gold" in json.dumps(wanted.pop("customsClearanceDetail"))
    assert not any(word in json.dumps(wanted).lower() for word in ("gold", "ring", "diamond", "jewel"))


def test_within_one_customs_territory_nothing_is_declared() -> None:
    assert "customsClearanceDetail" not in shipment(replace(ORDER, recipient=replace(FACILITY, country="DE")))


def test_direct_signature_is_always_asked_for() -> None:
    services = shipment()["requestedPackageLineItems"][0]["packageSpecialServices"]
    assert services == {"specialServiceTypes": ["SIGNATURE_OPTION"], "signatureOptionType": "DIRECT"}


def test_no_value_is_declared_for_carriage_where_a_policy_covers() -> None:
    declared = replace(ORDER, declared_value=Money(Decimal("500.00"), "EUR"))
    assert "declaredValue" not in shipment(declared)["requestedPackageLineItems"][0]
    bare = replace(declared, policy_covers=False)
    assert shipment(bare)["requestedPackageLineItems"][0]["declaredValue"] == {"amount": 500, "currency": "EUR"}


def test_more_than_the_customs_value_cannot_be_declared() -> None:
    above = replace(ORDER, policy_covers=False, declared_value=Money(Decimal("1180.01"), "EUR"))
    assert faults(above) == {"declared_value": "above_customs_value"}
    assert faults(replace(above, declared_value=Money(Decimal("5"), "USD"))) == {"declared_value": "currency"}
    assert faults(replace(above, declared_value=Money(Decimal("5.005"), "EUR"))) == {"declared_value": "decimals"}
    assert shipment(replace(above, declared_value=Money(Decimal("1180.00"), "EUR")))


def test_lines_that_are_each_short_enough_but_not_together_are_refused() -> None:
    dear = replace(RING, quantity=10**7, value=Money(Decimal("99999999999.99"), "EUR"))
    alone = shipment(replace(ORDER, lines=(dear,)))["customsClearanceDetail"]
    assert alone["totalCustomsValue"]["amount"] == 99999999999.99
    assert faults(replace(ORDER, lines=(dear, RING))) == {"lines.value": "too_many_digits"}


@given(st.decimals(min_value="0.01", max_value="99999999999.99", places=2))
def test_every_amount_that_fedex_takes_is_spelled_exactly(amount) -> None:
    assert Decimal(json.dumps(exact(amount))) == amount


@pytest.mark.parametrize(("amount", "currency"), [("99999.99", "EUR"), ("99999", "JPY")])
def test_a_unit_price_of_five_digits_is_taken(amount, currency) -> None:
    commodity = shipment(priced(amount, currency))["customsClearanceDetail"]["commodities"][0]
    assert Decimal(str(commodity["unitPrice"]["amount"])) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("100000.00", "CNY"), ("185000", "JPY")])
def test_a_unit_price_of_six_digits_is_refused_naming_the_field(amount, currency) -> None:
    assert faults(priced(amount, currency)) == {"lines[0].unit_price": "too_many_digits"}


def test_a_line_of_many_pieces_is_priced_by_the_piece() -> None:
    many = line(quantity=3, value=Money(Decimal("300000.00"), "CNY"))
    assert faults(many) == {"lines[0].unit_price": "too_many_digits"}
    ten = line(quantity=10, value=Money(Decimal("300000.00"), "CNY"))
    assert shipment(ten)["customsClearanceDetail"]["commodities"][0]["unitPrice"]["amount"] == 30_000


@pytest.mark.parametrize("text", ["Jewelry", "jewellery", "PRECIOUS  METAL", "gold", "Ring"])
def test_a_description_that_customs_call_vague_is_refused(text) -> None:
    assert faults(line(description=text)) == {"lines[0].description": "vague"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (line(description=""), {"lines[0].description": "length"}),
        (line(description="x" * 451), {"lines[0].description": "length"}),
        (line(hs_code=""), {"lines[0].hs_code": "format"}),
        (line(hs_code="71131X"), {"lines[0].hs_code": "format"}),
        (line(made_in="China"), {"lines[0].made_in": "format"}),
        (line(quantity=0), {"lines[0]": "not_positive"}),
        (line(value=Money(Decimal("0.00"), "EUR")), {"lines[0]": "not_positive"}),
        (line(value=Money(Decimal("10.005"), "EUR")), {"lines[0].value": "decimals"}),
        (line(weight_g=Decimal(251)), {"parcel_weight_g": "below_contents"}),
        (replace(ORDER, lines=()), {"lines": "count"}),
        (replace(ORDER, reference=""), {"reference": "length"}),
        (replace(ORDER, reference="é"), {"reference": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, phone="")), {"shipper.phone": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, phone="1" * 16)), {"shipper.phone": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, street=())), {"shipper.street": "lines"}),
        (replace(ORDER, recipient=replace(FACILITY, country="cn")), {"recipient.country": "format"}),
        (replace(ORDER, recipient=replace(FACILITY, company="x" * 36)), {"recipient.company": "length"}),
    ],
)
def test_what_fedex_would_refuse_is_found_before_it_is_asked(order, expected) -> None:
    assert faults(order) == expected


def test_every_fault_is_named_at_once_and_none_repeats_what_was_written() -> None:
    wrong = replace(line(hs_code="?", made_in="?"), shipper=replace(CUSTOMER, name="", phone="Camille"))
    assert set(faults(wrong)) == {"lines[0].hs_code", "lines[0].made_in", "shipper.name"}
    with pytest.raises(CarrierRefused) as refused:
        WAYBILLS.request(wrong, ACCOUNT)
    assert refused.value.carrier_code == "order_not_accepted"
    assert "Camille" not in str(refused.value)


def test_lines_in_two_currencies_are_refused() -> None:
    mixed = replace(ORDER, lines=(RING, replace(RING, value=Money(Decimal("5.00"), "USD"))))
    assert faults(mixed) == {"lines.value": "currencies"}


def test_a_long_street_is_broken_between_words_as_a_label_needs_it() -> None:
    long = replace(CUSTOMER, street=("Batiment C, Escalier 4, Residence des Grands Ormes", "8 rue de la Paix"))
    lines = shipment(replace(ORDER, shipper=long))["shipper"]["address"]["streetLines"]
    assert " ".join(lines) == "Batiment C, Escalier 4, Residence des Grands Ormes 8 rue de la Paix"
    assert all(len(one) <= 35 for one in lines)


@pytest.mark.parametrize("amount", ["0.1", "1180.05", "99999.99", "0.0053", "12345678901.23", "7"])
def test_an_amount_is_spelled_in_json_as_it_is(amount) -> None:
    assert Decimal(json.dumps(exact(Decimal(amount)))) == Decimal(amount)


def test_an_amount_that_no_json_number_spells_is_refused_rather_than_rounded() -> None:
    with pytest.raises(ValueError, match="no JSON number"):
        exact(Decimal("0.12345678901234567891"))


def bought(**changes: Any) -> dict[str, Any]:
    document = {"contentType": "LABEL", "docType": "PDF", "encodedLabel": base64.b64encode(b"%PDF-1.4").decode()}
    piece = {"trackingNumber": NUMBER, "packageDocuments": [document]}
    whole = {"masterTrackingNumber": NUMBER, "shipDatestamp": "2026-11-23", "pieceResponses": [piece]}
    return {"transactionId": "t", "output": {"transactionShipments": [{**whole, **changes}]}}


def waybill(body: Any, status: int = 200):
    return WAYBILLS.read(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode(), NOW)


def test_a_bought_waybill_is_read_with_its_label() -> None:
    found = waybill(bought())
    assert (found.number, found.pieces) == (NUMBER, (NUMBER,))
    assert found.label == Document("label", "application/pdf", b"%PDF-1.4")
    assert found.ship_date == date(2026, 11, 23)


def test_a_label_that_fedex_keeps_comes_as_its_address() -> None:
    document = {"contentType": "LABEL", "docType": "PDF", "url": "https://www.fedex.com/document/v2/label"}
    found = waybill(bought(pieceResponses=[{"packageDocuments": [document]}]))
    assert found.label is None
    assert [paper.url for paper in found.documents] == ["https://www.fedex.com/document/v2/label"]


def test_a_damaged_label_does_not_lose_the_waybill() -> None:
    document = {"contentType": "LABEL", "docType": "PDF", "encodedLabel": "not base64!"}
    found = waybill(bought(pieceResponses=[{"packageDocuments": [document]}]))
    assert (found.number, found.label) == (NUMBER, None)


def test_the_number_of_the_piece_serves_where_no_master_is_named() -> None:
    assert waybill(bought(masterTrackingNumber=None)).number == NUMBER


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", {}, {"output": None}, {"output": {}}, {"output": {"jobId": "abc"}},
        {"output": {"transactionShipments": []}}, {"output": {"transactionShipments": [None]}},
        bought(masterTrackingNumber=None, pieceResponses=[]), bought(masterTrackingNumber="#", pieceResponses=None),
    ],
)  # fmt: skip
def test_success_without_a_waybill_may_have_bought_one_and_is_never_repeated(body) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        waybill(body)


def test_a_refusal_inside_a_success_is_a_refusal() -> None:
    with pytest.raises(CarrierRefused) as refused:
        waybill({"errors": [{"code": "SHIPMENT.COMMODITIES.INVALID", "message": "Commodity is invalid"}]})
    assert refused.value.carrier_code == "SHIPMENT.COMMODITIES.INVALID"


# ---- pickups


def test_a_pickup_is_asked_for_by_the_local_clock() -> None:
    request = PICKUPS.request(PICKUP, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("POST", "/pickup/v1/pickups", False)
    body = said(request)
    assert body["originDetail"]["readyDateTimestamp"] == "2026-11-23T10:00:00Z"
    assert body["originDetail"]["customerCloseTime"] == "16:00:00"
    assert (body["carrierCode"], body["pickupType"], body["countryRelationships"]) == (
        "FDXE",
        "ON_CALL",
        "INTERNATIONAL",
    )
    assert (body["trackingNumber"], body["packageCount"]) == (NUMBER, 1)
    assert body["associatedAccountNumber"] == {"value": ACCOUNT}
    assert body["remarks"] == "ring at the concierge"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"remarks": "x" * 61}, "remarks"),
        ({"hours": replace(HOURS, close_at=HOURS.ready_at)}, "hours.close_at"),
        ({"hours": replace(HOURS, close_at=HOURS.close_at + timedelta(days=1))}, "hours.close_at"),
        ({"hours": replace(HOURS, ready_at=HOURS.ready_at.replace(tzinfo=UTC))}, "hours.ready_at"),
        ({"weight_g": Decimal(0)}, "weight_g"),
        ({"packages": 0}, "weight_g"),
        ({"place": replace(CUSTOMER, city="")}, "place.city"),
    ],
)
def test_a_pickup_that_fedex_would_refuse_is_found_before_it_is_asked(changes, field) -> None:
    with pytest.raises(OrderNotAccepted) as refused:
        PICKUPS.request(replace(PICKUP, **changes), ACCOUNT)
    assert [fault.field for fault in refused.value.faults] == [field]


def confirmed(**changes: Any) -> bytes:
    output = {"pickupConfirmationCode": "3001", "message": "Courier on the way", "location": "COSA", "alerts": []}
    return json.dumps({"output": {**output, **changes}}).encode()


def test_a_confirmation_keeps_code_and_location() -> None:
    assert PICKUPS.read(200, {}, confirmed(), NOW) == PickupConfirmation("3001", "COSA", None)
    assert PICKUPS.read(200, {}, confirmed(pickupConfirmationCode=7), NOW).code == "7"
    assert PICKUPS.read(200, {}, confirmed(location=None), NOW).location is None


@pytest.mark.parametrize("code", [None, "", " ", [], True])
def test_success_without_a_confirmation_may_have_booked_and_is_never_repeated(code) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        PICKUPS.read(200, {}, confirmed(pickupConfirmationCode=code), NOW)


def test_a_pickup_is_cancelled_by_code_date_and_location() -> None:
    request = PICKUPS.cancel(PickupConfirmation("3001", "COSA", date(2026, 11, 23)), ACCOUNT, "RMA-1001-1P")
    assert (request.method, request.path) == ("PUT", "/pickup/v1/pickups/cancel")
    assert said(request) == {
        "associatedAccountNumber": {"value": ACCOUNT}, "pickupConfirmationCode": "3001", "carrierCode": "FDXE",
        "scheduledDate": "2026-11-23", "location": "COSA",
    }  # fmt: skip


@pytest.mark.parametrize(
    "confirmation", [PickupConfirmation("3001", None, date(2026, 11, 23)), PickupConfirmation("3001", "COSA", None)]
)
def test_a_pickup_without_location_or_date_cannot_be_cancelled_by_a_call(confirmation) -> None:
    with pytest.raises(OrderNotAccepted):
        PICKUPS.cancel(confirmation, ACCOUNT, "RMA-1001-1P")


def test_an_unused_waybill_is_taken_back_whole() -> None:
    request = WAYBILLS.cancel(NUMBER, ACCOUNT, "RMA-1001-1")
    assert (request.method, request.path, request.reads_only) == ("PUT", "/ship/v1/shipments/cancel", False)
    assert said(request)["deletionControl"] == "DELETE_ALL_PACKAGES"


# ---- refusals


def error(status: int, code: str = "X.Y", message: str = "m", now: datetime = NOW, **headers: str) -> CarrierError:
    body = json.dumps({"transactionId": "t", "errors": [{"code": code, "message": message}]}).encode()
    return SHIP.read_error(status, {name.replace("_", "-"): text for name, text in headers.items()}, body, now)


def test_a_burst_waits_a_moment() -> None:
    found = error(429, "TOO.MANY.REQUESTS", "We have received too many requests in a short duration.")
    assert isinstance(found, CarrierUnavailable)
    assert found.retry_after == 10
    assert error(429, Retry_After="3").retry_after == 3
    assert error(429, Retry_After="3600").retry_after == 3600, "who asks for an hour gets an hour"


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), 21 * 3600),
        (datetime(2026, 11, 22, 23, 59, 59, 500_000, tzinfo=UTC), 1),
        (datetime.fromisoformat("2026-11-22T23:30:00-05:00"), 19 * 3600 + 1800),
    ],
)
def test_the_daily_quota_waits_until_midnight_gmt(now, seconds) -> None:
    found = error(429, "QUOTA", "Daily transaction quota exceeded. Retry after 12:00AM GMT", now=now, Retry_After="5")
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120), ("0", 1), ("999999999999", 86_400), ("Sun, 22 Nov 2026 03:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 02:00:00 GMT", 1), ("Fri, 01 Jan 2199 00:00:00 GMT", 86_400),
        ("soon", None), ("", None), ("-5", None), ("1.5", None), ("９", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_clamped(asked, seconds) -> None:
    found = error(503, "SERVICE.UNAVAILABLE.ERROR", retry_after=asked)
    assert isinstance(found, CarrierUnavailable)
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "NOT.AUTHORIZED.ERROR"), (401, "LOGIN.REAUTHENTICATE.ERROR"), (401, "X"), (403, "NOT.AUTHORIZED.ERROR")],
)
def test_a_token_no_longer_taken_is_a_signal_to_fetch_a_new_one(status, code) -> None:
    found = error(status, code)
    assert isinstance(found, TokenRejected)
    assert isinstance(found, CarrierUnavailable)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_in_fedex_words_is_final(status) -> None:
    found = error(status, "FORBIDDEN.ERROR", "We could not authorize your credentials.")
    assert isinstance(found, CarrierRefused)
    assert (found.carrier_code, found.text) == ("FORBIDDEN.ERROR", "We could not authorize your credentials.")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"{}", b"\xff\xfe", b"[" * 100_000])
def test_a_server_fault_is_unavailable_whatever_its_body(status, body) -> None:
    assert type(SHIP.read_error(status, {}, body, NOW)) is CarrierUnavailable


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"errors":[]}', b'{"errors":[7]}', b'{"errors":{"code":"x"}}', b'{"errors":[{}]}']
)
def test_a_refusal_without_the_envelope_is_unreadable(body) -> None:
    assert isinstance(SHIP.read_error(400, {}, body, NOW), CarrierUnreadable)


def test_a_block_for_asking_too_fast_is_waited_out() -> None:
    found = SHIP.read_error(403, {}, b"<html>Access Denied</html>", NOW)
    assert isinstance(found, CarrierUnavailable)
    assert found.retry_after == 600


def test_an_error_repeats_no_control_characters() -> None:
    found = error(400, "X\r\nY", "a\nb")
    assert isinstance(found, CarrierRefused)
    assert str(found) == "XY: ab"


def test_a_refused_order_raises_fedex_own_error() -> None:
    body = json.dumps({"errors": [{"code": "ACCOUNTNUMBER.REGISTRATION.REQUIRED", "message": "m"}]}).encode()
    with pytest.raises(CarrierRefused):
        waybill(body, status=400)
    with pytest.raises(CarrierUnavailable):
        PICKUPS.read(503, {}, b"", NOW)
