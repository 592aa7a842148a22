"""Waybills of DHL Express: what MyDHL is asked, in its own words, and how its answers are read."""

from __future__ import annotations

import base64
import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.carriers.contract import FoundWaybill, OrderNotAccepted, OriginalExport, Registration
from chalicelib.carriers.dhl import DHL
from chalicelib.carriers.dhl.wording import json_said, rules
from chalicelib.customs.declaration import check_label_text
from chalicelib.errors import (
    CarrierOutcomeUnknown,
    CarrierRefused,
    CarrierUnavailable,
    CarrierUnreadable,
)
from chalicelib.money import Money
from chalicelib.purposes import PURPOSES, Purpose
from tests.carriers.dhl_order_pieces import (
    ACCOUNT,
    CUSTOMER,
    DAY,
    EXPORT,
    FACILITY,
    HOURS,
    NOW,
    NUMBER,
    ORDER,
    PDF,
    RING,
    bought,
    line,
    paper,
    refusal,
    said,
    wire,
)

WAYBILLS = DHL.waybills
INSIDE_EU = replace(ORDER, recipient=replace(FACILITY, country="DE", registrations=()))
# exportReasonType of MyDHL OpenAPI 3.1.1, and the type codes of registration numbers.
REASON_TYPES = {
    "permanent", "temporary", "return", "used_exhibition_goods_to_origin", "intercompany_use",
    "commercial_purpose_or_sale", "personal_belongings_or_personal_use", "sample", "gift", "return_to_origin",
    "warranty_replacement", "diplomatic_goods", "defence_material",
}  # fmt: skip
REGISTRATION_CODES = {
    "VAT", "EIN", "GST", "SSN", "EOR", "DUN", "FED", "STA", "CNP", "IE", "INN", "KPP", "OGR", "OKP", "MRN", "SDT",
    "FTZ", "DAN", "TAN", "DTF", "RGP", "DLI", "NID", "PAS", "MID", "IMS", "EIC", "FTN", "CIC", "PEP",
}  # fmt: skip


def shipment(order=ORDER) -> dict[str, Any]:
    return said(WAYBILLS.request(order, ACCOUNT))


def export_of(order=ORDER) -> dict[str, Any]:
    return shipment(order)["content"]["exportDeclaration"]


def faults(order) -> dict[str, str]:
    with pytest.raises(OrderNotAccepted) as refused:
        WAYBILLS.request(order, ACCOUNT)
    return {fault.field: fault.code for fault in refused.value.faults}


# ---- what is asked


