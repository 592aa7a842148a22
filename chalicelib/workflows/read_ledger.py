"""What the duty ledger tells: the entries of a case with every way to their money, and all entries in one state.

An entry is judged when it is looked at, with what is known by then: the case's reason, and the day the goods left by
the first scan that moved them. Sums are by currency and never added across; what nobody told is counted, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.clock import stamp, zone
from chalicelib.customs.claim_clock import Deadlines
from chalicelib.customs.claims import Judgement, Way, claim_zone, day_there, judge_claim
from chalicelib.customs.ledger import DutyEntry, EntryFacts, Sums, sums_of
from chalicelib.customs.program import program_of
from chalicelib.customs.refunds import PaidEntry
from chalicelib.errors import RuleNotInForce
from chalicelib.money import Money, text_of
from chalicelib.places import territory_of
from chalicelib.returns.inspection import Inspection, found_same_state
from chalicelib.shipments.timeline import scans
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.ports import CaseFile, Ports

NOT_MOVED = frozenset({None, "announced", "pickup_booked", "unrecognised", "cancelled"})


def read_duties(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """Every entry of a case, judged now, and what they come to; raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    moved: dict[str, date | None] = {}
    rows = []
    for entry in file.duties:
        country = entry.facts.country
        if entry.facts.left_on is None and country not in moved:
            moved[country] = moved_on(ports, file, country)
        left = entry.facts.left_on or moved.get(country)
        rows.append(entry_row(entry, judged(file, entry.facts, left, now), left))
    return {"case_id": case_id, "items": rows, "totals": totals(sums_of(file.duties))}


