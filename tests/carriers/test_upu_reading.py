"""Item events of the posts: every code, both halves of a failed delivery, and when a hold is over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from chalicelib.carriers.upu.meanings import known_codes, meaning_of
from chalicelib.errors import CarrierUnreadable
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import CONDITIONS, CUSTOMS_REASONS, MILESTONES, LegFacts, Party
from chalicelib.shipments.fold import State, fold
from tests.carriers.ems_pieces import HOME, NUMBER, OUT, PHONE, item, read, sample, told

TABLE = dictionary("carriers", "upu_events")
EMSEVT = (
    "EMA", "EMB", "EXA", "EXB", "EXC", "EXD", "EXX", "EMC", "EMJ", "EMK", "EMH", "EMD", "EDA", "EDB", "EME", "EDC",
    "EMF", "EDD", "EDE", "EMG", "EDF", "EDG", "EDH", "EMI", "EDX",
)  # fmt: skip


def only(**fields):
    return read(item(told(**fields)), "upu").trackings[0].events[0]


def state_of(*events, leg: LegFacts = OUT) -> State:
    return fold(read(item(*events), "upu").trackings[0].events, leg)


def rows():
    yield from ((f"codes.{name}", row) for name, row in TABLE["codes"].items())
    yield from ((f"reasons_by_number.{name}", row) for name, row in TABLE["reasons_by_number"].items())
    for kind in ("reasons", "actions"):
        yield from ((f"{kind}[{at}]", row) for at, row in enumerate(TABLE[kind]))


@pytest.mark.parametrize(("name", "row"), list(rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_row_is_in_our_words_and_says_where_it_is_from(name, row) -> None:
    assert row["status"] in ("official", "secondary", "assumed")
    assert TABLE["source"][row["source"]]["read_on"] == date(2026, 11, 22)
    assert row.get("milestone") in (*MILESTONES, None)
    assert row.get("condition") in (*CONDITIONS, None)
    assert row.get("responsible") in (*get_args(Party), None)
    assert row.get("action_by") in (*get_args(Party), None)
    reason = row.get("reason") or ""
    assert not reason.startswith("customs_") or reason in CUSTOMS_REASONS
    assert (row["status"] == "assumed") == (row["source"] == "house")
    assert all(words == words.lower() for words in row.get("says", ()))
    assert set(row.get("on", ())) <= known_codes()


def test_every_event_of_emsevt_has_a_row() -> None:
    assert set(EMSEVT) == known_codes()


def test_the_documented_items_are_read() -> None:
    reading = read(sample("upu_items"), "upu")
    assert [(found.number, len(found.events), found.origin_country) for found in reading.trackings] == [
        (NUMBER, 15, "CN"), ("EG688165502JP", 2, "JP"),
    ]  # fmt: skip
    assert not reading.problems
    assert reading.trackings[0].ship_date == "2026-11-01"
    assert fold(reading.trackings[0].events, OUT).milestone == "delivered"


def test_returned_from_import_customs_is_no_return_to_the_sender() -> None:
    state = state_of(told("EME"), told("EDC", "2026-11-05T09:00:00"))
    assert (state.milestone, state.condition, state.goes_back_to) == ("import_cleared", "ok", None)


@pytest.mark.parametrize("ending", ["EDC", "EMF", "EMG", "EMI", "EDG", "EMH"])
def test_a_hold_by_import_customs_lasts_until_customs_or_the_post_moves_it_on(ending: str) -> None:
    held = told("EME", reason="65")
    (open_one,) = state_of(held).episodes
    assert (open_one.reason, open_one.until) == ("customs_value_doubted", None)
    closed = state_of(held, told(ending, "2026-11-06T09:00:00")).episodes[0]
    assert closed.until == datetime(2026, 11, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize("between", ["EDD", "EDE", "EMD", "EDB"])
def test_a_hold_by_import_customs_is_not_over_because_the_item_was_moved_about(between: str) -> None:
    assert state_of(told("EME"), told(between, "2026-11-06T09:00:00")).condition == "held"


def test_export_cancelled_comes_back_and_import_terminated_is_a_failure() -> None:
    assert state_of(told("EXX", country="CN", office="CNPVGA")).milestone == "returning"
    state = state_of(told("EDX"))
    assert (state.milestone, state.condition, state.reason) == ("import_customs", "failed", "import_terminated")
    assert state_of(told("EDX", reason="Seized by customs")).milestone == "seized"
    assert state_of(told("EDX", text="Prohibited article - Returned to sender")).milestone == "returning"


def test_presented_held_and_released_at_export_are_export() -> None:
    at = {"country": "CN", "office": "CNPVGA"}
    assert [only(code=code, **at).milestone for code in ("EXA", "EXB", "EXC")] == [
        "export_customs", "export_customs", "export_cleared",
    ]  # fmt: skip
    assert state_of(told("EXB", **at), told("EMD", "2026-11-06T09:00:00")).condition == "ok"


@pytest.mark.parametrize(
    ("words", "reason", "action_by"),
    [
        ("65", "customs_value_doubted", "merchant"),
        ("065", "customs_value_doubted", "merchant"),
        (65, "customs_value_doubted", "merchant"),
        ("Awaiting proof of purchase or value", "customs_value_doubted", "merchant"),
        ("Value declared seems incorrect", "customs_value_doubted", "merchant"),
        ("Insufficient / incomplete / incorrect documentation", "customs_documents_missing", "merchant"),
        ("Invoice missing", "customs_documents_missing", "merchant"),
        ("Item held for inspection", "customs_inspection", "customs"),
        ("Awaiting payment of duty", "customs_duty_due", "consignee"),
        ("Prohibited article", "customs_prohibited", "merchant"),
        ("Addressee ID or tax number needed", "customs_importer_id_missing", "merchant"),
        ("Import permit needed", "customs_permit_required", "merchant"),
        ("Security check", "security_screening", "carrier"),
        ("31", None, "merchant"),
        (None, None, "merchant"),
    ],
)
def test_why_customs_keep_an_item_is_read_by_number_and_by_words(words, reason, action_by) -> None:
    event = only(code="EME", reason=words)
    assert (event.milestone, event.condition, event.reason) == ("import_customs", "held", reason)
    assert event.action_by == action_by


def test_a_reason_of_an_unknown_number_is_kept_as_sent() -> None:
    assert only(code="EME", reason="31").exception_code == "31"
    assert only(code="EME", reason="a sentence of words").exception_code is None


@pytest.mark.parametrize(
    ("words", "milestone", "condition", "reason"),
    [
        ("Addressee not available - Another attempt today", "delivery_attempted", "delayed", "recipient_absent"),
        ("Absent - Will attempt next working day", "delivery_attempted", "delayed", "recipient_absent"),
        ("Payment of charges - Item being held, addressee being notified", "ready_for_collection", "held",
         "customs_duty_due"),
        ("Payment of charges - Returned to sender", "returning", "action_required", "customs_duty_due"),
        ("Unclaimed - Returned to sender", "returning", "action_required", "unclaimed"),
        ("Refused - Returned to sender", "returning", "action_required", "refused"),
        ("Incorrect address - Address being verified", "delivery_attempted", "action_required", "address_incomplete"),
        ("Missed delivery – Addressee advised to pick up", "ready_for_collection", "delayed", "recipient_absent"),
        ("Addressee requests own pick-up - Item being held", "ready_for_collection", "delayed", "hold_requested"),
        ("Business closed - Another attempt today", "delivery_attempted", "delayed", "recipient_absent"),
        ("Returned to sender", "returning", "action_required", "returned_by_carrier"),
        ("Item lost", "lost", "failed", "lost"),
        ("Item damaged", "delivery_attempted", "action_required", "damaged"),
        ("Something new - Something else", "delivery_attempted", "delayed", "delivery_exception"),
        ("", "delivery_attempted", "delayed", "delivery_exception"),
    ],
)  # fmt: skip
def test_both_halves_of_a_failed_delivery_are_read(words, milestone, condition, reason) -> None:
    for fields in ({"text": words}, {"reason": words}):
        event = only(code="EMH", **fields)
        assert (event.milestone, event.condition, event.reason) == (milestone, condition, reason)
    why, _, what = words.replace("–", "-").partition(" - ")
    event = only(code="EMH", reason=why, action=what)
    assert (event.milestone, event.condition, event.reason) == (milestone, condition, reason)


def test_payment_of_charges_is_a_hold_for_duty() -> None:
    state = state_of(told("EMD"), told("EMH", "2026-11-06T09:00:00", text="Payment of charges - Item being held"))
    assert (state.condition, state.reason, state.action_by) == ("held", "customs_duty_due", "customer")


def test_the_time_is_local_to_the_office() -> None:
    assert only(code="EMD").at == datetime(2026, 11, 4, 8, tzinfo=UTC)
    assert only(code="EMD", country=None).at == datetime(2026, 11, 4, 8, tzinfo=UTC)
    assert only(code="EMD", country="CN", office="CNPVGA").tz_source == "place"
    assert only(code="EMD", country="US", office="USJFKA").tz_source == "assumed"
    nowhere = only(code="EMD", country=None, office=None)
    assert (nowhere.tz_source, nowhere.place.country) == ("assumed", None)


def test_who_received_it_is_not_kept() -> None:
    for code, words in (("EMI", "WANG XIAOMING"), ("EMI", "Signatory: X"), ("EMD", f"call {PHONE}"), ("EMH", "PAUL X")):
        event = only(code=code, text=words)
        assert words not in event.text
        assert PHONE not in event.text


def test_an_unknown_event_stays_raw_and_is_unrecognised() -> None:
    event = only(code="EZZ", text="Something new")
    assert (event.code, event.milestone, event.text) == ("EZZ", "unrecognised", "")
    assert meaning_of("EZZ", "65", "").milestone == "unrecognised"


def test_events_of_the_post_join_those_of_china_post_as_one_scan() -> None:
    post = read(item(told("EMI", "2026-11-19T15:25:30")), "upu").trackings[0].events
    china = read({"waybillNo": NUMBER, "opTime": "2026-11-19 15:25:00", "opCode": "463", "opOrgCode": "FR"}).trackings
    state = fold((*post, *china[0].events), OUT)
    assert (state.milestone, state.attempts) == ("delivered", 0)


def test_one_bad_event_costs_no_other_and_one_bad_item_no_other() -> None:
    bad = [None, 7, {}, told(""), told("EMD", "soon"), told("EMD", "")]
    said = item(told("EMA"), *bad, told("EMI", "2026-11-06T09:00:00"))
    said["items"] += [
        None,
        {},
        {"item_id": "x"},
        {"item_id": "EG688165502JP", "events": 7},
        *item(told("EMA"))["items"],
    ]
    reading = read(said, "upu")
    assert [len(found.events) for found in reading.trackings] == [2, 1]
    assert len(reading.problems) == len(bad) + 4


def test_an_item_without_events_may_be_asked_again() -> None:
    reading = read(item(), "upu")
    assert [(p.number, p.code, p.retryable) for p in reading.problems] == [(NUMBER, "no_results", True)]
    assert read({"items": []}, "upu").problems[0].code == "no_results"


def test_an_event_from_the_future_moves_nothing() -> None:
    reading = read(item(told("EMA"), told("EMI", "2027-11-06T09:00:00")), "upu")
    assert reading.trackings[0].events[1].milestone is None
    assert [problem.code for problem in reading.problems] == ["event_from_future"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"items":7}', b"7", b""])
def test_what_is_not_of_this_shape_is_unreadable(body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        read(body, "upu")


def test_a_hold_on_the_way_home_is_the_merchants_to_solve() -> None:
    state = state_of(told("EME", country="CN", office="CNPVGA", reason="Awaiting payment of duty"), leg=HOME)
    assert (state.reason, state.action_by) == ("customs_duty_due", "merchant")