def test_a_waybill_is_bought_by_one_call_that_is_never_repeated() -> None:
    request = WAYBILLS.request(ORDER, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("POST", "/shipments", False)
    assert len(request.headers["Message-Reference"]) == 36
    assert request.headers == WAYBILLS.request(ORDER, ACCOUNT).headers, "a repeat carries the same reference"
    other = WAYBILLS.request(replace(ORDER, reference="RMA-1001-2"), ACCOUNT)
    assert other.headers["Message-Reference"] != request.headers["Message-Reference"]


def test_a_waybill_request_is_as_documented() -> None:
    wanted = shipment()
    assert wanted["productCode"] == "P"
    assert wanted["pickup"] == {"isRequested": False}
    assert wanted["accounts"] == [{"typeCode": "shipper", "number": ACCOUNT}]
    assert wanted["customerReferences"] == [
        {"typeCode": "CU", "value": "RMA-1001-1"}, {"typeCode": "AAO", "value": "RMA-1001"},
    ]  # fmt: skip
    assert wanted["customerDetails"]["shipperDetails"] == {
        "postalAddress": {
            "addressLine1": "8 rue de la Paix", "cityName": "Paris", "postalCode": "75002", "countryCode": "FR",
        },
        "contactInformation": {
            "fullName": "Camille Martin", "companyName": "Camille Martin", "phone": "+33 1 55 55 02 02",
            "email": "camille.martin@example.com",
        },
        "typeCode": "direct_consumer",
    }  # fmt: skip
    content = wanted["content"]
    assert (content["isCustomsDeclarable"], content["incoterm"], content["unitOfMeasurement"]) == (
        True,
        "DAP",
        "metric",
    )
    assert (content["declaredValue"], content["declaredValueCurrency"]) == (Decimal("1180.00"), "EUR")
    assert content["packages"] == [
        {"weight": Decimal("0.25"), "customerReferences": [{"typeCode": "CU", "value": "RMA-1001-1"}]}
    ]


def test_customs_are_told_metal_fineness_article_origin_weight_and_value() -> None:
    (item,) = export_of()["lineItems"]
    assert item == {
        "number": 1, "description": "18K gold ring (750), set with diamond", "price": Decimal("1180.00"),
        "quantity": {"value": 1, "unitOfMeasurement": "PCS"},
        "commodityCodes": [
            {"typeCode": "outbound", "value": "711319"}, {"typeCode": "inbound", "value": "7113195090"},
        ],
        "exportReasonType": "return", "manufacturerCountry": "TH", "weight": {"netValue": Decimal("0.005")},
        "additionalInformation": ["Exact weight 5.30 g"], "preCalculatedLineItemTotalValue": Decimal("1180.00"),
    }  # fmt: skip


def test_the_invoice_adds_up_and_names_what_the_return_is_linked_to() -> None:
    export = export_of()
    assert export["invoice"] == {
        "number": "INV-77", "date": "2026-11-24", "totalNetWeight": Decimal("0.005"),
        "totalGrossWeight": Decimal("0.250"),
        "preCalculatedTotalValues": {
            "preCalculatedTotalGoodsValue": Decimal("1180.00"), "preCalculatedTotalInvoiceValue": Decimal("1180.00"),
        },
        "customerReferences": [{"typeCode": "RMA", "value": "RMA-1001"}],
    }  # fmt: skip
    assert [one["value"] for one in export["remarks"]] == [
        "AWB 4818240420", "Invoice SO-1001-INV", "Export 26FR00000000000012",
    ]  # fmt: skip
    assert export["declarationNotes"] == [
        {
            "value": "Original shipment: waybill 4818240420, carrier dhl, exported on 2026-09-03, invoice SO-1001-INV, "
            "export declaration 26FR00000000000012"
        }
    ]


@pytest.mark.parametrize("number", ["26FR00000000000012", "X20260903123456", "530120260000000123"])
def test_the_number_of_an_earlier_export_never_declares_this_one(number) -> None:
    order = replace(ORDER, original_export=replace(EXPORT, reference=number))
    typed = [one["value"] for one in export_of(order)["invoice"]["customerReferences"]]
    assert typed == ["RMA-1001"]
    assert number in export_of(order)["declarationNotes"][0]["value"]
    assert "USFilingTypeValue" not in shipment(order)["content"]


def from_the_states(amount: str, currency: str = "USD", **changes: Any):
    place = replace(CUSTOMER, country="US", state="NY", postal_code="10001")
    ring = replace(RING, value=Money(Decimal(amount), currency))
    return replace(ORDER, shipper=place, lines=(ring,), **changes)


def test_a_small_export_from_the_united_states_says_why_it_is_not_filed() -> None:
    assert shipment(from_the_states("2500.00"))["content"]["USFilingTypeValue"] == "30.37(a)"
    ring = replace(RING, value=Money(Decimal("2000.00"), "USD"))
    two_tariff_numbers = replace(from_the_states("1.00"), lines=(ring, replace(ring, hs_code="7113.11.50")))
    assert shipment(two_tariff_numbers)["content"]["USFilingTypeValue"] == "30.37(a)"


@pytest.mark.parametrize(
    "order",
    [
        from_the_states("2500.01"),
        from_the_states("100.00", "EUR"),
        replace(from_the_states("1.00"), lines=(replace(RING, value=Money(Decimal("2000.00"), "USD")),) * 2),
        from_the_states("100.00", recipient=replace(FACILITY, country="CA", state="ON", registrations=())),
        replace(ORDER, lines=(replace(RING, value=Money(Decimal("100.00"), "USD")),)),
    ],
)
def test_no_exemption_is_claimed_that_our_figures_do_not_prove(order) -> None:
    assert "USFilingTypeValue" not in shipment(order)["content"]


@pytest.mark.parametrize("known", [field.name for field in fields(OriginalExport)])
def test_whatever_alone_is_known_of_the_original_export_is_told(known) -> None:
    alone = OriginalExport(**{known: getattr(EXPORT, known)})
    export = export_of(replace(ORDER, original_export=alone))
    value = getattr(EXPORT, known)
    text = value.isoformat() if isinstance(value, date) else value
    assert text in export["declarationNotes"][0]["value"]
    assert all(0 < len(one["value"]) <= 45 for one in export["remarks"])


@pytest.mark.parametrize("export", [None, OriginalExport()])
def test_a_parcel_without_an_earlier_export_says_nothing_of_one(export) -> None:
    told = export_of(replace(ORDER, original_export=export, rma=None))
    assert not {"remarks", "declarationNotes"} & set(told)
    assert "customerReferences" not in told["invoice"]


def test_the_longest_link_stays_within_what_dhl_prints() -> None:
    longest = OriginalExport("9" * 35, date(2026, 9, 3), "c" * 35, "i" * 35, "r" * 35)
    export = export_of(replace(ORDER, original_export=longest))
    assert all(len(one["value"]) <= rules()["limits"]["remark"] for one in export["remarks"])
    assert len(export["declarationNotes"][0]["value"]) <= rules()["limits"]["declaration_note"]
    assert faults(replace(ORDER, original_export=replace(longest, waybill="9" * 36))) == {
        "original_export.waybill": "length"
    }


@pytest.mark.parametrize(
    ("purpose", "reason_type", "invoice_type"),
    [
        ("refund_return", "return", "returns"),
        ("exchange_return", "return", "returns"),
        ("refused_return", "return_to_origin", "returns"),
        ("repair_out", "temporary", "proforma"),
        ("warranty_replacement", "warranty_replacement", "proforma"),
    ],
)
def test_the_purpose_is_never_lost_on_the_way(purpose, reason_type, invoice_type) -> None:
    wanted = shipment(replace(ORDER, purpose=purpose))
    export = wanted["content"]["exportDeclaration"]
    assert (export["exportReasonType"], export["lineItems"][0]["exportReasonType"]) == (reason_type, reason_type)
    invoice = wanted["outputImageProperties"]["imageOptions"][-1]
    assert (invoice["typeCode"], invoice["isRequested"], invoice["invoiceType"]) == ("invoice", True, invoice_type)


def test_every_purpose_of_the_house_has_dhl_words_that_fit() -> None:
    for purpose in get_args(Purpose):
        export = export_of(replace(ORDER, purpose=purpose))
        assert export["exportReasonType"] in REASON_TYPES
        assert 0 < len(export["exportReason"]) <= rules()["limits"]["export_reason"]
    assert len({rules()["purposes"][purpose]["reason"] for purpose in PURPOSES}) == len(PURPOSES)


def test_a_purpose_without_dhl_words_is_refused_with_the_reason() -> None:
    assert faults(replace(ORDER, purpose="gift")) == {"purpose": "not_offered"}


def test_nothing_but_the_customs_lines_speaks_of_what_the_goods_are() -> None:
    for purpose in PURPOSES:
        wanted = shipment(replace(ORDER, purpose=purpose))
        lines = wanted["content"]["exportDeclaration"].pop("lineItems")
        assert check_label_text(json.dumps(lines, default=str)), "the customs lines do speak of it"
        del wanted["customerDetails"]
        assert check_label_text(json.dumps(wanted, default=str)) == ()


def test_the_printed_description_fits_and_says_nothing() -> None:
    texts = {shipment(replace(ORDER, purpose=purpose))["content"]["description"] for purpose in PURPOSES}
    texts.add(
        shipment(replace(ORDER, purpose="repaired_back", shipper=FACILITY, recipient=CUSTOMER))["content"][
            "description"
        ]
    )
    assert texts == {"RETURN - SEE DOCUMENTS", "SHIPMENT - SEE DOCUMENTS"}
    assert all(text == text.strip() and len(text) <= rules()["limits"]["description"] for text in texts)


def test_within_one_customs_territory_nothing_is_declared() -> None:
    wanted = shipment(INSIDE_EU)
    assert wanted["productCode"] == "U"
    assert wanted["content"]["isCustomsDeclarable"] is False
    assert not {"exportDeclaration", "declaredValue", "declaredValueCurrency"} & set(wanted["content"])
    assert [one["typeCode"] for one in wanted["outputImageProperties"]["imageOptions"]] == ["label", "waybillDoc"]
    assert {"typeCode": "AAO", "value": "RMA-1001"} in wanted["customerReferences"]


def test_within_one_country_the_domestic_product_is_asked_for() -> None:
    assert shipment(replace(INSIDE_EU, recipient=replace(FACILITY, country="FR")))["productCode"] == "N"


def test_direct_signature_is_always_asked_for() -> None:
    for order in (ORDER, INSIDE_EU, replace(ORDER, purpose="loan_or_sample")):
        assert shipment(order)["valueAddedServices"][0] == {"serviceCode": "SF"}


def test_value_protection_is_bought_only_where_no_policy_covers() -> None:
    declared = replace(ORDER, declared_value=Money(Decimal("500.10"), "EUR"))
    assert shipment(declared)["valueAddedServices"] == [{"serviceCode": "SF"}]
    assert shipment(replace(declared, policy_covers=False))["valueAddedServices"] == [
        {"serviceCode": "SF"}, {"serviceCode": "II", "value": Decimal("500.10"), "currency": "EUR"},
    ]  # fmt: skip
    assert shipment(replace(ORDER, policy_covers=False))["valueAddedServices"] == [{"serviceCode": "SF"}]


def test_duties_paid_by_the_shipper_go_on_our_account() -> None:
    wanted = shipment(replace(ORDER, terms="DDP", duties_paid_by="shipper"))
    assert {"serviceCode": "DD"} in wanted["valueAddedServices"]
    assert wanted["accounts"][1:] == [{"typeCode": "duties-taxes", "number": ACCOUNT}]


@pytest.mark.parametrize("changes", [{"terms": "DDP"}, {"duties_paid_by": "shipper"}])
def test_terms_that_contradict_who_pays_the_duties_are_refused(changes) -> None:
    assert faults(replace(ORDER, **changes)) == {"terms": "contradicts"}


def test_label_waybill_and_invoice_come_as_files_of_their_own() -> None:
    papers = shipment()["outputImageProperties"]
    assert papers["splitTransportAndWaybillDocLabels"] is True
    assert [one["typeCode"] for one in papers["imageOptions"]] == ["label", "waybillDoc", "invoice"]


@pytest.mark.parametrize(
    ("zone", "day", "stamp"),
    [
        ("Europe/Paris", date(2026, 11, 24), "2026-11-24T18:00:00 GMT+01:00"),
        ("Europe/Paris", date(2026, 7, 24), "2026-07-24T18:00:00 GMT+02:00"),
        ("Europe/Paris", date(2026, 10, 25), "2026-10-25T18:00:00 GMT+01:00"),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T18:00:00 GMT-04:00"),
        ("Asia/Kolkata", date(2026, 11, 24), "2026-11-24T18:00:00 GMT+05:30"),
        ("UTC", date(2028, 2, 29), "2028-02-29T18:00:00 GMT+00:00"),
    ],
)
def test_a_parcel_is_dated_by_the_clock_of_its_place_on_that_day(zone, day, stamp) -> None:
    found = shipment(replace(ORDER, time_zone=zone, ship_on=day))["plannedShippingDateAndTime"]
    assert found == stamp
    assert len(found) <= 29


def test_a_parcel_is_in_dhls_hands_when_the_couriers_hours_end() -> None:
    assert shipment(replace(ORDER, hours=HOURS))["plannedShippingDateAndTime"] == "2026-11-24T16:30:00 GMT+01:00"
    other_day = replace(ORDER, hours=HOURS, ship_on=date(2026, 11, 25))
    assert shipment(other_day)["plannedShippingDateAndTime"] == "2026-11-25T18:00:00 GMT+01:00"


# ---- numbers on the wire


@given(st.decimals(min_value="0.01", max_value="99999999999.99", places=2))
def test_every_amount_is_spelled_digit_by_digit(amount) -> None:
    assert json.loads(json_said({"price": amount}), parse_float=Decimal) == {"price": amount}
    assert json_said({"price": amount}) == f'{{"price":{amount}}}'.encode()


def test_a_binary_fraction_never_reaches_the_wire() -> None:
    with pytest.raises(TypeError):
        json_said({"price": 1180.1})


@given(st.text(), st.integers(), st.booleans())
def test_what_is_written_can_be_read_back(text, number, flag) -> None:
    value = {"text": text, "number": number, "flag": flag, "nothing": None, "list": [text, {"deep": number}]}
    assert json.loads(json_said(value)) == value


@given(st.lists(st.decimals(min_value="0.01", max_value="300", places=2), min_size=1, max_size=6))
def test_a_parcel_never_weighs_less_than_its_lines_together(weights) -> None:
    lines = tuple(replace(RING, weight_g=grams) for grams in weights)
    order = replace(ORDER, lines=lines, parcel_weight_g=sum(weights))
    content = shipment(order)["content"]
    invoice = content["exportDeclaration"]["invoice"]
    assert invoice["totalNetWeight"] <= invoice["totalGrossWeight"] == content["packages"][0]["weight"]
    assert all(item["weight"]["netValue"] >= Decimal("0.001") for item in content["exportDeclaration"]["lineItems"])
    assert (content["packages"][0]["weight"] * 1000) % 1 == 0, "DHL takes steps of a gram"


def test_a_line_of_many_pieces_is_priced_by_the_piece_and_its_worth_stays_exact() -> None:
    (item,) = export_of(line(quantity=3, value=Money(Decimal("100.00"), "EUR")))["lineItems"]
    assert (item["price"], item["quantity"]["value"]) == (Decimal("33.33"), 3)
    assert item["preCalculatedLineItemTotalValue"] == Decimal("100.00")


def test_yen_have_no_decimals() -> None:
    (item,) = export_of(line(quantity=3, value=Money(Decimal("100000"), "JPY")))["lineItems"]
    assert item["price"] == 33_333


# ---- numbers under which parties are known


def test_every_code_of_a_registration_is_one_of_dhls() -> None:
    assert {row["type_code"] for row in rules()["registrations"].values()} <= REGISTRATION_CODES


def test_every_registration_goes_with_its_party() -> None:
    known = (Registration("EORI", "FR12345678900012", "FR"), Registration("VAT", "FR00123456789", "FR"))
    party = shipment(replace(ORDER, shipper=replace(CUSTOMER, registrations=known)))["customerDetails"]
    assert party["shipperDetails"]["registrationNumbers"] == [
        {"typeCode": "EOR", "number": "FR12345678900012", "issuerCountryCode": "FR"},
        {"typeCode": "VAT", "number": "FR00123456789", "issuerCountryCode": "FR"},
    ]
    assert party["receiverDetails"]["registrationNumbers"] == [
        {"typeCode": "VAT", "number": "91440300MA5EXAMPLE", "issuerCountryCode": "CN"}
    ]


def test_a_number_dhl_has_no_code_for_is_refused_and_never_dropped() -> None:
    known = (Registration("VAT", "GB123456789", "GB"), Registration("PVA", "GB123456789", "GB"))
    assert faults(replace(ORDER, recipient=replace(FACILITY, registrations=known))) == {
        "recipient.registrations[1].kind": "not_offered"
    }


@pytest.mark.parametrize(
    ("registration", "field"),
    [
        (Registration("VAT", "", "FR"), "number"),
        (Registration("VAT", "1" * 36, "FR"), "number"),
        (Registration("VAT", "1", "France"), "issued_by"),
    ],
)
def test_a_number_out_of_form_is_refused(registration, field) -> None:
    found = faults(replace(ORDER, shipper=replace(CUSTOMER, registrations=(registration,))))
    assert list(found) == [f"shipper.registrations[0].{field}"]


# ---- what would be refused


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (line(description=""), {"lines[0].description": "length"}),
        (line(description=" "), {"lines[0].description": "length"}),
        (line(description="x" * 513), {"lines[0].description": "length"}),
        (line(description="JEWELRY"), {"lines[0].description": "vague"}),
        (line(description="precious  metal"), {"lines[0].description": "vague"}),
        (line(hs_code=""), {"lines[0].hs_code": "format"}),
        (line(hs_code="71131X"), {"lines[0].hs_code": "format"}),
        (line(made_in="China"), {"lines[0].made_in": "format"}),
        (line(made_in=""), {"lines[0].made_in": "format"}),
        (line(quantity=0), {"lines[0]": "not_positive"}),
        (line(value=Money(Decimal("0.00"), "EUR")), {"lines[0]": "not_positive"}),
        (line(value=Money(Decimal("10.005"), "EUR")), {"lines[0].value": "decimals"}),
        (
            line(value=Money(Decimal(10**15), "EUR")),
            {"lines[0].value": "too_many_digits", "lines.value": "too_many_digits"},
        ),
        (line(weight_g=Decimal(251)), {"parcel_weight_g": "below_contents"}),
        (replace(ORDER, parcel_weight_g=Decimal(0)), {"parcel_weight_g": "not_positive"}),
        (replace(ORDER, dimensions_cm=(0, 10, 10)), {"dimensions_cm": "not_positive"}),
        (replace(ORDER, lines=()), {"lines": "count"}),
        (replace(ORDER, lines=(RING,) * 1000, parcel_weight_g=Decimal(10**6)), {"lines": "count"}),
        (replace(ORDER, reference=""), {"reference": "length"}),
        (replace(ORDER, reference="x" * 36), {"reference": "length"}),
        (replace(ORDER, reference="é"), {"reference": "length"}),
        (replace(ORDER, rma="x" * 36), {"rma": "length"}),
        (replace(ORDER, invoice_number=None), {"invoice_number": "required"}),
        (replace(ORDER, invoice_number="x" * 36), {"invoice_number": "length"}),
        (replace(ORDER, service="EXPRESS_MOON"), {"service": "not_offered"}),
        (replace(ORDER, terms="XYZ"), {"terms": "not_offered"}),
        (replace(ORDER, time_zone="Mars/Olympus"), {"time_zone": "unknown"}),
        (replace(ORDER, shipper=replace(CUSTOMER, phone="")), {"shipper.phone": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, phone="1" * 71)), {"shipper.phone": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, name="a\nb")), {"shipper.name": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, city="x" * 46)), {"shipper.city": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, street=())), {"shipper.street": "lines"}),
        (replace(ORDER, shipper=replace(CUSTOMER, street=("x" * 40,) * 4)), {"shipper.street": "lines"}),
        (replace(ORDER, shipper=replace(CUSTOMER, postal_code=None)), {"shipper.postal_code": "required"}),
        (replace(ORDER, shipper=replace(CUSTOMER, postal_code="1" * 13)), {"shipper.postal_code": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, state="x" * 36)), {"shipper.state": "length"}),
        (replace(ORDER, recipient=replace(FACILITY, country="cn")), {"recipient.country": "format"}),
        (replace(ORDER, recipient=replace(FACILITY, company="x" * 101)), {"recipient.company": "length"}),
        (replace(ORDER, recipient=replace(FACILITY, email="x" * 71)), {"recipient.email": "length"}),
    ],
)  # fmt: skip
def test_what_dhl_would_refuse_is_found_before_it_is_asked(order, expected) -> None:
    assert faults(order) == expected
    with pytest.raises(OrderNotAccepted):
        WAYBILLS.check(order)


