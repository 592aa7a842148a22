"""`make chain`: whether the logs and the evidence of cases are as they were written.

- `make chain CASE=<id>`: one case of the running `make run`
- `make chain ALL=1 STAGE=prod`: every case, with AWS credentials

Each entry of the log is hashed again and must follow from the one before, the case must end where its log ends, every
piece of evidence must be as its entries say, and every object of the bucket must have the digest that the log has of
it. What is wrong is printed with what and where; then the answer is 1. Objects are read whole: this takes its time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.aws import Clients
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.sealing import KmsKeys
from chalicelib.errors import StoredItemUnreadable
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.stages import STAGES
from chalicelib.workflows.check_chain import Finding, findings
from infra.stages import connect_to, outputs_of

PAGE, CHUNK = 100, 1_048_576


def check(cases: TableCases, s3: Any, bucket: str, wanted: Iterable[str], tell: Callable[[str], None]) -> bool:
    """Check these cases; whether every one of them is whole."""
    whole = 0
    broken = 0
    for case_id in wanted:
        found = list(of_case(cases, s3, bucket, case_id, tell))
        whole, broken = whole + (not found), broken + bool(found)
        for one in found:
            tell(f"{case_id}: {one.what}: {one.where}")
    tell(f"{whole} whole, {broken} not")
    return broken == 0


def of_case(cases: TableCases, s3: Any, bucket: str, case_id: str, tell: Callable[[str], None]) -> Iterator[Finding]:
    """What is wrong with one case."""
    try:
        file = cases.file(case_id)
        if file is None:
            yield Finding("case_gone", "no case has this id")
            return
        objects = dict(digests(s3, bucket, case_id))
        pieces = len(file.parts.of(Evidence))
        tell(f"{case_id}: {len(file.log)} entries, {pieces} pieces of evidence, {len(objects)} objects")
        yield from findings(file, objects)
    except StoredItemUnreadable as unreadable:
        yield Finding("item_unreadable", str(unreadable))


def digests(s3: Any, bucket: str, case_id: str) -> Iterator[tuple[str, str]]:
    """Key and SHA-256 of every object that is evidence of a case, or is shown of it."""
    for room in ("evidence", "shown"):
        prefix = f"{room}/{keys.part(case_id)}/"
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for row in page.get("Contents", ()):
                digest = sha256()
                for chunk in s3.get_object(Bucket=bucket, Key=row["Key"])["Body"].iter_chunks(CHUNK):
                    digest.update(chunk)
                yield row["Key"], digest.hexdigest()


def every_case(cases: TableCases) -> Iterator[str]:
    """The ids of all cases, stage by stage; one that moves meanwhile may come twice."""
    for stage in STAGES:
        cursor: str | None = None
        while True:
            page = cases.listed(stage, cursor, PAGE)
            yield from (case.case_id for case in page.cases)
            cursor = page.cursor
            if cursor is None:
                break


def asked(cases: TableCases, environment: Mapping[str, str]) -> Iterable[str]:
    """The cases that the environment names; raises ValueError when it names none."""
    if environment.get("CASE"):
        return (environment["CASE"],)
    if environment.get("ALL") == "1":
        return every_case(cases)
    raise ValueError("say CASE=<id>, or ALL=1")


def main() -> int:
    """Check what the environment asks for: 0 when all of it is whole."""
    stage = os.environ.get("STAGE", "local")
    try:
        connect = connect_to(stage)
        outputs = outputs_of(connect("cloudformation"), stage)
        clients = Clients(connect)
        cases = TableCases(DynamoTable(clients, outputs["TableName"]), KmsKeys(clients, outputs["PersonKeyId"]))
        whole = check(cases, connect("s3"), outputs["EvidenceBucketName"], asked(cases, os.environ), print)
    except (ValueError, BotoCoreError, ClientError) as error:
        print(f"nothing checked for stage {stage}: {error}", file=sys.stderr)
        return 2
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
