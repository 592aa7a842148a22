"""Scans, samples and keys that the tests of China Post and of the posts share. People in them are made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.carriers.registry import read_tracking
from chalicelib.shipments.events import Event, LegFacts, Reading
from chalicelib.shipments.fold import State, fold

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples"
NUMBER = "EA123456785CN"
OUT, HOME = LegFacts("out", "CN", "FR"), LegFacts("home", "FR", "CN")
SIGN_KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
OLD_KEY = "ZmVkY2JhOTg3NjU0MzIxMA=="
OTHER_KEY = "MTExMTExMTExMTExMTExMQ=="
# Names and telephone numbers as they stand in China Post's sentences; none is anybody's.
PERSON, PHONE = "王小明", "13800000000"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def scan(code: str, at: str = "2026-11-20 09:20:00", **fields: Any) -> dict[str, Any]:
    """A scan as China Post sends it, at an office in Shanghai unless told otherwise."""
    said = {
        "waybillNo": NUMBER, "opTime": at, "opCode": code, "opName": "", "opDesc": "", "opOrgProvName": "上海市",
        "opOrgCity": "上海市", "opOrgCode": "20120300", "opOrgName": "上海市国际互换局",
    }  # fmt: skip
    return {**said, **fields}


def answer(*scans: Any, **fields: Any) -> dict[str, Any]:
    body = json.dumps({"responseItems": list(scans)}, ensure_ascii=False)
    return {"retCode": "00000", "retMsg": "", "success": True, "retBody": body, **fields}


def read(said: Any, source: str = "ems", now: datetime = NOW) -> Reading:
    return read_tracking(source, said if isinstance(said, bytes) else json.dumps(said).encode(), now)


def event_of(code: str, **fields: Any) -> Event:
    (tracking,) = read(answer(scan(code, **fields))).trackings
    (event,) = tracking.events
    return event


def state_of(*scans: dict[str, Any], leg: LegFacts = OUT) -> State:
    (tracking,) = read(answer(*scans)).trackings
    return fold(tracking.events, leg)


def item(*events: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    return {"items": [{"item_id": number, "events": list(events)}]}


def told(code: str, at: str = "2026-11-04T09:00:00", **fields: Any) -> dict[str, Any]:
    """An item event in the neutral shape, at an office in Paris unless told otherwise."""
    said = {
        "code": code, "at": at, "office": "FRCDGA", "country": "FR", "reason": None, "action": None, "text": None,
    }  # fmt: skip
    return {**said, **fields}
