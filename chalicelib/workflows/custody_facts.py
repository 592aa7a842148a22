"""What the stories of custody share: digests of what was said, evidence that is named, how a parcel left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.clock import stamp
from chalicelib.errors import FieldFault
from chalicelib.returns.custody import HandOver, Receipt
from chalicelib.returns.evidence import Evidence, EvidenceKind
from chalicelib.returns.judge_parcel import Sent
from chalicelib.returns.weigh_rules import rules
from chalicelib.shipments.leg import Leg, Track
from chalicelib.shipments.thresholds import thresholds
from chalicelib.workflows.parcels import parcels_of, receipts_of
from chalicelib.workflows.ports import CaseFile, Ports


def digest_of(facts: Any) -> str:
    """SHA-256 of what was said, so that the log can prove it without holding it; ``facts`` is a dataclass or a plain
    mapping."""
    plain = dict(facts) if isinstance(facts, Mapping) else asdict(facts)
    text = json.dumps(plain, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def evidence_faults(file: CaseFile, field: str, named: Iterable[str | None], kind: EvidenceKind | None = None) -> Any:
    """Evidence that is named and not there, or of another kind; all of it."""
    known = {one.evidence_id: one for one in file.parts.of(Evidence) if one.state in ("uploaded", "kept")}
    for name in named:
        if name is not None and name not in known:
            yield FieldFault(field, "no_such_evidence", f"offer and upload it first: {name}")
        elif name is not None and kind is not None and known[name].kind != kind:
            yield FieldFault(field, "other_kind_of_evidence", f"{name} is {known[name].kind}, not {kind}")


def time_faults(at: datetime | None, now: datetime) -> list[FieldFault]:
    """Nothing is noted before it happened; a clock at the bench may run a little ahead of ours."""
    ahead = timedelta(minutes=rules(now.date()).bench[0].ahead_minutes)
    if at is not None and at > now + ahead:
        return [FieldFault("at", "in_the_future", "give the instant at which it happened")]
    return []


def how_it_left(
    ports: Ports, file: CaseFile, leg: Leg, on: date, parcel: int = 1, fresh: Receipt | None = None
) -> Sent:
    """How a parcel of a leg left, by who packed it and by what its carrier told since; beside it, the other parcels of
    the leg (``fresh`` is about to be written). While not each has a weight of its own from its packing, what is known
    is taken for the sum."""
    rows = [one for one in file.parts.of(HandOver) if one.leg_n == leg.n and one.of == "parcel"]
    packed = [one for one in rows if one.parcel == parcel]
    here = {one.parcel: one for one in (*receipts_of(file, leg.n), *((fresh,) if fresh else ()))}
    known = range(1, max(parcels_of(file, leg.n), parcel, *here) + 1)
    alone = all(any(one.parcel == n and one.grams is not None for one in rows) for n in known) or len(known) == 1
    weighed = [one.grams for one in reversed(packed if alone else rows) if one.grams is not None]
    track = track_of(ports, leg)
    return Sent(
        sealed_g=next(iter(weighed), None),
        sealed_alone=alone,
        parcel=parcel,
        parcels=len(known),
        awaited=tuple(n for n in known if n not in here and n != parcel),
        beside_g=tuple(one.parcel_weight_g for n, one in here.items() if n != parcel),
        told_g=track.weights_g if track else (),
        step_g=thresholds(on, ports.merchant().watch).scale_of(leg.carrier),
        seal=next((one.seal for one in reversed(packed) if one.seal is not None), None),
        repacked_told=any(
            one.kind == "repacked" and one.leg_n == leg.n and not one.episode.startswith("receipt-")
            for one in file.exceptions
        ),
    )


def track_of(ports: Ports, leg: Leg) -> Track | None:
    """What the carrier of a leg has said; None: nothing."""
    tracks = ports.tracks.file(leg.carrier, leg.number).tracks if leg.number else ()
    return next((one for one in tracks if (one.case_id, one.leg_n) == (leg.case_id, leg.n)), None)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(f"a {type(value).__name__} has no plain form here")
