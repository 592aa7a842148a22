"""How a return ends, as whole stories over a ``World``: from the parcel at the door to a closed case.

A refund is paid; another look finds less than was approved; a ring is repaired, paid for and goes back; a better one
goes out in its place; another piece than was sold is found in the parcel, and released by another person or sent back.
The parcel comes home in peace; from its arrival on any call may go wrong. At the end people do what stands on their
work list, and the story must come to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from chalicelib.adapters.day_rates import TableDayRates
from chalicelib.alerts.exceptions import OpenException
from chalicelib.customs.rate_sheets import PUBLISHERS, Sheet
from chalicelib.money import Money
from chalicelib.returns.case import ReturnRequest
from chalicelib.returns.evidence import EvidenceKind, EvidenceWish
from chalicelib.returns.money_noted import MoneyNoted
from chalicelib.returns.payment import Payment
from chalicelib.returns.repair import CustomsChoice, Operation
from chalicelib.returns.repair_deeds import RepairDeed, RepairWish
from chalicelib.returns.settlement import Settlement
from chalicelib.returns.way_out import OutFacts
from chalicelib.workflows.build_settlement import Wish
from chalicelib.workflows.inspect_pieces import Inspected, inspect_pieces
from chalicelib.workflows.keep_quote import answer_quote, offer_quote
from chalicelib.workflows.keep_repair import act_on_repair, order_repair
from chalicelib.workflows.keep_settlement import FoundOut, approve, propose, reconcile, withdraw
from chalicelib.workflows.note_money import note_money
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.send_out import plan_way_out
from chalicelib.workflows.sign_inspection import countersign, release
from chalicelib.workflows.take_evidence import confirm, offer
from chalicelib.workflows.take_in import TakenIn, take_in
from chalicelib.workflows.verdicts import Verdict
from chalicelib.workflows.work_exceptions import act_on_exception
from tests.faults.gate import Fault, Gate, Gated
from tests.faults.stories import CLAIRE, REQUEST, RING
from tests.faults.world import MONDAY, World
from tests.returns.uploads import a_photo, a_video
from tests.workflows.dock import SEEN, ring_seen, weighed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_THE_DOOR = MONDAY + 7 * DAY - 6 * HOUR
PHOTOS = tuple(a_photo(size=(320 + n, 200)) for n in range(4))
FILM = a_video()
UP_TWO = Operation("resize", 1, {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"})
# What leaves our place for Paris, in the simulators' words, and hours after it was bought.
OUT_WAY = (
    ("picked_up", "SHENZHEN", "CN", 3), ("departed", "GUANGZHOU", "CN", 8), ("landed", "ROISSY", "FR", 30),
    ("released", "ROISSY", "FR", 34), ("on_the_van", "PARIS", "FR", 52), ("delivered", "PARIS", "FR", 56),
)  # fmt: skip
PROVEN = OutFacts(export_reference="26FR0001", vat_refunded=False)


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


PAID = Payment(
    total=eur("1195.00"), provider="sandbox", payment_reference="pi_1001", method="card", paid_on=date(2026, 11, 1),
    tax=eur("196.67"), tax_included=True, freight=eur("15.00"), express_extra=eur("0.00"), duty=eur("0.00"),
    discounts=(), pieces=1, gifts=(),
)  # fmt: skip
BOUGHT = replace(REQUEST, order=replace(REQUEST.order, payment=PAID), pickup=None)
OLD_RING = replace(RING, gross_weight_g=Decimal("4.20"), net_weight_g=Decimal("4.10"))
TO_MEND = replace(BOUGHT, kind="repair", reason="repair", items=(OLD_RING,))
STRANGE_RING = replace(RING, serial="XX-9999", price=eur("400.00"))
NEW_RING = replace(RING, sku="R-18K-02", serial="GT-0077", price=eur("1000.00"))


@dataclass
class EndWorld(World):
    """A house in which one parcel has come, and everybody who works on it until nothing is left to do.

    ``shown``: the kinds of what stood open before people saw to it; ``unknown``: of what nobody knew then whether it
    was carried out."""

    shown: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def _ports(self) -> Ports:
        """Prices that could not be read are asked for again after a while, by the clock of this world."""
        table = Gated(self.gate, "table", self.table)
        return replace(super()._ports(), rates=TableDayRates(table, PUBLISHERS, lambda: self.now.timestamp()))

    # -- in peace

    def comes_home(self, request: ReturnRequest) -> None:
        """Opened, bought and delivered at our door."""
        for on in (MONDAY - 3 * DAY + n * DAY for n in range(20)):
            self.ports.rates.keep(Sheet("gold", on.date(), {"EUR": Decimal(2000)}), None)
        open_return(
            self.ports, request, CLAIRE, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
        )
        self.pump()
        (number,) = self.carrier.memory.shipments
        self._scanned(number, "picked_up", "PARIS", "FR", MONDAY + DAY)
        self._scanned(number, "delivered", "SHENZHEN", "CN", MONDAY + 3 * DAY)
        self.sweep_at(AT_THE_DOOR)

    # -- what people do, each told to try until it is answered

    def gives(self, kind: EvidenceKind, content: bytes, media_type: str) -> str:
        """Somebody of ours uploads a file and says so; its id."""
        wish = EvidenceWish(kind, media_type=media_type, size=len(content), sha256=sha256(content).hexdigest())
        told = self.ask(lambda: offer(self.ports, self.case_id, wish, by="dock-1", now=self.now))
        evidence_id: str = told["evidence"]["evidence_id"]
        self.evidence.upload(self.case_id, evidence_id, content)
        self.ask(lambda: confirm(self.ports, self.case_id, evidence_id, by="dock-1", now=self.now))
        self.pump()
        return evidence_id

    def takes_in(self, **seen: Any) -> None:
        grams = self.file_in_peace().legs[0].gross_weight_g
        told = TakenIn(1, replace(SEEN, weight_g=grams, seal=None, seal_state="none_used", **seen))
        self.does(lambda: take_in(self.ports, self.case_id, told, corrects=False, why=None, by="dock-1", now=self.now))

    def inspects(self, *, again: str | None = None, **found: Any) -> None:
        """What is found; ``again`` is why it was looked at once more."""
        told = Inspected(1, (ring_seen(**found),))
        self.does(
            lambda: inspect_pieces(
                self.ports, self.case_id, told, corrects=again is not None, why=again, by="dock-1", now=self.now
            )
        )

    def countersigns(self, film: str | None, n: int = 1) -> None:
        self.does(
            lambda: countersign(self.ports, self.case_id, n, agrees=True, opening_video=film, by="dock-2", now=self.now)
        )

    def releases(self, pieces: int, n: int = 1, net_g: Decimal | None = None) -> None:
        accepted = {1: (pieces, net_g)}
        self.does(
            lambda: release(
                self.ports, self.case_id, n, accepted=accepted, why="customer_agrees", by="lead-1", now=self.now
            )
        )

    def proposes(self, kind: Any, **wish: Any) -> None:
        told = Wish(kind, "as_agreed", **wish)
        self.does(lambda: propose(self.ports, self.case_id, told, by="ann", role="agent", now=self.now))

    def approves(self, *people: tuple[str, str], n: str = "1") -> None:
        for by, role in people:
            self.does(lambda by=by, role=role: approve(self.ports, self.case_id, n, by=by, role=role, now=self.now))

    def withdraws(self, n: str) -> None:
        self.does(lambda: withdraw(self.ports, self.case_id, n, by="ann", now=self.now))

    def is_paid_for(self, amount: Money, reference: str) -> None:
        """The customer pays for the repair, past us, and somebody notes it."""
        told = MoneyNoted("repair_price", "customer", "merchant", amount, reference)
        self.does(lambda: note_money(self.ports, self.case_id, told, by="fin", now=self.now))

    def repairs(self, step: Any, by: str = "bench", **deed: Any) -> None:
        told = RepairDeed(step, **deed)
        self.does(lambda: act_on_repair(self.ports, self.case_id, 1, told, holder=by, now=self.now))

    def plans_out(self, cause: Any, **said: Any) -> None:
        wish = OutWish(cause, "anna", **said)
        self.does(lambda: plan_way_out(self.ports, self.case_id, wish, self.now))

    def does(self, call: Callable[[], Any]) -> Any:
        told = self.tell(call)
        self.pump()
        return told

    # -- what time does

    def rests(self, *hours: float) -> None:
        """The schedule runs after so many hours, again and again."""
        for one in hours:
            self.sweep_at(self.now + one * HOUR)

    def is_carried(self) -> None:
        """The parcel that goes out travels to its customer, and every scan is pushed."""
        number = self.bought_out()
        if number is None:
            return
        since = self.now
        for word, city, country, hours in OUT_WAY:
            self._scanned(number, word, city, country, since + hours * HOUR)

    def bought_out(self) -> str | None:
        """The waybill of the second leg, whether or not we know of it."""
        return next(iter(list(self.carrier.memory.shipments)[1:]), None)

    def people_see_to_it(self) -> None:
        """Whatever stands on the work list is looked into by a person, in peace, who asks the provider and the carrier
        themselves what became of what nobody knows."""
        self.gate.fault = None
        self.shown = frozenset(one.kind for one in self._open())
        self.unknown = frozenset(self._unknown())
        for one in self._open():
            if one.kind.startswith("refund_") and (found := self._payment_unknown()) is not None:
                self._reconciles(found)
            elif one.kind == "waybill_unknown":
                self._resolves(one, **self._by_telephone())
        self.rests(1, 3, 7)
        self.is_carried()
        for one in self._open():
            self._resolves(one)
        self.rests(1, 7, 25)

    def file_in_peace(self) -> CaseFile:
        """The case as it stands; looking is not part of the story."""
        calls, fault, self.gate.calls, self.gate.fault = self.gate.calls, self.gate.fault, [], None
        try:
            return self.file()
        finally:
            self.gate.calls, self.gate.fault = calls, fault

    def file(self) -> CaseFile:
        found = self.ports.cases.file(self.case_id)
        assert found is not None
        return found

    def _unknown(self) -> Iterator[str]:
        if self._payment_unknown() is not None:
            yield "refund_unknown"
        yield from (f"{one.kind}_unknown" for one in self.file_in_peace().bookings if one.status == "unknown")

    def _payment_unknown(self) -> Settlement | None:
        return next((one for one in self.file_in_peace().parts.of(Settlement) if one.state == "unknown"), None)

    def _reconciles(self, one: Settlement) -> None:
        told = self._by_the_books(one)
        self.does(lambda: reconcile(self.ports, self.case_id, one.part_id, told, by="fin", now=self.now))

    def _by_the_books(self, one: Settlement) -> FoundOut:
        paid = one.reference in self.payments.paid
        return FoundOut("paid", f"re_{one.reference}", self.now.date()) if paid else FoundOut("not_paid")

    def _by_telephone(self) -> dict[str, Any]:
        number = self.bought_out()
        return {"outcome": "booked", "tracking_number": number} if number else {"outcome": "not_booked"}

    def _resolves(self, one: OpenException, **outcome: Any) -> None:
        verdict = Verdict("resolve", "anna", note="seen to", **outcome)
        self.does(lambda: act_on_exception(self.ports, one.exception_id, verdict, self.now))

    def _open(self) -> list[OpenException]:
        return [one for one in self.file_in_peace().exceptions if one.status != "resolved"]

    def _scanned(self, number: str, word: str, city: str, country: str, at: datetime) -> None:
        self.now = max(self.now, at)
        said = self.carrier.spoken(word, city, country, at)
        self.carrier.scan(
            number, said.code, city, country, at, description=said.description, exception_code=said.exception_code,
            exception_description=said.exception_description,
        )  # fmt: skip
        self.push(number)
        self.pump()


TWO = (("max", "manager"), ("lea", "lead"))


def is_taken_in(world: EndWorld, **found: Any) -> None:
    """The opening is filmed, the ring is weighed and read, a second person signs."""
    film = world.gives("video_opening", FILM, "video/mp4")
    world.takes_in(opening_video=film, evidence_ids=(film,))
    world.inspects(**found)
    world.countersigns(film)


def refunded(world: EndWorld) -> None:
    """Inspected, signed by two, proposed, approved by two others, paid: then nothing is left to do."""
    is_taken_in(world)
    world.proposes("refund")
    world.approves(*TWO)
    world.rests(1, 1, 7)


def looked_again(world: EndWorld) -> None:
    """Approved while the provider is away; before it is back a second look finds lighter metal. Nothing is paid for the
    first: it is withdrawn, proposed anew for what was released, and paid once."""
    is_taken_in(world)
    world.payments.down = True
    world.proposes("refund")
    world.approves(*TWO)
    world.inspects(again="looked_again", weighing=weighed("4.90"))
    world.countersigns(None, n=2)
    world.releases(1, n=2, net_g=Decimal("4.80"))
    _sees_to(world, "shortfall")
    world.payments.down = False
    world.rests(1, 7)
    if (unknown := world._payment_unknown()) is not None:
        world._reconciles(unknown)
        world.rests(1)
    world.withdraws("1")
    world.proposes("refund")
    world.approves(*TWO, n="2")
    world.rests(1, 1, 7)


def repaired(world: EndWorld) -> None:
    """Received, quoted, agreed on, mended and tested; its own waybill takes it back. Half is paid before."""
    world.does(lambda: order_repair(world.ports, world.case_id, RepairWish((UP_TWO,)), holder="desk", now=world.now))
    world.takes_in()
    world.inspects(weighing=weighed("4.20"))
    world.countersigns(world.gives("video_opening", FILM, "video/mp4"))
    photos = tuple(world.gives("photo_item", one, "image/jpeg") for one in PHOTOS)
    world.repairs("take_in", gross_g=Decimal("4.20"), scale_id="S-1", stones=1, evidence_ids=photos)
    world.does(lambda: offer_quote(world.ports, world.case_id, 1, {}, dry_run=False, holder="desk", now=world.now))
    world.does(lambda: answer_quote(world.ports, world.case_id, "1-1", approve=True, by="customer", now=world.now))
    world.is_paid_for(eur("50.00"), "DEPOSIT-1")
    world.repairs("start")
    world.repairs("metal", added_g=Decimal("0.43"), removed_g=Decimal(0))
    world.repairs("test", gross_g=Decimal("4.63"), scale_id="S-1")
    customs = CustomsChoice(export_reference="26FR0001")
    world.repairs("declare", customs=customs)
    world.repairs("done")
    world.rests(1)
    world.plans_out("repaired", repair_n=1, facts=replace(PROVEN, back_in_time=True), without_proof=True)
    world.rests(1, 1)
    world.is_carried()
    world.is_paid_for(eur("50.74"), "REST-1")
    world.rests(1, 7)


def exchanged(world: EndWorld) -> None:
    """The ring is changed for a cheaper one: the difference is paid, and the new one goes out on a leg of its own."""
    is_taken_in(world)
    world.proposes("exchange", replacement_skus=("R-18K-02",), replacement_worth=eur("1000.00"))
    world.approves(*TWO)
    # The new one goes once the difference is paid: who plans it waits for that.
    world.rests(1, 7)
    if (unknown := world._payment_unknown()) is not None:
        world._reconciles(unknown)
        world.rests(1)
    world.plans_out("replacement", settlement_n=1, items=(NEW_RING,))
    world.rests(1, 1)
    world.is_carried()
    world.rests(1, 7)


def swapped(world: EndWorld) -> None:
    """Another ring came than was sold: held, its evidence frozen, a person told; nobody may settle it."""
    is_taken_in(world, serial="XX-9999")
    world.proposes("refund")


def released(world: EndWorld) -> None:
    """The serial was misread, another person says: the ring is taken for what it is, and refunded."""
    swapped(world)
    world.releases(1)
    _sees_to(world, "swapped_piece")
    world.proposes("refund")
    world.approves(*TWO)
    world.rests(1, 1, 7)


def sent_back(world: EndWorld) -> None:
    """It is another ring: nothing is given for it, and it goes back to who sent it."""
    swapped(world)
    world.releases(0)
    _sees_to(world, "swapped_piece")
    world.proposes("refusal", why="another_piece")
    world.approves(("max", "manager"))
    world.rests(1)
    world.plans_out("refused", settlement_n=1, items=(STRANGE_RING,), facts=PROVEN)
    world.rests(1, 1)
    world.is_carried()
    world.rests(1, 7)


def _sees_to(world: EndWorld, kind: str) -> None:
    """A person has looked into it."""
    found = [one for one in world.file_in_peace().exceptions if one.kind == kind and one.status != "resolved"]
    for one in found:
        world._resolves(one)


@dataclass(frozen=True)
class End:
    """One story: what is asked for, what happens from the arrival on, and in what it ends."""

    request: ReturnRequest
    script: Callable[[EndWorld], None]
    pays: int
    goes_out: bool

    def run(self, fault: Fault | None = None, **shaken: Any) -> tuple[EndWorld, tuple[str, ...]]:
        """One run with its one fault, after which people see to what is left; the calls that it made."""
        world = EndWorld(Gate())
        world.comes_home(self.request)
        for name, value in shaken.items():
            setattr(world, name, value)
        world.gate.calls.clear()
        world.gate.fault = fault
        self.script(world)
        calls = tuple(world.gate.calls)
        world.people_see_to_it()
        return world, calls


STORIES = {
    "refunded": End(BOUGHT, refunded, pays=1, goes_out=False),
    "looked_again": End(BOUGHT, looked_again, pays=1, goes_out=False),
    "repaired": End(TO_MEND, repaired, pays=0, goes_out=True),
    "exchanged": End(BOUGHT, exchanged, pays=1, goes_out=True),
    "released": End(BOUGHT, released, pays=1, goes_out=False),
    "sent_back": End(BOUGHT, sent_back, pays=0, goes_out=True),
}
