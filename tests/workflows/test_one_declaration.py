"""The invoice that lies in the pouch and the data that the carrier sends ahead are one declaration: made from one case,
they say the same, field by field."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.carriers.contract import OrderNotAccepted, WaybillOrder
from chalicelib.carriers.goods_lines import hs_digits
from chalicelib.carriers.registry import carrier
from chalicelib.customs.declaration import customs_text
from chalicelib.customs.facts import Article
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.make import papers_for
from chalicelib.customs.text_checks import customs_findings
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.workflows.carrier_orders import refuse_vague, waybill_order
from chalicelib.workflows.customs_lines import line_of
from chalicelib.workflows.gather_papers import gather, issued_on
from tests.carriers.test_ems_orders import ORDER as INSIDE_CHINA
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk

NUMBER = "794644790131"
SERVICES = {"fedex": "INTERNATIONAL_PRIORITY", "dhl": "EXPRESS_WORLDWIDE", "ems": "CN_EMS_INSURED"}
LEGS = {
    "refund_return": ("refund", "home", Lane("FR", "CN")),
    "warranty_repair_out": ("warranty", "home", Lane("FR", "CN")),
    "exchange_replacement": ("exchange", "out", Lane("CN", "FR")),
    "warranty_replacement": ("warranty", "out", Lane("CN", "FR")),
    "loan_or_sample": ("loan", "out", Lane("CN", "FR")),
}


@pytest.fixture(scope="module")
def desk() -> CourierDesk:
    return CourierDesk("fedex").opened()


def pair(desk: CourierDesk, name: str, purpose: str) -> tuple[WaybillOrder, PaperFacts]:
    """The order of a leg and the facts of its papers, from one case."""
    file, person, merchant = desk.file, desk.ports.cases.person("case0001"), desk.ports.merchant()
    kind, direction, lane = LEGS[purpose]
    items = tuple(replace(item, quantity=2, stones="diamond", origin="CN") for item in file.plan.request.items)
    plan = replace(file.plan, request=replace(file.plan.request, items=items, kind=kind))
    leg = replace(
        file.legs[0],
        carrier=name,
        service=SERVICES[name],
        purpose=purpose,
        direction=direction,
        lane=lane,
        number=NUMBER,
    )
    file = replace(file, case=replace(file.case, kind=kind), plan=plan)
    order = waybill_order(merchant, plan, leg, person, "RMA-W", MONDAY, rma=file.case.rma)
    return order, gather(file, leg, person, merchant, issued_on(file, leg, MONDAY))


def invoice_of(facts: PaperFacts) -> Any:
    (made,) = (one for one in papers_for(facts, facts.made_on) if one.name == "return_invoice")
    assert made.status == "ready", made.missing
    return made.data


def sent(name: str, order: WaybillOrder) -> Any:
    said = json.loads(carrier(name).waybills.request(order, "123456789").body, parse_float=Decimal)
    return said["requestedShipment"] if name == "fedex" else said["content"] if name == "dhl" else said[0]


def fedex_said(shipment: Any) -> dict[str, Any]:
    block = shipment["customsClearanceDetail"]
    invoice = block["commercialInvoice"]
    return {
        "lines": [
            (one["description"], one["harmonizedCode"], one["countryOfManufacture"], one["quantity"],
             one["customsValue"]["amount"], one["customsValue"]["currency"])
            for one in block["commodities"]
        ],
        "number": invoice["customerReferences"][0]["value"],
        "terms": invoice["termsOfSale"],
        "statement": invoice.get("declarationStatement", ""),
        "link": " ".join(invoice["comments"]),
        "total": block["totalCustomsValue"]["amount"],
        "payer": block["dutiesPayment"]["paymentType"] == "SENDER",
    }  # fmt: skip


def dhl_said(content: Any) -> dict[str, Any]:
    block = content["exportDeclaration"]
    return {
        "lines": [
            (one["description"], one["commodityCodes"][1]["value"], one["manufacturerCountry"],
             one["quantity"]["value"], one["preCalculatedLineItemTotalValue"], content["declaredValueCurrency"])
            for one in block["lineItems"]
        ],
        "number": block["invoice"]["number"],
        "date": block["invoice"]["date"],
        "terms": content["incoterm"],
        "statement": block["declarationNotes"][-1]["value"],
        "link": block["declarationNotes"][0]["value"],
        "total": block["invoice"]["preCalculatedTotalValues"]["preCalculatedTotalGoodsValue"],
    }  # fmt: skip


READERS = {"fedex": fedex_said, "dhl": dhl_said}
PAIRS = [(name, purpose) for name in READERS for purpose in LEGS]


def lines_of(data: Any) -> list[tuple[Any, ...]]:
    return [
        (one["description"], hs_digits(one["hs_code"]), one["origin"], one["quantity"], Decimal(one["value"]["amount"]),
         one["value"]["currency"])
        for one in data["lines"]
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "purpose"), PAIRS)
def test_the_goods_are_the_same_lines_with_the_same_codes_and_values(desk, name: str, purpose: str) -> None:
    order, facts = pair(desk, name, purpose)
    told, data = READERS[name](sent(name, order)), invoice_of(facts)
    assert told["lines"] == lines_of(data)
    assert told["total"] == Decimal(data["totals"]["goods"]["amount"])


@pytest.mark.parametrize(("name", "purpose"), PAIRS)
def test_the_invoice_has_one_number_one_day_and_one_statement(desk, name: str, purpose: str) -> None:
    order, facts = pair(desk, name, purpose)
    told, data = READERS[name](sent(name, order)), invoice_of(facts)
    assert told["number"] == data["number"] == f"{facts.rma}-1"
    assert told["statement"] == data["statements"]["en"]
    assert told.get("date", data["date"]) == data["date"]


@pytest.mark.parametrize(("name", "purpose"), PAIRS)
def test_the_terms_are_the_same_and_say_who_pays(desk, name: str, purpose: str) -> None:
    order, facts = pair(desk, name, purpose)
    told, data = READERS[name](sent(name, order)), invoice_of(facts)
    assert told["terms"] == data["incoterm"]["term"]
    assert (order.duties_paid_by == "shipper") == (told["terms"] == "DDP") == told.get("payer", told["terms"] == "DDP")


@pytest.mark.parametrize(("name", "purpose"), PAIRS)
def test_the_link_to_the_first_export_is_the_same(desk, name: str, purpose: str) -> None:
    order, facts = pair(desk, name, purpose)
    link, original = READERS[name](sent(name, order))["link"], invoice_of(facts)["original"]
    for fact in ("invoice_number", "waybill", "exported_on", "export_reference"):
        told = order.original_export.shipped_on.isoformat() if fact == "exported_on" else original[fact]
        assert told is None or told in link, fact


@pytest.mark.parametrize("purpose", [one for one in LEGS if one != "loan_or_sample"])
def test_dhl_prints_the_same_kind_of_invoice(desk, purpose: str) -> None:
    order, facts = pair(desk, "dhl", purpose)
    body = json.loads(carrier("dhl").waybills.request(order, "123456789").body)
    (asked,) = (one for one in body["outputImageProperties"]["imageOptions"] if one["typeCode"] == "invoice")
    assert asked["invoiceType"] == invoice_of(facts)["kind"]


def test_what_china_post_is_told_inside_china_is_what_the_papers_list(desk) -> None:
    order, facts = pair(desk, "ems", "refund_return")
    prices = tuple(replace(one, value=Money(one.value.amount, "CNY")) for one in order.lines)
    inside = replace(
        INSIDE_CHINA, lines=prices, invoice_number=order.invoice_number, declared_value=Money(Decimal(1), "CNY")
    )
    said = sent("ems", inside)
    assert [(one["cargoName"], Decimal(one["cargoValue"]), one["cargoQuantity"]) for one in said["cargos"]] == [
        (line["description"], Decimal(line["value"]["amount"]), str(line["quantity"]))
        for line in invoice_of(facts)["lines"]
    ]
    assert order.invoice_number in said["pickupNotes"]


def test_what_is_sent_is_a_text_that_customs_take(desk) -> None:
    order, facts = pair(desk, "fedex", "refund_return")
    for line, piece in zip(order.lines, facts.pieces, strict=True):
        assert customs_findings(line.description, piece.line) == ()


@pytest.mark.parametrize(
    ("text", "code"), [("jewellery", "vague"), ("gift of gold ring (750)", "untrue"), ("gold ring", "lacks")]
)
def test_a_vague_or_untrue_text_never_leaves(desk, text: str, code: str) -> None:
    order, _ = pair(desk, "dhl", "refund_return")
    with pytest.raises(OrderNotAccepted, match=rf"lines\[0\].description {code}"):
        refuse_vague([replace(order.lines[0], description=text)], desk.file.plan.request.items)


@settings(max_examples=200)
@given(
    article=st.sampled_from(get_args(Article)),
    metal=st.sampled_from(["gold", "silver", "platinum", "base"]),
    construction=st.sampled_from(["solid", "clad", "plated"]),
    stones=st.sampled_from(["none", "diamond", "precious", "semi_precious", "pearl"]),
    fineness=st.sampled_from([None, 333, 375, 585, 750, 916, 925, 950, 999]),
)
def test_no_piece_is_described_in_a_way_that_customs_refuse(desk, **said: Any) -> None:
    (item,) = desk.file.plan.request.items
    described = line_of(replace(item, **said))
    assert customs_findings(customs_text(described), described) == ()
