"""The table in DynamoDB. Knows expressions, pages and refusals; knows nothing of what an item means."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.adapters.aws import Client, Clients, code_of, reaching
from chalicelib.adapters.marshal import to_item, typed, typed_value
from chalicelib.adapters.table import (
    INDEX_KEYS,
    TRANSACTION_LIMIT,
    Absent,
    Delete,
    IndexEntry,
    IndexName,
    Item,
    Key,
    PutNew,
    TransactionLost,
    Update,
    Write,
    is_own_write,
)
from chalicelib.errors import UnavailableError

Request = dict[str, Any]

CONFLICT_ATTEMPTS = 5
FIRST_WAIT_S = 0.025
BATCH_GET_LIMIT = 100
NEW = "attribute_not_exists(PK)"


class DynamoTable:
    """``Table`` over one DynamoDB table; ``wait`` sleeps while another transaction holds an item."""

    def __init__(self, clients: Clients, name: str, wait: Callable[[float], None] = time.sleep) -> None:
        self._clients, self._name, self._wait = clients, name, wait

    def get(self, pk: str, sk: str) -> Item | None:
        """One item, read consistently."""
        with reaching("the table"):
            answer = self._client.get_item(TableName=self._name, Key=_key((pk, sk)), ConsistentRead=True)
        return to_item(answer["Item"]) if "Item" in answer else None

    def partition(
        self,
        pk: str,
        sk_prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Item]:
        """The items of a partition in order, following pages."""
        request: Request = {
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
            "KeyConditionExpression": "PK = :pk" + (" AND begins_with(SK, :sk)" if sk_prefix else ""),
            "ExpressionAttributeValues": typed({":pk": pk} | ({":sk": sk_prefix} if sk_prefix else {})),
        }
        if after is not None:
            request["ExclusiveStartKey"] = _key((pk, after))
        return [to_item(one) for one in self._query(request, limit)]

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        """The items of these keys, asking again for those that were put off."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), BATCH_GET_LIMIT):
            for item in self._batch(wanted[start : start + BATCH_GET_LIMIT]):
                found[item["PK"], item["SK"]] = item
        return [found[key] for key in wanted if key in found]

    def put_new(self, item: Item) -> bool:
        """Write an item where there is none."""
        return self._won(self._client.put_item, _put(PutNew(item)), item)

    def update(self, write: Update) -> bool:
        """Carry out one update."""
        return self._won(self._client.update_item, _update(write), write.set)

    def delete(self, pk: str, sk: str) -> None:
        """Remove one item."""
        self._won(self._client.delete_item, {"Key": _key((pk, sk))}, {})

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none.

        botocore sends every attempt of one call under the same ClientRequestToken.
        """
        if not 0 < len(writes) <= TRANSACTION_LIMIT:
            raise ValueError(f"a transaction holds 1 to {TRANSACTION_LIMIT} writes, not {len(writes)}")
        asked = [_transacted(write, self._name) for write in writes]
        for wait_s in self._waits():
            refused = self._refused(lambda: self._client.transact_write_items(TransactItems=asked))
            if refused is None:
                return
            reasons = [reason.get("Code", "None") for reason in refused.response.get("CancellationReasons", ())]
            failed = [place for place, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]
            if failed:
                raise TransactionLost(failed) from refused
            if any(reason not in ("None", *_PUT_OFF) for reason in reasons):
                raise refused
            self._wait(wait_s)
        raise UnavailableError("the table is busy with the same items")

    def index(
        self,
        name: IndexName,
        partition: str,
        *,
        limit: int,
        until: str | None = None,
        after: IndexEntry | None = None,
        newest_first: bool = False,
    ) -> list[IndexEntry]:
        """Entries of one index partition in order."""
        hash_name, range_name = INDEX_KEYS[name]
        request: Request = {
            "IndexName": name,
            "ScanIndexForward": not newest_first,
            "KeyConditionExpression": f"{hash_name} = :p" + (f" AND {range_name} <= :until" if until else ""),
            "ExpressionAttributeValues": typed({":p": partition} | ({":until": until} if until else {})),
        }
        if after is not None:
            request["ExclusiveStartKey"] = _key((after.pk, after.sk)) | typed(
                {hash_name: partition, range_name: after.at}
            )
        found = (to_item(one) for one in self._query(request, limit))
        return [IndexEntry(one["PK"], one["SK"], one[range_name]) for one in found]

    @property
    def _client(self) -> Client:
        return self._clients.of("dynamodb")

    def _query(self, request: Request, limit: int | None) -> Iterator[Mapping[str, Any]]:
        """An empty page that names a next one is no end."""
        left = limit
        while left is None or left > 0:
            sized = request if left is None else request | {"Limit": left}
            with reaching("the table"):
                page = self._client.query(TableName=self._name, **sized)
            yield from page["Items"]
            left = None if left is None else left - len(page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request = request | {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _batch(self, keys: Sequence[Key]) -> Iterator[Item]:
        asked: Request = {self._name: {"Keys": [_key(key) for key in keys], "ConsistentRead": True}}
        for wait_s in self._waits():
            with reaching("the table"):
                answer = self._client.batch_get_item(RequestItems=asked)
            yield from (to_item(one) for one in answer["Responses"].get(self._name, ()))
            asked = answer.get("UnprocessedKeys") or {}
            if not asked:
                return
            self._wait(wait_s)
        raise UnavailableError("the table puts off reads")

    def _won(self, call: Callable[..., Any], request: Request, written: Mapping[str, Any]) -> bool:
        for wait_s in self._waits():
            refused = self._refused(lambda: call(TableName=self._name, **request))
            if refused is None:
                return True
            if code_of(refused) == "ConditionalCheckFailedException":
                return is_own_write(_stored(refused), written)
            self._wait(wait_s)
        raise UnavailableError("the table is busy with the same item")

    def _refused(self, call: Callable[[], Any]) -> Any:
        """None, or the refusal that says something of the items themselves."""
        from botocore.exceptions import ClientError

        try:
            with reaching("the table"):
                call()
        except UnavailableError as busy:
            if code_of(busy.__cause__ or busy) != "TransactionConflictException":
                raise
            return busy.__cause__
        except ClientError as refused:
            if code_of(refused) not in ("ConditionalCheckFailedException", "TransactionCanceledException"):
                raise
            return refused
        return None

    def _waits(self) -> Iterator[float]:
        for attempt in range(CONFLICT_ATTEMPTS):
            yield FIRST_WAIT_S * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - spreads writers, hides nothing


_PUT_OFF = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")


def _key(key: Key) -> Request:
    return typed({"PK": key[0], "SK": key[1]})


def _stored(refused: Any) -> Item | None:
    item = refused.response.get("Item")
    return to_item(item) if item else None


def _put(write: PutNew) -> Request:
    return {
        "Item": typed(write.item),
        "ConditionExpression": NEW,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _update(write: Update) -> Request:
    names: dict[str, str] = {}
    values: Request = {}

    def name(attribute: str) -> str:
        return names.setdefault(attribute, f"#{len(names)}")

    def value(plain: Any) -> str:
        values[f":{len(values)}"] = typed_value(plain)
        return f":{len(values) - 1}"

    set_part = ", ".join(f"{name(one)} = {value(plain)}" for one, plain in write.set.items())
    remove_part = ", ".join(name(one) for one in write.remove)
    condition = " AND ".join(
        f"attribute_not_exists({name(one)})" if isinstance(plain, Absent) else f"{name(one)} = {value(plain)}"
        for one, plain in write.expect.items()
    )
    add_part = ", ".join(f"{name(one)} {value(number)}" for one, number in write.add.items())
    parts = {"SET": set_part, "REMOVE": remove_part, "ADD": add_part}
    request: Request = {
        "Key": _key(write.key),
        "UpdateExpression": " ".join(f"{verb} {part}" for verb, part in parts.items() if part),
        "ExpressionAttributeNames": {alias: one for one, alias in names.items()},
    }
    if values:
        request["ExpressionAttributeValues"] = values
    if condition:
        request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return request


def _transacted(write: Write, table: str) -> Request:
    match write:
        case PutNew():
            return {"Put": {"TableName": table} | _put(write)}
        case Update():
            return {"Update": {"TableName": table} | _update(write)}
        case Delete():
            return {"Delete": {"TableName": table, "Key": _key(write.key)}}
