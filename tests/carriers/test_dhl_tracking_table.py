"""DHL's checkpoints and service areas: every row sourced, every word one of ours, every trap of its letters."""

from __future__ import annotations

from datetime import date
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from chalicelib.carriers.dhl.checkpoints import known_codes, meaning_of
from chalicelib.carriers.dhl.service_areas import country_named
from chalicelib.carriers.fedex.meanings import meaning_of as fedex_meaning_of
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import CONDITIONS, CUSTOMS_REASONS, MILESTONES, LegFacts, Party
from chalicelib.shipments.fold import fold
from tests.carriers.dhl_pieces import answer, at_area, event_of, only, scan, shipment

TABLE, AREAS = dictionary("carriers", "dhl_events"), dictionary("carriers", "dhl_service_areas")
PARTIES = (*get_args(Party), None)
# DHL's checkpoint list (2020) and its list of statuses for service express (2024).
CHECKPOINTS = (
    "AD", "AF", "AR", "BA", "BL", "BN", "BR", "CA", "CC", "CD", "CI", "CM", "CR", "CS", "CU", "DD", "DF", "DI", "DM",
    "DP", "DS", "ES", "FD", "HI", "HN", "HO", "HP", "IA", "IC", "IR", "LV", "MC", "MD", "MS", "NA", "ND", "NH", "OH",
    "OK", "PD", "PL", "PU", "PY", "RD", "RR", "RT", "RW", "SA", "SC", "SI", "SM", "SS", "ST", "TD", "TI", "TP", "TR",
    "TT", "UD", "UV", "WC", "DUMMY_PU",
)  # fmt: skip


def rows():
    for group in ("codes", "statuses", "status_codes", "phrases"):
        yield from ((f"{group}.{name}", row) for name, row in TABLE[group].items())
    yield from ((f"wording[{at}]", row) for at, row in enumerate(TABLE["wording"]))


