"""A FedEx waybill's papers and links: invoice and label, RMA, first sale, export, dry run, taking it back."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.carriers.contract import Document, OrderNotAccepted, OriginalExport, Registration, TokenRejected
from chalicelib.carriers.registry import FEDEX
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnavailable, CarrierUnreadable
from chalicelib.money import Money
from tests.carriers.fedex_pieces import ACCOUNT, CUSTOMER, FACILITY, NOW, NUMBER, ORDER, RING

WAYBILLS = FEDEX.waybills


def shipment(order=ORDER) -> dict[str, Any]:
    wanted: dict[str, Any] = json.loads(WAYBILLS.request(order, ACCOUNT).body)["requestedShipment"]
    return wanted


def faults(order) -> dict[str, str]:
    with pytest.raises(OrderNotAccepted) as refused:
        WAYBILLS.check(order)
    return {fault.field: fault.code for fault in refused.value.faults}


def body(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said).encode()


# ---- service


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("INTERNATIONAL_PRIORITY", "FEDEX_INTERNATIONAL_PRIORITY"),
        ("INTERNATIONAL_PRIORITY_EXPRESS", "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS"),
        ("INTERNATIONAL_ECONOMY", "INTERNATIONAL_ECONOMY"),
    ],
)
def test_the_service_of_the_contract_is_ordered_by_fedex_own_name(ours: str, theirs: str) -> None:
    assert shipment(replace(ORDER, service=ours))["serviceType"] == theirs


def test_a_service_fedex_does_not_have_is_refused() -> None:
    assert faults(replace(ORDER, service="EXPRESS_WORLDWIDE")) == {"service": "not_offered"}


# ---- links of a return


def test_a_return_says_its_rma_its_first_invoice_and_its_export_declaration() -> None:
    export = OriginalExport("794644790149", date(2026, 9, 3), "fedex", "INV-1", "MRN-26DE1")
    wanted = shipment(replace(ORDER, original_export=export))
    invoice = wanted["customsClearanceDetail"]["commercialInvoice"]
    assert invoice["comments"] == [
        "Exported 2026-09-03 by fedex under waybill 794644790149 invoice INV-1 export declaration MRN-26DE1",
        "Return authorisation RMA-1001",
    ]
    assert wanted["shipmentSpecialServices"]["returnShipmentDetail"]["rma"] == {"reason": "Return for refund"}


@pytest.mark.parametrize(
    ("export", "association"),
    [
        (OriginalExport(waybill="794644790149"), {"trackingNumber": "794644790149"}),
        (OriginalExport(invoice_number="INV-1"), None),
        (OriginalExport(waybill="1234567890", carrier="dhl"), None),
        (None, None),
    ],
    ids=["no date", "no waybill", "another carrier's waybill", "nothing known"],
)
def test_fedex_associates_only_a_waybill_of_its_own(export, association) -> None:
    detail = shipment(replace(ORDER, original_export=export))["shipmentSpecialServices"]["returnShipmentDetail"]
    assert detail.get("returnAssociationDetail") == association


def test_another_carriers_waybill_is_still_told_to_customs() -> None:
    order = replace(ORDER, original_export=OriginalExport(waybill="1234567890", carrier="dhl"))
    invoice = shipment(order)["customsClearanceDetail"]["commercialInvoice"]
    assert invoice["comments"][0] == "Exported by dhl under waybill 1234567890"


def test_a_piece_sent_out_is_no_return() -> None:
    wanted = shipment(replace(ORDER, purpose="repaired_back", shipper=FACILITY, recipient=CUSTOMER))
    assert "shipmentSpecialServices" not in wanted
    (reference,) = wanted["requestedPackageLineItems"][0]["customerReferences"]
    assert reference["customerReferenceType"] == "CUSTOMER_REFERENCE"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (replace(ORDER, rma="R" * 21), {"rma": "length"}),
        (replace(ORDER, invoice_number="I" * 31), {"invoice_number": "length"}),
        (replace(ORDER, original_export=OriginalExport(reference="R" * 600)), {"original_export": "length"}),
        (replace(ORDER, terms="DDPX"), {"terms": "format"}),
        (replace(ORDER, dimensions_cm=(1, 2, 1000)), {"dimensions_cm": "range"}),
        (replace(ORDER, shipper=replace(CUSTOMER, postal_code="1" * 11)), {"shipper.postal_code": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, email="x" * 81)), {"shipper.email": "length"}),
    ],
)
def test_what_is_longer_than_fedex_prints_is_found_first(order, expected) -> None:
    assert faults(order) == expected


def test_a_declared_value_of_six_digits_is_refused() -> None:
    dear = replace(RING, quantity=100, value=Money(Decimal("150000.00"), "EUR"))
    order = replace(ORDER, lines=(dear,), policy_covers=False, declared_value=Money(Decimal("100000.00"), "EUR"))
    assert faults(order) == {"declared_value": "too_many_digits"}
    WAYBILLS.check(replace(order, declared_value=Money(Decimal("99999.99"), "EUR")))


# ---- registrations


def test_the_importer_of_record_is_who_customs_know_by_number() -> None:
    customs = shipment()["customsClearanceDetail"]
    assert customs["importerOfRecord"]["contact"]["companyName"] == "Example Atelier Shenzhen"
    assert customs["importerOfRecord"]["tins"] == [
        {"number": "91440300MA5EXAMPLE", "tinType": "BUSINESS_NATIONAL", "usage": "USCC CN"}
    ]
    private = shipment(replace(ORDER, recipient=replace(FACILITY, registrations=())))
    assert "importerOfRecord" not in private["customsClearanceDetail"]


def test_a_number_fedex_has_no_type_for_is_refused_and_never_left_out() -> None:
    odd = replace(FACILITY, registrations=(Registration("MOON", "1", "CN"), Registration("VAT", "1" * 19, "CN")))
    assert faults(replace(ORDER, recipient=odd)) == {
        "recipient.registrations[0].kind": "not_offered",
        "recipient.registrations[1].number": "length",
    }


def test_a_number_does_not_show_when_a_party_is_printed() -> None:
    assert "91440300MA5EXAMPLE" not in repr(ORDER)


# ---- duty


def test_duty_of_what_comes_home_is_billed_to_our_account_and_of_what_goes_out_to_the_customer() -> None:
    home = shipment()["customsClearanceDetail"]["dutiesPayment"]
    assert home == {
        "paymentType": "RECIPIENT", "payor": {"responsibleParty": {"accountNumber": {"value": ACCOUNT}}},
    }  # fmt: skip
    out = replace(ORDER, purpose="exchange_replacement", shipper=FACILITY, recipient=CUSTOMER)
    assert shipment(out)["customsClearanceDetail"]["dutiesPayment"] == {"paymentType": "RECIPIENT"}
    paid = shipment(replace(out, duties_paid_by="shipper"))["customsClearanceDetail"]["dutiesPayment"]
    assert paid["payor"]["responsibleParty"]["accountNumber"] == {"value": ACCOUNT}


# ---- leaving the United States and Canada


def from_country(country: str, amount: str, currency: str, **changes: Any):
    place = replace(CUSTOMER, country=country, state="NY" if country == "US" else "ON")
    line = replace(RING, value=Money(Decimal(amount), currency))
    return replace(ORDER, shipper=place, lines=(line,), **changes)


def test_the_label_says_nothing_of_what_the_parcel_is_worth() -> None:
    masked = shipment(ORDER)["labelSpecification"]["customerSpecifiedDetail"]["maskedData"]
    assert {"CUSTOMS_VALUE", "INSURED_VALUE"} <= set(masked)


def test_a_small_export_from_the_united_states_claims_its_exemption() -> None:
    customs = shipment(from_country("US", "2500.00", "USD"))["customsClearanceDetail"]
    assert customs["exportDetail"] == {"exportComplianceStatement": "NO_EEI_30_37_A"}


@pytest.mark.parametrize(("amount", "currency"), [("2500.01", "USD"), ("100.00", "EUR")])
def test_no_exemption_is_claimed_that_our_figures_do_not_prove(amount: str, currency: str) -> None:
    assert "exportDetail" not in shipment(from_country("US", amount, currency))["customsClearanceDetail"]


def test_the_limit_is_one_for_each_tariff_number() -> None:
    two = replace(RING, value=Money(Decimal("2000.00"), "USD"))
    same = replace(from_country("US", "2000.00", "USD"), lines=(two, two))
    other = replace(same, lines=(two, replace(two, hs_code="7113.11.50")))
    assert "exportDetail" not in shipment(same)["customsClearanceDetail"]
    assert shipment(other)["customsClearanceDetail"]["exportDetail"]


def test_the_number_of_an_earlier_export_never_declares_this_one() -> None:
    earlier = OriginalExport("794644790149", date(2026, 9, 3), "fedex", "INV-1", "X20260903123456")
    customs = shipment(from_country("US", "9000.00", "USD", original_export=earlier))["customsClearanceDetail"]
    assert "exportDetail" not in customs
    assert "X20260903123456" in customs["commercialInvoice"]["comments"][0]


def test_an_export_from_canada_that_must_be_reported_waits_for_a_person() -> None:
    assert faults(from_country("CA", "2000.00", "CAD")) == {"lines.value": "export_declaration_needed"}
    assert faults(from_country("CA", "100.00", "EUR")) == {"lines.value": "export_declaration_needed"}
    small = shipment(from_country("CA", "1999.99", "CAD"))["customsClearanceDetail"]
    assert small["exportDetail"] == {"b13AFilingOption": "NOT_REQUIRED"}


# ---- papers


def paper(kind: str, content: bytes = b"%PDF-1.4", **changes: Any) -> dict[str, Any]:
    return {"contentType": kind, "docType": "PDF", "encodedLabel": base64.b64encode(content).decode(), **changes}


def bought(labels: Any, papers: Any = ()) -> dict[str, Any]:
    piece = {"trackingNumber": NUMBER, "packageDocuments": labels}
    whole = {"masterTrackingNumber": NUMBER, "pieceResponses": [piece], "shipmentDocuments": papers}
    return {"output": {"transactionShipments": [whole]}}


def read(said: Any):
    return WAYBILLS.read(200, {}, body(said), NOW)


def test_the_commercial_invoice_is_asked_for_where_customs_want_one() -> None:
    asked = shipment()["shippingDocumentSpecification"]
    assert asked["shippingDocumentTypes"] == ["COMMERCIAL_INVOICE"]
    assert asked["commercialInvoiceDetail"]["documentFormat"]["docType"] == "PDF"
    inside = replace(ORDER, recipient=replace(FACILITY, country="DE", registrations=()))
    assert "shippingDocumentSpecification" not in shipment(inside)


def test_label_invoice_and_every_other_paper_are_kept_with_their_kind() -> None:
    others = [paper("COMMERCIAL_INVOICE", b"invoice"), paper("AUXILIARY", b"copy"), paper("NEW_KIND", b"new")]
    found = read(bought([paper("LABEL", b"label", docType="PNG")], others))
    assert found.documents == (
        Document("label", "image/png", b"label"),
        Document("invoice", "application/pdf", b"invoice"),
        Document("waybill", "application/pdf", b"copy"),
        Document("waybill", "application/pdf", b"new"),
    )
    assert found.label.content == b"label"


def test_a_paper_of_a_format_nobody_asked_for_is_bytes() -> None:
    (label,) = read(bought([paper("LABEL", docType="ZPLII")])).documents
    assert label.media_type == "application/octet-stream"


def test_the_first_paper_of_a_piece_is_its_label_where_none_is_called_so() -> None:
    found = read(bought([paper("SOMETHING", b"label"), paper("ELSE", b"more")]))
    assert [(one.kind, one.content) for one in found.documents] == [("label", b"label"), ("waybill", b"more")]


@pytest.mark.parametrize("labels", [None, 7, "zz", {}, [None], [7], [{}], [{"contentType": 7, "docType": []}]])
def test_papers_of_no_shape_cost_no_waybill(labels: Any) -> None:
    found = read(bought(labels, labels))
    assert (found.number, found.documents) == (NUMBER, ())


def test_papers_do_not_show_when_a_waybill_is_printed() -> None:
    shown = repr(read(bought([paper("LABEL", b"secret", url="https://www.fedex.com/secret")])))
    assert "secret" not in shown


def test_the_numbers_of_all_pieces_are_kept() -> None:
    said = bought([paper("LABEL")])
    pieces = said["output"]["transactionShipments"][0]["pieceResponses"]
    pieces.append({"trackingNumber": "794644790149", "packageDocuments": []})
    assert read(said).pieces == (NUMBER, "794644790149")


# ---- dry run


def test_a_dry_run_buys_nothing_and_may_be_repeated() -> None:
    request = WAYBILLS.dry_run(ORDER, ACCOUNT)
    assert (request.method, request.path) == ("POST", "/ship/v1/shipments/packages/validate")
    assert request.reads_only
    assert "labelResponseOptions" not in json.loads(request.body)


@pytest.mark.parametrize(("grams", "kilograms"), [("1", 1), ("1000", 1), ("1000.5", 2)])
def test_a_dry_run_rounds_the_weight_up_to_whole_kilograms(grams: str, kilograms: int) -> None:
    heavy = replace(ORDER, parcel_weight_g=Decimal(grams), lines=(replace(RING, weight_g=Decimal("0.5")),))
    assert json.loads(WAYBILLS.dry_run(heavy, ACCOUNT).body)["requestedShipment"]["totalWeight"] == kilograms


@pytest.mark.parametrize(
    "alerts",
    [
        [{"code": "SHIPMENT.VALIDATION.SUCCESS", "alertType": "NOTE", "message": "Shipment validated successfully."}],
        [{"code": "RECIPIENTCONTACT.PHONENUMBER.INVALID", "alertType": "WARNING", "message": "not matching"}],
    ],
)
def test_an_order_that_fedex_would_take_stands(alerts: Any) -> None:
    WAYBILLS.read_dry_run(200, {}, body({"output": {"alerts": alerts}}), NOW)


def test_what_stands_against_an_order_is_raised_in_fedex_words() -> None:
    said = {"errors": [{"code": "SERVICE.PACKAGECOMBINATION.INVALID", "message": "Invalid service."}]}
    for status in (400, 422, 200):
        with pytest.raises(CarrierRefused) as refused:
            WAYBILLS.read_dry_run(status, {}, body(said), NOW)
        assert refused.value.carrier_code == "SERVICE.PACKAGECOMBINATION.INVALID"


@pytest.mark.parametrize("said", [b"", b"<html>", {}, [], {"output": None}, {"output": {}}])
def test_a_dry_run_that_says_nothing_is_unreadable_for_nothing_was_bought(said: Any) -> None:
    with pytest.raises(CarrierUnreadable):
        WAYBILLS.read_dry_run(200, {}, body(said), NOW)


def test_a_dry_run_meets_the_same_refusals_as_a_purchase() -> None:
    with pytest.raises(TokenRejected):
        WAYBILLS.read_dry_run(401, {}, b"", NOW)
    with pytest.raises(CarrierUnavailable):
        WAYBILLS.read_dry_run(503, {}, b"", NOW)


# ---- taking it back


def test_a_waybill_taken_back_is_confirmed_by_fedex() -> None:
    WAYBILLS.read_cancelled(200, {}, body({"output": {"cancelledShipment": True, "message": "Success"}}), NOW)


def test_a_waybill_that_was_not_taken_back_says_so() -> None:
    with pytest.raises(CarrierRefused) as refused:
        WAYBILLS.read_cancelled(200, {}, body({"output": {"cancelledShipment": False, "message": "In transit"}}), NOW)
    assert (refused.value.carrier_code, refused.value.text) == ("not_cancelled", "In transit")


@pytest.mark.parametrize(
    "said", [b"", {}, {"output": {}}, {"output": {"cancelledShipment": "yes"}}, {"output": {"x": 1}}]
)
def test_an_answer_that_does_not_say_whether_leaves_the_outcome_unknown(said: Any) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        WAYBILLS.read_cancelled(200, {}, body(said), NOW)
