"""`make erase-again`: after a table was restored from an earlier day, forget again whoever was forgotten since.

- `make erase-again`: for the running `make run`
- `make erase-again STAGE=prod`: with AWS credentials; run it before the restored table is put to use

Whose values were erased is noted in the evidence bucket, outside the table; who is erased already is passed over.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.sealing import DataKey
from chalicelib.adapters.table import Table, Update
from infra.stages import connect_to, outputs_of

PREFIX = "erased/"
PROGRESS_EVERY = 500


class NoKeys:
    """Nothing is sealed or opened where things are only forgotten."""

    def new(self, case_id: str) -> DataKey:
        """Never asked for."""
        raise PermissionError(case_id)

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        """Never asked for."""
        raise PermissionError(case_id, len(wrapped))


@dataclass(frozen=True, slots=True)
class Again:
    """How many were noted, and how many had to be erased once more."""

    noted: int
    erased: int


def erase_again(table: Table, case_ids: Iterable[str], tell: Callable[[str], None]) -> Again:
    """Take the keys away of every case noted as erased, and end its link; twice is harmless."""
    links = TableLinks(table, NoKeys())
    noted = erased = 0
    for case_id in case_ids:
        noted += 1
        pk = keys.case_pk(case_id)
        held = [name for name in _SEALED if name in (table.get(pk, keys.PERSON) or {})]
        if held:
            table.update(Update(pk, keys.PERSON, {}, held))
        links.revoke(case_id)
        erased += bool(held)
        if noted % PROGRESS_EVERY == 0:
            tell(f"  {noted} looked at, {erased} erased once more")
    return Again(noted, erased)


_SEALED = ("wrapped", "sealed")


def noted_in(s3: Any, bucket: str) -> Iterator[str]:
    """The cases noted as erased."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for row in page.get("Contents", ()):
            yield unquote(row["Key"].removeprefix(PREFIX))


def main() -> int:
    """Run it; the exit code is 1 where AWS does not answer."""
    stage = os.environ.get("STAGE") or "local"
    of = connect_to(stage)
    try:
        outputs = outputs_of(of("cloudformation"), stage)
        table = DynamoTable(Clients(of), outputs["TableName"])
        done = erase_again(
            table, noted_in(of("s3"), outputs["EvidenceBucketName"]), lambda line: print(line, flush=True)
        )
    except (BotoCoreError, ClientError) as unreachable:
        print(f"stage {stage} cannot be reached: {unreachable}", file=sys.stderr)
        return 1
    print(f"{done.noted} erasures noted, {done.erased} carried out once more")
    return 0


if __name__ == "__main__":
    sys.exit(main())
