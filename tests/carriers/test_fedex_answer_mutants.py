"""Every node of FedEx's answers about waybills and pickups, replaced in turn: a value, or one of our errors, only."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.carriers.registry import FEDEX
from chalicelib.errors import CarrierError, CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable
from tests.carriers.fedex_pieces import NOW, NUMBER
from tests.carriers.test_fedex_mutants import REPLACEMENTS, mutant, paths

WAYBILLS, PICKUPS = FEDEX.waybills, FEDEX.pickups
PAPER = {
    "contentType": "LABEL",
    "docType": "PDF",
    "encodedLabel": base64.b64encode(b"%PDF").decode(),
    "url": "https://x",
}
ANSWERS: dict[str, tuple[Callable[..., Any], Any]] = {
    "waybill": (
        WAYBILLS.read,
        {"transactionShipments": [{
            "masterTrackingNumber": NUMBER, "shipDatestamp": "2026-11-23", "serviceType": "INTERNATIONAL_FIRST",
            "pieceResponses": [{"trackingNumber": NUMBER, "packageDocuments": [PAPER]}],
            "shipmentDocuments": [{**PAPER, "contentType": "COMMERCIAL_INVOICE"}], "alerts": [],
        }]},
    ),
    "dry run": (WAYBILLS.read_dry_run, {"alerts": [{"code": "SHIPMENT.VALIDATION.SUCCESS", "alertType": "NOTE"}]}),
    "waybill cancelled": (WAYBILLS.read_cancelled, {"cancelledShipment": True, "message": "Success"}),
    "pickup": (PICKUPS.read, {"pickupConfirmationCode": "3001", "location": "COSA", "message": "m", "alerts": []}),
    "pickup cancelled": (PICKUPS.read_cancelled, {"pickupConfirmationCode": "3001", "cancelConfirmationMessage": "m"}),
    "pickup days": (
        PICKUPS.read_days,
        {"options": [{
            "carrier": "FDXE", "available": True, "pickupDate": "2026-11-23", "cutOffTime": "15:30:00",
            "accessTime": {"hours": 1, "minutes": 30}, "readyTimeOptions": ["08:30:00"], "defaultReadyTime": "09:00:00",
            "latestTimeOptions": ["16:00:00"], "defaultLatestTimeOptions": "18:00:00",
        }]},
    ),
}  # fmt: skip
TYPED = (CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_mutant_of_an_answer_gives_a_value_or_a_typed_error(name: str) -> None:
    read, output = ANSWERS[name]
    whole = {"transactionId": "t", "output": output}
    expected, tried = read(200, {}, json.dumps(whole).encode(), NOW), 0
    for path in paths(whole):
        for replacement in (*REPLACEMENTS, True, -1, 1e300, "\x00", "9" * 5_000, [[]], [{}]):
            tried += 1
            body = json.dumps(mutant(whole, path, replacement)).encode()
            try:
                assert type(read(200, {}, body, NOW)) is type(expected), (path, replacement)
            except TYPED:
                continue
    assert tried >= 60


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_cut_anywhere_is_a_typed_error(name: str) -> None:
    read, output = ANSWERS[name]
    body = json.dumps({"output": output}).encode()
    for end in range(len(body)):
        with pytest.raises(TYPED):
            read(200, {}, body[:end], NOW)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("status", [*range(300, 600, 9), 401, 403, 408, 425, 429])
def test_no_status_of_failure_is_ever_taken_for_success(name: str, status: int) -> None:
    read, output = ANSWERS[name]
    for body in (b"", b"<html>", json.dumps({"output": output}).encode()):
        with pytest.raises(CarrierError):
            read(status, {}, body, NOW)


@pytest.mark.parametrize("name", ["waybill", "waybill cancelled", "pickup", "pickup cancelled"])
def test_what_may_have_been_carried_out_is_never_called_unreadable(name: str) -> None:
    """An unreadable answer may be asked again; one about a change of the world may not."""
    read, output = ANSWERS[name]
    body = json.dumps({"output": output}).encode()
    for spoiled in (b"", b"<html>", b"null", b"[]", b"{}", b'{"output":{}}', body[:-1], body + body, b"\xff" + body):
        with pytest.raises(CarrierOutcomeUnknown):
            read(200, {}, spoiled, NOW)
