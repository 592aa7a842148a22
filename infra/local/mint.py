"""`make token`: a new API token, shown once and kept only as its hash.

make token                                for the running `make run`
make token HOLDER=ada ROLE=finance SCOPES=returns:read,exceptions:write DAYS=90
make token STAGE=prod                     with AWS credentials, for the stack goldthread-prod
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.stack import PORT_VARIABLE, Ministack

DEFAULT_PORT = "4566"


SCOPES = ("returns:read", "returns:write", "exceptions:write")
ROLE = "support"
DAYS = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose token, for what, for how long."""

    holder: str
    role: str = ROLE
    scopes: tuple[str, ...] = SCOPES
    days: int = DAYS


def mint(table: Any, name: str, wish: Wish, now: datetime) -> str:
    """Write a new token's hash into the table and give its text, which is kept nowhere."""
    token_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    text = f"gt_{token_id}_{secret}"
    expires = now + timedelta(days=wish.days)
    table.put_item(
        TableName=name,
        Item={
            "PK": {"S": f"TOKEN#{token_id}"},
            "SK": {"S": "TOKEN"},
            "token_id": {"S": token_id},
            "token_hash": {"S": hashlib.sha256(text.encode()).hexdigest()},
            "holder": {"S": wish.holder},
            "role": {"S": wish.role},
            "scopes": {"L": [{"S": scope} for scope in wish.scopes]},
            "created_at": {"S": now.strftime("%Y-%m-%dT%H:%M:%SZ")},
            "expires_at": {"N": str(int(expires.timestamp()))},
        },
        ConditionExpression="attribute_not_exists(PK)",
    )
    return text


def main() -> int:
    """Mint what the environment asks for and print the token alone, so that a script can keep it."""
    stage = os.environ.get("STAGE", "local")
    wish = Wish(
        holder=os.environ.get("HOLDER") or os.environ.get("USER") or "somebody",
        role=os.environ.get("ROLE") or ROLE,
        scopes=tuple((os.environ.get("SCOPES") or ",".join(SCOPES)).split(",")),
        days=int(os.environ.get("DAYS") or DAYS),
    )
    try:
        connect = _embedded if stage == "local" else boto3.client
        outputs = connect("cloudformation").describe_stacks(StackName=f"goldthread-{stage}")["Stacks"][0][
            "Outputs"
        ]
        table = next(row["OutputValue"] for row in outputs if row["OutputKey"] == "TableName")
        print(mint(connect("dynamodb"), table, wish, datetime.now(UTC)))
    except (BotoCoreError, ClientError) as error:
        hint = "; is `make run` up?" if stage == "local" else ""
        print(f"no token made for stage {stage}: {error}{hint}", file=sys.stderr)
        return 1
    return 0


def _table(cloudformation: Any, stage: str) -> str:
    stack = cloudformation.describe_stacks(StackName=f"goldthread-{stage}")["Stacks"][0]
    name: str = next(row["OutputValue"] for row in stack["Outputs"] if row["OutputKey"] == "TableName")
    return name


def _embedded(service: str) -> Any:
    port = int(os.environ.get(PORT_VARIABLE) or DEFAULT_PORT)
    return Ministack(port, Path()).client(service)


if __name__ == "__main__":
    sys.exit(main())
