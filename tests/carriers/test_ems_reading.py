"""China Post's scans: the documented shapes, and every trap its recorded answers hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chalicelib.carriers.registry import CARRIERS, carrier_of
from chalicelib.errors import CarrierUnreadable
from chalicelib.shipments.events import Place
from chalicelib.shipments.fold import fold
from tests.carriers.ems_pieces import (
    HOME,
    NOW,
    NUMBER,
    OUT,
    PERSON,
    PHONE,
    answer,
    event_of,
    read,
    sample,
    scan,
    state_of,
)


def codes(reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def test_the_documented_answer_is_read_with_its_facts() -> None:
    (tracking,) = read(sample("ems_trace")).trackings
    assert (tracking.number, tracking.service, tracking.origin_country) == (NUMBER, "国际特快专递", "CN")
    assert tracking.ship_date == "2026-11-10"
    assert len(tracking.events) == 20
    held = tracking.events[6]
    assert (held.code, held.milestone, held.condition, held.reason) == (
        "EXB", "export_customs", "held", "customs_inspection",
    )  # fmt: skip
    assert held.at == datetime(2026, 11, 12, 7, 2, 10, tzinfo=UTC)
    assert (held.at_local, held.tz_source) == ("2026-11-12 15:02:10", "place")
    assert held.place == Place("上海市", "CN")


def test_a_whole_journey_abroad_ends_delivered_with_both_customs_behind_it() -> None:
    (tracking,) = read(sample("ems_trace")).trackings
    state = fold(tracking.events, OUT)
    assert (state.milestone, state.condition) == ("delivered", "ok")
    assert [(episode.ground, episode.until is not None) for episode in state.episodes] == [
        ("export", True), ("import", True),
    ]  # fmt: skip


def test_a_push_brings_one_scan_of_the_same_shape_and_identity_as_the_poll() -> None:
    pushed = sample("ems_push")
    (one,) = read(pushed, "ems_push").trackings
    (other,) = read(answer(pushed)).trackings
    assert one.events[0].id == other.events[0].id
    assert (one.events[0].source, other.events[0].source) == ("ems_push", "ems")


@pytest.mark.parametrize("source", ["ems", "ems_push", "upu"])
def test_every_source_of_the_posts_speaks_of_the_carrier_ems(source: str) -> None:
    assert carrier_of(source) in CARRIERS


def test_the_older_interface_says_trace_no_and_two_digit_codes() -> None:
    (tracking,) = read(sample("ems_legacy")).trackings
    assert tracking.number == "9800000000017"
    assert [event.milestone for event in tracking.events] == [
        "picked_up", "in_transit", "in_transit", "delivery_attempted", "delivered", "delivered",
    ]  # fmt: skip


def test_delivered_twice_when_a_station_hands_over_is_one_delivery_that_stands_from_the_first() -> None:
    (tracking,) = read(sample("ems_legacy")).trackings
    state = fold(tracking.events, OUT)
    assert (state.milestone, state.condition) == ("delivered", "ok")
    assert state.delivered_at == datetime(2026, 11, 7, 1, tzinfo=UTC)


def test_306_occurs_in_real_data_and_is_movement() -> None:
    assert event_of("306", opName="揽投解车").milestone == "in_transit"


def test_555_is_do_not_load_and_holds() -> None:
    state = state_of(scan("203", "2026-11-19 09:00:00"), scan("555"))
    assert (state.condition, state.reason, state.action_by) == ("held", "do_not_load", "merchant")


def test_c_004_is_a_duty_bill_and_not_a_payment() -> None:
    event = event_of("C_004")
    assert (event.milestone, event.condition, event.reason) == ("import_customs", "held", "customs_duty_due")


def test_462_is_the_start_of_a_delivery_round_unless_its_words_say_it_failed() -> None:
    assert event_of("462", opDesc="【法国】安排投递").milestone == "out_for_delivery"
    assert event_of("462", opDesc="【法国】未妥投").milestone == "delivery_attempted"


def test_743_withdraws_a_delivery() -> None:
    delivered = (scan("702", "2026-11-20 08:00:00"), scan("704", "2026-11-20 12:00:00", deliverCode="10"))
    assert state_of(*delivered).milestone == "delivered"
    state = state_of(*delivered, scan("743", "2026-11-20 13:00:00"))
    assert (state.milestone, state.delivered_at) == ("out_for_delivery", None)
    again = state_of(*delivered, scan("743", "2026-11-20 13:00:00"), scan("704", "2026-11-20 15:00:00"))
    assert again.milestone == "delivered"


@pytest.mark.parametrize(
    ("told", "cancel"),
    [
        ("203", "207"), ("208", "212"), ("303", "304"), ("336", "304"), ("345", "304"), ("423", "424"),
        ("447", "448"), ("404", "472"), ("405", "474"), ("482", "483"), ("702", "742"), ("705", "744"), ("EDA", "EDAD"),
        ("EDC", "EDCD"), ("EME", "EMED"), ("EXA", "EXAD"), ("EXB", "EXBD"), ("EXC", "EXCD"), ("EXD", "EXDD"),
    ],
)  # fmt: skip
def test_a_cancelling_code_voids_the_latest_earlier_scan_of_its_code(told: str, cancel: str) -> None:
    before = scan("464", "2026-11-18 09:00:00")
    whole = state_of(before, scan(told, "2026-11-19 09:00:00"))
    without = state_of(before, scan(told, "2026-11-19 09:00:00"), scan(cancel, "2026-11-19 10:00:00"))
    plain = state_of(before)
    assert (without.milestone, without.condition) == (plain.milestone, plain.condition)
    if told != "203":
        assert (whole.milestone, whole.condition) != (plain.milestone, plain.condition)


def test_a_cancelling_code_told_first_still_finds_its_scan() -> None:
    late = read(answer(scan("EMED", "2026-11-19 10:00:00"))).trackings[0].events
    early = read(answer(scan("464", "2026-11-17 09:00:00"), scan("EME", "2026-11-19 09:00:00"))).trackings[0].events
    assert fold((*late, *early), HOME).condition == "ok"


@pytest.mark.parametrize("to_whom", ["10", "20", "162"])
def test_a_delivery_to_the_addressee_another_person_or_an_office_is_plain(to_whom: str) -> None:
    event = event_of("704", deliverCode=to_whom)
    assert (event.milestone, event.condition, event.exception_code) == ("delivered", "ok", to_whom)


@pytest.mark.parametrize("to_whom", ["30", "50", "60", "100", "150", "161", "169", "181", "ZDY", "999", 161])
def test_gold_handed_over_anywhere_else_is_for_a_person_to_look_at(to_whom: str) -> None:
    event = event_of("704", deliverCode=to_whom)
    assert (event.milestone, event.condition) == ("delivered", "action_required")
    assert (event.reason, event.action_by) == ("delivered_to_unexpected_place", "merchant")
    assert state_of(scan("704", deliverCode=to_whom)).condition == "action_required"


def test_without_a_code_the_words_tell_that_it_was_left_at_the_door() -> None:
    words = f"您的快件已代签收【家门口】，如有疑问请电联快递员【{PERSON}，电话:{PHONE}】。"
    assert event_of("704", opDesc=words).reason == "delivered_to_unexpected_place"
    assert event_of("704", opDesc=words, deliverCode="10").reason is None


def test_a_delivery_to_claim_settlement_is_a_loss_that_was_paid() -> None:
    event = event_of("704", deliverCode="180")
    assert (event.milestone, event.condition, event.reason) == ("lost", "failed", "claim_settled")
    assert event_of("987").milestone == event_of("988").milestone == "lost"


@pytest.mark.parametrize(
    ("why", "milestone", "condition", "reason"),
    [
        ("1", "delivery_attempted", "delayed", "address_incomplete"),
        ("4", "delivery_attempted", "delayed", "recipient_absent"),
        ("7", "delivery_attempted", "action_required", "refused"),
        ("13", "lost", "failed", "lost"),
        ("14", "delivery_attempted", "action_required", "payment_due"),
        ("99", "delivery_attempted", "delayed", "delivery_exception"),
        ("", "delivery_attempted", "delayed", "delivery_exception"),
    ],
)
def test_why_a_delivery_was_not_made_is_kept(why: str, milestone: str, condition: str, reason: str) -> None:
    event = event_of("705", attemptDeliveryCode=why)
    assert (event.milestone, event.condition, event.reason) == (milestone, condition, reason)
    assert event.exception_code == (why or None)


def test_an_outcome_code_says_nothing_on_a_scan_of_another_kind() -> None:
    event = event_of("954", deliverCode="180", attemptDeliveryCode="13")
    assert (event.milestone, event.condition, event.exception_code) == ("in_transit", "ok", None)


def test_export_and_import_customs_are_told_apart() -> None:
    assert [event_of(code).milestone for code in ("EXA", "EXC", "EDB", "EDC")] == [
        "export_customs", "export_cleared", "import_customs", "import_cleared",
    ]  # fmt: skip
    assert state_of(scan("565"), leg=OUT).milestone == "export_customs"
    assert state_of(scan("565"), leg=HOME).milestone == "import_customs"


def test_returned_by_import_customs_is_no_return() -> None:
    state = state_of(scan("EME", "2026-11-19 09:00:00"), scan("EDC", "2026-11-19 10:00:00"), leg=HOME)
    assert (state.milestone, state.condition, state.goes_back_to) == ("import_cleared", "ok", None)


def test_a_hold_by_customs_abroad_ends_at_the_delivery_office_when_no_release_was_told() -> None:
    held = scan("470", "2026-11-18 09:00:00", opOrgProvName="", opOrgCode="FRCDGA", opOrgCity="")
    assert state_of(held).condition == "held"
    arrived = scan("461", "2026-11-19 09:00:00", opOrgProvName="", opOrgCode="FR", opOrgCity="")
    assert state_of(held, arrived).condition == "ok"


@pytest.mark.parametrize("code", ["456", "457", "470", "499", "O_001", "C_005"])
def test_the_time_of_a_segment_abroad_is_assumed_and_says_so(code: str) -> None:
    event = event_of(code, at="2026-11-20 09:20:00", opOrgProvName="", opOrgCode="", opOrgCity="")
    assert event.tz_source == "assumed"
    assert event.at == datetime(2026, 11, 20, 1, 20, tzinfo=UTC)


def test_the_time_of_a_segment_abroad_is_assumed_even_when_an_office_in_china_tells_it() -> None:
    event = event_of("466")
    assert (event.place.country, event.tz_source) == ("CN", "assumed")


def test_a_domestic_time_is_chinas() -> None:
    event = event_of("702", at="2026-11-20 09:20:00")
    assert (event.at, event.tz_source) == (datetime(2026, 11, 20, 1, 20, tzinfo=UTC), "place")


@pytest.mark.parametrize(
    ("office", "code", "country"),
    [("FRCDGA", "466", "FR"), ("FR", "461", "FR"), ("CX", "457", None), ("CX", "505", None), ("3", "500", None),
     ("USJFKA", "EME", "US"), ("XXAAAA", "466", None), ("20120300", "EXA", "CN")],
)  # fmt: skip
def test_an_office_of_exchange_names_its_country_and_an_airline_does_not(office, code, country) -> None:
    assert event_of(code, opOrgProvName="", opOrgCity="", opOrgCode=office).place.country == country


SENTENCES = (
    ("702", f"快件正在派送中，如有疑问请电联快递员【{PERSON}，电话:{PHONE}】或揽投部【电话:010-00000000】。"),
    ("704", f"您的快件已代签收【{PERSON}，，】，如有疑问请电联快递员【{PERSON}，电话:{PHONE}】。"),
    ("704", f"已签收,本人签收 :{PERSON},投递员:{PERSON}{PHONE}"),
    ("704", f"{PERSON}已取走"),
    ("705", f"【汇侨投递部】投递结果反馈-未妥投,备注(未联系上收件人),投递员:{PERSON}:{PHONE}"),
    ("203", f"【霸州快包揽收部】已收寄,揽投员:{PERSON}集包,电话:{PHONE}"),
    ("203", f"重量:120g,标准资费:20元,收件人:{PERSON}"),
    ("954", f"邮件到达，联系人{PERSON}"),
    ("954", f"邮件到达，请电联{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"),
    ("999", f"{PERSON}已办理"),
    ("463", f"Delivered, signed by {PERSON}"),
    ("954", f"Parcel handed to {PERSON}"),
)  # fmt: skip


@pytest.mark.parametrize(("code", "sentence"), SENTENCES)
def test_no_courier_receiver_or_telephone_number_stays_in_an_event(code: str, sentence: str) -> None:
    event = event_of(code, opDesc=sentence, opName="")
    kept = json.dumps(event._asdict(), default=str, ensure_ascii=False)
    assert PERSON not in kept
    assert PHONE not in kept.replace(" ", "")


def test_the_operator_that_a_scan_names_is_taken_out_wherever_he_stands() -> None:
    event = event_of(
        "954", opName=f"{PERSON}扫描", opDesc=f"{PERSON}完成分拣", operatorName=PERSON, opOrgCity=PERSON + "电话"
    )
    assert PERSON not in json.dumps(event._asdict(), default=str, ensure_ascii=False)
    assert event.text == "Arrived at the processing centre"


def test_what_names_nobody_is_kept_as_china_post_says_it() -> None:
    assert event_of("954", opDesc="邮件到达【上海王港邮件处理中心】").text == "邮件到达【上海王港邮件处理中心】"
    assert event_of("702", opName="投递邮件接收-下段", opDesc="快件正在派送中").text == "投递邮件接收-下段"


def test_an_unknown_code_stays_raw_and_is_unrecognised() -> None:
    event = event_of("876", opName="新操作", opDesc="")
    assert (event.code, event.milestone, event.condition) == ("876", "unrecognised", None)
    assert state_of(scan("203", "2026-11-19 09:00:00"), scan("876")).milestone == "picked_up"


def test_a_refusal_inside_a_200_is_a_problem_with_china_posts_own_code() -> None:
    reading = read({"retCode": "B00010", "retMsg": "无客户信息", "success": False, "retBody": ""})
    assert [(p.code, p.text, p.retryable) for p in reading.problems] == [("B00010", "无客户信息", False)]
    later = read({"retCode": "E001", "retMsg": "未查询到邮件信息", "success": False, "retBody": None})
    assert later.problems[0].retryable


def test_a_refusal_does_not_repeat_values() -> None:
    reading = read({"retCode": "B00010", "retMsg": f"收件人【{PERSON}】电话:{PHONE}", "success": False})
    assert PERSON not in reading.problems[0].text
    assert PHONE not in reading.problems[0].text


@pytest.mark.parametrize("body", ["", None, "[]", "{}", '{"responseItems":[]}', '{"responseItems":null}', [], {}])
def test_an_answer_without_scans_says_so_and_may_be_asked_again(body: object) -> None:
    reading = read({"retCode": "00000", "success": True, "retBody": body})
    assert (codes(reading), reading.problems[0].retryable) == (["no_results"], True)


@pytest.mark.parametrize("body", ["not json", "7", '"x"', 7, True, '{"responseItems":7}', '{"a":1}'])
def test_a_body_inside_the_body_that_holds_no_scans_is_a_problem(body: object) -> None:
    assert codes(read({"retCode": "00000", "success": True, "retBody": body})) == ["result_unreadable"]


@pytest.mark.parametrize("body", [b"", b"7", b'"x"', b"null", b"{}", b'{"a":1}', b"not json", b"\xff"])
def test_what_is_no_trace_answer_at_all_is_unreadable(body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        read(body)


def test_the_body_inside_may_be_given_as_an_object() -> None:
    assert read({"retCode": "00000", "success": True, "retBody": {"responseItems": [scan("203")]}}).trackings


def test_one_bad_scan_costs_no_other() -> None:
    bad = [None, 7, {}, scan("203", waybillNo=None), scan(""), scan("2 3"), scan("203", "yesterday"),
           scan("203", "2026-02-30 10:00:00"), scan("203", "2026-11-20 24:00:00"),
           scan("203", "2026-11-20")]  # fmt: skip
    reading = read(answer(scan("203"), *bad, scan("704", "2026-11-21 09:00:00")))
    (tracking,) = reading.trackings
    assert [event.code for event in tracking.events] == ["203", "704"]
    assert len(reading.problems) == len(bad)


def test_a_scan_from_the_future_is_kept_and_moves_nothing() -> None:
    reading = read(answer(scan("203"), scan("743", "2027-11-20 09:00:00")))
    assert codes(reading) == ["event_from_future"]
    future = reading.trackings[0].events[1]
    assert (future.milestone, future.withdraws_delivery, future.voids) == (None, False, ())


def test_a_leap_day_is_a_day() -> None:
    reading = read(answer(scan("203", "2028-02-29 10:00:00")), now=datetime(2028, 3, 1, tzinfo=UTC))
    assert reading.trackings[0].events[0].at == datetime(2028, 2, 29, 2, tzinfo=UTC)


def test_two_numbers_in_one_body_are_two_trackings() -> None:
    reading = read(answer(scan("203"), scan("203", waybillNo="EG688165502JP"), scan("305", "2026-11-20 10:00:00")))
    assert [(found.number, len(found.events)) for found in reading.trackings] == [(NUMBER, 2), ("EG688165502JP", 1)]


def test_a_number_that_was_used_before_gives_each_parcel_its_own_tracking() -> None:
    old = (scan("203", "2025-03-01 09:00:00"), scan("704", "2025-03-04 09:00:00", deliverCode="10"))
    new = (scan("203", "2026-11-19 09:00:00"), scan("305", "2026-11-19 18:00:00"))
    first, second = read(answer(new[1], *old, new[0])).trackings
    assert (first.ship_date, [event.code for event in first.events]) == ("2025-03-01", ["203", "704"])
    assert (second.ship_date, [event.code for event in second.events]) == ("2026-11-19", ["305", "203"])
    (slow,) = read(answer(scan("203", "2026-07-19 09:00:00"), scan("704", "2026-11-19 09:00:00"))).trackings
    assert len(slow.events) == 2


def test_more_scans_than_a_parcel_has_are_cut_and_told() -> None:
    reading = read(
        answer(*(scan("954", f"2026-11-{1 + n // 1440:02}T{n // 60 % 24:02}:{n % 60:02}:00") for n in range(1001)))
    )
    assert (len(reading.trackings[0].events), codes(reading)) == (1000, ["too_many_scans"])


def test_every_instant_is_aware_utc_whatever_the_source_says() -> None:
    for name, source in (("ems_trace", "ems"), ("ems_push", "ems_push"), ("ems_legacy", "ems")):
        for tracking in read(sample(name), source, NOW).trackings:
            assert all(event.at.tzinfo is UTC for event in tracking.events)
