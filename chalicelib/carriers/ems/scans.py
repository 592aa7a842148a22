"""China Post scans -> events. One bad scan becomes a problem and costs no other.

``opTime`` has no zone. At an office of China Post it is China's time; after that (an airline, a post abroad) it is
read by the country that the office code names, else as China's, and flagged as assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2s
from typing import Any, NamedTuple

from chalicelib.carriers.ems.meanings import Meaning, meaning_of, outcome_of
from chalicelib.carriers.ems.wording import scan_text
from chalicelib.carriers.local_times import read_time
from chalicelib.carriers.numbers import is_country
from chalicelib.carriers.scan_fields import says_who, texts_of
from chalicelib.shipments.events import Event, Place, Problem, TzSource

AHEAD = timedelta(hours=24)
HOME = "CN"
_LONGEST_CITY = 80
_UNREADABLE = "unreadable"
_NEAR_PEOPLE = frozenset({
    "picked_up", "out_for_delivery", "delivery_attempted", "ready_for_collection", "delivered", "returning", "returned",
    "unrecognised",
})  # fmt: skip
_CODE = re.compile(r"[0-9A-Za-z_]{1,16}\Z")
_OUTCOME = re.compile(r"[0-9A-Za-z]{0,8}\Z")
_CHINESE_OFFICE = re.compile(r"[0-9]{5,}\Z")
_EXCHANGE_OFFICE = re.compile(r"([A-Z]{2})[A-Z]{4}\Z")
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?")


class Spot(NamedTuple):
    """Where a scan was made, as kept, and how sure its clock is."""

    place: Place
    country: str | None
    is_sure: bool


class ScanReader:
    """Reads the scans of one number; what could not be read is added to ``problems``."""

    def __init__(self, number: str, source: str, now: datetime, problems: list[Problem]) -> None:
        self.number, self.source, self.problems = number, source, problems
        self._latest = now + AHEAD

    def read(self, scan: Mapping[str, Any]) -> Event | None:
        """The event of one scan, or None with a problem noted when its code or time cannot be read."""
        said = self._said(scan)
        code, sent = said["opCode"], said["opTime"]
        if not _CODE.match(code) or not sent:
            self._lost("event_unreadable", "a scan without a readable opCode or opTime")
            return None
        delivered_to, not_delivered = self._outcome(said, "deliverCode"), self._outcome(said, "attemptDeliveryCode")
        words = f"{said['opDesc']} {said['opName']}"
        meaning = meaning_of(code, delivered_to, not_delivered, words)
        spot = _spot(said["opOrgCode"], said["opOrgProvName"], said["opOrgCity"], meaning.where)
        try:
            at, zone_from = _instant(sent, spot)
        except ValueError:
            self._lost("event_time_unreadable", "the opTime of a scan is not a time")
            return None
        outcome = outcome_of(code, delivered_to, not_delivered)
        return self._ahead(self._event(said, code.upper(), outcome, meaning, spot, at, zone_from))

    def _event(
        self, said: Mapping[str, str], code: str, outcome: str | None, meaning: Meaning, spot: Spot, at: datetime,
        zone_from: TzSource,
    ) -> Event:  # fmt: skip
        where = said["opOrgCode"] or said["opOrgName"] or said["opOrgCity"]
        named = f"ems|{self.number}|{code}|{outcome or ''}|{said['opTime']}|{where}".encode()
        names = tuple(name for name in (said["operatorName"], said["operatorNo"]) if len(name) > 1)
        text = scan_text(said["opName"], said["opDesc"], names, near_people=meaning.milestone in _NEAR_PEOPLE)
        return Event(
            id=blake2s(named, digest_size=8).hexdigest(),
            at=at,
            at_local=said["opTime"],
            tz_source=zone_from,
            code=code,
            exception_code=outcome,
            milestone=meaning.milestone,
            condition=meaning.condition,
            reason=meaning.reason,
            text=text or meaning.wording,
            place=spot.place,
            source=self.source,
            responsible=meaning.responsible,
            action_by=meaning.action_by,
            withdraws_delivery=meaning.withdraws_delivery,
            voids=meaning.voids,
        )

    def _outcome(self, said: Mapping[str, str], name: str) -> str:
        """How a delivery ended, as a code; what has no code's form may be a person's name and is not kept."""
        if _OUTCOME.match(said[name]):
            return said[name]
        self._lost("event_part_unreadable", f"{name} of a scan")
        return _UNREADABLE

    def _said(self, scan: Mapping[str, Any]) -> dict[str, str]:
        said, wrong = texts_of(scan, _FIELDS)
        for name in wrong:
            self._lost("event_part_unreadable", f"{name} of a scan")
        return said

    def _ahead(self, event: Event) -> Event:
        if event.at <= self._latest:
            return event
        self._lost("event_from_future", "a scan is dated more than a day ahead")
        return event._replace(
            milestone=None, condition=None, reason="from_future", withdraws_delivery=False, voids=(),
            responsible=None, action_by=None,
        )  # fmt: skip

    def _lost(self, code: str, text: str) -> None:
        self.problems.append(Problem(self.number, code, text, retryable=False))


_FIELDS = (
    "opCode", "opTime", "opName", "opDesc", "opOrgCode", "opOrgName", "opOrgProvName", "opOrgCity", "operatorName",
    "operatorNo", "deliverCode", "attemptDeliveryCode",
)  # fmt: skip


@lru_cache(maxsize=2048)
def _spot(office: str, province: str, city: str, where: str) -> Spot:
    """China where the office is China Post's, the country of a UPU office of exchange, or the one that a post abroad
    gives; an airline's letters are no country (CX is Cathay Pacific and Christmas Island)."""
    exchange = _EXCHANGE_OFFICE.match(office)
    if exchange and is_country(exchange[1]):
        country: str | None = exchange[1]
    elif province or _CHINESE_OFFICE.match(office) or where == "office":
        country = HOME
    else:
        country = office if where == "abroad" and is_country(office) else None
    name = " ".join((city or province).split())[:_LONGEST_CITY]
    if not name.isprintable() or says_who(name):
        name = ""
    return Spot(Place(name or None, country), country, country == HOME and where != "abroad")


def _instant(sent: str, spot: Spot) -> tuple[datetime, TzSource]:
    if not _CLOCK.match(sent):
        raise ValueError("not a date and a time")
    at, source = read_time(sent, spot.country or HOME, None)
    return at, source if spot.is_sure or source == "offset" else "assumed"
