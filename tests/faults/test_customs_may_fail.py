"""Every call of the customs stories x every kind of fault: proof given before and after a waybill was bought, papers
made again, a claim on duty from its entry to its money, a claim that lapses, the day's rates read.

Each run ends where the undisturbed one does: the papers of the facts as they stand and no others, each reminder told
once and none left open, every sum that of its entries, every published sheet kept and every person told who must be.
What was tried is listed in the test ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.customs.claim_acts import Act
from chalicelib.customs.ledger import entry_id_of
from chalicelib.customs.rate_sheets import PUBLISHERS
from chalicelib.errors import CarrierUnavailable, ReturnsError, UnavailableError
from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.keep_ledger import act_on_duty, record_duty
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.ports import HttpResponse
from chalicelib.workflows.prove_export import prove_export
from chalicelib.workflows.read_ledger import list_duties, read_duties
from chalicelib.workflows.refresh_rates import refresh
from infra.local.published_rates import answered
from tests.fakes.entries import some_facts
from tests.faults.endings import every_fault
from tests.faults.gate import Crash, Fault, Gate, Gated, spread
from tests.faults.stories import CLAIRE, REQUEST
from tests.faults.world import MONDAY, World

PROOF = REQUEST.original_export
WITHOUT = replace(REQUEST, original_export=replace(PROOF, reference=None))
SENT = date(2026, 11, 20)
STATES = ("open", "filed", "received", "refused", "lapsed", "given_up", "not_reclaimable")


@dataclass(frozen=True)
class Ending:
    """Where a run ended, without its clock."""

    stage: str
    bookings: tuple[tuple[str, str, bool], ...]
    declared: ExportLink
    papers: tuple[tuple[str, str, str | None], ...]
    waybills: int
    troubles: Counter[tuple[str, str | None, str]]
    log: Counter[str]
    entries: tuple[Any, ...]
    sums: tuple[Any, ...]
    rates: tuple[Any, ...]


@dataclass(frozen=True)
class Story:
    """What happens; ``before`` in peace. ``papers`` of a run may name another day, but not other facts."""

    script: Callable[[World], None]
    before: Callable[[World], None]

    def run(self, fault: Fault | None = None) -> tuple[Gate, Ending, tuple[str, ...]]:
        """One run with its one fault: the gate, where it ended, and the calls it made."""
        world = World(Gate())
        self.before(world)
        world.gate.calls.clear()
        world.gate.fault = fault
        self.script(world)
        calls = tuple(world.gate.calls)
        world.gate.fault = None
        return world.gate, ending(world), calls


def ending(world: World) -> Ending:
    file = world.ports.cases.file(world.case_id)
    leg = file.legs[0]
    shown = [world.table.get(f"RATE#{name}", "NEWEST") for name in PUBLISHERS]
    return Ending(
        stage=file.case.stage,
        bookings=tuple(sorted((one.name, one.status, one.due_at is None) for one in file.bookings)),
        declared=leg.original_export,
        papers=tuple((one.name, one.status, one.sha256) for papers in file.papers for one in papers.papers),
        waybills=len(world.carrier.memory.shipments),
        troubles=Counter((one.kind, one.reason, one.status) for one in (*file.exceptions, *_of_rules(world))),
        log=Counter(entry.what for entry in file.log),
        entries=tuple(_timeless(row) for row in read_duties(world.ports, world.case_id, world.now)["items"]),
        sums=tuple(
            (state, str(list_duties(world.ports, state=state, country=None, cursor=None, limit=10)["totals"]))
            for state in STATES
        ),
        rates=tuple((one["publisher"], one["on"], one["digest"]) for one in shown if one),
    )


def _of_rules(world: World) -> list[Any]:
    return [one for one in world.ports.exceptions.listed(None, None, 100).exceptions if one.subject_kind == "rule"]


def _timeless(row: dict[str, Any]) -> str:
    history = [(line["what"], line["state"], line["facts"], line["was"]) for line in row["history"]]
    return str({**row, "history": history, "changed_at": None})


def opened(request: ReturnRequest) -> Callable[[World], None]:
    def tell(world: World) -> None:
        told = open_return(
            world.ports, request, CLAIRE, holder="desk", idempotency_key="key-1", body_digest="digest", dry_run=False,
            now=world.now,
        )  # fmt: skip
        world.case_id = told.body["case_id"]

    return tell


def bought(world: World) -> None:
    opened(REQUEST)(world)
    world.pump()


def prove(world: World, **facts: Any) -> None:
    given = ExportLink(**facts)
    world.tell(lambda: prove_export(world.ports, world.case_id, given, holder="customs desk", now=world.now))
    world.pump()


def _rest(world: World) -> None:
    for hours in (1, 3, 8):
        world.sweep_at(world.now + timedelta(hours=hours))


def proven(world: World) -> None:
    """The number that was missing lets the return go on, to its waybill and its papers."""
    prove(world, reference=PROOF.reference)
    _rest(world)


def corrected_before(world: World) -> None:
    """Another invoice before the waybill is bought: it is the one that is declared and printed."""
    given = ExportLink(invoice_number="INV-2002")
    world.tell(lambda: prove_export(world.ports, world.case_id, given, holder="customs desk", now=world.now))
    world.pump()
    _rest(world)


def papers_anew(world: World) -> None:
    """A fact that nobody knew when the waybill was bought: the papers are made again, and no waybill is."""
    prove(world, vat_refunded=False)
    _rest(world)


def claimed(world: World) -> None:
    """Recorded, corrected, reminded of, filed, paid in two parts."""
    facts = some_facts(paid_on=date(2026, 11, 10), left_on=SENT)
    _record(world, facts, corrects=False)
    _record(world, replace(facts, fees=Money(Decimal("16.00"), "EUR")), corrects=True)
    _sweep_days(world, date(2027, 1, 20))
    _act(world, Act("file", on=world.now.date(), reference="C-1", way="EU-DA-148-3"))
    _sweep_days(world, world.now.date() + timedelta(days=2))
    first = Money(Decimal("100.00"), "EUR")
    _act(world, Act("receive", on=world.now.date(), reference="P-1", amount=first, final=False))
    _act(world, Act("receive", on=world.now.date(), reference="P-2", amount=first))
    _sweep_days(world, date(2027, 3, 1))


def lapsed(world: World) -> None:
    """Recorded and forgotten: every reminder is told once, and then that it is over."""
    _record(world, some_facts(left_on=SENT), corrects=False)
    _sweep_days(world, date(2027, 3, 1))


def _record(world: World, facts: Any, *, corrects: bool) -> None:
    why = "typed_wrong" if corrects else None
    world.ask(
        lambda: record_duty(
            world.ports, world.case_id, facts, corrects=corrects, why=why, holder="clerk", now=world.now
        )
    )
    world.pump()


def _act(world: World, act: Act) -> None:
    entry = entry_id_of("FR", "26FR0001")
    world.ask(lambda: act_on_duty(world.ports, world.case_id, entry, act, holder="boss", now=world.now))
    world.pump()


def _sweep_days(world: World, day: date) -> None:
    while world.now.date() < day:
        world.sweep_at(world.now + timedelta(days=4))


def rates_read(world: World) -> None:
    """Four refreshes, six hours apart. One that dies is made up for by the next."""
    for hours in (6, 12, 18, 24):
        world.now = MONDAY + timedelta(hours=hours)
        try:
            refresh(with_publishers(world), world.now)
        except (Crash, ReturnsError):
            world.now += timedelta(minutes=1)
        world.pump()


def with_publishers(world: World) -> Any:
    """The ports with the publishers' wire; one that does not answer is away, as the wire says it."""

    def published(host: str, request: Any) -> HttpResponse:
        return HttpResponse(*answered(f"/{host}{request.path}", world.now.date()))

    gated = Gated(world.gate, "publishers", SimpleNamespace(call=published))

    def call(host: str, request: Any) -> HttpResponse:
        try:
            return gated.call(host, request)
        except UnavailableError:
            raise CarrierUnavailable("no answer") from None

    return replace(world.ports, link=SimpleNamespace(call=call))


