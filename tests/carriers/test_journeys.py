"""Whole journeys as each carrier tells them, through its reader and the fold: how the leg ends, and its troubles on
the way. Told in any order, in pieces, by poll and by push, and by every interface at once, it is the same leg.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.shipments.events import Event, LegFacts
from chalicelib.shipments.fold import State, fold, merge, scans
from tests.carriers import dhl_pieces, ems_pieces, fedex_pieces
from tests.carriers.ems_pieces import HOME, OUT

INLAND = LegFacts("home", "CN", "CN")
PARIS, GUANGZHOU, SHENZHEN = ("PARIS", "FR"), ("GUANGZHOU", "CN"), ("SHENZHEN", "CN")
CDG, LEJ, CAN, SZX = ("CDG", "Paris-FR"), ("LEJ", "Leipzig-DE"), ("CAN", "Guangzhou-CN"), ("SZX", "Shenzhen-CN")
CITY = {"CDG": ("Paris", "FR"), "LEJ": ("Leipzig", "DE"), "CAN": ("Guangzhou", "CN"), "SZX": ("Shenzhen", "CN")}
ABROAD = {"opOrgProvName": "", "opOrgCity": "", "opOrgCode": "FRCDGA", "opOrgName": "PARIS"}

Scans = list[dict[str, Any]]
Journey = tuple[str, Scans, LegFacts, tuple[Any, ...], list[tuple[str, str, str | None]]]


def fedex(code: str, at: str, where: tuple[str, str], says: str = "", why: str = "", words: str = "") -> dict[str, Any]:
    zone = "+01:00" if where[1] == "FR" else "+08:00"
    spot = {"city": where[0], "countryCode": where[1], "stateOrProvinceCode": ""}
    told = {"eventType": code, "eventDescription": says, "exceptionCode": why, "exceptionDescription": words}
    return fedex_pieces.scan(date=f"2026-11-{at}:00{zone}", scanLocation=spot, derivedStatusCode="IT", **told)


def dhl(code: str, at: str, area: tuple[str, str], remark: str = "") -> dict[str, Any]:
    said = dhl_pieces.scan(typeCode=code, date=f"2026-11-{at[:2]}", time=f"{at[3:]}:00", description="")
    return {**said, **dhl_pieces.at_area(*area), **({"remarks": [{"value": remark}]} if remark else {})}


def ems(code: str, at: str, **fields: Any) -> dict[str, Any]:
    return ems_pieces.scan(code, f"2026-11-{at[:2]} {at[3:]}:00", **fields)


FEDEX_WAY = [
    fedex("OC", "10T09:00", PARIS, "Shipment information sent to FedEx"),
    fedex("PU", "10T17:00", PARIS, "Picked up"),
    fedex("CC", "11T02:00", PARIS, "International shipment release - Export"),
    fedex("IT", "12T08:00", GUANGZHOU, "At international sort facility"),
    fedex("CP", "12T09:00", GUANGZHOU, "Clearance in progress"),
]
DHL_WAY = [
    dhl("PU", "10T17:00", CDG),
    dhl("AF", "11T01:00", LEJ),
    dhl("CR", "11T02:00", LEJ),
    dhl("DF", "11T03:30", LEJ),
    dhl("AF", "12T08:00", CAN),
    dhl("IC", "12T08:30", CAN),
]
EMS_WAY = [
    ems("203", "10T10:00"),
    ems("EXA", "11T08:00"),
    ems("EXC", "11T12:00"),
    ems("404", "12T02:00"),
    ems("458", "13T09:00", **ABROAD),
]
EMS_ROUND = [ems("203", "10T10:00"), ems("702", "11T08:00")]
# name, scans, leg, (milestone, condition, reason, action_by), the troubles as (condition, ground, reason)
FEDEX: list[Journey] = [
    (
        "held_for_an_invoice_and_moved_under_bond",
        [
            fedex("CD", "12T10:00", GUANGZHOU, "Clearance delay", "088", "Missing commercial invoice"),
            fedex("IT", "12T12:00", GUANGZHOU, "In transit"),
        ],
        HOME,
        ("import_customs", "held", "customs_documents_missing", "merchant"),
        [("held", "import", "customs_documents_missing")],
    ),
    (
        "held_for_an_invoice_then_released_and_delivered",
        [
            fedex("CD", "12T10:00", GUANGZHOU, "Clearance delay", "88"),
            fedex("CC", "13T10:00", GUANGZHOU, "International shipment release - Import"),
            fedex("OD", "14T08:00", SHENZHEN),
            fedex("DL", "14T10:00", SHENZHEN, "Delivered"),
        ],
        HOME,
        ("delivered", "ok", None, None),
        [("held", "import", "customs_documents_missing")],
    ),
    (
        "held_for_taxes_then_released_on_a_movement_scan",
        [
            fedex("CD", "12T10:00", GUANGZHOU, "Clearance delay", "63"),
            fedex("IT", "12T15:00", GUANGZHOU, "In transit", "66"),
        ],
        HOME,
        ("import_cleared", "ok", None, None),
        [("held", "import", "customs_duty_due")],
    ),
    (
        "refused_and_delivered_back_to_the_customer",
        [
            fedex("DE", "14T10:00", SHENZHEN, "Delivery exception", "", "Refused by recipient"),
            fedex("RS", "15T10:00", SHENZHEN, "Returning package to shipper"),
            fedex("CC", "17T10:00", PARIS),
            fedex("DL", "18T10:00", PARIS, "Delivered"),
        ],
        HOME,
        ("returned", "failed", "returned_by_carrier", "merchant"),
        [
            ("action_required", "road", "refused"),
            ("action_required", "over", "returned_by_carrier"),
            ("failed", "over", "returned_by_carrier"),
        ],
    ),
    (
        "delivered_in_part_and_then_whole",
        [
            fedex("DL", "14T10:00", SHENZHEN, "Partial delivery"),
            fedex("DL", "15T10:00", SHENZHEN, "Delivered"),
        ],
        HOME,
        ("delivered", "ok", None, None),
        [("action_required", "delivered", "incomplete_shipment")],
    ),
    (
        "not_found_and_then_seen_again",
        [
            fedex("SE", "13T10:00", GUANGZHOU, "Shipment exception", "", "Unable to locate package"),
            fedex("AR", "14T10:00", SHENZHEN, "Arrived at FedEx location"),
        ],
        HOME,
        ("in_transit", "ok", None, None),
        [("action_required", "road", "loss_suspected")],
    ),
    (
        "left_at_the_door_without_a_signature",
        [fedex("DL", "14T10:00", SHENZHEN, "Delivered", "", "Left at front door. Signature Service not requested.")],
        HOME,
        ("delivered", "action_required", "delivered_to_unexpected_place", "merchant"),
        [("action_required", "delivered", "delivered_to_unexpected_place")],
    ),
    (
        "taken_by_customs",
        [fedex("CD", "13T10:00", GUANGZHOU, "Clearance delay", "", "Package seized by regulatory agency")],
        HOME,
        ("seized", "failed", "customs_seized", "merchant"),
        [("failed", "over", "customs_seized")],
    ),
]
DHL: list[Journey] = [
    (
        "held_for_an_invoice_while_the_status_is_updated",
        [
            dhl("CD", "12T10:00", CAN, "Commercial invoice missing"),
            dhl("RR", "12T11:00", CAN),
            dhl("PL", "12T12:00", CAN),
        ],
        HOME,
        ("import_customs", "held", "customs_documents_missing", "merchant"),
        [("held", "import", "customs_documents_missing")],
    ),
    (
        "duty_due_paid_released_and_delivered",
        [
            dhl("DI", "12T10:00", CAN),
            dhl("HP", "12T11:00", CAN),
            dhl("PY", "12T15:00", CAN),
            dhl("CR", "12T16:00", CAN),
            dhl("WC", "13T08:00", SZX),
            dhl("OK", "13T10:00", SZX),
        ],
        HOME,
        ("delivered", "ok", None, None),
        [("action_required", "import", "customs_duty_due"), ("held", "import", "customs_duty_due")],
    ),
    (
        "duty_due_and_only_paid",
        [dhl("HP", "12T11:00", CAN), dhl("PY", "12T15:00", CAN)],
        HOME,
        ("import_customs", "held", "customs_duty_due", "merchant"),
        [("held", "import", "customs_duty_due")],
    ),
    (
        "refused_and_returned_to_the_customer",
        [
            dhl("CR", "12T16:00", CAN),
            dhl("RD", "13T10:00", SZX),
            dhl("RT", "16T10:00", CDG),
            dhl("OK", "16T10:05", CDG),
        ],
        HOME,
        ("returned", "failed", "returned_by_carrier", "merchant"),
        [("action_required", "road", "refused"), ("failed", "over", "returned_by_carrier")],
    ),
    (
        "delivered_damaged_stays_a_trouble",
        [dhl("CR", "12T16:00", CAN), dhl("DD", "13T10:00", SZX), dhl("CS", "13T12:00", SZX)],
        HOME,
        ("delivered", "action_required", "damaged", "merchant"),
        [("action_required", "delivered", "damaged")],
    ),
    (
        "delivered_in_part_and_then_whole",
        [dhl("CR", "12T16:00", CAN), dhl("PD", "13T10:00", SZX), dhl("OK", "14T10:00", SZX)],
        HOME,
        ("delivered", "ok", None, None),
        [("action_required", "delivered", "incomplete_shipment")],
    ),
    (
        "missing_traced_and_found",
        [
            dhl("CR", "12T16:00", CAN),
            dhl("NA", "13T10:00", SZX),
            dhl("TI", "14T10:00", SZX),
            dhl("AR", "15T10:00", SZX),
        ],
        HOME,
        ("in_transit", "ok", None, None),
        [("action_required", "road", "loss_suspected")],
    ),
    (
        "taken_by_customs",
        [dhl("CD", "13T10:00", CAN, "The shipment has been seized by customs")],
        HOME,
        ("seized", "failed", "customs_seized", "merchant"),
        [("failed", "over", "customs_seized")],
    ),
]
EMS: list[Journey] = [
    (
        "duty_billed_awaited_and_released",
        [
            *EMS_WAY,
            ems("C_004", "13T11:00", **ABROAD),
            ems("C_005", "13T12:00", **ABROAD),
            ems("C_003", "14T12:00", **ABROAD),
        ],
        OUT,
        ("import_cleared", "ok", None, None),
        [("held", "import", "customs_duty_due")],
    ),
    (
        "detained_abroad_and_moved_by_a_post_that_tells_no_release",
        [
            *EMS_WAY,
            ems("470", "13T11:00", **ABROAD),
            ems("460", "14T08:00", **ABROAD),
            ems("461", "15T11:00", **ABROAD),
        ],
        OUT,
        ("in_transit", "ok", None, None),
        [("held", "import", "customs_inspection")],
    ),
    (
        "a_delivery_withdrawn_refused_and_brought_back",
        [
            *EMS_ROUND,
            ems("704", "11T10:00", deliverCode="10"),
            ems("743", "11T10:30"),
            ems("705", "11T11:00", attemptDeliveryCode="7"),
            ems("708", "12T11:00"),
            ems("954", "12T15:00"),
            ems("711", "13T11:00"),
        ],
        INLAND,
        ("returned", "failed", "returned_by_carrier", "merchant"),
        [
            ("action_required", "road", "refused"),
            ("action_required", "over", "returned_by_carrier"),
            ("failed", "over", "returned_by_carrier"),
        ],
    ),
    (
        "a_delivery_withdrawn_and_made_to_a_locker",
        [
            *EMS_ROUND,
            ems("704", "11T10:00", deliverCode="10"),
            ems("743", "11T10:30"),
            ems("704", "11T12:00", deliverCode="50"),
        ],
        INLAND,
        ("delivered", "action_required", "delivered_to_unexpected_place", "merchant"),
        [("action_required", "delivered", "delivered_to_unexpected_place")],
    ),
    (
        "lost_on_the_round",
        [*EMS_ROUND, ems("705", "11T11:00", attemptDeliveryCode="13")],
        INLAND,
        ("lost", "failed", "lost", "merchant"),
        [("failed", "over", "lost")],
    ),
    (
        "a_claim_settled_under_a_delivery",
        [*EMS_ROUND, ems("704", "20T11:00", deliverCode="180")],
        INLAND,
        ("lost", "failed", "claim_settled", "merchant"),
        [("failed", "over", "claim_settled")],
    ),
    (
        "held_by_export_customs_and_the_hold_taken_back",
        [*EMS_WAY[:2], ems("EXB", "11T09:00"), ems("EXBD", "11T10:00")],
        OUT,
        ("export_customs", "ok", None, None),
        [],
    ),
]


def fedex_bodies(told: Scans) -> Iterator[tuple[str, Any]]:
    yield "fedex", fedex_pieces.answer(fedex_pieces.result(*FEDEX_WAY, *told))


def dhl_bodies(told: Scans) -> Iterator[tuple[str, Any]]:
    yield "mydhl", dhl_pieces.answer(dhl_pieces.shipment(*DHL_WAY, *told))


def ems_bodies(told: Scans) -> Iterator[tuple[str, Any]]:
    yield "ems", ems_pieces.answer(*told)


BODIES = {"fedex": fedex_bodies, "dhl": dhl_bodies, "ems": ems_bodies}
EVERY = [(carrier, *one) for carrier, told in (("fedex", FEDEX), ("dhl", DHL), ("ems", EMS)) for one in told]
NAMES = [f"{one[0]}_{one[1]}" for one in EVERY]


def events_of(source: str, said: Any) -> list[Event]:
    return [event for tracking in ems_pieces.read(said, source).trackings for event in tracking.events]


def whole(carrier: str, told: Scans) -> list[Event]:
    return [event for source, said in BODIES[carrier](told) for event in events_of(source, said)]


def seen(state: State) -> tuple[Any, ...]:
    troubles = [(one.condition, one.ground, one.reason, one.until is None) for one in state.episodes]
    return (state.milestone, state.condition, state.reason, state.action_by, state.attempts, troubles)


@pytest.mark.parametrize(("carrier", "name", "told", "leg", "ends", "troubles"), EVERY, ids=NAMES)
def test_a_journey_ends_as_it_ended(carrier, name, told, leg, ends, troubles) -> None:
    state = fold(whole(carrier, told), leg)
    assert (state.milestone, state.condition, state.reason, state.action_by) == ends, name
    assert [(one.condition, one.ground, one.reason) for one in state.episodes] == troubles
    assert all(one.until is not None for one in state.episodes[:-1])


@pytest.mark.parametrize(("carrier", "name", "told", "leg", "ends", "troubles"), EVERY, ids=NAMES)
def test_told_in_pieces_in_any_order_by_poll_and_push_it_is_the_same(carrier, name, told, leg, ends, troubles) -> None:
    chance = random.Random(name)
    for _ in range(5):
        history: tuple[Event, ...] = ()
        pieces = [body for scan in whole_scans(carrier, told) for body in both_ways(carrier, scan)]
        chance.shuffle(pieces)
        for source, said in pieces:
            history = merge(history, events_of(source, said))
        assert seen(fold(history, leg)) == seen(fold(whole(carrier, told), leg))
        assert len(scans(history, leg)) == len(scans(whole(carrier, told), leg))


def whole_scans(carrier: str, told: Scans) -> Scans:
    return [*{"fedex": FEDEX_WAY, "dhl": DHL_WAY, "ems": []}[carrier], *told]


def both_ways(carrier: str, scan: dict[str, Any]) -> list[tuple[str, Any]]:
    """One scan as the poll answers it and as the push tells it."""
    if carrier == "fedex":
        said = fedex_pieces.answer(fedex_pieces.result(scan))
        return [("fedex", said), ("fedex_push", said)]
    if carrier == "ems":
        return [("ems", ems_pieces.answer(scan)), ("ems_push", scan)]
    return [("mydhl", dhl_pieces.answer(dhl_pieces.shipment(scan)))]


# ---- DHL's three ways in


def in_unified(scan: dict[str, Any], zone: str = "") -> dict[str, Any]:
    """A checkpoint of MyDHL as DHL Unified tells it: the place by name, the clock naive."""
    city, country = CITY[scan["serviceArea"][0]["code"]]
    return dhl_pieces.entry(
        timestamp=f"{scan['date']}T{scan['time']}{zone}",
        location={"address": {"countryCode": country, "addressLocality": city}},
        status=scan["typeCode"],
        statusCode="delivered" if scan["typeCode"] in ("OK", "DD") else "transit",
        description="",
        remark=" ".join(one["value"] for one in scan.get("remarks", ())),
    )


@pytest.mark.parametrize(("name", "told", "leg", "ends", "troubles"), DHL, ids=[one[0] for one in DHL])
def test_told_by_all_three_interfaces_of_dhl_it_is_one_journey(name, told, leg, ends, troubles) -> None:
    alone, every = whole("dhl", told), [*DHL_WAY, *told]
    polled = events_of("dhl_unified", dhl_pieces.unified(*map(in_unified, every)))
    pushed = [
        event
        for scan in every
        for event in events_of("dhl_push", {"scope": "subscription.push", **dhl_pieces.unified(in_unified(scan))})
    ]
    assert {event.id for event in pushed} == {event.id for event in polled}
    state = fold([*alone, *polled, *pushed], leg)
    assert seen(state) == seen(fold(alone, leg)), name
    moved = [scan for scan in scans(merge(alone, [*polled, *pushed]), leg) if scan.event.milestone is not None]
    assert len(moved) == len([event for event in alone if event.milestone is not None])
    assert all(len(scan.ids) == 2 for scan in moved)


def test_two_scans_of_one_minute_are_two_though_push_told_one_and_the_poll_both() -> None:
    first, second = in_unified(dhl("AF", "12T08:00", CAN)), in_unified(dhl("PL", "12T08:01", CAN))
    polled = events_of("dhl_unified", dhl_pieces.unified(second, first))
    pushed = events_of("dhl_push", {"scope": "subscription.push", **dhl_pieces.unified(first)})
    assert [scan.event.code for scan in scans(merge(polled, pushed), HOME)] == ["AF", "PL"]


def test_a_push_by_another_clock_is_the_scan_that_the_poll_tells() -> None:
    local, in_z = in_unified(dhl("NH", "12T16:00", CAN)), {**in_unified(dhl("NH", "12T08:00", CAN), "Z")}
    polled = events_of("dhl_unified", dhl_pieces.unified(local))
    pushed = events_of("dhl_push", {"scope": "subscription.push", **dhl_pieces.unified(in_z)})
    (scan,) = scans(merge(polled, pushed), HOME)
    assert set(scan.ids) == {polled[0].id, pushed[0].id}
    assert fold([*polled, *pushed], HOME).attempts == 1


def test_a_scan_joins_the_one_of_its_own_code_and_not_the_first_of_its_minute() -> None:
    told = [dhl("AF", "12T08:00", CAN), dhl("PL", "12T08:01", CAN)]
    alone = events_of("mydhl", dhl_pieces.answer(dhl_pieces.shipment(*told)))
    pushed = events_of("dhl_push", {"scope": "subscription.push", **dhl_pieces.unified(in_unified(told[1]))})
    assert [(scan.event.code, len(scan.ids)) for scan in scans(merge(alone, pushed), HOME)] == [("AF", 1), ("PL", 2)]


def test_a_piece_delivered_before_the_others_does_not_stop_the_shipment_from_being_delivered() -> None:
    done = dhl("OK", "13T10:00", SZX)
    early = dhl_pieces.shipment(numberOfPieces=2, pieces=[{"events": [done]}, {"events": [dhl("WC", "13T08:00", SZX)]}])
    late = dhl_pieces.shipment(done, numberOfPieces=2, pieces=[{"events": [done]}, {"events": [done]}])
    first = events_of("mydhl", dhl_pieces.answer(early))
    assert fold(first, HOME).milestone == "partially_delivered"
    state = fold(merge(first, events_of("mydhl", dhl_pieces.answer(late))), HOME)
    assert (state.milestone, state.condition) == ("delivered", "ok")


# ---- one number, two shipments


def test_two_shipments_under_one_number_keep_their_own_ends() -> None:
    one, other = (
        fedex_pieces.result(
            *FEDEX_WAY,
            *told,
            trackingNumberInfo={
                "trackingNumber": fedex_pieces.NUMBER,
                "trackingNumberUniqueId": f"{day}~{fedex_pieces.NUMBER}~FX",
            },
        )
        for day, told in (("2461364000", FEDEX[1][1]), ("2461000000", FEDEX[7][1]))
    )
    found = fedex_pieces.read(fedex_pieces.answer(one, other)).trackings
    assert [fold(each.events, HOME).milestone for each in found] == ["delivered", "seized"]
    assert len({each.unique_id for each in found}) == 2


def test_a_scan_pushed_before_its_exception_code_is_one_attempt_with_its_reason() -> None:
    bare = fedex("DE", "14T10:00", SHENZHEN, "Delivery exception")
    later = fedex("DE", "14T10:00", SHENZHEN, "Delivery exception", "08", "Customer not available or business closed")
    pushed = events_of("fedex_push", fedex_pieces.answer(fedex_pieces.result(bare)))
    polled = events_of("fedex", fedex_pieces.answer(fedex_pieces.result(later)))
    for told in ([*pushed, *polled], [*polled, *pushed]):
        state = fold(told, HOME)
        assert (state.attempts, state.reason) == (1, "recipient_absent")
    again = fedex("DE", "15T10:00", SHENZHEN, "Delivery exception")
    other = events_of("fedex", fedex_pieces.answer(fedex_pieces.result(later, again)))
    assert fold([*pushed, *other], HOME).attempts == 2


def test_two_outcomes_of_one_moment_are_two_scans() -> None:
    told = [ems("705", "11T11:00", attemptDeliveryCode=code) for code in ("4", "7")]
    assert len(scans(events_of("ems", ems_pieces.answer(*told)), INLAND)) == 2
