"""A desk at which a ring has come home, was taken in and looked at: what goes out again is planned from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.money import Money
from chalicelib.returns.custody import Receipt
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.repair import CustomsChoice, Operation, Quote, QuoteLine, RepairOrder
from chalicelib.returns.settlement import Settlement, SettlementLine
from chalicelib.returns.stages import Stage
from chalicelib.returns.way_out import OutFacts, WayOut
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.send_out import plan_way_out, take_send_out
from infra.local.carrier_simulator import Scan
from tests.faults.stories import HOME_WAY, travel
from tests.faults.world import MONDAY
from tests.workflows.couriers import CourierDesk

# How a settlement of this kind binds its piece; the others replace it.
BINDS_AS = {"refusal": "sent_back", "exchange": "price"}
RECEIVED = MONDAY + timedelta(hours=80)
LATER = MONDAY + timedelta(days=10)
PROVEN = OutFacts(export_reference="26FR0001", vat_refunded=False)
OUT_WAY = (
    ("picked_up", "SHENZHEN", "CN", 2), ("departed", "GUANGZHOU", "CN", 8), ("landed", "ROISSY", "FR", 30),
    ("released", "ROISSY", "FR", 34), ("on_the_van", "PARIS", "FR", 52), ("delivered", "PARIS", "FR", 56),
)  # fmt: skip


class OutDesk(CourierDesk):
    """The ring is ours to send out."""

    def home(self, stage: Stage = "inspected") -> OutDesk:
        """The ring came by carrier, was received and looked at: it is as it was sold."""
        self.booked()
        travel(self.world, self.file.legs[0].number, HOME_WAY)
        found = PieceFound(1, 1, 1, "as_sold", expected_net_g=Decimal("5.20"), accepted_net_g=Decimal("5.20"))
        inspection = Inspection("case0001", 1, 1, RECEIVED, "li", None, "accepted", (found,))
        self.put(stage, receipt(1), inspection)
        self.world.now = LATER
        return self

    def put(self, stage: Stage, *parts: Any) -> None:
        """Write parts beside the case, as their own stories would."""

        def decide(file: Any) -> Amendment | None:
            if done:
                return None
            done.append(True)
            return Amendment(replace(file.case, stage=stage), "told", parts=parts)

        done: list[bool] = []
        amend_file(self.ports, "case0001", self.world.now, decide)

    def settled(self, kind: str = "refusal", n: int = 1, *, stage: Stage = "settling", **said: Any) -> OutDesk:
        """A settlement of this kind was approved."""
        nothing = Money(Decimal(0), "EUR")
        sends = "refused" if kind == "refusal" else "replacement"
        line = SettlementLine(BINDS_AS.get(kind, "replaced"), nothing, "settlement", "the request itself", 1, 1)
        told: dict[str, Any] = {"state": "done", "lines": (line,), "sends": sends, "pays": "nothing"} | said
        given = Settlement(
            case_id="case0001", n=n, kind=kind, total=nothing, reason="worn", proposed_by="anna",  # type: ignore[arg-type]
            proposed_role="lead", proposed_at=LATER, **told,
        )  # fmt: skip
        self.put(stage, given)
        return self

    def repaired(
        self, *, paid: str | None = None, under_warranty: bool = False, duty: str | None = None, **chosen: Any
    ) -> OutDesk:
        """The ring was made one size larger: 0.30 g of gold went in."""
        customs = CustomsChoice(export_reference="26FR0001", authorisation="FR-OP-1", **chosen)
        order = RepairOrder(
            "case0001", 1, "SZX-1", "done", (Operation("resize", 1, {"sizes": "1"}),), LATER, "li",
            under_warranty=under_warranty, metal_added_g=Decimal("0.30"), gross_after_g=Decimal("5.60"), tested_ok=True,
            finished_at=LATER, customs=customs, consent="1-1" if paid else None,
        )  # fmt: skip
        parts: tuple[Any, ...] = (order,)
        if paid:
            lines: tuple[QuoteLine, ...] = (QuoteLine("work.resize", Money(Decimal(paid), "EUR"), line=1),)
            if duty:
                lines += (QuoteLine("duty_back", Money(Decimal(duty), "EUR"), line=1, paid_to="customs"),)
            total = Money(Decimal(paid) + Decimal(duty or 0), "EUR")
            parts += (Quote("case0001", 1, 1, "approved", lines, total, LATER, "li", LATER + timedelta(days=14)),)
        self.put("in_repair", *parts)
        return self

    def ask_out(self, cause: str, now: datetime = LATER, **by: int) -> None:
        """What a repair or a settlement asks of the steps worker."""
        message = {"kind": "send_out", "case_id": "case0001", "leg": "-", "cause": cause, **by}
        self.world.now = now
        take_send_out(self.ports, message, now)

    def plan(self, cause: str, now: datetime = LATER, **said: Any) -> int:
        """What a person asks for."""
        wish: dict[str, Any] = {"by": "anna"} | said
        return plan_way_out(self.ports, "case0001", OutWish(cause, **wish), now)  # type: ignore[arg-type]

    @property
    def lead(self) -> dict[str, Any]:
        """Somebody else than who proposed the settlement, who may approve."""
        return {"by": "max", "role": "manager", "may_approve": True}

    def way(self, n: int = 2) -> WayOut:
        found: WayOut = next(one for one in self.file.parts.of(WayOut) if one.leg_n == n)
        return found

    def leg(self, n: int = 2) -> Any:
        return next((one for one in self.file.legs if one.n == n), None)

    def waybill(self, n: int = 2) -> Any:
        return next((one for one in self.file.bookings if (one.kind, one.leg_n) == ("waybill", n)), None)

    def goes(self, *stops: tuple[str, str, str, int], since: datetime = LATER, n: int = 2) -> None:
        """The parcel of this leg is scanned, in the simulators' words or the carrier's codes, and every scan pushed."""
        number, carrier = self.leg(n).number, self.world.carrier
        for word, city, country, hours in stops or OUT_WAY:
            at = since + timedelta(hours=hours)
            self.world.now = max(self.world.now, at)
            said = carrier.spoken(word, city, country, at) if word.islower() else Scan("", word, "", city, country)
            carrier.scan(
                number, said.code, city, country, at, description=said.description,
                exception_code=said.exception_code, exception_description=said.exception_description,
            )  # fmt: skip
            self.world.push(number)
            self.world.pump()

    @property
    def case(self) -> Mapping[str, Any]:
        return read_case(self.ports, "case0001", now=self.world.now)


def receipt(leg_n: int) -> Receipt:
    """A parcel as our place took it in."""
    return Receipt("case0001", leg_n, "SZX-1", RECEIVED, "li", Decimal("430"), "S-1", None, "none_used")
