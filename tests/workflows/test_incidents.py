"""A carrier or a lane that fails for many is one incident: counted once each, told in steps, over by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.alerts.incidents import KEPT, Counted, Member, rules
from chalicelib.money import Money
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.fakes.memory_ports import memory_ports
from tests.fakes.pieces import NOW, a_case, an_opening
from tests.faults.gate import CALLS, Crash, Fault, Gate, Gated
from tests.metering.sizes import item_size

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SILENT = rules(NOW.date()).groups["silence"]


class Carrier:
    """Many parcels with one carrier, each a case of its own."""

    def __init__(self, gate: Gate | None = None) -> None:
        self.world = memory_ports()
        self.ports = self.world.ports
        self.gate = gate or Gate()
        self.now, self.cases = NOW, 0

    def trouble(self, kind="silence", action="open", n=None, carrier="fedex", **said):
        """The next parcel has this trouble, or the one that is named."""
        n = self._opened() if n is None else n
        message = {
            "action": action, "subject_kind": "case", "subject": case_id(n), "leg": 1, "carrier": carrier,
            "kind": kind, "episode": f"{kind}-{n:016x}", "since": "2026-11-22T08:00:00Z",
            "money_at_risk": {"amount": "1180.00", "currency": "EUR"}, **said,
        }  # fmt: skip
        take_alert(self.ports, message, self.now)
        self.now += MINUTE
        return n

    def many(self, count, **said):
        return [self.trouble(**said) for _ in range(count)]

    def sweep(self, later=timedelta()):
        self.now += later
        sweep(self.ports, self.now)
        self.world.queues.deliver("alerts", lambda message: take_alert(self.ports, message, self.now))

    def of(self, n, kind="silence"):
        (found,) = [one for one in self.ports.exceptions.of_case(case_id(n)) if one.kind == kind]
        return found

    @property
    def incidents(self):
        found = self.ports.exceptions.listed(None, None, 100).exceptions
        return [one for one in found if one.kind.endswith("_incident")]

    def _opened(self):
        n, self.cases = self.cases, self.cases + 1
        opening = an_opening(case_id(n), case=a_case(case_id(n), stage="in_transit"))
        self.ports.cases.open(opening)
        return n


def case_id(n):
    return f"01C{n:023d}"


def test_fewer_than_the_number_are_each_their_own():
    carrier = Carrier()
    carrier.many(SILENT.count - 1)
    assert carrier.incidents == []
    assert carrier.of(0).incident_id is None


def test_the_one_that_makes_the_number_full_opens_one_incident_and_the_next_join_it():
    carrier = Carrier()
    *_, last = carrier.many(SILENT.count + 5)
    (incident,) = carrier.incidents
    assert (incident.subject_kind, incident.subject, incident.reason) == ("carrier", "fedex", "silence")
    assert (incident.members, incident.severity) == (SILENT.count, "high")
    assert carrier.of(last).incident_id == carrier.of(SILENT.count - 1).incident_id == incident.exception_id


def test_those_that_made_it_are_given_its_id_when_it_is_first_looked_at_and_nobody_is_told_of_that():
    carrier = Carrier()
    carrier.many(SILENT.count)
    told = deliveries(carrier)
    carrier.sweep(6 * MINUTE)
    (incident,) = carrier.incidents
    assert {carrier.of(n).incident_id for n in range(SILENT.count)} == {incident.exception_id}
    assert [note.action for note in carrier.of(0).history] == ["opened", "joined"]
    assert deliveries(carrier) == told


def deliveries(carrier):
    return sum(item["SK"].startswith("DELIVERY#shop-system#") for item in carrier.world.table.all_items())


def test_those_of_long_ago_do_not_count():
    carrier = Carrier()
    carrier.many(SILENT.count - 1)
    carrier.now += SILENT.within
    carrier.trouble()
    assert carrier.incidents == []


def test_carriers_and_kinds_are_counted_apart():
    carrier = Carrier()
    carrier.many(6, carrier="fedex")
    carrier.many(6, carrier="dhl")
    carrier.many(6, kind="no_first_scan")
    assert carrier.incidents == []


def test_a_lane_of_a_carrier_is_an_incident_of_its_own():
    carrier = Carrier()
    carrier.many(8, kind="customs_hold")
    (incident,) = carrier.incidents
    assert (incident.subject_kind, incident.subject, incident.kind) == ("lane", "fedex/FR-CN", "lane_incident")
    assert carrier.ports.exceptions.read(incident.exception_id) == incident


def test_one_that_is_told_again_is_counted_once():
    carrier = Carrier()
    for _ in range(3 * SILENT.count):
        carrier.trouble(n=carrier.trouble() if carrier.cases == 0 else 0)
    assert carrier.incidents == []
    assert carrier.ports.exceptions.tally(Counted("silence", "fedex")).count == 1


def test_the_number_is_told_in_steps_and_not_for_each():
    carrier = Carrier()
    carrier.many(120)
    (incident,) = carrier.incidents
    assert [note.action for note in incident.history] == ["opened", "updated", "updated", "updated"]
    assert [note.note.split()[0] for note in incident.history] == ["10", "20", "50", "100"]


def test_it_is_over_when_none_of_the_last_is_open_any_more_and_a_new_one_begins_anew():
    carrier = Carrier()
    members = carrier.many(SILENT.count + KEPT)
    carrier.sweep(6 * MINUTE)
    for n in members:
        carrier.trouble(action="close", n=n)
    carrier.sweep(2 * HOUR)
    assert carrier.incidents == []
    assert carrier.of(carrier.trouble()).incident_id is None
    assert carrier.ports.exceptions.tally(Counted("silence", "fedex")).count == 1


def test_it_is_over_when_nothing_new_came_for_a_while():
    carrier = Carrier()
    carrier.many(SILENT.count)
    (incident,) = carrier.incidents
    carrier.sweep(6 * MINUTE)
    carrier.sweep(2 * HOUR)
    assert carrier.incidents[0].status == "open"
    carrier.sweep(11 * HOUR)
    over = carrier.ports.exceptions.read(incident.exception_id)
    assert (over.status, over.resolved_by) == ("resolved", "goldthread")
    assert over.history[-1].note == "nothing new for 12 hours; 10 in all"
    assert over.due_at is None


def test_that_it_is_over_is_told_by_the_message_come_again_when_its_worker_died_before():
    carrier = Carrier()
    for n in carrier.many(SILENT.count):
        carrier.trouble(action="close", n=n)
    wake = {"action": "wake", "exception_id": carrier.incidents[0].exception_id}
    alive, written = carrier.ports, deliveries(carrier)
    carrier.ports = replace(alive, deliveries=DiesAtOnce())
    with pytest.raises(Crash):
        take_alert(carrier.ports, wake, carrier.now)
    assert alive.exceptions.read(wake["exception_id"]).status == "resolved"
    take_alert(alive, wake, carrier.now + 3 * MINUTE)
    assert deliveries(carrier) == written + 1


class DiesAtOnce:
    """A worker that dies before it has told anybody."""

    def put_new(self, _delivery):
        raise Crash("died")


def test_while_it_lasts_it_is_looked_at_again_and_again():
    carrier = Carrier()
    carrier.many(SILENT.count)
    carrier.sweep(6 * MINUTE)
    for _ in range(5):
        carrier.sweep(HOUR)
        assert carrier.incidents[0].due_at == carrier.now + HOUR


def test_who_closes_an_incident_by_hand_lets_the_next_ones_be_counted_anew():
    carrier = Carrier()
    carrier.many(SILENT.count)
    (incident,) = carrier.incidents
    verdict = Verdict("resolve", "anna", note="the carrier has told us")
    act_on_exception(carrier.ports, incident.exception_id, verdict, carrier.now)
    assert carrier.of(carrier.trouble()).incident_id is None
    carrier.many(SILENT.count - 1)
    assert len(carrier.incidents) == 1
    assert carrier.incidents[0].exception_id != incident.exception_id


def test_an_incident_that_is_acknowledged_is_looked_at_all_the_same():
    carrier = Carrier()
    carrier.many(SILENT.count)
    act_on_exception(carrier.ports, carrier.incidents[0].exception_id, Verdict("acknowledge", "anna"), carrier.now)
    assert carrier.incidents[0].due_at is not None


def test_a_trouble_without_a_leg_or_of_another_kind_is_not_counted():
    carrier = Carrier()
    carrier.many(30, leg=None)
    carrier.many(30, kind="papers_stuck")
    carrier.many(30, carrier=None)
    assert carrier.incidents == []


@pytest.mark.parametrize("kind", ["crash_before", "crash_after"])
def test_a_worker_that_dies_anywhere_and_is_told_again_leaves_the_same(kind):
    plain = Carrier()
    plain.many(SILENT.count + 1)
    at = 0
    while True:
        carrier = Carrier()
        carrier.many(SILENT.count - 1)
        n = carrier._opened()
        gate = Gate(Fault(kind, at))
        whole, carrier.ports = carrier.ports, gated(carrier, gate)
        died = False
        try:
            carrier.trouble(n=n)
        except Crash:
            died = True
        carrier.ports = whole
        carrier.trouble(n=n)
        carrier.trouble()
        (incident,) = carrier.incidents
        assert len(carrier.ports.exceptions.tally(Counted("silence", "fedex")).members) == SILENT.count + 1
        assert carrier.ports.exceptions.tally(Counted("silence", "fedex")).count == SILENT.count + 1
        assert carrier.of(n).incident_id == incident.exception_id
        assert deliveries(carrier) == deliveries(plain)
        if not died:
            break
        at += 1
    assert at > 6


def gated(carrier, gate):
    """The same world, with every call of its table counted by the gate."""
    table = Gated(gate, "table", carrier.world.table)
    assert "get" in CALLS["table"]
    return replace(memory_ports(table, mark=iter_marks()).ports, queues=carrier.world.queues)


def iter_marks():
    numbers = iter(range(10_000, 10_000_000))
    return lambda: f"g{next(numbers)}"


def test_many_workers_at_once_count_each_once_and_open_one_incident():
    carrier = Carrier()
    cases = [carrier._opened() for _ in range(40)]

    def one(n):
        for _ in range(20):
            try:
                carrier.trouble(n=n)
            except Exception as lost:  # noqa: BLE001  a lost race is told again, as a queue does
                last = lost
            else:
                return
        raise last

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, cases))
    assert len(carrier.incidents) == 1
    assert carrier.ports.exceptions.tally(Counted("silence", "fedex")).count == 40


def test_a_full_tally_is_one_small_write():
    carrier = Carrier()
    carrier.many(3 * KEPT)
    (tally,) = [item for item in carrier.world.table.all_items() if item["SK"].startswith("TALLY#")]
    assert len(tally["members"]) == KEPT
    assert item_size(tally) <= 1024


def test_a_groupable_exception_costs_one_write_more():
    carrier = Carrier()
    carrier.many(3)
    first, second = carrier._opened(), carrier._opened()
    begun = carrier.world.table.writes
    carrier.trouble(n=first)
    between = carrier.world.table.writes
    carrier.trouble(n=second, leg=None)
    assert (between - begun) - (carrier.world.table.writes - between) == 1


def test_a_tally_says_again_what_it_was_told():
    of = Counted("silence", "fedex", "FR-CN")
    carrier = Carrier()
    tally = carrier.ports.exceptions.tally(of)
    for episode in ("silence-ab12", "silence", "opening"):
        tally = tally.plus(Member("c-1", episode, NOW), SILENT)
        assert carrier.ports.exceptions.save_tally(tally)
    assert carrier.ports.exceptions.tally(of) == tally
    assert not carrier.ports.exceptions.save_tally(tally)


def test_what_an_incident_is_worth_is_not_guessed():
    carrier = Carrier()
    carrier.many(SILENT.count)
    assert carrier.incidents[0].money_at_risk is None
    assert carrier.of(0).money_at_risk == Money(Decimal("1180.00"), "EUR")