STORIES = {
    "proven": Story(proven, opened(WITHOUT)),
    "corrected_before": Story(corrected_before, opened(REQUEST)),
    "papers_anew": Story(papers_anew, bought),
    "claimed": Story(claimed, opened(WITHOUT)),
    "lapsed": Story(lapsed, opened(WITHOUT)),
    "rates": Story(rates_read, opened(WITHOUT)),
}


@cache
def undisturbed(name: str) -> tuple[Ending, tuple[str, ...]]:
    _, ended, calls = STORIES[name].run()
    return ended, calls


# Of a long story the suite tries every kind of fault of each kind of call, and one in turn at every twelfth call; with
# ``FAULTS=all`` in the environment all of them.
LONG = 30
EVERY = 12


def tried(name: str, calls: tuple[str, ...]) -> list[Any]:
    """What is tried of a story."""
    faults = spread(calls, EVERY) if len(calls) > LONG else every_fault(calls)
    return [
        pytest.param(name, one, id=f"{name}-{one.kind}-{one.at:03d}-{calls[one.at].replace(' ', '_')}")
        for one in faults
    ]


TRIED = [one for name in STORIES for one in tried(name, undisturbed(name)[1])]
ASKED_OF = {"waybill": "waybill_unknown", "pickup": "pickup_unknown"}


@pytest.mark.parametrize(("name", "fault"), TRIED)
def test_one_call_goes_wrong_and_the_run_ends_as_if_nothing_had_been(name, fault):
    gate, ended, _ = STORIES[name].run(fault)
    wanted = undisturbed(name)[0]
    assert gate.struck
    assert_as_told(ended, wanted)


def assert_as_told(ended: Ending, wanted: Ending) -> None:
    """The undisturbed end; or a call to the carrier that is visibly unknown, or a label that is lost, with a person
    told of it: even then the declared facts are those of the case, and no waybill is bought twice."""
    told = {kind for kind, _, status in ended.troubles if status == "open"}
    unknown = {name.partition("-")[0] for name, status, _ in ended.bookings if status == "unknown"}
    assert ended.waybills <= wanted.waybills
    assert {ASKED_OF[kind] for kind in unknown} <= told
    if not unknown and "label_lost" not in told:
        assert ended == wanted
        return
    same = ("declared", "entries", "sums", "rates") if unknown else ("declared", "entries", "sums", "rates", "papers")
    assert [getattr(ended, one) for one in same] == [getattr(wanted, one) for one in same]


def test_the_undisturbed_stories_end_as_they_should():
    ends = {name: undisturbed(name)[0] for name in STORIES}
    assert [ends[name].stage for name in ("proven", "corrected_before", "papers_anew")] == ["booked"] * 3
    assert ends["corrected_before"].declared.invoice_number == "INV-2002"
    assert ends["papers_anew"].papers != undisturbed("corrected_before")[0].papers
    assert [status for _, status, _ in ends["papers_anew"].papers] == ["ready", "ready"]
    rungs = {name: {reason for kind, reason, _ in ends[name].troubles if kind == "duty_claim_due"} for name in ends}
    assert rungs["claimed"] == {"in_90_days", "in_30_days"}
    assert rungs["lapsed"] == {"in_90_days", "in_30_days", "in_7_days", "lapsed"}
    assert [publisher for publisher, _, _ in ends["rates"].rates] == list(PUBLISHERS)
