"""Ordering mail from China Post: what the order says, what it refuses to say, and what the answers mean."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from chalicelib.carriers.contract import (
    GoodsLine,
    HttpRequest,
    LocalHours,
    OrderNotAccepted,
    OriginalExport,
    Party,
    PickupConfirmation,
    Registration,
    WaybillOrder,
)
from chalicelib.carriers.ems import EMS, orders
from chalicelib.carriers.ems.errors import read_error
from chalicelib.carriers.ems.order_checks import checked
from chalicelib.errors import CarrierOutcomeUnknown, CarrierRefused, CarrierUnavailable, CarrierUnreadable
from chalicelib.money import Money
from chalicelib.purposes import Purpose
from chalicelib.rulebook import dictionary
from infra.local.ems_simulator import EmsSimulator

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NUMBER = "1234567890123"
CUSTOMER = Party(
    name="测试客户",
    phone="+86 138 0000 0000",
    street=("南山区科技路1号", "2楼"),
    city="深圳市",
    state="广东省",
    country="CN",
    postal_code="518000",
    email="customer@example.com",
    residential=True,
)
FACILITY = Party(
    name="收货处",
    company="示例工坊",
    phone="+86 755 5555 0000",
    street=("1 Shuibei Road",),
    city="Shenzhen",
    state="Guangdong",
    country="CN",
    registrations=(Registration("USCC", "91440300MA5EXAMPLE", "CN"),),
)
RING = GoodsLine(
    description="18K黄金戒指，镶钻石一颗",
    hs_code="7113.19.50",
    made_in="CN",
    quantity=2,
    weight_g=Decimal("5.30"),
    value=Money(Decimal("9180.00"), "CNY"),
)
HOURS = LocalHours(datetime(2026, 11, 23, 10, 0), datetime(2026, 11, 23, 16, 0), "Asia/Shanghai")  # noqa: DTZ001
ORDER = WaybillOrder(
    reference="RMA-1001-1",
    purpose="refund_return",
    shipper=CUSTOMER,
    recipient=FACILITY,
    lines=(RING,),
    parcel_weight_g=Decimal("250.4"),
    ship_on=date(2026, 11, 23),
    service="CN_EMS_INSURED",
    time_zone="Asia/Shanghai",
    dimensions_cm=(21, 15, 9),
    declared_value=Money(Decimal("9180.00"), "CNY"),
    original_export=OriginalExport("EA123456785CN", date(2026, 9, 3), "ems", "INV-1", "DECL-1"),
    invoice_number="INV-77",
    rma="RMA-1001",
    hours=HOURS,
)
SHIRT = replace(RING, description="棉布收纳袋", hs_code="6305.20")


def said(order: WaybillOrder = ORDER) -> dict[str, Any]:
    (one,) = json.loads(orders.order_request(order, "").body)
    assert isinstance(one, dict)
    return one


def faults(order: WaybillOrder) -> dict[str, str]:
    with pytest.raises(OrderNotAccepted) as refused:
        checked(order)
    return {fault.field: fault.code for fault in refused.value.faults}


def answer(content: Any = None, **changes: Any) -> bytes:
    body = content if isinstance(content, str) or content is None else json.dumps(content)
    return json.dumps({"retCode": "00000", "retMsg": "成功", "success": True, "retBody": body, **changes}).encode()


# ---- the order


def test_an_order_is_plain_json_for_the_envelope_that_signs_it() -> None:
    request = orders.order_request(ORDER, "")
    assert (request.method, request.headers["x-api-code"], request.reads_only) == ("POST", "020003", False)
    assert isinstance(json.loads(request.body), list)


def test_an_order_says_whose_what_and_when_the_courier_comes() -> None:
    one = said()
    assert one["logisticsOrderNo"] == "RMA-1001-1"
    assert (one["contentsAttribute"], one["bizProductNo"], one["weight"]) == ("3", "1", "251")
    assert (one["pickupType"], one["pickupPreBeginTime"], one["pickupPreEndTime"]) == (
        "1", "2026-11-23 10:00:00", "2026-11-23 16:00:00",
    )  # fmt: skip
    assert (one["length"], one["width"], one["height"]) == ("21", "15", "9")
    assert one["cargos"] == [
        {"cargoName": "18K黄金戒指，镶钻石一颗", "cargoQuantity": "2", "cargoValue": "9180.00", "cargoWeight": "6"}
    ]


def test_the_same_order_is_the_same_customer_to_china_post_and_another_is_another() -> None:
    first, again = said()["ecommerceUserId"], said()["ecommerceUserId"]
    assert first == again
    assert first != said(replace(ORDER, reference="RMA-1001-2"))["ecommerceUserId"]
    assert 0 < len(first) < 50


def test_an_address_in_chinese_is_split_into_its_county_and_one_that_is_not_says_no_county() -> None:
    one = said()
    assert one["sender"] == {
        "name": "测试客户", "mobile": "13800000000", "prov": "广东省", "city": "深圳市", "county": "南山区",
        "address": "科技路1号 2楼", "postCode": "518000",
    }  # fmt: skip
    assert "county" not in one["receiver"]
    assert (one["receiver"]["phone"], one["receiver"]["address"]) == ("75555550000", "1 Shuibei Road")


@pytest.mark.parametrize(
    ("street", "county", "address"),
    [
        ("广东省深圳市南山区科技路1号", "南山区", "科技路1号"),
        ("深圳市罗湖区水贝一路", "罗湖区", "水贝一路"),
        ("恭城瑶族自治县城北路2号", "恭城瑶族自治县", "城北路2号"),
        ("昆山市人民路3号", "昆山市", "人民路3号"),
        ("阳光小区3栋", None, "阳光小区3栋"),
        ("软件园区5号楼", None, "软件园区5号楼"),
        ("水贝市场二楼", None, "水贝市场二楼"),
        ("家乐福超市旁", None, "家乐福超市旁"),
        ("科技路1号南山区", None, "科技路1号南山区"),
        ("科技路南山区", None, "科技路南山区"),
        ("8 Keji Road", None, "8 Keji Road"),
    ],
)
def test_a_wrong_county_is_worse_than_none(street: str, county: str | None, address: str) -> None:
    sender = said(replace(ORDER, shipper=replace(CUSTOMER, street=(street,))))["sender"]
    assert (sender.get("county"), sender["address"]) == (county, address)


def test_a_street_that_is_only_a_county_keeps_an_address() -> None:
    bare = replace(CUSTOMER, street=("南山区",))
    assert said(replace(ORDER, shipper=bare))["sender"]["address"] == "南山区"


def test_gold_is_marked_as_valuable_and_insured_for_the_value_declared() -> None:
    one = said()
    assert (one["valuableFlag"], one["insuranceFlag"], one["insuranceAmount"]) == ("1", "2", "9180.00")


def test_what_is_no_valuable_may_travel_uninsured() -> None:
    one = said(replace(ORDER, lines=(SHIRT,), service="CN_EMS_UNINSURED", declared_value=None))
    assert (one["valuableFlag"], one["insuranceFlag"]) == ("0", "1")
    assert "insuranceAmount" not in one


def test_imitation_jewellery_is_no_valuable() -> None:
    costume = replace(RING, hs_code="7117.19")
    one = said(replace(ORDER, lines=(costume,), service="CN_EMS_UNINSURED", declared_value=None))
    assert one["valuableFlag"] == "0"


def test_the_remark_says_why_and_whose_return_and_nothing_of_gold() -> None:
    assert said()["pickupNotes"] == "退货退款 RMA RMA-1001 发票 INV-77 原运单 EA123456785CN"
    for row in dictionary("carriers", "ems_purposes")["purposes"].values():
        assert not any(word in row["remark"] for word in ("金", "银", "铂", "钻", "珠宝", "首饰", "戒", "贵"))


def test_only_the_cargo_speaks_of_gold() -> None:
    one = said()
    one.pop("cargos")
    assert "黄金" not in json.dumps(one, ensure_ascii=False)


def test_an_order_the_sender_brings_himself_sends_no_courier() -> None:
    one = said(replace(ORDER, pickup_arranged=False, hours=None))
    assert one["pickupType"] == "0"
    assert "pickupPreBeginTime" not in one


def test_an_order_is_dated_by_the_clock_of_china_when_it_is_made() -> None:
    request = orders.order_request(ORDER, "")
    (one,) = json.loads(orders.dated(request, NOW).body)
    assert one["createdTime"] == "2026-11-22 11:00:00"
    assert {**one, "createdTime": said()["createdTime"]} == said()
    other = orders.cancel_request(NUMBER, "", "RMA-1001-1")
    assert orders.dated(other, NOW) is other


# What an order of China Post's cannot say, and why that is right.
NOT_SAID = {
    "time_zone": "China keeps one clock; the hours are checked to be of it",
    "terms": "inside China no goods are delivered under terms of trade",
    "duties_paid_by": "inside China there is no duty",
    "policy_covers": "it decides what is refused: insured mail declares its value to the post",
    "made_in": "no customs, no origin",
    "hs_code": "it decides what is valuable and what no mail takes",
    "company": "the form has a name and no company",
    "email": "the form has no e-mail address",
    "residential": "the form does not ask",
    "country": "checked to be China",
    "invoice_date": "inside China no customs office reads an invoice",
    "statement": "inside China nobody is told a value for customs",
    "registrations": "inside China no customs office asks who is registered",
    "ship_on": "the courier's window and the order's date say it",
    "OriginalExport.shipped_on": "inside China nothing comes back over a border; the remark names the first waybill",
    "OriginalExport.carrier": "as its date",
    "OriginalExport.reference": "as its date: no customs office reads it",
    "OriginalExport.invoice_number": "the remark is short: it names this parcel's invoice",
}


@pytest.mark.parametrize("declared", [WaybillOrder, Party, GoodsLine, OriginalExport])
def test_every_declared_field_is_said_or_has_its_reason(declared: type) -> None:
    body = orders.order_request(ORDER, "").body.decode()
    spelled = {
        "reference": "RMA-1001-1", "purpose": "退货退款", "shipper": "测试客户", "recipient": "收货处",
        "lines": "cargos", "parcel_weight_g": '"weight":"251"', "service": '"insuranceFlag":"2"',
        "dimensions_cm": '"length":"21"',
        "declared_value": '"insuranceAmount":"9180.00"', "original_export": "EA123456785CN", "pickup_arranged": '"1"',
        "invoice_number": "INV-77", "rma": "RMA-1001", "hours": "2026-11-23 16:00:00", "name": "测试客户",
        "phone": "13800000000", "street": "科技路1号", "city": "深圳市", "postal_code": "518000", "state": "广东省",
        "description": "18K黄金戒指", "quantity": '"cargoQuantity":"2"', "weight_g": '"cargoWeight":"6"',
        "value": '"cargoValue":"9180.00"', "waybill": "EA123456785CN",
    }  # fmt: skip
    for field in fields(declared):
        if field.name in NOT_SAID or f"{declared.__name__}.{field.name}" in NOT_SAID:
            continue
        assert spelled[field.name] in body, field.name


# ---- what it refuses


@pytest.mark.parametrize("end", ["shipper", "recipient"])
@pytest.mark.parametrize("country", ["FR", "HK", "TW", ""])
def test_an_end_outside_china_is_a_persons_work(end: str, country: str) -> None:
    order = replace(ORDER, **{end: replace(getattr(ORDER, end), country=country)})
    assert faults(order) == {f"{end}.country": "not_served"}


def test_gold_never_travels_uninsured() -> None:
    assert faults(replace(ORDER, service="CN_EMS_UNINSURED", declared_value=None)) == {"service": "insured_only"}


def test_a_policy_of_our_own_does_not_stand_in_for_insured_mail() -> None:
    assert faults(replace(ORDER, policy_covers=True)) == {"declared_value": "required"}
    assert faults(replace(ORDER, declared_value=None)) == {"declared_value": "required"}


@pytest.mark.parametrize("code", ["7108.12", "7106.91", "7110.11", "7112.91", "7118.90"])
def test_metal_scrap_and_coins_travel_in_no_mail(code: str) -> None:
    assert faults(replace(ORDER, lines=(replace(RING, hs_code=code),))) == {"lines[0].hs_code": "not_carried"}


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("9180.01", "CNY", "above_value"),
        ("100000.01", "CNY", "above_limit"),
        ("0.00", "CNY", "above_limit"),
        ("100.00", "EUR", "currency"),
        ("100.005", "CNY", "currency"),
    ],
)
def test_a_value_the_post_does_not_insure_is_refused(amount: str, currency: str, code: str) -> None:
    assert faults(replace(ORDER, declared_value=Money(Decimal(amount), currency))) == {"declared_value": code}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (replace(ORDER, reference=""), {"reference": "length"}),
        (replace(ORDER, reference="订单"), {"reference": "length"}),
        (replace(ORDER, service="INTERNATIONAL_PRIORITY"), {"service": "not_offered"}),
        (replace(ORDER, hours=None), {"hours": "required"}),
        (replace(ORDER, hours=replace(HOURS, close_at=HOURS.ready_at)), {"hours.close_at": "before_ready"}),
        (
            replace(ORDER, hours=replace(HOURS, close_at=HOURS.close_at + timedelta(days=1))),
            {"hours.close_at": "before_ready"},
        ),
        (
            replace(ORDER, hours=replace(HOURS, ready_at=HOURS.ready_at.replace(tzinfo=UTC))),
            {"hours.ready_at": "zoned"},
        ),
        (replace(ORDER, hours=replace(HOURS, time_zone="Europe/Paris")), {"hours.time_zone": "not_served"}),
        (replace(ORDER, shipper=replace(CUSTOMER, state=None)), {"shipper.state": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, name=" ")), {"shipper.name": "length"}),
        (replace(ORDER, shipper=replace(CUSTOMER, phone="ring me")), {"shipper.phone": "format"}),
        (replace(ORDER, recipient=replace(FACILITY, street=())), {"recipient.street": "length"}),
        (replace(ORDER, lines=()), {"lines": "count"}),
        (replace(ORDER, lines=(replace(RING, hs_code=""),)), {"lines[0].hs_code": "format"}),
        (replace(ORDER, lines=(replace(RING, description=""),)), {"lines[0].description": "length"}),
        (replace(ORDER, lines=(replace(RING, quantity=0),)), {"lines[0]": "not_positive"}),
        (
            replace(ORDER, lines=(replace(RING, value=Money(Decimal("900.00"), "EUR")),)),
            {"lines[0].value": "currency"},
        ),
        (replace(ORDER, parcel_weight_g=Decimal(5)), {"parcel_weight_g": "below_contents"}),
        (replace(ORDER, rma="R" * 120), {"rma": "length"}),
    ],
)
def test_what_china_post_would_refuse_is_found_before_it_is_asked(order, expected) -> None:
    assert faults(order) == expected


def test_no_fault_repeats_what_was_written_and_an_order_does_not_show_who_it_is_of() -> None:
    with pytest.raises(OrderNotAccepted) as refused:
        checked(replace(ORDER, shipper=replace(CUSTOMER, phone="测试电话", state=None)))
    assert "测试" not in str(refused.value)
    assert "测试客户" not in repr(ORDER) + repr(orders.order_request(ORDER, ""))


def test_every_purpose_is_a_remark_or_refused_with_its_reason() -> None:
    table = dictionary("carriers", "ems_purposes")
    assert set(table["purposes"]) | set(table["refused"]) == set(get_args(Purpose))
    assert not set(table["purposes"]) & set(table["refused"])
    for purpose in get_args(Purpose):
        order = replace(ORDER, purpose=purpose)
        if purpose in table["refused"]:
            assert faults(order) == {"purpose": "refused"}
        else:
            assert said(order)["pickupNotes"].startswith(table["purposes"][purpose]["remark"])


def test_every_row_names_a_source_that_is_listed() -> None:
    table = dictionary("carriers", "ems_purposes")
    rows = [row for name in ("purposes", "refused", "services") for row in table[name].values()]
    rows += [table[name] for name in ("valuables", "insurance", "fixed", "pickup_range", "limits")]
    assert {row["source"] for row in rows} <= set(table["source"])
    assert all(row["confidence"] in ("high", "medium", "low") for row in rows)


# ---- the answers


def read(body: bytes, status: int = 200):
    return orders.read_order(status, {}, body, NOW)


@pytest.mark.parametrize("content", [{"waybillNo": NUMBER}, [{"waybillNo": NUMBER, "logisticsOrderNo": "RMA-1001-1"}]])
def test_the_number_ordered_is_the_couriers_confirmation_too(content: Any) -> None:
    found = read(answer(content))
    assert (found.number, found.ship_date, found.documents) == (NUMBER, None, ())
    assert found.pickup == PickupConfirmation(NUMBER, None, None)


def test_content_that_comes_as_json_and_not_in_a_string_is_read_too() -> None:
    body = json.dumps({"retCode": "00000", "success": True, "retBody": {"waybillNo": NUMBER}}).encode()
    assert read(body).number == NUMBER


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"7", b"{}", answer(), answer(""), answer({}), answer([]), answer([None]), answer("[{"),
        answer({"waybillNo": ""}), answer({"waybillNo": 7}), answer({"waybillNo": "#"}), answer("plain words"),
        answer([{"waybillNo": NUMBER}, {"waybillNo": "1234567890124"}]), b'{"success":true}',
    ],
)  # fmt: skip
def test_success_without_one_number_may_have_ordered_and_is_never_repeated(body: bytes) -> None:
    with pytest.raises(CarrierOutcomeUnknown):
        read(body)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"retCode": "B00010", "success": False, "retMsg": "客户号无效"}, "B00010"),
        ({"retCode": "S00001", "retMsg": "系统参数错误"}, "S00001"),
        ({"success": False}, "not_successful"),
        ({"retCode": "", "success": False}, "not_successful"),
        ({"retCode": None, "success": False}, "not_successful"),
    ],
)
def test_a_refusal_inside_a_200_is_a_refusal_with_its_own_code(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(CarrierRefused) as refused:
        read(answer({"waybillNo": NUMBER}, **changes))
    assert refused.value.carrier_code == code


def test_a_refusal_names_no_person() -> None:
    with pytest.raises(CarrierRefused) as refused:
        read(answer(retCode="B1", success=False, retMsg="收件人：测试客户 电话13800000000 地址有误"))
    assert "测试" not in str(refused.value)
    assert "138" not in str(refused.value)
    with pytest.raises(CarrierRefused, match="参数错误"):
        read(answer(retCode="B1", success=False, retMsg="参数错误"))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
def test_a_server_fault_is_unavailable_whatever_its_body(status: int, body: bytes) -> None:
    with pytest.raises(CarrierUnavailable):
        read(body, status)


@pytest.mark.parametrize(("asked", "seconds"), [("30", 30), ("0", 1), ("soon", 60), ("999999", 86_400)])
def test_too_many_calls_wait_as_asked_or_a_minute(asked: str, seconds: int) -> None:
    found = read_error(429, {"Retry-After": asked}, b"", NOW)
    assert isinstance(found, CarrierUnavailable)
    assert found.retry_after == seconds


def test_a_refusal_by_status_keeps_its_code_and_without_envelope_is_unreadable() -> None:
    found = read_error(400, {}, answer(retCode="B00010", success=False, retMsg="无效"), NOW)
    assert isinstance(found, CarrierRefused)
    assert found.carrier_code == "B00010"
    for body in (b"", b"<html>", b"{}", answer({"waybillNo": NUMBER})):
        assert isinstance(read_error(403, {}, body, NOW), CarrierUnreadable)


# ---- taking back, range, label


def test_an_order_is_taken_back_by_our_reference_and_its_number() -> None:
    request = orders.cancel_request(NUMBER, "", "RMA-1001-1")
    assert (request.headers["x-api-code"], request.reads_only) == ("020006", False)
    assert json.loads(request.body) == {
        "logisticsOrderNo": "RMA-1001-1", "waybillNo": NUMBER, "cancelReason": "客户取消",
    }  # fmt: skip
    orders.read_cancelled(200, {}, answer(), NOW)


def test_a_cancellation_that_is_refused_or_unreadable_says_so() -> None:
    with pytest.raises(CarrierRefused, match="B00020"):
        orders.read_cancelled(200, {}, answer(retCode="B00020", success=False, retMsg="已揽收"), NOW)
    with pytest.raises(CarrierOutcomeUnknown):
        orders.read_cancelled(200, {}, b"<html>", NOW)
    with pytest.raises(CarrierUnavailable):
        orders.read_cancelled(503, {}, b"", NOW)


def test_the_range_of_pickup_is_asked_for_the_senders_address_and_buys_nothing() -> None:
    request = orders.range_request(ORDER, "")
    assert request.reads_only
    assert request.headers["x-api-code"] == "030005"
    assert json.loads(request.body) == {
        "address": "广东省深圳市南山区科技路1号 2楼", "prov": "广东省", "city": "深圳市", "county": "南山区",
        "bizProductNo": "1", "type": "2",
    }  # fmt: skip
    assert json.loads(orders.range_request(ORDER, "1100000000000").body)["senderNo"] == "1100000000000"


@pytest.mark.parametrize("status", ["0", 0])
def test_a_place_inside_the_range_stands(status: Any) -> None:
    orders.read_range(200, {}, answer({"status": status}), NOW)


@pytest.mark.parametrize("status", ["1", "2", "6", "10", 9])
def test_a_place_outside_the_range_is_refused_with_the_reason(status: Any) -> None:
    with pytest.raises(CarrierRefused) as refused:
        orders.read_range(200, {}, answer({"status": status}), NOW)
    assert refused.value.carrier_code == f"pickup_range_{status}"


@pytest.mark.parametrize(
    "body",
    [
        b"", answer(), answer({}), answer([]), answer({"status": "99"}), answer({"status": None}),
        answer({"status": True}), answer({"status": "source"}),
    ],
)  # fmt: skip
def test_an_answer_about_the_range_that_says_nothing_is_unreadable(body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        orders.read_range(200, {}, body, NOW)


def test_the_label_comes_as_its_address() -> None:
    request = orders.label_request(NUMBER)
    assert (request.headers["x-api-code"], request.reads_only) == ("010004", True)
    assert json.loads(request.body) == {"waybillNo": NUMBER, "type": "129", "getURL": "1"}
    label = orders.read_label(200, {}, answer("https://api.ems.com.cn/label.pdf"), NOW)
    assert (label.kind, label.content, label.url) == ("label", None, "https://api.ems.com.cn/label.pdf")
    assert "label.pdf" not in repr(label)


@pytest.mark.parametrize(
    "body", [b"", answer(), answer({}), answer("http://plain.example"), answer("ftp://x"), answer("x")]
)
def test_a_label_without_a_safe_address_is_unreadable(body: bytes) -> None:
    with pytest.raises(CarrierUnreadable):
        orders.read_label(200, {}, body, NOW)


READERS = {
    "order": (orders.read_order, {"waybillNo": NUMBER}),
    "cancelled": (orders.read_cancelled, None),
    "range": (orders.read_range, {"status": "0"}),
    "label": (orders.read_label, "https://api.ems.com.cn/label.pdf"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_mutant_of_an_answer_gives_a_value_or_a_typed_error(name: str) -> None:
    read_one, content = READERS[name]
    whole = json.loads(answer(content))
    expected = read_one(200, {}, answer(content), NOW)
    junk = (None, "", 7, "zz", [], {}, [None], True, -1, "[", "{", "\x00", "9" * 5_000, '{"a":1,"a":2}', "[" * 200)
    for key in whole:
        for replacement in junk:
            body = json.dumps({**whole, key: replacement}).encode()
            try:
                assert type(read_one(200, {}, body, NOW)) is type(expected), (key, replacement)
            except (CarrierOutcomeUnknown, CarrierRefused, CarrierUnreadable):
                continue


@pytest.mark.parametrize("name", READERS)
def test_an_answer_cut_anywhere_is_a_typed_error(name: str) -> None:
    read_one, content = READERS[name]
    body = answer(content)
    for end in range(len(body)):
        with pytest.raises((CarrierOutcomeUnknown, CarrierUnreadable)):
            read_one(200, {}, body[:end], NOW)


# ---- over the simulated wire


KEYS = {"sender_no": "1100000000000", "authorization": "token", "sign_key": "MDEyMzQ1Njc4OWFiY2RlZg=="}


def call(simulator: EmsSimulator, request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
    dressed = EMS.waybills.access.dress(request, KEYS, None, NOW)
    return simulator.handle(dressed.method, dressed.path or "/", dict(dressed.headers), dressed.body)


def test_an_order_goes_through_the_sealed_envelope_sends_the_courier_and_is_taken_back() -> None:
    simulator = EmsSimulator(KEYS["sign_key"], credentials={"1100000000000": "token"}, clock=lambda: NOW)
    waybills = EMS.waybills
    assert waybills.brings_courier
    assert waybills.read_dry_run(*call(simulator, waybills.dry_run(ORDER, "")), NOW) is None
    bought = waybills.read(*call(simulator, waybills.request(ORDER, "")), NOW)
    assert EMS.judge_number(bought.number) == "valid"
    assert bought.pickup == PickupConfirmation(bought.number, None, None)
    assert simulator.bookings(ORDER.reference) == (1, 1)
    assert waybills.read_cancelled(*call(simulator, waybills.cancel(bought.number, "", ORDER.reference)), NOW) is None
    assert simulator.bookings(ORDER.reference) == (0, 0)
    with pytest.raises(CarrierRefused):
        waybills.read_cancelled(*call(simulator, waybills.cancel(bought.number, "", ORDER.reference)), NOW)


def test_a_call_with_the_wrong_authorization_is_refused_inside_a_200() -> None:
    simulator = EmsSimulator(KEYS["sign_key"], credentials={"1100000000000": "other"}, clock=lambda: NOW)
    with pytest.raises(CarrierRefused):
        EMS.waybills.read(*call(simulator, EMS.waybills.request(ORDER, "")), NOW)
    assert simulator.bookings(ORDER.reference) == (0, 0)
