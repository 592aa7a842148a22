"""What is true of a carrier as a whole, shared by every worker: bearer tokens, how we stand with each way in, incident.

A bearer token buys and tracks parcels, and functions that may not call a carrier can read the table. So it is
sealed under a key made of the carrier's own credentials: only a function that could fetch a token itself can
read this one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.sealing import SealBroken, seal, unseal
from chalicelib.adapters.table import ABSENT, MARK, Item, Key, Table, Update, fresh_mark
from chalicelib.carriers.standing import Standing
from chalicelib.clock import instant, stamp
from chalicelib.workflows.ports import CarrierToken, Incident

REFRESH_LEASE_S = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class TableCarrierStates:
    """``CarrierStates`` over the table. ``credentials`` gives what is in the carriers' secret."""

    def __init__(
        self, table: Table, credentials: Callable[[], Mapping[str, Any]], mark: Callable[[], str] = fresh_mark
    ) -> None:
        self._table, self._credentials, self._mark = table, credentials, mark

    def token(self, carrier: str, purpose: str) -> CarrierToken | None:
        """The token that some worker fetched.

        One sealed under credentials that were since rotated out is given as run out, with its version, so
        that it is refreshed like any other.
        """
        item = self._table.get(*_token_key(carrier, purpose))
        if item is None or "sealed" not in item:
            return None
        try:
            text = unseal(self._seal_key(carrier), item["sealed"], f"{carrier}/{purpose}").decode()
        except SealBroken:
            return CarrierToken(carrier, purpose, "", LONG_AGO, item["version"])
        return CarrierToken(carrier, purpose, text, instant(item["usable_until"]), item["version"])

    def claim_refresh(self, carrier: str, purpose: str, seen_version: int, now: datetime) -> bool:
        """True for the one worker that may fetch a new token now; its claim lapses after half a minute."""
        pk, sk = _token_key(carrier, purpose)
        item = self._table.get(pk, sk) or {}
        if item.get("version", 0) != seen_version or item.get("refreshing_until", "") > stamp(now):
            return False
        lease = {"refreshing_until": stamp(now + timedelta(seconds=REFRESH_LEASE_S)), MARK: self._mark()}
        return self._table.update(Update(pk, sk, lease, expect=_as_read(item, "version", "refreshing_until")))

    def keep_token(self, token: CarrierToken) -> None:
        """Share a token that was just fetched; one of the same or a later version that is there already
        stays.
        """
        pk, sk = _token_key(token.carrier, token.purpose)
        item = self._table.get(pk, sk) or {}
        if item.get("version", 0) >= token.version:
            return
        sealed = seal(self._seal_key(token.carrier), token.token.encode(), f"{token.carrier}/{token.purpose}")
        said = {"sealed": sealed, "usable_until": stamp(token.expires_at), "version": token.version}
        self._table.update(Update(pk, sk, said, ["refreshing_until"], _as_read(item, "version")))

    def standing(self, carrier: str, way: str) -> Standing:
        """How we stand with one way in; a fresh one before the first request."""
        item = self._table.get(*_standing_key(carrier, way))
        return Standing() if item is None else load(Standing, item)

    def save_standing(self, carrier: str, way: str, standing: Standing) -> bool:
        """Save it over the version before."""
        return self._saved(_standing_key(carrier, way), standing)

    def incident(self, carrier: str) -> Incident | None:
        """The carrier's latest incident."""
        item = self._table.get(*_incident_key(carrier))
        return None if item is None else load(Incident, item | {"carrier": carrier})

    def save_incident(self, incident: Incident) -> bool:
        """Save it over the version before."""
        return self._saved(_incident_key(incident.carrier), incident)

    def _saved(self, key: Key, value: Standing | Incident) -> bool:
        """Write a new version if the one before is still there: one conditional write."""
        item = {"PK": key[0], "SK": key[1], MARK: self._mark()} | dump(value)
        before = ABSENT if value.version == 1 else value.version - 1
        return self._table.update(update_of(item, names_of(type(value)), {"version": before}))

    def _seal_key(self, carrier: str) -> bytes:
        credentials = json.dumps(self._credentials().get(carrier, {}), sort_keys=True)
        return sha256(b"goldthread carrier token\n" + credentials.encode()).digest()


def _token_key(carrier: str, purpose: str) -> tuple[str, str]:
    return keys.carrier_pk(carrier), f"TOKEN#{keys.part(purpose)}"


def _standing_key(carrier: str, way: str) -> Key:
    return keys.carrier_pk(carrier), f"STANDING#{keys.part(way)}"


def _incident_key(carrier: str) -> Key:
    return keys.carrier_pk(carrier), "INCIDENT"


def _as_read(item: Item, *names: str) -> dict[str, Any]:
    return {name: item.get(name, ABSENT) for name in names}
