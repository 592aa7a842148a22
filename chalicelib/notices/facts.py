"""What a notice to the customer may be written from. Whoever writes the words sees nothing else.

A mail is read by others than the one it is for, so nothing here tells what the parcel holds or what it is worth: no
piece, no metal, no price; a recall alone must name its product. The one amount of money is the refund or the credit,
which is told with the decision about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, get_args

from chalicelib.money import Money

Moment = Literal[
    "accepted", "evidence_wanted", "pickup_booked", "collected", "held", "released", "arrived", "decision",
    "cancelled", "summary",
    "received", "withdrawal_receipt", "quote", "quote_reminder", "repair_begun", "repair_done", "paid", "sent_out",
    "out_arrived", "lost", "recall", "credited", "out_back", "seized", "unclaimed",
]  # fmt: skip
MOMENTS: tuple[Moment, ...] = get_args(Moment)

CustomerTask = Literal[
    "nothing",
    "await_courier_day",  # the courier is being booked: another notice names the hour
    "name_pickup_day",  # no courier is asked for, or not for hours that he can come: say when suits
    "hand_to_courier",
    "take_to_counter",
    "send_photos",  # ``wanted`` says of what
    "send_papers",  # the carrier or customs want a paper of the customer's own
    "send_identity_number",
    "check_address",
    "answer_carrier",  # the carrier wants to hear from the customer, and did not say about what
    "destroy_label",  # of a return that was called off: the label must not be used any more
    "answer_quote",  # say yes or no to it, on the page or in a reply
    "send_back",  # after a withdrawal: the goods, by the law's last day
    "claim_piece",  # a finished piece that nobody fetches: say how it gets back
    "receive_parcel",  # on the way out: take it in person, and look at the box before opening it
]
CUSTOMER_TASKS: tuple[CustomerTask, ...] = get_args(CustomerTask)

Outcome = Literal[
    "approved", "refused", "refund", "partial_refund", "exchange", "repair", "sent_back",
    "refund_kept", "goodwill", "credit",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Direction = Literal["home", "out"]
Kind = Literal["refund", "exchange", "repair", "warranty", "recall", "refused", "loan"]


@dataclass(frozen=True, slots=True)
class MerchantContact:
    """Whom the customer may answer or call: the house and the place of ours that takes the parcel."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class PickupHours:
    """When the courier comes, by the clock of the place where he does (an IANA zone)."""

    on: date
    ready_from: time
    until: time
    time_zone: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One moment of a summary."""

    moment: Moment
    at: datetime


@dataclass(frozen=True, slots=True)
class RecalledPiece:
    """What a recall is about, as the customer finds it on the piece and on the bill; None: not known. The day is that
    of the sale."""

    name: str | None
    brand: str | None
    sku: str
    serial: str | None = None
    batch: str | None = None
    sold_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """Everything that may stand in one notice. What is None or empty is not known, or does not apply.

    ``customer_name`` is the only personal value; None where it may not be read (a preview), and then the salutation
    needs none. ``zone`` is the clock on which the customer reads every instant here; ``zone_is_sure`` is False where
    their country has several and the address does not say which: then each time names its zone. ``at`` is when it
    happened. ``expected_in`` is the clock of the place where the parcel is expected, by which its carrier names the
    day (None: the customer's). ``reason`` is the code of ``shipments`` for why a parcel is held, or of a cancellation;
    ``wanted`` are the codes of what the customer must send (``photo_item`` ...); ``outcome_reasons`` those of
    ``returns/rules/reasons``. ``packing`` are the keys of ``pickups/rules/hand_over``, in order: one of them warns
    against words on the outside, and its wording in a mail must name none. ``carrier`` is its name as customers know
    it. ``sample`` marks a preview that shows facts the case does not have yet.

    ``direction`` is the way of the parcel told of: home to us, or out to the customer. ``link`` is the address of the
    customer's page; a preview has none. Of a withdrawal, ``lines`` are those declared (empty: all), ``in_time`` whether
    the law surely grants it, ``refund_by`` until when the money is back. Of a recall, ``recalled`` are the pieces,
    ``hazard`` is what is wrong, in the customer's language, and ``remedies`` what they may choose: the law wants the
    product named, so here alone it is. ``reason`` also says how a repair ended (``done``, ``unrepaired``, ``partner``),
    where a piece waits that nobody fetches (``ours``, ``partner``), how a parcel was lost (``lost``, ``destroyed``) and
    that one was ``found``.
    """

    rma: str
    order_number: str
    kind: Kind
    merchant: MerchantContact
    zone: str
    zone_is_sure: bool = True
    customer_name: str | None = None
    at: datetime | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    pickup: PickupHours | None = None
    packing: tuple[str, ...] = ()
    reason: str | None = None
    task: CustomerTask = "nothing"
    wanted: tuple[str, ...] = ()
    deadline: datetime | None = None
    expected_at: datetime | None = None
    expected_in: str | None = None
    outcome: Outcome | None = None
    outcome_reasons: tuple[str, ...] = ()
    refund: Money | None = None
    past: tuple[Happened, ...] = ()
    direction: Direction = "home"
    link: str | None = None
    lines: tuple[int, ...] = ()
    in_time: bool | None = None
    refund_by: datetime | None = None
    hazard: str | None = None
    remedies: tuple[str, ...] = ()
    recalled: tuple[RecalledPiece, ...] = ()
    sample: bool = False
