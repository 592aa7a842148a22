"""China Post's open API as the simulator speaks it: the SM4 envelope, the replies, the trace, China Post's words.

Envelope: ``|$4|`` and base64 of SM4-ECB over the JSON text with the sign key (as base64 text) appended; the key itself
is the sign key decoded. The codes of refusals are told to contract customers alone: those that begin with SIM are the
simulator's own. Scans abroad carry the country as their office and no province, as recorded traces do.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from infra.local.carrier_memory import Scan, Shipment
from infra.local.carrier_simulator import Refusal, local
from infra.local.scenarios import Said
from infra.local.stops import CITIES_OF_OFFICES, stop_of

MARK = "|$4|"
BLOCK_BITS, KEY_BYTES = 128, 16
TRADE, NO_INFORMATION = "国际(地区)特快", "无查询信息"
DELIVERED, ATTEMPTED = {"704", "463"}, {"705"}
TO_ADDRESSEE = "10"
# 743 takes a delivery back. Nothing in the code list is a seizure but C_011 (taken aside for a check); a loss is told
# with the compensation (987), a damage only as a delivery that failed for "other" reasons. What EME adds about papers
# is assumed: China Post publishes no text for it.
WORDS: Mapping[str, Said] = {
    "picked_up": Said("203", "中国邮政 已收取邮件"),
    "departed": Said("457", "航空公司启运"),
    "landed": Said("505", "飞机进港"),
    "in_clearance": Said("EDB", "送交进口海关"),
    "documents": Said("EME", "进口海关留存待验，需补充清关资料"),
    "duty": Said("C_005", "等待缴纳关税"),
    "released": Said("EDC", "进口海关/放行"),
    "seized": Said("C_011", "海关查扣"),
    "on_the_van": Said("702", "投递员正在派件"),
    "delivered": Said("704", "妥投", TO_ADDRESSEE),
    "withdrawn": Said("743", "撤销妥投"),
    "damaged": Said("705", "未妥投", "16", "其他"),
    "lost": Said("987", "邮件丢失，已赔付"),
}
# The same outside China, in other codes.
ABROAD: Mapping[str, Said] = {
    "on_the_van": Said("462", "安排投递"),
    "delivered": Said("463", "已妥投", TO_ADDRESSEE),
}
NAMES = {
    "203": "收寄计费信息", "457": "航空公司启运", "505": "飞机到达进港", "EDB": "送交进口海关",
    "EME": "进口海关/留存待验", "EDC": "进口海关/放行", "704": "投递结果反馈-妥投", "705": "投递结果反馈-未妥投",
}  # fmt: skip


def opened(sent: str, sign_key: str) -> Any:
    """What an envelope holds. Raises ``Refusal`` for one that this key does not open."""
    try:
        sealed = b64decode(sent.removeprefix(MARK), validate=True)
        decryptor = _cipher(sign_key).decryptor()
        unpadder = PKCS7(BLOCK_BITS).unpadder()
        plain = decryptor.update(sealed) + decryptor.finalize()
        text = (unpadder.update(plain) + unpadder.finalize()).decode("utf-8")
        if not sent.startswith(MARK) or not text.endswith(sign_key):
            raise ValueError
        return json.loads(text.removesuffix(sign_key))
    except ValueError:
        raise Refusal(200, "SIM03", "报文解密失败") from None


def enveloped(said: object, sign_key: str) -> str:
    """An envelope around this.

    >>> enveloped({"waybillNo": "EA123456784CN"}, "MDEyMzQ1Njc4OWFiY2RlZg==")[:28]
    '|$4|llDVA/UCdBA9Ph6ZKQ7WoAh5'
    """
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")) + sign_key
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    encryptor = _cipher(sign_key).encryptor()
    return MARK + b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def reply(serial: str, body: object, message: str, at: str) -> dict[str, Any]:
    """A reply of success: the body is JSON as a string, or the plain address of a label."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return {
        "serialNo": serial, "retCode": "00000", "retMsg": message, "retBody": text, "retDate": at, "success": True,
    }  # fmt: skip


def refusal_body(refusal: Refusal, serial: str) -> dict[str, Any]:
    """A refusal: China Post tells it inside a reply, whatever HTTP says."""
    return {
        "serialNo": serial, "retCode": refusal.code, "retMsg": refusal.message, "retBody": "", "retDate": "",
        "success": False,
    }  # fmt: skip


def trace(shipment: Shipment, scans: Sequence[Scan]) -> list[dict[str, Any]]:
    """The items of a trace: a parcel that had the number before is told in the same list."""
    return [_item(shipment.number, scan) for scan in (*shipment.earlier, *scans)]


def pushed(shipment: Shipment) -> dict[str, Any]:
    """What is pushed: the latest scan alone, with our order number beside the waybill's."""
    if not shipment.scans:
        raise Refusal(404, "SIM10", NO_INFORMATION)
    return {"orderNo": shipment.reference, **_item(shipment.number, shipment.scans[-1])}


def push_envelope(said: object, sign_key: str, sender: str, serial: str, at: datetime) -> dict[str, str]:
    """The body of a push (040002)."""
    return {
        "logitcsInterface": enveloped(said, sign_key),
        "method": "040002",
        "msgType": "0",
        "senderNo": sender,
        "serialNo": serial,
        "timeStamp": f"{at:%Y-%m-%d %H:%M:%S}",
        "version": "v1.0.0",
    }


def _item(number: str, scan: Scan) -> dict[str, Any]:
    stop = stop_of(scan.city, scan.country)
    said: dict[str, Any] = {
        "traceNo": number,
        "waybillNo": number,
        "opTime": f"{local(scan):%Y-%m-%d %H:%M:%S}",
        "opOrgCity": CITIES_OF_OFFICES.get(scan.city, ""),
        "opOrgCode": stop.office_code,
        "opOrgName": stop.office,
        "opCode": scan.code,
        "opName": NAMES.get(scan.code, scan.description),
        "opDesc": scan.description,
        "productName": TRADE,
    }
    if stop.province:
        said["opOrgProvName"] = stop.province
    if scan.code in DELIVERED:
        said["deliverCode"] = scan.exception_code or TO_ADDRESSEE
    if scan.code in ATTEMPTED:
        said["attemptDeliveryCode"] = scan.exception_code
    return said


def _cipher(sign_key: str) -> Cipher[modes.ECB]:
    key = b64decode(sign_key, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a sign key is 16 bytes in base64")
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305 - China Post's own envelope
