"""A ring from Paris that its carrier took and does not bring: the house around its claims, with a clock set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.alerts.exceptions import OpenException
from chalicelib.clock import stamp
from chalicelib.insurance.claim_deeds import Deed
from chalicelib.insurance.claim_states import Claim
from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest
from chalicelib.shipments.events import Event
from chalicelib.shipments.fold import fold, merge
from chalicelib.workflows.keep_claims import act_on_claim, step_of
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.read_claims import read_claims
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_steps import take_step
from tests.fakes.pieces import a_scan
from tests.faults.gate import Gate
from tests.faults.stories import CLAIRE, REQUEST
from tests.faults.world import MONDAY, World, simulated

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TAKEN = datetime.fromisoformat("2026-11-24T17:00:00+00:00")


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


class ClaimHouse:
    """A booked leg. ``taken`` tells of the carrier's acceptance, ``trouble`` of what is wrong; ``until`` lets the
    schedule run and the workers finish what lies in their queues."""

    def __init__(
        self, carrier: str = "dhl", request: ReturnRequest = REQUEST, gate: Gate | None = None, **changed: Any
    ) -> None:
        self.world = World(gate or Gate(), carrier=simulated(carrier), **changed)
        self.ports = self.world.ports
        asked = replace(request, carrier=carrier)
        open_return(
            self.ports, asked, CLAIRE, holder="desk", idempotency_key="k", body_digest="d", dry_run=False, now=MONDAY
        )
        self.world.pump()

    @property
    def file(self) -> Any:
        return self.ports.cases.file("case0001")

    @property
    def leg(self) -> Any:
        return self.file.legs[0]

    @property
    def now(self) -> datetime:
        return self.world.now

    def claim(self, party: str = "carrier") -> Claim:
        found: Claim = next(one for one in self.file.claims if one.party == party)
        return found

    def row(self, party: str = "carrier") -> Mapping[str, Any]:
        told = read_claims(self.ports, "case0001", self.now)
        return next(row for row in told["items"] if row["party"] == party)

    def scanned(self, *events: Event) -> None:
        """What the carrier has said by now, put where its worker puts it."""
        (track,) = self.ports.tracks.file(self.leg.carrier, self.leg.number).tracks
        known = merge(track.events, events)
        self.ports.tracks.save(
            replace(track, events=known, state=fold(known, track.facts), version=track.version + 1, due_at=None)
        )

    def taken(self, at: datetime = TAKEN) -> None:
        self.scanned(a_scan(0, milestone="picked_up", at=at, at_local=at.isoformat(), source=self.leg.carrier))

    def trouble(self, kind: str = "possible_loss", episode: str = "t1", action: str = "open", **more: Any) -> None:
        """Something is wrong with the leg, or is not any more (``action`` close)."""
        about = {"subject_kind": "case", "subject": "case0001", "leg": 1, "carrier": self.world.carrier.name}
        told = about | {"kind": kind, "episode": episode, "action": action, "since": stamp(self.now)} | more
        self.world.ask(lambda: self.ports.queues.send("alerts", [told]))
        self.world.pump()

    def act(self, action: str, party: str = "carrier", **particulars: Any) -> bool:
        deed = Deed(action, **particulars)  # type: ignore[arg-type]
        done = act_on_claim(
            self.ports, "case0001", 1, party, deed, holder="boss@desk", now=self.now,  # type: ignore[arg-type]
        )  # fmt: skip
        self.world.pump()
        return done

    def filed(self, party: str = "carrier", **more: Any) -> bool:
        particulars: dict[str, Any] = {"on": self.now.date(), "protective": False} | more
        return self.act("file", party, **particulars)

    def look(self) -> None:
        take_step(self.ports, step_of("case0001", 1), self.now)
        self.world.pump()

    def until(self, day: str, every: timedelta = timedelta(hours=6)) -> None:
        """Let the schedule run so often, the last time on this day."""
        end = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        while self.now < end:
            self.world.now = min(self.world.now + every, end)
            sweep(self.ports, self.now)
            self.world.pump()
            sweep(self.ports, self.now)
            self.world.pump()

    def told(self) -> list[tuple[str, str, str]]:
        """Each reminder: its name without the claim, how grave it is, how it stands."""
        found = sorted(self.reminders, key=lambda one: (one.opened_at, one.episode))
        return [(one.episode.removeprefix("claim-1-"), one.severity, one.status) for one in found]

    @property
    def reminders(self) -> list[OpenException]:
        return [one for one in self.file.exceptions if one.kind.startswith("claim_")]
