"""A way out in one look, as its case names it."""

from __future__ import annotations

from chalicelib.api.told import LaneTold, Told
from chalicelib.purposes import Purpose
from chalicelib.returns.way_out import OutCause, OutState


class WayOutInShort(Told):
    """A way out as its case names it; carrier, lane and purpose are null while nobody could decide them. ``advance``:
    it goes while the first piece is still on its way home."""

    leg: int
    cause: OutCause
    state: OutState
    purpose: Purpose | None
    settlement_id: str | None
    repair: int | None
    advance: bool
    carrier: str | None
    service: str | None
    lane: LaneTold | None
    tracking_number: str | None
    next: list[str]
