"""The duty ledger under a case: recorded once, corrected in sight, claimed, reminded of exactly once, and added up."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customs.claim_acts import Act, ClaimNotAllowed
from chalicelib.customs.ledger import (
    CLAIM_STATES,
    MOST_ENTRIES,
    MOST_LINES,
    EntryDiffers,
    EntryFacts,
    LedgerFull,
    sums_of,
)
from chalicelib.errors import InvalidRequestError, NotFoundError, StaleVersion, UnavailableError
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Plan
from chalicelib.shipments.fold import fold
from chalicelib.workflows.keep_ledger import act_on_duty, keep_claim, record_duty
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_ledger import duties_in_short, list_duties, read_duties
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from tests.fakes.entries import eur, some_facts
from tests.fakes.memory_ports import MemoryQueues, World, memory_ports
from tests.fakes.memory_table import MemoryTable
from tests.fakes.pieces import a_case, a_leg, a_log_line, a_request, a_scan, a_track, an_opening
from tests.faults.gate import Crash, Fault, Gate, Gated

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LAST = date(2027, 2, 8)


class House:
    """A case with a ledger, a clock that is set by hand, and the workers behind it."""

    def __init__(self, table: Any = None, cases: int = 1, **case: Any) -> None:
        self.world: World = memory_ports(table or MemoryTable())
        self.ports: Ports = self.world.ports
        self.now = NOW
        self.ids = [f"case{n:04d}" for n in range(1, cases + 1)]
        for case_id in self.ids:
            self.open(case_id, **case)

    def open(self, case_id: str, **changed: Any) -> None:
        opened = a_case(case_id, effects=(), log_n=1, **changed)
        first = a_log_line(1, case_id)
        opening = an_opening(case_id, case=replace(opened, log_hash=first.hash), log=first, bookings=(), pointers=())
        self.ports.cases.open(replace(opening, plan=Plan(case_id, a_request(), {"estimate": None})))

    @property
    def file(self):
        return self.ports.cases.file(self.ids[0])

    @property
    def entry(self):
        return self.file.duties[0]

    def record(self, case: int = 0, corrects: bool = False, **facts: Any) -> dict[str, Any]:
        told = facts.pop("facts", None) or some_facts(**facts)
        why = "typed_wrong" if corrects else None
        kept = record_duty(
            self.ports, self.ids[case], told, corrects=corrects, why=why, holder="clerk@desk", now=self.now
        )
        return {**kept.row, "is_new": kept.is_new}

    def act(self, action: str, **particulars: Any) -> dict[str, Any]:
        act = Act(action, **particulars)
        return act_on_duty(self.ports, self.ids[0], self.entry.entry_id, act, holder="boss@desk", now=self.now)

    def filed(self, **particulars: Any) -> dict[str, Any]:
        return self.act("file", on=self.now.date(), **particulars)

    def pump(self) -> None:
        """Sweep once and let the workers finish what lies in the queues."""
        sweep(self.ports, self.now)
        self.work()

    def work(self) -> None:
        self.world.queues.deliver("steps", lambda message: take_step(self.ports, message, self.now))
        self.world.queues.deliver("alerts", lambda message: take_alert(self.ports, message, self.now))

    def live_until(self, day: date) -> None:
        """Sweep every day at noon, at the latest on this one."""
        while self.now.date() < day:
            self.now += timedelta(days=1)
            self.pump()

    def told(self) -> list[tuple[str | None, str]]:
        """Each reminder once, in the order of the ladder, with how it stands."""
        found = sorted(self.file.exceptions, key=lambda one: one.opened_at)
        return [(one.reason, one.status) for one in found if one.kind == "duty_claim_due"]


# Recording


def test_a_case_takes_so_many_entries_and_says_where_the_next_belongs():
    house = House()
    for n in range(MOST_ENTRIES):
        house.record(entry_number=f"26FR{n:04d}")
    with pytest.raises(LedgerFull, match="the case that it belongs to"):
        house.record(entry_number="26FR9999")
    assert house.record(entry_number="26FR0001")["is_new"] is False


def test_a_claim_whose_history_is_full_still_lapses_and_is_told():
    house = House()
    house.record()
    while len(house.entry.history) < MOST_LINES:
        house.record(corrects=True, fees=eur(str(15 + len(house.entry.history) % 2)))

    house.live_until(LAST + timedelta(days=3))

    assert house.entry.state == "lapsed"
    assert house.told()[-1] == ("lapsed", "open")


def test_an_entry_is_recorded_once_and_the_same_again_is_quiet():
    house = House()
    first = house.record()
    log = len(house.file.log)

    again = house.record(entry_number="26 fr 0001", duty=eur("29.5"))

    assert (first["is_new"], again["is_new"]) == (True, False)
    assert again["entry_id"] == first["entry_id"]
    assert len(house.file.duties) == 1
    assert len(house.file.log) == log


def test_other_particulars_are_refused_by_name_and_taken_as_a_correction():
    house = House()
    house.record()
    with pytest.raises(EntryDiffers, match="another duty, fees"):
        house.record(duty=eur("30"), fees=None)

    row = house.record(duty=eur("30"), fees=None, corrects=True)

    assert row["history"][-1]["was"] == {"duty": "29.50 EUR", "fees": "15.00 EUR"}
    assert row["to_come"] == {"amount": "271.90", "currency": "EUR"}


def test_a_correction_of_nothing_is_refused():
    with pytest.raises(InvalidRequestError, match="nothing to correct"):
        House().record(corrects=True)


def test_an_entry_of_another_country_with_the_same_number_is_another_entry():
    house = House()
    house.record()
    house.record(country="GB")

    assert len(house.file.duties) == 2


def test_a_case_that_is_not_there_has_no_ledger():
    house = House()
    with pytest.raises(NotFoundError):
        record_duty(house.ports, "nobody", some_facts(), corrects=False, why=None, holder="x", now=NOW)
    with pytest.raises(NotFoundError):
        read_duties(house.ports, "nobody", NOW)


def test_every_change_is_in_the_case_log_by_holder_and_the_chain_holds():
    house = House()
    house.record()
    house.filed()
    house.act("receive", on=house.now.date(), reference="P-1", amount=eur("271.40"))

    told = [(line.by, line.what) for line in house.file.log[1:]]

    assert told == [("clerk@desk", "duty_recorded"), ("boss@desk", "duty_filed"), ("boss@desk", "duty_received")]
    assert house.file.log[-1].hash == house.file.case.log_hash
    assert all(one.previous_hash == before.hash for before, one in pairwise(house.file.log))


def test_the_log_holds_no_amount_and_no_number_of_a_claim():
    house = House()
    house.record()
    house.filed(reference="REP-77")

    text = json.dumps([dict(line.facts) for line in house.file.log])

    assert "271" not in text
    assert "REP-77" not in text
    assert "26FR0001" not in text


# The case's own facts


def a_moved_track(*scans):
    blank = a_track()
    return replace(blank, case_id="case0001", events=scans, state=fold(scans, blank.facts))


def on_the_road(house: House, *scans, origin: str = "FR") -> None:
    leg = a_leg("case0001", number=a_track().number, ship_date=date(2026, 11, 20), lane=Lane(origin, "CN"))
    case = house.ports.cases.read("case0001")
    line = a_log_line(case.log_n + 1, "case0001")
    house.ports.cases.commit(replace(case, version=case.version + 1, log_n=case.log_n + 1), (line,), legs=(leg,))
    house.ports.tracks.save(a_moved_track(*scans))


def test_the_day_the_goods_left_is_that_of_the_first_scan_that_moved_them():
    house = House()
    announced = a_scan(0, milestone="announced")
    picked_up = a_scan(14, milestone="picked_up", at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    on_the_road(house, announced, picked_up, a_scan(40))

    row = house.record(left_on=None)

    assert (row["left_on"], row["left_on_by"]) == ("2026-11-23", "carrier")
    assert row["ways"][0]["status"] == "open"


def test_what_was_told_goes_before_what_a_scan_says():
    house = House()
    on_the_road(house, a_scan(1, milestone="picked_up"))

    row = house.record()

    assert (row["left_on"], row["left_on_by"]) == ("2026-11-20", "told")


def test_a_parcel_that_has_not_moved_leaves_the_day_unknown():
    house = House()
    on_the_road(house, a_scan(0, milestone="announced"))

    row = house.record(left_on=None)

    assert row["left_on"] is None
    assert "left_on" in row["ways"][0]["missing"]


def test_entries_of_one_country_ask_for_the_scans_of_their_parcel_once():
    house, asked = House(), []
    on_the_road(house, a_scan(14, milestone="picked_up"))
    for number in ("26FR0002", "26FR0003", "26FR0004"):
        house.record(entry_number=number, left_on=None)
    tracks = house.ports.tracks

    def file(carrier: str, number: str) -> Any:
        asked.append(number)
        return tracks.file(carrier, number)

    read = read_duties(replace(house.ports, tracks=SimpleNamespace(file=file)), "case0001", house.now)

    assert [row["left_on_by"] for row in read["items"]] == ["carrier"] * 3
    assert len(asked) == 1


def test_an_invoice_number_is_no_entry_number_to_customs():
    house = House()

    assert house.record(number_kind="invoice")["number_kind"] == "invoice"


# Reminders


def test_each_step_is_told_once_with_rising_weight_and_the_last_is_that_it_lapsed():
    house = House()
    house.record()
    house.live_until(LAST + timedelta(days=2))

    assert house.told() == [
        ("in_90_days", "resolved"), ("in_30_days", "resolved"), ("in_7_days", "resolved"), ("lapsed", "open"),
    ]  # fmt: skip
    severities = [one.severity for one in house.file.exceptions]
    assert sorted(severities) == ["high", "high", "low", "medium"]
    assert house.entry.state == "lapsed"
    assert house.entry.due_at is None


def test_the_last_day_of_a_reminder_is_the_end_of_that_day_there():
    house = House()
    house.record()
    house.pump()

    (reminder,) = house.file.exceptions

    assert reminder.deadline == datetime(2027, 2, 8, 23, 0, tzinfo=UTC)
    assert reminder.money_at_risk == eur("271.40")
    assert reminder.history[0].note is not None
    assert "may be claimed by: carrier" in reminder.history[0].note


@pytest.mark.parametrize("action", ["file", "give-up"])
def test_filing_or_giving_up_settles_what_was_told_and_nothing_more_comes(action):
    house = House()
    house.record()
    house.pump()
    if action == "file":
        house.filed()
    else:
        house.act("give-up", why="not_worth_it")

    assert house.entry.due_at is None
    assert house.told() == [("in_90_days", "resolved")]
    house.live_until(LAST + timedelta(days=10))
    assert house.told() == [("in_90_days", "resolved")]


def test_nothing_reclaimable_has_no_due_time_and_no_reminder():
    house = House()
    row = house.record(sold_at_a_distance=False)
    house.live_until(date(2027, 12, 1))

    assert row["state"] == "not_reclaimable"
    assert house.told() == []


def test_without_a_last_day_the_missing_fact_is_asked_for_once():
    house = House()
    row = house.record(
        country="AE", duty=Money(Decimal("900"), "AED"), tax=None, fees=None, left_on=None, same_state=True,
        value=Money(Decimal("30000"), "AED"), sold_at_a_distance=None,
    )  # fmt: skip
    assert (row["state"], row["claim_by"]) == ("open", None)
    assert "left_on" in row["asks"]
    house.live_until(date(2027, 1, 31))

    assert house.told() == [("fact_missing", "open")]


def test_the_fact_that_was_missing_starts_the_ladder():
    house = House()
    facts = {
        "country": "AE", "duty": Money(Decimal("900"), "AED"), "tax": None, "fees": None, "same_state": True,
        "value": Money(Decimal("30000"), "AED"), "sold_at_a_distance": None,
    }  # fmt: skip
    house.record(left_on=None, **facts)
    house.live_until(date(2026, 12, 1))

    row = house.record(left_on=date(2026, 11, 25), corrects=True, **facts)

    assert row["claim_by"] == "2027-05-25"
    assert house.told() == [("fact_missing", "resolved")]
    house.live_until(date(2027, 5, 27))
    assert [reason for reason, _ in house.told()] == [
        "fact_missing", "in_90_days", "in_30_days", "in_7_days", "lapsed",
    ]  # fmt: skip


def test_a_scan_that_tells_when_the_goods_left_is_noticed_within_a_week():
    house = House()
    house.record(
        country="AE", duty=Money(Decimal("900"), "AED"), tax=None, fees=None, left_on=None, same_state=True,
        value=Money(Decimal("30000"), "AED"), sold_at_a_distance=None,
    )  # fmt: skip
    on_the_road(house, a_scan(1, milestone="picked_up"), origin="AE")

    house.live_until(date(2026, 11, 30))

    assert house.entry.claim_by == date(2027, 5, 22)
    assert house.told() == []


def test_a_cancelled_return_gives_its_claim_up_by_itself_and_says_why():
    house = House(stage="cancelled")
    house.record()
    house.live_until(date(2026, 12, 10))

    assert (house.entry.state, house.entry.why, house.entry.due_at) == ("given_up", "return_cancelled", None)
    assert house.told() == []
    assert house.file.log[-1].by == "goldthread"


def test_a_claim_filed_while_its_reminder_is_on_the_way_ends_with_no_open_reminder():
    for order in ("alert before filing", "alert after filing"):
        house = House()
        house.record()
        sweep(house.ports, house.now)
        house.world.queues.deliver("steps", lambda message, at=house: take_step(at.ports, message, at.now))
        if order == "alert before filing":
            house.world.queues.deliver("alerts", lambda message, at=house: take_alert(at.ports, message, at.now))
        house.filed()
        house.now += timedelta(minutes=5)
        house.pump()
        house.now += timedelta(minutes=5)
        house.pump()

        assert house.told() == [("in_90_days", "resolved")], order
        assert house.entry.due_at is None


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_duplicates_and_disorder_tell_each_step_once(seed):
    house, dice = House(), random.Random(seed)
    house.record()
    queues = house.world.queues
    for _ in range(16):
        house.now += timedelta(days=dice.randint(1, 9), hours=dice.randint(0, 23))
        sweep(house.ports, house.now)
        for name, handle in (("steps", take_step), ("alerts", take_alert)):
            waiting = list(queues.waiting.get(name, ()))
            queues.waiting.get(name, waiting).clear()
            twice = [message for message in waiting for _ in range(dice.randint(1, 3))]
            dice.shuffle(twice)
            for message in twice:
                handle(house.ports, message, house.now)
    house.live_until(LAST + timedelta(days=3))

    reasons = [reason for reason, _ in house.told()]
    assert len(reasons) == len(set(reasons))
    assert reasons[-1] == "lapsed"
    assert [reason for reason, status in house.told() if status != "resolved"] == ["lapsed"]
    assert house.entry.state == "lapsed"


class GatedHouse(House):
    """Its table and queues go through a gate that can strike once."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        super().__init__(self.table)
        self.safe, self.queue = self.ports, self.world.queues

    def strike(self, fault: Fault | None) -> Gate:
        gate = Gate(fault)
        gated = memory_ports(Gated(gate, "table", self.table), mark=iter_marks())
        self.ports = replace(gated.ports, queues=Gated(gate, "queues", self.queue))
        return gate

    def spare(self) -> None:
        self.ports = self.safe


