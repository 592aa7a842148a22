"""How a track and a parked event lie in the table.

The events are the truth: the state is folded from them again at every read, and what the item says of it
(milestone, condition) is there for people and for the listing. Carrier, number, ship date, case and leg are
in the key and nowhere else; what is at its default is left out, and what is short is written short: the service beside
the lane, the weights as one text. So an item of twenty events stays below three kilobytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.case_items import PLACES, due_attributes
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.table import ABSENT, MARK, Item, Update
from chalicelib.clock import stamp
from chalicelib.errors import StoredItemUnreadable
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.shipments.fold import fold
from chalicelib.shipments.history import HistoryUnreadable, pack, unpack
from chalicelib.shipments.leg import Track
from chalicelib.workflows.ports import NumberFile, Parked

PARKED_KEPT = timedelta(days=399)
_IN_KEY = frozenset({"carrier", "number", "ship_date", "case_id", "leg_n"})
_BY_HAND = frozenset({"state", "events", "lane", "value", "service", "weights_g"})
_MAY_HOLD = (
    (names_of(Track) - _IN_KEY - {"state", "service", "weights_g"}) | PLACES | {"milestone", "condition", "grams"}
)
_EMPTY: tuple[object, ...] = (None, 0, [], ())
_USUAL = {"direction": "home", "condition": "ok"}


def track_item(track: Track) -> Item:
    """A track, listed by its condition unless that is ok, longest in it first."""
    pk = keys.number_pk(track.carrier, track.number)
    item: Item = {"PK": pk, "SK": keys.track_sk(track.ship_date, track.case_id, track.leg_n)}
    plain = dump(track)
    item |= {name: value for name, value in plain.items() if name not in _IN_KEY | _BY_HAND and value not in _EMPTY}
    item |= {"lane": f"{track.lane} {track.service or ''}".rstrip(), "condition": track.state.condition}
    if track.state.milestone is not None:
        item["milestone"] = track.state.milestone
    if track.value is not None:
        item["value"] = f"{plain['value']['amount']} {track.value.currency}"
    if track.weights_g:
        item["grams"] = " ".join(map(str, track.weights_g))
    if track.events:
        item["events"] = pack(track.events)
    item = {name: value for name, value in item.items() if _USUAL.get(name) != value}
    return item | due_attributes(pk, track.due_at) | _listed(track, pk)


def _listed(track: Track, pk: str) -> Item:
    if track.state.condition == "ok":
        return {}
    since = track.state.since or track.created_at
    return {"listed_as": keys.listed_as("track", track.state.condition, pk), "listed_at": stamp(since)}


def track_update(track: Track, mark: str) -> Update:
    """Make a track at its first version, or save one that was read one version before."""
    expect = {"PK": ABSENT} if track.version == 1 else {"version": track.version - 1}
    return update_of(track_item(track) | {MARK: mark}, _MAY_HOLD, expect)


def track_settlement(track: Track) -> Update:
    """Keep which effects are still owed and when to look again, and nothing else."""
    item = track_item(track)
    kept = {name: item[name] for name in ("PK", "SK", *_SETTLED) if name in item}
    return update_of(kept, _SETTLED, {"version": track.version})


_SETTLED = ("effects", "due_shard", "due_at", "poll_after", "attempts", "unheard_since")


def track_of_item(item: Item) -> Track:
    """Read a track; raises ``StoredItemUnreadable``."""
    try:
        return _track(item)
    except (HistoryUnreadable, ValueError, KeyError, TypeError) as fault:
        raise StoredItemUnreadable(f"a stored track cannot be read ({type(fault).__name__})") from None


def _track(item: Item) -> Track:
    carrier, number = keys.carrier_and_number(item["PK"])
    ship_date, case_id, leg_n = keys.ship_date_and_leg(item["SK"])
    way, _, service = item["lane"].partition(" ")
    lane = Lane(*way.split("->"))
    events = unpack(item.get("events", ()))
    said: dict[str, Any] = _USUAL | {name: value for name, value in item.items() if name in _MAY_HOLD}
    said |= {"carrier": carrier, "number": number, "ship_date": ship_date, "case_id": case_id, "leg_n": leg_n}
    said |= {"lane": lane, "events": (), "state": {}, "value": _money(item.get("value")), "service": service or None}
    said |= {"weights_g": item.get("grams", "").split()}
    track = load(Track, said)
    return replace(track, events=events, state=fold(events, track.facts))


def parked_item(parked: Parked) -> Item:
    """A parked event under its number. The table forgets it just before the bucket forgets its body, without which it
    could not be joined (``ExpirationInDays`` of raw bodies; ``expires_at`` is in seconds since 1970).
    """
    pk = keys.number_pk(parked.carrier, parked.number)
    said = {name: value for name, value in dump(parked).items() if name not in ("carrier", "number", "digest")}
    said["expires_at"] = int((parked.received_at + PARKED_KEPT).timestamp())
    return {"PK": pk, "SK": keys.parked_sk(parked.digest)} | said | due_attributes(pk, parked.due_at)


def parked_of_item(item: Item) -> Parked:
    """Read a parked event."""
    carrier, number = keys.carrier_and_number(item["PK"])
    digest = item["SK"].removeprefix(keys.PARKED)
    return load(Parked, item | {"carrier": carrier, "number": number, "digest": digest})


def number_file(items: list[Item]) -> NumberFile:
    """Everything under one carrier number; exceptions of the number are read by their own id."""
    return NumberFile(
        tracks=tuple(track_of_item(item) for item in items if item["SK"].startswith(keys.TRACK)),
        parked=tuple(parked_of_item(item) for item in items if item["SK"].startswith(keys.PARKED)),
    )


def _money(text: str | None) -> Money | None:
    if text is None:
        return None
    amount, currency = text.split(" ")
    return Money(Decimal(amount), currency)