def test_an_order_dhl_can_take_passes_the_check() -> None:
    WAYBILLS.check(ORDER)
    WAYBILLS.check(replace(INSIDE_EU, invoice_number=None))


def test_every_fault_is_named_at_once_and_none_repeats_what_was_written() -> None:
    wrong = replace(line(hs_code="?", made_in="?"), shipper=replace(CUSTOMER, phone="", city="Paris" * 20))
    assert set(faults(wrong)) == {"lines[0].hs_code", "lines[0].made_in", "shipper.phone", "shipper.city"}
    with pytest.raises(CarrierRefused) as refused:
        WAYBILLS.request(wrong, ACCOUNT)
    assert refused.value.carrier_code == "order_not_accepted"
    assert "Paris" not in str(refused.value)
    assert "Camille" not in str(refused.value)


def test_a_place_without_postcodes_needs_none() -> None:
    dubai = replace(FACILITY, country="AE", city="Dubai", postal_code=None)
    address = shipment(replace(ORDER, recipient=dubai))["customerDetails"]["receiverDetails"]["postalAddress"]
    assert address["postalCode"] == ""


def test_lines_in_two_currencies_are_refused() -> None:
    mixed = replace(ORDER, lines=(RING, replace(RING, value=Money(Decimal("5.00"), "USD"))))
    assert faults(mixed) == {"lines.value": "currencies"}