def iter_marks():
    numbers = iter(range(10_000, 20_000))
    return lambda: f"g{next(numbers)}"


def at_the_lapse() -> GatedHouse:
    house = GatedHouse()
    house.record()
    house.live_until(LAST)
    house.now = datetime(2027, 2, 9, 1, 0, tzinfo=UTC)
    return house


def run_lapse(house: GatedHouse) -> None:
    sweep(house.ports, house.now)
    for name, handle in (("steps", take_step), ("alerts", take_alert)):
        house.queue.deliver(name, lambda message, do=handle: do(house.ports, message, house.now))


@pytest.mark.parametrize("kind", ["crash_before", "crash_after", "timeout_after_commit"])
def test_a_crash_at_any_call_of_a_reminder_ends_as_if_nothing_had_been(kind):
    house = at_the_lapse()
    quiet = house.strike(None)
    run_lapse(house)
    wanted, calls = house.told(), len(quiet.calls)
    assert wanted[-1] == ("lapsed", "open")
    for place in range(calls):
        house = at_the_lapse()
        house.strike(Fault(kind, place))
        with suppress(Crash, UnavailableError):
            run_lapse(house)
        house.spare()
        for _ in range(8):
            house.now += timedelta(hours=1)
            house.pump()

        assert house.told() == wanted, f"{kind} at {quiet.calls[place]} ({place})"
        assert house.entry.state == "lapsed"
        assert totals_are_exact(house)


