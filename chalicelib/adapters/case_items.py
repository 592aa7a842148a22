"""How a case and its parts lie in the table."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.case_notices import register_of_item
from chalicelib.adapters.case_parts import StoredParts
from chalicelib.adapters.claim_items import claims_of_items, pack_of_item, watches_of_items
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.duty_items import entry_of_item
from chalicelib.adapters.paper_items import papers_of_item
from chalicelib.adapters.table import MARK, Item, PutNew, Update
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import playbook
from chalicelib.clock import instant, stamp
from chalicelib.errors import RuleNotInForce
from chalicelib.notices.register import Register
from chalicelib.returns.case import Case, Person, Plan
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.ports import Booking, CaseFile, LogEntry, Opening, Pointer, StoredAnswer

LISTED = frozenset({"listed_as", "listed_at"})
# The dictionary that plans are written with now (``infra/generate_plan_words.py``).
WORDS = 1
NO_DEADLINE = "9999-12-31T00:00:00Z"
PLACES = frozenset({"due_shard", "due_at"}) | LISTED


def due_attributes(pk: str, due_at: datetime | None) -> Item:
    """What puts an item into the due index; nothing when nothing is due."""
    return {} if due_at is None else {"due_shard": keys.due_shard(pk), "due_at": stamp(due_at)}


def case_item(case: Case) -> Item:
    """A case, listed by stage, newest first."""
    pk = keys.case_pk(case.case_id)
    listed = {"listed_as": keys.listed_as("case", case.stage, pk), "listed_at": stamp(case.created_at)}
    return {"PK": pk, "SK": keys.CASE} | dump(case) | listed


def case_update(case: Case, mark: str) -> Update:
    """Save a case that was read one version before."""
    return update_of(case_item(case) | {MARK: mark}, names_of(Case), {"version": case.version - 1})


def case_of_item(item: Item) -> Case:
    """Read a case."""
    return load(Case, item)


def plan_item(plan: Plan) -> Item:
    """What was decided when the case was opened, the answer as the JSON text it was given as. It is written in
    a transaction that charges twice for every kilobyte, and read with each look at the case: so it is deflated.
    """
    text = _json_text(dump(plan) | {"answer": _json_text(plan.answer)})
    return {"PK": keys.case_pk(plan.case_id), "SK": keys.PLAN, "words": WORDS, "deflated": _deflated(text.encode())}


def plan_update(plan: Plan) -> Update:
    """What was decided, worked out anew; the version of its case, in the same transaction, guards it."""
    return update_of(plan_item(plan), {"deflated", "words"})


def inflated(item: Item) -> bytes:
    """The text of a plan, whatever words it was deflated with; the oldest ones with none."""
    words = item.get("words")
    if words is None:
        return zlib.decompress(item["deflated"])
    return zlib.decompressobj(zdict=_dictionary(int(words))).decompress(item["deflated"])


def _deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zdict=_dictionary(WORDS))
    return packer.compress(text) + packer.flush()


@cache
def _dictionary(number: int) -> bytes:
    """What plans have in common, in the dictionary of this number: never edited once plans were written with it."""
    return Path(__file__).with_name(f"plan_words.{number}").read_bytes()


def plan_of_item(item: Item) -> Plan:
    """Read a plan."""
    said = json.loads(inflated(item))
    return load(Plan, said | {"answer": json.loads(said["answer"])})


def leg_item(leg: Leg) -> Item:
    """A leg in its case, listed by the address and the day towards which its worth counts."""
    item = {"PK": keys.case_pk(leg.case_id), "SK": keys.leg_sk(leg.n)} | dump(leg)
    if leg.counted_on is not None:
        day = keys.arriving_at(leg.return_to, leg.counted_on)
        item |= {"listed_as": keys.listed_as("leg", day, item["PK"]), "listed_at": f"{leg.counted_on}T00:00:00Z"}
    return item


def leg_of_item(item: Item) -> Leg:
    """Read a leg."""
    return load(Leg, item)


def booking_item(booking: Booking) -> Item:
    """A booking in its case, in the due index while somebody must look at it."""
    pk = keys.case_pk(booking.case_id)
    item = {"PK": pk, "SK": keys.booking_sk(booking.leg_n, booking.kind, booking.n)} | dump(booking)
    return item | due_attributes(pk, booking.due_at)


def booking_update(booking: Booking, mark: str | None = None, expect: Mapping[str, Any] | None = None) -> Update:
    """Save a booking as it is now."""
    item = booking_item(booking) | ({} if mark is None else {MARK: mark})
    return update_of(item, names_of(Booking) | PLACES, expect)


def booking_rest(booking: Booking) -> Update:
    """Forget when a booking is due and how often it was tried, if it is still due then."""
    pk, due = keys.case_pk(booking.case_id), due_attributes("", booking.due_at)
    gone = ("due_shard", "due_at", "attempts")
    return Update(pk, keys.booking_sk(booking.leg_n, booking.kind, booking.n), {}, gone, {"due_at": due["due_at"]})


def booking_of_item(item: Item) -> Booking:
    """Read a booking."""
    return load(Booking, item)


def log_item(entry: LogEntry) -> Item:
    """A line of the case log."""
    return {"PK": keys.case_pk(entry.case_id), "SK": keys.log_sk(entry.n)} | dump(entry)


def part_updates(legs: Iterable[Leg], bookings: Iterable[Booking], over: Iterable[Booking] = ()) -> list[Update]:
    """Legs and bookings as they are now. The version of their case, in the same transaction, guards them; a booking
    that replaces one of ``over`` must find it as it was read."""
    saved = [update_of(leg_item(leg), names_of(Leg) | LISTED) for leg in legs]
    read = {one.name: {"status": one.status, "reference": one.reference} for one in over}
    return saved + [booking_update(one, expect=read.get(one.name)) for one in bookings]


def exception_item(exception: OpenException) -> Item:
    """An exception under its subject, which only the key tells; while it is open it is listed by severity and deadline,
    and due when something about it will change. What its playbook says is not written once more: half a kilobyte that
    each change of it would pay for."""
    key = keys.exception_key(exception.subject_kind, exception.subject, exception.episode)
    if key is None:
        raise ValueError(f"an exception is about no {exception.subject_kind}")
    known = keys.subject_of(key[0]) | _words(exception.kind, exception.reason, exception.opened_at)
    said = {name: value for name, value in dump(exception).items() if known.get(name) != value}
    item = {"PK": key[0], "SK": key[1]} | said
    if exception.status != "resolved":
        item["listed_as"] = keys.listed_as("exception", exception.severity, key[0])
        item["listed_at"] = stamp(exception.deadline) if exception.deadline else NO_DEADLINE
    return item | due_attributes(key[0], exception.due_at)


def exception_of_item(item: Item) -> OpenException:
    """Read an exception, with the words of its playbook where it has none of its own."""
    words: Item = {}
    if not {"meaning", "to_do"} <= item.keys() and {"kind", "opened_at"} <= item.keys():
        words = _words(item["kind"], item.get("reason"), instant(item["opened_at"]))
    return load(OpenException, keys.subject_of(item["PK"]) | words | item)


def _words(kind: str, reason: str | None, opened_at: datetime) -> Item:
    try:
        row = playbook(kind, reason, opened_at.date())
    except RuleNotInForce:
        return {}
    return {"meaning": row.meaning, "to_do": list(row.to_do)}


def exception_write(exception: OpenException, mark: str) -> PutNew | Update:
    """Open an exception at its first version, or save one that was read one version before."""
    item = exception_item(exception) | {MARK: mark}
    if exception.version == 1:
        return PutNew(item)
    return update_of(item, names_of(OpenException) | PLACES, {"version": exception.version - 1})


def pointer_item(pointer: Pointer) -> Item:
    """A pointer; the key says it all."""
    return {"PK": keys.pointer_pk(pointer.kind, pointer.value), "SK": keys.case_pk(pointer.case_id)}


def answer_item(answer: StoredAnswer) -> Item:
    """What an Idempotency-Key was used for.

    ``expires_at`` is in seconds since 1970, as the table's TTL wants it.
    """
    pk, sk = keys.answer_key(answer.scope, answer.key)
    return {"PK": pk, "SK": sk} | dump(answer) | {"expires_at": int(answer.expires_at.timestamp())}


def answer_takeover(answer: StoredAnswer, expired: StoredAnswer) -> Update:
    """Use an Idempotency-Key again whose time has run out."""
    return update_of(answer_item(answer), (), {"expires_at": int(expired.expires_at.timestamp())})


def answer_of_item(item: Item) -> StoredAnswer:
    """Read what an Idempotency-Key was used for."""
    return load(StoredAnswer, item | {"expires_at": datetime.fromtimestamp(item["expires_at"], UTC)})


def person_text(person: Person) -> bytes:
    """What is sealed."""
    return _json_text(dump(person)).encode()


def person_of_text(text: bytes) -> Person:
    """Read what was sealed."""
    return load(Person, json.loads(text))


# What an erasure takes away.
SEALED = ("wrapped", "sealed", "customer", "address_signals")


def person_item(opening: Opening, sealed: bytes, wrapped: bytes) -> Item:
    """The sealed person, and beside it the digest that points to all returns of the same customer, and the codes of
    what speaks in the address for calling them back."""
    item: Item = {"PK": keys.case_pk(opening.case.case_id), "SK": keys.PERSON, "sealed": sealed, "wrapped": wrapped}
    customer = next((one.value for one in opening.pointers if one.kind == "customer"), None)
    signals = list(opening.address_signals)
    return item | ({"customer": customer} if customer else {}) | ({"address_signals": signals} if signals else {})


def file_of_items(items: Iterable[Item]) -> CaseFile | None:
    """Everything under one case; None when there is no case."""
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item["SK"].partition("#")[0], []).append(item)
    if keys.CASE not in by_kind:
        return None

    def parts(kind: type[Any], prefix: str) -> tuple[Any, ...]:
        return tuple(load(kind, item) for item in by_kind.get(prefix.rstrip("#"), ()))

    bookings = parts(Booking, keys.BOOKING)
    person = next(iter(by_kind.get(keys.PERSON, ())), Item())
    return CaseFile(
        case=case_of_item(by_kind[keys.CASE][0]),
        plan=plan_of_item(by_kind[keys.PLAN][0]),
        legs=tuple(_numbered(leg, bookings) for leg in parts(Leg, keys.LEG)),
        bookings=bookings,
        exceptions=tuple(exception_of_item(item) for item in by_kind.get(keys.EXCEPTION.rstrip("#"), ())),
        log=parts(LogEntry, keys.LOG),
        papers=tuple(papers_of_item(item) for item in by_kind.get(keys.PAPERS.rstrip("#"), ())),
        duties=tuple(map(entry_of_item, by_kind.get(keys.DUTY.rstrip("#"), ()))),
        claims=claims_of_items(by_kind.get(keys.CLAIM.rstrip("#"), ())),
        watches=watches_of_items(by_kind.get(keys.CLAIM.rstrip("#"), ())),
        packs=tuple(map(pack_of_item, by_kind.get(keys.PACK.rstrip("#"), ()))),
        notices=register_of_item(by_kind[keys.NOTICES][0]) if keys.NOTICES in by_kind else Register(),
        parts=StoredParts(by_kind),
        customer=person.get("customer"),
        address_signals=tuple(person.get("address_signals", ())),
    )


def _numbered(leg: Leg, bookings: Iterable[Booking]) -> Leg:
    """A leg with the number and ship date of the waybill bought for it, which stand there and are not written twice."""
    if leg.number is not None:
        return leg
    for one in bookings:
        bought = one.status in ("done", "cancelled") and "number" in one.result
        if bought and (one.kind, one.leg_n) == ("waybill", leg.n):
            shipped = date.fromisoformat(one.result["ship_date"]) if one.result.get("ship_date") else leg.ship_date
            return replace(leg, number=one.result["number"], ship_date=shipped)
    return leg


def _json_text(shape: Any) -> str:
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
