"""`make replay`: a track made anew from the raw bodies in the evidence bucket, beside the one that is kept.

- `make replay CARRIER=fedex NUMBER=794...`: for the running `make run`
- `make replay CARRIER=dhl NUMBER=... STAGE=prod`: with AWS credentials
- `WRITE=1` also saves the rebuilt history and state, where they differ
- `SINCE=2026-11-01 UNTIL=2026-11-20` narrow which bodies are read; otherwise from when the leg was made until now

Bodies lie under their digests, so those of the whole time are looked at; the table is read for one number only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.evidence import RAW_NOTES
from chalicelib.adapters.tracks import TableTracks
from chalicelib.clock import instant, stamp
from chalicelib.errors import StaleVersion
from chalicelib.shipments.leg import Track
from chalicelib.workflows.rebuild_track import RawBody, Rebuilt, rebuilt
from infra.stages import connect_to, outputs_of

CLOCKS_DIFFER = timedelta(days=1)
PROGRESS_EVERY = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """Which track, and in which bodies to look for it."""

    carrier: str
    number: str
    since: datetime | None
    until: datetime | None
    write: bool


def wished(environment: Mapping[str, str]) -> Wish:
    """What the environment asks for; raises ValueError that says what is missing."""
    carrier, number = environment.get("CARRIER", ""), environment.get("NUMBER", "")
    if not carrier or not number:
        raise ValueError("say CARRIER= and NUMBER=")
    since, until = (_midnight(environment.get(name), name) for name in ("SINCE", "UNTIL"))
    return Wish(carrier, number, since, until, environment.get("WRITE") == "1")


def bodies(s3: Any, bucket: str, number: str, since: datetime, until: datetime) -> Iterator[RawBody]:
    """Every body kept in this time that holds the number, with a line of progress every now and then."""
    looked = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="raw/"):
        for row in page.get("Contents", ()):
            if not since - CLOCKS_DIFFER <= row["LastModified"] <= until + CLOCKS_DIFFER:
                continue
            looked += 1
            if looked % PROGRESS_EVERY == 0:
                print(f"  {looked} bodies looked at", file=sys.stderr)
            found = _body(s3, bucket, row["Key"])
            if number.encode() in found.body:
                yield found


def replay(tracks: TableTracks, s3: Any, bucket: str, wish: Wish, now: datetime, tell: Callable[[str], None]) -> bool:
    """Rebuild every track under the number; whether all are as they are kept (or were written so)."""
    file = tracks.file(wish.carrier, wish.number)
    if not file.tracks:
        tell(f"no track of {wish.carrier} has the number {wish.number}")
        return False
    since = wish.since or min(track.created_at for track in file.tracks)
    found = list(bodies(s3, bucket, wish.number, since, wish.until or now))
    tell(f"{len(found)} bodies hold this number")
    ends = [_one(tracks, track, found, wish, tell) for track in file.tracks]
    return all(ends)


def _one(tracks: TableTracks, kept: Track, found: list[RawBody], wish: Wish, tell: Callable[[str], None]) -> bool:
    made = rebuilt(kept, found, lambda body: tell(f"  {stamp(body.received_at)}  {body.source:14} {body.digest[:12]}"))
    for line in told(made):
        tell(line)
    if made.is_same or not wish.write:
        return made.is_same
    try:
        tracks.save(made.repaired)
    except StaleVersion:
        tell("  not written: the track changed meanwhile; run it again")
        return False
    tell("  written")
    return True


def told(made: Rebuilt) -> Iterator[str]:
    """What came of it, in a few lines; codes and times only."""
    leg = f"{made.kept.case_id}/{made.kept.leg_n}"
    if made.is_same:
        yield f"{leg}: the same: {len(made.kept.events)} events, {made.kept.state.milestone or 'nothing known'}"
        return
    yield f"{leg}: differs: kept {made.kept.state.milestone}, rebuilt {made.track.state.milestone}"
    for sign, events in (("+", made.only_rebuilt), ("-", made.only_kept)):
        for event in events:
            yield f"  {sign} {stamp(event.at)} {event.code} {event.milestone}"
    for digest in made.unreadable:
        yield f"  unreadable: raw/{digest}"


def _body(s3: Any, bucket: str, key: str) -> RawBody:
    kept = s3.get_object(Bucket=bucket, Key=key)
    source, at = (kept["Metadata"].get(name, "") for name in RAW_NOTES)
    received = instant(at) if at else kept["LastModified"]
    return RawBody(key.removeprefix("raw/"), source, received, kept["Body"].read())


def _midnight(text: str | None, name: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None
    except ValueError:
        raise ValueError(f"{name}={text} is no date such as 2026-11-22") from None


def main() -> int:
    """Replay what the environment asks for: 0 when the track is the same or was mended."""
    stage = os.environ.get("STAGE", "local")
    try:
        wish = wished(os.environ)
    except ValueError as wrong:
        print(f"nothing replayed: {wrong}", file=sys.stderr)
        return 2
    try:
        connect = connect_to(stage)
        outputs = outputs_of(connect("cloudformation"), stage)
        tracks = TableTracks(DynamoTable(Clients(connect), outputs["TableName"]))
        same = replay(tracks, connect("s3"), outputs["EvidenceBucketName"], wish, datetime.now(UTC), print)
    except (BotoCoreError, ClientError) as error:
        print(f"nothing replayed for stage {stage}: {error}", file=sys.stderr)
        return 2
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