def test_a_claim_that_cannot_be_looked_at_is_told_after_the_fifth_time_and_tried_on():
    house = House()
    house.record()
    for _ in range(6):
        house.now += timedelta(hours=9)
        sweep(house.ports, house.now)
        house.world.queues.waiting["steps"].clear()
    house.world.queues.deliver("alerts", lambda message: take_alert(house.ports, message, house.now))

    assert house.told() == [("stuck", "open")]
    house.now += timedelta(hours=9)
    house.pump()
    assert ("stuck", "resolved") in house.told()


def test_a_claim_that_cannot_be_looked_at_for_weeks_stops_no_sweep():
    house = House()
    house.record()
    house.now = datetime(2026, 11, 25, tzinfo=UTC)
    for _ in range(60):
        house.now += timedelta(hours=9)
        sweep(house.ports, house.now)
        house.world.queues.waiting["steps"].clear()

    assert house.entry.attempts > 40
    sweep(house.ports, house.now + timedelta(hours=9))
    assert len(house.world.queues.waiting["steps"]) == 1


# Sums


def totals_are_exact(house: House) -> bool:
    every = [entry for case_id in house.ids for entry in house.ports.cases.file(case_id).duties]
    for state in CLAIM_STATES:
        of_state = [entry for entry in every if entry.state == state]
        if dict(house.ports.duties.sums(state, None)) != sums_of(of_state):
            return False
        for country in ("FR", "GB"):
            there = [entry for entry in of_state if entry.facts.country == country]
            if dict(house.ports.duties.sums(state, country)) != sums_of(there):
                return False
    return True