def test_more_than_the_customs_value_cannot_be_declared() -> None:
    above = replace(ORDER, policy_covers=False, declared_value=Money(Decimal("1180.01"), "EUR"))
    assert faults(above) == {"declared_value": "above_customs_value"}
    assert faults(replace(above, declared_value=Money(Decimal(5), "USD"))) == {"declared_value": "currency"}
    assert faults(replace(above, declared_value=Money(Decimal("5.005"), "EUR"))) == {"declared_value": "decimals"}
    assert shipment(replace(above, declared_value=Money(Decimal("1180.00"), "EUR")))


def test_a_long_street_is_broken_between_words_as_a_label_needs_it() -> None:
    long = replace(CUSTOMER, street=("Batiment C, Escalier 4, Residence des Grands Ormes du Parc", "8 rue de la Paix"))
    address = shipment(replace(ORDER, shipper=long))["customerDetails"]["shipperDetails"]["postalAddress"]
    lines = [text for name, text in address.items() if name.startswith("addressLine")]
    assert " ".join(lines) == "Batiment C, Escalier 4, Residence des Grands Ormes du Parc 8 rue de la Paix"
    assert all(len(one) <= 45 for one in lines)


# ---- what is read


def waybill(body: Any, status: int = 201):
    return WAYBILLS.read(status, {}, wire(body), NOW)


