"""What the papers say is what the case, the customer and the merchant said, the right way round; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.classification import classify
from chalicelib.places import Lane
from chalicelib.workflows.gather_papers import digest_of, gather, issued_on
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk

ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def desk() -> CourierDesk:
    return CourierDesk("fedex").booked()


def facts(desk: CourierDesk, *, kind: str = "refund", **leg: Any) -> Any:
    file, person = desk.file, desk.ports.cases.person(desk.world.case_id)
    file = replace(file, case=replace(file.case, kind=kind))
    return gather(file, replace(file.legs[0], **leg), person, desk.ports.merchant(), ON)


def test_home_the_customer_ships_and_the_facility_receives_and_imports(desk):
    told = facts(desk)
    assert (told.shipper.name, told.shipper.country, told.shipper.company) == (
        desk.ports.cases.person(desk.world.case_id).name, "FR", None,
    )  # fmt: skip
    assert told.consignee.company == "GTS Trading (Shenzhen) Co., Ltd."
    assert told.importer == told.consignee
    assert (told.waybill, told.language, told.made_on) == (desk.file.legs[0].number, "fr", ON)


def test_out_it_is_the_other_way_round_and_nothing_of_the_way_home_is_claimed(desk):
    home, out = facts(desk), facts(desk, direction="out", lane=Lane("CN", "FR"), purpose="exchange_replacement")
    assert (out.shipper, out.consignee, out.importer) == (home.consignee, home.shipper, None)
    assert (out.relief, out.history) == ((), None)
    assert out.pieces[0].hs_code == classify(out.pieces[0].line, "FR", ON).hs_code


def test_the_importer_shows_the_registrations_of_the_merchant_file(desk):
    from chalicelib.merchant import CustomsRegistration

    merchant = desk.ports.merchant()
    known = replace(merchant.facility[0], registrations=(CustomsRegistration("USCC", "9144X", "CN"),))
    file, person = desk.file, desk.ports.cases.person(desk.world.case_id)
    told = gather(file, file.legs[0], person, replace(merchant, facility=(known,)), ON)
    assert told.importer.registrations == (("USCC", "9144X", "CN"),)


@pytest.mark.parametrize(
    ("purpose", "kind", "direction", "incoterm"),
    [
        ("refund_return", "refund", "home", "DAP"), ("repair_out", "repair", "home", "DAP"),
        ("exchange_replacement", "exchange", "out", "DDP"), ("warranty_replacement", "warranty", "out", "DDP"),
        ("repaired_back", "warranty", "out", "DDP"), ("repaired_back", "repair", "out", "DAP"),
        ("loan_or_sample", "loan", "out", "DAP"),
    ],
)  # fmt: skip
def test_what_is_sent_again_in_exchange_or_under_warranty_is_delivered_duty_paid(
    desk, purpose, kind, direction, incoterm
):
    assert facts(desk, kind=kind, purpose=purpose, direction=direction).incoterm == incoterm


@pytest.mark.parametrize(("carrier", "channel"), [("fedex", "express"), ("dhl", "express"), ("ems", "post")])
def test_china_post_is_post_and_the_couriers_are_express(desk, carrier, channel):
    assert facts(desk, carrier=carrier).channel == channel


def test_the_service_is_named_as_its_carrier_names_it(desk):
    assert facts(desk).service_title == "FedEx International Priority"
    assert facts(desk, service="NO_SUCH_SERVICE").service_title is None


@pytest.mark.parametrize(("origin", "page"), [("US", "letter"), ("CA", "letter"), ("FR", "A4"), ("CN", "A4")])
def test_the_page_is_the_paper_in_the_printer_of_who_sends(desk, origin, page):
    assert facts(desk, lane=Lane(origin, "CN" if origin != "CN" else "FR")).page == page


def test_pieces_carry_the_tariff_line_of_the_estimate_and_whole_line_weights(desk):
    (piece,) = facts(desk).pieces
    (item,) = desk.file.plan.request.items
    assert piece.hs_code == desk.file.plan.answer["estimate"]["lines"][0]["hs_code"]
    assert piece.hs_code
    assert (piece.sku, piece.serial, piece.sold_as) == (item.sku, item.serial, item.description)
    assert piece.gross_weight_g == item.gross_weight_g * item.quantity
    assert piece.line.value == item.worth


def test_the_original_export_and_the_reliefs_are_those_of_the_case(desk):
    told, plan = facts(desk), desk.file.plan
    export = plan.request.original_export
    assert (told.export.invoice_number, told.export.waybill, told.export.exported_on, told.export.reference) == (
        export.invoice_number, export.tracking_number, export.exported_on, export.reference,
    )  # fmt: skip
    assert told.export.invoice_date is None, "nobody has said when the invoice was written"
    assert [(one.code, one.status, list(one.missing)) for one in told.relief] == [
        (row["code"], row["status"], row["missing"]) for row in plan.answer["estimate"]["relief"]
    ]
    kept = plan.answer["cover"]
    assert (told.cover["insurer"], told.cover["status"], told.cover["waybill"]) == (
        kept["insured_by"],
        "bound",
        "794644790131",
    )
    assert told.gross_weight_g == desk.file.legs[0].gross_weight_g


def test_the_digest_is_of_what_is_said_and_not_of_the_day(desk):
    told = facts(desk)
    assert digest_of(told) == digest_of(replace(told, made_on=date(2030, 1, 1)))
    assert digest_of(told) != digest_of(replace(told, gross_weight_g=Decimal("9.99")))
    assert digest_of(told) != digest_of(replace(told, waybill="1"))


def test_papers_are_dated_by_the_calendar_where_the_parcel_starts(desk):
    file = replace(desk.file, log=(), papers=())
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert issued_on(file, file.legs[0], late) == date(2026, 11, 24), "it is past midnight in Paris"
    assert issued_on(file, replace(file.legs[0], lane=Lane("ZZ", "CN")), late) == date(2026, 11, 23)
    assert issued_on(replace(desk.file, papers=()), file.legs[0], late) == MONDAY.date()
