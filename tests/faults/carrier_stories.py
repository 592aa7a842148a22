"""The stories of each carrier, over its own simulated wire.

``ring`` is the whole way home. ``undone`` books the courier, moves him, calls him off and then cancels the return;
China Post's order brings its courier, so there the return is cancelled and the order taken back. ``by_hand`` is insured
mail abroad, which no call orders: a person gives the number and says that the courier comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.api.bodies import OpenReturnBody
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import Address, Person
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.cancel_case import cancel_case
from chalicelib.workflows.change_pickup import HoursAsked, cancel_pickup, change_pickup
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.ports import Booking
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from infra.local.ring import TALES
from tests.faults.gate import Fault, Gate
from tests.faults.stories import REQUEST, Picture, Way, bought, first_push, open_ring, picture, tell, travel
from tests.faults.world import MONDAY, World, simulated

BEIJING = Address(("朝阳区建国路1号",), "北京市", "北京市", "100000", "CN")
LI = Person("李小明", "li@example.com", "13800000000", "zh-Hans", BEIJING)
CHINESE_RING = replace(REQUEST.items[0], price=Money(Decimal("8800.00"), "CNY"))
INLAND = replace(REQUEST, carrier="ems", customer_country="CN", customer_region="北京市", items=(CHINESE_RING,))
INLAND_WAY = Way(
    pushed=(("departed", "BEIJING", "CN", 20),),
    silent=("on_the_van", "SHENZHEN", "CN", 40),
    asked=(54, 61, 62),
    then=(("delivered", "SHENZHEN", "CN", 64),),
)
WAY_ABROAD = Way(
    pushed=(
        ("picked_up", "SHANGHAI", "CN", 26), ("departed", "SHANGHAI EXCHANGE", "CN", 30),
        ("landed", "ROISSY", "FR", 44),
    ),
    silent=("documents", "ROISSY", "FR", 46),
    asked=(62, 70, 78),
    then=(("released", "ROISSY", "FR", 80), ("on_the_van", "PARIS", "FR", 84), ("delivered", "PARIS", "FR", 88)),
)  # fmt: skip


def nothing(_: World) -> None:
    """The story begins with its first call."""


@dataclass(frozen=True)
class Story:
    """``before`` happens in peace: no call of it goes wrong, and none is counted."""

    carrier: str
    name: str
    script: Callable[[World], None]
    before: Callable[[World], None] = nothing
    tries_orders: bool = False

    def run(self, fault: Fault | None = None, **shaken: Any) -> tuple[Gate, Picture, tuple[str, ...]]:
        """One run with its one fault: the gate, where it ended, and the calls it made."""
        world = World(Gate(), carrier=simulated(self.carrier), tries_orders=self.tries_orders, **shaken)
        self.before(world)
        world.gate.calls.clear()
        world.gate.fault = fault
        self.script(world)
        calls = tuple(world.gate.calls)
        return world.gate, picture(world), calls


def undone(world: World) -> None:
    """A courier is booked, moved, called off; then the return is cancelled, of which the carrier tells us."""
    world.ask(lambda: open_ring(world))
    world.wire.on_waybill = lambda number: first_push(world, number)
    _rest(world, 0)
    hours = HoursAsked(date(2026, 11, 24), "12:00", "17:00")
    world.tell(lambda: change_pickup(world.ports, world.case_id, "1-1", hours, holder="anna", now=world.now))
    _rest(world, 3)
    world.tell(lambda: cancel_pickup(world.ports, world.case_id, "1-1", holder="anna", now=world.now))
    _rest(world, 6)
    _cancel(world)
    _rest(world, 9)
    number = bought(world)
    if number is not None:
        world.push(number)
    _rest(world, 12)


def _cancel(world: World) -> None:
    world.tell(
        lambda: cancel_case(world.ports, world.case_id, reason="customer_keeps_it", holder="anna", now=world.now)
    )


def _rest(world: World, hours: int) -> None:
    """Everything that waits is done, and what could not be done then comes again."""
    world.pump()
    for minutes in (20, 45, 80, 150):
        world.sweep_at(MONDAY + timedelta(hours=hours, minutes=minutes))


def let_go_inside_china(world: World) -> None:
    """A return inside China waits for a person, who let it go by insured mail."""
    open_return(
        world.ports, INLAND, LI, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
    )
    world.queues.waiting.clear()
    file = world.ports.cases.file(world.case_id)
    leg = Leg(
        case_id=world.case_id, n=1, direction="home", carrier="ems", service="CN_EMS_INSURED", lane=Lane("CN", "CN"),
        purpose="refund_return", customs_value=CHINESE_RING.worth, gross_weight_g=Decimal(450),
        original_export=REQUEST.original_export, return_to="SZX-1",
    )  # fmt: skip
    waybill = Booking(world.case_id, 1, "waybill", "planned", f"{file.case.rma}-1W", due_at=MONDAY)
    courier = replace(waybill, kind="pickup", reference=f"{file.case.rma}-1P")

    amend(
        world.ports, world.case_id, MONDAY,
        lambda case: Amendment(
            replace(case, stage="approved"), "let_go", {}, legs=(leg,), bookings=(waybill, courier),
        ),
    )  # fmt: skip
    world.queues.send("steps", [waybill.step])


def inland(world: World) -> None:
    """China Post's order, its courier with it, his scan faster than the answer; and the way to Shenzhen."""
    world.wire.on_waybill = lambda number: first_push(world, number)
    _rest(world, 0)
    number = bought(world)
    if number is not None:
        travel(world, number, INLAND_WAY)
    for hours in (73, 98, 130):
        world.sweep_at(MONDAY + timedelta(hours=hours))