money = st.none() | st.builds(lambda n: Money(Decimal(n) / 100, "EUR"), st.integers(1, 99_999))
steps = st.tuples(
    st.integers(0, 2), st.sampled_from(["FR", "GB"]), st.sampled_from(["A1", "A2"]), money, money, st.booleans(),
    st.sampled_from([None, "file", "receive", "refuse", "give-up"]),
)  # fmt: skip


@given(st.lists(steps, max_size=14))
@settings(max_examples=60)
def test_whatever_is_done_the_sums_over_all_cases_are_those_of_the_entries(given_steps):
    house = House(cases=3)
    for case, country, number, duty, tax, corrects, action in given_steps:
        facts = some_facts(country=country, entry_number=number, duty=duty, tax=tax)
        try:
            row = house.record(case, corrects, facts=facts)
            if action:
                told = {
                    "file": {"on": NOW.date()}, "refuse": {"on": NOW.date(), "why": "other"},
                    "receive": {"on": NOW.date(), "reference": "P", "amount": eur("0.01"), "final": False},
                    "give-up": {"why": "recorded_by_mistake"},
                }[action]  # fmt: skip
                act_on_duty(
                    house.ports, house.ids[case], row["entry_id"], Act(action, **told), holder="x", now=house.now
                )
        except (EntryDiffers, ClaimNotAllowed, InvalidRequestError):
            continue
    assert totals_are_exact(house)


