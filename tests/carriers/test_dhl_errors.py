"""DHL's ways in and its refusals: who proves what, who must act, when to come again; nothing personal in any text."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.contract import HttpRequest, TokenRejected
from chalicelib.carriers.dhl import DHL
from chalicelib.carriers.dhl.access import MYDHL, UNIFIED
from chalicelib.carriers.registry import carrier, carrier_of
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnavailable, CarrierUnreadable
from tests.carriers.dhl_order_pieces import NOW, refusal, wire

QUESTION = HttpRequest("GET", "/tracking?shipmentTrackingNumber=3318810025", {}, b"", reads_only=True)
KEYS = {"user": "apMadeUp", "password": "A$1 b:ö"}


# ---- ways in


def test_mydhl_is_called_with_user_and_password_and_its_own_headers() -> None:
    dressed = MYDHL.dress(QUESTION, KEYS, None, NOW)
    scheme, _, credentials = dressed.headers["Authorization"].partition(" ")
    assert (scheme, b64decode(credentials).decode()) == ("Basic", "apMadeUp:A$1 b:ö")
    assert dressed.headers["x-version"] == "3.1.0"
    assert dressed.headers["Message-Reference-Date"] == "Sun, 22 Nov 2026 03:00:00 GMT"
    assert len(dressed.headers["Message-Reference"]) == 36
    assert (dressed.method, dressed.path, dressed.body) == (QUESTION.method, QUESTION.path, QUESTION.body)


def test_the_reference_of_a_call_is_that_of_its_order_and_the_date_that_of_the_call() -> None:
    order = HttpRequest("POST", "/shipments", {"Message-Reference": "r" * 36}, b"{}", reads_only=False)
    later = datetime.fromisoformat("2026-11-22T23:30:00-05:00")
    dressed = MYDHL.dress(order, KEYS, None, later)
    assert dressed.headers["Message-Reference"] == "r" * 36
    assert dressed.headers["Message-Reference-Date"] == "Mon, 23 Nov 2026 04:30:00 GMT"


def test_unified_is_called_with_its_key() -> None:
    assert UNIFIED.dress(QUESTION, {"api_key": "made-up"}, None, NOW).headers == {"DHL-API-Key": "made-up"}


def test_neither_way_in_has_a_token_to_renew() -> None:
    for access in (MYDHL, UNIFIED):
        assert access.token_request is None
        assert access.read_token is None
    assert ((MYDHL.host, MYDHL.secret), (UNIFIED.host, UNIFIED.secret)) == (
        ("mydhl", "mydhl"),
        ("dhl_unified", "unified"),
    )


# ---- refusals


def error(status: int, body: Any = b"", now: datetime = NOW, access: Any = MYDHL, **headers: str) -> CarrierError:
    return access.read_error(status, {name.replace("_", "-"): text for name, text in headers.items()}, wire(body), now)


@pytest.mark.parametrize(
    ("status", "body", "code", "text"),
    [
        (
            400,
            refusal(
                "998: ShipTimeStamp is not well formatted.(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')",
                "998",
            ),
            "998",
            "Bad request: ShipTimeStamp is not well formatted",
        ),
        (
            400,
            refusal(
                "7008: The requested Special Service Code  #/valueAddedServices/0/serviceCode 'xx' is not available "
                "between this origin and destination. Please validate the products.",
            ),
            "7008",
            "Bad request: The requested Special Service Code is not available between this origin and destination; "
            "#/valueAddedServices/0/serviceCode",
        ),
        (
            422,
            refusal(
                "Multiple problems found, see Additional Details",
                "422",
                "Validation error",
                additionalDetails=[
                    "#/location: expected maxLength: 80, actual: 85",
                    "#/customerDetails/shipperDetails/postalAddress/cityName: expected maxLength: 45, actual: 49",
                ],
            ),
            "422",
            "Validation error: #/location expected maxLength: 80, actual: 85; "
            "#/customerDetails/shipperDetails/postalAddress/cityName expected maxLength: 45, actual: 49",
        ),
        (
            422,
            refusal("#/content/packages/0/identifiers/0: extraneous key [dataIdentifier] is not permitted", 422, "T"),
            "422",
            "T: #/content/packages/0/identifiers/0 extraneous key [dataIdentifier]",
        ),
        (
            404,
            {"detail": " Requested Pickup was not found", "title": "Pickup not found", "status": "404"},
            "404",
            "Pickup not found",
        ),
        (
            400,
            refusal("Missing mandatory parameters: requestorName", title="Missing parameters"),
            "400",
            "Missing parameters: Missing mandatory parameters: requestorName",
        ),
        (409, {"message": "Conflict", "status": 409}, "409", "Conflict"),
    ],
)  # fmt: skip
def test_a_refusal_in_dhls_words_is_final(status, body, code, text) -> None:
    found = error(status, body)
    assert isinstance(found, CarrierRefused)
    assert (found.carrier_code, found.text) == (code, text)


@pytest.mark.parametrize(
    ("said", "code"), [("998", "998"), (998, "998"), (True, "no_code"), (None, "no_code"), ("", "no_code")]
)
def test_the_status_of_the_body_is_a_text_or_a_number(said, code) -> None:
    found = error(400, {"title": "Bad request", "status": said})
    assert isinstance(found, CarrierRefused)
    assert found.carrier_code == code


@pytest.mark.parametrize("access", [MYDHL, UNIFIED])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", [b"", b"<html>", {"status": 401, "title": "Unauthorized", "detail": "Unauthorized"}])
def test_credentials_that_are_not_taken_are_for_a_person_and_no_token_is_fetched(access, status, body) -> None:
    found = error(status, body, access=access)
    assert isinstance(found, CarrierRefused)
    assert not isinstance(found, TokenRejected)
    assert found.carrier_code == "credentials"
    assert "carriers' secret" in found.text


@pytest.mark.parametrize("access", [MYDHL, UNIFIED])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120), ("0", 1), ("999999999999", 86_400), ("Sun, 22 Nov 2026 03:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 02:00:00 GMT", 1), ("Fri, 01 Jan 2199 00:00:00 GMT", 86_400), ("soon", 60), ("", 60),
        ("-5", 60), ("９", 60),
    ],
)  # fmt: skip
def test_too_many_calls_wait_as_long_as_dhl_asks(access, asked, seconds) -> None:
    found = error(429, {"status": 429, "title": "Too Many Requests"}, access=access, Retry_After=asked)
    assert isinstance(found, CarrierUnavailable)
    assert found.retry_after == seconds


@pytest.mark.parametrize("access", [MYDHL, UNIFIED])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425])
@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad Gateway</html>", b"{}", b"\xff\xfe", b"[" * 100_000, refusal("999: x")]
)
def test_a_server_fault_is_unavailable_whatever_its_body(access, status, body) -> None:
    found = error(status, body, access=access, retry_after="30")
    assert type(found) is CarrierUnavailable
    assert found.retry_after == 30
    assert error(status, body, access=access).retry_after is None


@pytest.mark.parametrize("access", [MYDHL, UNIFIED])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"7", b"{}", b'{"title":7}', b'{"detail":[]}', b'{"a":1,"a":2}']
)
def test_a_refusal_without_the_envelope_is_unreadable(access, body) -> None:
    assert isinstance(error(404, body, access=access), CarrierUnreadable)


def test_unified_says_no_in_its_own_title() -> None:
    body = {"title": "No result found", "detail": "No shipment with given tracking number found.", "status": 404}
    found = error(404, body, access=UNIFIED)
    assert isinstance(found, CarrierRefused)
    assert (found.carrier_code, found.text) == ("404", "No result found")


# ---- nothing personal, nothing unprintable, nothing endless

PERSONAL = ("Camille", "rue de la Paix", "75002", "camille.martin@example.com", "+33155550202")


@pytest.mark.parametrize(
    "detail",
    [
        "7003: The name 'Camille Martin' is not valid",
        '7003: The address "8 rue de la Paix" is not valid',
        "7003: The contact [Camille Martin, 8 rue de la Paix] is not valid",
        "7003: The postcode 75002 (Camille Martin) is not valid",
        "7003: camille.martin@example.com is not valid",
        "7003: phone=+33155550202 is not valid",
        "The receiver Camille Martin, 8 rue de la Paix, 75002 Paris is not served",
        "#/customerDetails/receiverDetails/contactInformation/fullName: Camille Martin does not match",
        "7003: unclosed 'Camille Martin, 8 rue de la Paix",
    ],
)
@pytest.mark.parametrize("place", ["detail", "additionalDetails"])
def test_what_was_written_is_never_repeated(detail, place) -> None:
    body = refusal("Multiple problems found", "422", "Validation error", instance="/x?requestorName=Camille%20Martin")
    body[place] = detail if place == "detail" else [detail]
    found = error(422, body)
    assert isinstance(found, CarrierRefused)
    for value in PERSONAL:
        assert value not in str(found)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(
        st.sampled_from(["detail", "title", "message", "status", "additionalDetails", "instance"]), inside
    ),
    max_leaves=12,
), st.integers(400, 599))  # fmt: skip
def test_no_body_whatever_breaks_the_reader(body, status) -> None:
    for access in (MYDHL, UNIFIED):
        found = error(status, json.dumps(body).encode(), access=access)
        assert isinstance(found, CarrierError)
        assert str(found).isprintable()
        assert len(str(found)) < 300


@given(st.binary(), st.integers(100, 599))
def test_no_bytes_whatever_break_the_reader(body, status) -> None:
    for access in (MYDHL, UNIFIED):
        assert isinstance(access.read_error(status, {}, body, NOW), CarrierError)


def test_a_long_list_of_faults_is_cut() -> None:
    many = [f"7{at:03}: #/content/exportDeclaration/lineItems/{at}/description is wrong" for at in range(5_000)]
    found = error(400, refusal("Multiple problems found", additionalDetails=many))
    assert isinstance(found, CarrierRefused)
    assert found.carrier_code == "7000"
    assert len(found.text) <= 200


def test_the_clock_of_the_caller_may_be_in_any_zone() -> None:
    elsewhere = NOW.astimezone(UTC).astimezone(datetime.fromisoformat("2026-11-22T00:00:00-05:00").tzinfo)
    assert error(429, Retry_After="Sun, 22 Nov 2026 03:02:00 GMT", now=elsewhere).retry_after == 120


def test_dhl_is_one_carrier_with_every_channel_it_has() -> None:
    assert carrier("dhl") is DHL
    assert [(one.source, one.numbers_per_call, one.access) for one in DHL.polling] == [
        ("mydhl", 200, MYDHL), ("dhl_unified", 1, UNIFIED),
    ]  # fmt: skip
    assert DHL.push is not None
    assert {carrier_of(source) for source in ("mydhl", "dhl_unified", DHL.push.source)} == {"dhl"}
    assert DHL.judge_number("3318810025") == "valid"
    assert (DHL.waybills.access, DHL.pickups.access, DHL.waybills.brings_courier) == (MYDHL, MYDHL, False)


def test_every_question_about_a_parcel_goes_out_dressed() -> None:
    for polling, keys in zip(DHL.polling, (KEYS, {"api_key": "made-up"}), strict=True):
        for request in polling.requests(["3318810025", "8487135506"]):
            dressed = polling.access.dress(request, keys, None, NOW)
            assert request.reads_only
            assert set(request.headers) <= set(dressed.headers)
            assert len({name.lower() for name in dressed.headers}) == len(dressed.headers), "no header twice"
