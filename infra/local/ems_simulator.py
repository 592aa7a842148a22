"""A China Post for the local stack and the tests: the contract customers' open API, orders, traces and pushes.

>>> EmsSimulator("MDEyMzQ1Njc4OWFiY2RlZg==").handle("POST", "/", {}, b"apiCode=040001")[0]
200
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from infra.local.carrier_memory import Pickup, Scan, Shipment
from infra.local.carrier_simulator import FIRST_DAY, Answer, Call, CarrierSimulator, Refusal
from infra.local.ems_wire import (
    ABROAD,
    NO_INFORMATION,
    WORDS,
    opened,
    push_envelope,
    pushed,
    refusal_body,
    reply,
    trace,
)
from infra.local.scenarios import Said

CHINA = ZoneInfo("Asia/Shanghai")
JSON = {"content-type": "application/json;charset=UTF-8"}
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
TAKES_COURIERS_IN = {"CN", "中国", ""}
ORDER_NEEDS = (
    "ecommerceUserId", "logisticsOrderNo", "createdTime", "contentsAttribute", "bizProductNo", "sender", "receiver",
    "cargos",
)  # fmt: skip
Route = Callable[[Any], tuple[Any, str]]


class EmsSimulator(CarrierSimulator):
    """China Post, as far as a return needs it. ``secret`` is the sign key, in both directions; ``credentials`` are the
    customer numbers and their authorizations."""

    name: ClassVar[str] = "ems"
    words: ClassVar[Mapping[str, Said]] = WORDS
    wrong_secret: ClassVar[str] = "bm90IHRoZSBrZXkhISEhIQ=="  # noqa: S105 - nobody's key
    first_number: ClassVar[int] = 12345600

    # -- China Post's wire

    def answer(self, call: Call) -> Answer:
        """One call: the apiCode in the form says which."""
        if call.method != "POST":
            raise Refusal(405, "SIM01", "请求方式错误")
        form = {name: rows[0] for name, rows in parse_qs(call.body.decode("utf-8", "replace")).items()}
        self._check_sender(form)
        routes: Mapping[str, Route] = {
            "020003": self._order, "020006": self._cancel, "030005": self._pickup_range, "040001": self._trace,
            "010004": self._label,
        }  # fmt: skip
        route = routes.get(form.get("apiCode", ""))
        if route is None:
            raise Refusal(200, "SIM04", "接口代码不存在")
        body, message = route(opened(form.get("logitcsInterface", ""), self._secret))
        said = reply(self._serial(), body, message, self._now_said())
        return 200, dict(JSON), json.dumps(said, ensure_ascii=False).encode()

    def refused(self, refusal: Refusal, call: Call) -> Answer:
        """A refusal inside a reply."""
        del call
        said = refusal_body(refusal, self._serial())
        return refusal.status, dict(JSON), json.dumps(said, ensure_ascii=False).encode()

    def fault_refusal(self, name: str) -> Refusal:
        """China Post publishes no limit: that it answers so is assumed."""
        words = {"too_many": (429, "SIM29", "访问过于频繁"), "unauthorised": (200, "SIM02", "授权码校验失败")}
        return Refusal(*words.get(name, (503, "SIM53", "系统繁忙")))

    def number_of(self, serial: int) -> str:
        """An S10 number of an express item of China Post."""
        digits = f"{serial % 10**8:08d}"
        rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, S10_WEIGHTS, strict=True)) % 11
        return f"EA{digits}{ {10: 0, 11: 5}.get(rest, rest) }CN"

    def not_found(self) -> Refusal:
        """China Post knows nothing of a number."""
        return Refusal(200, "SIM10", NO_INFORMATION)

    def _check_sender(self, form: Mapping[str, str]) -> None:
        needed = ("apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface")
        if missing := [name for name in needed if not form.get(name)]:
            raise Refusal(200, "SIM01", f"缺少必填参数 {','.join(missing)}")
        try:
            datetime.strptime(form["timeStamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except ValueError:
            raise Refusal(200, "SIM01", "timeStamp 格式错误") from None
        known = self._credentials is None or self._credentials.get(form["senderNo"]) == form["authorization"]
        if not known:
            raise Refusal(200, "SIM02", "授权码校验失败")

    def spoken(self, word: str, stop_city: str, country: str, at: datetime) -> Scan:
        """A scan in China Post's words; some have another code outside China."""
        scan = super().spoken(word, stop_city, country, at)
        if country == "CN" or word not in ABROAD:
            return scan
        said = ABROAD[word]
        return replace(scan, code=said.code, description=said.text, exception_code=said.exception_code)

    # -- orders: the order itself sends the courier

    def _order(self, said: Any) -> tuple[Any, str]:
        order = said[0] if isinstance(said, list) and said else None
        if not isinstance(order, dict):
            raise Refusal(200, "SIM05", "报文格式错误")
        if missing := [name for name in ORDER_NEEDS if not order.get(name)]:
            raise Refusal(200, "SIM06", f"缺少必填字段 {','.join(missing)}")
        sender, receiver = (_address(order[name]) for name in ("sender", "receiver"))
        if sender["countryCode"] not in TAKES_COURIERS_IN:
            raise Refusal(200, "SIM07", "寄件地址超出揽收范围")
        number, day = self._next_number(), str(order["createdTime"])[:10]
        shipment = Shipment(
            number=number,
            reference=str(order["logisticsOrderNo"]),
            ship_date=day,
            ordered_at=self._dated(day),
            origin={**sender, "countryCode": "CN"},
            destination=receiver,
            weight_kg=float(order.get("weight") or 0) / 1000,
            service=str(order["bizProductNo"]),
        )
        self._sold(shipment)
        if order.get("pickupPreBeginTime") or str(order.get("pickupType", "")) == "1":
            begins = str(order.get("pickupPreBeginTime") or day)
            self.memory.pickups.append(Pickup(number, "", shipment.reference, number, begins))
        return {"success": "true", "waybillNo": number}, "成功交运订单"

    def _cancel(self, said: Any) -> tuple[Any, str]:
        if not isinstance(said, dict) or not said.get("logisticsOrderNo") or not said.get("cancelReason"):
            raise Refusal(200, "SIM06", "缺少必填字段")
        shipment = self._shipment(str(said.get("waybillNo")))
        if shipment.reference != said["logisticsOrderNo"] or shipment.cancelled_at or shipment.scans:
            raise Refusal(200, "SIM08", "订单不允许取消")
        shipment.cancelled_at = self._dated(shipment.ship_date)
        for pickup in self.memory.pickups:
            pickup.cancelled = pickup.cancelled or pickup.waybill == shipment.number
        return {"success": "true"}, "取消成功"

    def _pickup_range(self, said: Any) -> tuple[Any, str]:
        """Whether a courier comes to an address: everywhere in China."""
        known = isinstance(said, dict) and any(isinstance(value, str) and value for value in said.values())
        return {"status": "0" if known else "2"}, "查询成功"

    def _label(self, said: Any) -> tuple[Any, str]:
        """Where the label lies: China Post gives its address and not its bytes."""
        shipment = self._shipment(str(said.get("waybillNo")) if isinstance(said, dict) else "")
        return f"https://example.com/labels/{shipment.number}.pdf", "查询成功"

    # -- tracking

    def _trace(self, said: Any) -> tuple[Any, str]:
        shipment = self.memory.shipments.get(str(said.get("waybillNo")) if isinstance(said, dict) else "")
        if shipment is None:
            return {"responseItems": []}, NO_INFORMATION
        items = self.faults.told(trace(shipment, shipment.scans))
        return {"responseItems": items}, "查询结果正常返回！"

    def push_said(self, number: str, claimed: Scan | None = None) -> dict[str, Any]:
        """The latest scan: China Post pushes each one alone."""
        with self._lock:
            return pushed(self._with(number, claimed))

    def sealed(self, said: Mapping[str, Any], secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """An envelope under the sign key: whoever cannot make it is not China Post."""
        sender = next(iter(self._credentials or {}), "")
        at = self._clock() if self._clock else FIRST_DAY
        envelope = push_envelope(said, secret or self._secret, sender, self._serial(), at.astimezone(CHINA))
        body = json.dumps(envelope).encode()
        return body, self.signed(body)

    def signed(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        """The headers prove nothing here: the envelope does. Another ``secret`` must seal anew."""
        del body, secret
        return {"content-type": "application/json"}

    def taken(self, status: int, body: bytes) -> str:
        """China Post looks for its own code in the answer; the status alone does not content it."""
        if status != 200:
            return f"answered with {status}"
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict) or said.get("code") != "00000" or not said.get("serialNo"):
            return "the acknowledgement is not serialNo, code 00000, codeMessage, senderNo"
        return ""

    def _serial(self) -> str:
        return self._serial_hash("serial", len(self.memory.shipments))[:32].upper()

    def _now_said(self) -> str:
        return f"{self._clock().astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if self._clock else ""


def _address(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Refusal(200, "SIM05", "报文格式错误")
    country = said.get("country") or said.get("countryCode") or ""
    return {"city": str(said.get("city") or ""), "countryCode": str(country)}