def test_a_page_goes_on_by_its_cursor_and_its_totals_are_of_all():
    house = House(cases=7)
    for n in range(7):
        house.record(n, paid_on=date(2026, 11, 1 + n))

    first = list_duties(house.ports, state="open", country=None, cursor=None, limit=5)
    rest = list_duties(house.ports, state="open", country=None, cursor=first["cursor"], limit=5)

    days = [row["claim_by"] for row in first["items"] + rest["items"]]
    assert days == sorted(days)
    assert len(days) == 7
    assert rest["cursor"] is None
    assert first["totals"] == rest["totals"]
    assert first["totals"][0]["entries"] == 7


def test_a_page_of_one_country_leaves_none_of_it_out():
    house = House(cases=9)
    for n in range(9):
        house.record(n, country="GB" if n % 3 else "FR")

    cursor, found = None, []
    while True:
        page = list_duties(house.ports, state="open", country="FR", cursor=cursor, limit=2)
        found += [row["case_id"] for row in page["items"]]
        assert len(page["items"]) <= 2
        cursor = page["cursor"]
        if cursor is None:
            break

    assert sorted(found) == ["case0001", "case0004", "case0007"]
    assert page["totals"][0]["entries"] == 3


def test_what_a_listing_reads_does_not_grow_with_what_is_stored():
    def reads(cases: int) -> int:
        table = MemoryTable()
        house = House(table, cases=cases)
        for n in range(cases):
            house.record(n)
        gate = Gate()
        ports = memory_ports(Gated(gate, "table", table)).ports
        list_duties(ports, state="open", country=None, cursor=None, limit=5)
        return len(gate.calls)

    assert reads(40) == reads(10)


