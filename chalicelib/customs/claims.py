"""What an entry of the duty ledger can bring back: every way judged, by whom, until when, how much at most.

A way is possible while its conditions hold or only lack facts; a claim is open while one way is possible, has lapsed
when one was and its day has passed, and is none at all when no way ever fitted. The most that can come back is the
stated share of what the way covers; where a covered figure is unknown it is None with the reason, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from chalicelib.clock import zone
from chalicelib.customs.ledger import BY_RULE, DutyEntry, EntryFacts, Party, entry_id_of, noted, told_of
from chalicelib.customs.refunds import PaidEntry, RefundWay, refund_ways
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money, total
from chalicelib.places import last_zone_of

_WORDS: Mapping[str, str] = {
    "importer": "importer",
    "declarant": "declarant",
    "payer": "payer",
    "paid": "payer",
    "merchant": "merchant",
    "seller": "merchant",
    "platform": "merchant",
    "consumer": "customer",
    "customer": "customer",
    "buyer": "customer",
    "carrier": "carrier",
    "courier": "carrier",
    "broker": "broker",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One instrument for one entry. ``parties`` are those who may claim, as far as known; ``ours`` whether the merchant
    is among them (None: nobody has said who the importer is)."""

    way: RefundWay
    at_most: Money | None
    reasons: tuple[str, ...]
    parties: tuple[Party, ...]
    ours: bool | None

    @property
    def is_possible(self) -> bool:
        """Whether nothing speaks against it, or only facts are missing."""
        return self.way.status != "not_eligible"


@dataclass(frozen=True, slots=True)
class Judgement:
    """All ways of one entry on one day. ``days`` are the last days still ahead, soonest first (of a lapsed claim
    the one that has passed); ``asks`` the facts without which the last day of a possible way cannot be told."""

    state: Literal["open", "lapsed", "not_reclaimable"]
    ways: tuple[Way, ...]
    days: tuple[date, ...] = ()
    asks: tuple[str, ...] = ()
    at_most: Money | None = None
    reasons: tuple[str, ...] = ()

    @property
    def claim_by(self) -> date | None:
        """The soonest last day of a way still possible; of a lapsed claim the last there was."""
        return self.days[0] if self.days else None

    def way_of(self, code: str | None) -> Way | None:
        """The way of this code."""
        return next((one for one in self.ways if one.way.code == code), None)


def claim_zone(country: str) -> str:
    """The clock that ends a claim's last day: the country's own, the last to end where it has several."""
    return last_zone_of(country, None)


def day_there(country: str, now: datetime) -> date:
    """What day it is in the country of the claim.

    >>> day_there("FR", datetime.fromisoformat("2026-11-22T23:30:00+00:00"))
    datetime.date(2026, 11, 23)
    """
    return now.astimezone(zone(claim_zone(country))).date()


def judge_claim(paid: PaidEntry, facts: EntryFacts, on: date) -> Judgement:
    """Every way of this entry on this day (of the claim's own country)."""
    ways = tuple(_way(one, facts) for one in refund_ways(paid, on))
    possible = [one for one in ways if one.is_possible]
    if not ways:
        return Judgement("not_reclaimable", (), reasons=("no_rules_for_country",))
    if not possible:
        ended = _ended_on(paid, ways, on)
        if ended is None:
            return Judgement("not_reclaimable", ways, reasons=("nothing_can_be_reclaimed",))
        return Judgement("lapsed", ways, (ended,), reasons=("last_day_has_passed",))
    ahead = sorted({one.way.claim_by for one in possible if one.way.claim_by})
    at_most, reasons = _greatest(possible)
    return Judgement("open", ways, tuple(ahead), _asked_for(paid, possible), at_most, reasons)


def brought_up(entry: DutyEntry, judgement: Judgement, now: datetime) -> DutyEntry:
    """The entry as the rules have it now. What a person did stands; only what the rules decide follows them."""
    if entry.state not in BY_RULE:
        return entry
    moved = entry.changed_at if entry.state == judgement.state else now
    return replace(
        entry, state=judgement.state, changed_at=moved, claim_by=judgement.claim_by, at_most=judgement.at_most
    )


