"""The facts of a notice as one language writes them: what may fill a gap in its words.

Every name of a gap that a template may use is made here; a fact that is not known is None and its sentence is left
out. Times are told by the customer's clock, the courier's by the clock of the place where he comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from chalicelib.clock import zone
from chalicelib.notices.facts import NoticeFacts, RecalledPiece
from chalicelib.notices.locales import Locale, clock_name, locale_of
from chalicelib.notices.safe_text import name_of, one_line
from chalicelib.notices.wording import Piece, first_way

TIMES = frozenset({"at", "deadline", "refund_by", "pickup_from", "pickup_until"})
# What is wrong with a recalled piece is told whole.
LONGEST_HAZARD = 2000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the facts in one language (the name of a template)."""

    facts: NoticeFacts
    language: str

    def values(self) -> Mapping[str, Piece | None]:
        """Every fact by the name its gap has; None for what is not known."""
        facts = self.facts
        return {
            "name": _named(name_of(facts.customer_name)),
            "merchant": _named(one_line(facts.merchant.name)),
            "phone": _coded(one_line(facts.merchant.phone)),
            "rma": _coded(one_line(facts.rma)),
            "order_number": _coded(one_line(facts.order_number)),
            "carrier": _named(one_line(facts.carrier)),
            "tracking_number": _coded(one_line(facts.tracking_number)),
            "refund": _coded(self.locale.money(facts.refund) if facts.refund else None),
            "at": self._moment(facts.at),
            "deadline": self._deadline(facts.deadline),
            "refund_by": self._deadline(facts.refund_by),
            "lines": _coded(", ".join(map(str, facts.lines)) or None),
            "hazard": _named(one_line(facts.hazard, LONGEST_HAZARD)),
            "expected_day": self._expected_day(),
            "zone": _said(clock_name(facts.zone, self.language, facts.at or facts.deadline or _today(facts))),
            **self._pickup(),
        }

    @property
    def locale(self) -> Locale:
        """How this language writes."""
        return locale_of(self.language)

    def day_of(self, at: datetime) -> Piece:
        """The customer's day on which something happened."""
        return Piece(self.locale.long_date(self._local(at).date()))

    def piece_of(self, one: RecalledPiece) -> Mapping[str, Piece | None]:
        """A recalled piece by the names of its labels."""
        return {
            "name": _named(one_line(one.name, LONGEST_NAME)),
            "brand": _named(one_line(one.brand)),
            "sku": _coded(one_line(one.sku)),
            "serial": _coded(one_line(one.serial)),
            "batch": _coded(one_line(one.batch)),
            "sold": _said(self.locale.long_date(one.sold_on) if one.sold_on else None),
        }

    def _expected_day(self) -> Piece | None:
        """By the clock of the place it goes to: the day that the carrier's own page shows."""
        facts = self.facts
        if facts.expected_at is None:
            return None
        there = facts.expected_at.astimezone(zone(facts.expected_in or facts.zone))
        return _said(self.locale.full_date(there.date()))

    def _pickup(self) -> dict[str, Piece | None]:
        pickup = self.facts.pickup
        if pickup is None:
            return {"pickup_day": None, "pickup_from": None, "pickup_until": None}
        until, here = self._clock(pickup.until), self.facts.zone
        midday = datetime.combine(pickup.on, time(12), tzinfo=UTC)
        clocks = [clock_name(name, self.language, midday) for name in (pickup.time_zone, here)]
        if clocks[0] != clocks[1] or not self.facts.zone_is_sure:
            until = self._joined("in_zone", text=until, zone=clocks[0])
        return {
            "pickup_day": _said(self.locale.full_date(pickup.on)),
            "pickup_from": _said(self._clock(pickup.ready_from)),
            "pickup_until": _said(until),
        }

    def _deadline(self, at: datetime | None) -> Piece | None:
        """Until when; a day that is wholly left to the customer is named without an hour."""
        if at is not None and (local := self._local(at)).time() == time(0):
            return _said(self.locale.full_date((local - timedelta(seconds=1)).date()))
        return self._moment(at)

    def _moment(self, at: datetime | None) -> Piece | None:
        if at is None:
            return None
        local = self._local(at)
        day, hour = self.locale.full_date(local.date()), self._clock(local.time())
        text = self._joined("day_and_hour", day=day, hour=hour)
        if not self.facts.zone_is_sure:
            text = self._joined("in_zone", text=text, zone=clock_name(self.facts.zone, self.language, at))
        return Piece(text)

    def _clock(self, at: time) -> str:
        return self._joined("hour", hour=self.locale.clock(at))

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(zone(self.facts.zone))

    def _joined(self, key: str, **parts: str) -> str:
        return first_way(self.language, f"words.{key}").format(**parts)


def _today(facts: NoticeFacts) -> datetime:
    """Any instant of the facts, for the name of a clock; its names do not change within a year."""
    return facts.expected_at or (facts.past[-1].at if facts.past else datetime(2026, 1, 1, tzinfo=UTC))


def _said(text: str | None) -> Piece | None:
    return None if text is None else Piece(text)


def _coded(text: str | None) -> Piece | None:
    return None if text is None else Piece(text, "code")


def _named(text: str | None) -> Piece | None:
    return None if text is None else Piece(text, "name")