def test_a_total_says_null_for_what_nobody_told():
    house = House()
    house.record(duty=None, tax=None, fees=None)

    (total,) = read_duties(house.ports, "case0001", NOW)["totals"]

    assert (total["currency"], total["paid"], total["reclaimable"]) == (None, None, None)
    assert total["unknown"] == {"duty": 1, "tax": 1, "fees": 1, "reclaimable": 1}


def test_amounts_of_two_currencies_are_never_added():
    house = House()
    house.record()
    house.record(country="GB", duty=Money(Decimal("5.00"), "GBP"), tax=None, fees=None)

    told = read_duties(house.ports, "case0001", NOW)["totals"]

    assert [(row["currency"], row["duty"]) for row in told] == [("EUR", "29.50"), ("GBP", "5.00")]


def test_a_case_in_short_needs_no_further_read():
    house = House()
    house.record()

    told = duties_in_short(house.file, {"total": None, "currency": "CNY"})

    assert told["payable"] is None
    assert (told["entries"], told["open_claims"], told["claim_by"]) == (1, 1, LAST.isoformat())
    assert told["totals"][0]["reclaimable"] == "271.40"


def test_opening_a_return_writes_nothing_of_a_ledger():
    table = MemoryTable()
    House(table)

    assert not [item for item in table.all_items() if "DUT" in item["PK"] + item["SK"]]


def test_two_who_write_at_once_are_both_kept():
    house = House()
    house.record()
    stale = house.file
    house.record(country="GB")
    change = replace(stale.case, version=stale.case.version + 1, log_n=stale.case.log_n + 1)

    with pytest.raises(StaleVersion):
        house.ports.duties.keep(change, a_log_line(change.log_n, "case0001"), [])
    assert len(house.file.duties) == 2


def test_a_step_about_an_entry_that_is_gone_is_quiet():
    house = House()
    before = house.file
    keep_claim(house.ports, {"case_id": "case0001", "entry": "0" * 16}, NOW)

    assert house.file == before
    assert not house.world.queues.waiting


def test_facts_are_read_back_as_they_were_told():
    house = House()
    facts = EntryFacts("JP", "IMP-1", date(2026, 1, 2), duty=Money(Decimal("12300"), "JPY"), used=False)
    house.record(facts=facts)

    assert house.entry.facts == facts
    assert isinstance(house.world.queues, MemoryQueues)