def list_duties(ports: Ports, *, state: str, country: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the entries in one state, and what all of that state come to, on this page or not."""
    page = ports.duties.listed(state, country, cursor, limit)
    return {
        "items": [brief_row(entry) for entry in page.entries],
        "cursor": page.cursor,
        "totals": totals(ports.duties.sums(state, country)),
    }


def left_on(ports: Ports, file: CaseFile, facts: EntryFacts) -> date | None:
    """The day the goods left the country of the entry: as told, else as their carrier moved them. What entered it on a
    way out has not left it again by the way home that came before."""
    return facts.left_on or (None if _came_out(file, facts) else moved_on(ports, file, facts.country))


def _came_out(file: CaseFile, facts: EntryFacts) -> bool:
    """Whether the entry is of a parcel that we sent to its customer: paid on the day it was handed over, or later."""
    into = territory_of(facts.country)
    out = (leg for leg in file.legs if leg.direction == "out" and territory_of(leg.lane.destination) == into)
    return any(leg.ship_date is not None and leg.ship_date <= facts.paid_on for leg in out)


def moved_on(ports: Ports, file: CaseFile, country: str) -> date | None:
    """The day of the first scan that moved a parcel from this country home, on the clock there; None while none did.
    Reads the tracks of each leg that starts there."""
    moved: list[datetime] = []
    for leg in file.legs:
        if leg.direction != "home" or not leg.number or territory_of(leg.lane.origin) != territory_of(country):
            continue
        for track in ports.tracks.file(leg.carrier, leg.number).tracks:
            if (track.case_id, track.leg_n) == (leg.case_id, leg.n):
                standing = (scan.event for scan in scans(track.events, track.facts))
                moved += [event.at for event in standing if event.milestone not in NOT_MOVED]
    return min(moved).astimezone(zone(claim_zone(country))).date() if moved else None


def judged(file: CaseFile, facts: EntryFacts, left: date | None, now: datetime) -> Judgement:
    """All ways to the money of an entry with these particulars, today in its country. Whether the goods left it as they
    came is as told, else as the inspection at our door found."""
    on = day_there(facts.country, now)
    same_state = facts.same_state if facts.same_state is not None else found_same_state(file.parts.of(Inspection))
    paid = PaidEntry(
        facts.country, facts.paid_on, facts.entry_number if facts.number_kind == "entry" else None, left,
        facts.export_reference, file.case.reason, facts.used, same_state, facts.sold_at_a_distance,
        facts.declared_by, facts.importer, _value_there(facts, on), facts.channel,
    )  # fmt: skip
    return judge_claim(paid, facts, on)


def deadlines(entry: DutyEntry, judgement: Judgement, left: date | None) -> Deadlines:
    """The last days of a claim as its reminders count them; watched while the day the goods leave is not known."""
    country = entry.facts.country
    return Deadlines(judgement.days, claim_zone(country), entry.recorded_at, judgement.asks, is_watched=left is None)


def brief_row(entry: DutyEntry) -> dict[str, Any]:
    """An entry as it was last judged: what is paid, where its claim stands, what came back."""
    facts, filing = entry.facts, entry.filing
    return {
        "entry_id": entry.entry_id,
        "case_id": entry.case_id,
        "country": facts.country,
        "entry_number": facts.entry_number,
        "number_kind": facts.number_kind,
        "paid_on": facts.paid_on.isoformat(),
        "duty": _money(facts.duty),
        "tax": _money(facts.tax),
        "fees": _money(facts.fees),
        "paid_by": facts.paid_by,
        "importer": facts.importer,
        "declared_by": facts.declared_by,
        "carrier": facts.carrier,
        "state": entry.state,
        "why": entry.why,
        "claim_by": _day(entry.claim_by),
        "to_come": _money(entry.to_come),
        "received": _money(entry.received),
        "filed": {"on": _day(filing.on), "reference": filing.reference, "way": filing.way} if filing else None,
        "changed_at": stamp(entry.changed_at),
    }


def entry_row(entry: DutyEntry, judgement: Judgement, left: date | None) -> dict[str, Any]:
    """An entry with every way to its money as judged now. Of a claim that rules decide, its last day and how much may
    come are of now too; the state is as it was last written."""
    facts = entry.facts
    row = brief_row(entry)
    if entry.state in ("open", "lapsed"):
        row |= {"claim_by": _day(judgement.claim_by), "to_come": _money(judgement.at_most)}
    return {
        **row,
        "invoice_number": facts.invoice_number,
        "left_on": _day(left),
        "left_on_by": None if left is None else "told" if facts.left_on else "carrier",
        "export_reference": facts.export_reference,
        "used": facts.used,
        "same_state": facts.same_state,
        "sold_at_a_distance": facts.sold_at_a_distance,
        "value": _money(facts.value),
        "channel": facts.channel,
        "ways": [_way(way) for way in judgement.ways],
        "asks": list(judgement.asks) if entry.state == "open" else [],
        "reasons": list(judgement.reasons),
        "receipts": [
            {"reference": one.reference, "on": _day(one.on), "amount": one.amount.as_json()} for one in entry.receipts
        ],
        "history": [
            {
                "at": stamp(line.at), "by": line.by, "what": line.what, "state": line.state,
                "facts": dict(line.facts), "was": dict(line.was),
            }
            for line in entry.history
        ],
    }  # fmt: skip


def totals(sums: Mapping[str | None, Sums]) -> list[dict[str, Any]]:
    """Sums by currency; the row without a currency counts entries of which no figure is known."""
    return [_total(currency, sums[currency]) for currency in sorted(sums, key=lambda name: name or "~")]


def duties_in_short(file: CaseFile, estimate: Mapping[str, Any] | None) -> dict[str, Any]:
    """The ledger of a case in a few figures, from what its one query read: ``payable`` is what the return itself owes
    by its estimate (null: not known)."""
    entries = [entry for entry in file.duties if not entry.is_void]
    payable = None
    if estimate and estimate.get("total") is not None:
        payable = {"amount": estimate["total"], "currency": estimate["currency"]}
    open_days = [entry.claim_by for entry in entries if entry.state == "open" and entry.claim_by]
    return {
        "payable": payable,
        "entries": len(entries),
        "open_claims": sum(entry.state == "open" for entry in entries),
        "claim_by": _day(min(open_days, default=None)),
        "totals": totals(sums_of(entries)),
    }


def find_entry(entries: Iterable[DutyEntry], entry_id: str) -> DutyEntry | None:
    """The entry of this id."""
    return next((entry for entry in entries if entry.entry_id == entry_id), None)


def _way(way: Way) -> dict[str, Any]:
    told = way.way
    return {
        "code": told.code,
        "status": told.status,
        "what": told.what,
        "claimant": told.claimant,
        "claimants": list(way.parties),
        "ours": way.ours,
        "form": told.form,
        "evidence": list(told.evidence),
        "covers": list(told.covers),
        "share": None if told.share is None else format(told.share, "f"),
        "at_most": _money(way.at_most),
        "reasons": list(way.reasons),
        "missing": list(told.missing),
        "why": told.why,
        "claim_by": _day(told.claim_by),
        "confidence": told.confidence,
        "source": told.source,
    }


def _total(currency: str | None, sums: Sums) -> dict[str, Any]:
    """A figure that nobody told of any entry is null; where some did not, ``unknown`` counts them."""

    def told(amount: Decimal, unknown: int = 0) -> str | None:
        return None if currency is None or (unknown and not amount) else text_of(amount, currency)

    figures = {"duty": sums.unknown_duty, "tax": sums.unknown_tax, "fees": sums.unknown_fees}
    return {
        "currency": currency,
        "entries": sums.entries,
        **{name: told(getattr(sums, name), unknown) for name, unknown in figures.items()},
        "paid": told(sums.duty + sums.tax + sums.fees, sum(figures.values())),
        "reclaimable": told(sums.to_come, sums.unknown_to_come),
        "received": told(sums.received),
        "unknown": figures | {"reclaimable": sums.unknown_to_come},
    }


def _value_there(facts: EntryFacts, on: date) -> Decimal | None:
    """The value in the country's own currency, in which its limits are; None in any other."""
    try:
        program = program_of(facts.country, on)
    except RuleNotInForce:
        return None
    return facts.value.amount if facts.value and program and facts.value.currency == program.currency else None


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else money.as_json()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
