"""How claims lie in the table: the watch of a leg, which alone is due, and under it one claim against each party.

The pack of a claim is an item of its own, because the worker that makes papers writes nothing else of a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.table import ABSENT, MARK, Item, Update
from chalicelib.clock import stamp
from chalicelib.insurance.claim_states import UNFILED, Claim, Watch
from chalicelib.workflows.claim_ports import Pack

PLACES = frozenset({"due_shard", "due_at", "listed_as", "listed_at"})
NO_LAST_DAY = "9999-12-31T00:00:00Z"


def claim_update(claim: Claim) -> Update:
    """Save a claim; the version of its case, in the same transaction, guards it."""
    pk = keys.case_pk(claim.case_id)
    item: Item = {"PK": pk, "SK": keys.claim_sk(claim.leg_n, claim.party)} | dump(claim)
    item |= {"listed_as": keys.listed_as("claim", claim.state, pk), "listed_at": _listed_at(claim)}
    return update_of(item, names_of(Claim) | PLACES)


def watch_update(watch: Watch) -> Update:
    """Save the watch of a leg; the version of its case guards it."""
    pk = keys.case_pk(watch.case_id)
    item: Item = {"PK": pk, "SK": keys.claim_sk(watch.leg_n)} | dump(watch) | due_attributes(pk, watch.due_at)
    return update_of(item, names_of(Watch) | PLACES)


def due_attributes(pk: str, due_at: datetime | None) -> Item:
    """What puts a watch into the due index."""
    return {} if due_at is None else {"due_shard": keys.due_shard(pk), "due_at": stamp(due_at)}


def claim_of_item(item: Item) -> Claim:
    """Read a claim."""
    return load(Claim, item)


def watch_of_item(item: Item) -> Watch:
    """Read a watch."""
    return load(Watch, item)


def pack_of_item(item: Item) -> Pack:
    """Read a pack."""
    return load(Pack, item)


def claims_of_items(items: Iterable[Item]) -> tuple[Claim, ...]:
    """The claims among the items of a case."""
    return tuple(claim_of_item(item) for item in items if "party" in item)


def watches_of_items(items: Iterable[Item]) -> tuple[Watch, ...]:
    """The watches among the items of a case."""
    return tuple(watch_of_item(item) for item in items if "party" not in item)


def pack_update(pack: Pack, mark: str) -> Update:
    """Write a pack for the first time, or over the version before."""
    item: Item = {"PK": keys.case_pk(pack.case_id), "SK": keys.pack_sk(pack.leg_n, pack.party)} | dump(pack)
    before = {"version": ABSENT if pack.version == 1 else pack.version - 1}
    return update_of(item | {MARK: mark}, names_of(Pack), before)


def _listed_at(claim: Claim) -> str:
    if claim.state not in UNFILED:
        return stamp(claim.changed_at)
    return stamp(claim.deadline.ends_at) if claim.deadline else NO_LAST_DAY