def test_a_bought_waybill_is_read_with_its_pieces_and_papers() -> None:
    found = waybill(bought())
    assert (found.number, found.pieces, found.ship_date) == (NUMBER, ("JD014600006281230704",), None)
    assert [(one.kind, one.media_type, one.content) for one in found.documents] == [
        ("label", "application/pdf", PDF), ("waybill", "application/pdf", PDF), ("invoice", "application/pdf", PDF),
    ]  # fmt: skip
    assert found.label is found.documents[0]


def test_receipts_and_codes_of_pieces_are_papers_too() -> None:
    packages = [{"trackingNumber": "JD014600006281230704", "documents": [paper("qr-code", image_format="PNG")]}]
    found = waybill(bought(documents=[paper("shipmentReceipt"), paper("hologram")], packages=packages))
    assert [(one.kind, one.media_type) for one in found.documents] == [
        ("receipt", "application/pdf"), ("qr_code", "image/png"),
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["not base64!", "", 7, [], base64.b64encode(b"x").decode()[:-2]])
def test_a_damaged_paper_does_not_lose_the_waybill(content) -> None:
    found = waybill(bought(documents=[paper("label", content), paper("invoice")]))
    assert (found.number, found.label) == (NUMBER, None)
    assert [one.content for one in found.documents] == [None, PDF]


