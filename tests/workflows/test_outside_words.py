"""What stands outside on a parcel: our own names are looked at before a label is bought, the customer's are not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.carriers.registry import carrier
from chalicelib.customs.text_checks import label_findings
from chalicelib.returns.case import Person
from chalicelib.workflows.carrier_orders import waybill_order
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.outside_words import label_doubts
from tests.carriers.test_ems_orders import ORDER as INSIDE_CHINA
from tests.faults.stories import CLAIRE
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk


def desk_of(**facility: str) -> CourierDesk:
    """A desk whose facilities are called so."""
    desk = CourierDesk("fedex")
    merchant = desk.ports.merchant()
    places = tuple(replace(place, **facility) for place in merchant.facility)
    shop = replace(merchant, facility=places, brands=("Goldthread", "Maison Lune"))
    desk.world.ports = desk.ports = replace(desk.ports, merchant=lambda: shop)
    return desk


@pytest.mark.parametrize(
    ("facility", "doubt"),
    [
        ({"company": "Shenzhen Gold Trading Ltd"}, "label_tells: gold (return_to company)"),
        ({"contact": "Jewellery Returns"}, "label_tells: jewellery (return_to contact)"),
        ({"company": "Maison Lune SAS"}, "label_tells: Maison Lune (return_to company)"),
        ({"company": "深圳珠宝有限公司"}, "label_tells: 珠宝 (return_to company)"),
        ({"contact": "18K desk"}, "label_tells: 18k (return_to contact)"),
    ],
    ids=str,
)
def test_a_name_of_ours_that_tells_what_is_inside_waits_for_a_person(facility: dict[str, str], doubt: str) -> None:
    desk = desk_of(**facility).opened()
    assert desk.file.case.stage == "review"
    assert f"decide: {doubt}" in desk.file.plan.answer["next"]
    assert desk.world.carrier.memory.shipments == {}


@pytest.mark.parametrize("company", ["GTS Trading (Shenzhen) Co., Ltd.", "Lunettes et Cie", "Goldmann Logistik GmbH"])
def test_a_harmless_name_of_ours_is_no_doubt(company: str) -> None:
    merchant = desk_of(company=company).ports.merchant()
    assert label_doubts(merchant, "SZX-1") == []


def test_a_word_of_the_facilitys_own_language_is_found_and_that_of_another_is_not() -> None:
    merchant = desk_of(company="Bague et Fils").ports.merchant()
    assert label_doubts(merchant, "PAR-1") == ["label_tells: bague (return_to company)"]
    assert label_doubts(merchant, "SZX-1") == []


def mr_gold() -> Person:
    address = replace(CLAIRE.address, lines=("18 rue de l'Or", "Résidence Diamant"))
    return replace(CLAIRE, name="Jonathan Gold", address=address)


def test_a_customer_called_gold_in_the_golden_street_is_served_like_anybody() -> None:
    desk = CourierDesk("fedex")
    told = open_return(
        desk.ports, desk.request, mr_gold(), holder="desk", idempotency_key=None, body_digest="d", dry_run=False,
        now=MONDAY,
    )  # fmt: skip
    assert (told.status, told.body["stage"]) == (201, "approved")
    assert not [one for one in told.body["next"] if "label_tells" in one]
    desk.step("waybill")
    assert desk.file.legs[0].number


CUSTOMS = ("customsClearanceDetail", "exportDeclaration", "cargos", "declaredValue", "totalCustomsValue")


def outside(said: Any) -> list[str]:
    """Every text of an order but those of its customs lines: any of them may be printed on the parcel."""
    if isinstance(said, dict):
        return [text for name, value in said.items() if name not in CUSTOMS for text in outside(value)]
    if isinstance(said, list):
        return [text for value in said for text in outside(value)]
    return [said] if isinstance(said, str) else []


@pytest.mark.parametrize("name", ["fedex", "dhl", "ems"])
def test_nothing_of_an_order_but_its_customs_lines_names_the_goods(name: str) -> None:
    desk = CourierDesk("fedex").opened()
    person, file = desk.ports.cases.person("case0001"), desk.file
    leg = replace(file.legs[0], carrier=name)
    leg = replace(leg, service="EXPRESS_WORLDWIDE") if name == "dhl" else leg
    order = waybill_order(desk.ports.merchant(), file.plan, leg, person, "RMA-W", MONDAY, rma=file.case.rma)
    said = json.loads(carrier(name).waybills.request(INSIDE_CHINA if name == "ems" else order, "123456789").body)
    texts = outside(said)
    assert len(texts) > 10
    brands = desk.ports.merchant().brands
    assert [str(one) for text in texts for one in label_findings(text, "en", brands)] == []