def recorded(case_id: str, facts: EntryFacts, judgement: Judgement, now: datetime, by: str) -> DutyEntry:
    """A new entry with the claim that the rules see in it."""
    entry_id = entry_id_of(facts.country, facts.entry_number)
    blank = DutyEntry(case_id, entry_id, facts, judgement.state, now, now)
    return noted(brought_up(blank, judgement, now), now, by, "recorded", told_of(facts))


def corrected(entry: DutyEntry, facts: EntryFacts, judgement: Judgement, why: str, now: datetime, by: str) -> DutyEntry:
    """The entry with other particulars, judged anew; those before stay in its history."""
    was, told = told_of(entry.facts), told_of(facts)
    changed = sorted(name for name in was.keys() | told.keys() if was.get(name) != told.get(name))
    after = brought_up(replace(entry, facts=facts), judgement, now)
    filed = judgement.way_of(entry.filing.way) if entry.filing and after.state not in BY_RULE else None
    after = replace(after, at_most=filed.at_most) if filed else after
    facts_now = {name: told.get(name, "unknown") for name in changed} | {"why": why}
    return noted(after, now, by, "corrected", facts_now, {name: was.get(name, "unknown") for name in changed})


def _way(way: RefundWay, facts: EntryFacts) -> Way:
    at_most, reasons = _at_most(way, facts)
    parties, is_open = _claimants(way.claimant, facts)
    ours = True if "merchant" in parties else None if is_open or not parties else False
    return Way(way, at_most, reasons, parties, ours)


def _at_most(way: RefundWay, facts: EntryFacts) -> tuple[Money | None, tuple[str, ...]]:
    covered: dict[str, Money | None] = {name: getattr(facts, name) for name in way.covers}
    unknown = tuple(f"{name}_unknown" for name, money in covered.items() if money is None)
    known = [money for money in covered.values() if money is not None]
    if unknown or not known:
        return None, unknown or ("covers_nothing_named",)
    if len({money.currency for money in known}) > 1:
        return None, ("figures_in_two_currencies",)
    whole = total(known, known[0].currency)
    if way.share is None:
        return whole, ("share_not_stated",)
    return Money(whole.amount * way.share, whole.currency).rounded(), ()


def _greatest(possible: list[Way]) -> tuple[Money | None, tuple[str, ...]]:
    """The most that one of them can bring; they are not added, for one entry is repaid once."""
    amounts = [one.at_most for one in possible if one.at_most]
    reasons = tuple(dict.fromkeys(reason for one in possible for reason in one.reasons))
    if len(amounts) < len(possible):
        return None, reasons
    if len({one.currency for one in amounts}) > 1:
        return None, ("figures_in_two_currencies",)
    return max(amounts, key=lambda one: one.amount), reasons


def _claimants(text: str, facts: EntryFacts) -> tuple[tuple[Party, ...], bool]:
    """Who may claim by the words of the rule, and whether one of those named is not known of this entry."""
    payer = "carrier" if facts.paid_by == "carrier_account" else facts.paid_by
    known: Mapping[str, Party | None] = {
        "importer": facts.importer, "declarant": facts.declared_by, "payer": payer,
        "merchant": "merchant", "customer": "customer", "carrier": "carrier", "broker": "broker",
    }  # fmt: skip
    roles = [_WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _WORDS]
    found = [known[role] for role in dict.fromkeys(roles)]
    return tuple(dict.fromkeys(one for one in found if one)), None in found


def _asked_for(paid: PaidEntry, possible: list[Way]) -> tuple[str, ...]:
    """What is missing of the ways without a last day; the day the goods left, where nothing else is known to be."""
    dateless = [one.way for one in possible if one.way.claim_by is None]
    missing = dict.fromkeys(name for way in dateless for name in way.missing)
    if dateless and paid.left_on is None:
        missing["left_on"] = None
    return tuple(missing) or (("last_day",) if dateless else ())


def _ended_on(paid: PaidEntry, ways: tuple[Way, ...], on: date) -> date | None:
    """The latest last day that time alone has closed: a way was possible on it and none is any more."""
    past = {one.way.claim_by for one in ways if one.way.claim_by and paid.paid_on <= one.way.claim_by < on}
    return max((day for day in past if _was_possible(paid, day)), default=None)


def _was_possible(paid: PaidEntry, on: date) -> bool:
    """Whether a way was possible on an earlier day; not where no rules of that day are held."""
    try:
        return any(one.status != "not_eligible" for one in refund_ways(paid, on))
    except RuleNotInForce:
        return False