@pytest.mark.parametrize("documents", [None, {}, "x", [None, 7, "y"], []])
def test_papers_that_never_came_do_not_lose_the_waybill(documents) -> None:
    found = waybill(bought(documents=documents, packages=documents))
    assert (found.number, found.documents, found.pieces) == (NUMBER, (), ())


def test_a_number_without_quotes_is_a_number() -> None:
    assert waybill(bought(shipmentTrackingNumber=int(NUMBER))).number == NUMBER


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"[" * 100_000, {}, bought(shipmentTrackingNumber=None),
        bought(shipmentTrackingNumber=""), bought(shipmentTrackingNumber="<x>"),
        bought(shipmentTrackingNumber=True), refusal("999: Process failure"),
    ],
)  # fmt: skip
def test_success_without_a_waybill_may_have_bought_one_and_is_never_repeated(body) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        waybill(body)


def test_a_refused_order_raises_dhls_own_refusal() -> None:
    with pytest.raises(CarrierRefused) as refused:
        waybill(refusal("8003: Account not allowed for this service."), status=400)
    assert refused.value.carrier_code == "8003"
    with pytest.raises(CarrierUnavailable):
        waybill(b"", status=503)


# ---- dry run and lookup


def test_a_dry_run_asks_for_judgement_only() -> None:
    request = WAYBILLS.dry_run(ORDER, ACCOUNT)
    assert (request.method, request.path, request.reads_only) == ("POST", "/shipments?validateDataOnly=true", True)
    assert request.body == WAYBILLS.request(ORDER, ACCOUNT).body
    with pytest.raises(OrderNotAccepted):
        WAYBILLS.dry_run(replace(ORDER, lines=()), ACCOUNT)


