"""What a carrier can do for us, as values: how it is asked, how its answers are read, how its pushes prove themselves.

A carrier's module fills these in; ``registry`` names them all. What a carrier cannot do is None, and whoever needs it
gives the work to a person. No member opens a socket: requests are built here, dressed with credentials by
``Access.dress`` and sent by an adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.carriers.contract import (
    AccessToken,
    Answer,
    Document,
    FoundWaybill,
    HttpRequest,
    PickupConfirmation,
    PickupDay,
    PickupOrder,
    PickupQuestion,
    Waybill,
    WaybillOrder,
)
from chalicelib.carriers.numbers import Verdict
from chalicelib.errors import CarrierError

Headers = Mapping[str, str]
Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Access:
    """The way into one interface of a carrier.

    ``host`` is the name its address is configured under, ``secret`` the entry of the carrier's secret that holds
    ``needs``. ``dress`` adds what proves who calls (and, where the carrier wants it, encrypts the body); the token is
    None where there is none. ``read_error`` reads an answer whose status is no success, and never raises.
    """

    host: str
    secret: str
    needs: tuple[str, ...]
    dress: Callable[[HttpRequest, Keys, str | None, datetime], HttpRequest]
    read_error: Callable[[int, Headers, bytes, datetime], CarrierError]
    token_request: Callable[[Keys], HttpRequest] | None = None
    read_token: Callable[[bytes, datetime], AccessToken] | None = None


@dataclass(frozen=True, slots=True)
class Polling:
    """Asking where parcels are: ``source`` is what ``read_tracking`` calls the answers. ``no_such_number`` are the
    statuses by which this interface says that it knows none of the numbers (yet)."""

    source: str
    access: Access
    numbers_per_call: int
    requests: Callable[[Sequence[str]], tuple[HttpRequest, ...]]
    no_such_number: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """A push that proved where it comes from: the body to read, decrypted where it was not, and the answer that the
    carrier wants instead of ours."""

    body: bytes
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a carrier asks whether its pushes are wanted: a reading with a problem of code ``asked_as`` is that
    question, and ``confirm`` builds the call that says yes. Saying it twice does no harm. ``also_says`` are codes by
    which it tells about the subscription what nobody has to act on."""

    asked_as: str
    access: Access
    confirm: Callable[[bytes], HttpRequest]
    also_says: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Push:
    """What a carrier brings by itself. ``open`` raises ``SignatureMismatch`` for anything unproven."""

    source: str
    open: Callable[[bytes, Headers, Sequence[str]], Opened]
    handshake: Handshake | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """How an unknown outcome of buying a waybill is settled: which one carries our reference."""

    access: Access
    request: Callable[[str, datetime, str], HttpRequest]
    read: Callable[[Answer, datetime], FoundWaybill | None]


@dataclass(frozen=True, slots=True)
class Waybills:
    """Buying waybills. The second argument of every request is our account number with the carrier.

    ``brings_courier`` is true when the order itself sends the courier. ``dry_run`` asks whether the order would be
    taken, without buying; its answer is read by ``read_dry_run``, which raises what stands against it. ``label`` asks
    for the label of a number, where the answer to the order brings none; it may be asked again.
    """

    access: Access
    check: Callable[[WaybillOrder], None]
    request: Callable[[WaybillOrder, str], HttpRequest]
    read: Callable[[int, Headers, bytes, datetime], Waybill]
    lookup: Lookup | None = None
    cancel: Callable[[str, str, str], HttpRequest] | None = None
    read_cancelled: Callable[[int, Headers, bytes, datetime], None] | None = None
    dry_run: Callable[[WaybillOrder, str], HttpRequest] | None = None
    read_dry_run: Callable[[int, Headers, bytes, datetime], None] | None = None
    brings_courier: bool = False
    label: Callable[[str, str], HttpRequest] | None = None
    read_label: Callable[[int, Headers, bytes, datetime], Document] | None = None


@dataclass(frozen=True, slots=True)
class Pickups:
    """Sending for a courier. ``change`` None: a change is a cancellation and a new booking; ``cancel`` takes the
    confirmation, our account and our reference."""

    access: Access
    check: Callable[[PickupOrder], None]
    request: Callable[[PickupOrder, str], HttpRequest]
    read: Callable[[int, Headers, bytes, datetime], PickupConfirmation]
    cancel: Callable[[PickupConfirmation, str, str], HttpRequest]
    read_cancelled: Callable[[int, Headers, bytes, datetime], None]
    change: Callable[[PickupConfirmation, PickupOrder, str], HttpRequest] | None = None
    ask: Callable[[PickupQuestion, str], HttpRequest] | None = None
    read_days: Callable[[int, Headers, bytes, datetime], tuple[PickupDay, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier. ``polling`` is in the order of preference; ``waybills`` or ``pickups`` None: a person does it."""

    name: str
    judge_number: Callable[[str], Verdict]
    polling: tuple[Polling, ...] = ()
    push: Push | None = None
    waybills: Waybills | None = None
    pickups: Pickups | None = None
