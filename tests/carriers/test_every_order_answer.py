"""Every answer about an order, of every carrier, spoiled at every node: a value or one of our errors, never another.

And what a call that changes the world answered is never called merely unreadable where the status says success: what is
unreadable may be asked again, what may have been carried out may not.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.carriers.contract import AccessToken, FoundWaybill, PickupConfirmation, Waybill
from chalicelib.carriers.registry import CARRIERS
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable
from tests.carriers.test_fedex_mutants import REPLACEMENTS, mutant, paths

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FEDEX, DHL, EMS = CARRIERS["fedex"], CARRIERS["dhl"], CARRIERS["ems"]
PDF = base64.b64encode(b"%PDF").decode()
TYPED = (CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable)
JUNK = (
    b"", b" ", b"null", b"7", b"true", b'"x"', b"[]", b"[null]", b"{", b"{}{}", b"<html>", b"\xff\xfe", b"\x00",
    b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b'{"a":"\\ud800"}', b"{}", b'{"output":{}}', b'{"retBody":null}',
)  # fmt: skip
ODD = (
    *REPLACEMENTS,
    True,
    -1,
    1e300,
    "\x00",
    "9" * 5_000,
    [[]],
    [{}],
    "٣",
    "2026-02-30",
    "../x",
    "a b",
    {"a": {"b": []}},
)


@dataclass(frozen=True)
class Wire:
    body: bytes


def china(content: Any) -> dict[str, Any]:
    return {"retCode": "00000", "retMsg": "", "success": True, "retBody": json.dumps(content)}


def plain(read: Callable[..., Any]) -> Callable[[int, Any, bytes, datetime], Any]:
    """A reader that is given answers of success alone, as the others are called."""
    return lambda _status, _headers, body, now: read(Wire(body), now)


FEDEX_PAPER = {"contentType": "LABEL", "docType": "PDF", "encodedLabel": PDF}
FEDEX_WAYBILL = {
    "masterTrackingNumber": "794644790138", "shipDatestamp": "2026-11-23",
    "pieceResponses": [{"trackingNumber": "794644790138", "packageDocuments": [FEDEX_PAPER]}],
    "shipmentDocuments": [{**FEDEX_PAPER, "contentType": "COMMERCIAL_INVOICE"}], "alerts": [],
}  # fmt: skip
FEDEX_DAY = {
    "carrier": "FDXE", "available": True, "pickupDate": "2026-11-23", "cutOffTime": "15:30:00",
    "accessTime": {"hours": 1, "minutes": 30}, "readyTimeOptions": ["08:30:00"], "latestTimeOptions": ["16:00:00"],
    "defaultReadyTime": "09:00:00", "defaultLatestTimeOptions": "18:00:00",
}  # fmt: skip
DHL_WAYBILL = {
    "shipmentTrackingNumber": "4818240420", "documents": [{"imageFormat": "PDF", "content": PDF, "typeCode": "label"}],
    "packages": [{"referenceNumber": 1, "trackingNumber": "JD014600006281230704", "documents": []}],
}  # fmt: skip
DHL_PICKUP = {"dispatchConfirmationNumbers": ["PRG221222000062", "PRG221222000063"], "readyByTime": "12:00",
              "nextPickupDate": "2026-11-25"}  # fmt: skip
DHL_DAY = {
    "productCode": "P",
    "pickupCapabilities": {"localCutoffDateAndTime": "2026-11-24T15:00:00", "cutoffTimeOffset": "PT2H",
                           "pickupEarliest": "09:30:00", "pickupLatest": "16:00:00"},
}  # fmt: skip
# What a reader is given, and whether the call it answers changes the world.
ANSWERS: dict[str, tuple[Callable[..., Any], Any, bool, type]] = {
    "fedex waybill": (FEDEX.waybills.read, {"output": {"transactionShipments": [FEDEX_WAYBILL]}}, True, Waybill),
    "fedex waybill cancelled": (FEDEX.waybills.read_cancelled, {"output": {"cancelledShipment": True}}, True,
                                type(None)),
    "fedex dry run": (FEDEX.waybills.read_dry_run, {"output": {"alerts": [{"code": "OK", "alertType": "NOTE"}]}}, False,
                      type(None)),
    "fedex pickup": (FEDEX.pickups.read, {"output": {"pickupConfirmationCode": "3001", "location": "COSA"}}, True,
                     PickupConfirmation),
    "fedex pickup cancelled": (FEDEX.pickups.read_cancelled, {"output": {"pickupConfirmationCode": "3001"}}, True,
                               type(None)),
    "fedex days": (FEDEX.pickups.read_days, {"output": {"options": [FEDEX_DAY]}}, False, tuple),
    "fedex token": (lambda _s, _h, body, now: FEDEX.waybills.access.read_token(body, now),
                    {"access_token": "a-token", "expires_in": 3599}, False, AccessToken),
    "dhl waybill": (DHL.waybills.read, DHL_WAYBILL, True, Waybill),
    "dhl dry run": (DHL.waybills.read_dry_run, {"status": "200", "warnings": []}, False, type(None)),
    "dhl lookup": (plain(DHL.waybills.lookup.read),
                   {"shipments": [{"shipmentTrackingNumber": "4818240420", "shipmentTimestamp": "2026-11-24T18:00"}]},
                   False, FoundWaybill),
    "dhl pickup": (DHL.pickups.read, DHL_PICKUP, True, PickupConfirmation),
    "dhl pickup cancelled": (DHL.pickups.read_cancelled, {"status": "200"}, True, type(None)),
    "dhl days": (DHL.pickups.read_days, {"products": [DHL_DAY]}, False, tuple),
    "ems order": (EMS.waybills.read, china([{"waybillNo": "EA123456785CN"}]), True, Waybill),
    "ems order cancelled": (EMS.waybills.read_cancelled, china(None), True, type(None)),
    "ems range": (EMS.waybills.read_dry_run, china({"status": "0"}), False, type(None)),
}  # fmt: skip
# Its status alone is DHL's answer to a cancellation: no body is documented. A body that is no object is not DHL's.
STATUS_ALONE = frozenset({"dhl pickup cancelled"})
NO_WORDS = frozenset({b"", b"{}", b'{"output":{}}', b'{"retBody":null}'})


@pytest.mark.parametrize("name", ANSWERS)
def test_the_whole_answer_is_read(name: str) -> None:
    read, said, _, kind = ANSWERS[name]
    assert isinstance(read(200, {}, json.dumps(said).encode(), NOW), kind)


def outcome(name: str, body: bytes, status: int = 200) -> Any:
    """The value, or the error, which is one of ours."""
    read = ANSWERS[name][0]
    try:
        return read(status, {}, body, NOW)
    except TYPED as error:
        return error


@pytest.mark.parametrize("name", ANSWERS)
def test_every_spoiled_node_gives_a_value_or_a_typed_error(name: str) -> None:
    _, said, changes, kind = ANSWERS[name]
    wholes = [said]
    if "retBody" in said:
        inner = json.loads(said["retBody"])
        wrapped = [mutant({"x": inner}, ("x", *path), odd) for path in paths(inner) for odd in ODD] if inner else []
        wholes += [{**said, "retBody": json.dumps(one["x"])} for one in wrapped]
    bodies = [json.dumps(mutant(wholes[0], path, odd)).encode() for path in paths(wholes[0]) for odd in ODD]
    bodies += [json.dumps(whole).encode() for whole in wholes[1:]]
    for body in bodies:
        found = outcome(name, body)
        assert found is None or isinstance(found, (kind, *TYPED)), body
        assert not (changes and isinstance(found, CarrierUnreadable)), body
        if isinstance(found, Waybill):
            assert found.number, body
        if isinstance(found, PickupConfirmation):
            assert found.code, body
    assert len(bodies) >= 20


@pytest.mark.parametrize("name", [name for name, (_, _, changes, _) in ANSWERS.items() if changes])
@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
def test_success_that_cannot_be_read_may_have_been_carried_out(name: str, body: bytes) -> None:
    found = outcome(name, body)
    if name in STATUS_ALONE and body.strip() in NO_WORDS:
        assert found is None
    else:
        assert isinstance(found, CarrierOutcomeUnknown), found


@pytest.mark.parametrize("name", ANSWERS)
def test_fuzzed_bytes_give_a_value_or_a_typed_error(name: str) -> None:
    chance = random.Random(f"{name}/20261122")
    whole = json.dumps(ANSWERS[name][1]).encode()
    for _ in range(500):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(body))
            body[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        outcome(name, bytes(body) or b"x")


ACCESSES = {
    "fedex": FEDEX.waybills.access, "mydhl": DHL.waybills.access, "unified": DHL.polling[1].access,
    "ems": EMS.waybills.access,
}  # fmt: skip
ENVELOPES = (
    {"errors": [{"code": "A.CODE", "message": "words"}]}, {"title": "T", "detail": "8008: words", "status": "400"},
    {"retCode": "B00010", "retMsg": "words", "success": False},
    {"title": "T", "additionalDetails": ["998: a"], "status": 7},
)  # fmt: skip


@pytest.mark.parametrize("access", ACCESSES)
def test_an_error_answer_is_always_one_of_ours_whatever_is_in_it(access: str) -> None:
    read = ACCESSES[access].read_error
    bodies = [
        *JUNK,
        *(json.dumps(mutant(one, path, odd)).encode() for one in ENVELOPES for path in paths(one) for odd in ODD),
    ]
    for status in (
        100,
        199,
        200,
        204,
        301,
        307,
        400,
        401,
        403,
        404,
        408,
        409,
        413,
        418,
        425,
        429,
        499,
        500,
        503,
        599,
        999,
    ):
        for body in bodies:
            for headers in ({}, {"Retry-After": "٣"}, {"retry-after": "9" * 400}, {"RETRY-AFTER": "Wed, 31 Feb 2026"}):
                told = read(status, headers, body, NOW)
                assert isinstance(told, CarrierError)
                assert len(str(told)) < 400
                assert str(told).isprintable()