@pytest.mark.parametrize("body", [b"", {}, {"warnings": ["w"]}, bought(shipmentTrackingNumber=None)])
def test_a_dry_run_without_a_fault_is_silent(body) -> None:
    assert WAYBILLS.read_dry_run(200, {}, wire(body), NOW) is None


def test_a_dry_run_tells_its_faults_inside_an_answer_of_success() -> None:
    """DHL's own example of such an answer: 201, and the envelope of a refusal in the body."""
    answer = refusal(
        "Multiple problems found, see Additional Details",
        additionalDetails=[
            "7120: Required either #/outputImageProperties/imageOptions where typeCode=invoice or #/documentImages",
            "7147: The shipment description #/content/description Match Keyword[Description:UNIQUE JEWELRY].",
        ],
    )
    for status in (200, 201, 400):
        with pytest.raises(CarrierRefused) as refused:
            WAYBILLS.read_dry_run(status, {}, wire(answer), NOW)
        assert refused.value.carrier_code == "7120"
        assert "7147" in refused.value.text
        assert "#/content/description" in refused.value.text
        assert "JEWELRY" not in refused.value.text


def test_a_dry_run_that_cannot_be_read_says_nothing() -> None:
    with pytest.raises(CarrierUnreadable):
        WAYBILLS.read_dry_run(200, {}, b"<html>", NOW)


def test_a_waybill_cannot_be_taken_back_by_a_call() -> None:
    assert WAYBILLS.cancel is None


def test_a_reference_is_looked_up_in_our_account_over_the_days_it_can_have_been_used() -> None:
    request = WAYBILLS.lookup.request("RMA 1001&1", NOW, ACCOUNT)
    assert (request.method, request.body, request.reads_only) == ("GET", b"", True)
    assert urlsplit(request.path).path == "/tracking"
    assert parse_qs(urlsplit(request.path).query) == {
        "shipmentReference": ["RMA 1001&1"], "shipmentReferenceType": ["CU"], "shipperAccountNumber": [ACCOUNT],
        "dateRangeFrom": ["2026-11-19"], "dateRangeTo": ["2026-12-04"], "trackingView": ["advance-shipment"],
    }  # fmt: skip


class Wire:
    def __init__(self, body: Any) -> None:
        self.body = wire(body)


def found(*numbers: Any, stamp: Any = "2026-11-24T18:00:31") -> dict[str, Any]:
    return {"shipments": [{"shipmentTrackingNumber": one, "shipmentTimestamp": stamp, "events": []} for one in numbers]}


def test_the_one_waybill_under_our_reference_settles_an_unknown_outcome() -> None:
    lookup = WAYBILLS.lookup
    assert lookup.read(Wire(found(NUMBER)), NOW) == FoundWaybill(NUMBER, DAY)
    assert lookup.read(Wire(found(NUMBER, NUMBER)), NOW) == FoundWaybill(NUMBER, DAY), "one told twice is one"
    assert lookup.read(Wire(found(NUMBER, stamp="soon")), NOW) == FoundWaybill(NUMBER, NOW.date())


@pytest.mark.parametrize("body", [found(), found(NUMBER, "8487135506"), found(None), {}, [], {"shipments": "none"}])
def test_no_waybill_and_several_are_left_to_a_person(body) -> None:
    assert WAYBILLS.lookup.read(Wire(body), NOW) is None


def test_a_reference_dhl_does_not_know_is_a_refusal_that_means_none() -> None:
    body = refusal("No Shipments Found for ReferenceID | RMA-1001-1", "404", "No Shipments Found")
    error = WAYBILLS.lookup.access.read_error(404, {}, wire(body), NOW)
    assert isinstance(error, CarrierRefused)
    assert error.carrier_code == "404"


# ---- the table


