"""What DynamoDB charges, counted exactly from the calls themselves. (moto's own figures are wrong.)

    meter = Meter(peek=unmetered_client)
    meter.attach(client)                  # any number of boto3 clients, or a session: then every client it makes
    ...
    meter.table_write_units, meter.index_write_units, meter.read_units, meter.calls["dynamodb.UpdateItem"]

Rules (developer guide, "Read/write capacity mode" and "Global secondary indexes"): a write counts the larger of the
item before and after, in whole kilobytes and at least one; in a transaction twice that; when its condition fails, all
the same. An index write counts the projected item in whole kilobytes: one for an entry that appears or goes, two when
its key moves, none when it stays as it was. A consistent read counts one for every four kilobytes, an eventual one half
of that, a transactional one twice; a query adds up its items before it rounds, a batch rounds each. Calls that never
reached the table (an injected failure before sending) count as calls and cost nothing.

The item before is peeked at just before the call and the item after just after it, through a client of its own that is
not counted: so metered calls must not run at the same time as other writers of the same items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.marshal import to_item, typed
from chalicelib.adapters.table import INDEX_KEYS, Item
from tests.metering.sizes import item_size

WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
KB = 1024


@dataclass
class Units:
    """What one kind of call cost."""

    table_write: float = 0
    index_write: float = 0
    read: float = 0

    def add(self, other: Units) -> None:
        self.table_write += other.table_write
        self.index_write += other.index_write
        self.read += other.read


@dataclass(frozen=True)
class Call:
    """One AWS call in the order made: ``dynamodb.UpdateItem`` and what it cost."""

    operation: str
    units: Units
    keys: tuple[tuple[str, str], ...] = ()


@dataclass
class Meter:
    peek: Any = None
    calls: Counter[str] = field(default_factory=Counter)
    by_operation: dict[str, Units] = field(default_factory=dict)
    log: list[Call] = field(default_factory=list)
    _open: list[dict[str, Any]] = field(default_factory=list)
    _peeking: bool = False

    @property
    def table_write_units(self) -> float:
        return sum(units.table_write for units in self.by_operation.values())

    @property
    def index_write_units(self) -> float:
        return sum(units.index_write for units in self.by_operation.values())

    @property
    def read_units(self) -> float:
        return sum(units.read for units in self.by_operation.values())

    def calls_to(self, service: str) -> int:
        """How many calls of one service."""
        return sum(number for name, number in self.calls.items() if name.startswith(f"{service}."))

    def reset(self) -> None:
        """Begin again at zero."""
        self.calls.clear()
        self.by_operation.clear()
        self.log.clear()
        self._open.clear()

    def attach(self, target: Any) -> Meter:
        """Count what a boto3 client, or every client that a session will make, does from now on."""
        events = getattr(getattr(target, "meta", target), "events", None)
        if not hasattr(events, "register_first"):
            events = target._session  # a boto3 session: its botocore session takes registrations
            for name, handler in self._handlers():
                events.register(name, handler)
            return self
        for name, handler in self._handlers():
            events.register_first(name, handler)
        return self

    def _handlers(self) -> list[tuple[str, Any]]:
        return [
            ("provide-client-params.*.*", self._asked),
            ("after-call.*.*", self._answered),
            ("after-call-error.*.*", self._unanswered),
        ]

    def _asked(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self._peeking:
            return
        self._settle_unanswered()
        service = model.service_model.service_name
        self.calls[f"{service}.{model.name}"] += 1
        written = list(_written(model.name, params)) if service == "dynamodb" else []
        self._open.append({
            "operation": f"{service}.{model.name}",
            "params": params,
            "before": [self._item(table, key) for _, table, key, _ in written],
            "written": written,
        })  # fmt: skip

    def _answered(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self._peeking or not self._open:
            return
        call = self._open.pop()
        units = Units()
        if model.service_model.service_name == "dynamodb" and _was_carried_out(parsed):
            units.add(self._write_units(call, model.name))
            units.read += _read_units(model.name, call["params"], parsed)
        self._book(call["operation"], units, call)

    def _unanswered(self, **_: Any) -> None:
        if not self._peeking:
            self._settle_unanswered()

    def _settle_unanswered(self) -> None:
        """No answer, or the process "died" in the call. What reached the table all the same is seen in the items."""
        while self._open:
            call = self._open.pop()
            changed = call["written"] and self._changed(call)
            operation = call["operation"].partition(".")[2]
            self._book(call["operation"], self._write_units(call, operation) if changed else Units(), call)

    def _book(self, operation: str, units: Units, call: Mapping[str, Any]) -> None:
        self.by_operation.setdefault(operation, Units()).add(units)
        keys = tuple((key["PK"], key["SK"]) for _, _, key, _ in call["written"])
        self.log.append(Call(operation, units, keys))

    def _changed(self, call: Mapping[str, Any]) -> bool:
        after = [self._item(table, key) for _, table, key, _ in call["written"]]
        return bool(after != call["before"])

    def _write_units(self, call: Mapping[str, Any], operation: str) -> Units:
        units = Units()
        factor = 2 if operation == "TransactWriteItems" else 1
        for (kind, table, key, asked), before in zip(call["written"], call["before"], strict=True):
            after = self._item(table, key)
            meant = _meant(kind, asked, before)
            units.table_write += factor * write_units(before, after, meant)
            units.index_write += index_units(before, after)
        return units

    def _item(self, table: str, key: Item) -> Item | None:
        if self.peek is None:
            raise ValueError("counting writes needs an unmetered client to peek at items with: Meter(peek=...)")
        self._peeking = True
        try:
            answer = self.peek.get_item(TableName=table, Key=typed(key), ConsistentRead=True)
        finally:
            self._peeking = False
        return to_item(answer["Item"]) if "Item" in answer else None


def write_units(before: Item | None, after: Item | None, meant: Item | None = None) -> int:
    """Units of one write on the table. ``meant`` is what a write whose condition failed would have stored."""
    largest = max((item_size(item) for item in (before, after, meant) if item is not None), default=0)
    return max(1, -(-largest // KB))


def index_units(before: Item | None, after: Item | None) -> int:
    """Units of one write on all indexes together.

    >>> index_units(None, {"PK": "a", "SK": "b", "due_shard": "DUE#1", "due_at": "2026"})
    1
    """
    units = 0
    for names in INDEX_KEYS.values():
        old, new = (_entry(item, names) for item in (before, after))
        if old == new:
            continue
        units += sum(max(1, -(-item_size(entry) // KB)) for entry in (old, new) if entry is not None)
    return units


def _entry(item: Item | None, names: tuple[str, str]) -> Item | None:
    """What a keys-only index holds of an item."""
    if item is None or any(name not in item for name in names):
        return None
    return {name: item[name] for name in ("PK", "SK", *names)}


def _written(operation: str, params: Mapping[str, Any]) -> Iterable[tuple[str, str, Item, Mapping[str, Any]]]:
    """Kind, table, key and request of everything that a call means to write."""
    if operation in WRITES:
        yield _one(WRITES[operation], params)
    elif operation == "TransactWriteItems":
        for one in params["TransactItems"]:
            ((kind, asked),) = one.items()
            yield _one(kind, asked)
    elif operation == "BatchWriteItem":
        for table, requests in params["RequestItems"].items():
            for request in requests:
                ((kind, asked),) = request.items()
                yield _one(kind.removesuffix("Request"), asked | {"TableName": table})


def _one(kind: str, asked: Mapping[str, Any]) -> tuple[str, str, Item, Mapping[str, Any]]:
    whole = to_item(asked["Item"] if kind == "Put" else asked["Key"])
    return kind, asked["TableName"], {name: whole[name] for name in ("PK", "SK")}, asked


def _meant(kind: str, asked: Mapping[str, Any], before: Item | None) -> Item | None:
    """What the request would store: a failed condition is charged for it too. Of an update, what it sets."""
    if kind == "Put":
        return to_item(asked["Item"])
    if kind != "Update":
        return None
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    verbs = _clauses(asked.get("UpdateExpression", ""))
    item = dict(before or to_item(asked["Key"]))
    for clause in verbs.get("SET", ()):
        name, value = (part.strip() for part in clause.split("="))
        if value in values:
            item[names.get(name, name)] = to_item({"v": values[value]})["v"]
    for name in verbs.get("REMOVE", ()):
        item.pop(names.get(name.strip(), name.strip()), None)
    return item


def _clauses(expression: str) -> dict[str, list[str]]:
    verbs: dict[str, list[str]] = {}
    verb = ""
    for word in expression.split(" "):
        if word in ("SET", "REMOVE", "ADD", "DELETE"):
            verb = word
            verbs[verb] = [""]
        elif word.endswith(","):
            verbs[verb][-1] += f" {word[:-1]}"
            verbs[verb].append("")
        else:
            verbs[verb][-1] += f" {word}"
    return verbs


def _was_carried_out(parsed: Mapping[str, Any]) -> bool:
    """Answered well, or refused for a condition: that is charged like a write."""
    code = parsed.get("Error", {}).get("Code")
    return code is None or code in ("ConditionalCheckFailedException", "TransactionCanceledException")


def _read_units(operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    match operation:
        case "GetItem":
            return read_units([answer.get("Item", {})], _weight(params))
        case "Query" | "Scan":
            size = sum(item_size(to_item(item)) for item in answer.get("Items", ()))
            return _rounded(size, _weight(params))
        case "BatchGetItem":
            return _batch_units(params["RequestItems"], answer)
        case "TransactGetItems":
            return read_units([one.get("Item", {}) for one in answer.get("Responses", ())], 2)
    return 0


def _batch_units(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Each item rounded by itself; a key that is gone costs as much as a small item."""
    total = 0.0
    for table, request in asked.items():
        found = answer.get("Responses", {}).get(table, [])
        put_off = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        gone = len(request["Keys"]) - len(found) - len(put_off)
        total += read_units([*found, *({} for _ in range(gone))], _weight(request))
    return total


def read_units(items: Iterable[Mapping[str, Any]], weight: float) -> float:
    """Units of reading these stored items one by one."""
    return sum(_rounded(item_size(to_item(item)), weight) for item in items)


def _weight(request: Mapping[str, Any]) -> float:
    return 1 if request.get("ConsistentRead") else 0.5


def _rounded(size: int, weight: float) -> float:
    return max(1, -(-size // (4 * KB))) * weight