@pytest.mark.parametrize(("name", "row"), list(rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_row_is_in_our_words_and_says_where_it_is_from(name, row) -> None:
    assert row["status"] in ("official", "secondary", "assumed")
    assert TABLE["source"][row["source"]]["read_on"] == date(2026, 11, 22)
    assert row.get("milestone") in (*MILESTONES, "", None)
    assert row.get("condition") in (*CONDITIONS, "", None)
    assert row.get("responsible") in PARTIES
    assert row.get("action_by") in PARTIES
    reason = row.get("reason") or ""
    assert not reason.startswith("customs_") or reason in CUSTOMS_REASONS
    assert row.get("condition") in (None, "ok", "") or row.get("action_by"), name
    assert (row["status"] == "assumed") == (row["source"] == "house")
    assert set(row) <= {
        "wording", "milestone", "condition", "reason", "responsible", "action_by", "source", "status",
        "on", "says", "code",
    }  # fmt: skip


def test_every_published_checkpoint_has_a_row_and_no_other_does() -> None:
    assert known_codes() == set(CHECKPOINTS)
    assert {row["code"] for row in TABLE["phrases"].values()} <= known_codes()
    for row in TABLE["wording"]:
        assert set(row["on"]) <= known_codes()
        assert all(words == words.lower() for words in row["says"])
    assert all(start == start.lower() for start in TABLE["phrases"])


@pytest.mark.parametrize("code", ["HX", "LX", "OF", "PA", "PF", "PO", "WX", "DY", "LO", "RF", "EM", "SD", "MF", "Q9"])
def test_letters_without_a_published_meaning_are_kept_raw_and_are_never_in_transit(code) -> None:
    event = event_of(scan(typeCode=code, description="Something new"))
    assert (event.code, event.milestone, event.condition, event.text) == (code, "unrecognised", None, "Something new")


@pytest.mark.parametrize(
    ("code", "milestone", "condition", "reason"),
    [
        ("CC", "ready_for_collection", "ok", None), ("CI", "in_transit", "ok", None), ("CU", "in_transit", "ok", None),
        ("CM", None, "action_required", "address_incomplete"), ("CA", "delivery_attempted", "delayed",
        "recipient_absent"),
        ("AR", "in_transit", "ok", None), ("PD", "partially_delivered", "action_required", "incomplete_shipment"),
        ("DD", "delivered", "action_required", "damaged"), ("RD", "delivery_attempted", "action_required", "refused"),
        ("CD", "import_customs", "held", None), ("UD", "import_customs", "held", "customs_inspection"),
        ("HP", "import_customs", "held", "customs_duty_due"), ("DI", "import_customs", "action_required",
        "customs_duty_due"),
        ("BN", "import_customs", "held", "customs_submitted"), ("SI", "import_customs", "held", "customs_inspection"),
        ("DP", None, "held", "customs_denied_party"), ("IC", "import_customs", "ok", "customs_submitted"),
        ("CR", "import_cleared", "ok", "customs_released"), ("RR", None, None, None), ("PY", None, None,
        "payment_received"),
        ("OH", None, "held", "on_hold"), ("RT", "returned", "failed", "returned_by_carrier"), ("CS", None, None, None),
        ("DS", "destroyed", "failed", "destroyed"), ("SM", None, None, None), ("NA", None,
        "action_required", "loss_suspected"),
        ("DM", None, "action_required", "damaged"), ("OK", "delivered", "ok", None), ("IA", None, None, None),
    ],
)  # fmt: skip
def test_dhl_letters_mean_what_dhl_says(code, milestone, condition, reason) -> None:
    event = event_of(scan(typeCode=code, description=""))
    assert (event.milestone, event.condition, event.reason) == (milestone, condition, reason)


def test_the_same_letters_mean_other_things_at_fedex() -> None:
    for code in ("CC", "CD", "PD", "RD", "DD", "CA"):
        dhl, fedex = meaning_of(code), fedex_meaning_of(code, "")
        assert (dhl.milestone, dhl.condition, dhl.responsible) != (fedex.milestone, fedex.condition, fedex.responsible)


@pytest.mark.parametrize(
    ("code", "words", "reason", "action_by"),
    [
        ("CD", "The commercial invoice is missing.", "customs_documents_missing", "merchant"),
        ("CD", "DHL needs further information from the importer.", "customs_documents_missing", "consignee"),
        ("CD", "Importer tax ID required", "customs_importer_id_missing", "consignee"),
        ("CD", "Customs duties and taxes are to be paid", "customs_duty_due", "consignee"),
        ("CD", "Declared value is questioned", "customs_value_doubted", "merchant"),
        ("CD", "An import permit is needed", "customs_permit_required", "merchant"),
        ("CD", "Prohibited by the destination", "customs_prohibited", "merchant"),
        ("CD", "Matched a restricted party list", "customs_denied_party", "merchant"),
        ("UD", "Held for inspection by a government agency", "customs_inspection", "customs"),
        ("UD", "Has been seized by customs", "customs_seized", "merchant"),
        ("RR", "Documents are required", "customs_documents_missing", "merchant"),
        ("OH", "Customs documents are missing", "customs_documents_missing", "merchant"),
    ],
)
@pytest.mark.parametrize("part", ["value", "details"])
def test_remarks_tell_why_customs_hold_it(code, words, reason, action_by, part) -> None:
    event = event_of(scan(typeCode=code, description="Clearance delay", remarks=[{part: words}]))
    assert (event.reason, event.action_by) == (reason, action_by)
    assert event.condition == ("failed" if reason == "customs_seized" else "held")


def test_every_customs_reason_can_be_told() -> None:
    told = {row.get("reason") for _, row in rows()}
    assert set(CUSTOMS_REASONS) <= told


def test_a_clearance_status_alone_is_neither_hold_nor_release_and_its_remark_may_be() -> None:
    leg = LegFacts("home", "FR", "CN")
    cleared = scan(typeCode="CR", time="08:00:00", **at_area("SZX", "Shenzhen-CN"))
    again = scan(typeCode="RR", time="09:00:00", **at_area("SZX", "Shenzhen-CN"))
    assert fold(only(answer(shipment(cleared, again))).events, leg).milestone == "import_cleared"
    held = scan(typeCode="CD", time="08:00:00", **at_area("SZX", "Shenzhen-CN"))
    assert fold(only(answer(shipment(held, again))).events, leg).condition == "held"
    released = {**again, "remarks": [{"value": "Shipment has been given a release status by Customs."}]}
    state = fold(only(answer(shipment(held, released))).events, leg)
    assert (state.milestone, state.condition) == ("import_cleared", "ok")


def test_a_clearance_status_from_the_destination_before_arrival_is_no_sighting_there() -> None:
    leg = LegFacts("home", "AU", "DE")
    flown = scan(typeCode="DF", time="08:00:00", **at_area("BAH", "Bahrain-BH"))
    early = scan(typeCode="RR", time="09:00:00")
    state = fold(only(answer(shipment(flown, early))).events, leg)
    assert (state.milestone, state.last_scan_id) == ("in_transit", event_of(flown).id)


def test_clearance_at_the_origin_is_export_and_at_the_destination_import() -> None:
    leg = LegFacts("home", "FR", "CN")
    at_home, abroad = at_area("CDG", "Paris-FR"), at_area("SZX", "Shenzhen-CN")
    assert fold([event_of(scan(typeCode="CR", **at_home))], leg).milestone == "export_cleared"
    assert fold([event_of(scan(typeCode="CR", **abroad))], leg).milestone == "import_cleared"
    assert fold([event_of(scan(typeCode="IC", **at_area("LEJ", "Leipzig-DE")))], leg).milestone == "export_customs"


def test_payment_ends_no_hold_until_customs_release_it() -> None:
    leg, place = LegFacts("home", "FR", "CN"), at_area("SZX", "Shenzhen-CN")
    told = [scan(typeCode=code, time=f"{hour:02}:00:00", **place) for hour, code in enumerate(("HP", "PY", "CR"), 8)]
    events = only(answer(shipment(*told))).events
    assert fold(events[:2], leg).reason == "customs_duty_due"
    assert fold(events, leg).condition == "ok"


def test_what_was_delivered_stays_delivered_and_may_still_be_returned() -> None:
    leg = LegFacts("out", "CN", "FR")
    done = scan(typeCode="OK", time="08:00:00")
    late = scan(typeCode="PL", time="07:00:00")
    closed = scan(typeCode="CS", time="09:00:00")
    back = scan(typeCode="RT", time="10:00:00")
    assert fold(only(answer(shipment(done, late, closed))).events, leg).milestone == "delivered"
    state = fold(only(answer(shipment(done, late, closed, back))).events, leg)
    assert (state.milestone, state.condition, state.goes_back_to) == ("returned", "failed", "merchant")


def test_delivered_damaged_stays_a_trouble_after_the_delivery() -> None:
    state = fold([event_of(scan(typeCode="DD"))], LegFacts("home", "FR", "CN"))
    assert (state.milestone, state.condition, state.reason) == ("delivered", "action_required", "damaged")


def test_a_delivery_to_somebody_or_somewhere_else_is_looked_into() -> None:
    event = event_of(scan(typeCode="OK", description="Delivered", remarks=[{"value": "Left with a neighbour"}]))
    assert (event.milestone, event.condition, event.reason) == (
        "delivered",
        "action_required",
        "delivered_to_unexpected_place",
    )


# ---- service areas


def test_every_area_has_a_zone_a_country_and_one_row() -> None:
    seen: set[str] = set()
    for row in AREAS["zone"]:
        assert ZoneInfo(row["name"])
        assert len(row["country"]) == 2
        for code in (*row.get("recorded", {}), *row.get("iata", {})):
            assert len(code) == 3
            assert code.isupper()
            assert code not in seen
            seen.add(code)
    assert len(seen) > 800
    assert {"LEJ", "CVG", "HKG", "EMA", "BRU", "BAH", "SIN", "QFB", "DXB", "LAP", "LPB"} <= seen


def test_every_source_of_the_areas_says_how_sure_it_is() -> None:
    assert all(source["status"] in ("official", "secondary", "assumed") for source in AREAS["source"].values())
    assert AREAS["source"]["iata"]["status"] == "assumed"
    assert set(AREAS["country_names"]) <= set(AREAS["source"])


def test_a_country_is_found_by_dhl_english_name() -> None:
    assert country_named("Hong Kong SAR, China") == "HK"
    assert country_named("Mars") is None


def test_every_checkpoint_can_be_folded_on_any_leg() -> None:
    for code in CHECKPOINTS:
        for direction in ("home", "out"):
            state = fold([event_of(scan(typeCode=code))], LegFacts(direction, "DE", "CN"))
            assert state.last_event_id is not None