def test_every_row_of_the_table_names_a_source_and_how_sure_it_is() -> None:
    table = rules()
    rows = [
        *table["purposes"].values(), *table["services"].values(), *table["service_notes"].values(),
        *table["registrations"].values(), *table["value_added"].values(),
        *(table[name] for name in (
            "texts", "vague_descriptions", "tender", "no_postcode", "asked", "lookup", "limits", "pickup",
        )),
    ]  # fmt: skip
    for row in rows:
        assert table["source"][row["source"]]["read_on"] <= date(2026, 11, 22)
        assert row["confidence"] in ("high", "medium", "low")
        assert not (row["source"] == "house" and row["confidence"] == "high"), "our own reading is never sure"
    assert set(table["purposes"]) == set(PURPOSES)


def test_no_text_of_ours_that_is_printed_gives_the_contents_away() -> None:
    texts = [text for name, text in rules()["texts"].items() if name not in ("source", "confidence")]
    assert [check_label_text(text) for text in texts] == [()] * len(texts)
    assert len(rules()["texts"]["pickup_location"]) <= rules()["limits"]["location"]


# ---- the edge of what DHL takes


def test_what_is_exactly_as_long_as_dhl_takes_is_taken() -> None:
    full = replace(
        CUSTOMER, name="n" * 255, phone="1" * 70, city="c" * 45, street=("s" * 45,) * 3, postal_code="1" * 12,
        state="x" * 35, company="f" * 100, email="e" * 70,
        registrations=(Registration("VAT", "1" * 35, "FR"),) * 50,
    )  # fmt: skip
    order = replace(
        ORDER, reference="r" * 35, rma="m" * 35, invoice_number="i" * 35, shipper=full, dimensions_cm=(1, 1, 1),
        lines=(replace(RING, description="d" * 512, hs_code="1" * 14),) * 999, parcel_weight_g=RING.weight_g * 999,
    )  # fmt: skip
    assert len(shipment(order)["content"]["exportDeclaration"]["lineItems"]) == 999
    more = replace(full, registrations=full.registrations + full.registrations[:1])
    assert faults(replace(order, shipper=more)) == {"shipper.registrations": "count"}


@pytest.mark.parametrize("changes", [{"weight_g": Decimal(0)}, {"quantity": -1}, {"value": Money(Decimal(-1), "EUR")}])
def test_a_line_of_nothing_is_refused_whichever_is_nothing(changes) -> None:
    assert faults(line(**changes)) == {"lines[0]": "not_positive"}


def test_the_most_that_dhl_takes_may_be_declared() -> None:
    most = Money(Decimal("999999999999999.00"), "EUR")
    assert (
        export_of(line(value=most))["invoice"]["preCalculatedTotalValues"]["preCalculatedTotalGoodsValue"]
        == most.amount
    )


def test_a_reference_is_told_once_where_it_is_the_rma_too() -> None:
    wanted = shipment(replace(ORDER, rma=ORDER.reference))
    assert wanted["customerReferences"] == [{"typeCode": "CU", "value": ORDER.reference}]
    assert shipment(replace(ORDER, rma=None))["customerReferences"] == wanted["customerReferences"]


def test_out_to_the_customer_the_rma_is_a_reference_of_the_sender() -> None:
    out = replace(ORDER, purpose="repaired_back", shipper=FACILITY, recipient=CUSTOMER)
    assert shipment(out)["customerReferences"][1] == {"typeCode": "CU", "value": "RMA-1001"}


@pytest.mark.parametrize("status", [199, 300, 302])
def test_neither_more_nor_less_than_success_is_success(status) -> None:
    for read in (WAYBILLS.read, WAYBILLS.read_dry_run):
        with pytest.raises(CarrierUnreadable):
            read(status, {}, wire(bought()), NOW)


def test_a_street_of_one_endless_word_is_refused_and_never_cut() -> None:
    assert faults(replace(ORDER, shipper=replace(CUSTOMER, street=("x" * 46,)))) == {"shipper.street[0]": "length"}


def test_a_street_that_fits_keeps_the_lines_it_was_written_in() -> None:
    kept = replace(CUSTOMER, street=("s" * 45, "", "8 rue"))
    address = shipment(replace(ORDER, shipper=kept))["customerDetails"]["shipperDetails"]["postalAddress"]
    assert (address["addressLine1"], address["addressLine2"]) == ("s" * 45, "8 rue")


def test_an_rma_that_dhls_references_cannot_spell_is_refused() -> None:
    assert faults(replace(ORDER, rma="RÉ-1001")) == {"rma": "length"}


def test_a_paper_that_dhl_keeps_comes_as_its_address() -> None:
    kept = {"typeCode": "label", "imageFormat": "PDF", "url": "https://express.api.dhl.com/label/1"}
    (found,) = waybill(bought(documents=[kept])).documents
    assert (found.content, found.url) == (None, "https://express.api.dhl.com/label/1")
