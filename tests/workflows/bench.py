"""A bench over memory: one ring that is here and was looked at, and a repair of it, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.customs.rate_sheets import Sheet
from chalicelib.money import Money
from chalicelib.returns.case import Item
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.repair import CustomsChoice, Operation, Quote, RepairOrder
from chalicelib.returns.repair_deeds import RepairDeed, RepairWish
from chalicelib.returns.stages import Stage
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.case_parts import look_at_part
from chalicelib.workflows.keep_quote import Offered, answer_quote, offer_quote
from chalicelib.workflows.keep_repair import act_on_repair, order_repair
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.raise_alert import take_alert
from tests.fakes.memory_ports import memory_ports
from tests.faults.stories import CLAIRE, REQUEST, RING

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# Check case 11 of the reference: 18K, 3.0 x 1.8 mm, two US sizes up, 4.20 g before.
THE_RING = replace(RING, gross_weight_g=Decimal("4.20"), net_weight_g=Decimal("4.10"))
UP_TWO = Operation("resize", 1, {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"})
PHOTOS = ("E1", "E2", "E3", "E4")


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


class Bench:
    """A case whose ring lies on our bench (``stage``), with four photos that were kept."""

    def __init__(
        self,
        kind: str = "repair",
        reason: str = "repair",
        stage: Stage = "inspected",
        item: Item = THE_RING,
        **more: Any,
    ) -> None:
        self.world = memory_ports()
        self.ports = self.world.ports
        self.fix(MONDAY.date() - 3 * DAY, "2000.00")
        request = replace(REQUEST, kind=kind, reason=reason, items=(item,), pickup=None, **more)
        opened = open_return(
            self.ports, request, CLAIRE, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
        )
        self.case_id = opened.body["case_id"]
        self.put(stage, *(self.photo(name) for name in PHOTOS))

    def fix(self, on: date, euros_an_ounce: str) -> None:
        """The fixing of a day, in euros."""
        self.ports.rates.keep(Sheet("gold", on, {"EUR": Decimal(euros_an_ounce)}), None)

    def fix_every_day(self, days: int = 45) -> None:
        """The same fixing on every day that comes."""
        for on in range(days):
            self.fix((MONDAY + on * DAY).date(), "2000.00")

    def photo(self, name: str, kind: str = "photo_item", state: str = "kept") -> Evidence:
        return Evidence(
            self.case_id, name, kind, "image/jpeg", 9, state, "desk", MONDAY, MONDAY + DAY  # type: ignore[arg-type]
        )  # fmt: skip

    def put(self, stage: Stage, *parts: Any) -> None:
        amend(
            self.ports, self.case_id, MONDAY,
            lambda case: Amendment(replace(case, stage=stage), "set_by_the_test", parts=parts),
        )  # fmt: skip

    def order(self, *operations: Operation, now: datetime = MONDAY, **wish: Any) -> tuple[bool, int]:
        asked = RepairWish(operations or (UP_TWO,), **wish)
        return order_repair(self.ports, self.case_id, asked, holder="desk", now=now)

    def act(self, step: str, n: int = 1, *, by: str = "bench", now: datetime = MONDAY, **deed: Any) -> None:
        act_on_repair(
            self.ports, self.case_id, n, RepairDeed(step, **deed), holder=by, now=now  # type: ignore[arg-type]
        )  # fmt: skip

    def take_in(self, gross_g: str = "4.20", stones: int | None = 1, photos: tuple[str, ...] = PHOTOS) -> None:
        self.act("take_in", gross_g=Decimal(gross_g), scale_id="S-1", stones=stones, evidence_ids=photos)

    def offer(self, now: datetime = MONDAY, *, dry_run: bool = False, n: int = 1, **given: Money) -> Offered:
        named = {name.replace("__", "."): amount for name, amount in given.items()}
        return offer_quote(self.ports, self.case_id, n, named, dry_run=dry_run, holder="desk", now=now)

    def answer(self, quote_id: str = "1-1", *, approve: bool = True, now: datetime = MONDAY) -> Quote:
        return answer_quote(self.ports, self.case_id, quote_id, approve=approve, by="customer", now=now)

    def agreed(self) -> None:
        """Ordered, taken in, quoted and agreed on."""
        self.order()
        self.take_in()
        self.offer()
        self.answer()

    def tested(self, gross_g: str = "4.63", now: datetime = MONDAY) -> None:
        self.act("start", now=now)
        self.act("metal", added_g=Decimal("0.43"), removed_g=Decimal(0), now=now)
        self.act("test", gross_g=Decimal(gross_g), scale_id="S-1", now=now)

    def look(self, kind: str, part_id: str, now: datetime) -> None:
        look_at_part(self.ports, {"case_id": self.case_id, "part": kind, "part_id": part_id}, now)

    def look_when_due(self, now: datetime) -> None:
        """Every part of the repair that is due by now is looked at; whatever that makes due is looked at too."""
        for _ in range(6):
            due = [
                part
                for kind in (Quote, RepairOrder)
                for part in self.file.parts.of(kind)
                if part.due_at is not None and part.due_at <= now
            ]
            for part in due:
                self.look(part.KIND, part.part_id, now)
            if not due:
                return

    def alerts(self, now: datetime = MONDAY) -> None:
        """What waits for the alerts worker becomes exceptions."""
        self.world.queues.deliver("alerts", lambda message: take_alert(self.ports, message, now))

    @property
    def file(self) -> Any:
        return self.ports.cases.file(self.case_id)

    @property
    def repair(self) -> RepairOrder:
        return self.file.parts.of(RepairOrder)[-1]

    @property
    def quotes(self) -> list[Quote]:
        return sorted(self.file.parts.of(Quote), key=lambda one: one.version)

    @property
    def sent_out(self) -> list[tuple[str, int]]:
        """What the way out was asked for: cause and repair."""
        sent = self.world.queues.sent.get("steps", [])
        return [(one["cause"], one["repair"]) for one in sent if one["kind"] == "send_out"]

    def open_kinds(self) -> list[str]:
        return sorted(
            one.kind for one in self.file.exceptions if one.status != "resolved" and one.kind != "decision_wanted"
        )


__all__ = ["DAY", "MONDAY", "PHOTOS", "THE_RING", "UP_TWO", "Bench", "CustomsChoice", "Operation", "euros"]
