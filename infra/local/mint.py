"""`make token`: a new API token, shown once and kept only as its hash.

- `make token`: for the running `make run`
- `make token HOLDER=ada ROLE=finance SCOPES=returns:read,exceptions:write DAYS=90`
- `make token STAGE=prod`: with AWS credentials, for the stack goldthread-prod
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.tokens import ID_BYTES, SECRET_BYTES, mint
from chalicelib.api.auth import SCOPES as KNOWN_SCOPES
from infra.local.stack import PORT_VARIABLE
from infra.stages import connect_to, outputs_of

SCOPES = ("returns:read", "returns:write", "exceptions:write")
ROLE = "support"
DAYS = 30
LONGEST_DAYS = 400
TOKEN_BYTES = ID_BYTES + SECRET_BYTES


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose token, for what, for how long."""

    holder: str
    role: str = ROLE
    scopes: tuple[str, ...] = SCOPES
    days: int = DAYS


def mint_for(connect: Callable[[str], Any], table: str, wish: Wish, now: datetime) -> str:
    """Write a new token's digest into the table and give its text, which is kept nowhere."""
    place = DynamoTable(Clients(connect), table)
    return mint(place, wish.holder, wish.role, wish.scopes, now, wish.days, secrets.token_bytes(TOKEN_BYTES))


def wished(environment: Mapping[str, str]) -> Wish:
    """What the environment asks for; raises ValueError for a token that could open nothing."""
    scopes = tuple((environment.get("SCOPES") or ",".join(SCOPES)).split(","))
    if unknown := sorted(set(scopes) - set(KNOWN_SCOPES)):
        raise ValueError(f"SCOPES: there is no {', '.join(unknown)}; there is {', '.join(KNOWN_SCOPES)}")
    days = environment.get("DAYS") or str(DAYS)
    if not days.isdecimal() or not 1 <= int(days) <= LONGEST_DAYS:
        raise ValueError(f"DAYS={days} is no number of days from 1 to {LONGEST_DAYS}")
    holder = environment.get("HOLDER") or environment.get("USER") or "somebody"
    return Wish(holder, environment.get("ROLE") or ROLE, scopes, int(days))


def main() -> int:
    """Mint what the environment asks for and print the token alone, so that a script can keep it."""
    stage = os.environ.get("STAGE", "local")
    try:
        wish = wished(os.environ)
    except ValueError as wrong:
        print(f"no token made: {wrong}", file=sys.stderr)
        return 1
    try:
        connect = connect_to(stage)
        table = outputs_of(connect("cloudformation"), stage)["TableName"]
        print(mint_for(connect, table, wish, datetime.now(UTC)))
    except ValueError as wrong:
        print(f"no token made: HOLDER: {wrong}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        hint = f"; is `make run` up? With another port: {PORT_VARIABLE}=... make token" if stage == "local" else ""
        print(f"no token made for stage {stage}: {error}{hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
