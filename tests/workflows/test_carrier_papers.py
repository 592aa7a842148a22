"""What a carrier makes with a waybill is kept and listed; an order may be tried before it is placed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.errors import UnavailableError
from chalicelib.merchant import CustomsRegistration
from chalicelib.workflows.read_case import read_case
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk, json_answer


def papers_of(desk: CourierDesk) -> list[tuple[str, str, str]]:
    told = read_case(desk.ports, "case0001")["legs"][0]["carrier_papers"]
    return [(one["name"], one["media_type"], one["status"]) for one in told]


def test_every_paper_of_a_waybill_is_kept_under_a_name_of_its_own_and_listed_with_the_leg():
    desk = CourierDesk("dhl").booked()
    assert papers_of(desk) == [
        ("label-1", "application/pdf", "kept"),
        ("waybill-1-1", "application/pdf", "kept"),
        ("invoice-1-2", "application/pdf", "kept"),
    ]
    kept = {name: body for name, body in desk.world.evidence.objects.items() if name.startswith("labels/")}
    assert set(kept) == {f"labels/case0001/{name}" for name, _, _ in papers_of(desk)}
    assert all(kept.values())


class Lossy:
    """Evidence that loses what is named."""

    def __init__(self, evidence, *lost: str) -> None:
        self._evidence, self._lost = evidence, lost

    def __getattr__(self, name):
        return getattr(self._evidence, name)

    def keep_label(self, case_id, name, content, content_type):
        if name in self._lost:
            raise UnavailableError("the bucket is away")
        return self._evidence.keep_label(case_id, name, content, content_type)


@pytest.mark.parametrize(("lost", "troubles"), [("label-1", [("label_lost", None)]), ("invoice-1-2", [])])
def test_a_paper_that_cannot_be_kept_costs_neither_the_number_nor_the_other_papers(lost, troubles):
    desk = CourierDesk("dhl")
    desk.world.ports = desk.ports = replace(desk.ports, evidence=Lossy(desk.ports.evidence, lost))
    desk.booked()
    assert [name for name, _, status in papers_of(desk) if status == "lost"] == [lost]
    assert sum(status == "kept" for _, _, status in papers_of(desk)) == 2
    assert desk.troubles == troubles
    assert desk.file.legs[0].number


def with_dry_run(desk: CourierDesk) -> CourierDesk:
    merchant = desk.ports.merchant()
    asked = tuple(replace(contract, dry_run=True) for contract in merchant.carrier)
    shop = replace(merchant, carrier=asked)
    desk.world.ports = desk.ports = replace(desk.ports, merchant=lambda: shop)
    return desk


TRIES = {"dhl": "/shipments?validateDataOnly=true", "fedex": "/ship/v1/shipments/packages/validate"}


@pytest.mark.parametrize("carrier", ["dhl", "fedex"])
def test_where_the_contract_asks_for_it_an_order_is_tried_before_it_is_claimed_and_placed(carrier):
    desk = with_dry_run(CourierDesk(carrier))
    seen: list[tuple[str, str]] = []

    def note(request):
        if request.path.startswith(("/ship/v1/shipments", "/shipments")):
            seen.append((request.path, desk.booking("waybill").status))

    desk.interpose(note)
    desk.booked()
    assert [status for _, status in seen] == ["planned", "claimed"]
    assert seen[0][0] == TRIES[carrier]
    assert len(desk.world.carrier.memory.shipments) == 1


@pytest.mark.parametrize("carrier", ["dhl", "fedex"])
def test_an_order_that_fails_its_trial_is_not_placed_and_goes_to_a_person(carrier):
    desk = with_dry_run(CourierDesk(carrier))
    refusals = {
        "fedex": {"errors": [{"code": "HARMONIZEDCODE.INVALID", "message": "bad code"}]},
        "dhl": {"instance": "/x", "detail": "998: bad code", "title": "Bad request", "message": "", "status": "400"},
    }
    desk.interpose(lambda request: json_answer(400, refusals[carrier]) if request.path == TRIES[carrier] else None)
    desk.booked()
    assert desk.world.carrier.memory.shipments == {}
    assert [kind for kind, _ in desk.troubles] == ["booking_refused"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_trial_without_an_answer_is_made_again_later_and_nothing_is_unknown(status):
    desk = with_dry_run(CourierDesk("fedex"))
    once = iter([json_answer(status, {})])
    desk.interpose(lambda request: next(once, None) if request.path == TRIES["fedex"] else None)
    desk.booked()
    assert desk.booking("waybill").status == "planned"
    for hours in (1, 2, 4):
        desk.world.sweep_at(MONDAY.replace(hour=9 + hours))
    assert desk.booking("waybill").status == "done"
    assert desk.troubles == []


def test_without_the_contracts_word_no_order_is_tried():
    desk = CourierDesk("fedex")
    seen: list[str] = []
    desk.interpose(lambda request: seen.append(request.path))
    desk.booked()
    assert TRIES["fedex"] not in seen


@pytest.mark.parametrize("carrier", ["dhl", "fedex"])
def test_the_link_to_the_first_export_the_rma_and_our_registrations_reach_the_carrier(carrier):
    desk = CourierDesk(carrier)
    merchant = desk.ports.merchant()
    known = (CustomsRegistration("USCC", "91440300MA5EXAMPL1", "CN"),)
    places = tuple(replace(one, registrations=known) for one in merchant.facility)
    shop = replace(merchant, facility=places)
    desk.world.ports = desk.ports = replace(desk.ports, merchant=lambda: shop)
    sent: list[str] = []
    paths = ("/ship/v1/shipments", "/shipments")
    desk.interpose(lambda request: sent.append(request.body.decode()) if request.path in paths else None)
    desk.booked()
    (order,) = (json.loads(body) for body in sent)
    said = json.dumps(order, ensure_ascii=False)
    export = desk.request.original_export
    for fact in (export.invoice_number, export.tracking_number, export.reference, desk.file.case.rma):
        assert fact in said, fact
    assert export.exported_on.isoformat() in said
    for registration in known:
        assert registration.number in said