def order_taken_back(world: World) -> None:
    """The return is cancelled before the post has come: the order is taken back, and its courier with it."""
    _rest(world, 0)
    _cancel(world)
    _rest(world, 3)


def by_hand(world: World) -> None:
    """Shanghai to Paris: a person orders the mail at the post and its courier by telephone."""
    body = OpenReturnBody.model_validate(ABROAD)
    world.ask(
        lambda: open_return(
            world.ports, body.as_request(), body.as_person(), holder="desk", idempotency_key="k", body_digest="d",
            dry_run=False, now=world.now,
        )
    )  # fmt: skip
    _rest(world, 0)
    ends = ({"city": "SHANGHAI", "country": "CN"}, {"city": "PARIS", "country": "FR"})
    number = world.carrier.sell_by_hand("at the counter", *ends, courier=True)
    _resolve(world, "waybill_by_person", tracking_number=number)
    _rest(world, 3)
    _resolve(world, "pickup_by_person", confirmation="11183-7")
    _rest(world, 6)
    travel(world, number, WAY_ABROAD)
    for hours in (90, 115, 150):
        world.sweep_at(MONDAY + timedelta(hours=hours))


ABROAD = TALES["ems"].request(MONDAY)
ABROAD["pickup"] |= {"on": "2026-11-24"}


def _resolve(world: World, kind: str, **given: str) -> None:
    """A person takes the task of this kind from the case and says what came of it."""

    def resolve() -> Any:
        found = world.ports.cases.file(world.case_id).exceptions
        task = next(one for one in found if one.kind == kind)
        told = Verdict("resolve", "anna", note="done by hand", outcome="booked", **given)
        return act_on_exception(world.ports, task.exception_id, told, world.now)

    world.tell(resolve)


STORIES = (
    Story("fedex", "ring", tell),
    Story("fedex", "undone", undone, tries_orders=True),
    Story("dhl", "ring", tell),
    Story("dhl", "undone", undone, tries_orders=True),
    Story("ems", "ring", inland, let_go_inside_china),
    Story("ems", "undone", order_taken_back, let_go_inside_china, tries_orders=True),
    Story("ems", "by_hand", by_hand),
)
